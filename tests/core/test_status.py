"""reversed > rejected > held > settled, and what people can change of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from onestop_cli.core.status import with_status
from tests.core.test_decisions import a_stay, run_of

SOUND: dict[str, Any] = {
    "reversed": False, "twin": None, "released": None, "refused": False, "date_fault": None, "term": 1,
    "admitted_on": date(2010, 10, 5), "discharged_on": date(2010, 10, 15), "total_fen": 100, "has_eligible": True,
    "eligible_fen": 80,
}  # fmt: skip


KINDS = {
    "date_fault": pl.String, "twin": pl.String, "released": pl.String, "admitted_on": pl.Date, "discharged_on": pl.Date,
    "term": pl.Int64, "total_fen": pl.Int64, "eligible_fen": pl.Int64,
}  # fmt: skip


def status(*, held: bool = False, **said: Any) -> str:
    frame = pl.DataFrame([SOUND | said], schema_overrides=KINDS)
    return str(with_status(frame, pl.lit(held))["status"].item())


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, "settled"),
        ({"held": True}, "held"),
        ({"held": True, "twin": "rejected"}, "rejected"),
        ({"held": True, "refused": True}, "rejected"),
        ({"refused": True, "twin": "rejected", "reversed": True}, "reversed"),
        ({"twin": "differs"}, "settled"),
    ],
)
def test_the_gravest_state_counts(said: dict[str, Any], expected: str) -> None:
    assert status(**said) == expected


@pytest.mark.parametrize(
    ("released", "expected"), [("ST01", "settled"), ("ST02;ST01", "settled"), ("ST02", "rejected")]
)
def test_a_duplicate_that_people_released_is_settled(released: str, expected: str) -> None:
    assert status(twin="rejected", released=released) == expected


@pytest.mark.parametrize(
    "unknown",
    [
        {"date_fault": "入院日期：无法识别"},
        {"admitted_on": None},
        {"discharged_on": None},
        {"discharged_on": date(2010, 10, 4)},
        {"term": None},
        {"total_fen": None},
        {"eligible_fen": None},
    ],
)
def test_what_cannot_be_worked_out_is_held_whatever_was_released(unknown: dict[str, Any]) -> None:
    assert status(released="AM05;ST04", **unknown) == "held"


def test_a_stay_of_one_day_is_settled() -> None:
    assert status(discharged_on=SOUND["admitted_on"]) == "settled"


def test_a_bill_that_is_eligible_throughout_is_settled() -> None:
    run = run_of(a_stay(eligible_fen=300_000))
    assert run.stays["status"].to_list() == ["settled"]


def test_without_a_column_of_eligible_costs_none_is_missed() -> None:
    assert status(has_eligible=False, eligible_fen=None) == "settled"
