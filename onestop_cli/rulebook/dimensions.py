"""Where a stay stands on the axes of a document: what exports say, as the document's values."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

import polars as pl

from onestop_cli.county import platform
from onestop_cli.rulebook.language import Dimension, RuleFile


def plain(text: str) -> str:
    """A text for comparing: NFKC, without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def number_of(text: pl.Expr, values: Sequence[str]) -> pl.Expr:
    """Which of the `values` a text is; null where it is none."""
    return text.cast(pl.Enum(list(values)), strict=False).to_physical().cast(pl.Int64)


def dimension_code(rule: RuleFile, name: str, codes: Mapping[str, int]) -> pl.Expr:
    """The code of a stay's value in a declared dimension; null where it is not known and the document has no other."""
    dim = next(d for d in rule.dimension if d.id == name)
    if dim.in_years:
        years = pl.col("age") if dim.source == "age" else _insured_years(dim)
        starts = [int(value.split("-")[0]) for value in codes]
        reached = pl.sum_horizontal(*(years >= start for start in starts)).cast(pl.Int64) - 1
        return pl.when(years.is_between(0, 150)).then(reached)
    rest = pl.lit(codes[dim.otherwise] if dim.otherwise else None, pl.Int64)
    return pl.coalesce(_stated_value(dim, codes), rest)


def _stated_value(dim: Dimension, codes: Mapping[str, int]) -> pl.Expr:
    """The value that a column of the export states in any of its spellings, null for another text; with a code beside
    it (14-门诊慢特病, 门诊慢特病(14)) where it is a kind of care."""
    spelled = {plain(text): codes[value] for value, texts in dim.values.items() for text in texts}
    spelled |= {plain(value): code for value, code in codes.items()}
    text = pl.col(f"x_{dim.id}").str.normalize("NFKC").str.replace_all(r"\s", "").fill_null("")
    found = text.replace_strict(spelled, default=None, return_dtype=pl.Int64)
    if not is_kind_of_care(dim):
        return found
    bare = text.str.replace(_CODE_BESIDE, "")
    return pl.coalesce(
        found,
        _by_platform(text, spelled),
        bare.replace_strict(spelled, default=None, return_dtype=pl.Int64),
        _by_platform(bare, spelled),
    )


def unlisted_kinds(dim: Dimension, texts: pl.Series) -> list[str]:
    """Kinds of care among `texts` that no value of `dim` names and that are no stay in hospital for sure, though what
    is not named counts as one."""
    if not (dim.otherwise and "住院" in dim.otherwise and is_kind_of_care(dim)):
        return []
    codes = {value: number for number, value in enumerate([*dim.values, dim.otherwise])}
    known = pl.DataFrame({f"x_{dim.id}": texts.drop_nulls().unique().sort()})
    odd = known.filter(_stated_value(dim, codes).is_null())[f"x_{dim.id}"]
    return [text for text in odd if text.strip() and not platform.inpatient(text)]


def _insured_years(dim: Dimension) -> pl.Expr:
    """连续参保年数 as the export says it (5, 5年, 5.0); of anything else as the document says, else null."""
    text = pl.col(f"x_{dim.id}").str.normalize("NFKC").str.replace_all(r"\s", "")
    said = text.str.extract(r"^(\d{1,2})(?:\.0+)?年?$").cast(pl.Int64)
    return pl.coalesce(said, pl.lit(int(dim.otherwise) if dim.otherwise else None, pl.Int64))


_KINDS_OF_CARE = {"医疗类别", "医保就诊类别", "med_type"}

_CODE_BESIDE = r"^\d{2,6}[-_:.、]|[-_]\d{2,6}$|\(\d{2,6}\)$"


def is_kind_of_care(dim: Dimension) -> bool:
    """Whether a dimension is the platform's 医疗类别."""
    return bool(_KINDS_OF_CARE.intersection(dim.columns))


def _by_platform(text: pl.Expr, spelled: Mapping[str, int]) -> pl.Expr:
    """A 医疗类别 in another way of the platform to say it: its code, a finer code under it, or another word."""
    known = {
        plain(other): value
        for said, value in spelled.items()
        for other in platform.spellings("med_type", said)
    }
    group = pl.when(text.str.contains(r"^\d{4,6}$")).then(text.str.head(2))
    return pl.coalesce(
        part.replace_strict(known, default=None, return_dtype=pl.Int64) for part in (text, group)
    )
