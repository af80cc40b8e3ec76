"""资助参合.xlsx: the office's working list, with ID numbers; and the list for the board, without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from onestop_cli.county.settings import County
from onestop_cli.money import capital, yuan
from onestop_cli.notices.categories import category_labels, shown_category
from onestop_cli.notices.names import plain, short, shown_name, with_names
from onestop_cli.rosters.premium import OF_LIST, OF_ROSTER, PremiumLists
from onestop_cli.statements.statement import numbered
from onestop_cli.tables.wording import Wording
from onestop_cli.writers.toolkit.columns import Column
from onestop_cli.writers.toolkit.workbook import Book

UNKNOWN = "无法计算"
_INTERNAL = "本表含身份证号，只供办公室内部使用，不得张贴或上网。"
_HOME = (Column("township", "乡镇", width=11), Column("village", "村", width=13))
_PERSON = (
    Column("number", "序号", "int", 6, align="center"),
    *_HOME,
    Column("name", "姓名", width=10),
    Column("id", "身份证号", width=20, align="center"),
)
_CATEGORY = Column("category", "救助类别", width=20)
_AMOUNT = Column("amount_fen", "资助金额", "yuan", 12, total=True)
_REMARK = Column("remark", "备注", width=36)


def _counts(words: Wording) -> tuple[Column, ...]:
    return (
        Column("entitled", "应资助人数", "int", 11, total=True),
        Column("paid", words.of("已参合资助"), "int", 11, total=True),
        Column("absent", words.of("未参合"), "int", 9, total=True),
        Column("own", "个人已缴", "int", 9, total=True),
        Column("name", "同证异名", "int", 9, total=True),
    )


@dataclass(frozen=True)
class Paper:
    """What the papers say: the lists beside each other, whose they are, rows that could not be read."""

    premium: PremiumLists
    county: County
    unread_roster: int
    unread_enrolled: int

    @property
    def title(self) -> str:
        """`示例县2011年度资助参合`, since the bureaus of today 资助参保."""
        return self.words.of(f"{self.county.name}{self.premium.year}年度资助参合")

    @property
    def words(self) -> Wording:
        """What offices and being insured are called in the year."""
        return self.premium.words

    @property
    def signers(self) -> tuple[str, str, str]:
        return "制表", "民政审核", f"{self.words.agency}审核"

    def rows_of(self, side: str) -> int:
        """All rows of `roster` or `enrolled`, with those that could not be read."""
        rows: pl.DataFrame = getattr(self.premium, side)
        return rows.height + int(getattr(self, f"unread_{side}"))


def amount_text(row: Mapping[str, Any]) -> str:
    """The sum of a group, or 无法计算 when the amount of anybody in it is not known."""
    return UNKNOWN if row["unknown"] else yuan(row["amount_fen"])


def write_premium_book(paper: Paper, path: Path) -> None:
    """Write the working list: summary, places, who is paid for, who is not, what to look at."""
    found = paper.premium
    with Book(path, title=paper.title) as book:
        _summary(book, paper)
        _places(book, paper)
        _people(book, paper, "资助名单", found.of("paid"), [_AMOUNT, _REMARK])
        _people(book, paper, paper.words.of("在册未参合"), found.of("absent"), [_REMARK])
        if found.tells:
            own = Column("met_own_fen", "名册写个人缴费", "yuan", 14, total=True)
            should = Column("amount_fen", "按标准应资助", "yuan", 13, total=True)
            _people(book, paper, "在册而个人已缴", found.of("own"), [own, should, _REMARK])
            _unlisted(book, paper)
        _doubtful(book, paper)


def _summary(book: Book, paper: Paper) -> None:
    """By category, and where every row of both lists went."""
    found = paper.premium
    columns = (
        Column("category", "救助类别", width=24),
        *_counts(paper.words),
        Column("unknown", "其中金额无法计算", "int", 11, total=True),
        Column("amount_fen", "资助金额", "yuan", 14, total=True),
    )
    sheet = book.sheet("汇总", [column.chars for column in columns])
    sheet.title(f"{paper.title}汇总表")
    sheet.line(f"花名册按 {found.day:%Y-%m-%d} 的待遇期", "单位：元")
    rows = found.by("category")
    sheet.table(columns, rows, main=True)
    if unknown := int(rows["unknown"].sum()):
        sheet.paragraph(
            f"{unknown:,} 人没有写明资助标准（onestop.toml 的 [premium.{found.year}]），"
            "只计人数，金额无法计算，不在合计之内。"
        )
    sheet.paragraph(f"资助金额合计（大写）：{capital(int(rows['amount_fen'].sum()))}")
    if not found.tells:
        lacks = "参合名册没有说明由谁缴费，看不出个人已缴的和标为资助的。"
        sheet.paragraph(paper.words.of(lacks))
    sheet.heading("两册每一行的去向")
    sheet.table(_fate_columns(paper.words), _fates(paper), totals=False)
    sheet.signature(paper.signers)


def _fate_columns(words: Wording) -> tuple[Column, ...]:
    return (
        Column("title", "去向", width=24),
        Column("roster", "花名册行数", "int", 11),
        Column("enrolled", words.of("参合名册行数"), "int", 11),
    )


def _fates(paper: Paper) -> pl.DataFrame:
    """Every fate with the rows of each list; the rows that could not be read; all of them."""
    found = paper.premium
    lines: list[dict[str, Any]] = [
        {
            "title": title,
            "roster": found.count("roster", fate) if fate in OF_ROSTER else None,
            "enrolled": found.count("enrolled", fate) if fate in OF_LIST else None,
        }
        for fate, (title, _) in found.fates.items()
    ]
    unread = {"roster": paper.unread_roster, "enrolled": paper.unread_enrolled}
    whole = {side: paper.rows_of(side) for side in ("roster", "enrolled")}
    return pl.DataFrame([*lines, {"title": "无法识别的行", **unread}, {"title": "合计", **whole}])


def _places(book: Book, paper: Paper) -> None:
    """By township and village."""
    columns = (
        *_HOME,
        *_counts(paper.words),
        Column("amount_fen", "资助金额", "yuan", 14, total=True),
    )
    rows = paper.premium.by("township", "village")
    note = [f"有 {n:,} 人的金额无法计算，未计入。"] if (n := int(rows["unknown"].sum())) else []
    title = f"{paper.title}汇总表（按乡镇和村）"
    book.table_sheet("按乡镇和村", title, columns, rows, notes=note, signers=paper.signers)


def _people(book: Book, paper: Paper, name: str, people: pl.DataFrame, more: list[Column]) -> None:
    rows = numbered(people).with_columns(id=pl.coalesce("id_no", "id_raw"))
    book.table_sheet(
        name, f"{paper.title}：{name}", [*_PERSON, _CATEGORY, *more], rows,
        left=_INTERNAL, right=f"共 {rows.height:,} 人，单位：元", filters=True,
    )  # fmt: skip


def _unlisted(book: Book, paper: Paper) -> None:
    """People whom the enrolment list says subsidised and who are not entitled."""
    marked = (
        Column("marked_raw", "名册所写缴费方式", width=18),
        Column("subsidy_fen", "名册所写资助", "yuan", 12, total=True),
    )
    rows = numbered(paper.premium.unlisted).with_columns(id=pl.coalesce("id_no", "id_raw"))
    book.table_sheet(
        "标为资助而不在册", f"{paper.title}：标为资助而不在册", [*_PERSON, *marked, _REMARK, *_PLACE], rows,
        left=_INTERNAL, right=f"共 {rows.height:,} 人，单位：元", filters=True,
    )  # fmt: skip


_PLACE = (
    Column("source", "文件", width=24),
    Column("sheet", "工作表", width=8),
    Column("row", "行", "int", 7, align="center"),
)


def _doubtful(book: Book, paper: Paper) -> None:
    """Rows of both lists to look at, with what is wrong and what to do."""
    fates = paper.premium.fates
    rows = paper.premium.doubtful.with_columns(
        id=pl.coalesce("id_no", "id_raw"),
        title=pl.col("fate").replace_strict({fate: title for fate, (title, _) in fates.items()}),
        remedy=pl.col("fate").replace_strict({fate: remedy for fate, (_, remedy) in fates.items()}),
    )
    columns = (
        Column("title", "问题", width=16),
        Column("side", "哪一册", width=9, align="center"),
        *_PERSON[3:],
        *_HOME,
        Column("remark", "说明", width=34),
        Column("remedy", "怎么办", width=34),
        *_PLACE,
    )
    book.table_sheet(
        "需要核对的行", f"{paper.title}：需要核对的行", columns, rows,
        left=_INTERNAL, right=f"共 {rows.height:,} 行", filters=True, printed=len(columns) - len(_PLACE),
    )  # fmt: skip


def write_premium_board(paper: Paper, path: Path) -> None:
    """Write the list for the board: a sheet per township, names masked, no ID number."""
    paid = paper.premium.of("paid")
    seen = [str(name) for name in paid["category"].drop_nulls().unique().sort()]
    labels = category_labels(seen, {})
    people = with_names(paid, pl.lit(date(paper.premium.year, 1, 1))).with_columns(
        township=plain(pl.col("township")).fill_null("其他"),
        village=short(plain(pl.col("village")).fill_null("其他")),
        shown=shown_name("masked"),
        category=short(plain(shown_category(pl.col("category"), labels))),
    )
    columns = (
        Column("number", "序号", "int", 8, align="center"),
        Column("village", "村", width=20),
        Column("shown", "姓名", width=16),
        _CATEGORY,
        Column("amount_fen", "资助金额", "yuan", 16, total=True),
    )
    with Book(path, title=f"{paper.title}公示") as book:
        if people.is_empty():
            book.sheet("公示", [90], portrait=True).title(f"{paper.title}：没有列入资助的人")
        for number, rows in enumerate(people.partition_by("township", maintain_order=True), 1):
            township = str(rows["township"][0])
            sheet = book.sheet(f"{number} {township}", [c.chars for c in columns], portrait=True)
            sheet.title(f"{paper.title}公示")
            sheet.paragraph(_lead(paper, township, rows))
            sheet.line(township, "单位：元")
            sheet.table(columns, numbered(rows), main=True)
            for office, phone in paper.county.phones.items():
                sheet.paragraph(f"监督电话：{office} {phone}")
            sheet.signature(("制表", "审核"))


def _lead(paper: Paper, township: str, rows: pl.DataFrame) -> str:
    unknown = rows["amount_fen"].null_count()
    amount = "" if unknown else f"，资助金额 {yuan(int(rows['amount_fen'].sum()))} 元"
    return (
        f"{paper.premium.year}年度由医疗救助资金资助参加{paper.words.scheme}的{township}救助对象共 "
        f"{rows.height:,} 人{amount}，现予公示。为保护个人隐私，姓名作隐名处理。对名单有异议的，请来电或当面反映。"
    )
