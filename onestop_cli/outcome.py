"""What stands already, whatever happens from here: a folder that has its name, a period that is closed.

Whoever gives something its final place says so at once; when the command is then interrupted, or its screen is gone,
its last words are these and not that nothing was done.
"""

from __future__ import annotations

_STANDING: list[str] = []


def begin() -> None:
    """A command begins: nothing stands yet."""
    _STANDING.clear()


def stands(sentence: str) -> None:
    """A Chinese sentence, without a full stop, on something that is done for good."""
    _STANDING.append(sentence)


def standing() -> tuple[str, ...]:
    """All that stands, in order."""
    return tuple(_STANDING)
