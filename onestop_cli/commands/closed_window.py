"""A console window that is closed (Windows): the few seconds that the system gives are used to tidy up."""

from __future__ import annotations

import _thread
import ctypes
import signal
import time
from typing import Any

_ENDS = (2, 5, 6)
"""CTRL_CLOSE_EVENT, CTRL_LOGOFF_EVENT, CTRL_SHUTDOWN_EVENT."""

_LEFT = 4.5
"""Seconds to wait; after five the system ends the process, whatever it does."""

_kept: list[Any] = []
"""The handler, as long as the process lives: the system keeps no reference that Python knows of."""


def wait_when_closed() -> None:
    """Hold the system up while the main thread ends as after Ctrl-Break.

    Python's own handler returns at once, and Windows ends the process as soon as it has.
    """
    kind = ctypes.WINFUNCTYPE(ctypes.c_int, ctypes.c_uint)  # type: ignore[attr-defined,unused-ignore]
    handler = kind(on_event)
    if ctypes.windll.kernel32.SetConsoleCtrlHandler(handler, 1):  # type: ignore[attr-defined,unused-ignore]
        _kept.append(handler)


def on_event(event: int, left: float = _LEFT) -> int:
    """1 when the event is dealt with, else 0: the next handler, Python's, is asked."""
    if event not in _ENDS:
        return 0
    _thread.interrupt_main(getattr(signal, "SIGBREAK", signal.SIGTERM))
    time.sleep(left)
    return 1
