"""Months add up to the quarter: closing month by month, adjustments included, pays the same as one run."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.made.books import office
from tests.made.months import hard_quarter, hard_year, made_quarter
from tests.reference import made


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10**9))
def test_months_pay_the_same_as_the_quarter(seed: int) -> None:
    """With late stays, reversals, corrected stays, overlaps and duplicates held and released or refused later."""
    quarter = made_quarter(Random(seed), 60)
    assert quarter.paid_by_month() == quarter.paid_at_once()


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10**9))
def test_they_do_under_any_document(seed: int) -> None:
    """Deductibles of the n-th stay and of the year, bands over the year, limits on cost, shared limits, quotas."""
    rng = Random(seed)
    documents = office(made.rules(rng), made.CATEGORIES)
    quarter = made_quarter(rng, 40, documents)
    assert quarter.paid_by_month(documents) == quarter.paid_at_once(documents)


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 10**9))
def test_months_found_wrong_pay_the_same_once_they_are_worked_out_again(seed: int) -> None:
    """Closed under a roster that lacks people, a register with another level, a hospital's old name; taken back and
    closed again."""
    by_month, at_once = hard_quarter(seed, 50)
    assert by_month == at_once


@pytest.mark.parametrize("seed", [26])
def test_twelve_months_pay_the_same_as_the_year(seed: int) -> None:
    """Wrong until any month, and a hospital's new name from any month on."""
    by_month, at_once = hard_year(seed, 120)
    assert by_month == at_once
