"""The table of plausible bugs fits the house: a bug that cannot be put in is not tried."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from benchmarks.mutant_table import MUTANTS, NOTICE, Mutant

HOUSE = Path(__file__).parents[1]

MONEY_ROOMS = ("core/settle/", "core/reconcile.py", "core/pairing/", "core/link.py", "core/decisions/",
               "ledger/", "money.py", "privacy.py")  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: f"{m.file}: {m.why}")
def test_a_bug_stands_in_one_place_and_is_python(mutant: Mutant) -> None:
    text = (HOUSE / "onestop_cli" / mutant.file).read_text("utf-8")
    assert ast.dump(ast.parse(mutant.put_into(text))) != ast.dump(ast.parse(text))


def test_there_are_many_and_some_in_every_room_that_moves_money() -> None:
    assert len(MUTANTS) >= 60
    assert all(any(m.file.startswith(room) for m in MUTANTS) for room in MONEY_ROOMS)


def test_every_test_that_should_notice_is_there() -> None:
    assert all((HOUSE / test).is_file() for tests in NOTICE.values() for test in tests)
