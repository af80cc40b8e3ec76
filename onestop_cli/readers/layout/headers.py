"""Which rows are the header and what each column means, found by content under title rows."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from onestop_cli.county.settings import FileLayout
from onestop_cli.readers.containers.grid import Cell, Grid, column_letter
from onestop_cli.readers.layout.aliases import Aliases, Claim, tidy, without_asides

SEARCHED_ROWS = 60
"""A header stands among the first rows, or it is none."""

TALLEST = 4
"""Rows a header may have: group heads over groups over columns."""

_DATA_LIKE = re.compile(r"[\s¥￥+\-]*[\d,.\-/:：年月日\s%]+[元]?|\d{14,}[\dXx]?|.{41,}", re.DOTALL)
_BARE_AMOUNT = re.compile(r"(金额|费用|额|小计|合计|补偿|支付|报销|补助|救助)(金额|费用|额)?")


@dataclass(frozen=True)
class Header:
    """Rows `first` to `last` (0-based) of a grid, and the columns they name.

    `labels`: per column its heads from top to bottom. `columns`: field → columns, the surest first;
    `rivals`: field → equally good columns of a field that may have only one. `absent`: header texts that
    a `[[layout]]` names and the sheet does not have. `origin`: column made of others → where these begin.
    """

    first: int
    last: int
    labels: tuple[tuple[str, ...], ...]
    columns: Mapping[str, tuple[int, ...]]
    rivals: Mapping[str, tuple[int, ...]]
    absent: tuple[str, ...] = ()
    origin: Mapping[int, int] = field(default_factory=dict)

    def label(self, column: int) -> str:
        """The header of `column` for people."""
        return "·".join(self.labels[column])


def find_header(grid: Grid, aliases: Aliases, layout: FileLayout | None) -> Header | None:
    """The band of rows that names most fields, a sure one counting twice; the lowest and earliest of equals."""
    best: tuple[int, Header] | None = None
    for first, last in _bands(grid, layout):
        labels = _labels(grid, first, last)
        claims = _claims(labels, aliases, layout)
        header = _resolve(first, last, labels, claims, aliases, layout)
        score = sum(2 if claims[c[0]].rank[0] <= 0 else 1 for c in header.columns.values())
        if claims and (best is None or score > best[0]):
            best = score, header
    return best[1] if best and len(best[1].columns) + len(best[1].rivals) >= 2 else None


def _bands(grid: Grid, layout: FileLayout | None) -> list[tuple[int, int]]:
    """Runs of up to four rows that could be a header, small ones first."""
    if layout and layout.header_row:
        start = layout.header_row - 1
        return [(start, start + more) for more in range(TALLEST) if start + more < len(grid.rows)]
    named = [_only_words(row) for row in grid.rows[:SEARCHED_ROWS]]
    return [
        (first, first + more)
        for more in range(TALLEST)
        for first in range(len(named) - more)
        if all(named[first : first + more + 1])
    ]


def _only_words(row: Sequence[Cell]) -> bool:
    """Whether a row has words and neither numbers nor days nor long texts."""
    filled = [cell for cell in row if cell != ""]
    return bool(filled) and all(
        isinstance(cell, str) and not _DATA_LIKE.fullmatch(unicodedata.normalize("NFKC", cell))
        for cell in filled
        if not (isinstance(cell, str) and not cell.strip())
    )


def _labels(grid: Grid, first: int, last: int) -> tuple[tuple[str, ...], ...]:
    """Per column its heads from top to bottom, group heads spread over their columns."""
    rows = [[_text(cell) for cell in grid.rows[index]] for index in range(first, last + 1)]
    for (top, left), (bottom, right) in grid.merges:
        if first <= top <= last and right > left:
            for row in range(top, min(bottom, last) + 1):
                rows[row - first][left : right + 1] = [rows[top - first][left]] * (right - left + 1)
    for upper, _ in enumerate(rows[:-1]):
        _spread(rows, upper)
    return tuple(
        tuple(dict.fromkeys(row[column] for row in rows if row[column]))
        for column in range(grid.width)
    )


def _spread(rows: list[list[str]], upper: int) -> None:
    """Where merges are not known: a blank over a column head belongs to the group head on its left."""
    below = [any(row[column] for row in rows[upper + 1 :]) for column in range(len(rows[upper]))]
    for column in range(1, len(rows[upper])):
        if not rows[upper][column] and below[column] and below[column - 1]:
            rows[upper][column] = rows[upper][column - 1]


def _text(cell: Cell) -> str:
    return re.sub(r"\s+", "", cell) if isinstance(cell, str) else str(cell)


def _claims(
    labels: Sequence[tuple[str, ...]], aliases: Aliases, layout: FileLayout | None
) -> dict[int, Claim]:
    """Column → what its header means; what a layout says comes before everything."""
    told = _told(labels, aliases, layout)
    fields = {claim.field for claim in told.values()}
    unread = {*told, *ignored_columns(labels, layout)}
    found = {
        column: claim
        for column, heads in enumerate(labels)
        if column not in unread
        and (claim := _meaning(heads, aliases))
        and claim.field not in fields
    }
    return told | found


def _told(
    labels: Sequence[tuple[str, ...]], aliases: Aliases, layout: FileLayout | None
) -> dict[int, Claim]:
    wanted = layout.columns if layout else {}
    return {
        column: Claim(field, (-1, 0))
        for key, text in wanted.items()
        if (field := aliases.field_named(key))
        for column in columns_headed(labels, text)
    }


def ignored_columns(labels: Sequence[tuple[str, ...]], layout: FileLayout | None) -> set[int]:
    """The columns that a layout says nobody needs."""
    return {c for text in (layout.ignore if layout else ()) for c in columns_headed(labels, text)}


def columns_headed(labels: Sequence[tuple[str, ...]], text: str) -> list[int]:
    """Columns whose whole header, or else whose lowest head, reads `text`; those without one are called `M列`."""
    wanted = tidy(text.replace("·", ""))
    whole = [column for column, heads in enumerate(labels) if tidy("".join(heads)) == wanted]
    lowest = [c for c, heads in enumerate(labels) if heads and tidy(heads[-1]) == wanted]
    nameless = (c for c, heads in enumerate(labels) if not heads)
    return whole or lowest or [c for c in nameless if f"{column_letter(c)}列" == text.strip()]


def _meaning(heads: tuple[str, ...], aliases: Aliases) -> Claim | None:
    """The meaning of a header: of the whole, else of its lowest head, else of the group it is the amount of."""
    if not heads:
        return None
    whole, leaf = tidy("".join(heads)), tidy(heads[-1])
    candidates = [
        claim for text in (whole, without_asides(whole)) if (claim := aliases.claim(text))
    ]
    if not aliases.ignored(whole) and len(heads) > 1:
        if _BARE_AMOUNT.fullmatch(leaf):
            groups = [aliases.claim(tidy("".join(heads[:-1]))), aliases.claim(tidy(heads[-2]))]
            candidates += [c for c in groups if c and aliases.fields[c.field].kind == "money"]
        candidates += [c for text in (leaf, without_asides(leaf)) if (c := aliases.claim(text))]
    return min(candidates, key=lambda claim: claim.rank[0], default=None)


def _resolve(
    first: int,
    last: int,
    labels: tuple[tuple[str, ...], ...],
    claims: Mapping[int, Claim],
    aliases: Aliases,
    layout: FileLayout | None,
) -> Header:
    """One field, one column, unless the field may have several."""
    by_field: dict[str, list[int]] = defaultdict(list)
    for column, claim in sorted(claims.items(), key=lambda item: (item[1].rank, item[0])):
        by_field[claim.field].append(column)
    columns, rivals = {}, {}
    for name, candidates in by_field.items():
        top = claims[candidates[0]].rank[0]
        equals = tuple(c for c in candidates if claims[c].rank[0] == top)
        ties = aliases.fields[name].ties
        if ties == "refuse" and len(equals) > 1:
            rivals[name] = equals
        else:
            columns[name] = equals[:1] if ties in ("refuse", "first") else equals
    wanted = layout.columns.items() if layout else ()
    missing = [(field, text) for field, text in wanted if not columns_headed(labels, text)]
    absent = tuple(text for field, text in missing if layout and field not in layout.may_be_absent)
    return Header(first, last, labels, columns, rivals, absent)
