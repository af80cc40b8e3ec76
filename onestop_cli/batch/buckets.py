"""`onestop reconcile --buckets N`: a run too large for memory, part by part, with the sums of one run.

The rows are dealt out once into N parts of whole persons, on disk beside the result; each part goes through the same
core as a small run, here or on a Ray cluster; the tables are joined without ever being held whole. Such a run has the
data of a run folder, and no workbooks: they end at a million rows.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from onestop_cli.batch.describe import Read, about_run, counts, file_level, in_order
from onestop_cli.batch.engines import run_parts
from onestop_cli.batch.reconcile import (
    Request,
    Tell,
    insured_of,
    names_of,
    no_list,
    options_of,
)
from onestop_cli.core.closed import no_adjustments
from onestop_cli.core.identify import identify
from onestop_cli.core.insured_area import areas_of
from onestop_cli.core.options import USUAL, NameLookup, Options
from onestop_cli.core.parts import BUCKET, NAMESAKE, PERSON, VISIT, added_up, moves, with_keys
from onestop_cli.core.pipeline import work
from onestop_cli.core.place import place
from onestop_cli.core.reconcile import control
from onestop_cli.core.roster import understand_roster
from onestop_cli.county.periods import Period, parse_period
from onestop_cli.errors import CannotRun, stop
from onestop_cli.readers.contract_tables import ENTRIES, STAYS, batches, has_columns, scan
from onestop_cli.readers.register import read_register
from onestop_cli.readers.roster import read_rosters
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.library import load_rules
from onestop_cli.rulebook.usable import unusable
from onestop_cli.run import Run
from onestop_cli.tables.reading import Reading
from onestop_cli.tables.run_info import RunInfo
from onestop_cli.writers.statements.parts_screen import sums
from onestop_cli.writers.toolkit.folder import staged
from onestop_cli.writers.toolkit.run_folder import seal, write_data
from onestop_cli.writers.toolkit.screen import progress

BATCH = 500_000
"""Rows that are dealt out at a time."""
SLICE = 4_000_000
"""Stays among which people with one stay number are looked for at a time."""
SPILL = ".parts"


@dataclass(frozen=True)
class Parts:
    """The core over the parts that lie in `folder`; called with a part's number, writes its tables there.

    A plain value: it can be sent to another process, which must see the same folder.
    """

    folder: Path
    register: pl.DataFrame
    book: Rulebook
    period: Period
    names: NameLookup
    options: Options
    insured: pl.DataFrame

    def __call__(self, number: int) -> Mapping[str, Any]:
        """The part's sums: control totals, stays by status and findings by severity."""
        roster = pl.read_parquet(self.folder / "roster.parquet")
        done = work(
            self.rows(number),
            roster,
            self.register,
            self.book,
            self.period,
            self.names,
            self.options,
            insured=self.insured,
        )
        stays = in_order(done.stays, self.book.layers)
        for name, table in (("stays", stays), ("findings", done.findings)):
            _write_whole(table, self.folder / name / f"{number:05d}.arrow")
        return {
            "control": control(stays, self.book.layers),
            "joined": done.joined,
            "status": dict(stays["status"].value_counts().iter_rows()),
            "severity": dict(done.findings["severity"].value_counts().iter_rows()),
        }

    def rows(self, number: int) -> pl.DataFrame:
        """The stays of a part: those dealt to it, less whom it lost to another part, and whom it won."""
        own = pl.read_parquet(self.folder / "rows" / f"{number:05d}" / "*.parquet")
        moved = pl.read_parquet(self.folder / "moved.parquet")
        won = moved.filter(pl.col(BUCKET) == number).drop(BUCKET)
        stay = own.join(moved.select(PERSON).unique(), on=PERSON, how="anti", maintain_order="left")
        return pl.concat([stay, won]).drop(PERSON, VISIT, NAMESAKE)


def reconcile_in_parts(
    request: Request, out: Path, buckets: int, engine: str, tell: Tell = lambda stage: None
) -> RunInfo:
    """Write the run folder `out` and return its `run.json`; raises `CannotRun` with every problem."""
    if request.ledger or request.decisions:
        raise stop("分批核对不能同时使用台账或处理意见", "请去掉 --ledger 和 --decisions")
    tell("读取文件")
    read, scans = _read(request)
    book = Rulebook(tuple(rule.file for rule in read.rules))
    if book.of_households:
        what = "政策文件有全户限额，分批核对会把一户的人分到几批"
        raise stop(what, "请不用 --buckets，一次核对")
    names = names_of(request.settings, read.register, book)
    period = parse_period(request.period)
    roster = understand_roster(read.roster.rows, names.kinds)
    with staged(out) as stage:
        listed = read.insured.rows
        parts = Parts(stage / SPILL, read.register, book, period, names, USUAL, listed)
        tell("按人分批")
        deal(batches(scans, BATCH), parts, buckets)
        areas = areas_of(pl.scan_parquet(parts.folder / "rows" / "*" / "*.parquet"))
        parts = replace(parts, options=options_of(request.settings, areas))
        roster.write_parquet(parts.folder / "roster.parquet")
        tell(f"核对计算（{buckets} 批）")
        results = run_parts(parts, range(buckets), engine)
        tell("核对合计")
        whole = added_up(results[number] for number in sorted(results))
        engines = {"buckets": buckets, "engine": engine}
        info = _info(request, read, book, {**whole, "parts": engines})
        _write(stage, _small(info, read, roster), parts)
    return info


