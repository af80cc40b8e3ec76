"""What the screen says, to be compared."""

from __future__ import annotations


def flat(text: str) -> str:
    """Without blanks and breaks: where a message is broken hangs on the width of the screen."""
    return "".join(text.split())
