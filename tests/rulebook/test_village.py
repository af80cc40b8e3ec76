"""村级: known where a document names it, and nowhere else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from onestop_cli.explain.by_hand import settle_given
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.cases import Given
from onestop_cli.rulebook.library import known_rules, load_rules

VILLAGE = {"dafang-2009", "nanzhou-2017"}
"""The documents whose sentences have village clinics."""


def settled(rule: str, **said: Any) -> dict[str, Any]:
    book = Rulebook(tuple(one.file for one in load_rules([rule])))
    return dict(settle_given([[Given(level="村级", **said)]], book)[0])


@pytest.mark.parametrize("rule", sorted(known_rules()))
def test_a_document_has_village_clinics_where_it_names_them(rule: str) -> None:
    (loaded,) = load_rules([rule])
    assert ("village" in loaded.file.scope.levels) == (rule in VILLAGE)


def test_a_village_clinic_has_no_terms_in_a_document_of_stays() -> None:
    row = settled("dafang-2010", eligible=100, discharged=date(2010, 3, 1))
    assert row["term"] is None
    assert row["ungoverned"] == "政策文件没有适用于该机构级别或条件的条款"


def test_a_visit_to_a_village_clinic_gets_half() -> None:
    """门诊报销比例为50%: 30.00 of 60.00."""
    row = settled("dafang-2009", eligible=60, discharged=date(2009, 3, 1), age=40, visit="门诊")
    assert row["basic_due_fen"] == 3_000
