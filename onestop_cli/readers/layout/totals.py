"""合计 rows are checked against the rows they total, never added up and never dropped unseen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

PAGE, BLOCK, ALL, RUNNING = 1, 2, 3, 4
"""How far a total reaches back: 小计 and 本页合计, 合计, 总计, 累计."""

_BEYOND_THE_FILE = re.compile("本年|全年|年初|以来|历年|当年")


@dataclass(frozen=True)
class Mismatch:
    """A total row (index in the body) whose amount differs from what its rows add up to."""

    row: int
    label: str
    field: str
    stated_fen: int
    computed_fen: int


def check_totals(
    kinds: Sequence[str], labels: Mapping[int, str], amounts: Mapping[str, pl.Series]
) -> list[Mismatch]:
    """Mismatches of the total rows in `labels`; `amounts` (fen) are whole body columns.

    A total may stand for the rows since the last total of its reach, for all rows so far, or, when
    people put it first, for the rows that follow. It is wrong when it fits none of these. A row with an
    empty label is only suspected to be a total, and bounds no other when it is not.
    """
    if not labels:
        return []
    data = pl.Series([kind == "data" for kind in kinds])
    sums = {
        field: [
            0,
            *series.fill_null(0)
            .zip_with(data, pl.zeros(len(kinds), pl.Int64, eager=True))
            .cum_sum(),
        ]
        for field, series in amounts.items()
    }
    found: list[Mismatch] = []
    starts = dict.fromkeys((PAGE, BLOCK, ALL, RUNNING), 0)
    ordered = [*sorted(labels), len(kinds)]
    for row, following in pairwise(ordered):
        rank = rank_of(labels[row])
        spans = [(starts[rank], row), (0, row), (row, following), (row, len(kinds))]
        wrong = _wrong(row, labels[row], amounts, sums, spans)
        found += wrong
        if labels[row] or not wrong:
            starts |= dict.fromkeys((r for r in (PAGE, BLOCK, ALL) if r <= rank < RUNNING), row)
    return found


def _wrong(
    row: int,
    label: str,
    amounts: Mapping[str, pl.Series],
    sums: Mapping[str, Sequence[int]],
    spans: Sequence[tuple[int, int]],
) -> list[Mismatch]:
    """What does not fit, by the reading of the total that fits best; the first of equals."""
    if _BEYOND_THE_FILE.search(label):
        return []
    stated = {field: fen for field, series in amounts.items() if (fen := series[row]) is not None}
    readings = [
        [
            Mismatch(row, label, field, fen, computed)
            for field, fen in stated.items()
            if fen != (computed := sums[field][last] - sums[field][first])
        ]
        for first, last in spans
    ]
    return min(readings, key=len)


def rank_of(label: str) -> int:
    """How far a total with this label reaches back."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", label))
    if re.search("累计|次页|下页|承前|接前|承上|接上|前页|上页", plain):
        return RUNNING
    if re.search("小计|本页|页计", plain):
        return PAGE
    return ALL if "总" in plain else BLOCK
