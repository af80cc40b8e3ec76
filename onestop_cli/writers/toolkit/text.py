"""Text files, the same bytes on every system: the only place in the house that writes one."""

from __future__ import annotations

from pathlib import Path

LF, CRLF = "\n", "\r\n"
"""Line ends: of pages and tables for programs, and of what a clerk may open in an old Notepad."""


def write_text(path: Path, text: str, *, encoding: str = "utf-8", newline: str = LF) -> None:
    """Write `text` with every line end as `newline`.

    Left to Python, a line end becomes the system's own: CRLF on Windows, and CRCRLF where CRLF stood.
    """
    path.write_text(text.replace(CRLF, LF), encoding, newline=newline)


def newline_of(text: str) -> str:
    """The line ends of a text that somebody wrote, for adding to it as it is."""
    return CRLF if CRLF in text else LF
