"""The only importer of distributed: the workers of a Dask cluster as an executor, each of which is
made ready once, also one that joins later or takes the place of one that ended.
"""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Final, ParamSpec, TypeVar

from distributed import Client, Worker, WorkerPlugin

from hocba_sign.adapters.ready_executor import ReadyExecutor
from hocba_sign.errors import OutsideError
from hocba_sign.frozen_dataclass import dataclass
from hocba_sign.version import VERSION

WAIT: Final = 30
"""Seconds for the scheduler to answer, and for a worker to be there."""

_NAME: Final = "hocba-sign"
_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass(frozen=True)
class _Ready(WorkerPlugin):
    """Calls something once on each worker. `version` is that of the program that gives the work
    out: another might judge otherwise.
    """

    call: Callable[..., object]
    arguments: tuple[object, ...]
    version: str
    name = _NAME

    def setup(self, worker: Worker) -> None:
        """Raises: OutsideError BULK.OTHER_VERSION."""
        if self.version != VERSION:
            raise OutsideError("BULK.OTHER_VERSION", where=str(worker.address), detail=VERSION)
        self.call(*self.arguments)


class DaskExecutor(ReadyExecutor):
    """A cluster whose scheduler answers at `address`, as `tcp://10.0.0.1:8786`.

    Whoever reaches a scheduler runs any program on its workers: no network but a trusted one.
    Raises: OutsideError BULK.CLUSTER where nobody answers, or no worker is there.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        try:
            self._client = Client(address, timeout=WAIT, set_as_default=False)
            self._client.wait_for_workers(1, timeout=WAIT)
        except (OSError, ValueError) as error:
            raise OutsideError("BULK.CLUSTER", where=address, detail=str(error)) from error
        # The same chunk may be given out again: it is no function of its arguments alone.
        self._executor = self._client.get_executor(pure=False)

    @property
    def workers(self) -> int:
        """Return how many threads the workers have that are known to the scheduler now."""
        try:
            return sum(self._client.nthreads().values()) or 1
        except OSError as error:
            raise OutsideError("BULK.CLUSTER", where=self._address, detail=str(error)) from error

    def make_ready(self, call: Callable[..., object], *arguments: object) -> None:
        """Call something on each worker, also on those that join later.

        Raises: OutsideError BULK.OTHER_VERSION, BULK.CLUSTER.
        """
        try:
            self._client.register_plugin(_Ready(call, arguments, VERSION), name=_NAME)
        except OutsideError:
            raise
        except Exception as error:
            # What a worker cannot load; the error is one of the worker's own.
            raise OutsideError("BULK.CLUSTER", where=self._address, detail=str(error)) from error

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> "Future[_T]":
        """Return the future of a call. Raises: OutsideError BULK.CLUSTER: the scheduler is gone."""
        if self._client.status != "running":
            raise OutsideError("BULK.CLUSTER", where=self._address, detail=self._client.status)
        future: Future[Any] = self._executor.submit(fn, *args, **kwargs)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - as the base class has it
        """Leave the cluster, which goes on; what is waited for is given up."""
        self._client.close()
