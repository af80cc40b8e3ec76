"""onestop's own core, without what the others do not do: repair of IDs, pairing, suggestions, diagnosis."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import polars as pl

from benchmarks.data import County, filled
from benchmarks.peers import CODES
from onestop_cli.core import link, settlement
from onestop_cli.core.decisions.apply import apply
from onestop_cli.core.findings.amounts import amount_checks
from onestop_cli.core.findings.checks import raise_all
from onestop_cli.core.options import NameLookup, Options
from onestop_cli.core.place import place
from onestop_cli.core.threads import at_once
from onestop_cli.county.periods import parse_period
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.govern import govern
from onestop_cli.rulebook.library import load_rules
from onestop_cli.tables.schema import IDENTITY, PAIRING, READ_ROSTER, READ_STAYS, Schema

PART = 250_000
RULES, YEAR = "huangzhong-2009", parse_period("2010")
NONE = pl.lit(None, pl.String)


def the_book() -> Rulebook:
    return Rulebook(tuple(rule.file for rule in load_rules([RULES])))


def the_names(register: pl.DataFrame) -> NameLookup:
    hospitals = set(register["hospital"])
    return NameLookup(lambda t: t if t in hospitals else None, lambda t: None, lambda t: t)


def run(home: County) -> pl.DataFrame:
    """The result frame; many stays in parts of whole persons, as `--buckets` does, two or more at once."""
    book, options = the_book(), Options()
    told = {code for code, _ in CODES}
    checks = amount_checks(book, options.tolerance, options.near_cap)
    checks = [check for check in checks if check.code in told]

    def one(part: tuple[pl.DataFrame, pl.DataFrame]) -> pl.DataFrame:
        stays = reconciled(home, book, *part)
        findings, _ = raise_all(checks, stays)
        return result(stays, findings)

    with mock.patch.object(link, "suggest", _nobody):
        return pl.concat(at_once(one, dealt(home)))


def dealt(home: County) -> list[tuple[pl.DataFrame, pl.DataFrame]]:
    """Stays and roster of every part, in all columns of the readers."""
    height = pl.scan_parquet(home.stays).select(pl.len()).collect().item()
    parts = -(-height // PART)
    files = (home.stays, READ_STAYS), (home.roster, READ_ROSTER)
    return list(zip(*(_dealt(path, schema, parts) for path, schema in files), strict=True))


def _dealt(path: Path, schema: Schema, parts: int) -> list[pl.DataFrame]:
    """The rows of every part. Few columns at a time are dealt out and let go of: the memory of one serves the next."""
    if parts == 1:
        return [filled(pl.read_parquet(path).rechunk(), schema)]
    part_of = pl.read_parquet(path, columns=["id_raw"]).select(pl.col("id_raw").hash() % parts)
    rows = [(part_of.to_series() == part).arg_true() for part in range(parts)]

    def of_each(name: str) -> list[pl.Series]:
        column = pl.read_parquet(path, columns=[name]).to_series().rechunk()
        return [column.gather(own) for own in rows]

    columns = at_once(of_each, pl.read_parquet_schema(path))
    return [filled(pl.DataFrame(part), schema) for part in zip(*columns, strict=True)]


def reconciled(
    home: County, book: Rulebook, rows: pl.DataFrame, roster: pl.DataFrame
) -> pl.DataFrame:
    """The stays with all their amounts, before the findings."""
    register = pl.read_parquet(home.register)
    names = the_names(register)
    roster = _as_it_stands(roster).with_columns(
        category="category_raw",
        ended=False,
        dead_said=NONE,
        deceased_on="died_on",
        **{f"deceased_{end}": f"died_{end}" for end in ("earliest", "latest")},
    )
    stays = place(_as_it_stands(rows), register, names, YEAR)
    stays = stays.with_columns(
        pl.lit(None, dtype).alias(name) for name, dtype in PAIRING.items()
    ).with_columns(reversed=False, unpaired=False)
    stays = link.linked(stays, roster, book, names).with_columns(
        _at=pl.int_range(pl.len(), dtype=pl.Int64)
    )
    stays = govern(apply(stays, None, book.layers), book).with_columns(status=pl.lit("settled"))
    stays = settlement._settled(stays, book)
    told = ("stated_why", *(f"{layer}_cause" for layer in book.layers))
    stays = stays.with_columns(NONE.alias(name) for name in told)
    return settlement._reconciled(stays, book, Options())


def _nobody(strangers: pl.DataFrame, roster: pl.DataFrame) -> pl.DataFrame:
    """No suggestion of who a stranger may be."""
    return strangers.clear().select("at", suggestion=NONE)


def _as_it_stands(rows: pl.DataFrame) -> pl.DataFrame:
    """IDENTITY of rows whose IDs and names are known to be written well."""
    absent = [name for name in IDENTITY if name not in rows.columns]
    columns = {"id_no": "id_raw", "person": "id_raw", "name_key": "name"}
    return rows.with_columns(
        (pl.col(columns[name]) if name in columns else NONE).alias(name) for name in absent
    )


def result(stays: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    """RESULT of a run's stays and findings."""
    number = {f"{code}{layer}": value for (code, layer), value in CODES.items()}
    key = pl.col("code") + pl.col("layer").fill_null("")
    codes = (
        findings.with_columns(number=key.replace_strict(number, default=0, return_dtype=pl.Int64))
        .group_by("row")
        .agg(codes=pl.col("number").sum())
    )
    parts = ("payable", "deducted", "shortfall")
    layers = {"basic": "basic", "aid": "assistance"}
    amounts = stays.select(
        "row",
        *(
            expr
            for short, layer in layers.items()
            for expr in (
                pl.col(f"{layer}_due_fen").fill_null(-1).alias(f"{short}_due"),
                *(pl.col(f"{layer}_{part}_fen").alias(f"{short}_{part}") for part in parts),
            )
        ),
        offset=pl.sum_horizontal(f"{layer}_offset_fen" for layer in layers.values()),
        owed="patient_owed_fen",
    )
    return amounts.join(codes, on="row", how="left", maintain_order="left").with_columns(
        pl.col("codes").fill_null(0)
    )
