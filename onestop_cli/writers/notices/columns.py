"""The tables of a public list: the same columns and words on paper, on screen and in the workbook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from onestop_cli.money import yuan
from onestop_cli.notices.lines import ELIGIBLE
from onestop_cli.notices.notices import Notice, NoticePart
from onestop_cli.notices.rolls import KINDS, Roll
from onestop_cli.notices.texts import Texts
from onestop_cli.writers.toolkit.columns import Column

_UNIT = "单位：元"
_SHORT = 15
_PLACES = {"county": "乡镇", "township": "村", "hospital": "乡镇"}
_OVERDRAWN = "期末结余为负数的，是已经核定、医院已经垫付而资金还没有拨足的金额"

STANDARDS = (
    Column("kind", "补偿种类", width=14),
    Column("who", "对象", width=24),
    Column("terms", "标准", width=70),
    Column("base", "比例按什么算", width=26),
    Column("document", "依据文件", width=40),
)
ROLL = (
    Column("number", "序号", "int", align="center"),
    Column("name", "姓名", width=26),
    Column("category", "人员类别", width=40),
)
FUNDS = (
    Column("fund", "基金", width=24),
    Column("opening_fen", "上期结余", "yuan", width=18),
    Column("income_fen", "本期收入", "yuan", width=18),
    Column("outlay_fen", "本期支出", "yuan", width=18),
    Column("balance_fen", "期末结余", "yuan", width=18),
)


@dataclass(frozen=True)
class TextTable:
    """A table with its cells as text.

    `head`: the column that names the row. `rest`: a sum line of rows that are not shown. `links`: from the head's text
    to an address. `note`: what holds for the whole table, such as the unit. `apart`: begins a new page. `people`: its
    rows are people.
    """

    title: str
    columns: Sequence[Column]
    rows: list[tuple[str, ...]]
    totals: tuple[str, ...]
    head: str
    note: str = _UNIT
    rest: tuple[str, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    apart: bool = False
    people: bool = False

    @property
    def words(self) -> bool:
        """Whether it holds no numbers."""
        return all(column.kind == "text" for column in self.columns)

    @property
    def whole(self) -> bool:
        """Whether it is so short that it stays on one page."""
        return len(self.rows) <= _SHORT

    @property
    def body(self) -> list[tuple[str, ...]]:
        """The rows, and the line of those that are not shown."""
        return [*self.rows, self.rest] if self.rest else self.rows

    def column(self, key: str) -> set[str]:
        """The different cells of a column; none where there is no such column."""
        places = [place for place, column in enumerate(self.columns) if column.key == key]
        return {row[place] for place in places for row in self.rows}

    def zip(self, row: tuple[str, ...]) -> Iterable[tuple[Column, str]]:
        """The cells of a row beside their columns."""
        return zip(self.columns, row, strict=True)


def wraps(column: Column) -> bool:
    """Whether a text may go on in a second line: names and words may, numbers and months not."""
    return column.kind == "text" and column.key != "month"


def list_columns(notice: Notice, texts: Texts) -> list[Column]:
    """The columns of a list, as its profile wants them: no place on a village's, no hospital on a hospital's own."""
    profile = notice.profile
    place = notice.level in _PLACES and (notice.level != "township" or profile.place == "village")
    parts = {
        "place": place,
        "category": True,
        "hospital": profile.hospital and not notice.hospital,
        "month": profile.month,
        "note": bool((notice.rows["note"] != "").any()),
    }
    columns = {
        "place": Column("place", _PLACES.get(notice.level, ""), width=14),
        "category": Column("category", "人员类别", width=20),
        "hospital": Column("hospital", "就诊医疗机构", width=22),
        "month": Column("month", "出院年月", width=11),
        "note": Column("note", "备注", width=18),
    }
    return [
        Column("number", "序号", "int", align="center"),
        Column("name", "姓名", width=13),
        *(columns[key] for key, shown in parts.items() if shown),
        *_amount_columns(notice, texts),
    ]


def part_columns(notice: Notice, part: NoticePart, texts: Texts) -> list[Column]:
    """The columns of a summary."""
    return [
        Column("label", part.heading, width=26),
        Column("visits", "人次", "int", total=True),
        Column("people", "人数", "int"),
        *_amount_columns(notice, texts),
    ]


def _amount_columns(notice: Notice, texts: Texts) -> list[Column]:
    """Costs, what each layer paid, what is still owed (only where anything is), the own share."""
    titles = {"total_fen": "总费用"}
    titles |= {ELIGIBLE: "可补偿费用"} if notice.sums[ELIGIBLE] else {}
    titles |= {f"{layer}_fen": kind for layer, kind in texts.kinds.items()}
    titles |= {"owed_fen": "应补未补"} if notice.sums["owed_fen"] else {}
    titles |= {"borne_fen": "医院承担"} if notice.sums["borne_fen"] else {}
    titles |= {"self_fen": "个人自付"}
    return [Column(key, title, "yuan", 12, total=True) for key, title in titles.items()]


def marked(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows, with what tells people of one name apart written behind the name."""
    mark = pl.when(pl.col("mark") != "").then("（尾号" + pl.col("mark") + "）")
    return rows.with_columns(name=pl.col("name") + mark.fill_null(""))


