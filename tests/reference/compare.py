"""The engine beside the slow settlement: every amount of every stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from onestop_cli.core.settle import settle
from onestop_cli.core.settle.inputs import sure
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.govern import govern
from onestop_cli.rulebook.language import RuleFile
from tests import reference
from tests.reference.made import frame
from tests.reference.stay import Bill, Settled

Amounts = dict[str, Any]


def by_engine(bills: Sequence[Bill], rules: Sequence[RuleFile]) -> dict[int, Amounts]:
    """What the engine gives, by the stay's place in `bills`; stays without a document are left out."""
    book = Rulebook(tuple(rules))
    governed = govern(frame(bills, rules), book)
    settled = settle(sure(governed.filter(governed["term"].is_not_null()), book), book)
    columns = ["place", "rule_id", "benefit_year", "hospital_borne_fen", "self_due_fen"]
    for layer in book.layers:
        columns += [f"{layer}_{what}" for what in ("check", "due_fen", "bound_fen", "paid_fen")]
    for step in book.steps:
        columns += [f"{step.id}_base_fen", f"{step.id}_deductible_fen"]
    columns = [column for column in columns if column in settled.columns]
    return {row.pop("place"): row for row in settled.select(columns).to_dicts()}


def by_reference(bills: Sequence[Bill], rules: Sequence[RuleFile]) -> dict[int, Amounts]:
    """The same from the slow settlement."""
    settled = enumerate(reference.settle(bills, rules))
    return {place: _amounts(stay) for place, stay in settled if stay is not None}


def _amounts(stay: Settled) -> Amounts:
    amounts: Amounts = {
        "rule_id": stay.rule.id,
        "benefit_year": stay.year,
        "hospital_borne_fen": stay.hospital_borne,
        "self_due_fen": stay.self_due,
    }
    for name, layer in stay.layers.items():
        amounts[f"{name}_check"] = layer.check
        amounts[f"{name}_due_fen"] = layer.due
        amounts[f"{name}_bound_fen"] = layer.bound
        amounts[f"{name}_paid_fen"] = layer.paid
    for name, step in stay.steps.items():
        amounts[f"{name}_base_fen"] = step.base
        amounts[f"{name}_deductible_fen"] = step.deductible
    return amounts


def differences(bills: Sequence[Bill], rules: Sequence[RuleFile]) -> Iterator[str]:
    """Every amount in which the two do not agree, as a sentence."""
    engine, slow = by_engine(bills, rules), by_reference(bills, rules)
    if engine.keys() != slow.keys():
        yield f"other stays are governed: {engine.keys() ^ slow.keys()}"
    for place in engine.keys() & slow.keys():
        for what, amount in engine[place].items():
            if slow[place][what] != amount:
                yield f"stay {place} {what}: engine {amount}, reference {slow[place][what]}"
