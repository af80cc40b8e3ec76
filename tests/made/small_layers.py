"""Small documents of a layer or two, and what a person's stays come to under them."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from typing import Any

from onestop_cli.explain.by_hand import settle_given
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.cases import Given
from onestop_cli.rulebook.language import RuleFile

HEAD = """
id = "shape"
title = "示例"
area = "shape"
source = { document = "示例" }
effective = { from = 2010-01-01 }
basis = { governing_date = "discharge" }
categories = { priority = ["甲类", "乙类"], overlap = "priority" }
"""

BASIC = """
[[layer]]
id = "basic"
name = "基本"
base = { from = "eligible" }
deductible = [{ amount = 0 }]
rate = [{ rate = 0.50 }]
cap = [{ amount = "none" }]
"""


def document(text: str, **replaced: str) -> RuleFile:
    """The head and `text`; `replaced`: other lines for keys of the one layer in `text`."""
    for key, line in replaced.items():
        before = [row for row in text.splitlines() if row.startswith(f"{key} = ")]
        text = text.replace(before[0], f"{key} = {line}") if before else f"{text}{key} = {line}\n"
    return RuleFile.model_validate(tomllib.loads(HEAD + text, parse_float=Decimal))


def results(rule: RuleFile, *stays: dict[str, Any]) -> list[dict[str, Any]]:
    """Each stay after the ones before it, one person's year."""
    given = [Given.model_validate(stay) for stay in stays]
    people = [given[: number + 1] for number in range(len(given))]
    return [dict(row) for row in settle_given(people, Rulebook((rule,)))]


def due(rule: RuleFile, *stays: dict[str, Any], layer: str = "basic") -> list[int]:
    """The layer's due amounts in yuan; they must be whole."""
    fen = [row[f"{layer}_due_fen"] for row in results(rule, *stays)]
    assert all(amount % 100 == 0 for amount in fen), fen
    return [amount // 100 for amount in fen]


def stay(eligible: int, **more: Any) -> dict[str, Any]:
    return {"eligible": eligible, **more}
