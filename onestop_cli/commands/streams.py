"""The streams of the terminal, whatever its code page, and questions on it."""

from __future__ import annotations

import io
import sys


def agreed(question: str) -> bool:
    """Whether the clerk says 是; nobody is asked where there is no terminal."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return True
    return input(question).strip() == "是"


def prepare_streams() -> None:
    """Let no character stop a command: what a code page such as 936 cannot show becomes a question mark."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
