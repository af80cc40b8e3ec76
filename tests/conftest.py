"""Tests run beside each other, so each process keeps to one thread; hypothesis tries the same cases every time."""

from __future__ import annotations

import os

os.environ.setdefault("POLARS_MAX_THREADS", "1")

from hypothesis import settings

settings.register_profile("house", deadline=None, derandomize=True, print_blob=False)
settings.load_profile("house")
