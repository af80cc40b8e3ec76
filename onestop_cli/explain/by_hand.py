"""A few stays written by hand, settled as a quarter is: cases of a document, a quote at the bedside.

One person's stays are given in order; nothing is read from files, and claims do not matter except for layers
that are taken as claimed (`paid`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from onestop_cli.core.category import choose_best
from onestop_cli.core.settle import settle
from onestop_cli.core.settle.inputs import settle_input
from onestop_cli.county import platform
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.cases import Given
from onestop_cli.rulebook.govern import govern
from onestop_cli.tables.schema import HOUSEHOLD, LEVELS, LISTED_RAISE, LISTED_YEARS, PAYERS

Amounts = Mapping[str, Any]


def settle_given(
    people: Sequence[Sequence[Given]],
    book: Rulebook,
    year: Amounts | None = None,
    closed: pl.DataFrame | None = None,
    begun: date | None = None,
) -> list[Amounts]:
    """The last stay of each person with every column of `govern` and `settle`; fen, days and texts.

    `year`: columns that say what the year has used so far, instead of earlier stays (see `settle`, not `live`).
    `closed`: settled stays in a ledger, which each of the people has, and which has `begun` on a day. Where no document
    or no term applies, `term` is None and there are no amounts.
    """
    stays = [_row(person, place, stay, book)
             for person, several in enumerate(people) for place, stay in enumerate(several)]  # fmt: skip
    frame = choose_best(_frame(stays, book), book)
    if closed is not None:
        frame = pl.concat([_remembered(closed, frame), frame], how="diagonal")
    governed = govern(frame, book)
    if begun is not None:
        told = pl.lit(None, pl.String)
        governed = governed.with_columns(books_from=pl.lit(begun), brought=told)
    ruled = governed.filter(pl.col("term").is_not_null())
    ruled = ruled.with_columns(pl.lit(used).alias(name) for name, used in (year or {}).items())
    settled = settle(settle_input(ruled, book), book, live=year is None)
    amounts = {row["row"]: row for row in settled.to_dicts()}
    last = [person * 1000 + len(several) - 1 for person, several in enumerate(people)]
    asked = {row["row"]: row for row in governed.filter(pl.col("row").is_in(last)).to_dicts()}
    return [amounts.get(number, asked[number]) for number in last]


def _remembered(closed: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    """Closed stays as earlier ones of every person, with the columns of `frame`."""
    people = frame.select("id_no").unique(maintain_order=True)
    each = people.join(closed.drop("id_no", strict=False), how="cross")
    mine = each.with_columns(row=-1 - pl.int_range(pl.len(), dtype=pl.Int64))
    kept = {name: kind for name, kind in frame.schema.items() if name in mine.columns}
    return mine.select(pl.col(name).cast(kind) for name, kind in kept.items())


def levels(text: str) -> str:
    """A level's id from its id or its Chinese name; an unknown text as it is."""
    return {name: level for level, name in LEVELS.items()}.get(text, text)


def _row(person: int, place: int, stay: Given, book: Rulebook) -> dict[str, Any]:
    discharged = stay.discharged or stay.admitted or _some_day(book, place)
    priority = [name for name in book.priority if name in stay.category]
    valid = priority + [name for name in stay.category if name not in priority]
    total = stay.eligible if stay.total is None else stay.total
    further = stay.further
    return {
        "id_no": f"{person:06}{stay.member}",
        "row": person * 1000 + place,
        "hospital": stay.hospital,
        "level": levels(stay.level),
        "stay_no": stay.stay_no or f"{place:04}",
        "visit_no": stay.stay_no or None,
        "settlement_no": stay.settlement or None,
        "category": valid[0] if valid else None,
        "categories": valid,
        "scheme_raw": stay.scheme or next(iter(book.rules[0].scope.schemes), None),
        "disease": stay.disease,
        "age": stay.age,
        "admitted_on": stay.admitted or discharged,
        "discharged_on": discharged,
        "settled_on": stay.settled,
        "settled_or_discharged": stay.settled or discharged,
        "settled_second": 0,
        "total_fen": total,
        "eligible_fen": stay.eligible,
        "has_eligible": stay.eligible is not None,
        "inpatient": _inpatient(further, book),
        "out_of_scope_fen": stay.out_of_scope,
        "first_pay_fen": stay.first_pay,
        "over_limit_fen": stay.over_limit,
        **{f"{layer}_claimed_fen": stay.paid.get(layer) for layer in PAYERS},
        **{f"x_{d.id}": _text(further.get(d.id)) for rule in book.rules for d in rule.dimension},
        HOUSEHOLD: f"{person:06}{stay.household}" if stay.household else None,
        LISTED_YEARS: _text(stay.listed_years),
        LISTED_RAISE: _text(stay.listed_raise),
        **_listed_years(stay, book),
        **{f"{e.id}_cost_fen": _cost(further.get(e.id)) for e in book.expenses},
    }


def _listed_years(stay: Given, book: Rulebook) -> dict[str, str]:
    """The years of a dimension that has them from the list."""
    dims = {dim.id for rule in book.rules for dim in rule.dimension if dim.from_list}
    years = _text(stay.listed_years)
    return {} if years is None else {f"x_{name}": years for name in dims}


def _text(said: Any) -> str | None:
    """What an export would say: a number of years is written without quotes."""
    return None if said is None else str(said)


def _inpatient(further: Mapping[str, Any], book: Rulebook) -> bool | None:
    """Whether it is a stay in hospital, by what is said of the kind of visit; None where nothing is."""
    said = [
        further.get(dim.id) for rule in book.rules for dim in rule.dimension if dim.id == "visit"
    ]
    known = (platform.inpatient(str(text)) for text in said if text)
    return next((is_stay for is_stay in known if is_stay is not None), None)


def _cost(yuan: Any) -> int | None:
    """The fen of an expense written in yuan; anything else is blank."""
    return int(Decimal(yuan) * 100) if isinstance(yuan, int | Decimal) else None


def _some_day(book: Rulebook, place: int) -> date:
    """A day in the life of the first document, later for later stays."""
    return book.rules[0].effective.from_ + timedelta(days=place)


def _frame(rows: Sequence[Amounts], book: Rulebook) -> pl.DataFrame:
    """Typed as the core has it; what nobody wrote is blank."""
    kinds: dict[str, Any] = {name: pl.Int64 for name in rows[0] if name.endswith("_fen")}
    kinds |= {name: pl.String for name in rows[0] if name.startswith("x_")}
    kinds |= {"category": pl.String, "categories": pl.List(pl.String), "scheme_raw": pl.String}
    kinds |= {"settled_on": pl.Date, "age": pl.Int64, "inpatient": pl.Boolean}
    kinds |= {"visit_no": pl.String, "settlement_no": pl.String}
    blank: dict[str, Any] = {"source": pl.String, "sheet": pl.String, "person": pl.String}
    blank |= {"fund_year": pl.Int64, "amount_why": pl.String}
    blank |= {f"{layer}_supplement_fen": pl.Int64 for layer in book.layers}
    frame = pl.DataFrame(rows, schema_overrides=kinds, infer_schema_length=None)
    return frame.with_columns(pl.lit(None, kind).alias(name) for name, kind in blank.items())
