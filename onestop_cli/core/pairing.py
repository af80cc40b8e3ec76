"""Which rows belong together: reversals, duplicates, overlapping stays, short readmissions.

Reversals come first, then duplicates; what is left are the stays that took place, and only these
can overlap or follow one another. Closed stays of earlier periods are partners; of themselves it is only
judged what a later row can change: whether they overlap, are reported anew, or are still a copy.
"""

from __future__ import annotations

import polars as pl

from onestop_cli.core.closed import History
from onestop_cli.tables.schema import ORDER, PAIRING, PAYERS, PLACE, row_place

_MONEY = ("total_fen", "eligible_fen", *(f"{payer}_claimed_fen" for payer in PAYERS))
_NEEDED = (*PLACE, *ORDER[:5], "id_no", "person", *_MONEY)
_SAME_STAY = ("hospital", "person", "admitted_on", "discharged_on")
_BY_NUMBER = ("hospital", "number", "admitted_on")
_BY_PERSON = ("hospital", "id_no", "admitted_on", "discharged_on")
_NOTHING_CLOSED = {
    **dict.fromkeys(("period", "status", "blocking", "was_released"), pl.lit(None, pl.String)),
    "was_refused": pl.lit(None, pl.Boolean),
}
_NAMED = 3
"""How many other rows a duplicate names before it says 等 n 行."""
_DAYS = 1 << 23
"""More than the days of any calendar, so that a person and a day fit into one whole number."""


def paired(
    stays: pl.DataFrame, readmission_days: int, history: History | None
) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """`stays`, and the closed stays of `history` where there is one, both with the columns of `PAIRING`."""
    if history is None:
        return pair(stays, readmission_days), None
    return pair_beside(stays, readmission_days, history.stays)


def pair(stays: pl.DataFrame, readmission_days: int) -> pl.DataFrame:
    """`stays` with the columns of `PAIRING`; row order is kept, and changes no verdict.

    `stays` has the columns of READ_STAYS and IDENTITY, `hospital` (register name) and
    `settled_or_discharged`. `readmission_days` is the longest gap of a short readmission, in days.
    """
    return pair_beside(stays, readmission_days, stays.clear().with_columns(**_NOTHING_CLOSED))[0]


