"""Stay ↔ roster entry on the day that counts: listed, entitled, in which category, from where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from onestop_cli.core.identify import id_number
from onestop_cli.core.options import NameLookup, numbered
from onestop_cli.core.residence import TEXTS, residence
from onestop_cli.core.scatter import gathered, spread
from onestop_cli.core.suggest import suggest
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.in_force import GOVERNING, View, by_view
from onestop_cli.tables.schema import LINK, PLACE, row_place

_TERM = tuple(f"{part}_{end}" for part in ("from", "to") for end in ("on", "earliest", "latest"))
_DEATH = ("deceased_on", "deceased_earliest", "deceased_latest", "dead_said")
_ASKED = ("id_no", "name_key", "id_raw", "id_numeric", "person_no", "birth_on")


def linked(
    stays: pl.DataFrame, roster: pl.DataFrame, book: Rulebook, names: NameLookup
) -> pl.DataFrame:
    """Stays beside their roster entries on the day their document looks at, and the category that the file states."""

    def look(part: pl.DataFrame, view: View) -> pl.DataFrame:
        asked = part.with_columns(roster_day=GOVERNING[view.day])
        return link(
            asked, roster, priority=view.priority, overlap=view.overlap, day_column="roster_day"
        )

    found = by_view(stays, book, look)
    claims = [pl.col(f"{layer}_claimed_fen") > 0 for layer in book.layers if book.on_roster(layer)]
    asks = pl.any_horizontal(claims).fill_null(False) if claims else pl.lit(False)
    return found.with_columns(
        category_stated=_stated(found, names),
        unknown_kind=pl.when(asks).then("unknown_kind"),
    )


def _stated(stays: pl.DataFrame, names: NameLookup) -> pl.Series:
    """The category that the file states; of several in one cell the one that applies, when it is among them."""
    texts = stays["category_raw"]
    known, number = numbered(texts)
    kinds = {text: names.kinds(text) for text in known}
    single = pl.Series([named[0] if named else None for named in kinds.values()], dtype=pl.String)
    first = single.gather(number)
    several = {(text, kind) for text, named in kinds.items() if len(named) > 1 for kind in named}
    if not several:
        return first
    pairs = zip(texts, stays["category"], first, strict=True)
    return pl.Series([c if (t, c) in several else f for t, c, f in pairs], dtype=pl.String)


def link(
    stays: pl.DataFrame,
    roster: pl.DataFrame,
    *,
    priority: Sequence[str],
    overlap: Literal["priority", "best", "stack"],
    day_column: str,
) -> pl.DataFrame:
    """`stays` (identified) with the columns of `LINK` and `categories`; no stay is doubled or lost.

    `roster` is an understood roster, looked at on the day in `day_column`; first and last day of an
    entitlement are inclusive. `priority` are the categories the documents know, first things first.
    `categories`: those that count, in that order; under `priority` only the one that applies.
    """
    asked = stays.select(*_ASKED, day=day_column).with_columns(
        at=pl.int_range(pl.len(), dtype=pl.UInt32)
    )
    entries = _entries(roster, priority)
    single, each = _meet(asked, entries["id_no"])
    plain = _plainly(asked, entries, single)
    unclear = pl.DataFrame({"at": asked["at"], "entry": single}).filter(
        single.is_not_null(), ~plain
    )
    one = _compared(asked, entries, unclear).drop(*PLACE)
    several = _in_turn(_compared(asked, entries, each))
    found = _of_plain(entries, single.zip_with(plain, single.clear(len(single))), priority)
    found = _instead(found, pl.concat([_of_one(one, priority), _of_several(several, overlap)]))
    found = _beside(found, _lapses(one, several)).pipe(_with_residence, stays, roster)
    lost = asked.hstack(found.select("township", "village")).filter(found["roster_place"].is_null())
    found = _beside(found, suggest(lost, roster))
    return stays.hstack(found.select(*LINK, "categories"))


def _beside(found: pl.DataFrame, *parts: pl.DataFrame) -> pl.DataFrame:
    """`found` with the columns of `parts`, each row at the stay that its `at` says."""
    columns = (spread(part.drop("at"), part["at"], len(found)) for part in parts)
    return pl.concat([found, *columns], how="horizontal")


def _instead(found: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """`found` with the rows of `others` at the stays that their `at` says, of which `found` knows nothing."""
    if others.is_empty():
        return found
    there = spread(others, others["at"], len(found))
    stands = pl.lit(there["at"].is_not_null())
    told = (column for column in there.drop("at") if column.count())
    return found.with_columns(
        pl.when(stands).then(pl.lit(column)).otherwise(column.name).alias(column.name)
        for column in told
    )


def _entries(roster: pl.DataFrame, priority: Sequence[str]) -> pl.DataFrame:
    """Entries with a usable ID; `rank` by the categories that the documents know."""
    rank = {category: number for number, category in enumerate(priority)}
    return roster.select(
        "id_no",
        "category",
        *_TERM,
        "ended",
        *_DEATH,
        "category_raw",
        "status_raw",
        "reason_raw",
        "date_fault",
        *PLACE,
        entry_key="name_key",
        entry_name=pl.col("name").fill_null("（空白）"),
        entry_township="township",
        entry_village="village",
        rank=pl.col("category").replace_strict(rank, default=None, return_dtype=pl.Int64),
        place=row_place(),
    ).filter(pl.col("id_no").is_not_null())


def _meet(asked: pl.DataFrame, ids: pl.Series) -> tuple[pl.Series, pl.DataFrame]:
    """The number of each stay's entry, where its ID has a single one (else null); (at, entry) of each of several."""
    met = _of_same_id(asked.select("at", "id_no"), ids)
    if len(met) == len(asked):
        return met["entry"], met.clear()
    at = pl.col("at")
    alone = met.select(at.ne_missing(at.shift(1)) & at.ne_missing(at.shift(-1))).to_series()
    single, each = met.filter(alone), met.filter(~alone)
    return spread(single.select("entry"), single["at"], len(asked))["entry"], each


