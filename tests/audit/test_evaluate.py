"""What a sample proves: limits beside published tables, worked figures, and laws."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.coverage import PATTERNS, covered, covered_rows, make, results
from onestop_cli.audit.evaluate import evaluate, stringer
from onestop_cli.audit.sampling import Stratum
from onestop_cli.audit.upper_limits import (
    Looked,
    at_most,
    poisson_factor,
    tainted_factor,
    upper_amount,
    upper_count,
    upper_rows,
)

RISK95, RISK90 = Fraction(1, 20), Fraction(1, 10)


@pytest.mark.parametrize(
    ("risk", "factors"),
    [
        (RISK95, ["3.00", "4.75", "6.30", "7.76", "9.16", "10.52", "11.85", "13.15"]),
        (RISK90, ["2.31", "3.89", "5.33", "6.69", "8.00", "9.28", "10.54", "11.78"]),
        (Fraction(3, 10), ["1.21", "2.44", "3.62", "4.77", "5.90"]),
    ],
)
def test_factors_are_those_of_the_published_table(risk: Fraction, factors: list[str]) -> None:
    """AICPA Audit Sampling Guide, appendix C: confidence factors for overstatement."""
    found = [poisson_factor(errors, risk) for errors in range(len(factors))]
    assert found == [Fraction(factor) for factor in factors]


@pytest.mark.parametrize(
    ("drawn", "errors", "percent"),
    [
        (60, 0, "4.9"),
        (60, 1, "7.7"),
        (100, 0, "3.0"),
        (100, 1, "4.7"),
        (100, 2, "6.2"),
        (100, 3, "7.6"),
    ],
)
def test_count_limits_of_a_large_frame_are_those_of_the_published_table(
    drawn: int, errors: int, percent: str
) -> None:
    """AICPA Audit Sampling Guide, table A-3: upper limits at 5 % risk, rounded up to 0.1 %."""
    limit = Fraction(upper_count(10**6, drawn, errors, RISK95), 10**6)
    assert limit <= Fraction(percent) / 100 < limit + Fraction(1, 1000)


def test_a_count_limit_small_enough_to_work_by_hand() -> None:
    """3 of 10 drawn, none wrong: with 6 wrong C(4,3)/C(10,3) = 1/30; with 5, C(5,3)/C(10,3) = 1/12."""
    assert at_most(0, 10, 6, 3) == Fraction(1, 30)
    assert at_most(0, 10, 5, 3) == Fraction(1, 12)
    assert upper_count(10, 3, 0, RISK95) == 5
    assert upper_count(10, 3, 0, Fraction(1, 40)) == 6


@given(st.integers(1, 40), st.data())
def test_the_chances_of_a_hypergeometric_count_add_up(rows: int, data: st.DataObject) -> None:
    drawn = data.draw(st.integers(1, rows))
    wrong = data.draw(st.integers(0, rows))
    assert at_most(drawn, rows, wrong, drawn) == 1
    assert at_most(0, rows, wrong, drawn) == Fraction(comb(rows - wrong, drawn), comb(rows, drawn))


@settings(deadline=None)
@given(st.integers(2, 60), st.data())
def test_no_frame_escapes_its_count_limit_more_often_than_stated(
    rows: int, data: st.DataObject
) -> None:
    """Exact coverage: for any true number wrong, P(limit < truth) is at most the risk."""
    drawn = data.draw(st.integers(1, rows))
    wrong = data.draw(st.integers(0, rows))
    missed = Fraction(0)
    for errors in range(max(0, drawn - (rows - wrong)), min(drawn, wrong) + 1):
        chance = comb(wrong, errors) * comb(rows - wrong, drawn - errors)
        if upper_count(rows, drawn, errors, RISK95) < wrong:
            missed += Fraction(chance, comb(rows, drawn))
    assert missed <= RISK95


def test_the_factor_of_a_part_of_an_error_lies_between() -> None:
    """3.00 + 0.4 × 1.75, as Stringer counts one tainting of 40 %."""
    assert (
        tainted_factor(Fraction(2, 5), RISK95)
        == Fraction("3.70")
        == stringer([Fraction(2, 5)], RISK95)
    )


def test_stringer_without_errors_is_the_basic_precision() -> None:
    assert stringer([], RISK95) == 3


def test_stringer_worked_by_hand() -> None:
    """3.00 + 1.75 × 0.5 + 1.55 × 0.2 at 95 %."""
    bound = stringer([Fraction(1, 2), Fraction(1, 5)], RISK95)
    assert bound == Fraction("3.00") + Fraction("0.875") + Fraction("0.31")


@given(st.lists(st.fractions(Fraction(1, 100), 1, max_denominator=100), max_size=6))
def test_stringer_lies_between_the_basic_and_the_full_precision(taintings: list[Fraction]) -> None:
    bound = stringer(sorted(taintings, reverse=True), RISK95)
    assert poisson_factor(0, RISK95) <= bound <= poisson_factor(len(taintings), RISK95)


def money(amounts: list[int], picks: tuple[int, ...]) -> tuple[Stratum, ...]:
    return (Stratum("money", tuple(range(len(amounts))), picks, sum(amounts), 0),)


def test_money_is_projected_by_interval_and_tainting() -> None:
    """Ten stays of 1,000 fen, 2 drawn, interval 5,000; one is 40 % too much: 2,000; limit 3 + 1.75 × 0.4."""
    amounts = [1_000] * 10
    result = evaluate(amounts, money(amounts, (1, 6)), {1: 600, 6: 1_000}, RISK95).total
    assert (result.errors, result.over, result.projected) == (1, 400, 2_000)
    assert result.upper == 10_000  # 18,500 would be more than there is
    wide = [1_000] * 100
    picks = tuple(range(0, 100, 5))
    confirmed = dict.fromkeys(picks, 1_000) | {0: 600}
    assert evaluate(wide, money(wide, picks), confirmed, RISK95).total.upper == 18_500


def test_too_little_is_never_set_off_against_too_much() -> None:
    """One stay 200 too high, another 300 too low: both are projected, the limit ignores the latter."""
    amounts = [1_000] * 100
    picks = tuple(range(0, 100, 5))
    over_only = dict.fromkeys(picks, 1_000) | {0: 800}
    both = over_only | {5: 1_300}
    alone = evaluate(amounts, money(amounts, picks), over_only, RISK95).total
    result = evaluate(amounts, money(amounts, picks), both, RISK95).total
    assert (result.projected, result.upper) == (alone.projected, alone.upper) == (1_000, 16_750)
    assert (result.projected_under, result.errors) == (1_500, 2)


def test_a_certainty_stratum_is_not_projected() -> None:
    stratum = Stratum("certainty", (0, 1), (0, 1), 9_000)
    result = evaluate([4_000, 5_000], (stratum,), {0: 4_000, 1: 0}, RISK95).total
    assert (result.over, result.projected, result.upper, result.upper_rows) == (5_000,) * 3 + (1,)


def test_rows_are_projected_by_their_mean_and_limited_by_the_largest_unseen() -> None:
    """10 stays, 5 drawn, one 30 too much: 60 projected; up to 5 of 10 may be wrong: 4 largest unseen."""
    amounts = [100, 100, 100, 100, 100, 500, 400, 300, 200, 150]
    stratum = Stratum("all", tuple(range(10)), (0, 1, 2, 3, 4), sum(amounts))
    confirmed = dict.fromkeys(range(5), 100) | {0: 70}
    result = evaluate(amounts, (stratum,), confirmed, RISK95).total
    wrong = upper_count(10, 5, 1, RISK95)
    assert (result.projected, result.upper_rows) == (60, wrong)
    assert result.upper == 30 + sum([500, 400, 300, 200, 150][: wrong - 1])


def test_several_strata_are_limited_as_one_count() -> None:
    """A quarter of each drawn, none wrong: 3.00 ÷ 1/4 = 12 stays. One wrong: (4.75 − 1/4) ÷ 1/4 = 18, and itself."""
    amounts = [100] * 80
    strata = (
        Stratum("township", tuple(range(40)), tuple(range(0, 40, 4)), 4_000),
        Stratum("county", tuple(range(40, 80)), tuple(range(40, 80, 4)), 4_000),
    )
    clean = dict.fromkeys(range(80), 100)
    result = evaluate(amounts, strata, clean, RISK95)
    alone = upper_count(40, 10, 0, RISK95)
    assert [part.upper_rows for part in result.strata] == [alone, alone]
    assert (result.total.upper_rows, result.total.upper) == (12, 1_200)
    wrong = evaluate(amounts, strata, clean | {4: 40}, RISK95).total
    assert (wrong.upper_rows, wrong.upper) == (19, 60 + 1_800)


def test_the_thinly_drawn_stratum_may_hold_the_errors() -> None:
    """Half of 20 and a tenth of 100 drawn: 3.00 is 30 stays at a tenth each. A tenth of 30: its 27 unseen stays take
    2.70, the rest is not one at a half. Nobody looked at the 30: all of them, and 3.00 is 6 at a half."""
    assert upper_rows([Looked(20, 10, 0), Looked(100, 10, 0)], RISK95) == 30
    assert upper_rows([Looked(20, 10, 0), Looked(30, 3, 0)], RISK95) == 27
    assert upper_rows([Looked(20, 10, 0), Looked(30, 0, 0)], RISK95) == 30 + 6


def test_an_amount_limit_takes_what_brings_most_for_its_chance() -> None:
    """Room 3/4: 90 at 1/2 first (180 a unit), then half of 60 at 1/2 (120); 8 that had no chance comes on top."""
    unseen = [(60, Fraction(1, 2)), (90, Fraction(1, 2)), (8, Fraction(0)), (50, Fraction(1))]
    assert upper_amount(unseen, Fraction(3, 4)) == 8 + 90 + 30


@settings(deadline=None)
@given(st.tuples(*[st.tuples(st.integers(2, 25), st.integers(1, 8)) for _ in range(2)]), st.data())
def test_no_strata_escape_their_common_limit_more_often_than_stated(
    sizes: tuple[tuple[int, int], ...], data: st.DataObject
) -> None:
    """Exact coverage over two strata: whatever is wrong in each, P(limit < truth) is at most the risk."""
    parts = [(rows, min(drawn, rows), data.draw(st.integers(0, rows))) for rows, drawn in sizes]
    chances = [
        [
            (Looked(rows, drawn, found), _chance(rows, drawn, wrong, found))
            for found in range(drawn + 1)
        ]
        for rows, drawn, wrong in parts
    ]
    truth = sum(wrong for _, _, wrong in parts)
    missed = sum(
        one * other
        for (here, one), (there, other) in product(*chances)
        if one * other and upper_rows([here, there], RISK95) < truth
    )
    assert missed <= RISK95


def _chance(rows: int, drawn: int, wrong: int, found: int) -> Fraction:
    return Fraction(comb(wrong, found) * comb(rows - wrong, drawn - found), comb(rows, drawn))


@given(
    st.lists(st.tuples(st.integers(1, 900), st.integers(0, 1_000)), min_size=4, max_size=40),
    st.integers(1, 4),
    st.sampled_from(["money", "all"]),
)
def test_limits_cover_what_was_found(stays: list[tuple[int, int]], step: int, kind: str) -> None:
    """found ≤ limit ≤ all there is, and the projection of too much stays within the limit for money."""
    amounts = [amount for amount, _ in stays]
    picks = tuple(range(0, len(stays), step))
    stratum = Stratum(kind, tuple(range(len(stays))), picks, sum(amounts), 0)
    result = evaluate(amounts, (stratum,), {at: stays[at][1] for at in picks}, RISK95).total
    assert result.over <= result.upper <= result.amount
    if kind == "money" and not stratum.whole:
        assert min(result.projected, result.amount) <= result.upper


@pytest.mark.parametrize(
    "pattern", ["5% 的住院全额不实", "8% 的住院差错大小不一", "差错集中在大额"]
)
def test_the_limit_covers_the_truth_as_often_as_stated(pattern: str) -> None:
    """300 draws from a county with known errors; `benchmarks.coverage` has all patterns and methods."""
    county = make(pattern, PATTERNS[pattern])
    assert covered(county, results(county, "mus", 300)) >= 285


def test_the_count_limit_over_strata_covers_the_truth_as_often_as_stated() -> None:
    county = make("差错集中在乡级", PATTERNS["差错集中在乡级"])
    rows = covered_rows(county, results(county, "stratified", 100))
    assert rows is not None and rows >= 95
