"""What people are told, to be compared."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from onestop_cli.errors import CannotRun
from onestop_cli.readers.containers.grid import Unreadable


def flat(text: str) -> str:
    """Without blanks and breaks: where a message is broken hangs on the width of the screen."""
    return "".join(text.split())


def said(refused: Callable[[], object]) -> str:
    """The problems of what is refused, and their remedies, one text."""
    with pytest.raises(CannotRun) as stopped:
        refused()
    return "；".join(f"{problem.what}→{problem.remedy}" for problem in stopped.value.problems)


def said_of_file(read: Callable[[], object]) -> str:
    """What is said of a file that cannot be read."""
    with pytest.raises(Unreadable) as stopped:
        read()
    told = stopped.value.problem("甲")
    return f"{told.what}→{told.remedy}"
