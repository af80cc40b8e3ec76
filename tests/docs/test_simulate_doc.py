"""docs/simulate.md: its table is what the engine gives, and what it tells people to type works."""

from __future__ import annotations

import re

import pytest
from typer.testing import CliRunner

from docs import dafang
from onestop_cli.cli import app
from onestop_cli.rulebook.change import split_change, with_changes
from onestop_cli.rulebook.library import load_rules
from onestop_cli.simulation import impact
from onestop_cli.simulation.compare import compare, outcome
from onestop_cli.simulation.proposal import Proposal

TEXT = dafang.PAGE.read_text("utf-8")


def test_the_table_is_made_by_the_engine() -> None:
    """`python -m docs.dafang` makes it again."""
    assert dafang.refreshed(TEXT) == TEXT
    assert TEXT.count("| dafang-") == len(dafang.DOCUMENTS)


def test_every_stay_of_the_table_is_known_exactly() -> None:
    """No bound, nothing unclear, nothing uncovered: the table hides nothing."""
    year = dafang.sample_year()
    for id_ in dafang.DOCUMENTS:
        variant = Proposal(id_, load_rules([id_]), "always").variant([])
        comparison = compare(year, outcome(year, variant, "before"), variant)
        assert impact.layers(comparison)["stays"].to_list() == [dafang.STAYS]


@pytest.mark.parametrize("text", re.findall(r"^\| `([^`]+=[^`]+)` \|", TEXT, re.MULTILINE))
def test_every_change_in_the_page_works(text: str) -> None:
    (rule,) = load_rules(["huangzhong-2009"])
    assert with_changes(rule, [split_change(text)]).file != rule.file


def test_every_option_in_the_page_exists() -> None:
    told = CliRunner().invoke(app, ["simulate", "--help"], env={"COLUMNS": "120"}).output
    for option in set(re.findall(r"--[a-z][a-z-]+", TEXT)):
        assert option in told, option