def rest_name(rest: Mapping[str, int]) -> str:
    """What stands instead of a name before the sum of the rows that are not shown."""
    return f"其余 {rest['rows']:,} 笔合计"


def list_grid(notice: Notice, texts: Texts) -> TextTable:
    """The list itself."""
    columns = list_columns(notice, texts)
    rest: tuple[str, ...] = ()
    if notice.rest:
        sums = _totals(columns, notice.rest)
        rest = ("", rest_name(notice.rest), *sums[2:])
    return TextTable(
        "补偿名单",
        columns,
        _cells(columns, marked(notice.rows)),
        _totals(columns, notice.sums),
        "name",
        rest=rest,
        apart=bool(notice.parts),
        people=True,
    )


def roll_grid(kind: str, people: pl.DataFrame) -> TextTable:
    """The people who came onto the rosters, or who left them."""
    return TextTable(KINDS[kind], ROLL, _cells(ROLL, marked(people)), (), "name", "", people=True)


def roll_summary(rolls: Sequence[Roll], links: Mapping[str, str]) -> TextTable:
    """How many came and left, by place; `links`: from the place to its page."""
    columns = [
        Column("place", "乡镇、村", width=26),
        *(Column(kind, title, "int", total=True) for kind, title in KINDS.items()),
    ]
    table = pl.DataFrame([{"place": roll.place, **roll.counts} for roll in rolls])
    totals = _totals(columns, {kind: int(table[kind].sum()) for kind in KINDS})
    return TextTable(
        "各地变动人次", columns, _cells(columns, table), totals, "place", "", links=links
    )


def part_grid(
    notice: Notice, part: NoticePart, texts: Texts, links: Mapping[str, str]
) -> TextTable:
    """A summary; `links`: from its labels to their pages."""
    columns = part_columns(notice, part, texts)
    totals = _totals(columns, notice.sums)
    return TextTable(part.title, columns, _cells(columns, part.table), totals, "label", links=links)


def text_grids(texts: Texts, *, county: bool) -> list[TextTable]:
    """The fund notice, for the county's own list, and the table of standards; only what is known."""
    grids = []
    if county and texts.funds:
        rows = _cells(FUNDS, table_of(FUNDS, texts.funds))
        note = "，".join(filter(None, (_UNIT, texts.funds_due, fund_note(texts))))
        grids.append(TextTable("基金收支", FUNDS, rows, (), "fund", note))
    if texts.standards:
        columns, note = standard_columns(texts)
        rows = _cells(columns, table_of(columns, texts.standards))
        grids.append(TextTable("补偿标准", columns, rows, (), "kind", note))
    return grids


def fund_note(texts: Texts) -> str:
    """What a balance below zero means, where there is one."""
    return _OVERDRAWN if any(line.balance_fen < 0 for line in texts.funds) else ""


def standard_columns(texts: Texts) -> tuple[Sequence[Column], str]:
    """The columns of the table of standards; a document that all share is named once, in the note."""
    documents = {line.document for line in texts.standards}
    left_out = {"document"} if len(documents) == 1 else set()
    left_out |= set() if any(line.base for line in texts.standards) else {"base"}
    note = f"依据{documents.pop()}" if len(documents) == 1 else ""
    return [column for column in STANDARDS if column.key not in left_out], note


def table_of(columns: Sequence[Column], lines: Iterable[object]) -> pl.DataFrame:
    """A table of the attributes that `columns` name."""
    return pl.DataFrame(
        [{column.key: getattr(line, column.key) for column in columns} for line in lines]
    )


def _cells(columns: Sequence[Column], table: pl.DataFrame) -> list[tuple[str, ...]]:
    """The rows of `table` as text, cell by cell."""
    texts = [[_text(value, column) for value in table[column.key]] for column in columns]
    return list(zip(*texts, strict=True))


def _totals(columns: Sequence[Column], sums: Mapping[str, int]) -> tuple[str, ...]:
    """The totals row as text; the first cell says 合计."""
    known = {column.key for column in columns if column.total} | {"people"}
    rest = (
        _text(sums[column.key], column) if column.key in known else "" for column in columns[1:]
    )
    return ("合计", *rest)


def _text(value: Any, column: Column) -> str:
    if column.kind == "yuan":
        return yuan(value)
    return "" if value is None else str(value)
