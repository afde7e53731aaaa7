"""An executor whose workers are made ready once, so that what all work rests on, lists of megabytes
perhaps, does not travel with every piece of it.
"""

from abc import abstractmethod
from collections.abc import Callable
from concurrent.futures import Executor


class ReadyExecutor(Executor):
    @property
    @abstractmethod
    def workers(self) -> int:
        """Return how many pieces are worked on at the same time now; more workers may join."""

    @abstractmethod
    def make_ready(self, call: Callable[..., object], *arguments: object) -> None:
        """Call something on each worker before it is given work, also on those that join later."""
