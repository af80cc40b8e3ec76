"""A quarter or a year handed in month by month: some stays late, some taken back later, some held and decided later."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from onestop_cli.ledger.accounts import AccountLine, accounts
from onestop_cli.ledger.reopening import last_closing, reopen
from onestop_cli.ledger.trial_balance import verify
from onestop_cli.statements.statement import Statement
from tests.made.books import (
    PEOPLE,
    REGISTER,
    Office,
    decisions,
    huangzhong,
    new_books,
    paid,
    post,
    run_period,
    stays,
)


@dataclass(frozen=True)
class Span:
    """The months of 2010 from the `first_month`-th on, and the period (`whole`) that they are together.

    `apart`: days that pass at most between two stays of a person; `back`: how long before the end of the last one a
    stay that overlaps begins at most.
    """

    whole: str
    first_month: int
    apart: int
    back: int

    @property
    def months(self) -> tuple[str, ...]:
        return tuple(f"2010-{month:02}" for month in range(self.first_month, 13))

    @property
    def first(self) -> date:
        return date(2010, self.first_month, 1)

    @property
    def latest(self) -> int:
        """The number of the last month."""
        return 12 - self.first_month

    def number(self, day: date) -> int:
        """Of the month a day is in."""
        return day.month - self.first_month

    def late_in(self, number: int) -> date:
        """A day near the end of a month."""
        return date(2010, self.first_month + number, 28)


QUARTER = Span("2010Q4", 10, apart=20, back=92)
YEAR = Span("2010", 1, apart=70, back=25)
MONTHS = QUARTER.months
_LATER = datetime(2011, 2, 1, tzinfo=UTC)
LAST = date(2010, 12, 31)
CLAIMS = ("basic", "critical", "assistance", "extra", "backstop")


@dataclass(frozen=True)
class Quarter:
    """Rows and decisions, each with the number of the month (of `span`) in which it is handed in."""

    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    decided: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    span: Span = QUARTER

    def take(self, rows: Sequence[_Handed], decided: Sequence[_Handed]) -> None:
        """More rows and decisions."""
        self.rows.extend(rows)
        self.decided.extend(decided)

    def paid_at_once(self, office: Office | None = None) -> dict[str, int]:
        """What one run over all of it pays."""
        return paid(_run(self.rows, self.decided, self.span.whole, None, office))

    def paid_by_month(
        self,
        office: Office | None = None,
        wrong: Office | None = None,
        reopened: Collection[str] = (),
        known: int | None = None,
    ) -> dict[str, int]:
        """What the closed months pay together; the books must agree with themselves and with the runs. With `wrong`,
        those before the month `known` (else the last) are closed under its roster and register and put right with that
        one; months that are `reopened` are closed, taken back and closed again."""
        months = self.span.months
        known = self.span.latest if known is None else known
        total: dict[str, int] = {}
        with TemporaryDirectory() as folder, new_books(Path(folder) / "账.db") as books:
            for number, month in enumerate(months):
                rows = [pair for pair in self.rows if pair[0] == number]
                decided = [pair for pair in self.decided if pair[0] == number]
                as_known = office if number >= known or wrong is None else wrong
                again = months[:known] if number == known and wrong else ()
                run = _run(rows, decided, month, books, as_known, again)
                post(books, run)
                if month in reopened:
                    reopen(books, last_closing(books), "测试", _LATER, "重做")
                    run = _run(rows, decided, month, books, as_known, again)
                    post(books, run)
                _agrees(Statement(run), accounts(books))
                for key, fen in paid(run).items():
                    total[key] = total.get(key, 0) + fen
            assert verify(books) == []
            approved = sum(line.approved for line in accounts(books))
            assert approved == sum(fen for key, fen in total.items() if key != "owed")
        return total


def _agrees(statement: Statement, booked: Sequence[AccountLine]) -> None:
    """The statement says what the books say, to the fen: approved, of earlier periods, paid to patients."""
    month = statement.run.period.id
    lines = {line.fund: line for line in booked if line.period == month}
    for fund in statement.funds:
        payment, earlier, supplement = (
            statement.total[f"{fund.key}_{side}_fen"]
            for side in ("payment", "earlier", "supplement")
        )
        line = lines[fund.name]
        told = line.approved, line.adjusted, line.paid_out
        assert (payment + supplement, earlier, supplement) == told


def _run(
    rows: Sequence[tuple[int, dict[str, Any]]],
    decided: Sequence[tuple[int, dict[str, Any]]],
    period: str,
    books: sqlite3.Connection | None,
    office: Office | None,
    again: Sequence[str] = (),
) -> Any:
    lines = decisions(*(line for _, line in decided)) if decided else None
    return run_period(stays(row for _, row in rows), period, books, lines, office, again)


def made_quarter(
    rng: Random, size: int, office: Office | None = None, span: Span = QUARTER
) -> Quarter:
    """Up to `size` stays: some overlap, come twice, are taken back, put right, released, refused or recognised."""
    office = office or huangzhong()
    quarter = Quarter(span=span)
    free = dict.fromkeys(PEOPLE, span.first)
    seen: set[Any] = set()
    for number in range(size):
        person = rng.choice(PEOPLE[: max(2, size // 4)])
        overlaps = rng.random() < 0.2
        back = max(span.first, free[person] - timedelta(span.back))
        begin = (back if overlaps else free[person]) + timedelta(
            rng.randint(0, 20 if overlaps else span.apart)
        )
        end = begin + timedelta(rng.randint(0, 12))
        if end > LAST:
            continue
        row = _row(rng, number, person, begin, end, office.book.layers)
        if _one_stay(row)[1] in seen:
            continue
        seen.add(_one_stay(row)[1])
        free[person] = max(free[person], end)
        month = span.number(end)
        handed = rng.choice([month, month, month, rng.randint(month, span.latest)])
        if rng.random() < 0.15:
            quarter.take(*rng.choice((_unknown, _misnamed, _refunded))(rng, row, handed, span))
            continue
        quarter.rows.append((handed, row))
        more = rng.choice([0, 0, 10_000]) if rng.random() < 0.1 else None
        if more is not None:
            quarter.rows.append((handed, _again(row, 2000, more)))
        if rng.random() < 0.15:
            quarter.rows.append(_reversal(rng, row, handed, span))
            if more is None and rng.random() < 0.5:
                quarter.rows.append((rng.randint(handed, span.latest), _again(row, 3000, 50_000)))
        else:
            said = _decisions(rng, row, handed, span, office, differs=bool(more))
            quarter.decided.extend(said)
    quarter.decided.extend(_overlaps_released(rng, quarter))
    return quarter


def _row(
    rng: Random, number: int, person: str, begin: date, end: date, layers: Sequence[str]
) -> dict[str, Any]:
    """A stay; one in eight has more eligible than total cost (AM05) and is held."""
    total = rng.choice([80_000, 400_000, 1_200_000, 5_000_000]) + rng.randrange(100_000)
    eligible = total * rng.choice([5, 6, 7, 8, 8, 9, 10, 11]) // 10
    row = {
        "row": number + 2, "hospital_raw": rng.choice(REGISTER["hospital"].to_list()),
        "stay_no": str(number), "name": f"人{PEOPLE.index(person)}", "id_raw": person,
        "admitted_on": begin, "discharged_on": end, "settled_on": end,
        "total_fen": total, "eligible_fen": eligible, "out_of_scope_fen": total // 10,
        "first_pay_fen": 0, "over_limit_fen": 0, "x_visit": rng.choice(["门诊", "住院"]),
    }  # fmt: skip
    left = total
    for layer in layers:
        claim = rng.choice([0, left // 2, left * 7 // 10])
        row[f"{layer}_claimed_fen"] = claim
        left -= claim
    return row


SPOILED = "12345"
"""What stands for an ID number that is none."""

_Handed = tuple[int, dict[str, Any]]
"""A row or a decision, and the month in which it is handed in."""

_More = tuple[list[_Handed], list[_Handed]]
"""Rows and decisions."""


def _unknown(rng: Random, row: dict[str, Any], handed: int, span: Span) -> _More:
    """A stay whose number is spoiled, and the number that people recognise later, or never."""
    said = _decided(rng, row, handed, span, decision="认定证号", code="ID01", id_no=row["id_raw"])
    return [(handed, {**row, "id_raw": SPOILED})], [said] if rng.random() < 0.8 else []


def _misnamed(rng: Random, row: dict[str, Any], handed: int, span: Span) -> _More:
    """A stay under another name than the roster's, released later, or never."""
    said = _decided(rng, row, handed, span, decision="放行", code="ID04")
    return [(handed, {**row, "name": "某人"})], [said] if rng.random() < 0.8 else []


