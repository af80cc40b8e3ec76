"""docs/rules.zh.md: its worked document is proved and comes out, and it names every key of the language."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from onestop_cli.explain.casework import work_out
from onestop_cli.rulebook import check
from onestop_cli.rulebook.cases import load_cases
from onestop_cli.rulebook.faults import every_key
from onestop_cli.rulebook.language import Layer, RuleFile
from onestop_cli.rulebook.library import LoadedRule, load_rule
from tests.made.damaged import told_doubled, told_without

TEXT = (Path(__file__).parents[2] / "docs" / "rules.zh.md").read_text("utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
DOCUMENT, CASES, FILL, *SNIPPETS = BLOCKS
ARRAYS = {
    name: field.annotation.__args__[0]  # type: ignore[union-attr]
    for name, field in RuleFile.model_fields.items()
    if getattr(field.annotation, "__origin__", None) is list and name != "quota_diseases"
}


@pytest.fixture
def example(tmp_path: Path) -> LoadedRule:
    """The worked document as a file, with its cases beside it."""
    (tmp_path / "shili-2024.toml").write_text(DOCUMENT, "utf-8")
    (tmp_path / "shili-2024.cases.toml").write_text(CASES, "utf-8")
    return load_rule(tmp_path / "shili-2024.toml")


def test_the_worked_document_is_proved(example: LoadedRule) -> None:
    """No gap, no overlap, every number cited, nothing left to fill."""
    assert check.problems([example]) == []


def test_its_cases_come_out(example: LoadedRule) -> None:
    """All of them, to the fen."""
    cases = load_cases(example)
    assert cases is not None
    assert [(v.case.name, v.differences) for v in work_out(cases) if v.differences] == []


def test_no_damage_to_it_goes_unnoticed(example: LoadedRule) -> None:
    """It has pools, expenses, floors and quotas that no shipped document has."""
    assert all(found for _, found in told_without(example))
    assert all(found for _, found in told_doubled(example))


def test_every_key_of_the_language_is_explained() -> None:
    """A key that the page does not name, nobody would use."""
    prose = re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL)
    named = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`\n]+)`", prose))))
    assert every_key() - named - {"dimension", "layer", "expense", "pool", "quota", "base"} == set()


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda text: text.splitlines()[0])
def test_snippets_are_in_the_language(snippet: str) -> None:
    """Each part of a snippet is a part of a document."""
    table = tomllib.loads(snippet, parse_float=Decimal)
    for name, value in table.items():
        if name in ARRAYS and isinstance(value, list):
            for entry in value:
                assert ARRAYS[name].model_validate(entry)
        elif name == "layer":
            assert_clauses(value)
        else:
            assert RuleFile.model_fields[name].annotation.model_validate(value)  # type: ignore[union-attr]


def assert_clauses(value: dict[str, Any]) -> None:
    """Clauses of a layer that stand by themselves in a snippet."""
    for aspect, clauses in value.items():
        kind = Layer.model_fields[aspect].annotation.__args__[0]  # type: ignore[union-attr]
        if isinstance(clauses, dict):
            assert kind.model_validate(clauses)
            continue
        for clause in clauses:
            assert kind.model_validate(clause)


def test_the_fill_table_is_one() -> None:
    """Keys as `change` takes them."""
    assert set(tomllib.loads(FILL)) == {"fill"}
