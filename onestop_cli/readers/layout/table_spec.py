"""What is looked for in a file: a table of stays, a roster, the register."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from onestop_cli.readers.layout.aliases import Aliases
from onestop_cli.readers.layout.headers import Header


@dataclass(frozen=True)
class TableSpec:
    """What is looked for: its Chinese name, the columns it may have, what must be there besides `needed`.

    `lacking` gives the titles of missing columns for a header, so that a table can say "one of these". `empty`:
    whether a file whose tables have no row is all right.
    """

    name: str
    aliases: Aliases
    lacking: Callable[[Header], list[str]]
    empty: bool = True
