"""二次补偿: the try with its effect on the fund, the list to sign, and the boards per township."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import polars as pl

from onestop_cli.money import FULL, capital, percent, yuan
from onestop_cli.notices.names import shown_name, with_names
from onestop_cli.statements.second_payment import SecondTerms
from onestop_cli.writers.toolkit.columns import Column, Kind
from onestop_cli.writers.toolkit.workbook import SIGNERS, Book


@dataclass(frozen=True)
class SecondPaper:
    """A year's batch: `rows` (`BORNE` with full_fen, capped, fen), its terms, the fund and what is left of it, whether
    it is booked, and how boards name people."""

    county: str
    year: int
    name: str
    fund: str
    base: str
    terms: SecondTerms
    rows: pl.DataFrame
    balance: int
    booked: bool
    names: Literal["full", "masked", "none"]
    office: str
    phones: Sequence[tuple[str, str]]

    @property
    def title(self) -> str:
        """`示例县2010年大病二次补偿`."""
        return f"{self.county or '××县'}{self.year}年{self.name}"

    @property
    def full(self) -> int:
        """What the bands alone give."""
        return int(self.rows["full_fen"].sum())

    @property
    def total(self) -> int:
        """What is paid."""
        return int(self.rows["fen"].sum())

    @property
    def standard(self) -> str:
        """`全年个人自付超过 5,000.00 元至 10,000.00 元的部分补 50%；…`."""
        terms = self.terms
        ends = [*(start for start, _ in terms.bands[1:]), None]
        parts = [
            f"超过 {yuan(start)} 元{f'至 {yuan(end)} 元' if end else ''}的部分补 {percent(rate, FULL)}"
            for (start, rate), end in zip(terms.bands, ends, strict=True)
        ]
        most = f"；每人最多 {yuan(terms.cap)} 元" if terms.cap else ""
        limit = f"；全县最多 {yuan(terms.limit)} 元" if terms.limit else ""
        return f"全年{self.base}" + "，".join(parts) + most + limit

    @property
    def cut(self) -> str:
        """How amounts were cut; "" when they were not."""
        if self.full == self.total:
            return ""
        how = "合计正好等于限额，余数大的先进一分" if self.terms.exact else "每人舍去不足一分的"
        return (
            f"按分段应补 {yuan(self.full)} 元，超过限额，各人按 {percent(self.terms.limit or 0, self.full)}"
            f" 同比例压缩到分（{how}）"
        )


def write_second(paper: SecondPaper, folder: Path) -> None:
    """Write 二次补偿.xlsx and the boards into `folder`, which exists."""
    with Book(folder / "二次补偿.xlsx", title=paper.title) as book:
        _cover(book, paper)
        _list(book, paper)
        towns = paper.rows.group_by(pl.col("township").fill_null("其他"), maintain_order=True).agg(
            people=pl.len().cast(pl.Int64),
            capped=pl.col("capped").sum().cast(pl.Int64),
            base_fen=pl.col("base_fen").sum(),
            full_fen=pl.col("full_fen").sum(),
            fen=pl.col("fen").sum(),
        )
        columns = (
            Column("township", "乡镇", width=20),
            Column("people", "人数", "int", 10, total=True),
            Column("capped", "其中：到个人限额", "int", 16, total=True),
            Column("base_fen", "个人负担", "yuan", 18, total=True),
            Column("full_fen", "按分段应补", "yuan", 18, total=True),
            Column("fen", "实际补偿", "yuan", 18, total=True),
        )
        book.table_sheet("按乡镇", f"{paper.title}（按乡镇）", columns, towns, signers=SIGNERS)
    boards = folder / "公示"
    boards.mkdir()
    places = paper.rows["township"].fill_null("其他").unique(maintain_order=True)
    for number, place in enumerate(places, 1):
        rows = paper.rows.filter(pl.col("township").fill_null("其他") == place)
        safe = "".join(char for char in place if char.isalnum()) or "其他"
        _board(paper, place, rows, boards / f"{number:02d}{safe}.xlsx")


def _cover(book: Book, paper: SecondPaper) -> None:
    sheet = book.sheet("测算", [30, 30, 30, 30])
    sheet.title(f"{paper.title}{'' if paper.booked else '测算'}")
    after = paper.balance - (0 if paper.booked else paper.total)
    lines: list[tuple[str, str | int, Kind]] = [
        ("标准", paper.standard, "text"),
        ("补偿人数", len(paper.rows), "int"),
        ("　其中：到个人限额", int(paper.rows["capped"].sum()), "int"),
        ("个人负担合计", int(paper.rows["base_fen"].sum()), "yuan"),
        ("按分段应补", paper.full, "yuan"),
        ("实际补偿", paper.total, "yuan"),
        ("大写", capital(paper.total), "text"),
        *([("压缩", paper.cut, "text")] if paper.cut else []),  # type: ignore[list-item]
        (f"{paper.fund}补偿前结余", after + paper.total, "yuan"),
        (f"{paper.fund}补偿后结余", after, "yuan"),
        ("状态", "已记入台账" if paper.booked else "测算，没有记账", "text"),
    ]
    sheet.pairs(lines)
    sheet.paragraph("个人负担出自台账：本年度核定的住院，含以后各期的调整；待核、拒付的不算。")
    if after < 0:
        sheet.paragraph("补偿后基金不够，请调低标准或限额。", bold=True)
    sheet.signature(SIGNERS)


def _list(book: Book, paper: SecondPaper) -> None:
    columns = (
        Column("number", "序号", "int", 5, align="center"),
        Column("name", "姓名", width=10),
        Column("id_shown", "证号后四位", width=10, align="center"),
        Column("township", "乡镇", width=9),
        Column("village", "村", width=9),
        Column("visits", "人次", "int", 5, total=True),
        Column("total_fen", "总费用", "yuan", 12, total=True),
        Column("paid_fen", "已补偿", "yuan", 12, total=True),
        Column("base_fen", "个人负担", "yuan", 12, total=True),
        Column("full_fen", "按分段应补", "yuan", 11, total=True),
        Column("fen", "实际补偿", "yuan", 11, total=True),
        Column("signed", "签收", width=9, fill=True),
    )
    book.table_sheet(
        "名单",
        f"{paper.title}名单",
        columns,
        _numbered(paper.rows),
        notes=(
            paper.standard,
            paper.cut or "没有超过限额，没有压缩。",
            "个人负担 = 总费用 − 已补偿 − 还没有付的应补未补 − 由医院承担的。",
        ),
        signers=SIGNERS,
    )


def _board(paper: SecondPaper, place: str, rows: pl.DataFrame, path: Path) -> None:
    """A township's board: no number, no age, no name of a child under 14."""
    columns = (
        Column("number", "序号", "int", 8, align="center"),
        Column("shown", "姓名", width=16),
        Column("village", "村", width=18),
        Column("base_fen", "全年个人负担", "yuan", 18, total=True),
        Column("fen", "二次补偿", "yuan", 18, total=True),
    )
    day = pl.lit(date(paper.year, 12, 31))
    named = with_names(_numbered(rows), day).with_columns(shown=shown_name(paper.names))
    phones = "；".join(f"{office} {phone}" for office, phone in paper.phones)
    with Book(path, title=f"{paper.title}公示") as book:
        book.table_sheet(
            "公示",
            f"{paper.title}公示（{place}）",
            columns,
            named,
            notes=(
                f"标准：{paper.standard}。",
                "如有异议，请在公示期内反映" + (f"。监督电话：{phones}" if phones else "。"),
            ),
            signers=(f"公示单位（盖章，{paper.office}）", "制表", "审核"),
        )


def _numbered(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(number=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
