"""One glossary, complete and in step with the tables."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.glossary_source import ON_PAPER, PARTS, carried, glossary
from onestop_cli.tables import schema

_FIXED = """
source sheet row hospital level stay_no name id_no id_raw category township village admitted_on
discharged_on settled_on settlement_no settled_at benefit_year
total_fen eligible_fen <layer>_claimed_fen <layer>_due_fen
<layer>_payable_fen <layer>_deducted_fen <layer>_held_fen <layer>_shortfall_fen <layer>_offset_fen patient_owed_fen
<layer>_check self_claimed_fen self_due_fen status rule_id
"""
"""The columns of `stays.parquet` that are fixed outside."""

CONTRACT = _FIXED.split()


def _tables() -> dict[str, list[str]]:
    return {
        name: list(table)
        for name, table in vars(schema).items()
        if name.isupper() and isinstance(table, dict) and name not in ("LEVELS", "EXPENSES")
    }


def _spelled_out() -> set[str]:
    """The glossary's columns with every layer and payer put in."""
    found = set()
    for column in carried():
        found |= {column.replace("<layer>", layer) for layer in schema.LAYERS}
        found |= {column.replace("<payer>", payer) for payer in schema.PAYERS}
    return found


def test_the_page_is_the_glossary():
    """docs/glossary.md is made from the data; `make manual` brings it up to date."""
    assert Path("docs/glossary.md").read_text("utf-8") == glossary()


@pytest.mark.parametrize("table", _tables())
def test_every_column_between_the_stages_has_a_word(table):
    assert not set(_tables()[table]) - _spelled_out()


def test_every_column_of_the_contract_has_a_word():
    assert not set(CONTRACT) - set(carried())


def test_no_word_for_a_column_that_is_nowhere():
    """A column that was renamed does not linger in the glossary."""
    known = {column for columns in _tables().values() for column in columns} | set(CONTRACT)
    lingering = {c for c in carried() if c not in known and c != "<payer>_claimed_fen"}
    assert not lingering


def test_a_column_stands_under_one_word():
    columns = list(carried())
    assert len(columns) == len(set(columns))


HOUSE = Path("onestop_cli")
_OF_A_TABLE_OF_ITS_OWN = {
    "base_fen", "blocking", "cost_fen", "entitled", "inpatient", "kind", "marked_raw", "name", "own_fen", "paid_fen",
    "reason", "stays", "subsidy_fen", "text",
}  # fmt: skip
"""Names that tables of reports use for something of their own, too: a scenario's name, a slip's kind."""


def _headings() -> Iterator[tuple[str, str, str]]:
    """(file, column, heading) of every column that a paper has."""
    for path in sorted(HOUSE.glob("**/*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Column":
                texts = [a.value for a in node.args[:2] if isinstance(a, ast.Constant)]
                if len(texts) == 2:
                    yield path.as_posix(), *texts


def test_papers_head_a_column_with_the_glossarys_word():
    words = {column: word.chinese for _, part in PARTS for word in part for column in word.columns}
    odd = [
        (file, column, heading)
        for file, column, heading in _headings()
        if column in words
        and column not in _OF_A_TABLE_OF_ITS_OWN
        and heading not in (words[column], *ON_PAPER.get(column, ()))
    ]
    assert not odd


def test_what_papers_may_call_a_column_some_paper_does():
    used = {(column, heading) for _, column, heading in _headings()}
    assert {(column, h) for column, all_ in ON_PAPER.items() for h in all_} <= used
