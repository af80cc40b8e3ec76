"""Small counties for the ledger: rows made by hand, run month by month or at once, posted to real books."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest.mock import patch

import polars as pl

from onestop_cli.batch.describe import about_rules, in_order
from onestop_cli.core.findings.amounts import Difference
from onestop_cli.core.identify import identify, make_id
from onestop_cli.core.options import Earlier, NameLookup, Options
from onestop_cli.core.pipeline import Work, work
from onestop_cli.core.reconcile import control
from onestop_cli.core.roster import understand_roster
from onestop_cli.county.periods import parse_period
from onestop_cli.ledger.closing import Posted, close, head
from onestop_cli.ledger.load import carried_out, history
from onestop_cli.ledger.opening import Opening, open_books
from onestop_cli.ledger.store import opened
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.language import RuleFile
from onestop_cli.rulebook.library import LoadedRule, load_rules
from onestop_cli.run import Run
from onestop_cli.tables.decisions import CARRIED_OUT, DECISIONS, Decisions
from onestop_cli.tables.run_info import RunInfo
from onestop_cli.tables.schema import LEVELS, READ_ROSTER, READ_STAYS, empty, row_place

REGISTER = pl.DataFrame(
    {
        "hospital": [f"{name}医院" for name in LEVELS.values()],
        "level": list(LEVELS),
        "ownership": ["公立"] * len(LEVELS),
    }
)
PEOPLE = tuple(make_id(f"639900{1930 + n}0101{n:03d}") for n in range(60))


@dataclass(frozen=True)
class Office:
    """A county office: its documents, and the categories its people have in turn (the first six the first one)."""

    documents: tuple[LoadedRule, ...]
    categories: tuple[str, ...] = ("农村低保户", "五保户", "重点优抚对象")
    register: pl.DataFrame = field(default_factory=lambda: REGISTER, compare=False)
    called: Mapping[str, str] = field(default_factory=dict)
    """Names of hospitals → what the register calls them now."""

    @cached_property
    def book(self) -> Rulebook:
        return Rulebook(tuple(rule.file for rule in self.documents))

    def hospital(self, text: str) -> str | None:
        """The register's name for it."""
        now = self.called.get(text, text)
        return now if now in set(self.register["hospital"]) else None

    unlisted: frozenset[str] = frozenset()
    """People who are not on the roster (yet)."""

    @cached_property
    def roster(self) -> pl.DataFrame:
        """Everybody else is on it."""
        blank = dict.fromkeys(READ_ROSTER)
        entries = [
            {**blank, "source": "册.csv", "row": n, "name": f"人{n}", "id_raw": id_}
            | {"id_numeric": False, "township": "甲乡", "village": "一村"}
            | {"category_raw": self.categories[n % len(self.categories) if n > 6 else 0]}
            for n, id_ in enumerate(PEOPLE)
            if id_ not in self.unlisted
        ]
        return understand_roster(pl.DataFrame(entries, schema=dict(READ_ROSTER)), str)


@cache
def huangzhong() -> Office:
    """The office whose document is the default."""
    return Office(load_rules(["huangzhong-2009"]))


def office(files: Iterable[RuleFile], categories: tuple[str, ...]) -> Office:
    """An office of made-up documents."""
    return Office(tuple(_loaded(file) for file in files), categories)


def _loaded(file: RuleFile) -> LoadedRule:
    data = file.id.encode()
    return LoadedRule(file, Path(f"{file.id}.toml"), sha256(data).hexdigest(), data)


@contextmanager
def new_books(
    path: Path, first_day: date = date(2000, 1, 1), **more: Any
) -> Iterator[sqlite3.Connection]:
    """Fresh books, open; `more`: of their opening."""
    moment = datetime(2010, 1, 1, tzinfo=UTC)
    open_books(path, Opening(first_day, **more), "测试", moment)
    with opened(path) as books:
        yield books


