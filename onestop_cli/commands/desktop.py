"""Results that open by themselves, where somebody sits before a desktop."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path


def on_desktop() -> bool:
    """Whether a person can see a window open: a terminal on both sides, no connection from afar, a display."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or "SSH_CONNECTION" in os.environ:
        return False
    return os.name == "nt" or bool({"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys())


def open_result(path: Path) -> None:
    """Open a file or folder with the program the desktop has for it; one that has none is no failure."""
    if not path.exists() or not on_desktop():
        return
    with suppress(OSError):
        if os.name == "nt":
            os.startfile(path)  # type: ignore[attr-defined,unused-ignore]
        else:
            quiet = subprocess.DEVNULL
            subprocess.Popen(["xdg-open", str(path)], stdout=quiet, stderr=quiet)