def _of_same_id(asked: pl.DataFrame, ids: pl.Series) -> pl.DataFrame:
    """(at, entry) of every stay and entry of one ID, and of a stay without an entry, in the order of the stays: by
    whole numbers, and by their texts what makes no number."""
    stays = asked.with_columns(number=id_number(asked["id_no"]))
    entries = pl.DataFrame({"id_no": ids, "number": id_number(ids)})
    entries = entries.with_columns(entry=pl.int_range(pl.len(), dtype=pl.UInt32))
    met = stays.join(entries, on="number", how="left", maintain_order="left").select("at", "entry")
    odd = entries.filter(pl.col("number").is_null())
    if odd.is_empty():
        return met
    others = stays.join(odd, on="id_no", maintain_order="left").select("at", "entry")
    rest = met.join(others, on="at", how="anti")
    return pl.concat([rest, others]).sort("at", maintain_order=True)


def holds(day: pl.Expr, *, surely: bool) -> pl.Expr:
    """Whether an entry's days allow `day`: by every reading of those in doubt, or by some reading of them."""
    late, soon = ("latest", "earliest") if surely else ("earliest", "latest")
    begins = pl.coalesce("from_on", f"from_{late}")
    ends = pl.coalesce("to_on", f"to_{soon}")
    begun = begins.is_null() | (begins <= day)
    lasting = ends.is_null() | (ends >= day)
    return begun & lasting & ~(pl.col("ended") & pl.lit(surely)) & day.is_not_null()


def _plainly(asked: pl.DataFrame, entries: pl.DataFrame, single: pl.Series) -> pl.Series:
    """Whether a stay's single entry has the patient's name and a category that counts, surely, on the day: so it is
    with nearly all, and only the others need be looked at in whole."""
    known = gathered(entries.select("entry_key", "rank", *_TERM, "ended"), single)
    same = pl.col("entry_key") == pl.col("name_key")
    holding = same & pl.col("rank").is_not_null() & holds(pl.col("day"), surely=True)
    met = asked.select("name_key", "day").hstack(known)
    return met.select(holding.fill_null(False)).to_series()


