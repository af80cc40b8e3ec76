"""A person's year as small tables: who takes how much of a cap, and which stays carry an illness on."""

from __future__ import annotations

from datetime import date
from random import Random

import polars as pl
import pytest

from onestop_cli.core.settle.year import Divided, chains, claimed_first, in_time, left_of

ONE = [1, 1, 1]
"""Three stays of one person's year, in time."""


def ints(values: list[int]) -> pl.Series:
    return pl.Series(values, dtype=pl.Int64)


@pytest.mark.parametrize(
    ("people", "amounts", "caps", "before", "taken"),
    [
        (ONE, [60, 60, 60], [100, 100, 100], [0, 60, 100], [60, 40, 0]),
        (ONE, [100, 1, 0], [100, 100, 100], [0, 100, 100], [100, 0, 0]),
        ([1, 1, 2], [60, 60, 60], [100, 100, 100], [0, 60, 0], [60, 40, 60]),
        ([1, 2, 2], [60, 60, 60], [100, 100, 100], [0, 0, 60], [60, 60, 40]),
        (ONE, [60, 10, 60], [50, 50, 100], [0, 50, 50], [50, 0, 50]),
        (ONE, [60, 10, 60], [50, 55, 100], [0, 50, 55], [50, 5, 45]),
        (ONE, [60, 10, 10], [100, 50, 50], [0, 60, 60], [60, 0, 0]),
        (ONE, [60, 10, 200], [100, 50, 200], [0, 60, 60], [60, 0, 140]),
    ],
    ids=["plain", "full at once", "the next person", "the first person", "a cap that rises",
         "a cap that rises twice", "a cap that falls", "a cap that goes both ways"],
)  # fmt: skip
def test_each_stay_takes_what_the_cap_leaves(
    people: list[int], amounts: list[int], caps: list[int], before: list[int], taken: list[int]
) -> None:
    found = in_time(ints(people)).capped(ints(amounts), ints(caps))
    assert (found[0].to_list(), found[1].to_list()) == (before, taken)


def test_what_the_year_had_brought_before_is_used_already() -> None:
    before, taken = in_time(ints(ONE)).capped(ints([60, 60, 5]), ints([100] * 3), ints([30] * 3))
    assert (before.to_list(), taken.to_list()) == ([30, 90, 100], [60, 10, 0])


@pytest.mark.parametrize(
    ("claimed", "taken"),
    [
        ([True, True, True], [60, 40, 0]),
        ([False, True, True], [0, 60, 40]),
        ([True, False, True], [60, 0, 40]),
        ([False, False, True], [40, 0, 60]),
    ],
)
def test_stays_that_were_claimed_come_first_and_then_the_others_in_time(
    claimed: list[bool], taken: list[int]
) -> None:
    turns = claimed_first(in_time(ints(ONE)), pl.Series(claimed), ints([0] * 3))
    assert turns.capped(ints([60] * 3), ints([100] * 3))[1].to_list() == taken


def in_a_loop(
    stays: list[tuple[int, bool, int, int]], opened: dict[int, int]
) -> list[tuple[int, int]]:
    """(before, taken) of stays in time (person, claimed, amount, cap), one after the other: the claimed ones first."""
    found, used = {}, dict(opened)
    for n in sorted(range(len(stays)), key=lambda n: not stays[n][1]):
        person, _, amount, cap = stays[n]
        taken = max(0, min(amount, cap - used[person]))
        found[n], used[person] = (used[person], taken), used[person] + taken
    return [found[n] for n in range(len(stays))]


