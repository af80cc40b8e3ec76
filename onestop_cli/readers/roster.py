"""民政 rosters (花名册) become entries: who, which category, from when to when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from onestop_cli.core.identify import identify
from onestop_cli.county import platform
from onestop_cli.county.settings import Settings
from onestop_cli.county.synonyms import Names, key, names
from onestop_cli.errors import Problem
from onestop_cli.readers.containers.grid import Cell
from onestop_cli.readers.containers.inbox import open_files
from onestop_cli.readers.layout.aliases import aliases, tidy
from onestop_cli.readers.layout.cells import cell_text, sex_in_words, worded
from onestop_cli.readers.layout.copies import without_copies
from onestop_cli.readers.layout.days import Habit, days
from onestop_cli.readers.layout.doubts import columns_hint, layout_hint, two_headers
from onestop_cli.readers.layout.headers import Header
from onestop_cli.readers.layout.household import same_household
from onestop_cli.readers.layout.reading_faults import Faults, read_days
from onestop_cli.readers.layout.row_kinds import Sorted, sort_rows
from onestop_cli.readers.layout.sheets import (
    BIRTH_CENTURY,
    account,
    id_numeric,
    place_columns,
    quarantine,
    read_all,
    spoiled_ids,
)
from onestop_cli.readers.layout.table_spec import Sought
from onestop_cli.readers.layout.terms import Part, Term, terms
from onestop_cli.readers.layout.typed import Table
from onestop_cli.readers.layout.whose import of_file, without_document_words
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
}
"""Column of `READ_ROSTER` → field."""

_STATES = {"status_raw": "status", "reason_raw": "reason", "dead_raw": "dead"}
"""The same, where all columns of a field count."""

_OTHERS = re.compile(
    "父|母|夫|妻|配偶|子女|监护|抚养|赡养|户主|家长|联系|经办|村|乡|镇|地址|单位|银行|民族|文化|政治"
)
"""Titles of columns that speak of somebody or something else."""

_DAY = r"\d{4}[./年]\d{1,2}(?:[./月]\d{1,2}日?|月)"
PARTS: tuple[Part, ...] = ("from", "to", "died")
_IN_DOUBT = {
    "from": "不是看得懂的日期",
    "to": "不是看得懂的日期",
    "died": "说不准是哪一天",
}
_TERM = rf"^(.+?)\s*(?:至|到|~|～|—+|--+|－+)\s*(.*)$|^({_DAY})\s*-\s*({_DAY})$"
_KIND_OF_PEOPLE = re.compile(
    r"[\u3400-\u9fff\d]{1,10}(户|人员|对象|职工|儿童|残疾人|孤儿|家庭|军人|士兵|患者|子女|老人|人口|居民|村干部)"
)


def read_rosters(
    paths: Sequence[Path], settings: Settings, passwords: Sequence[str] = ()
) -> Reading:
    """Every entry in the rosters behind `paths`; a roster without one usable ID number is a problem."""
    inbox = open_files(paths, settings, passwords)
    known = names(settings)
    kept, copies = without_copies(inbox.opened, lambda name: category_named(name, known))
    sheets, more = read_all(
        kept, roster_sought(), settings, lambda table: read_roster_table(table, known)
    )
    inputs = (file.file for file in inbox.opened)
    return together(READ_ROSTER, [*sheets, *copies], inputs, [*inbox.problems, *more], inbox.notes)


def roster_sought() -> Sought:
    """What a roster has."""
    return Sought("花名册", aliases("roster"), _lacking)


def _lacking(header: Header) -> list[str]:
    """Name and ID, of the person or else of the head of the household."""
    here = {*header.columns, *header.rivals}
    missing = []
    if not here & {"name", "head"}:
        missing.append("姓名")
    if not here & {"id_no", "head_id"}:
        missing.append("身份证号")
    return missing


def read_roster_table(table: Table, known: Names) -> tuple[SheetReading | None, list[Problem]]:
    """One sheet, or why it cannot be read."""
    rows = sort_rows(table, lone_person=True)
    category, problems = _category(table, known)
    problems += two_headers(table, rows)
    entries = _entries(table, rows, category).filter(rows.data).pipe(known.with_places)
    if identify(entries.select("id_raw", "id_numeric", "name"))["id_no"].is_null().all():
        problems.append(_no_valid_row(table))
    if problems:
        return None, problems
    unread = list(_unread_days(table, rows))
    return SheetReading(
        account(table, rows, notes=[*_notes(entries), *unread]),
        entries,
        quarantine(table, rows, "roster"),
        warnings=(*spoiled_ids(table, entries), *(f"{_place(table)}：{note}" for note in unread)),
    ), []


def _place(table: Table) -> str:
    sheet = table.grid.sheet
    return f"{table.grid.source}{f'（工作表“{sheet}”）' if sheet else ''}"


def _unread_days(table: Table, rows: Sorted) -> Iterator[str]:
    """Columns of days that no field takes, though a right may begin or end on them."""
    used = {c for columns in table.header.columns.values() for c in columns}
    for column in range(table.grid.width):
        label = table.header.label(column)
        if column in used or not label or table.aliases.unneeded(tidy(label)):
            continue
        cells = [c for c, taken in zip(table.columns[column], rows.data, strict=True) if taken]
        filled = [cell for cell in cells if cell_text(cell).strip() and not _is_number(cell)]
        found, _ = days(filled, table.habit(month="first"))
        if filled and found.count() * 2 >= len(filled):
            hint = columns_hint(table.grid, [("停止日期", label)])
            yield f"“{label}”一列像是日期，没有读入；是起始、停止或死亡日期的，请写明：{hint}"


def _is_number(cell: Cell) -> bool:
    """A number, or a text of few or many digits, is no day that people wrote as one."""
    return isinstance(cell, int | float) or bool(
        re.fullmatch(r"\s*(\d{1,5}|\d{9,}X?)\s*", str(cell))
    )


def _notes(entries: pl.DataFrame) -> list[str]:
    """What the reader is not sure of."""
    blank = entries["category_raw"].null_count()
    return [f"{blank} 行没有写救助类别，标题和文件名也没有说明"] if blank else []


def _no_valid_row(table: Table) -> Problem:
    return Problem(
        "花名册里没有一行有可用的身份证号",
        "请检查身份证号一列是否为空或被存成了数字，请民政重新导出",
        table.grid.source,
        table.grid.sheet,
        table.header.last + 1,
    )


def _category(table: Table, known: Names) -> tuple[str | None, list[Problem]]:
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


def _entries(table: Table, rows: Sorted, category: str | None) -> pl.DataFrame:
    """Every row below the header in the form of `READ_ROSTER`, data or not."""
    of_head = "id_no" not in table.header.columns
    id_field = "head_id" if of_head else "id_no"
    words = table.take(
        name=table.trimmed("name" if "name" in table.header.columns else "head"),
        id_raw=table.raw(id_field),
        category_raw=_kind(table).fill_null(pl.lit(category, pl.String)),
        **{column: table.words(field) for column, field in _WORDS.items()},
        **{column: table.all_words(field) for column, field in _STATES.items()},
        residence=table.words_where("status", "户籍|户口"),
        remark_raw=_remarks(table),
        risk=table.words("risk"),
    )
    numeric = id_numeric(table, id_field).alias("id_numeric")
    return (
        words.with_columns(
            numeric,
            *(
                same_household(words[name], words["relation"], rows.data)
                for name in ("head", "family_no")
            ),
            **place_columns(table),
            **_days(table),
        )
        .with_columns(sex_in_words(pl.col("sex_raw")))
        .pipe(_off_the_register)
        .pipe(_watched)
        .select(pl.col(name).cast(dtype) for name, dtype in READ_ROSTER.items())
    )


def _kind(table: Table) -> pl.Expr:
    """The category that a row states; in what capacity somebody is insured is none."""
    said = table.words("category")
    texts = table.take(said=said)["said"].unique().drop_nulls()
    insured = [text for text in texts if platform.insured_kind(text)]
    return pl.when(~said.is_in(insured)).then(said)


def _remarks(table: Table) -> pl.Expr:
    """What remarks say, and every other column of words that is read as nothing else and speaks of the person."""
    used = {c for columns in table.header.columns.values() for c in columns}
    more = [
        c
        for c in range(table.grid.width)
        if c not in used and not _OTHERS.search(table.header.label(c))
    ]
    columns = [*table.header.columns.get("remark", ()), *_died_in_remarks(table), *more]
    said = [worded(pl.col(str(c))) for c in columns]
    if not said:
        return pl.lit(None, pl.String)
    joined = pl.concat_str(
        [pl.when(s.str.contains(r"\p{Han}")).then(s) for s in said],
        separator="；",
        ignore_nulls=True,
    )
    return pl.when(joined != "").then(joined)


def _died_in_remarks(table: Table) -> tuple[int, ...]:
    """The column of deaths where it is one of remarks that may also hold a day (备注（死亡时间）)."""
    column = table.first("died")
    return () if column is None or "备注" not in table.header.label(column) else (column,)


def _off_the_register(entries: pl.DataFrame) -> pl.DataFrame:
    """A state of 注销 under 户籍状态 is that of the residents' register, not of the entitlement."""
    gone = pl.col("residence").str.contains("注销|销户").fill_null(False)
    return entries.with_columns(
        status_raw=pl.when(gone).then(pl.lit("户籍注销")).otherwise("status_raw")
    )


