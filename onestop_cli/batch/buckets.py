"""`onestop reconcile --buckets N`: a run too large for memory, part by part, with the sums of one run.

The rows are dealt out once into N parts of whole persons, on disk beside the result; each part goes through the same
core as a small run, here or on a Ray cluster; the tables are joined without ever being held whole. Workbooks are made
from the joined tables, up to the million rows that a sheet holds; a larger run has the data of a run folder only.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from onestop_cli.batch.compare import with_the_one_before
from onestop_cli.batch.dealing import Dealing
from onestop_cli.batch.describe import Read, about_past, about_run, counts, file_level
from onestop_cli.batch.engines import run_parts
from onestop_cli.batch.guards import mostly_outside
from onestop_cli.batch.one_part import ABOUT_STAYS, PartDone, Parts
from onestop_cli.batch.papers import write_papers
from onestop_cli.batch.parts_told import of_lists, of_rows
from onestop_cli.batch.reconcile import again, insured_of, names_of, options_of, remembered
from onestop_cli.batch.request import Request, Tell
from onestop_cli.batch.retroactive import retroactive
from onestop_cli.batch.start import READING, refuse_books, used
from onestop_cli.batch.told import beside_stays
from onestop_cli.core.closed import History
from onestop_cli.core.findings.whole_files import whole_files
from onestop_cli.core.insured_area import areas_of
from onestop_cli.core.options import NOTHING_BEFORE, Earlier
from onestop_cli.core.parts import MARKS, PERSON, added_up
from onestop_cli.core.roster import understand_roster
from onestop_cli.county.periods import parse_period
from onestop_cli.errors import CannotRun, Problem, gathered, stop
from onestop_cli.readers.contract_tables import ENTRIES, STAYS, batches, has_columns, scan
from onestop_cli.readers.register import read_register
from onestop_cli.readers.roster import read_rosters
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.library import load_rules
from onestop_cli.rulebook.usable import unusable
from onestop_cli.run import Run
from onestop_cli.tables.reading import Reading
from onestop_cli.tables.run_info import RunInfo
from onestop_cli.tables.schema import PLACE
from onestop_cli.writers.statements.parts_screen import sums
from onestop_cli.writers.toolkit.console import progress
from onestop_cli.writers.toolkit.folder import staged
from onestop_cli.writers.toolkit.row_groups import join
from onestop_cli.writers.toolkit.run_folder import seal, write_data
from onestop_cli.writers.toolkit.screen import summary

BATCH = 500_000
"""Rows that are dealt out at a time."""
MOST_IN_BOOKS = 1_000_000
"""Rows that a sheet holds with its headings; a run of more has its data only."""
SPILL = ".parts"
_OF_LEDGER = ("name", "id_raw", "id_numeric", "hospital_raw", "stay_no")
"""What of a row tells which closed stays it needs."""


@dataclass(frozen=True)
class Dealt:
    """What was read and remembered, and its `parts` on disk; `total`: rows in all."""

    request: Request
    read: Read
    earlier: Earlier
    parts: Parts
    total: int


def reconcile_in_parts(
    request: Request,
    out: Path,
    buckets: int,
    engine: str,
    tell: Tell = lambda stage: None,
    *,
    papers: bool = False,
) -> Run:
    """Write the run folder `out`, with `papers` where they can hold every row; raises `CannotRun` with every problem.

    The run has its stays and their findings only where papers were written.
    """
    read, scans = _read(request)
    with staged(out) as stage:
        tell("按人分批")
        dealt = _dealt(request, read, scans, stage / SPILL, buckets)
        tell(f"核对计算（{dealt.total:,} 行，{buckets} 批）")
        results = run_parts(dealt.parts, range(buckets), engine)
        done = [results[number] for number in sorted(results)]
        if problems := [problem for part in done for problem in part.problems]:
            raise CannotRun(problems)
        tell("核对合计")
        run = _whole(dealt, done, {"buckets": buckets, "engine": engine})
        _write(stage, run, dealt.parts)
        if papers and fit(run.info):
            tell("写出结果")
            run = _with_stays(run, stage / "data")
            write_papers(run, stage, request.settings, tell, with_the_one_before(run, out))
            seal(run.info, stage)
    return run


def fit(info: RunInfo) -> bool:
    """Whether a sheet can hold every stay and every finding of a run."""
    return max(info.counts.stays, sum(info.severity.values())) <= MOST_IN_BOOKS


def _with_stays(run: Run, data: Path) -> Run:
    """The run as it is in memory without parts, its rows in the order of their files, and what they say as a whole."""
    stays, findings = (_in_order(data / f"{name}.parquet") for name in ("stays", "findings"))
    layers = [layer.id for layer in run.layers]
    said = [*mostly_outside(stays), *whole_files(stays, findings, layers), *run.info.warnings]
    info = run.info.model_copy(update={"warnings": tuple(said)})
    return replace(run, info=info, stays=stays, findings=findings)


def _in_order(file: Path) -> pl.DataFrame:
    """A table in the order of its rows' places, column by column, since all of them take the memory that parts save;
    blank ones stay a literal, which takes none."""
    places = pl.read_parquet(file, columns=[*PLACE]).with_row_index("_row")
    order = places.sort(*PLACE, maintain_order=True)["_row"]
    columns = []
    for name, kind in pl.read_parquet_schema(file).items():
        column = pl.read_parquet(file, columns=[name]).to_series()
        blank = column.null_count() == len(order)
        columns.append(pl.lit(None, kind).alias(name) if blank else column.rechunk().gather(order))
    return order.to_frame().with_columns(columns).drop("_row")


def _dealt(
    request: Request, read: Read, scans: Mapping[str, pl.LazyFrame], folder: Path, buckets: int
) -> Dealt:
    """Everything in parts below `folder`."""
    settings, period = request.settings, parse_period(request.period)
    _refuse_households(_book(read))
    names = names_of(settings, read.register, _book(read))
    dealing = Dealing(folder, buckets, read.register, names, period)
    total = dealing.deal(batches(scans, BATCH))
    for name in ABOUT_STAYS:
        (folder / name).mkdir()
    options = options_of(settings, areas_of(dealing.dealt))
    read, earlier = _remembered(request, read, dealing)
    book = _book(read)
    _refuse_households(book)
    roster = understand_roster(read.roster.rows, names_of(settings, read.register, book).kinds)
    decided_in = dealing.bring_together(total, earlier, roster, book)
    shared = replace(earlier, history=_without_stays(earlier.history))
    parts = Parts(
        folder, roster, read.register, book, period, settings, options, read.insured.rows, shared,
        decided_in,
    )  # fmt: skip
    return Dealt(request, read, earlier, parts, total)


def _refuse_households(book: Rulebook) -> None:
    """Raise `CannotRun` for documents by which people of several parts would hang on each other."""
    if book.of_households:
        what = "政策文件有全户限额，分批核对会把一户的人分到几批"
        raise stop(what, "请不用 --buckets，一次核对")


def _book(read: Read) -> Rulebook:
    return Rulebook(tuple(rule.file for rule in read.rules))


def _remembered(request: Request, read: Read, dealing: Dealing) -> tuple[Read, Earlier]:
    """What the ledger and the decisions bring."""
    if not (request.ledger or request.decisions):
        return read, NOTHING_BEFORE
    known = dealing.dealt.select(_OF_LEDGER).unique().collect(engine="streaming")
    return remembered(request, replace(read, stays=replace(read.stays, rows=known)))


def _without_stays(history: History | None) -> History | None:
    return None if history is None else replace(history, stays=history.stays.clear())


def _read(request: Request) -> tuple[Read, dict[str, pl.LazyFrame]]:
    """Everything but the rows of the stays, and a scan of these."""
    problems: list[Problem] = []
    rules = gathered(problems, lambda: load_rules(request.rules, request.county_folder)) or ()
    problems += unusable(rules)
    register = gathered(problems, lambda: read_register(request.register, request.settings))
    scanned = gathered(problems, lambda: scan(request.stays, STAYS))
    roster = gathered(problems, lambda: _roster(request))
    insured = gathered(problems, lambda: insured_of(request.settings))
    problems += () if roster is None else roster.problems
    if problems or register is None or scanned is None or roster is None or insured is None:
        raise CannotRun(problems)
    scans, stays = scanned
    return Read(stays, roster, register, rules, insured=insured), scans


def _roster(request: Request) -> Reading:
    """The roster from parquet or CSV of the contract's columns, else from the files of every day."""
    if not has_columns(request.roster):
        return read_rosters(request.roster, request.settings)
    scans, account = scan(request.roster, ENTRIES)
    rows = pl.concat(list(batches(scans, BATCH)))
    return replace(account, rows=rows)


