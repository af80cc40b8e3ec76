"""Whose insured a row is about: rows of other counties wait, and are not paid by this one."""

from __future__ import annotations

import polars as pl
import pytest

from onestop_cli.core.insured_area import areas_of, elsewhere, own_area, several_areas


def rows(*areas: str | None) -> pl.DataFrame:
    return pl.DataFrame({"insured_area": areas}, schema={"insured_area": pl.String})


@pytest.mark.parametrize(
    ("code", "areas", "own"),
    [
        ("639901", ["639902"], "639901"), ("6399", ["639902"], "6399"), ("639900", ["639902"], "6399"),
        ("", ["639901", "639901", "639902"], "639901"), ("", ["639901", "639902"], ""),
        ("", ["639901示例县", "青禾镇", None], "639901"), ("", ["青禾镇"], ""),
    ],
)  # fmt: skip
def test_the_countys_own_area_is_what_it_says_or_what_most_rows_have(
    code: str, areas: list[str | None], own: str
) -> None:
    assert own_area(areas_of(rows(*areas).lazy()), code) == own


@pytest.mark.parametrize(
    ("area", "own", "other"),
    [
        ("639901", "639901", False), ("639902", "639901", True), ("639900", "639901", False),
        ("110101", "639901", True), ("639902", "6399", False), ("640102", "6399", True),
        ("639902", "", False), ("青禾镇", "639901", False), (None, "639901", False),
    ],
)  # fmt: skip
def test_a_code_of_another_county_is_elsewhere(area: str | None, own: str, other: bool) -> None:
    assert rows(area).select(found=elsewhere(own))["found"].to_list() == [other]


@pytest.mark.parametrize(
    ("areas", "own", "told"),
    [(["639901", "639902"], "", 1), (["639901", "639902"], "639901", 0), (["639901"], "", 0)],
)
def test_areas_of_which_none_is_known_as_the_countys_are_told(
    areas: list[str], own: str, told: int
) -> None:
    sentences = several_areas(areas_of(rows(*areas).lazy()), own)
    assert len(sentences) == told
    assert all("639901、639902" in text and "[county]" in text for text in sentences)