def stays(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Rows as read, from the few things a case says; amounts are fen."""
    blank = dict.fromkeys(READ_STAYS)
    fixed = {"source": "医院.csv", "id_numeric": False, "has_eligible": True}
    rows = [{**blank, **fixed, **row} for row in rows]
    further = {name: pl.String for row in rows[:1] for name in row if name.startswith("x_")}
    return pl.DataFrame(rows, schema={**READ_STAYS, **further})


def decisions(*lines: Mapping[str, Any]) -> pl.DataFrame:
    """Decisions as read, complete but for what a line says otherwise."""
    fixed = {
        **dict.fromkeys(DECISIONS), "reason": "已核实", "evidence": "记录", "made_by": "张三", "checked_by": "李四",
        "decided_on": date(2010, 12, 30),
    }  # fmt: skip
    rows = [{**fixed, "line": number, **line} for number, line in enumerate(lines, 2)]
    return pl.DataFrame(rows, schema=dict(DECISIONS))


def run_period(
    rows: pl.DataFrame,
    period: str,
    books: sqlite3.Connection | None = None,
    decided: pl.DataFrame | None = None,
    office: Office | None = None,
    recompute: Collection[str] = (),
    options: Options | None = None,
) -> Run:
    """One period of `rows`, beside the books if there are any; closed periods `recompute` are worked out again."""
    office = office or huangzhong()
    done = _work(rows, period, books, decided, office, recompute, options or Options())
    layers = office.book.layers
    told = [] if done.decided is None else done.decided.rows(named=True)
    info = RunInfo.model_validate(
        {
            "period": period,
            "settings": {"tolerance_fen": 1, "liability": {}},
            **about_rules(office.book, office.documents),
            "control": control(done.stays, layers),
            "decisions": {"sha256": "", "lines": [_told(line) for line in told]},
            **({"ledger": head(books).model_dump()} if books else {}),
            **({"recomputed": list(recompute)} if recompute else {}),
            "warnings": list(done.notes),
        }
    )
    documents = {rule.file.id: rule.data for rule in office.documents}
    nothing = pl.DataFrame()
    return Run(
        info, in_order(done.stays, layers), done.findings, office.roster, nothing, done.adjustments,
        documents, closed=done.closed,
    )  # fmt: skip


def _told(line: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v if v is None or isinstance(v, int) else str(v) for k, v in line.items()}


def _work(
    rows: pl.DataFrame,
    period: str,
    books: sqlite3.Connection | None,
    decided: pl.DataFrame | None,
    office: Office,
    recompute: Collection[str],
    options: Options,
) -> Work:
    past, before = None, empty(CARRIED_OUT)
    if books is not None:
        known = identify(rows)
        numbers = known.select("stay_no", hospital="hospital_raw").drop_nulls().unique()
        people = known["person"].drop_nulls().unique().to_list()
        people += [] if decided is None else decided["id_no"].drop_nulls().to_list()
        places = [] if decided is None else decided.select(place=row_place())["place"]
        past = history(
            books, people, numbers, office.book.layers, places=places, hospital=office.hospital,
            recompute=recompute,
        )  # fmt: skip
        before = carried_out(books)
    names = NameLookup(
        hospital=office.hospital,
        level={name: id_ for id_, name in LEVELS.items()}.get,
        category=str,
    )
    asked = None if decided is None else Decisions(decided, "处理意见.xlsx", before)
    with patch("onestop_cli.core.settlement.diagnose", _undiagnosed):
        return work(
            rows, office.roster, office.register, office.book, parse_period(period), names, options,
            Earlier(past, asked),
        )  # fmt: skip


def _undiagnosed(stays: pl.DataFrame, book: Rulebook, layers: Sequence[Difference]) -> pl.DataFrame:
    """Which mistake fits a hospital's figure changes no amount, and takes most of a small run's time."""
    none = pl.lit(None, pl.String)
    return stays.with_columns(none.alias(f"{layer.step.layer}_cause") for layer in layers)


def post(
    books: sqlite3.Connection, run: Run, now: datetime = datetime(2011, 1, 1, tzinfo=UTC)
) -> Posted:
    """Close `run`."""
    data = run.info.text().encode()
    return close(books, run, data, "测试", now)


def paid(run: Run) -> dict[str, int]:
    """What a run makes the funds pay, per layer, and what patients are owed by it, adjustments included."""
    settled = run.stays.filter(pl.col("status") == "settled")
    found = {}
    for layer in (layer.id for layer in run.layers):
        pays = [f"{layer}_payable_fen", f"{layer}_offset_fen"]
        found[layer] = sum(int(part[c].sum()) for part in (settled, run.adjustments) for c in pays)
    owed = "patient_owed_fen"
    return {**found, "owed": int(settled[owed].sum()) + int(run.adjustments[owed].sum())}
