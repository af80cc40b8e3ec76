"""One person under two IDs is said, and nothing hangs on it (RO10)."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from onestop_cli.core.identify import identify, make_id
from onestop_cli.core.roster import understand_roster
from onestop_cli.core.two_ids import with_other_id
from onestop_cli.tables.schema import READ_ROSTER

WANG = "63990119800101123"
HOME = {"township": "石湾镇", "village": "石上庄村"}


def table(rows: list[dict[str, Any]]) -> pl.DataFrame:
    whole = [
        {"source": "册", "row": n, "id_numeric": False, **row} for n, row in enumerate(rows, 2)
    ]
    return pl.DataFrame(whole, schema=dict(READ_ROSTER))


def person(first17: str, **said: Any) -> dict[str, Any]:
    return {"name": "王强", "id_raw": make_id(first17), **HOME, **said}


def other_ids(stays: list[dict[str, Any]], roster: list[dict[str, Any]] = []) -> list[str | None]:  # noqa: B006
    lived = identify(table(stays)).with_columns(reversed=False)
    found = with_other_id(lived, understand_roster(table(roster), str))
    return found["other_id"].to_list()


ALIKE = [
    ("63990119800101456", {}, "同名同生日同村"),
    ("63990119800101456", {"village": "别村", "family_no": "7"}, "同名同生日同户"),
    ("63992119800101123", {"village": "别村"}, "同名同生日，证号只差一处"),
    ("63990119800101124", {"village": "别村"}, "同名同生日，证号只差一处"),
    ("63990119800101132", {"village": "别村"}, "同名同生日，证号只差一处"),
    ("63990119800102123", {"village": "别村"}, "同名，证号只差一处"),
    ("63990119801001123", {"village": "别村"}, "同名，证号只差一处"),
]
APART = [
    ("63990119800101456", {"village": "别村"}),
    ("63990119800101456", {"name": "李强"}),
    ("63990119810101456", {}),
    ("63990119810202123", {"village": "别村"}),
]


@pytest.mark.parametrize(("number", "said", "why"), ALIKE)
def test_two_ids_that_are_both_listed_are_told(number: str, said: dict[str, Any], why: str) -> None:
    listed = [person(WANG, family_no="7"), person(number, **said)]
    assert other_ids([person(WANG)], listed) == [f"****{make_id(number)[-4:]}（{why}）"]


@pytest.mark.parametrize(("number", "said"), APART)
def test_people_who_only_have_something_in_common_are_two(
    number: str, said: dict[str, Any]
) -> None:
    assert other_ids([person(WANG)], [person(WANG), person(number, **said)]) == [None]


def test_two_ids_that_both_have_stays_are_told_on_each() -> None:
    other = "63990119800101456"
    assert other_ids([person(WANG), person(other)]) == [
        f"****{make_id(other)[-4:]}（同名同生日同村）",
        f"****{make_id(WANG)[-4:]}（同名同生日同村）",
    ]


def test_one_id_with_a_stay_and_another_on_the_roster_is_another_question() -> None:
    """That is RO06: the stay's ID is on no roster and somebody resembles it."""
    assert other_ids([person(WANG)], [person("63990119800101456")]) == [None]
