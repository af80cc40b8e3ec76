"""A table beside the stays of a run, row by row and part by part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from onestop_cli.audit.aggregates.model import PrintedTable, Row, Slip, again, compare
from onestop_cli.audit.aggregates.titles import label_kind, plain

Details = Mapping[str, Mapping[str, int]]
"""Label → part → what the run has: fen, or cases as they are."""


def against(table: PrintedTable, views: Mapping[str, Details]) -> list[Slip]:
    """What differs from the details; `views`: name (申报, 核定) → details, of which the one that fits best counts."""
    found = [list(_against(table, name, view)) for name, view in views.items()]
    return min(found, key=len, default=[])


def _against(table: PrintedTable, name: str, details: Details) -> Iterator[Slip]:
    """Rows whose label the run knows; 合计 beside what its rows come to in the run."""
    labels = [_name(row, details) for row in table.rows if label_kind(row.label) == "row"]
    whole = _whole(labels, details)
    for row in table.rows:
        grand = label_kind(row.label) == "grand"
        there = whole if grand else details.get(_name(row, details), {})
        for column, stated in zip(table.columns, row.values, strict=True):
            if stated is None or column.part is None or column.part not in there:
                continue
            truth = Decimal(there[column.part]).scaleb(0 if column.counts else -2)
            slip = compare("details", row, column.title, stated, [truth], counts=column.counts)
            if slip:
                yield again(slip, slip.kind, f"与本期{name}明细不符：{slip.sentence}")


def _name(row: Row, details: Details) -> str:
    """The label that the run knows; of several (hospital and level) the first that it does."""
    names = [plain(row.label), *map(plain, row.label.split("·"))]
    return next((name for name in names if name in details), names[0])


def _whole(labels: Sequence[str], details: Details) -> Mapping[str, int]:
    """What all rows come to: the sum of known labels, all of the run where no label is known, else nothing."""
    found = [details[label] for label in labels if label in details]
    if not found:
        return details.get("合计", {})
    if len(found) < len(labels):
        return {}
    return {part: sum(known[part] for known in found) for part in found[0]}
