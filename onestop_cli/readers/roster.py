"""民政 rosters (花名册) become entries: who, which category, from when to when."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from onestop_cli.core.identify import identify
from onestop_cli.county.settings import Settings
from onestop_cli.county.synonyms import Names, key, names
from onestop_cli.errors import Problem
from onestop_cli.readers.containers.inbox import Inbox, open_files
from onestop_cli.readers.layout.aliases import aliases
from onestop_cli.readers.layout.cells import sex_in_words
from onestop_cli.readers.layout.copies import without_copies
from onestop_cli.readers.layout.doubts import layout_hint, two_headers
from onestop_cli.readers.layout.headers import Header
from onestop_cli.readers.layout.household import same_household
from onestop_cli.readers.layout.numbers import number_of
from onestop_cli.readers.layout.row_kinds import Sorted, sort_rows
from onestop_cli.readers.layout.sheets import (
    account,
    id_numeric,
    place_columns,
    quarantine,
    read_all,
    spoiled_ids,
)
from onestop_cli.readers.layout.table_spec import TableSpec
from onestop_cli.readers.layout.typed import TypedTable
from onestop_cli.readers.layout.whose import of_file, without_document_words
from onestop_cli.readers.roster_days import roster_days, unread_days
from onestop_cli.readers.roster_ends import answered, answers
from onestop_cli.readers.roster_words import kind, off_the_register, remarks, watched
from onestop_cli.tables.reading import Reading, SheetReading, together
from onestop_cli.tables.schema import READ_ROSTER

_WORDS = {
    "township": "township",
    "village": "village",
    "address_raw": "address",
    "sex_raw": "sex",
    "family_no": "family_no",
    "head": "head",
    "relation": "relation",
    "cert_no": "cert_no",
    "scheme_no": "scheme_no",
    "ethnic_group": "ethnic_group",
}
"""Column of `READ_ROSTER` → field."""

_STATES = {"status_raw": "status", "reason_raw": "reason", "dead_raw": "dead"}
"""The same, where all columns of a field count."""

_KIND_OF_PEOPLE = re.compile(
    r"[\u3400-\u9fff\d]{1,10}(户|人员|对象|职工|儿童|残疾人|孤儿|家庭|军人|士兵|患者|子女|老人|人口|居民|村干部)"
)


def read_rosters(
    paths: Sequence[Path], settings: Settings, passwords: Sequence[str] = ()
) -> Reading:
    """`roster_of` the files behind `paths`; `passwords` are tried on locked workbooks."""
    return roster_of(open_files(paths, settings, passwords), settings)


def roster_of(inbox: Inbox, settings: Settings) -> Reading:
    """Every entry in the opened rosters; a roster without one usable ID number is a problem."""
    known = names(settings)
    kept, copies = without_copies(inbox.opened, lambda name: category_named(name, known))
    sheets, more = read_all(
        kept, roster_sought(), settings, lambda table: read_roster_table(table, known)
    )
    inputs = (file.file for file in inbox.opened)
    return together(READ_ROSTER, [*sheets, *copies], inputs, [*inbox.problems, *more], inbox.notes)


def roster_sought() -> TableSpec:
    """What a roster has."""
    return TableSpec("花名册", aliases("roster"), _lacking)


def _lacking(header: Header) -> list[str]:
    """Name and ID, of the person or else of the head of the household."""
    here = {*header.columns, *header.rivals}
    missing = []
    if not here & {"name", "head"}:
        missing.append("姓名")
    if not here & {"id_no", "head_id"}:
        missing.append("身份证号")
    return missing


def read_roster_table(table: TypedTable, known: Names) -> tuple[SheetReading | None, list[Problem]]:
    """One sheet, or why it cannot be read."""
    rows = sort_rows(table, lone_person=True)
    category, problems = _category(table, known)
    problems += two_headers(table, rows)
    entries = _entries(table, rows, category).filter(rows.data).pipe(known.with_places)
    if identify(entries.select("id_raw", "id_numeric", "name"))["id_no"].is_null().all():
        problems.append(_no_valid_row(table))
    if problems:
        return None, problems
    unread = list(unread_days(table, rows))
    return SheetReading(
        account(table, rows, notes=[*_notes(entries), *unread]),
        entries,
        quarantine(table, rows, "roster"),
        warnings=(
            *spoiled_ids(table, entries),
            *(f"{table.grid.place}：{note}" for note in unread),
        ),
    ), []


def _notes(entries: pl.DataFrame) -> list[str]:
    """What the reader is not sure of."""
    blank = entries["category_raw"].null_count()
    return [f"{blank} 行没有写救助类别，标题和文件名也没有说明"] if blank else []


def _no_valid_row(table: TypedTable) -> Problem:
    return Problem(
        "花名册里没有一行有可用的身份证号",
        "请检查身份证号一列是否为空或被存成了数字，请民政重新导出",
        table.grid.source,
        table.grid.sheet,
        table.header.last + 1,
    )


def _category(table: TypedTable, known: Names) -> tuple[str | None, list[Problem]]:
    """The category of a roster that has no such column, from sheet name, title or file name."""
    if table.layout and table.layout.category:
        return table.layout.category, []
    grid = table.grid
    for text in (grid.sheet or "", *table.titles, *of_file(grid.source)):
        if found := category_named(text, known):
            return found, []
    if "category" in table.header.columns:
        return None, []
    return None, [
        Problem(
            "没有救助类别列，从工作表名、标题和文件名也看不出是哪一类对象",
            "请把类别写进文件名（如 五保户花名册），或"
            + layout_hint(grid, 'category = "五保户"', "--category 五保户"),
            grid.source,
            grid.sheet,
        )
    ]


def category_named(text: str, known: Names) -> str | None:
    """The category that a title or file name speaks of, in its own words; None if none or several."""
    plain = key(text).removeprefix(key(known.county))
    inside = [name for name in known.category if len(name) > 1 and name in plain]
    longest = [n for n in inside if not any(n != other and n in other for other in inside)]
    if len({known.category[name] for name in longest}) == 1:
        return max(longest, key=len)
    left = without_document_words(plain)
    return left if not inside and _KIND_OF_PEOPLE.fullmatch(left) else None


def _entries(table: TypedTable, rows: Sorted, category: str | None) -> pl.DataFrame:
    """Every row below the header in the form of `READ_ROSTER`, data or not."""
    of_head = "id_no" not in table.header.columns
    id_field = "head_id" if of_head else "id_no"
    over, dead = answers(table)
    words = table.take(
        name=table.trimmed("name" if "name" in table.header.columns else "head"),
        id_raw=table.raw(id_field),
        category_raw=kind(table).fill_null(pl.lit(category, pl.String)),
        **{column: table.words(field) for column, field in _WORDS.items()},
        **{column: table.all_words(field) for column, field in _STATES.items()},
        residence=table.words_where("status", "户籍|户口"),
        remark_raw=remarks(table),
        risk=table.words("risk"),
        over=over,
        lost=dead,
    )
    numeric = id_numeric(table, id_field).alias("id_numeric")
    return (
        words.with_columns(
            numeric,
            number_of(table, "person_no").alias("person_no"),
            *(
                same_household(words[name], words["relation"], rows.data)
                for name in ("head", "family_no")
            ),
            **place_columns(table),
            **roster_days(table),
        )
        .with_columns(sex_in_words(pl.col("sex_raw")))
        .pipe(off_the_register)
        .pipe(watched)
        .pipe(answered)
        .select(pl.col(name).cast(dtype) for name, dtype in READ_ROSTER.items())
    )
