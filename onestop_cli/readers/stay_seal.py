"""The digest of a list that a hospital has checked itself, and whether the list is still the one it checked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import polars as pl

from onestop_cli.readers.containers.grid import Cell
from onestop_cli.tables.schema import PLACE, READ_STAYS

WORDS = "自查校验码"
_SAID = re.compile(rf"{WORDS}[:：]\s*([0-9a-f]{{16}})")
_NOT_OURS = {*PLACE, "has_eligible", "hospital_raw"}
"""Columns that tell of the file and not of the stay; a hospital's name may come from either."""


def digest_of(stays: pl.DataFrame) -> str:
    """Sixteen hex digits over everything that was read of the stays, in their order."""
    names = [name for name in READ_STAYS if name not in _NOT_OURS]
    texts = stays.select(pl.col(name).cast(pl.String).fill_null("") for name in names)
    whole = "\n".join("\x1f".join(row) for row in texts.iter_rows())
    return hashlib.sha256(whole.encode()).hexdigest()[:16]


def seal_said(above: Sequence[Sequence[Cell]], stays: pl.DataFrame) -> str | None:
    """What is to be said of a list with a digest above its header; None where there is none."""
    for row in above:
        for cell in row:
            if found := _SAID.search(str(cell)):
                same = found[1] == digest_of(stays)
                return (
                    f"医院自查过（{WORDS} {found[1]}），{len(stays)} 笔与自查时都相符"
                    if same
                    else f"医院自查过，但以后改动过（{WORDS} {found[1]} 对不上），照改动后的读"
                )
    return None
