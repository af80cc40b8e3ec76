"""Which rows of a table are totalled by which: totals below or above their rows, and 其中.

A total in the first place of a table or of its section heads the rows below it; any other closes the rows since the
last one. 其中 makes parts of the row above. Whether the unmarked rows after it still belong to it the paper does not
say: they do, unless they stand further out than the marked one, or the table's own total only comes out when they
do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from onestop_cli.audit.aggregates.model import Row
from onestop_cli.audit.aggregates.titles import label_kind, of_which


@dataclass(frozen=True)
class TotalGroup:
    """A total with the rows that make it. `leaves`: the same with subtotals replaced by their rows. `listed`: the rows
    are 其中, which need not name everything."""

    total: Row
    terms: tuple[Row, ...]
    leaves: tuple[Row, ...]
    listed: bool = False


def groups_of(rows: Sequence[Row], *, long: bool) -> list[TotalGroup]:
    """Every total of the table with its rows; `long`: unmarked rows after 其中 belong to it."""
    top, parts = _set_apart(rows, long)
    found = [TotalGroup(head, tuple(under), tuple(under), True) for head, under in parts.values()]
    for total, section in _sections(top):
        inner, heads = _subtotals(section, parts)
        found += inner
        if total is not None and total.place not in parts and heads:
            by_total = {group.total.place: group.terms for group in inner}
            leaves = [leaf for row in heads for leaf in by_total.get(row.place, (row,))]
            found.append(TotalGroup(total, tuple(heads), tuple(leaves)))
    return found


_Parts = Mapping[int, tuple[Row, list[Row]]]


def _set_apart(rows: Sequence[Row], long: bool) -> tuple[list[Row], _Parts]:
    """Rows that stand for themselves, and by place of the head the head with its 其中 rows."""
    top: list[Row] = []
    parts: dict[int, tuple[Row, list[Row]]] = {}
    edge: int | None = None
    for at, row in enumerate(rows):
        head_of_next = at + 1 < len(rows) and of_which(rows[at + 1].label)
        marked = of_which(row.label) and bool(top)
        goes_on = (
            edge is not None
            and row.indent >= edge
            and (long or row.indent > 0)
            and label_kind(row.label) == "row"
            and not head_of_next
        )
        if marked or goes_on:
            parts.setdefault(top[-1].place, (top[-1], []))[1].append(row)
            edge = row.indent if marked else edge
        else:
            top.append(row)
            deeper = at + 1 < len(rows) and rows[at + 1].indent > row.indent
            edge = row.indent + 1 if deeper else None
    return top, parts


def _sections(top: Sequence[Row]) -> Iterator[tuple[Row | None, list[Row]]]:
    """Grand totals with the rows between them: those below where the first row is one, else those above."""
    grand = [at for at, row in enumerate(top) if label_kind(row.label) == "grand"]
    if not grand:
        yield None, list(top)
    elif grand[0] == 0 and len(top) > 1:
        for at, end in zip(grand, [*grand[1:], len(top)], strict=True):
            before = max((start for start in grand if start < at), default=0)
            yield top[at], list(top[at + 1 : end] or top[before + 1 : at])
    else:
        for start, at in zip([-1, *grand], grand, strict=False):
            yield top[at], list(top[start + 1 : at])
        yield None, list(top[grand[-1] + 1 :])


def _subtotals(section: Sequence[Row], parts: _Parts) -> tuple[list[TotalGroup], list[Row]]:
    """The subtotals of a section with their rows, and the rows that make its grand total."""
    above = bool(section) and label_kind(section[0].label) == "sub"
    found, heads = [], []
    since: list[Row] = []
    for row in reversed(section) if above else section:
        if label_kind(row.label) != "sub":
            since.append(row)
        elif row.place in parts or not since:
            heads += [row, *since]
            since = []
        else:
            terms = tuple(reversed(since)) if above else tuple(since)
            found.append(TotalGroup(row, terms, terms))
            heads.append(row)
            since = []
    return found, sorted([*heads, *since], key=lambda row: row.place)
