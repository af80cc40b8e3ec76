"""The platform's statements beside the stays: by settlement number, and as sums of an insurance and its days."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from onestop_cli.core.clearing import DETAILS, SUMS, beside_details, beside_sums
from onestop_cli.tables.schema import READ_STAYS


def stays(*rows: dict[str, Any]) -> pl.DataFrame:
    usual = {
        "source": "a.csv",
        "settled_on": date(2024, 10, 8),
        "scheme_raw": "居民医保",
        "total_fen": 100,
    }
    whole = [usual | {"row": n} | row for n, row in enumerate(rows, start=2)]
    return pl.DataFrame(whole, schema=dict(READ_STAYS))


def details(*rows: tuple[str, int, int | None]) -> pl.DataFrame:
    told = [("d.txt", *row, None) for row in rows]
    return pl.DataFrame(told, schema=dict(DETAILS), orient="row")


def paid(
    number: str | None, total: int = 100, basic: int | None = 60, **more: Any
) -> dict[str, Any]:
    return {"settlement_no": number, "total_fen": total, "basic_claimed_fen": basic, **more}


CASES = [
    (paid("S"), ("S", 100, 60), "相符"),
    (paid("S"), ("S", 101, 60), "金额不同"),
    (paid("S"), ("S", 100, 61), "金额不同"),
    (paid("S", assistance_claimed_fen=1), ("S", 100, 61), "相符"),
    (paid("S", waiver_claimed_fen=1), ("S", 100, 60), "相符"),
    (paid("S", fund_total_fen=70), ("S", 100, 70), "相符"),
    (paid("S", basic=None), ("S", 100, 60), "相符"),
    (paid("S"), ("S", 100, None), "相符"),
]


@pytest.mark.parametrize(("stay", "line", "verdict"), CASES)
def test_a_settlement_agrees_where_cost_and_funds_do(
    stay: dict[str, Any], line: tuple[str, int, int | None], verdict: str
) -> None:
    assert beside_details(stays(stay), details(line))["verdict"].to_list() == [verdict]


def test_what_only_one_side_has_is_told_unless_it_comes_to_nothing() -> None:
    here = paid("A"), paid("B"), paid("B", -100, -60), paid(None)
    found = beside_details(stays(*here), details(("C", 50, 30), ("D", 9, 9), ("D", -9, -9)))
    assert found.select("settlement_no", "verdict").rows() == [
        ("A", "对账文件没有"), ("B", "相符"), ("C", "住院表里没有"), ("D", "相符"),
    ]  # fmt: skip


def line(**changes: Any) -> pl.DataFrame:
    usual = {
        "source": "s.csv", "row": 2, "insutype": "390", "clr_type": "21", "first": date(2024, 10, 1),
        "last": date(2024, 10, 31), "with_refunds": True, "count": 1, "total_fen": 100, "fund_fen": 60,
    }  # fmt: skip
    return pl.DataFrame([usual | changes], schema=dict(SUMS))


OTHERS = [
    paid("B", scheme_raw="310"),
    paid("B", inpatient=False),
    paid("B", settled_on=date(2024, 11, 1)),
    paid("B", hospital_code="P63990100001"),
]


@pytest.mark.parametrize("other", OTHERS)
def test_a_sum_is_of_its_insurance_kind_of_clearing_and_days(other: dict[str, Any]) -> None:
    rows = stays(paid("A"), other)
    assert beside_sums(rows, line())["verdict"].to_list() == ["相符"]
    assert beside_sums(rows, line(count=2))["verdict"].to_list() == ["金额不同"]


@pytest.mark.parametrize(
    ("changes", "ours"),
    [
        ({}, (3, 100, 60)), ({"with_refunds": False}, (1, 100, 60)),
        ({"insutype": None}, (3, 100, 60)), ({"clr_type": "41"}, (0, 0, 0)),
    ],
)  # fmt: skip
def test_a_sum_counts_refunds_where_it_says_so(
    changes: dict[str, Any], ours: tuple[int, int, int]
) -> None:
    struck = {"refund_flag": True}
    rows = stays(paid("A"), paid("B", **struck), paid("B", -100, -60, **struck))
    found = beside_sums(rows, line(**changes))
    assert found.select("ours_count", "ours_fen", "ours_fund_fen").row(0) == ours
