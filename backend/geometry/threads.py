"""Threads that share out whole views: the kernels are single-threaded, and free of the GIL."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

__all__ = ["both", "side_by_side"]

_In = TypeVar("_In")
_Out = TypeVar("_Out")


def side_by_side(work: Callable[[_In], _Out], items: Iterable[_In]) -> list[_Out]:
    """The results in the order of the items; the first error of any of them is raised."""
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        return list(pool.map(work, items))


def both(one: Callable[[], _In], other: Callable[[], _Out]) -> tuple[_In, _Out]:
    """The results of two that go on at the same time."""
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(one)
        second = other()
        return first.result(), second
