"""What the books remember for a run: closed stays of its people, as they stand now."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence

import polars as pl

from onestop_cli.core.adjustments import POSTED, REFUNDED, WHOLE
from onestop_cli.core.closed import History
from onestop_cli.core.corrected import as_put_right
from onestop_cli.core.household import members
from onestop_cli.core.options import Mapper, named
from onestop_cli.ledger.books import (
    Closing,
    beginning,
    brought,
    changes_of,
    closings,
    run_of,
    stays_of,
    together,
)
from onestop_cli.ledger.chain import document
from onestop_cli.ledger.owed import open_payments
from onestop_cli.ledger.pack import DIGEST, FACTS
from onestop_cli.tables.decisions import CARRIED_OUT
from onestop_cli.tables.schema import HOUSEHOLD, row_place

_KEYS = ("number", "person", "hospital", "stay_no", "source", "sheet", "row")
_STATE = (
    "status",
    "blocking",
    "released",
    "refused",
    "decided_category",
    "decided_id_no",
    "rule_id",
)
"""What a later posting may change about a stay, beside its amounts."""


def closed_rules(
    ledger: sqlite3.Connection, but: Collection[str] = ()
) -> dict[tuple[str, str], bytes]:
    """The documents that closed periods are settled by: (id, sha256) → the file. What was corrected since for all its
    periods is none any more; periods in `but` do not count."""
    named: dict[tuple[str, str], set[str]] = {}
    for one in closings(ledger):
        run = run_of(ledger, one)
        for rule in run.rules:
            for (id_, digest), periods in named.items():
                if id_ == rule.id and digest != rule.sha256:
                    periods -= {*run.recomputed}
            named.setdefault((rule.id, rule.sha256), set()).add(one.period.id)
    still = sorted(key for key, periods in named.items() if periods - {*but})
    return {(id_, digest): document(ledger, digest) for id_, digest in still}


def carried_out(ledger: sqlite3.Connection) -> pl.DataFrame:
    """The decisions that closed runs have carried out, as `CARRIED_OUT`."""
    lines = [
        {**line, "carried_out": one.period.id}
        for one in closings(ledger)
        if (decided := run_of(ledger, one).decisions)
        for line in decided.lines
    ]
    written = {n: pl.String if kind == pl.Date else kind for n, kind in CARRIED_OUT.items()}
    frame = pl.DataFrame(lines, schema=written)
    return frame.with_columns(pl.col("decided_on").str.to_date())


def history(
    ledger: sqlite3.Connection,
    people: Iterable[str],
    numbers: pl.DataFrame,
    layers: Sequence[str],
    *,
    places: Iterable[str] = (),
    hospital: Mapper = str,
    recompute: Collection[str] = (),
) -> History:
    """Closed stays of `people`, those with one of the `numbers` (hospital, stay_no), those at `places` (文件 · 工作表 ·
    第n行) of any period, all of the periods `recompute`, and everything else of the same persons. `hospital`: what one
    is called now."""
    closed = closings(ledger)
    keys = named_now(_keys(ledger, closed), hospital)
    again = [n for n, one in enumerate(closed) if one.period.id in recompute]
    paid = open_payments(ledger)
    wanted = _wanted(keys, people, numbers, places, again, paid["number"])
    parts = [
        part
        for number, one in enumerate(closed)
        if (part := _rows(ledger, one, wanted.filter(closing=number))) is not None
    ]
    later = _later(ledger, closed, wanted["number"], layers)
    stays = together([_no_stays(layers), *parts]).pipe(_with_payments, paid, layers)
    stays = _as_it_stands(stays, later, layers)
    return History(
        stays,
        tuple(one.period for one in closed),
        first_day=beginning(ledger).first_day,
        brought=brought(ledger),
        recompute=frozenset(recompute),
    )


def without_right(ledger: sqlite3.Connection, people: pl.Series) -> list[str]:
    """Those of `people` who have a closed stay that was settled without a category."""
    found = [
        stays.filter(pl.col("category").is_null(), pl.col("status") == "settled")["person"]
        for one in closings(ledger)
        for stays in [stays_of(ledger, one, ["person", "category", "status"])]
    ]
    met = pl.concat(found).unique() if found else pl.Series(dtype=pl.String)
    return met.filter(met.is_in(people.implode())).sort().to_list()


def with_members(
    ledger: sqlite3.Connection, people: pl.Series, closed: pl.DataFrame, roster: pl.DataFrame
) -> pl.Series:
    """`people` and those of the `closed` stays, and everybody in their households by the `roster` (with identities) and
    by the books."""
    asked = pl.concat([people, closed["person"]]).drop_nulls().unique()
    sharing, homes = members(asked, roster)
    if HOUSEHOLD in closed.columns:
        homes = pl.concat([homes, closed[HOUSEHOLD].drop_nulls()]).unique()
    return pl.concat([asked, sharing, of_households(ledger, homes)]).unique()


def of_households(ledger: sqlite3.Connection, homes: pl.Series) -> pl.Series:
    """Everybody with a closed stay that was of one of these households."""
    parts = [stays_of(ledger, one, ["person", HOUSEHOLD]) for one in closings(ledger)]
    known = (part for part in parts if HOUSEHOLD in part.columns)
    found = [part.filter(pl.col(HOUSEHOLD).is_in(homes.implode()))["person"] for part in known]
    return pl.concat([homes.clear(), *found]).drop_nulls().unique()


def everything(ledger: sqlite3.Connection, layers: Sequence[str]) -> History:
    """All closed stays."""
    people = _keys(ledger, closings(ledger))["person"].unique()
    numbers = _keys(ledger, closings(ledger)).select("hospital", "stay_no").unique()
    return history(ledger, people.drop_nulls(), numbers, layers)


def _keys(ledger: sqlite3.Connection, closed: Sequence[Closing]) -> pl.DataFrame:
    """Of every closed stay what it can be found by (the person as decided since), its closing and its row there."""
    parts = [
        stays_of(ledger, one, _KEYS).with_columns(
            closing=pl.lit(number, pl.Int64), at=pl.int_range(pl.len(), dtype=pl.UInt32)
        )
        for number, one in enumerate(closed)
    ]
    keys = together(parts) if parts else pl.DataFrame(schema=_NO_KEYS)
    changes = (changes_of(ledger, one, [*_DECIDED]) for one in closed if one.changes)
    known = [lines.select(_DECIDED).drop_nulls() for lines in changes if lines.width == 2]
    if not known:
        return keys
    later = together(known).unique("number", keep="last", maintain_order=True)
    return keys.update(later.rename({"decided_id_no": "person"}), on="number")


def named_now(rows: pl.DataFrame, hospital: Mapper) -> pl.DataFrame:
    """`rows` with each hospital as it is called now; one that nobody knows any more keeps its name."""
    return rows.with_columns(hospital=pl.coalesce(named(rows["hospital"], hospital), "hospital"))


_DECIDED = ("number", "decided_id_no")


NO_NUMBERS = pl.DataFrame(schema={"hospital": pl.String, "stay_no": pl.String})
"""No stay by its number."""

_NO_KEYS = {
    **dict.fromkeys(_KEYS, pl.String),
    "number": pl.Int64,
    "row": pl.Int64,
    "closing": pl.Int64,
    "at": pl.UInt32,
}


def _wanted(
    keys: pl.DataFrame,
    people: Iterable[str],
    numbers: pl.DataFrame,
    places: Iterable[str],
    again: Sequence[int],
    paid: pl.Series,
) -> pl.DataFrame:
    """The closed stays to fetch, in the order of their numbers."""
    everybody = people if isinstance(people, pl.Series) else pl.Series([*people], dtype=pl.String)
    met = [
        keys.join(numbers, on=["hospital", "stay_no"], how="semi"),
        keys.filter(pl.col("closing").is_in(again) | pl.col("number").is_in(paid.implode())),
    ]
    if there := [*places]:
        met.append(keys.filter(row_place().is_in(there)))
    found = pl.concat(met)
    also = pl.concat([everybody, found["person"].drop_nulls()]).unique()
    own = keys.join(also.to_frame("person"), on="person", how="semi")
    return pl.concat([own, found]).unique("number").sort("number")


def _rows(
    ledger: sqlite3.Connection, closing: Closing, wanted: pl.DataFrame
) -> pl.DataFrame | None:
    """The wanted stays of a closing, with its period and its settings."""
    if wanted.is_empty():
        return None
    settings = run_of(ledger, closing).settings.model_dump_json()
    return stays_of(ledger, closing)[wanted["at"]].with_columns(
        period=pl.lit(closing.period.id), settled_with=pl.lit(settings)
    )


def _with_payments(stays: pl.DataFrame, paid: pl.DataFrame, layers: Sequence[str]) -> pl.DataFrame:
    """`stays` with what patients were paid since the last closing: `<layer>_paid_now`, fen; `was_payment`, in words."""
    each = paid.group_by("number").agg(
        *(pl.col("paid").filter(layer=layer).sum().alias(f"{layer}_paid_now") for layer in layers),
        was_payment=pl.col("payment").unique(maintain_order=True).str.join("、"),
    )
    found = stays.join(each, on="number", how="left", validate="m:1", maintain_order="left")
    return found.with_columns(pl.col(f"{layer}_paid_now").fill_null(0) for layer in layers)


def _later(
    ledger: sqlite3.Connection, closed: Sequence[Closing], numbers: pl.Series, layers: Sequence[str]
) -> pl.DataFrame:
    """What later closings changed about these stays, in order."""
    parts = [changes_of(ledger, one) for one in closed if one.changes]
    none = _no_stays(layers).select("number", *_changing(layers))
    lines = together([none.with_columns(facts_now=pl.lit(None, pl.String)), *parts])
    return lines.filter(pl.col("number").is_in(numbers.implode()))


def _no_stays(layers: Sequence[str]) -> pl.DataFrame:
    """A table of posted stays without stays, with every column that a closing may not have."""
    texts = dict.fromkeys((*_STATE, "period", "settled_with"), pl.String)
    amounts = dict.fromkeys((*_amounts(layers), *_docked(layers)), pl.Int64)
    schema = {"number": pl.Int64, **FACTS, **texts, "refused": pl.Boolean, **amounts}
    return pl.DataFrame(schema=schema)


def _changing(layers: Sequence[str]) -> list[str]:
    """What a later posting may change."""
    return [*_STATE, *_docked(layers), *_amounts(layers)]


def _docked(layers: Sequence[str]) -> list[str]:
    return [*(f"{layer}_docked_fen" for layer in layers), *REFUNDED]


def _amounts(layers: Sequence[str]) -> list[str]:
    return [f"{layer}_{what}_fen" for layer in layers for what in POSTED] + [*WHOLE.values()]


def _as_it_stands(stays: pl.DataFrame, later: pl.DataFrame, layers: Sequence[str]) -> pl.DataFrame:
    """Posted stays with the state of the last posting about them (`was_…`) and all amounts added up (`posted_…`).

    What was paid out to patients (`was_<layer>_supplement_fen`) is what was posted of it, and payments since.
    """
    amounts, state = _amounts(layers), [*_STATE, *_docked(layers)]
    each = later.group_by("number").agg(
        pl.col("facts_now").drop_nulls().last(),
        *(pl.col(name).last() for name in state),
        *(pl.col(name).sum() for name in amounts),
    )
    both = stays.join(each, on="number", how="left", suffix="_now", maintain_order="left")
    both = as_put_right(both, "facts_now")
    changed = pl.col("status_now").is_not_null()
    both = both.with_columns(
        *(pl.when(changed).then(f"{name}_now").otherwise(name).alias(name) for name in state),
        *(
            (pl.col(name).fill_null(0) + pl.col(f"{name}_now").fill_null(0)).alias(f"posted_{name}")
            for name in amounts
        ),
    )
    paid = {
        f"was_{layer}_supplement_fen": (
            pl.col(f"posted_{layer}_supplement_fen") + pl.col(f"{layer}_paid_now")
        ).replace({0: None})
        for layer in layers
    }
    chosen = {"decided_category": "was_category", "decided_id_no": "was_id_no"} | {
        name: f"was_{name}" for name in ("released", "refused", "rule_id", *_docked(layers))
    }
    claimed = [f"{layer}_claimed_fen" for layer in layers]
    spent = {*amounts, "number", DIGEST, *(f"{layer}_paid_now" for layer in layers)} - {*claimed}
    return (
        both.with_columns(**paid)
        .rename(chosen)
        .drop(pl.selectors.ends_with("_now"), *spent, strict=False)
    )