def _compared(asked: pl.DataFrame, entries: pl.DataFrame, met: pl.DataFrame) -> pl.DataFrame:
    """The stays of `met` beside their entries. `same`: the entry has the patient's name; `valid`: and holds on the day;
    `open`: and may hold."""
    day = pl.col("day")
    same = (pl.col("entry_key") == pl.col("name_key")).fill_null(False)
    entry = same & pl.col("category").is_not_null()
    valid = entry & holds(day, surely=True).fill_null(False)
    may = entry & holds(day, surely=False).fill_null(False)
    stays = asked.select("at", "name_key", "day")[met["at"]]
    rows = stays.hstack(entries.drop("id_no")[met["entry"]])
    return rows.with_columns(same=same, valid=valid, open=may & ~valid)


def _in_turn(several: pl.DataFrame) -> pl.DataFrame:
    """Each stay's entries: those of its name first, valid ones before others, then by rank and place."""
    best = (~pl.col("same"), ~pl.col("valid"))
    ordered = several.sort("at", *best, "rank", "category", *PLACE, nulls_last=True)
    return ordered.drop(*PLACE)


def _doubt() -> pl.Expr:
    """What cannot be read on an entry, in words."""
    said = pl.coalesce(
        "date_fault",
        pl.format(
            "状态为“{}”，没有写明日期",
            pl.coalesce("status_raw", pl.format("停保原因：{}", "reason_raw"), pl.lit("已停")),
        ),
    )
    return pl.format("花名册（{}）{}", "place", said)


_DIED = {
    "died_on": pl.col("deceased_on"),
    "died_earliest": pl.col("deceased_earliest"),
    "died_latest": pl.col("deceased_latest"),
    "dead_said": pl.col("dead_said"),
}


def _of_plain(entries: pl.DataFrame, plain: pl.Series, priority: Sequence[str]) -> pl.DataFrame:
    """The verdict where an entry is plainly the stay's own (`plain`: its number), and nothing where none is."""
    own = entries.select(
        "category",
        "rank",
        township="entry_township",
        village="entry_village",
        roster_place="place",
        **_DIED,
    )
    listed = plain.is_not_null()
    blank = {name: pl.lit(None, pl.String) for name in _OF_OTHERS}
    return gathered(own, plain).with_columns(
        kinds_valid="category",
        listed=listed,
        entitled=listed,
        categories=_kinds(priority, pl.col("rank")),
        **blank,
    )


_OF_OTHERS = ("roster_name", "doubt", "unknown_kind", "categories_valid")
"""What there is to say only where an entry is not plainly a stay's own."""


def _kinds(priority: Sequence[str], rank: pl.Expr) -> pl.Expr:
    """The category of each `rank` as the only one that counts; none where there is no rank."""
    kinds = pl.Series([*([kind] for kind in priority), []], dtype=pl.List(pl.String))
    return pl.lit(kinds).gather(rank.fill_null(len(priority)))


def _of_one(met: pl.DataFrame, priority: Sequence[str]) -> pl.DataFrame:
    """The verdict where a stay met a single entry: nothing to choose between."""
    same, category, known = pl.col("same"), pl.col("category"), pl.col("rank").is_not_null()
    counts = pl.col("valid") & known
    return met.select(
        "at",
        category=pl.when(counts).then(category),
        listed=same,
        entitled=counts,
        township=pl.when(same).then("entry_township"),
        village=pl.when(same).then("entry_village"),
        roster_name=pl.when(~same).then("entry_name"),
        roster_place="place",
        doubt=pl.when(pl.col("open") & known).then(_doubt()),
        unknown_kind=pl.when((pl.col("valid") | pl.col("open")) & ~known).then(category),
        **_DIED,
        categories_valid=pl.lit(None, pl.String),
        kinds_valid=pl.when("valid").then(category),
        categories=_kinds(priority, pl.when(counts).then("rank")),
    )


