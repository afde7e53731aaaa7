"""A Dask cluster as an executor: its workers load what judgements rest on before all else."""

import pickle
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from hocba_sign.errors import CallerError, OutsideError
from hocba_sign.operations.many import loaded
from hocba_sign.operations.verifier import Verifier

_WAIT: Final = "30s"


@contextmanager
def cluster(address: str, verifier: Verifier) -> Iterator[Executor]:
    """Yield an executor of the cluster whose scheduler listens at `address`.

    A scheduler runs whatever it is sent: only one in a network of your own.
    Raises: CallerError BULK.DASK_MISSING without the extra `dask`; OutsideError BULK.CLUSTER.
    """
    if find_spec("distributed") is None:
        raise CallerError("BULK.DASK_MISSING")
    distributed: Any = import_module("distributed")
    try:
        client = distributed.Client(address, timeout=_WAIT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise OutsideError("BULK.CLUSTER", where=address) from error
    try:
        client.register_plugin(_plugin(distributed, pickle.dumps(verifier)))
        # Not pure: what comes of the same chunk depends on what is on the disk.
        yield client.get_executor(pure=False)
    finally:
        client.close()


def _plugin(distributed: Any, context: bytes) -> Any:
    """Return what each worker does first, also one that joins later: it loads what judgements need.

    The class cannot stand outside: its base is there with the extra alone.
    """

    class Warm(distributed.WorkerPlugin):  # type: ignore[misc]
        name = "hocba-sign"

        def setup(self, worker: object) -> None:
            del worker
            loaded(context)

    return Warm()
