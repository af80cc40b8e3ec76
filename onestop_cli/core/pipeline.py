"""The core from rows to amounts, as the list of its stages: one pure function of the tables that were read.

place → identify → decide who → pair → link → decide what → govern → block → settle → reconcile → findings. It opens no
file, prints nothing and asks no clock; `batch.reconcile` brings it the tables and writes what comes out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import polars as pl

from onestop_cli.core.adjustments import adjustments, explained
from onestop_cli.core.bill import amount_why
from onestop_cli.core.category import choose_best
from onestop_cli.core.closed import History, appended, governing, refreshed, reopened, with_brought
from onestop_cli.core.decisions.apply import decided
from onestop_cli.core.decisions.check import Outcome, judged
from onestop_cli.core.decisions.identities import with_identities
from onestop_cli.core.decisions.match import MatchedDecisions, matched
from onestop_cli.core.decisions.refunds import with_refunds
from onestop_cli.core.findings.amounts import amount_checks
from onestop_cli.core.findings.checks import blocked, raise_all
from onestop_cli.core.findings.rows import (
    ABOUT_PERSON,
    ABOUT_PLACE,
    CANNOT,
    row_checks,
    standing,
)
from onestop_cli.core.household import with_household, with_opened
from onestop_cli.core.identify import identify
from onestop_cli.core.insured import with_listed
from onestop_cli.core.link import linked
from onestop_cli.core.options import NOTHING_BEFORE, USUAL, Earlier, NameLookup, Options
from onestop_cli.core.pairing import paired
from onestop_cli.core.person import with_person
from onestop_cli.core.place import looked_up, place, with_conditions
from onestop_cli.core.settle.windows import OPEN
from onestop_cli.core.settlement import owed_without_payments, worked_out
from onestop_cli.core.status import with_codes, with_status
from onestop_cli.core.two_ids import with_other_id
from onestop_cli.county.periods import Period
from onestop_cli.errors import CannotRun
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.govern import govern
from onestop_cli.tables.borders import check
from onestop_cli.tables.decisions import CATEGORY, DECISIONS
from onestop_cli.tables.schema import (
    CLOSED,
    GOVERNED,
    IDENTITY,
    INSURED,
    LINK,
    PAIRING,
    PLACE,
    PLACED,
    RECONCILED,
    SETTLED,
    empty,
)


@dataclass(frozen=True)
class Work:
    """What the core hands back: every stay that was read with all its columns, every finding about one, what changes
    for stays of closed periods, how many rows were the second half of another row's claim, the decisions that were
    carried out (`DECISIONS`, None without any), and what there is to say about those that had nothing to do. `closed`:
    the stays of the adjustment lines as they are worked out now."""

    stays: pl.DataFrame
    findings: pl.DataFrame
    adjustments: pl.DataFrame
    joined: int = 0
    decided: pl.DataFrame | None = None
    notes: tuple[str, ...] = ()
    closed: pl.DataFrame = field(default_factory=pl.DataFrame)


@dataclass(frozen=True)
class Core:
    """The core of one run: what is given to every row alike."""

    roster: pl.DataFrame
    register: pl.DataFrame
    book: Rulebook
    period: Period
    names: NameLookup
    options: Options
    insured: pl.DataFrame = field(default_factory=lambda: empty(INSURED))

    def work(self, rows: pl.DataFrame, earlier: Earlier) -> Work:
        """All stages, once more without the decisions whose findings are gone."""
        history = looked_up(refreshed(earlier.history), self.register, self.names, self.book)
        stays = place(rows, self.register, self.names, self.period, history)
        stays = identify(with_conditions(check(stays, PLACED, "place"), self.register, self.book))
        check(stays, IDENTITY, "identify")
        stays = stays.with_columns(_at=pl.int_range(pl.len(), dtype=pl.Int64))
        if history is not None:
            check(history.stays, _OF_LEDGER, "ledger")
            history = replace(history, stays=_numbered(history.stays, len(stays)))
        found = None if earlier.decisions is None else self._matched(rows, stays, history, earlier)
        lines = None if found is None else found.lines
        needless: list[dict[str, object]] = []
        if lines is not None and not lines.filter(_RECOGNISED).is_empty():
            _, gone = self._once(stays, history, lines, earlier, recognising=False)
            lines, needless = _without(lines, gone.filter(_RECOGNISED), needless)
        while True:
            done, gone = self._once(stays, history, lines, earlier)
            gone = gone if gone.is_empty() else gone.filter(~_RECOGNISED)
            if lines is None or gone.is_empty():
                break
            lines, needless = _without(lines, gone, needless)
        carried_out = None if lines is None else lines.select(*DECISIONS)
        notes = (*_notes(found, needless), *_before_the_books(done.stays))
        return replace(done, decided=carried_out, notes=notes)

    def _once(
        self,
        stays: pl.DataFrame,
        history: History | None,
        lines: pl.DataFrame | None,
        earlier: Earlier,
        *,
        recognising: bool = True,
    ) -> tuple[Work, pl.DataFrame]:
        """What comes out under the decisions `lines`, and those of them that are not needed. A recognised category
        takes its finding away itself: whether it is needed shows when it is not carried out (`recognising`)."""
        book, options = self.book, self.options
        stays = with_identities(stays, lines, self.roster)
        if history is not None:
            history = replace(history, stays=with_identities(history.stays, lines, self.roster))
        pairs = paired(stays, options.readmission_days, history, self.roster)
        check(pairs.stays, PAIRING, "pair")
        stays = with_person(linked(pairs.stays, self.roster, book, self.names))
        stays = with_listed(stays, self.insured, book).pipe(with_household, self.roster, book)
        check(stays, LINK, "link")
        closed = None if pairs.closed is None else self._looked_up_again(pairs.closed)
        moved = pairs.moved(lines)
        stays = with_other_id(with_refunds(appended(stays, closed), moved), self.roster)
        stays = _with_best(stays.with_columns(amount_why=amount_why()), book)
        carried_out = moved if moved is None or recognising else moved.filter(~_RECOGNISED)
        stays = decided(stays, carried_out, book.layers)
        stays = stays.pipe(govern, book, governing(book, history))
        check(stays, GOVERNED, "govern", book.layers)
        stays = with_brought(stays, history, book)
        if history is not None:
            stays = with_opened(stays, history.brought, self.roster, book)
        checks = row_checks(self.period, options.readmission_days, options.area, book.dividing)
        stays = with_status(stays, blocked(checks)).pipe(
            reopened, CANNOT, standing(checks, ABOUT_PERSON), standing(checks, ABOUT_PLACE)
        )
        current, again = worked_out(stays, book, options)
        for part in (current, again):
            check(part, {**SETTLED, **RECONCILED}, "settle", book.layers)
        checks += amount_checks(book, options.tolerance, options.near_cap)
        gone = pl.DataFrame()
        if moved is not None and earlier.decisions is not None:
            owed = owed_without_payments(stays, moved, book, options)
            outcome = Outcome(current, again, owed, book.layers)
            problems, gone = judged(moved, outcome, checks, earlier.decisions.file)
            if problems and recognising:
                raise CannotRun(problems)
        findings, rows = raise_all(checks, current)
        corrected = history.corrected if history else frozenset()
        changes = adjustments(again, book.layers, corrected)
        own = with_codes(current, findings, rows)
        closed_now = explained(again, changes)
        return Work(own, findings, changes, pairs.joined, closed=closed_now), gone

    def _looked_up_again(self, closed: pl.DataFrame) -> pl.DataFrame:
        """Closed stays; those about whose person something was decided, and those of periods found wrong, looked up on
        the roster again."""
        asked = pl.coalesce("listed_as", "decided_id_no").is_not_null() | pl.col("recomputed")
        own = closed.filter(asked)
        if own.is_empty():
            return closed
        again = with_person(
            linked(own.drop(LINKED, strict=False), self.roster, self.book, self.names)
        )
        again = with_listed(again, self.insured, self.book)
        again = with_household(again, self.roster, self.book)
        return pl.concat([closed.filter(~asked), again], how="diagonal_relaxed").sort("_at")

    def _matched(
        self, rows: pl.DataFrame, stays: pl.DataFrame, history: History | None, earlier: Earlier
    ) -> MatchedDecisions:
        """The decisions beside their stays."""
        assert earlier.decisions is not None
        about = ["_at", *PLACE, "hospital", "stay_no", "name_key", "person"]
        known = stays.select(*about, *(pl.lit(None, pl.String).alias(name) for name in _CLOSED))
        if history is not None:
            known = pl.concat(
                [known, history.stays.select(*about, *_CLOSED)], how="vertical_relaxed"
            )

        def told(people: pl.Series) -> pl.DataFrame:
            own = stays["person"].is_in(people.implode())
            done = self.work(rows.filter(own), Earlier(earlier.history))
            return done.stays.select(*PLACE, "status", "codes")

        return matched(earlier.decisions, known, self.book.priority, self.names, told)


_RECOGNISED = (pl.col("decision") == CATEGORY) & pl.col("code").is_not_null()


def _without(
    lines: pl.DataFrame, gone: pl.DataFrame, needless: list[dict[str, object]]
) -> tuple[pl.DataFrame, list[dict[str, object]]]:
    """The decisions that are left, and all that are not needed."""
    left = lines.join(gone.select("line"), on="line", how="anti", maintain_order="left")
    return left, [*needless, *gone.to_dicts()]


_CLOSED = ("period", "status", "blocking")
_OF_LEDGER = {**PLACED, **IDENTITY, **LINK, **CLOSED}
del _OF_LEDGER["outside_period"]
LINKED = (*LINK, "categories", "category_stated", "roster_day")
"""What `link` adds."""


def _with_best(stays: pl.DataFrame, book: Rulebook) -> pl.DataFrame:
    """The best of several categories for the run's own stays and those looked up again; others keep theirs."""
    own = pl.col("period").is_null() | pl.col("recomputed")
    chosen = choose_best(stays.filter(own), book)
    return pl.concat([chosen, stays.filter(~own)], how="vertical_relaxed").sort("_at")


