"""What was made lately, kept for whoever asks next."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=tuple[Hashable, ...])
Made = TypeVar("Made")


class RunLru(Generic[Key, Made]):
    """The `most` that were asked for last, by their keys, of which the first part names a run.

    Several threads may ask at once; at worst two of them make the same.
    """

    def __init__(self, most: int) -> None:
        self._most, self._made, self._lock = most, OrderedDict[Key, Made](), Lock()

    def get(self, key: Key) -> Made | None:
        """What is kept under the key, if it still is."""
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
            return self._made.get(key)

    def keep(self, key: Key, made: Made) -> Made:
        """Keeps it, and gives it back; what was asked for longest ago goes."""
        with self._lock:
            self._made[key] = made
            while len(self._made) > self._most:
                self._made.popitem(last=False)
        return made

    def forget(self, run_id: str) -> None:
        """Forgets all of a run."""
        with self._lock:
            for key in [key for key in self._made if key[0] == run_id]:
                del self._made[key]
