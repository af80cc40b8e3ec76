"""What `settle` learns of claims: whether a layer was claimed, never how much."""

from __future__ import annotations

import polars as pl
import pytest

from onestop_cli.core.settle.inputs import settle_input, with_waiting
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.library import load_rules
from onestop_cli.tables.schema import ORDER


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return Rulebook(tuple(rule.file for rule in load_rules(["huangzhong-2009"])))


def seen(book: Rulebook, *, claimed: int | None, supplement: int | None) -> dict[str, object]:
    """One exact stay as `settle` sees it, of its assistance."""
    layers = {
        f"{layer}_{what}": value
        for layer in book.layers
        for what, value in (("claimed_fen", 0), ("supplement_fen", 0), ("check", "exact"))
    }
    layers |= {"assistance_claimed_fen": claimed, "assistance_supplement_fen": supplement}
    whole = {name: pl.Int64 for name in layers if name.endswith("_fen")}
    row = {"id_no": "639903194906080142", "person": "甲", "benefit_year": 2010} | layers
    return settle_input(pl.DataFrame([row], schema_overrides=whole), book).row(0, named=True)


def test_what_was_claimed_is_touched(book: Rulebook) -> None:
    assert seen(book, claimed=1, supplement=None)["assistance_touched"] is True


def test_nothing_claimed_is_not_touched(book: Rulebook) -> None:
    assert seen(book, claimed=None, supplement=None)["assistance_touched"] is False


def test_what_a_decision_paid_counts_as_claimed(book: Rulebook) -> None:
    assert seen(book, claimed=0, supplement=5_000)["assistance_touched"] is True


def test_what_a_decision_paid_alone_stands_as_an_amount_of_its_own(book: Rulebook) -> None:
    assert seen(book, claimed=0, supplement=5_000)["assistance_extra_fen"] == 5_000


def test_beside_a_claim_it_is_counted_once(book: Rulebook) -> None:
    assert seen(book, claimed=7_000, supplement=5_000)["assistance_extra_fen"] == 0


def test_how_much_was_claimed_is_not_handed_on(book: Rulebook) -> None:
    assert not [name for name in seen(book, claimed=7_000, supplement=0) if "claimed" in name]


def test_people_without_a_usable_id_are_each_a_person_of_their_own(book: Rulebook) -> None:
    layers = {
        f"{layer}_{what}": value
        for layer in book.layers
        for what, value in (("claimed_fen", 0), ("supplement_fen", 0), ("check", "exact"))
    }
    rows = [
        {"id_no": None, "person": person, "benefit_year": 2010} | layers for person in ("甲", "乙")
    ]
    kinds = {"id_no": pl.String}
    seen = settle_input(pl.DataFrame(rows, schema_overrides=kinds), book)
    assert seen["id_no"].to_list() == ["甲", "乙"]


def test_all_stays_that_wait_before_one_are_thought_of() -> None:
    """Two that wait come before the third: their number, and both of their totals."""
    yearly = Rulebook(tuple(rule.file for rule in load_rules(["chongqing-2023"])))
    days = {name: [1, 2, 3] for name in ORDER}
    checks = {f"{layer}_check": ["bound"] * 3 for layer in yearly.layers}
    seen = pl.DataFrame(
        {"id_no": ["甲"] * 3, "benefit_year": [2023] * 3, "total_fen": [900, 500, 700], **days}
        | checks
    )
    told = with_waiting(seen, pl.Series([True, True, False]), yearly)
    assert told.select("_held_before", "_held_before_fen").row(2) == (2, 1_400)
