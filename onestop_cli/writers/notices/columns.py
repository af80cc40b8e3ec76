"""The tables of a public list: the same columns and words on paper, on screen and in the workbook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from onestop_cli.money import yuan
from onestop_cli.notices.notice_period import Posting
from onestop_cli.notices.notices import Notice, Part
from onestop_cli.notices.rolls import KINDS, Roll
from onestop_cli.writers.toolkit.columns import Column

_UNIT = "单位：元"
_SHORT = 15
_PLACES = {"county": "乡镇", "township": "村", "hospital": "乡镇"}

STANDARDS = (
    Column("kind", "补偿种类", width=14),
    Column("who", "对象", width=24),
    Column("terms", "标准", width=80),
    Column("document", "依据文件", width=40),
)
ROLL = (
    Column("number", "序号", "int"),
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
class Grid:
    """A table with its cells as text.

    `head`: the column that names the row. `links`: from its text to an address. `note`: what holds
    for the whole table, such as the unit. `apart`: begins a new page.
    """

    title: str
    columns: Sequence[Column]
    rows: list[tuple[str, ...]]
    totals: tuple[str, ...]
    head: str
    note: str = _UNIT
    links: Mapping[str, str] = field(default_factory=dict)
    apart: bool = False

    @property
    def words(self) -> bool:
        """Whether it holds no numbers."""
        return all(column.kind == "text" for column in self.columns)

    @property
    def whole(self) -> bool:
        """Whether it is so short that it stays on one page."""
        return len(self.rows) <= _SHORT

    def zip(self, row: tuple[str, ...]) -> Iterable[tuple[Column, str]]:
        """The cells of a row beside their columns."""
        return zip(self.columns, row, strict=True)


def wraps(column: Column) -> bool:
    """Whether a text may go on in a second line: names and words may, numbers and months not."""
    return column.kind == "text" and column.key != "month"


def list_columns(notice: Notice, posting: Posting) -> list[Column]:
    """The columns of a list: no place on a village's, no hospital on a hospital's own."""
    place = [Column("place", _PLACES[notice.level], width=14)] if notice.level in _PLACES else []
    hospital = [] if notice.hospital else [Column("hospital", "就诊医疗机构", width=22)]
    return [
        Column("number", "序号", "int"),
        Column("name", "姓名", width=13),
        *place,
        Column("category", "人员类别", width=20),
        *hospital,
        Column("month", "出院年月", width=11),
        *_amount_columns(notice, posting),
    ]


def part_columns(notice: Notice, part: Part, posting: Posting) -> list[Column]:
    """The columns of a summary."""
    return [
        Column("label", part.heading, width=26),
        Column("rows", "人次", "int", total=True),
        Column("people", "人数", "int"),
        *_amount_columns(notice, posting),
    ]


def _amount_columns(notice: Notice, posting: Posting) -> list[Column]:
    """Total, what each layer paid, what is still owed (only where anything is), the own share."""
    titles = {"total_fen": "总费用"}
    titles |= {f"{layer}_fen": kind for layer, kind in posting.kinds.items()}
    titles |= {"owed_fen": "应补未补"} if notice.sums["owed_fen"] else {}
    titles |= {"self_fen": "个人自付"}
    return [Column(key, title, "yuan", 12, total=True) for key, title in titles.items()]


def marked(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows, with what tells people of one name apart written behind the name."""
    mark = pl.when(pl.col("mark") != "").then("（尾号" + pl.col("mark") + "）")
    return rows.with_columns(name=pl.col("name") + mark.fill_null(""))


def list_grid(notice: Notice, posting: Posting) -> Grid:
    """The list itself."""
    columns = list_columns(notice, posting)
    totals = _totals(columns, notice.sums)
    rows = _cells(columns, marked(notice.rows))
    return Grid("补偿名单", columns, rows, totals, "name", apart=bool(notice.parts))


def roll_grid(kind: str, people: pl.DataFrame) -> Grid:
    """The people who came onto the rosters, or who left them."""
    return Grid(KINDS[kind], ROLL, _cells(ROLL, marked(people)), (), "name", note="")


def roll_summary(rolls: Sequence[Roll], links: Mapping[str, str]) -> Grid:
    """How many came and left, by village; `links`: from the place to its page."""
    columns = [
        Column("place", "村", width=26),
        *(Column(kind, title, "int", total=True) for kind, title in KINDS.items()),
    ]
    counts = [{kind: people.height for kind, people in roll.people.items()} for roll in rolls]
    table = pl.DataFrame(counts).insert_column(0, pl.Series("place", [r.place for r in rolls]))
    totals = _totals(columns, {kind: int(table[kind].sum()) for kind in KINDS})
    return Grid("各村变动人次", columns, _cells(columns, table), totals, "place", "", links)


def part_grid(notice: Notice, part: Part, posting: Posting, links: Mapping[str, str]) -> Grid:
    """A summary; `links`: from its labels to their pages."""
    columns = part_columns(notice, part, posting)
    totals = _totals(columns, notice.sums)
    return Grid(part.title, columns, _cells(columns, part.table), totals, "label", links=links)


def posting_grids(posting: Posting, *, county: bool) -> list[Grid]:
    """The fund notice, for the county's own list, and the table of standards; only what is known."""
    grids = []
    if county and posting.funds:
        rows = _cells(FUNDS, table_of(FUNDS, posting.funds))
        note = "，".join(filter(None, (_UNIT, posting.funds_due)))
        grids.append(Grid("基金收支", FUNDS, rows, (), "fund", note))
    if posting.standards:
        columns, note = standard_columns(posting)
        rows = _cells(columns, table_of(columns, posting.standards))
        grids.append(Grid("补偿标准", columns, rows, (), "kind", note))
    return grids


def standard_columns(posting: Posting) -> tuple[Sequence[Column], str]:
    """The columns of the table of standards; a document that all share is named once, in the note."""
    documents = {line.document for line in posting.standards}
    if len(documents) > 1:
        return STANDARDS, ""
    return STANDARDS[:-1], f"依据{documents.pop()}"


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
