"""Keeps what was rendered lately for the next request."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=tuple[Hashable, ...])
Value = TypeVar("Value")


class RunLru(Generic[Key, Value]):
    """A cache of the `size` values that were asked for last, by keys of which the first part names a run.

    Several threads may ask at once; at worst two of them compute the same value.
    """

    def __init__(self, size: int) -> None:
        self._size, self._values, self._lock = size, OrderedDict[Key, Value](), Lock()

    def get(self, key: Key) -> Value | None:
        """Returns the value under the key, if it is still kept."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def keep(self, key: Key, value: Value) -> Value:
        """Keeps the value and returns it; the one that was asked for longest ago is dropped."""
        with self._lock:
            self._values[key] = value
            while len(self._values) > self._size:
                self._values.popitem(last=False)
        return value

    def forget(self, run_id: str) -> None:
        """Forgets all of a run."""
        with self._lock:
            for key in [key for key in self._values if key[0] == run_id]:
                del self._values[key]
