"""The draw: exact chances, the same stays everywhere, no seed that can be shopped for."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from hashlib import sha256

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop_cli.audit import sampling
from onestop_cli.audit.sampling import Numbers, allocate, combine, draw, make_frame

RISK = Fraction(1, 20)
AMOUNTS = st.lists(st.integers(1, 5_000), min_size=1, max_size=60)
LEVELS = ("township", "county", "city")


def a_frame(amounts: list[int], levels: list[str] | None = None) -> pl.DataFrame:
    """A frame of stays with these amounts (fen), as `make_frame` would give it."""
    rows = len(amounts)
    return pl.DataFrame(
        {
            "source": ["甲.xlsx"] * rows,
            "sheet": ["Sheet1"] * rows,
            "row": range(2, rows + 2),
            "hospital": ["甲卫生院"] * rows,
            "level": levels or ["township"] * rows,
            "stay_no": [f"{number:06d}" for number in range(rows)],
            "id_no": ["639901198001010010"] * rows,
            "admitted_on": [date(2010, 10, 1)] * rows,
            "discharged_on": [date(2010, 10, 5)] * rows,
            "total_fen": amounts,
            "basic_payable_fen": amounts,
            "basic_offset_fen": [0] * rows,
            "status": ["settled"] * rows,
            "amount": amounts,
        }
    )


def picks(strata: tuple[sampling.Stratum, ...]) -> list[int]:
    return sorted(at for stratum in strata for at in stratum.picks)


def test_numbers_are_sha256_of_a_printed_text() -> None:
    """Anybody with a SHA-256 tool can compute the first number of a draw."""
    by_hand = int(sha256(b"sha256-counter-1|abc|money|0").hexdigest(), 16) % 1000
    assert Numbers("abc", "money").below(1000) == by_hand


def test_numbers_of_a_seed_never_change() -> None:
    """Made by hand with hashlib: other numbers would need a new `GENERATOR`."""
    numbers = Numbers(combine([20101231]), "all")
    assert [numbers.below(10_000) for _ in range(6)] == [1356, 8501, 3443, 4049, 5465, 4763]


@given(st.integers(1, 10**13))
def test_numbers_stay_below_their_limit(limit: int) -> None:
    numbers = Numbers("x", "y")
    assert all(0 <= numbers.below(limit) < limit for _ in range(5))


def test_numbers_are_spread_evenly() -> None:
    """6,000 throws of a die lie within four standard deviations of 1,000 a side."""
    numbers = Numbers("dice", "die")
    counts = [0] * 6
    for _ in range(6_000):
        counts[numbers.below(6)] += 1
    assert max(abs(count - 1_000) for count in counts) < 4 * (6_000 * 5 / 36) ** 0.5


def test_the_departments_order_does_not_matter() -> None:
    assert combine([7, 8848]) == combine([8848, 7])


@pytest.mark.parametrize("others", [[7], [8848], [7, 7], [78848], [7, 8849]])
def test_each_departments_number_counts(others: list[int]) -> None:
    assert combine([7, 8848]) != combine(others)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=8), st.integers(1, 8))
def test_chance_is_exactly_proportional_to_the_amount(amounts: list[int], size: int) -> None:
    """Over every possible random start, a stay is picked `amount × picks` times out of `total`."""
    certain, left = sampling._certainty(amounts, size)
    rest = [at for at in range(len(amounts)) if at not in certain]
    total = sum(amounts[at] for at in rest)
    hits = dict.fromkeys(rest, 0)
    for start in range(total if left else 0):
        for at in sampling._hit(rest, amounts, left, start):
            hits[at] += 1
    assert all(count == amounts[at] * left for at, count in hits.items())


@given(AMOUNTS, st.integers(1, 80), st.sampled_from(sorted(sampling.METHODS)))
def test_a_draw_has_the_size_asked_for_without_repetition(
    amounts: list[int], size: int, method: str
) -> None:
    levels = [LEVELS[at % 3] for at in range(len(amounts))]
    strata = draw(a_frame(amounts, levels), method, size, combine([size]))
    assert len(picks(strata)) == len(set(picks(strata))) == min(size, len(amounts))
    assert sum(stratum.rows for stratum in strata) == len(amounts)
    assert sum(stratum.amount for stratum in strata) == sum(amounts)


def test_a_stay_as_large_as_the_interval_is_certain() -> None:
    """1,000 of 4,000 with four picks is one interval; a fen less is left to chance."""
    rest = [1] * 3_000
    assert 0 in sampling._certainty([1_000, *rest], 4)[0]
    assert 0 not in sampling._certainty([999, *rest], 4)[0]


@given(AMOUNTS, st.integers(1, 30))
def test_nothing_left_to_chance_reaches_the_interval(amounts: list[int], size: int) -> None:
    strata = draw(a_frame(amounts), "mus", size, combine([1]))
    for stratum in strata:
        if stratum.id == "money":
            assert all(amounts[at] * stratum.drawn < stratum.amount for at in stratum.members)


def run_stays() -> pl.DataFrame:
    amounts = [1_000 + 37 * number % 991 for number in range(200)]
    levels = [LEVELS[number % 3] for number in range(200)]
    return a_frame(amounts, levels).drop("amount")


@pytest.mark.parametrize("method", sorted(sampling.METHODS))
def test_the_order_of_the_input_changes_nothing(method: str) -> None:
    """Rows shuffled within and between files: same frame hash, same stays."""
    frame = make_frame(run_stays())
    shuffled = run_stays().sample(fraction=1, shuffle=True, seed=3)
    moved = make_frame(shuffled.with_columns(row=pl.int_range(2, 202), source=pl.lit("乙.csv")))
    one, other = (
        sampling.sample_table(table, draw(table, method, 20, combine([5])))
        for table in (frame, moved)
    )
    assert sampling.frame_hash(frame) == sampling.frame_hash(moved)
    assert one.drop("source", "row").equals(other.drop("source", "row"))
    assert sampling.sample_hash(one) == sampling.sample_hash(other)


def test_a_changed_amount_changes_the_frame_hash() -> None:
    stays = run_stays()
    other = stays.with_columns(basic_payable_fen=pl.col("basic_payable_fen") + 1)
    assert sampling.frame_hash(make_frame(stays)) != sampling.frame_hash(make_frame(other))


@pytest.mark.parametrize("status", ["held", "rejected", "reversed"])
def test_only_settled_stays_are_sampled(status: str) -> None:
    stays = run_stays().with_columns(
        status=pl.when(pl.col("row") == 2).then(pl.lit(status)).otherwise("status")
    )
    assert make_frame(stays).height == 199


def test_the_amount_is_what_the_funds_pay() -> None:
    """Payable and offset of every layer; a stay for which nothing is paid is not in the frame."""
    stays = (
        run_stays()
        .head(2)
        .with_columns(
            basic_payable_fen=pl.Series([100, 0]),
            assistance_payable_fen=pl.Series([20, 0]),
            assistance_offset_fen=pl.Series([3, None], dtype=pl.Int64),
        )
    )
    assert make_frame(stays)["amount"].to_list() == [123]


@pytest.mark.parametrize(
    ("method", "draws"),
    [
        ("mus", [26, 29, 51, 63, 65, 107, 112, 155, 175, 187]),
        ("random", [13, 52, 54, 63, 112, 115, 120, 131, 175, 183]),
        ("stratified", [1, 22, 39, 60, 76, 80, 120, 134, 154, 161]),
    ],
)
def test_a_known_draw_is_the_same_in_every_version(method: str, draws: list[int]) -> None:
    """Draws made by hand with hashlib from the manual; a change needs a new `GENERATOR` name."""
    assert picks(draw(make_frame(run_stays()), method, 10, combine([20101231, 8848]))) == draws


@given(
    st.lists(st.tuples(st.integers(1, 50), st.integers(1, 10**6)), min_size=1, max_size=5),
    st.integers(1, 120),
)
def test_allocation_is_whole_and_fits(strata: list[tuple[int, int]], size: int) -> None:
    given_out = allocate(strata, size)
    assert sum(given_out) == min(size, sum(rows for rows, _ in strata))
    assert all(0 <= drawn <= rows for drawn, (rows, _) in zip(given_out, strata, strict=True))
    if size >= 2 * len(strata):
        assert all(
            drawn >= min(2, rows) for drawn, (rows, _) in zip(given_out, strata, strict=True)
        )


def test_allocation_follows_the_money() -> None:
    assert allocate([(500, 600_000), (500, 300_000), (500, 100_000)], 100) == [60, 30, 10]
