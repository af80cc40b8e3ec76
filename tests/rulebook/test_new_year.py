"""A row over New Year, on screen: what is said of it, and sums that anybody can do again."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random

import polars as pl
import pytest

from onestop_cli.explain.by_hand import settle_given
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.cases import Given
from onestop_cli.rulebook.changes import changes
from onestop_cli.rulebook.library import load_rule
from onestop_cli.working import StepOnStay, work_out
from tests.made.books import run_period
from tests.made.on_paper import amount, result
from tests.made.small_layers import BASIC, document
from tests.second.areas import AREAS
from tests.second.county import County, make_county

RULE = Path(__file__).parents[1] / "made" / "rules" / "kuanian-2023.toml"
OVER = {"admitted": date(2010, 12, 22), "discharged": date(2011, 1, 10)}


@pytest.mark.parametrize(
    "more",
    [
        {"deductible": "[{ amount = 100 }]", "cap": "[{ amount = 200 }]"},
        {"also": '["stay_cap"]\nstay_cap = [{ amount = 150 }]'},
        {"also": '["cost_cap"]\ncost_cap = [{ amount = 300 }]'},
        {"also": '["cost_cap"]\ncost_cap = [{ amount = 40, per = "day" }]'},
        {"also": '["month_cap"]\nmonth_cap = [{ amount = 100 }]'},
        {"rounding": '{ unit = "yuan", mode = "half-up" }'},
        {"rate": "[{ rate = 0.5, later_rate = [0.6] }]"},
    ],
)
def test_the_most_is_worked_out_on_paper(more: dict[str, str]) -> None:
    """Every sum comes to what stands beside it, and the last one to what the run has."""
    rule = document(BASIC, **more)
    rule = rule.model_copy(
        update={"basis": rule.basis.model_copy(update={"benefit_year": "split"})}
    )
    book = Rulebook((rule,))
    (row,) = settle_given([[Given.model_validate({"eligible": 1001, **OVER})]], book)
    lines = [line for g in work_out(StepOnStay(row, book, book.steps[0])) for line in g.lines]
    assert "一行跨两个年度，各年多少费用不知道，只核上限" in [line.working for line in lines]
    sums = [line for line in lines if line.grains]
    assert all(result(line) in (None, amount(line.amount)) for line in sums)
    assert amount(sums[-1].amount) * 100 == row["basic_bound_fen"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (1, "一行跨两个年度，各年多少费用不知道，只核上限；请医院按 12 月 31 日分开结算报来"),
        (2, "按 2024 年度计算"),
    ],
)
def test_what_is_said_of_a_stay_over_new_year(rows: int, said: str) -> None:
    area = AREAS["new-year"]
    county = make_county(Random("said"), area, 1, within_year=False)
    (first, *_), person = county.stays.values(), next(iter(county.people.values()))
    days = {"admitted_on": date(2023, 12, 20), "discharged_on": date(2024, 1, 10)}
    late = {**days, "settled_on": date(2024, 1, 10), "visit_no": "V1", "settlement_no": "S2"}
    table = County(area, {2: first}, {2: person}, county.office).rows()
    new = table.with_columns(**{k: pl.lit(v) for k, v in late.items()}, row=pl.lit(2))
    old = new.with_columns(
        discharged_on=date(2023, 12, 31), settled_on=date(2023, 12, 31),
        settlement_no=pl.lit("S1"), row=pl.lit(3),
    )  # fmt: skip
    read = pl.concat([new, old]) if rows == 2 else new
    run = run_period(read, "2024", office=county.office)
    found = run.findings.filter(pl.col("code") == "ST08", pl.col("row") == 2)
    assert [text.rpartition("出院，")[2] for text in found["message"]] == [said]


def test_a_year_that_is_divided_otherwise_is_told() -> None:
    old = load_rule(RULE).file
    text = RULE.read_text("utf-8").replace('benefit_year = "split"', 'benefit_year = "discharge"')
    new = load_rule(RULE, text.encode()).file
    assert [change.sentence for change in changes(new, old)] == [
        "归入年度的日期 出院日 → 结算截止日（跨年度的在12月31日分开）"
    ]
