"""A lock file says that somebody is at work; the system lets go of it when the process ends, however it ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file `path`, new and ours alone; it goes with the block."""
    try:
        with path.open("wb") as file:
            _hold(file)
            try:
                yield
            finally:
                _let_go(file)
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def is_free(path: Path) -> bool:
    """Whether the lock file `path` was left behind: it is there, and nobody holds it."""
    try:
        with path.open("rb+") as file:
            _hold(file)
            _let_go(file)
    except OSError:
        return False
    return True


def _hold(file: IO[bytes]) -> None:
    """Lock the open file; raises `OSError` when another holds it."""
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _let_go(file: IO[bytes]) -> None:
    if os.name == "nt":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined,unused-ignore]
