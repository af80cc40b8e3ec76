"""The streams of the terminal, whatever its code page."""

from __future__ import annotations

import io
import sys


def prepare_streams() -> None:
    """Let no character stop a command: what a code page such as 936 cannot show becomes a question mark."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
