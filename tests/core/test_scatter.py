"""Rows put where their numbers say, and years worked out slice by slice."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop_cli.core.scatter import spread
from onestop_cli.errors import Broken


@given(st.permutations(range(6)), st.integers(0, 6))
def test_it_is_a_left_join_by_number(places: list[int], some: int) -> None:
    """Every row stands at its number, and the places without one are null."""
    part = pl.DataFrame({"at": places[:some], "text": [f"t{n}" for n in range(some)]})
    numbers = pl.DataFrame({"at": range(6)})
    joined = numbers.join(
        part.cast({"at": pl.Int64}), on="at", how="left", validate="1:1", maintain_order="left"
    )
    put = spread(part.drop("at"), part["at"].cast(pl.Int64), 6)
    assert put.equals(joined.drop("at"))


def test_two_rows_in_one_place_are_refused() -> None:
    """Nothing is lost silently."""
    with pytest.raises(Broken):
        spread(pl.DataFrame({"a": [1, 2]}), pl.Series([3, 3]), 5)
