"""Tests run beside each other, so each process keeps to one thread; hypothesis tries the same cases every time."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from contextlib import suppress
from functools import cache

os.environ.setdefault("POLARS_MAX_THREADS", "1")

import pytest
from hypothesis import settings

from onestop_cli.workers.pool import _Worker

with warnings.catch_warnings():
    warnings.simplefilter(
        "ignore", DeprecationWarning
    )  # the oldest typer allowed asks click for an old name
    import typer.main

settings.register_profile("house", deadline=None, derandomize=True, print_blob=False)
settings.load_profile("house")

typer.main.get_command = cache(typer.main.get_command)
"""The tree of commands is made once for a process, as it is for a clerk; hundreds of tests type into it."""


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


def pytest_configure(config: pytest.Config) -> None:
    """A measured run watches what may be new."""
    if config.pluginmanager.hasplugin("_cov"):
        from tests.measured import Measured

        config.pluginmanager.register(Measured())