def _small(info: RunInfo, read: Read, roster: pl.DataFrame) -> Run:
    """The run without the tables of its parts; its findings are those about files and the roster."""
    found, quarantine = file_level(read, roster)
    documents = {rule.file.id: rule.data for rule in read.rules}
    return Run(info, pl.DataFrame(), found, roster, quarantine, no_adjustments(), documents)


def _read(request: Request) -> tuple[Read, dict[str, pl.LazyFrame]]:
    """Everything but the rows of the stays, and a scan of these."""
    rules = load_rules(request.rules, request.county_folder)
    problems = [*unusable(rules)]
    register = read_register(request.register, request.settings)
    scans, stays = scan(request.stays, STAYS)
    roster = _roster(request)
    problems += roster.problems
    if problems:
        raise CannotRun(problems)
    return Read(stays, roster, register, rules, insured=insured_of(request.settings)), scans


def _roster(request: Request) -> Reading:
    """The roster from parquet or CSV of the contract's columns, else from the files of every day."""
    if not has_columns(request.roster):
        return read_rosters(request.roster, request.settings)
    scans, account = scan(request.roster, ENTRIES)
    rows = pl.concat(list(batches(scans, BATCH)))
    return replace(account, rows=rows)


def deal(batched: Iterable[pl.DataFrame], parts: Parts, buckets: int) -> None:
    """Write every row into its part, and `moved.parquet`: the rows of people who share a visit or a name and
    birth with another part."""
    folders = [parts.folder / "rows" / f"{number:05d}" for number in range(buckets)]
    for folder in (*folders, parts.folder / "stays", parts.folder / "findings"):
        folder.mkdir(parents=True)
    total = 0
    for count, rows in enumerate(batched):
        total += len(rows)
        keyed = rows.hstack(_keys(rows, parts, buckets))
        dealt = keyed.partition_by(BUCKET, as_dict=True)
        for number, folder in enumerate(folders):
            part = dealt.get((number,), keyed.clear()).drop(BUCKET)
            part.write_parquet(folder / f"{count:05d}.parquet", compression="lz4")
    if not total:
        raise stop("没有读到一行住院记录", "请检查 --stays 给出的文件或文件夹")
    _moved(parts, buckets, total).write_parquet(parts.folder / "moved.parquet")


def _keys(rows: pl.DataFrame, parts: Parts, buckets: int) -> pl.DataFrame:
    placed = place(rows, parts.register, parts.names, parts.period)
    return with_keys(identify(placed), buckets).select(PERSON, VISIT, NAMESAKE, BUCKET)


def _moved(parts: Parts, buckets: int, total: int) -> pl.DataFrame:
    """The rows of everybody who has to change parts, with their new `_bucket`."""
    dealt = pl.scan_parquet(parts.folder / "rows" / "*" / "*.parquet")
    slices = -(-total // SLICE)
    keys = (VISIT, NAMESAKE)
    shared = pl.concat([_shared(dealt, key, n, slices) for key in keys for n in range(slices)])
    going = moves(shared, buckets)
    return dealt.join(going.lazy(), on=PERSON).collect(engine="streaming")


def _shared(dealt: pl.LazyFrame, key: str, number: int, slices: int) -> pl.DataFrame:
    """(`_visit`, `_person`) of what several persons share, in one slice of all values of `key`."""
    pairs = (
        dealt.select(pl.col(key).alias(VISIT), PERSON)
        .filter(pl.col(VISIT) % slices == number)
        .collect(engine="streaming")
    )
    several = pairs.group_by(VISIT).agg(low=pl.col(PERSON).min(), high=pl.col(PERSON).max())
    return pairs.join(several.filter(pl.col("low") != pl.col("high")), on=VISIT, how="semi")


def _write_whole(table: pl.DataFrame, file: Path) -> None:
    """A part's table under its name only when it is complete: a lost worker leaves nothing that counts. It is written
    once more with those of the other parts, so quickly here, and small there."""
    unfinished = file.with_suffix(".tmp")
    table.write_ipc(unfinished, compression="lz4")
    unfinished.replace(file)


def _info(request: Request, read: Read, book: Rulebook, sums: Mapping[str, Any]) -> RunInfo:
    """`run.json`, with the sums of the parts."""
    return RunInfo.model_validate(
        {
            **about_run(
                request.made_at,
                parse_period(request.period),
                request.settings,
                request.register,
                read,
                book,
            ),
            "counts": counts(read, sums["status"], sums["joined"]),
            "control": sums["control"],
            "severity": dict(sorted(sums["severity"].items())),
            "warnings": [*read.roster.warnings, *no_list(book, read.insured)],
            "parts": sums["parts"],
        }
    )


def _write(stage: Path, run: Run, parts: Parts) -> None:
    """The data of the run folder: small tables as ever, the parts' tables streamed into one file each."""
    write_data(run, stage)
    few = run.findings.lazy()
    for name, more in (("stays", None), ("findings", few)):
        whole = pl.scan_ipc(parts.folder / name / "*.arrow")
        whole = whole if more is None else pl.concat([whole, more])
        whole.sink_parquet(stage / "data" / f"{name}.parquet")
    shutil.rmtree(parts.folder)
    seal(run.info, stage)


def run_parts_and_write(
    request: Request, out: Path, buckets: int, engine: str, *, quiet: bool
) -> set[str]:
    """Reconcile in parts, write the run folder, show its sums; returns the severities of its findings."""
    with progress(quiet=quiet) as tell:
        info = reconcile_in_parts(request, out, buckets, engine, tell)
    if not quiet:
        sums(info, out)
    return set(info.severity)
