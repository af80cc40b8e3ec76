"""Tests run beside each other, so each process keeps to one thread; hypothesis tries the same cases every time."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress

os.environ.setdefault("POLARS_MAX_THREADS", "1")

from hypothesis import settings

from onestop_cli.workers.pool import _Worker

settings.register_profile("house", deadline=None, derandomize=True, print_blob=False)
settings.load_profile("house")


def _ended_in_peace(worker: _Worker) -> None:
    """A worker whose input is closed ends by itself and says what code it went through; one that is killed cannot."""
    with suppress(OSError):
        worker._calls.close()
    with suppress(subprocess.TimeoutExpired):
        worker._process.wait(timeout=10)
    _end(worker)


if "coverage" in sys.modules:
    _end = _Worker.end
    _Worker.end = _ended_in_peace  # type: ignore[method-assign]
