"""What reading hands on: the rows, and an account of every other row of every file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from onestop_cli.errors import Broken, Problem, place_of
from onestop_cli.tables.schema import PLACE, QUARANTINE, Schema, empty

TOTALS: Schema = {
    **PLACE,
    "label": pl.String,
    "column": pl.String,
    "stated_fen": pl.Int64,
    "computed_fen": pl.Int64,
}
"""合计 rows that differ from the rows they total; `column` is the Chinese title of the amount."""

FILE_FINDINGS: Schema = {"code": pl.String, **PLACE, "message": pl.String}
"""What is to be said about a file or sheet as a whole, or a cell that was cleaned (FI05); then `row` is not null."""


def file_finding(code: str, source: str, sheet: str | None, message: str) -> pl.DataFrame:
    """A single row of `FILE_FINDINGS`."""
    said = {"code": code, "source": source, "sheet": sheet, "row": None, "message": message}
    return pl.DataFrame([said], schema=dict(FILE_FINDINGS))


@dataclass(frozen=True)
class SumProof:
    """A sum over the columns of a sheet, in words: on how many rows it was looked at and held, and the spreadsheet rows
    that break it with what they are off by (fen)."""

    words: str
    rows: int
    held: int
    broken: Sequence[tuple[int, int]]


@dataclass(frozen=True)
class InputFile:
    """A file that was read: path relative to the path given, container kind, SHA-256, size in bytes."""

    path: str
    kind: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class SheetAccount:
    """Where every row of a sheet went: rows_read = taken + quarantined + the sum of `left`.

    `columns`: field → header text. `header`: first and last header row, 1-based; null when the sheet is no
    table of the kind looked for. `notes`: what the reader was not sure of, in Chinese.
    """

    source: str
    sheet: str | None
    rows_read: int
    taken: int
    quarantined: int
    left: Mapping[str, int]
    header: tuple[int, int] | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    unit: str = "元"
    hospital: str | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.rows_read != self.taken + self.quarantined + sum(self.left.values()):
            raise Broken(f"{self.source} {self.sheet or ''}: rows read are not all accounted for")


@dataclass(frozen=True)
class Reading:
    """All files of one kind, read. `rows` in file order; `problems` must stop the run.

    `warnings`: sentences to say once and first, such as an export that spoiled its ID numbers. `findings`: what is to
    be said about files, sheets and cells (`FILE_FINDINGS`). `proofs`: the sums that were tried, and where.
    """

    rows: pl.DataFrame
    quarantine: pl.DataFrame
    sheets: tuple[SheetAccount, ...]
    totals: pl.DataFrame
    inputs: tuple[InputFile, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[str, ...] = ()
    findings: pl.DataFrame = field(default_factory=lambda: empty(FILE_FINDINGS))
    proofs: tuple[tuple[str, SumProof], ...] = ()

    @property
    def of_files(self) -> tuple[str, ...]:
        """What was found about whole files and sheets, in sentences."""
        whole = self.findings.filter(pl.col("row").is_null()).select("source", "sheet", "message")
        return tuple(
            f"{source}{f' 工作表“{sheet}”' if sheet else ''}：{message}"
            for source, sheet, message in whole.iter_rows()
        )

    @property
    def told(self) -> tuple[str, ...]:
        """What a clerk should know before anything is made of the rows."""
        return (*self.warnings, *self.of_files)


@dataclass(frozen=True)
class SheetReading:
    """One sheet, read."""

    account: SheetAccount
    rows: pl.DataFrame | None = None
    quarantine: pl.DataFrame | None = None
    totals: pl.DataFrame | None = None
    warnings: tuple[str, ...] = ()
    findings: pl.DataFrame | None = None
    proofs: tuple[SumProof, ...] = ()

    @property
    def place(self) -> str:
        """File and sheet, for a sentence."""
        return place_of(self.account.source, self.account.sheet)


def together(
    schema: Schema,
    sheets: Iterable[SheetReading],
    inputs: Iterable[InputFile],
    problems: Iterable[Problem],
    notes: Iterable[str] = (),
) -> Reading:
    """The sheets of all files as one reading, in order; `notes` on files that were not read come first."""
    parts = tuple(sheets)

    def stacked(of: Schema, tables: Iterable[pl.DataFrame | None]) -> pl.DataFrame:
        return pl.concat([empty(of), *(table for table in tables if table is not None)])

    return Reading(
        rows=stacked(schema, (part.rows for part in parts)),
        quarantine=stacked(QUARANTINE, (part.quarantine for part in parts)),
        sheets=tuple(part.account for part in parts),
        totals=stacked(TOTALS, (part.totals for part in parts)),
        inputs=tuple(inputs),
        problems=tuple(problems),
        warnings=(*notes, *(sentence for part in parts for sentence in part.warnings)),
        findings=stacked(FILE_FINDINGS, (part.findings for part in parts)),
        proofs=tuple((part.place, proof) for part in parts for proof in part.proofs),
    )