def _refunded(rng: Random, row: dict[str, Any], handed: int, span: Span) -> _More:
    """A stay of which a part is refunded later, and that refund accepted, or never."""
    back, part = _reversal(rng, {**row, "total_fen": 3 * row["total_fen"]}, handed, span)
    part = {k: v // 3 if k.endswith("_fen") else v for k, v in part.items()} | {
        "x_visit": row["x_visit"]
    }
    part["total_fen"] = -row["total_fen"] // 3
    said = _decided(rng, part, back, span, decision="受理冲红", code="ST06")
    return [(handed, row), (back, part)], [said] if rng.random() < 0.8 else []


def _reversal(
    rng: Random, row: dict[str, Any], handed: int, span: Span
) -> tuple[int, dict[str, Any]]:
    back = rng.randint(handed, span.latest)
    when = max(row["settled_on"], span.late_in(back))
    amounts = {name: -row[name] for name in row if name.endswith("_fen")}
    return back, {**row, **amounts, "row": 1000 + row["row"], "settled_on": when}


def _again(row: dict[str, Any], at: int, more: int) -> dict[str, Any]:
    """The same stay in another row, with `more` fen of cost."""
    return {**row, "row": at + row["row"], "total_fen": row["total_fen"] + more}


def _decisions(
    rng: Random, row: dict[str, Any], handed: int, span: Span, office: Office, *, differs: bool
) -> Iterator[_Decided]:
    """What is decided about a stay that is not taken back; `differs`: it came twice, with other amounts."""
    if differs and rng.random() < 0.7:
        for at in (0, 2000):
            said = rng.choice([{"decision": "放行", "code": "ST01"}, {"decision": "拒付"}])
            yield _decided(rng, row, handed, span, at, **said)
    elif row["eligible_fen"] > row["total_fen"] and rng.random() < 0.7:
        yield _decided(rng, row, handed, span, decision="放行", code="AM05")
    elif rng.random() < 0.05:
        yield _decided(rng, row, handed, span, decision="拒付")
    elif rng.random() < 0.1:
        other = rng.choice(office.categories)
        yield _decided(rng, row, handed, span, decision="认定类别", category=other)