def _numbered(closed: pl.DataFrame, first: int) -> pl.DataFrame:
    return closed.with_columns(_at=pl.int_range(first, first + pl.len(), dtype=pl.Int64))


def _notes(found: MatchedDecisions | None, needless: list[dict[str, object]]) -> Iterator[str]:
    """What there is to say about decisions that had nothing to do."""
    if found is None:
        return
    for period, count in found.passed.items():
        yield f"处理意见有 {count} 行已在 {period} 执行过，本次略过"
    if needless:
        named = "、".join(
            f"第{row['line']}行 {row['hospital'] or ''} {row['stay_no'] or ''} {row['code'] or ''}"
            for row in needless[:5]
        )
        more = f" 等 {len(needless)} 行" if len(needless) > 5 else ""
        yield f"处理意见有 {len(needless)} 行已不需要（差错已经没有了），没有执行：{named}{more}"


def _before_the_books(stays: pl.DataFrame) -> Iterator[str]:
    """Once, where documents look at months of which the books know only a part."""
    if OPEN in stays.columns and stays[OPEN].any():
        begun = stays["books_from"].drop_nulls()[0]
        yield (
            f"政策看出院前连续几个月的累计，台账从 {begun} 记起，此前的不知道：要看到更早日子的住院只核上限；"
            "有期初而期初没有这个人的，按此前没有计"
        )


def work(
    rows: pl.DataFrame,
    roster: pl.DataFrame,
    register: pl.DataFrame,
    book: Rulebook,
    period: Period,
    names: NameLookup,
    options: Options = USUAL,
    earlier: Earlier = NOTHING_BEFORE,
    insured: pl.DataFrame | None = None,
) -> Work:
    """`rows` as read (READ_STAYS), an understood roster, the register and the documents of the run; `insured`: the list
    of insured people, if there is one.

    Raises `CannotRun` for decisions that fit no stay, or not the one they name.
    """
    known = empty(INSURED) if insured is None else insured
    return Core(roster, register, book, period, names, options, known).work(rows, earlier)
