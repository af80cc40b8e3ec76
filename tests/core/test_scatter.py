"""Rows put where their numbers say, and years worked out slice by slice."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop_cli.core.scatter import spread
from onestop_cli.errors import Broken


@given(st.permutations(range(6)), st.integers(0, 6), st.sampled_from([1, 2]))
def test_it_is_a_left_join_by_number(places: list[int], some: int, threads: int) -> None:
    """Every row stands at its number, and the places without one are null; also where several columns are put at
    once."""
    part = pl.DataFrame({"at": places[:some], "text": [f"t{n}" for n in range(some)]})
    numbers = pl.DataFrame({"at": range(6)})
    joined = numbers.join(
        part.cast({"at": pl.Int64}), on="at", how="left", validate="1:1", maintain_order="left"
    )
    with pytest.MonkeyPatch.context() as there:
        there.setattr("polars.thread_pool_size", lambda: threads)
        put = spread(part.drop("at"), part["at"].cast(pl.Int64), 6)
    assert put.equals(joined.drop("at"))


def test_two_rows_in_one_place_are_refused() -> None:
    """Nothing is lost silently."""
    with pytest.raises(Broken):
        spread(pl.DataFrame({"a": [1, 2]}), pl.Series([3, 3]), 5)
