"""The core from rows to amounts, as the list of its stages: one pure function of the tables that were read.

place → identify → pair → link → decide → govern → block → settle → reconcile → findings. It opens no file, prints
nothing and asks no clock; `batch.reconcile` brings it the tables and writes what comes out.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from onestop_cli.core.bill import amount_why
from onestop_cli.core.category import choose_best
from onestop_cli.core.closed import adjustments, appended, governing, refreshed, reopened
from onestop_cli.core.decisions.apply import decided
from onestop_cli.core.decisions.check import Outcome, misfits
from onestop_cli.core.decisions.match import match
from onestop_cli.core.findings.amounts import amount_checks
from onestop_cli.core.findings.checks import blocked, raise_all
from onestop_cli.core.findings.rows import CANNOT, row_checks
from onestop_cli.core.identify import identify
from onestop_cli.core.link import linked
from onestop_cli.core.options import NOTHING_BEFORE, USUAL, Earlier, Names, Options
from onestop_cli.core.pairing import paired
from onestop_cli.core.person import with_person
from onestop_cli.core.place import place, with_conditions
from onestop_cli.core.settlement import owed_without_payments, worked_out
from onestop_cli.core.status import with_codes, with_status
from onestop_cli.county.periods import Period
from onestop_cli.errors import CannotRun
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.govern import govern


@dataclass(frozen=True)
class Work:
    """What the core hands back: every stay that was read with all its columns, every finding about one, what
    changes for stays of closed periods, and how many rows were the second half of another row's claim."""

    stays: pl.DataFrame
    findings: pl.DataFrame
    adjustments: pl.DataFrame
    joined: int = 0


def work(
    rows: pl.DataFrame,
    roster: pl.DataFrame,
    register: pl.DataFrame,
    book: Rulebook,
    period: Period,
    names: Names,
    options: Options = USUAL,
    earlier: Earlier = NOTHING_BEFORE,
) -> Work:
    """`rows` as read (READ_STAYS), an understood roster, the register and the documents of the run.

    Raises `CannotRun` for decisions that fit no stay, or not the one they name.
    """
    history = refreshed(earlier.history)
    stays = with_conditions(place(rows, register, names, period, history), register, book)
    pairs = paired(identify(stays), options.readmission_days, history, roster)
    stays = pairs.stays.with_columns(amount_why=amount_why())
    stays = with_person(linked(stays, roster, book, names)).pipe(choose_best, book)
    stays = appended(stays, pairs.closed)
    decisions = None
    if earlier.decisions is not None:
        decisions = match(earlier.decisions, stays, book.priority, names.category)
    stays = decided(stays, decisions, book.layers).pipe(govern, book, governing(book, history))
    checks = row_checks(period, options.readmission_days)
    stays = with_status(stays, blocked(checks)).pipe(reopened, CANNOT)
    current, again = worked_out(stays, book, options)
    checks += amount_checks(book, options.tolerance, options.near_cap)
    if decisions is not None and earlier.decisions is not None:
        owed = owed_without_payments(stays, decisions, book, options)
        outcome = Outcome(current, again, owed, book.layers)
        if problems := misfits(decisions, outcome, checks, earlier.decisions.file):
            raise CannotRun(problems)
    findings = raise_all(checks, current)
    changes = adjustments(again, book.layers)
    return Work(with_codes(current, findings), findings, changes, pairs.joined)