@pytest.mark.parametrize("caps", [[100], [100, 60], [60, 100, 80]], ids=str)
@pytest.mark.parametrize("seed", range(5))
def test_it_is_the_same_as_going_through_them_wherever_the_rows_lie(
    seed: int, caps: list[int]
) -> None:
    """Also where the cap of a year moves, and where the year had used some of it before."""
    random = Random(seed)
    stays = [
        (person, random.random() < 0.6, random.randrange(60), random.choice(caps))
        for person in range(9)
        for _ in range(person % 5)
    ]
    opened = {person: random.choice([0, 30, 120]) for person in range(9)}
    place = list(range(len(stays)))
    random.shuffle(place)
    rows = [stays[place.index(row)] for row in range(len(stays))]
    people, touched, amounts, limits = (list(column) for column in zip(*rows, strict=True))
    time = in_time(ints([stay[0] for stay in stays]), pl.Series(place, dtype=pl.UInt32))
    turns = claimed_first(time, pl.Series(touched), ints([0] * len(rows)))
    before, taken = turns.capped(
        ints(amounts), ints(limits), ints([opened[person] for person in people])
    )
    wanted = in_a_loop(stays, opened)
    assert list(zip(before, taken, strict=True)) == [
        wanted[place.index(n)] for n in range(len(rows))
    ]


def test_accounts_of_a_year_are_counted_apart_and_never_with_another_persons() -> None:
    time, account = in_time(ints([1, 1, 1, 2, 2])), ints([0, 1, 0, 0, 1])
    turns = claimed_first(time, pl.Series([True] * 5), account)
    taken = turns.capped(ints([60] * 5), ints([100] * 5))[1]
    assert taken.to_list() == [60, 60, 40, 60, 60]


@pytest.mark.parametrize(
    ("paid", "taken"),
    [(0, [10, 90]), (20, [20, 80]), (60, [60, 40]), (70, [60, 40])],
    ids=["nothing", "a part", "all of it", "more than is due"],
)
def test_what_a_decision_paid_takes_its_room_among_the_claimed(paid: int, taken: list[int]) -> None:
    """The first stay was not claimed: 60 would be due, of which a decision paid a part; the second claimed 90."""
    touched = pl.Series([paid > 0, True])
    turns = Divided(in_time(ints([1, 1])), touched, ints([paid, 0]), ints([0, 0]))
    assert turns.capped(ints([60, 90]), ints([100, 100]))[1].to_list() == taken


def test_the_nth_stay_counts_only_those_that_count() -> None:
    turns = in_time(ints([1, 1, 1, 2]))
    assert turns.nth(pl.Series([True, False, True, True])).to_list() == [1, 2, 2, 1]


def test_a_cap_that_is_used_up_leaves_nothing_never_less() -> None:
    left = left_of(ints([60, 60, 60]), ints([100, 100, 100]), ints([0, 70, 130]))
    assert left.to_list() == [60, 30, 0]


TRANSFERS = [
    ("甲", 5, True, "to another hospital on the day of discharge"),
    ("乙", 5, True, "to a third one"),
    ("甲", 8, True, "on the last day that counts"),
    ("甲", 9, False, "a day later"),
    ("丙", 5, False, "back to the same hospital"),
    ("甲", 4, False, "before the discharge"),
]


@pytest.mark.parametrize(("hospital", "day", "carried", "case"), TRANSFERS)
def test_a_transfer_begins_elsewhere_within_the_days_of_the_document(
    hospital: str, day: int, carried: bool, case: str
) -> None:
    """The first stay ends on the 5th in hospital 丙, and the document allows three days."""
    stays = pl.DataFrame(
        {
            "person": [1, 1], "hospital": ["丙", hospital],
            "admitted_on": [date(2010, 3, 1), date(2010, 3, day)],
            "discharged_on": [date(2010, 3, 5), date(2010, 3, 20)],
        }
    )  # fmt: skip
    found = chains(stays, stays["person"], pl.lit(3))
    assert found.carried.to_list() == [False, carried], case
    before = found.turns.before(ints([100, 100])).to_list()
    assert before == [0, 100 if carried else 0], case


def test_a_transfer_is_one_persons() -> None:
    stays = pl.DataFrame(
        {
            "person": [1, 2], "hospital": ["丙", "甲"],
            "admitted_on": [date(2010, 3, 1), date(2010, 3, 5)],
            "discharged_on": [date(2010, 3, 5), date(2010, 3, 20)],
        }
    )  # fmt: skip
    assert chains(stays, stays["person"], pl.lit(3)).carried.to_list() == [False, False]
