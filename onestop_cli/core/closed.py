"""Closed periods and the run at hand: which closed stays are worked out again, and what changes for them.

A closed period is never rewritten. A stay that is reversed, released or refused later, and a stay whose year looks
different after a late one, appears in the current statement as an adjustment line with the period it belongs to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from onestop_cli.core.corrected import with_facts
from onestop_cli.core.moment import with_moment
from onestop_cli.core.person import with_person
from onestop_cli.core.settle.windows import has_windows
from onestop_cli.county.periods import Period
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.in_force import which_rule
from onestop_cli.tables.decisions import PAY
from onestop_cli.tables.schema import (
    BROUGHT,
    HOUSEHOLD,
    MONEY,
    Schema,
    empty,
    row_place,
)

_BECOMES = {
    "红冲": "reversed",
    "重报": "reversed",
    "拒付": "rejected",
    "转待核": "held",
    "放行": "settled",
    "解除待核": "settled",
    "受理冲红": "reversed",
}
"""Why a closed stay changes → what becomes of it. 红冲: taken back; 重报: reported anew while it was held; 拒付, 放行:
by decision; 转待核: a later row overlaps it; 解除待核: what held it has been taken back; 受理冲红: a refund that waited
is taken into its stay. A settled stay that a refund is taken into stays settled (退费)."""

_OF_CLOSED: Schema = {
    **dict.fromkeys(("period", "closed_status", "blocking", "settled_with"), pl.String),
    **dict.fromkeys(("was_blocking", "was_released", "was_category", "was_rule_id"), pl.String),
    "was_refused": pl.Boolean,
    "recomputed": pl.Boolean,
    "was_facts": pl.String,
    "was_payment": pl.String,
}


@dataclass(frozen=True)
class History:
    """What a ledger remembers for this run: closed stays as they stand now, and the closed periods.

    `stays` has the columns of a run's stays, `period`, `status`, `blocking` (codes that hold it, joined by `;`), what
    was decided about it (`was_released`, `was_refused`, `was_category`, `was_<layer>_docked_fen` …), the document
    that governed it (`was_rule_id`), the settings of its run (`settled_with`, JSON), and what was posted so far
    (`posted_<layer>_<amount>_fen`, `posted_patient_owed_fen`, `posted_self_fen`). `rules`: documents of closed
    periods that this run did not name; they govern nothing of the run's own period. `first_day`: of the books; stays
    settled before it are none of theirs. `brought` (`BROUGHT`): what years had brought before it. `recompute`: closed
    periods found wrong, whose stays are looked up again, by documents of which some (`corrected`) say something else
    now; `register_too`: also in the register.
    """

    stays: pl.DataFrame
    periods: tuple[Period, ...]
    rules: frozenset[str] = frozenset()
    first_day: date = date.min
    brought: pl.DataFrame = field(default_factory=lambda: empty(BROUGHT))
    recompute: frozenset[str] = frozenset()
    corrected: frozenset[str] = frozenset()
    register_too: bool = True

    def late(self, day: pl.Expr, current: Period) -> pl.Expr:
        """The earlier period that a day belongs to; null within `current`, and before the books."""
        known = belongs_to(day, current, self.periods)
        return pl.when(day >= self.first_day).then(known) if self.first_day > date.min else known


def governing(book: Rulebook, history: History | None) -> pl.Expr:
    """The number of each stay's document: of a closed stay the one it was closed with; one that only closed periods
    know governs late stays, not the run's own."""
    now = which_rule(book)
    if history is None:
        return now
    numbers = {rule.id: number for number, rule in enumerate(book.rules)}
    then = pl.col("was_rule_id").replace_strict(numbers, default=None, return_dtype=pl.Int32)
    old = [numbers[id_] for id_ in history.rules]
    own = pl.col("period").is_null() & pl.col("belongs_to").is_null()
    found = pl.coalesce(then, pl.when(~(own & now.is_in(old))).then(now))
    anew = pl.col("recomputed").fill_null(value=False) & ~now.is_in(old)
    return pl.when(anew).then(pl.coalesce(now, found)).otherwise(found)


def belongs_to(day: pl.Expr, current: Period, closed: Sequence[Period]) -> pl.Expr:
    """The period of a day before `current`: a closed one, else one of the same length; null within `current`."""
    choice: pl.Expr = pl.when(day < current.first).then(_like(day, current))
    for period in closed:
        inside = day.is_between(period.first, period.last) & (day < current.first)
        choice = pl.when(inside).then(pl.lit(period.id)).otherwise(choice)
    return choice


