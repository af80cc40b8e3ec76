"""Work on several cores at once: Polars leaves Python alone while it works, so threads are enough."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import polars as pl

T = TypeVar("T")
R = TypeVar("R")


def at_once(work: Callable[[T], R], things: Iterable[T]) -> list[R]:
    """`work` of each of the `things`, in their order, at most one more at a time than Polars has threads: while one is
    busy in Python, the others keep the cores. One after the other where Polars has one thread: more would only wait."""
    if pl.thread_pool_size() == 1:
        return [work(thing) for thing in things]
    with ThreadPoolExecutor(pl.thread_pool_size() + 1) as pool:
        return list(pool.map(work, things))