def _whole(dealt: Dealt, done: Sequence[PartDone], engines: Mapping[str, Any]) -> Run:
    """The run without the stays of its parts and their findings; its own findings are those about files and the
    roster."""
    lines, closed = (_together(dealt, name) for name in ("adjustments", "closed"))
    found, quarantine = file_level(dealt.read, dealt.parts.roster)
    documents = {rule.file.id: rule.data for rule in dealt.read.rules}
    info = _info(dealt, done, lines, engines)
    return Run(
        info, pl.DataFrame(), found, dealt.parts.roster, quarantine, lines, documents,
        dealt.read.register, closed,
    )  # fmt: skip


def _info(
    dealt: Dealt, done: Sequence[PartDone], lines: pl.DataFrame, engines: Mapping[str, Any]
) -> RunInfo:
    """`run.json`, with the sums of the parts."""
    request, read, parts = dealt.request, dealt.read, dealt.parts
    whole = added_up(part.sums for part in done)
    decided = next((part.decided for part in done if part.decided is not None), None)
    about = about_run(
        request.made_at, parts.period, request.settings, request.register, read, parts.book
    )
    return RunInfo.model_validate(
        {
            **about,
            "counts": counts(read, whole["status"], whole["joined"]),
            "control": whole["control"],
            "severity": dict(sorted(whole["severity"].items())),
            "warnings": [
                *of_lists(request, read, parts.book, *_on_disk(parts)),
                *_retroactive(dealt),
                *read.roster.warnings,
                *of_rows(request, read, parts.roster, parts.book, *_on_disk(parts)),
                *beside_stays(parts.period, read.register, dealt.earlier, lines),
                *dict.fromkeys(note for part in done for note in part.notes),
            ],
            "parts": engines,
            **about_past(request.decisions, decided, read.past, lines),
            **again(dealt.earlier),
        }
    )