def _like(day: pl.Expr, period: Period) -> pl.Expr:
    """The id of the period of the same length in which a day lies."""
    year = day.dt.year()
    if "Q" in period.id:
        return pl.format("{}Q{}", year, day.dt.quarter())
    if "H" in period.id:
        return pl.format("{}H{}", year, (day.dt.month().cast(pl.Int64) + 5) // 6)
    if "-" in period.id:
        return pl.format("{}-{}", year, day.dt.month().cast(pl.String).str.zfill(2))
    return year.cast(pl.String)


def refreshed(history: History | None) -> History | None:
    """Closed stays with what is worked out anew from their facts: moment, sex, birth and age, and amounts without the
    refunds that were taken into them."""
    if history is None:
        return None
    stays = with_facts(with_person(with_moment(history.stays)), history.recompute)
    net = [pl.col(m) + pl.col(f"was_refunded_{m}").fill_null(0) for m in MONEY]
    return replace(history, stays=stays.with_columns(net))


OPENED = ("stays", "deductible_fen", "base_fen", "paid_fen")
"""What of 期初 counts in `settle`, as `<layer>_opened_<what>`."""


def with_brought(stays: pl.DataFrame, history: History | None, book: Rulebook) -> pl.DataFrame:
    """`stays` (governed) with `<layer>_opened_…`: what their person's year had brought before the books began; where
    documents look at months, with `books_from`, the first day, and `brought`: whether 期初 knows `some`thing or
    `nothing` of the person."""
    if history is None:
        return stays
    if has_windows(book) and history.first_day > date.min:
        stays = _with_beginning(stays, history)
    if history.brought.is_empty():
        return stays
    brought = history.brought
    each = brought.group_by("id_no", "benefit_year").agg(
        pl.col(what).filter(pl.col("layer") == layer).sum().alias(f"{layer}_opened_{what}")
        for layer in brought["layer"].unique().sort()
        for what in OPENED
    )
    return stays.join(each, on=["id_no", "benefit_year"], how="left", maintain_order="left")


def _with_beginning(stays: pl.DataFrame, history: History) -> pl.DataFrame:
    some = pl.col("id_no").is_in(history.brought["id_no"].unique().implode())
    known = pl.when(some).then(pl.lit("some")).otherwise(pl.lit("nothing"))
    told = pl.lit(None, pl.String) if history.brought.is_empty() else known
    return stays.with_columns(books_from=pl.lit(history.first_day), brought=told)


def appended(current: pl.DataFrame, closed: pl.DataFrame | None) -> pl.DataFrame:
    """The run's stays with the `closed` ones (`History.stays`, paired) after them, for which `period` is not null and
    that are outside no period: a check must be able to ask (null would be no in every question)."""
    if closed is None:
        return current.with_columns(
            pl.lit(None, kind).alias(name) for name, kind in _OF_CLOSED.items()
        )
    kinds, there = current.schema, {*closed.columns}
    shared = [name for name in kinds if name in there]
    kept = [c for c in closed.columns if c.startswith(("posted_", "was_"))]
    known = closed.select(
        *shared, "period", "blocking", "settled_with", "recomputed", *kept,
        closed_status="status", was_blocking="blocking", outside_period=pl.lit(False),
    ).with_columns(pl.col(name).cast(kinds[name]) for name in shared)  # fmt: skip
    return pl.concat([current, known], how="diagonal")


def reopened(
    both: pl.DataFrame,
    cannot: pl.Expr,
    anew: Mapping[str, pl.Expr],
    place: Mapping[str, pl.Expr],
) -> pl.DataFrame:
    """`both` with `kind`, `because`, `status`, `blocking` of closed stays, without those that this run does not touch.

    Worked out again are all stays of everybody who has a stay, a reversal or a decision in this run, or a stay of a
    period found wrong, and of those who share a limit with them (`HOUSEHOLD`). `kind` says why a closed stay changes,
    `because` by what; null where only its year may look different. `cannot`: what can never be worked out; `anew`,
    `place`: where codes about the person and about the hospital stand.
    """
    if not both["period"].count():
        return both.with_columns(pl.lit(None, pl.String).alias(n) for n in ("kind", "because"))
    closed = pl.col("period").is_not_null()
    marked = both.with_columns(
        blocking=pl.when(closed).then(_blocking_now(anew, place)).otherwise("blocking")
    ).with_columns(kind=pl.when(closed).then(_kind(both, cannot)))
    status = pl.col("kind").replace_strict(_BECOMES, default=None, return_dtype=pl.String)
    marked = marked.with_columns(
        status=pl.when(closed).then(pl.coalesce(status, "closed_status")).otherwise("status"),
        kind=pl.when(closed).then(pl.coalesce("kind", "decided", _paid())),
        because=pl.when(closed).then(_because(both)),
    )
    touched = ~closed | pl.col("kind").is_not_null() | pl.col("recomputed")
    touched |= pl.col("was_payment").is_not_null()
    people = pl.col("person").is_in(marked.filter(touched)["person"].unique().implode())
    if HOUSEHOLD in marked.columns:
        homes = marked.filter(people)[HOUSEHOLD].drop_nulls().unique()
        sharing = marked.filter(pl.col(HOUSEHOLD).is_in(homes.implode()))["person"].unique()
        people |= pl.col("person").is_in(sharing.implode())
    return marked.filter(~closed | people)


def _kind(both: pl.DataFrame, cannot: pl.Expr) -> pl.Expr:
    """Why the status of a closed stay changes, the strongest reason first; null where it does not."""
    closed = pl.col("period").is_not_null()
    here = both.filter(~closed, ~pl.col("outside_period"))
    struck = here.filter("reversed")["reverses_place"].drop_nulls()
    places = here.select(place=row_place())["place"]
    status, free = pl.col("closed_status"), (pl.col("blocking") == "") & ~cannot
    duplicate = (status == "rejected") & pl.col("was_blocking").str.contains("ST01")
    waits = (status == "held") | (duplicate & ~pl.col("was_refused").fill_null(False))
    asked = pl.col("released").ne_missing(pl.col("was_released"))
    return (
        pl.when(row_place("period").is_in(struck.implode()))
        .then(pl.lit("红冲"))
        .when(pl.col("restated_place").is_in(places.implode()))
        .then(pl.lit("重报"))
        .when(pl.col("refused") & ~pl.col("was_refused").fill_null(False))
        .then(pl.lit("拒付"))
        .when((status == "settled") & (pl.col("blocking") != ""))
        .then(pl.lit("转待核"))
        .when((pl.col("refund_accepted") & (status != "reversed")).fill_null(value=False))
        .then(pl.lit("受理冲红"))
        .when((status == "settled") & pl.col("refund_total_fen").is_not_null())
        .then(pl.lit("退费"))
        .when(waits & free)
        .then(pl.when(asked).then(pl.lit("放行")).otherwise(pl.lit("解除待核")))
    )


def _because(both: pl.DataFrame) -> pl.Expr:
    """Which row or decision made a closed stay change."""
    struck = both.filter(pl.col("period").is_null(), pl.col("reverses_place").is_not_null())
    rows = dict(struck.select("reverses_place", place=row_place()).iter_rows())
    kind = pl.col("kind")
    taken_back = row_place("period").replace_strict(rows, default=None, return_dtype=pl.String)
    other = pl.coalesce("closed_place", "overlap_place", "twin_place", "refund_place")
    why = (
        pl.when(kind == "红冲")
        .then(pl.format("冲红行：{}", taken_back))
        .when(kind == "重报")
        .then(pl.format("重新报来：{}", "restated_place"))
        .when(kind == "转待核")
        .then(pl.format("与后来的一笔有关：{}", other))
        .when(kind.is_in(["受理冲红", "退费"]))
        .then(pl.format("退费行：{}", "refund_place"))
        .when(pl.col("decided").is_not_null())
        .then(pl.format("处理意见：{}", "decided"))
        .otherwise("was_payment")
    )
    gone = kind.is_in([kind for kind, now in _BECOMES.items() if now in ("reversed", "rejected")])
    back = pl.when(gone).then(pl.format("{}，请向患者追回", "was_payment"))
    return pl.concat_str(why, back, separator="；", ignore_nulls=True).replace("", None)


def _paid() -> pl.Expr:
    return pl.when(pl.col("was_payment").is_not_null()).then(pl.lit(PAY))


def _blocking_now(anew: Mapping[str, pl.Expr], place: Mapping[str, pl.Expr]) -> pl.Expr:
    """The codes that hold a closed stay: those it had, as far as later rows and decisions have not changed them.

    `anew`: where a code about the person stands; asked again of stays whose person is known only now. It and `place`
    are asked again of stays of periods found wrong.
    """
    had = pl.col("blocking").fill_null("").str.split(";")
    # Of several duplicates the refused one is compared no more, and stays what it was to the others.
    refused = pl.col("was_refused").fill_null(False) & had.list.contains("ST01")
    changed = {
        "ST01": pl.col("twin").is_in(["rejected", "differs"]) | refused,
        "ST02": pl.col("overlap_place").is_not_null(),
        "ST07": pl.col("closed_place").is_not_null(),
    }
    refunded = (
        pl.when(pl.col("refund_why").is_not_null()).then(pl.lit("ST06")).otherwise(pl.lit(""))
    )
    now = [
        pl.when(holds).then(pl.lit(code)).otherwise(pl.lit("")) for code, holds in changed.items()
    ]
    codes = had.list.set_difference(list(changed)).list.concat(pl.concat_list(*now, refunded))
    net = pl.col("refund_total_fen").is_not_null() & pl.col("refund_why").is_null()
    codes = pl.when(net).then(codes.list.set_difference(["ST06"])).otherwise(codes)
    known = pl.coalesce("listed_as", "decided_id_no").is_not_null()
    person = _asked_again(codes, anew, "ID01", "ID03")
    codes = pl.when("recomputed").then(_asked_again(codes, {**anew, **place})).otherwise(codes)
    codes = pl.when(known).then(person).otherwise(codes)
    out = pl.col("released").fill_null("").str.split(";")
    return codes.list.set_difference(out).list.set_difference([""]).list.sort().list.join(";")


def _asked_again(codes: pl.Expr, anew: Mapping[str, pl.Expr], *gone: str) -> pl.Expr:
    """`codes` without those that are `gone`, and those of `anew` as they stand now."""
    now = [pl.when(holds).then(pl.lit(code)).otherwise(pl.lit("")) for code, holds in anew.items()]
    return codes.list.set_difference([*anew, *gone]).list.concat(pl.concat_list(now))