def _of_several(met: pl.DataFrame, overlap: str) -> pl.DataFrame:
    """The same where there are several: the best valid one counts."""
    known, rank = pl.col("rank").is_not_null(), pl.col("rank")
    counts, may = pl.col("valid") & known, (pl.col("valid") | pl.col("open")) & ~known
    best_first = pl.col("category").filter(counts).unique(maintain_order=True)
    before = rank.filter(counts).min()
    matters = pl.col("open") & known & ~pl.col("category").is_in(best_first.implode())
    if overlap == "priority":
        matters &= before.is_null() | (rank < before)
    somewhere = pl.col("same") & (
        pl.col("entry_township").is_not_null() | pl.col("entry_village").is_not_null()
    )
    return met.group_by("at", maintain_order=True).agg(
        category=best_first.first(),
        listed=pl.col("same").any(),
        entitled=counts.any(),
        township=pl.col("entry_township").filter(somewhere).first(),
        village=pl.col("entry_village").filter(somewhere).first(),
        roster_name=pl.when(~pl.col("same").any()).then(
            pl.col("entry_name").unique(maintain_order=True).str.join("、")
        ),
        roster_place=pl.col("place").first(),
        doubt=_doubt().filter(matters).first(),
        unknown_kind=pl.when((best_first.len() == 0) & may.any()).then(
            pl.col("category").filter(may).unique(maintain_order=True).str.join("、")
        ),
        **{name: expr.min() for name, expr in _DIED.items() if name != "dead_said"},
        dead_said=pl.col("dead_said").drop_nulls().first(),
        categories_valid=pl.when(best_first.len() > 1).then(best_first.str.join("、")),
        kinds_valid=_joined(pl.col("category").filter("valid").unique(maintain_order=True)),
        categories=best_first.head(1) if overlap == "priority" else best_first,
    )


def _joined(texts: pl.Expr) -> pl.Expr:
    return pl.when(texts.len() > 0).then(texts.str.join("、"))


def _lapses(one: pl.DataFrame, several: pl.DataFrame) -> pl.DataFrame:
    """Per listed stay without a valid entry: why each entry does not hold on the day."""
    counts = pl.col("valid") & pl.col("rank").is_not_null()
    lapsed = pl.col("same") & ~counts.any().over("at")
    met = pl.concat([one.filter(pl.col("same") & ~counts), several.filter(lapsed)])
    day = pl.col("day")
    why = (
        pl.when(pl.col("category").is_null() & pl.col("category_raw").is_null())
        .then(pl.lit("花名册没有写明救助类别"))
        .when(pl.col("category").is_null())
        .then(pl.format("花名册类别“{}”不享受医疗救助", "category_raw"))
        .when(pl.col("rank").is_null())
        .then(pl.format("政策没有提到“{}”", "category"))
        .when(day.is_null())
        .then(pl.lit("日期缺失，无法核对待遇期"))
        .when("ended")
        .then(pl.format("花名册状态为“{}”", pl.coalesce("status_raw", "reason_raw")))
        .when("open")
        .then(pl.lit("起止日期存疑"))
        .when(pl.col("from_on") > day)
        .then(pl.format("{} 起享受，当时尚未开始", _iso("from_on")))
        .otherwise(pl.format("待遇已于 {} 终止", _iso("to_on")))
    )
    told = pl.concat_str(["category", why], separator="：", ignore_nulls=True)
    return met.group_by("at", maintain_order=True).agg(
        lapse=told.unique(maintain_order=True).str.join("；")
    )


def _iso(column: str) -> pl.Expr:
    return pl.col(column).dt.to_string("%Y-%m-%d")


def _with_residence(found: pl.DataFrame, stays: pl.DataFrame, roster: pl.DataFrame) -> pl.DataFrame:
    """Township and village by the roster entry, else by the export where it names a known place."""
    unknown = pl.col("township").is_null() & pl.col("village").is_null()
    told = stays.select(pl.any_horizontal(pl.col(TEXTS).is_not_null())).to_series()
    rows = (found.select(unknown).to_series() & told).arg_true()
    if rows.is_empty():
        return found
    own = residence(stays.select(TEXTS).rechunk()[rows], roster)
    return found.with_columns(
        found[column].scatter(rows, own[column]) for column in ("township", "village")
    )
