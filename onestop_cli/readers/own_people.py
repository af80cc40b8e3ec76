"""Who the rows of a form of our own are about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from onestop_cli.core.identify import identify
from onestop_cli.readers.own_table import OwnRow


def identities(lines: Sequence[OwnRow]) -> list[dict[str, Any]]:
    """Row by row what `identify` makes of the cells `name` and `id_raw`: `id_no` or why there is none, `name_key`."""
    return identify(
        pl.DataFrame(
            {
                "name": [line.texts.get("name") for line in lines],
                "id_raw": [line.texts.get("id_raw") for line in lines],
                "id_numeric": [not isinstance(line.cells["id_raw"], str) for line in lines],
            },
            schema={"name": pl.String, "id_raw": pl.String, "id_numeric": pl.Boolean},
        )
    ).to_dicts()
