"""Hard limits of a worker's memory and life, by the means of each system."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from typing import Any

_LARGE = 512 << 20
"""Bytes of address space a worker may have gained before it is better to begin anew: much freed memory never goes back
to the system."""

_GRACE = 2.0
"""A worker whose master is gone stops by itself after this many times the seconds of its call."""


def _address_space() -> int:
    """Bytes of this process's address space; 0 where the system does not tell."""
    if os.name == "nt":
        return 0
    try:
        pages = Path("/proc/self/statm").read_text("ascii").split()[0]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


class _Size:
    """Bytes of address space before the first call."""

    at_first = _address_space()


def settled() -> None:
    """What this process has now is its own; it has become large by what comes on top."""
    _Size.at_first = _address_space()


def grown() -> bool:
    """Whether this process has become large."""
    return _address_space() - _Size.at_first > _LARGE


@contextmanager
def limited(memory: int | None, seconds: float | None) -> Iterator[None]:
    """This process with at most `memory` bytes more than it has now, and dead long after `seconds` of work.

    On Windows the job object of `bound_to` does both.
    """
    if os.name == "nt":
        yield
        return
    import resource

    if seconds is not None:
        used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        _set_soft(resource.RLIMIT_CPU, int(used + _GRACE * seconds) + 1)
    if memory is None:
        yield
        return
    _set_soft(resource.RLIMIT_AS, _address_space() + memory)
    try:
        yield
    finally:
        _set_soft(resource.RLIMIT_AS, resource.RLIM_INFINITY)


def _set_soft(which: int, value: int) -> None:
    """A soft limit, below the hard one; systems that do not know it go without."""
    if os.name != "nt":
        import resource

        _, hard = resource.getrlimit(which)
        within = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(which, (within, hard))
        except (ValueError, OSError):
            return


def bound_to(process: Popen[bytes], memory: int | None) -> Any:
    """On Windows: a job object that holds `process` to `memory` bytes and ends it when this process ends.

    The object lives as long as what is returned. None elsewhere, and where Windows refuses one.
    """
    if os.name != "nt":
        return None
    from onestop_cli.workers.windows_job import job_of

    return job_of(process, memory)