def _dealt_rows(parts: Parts) -> pl.LazyFrame:
    """All stays as they were read."""
    return pl.scan_parquet(parts.folder / "rows" / "*" / "*.parquet")


def _on_disk(parts: Parts) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """All stays as they were read, and as they were worked out."""
    return _dealt_rows(parts), pl.scan_parquet(parts.tables("stays"))


def _retroactive(dealt: Dealt) -> Iterator[str]:
    """What the roster changes about closed stays that are not worked out again."""
    parts, ledger = dealt.parts, dealt.request.ledger
    if ledger is None:
        return

    def rows(people: pl.Series) -> pl.DataFrame:
        own = pl.col(PERSON).is_in(people.hash().implode())
        return _dealt_rows(parts).filter(own).drop(*MARKS).collect(engine="streaming")

    yield from retroactive(ledger, parts.core, rows, dealt.earlier)


def _together(dealt: Dealt, name: str) -> pl.DataFrame:
    """What the parts wrote about closed stays, in the order of the books."""
    tables = [pl.read_parquet(file) for file in dealt.parts.tables(name)]
    whole = pl.concat([t for t in tables if len(t)] or tables[:1], how="diagonal_relaxed")
    if dealt.earlier.history is None or whole.is_empty():
        return whole
    keys = ["period", *PLACE]
    order = dealt.earlier.history.stays.select(keys).with_row_index("_nth")
    return whole.join(order, on=keys, how="left", nulls_equal=True).sort("_nth").drop("_nth")


def _write(stage: Path, run: Run, parts: Parts) -> None:
    """The data of the run folder: small tables as ever, the parts' tables behind each other in one file each."""
    write_data(run, stage)
    of_files = parts.folder / "of_files.parquet"
    run.findings.write_parquet(of_files)
    for name, more in (("stays", []), ("findings", [of_files])):
        join([*parts.tables(name), *more], stage / "data" / f"{name}.parquet")
    shutil.rmtree(parts.folder)
    seal(run.info, stage)


def run_parts_and_write(
    request: Request, out: Path, buckets: int, engine: str, *, quiet: bool
) -> set[str]:
    """Reconcile in parts, write the run folder, show what came of it; returns the severities of its findings."""
    with progress(quiet=quiet) as tell:
        for said in (*used(request), READING):
            tell(said)
        refuse_books(request, out)
        run = reconcile_in_parts(request, out, buckets, engine, tell, papers=True)
    if not quiet and fit(run.info):
        summary(run, out)
    elif not quiet:
        sums(run.info, out)
    return {*run.info.severity, *run.findings["severity"]}
