"""Decisions about who is meant: 放行 of ID04 (the listed person) and 认定证号 (another number).

They come before rows are paired and looked up on the roster, so that everything after them takes the person decided.
"""

from __future__ import annotations

import polars as pl

from onestop_cli.tables.decisions import IDENTIFY, RELEASE

DECIDED = ("decided_id_no", "listed_as", "id_fault_read", "id_read")
"""`decided_id_no`: the number that was recognised. `listed_as`: the roster's name that the patient goes by, where it is
not the file's. `id_fault_read`, `id_read`: ID01 or ID03 of the number in the file, or the number."""


def with_identities(
    stays: pl.DataFrame, lines: pl.DataFrame | None, roster: pl.DataFrame
) -> pl.DataFrame:
    """`stays` (numbered by `_at`, with IDENTITY) with the identities that `lines` (matched) or earlier runs
    (`was_id_no`, `was_released`) decided, and the columns `DECIDED`."""
    stays = _with_numbers(stays, lines)
    freed = pl.col("_at").is_in(_stays_of(lines, RELEASE, "ID04"))
    if "was_released" in stays.columns:
        freed |= pl.col("was_released").str.split(";").list.contains("ID04").fill_null(False)
    asked = stays.filter(freed, pl.col("id_no").is_not_null()).select("_at", "id_no", "name_key")
    if asked.is_empty():
        return stays.with_columns(listed_as=pl.lit(None, pl.String))
    named = roster.filter(pl.col("id_no").is_not_null(), pl.col("name_key").is_not_null())
    first = named.unique("id_no", keep="first", maintain_order=True)
    fits = asked.join(named, on=["id_no", "name_key"], how="semi")["_at"]
    listed = (
        asked.filter(~pl.col("_at").is_in(fits.implode()))
        .join(first.select("id_no", listed_as="name_key"), on="id_no")
        .select("_at", "listed_as")
    )
    found = stays.join(listed, on="_at", how="left", validate="1:1", maintain_order="left")
    return found.with_columns(name_key=pl.coalesce("listed_as", "name_key"))


def _with_numbers(stays: pl.DataFrame, lines: pl.DataFrame | None) -> pl.DataFrame:
    if lines is None:
        found = stays.with_columns(now=pl.lit(None, pl.String))
    else:
        chosen = lines.filter(decision=IDENTIFY).select(_at="stay", now="id_no").unique("_at")
        found = stays.join(chosen, on="_at", how="left", validate="1:1", maintain_order="left")
    before = pl.col("was_id_no") if "was_id_no" in stays.columns else pl.lit(None, pl.String)
    found = found.with_columns(
        decided_id_no=pl.coalesce("now", before), id_fault_read="id_fault", id_read="id_no"
    )
    own = pl.col("decided_id_no").is_not_null()
    return found.with_columns(
        id_no=pl.coalesce("decided_id_no", "id_no"),
        person=pl.coalesce("decided_id_no", "person"),
        id_fault=pl.when(~own).then("id_fault"),
        id_why=pl.when(~own).then("id_why"),
    ).drop("now")


def _stays_of(lines: pl.DataFrame | None, kind: str, code: str) -> pl.Series:
    if lines is None:
        return pl.Series([[]], dtype=pl.List(pl.Int64))
    return lines.filter(decision=kind, code=code)["stay"].implode()
