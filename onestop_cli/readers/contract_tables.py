"""Files that have the contract's columns already: folders of parquet or CSV, too large to be read at once.

A CSV has the same columns as text: amounts in whole fen, days as 2010-11-05. Columns that no file has are blank.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from onestop_cli.errors import CannotRun, Problem
from onestop_cli.tables.reading import TOTALS, InputFile, Reading, SheetAccount
from onestop_cli.tables.schema import QUARANTINE, READ_ROSTER, READ_STAYS, Schema, empty

ENDINGS = (".parquet", ".csv")
_STAY_NAMES = {
    "hospital_raw": "hospital",
    "level_raw": "level",
    "category_raw": "category",
    "township_raw": "township",
    "village_raw": "village",
    "id_raw": "id_no",
}
_ROSTER_NAMES = {"category_raw": "category", "id_raw": "id_no"}
_NEEDED_OF_STAY = (
    "hospital_raw",
    "stay_no",
    "name",
    "id_raw",
    "admitted_on",
    "discharged_on",
    "total_fen",
)
_NEEDED_OF_ENTRY = ("name", "id_raw", "category_raw")


@dataclass(frozen=True)
class Kind:
    """What a kind of table must have: its columns, the contract's names for them, and those it cannot do without."""

    schema: Schema
    names: Mapping[str, str]
    needed: Sequence[str]


STAYS = Kind(READ_STAYS, _STAY_NAMES, _NEEDED_OF_STAY)
ENTRIES = Kind(READ_ROSTER, _ROSTER_NAMES, _NEEDED_OF_ENTRY)


def has_columns(paths: Iterable[Path]) -> bool:
    """Whether a parquet file lies behind `paths`."""
    return any(file.suffix == ".parquet" for _, file in _files(paths))


def scan(paths: Sequence[Path], kind: Kind) -> tuple[dict[str, pl.LazyFrame], Reading]:
    """A scan per file in the columns of `kind`, and the account of their rows (its `rows` are empty).

    Raises `CannotRun` with every file that is no such table.
    """
    scans: dict[str, pl.LazyFrame] = {}
    accounts: list[SheetAccount] = []
    inputs: list[InputFile] = []
    problems: list[Problem] = []
    for source, file in _files(paths):
        try:
            lazy = _lazy(source, file, kind)
            rows = lazy.select(pl.len()).collect().item()
        except (pl.exceptions.PolarsError, OSError, CannotRun) as error:
            problems += _problems(source, error)
            continue
        scans[source] = lazy
        accounts.append(SheetAccount(source, None, rows, rows, 0, {}))
        with file.open("rb") as data:
            digest = hashlib.file_digest(data, "sha256").hexdigest()
        inputs.append(InputFile(source, file.suffix[1:], digest, file.stat().st_size))
    if not scans and not problems:
        problems = [Problem("没有找到 parquet 或 csv 文件", "请给出契约列名的文件或文件夹")]
    if problems:
        raise CannotRun(problems)
    nothing = empty(kind.schema), empty(QUARANTINE), empty(TOTALS)
    return scans, Reading(nothing[0], nothing[1], tuple(accounts), nothing[2], tuple(inputs), ())


def batches(scans: Mapping[str, pl.LazyFrame], rows: int) -> Iterator[pl.DataFrame]:
    """All rows of all scans in frames of about `rows`; a cell that is not of its type raises `CannotRun`."""
    for source, lazy in scans.items():
        try:
            yield from lazy.collect_batches(chunk_size=rows, maintain_order=True)
        except pl.exceptions.PolarsError as error:
            raise CannotRun(_problems(source, error)) from error


def _files(paths: Iterable[Path]) -> list[tuple[str, Path]]:
    """Source name and path of every parquet and CSV file, by name."""
    found: dict[Path, tuple[str, Path]] = {}
    for path in paths:
        base = path if path.is_dir() else path.parent
        for file in path.rglob("*") if path.is_dir() else [path]:
            hidden = file.relative_to(base).name.startswith((".", "~$"))
            if file.suffix.lower() in ENDINGS and file.is_file() and not hidden:
                found[file.resolve()] = (file.relative_to(base).as_posix(), file)
    return sorted(found.values())


def _lazy(source: str, file: Path, kind: Kind) -> pl.LazyFrame:
    """One file in the columns of `kind`; `source` and `row` where it does not bring them."""
    table = pl.scan_parquet(file) if file.suffix.lower() == ".parquet" else _text(file, kind)
    columns = table.collect_schema().names()
    chosen = {name: _present(name, kind, columns) for name in kind.schema}
    lacking = [kind.names.get(n, n) for n in kind.needed if chosen[n] is None]
    if lacking:
        remedy = "列名见 stays.parquet 和 roster.parquet 的说明"
        raise CannotRun([Problem(f"缺少列：{'、'.join(lacking)}", remedy, source)])
    if "row" not in columns:
        table = table.with_row_index("row", offset=2)
    values = [
        (pl.col(own) if own else _blank(name, source, "eligible_fen" in columns))
        .cast(kind.schema[name])
        .alias(name)
        for name, own in (chosen | {"row": "row"}).items()
    ]
    extra = [c for c in columns if c.startswith("x_")]
    return table.select(*values, *extra)


def _text(file: Path, kind: Kind) -> pl.LazyFrame:
    """A CSV with the types of `kind`; whatever it does not know stays text."""
    types = {kind.names.get(name, name): dtype for name, dtype in kind.schema.items()}
    columns = pl.scan_csv(file, infer_schema=False).collect_schema().names()
    known = {name: dtype for name, dtype in {**types, **kind.schema}.items() if name in columns}
    return pl.scan_csv(file, infer_schema=False, schema_overrides=known)


def _present(name: str, kind: Kind, columns: Sequence[str]) -> str | None:
    """The file's column for `name`: the reader's own name, else the contract's."""
    return next((c for c in (name, kind.names.get(name)) if c in columns), None)


def _blank(name: str, source: str, eligible: bool) -> pl.Expr:
    """What a column that the file does not have means."""
    known = {"source": source, "id_numeric": False, "has_eligible": eligible}
    return pl.lit(known.get(name))


def _problems(source: str, error: Exception) -> Sequence[Problem]:
    if isinstance(error, CannotRun):
        return error.problems
    what = f"不是契约列名和类型的表（{type(error).__name__}）"
    return [Problem(what, "金额为整数分，日期形如 2010-11-05；请重新导出", source)]