def _watched(entries: pl.DataFrame) -> pl.DataFrame:
    """A risk that is gone ends the entitlement, on its day or on one that nobody wrote down."""
    risk = pl.col("risk").str.replace_all(r"\s", "")
    gone = risk.str.contains(r"^(是|已|1|Y|y)").fill_null(False)
    state = pl.concat_str(
        "status_raw", pl.lit("风险已消除，终止"), separator="；", ignore_nulls=True
    )
    return entries.with_columns(status_raw=pl.when(gone).then(state).otherwise("status_raw"))


def _days(table: Table) -> dict[str, pl.Series]:
    """First and last day of entitlement, and of life, as far as they can be read."""
    faults, habit = Faults(table), table.habit()
    begin, end, died = (_column(table, part, habit, faults) for part in PARTS)
    since, until = _term(table, habit, faults)
    found = dict(zip(PARTS, (begin.or_else(since), end.or_else(until), died), strict=True))
    birth = read_days(table, "birth", table.habit(century=BIRTH_CENTURY), None)
    return {
        **{f"{part}_on": term.on for part, term in found.items()},
        **{f"{part}_earliest": term.earliest for part, term in found.items()},
        **{f"{part}_latest": term.latest for part, term in found.items()},
        "birth_on": birth,
        "date_fault": faults.series(),
    }


def _column(table: Table, part: Part, habit: Habit, faults: Faults) -> Term:
    """The days of one column; what is in doubt is a fault of its row. A remark where a death may stand is none."""
    column = table.first(part)
    cells = () if column is None else table.columns[column]
    if part == "died" and _died_in_remarks(table):
        cells = tuple("" if _is_words(cell) else cell for cell in cells)
    found = terms(cells or [""] * table.height, part, habit, typed=table.grid.sheet is not None)
    if column is not None:
        faults.unread(column, found.doubtful, _IN_DOUBT[part])
    return found


def _is_words(cell: Cell) -> bool:
    return isinstance(cell, str) and not re.search(r"\d{4}", cell)


def _term(table: Table, habit: Habit, faults: Faults) -> tuple[Term, Term]:
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
