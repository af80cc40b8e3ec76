"""How far work of many equal steps is: told to whoever watches, in whatever thread a step ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

Watch = Callable[[int, int], None]
"""Told how many steps are done, and of how many."""

_watching: list[Watch] = []


@contextmanager
def watched(watch: Watch) -> Iterator[None]:
    """Inside, `watch` is told of every step."""
    _watching.append(watch)
    try:
        yield
    finally:
        _watching.remove(watch)


def counted(total: int) -> Callable[[], None]:
    """To be called at the end of each of `total` steps."""
    done, lock = 0, Lock()

    def step() -> None:
        nonlocal done
        with lock:
            done += 1
            for watch in _watching:
                watch(done, total)

    return step
