"""The words of a stay: whose, where, of what kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from onestop_cli.county import platform
from onestop_cli.readers.layout.cells import sex_in_words
from onestop_cli.readers.layout.household import same_as_above
from onestop_cli.readers.layout.row_kinds import Sorted
from onestop_cli.readers.layout.typed import TypedTable

_WORDS = {
    "level_raw": "level",
    "category_raw": "category",
    "township_raw": "township",
    "village_raw": "village",
    "address_raw": "address",
    "sex_raw": "sex",
    "hospital_code": "hospital_code",
    "insured_area": "insured_area",
    "disease": "disease",
    "scheme_raw": "scheme",
    "referral_raw": "referral",
    "visit_raw": "visit",
}
"""Column of `READ_STAYS` → field."""


def stay_words(
    table: TypedTable, rows: Sorted, whose: str | None, extra: Mapping[str, Sequence[str]]
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The text columns of `READ_STAYS`, and a note when blank hospitals were filled."""
    more = {f"x_{name}": table.words_under((name, *titles)) for name, titles in extra.items()}
    named = "hospital" if "hospital" in table.header.columns else "hospital_code"
    words = table.take(
        hospital_raw=pl.lit(whose) if whose else table.trimmed(named),
        name=table.trimmed("name"),
        id_raw=table.raw("id_no"),
        person_type=table.words("person_type"),
        **{column: table.words(field) for column, field in _WORDS.items()},
        **more,
    ).pipe(_kind_of_person)
    if table.layout and table.layout.level and "level" not in table.header.columns:
        words = words.with_columns(level_raw=pl.lit(table.layout.level))
    hospital, filled = same_as_above(words["hospital_raw"], rows.data)
    notes = (f"医疗机构列有 {filled} 处空白，按“同上”读",) if filled else ()
    return words.with_columns(hospital), notes


def _kind_of_person(words: pl.DataFrame) -> pl.DataFrame:
    """人员类别 names a category of aid here and the kind of insurance there; a place of insurance may be a township."""
    texts = pl.concat([words["person_type"], words["category_raw"]]).unique().drop_nulls()
    kinds = {text: kind for text in texts if (kind := platform.insured_kind(text))}
    schemes = {text: platform.first_word("insutype", kind) for text, kind in kinds.items()}
    told, category = pl.col("person_type"), pl.col("category_raw")
    insured = [
        column.replace_strict(schemes, default=None, return_dtype=pl.String)
        for column in (told, category)
    ]
    aid = [
        pl.when(~column.is_in(list(kinds)) & ~column.str.contains(r"^\d+$")).then(column)
        for column in (category, told)
    ]
    area = pl.col("insured_area")
    return words.with_columns(
        category_raw=pl.coalesce(aid),
        scheme_raw=pl.coalesce("scheme_raw", *insured),
        sex_raw=sex_in_words(pl.col("sex_raw")),
        township_raw=pl.coalesce("township_raw", pl.when(~area.str.contains(r"^\d")).then(area)),
    )