def pair_beside(
    stays: pl.DataFrame, readmission_days: int, earlier: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`stays` and the closed stays of `earlier` periods, both with the columns of `PAIRING`.

    `earlier` has the columns of `stays`, `period`, `status`, `blocking` (the codes that hold a stay, joined by `;`),
    `was_released` and `was_refused`. All but reversed ones are partners; a held one that a row of `stays` reports anew
    counts no more.
    """
    rows = _gather(stays, earlier)
    reversals = _find_reversals(rows)
    negative = rows.filter(pl.col("total_fen") < 0).select("at")
    living = _without(rows, reversals.filter("reversed").select("at"), negative)
    copies, restated = _find_copies(living), _find_restated(living)
    twins = pl.concat(
        [_find_twins(living.filter(~pl.col("closed"))), _find_closed_twins(living, restated)]
    )
    spans = _without(
        living.pipe(_with_span),
        twins.filter(pl.col("twin") != "kept").select("at"),
        copies.select("at"),
        restated.select("at"),
        _find_judged_twins(living),
    )
    findings = (
        reversals,
        twins,
        copies,
        restated,
        _find_overlaps(spans),
        _find_gaps(spans, readmission_days),
    )
    numbers = pl.DataFrame({"at": range(len(stays) + len(earlier))}, schema={"at": pl.Int64})
    found = numbers.join(
        pl.concat(findings, how="align_full"),
        on="at",
        how="left",
        validate="1:1",
        maintain_order="left",
    )
    flags = pl.col("reversed", "unpaired").fill_null(False)
    verdicts = found.with_columns(flags).select(*PAIRING)
    here, there = verdicts.head(len(stays)), verdicts.tail(len(earlier))
    return stays.hstack(here), earlier.hstack(there)


def _without(rows: pl.DataFrame, *others: pl.DataFrame) -> pl.DataFrame:
    """`rows` but those whose `at` is in one of the others."""
    return rows.filter(~pl.col("at").is_in(pl.concat(others)["at"].implode()))


def _gather(stays: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """The rows to compare, numbered by `at` with the closed ones last, and their comparable number.

    Of closed stays: `twinned`, a duplicate (ST01) that is not paid; `judged_twin`, one that was refused or released;
    `copy`, held as one that was settled before (ST07); `final`, settled or refused, and so never to be paid again.
    """
    rows = stays.select(*_NEEDED, **_NOTHING_CLOSED)
    rows = pl.concat([rows, earlier.select(rows.columns)], how="vertical_relaxed")
    number = pl.col("stay_no").str.strip_chars()
    codes = pl.col("blocking").fill_null("").str.split(";")
    doubled = codes.list.contains("ST01")
    freed = pl.col("was_released").fill_null("").str.split(";").list.contains("ST01")
    refused = pl.col("was_refused").fill_null(False)
    return rows.with_columns(
        at=pl.int_range(pl.len()),
        closed=pl.col("status").is_not_null(),
        number=pl.when(number != "").then(number),
        twinned=(doubled | freed) & ~refused & (pl.col("status") != "settled"),
        judged_twin=(doubled & refused) | freed,
        copy=codes.list.contains("ST07") & ~refused,
        final=((pl.col("status") == "settled") | refused).fill_null(False),
    ).filter((pl.col("status") != "reversed").fill_null(True))


def _find_reversals(rows: pl.DataFrame) -> pl.DataFrame:
    """Per negative row or struck stay: `reversed`, `unpaired`, and the closed stay it takes back.

    In order of time each negative row takes the earliest stay of the opposite amount that is still
    standing: with a running balance that never falls below zero, a row that would make it fall has
    no partner, and the n-th of the others belongs to the n-th stay.
    """
    group = [*_SAME_STAY, "amount"]
    known = pl.all_horizontal(pl.col(group).is_not_null())
    rows = rows.with_columns(amount=pl.col("total_fen").abs())
    red = rows.filter(pl.col("total_fen") < 0)
    negative = pl.col("total_fen") < 0
    lines = (
        rows.filter(known & (pl.col("amount") > 0))
        .join(red.select(group).unique(), on=group, how="semi")
        .sort(ORDER[0], negative, *ORDER[1:], nulls_last=True)
        .with_columns(
            low=pl.col("total_fen").sign().cum_sum().clip(upper_bound=0).cum_min().over(group)
        )
        .with_columns(
            alone=negative & (pl.col("low") < pl.col("low").shift(1, fill_value=0).over(group))
        )
        .with_columns(
            pair_no=pl.when(negative)
            .then((negative & ~pl.col("alone")).cum_sum().over(group))
            .otherwise((~negative).cum_sum().over(group)),
            pairs=(negative & ~pl.col("alone")).sum().over(group),
        )
        .filter(~pl.col("alone") & (pl.col("pair_no") <= pl.col("pairs")))
    )
    taken_back = lines.filter("closed").select(
        *group, "pair_no", reverses_place=row_place("period")
    )
    struck = lines.join(taken_back, on=[*group, "pair_no"], how="left", validate="m:1").select(
        "at",
        reversed=pl.lit(True),
        unpaired=pl.lit(False),
        reverses_place=pl.when("closed").then(None).otherwise("reverses_place"),
    )
    lonely = red.filter(~pl.col("closed")).join(struck, on="at", how="anti")
    return pl.concat(
        [
            struck,
            lonely.select(
                "at",
                reversed=pl.lit(False),
                unpaired=pl.lit(True),
                reverses_place=pl.lit(None, pl.String),
            ),
        ]
    )


def _find_twins(rows: pl.DataFrame) -> pl.DataFrame:
    """Per duplicate row: `twin` (kept, rejected, differs) and `twin_place`, the others.

    The same stay twice is the same hospital, number and admission, or the same hospital, person,
    admission and discharge; whatever is linked by either is one family.
    """
    members = (
        _with_family(rows)
        .with_columns(pl.col(_MONEY[2:]).fill_null(0), place=row_place("period"))
        .sort(*ORDER, nulls_last=True)
        .with_columns(first=pl.int_range(pl.len()).over("family") == 0)
    )
    agree = pl.all_horizontal((pl.col(name).n_unique() == 1).over("family") for name in _MONEY)
    verdict = (
        pl.when(~agree)
        .then(pl.lit("differs"))
        .when("first")
        .then(pl.lit("kept"))
        .otherwise(pl.lit("rejected"))
    )
    judged = members.with_columns(twin=verdict)
    return judged.join(_others(judged), on="at").select("at", "twin", "twin_place")


def _others(members: pl.DataFrame) -> pl.DataFrame:
    """Per row the places of its family: of the kept row for a rejected one, else of all others."""
    few = members.group_by("family", maintain_order=True).agg(
        other=pl.col("at").head(_NAMED + 1), place=pl.col("place").head(_NAMED + 1), size=pl.len()
    )
    return (
        members.select("at", "family", "twin")
        .join(few, on="family")
        .explode("other", "place")
        .filter(pl.col("other") != pl.col("at"))
        .group_by("at", maintain_order=True)
        .agg(
            twin_place=pl.when(pl.col("twin").first() == "rejected")
            .then(pl.col("place").first())
            .when(pl.col("size").first() > _NAMED + 1)
            .then(
                pl.format(
                    "{} 等 {} 行",
                    pl.col("place").head(_NAMED).str.join("、"),
                    pl.col("size").first() - 1,
                )
            )
            .otherwise(pl.col("place").str.join("、"))
        )
    )


def _with_family(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that share a key with another one, with the `family` they are linked to."""
    keys = {"by_number": _BY_NUMBER, "by_person": _BY_PERSON}
    groups = [
        rows.filter(pl.all_horizontal(pl.col(key).is_not_null()) & pl.struct(key).is_duplicated())
        .group_by(key)
        .agg("at")
        .select(pl.col("at").list.min().alias(name), "at")
        .explode("at")
        for name, key in keys.items()
    ]
    linked = pl.concat(groups, how="diagonal").select("at").unique()
    for group in groups:
        linked = linked.join(group, on="at", how="left")
    linked = linked.with_columns(family=pl.col("at"))
    while True:
        spread = linked
        for name in keys:
            lowest = pl.col("family").min().over(name)
            spread = spread.with_columns(
                family=pl.when(pl.col(name).is_null()).then("family").otherwise(lowest)
            )
        if spread["family"].equals(linked["family"]):
            return rows.join(spread.select("at", "family"), on="at")
        linked = spread


def _find_closed_twins(living: pl.DataFrame, restated: pl.DataFrame) -> pl.DataFrame:
    """Per closed stay held or rejected as a duplicate that still is one: `twin` and `twin_place`, as of `_find_twins`.

    Beside a final one it stays what it was, and a rejected one beside any that stands for the stay, held or reported
    anew; where there is none of these any more, the duplicates are looked at anew.
    """
    rows = _without(living.filter("twinned"), restated.select("at"))
    stand = living.filter(~pl.col("twinned") & ~pl.col("copy"))
    beside = pl.concat(
        [
            _same_stay(rows, living.filter("closed", "final")),
            _same_stay(rows.filter(status="rejected"), stand),
        ]
    )
    was = {"held": "differs", "rejected": "rejected"}
    kept = (
        rows.join(beside.group_by("at").agg(twin_place=pl.col("place").first()), on="at")
        .select("at", twin=pl.col("status").replace(was), twin_place="twin_place")
    )  # fmt: skip
    return pl.concat([kept, _find_twins(_without(rows, kept.select("at")))])


def _find_judged_twins(living: pl.DataFrame) -> pl.DataFrame:
    """Closed stays that people refused or released as one of several duplicates which still stand: `at`."""
    beside = _same_stay(living.filter("judged_twin"), living.filter("closed"))
    alike = beside.group_by("at").agg(pl.col("place").n_unique())
    return alike.filter(pl.col("place") > 1).select("at")


def _find_copies(living: pl.DataFrame) -> pl.DataFrame:
    """Per row that a final stay of a closed period already is: `closed_place`.

    Of rows held as copies of a stay that has been taken back since, the first is a copy no more.
    """
    rows = living.filter(~pl.col("closed") | pl.col("copy"))
    final = living.filter("closed", "final")
    copies = _same_stay(rows, final).group_by("at").agg(closed_place=pl.col("place").min())
    orphans = rows.filter("copy").join(copies, on="at", how="anti").sort(*ORDER, nulls_last=True)
    later = _same_stay(orphans, orphans).filter(pl.col("other_nth") < pl.col("nth"))
    return pl.concat([copies, later.group_by("at").agg(closed_place=pl.col("place").first())])


def _find_restated(living: pl.DataFrame) -> pl.DataFrame:
    """Per closed stay that is held and reported anew: `restated_place`, where."""
    held = living.filter(pl.col("status") == "held")
    anew = _same_stay(held, living.filter(~pl.col("closed")))
    return anew.group_by("at").agg(restated_place=pl.col("place").min())


def _same_stay(rows: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """`rows` (`at`, `nth` as they stand) beside those of the `others` (`place`, `other_nth`) that are the same stay."""
    rows = rows.with_columns(nth=pl.int_range(pl.len()))
    others = others.select(
        *dict.fromkeys((*_BY_NUMBER, *_BY_PERSON)),
        place=row_place("period"),
        other_nth=pl.int_range(pl.len()),
    )
    pairs = (rows.join(others, on=key, how="inner") for key in (_BY_NUMBER, _BY_PERSON))
    return pl.concat([found.select("at", "nth", "place", "other_nth") for found in pairs])


def _with_span(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with a usable ID and dates in order: `who`, `begin` and `end` as positive numbers."""
    return rows.filter(
        pl.col("id_no").is_not_null() & (pl.col("admitted_on") <= pl.col("discharged_on"))
    ).with_columns(
        who=pl.col("id_no").str.head(17).cast(pl.Int64),
        begin=pl.col("admitted_on").to_physical().cast(pl.Int64) + _DAYS // 2,
        end=pl.col("discharged_on").to_physical().cast(pl.Int64) + _DAYS // 2,
    )


def _latest_end(*group: str) -> pl.Expr:
    """The latest `end` among the rows before, in a table sorted by `group`; negative when none."""
    base = pl.struct(group).rle_id().cast(pl.Int64) * _DAYS
    return (base + pl.col("end")).cum_max().shift(1, fill_value=-1) - base


def _find_overlaps(spans: pl.DataFrame) -> pl.DataFrame:
    """Per stay that begins before an earlier one of the same person ends: `overlap_place`.

    A cheap pass over everybody leaves the few people with overlaps; only these are put in order.
    A stay that begins and ends on one day lies within an earlier one only if that began before.
    """
    busy = (
        spans.select("who", "begin", "end")
        .sort("who", "begin")
        .filter(_latest_end("who") > pl.col("begin"))
    )
    rows = (
        spans.join(busy.select("who").unique(), on="who", how="semi")
        .sort("who", "begin", *ORDER, nulls_last=True)
        .with_columns(nth=pl.int_range(pl.len()), place=row_place("period"))
        .with_columns(last=pl.col("end") * pl.len() + pl.len() - 1 - pl.col("nth"))
        .with_columns(last=pl.col("last").cum_max().shift(1).over("who"))
        .with_columns(
            last=pl.when(pl.col("begin") < pl.col("end"))
            .then("last")
            .otherwise(pl.col("last").first().over("who", "begin"))
        )
    )
    other = rows.height - 1 - pl.col("last") % pl.len()
    return (
        rows.with_columns(overlap_place=pl.col("place").gather(other.cast(pl.Int64)))
        .filter(pl.col("last") // pl.len() > pl.col("begin"))
        .select("at", "overlap_place")
    )


def _find_gaps(spans: pl.DataFrame, readmission_days: int) -> pl.DataFrame:
    """Per stay 0 to `readmission_days` after the last discharge from the same hospital: `gap_days`."""
    return (
        spans.filter(pl.struct("hospital", "who").is_duplicated())
        .select("at", "closed", "hospital", "who", "begin", "end")
        .sort("hospital", "who", "begin", "end")
        .with_columns(gap_days=pl.col("begin") - _latest_end("hospital", "who"))
        .filter(pl.col("gap_days").is_between(0, readmission_days) & ~pl.col("closed"))
        .select("at", "gap_days")
    )
