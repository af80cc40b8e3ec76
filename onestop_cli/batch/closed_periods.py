"""What a ledger brings to a run: its people's closed stays, and the documents that governed them."""

from __future__ import annotations

import sqlite3
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import polars as pl

from onestop_cli.batch.handed_in import Closed, closed_files
from onestop_cli.core.closed import History
from onestop_cli.core.identify import identify
from onestop_cli.core.options import Mapper
from onestop_cli.county.inbox_check import skipped
from onestop_cli.county.periods import Period
from onestop_cli.county.settings import FILE_NAME
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.ledger.accounts import UNKNOWN, standing
from onestop_cli.ledger.books import beginning, closed_periods
from onestop_cli.ledger.closing import head
from onestop_cli.ledger.hospital_money import hospital_accounts
from onestop_cli.ledger.load import (
    NO_NUMBERS,
    carried_out,
    closed_rules,
    history,
    named_now,
    with_members,
)
from onestop_cli.ledger.store import opened, snapshot
from onestop_cli.ledger.waiting import pending
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.language import RuleFile
from onestop_cli.rulebook.library import LoadedRule
from onestop_cli.rulebook.usable import same_terms
from onestop_cli.tables.run_info import BooksInfo
from onestop_cli.tables.schema import row_place


def left_out(books: sqlite3.Connection, period: Period) -> Iterator[str]:
    """What to know when days before `period` were never closed; books that do not say when they began know nothing
    before their first closing."""
    begun, closed = beginning(books).first_day, closed_periods(books)
    if closed or begun.year > UNKNOWN:
        yield from skipped(period, closed, begun)


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
    hospital_money: tuple[dict[str, object], ...] = ()


def remember(
    path: Path,
    rows: pl.DataFrame,
    rules: Sequence[LoadedRule],
    *,
    period: Period | None = None,
    hospital: Mapper = lambda text: text,
    decisions: pl.DataFrame | None = None,
    recompute: Sequence[Period] = (),
    roster: pl.DataFrame | None = None,
) -> Past:
    """What the ledger at `path` knows of everybody in `rows` (as read), and of the stays that `decisions` name.

    Where documents have limits that households share, also of everybody in their households, by the `roster`
    (identified) and by the books. `period`: of the run, for the accounts. `hospital`: a text as the register says it.
    `recompute`: what to work out again. Raises `CannotRun` when that is not closed, or a document was changed after
    another period was closed by it.
    """
    with opened(path) as ledger, snapshot(ledger):
        again = periods_again(closed_periods(ledger), recompute)
        documents, corrected = documents_with(ledger, rules, again)
        layers = list(dict.fromkeys(id_ for rule in documents for id_ in rule.file.layer_ids))
        known = identify(rows)
        numbers = [
            _numbers(known, "hospital_raw", hospital),
            _numbers(decisions, "hospital", hospital),
        ]

        def of(people: pl.Series) -> History:
            return history(
                ledger,
                people,
                pl.concat(numbers),
                layers,
                places=_places(decisions),
                hospital=hospital,
                recompute=again,
            )

        people = _people(known["person"], decisions)
        found = of(people)
        book = Rulebook(tuple(rule.file for rule in documents))
        if roster is not None and book.of_households:
            found = of(with_members(ledger, people, found.stays, roster))
        own = {rule.file.id for rule in rules}
        old = frozenset(rule.file.id for rule in documents) - own
        return Past(
            replace(found, rules=old, corrected=corrected),
            documents,
            carried_out(ledger),
            named_now(pending(ledger), hospital),
            standing(ledger, period) if period else {},
            head(ledger),
            closed_files(ledger),
            left_open(ledger, hospital),
        )


def left_open(ledger: sqlite3.Connection, hospital: Mapper) -> tuple[dict[str, object], ...]:
    """What closed periods left open with each hospital and fund, in all, and the last day of a payment."""
    accounts = hospital_accounts(ledger, hospital=hospital)
    each = accounts.group_by("hospital", "fund", maintain_order=True).agg(
        pl.col("left", "kept", "paid", "refused").sum(),
        pl.col("paid_on").str.split("、").list.last().max(),
    )
    return tuple(each.sort("hospital", "fund").to_dicts())


def _people(persons: pl.Series, decisions: pl.DataFrame | None) -> pl.Series:
    """Everybody who has a row, or whom a decision recognises."""
    named = persons.clear() if decisions is None else decisions["id_no"]
    return pl.concat([persons, named]).drop_nulls().unique()


def _numbers(rows: pl.DataFrame | None, said: str, hospital: Mapper) -> pl.DataFrame:
    """(hospital, stay_no) of all rows, whose hospital stands in the column `said`."""
    if rows is None:
        return NO_NUMBERS
    pairs = rows.select("stay_no", hospital=said).drop_nulls().unique()
    return named_now(pairs, hospital).select("hospital", "stay_no")


def _places(decisions: pl.DataFrame | None) -> list[str]:
    """The places that decisions name."""
    if decisions is None:
        return []
    placed = decisions.filter(pl.col("row").is_not_null())
    return placed.select(place=row_place())["place"].to_list()


def periods_again(closed: Sequence[Period], asked: Sequence[Period]) -> list[str]:
    """The closed periods that lie within those asked for; raises `CannotRun` for one in which none does."""
    found, problems = dict[str, None](), []
    for period in asked:
        inside = [p.id for p in closed if period.first <= p.first and p.last <= period.last]
        found |= dict.fromkeys(inside)
        if not inside:
            have = "、".join(p.id for p in closed) or "还没有"
            problems.append(
                Problem(
                    f"不能重算{period.chinese}：台账里没有这一期的关账",
                    f"请核对 --recompute 或 {FILE_NAME} 的 [reopen] periods；已关账的：{have}",
                )
            )
    if problems:
        raise CannotRun(problems)
    return [*found]


def documents_with(
    ledger: sqlite3.Connection, rules: Sequence[LoadedRule], again: Sequence[str]
) -> tuple[tuple[LoadedRule, ...], frozenset[str]]:
    """The run's documents and those of closed periods, which must still say the same unless all their periods are
    worked out `again`; and the ids of those that do not."""
    named = {rule.file.id: rule for rule in rules}
    fixed = closed_rules(ledger, but=again)
    problems, more, corrected = [], {}, set()
    for (id_, sha256), data in closed_rules(ledger).items():
        text = data.decode("utf-8-sig")
        file = RuleFile.model_validate(tomllib.loads(text, parse_float=Decimal))
        if id_ not in named:
            more[id_] = LoadedRule(file, Path(f"{id_}.toml"), sha256, data)
        elif same_terms(file, named[id_].file):
            continue
        elif (id_, sha256) not in fixed:
            corrected.add(id_)
        else:
            problems.append(
                Problem(
                    f"政策文件 {id_} 在关账之后改过条款",
                    "已按它关过账的文件不能改动；新政策请另写一份文件，原文件只写上终止日期；"
                    "原来写错了、要更正的，把按它关过账的各期都写进 --recompute",
                    str(named[id_].path),
                )
            )
    if problems:
        raise CannotRun(problems)
    return (*rules, *more.values()), frozenset(corrected)
