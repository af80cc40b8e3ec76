"""What a ledger brings to a run: its people's closed stays, and the documents that governed them."""

from __future__ import annotations

import sqlite3
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from onestop_cli.errors import CannotRun, Problem
from onestop_cli.history import History
from onestop_cli.identify import identify
from onestop_cli.ledger.closing import head
from onestop_cli.ledger.past import closed_rules, history
from onestop_cli.ledger.store import opened
from onestop_cli.rulebook.language import RuleFile
from onestop_cli.rulebook.library import LoadedRule
from onestop_cli.rulebook.usable import same_terms


@dataclass(frozen=True)
class Past:
    """A run's history, all documents it needs, and the state of the books (`runs`, `head`)."""

    history: History
    rules: tuple[LoadedRule, ...]
    books: dict[str, Any]


def remember(path: Path, rows: pl.DataFrame, rules: Sequence[LoadedRule], *, decided: bool) -> Past:
    """Look up everybody in `rows` (as read) in the ledger at `path`; with `decided`, also every stay still held.

    Raises `CannotRun` when a document was changed after a period was closed by it.
    """
    with opened(path, create=True) as ledger:
        documents = _documents(ledger, rules)
        known = identify(rows)
        numbers = known.select("hospital_raw", "stay_no").drop_nulls().unique().iter_rows()
        layers = list(dict.fromkeys(id_ for rule in documents for id_ in rule.file.layer_ids))
        people = known["person"].drop_nulls().unique()
        past = history(ledger, people, numbers, layers, with_held=decided)
        return Past(past, documents, head(ledger))


def _documents(ledger: sqlite3.Connection, rules: Sequence[LoadedRule]) -> tuple[LoadedRule, ...]:
    """The run's documents and those of closed periods; the same document must still say the same."""
    named = {rule.file.id: rule for rule in rules}
    problems, more = [], {}
    for (id_, sha256), text in closed_rules(ledger).items():
        file = RuleFile.model_validate(tomllib.loads(text, parse_float=Decimal))
        if id_ not in named:
            more[id_] = LoadedRule(file, Path(f"{id_}.toml"), sha256, text.encode())
        elif not same_terms(file, named[id_].file):
            problems.append(
                Problem(
                    f"政策文件 {id_} 在关账之后改过条款",
                    "已按它关过账的文件不能改动；新政策请另写一份文件，原文件只写上终止日期",
                    str(named[id_].path),
                )
            )
    if problems:
        raise CannotRun(problems)
    return (*rules, *more.values())
