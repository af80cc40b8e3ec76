"""基金收入: money that a fund got, booked with the source it came from and the year it was raised for.

It fills the fund like a 预拨 does, so the same money is booked once: as income where the source is known, else as an
advance.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.ledger.accounts import Advance, advance_of, doubts, funds, implausible
from onestop_cli.ledger.chain import INCOME, Draft, Entry, append, entries
from onestop_cli.ledger.store import transaction

SOURCES = (
    "中央财政",
    "省级财政",
    "市级财政",
    "县级财政",
    "个人缴费",
    "医疗救助资助参合",
    "集体扶持",
    "社会捐赠",
    "福彩公益金",
    "利息",
    "其他收入",
)
"""Where money of these funds comes from, in the words of yearly accounts; a county names further ones itself."""

NO_SOURCE = "预拨（未分来源）"
"""What an advance is called among incomes."""


@dataclass(frozen=True)
class Income(Advance):
    """An income as it is booked: an advance with its `source` and the `year` it was raised for."""

    source: str = ""
    year: int = 0


def book_income(
    ledger: sqlite3.Connection,
    line: Income,
    now: datetime,
    sources: Collection[str],
    known: Collection[str] = (),
) -> None:
    """Book an income from one of `sources`; `known` are funds of the county's documents, beside those of closed runs.

    Raises `CannotRun` naming everything that is wrong with it; nothing is booked then.
    """
    with transaction(ledger):
        names = sorted({*funds(ledger), *known})
        problems = [
            *doubts(ledger, line, "收入"),
            *implausible(ledger, line, now),
            *_twice(ledger, line),
        ]
        if names and line.fund not in names:
            problems.append(
                Problem(f"没有“{line.fund}”这个基金", f"--fund 可写：{'、'.join(names)}")
            )
        if line.source not in sources and not line.corrects:
            known_ones = "、".join(sources)
            problems.append(
                Problem(
                    f"没有“{line.source}”这个收入来源",
                    f"--source 可写：{known_ones}；另有来源的，在 onestop.toml 加上 "
                    f'[income.{line.year}."{line.fund}"]，下面一行 "{line.source}" = 应收的元数',
                )
            )
        if problems:
            raise CannotRun(problems)
        append(ledger, Draft(INCOME, _content(line), line.operator, now))


def _content(line: Income) -> dict[str, object]:
    return {
        "fund": line.fund,
        "source": line.source,
        "year": line.year,
        "period": line.period.id,
        "fen": line.fen,
        "booked_on": line.booked_on.isoformat(),
        "note": line.note,
        **({"corrects": line.corrects} if line.corrects else {}),
    }


def _twice(ledger: sqlite3.Connection, line: Income) -> Iterator[Problem]:
    """The same line once more."""
    booked = incomes(ledger)
    undone = {other.corrects for other in booked.values()}
    for number, other in booked.items():
        same = replace(other, operator=line.operator) == line
        if same and number not in undone and not line.corrects:
            yield Problem(
                f"同样的一笔收入已经记过（第 {number} 号记账）",
                "确实是另一笔的，请用 --note 写明凭证号来区分",
            )


def income_taken_back(ledger: sqlite3.Connection, number: int, note: str, operator: str) -> Income:
    """The line that takes income `number` back; raises `CannotRun` when there is none, or it was taken back already."""
    booked = incomes(ledger)
    remedy = "用 onestop ledger income --list 看各笔的序号"
    if number not in booked or booked[number].corrects:
        raise stop(f"台账里没有第 {number} 号收入", remedy)
    if number in {line.corrects for line in booked.values()}:
        raise stop(f"第 {number} 号收入已经冲销过", remedy)
    wrong = booked[number]
    return replace(wrong, fen=-wrong.fen, note=note, operator=operator, corrects=number)


def incomes(ledger: sqlite3.Connection) -> dict[int, Income]:
    """Number of the posting → every income, in the order of booking."""
    return {entry.number: _income(entry) for entry in entries(ledger, INCOME)}


def _income(entry: Entry) -> Income:
    said = entry.content
    return Income(**vars(advance_of(entry)), source=said["source"], year=said["year"])


def income_table(ledger: sqlite3.Connection) -> pl.DataFrame:
    """Every income as booked: number, fund, source, year, period, fen, booked_on, note, operator, corrects."""
    rows = [
        {**_content(line), "number": number, "operator": line.operator, "corrects": line.corrects}
        for number, line in incomes(ledger).items()
    ]
    whole = dict.fromkeys(("number", "year", "fen", "corrects"), pl.Int64)
    texts = ("fund", "source", "period", "booked_on", "note", "operator")
    return pl.DataFrame(rows, schema={**whole, **dict.fromkeys(texts, pl.String)})
