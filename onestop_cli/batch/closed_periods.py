"""What a ledger brings to a run: its people's closed stays, and the documents that governed them."""

from __future__ import annotations

import sqlite3
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import polars as pl

from onestop_cli.batch.handed_in import Closed, closed_files
from onestop_cli.core.closed import History
from onestop_cli.core.identify import identify
from onestop_cli.core.options import Mapper
from onestop_cli.county.periods import Period
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.ledger.accounts import standing
from onestop_cli.ledger.closing import head
from onestop_cli.ledger.load import carried_out, closed_rules, history, named_now
from onestop_cli.ledger.store import opened, snapshot
from onestop_cli.ledger.waiting import pending
from onestop_cli.rulebook.language import RuleFile
from onestop_cli.rulebook.library import LoadedRule
from onestop_cli.rulebook.usable import same_terms
from onestop_cli.tables.run_info import BooksInfo
from onestop_cli.tables.schema import row_place


@dataclass(frozen=True)
class Past:
    """A run's history, all documents it needs, the decisions that closed runs have carried out, the stays that are
    still held, each fund's account, the state of the books (`runs`, `head`)."""

    history: History
    rules: tuple[LoadedRule, ...]
    carried_out: pl.DataFrame
    pending: pl.DataFrame
    accounts: dict[str, dict[str, int]]
    books: BooksInfo
    files: Closed


def remember(
    path: Path,
    rows: pl.DataFrame,
    rules: Sequence[LoadedRule],
    *,
    period: Period | None = None,
    hospital: Mapper = lambda text: text,
    decisions: pl.DataFrame | None = None,
) -> Past:
    """What the ledger at `path` knows of everybody in `rows` (as read), and of the stays that `decisions` name.

    `period`: of the run, for the accounts. `hospital`: a text as the register says it. Raises
    `CannotRun` when a document was changed after a period was closed by it.
    """
    with opened(path) as ledger, snapshot(ledger):
        documents = _documents(ledger, rules)
        layers = list(dict.fromkeys(id_ for rule in documents for id_ in rule.file.layer_ids))
        known = identify(rows)
        found = history(
            ledger,
            _people(known["person"], decisions),
            {
                *_pairs(known, "hospital_raw", hospital),
                *_pairs(decisions, "hospital", hospital),
            },
            layers,
            places=_places(decisions),
            hospital=hospital,
        )
        own = {rule.file.id for rule in rules}
        old = frozenset(rule.file.id for rule in documents) - own
        return Past(
            replace(found, rules=old),
            documents,
            carried_out(ledger),
            named_now(pending(ledger), hospital),
            standing(ledger, period) if period else {},
            head(ledger),
            closed_files(ledger),
        )


def _people(persons: pl.Series, decisions: pl.DataFrame | None) -> pl.Series:
    """Everybody who has a row, or whom a decision recognises."""
    named = persons.clear() if decisions is None else decisions["id_no"]
    return pl.concat([persons, named]).drop_nulls().unique()


def _pairs(rows: pl.DataFrame | None, said: str, hospital: Mapper) -> list[tuple[str, str]]:
    """(hospital, 住院号) of all rows, whose hospital stands in the column `said`."""
    if rows is None:
        return []
    pairs = rows.select("stay_no", hospital=said).drop_nulls().unique()
    return named_now(pairs, hospital).select("hospital", "stay_no").rows()


def _places(decisions: pl.DataFrame | None) -> list[str]:
    """The places that decisions name."""
    if decisions is None:
        return []
    placed = decisions.filter(pl.col("row").is_not_null())
    return placed.select(place=row_place())["place"].to_list()


def _documents(ledger: sqlite3.Connection, rules: Sequence[LoadedRule]) -> tuple[LoadedRule, ...]:
    """The run's documents and those of closed periods; the same document must still say the same."""
    named = {rule.file.id: rule for rule in rules}
    problems, more = [], {}
    for (id_, sha256), data in closed_rules(ledger).items():
        text = data.decode("utf-8-sig")
        file = RuleFile.model_validate(tomllib.loads(text, parse_float=Decimal))
        if id_ not in named:
            more[id_] = LoadedRule(file, Path(f"{id_}.toml"), sha256, data)
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