def _overlaps_released(rng: Random, quarter: Quarter) -> list[_Decided]:
    """Half of the stays that begin within one that was there before and stays there: released from ST02."""
    times = Counter(key for _, row in quarter.rows for key in _one_stay(row))
    refused = {line["stay_no"] for _, line in quarter.decided if line["decision"] == "拒付"}
    once = [
        (handed, row)
        for handed, row in quarter.rows
        if row["id_raw"] != SPOILED and all(times[key] == 1 for key in _one_stay(row))
    ]
    return [
        _decided(rng, row, handed, quarter.span, decision="放行", code="ST02")
        for handed, row in once
        if row["stay_no"] not in refused
        and any(
            other["id_raw"] == row["id_raw"]
            and other["admitted_on"] < row["admitted_on"] < other["discharged_on"]
            for before, other in once
            if before <= handed
        )
        and rng.random() < 0.5
    ]


def _one_stay(row: dict[str, Any]) -> tuple[Any, Any]:
    """What only the same stay has in common."""
    span = row["admitted_on"], row["discharged_on"]
    return row["stay_no"], (row["hospital_raw"], row["id_raw"], *span)


def _decided(
    rng: Random, row: dict[str, Any], handed: int, span: Span, at: int = 0, **said: Any
) -> _Decided:
    """A decision about the row, or its repetition `at` so many rows further, in this month or a later one."""
    return rng.randint(handed, span.latest), {
        "hospital": row["hospital_raw"], "stay_no": row["stay_no"], "source": "医院.csv",
        "row": at + row["row"], **said,
    }  # fmt: skip


_Decided = tuple[int, dict[str, Any]]
"""The month of a decision, and what it says beside the names of two people."""


OLD_NAME, NEW_NAME = "县级医院", "县中西医结合医院"


def hard_quarter(
    seed: int, size: int = 80, span: Span = QUARTER
) -> tuple[dict[str, int], dict[str, int]]:
    """What months pay, and one run over all of them, where roster and register are right only from a later month on
    (of a quarter: the last), a hospital is renamed, and months are taken back and closed again. (Whom nobody knew had
    no other name on the roster, and a release from that was not needed then; so misnamed people are listed from the
    start.)"""
    rng = Random(seed)
    made = made_quarter(rng, size, span=span)
    misnamed = {row["id_raw"] for _, row in made.rows if row["name"] == "某人"}
    unlisted = frozenset(rng.sample(PEOPLE, rng.choice([0, 6, 12]))) - misnamed
    register = REGISTER.with_columns(pl.col("hospital").replace({OLD_NAME: NEW_NAME}))
    right = replace(huangzhong(), register=register, called={OLD_NAME: NEW_NAME})
    level = pl.when(pl.int_range(pl.len()) == rng.randrange(8)).then(pl.lit("county"))
    wrong = replace(
        right, register=register.with_columns(level=pl.coalesce(level, "level")), unlisted=unlisted
    )
    again = rng.sample(span.months, rng.randrange(3))
    known, new = (span.latest, 1) if span is QUARTER else (rng.randint(1, 11), rng.randint(1, 11))
    renamed = [(n, _under_new_name(row) if n >= new else row) for n, row in made.rows]
    quarter = Quarter(renamed, made.decided, span)
    return quarter.paid_by_month(right, wrong, again, known), quarter.paid_at_once(right)


def hard_year(seed: int, size: int = 160) -> tuple[dict[str, int], dict[str, int]]:
    """`hard_quarter` over twelve months."""
    return hard_quarter(seed, size, YEAR)


def _under_new_name(row: dict[str, Any]) -> dict[str, Any]:
    new = NEW_NAME if row["hospital_raw"] == OLD_NAME else row["hospital_raw"]
    return {**row, "hospital_raw": new}
