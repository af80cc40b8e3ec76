"""What huangzhong-2009 gives, at its edges, and the laws of any settlement."""

from __future__ import annotations

from datetime import date
from functools import cache
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onestop_cli.run import Run
from onestop_cli.tables.schema import LEVELS
from tests.made.books import PEOPLE, REGISTER, huangzhong, run_period, stays

HOSPITAL = dict(zip(REGISTER["level"], REGISTER["hospital"], strict=True))


def stay(number: int, **said: Any) -> dict[str, Any]:
    """A stay of a low-income person in the township hospital on a day of its own."""
    day = date(2010, 10, 1 + number % 31)
    return {
        "row": number + 2, "stay_no": str(number), "name": "人0", "id_raw": PEOPLE[0],
        "hospital_raw": HOSPITAL["township"], "admitted_on": day, "discharged_on": day,
        "settled_on": day, "total_fen": 0, "eligible_fen": 0, "basic_claimed_fen": 1,
        "assistance_claimed_fen": 1, **said,
    }  # fmt: skip


def due(*rows: dict[str, Any]) -> list[tuple[int, int]]:
    """(basic, assistance) due of each row, in file order."""
    done = run_period(stays(rows), "2010Q4").stays.sort("row")
    return list(done.select("basic_due_fen", "assistance_due_fen").iter_rows())


@pytest.mark.parametrize(
    ("remainder", "expected"),
    [
        (49_999, 29_999), (50_000, 30_000), (50_001, 30_001), (50_050, 30_033),
        (99_999, 62_499), (100_000, 62_500), (100_001, 62_501), (132_000, 84_900),
        (149_999, 97_499), (150_000, 97_500), (150_001, 97_501), (199_999, 134_999),
        (200_000, 135_000), (200_001, 135_001), (499_999, 374_999), (500_000, 375_000),
        (500_001, 375_001), (764_705, 599_999), (764_706, 600_000), (764_707, 600_000),
        (1_200_000, 600_000),
    ],
)  # fmt: skip
def test_first_class_bands_at_their_edges(remainder: int, expected: int) -> None:
    """One fen under, exactly, and one over every edge of the document."""
    assert due(stay(0, total_fen=remainder)) == [(0, expected)]


@pytest.mark.parametrize(
    ("level", "rate"), [("township", 80), ("county", 70), ("city", 60), ("province", 50)]
)
def test_insurance_by_hospital_level(level: str, rate: int) -> None:
    assert (
        due(stay(0, hospital_raw=HOSPITAL[level], total_fen=10_000, eligible_fen=10_000))[0][0]
        == rate * 100
    )


@pytest.mark.parametrize(
    ("person", "expected"), [(7, 1_000_000), (8, 800_000)], ids=["五保户", "重点优抚对象"]
)
def test_second_and_third_class_have_no_cap(person: int, expected: int) -> None:
    row = stay(0, name=f"人{person}", id_raw=PEOPLE[person], total_fen=1_000_000)
    assert due(row) == [(0, expected)]


@pytest.mark.parametrize(
    ("eligible", "expected"),
    [(4_374_999, 3_499_999), (4_375_000, 3_500_000), (4_375_002, 3_500_000)],
)
def test_the_insurance_cap_of_35000(eligible: int, expected: int) -> None:
    assert due(stay(0, total_fen=eligible, eligible_fen=eligible))[0][0] == expected


def test_what_the_insurance_cap_cuts_off_flows_into_assistance() -> None:
    first = stay(0, total_fen=4_375_000, eligible_fen=4_375_000)
    second = stay(1, total_fen=10_000, eligible_fen=10_000)
    assert due(first, second) == [(3_500_000, 600_000), (0, 0)]
    veteran = {"name": "人8", "id_raw": PEOPLE[8]}
    assert due({**first, **veteran}, {**second, **veteran}) == [(3_500_000, 700_000), (0, 8_000)]


def test_a_cap_runs_over_hospitals_in_order_of_settlement() -> None:
    early = stay(0, total_fen=764_706, hospital_raw=HOSPITAL["city"])
    late = stay(1, total_fen=100_000)
    assert due(late, early) == due(early, late) == [(0, 600_000), (0, 0)]


def test_an_untouched_entitlement_comes_after_claimed_ones() -> None:
    """It must not eat the room of one that was paid."""
    untouched = stay(0, total_fen=764_706, assistance_claimed_fen=0)
    claimed = stay(1, total_fen=764_706)
    assert due(untouched, claimed) == [(0, 0), (0, 600_000)]


def test_the_next_year_has_a_cap_of_its_own() -> None:
    """基金年份 in the file wins over the year of discharge."""
    assert due(
        stay(0, total_fen=764_706, fund_year=2010), stay(1, total_fen=764_706, fund_year=2011)
    ) == [(0, 600_000), (0, 600_000)]


