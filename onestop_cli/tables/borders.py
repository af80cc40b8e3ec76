"""The borders between the stages: a table must have the columns that the next stage stands on.

Names and types only, so it costs nothing, and it is always done: a stage that forgets a column ends here, with the
name of the stage and the column, and not three stages later in an amount.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from onestop_cli.errors import Broken
from onestop_cli.tables.schema import Schema

LAYER = "<layer>"


def check(
    frame: pl.DataFrame, schema: Schema, stage: str, layers: Sequence[str] = ()
) -> pl.DataFrame:
    """`frame`, if it has every column of `schema` (`<layer>_…` once for each of `layers`) with its type; raises
    `Broken` naming the stage and each column that is missing or of another type."""
    wanted = {
        name.replace(LAYER, layer): kind
        for name, kind in schema.items()
        for layer in (layers if LAYER in name else ("",))
    }
    found = frame.schema  # once: polars makes it anew each time it is asked
    missing = [name for name in wanted if name not in found]
    other = [
        f"{name} {found[name]}"
        for name, kind in wanted.items()
        if name in found and found[name] not in (kind, pl.Null)
    ]
    if missing or other:
        raise Broken(
            f"{stage}：缺 {'、'.join(missing) or '无'}；类型不符 {'、'.join(other) or '无'}"
        )
    return frame
