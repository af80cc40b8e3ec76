"""Summary tables as people print them: titles in one or two rows, items downwards or across, sums anywhere.

Nothing in a number column is passed over: a cell is blank, a number, or named as unread.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from onestop_cli.audit.aggregates.model import AmountColumn, PrintedTable, Row, UnreadCell
from onestop_cli.audit.aggregates.titles import part_of, plain
from onestop_cli.privacy import without_numbers
from onestop_cli.readers.containers.grid import Grid
from onestop_cli.readers.layout.cells import DASHES, NOTHING, cell_text

_ORDINALS = ("序号", "编号", "行次")
_NUMBERING = ("栏次", "列次", "甲")
_NOTE = re.compile("[:：]|^单位|填报|制表")
"""What stands above a table beside its title."""
_AMOUNT = ("金额", "资金", "费用")
"""Titles that only mean something below another one."""
_POWERS = {"元": 0, "百元": 2, "千元": 3, "万元": 4, "万人次": 4, "万人": 4, "万": 4}
_UNIT = re.compile(r"万元|千元|百元|万人次|万人|[（(]万[）)]")
_NUMBER = re.compile(
    r"[¥￥]?(?P<number>[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)"
    r"(?P<unit>%|万元|千元|百元|元|万人次|人次|万人|人|户|例|次)?"
)
_PERCENT = re.compile("率|比|占|%")
_HALF = str.maketrans("０１２３４５６７８９．，％＋－", "0123456789.,%+-")
_YEAR = re.compile(r"(19|20)\d\d")
_FRACTION = 2
"""Percentages of at most this are fractions that a spreadsheet shows as percentages."""

_Texts = Sequence[Sequence[str]]


def tables_in(grid: Grid) -> Iterator[PrintedTable]:
    """The tables of a sheet, one under the other; numbers in yuan or cases."""
    texts = [[cell_text(cell) for cell in row] for row in grid.rows if row]
    name = grid.source if grid.sheet is None else f"{grid.source} · {grid.sheet}"
    tops = _title_rows(texts)
    ends = [*tops[1:], len(texts)] if tops else []
    if not any(_known(texts[top]) >= 2 for top in tops) and (turned := _turned(texts)):
        table = _read(turned, 0, len(turned), name)
        labels = [without_numbers(row[0].strip()) for row in texts]
        found = [_by_item(table, labels)] if table else []
    else:
        read = (_read(texts, top, end, name) for top, end in zip(tops, ends, strict=True))
        found = [table for table in read if table]
    yield from (replace(table, source=grid.source) for table in found)


def _title_rows(texts: _Texts) -> list[int]:
    """Rows of titles: two at least are understood, or two at least are words above a row of numbers. A head that is
    printed again on the next page is none."""
    words = [at for at, row in enumerate(texts) if _is_words(row)]
    found = [at for at in words if _known(texts[at]) >= 2]
    found = found or [at for at in words if at + 1 < len(texts) and _numbers(texts[at + 1])][:1]
    found = [at + 1 if at + 1 in words and at + 1 not in found else at for at in found]
    heads = {at: tuple(map(plain, texts[at])) for at in found}
    return [at for n, at in enumerate(found) if n == 0 or heads[at] != heads[found[n - 1]]]


def _is_words(row: Sequence[str]) -> bool:
    """Two texts at least, and no number that is no year."""
    filled = [text.strip() for text in row if text.strip()]
    return len(filled) >= 2 and not any(
        _number(text, 0) is not None for text in filled if not _YEAR.fullmatch(text)
    )


def _known(row: Sequence[str]) -> int:
    """How many different parts the titles of a row name."""
    return len({part for text in row if (part := part_of(text))})


def _numbers(row: Sequence[str]) -> int:
    return sum(_number(text, 0) is not None for text in row)


def _turned(texts: _Texts) -> _Texts:
    """The table with its items across, where they stand downwards (项目 | 2010 | 2011); else nothing."""
    body = [row for row in texts if row[0].strip() and _numbers(row[1:]) and not _is_words(row)]
    if _known([row[0] for row in body]) < 2:
        return ()
    first = next(at for at, row in enumerate(texts) if row is body[0])
    head = next((row for row in reversed(texts[:first]) if _is_words(row)), [""] * len(body[0]))
    columns = [at for at in range(1, len(head)) if _numbers([row[at] for row in body])]
    items = [["项目", *(row[0].strip() for row in body)]]
    return [
        *items,
        *([head[at] or f"第 {at + 1} 列", *(row[at] for row in body)] for at in columns),
    ]


def _by_item(table: PrintedTable, labels: Sequence[str]) -> PrintedTable:
    """A turned table whose columns know the rows that they are."""

    def place(title: str) -> int:
        return labels.index(title) + 1 if title in labels else 0

    columns = tuple(replace(column, place=place(column.title)) for column in table.columns)
    unread = tuple(replace(cell, place=place(cell.title)) for cell in table.unread)
    return replace(table, columns=columns, unread=unread)


def _read(texts: _Texts, top: int, end: int, name: str) -> PrintedTable | None:
    """The table whose titles stand in row `top` and whose rows end before `end`; None without a number."""
    above = ["" if _NOTE.search(text) else text for text in texts[top - 1]] if top else []
    above = above if _is_words(above) else [""] * len(texts[top])
    titles = [
        without_numbers(text.strip() or over.strip())
        for text, over in zip(texts[top], above, strict=True)
    ]
    body = list(enumerate(texts[top + 1 : end], start=top + 2))
    labels = _labels(titles, [row for _, row in body])
    if not labels:
        return None
    titled = [at for at in range(labels[-1] + 1, len(titles)) if titles[at]]
    kept = [
        at
        for at in titled
        if part_of(titles[at]) or _PERCENT.search(titles[at]) or _of_numbers(body, at)
    ]
    lines = texts[max(0, top - 3) : top]
    about = " ".join(text.strip() for row in lines for text in row if text.strip())
    numbered = next((row for _, row in body if _is_numbering(row, labels[0], kept)), None)
    columns = _columns(titles, kept, above, numbered)
    columns = tuple(
        column if column.number is not None else replace(column, number=titled.index(at) + 1)
        for at, column in zip(kept, columns, strict=True)
    )
    powers = [_power(column, about) for column in columns]
    rows, unread = [], []
    for place, row in body:
        label = _label(row, labels)
        values = tuple(_number(row[at], power) for at, power in zip(kept, powers, strict=True))
        if label.strip() and row is not numbered and any(value is not None for value in values):
            rows.append(Row(label, values, place, len(label) - len(label.lstrip())))
            unread += [
                UnreadCell(place, titles[at], without_numbers(row[at].strip()))
                for at, value in zip(kept, values, strict=True)
                if value is None and not _is_blank(row[at])
            ]
    if not rows:
        return None
    words = tuple(titles[at] for at in titled if at not in kept)
    made = PrintedTable(name, columns, tuple(rows), about, tuple(unread), words)
    return _percentages(made, texts, kept)


def _of_numbers(body: Sequence[tuple[int, Sequence[str]]], at: int) -> bool:
    """Whether half of the filled cells of a column are numbers."""
    filled = [row[at] for _, row in body if not _is_blank(row[at])]
    return bool(filled) and _numbers(filled) * 2 >= len(filled)


def _labels(titles: Sequence[str], body: _Texts) -> list[int]:
    """The columns that say what a row is: the first that is no ordinal, and those after it without a number."""
    first = next((at for at, text in enumerate(titles) if text and text not in _ORDINALS), None)
    if first is None:
        return []
    found = [first]
    for at in range(first + 1, len(titles) - 1):
        filled = [row[at] for row in body if not _is_blank(row[at])]
        if part_of(titles[at]) or not filled or _numbers(filled):
            break
        found.append(at)
    return found


def _label(row: Sequence[str], labels: Sequence[int]) -> str:
    """What the row is: its labels, with the blanks that the first is set in by."""
    return without_numbers("·".join(row[at].rstrip() for at in labels if row[at].strip()))


def _is_numbering(row: Sequence[str], label: int, kept: Sequence[int]) -> bool:
    """Whether the row only numbers the columns: 栏次, 1, 2, 3."""
    numbers = [_number(row[at], 0) for at in kept]
    first = numbers[0] if numbers else None
    return (
        row[label].strip() in _NUMBERING
        and first in (1, 2, 3)
        and all(number == at for at, number in enumerate(numbers, int(first)))
    )


def _columns(
    titles: Sequence[str],
    kept: Sequence[int],
    above: Sequence[str],
    numbered: Sequence[str] | None,
) -> tuple[AmountColumn, ...]:
    """The number columns, grouped where a part stands twice: by the row of titles above, else by 门诊 and 住院."""
    known = [part for at in kept if (part := part_of(titles[at]))]
    groups = [""] * len(kept)
    if len(known) > len(set(known)) or any(titles[at] in _AMOUNT for at in kept):
        groups = _groups_above(above, kept) or [_prefix(titles[at]) for at in kept]
    return tuple(
        AmountColumn(
            f"{group}·{titles[at]}" if group and group not in titles[at] else titles[at],
            part_of(group if titles[at] in _AMOUNT else titles[at]),
            group,
            int(numbered[at]) if numbered and numbered[at].strip().isdecimal() else None,
        )
        for at, group in zip(kept, groups, strict=True)
    )


def _groups_above(above: Sequence[str], kept: Sequence[int]) -> list[str]:
    """What stands above each column, also to its left (a merged title); nothing unless two groups are named."""
    found, last = [], ""
    for at in kept:
        last = above[at].strip() or last
        found.append(last)
    return found if len(set(found) - {""}) > 1 else []


def _prefix(title: str) -> str:
    found = re.match("门诊|住院", plain(title))
    return found[0] if found else ""


def _power(column: AmountColumn, about: str) -> int:
    """Powers of ten from the printed unit to yuan or people."""
    own = _UNIT.search(unicodedata.normalize("NFKC", column.title))
    if own:
        return _POWERS[own[0].strip("()")]
    if column.part is None or column.counts:
        return 0
    return next((_POWERS[unit] for unit in ("万元", "千元", "百元") if unit in about), 0)


def _number(text: str, power: int) -> Decimal | None:
    """The printed number; None for blanks and words."""
    found = _NUMBER.fullmatch(re.sub(r"\s+", "", text.translate(_HALF)))
    if not found:
        return None
    number = Decimal(found["number"].replace(",", ""))
    number = number if number == round(number, 8) else round(number, 6)
    unit = found["unit"]
    return number.scaleb(_POWERS.get(unit, power))


def _is_blank(text: str) -> bool:
    bare = text.strip()
    return not bare or bare in NOTHING or bare in DASHES


def _percentages(table: PrintedTable, texts: _Texts, kept: Sequence[int]) -> PrintedTable:
    """Shares that a spreadsheet keeps as fractions (0.34 shown as 34 %) become the percentages that are printed."""
    fractions = [
        _PERCENT.search(column.title) is not None
        and all(abs(row.values[at] or Decimal(0)) <= _FRACTION for row in table.rows)
        and not any("%" in texts[row.place - 1][kept[at]] for row in table.rows)
        for at, column in enumerate(table.columns)
    ]
    rows = [
        tuple(
            value.scaleb(2) if fraction and value is not None else value
            for value, fraction in zip(row.values, fractions, strict=True)
        )
        for row in table.rows
    ]
    made = (replace(row, values=values) for row, values in zip(table.rows, rows, strict=True))
    return replace(table, rows=tuple(made))
