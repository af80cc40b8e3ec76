"""One person under two numbers."""

from __future__ import annotations

import polars as pl

from onestop_cli.audit.leads.model import LeadInput, LeadRule, Thresholds, found
from onestop_cli.audit.leads.model import stay_ref as ref
from onestop_cli.audit.leads.returning import ORDER


def two_ids(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
    """One name and one home under two usable numbers that have the birth in common, or differ by one slip."""
    people = (
        cases.stays.filter("counted", pl.col("id_no").is_not_null(), pl.col("name").is_not_null())
        .sort("id_no", *ORDER)
        .group_by("name", "id_no", maintain_order=True)
        .agg(
            pl.col("birth", "tail").first(),
            pl.col("township", "village").drop_nulls().first(),
            hospital=pl.col("hospital").last(),
            current=pl.col("current").any(),
            number=pl.len().cast(pl.Int64),
            paid=pl.col("paid_fen").filter("current").sum(),
            refs=ref(),
        )
    )
    two = _namesakes(people).filter(pl.col("current") | pl.col("current_other"))
    born = pl.col("birth") == pl.col("birth_other")
    slip = one_slip(pl.col("id_no"), pl.col("id_no_other"))
    home = (pl.col("township") == pl.col("township_other")) & (
        pl.col("village") == pl.col("village_other")
    )
    elsewhere = (~home).fill_null(value=False)
    hits = two.filter(~elsewhere, (born | slip).fill_null(value=False))
    why = pl.format(
        "{}（尾号{}、{}）{}，用两个证号住院 {} 次和 {} 次",
        "name",
        "tail",
        "tail_other",
        pl.when(born).then(pl.lit("生日相同")).otherwise(pl.lit("证号只差一处")),
        "number",
        "number_other",
    )
    points = pl.when(home.fill_null(value=False)).then(20).otherwise(8)
    return found(
        hits,
        why=why,
        amount=pl.min_horizontal("paid", "paid_other"),
        strength=points,
        stays=pl.concat_list("refs", "refs_other"),
    )


def _namesakes(people: pl.DataFrame) -> pl.DataFrame:
    """Pairs of one name whose numbers agree in the birth, or in all but a part of it."""
    number = pl.col("id_no")
    rest = pl.concat_str(number.str.head(6), number.str.slice(14, 3))
    keyed = people.with_columns(
        year=pl.concat_str(rest, number.str.slice(6, 4)),
        of_year=pl.concat_str(rest, number.str.slice(10, 4)),
        born=number.str.slice(6, 8),
    )
    pairs = (
        keyed.join(keyed, on=["name", key], suffix="_other").select(*_TWO)
        for key in ("born", "year", "of_year")
    )
    return (
        pl.concat(pairs)
        .filter(pl.col("id_no") < pl.col("id_no_other"))
        .unique(["id_no", "id_no_other"], keep="first")
        .sort("id_no", "id_no_other")
    )


_ONE = ("id_no", "birth", "tail", "township", "village", "current", "number", "paid", "refs")
_TWO = ("name", "hospital", *_ONE, *(f"{name}_other" for name in _ONE))


def one_slip(number: pl.Expr, other: pl.Expr) -> pl.Expr:
    """Whether two numbers, the check character aside, differ in one place or by two neighbours exchanged."""
    one, two = number.str.head(17), other.str.head(17)
    differ = [(one.str.slice(n, 1) != two.str.slice(n, 1)).cast(pl.Int64) for n in range(17)]
    swapped = [
        (one.str.slice(n, 2).str.reverse() == two.str.slice(n, 2)) & (differ[n] == 1)
        for n in range(16)
    ]
    places = pl.sum_horizontal(differ)
    return (places == 1) | ((places == 2) & pl.any_horizontal(swapped))


RULES = (
    LeadRule(
        "two_ids",
        "一人两个证号",
        "同名同村，生日相同或证号只差一处，用两个证号住院；可能借此避开年度封顶或重复享受",
        "条例第四十一条第二项（重复享受待遇）；花名册一人一证",
        "身份证、户口簿原件；与公安户籍核对哪个证号有效",
        35,
        two_ids,
    ),
)
