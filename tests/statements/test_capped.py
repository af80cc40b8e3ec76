"""People whose year's limit is used up, in the table by level of hospital."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from onestop_cli.statements.capped import capped, capped_people, with_capped
from onestop_cli.statements.statement import Statement
from tests.made.run import made_run


@pytest.mark.parametrize(
    ("before", "uncapped", "due", "expected"),
    [(0, 99, 99, False), (0, 100, 100, True), (50, 60, 50, True), (100, 10, 0, True), (1, 98, 98, False)],
)  # fmt: skip
def test_a_limit_of_100_is_used_up(before: int, uncapped: int, due: int, expected: bool) -> None:
    stays = pl.DataFrame(
        {
            "aid_before_fen": before,
            "aid_uncapped_fen": uncapped,
            "aid_due_fen": due,
            "aid_cap_fen": 100,
        }
    )
    assert stays.select(capped(stays)).item() is expected


def test_without_a_limit_nothing_is_used_up() -> None:
    stays = pl.DataFrame({"a": [1]})
    assert stays.select(capped(stays)).item() is False


def test_people_are_counted_once_and_only_by_settled_stays() -> None:
    run = made_run()
    limits = {"basic_before_fen": 0, "basic_uncapped_fen": 1, "basic_cap_fen": 1}
    full = Statement(replace(run, stays=run.stays.with_columns(
        **{name: pl.lit(fen) for name, fen in limits.items()}, basic_due_fen=pl.lit(1)
    )))  # fmt: skip
    rows = with_capped(full, full.levels, "level_name")
    assert rows["capped"].to_list() == rows["people"].to_list()
    assert capped_people(full) == full.total["people"] > 0