def made_quarter(seed: int) -> list[dict[str, Any]]:
    """Random stays of a few people over all levels, claims of any size."""
    rng = Random(seed)
    rows = []
    for number in range(rng.randint(1, 30)):
        person = rng.randrange(len(PEOPLE))
        total = rng.choice([90_000, 900_000, 9_000_000]) + rng.randrange(90_000)
        begin = date(2010, 10 + rng.randrange(3), rng.randint(1, 28))
        rows.append(
            stay(
                number,
                name=f"人{person}",
                id_raw=PEOPLE[person] if rng.random() > 0.1 else f"{PEOPLE[person][:-1]}Z",
                hospital_raw=HOSPITAL[rng.choice(list(LEVELS))],
                admitted_on=begin, discharged_on=begin, settled_on=begin,
                total_fen=total, eligible_fen=rng.randint(0, total),
                basic_claimed_fen=rng.choice([0, rng.randint(0, total)]),
                assistance_claimed_fen=rng.choice([0, rng.randint(0, total)]),
                self_claimed_fen=rng.choice([None, rng.randint(0, total)]),
            )
        )  # fmt: skip
    return rows


QUARTERS = st.sampled_from(range(16))
SOME = st.sampled_from(range(8))


@cache
def quarter(seed: int) -> Run:
    """A random quarter as it is settled; laws look at the same ones."""
    return run_period(stays(made_quarter(seed)), "2010Q4")


@settings(max_examples=16, deadline=None)
@given(QUARTERS)
def test_claimed_is_payable_deducted_and_held(seed: int) -> None:
    done = quarter(seed).stays
    for layer in huangzhong().book.layers:
        parts = sum(done[f"{layer}_{p}_fen"] for p in ("payable", "deducted", "held"))
        assert (done[f"{layer}_claimed_fen"] == parts).all()


@settings(max_examples=16, deadline=None)
@given(QUARTERS)
def test_parts_add_up_to_the_bill(seed: int) -> None:
    done = quarter(seed).stays
    settled = done.filter(status="settled").drop_nulls(["basic_due_fen", "assistance_due_fen"])
    parts = settled["basic_due_fen"] + settled["assistance_due_fen"] + settled["self_due_fen"]
    assert (parts == settled["total_fen"]).all()
    assert (settled["self_due_fen"] >= 0).all()


@settings(max_examples=16, deadline=None)
@given(QUARTERS)
def test_no_cap_is_exceeded_by_what_is_due(seed: int) -> None:
    year = (
        quarter(seed)
        .stays.group_by("id_no", "benefit_year")
        .agg(
            basic=pl.col("basic_due_fen").sum(),
            first=pl.col("assistance_due_fen").filter(pl.col("category") == "农村低保户").sum(),
        )
    )
    assert (year["basic"] <= 3_500_000).all()
    assert (year["first"] <= 600_000).all()


@settings(max_examples=8, deadline=None)
@given(SOME)
def test_shuffling_rows_changes_nothing_but_provenance(seed: int) -> None:
    """Rows keep their place in the file here; only the order in which they arrive changes."""
    rows = made_quarter(seed)
    shuffled = Random(seed + 1).sample(rows, len(rows))
    one, other = quarter(seed), run_period(stays(shuffled), "2010Q4")
    assert one.stays.sort("row").equals(other.stays.sort("row"))
    keys = ["row", "code", "layer", "message"]
    assert one.findings.sort(keys).equals(other.findings.sort(keys))


@settings(max_examples=8, deadline=None)
@given(SOME)
def test_due_never_looks_at_how_much_was_claimed(seed: int) -> None:
    """Other claims, as long as the same layers are touched, leave every due amount as it was."""
    claims = ("basic_claimed_fen", "assistance_claimed_fen")
    rows = [{**row, **{c: row[c] and row[c] + 777 for c in claims}} for row in made_quarter(seed)]
    one, two = (run.stays.sort("row") for run in (quarter(seed), run_period(stays(rows), "2010Q4")))
    dues = ["basic_due_fen", "assistance_due_fen", "self_due_fen", "basic_bound_fen"]
    assert one.select(dues).equals(two.select(dues))


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**9), st.integers(1, 10**6))
def test_more_cost_never_means_less_total_benefit(seed: int, more: int) -> None:
    rows = [row for row in made_quarter(seed) if not row["id_raw"].endswith("Z")][:1]
    if not rows:
        return
    row = {**rows[0], "basic_claimed_fen": 1, "assistance_claimed_fen": 1}
    dearer = {**row, "total_fen": row["total_fen"] + more}
    assert sum(due(row)[0]) <= sum(due(dearer)[0])
