"""The engine and a slow, exact settlement agree to the fen on random documents and random histories."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onestop_cli.money import cut_to
from onestop_cli.rulebook.language import OPTIONAL
from tests.reference import made
from tests.reference.compare import differences


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_engine_agrees_with_the_reference(random: Random) -> None:
    """Every check, base, deductible, due, bound and remainder of every stay."""
    rules = made.rules(random)
    assert list(differences(made.bills(random, rules, 12), rules)) == []


def test_long_histories_agree_too() -> None:
    """Many stays a year: caps, ceilings and bands that run over the year are used up."""
    random = Random(20101231)
    for _ in range(6):
        rules = made.rules(random)
        assert list(differences(made.bills(random, rules, 80), rules)) == []


def test_slices_agree_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few stays are worked out in one go, and several at once, no person-year is divided."""
    monkeypatch.setattr("onestop_cli.core.settle.SLICE", 3)
    monkeypatch.setattr("polars.thread_pool_size", lambda: 2)
    random = Random(20100630)
    for _ in range(6):
        rules = made.rules(random)
        assert list(differences(made.bills(random, rules, 40), rules)) == []


def test_a_fen_lost_in_rounding_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison itself notices an engine that truncates."""
    monkeypatch.setattr("onestop_cli.core.settle.formula.round_to", cut_to)
    found: list[str] = []
    for random in map(Random, range(8, 12)):
        rules = made.rules(random)
        found += differences(made.bills(random, rules, 60), rules)
    assert found != []


def test_random_documents_use_the_whole_language() -> None:
    """A shape the generator never makes would never be compared."""
    used: set[str] = set()
    for seed in range(150):
        for rule in made.rules(Random(seed)):
            used |= {f"pool:{bool(rule.pool)}", f"quota:{bool(rule.quota)}"}
            used |= {rule.basis.governing_date, rule.rounding.unit, rule.rounding.mode}
            used |= {f"{q.kind}:{q.excess}:{q.counts}" for q in rule.quota}
            used |= {f"quota:{q.kind}:{q.per}" for q in rule.quota}
            used |= {"pays" for q in rule.quota if q.pays}
            used |= {"any disease" for q in rule.quota if not q.diseases}
            for layer in rule.layer:
                used |= {layer.kind, layer.who, *layer.also, *(["part"] if layer.part_of else [])}
                used |= {"expense"} if layer.base and "class_b" in layer.base.less else set()
                for term in layer.rate:
                    used |= {f"later rate:{term.counted}"} if term.later_rate else set()
                    used.add(f"{term.mode}:{term.edges}:{term.per}" if term.bands else "flat")
                for charge in layer.deductible:
                    used |= {f"deductible:{charge.per}", *(["later"] if charge.later else [])}
                    used |= {"factor"} if charge.later_rate else set()
                    used.add(f"counted:{charge.counted}")
                used |= {"later points" for more in layer.points if more.later_points}
                used |= {"cap of months" for cap in layer.cap if cap.months}
                used |= {"own rounding"} if layer.rounding else set()
                used |= {"base rounding"} if layer.base and layer.base.rounding else set()
    bands = {f"{m}:{e}:{p}" for m in ("progressive", "whole") for e in ("gross", "net")
             for p in ("stay", "year")}  # fmt: skip
    quotas = {"fixed:hospital:True", "limit:patient:False", "fixed:patient:True"}
    quotas |= {"quota:fixed:day", "quota:limit:day", "pays", "any disease"}
    assert used >= {
        *OPTIONAL, *bands, *quotas, "given", "computed", "waiver", "roster", "part", "expense", "flat",
        "pool:True", "deductible:year", "deductible:window", "cap of months", "later",
        "later rate:all", "later rate:level", "later points", "factor", "counted:level", "own rounding",
        "jiao", "yuan", "truncate", "up", 10_000, "base rounding",
        "admission", "settlement", "discharge",
    }  # fmt: skip
