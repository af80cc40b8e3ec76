"""What an export says of deductible and rate itself names the cause of a difference."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from onestop_cli.core.options import NameLookup
from onestop_cli.core.pipeline import work
from onestop_cli.county.periods import parse_period
from tests.made.books import PEOPLE, REGISTER, huangzhong, stays

HOSPITAL = dict(zip(REGISTER["level"], REGISTER["hospital"], strict=True))


def stay(**said: Any) -> dict[str, Any]:
    """1,000 yuan in the county hospital, of which the insurance gives 70 %; people on no roster have no aid."""
    day = date(2010, 10, 8)
    return {
        "row": 2, "stay_no": "1", "name": "人0", "id_raw": PEOPLE[0], "hospital_raw": HOSPITAL["county"],
        "admitted_on": day, "discharged_on": day, "settled_on": day, "total_fen": 100_000,
        "eligible_fen": 100_000, "basic_claimed_fen": 70_000, **said,
    }  # fmt: skip


def finding(**said: Any) -> dict[str, Any]:
    """The AM01 of the insurance on a single stay."""
    names = NameLookup(
        hospital=lambda text: text if text in set(REGISTER["hospital"]) else None,
        level=lambda text: None,
        category=str,
    )
    office = huangzhong()
    done = work(
        stays([stay(**said)]), office.roster, REGISTER, office.book, parse_period("2010Q4"), names
    )
    return done.findings.filter(code="AM01", layer="basic").row(0, named=True)


def test_a_stated_deductible_is_named_and_likeliest() -> None:
    found = finding(basic_claimed_fen=49_000, deductible_stated_fen=30_000, rate_stated=7_000)
    assert str(found["cause"]).split(";")[0] == "deductible"
    assert found["message"].endswith("；表中起付线 300.00，按政策 0.00")


def test_a_deductible_nobody_thought_of_is_tried_where_the_export_states_it() -> None:
    assert finding(basic_claimed_fen=61_292)["cause"] == "unknown"
    found = finding(basic_claimed_fen=61_292, deductible_stated_fen=12_440)
    assert found["cause"] == "deductible"


@pytest.mark.parametrize(("rate", "first"), [(8_000, "level:township"), (6_000, "level:city")])
def test_a_stated_rate_is_named_and_speaks_for_the_level_that_has_it(rate: int, first: str) -> None:
    found = finding(basic_claimed_fen=rate * 10, rate_stated=rate, deductible_stated_fen=0)
    assert str(found["cause"]).split(";")[0] == first
    assert found["message"].endswith(f"；表中支付比例 {rate // 100}%，按政策 70%")


def test_what_agrees_is_not_mentioned() -> None:
    found = finding(basic_claimed_fen=80_000, rate_stated=7_000, deductible_stated_fen=0)
    assert "表中" not in found["message"]
