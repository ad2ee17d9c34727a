"""A cache that is bounded by bytes and makes each thing once, for many threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class ByteCache(Generic[Value]):
    """Values by key, the least recently used dropped first when they hold more than ``limit`` bytes together.

    Threads that ask for the same missing value wait for one of them to make it; others are not held up.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held = 0
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable, make: Callable[[], Value], size: Callable[[Value], int]) -> Value:
        """Return the value of ``key``, made by ``make`` and counted by ``size`` when it is not here."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key][0]
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                if key in self._values:
                    return self._values[key][0]
            value = make()
            with self._lock:
                self._keep(key, value, size(value))
                self._making.pop(key, None)
        return value

    @property
    def held(self) -> int:
        """Return the bytes that are held now."""
        return self._held

    def _keep(self, key: Hashable, value: Value, size: int) -> None:
        self._values[key] = value, size
        self._held += size
        while self._held > self._limit and len(self._values) > 1:
            _, (_, dropped) = self._values.popitem(last=False)
            self._held -= dropped
