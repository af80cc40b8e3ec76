"""Sheets about what funds got: 基金收支, and 参合与筹资 of a year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from onestop_cli.ledger.final_account import FinalAccount
from onestop_cli.statements.indicators import Indicator
from onestop_cli.statements.year_account import Raised, YearFigures
from onestop_cli.writers.toolkit.columns import Column
from onestop_cli.writers.toolkit.workbook import SIGNERS, Book


@dataclass(frozen=True)
class IncomePaper:
    """What came in during a period, fund → source → fen; the year's figures and what is made of them."""

    came: dict[str, dict[str, int]]
    figures: YearFigures
    indicators: tuple[Indicator, ...]


def income_sheets(
    book: Book, heading: str, basis: str, found: FinalAccount, paper: IncomePaper
) -> None:
    """表十 to 表十二 of a report."""
    funds = [fund.name for fund in found.funds]
    columns = [
        Column("item", "项目", width=34),
        *(Column(f"fund{at}", name, "yuan", 20) for at, name in enumerate(funds)),
        Column("all", "合计", "yuan", 20),
    ]
    book.table_sheet(
        "表十 基金收支",
        f"{heading}基金收支表",
        columns,
        [*_lines(found, paper)],
        left=basis,
        notes=(
            "年末（期末）结余 = 上期结余 + 本期收入 − 本期支出。收入按记账的结算期，支出按核定；负数为应补拨。",
        ),
        totals=False,
        signers=SIGNERS,
    )
    _raised(book, heading, basis, paper)


def _lines(found: FinalAccount, paper: IncomePaper) -> Sequence[dict[str, object]]:
    """上期结余, 收入 by source, 支出 by layer, 结余: a column per fund."""
    funds, total = found.funds, found.total

    def line(item: str, amounts: Sequence[int]) -> dict[str, object]:
        cells = {f"fund{at}": fen for at, fen in enumerate(amounts)}
        return {"item": item, **cells, "all": sum(amounts)}

    opening = [
        next((line.opening for line in found.accounts if line.fund == fund.name), 0)
        for fund in funds
    ]
    sources = dict.fromkeys(source for part in paper.came.values() for source in part)
    by_source = {
        source: [paper.came.get(fund.name, {}).get(source, 0) for fund in funds]
        for source in sources
    }
    income = [sum(paper.came.get(fund.name, {}).values()) for fund in funds]
    second = [
        sum(line.second for line in found.accounts if line.fund == fund.name) for fund in funds
    ]
    outlay = [found.used(fund.name)[0] + more for fund, more in zip(funds, second, strict=True)]
    layers = [
        line(
            f"　　{layer.name}",
            [found.paid(fund, layer.id) for fund in funds],
        )
        for layer in found.layers
        if any(layer.id in fund.layers for fund in funds)
    ]
    changed = [total[f"{fund.key}_adjusted_fen"] for fund in funds]
    extra = [total[f"{fund.key}_supplement_fen"] for fund in funds]
    balance = [a + b - c for a, b, c in zip(opening, income, outlay, strict=True)]
    return [
        line("一、上期结余", opening),
        line("二、本期收入", income),
        *(line(f"　　{source}", amounts) for source, amounts in by_source.items()),
        line("三、本期支出", outlay),
        *layers,
        line("　　补发患者", extra),
        *([line("　　大病二次补偿", second)] if any(second) else []),
        line("　　其中：上期调整", changed),
        line("四、期末结余", balance),
    ]


def _raised(book: Book, heading: str, basis: str, paper: IncomePaper) -> None:
    """表十一: 参合情况, 筹集情况 by source, figures per head."""
    made = paper.figures
    sheet = book.sheet("表十一 参合与筹资", [30, 22, 22, 20, 40])
    sheet.title(f"{heading}参合、筹资和人均指标")
    sheet.line(basis, "单位：元")
    people = [
        ("应参合人数", made.insurable),
        ("实际参合人数", made.insured),
    ]
    for name, count in people:
        sheet.pairs([(name, count, "int") if count else (name, "没有写明", "text")])
    sheet.skip()
    columns = [
        Column("fund", "基金", width=30),
        Column("source", f"{made.year} 年度筹资来源", width=22),
        Column("due", "应收", "yuan", 22, total=True),
        Column("came", "到位", "yuan", 20, total=True),
        Column("rate", "到位率", "percent", 40),
    ]
    sheet.table(columns, [_raised_line(one) for one in made.raised])
    sheet.skip()
    facts = book.sheet("表十二 人均指标", [26, 18, 66])
    facts.title(f"{heading}参合、筹资和人均指标（二）")
    facts.line(basis)
    facts.facts(("指标", "数值", "计算方法"), paper.indicators)
    facts.paragraph("没有写明人数或应收的，印“无法计算”，不猜。")
    sheet.signature(SIGNERS)


def _raised_line(one: Raised) -> dict[str, object]:
    return {
        "fund": one.fund,
        "source": one.source,
        "due": one.due,
        "came": one.came,
        "rate": one.rate,
    }
