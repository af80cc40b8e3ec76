"""花名册检查.xlsx and 花名册变动.xlsx: what to mend in a roster, and what changed since the last one."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from onestop_cli.rosters.changes import KINDS as CHANGE_KINDS
from onestop_cli.rosters.changes import RosterChanges
from onestop_cli.rosters.quality import KINDS, RosterCheck
from onestop_cli.writers.toolkit.columns import Column
from onestop_cli.writers.toolkit.workbook import Book

_PERSON = (
    Column("name", "姓名", width=10),
    Column("id_shown", "证号（后四位）", width=10, align="center"),
)
_HOME = (Column("township", "乡镇", width=11), Column("village", "村", width=13))
_PLACE = (
    Column("source", "文件", width=24),
    Column("sheet", "工作表", width=8),
    Column("row", "行", "int", 7, align="center"),
)
_NOTE = "证号只显示后四位；按文件和行号可以找到原行。"


def write_check_book(check: RosterCheck, county: str, path: Path) -> None:
    """Write a roster check: what was found, every issue (filterable), and how many people there are."""
    title = f"{county}花名册检查"
    seen = f"按 {check.day:%Y-%m-%d} 的待遇期查看"
    size = f"共 {check.entries:,} 行，{check.people:,} 人，当日有效 {check.in_force:,} 人"
    with Book(path, title=title) as book:
        problems = (
            Column("title", "问题", width=20),
            Column("entries", "条数", "int", 9),
            Column("remedy", "怎么办", width=70),
        )
        book.table_sheet("汇总", title, problems, check.kinds, left=seen, right=size)
        _issues(book, check, title, seen)
        _sizes(book, check, title, seen)


def _issues(book: Book, check: RosterCheck, title: str, seen: str) -> None:
    names = {kind: name for kind, (name, _) in KINDS.items()}
    columns = (
        Column("title", "问题", width=16),
        *_PERSON,
        Column("category", "救助类别", width=16),
        *_HOME,
        Column("message", "说明", width=40),
        *_PLACE,
    )
    rows = check.issues.with_columns(title=pl.col("kind").replace_strict(names))
    book.table_sheet(
        "问题清单",
        f"{title}：问题清单",
        columns,
        rows,
        left=seen,
        right=f"共 {rows.height:,} 条",
        notes=[_NOTE],
        filters=True,
    )


def _sizes(book: Book, check: RosterCheck, title: str, seen: str) -> None:
    """How many people each category and each township has."""
    sheet = book.sheet("人数", [24, 12, 12, 16], portrait=True)
    sheet.title(f"{title}：人数")
    sheet.line(seen)
    known = {"people": check.people, "in_force": check.in_force}
    for name, key, rows in (
        ("救助类别", "category", check.categories),
        ("乡镇", "township", check.townships),
    ):
        columns = (
            Column(key, name, width=24),
            Column("entries", "行数", "int", 12, total=True),
            Column("people", "人数", "int", 12),
            Column("in_force", "当日有效人数", "int", 16),
        )
        sheet.heading(f"按{name}")
        sheet.table(columns, rows, known=known)
        sheet.skip()
    sheet.paragraph("一人列入几个类别或几个乡镇的，合计人数只算一次。")


def write_changes_book(changes: RosterChanges, county: str, path: Path) -> None:
    """Write what changed: counts per kind, per place, then every change, filterable."""
    title = f"{county}花名册变动"
    size = f"上期 {changes.people_before:,} 人，本期 {changes.people_after:,} 人"
    with Book(path, title=title) as book:
        _places(book, changes, title, size)
        _changes(book, changes, title, size)


def _places(book: Book, changes: RosterChanges, title: str, size: str) -> None:
    columns = (
        *_HOME,
        Column("before", "上期人数", "int", 11, total=True),
        Column("after", "本期人数", "int", 11, total=True),
        *(
            Column(kind, name, "int", 11, total=True, group="变动")
            for kind, name in CHANGE_KINDS.items()
        ),
    )
    notes = ("上期人数按上期花名册的乡镇、村，本期人数和变动按本期的；已退出的人按上期的。",)
    book.table_sheet("按乡镇和村", title, columns, changes.places, right=size, notes=notes)


def _changes(book: Book, changes: RosterChanges, title: str, size: str) -> None:
    columns = (
        Column("title", "变动", width=11),
        *_PERSON,
        *_HOME,
        Column("before", "上期", width=28),
        Column("after", "本期", width=28),
        Column("remark", "备注", width=24),
    )
    places = (
        Column("place_before", "上期位置", width=28),
        Column("place_after", "本期位置", width=28),
    )
    rows = changes.changes.with_columns(title=pl.col("kind").replace_strict(CHANGE_KINDS))
    book.table_sheet(
        "变动清单",
        f"{title}：清单",
        [*columns, *places],
        rows,
        left=size,
        right=f"共 {rows.height:,} 条",
        notes=["证号只显示后四位。"],
        filters=True,
        printed=len(columns),
    )
