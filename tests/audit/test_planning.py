"""The size of a sample: published tables, and the law that a sample as good as planned is within the tolerable rate."""

from __future__ import annotations

from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onestop_cli.audit.evaluate import evaluate, within
from onestop_cli.audit.planning import planned_size
from onestop_cli.audit.sampling import METHODS, combine, draw, strata_of

RISK = Fraction(1, 20)
LEVELS = ("township", "county", "city", "province")
LARGE = [(1_000_000, 10**11)]


def share(text: str) -> Fraction:
    return Fraction(text) / 100


@pytest.mark.parametrize(("expected", "size"), [("0", 59), ("1", 93), ("1.5", 124), ("2", 181)])
def test_sizes_for_counts_are_those_of_the_published_table(expected: str, size: int) -> None:
    """AICPA Audit Sampling Guide, table A-1: 5 % risk, 5 % tolerable rate, large population."""
    assert planned_size("random", LARGE, RISK, share("5"), share(expected)) == size


@pytest.mark.parametrize(
    ("tolerable", "size"),
    [(10, 30), (8, 38), (6, 50), (5, 60), (4, 75), (3, 100), (2, 150), (1, 300)],
)
def test_sizes_for_money_are_those_of_the_published_table(tolerable: int, size: int) -> None:
    """AICPA Audit Sampling Guide, table C-1: 5 % risk, no expected misstatement."""
    assert planned_size("mus", LARGE, RISK, Fraction(tolerable, 100), Fraction(0)) == size


def test_expected_taintings_need_not_be_whole() -> None:
    """1 % expected, 5 % tolerable: 93 stays with taintings of 0.93, as table C-1 has it: 3.00 + 0.93 × 1.75 = 4.6275
    of 4.65; with 92 it would be 4.61 of 4.60."""
    assert planned_size("mus", LARGE, RISK, share("5"), share("1")) == 93


@given(st.integers(1, 400), st.integers(1, 30), st.integers(0, 30), st.sampled_from([*METHODS]))
def test_a_planned_size_is_never_more_than_all(
    rows: int, tolerable: int, expected: int, method: str
) -> None:
    if expected < tolerable:
        shares = (Fraction(tolerable, 100), Fraction(expected, 100))
        assert 1 <= planned_size(method, [(rows, rows * 999)], RISK, *shares) <= rows


def a_frame(amounts: list[int], levels: list[int]) -> pl.DataFrame:
    return pl.DataFrame({"amount": amounts, "level": [LEVELS[level] for level in levels]})


STAYS = st.lists(st.tuples(st.integers(1, 3_000_000), st.integers(0, 3)), min_size=1, max_size=300)
CONFIDENCE = st.sampled_from(["50", "60", "75", "90", "95", "99", "99.5"])
SHARES = st.sampled_from(
    [("5", "0"), ("5", "1"), ("3", "0.5"), ("10", "0"), ("10", "4"), ("20", "7"), ("1", "0")]
)


@settings(deadline=None, max_examples=150)
@given(STAYS, st.sampled_from([*METHODS]), CONFIDENCE, SHARES, st.integers(0, 10**6))
def test_a_planned_sample_without_an_error_is_within_the_tolerable_rate(
    stays: list[tuple[int, int]],
    method: str,
    confidence: str,
    shares: tuple[str, str],
    seed: int,
) -> None:
    frame = a_frame(*map(list, zip(*stays, strict=True)))  # type: ignore[arg-type]
    amounts, risk = frame["amount"].to_list(), 1 - share(confidence)
    tolerable, expected = map(share, shares)
    size = planned_size(method, strata_of(frame, method), risk, tolerable, expected)
    strata = draw(frame, method, size, combine([seed]), "rows")
    clean = {at: amounts[at] for stratum in strata for at in stratum.picks}
    total = evaluate(amounts, strata, clean, risk).total
    assert within(total, method, tolerable)


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.integers(500, 1_500), min_size=300, max_size=600),
    CONFIDENCE,
    SHARES,
    st.lists(st.fractions(0, 1, max_denominator=20), min_size=60, max_size=60),
)
def test_taintings_that_were_expected_are_within_the_tolerable_rate(
    amounts: list[int], confidence: str, shares: tuple[str, str], taintings: list[Fraction]
) -> None:
    """However they are spread: whole errors, parts of them, or both, as long as their sum is no more than planned."""
    frame = a_frame(amounts, [0] * len(amounts))
    risk = 1 - share(confidence)
    tolerable, expected = map(share, shares)
    size = planned_size("mus", strata_of(frame, "mus"), risk, tolerable, expected)
    strata = draw(frame, "mus", size, combine([1]))
    picks = [at for stratum in strata for at in stratum.picks]
    confirmed = {at: amounts[at] for at in picks}
    room = expected * size
    for at, tainting in zip(picks, taintings, strict=False):
        error = int(min(tainting, room) * amounts[at])
        confirmed[at] -= error
        room -= Fraction(error, amounts[at])
    assert within(evaluate(amounts, strata, confirmed, risk).total, "mus", tolerable)


@settings(deadline=None, max_examples=60)
@given(st.integers(200, 500), CONFIDENCE, st.data())
def test_wrong_stays_that_were_expected_are_within_the_tolerable_rate(
    rows: int, confidence: str, data: st.DataObject
) -> None:
    frame, risk = a_frame([1_000] * rows, [0] * rows), 1 - share(confidence)
    size = planned_size("random", strata_of(frame, "random"), risk, share("10"), share("2"))
    strata = draw(frame, "random", size, combine([2]))
    picks = [at for stratum in strata for at in stratum.picks]
    wrong = data.draw(st.lists(st.sampled_from(picks), max_size=size // 50, unique=True))
    confirmed = {at: 0 if at in wrong else 1_000 for at in picks}
    amounts = frame["amount"].to_list()
    assert within(evaluate(amounts, strata, confirmed, risk).total, "random", share("10"))


def test_a_planned_size_over_levels_is_little_more_than_without() -> None:
    """Draws shared by stays: 3.00 ÷ 5 % = 60, and a few for whole stays a level."""
    levels = [(900, 10**6), (700, 10**7), (250, 10**8), (150, 10**9)]
    sizes = [
        planned_size(method, levels, RISK, share("5"), Fraction(0))
        for method in ("random", "stratified")
    ]
    assert sizes == [57, 61]


def test_a_sample_too_small_for_its_strata_proves_little_but_breaks_nothing() -> None:
    """Three stays from four levels: the level that nobody looked at may be all wrong."""
    frame = a_frame([1_000] * 400, [at % 4 for at in range(400)])
    strata = draw(frame, "stratified", 3, combine([1]))
    clean = {at: 1_000 for stratum in strata for at in stratum.picks}
    result = evaluate(frame["amount"].to_list(), strata, clean, RISK)
    unseen = [part for part in result.strata if not part.looked]
    assert [(part.upper, part.upper_rows) for part in unseen] == [(100_000, 100)]
    assert not within(result.total, "stratified", Fraction(1, 20))
