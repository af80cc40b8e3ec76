"""When an entitlement of a roster begins and ends, and a life."""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl

from onestop_cli.readers.containers.grid import Cell
from onestop_cli.readers.layout.aliases import tidy
from onestop_cli.readers.layout.cells import cell_text
from onestop_cli.readers.layout.days import Habit, days
from onestop_cli.readers.layout.doubts import columns_hint
from onestop_cli.readers.layout.reading_faults import Faults, read_days
from onestop_cli.readers.layout.row_kinds import Sorted
from onestop_cli.readers.layout.sheets import BIRTH_CENTURY
from onestop_cli.readers.layout.terms import Part, Term, terms
from onestop_cli.readers.layout.typed import TypedTable
from onestop_cli.readers.roster_ends import stopped_in_remarks
from onestop_cli.readers.roster_words import died_in_remarks

_PAPERS = re.compile("建档|登记|办理|补录")
_DAY = r"\d{4}[./年]\d{1,2}(?:[./月]\d{1,2}日?|月)"
PARTS: tuple[Part, ...] = ("from", "to", "died")
_IN_DOUBT = {
    "from": "不是看得懂的日期",
    "to": "不是看得懂的日期",
    "died": "说不准是哪一天",
}
_TERM = rf"^(.+?)\s*(?:至|到|~|～|—+|--+|－+)\s*(.*)$|^({_DAY})\s*-\s*({_DAY})$"


def unread_days(table: TypedTable, rows: Sorted) -> Iterator[str]:
    """Columns of days that no field takes, though a right may begin or end on them. Days of the papers (建档, 登记 …)
    may only be its beginning where the table has no other."""
    used = {c for columns in table.header.columns.values() for c in columns}
    begins = table.header.columns.keys() & {"from", "term"}
    for column in range(table.grid.width):
        label = table.header.label(column)
        of_papers = table.aliases.changes_no_right(tidy(label))
        if column in used or not label or (of_papers and (begins or not _PAPERS.match(label))):
            continue
        cells = [c for c, taken in zip(table.columns[column], rows.data, strict=True) if taken]
        filled = [cell for cell in cells if cell_text(cell).strip() and not _is_number(cell)]
        found, _ = days(filled, table.habit(month="first"))
        if filled and found.count() * 2 >= len(filled):
            which, asked = ("起始日期", "起始") if of_papers else ("停止日期", "起始、停止或死亡")
            hint = columns_hint(table.grid, [(which, label)])
            yield f"“{label}”一列像是日期，没有读入；是{asked}日期的，请写明：{hint}"


def _is_number(cell: Cell) -> bool:
    """A number, or a text of few or many digits, is no day that people wrote as one."""
    return isinstance(cell, int | float) or bool(
        re.fullmatch(r"\s*(\d{1,5}|\d{9,}X?)\s*", str(cell))
    )


def roster_days(table: TypedTable) -> dict[str, pl.Series]:
    """First and last day of entitlement, and of life, as far as they can be read."""
    faults, habit = Faults(table), table.habit()
    begin, end, died = (_column(table, part, habit, faults) for part in PARTS)
    since, until = _term(table, habit, faults)
    end = _or_remarks(table, end.or_else(until), habit, faults)
    found = dict(zip(PARTS, (begin.or_else(since), end, died), strict=True))
    birth = read_days(table, "birth", table.habit(century=BIRTH_CENTURY), None)
    return {
        **{f"{part}_on": term.on for part, term in found.items()},
        **{f"{part}_earliest": term.earliest for part, term in found.items()},
        **{f"{part}_latest": term.latest for part, term in found.items()},
        "birth_on": birth,
        "date_fault": faults.series(),
    }


def _column(table: TypedTable, part: Part, habit: Habit, faults: Faults) -> Term:
    """The days of one column; what is in doubt is a fault of its row. A remark where a death may stand is none."""
    column = table.first(part)
    cells = () if column is None else table.columns[column]
    if part == "died" and died_in_remarks(table):
        cells = tuple("" if _is_words(cell) else cell for cell in cells)
    found = terms(cells or [""] * table.height, part, habit, typed=table.grid.sheet is not None)
    if column is not None:
        faults.unread(column, found.doubtful, _IN_DOUBT[part])
    return found


def _or_remarks(table: TypedTable, end: Term, habit: Habit, faults: Faults) -> Term:
    """The ends, and where there is none what a remark says of it: always in doubt, since words stand beside."""
    for column, clauses in stopped_in_remarks(table):
        said = terms(
            [f"{clause}停" if clause else "" for clause in clauses], "to", habit, typed=True
        )
        new = end.on.is_null() & end.earliest.is_null() & said.earliest.is_not_null()
        faults.unread(column, list(new.arg_true()), "说待遇停了，说不准是哪一天")
        end = end.or_else(said)
    return end


def _is_words(cell: Cell) -> bool:
    return isinstance(cell, str) and not re.search(r"\d{4}", cell)


def _term(table: TypedTable, habit: Habit, faults: Faults) -> tuple[Term, Term]:
    """Both ends of 有效期: `2009-01-01至2010-12-31`, or the last day alone."""
    ends = table.take(t=table.words("term")).select(
        pl.coalesce(pl.col("t").str.extract(_TERM, 1), pl.col("t").str.extract(_TERM, 3)).alias(
            "from"
        ),
        pl.coalesce(
            pl.col("t").str.extract(_TERM, 2), pl.col("t").str.extract(_TERM, 4), "t"
        ).alias("to"),
    )
    since = terms(ends["from"].fill_null("").to_list(), "from", habit, typed=True)
    until = terms(ends["to"].fill_null("").to_list(), "to", habit, typed=True)
    column = table.first("term")
    if column is not None:
        faults.unread(column, sorted({*since.doubtful, *until.doubtful}), "不是看得懂的期限")
    return since, until
