"""`onestop` in a county folder: where the quarter stands, from the files that are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from onestop_cli.batch.closed_periods import left_out
from onestop_cli.batch.handed_in import Closed, closed_files, of_reading
from onestop_cli.batch.misnamed import (
    DECISIONS,
    PASSWORDS,
    filled_in_place,
    lying,
    misnamed,
    unlisted,
)
from onestop_cli.batch.runs import moment, runs_in
from onestop_cli.batch.start import county_settings
from onestop_cli.county.inbox_check import INSURED, ROSTER, STAYS, inbox_notes
from onestop_cli.county.periods import Period
from onestop_cli.county.progress import InboxSummary, LastRun, Progress, period_of
from onestop_cli.county.settings import LEDGER, Settings
from onestop_cli.county.synonyms import names
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.ledger.store import opened
from onestop_cli.readers.containers.locked import passwords_in
from onestop_cli.readers.insured_list import InsuredList, read_insured
from onestop_cli.readers.register import read_register
from onestop_cli.readers.roster import read_rosters
from onestop_cli.readers.stays import read_stays
from onestop_cli.tables.reading import InputFile, Reading
from onestop_cli.tables.run_info import RunInfo
from onestop_cli.writers.screens.status import show_standing

PUBLISHED, INSPECTED = "公示", "检查"
"""Folders of a county where the manual puts the papers of a period."""


def show_status() -> None:
    """Show where the county folder we stand in stands; raises `CannotRun` for unreadable settings or books."""
    show_standing(standing(county_settings()))


def standing(settings: Settings) -> Progress:
    """What the files of a county folder tell."""
    home = settings.folder
    books = _closed(settings.ledger) if settings.ledger else {}
    closed = tuple(reversed(books))
    runs = _runs(home, settings.reconcile.out)
    like = next(iter(closed), None) or next((i.period for _, i in runs if not _doubtful(i)), None)
    inbox, files = _inbox(settings, like, books)
    decided = (home / DECISIONS).is_file() or bool(settings.reconcile.decisions)
    lost = [*_lost_books(settings, runs)]
    more = [*lost, *misnamed(home, decided=decided, books=bool(settings.ledger))]
    more += unlisted(home, settings.reconcile.insured)
    period = inbox.period.id if inbox.period else None
    run = next((run for run in runs if run[1].period == period), None)
    if period not in books:
        more += _skipped(settings.ledger, inbox.period)
        more += filled_in_place(*run) if run and not decided else ()
    inbox = replace(inbox, notes=(*more, *inbox.notes))
    return Progress(
        settings.county.name,
        inbox,
        closed,
        _last(home, *run, files) if run else None,
        _papers(home, PUBLISHED, period, "manifest.json"),
        _papers(home, INSPECTED, period, "plan.json"),
        (settings.reconcile.ledger or Path(LEDGER)).as_posix(),
        None if lost else _astray(home, runs, {period, *closed}),
    )


def _doubtful(info: RunInfo) -> bool:
    """Whether the period of a run was likely typed wrong."""
    return any("是不是结算期写错了" in said for said in info.warnings)


def _lost_books(settings: Settings, runs: list[tuple[Path, RunInfo]]) -> Iterator[str]:
    """What to say when the newest run had books and there are none now."""
    if settings.ledger is None and runs and runs[0][1].ledger:
        name = (settings.reconcile.ledger or Path(LEDGER)).as_posix()
        yield f"{runs[0][0].name} 核对时用过台账，现在没有找到 {name}：请先放回县文件夹"


def _astray(
    home: Path, runs: list[tuple[Path, RunInfo]], expected: set[str | None]
) -> tuple[str, str] | None:
    """The newest run when it is of a period that nobody expects: `--period` was typed wrong."""
    if not runs or None in expected or runs[0][1].period in expected:
        return None
    folder, info = runs[0]
    return folder.relative_to(home).as_posix(), info.period


def _closed(ledger: Path) -> Closed:
    """The closed periods and their files; none while there are no books."""
    if not ledger.is_file():
        return {}
    with opened(ledger) as books:
        return closed_files(books)


def _skipped(ledger: Path | None, period: Period | None) -> Iterator[str]:
    """What to say when the inbox holds a period and the one before it is not closed."""
    if ledger and ledger.is_file() and period:
        with opened(ledger) as books:
            yield from left_out(books, period)


def _runs(home: Path, out: Path | None) -> list[tuple[Path, RunInfo]]:
    """Run folders with their run.json, newest first; a folder that is no run is passed over."""
    if out is None:
        return []
    return runs_in([home / out])


def _inbox(settings: Settings, like: str | None, closed: Closed) -> tuple[InboxSummary, set[str]]:
    """What lies in the inbox, and the hashes of its files."""
    home, chosen = settings.folder, settings.reconcile
    hospitals, problems = _register(settings)
    known_words = passwords_in(lying(home, PASSWORDS))
    places = _filled(home, chosen.stays), _filled(home, chosen.roster)
    stays = read_stays(places[0], settings, hospitals, passwords=known_words)
    roster = read_rosters(places[1], settings, known_words)
    insured, wrong = _insured(settings)
    problems += [*stays.problems, *roster.problems, *wrong]
    days = stays.rows.select(day=pl.coalesce("settled_on", "discharged_on"))["day"].drop_nulls()
    common = days.dt.truncate("1mo").mode().sort().last() if len(days) else None
    known = names(settings)
    handed = of_reading(
        stays,
        roster,
        hospitals,
        lambda raw: known.canonical_hospital(raw, hospitals),
        closed,
        insured,
    )
    inbox = InboxSummary(
        stay_files=len(stays.inputs),
        stays=len(stays.rows),
        roster_files=len(roster.inputs),
        people=len(roster.rows),
        hospitals=len(hospitals),
        silent=tuple(name for name in hospitals if name not in handed.heard),
        first=days.min(),  # type: ignore[arg-type]
        last=days.max(),  # type: ignore[arg-type]
        period=period_of(common, like) if common else None,  # type: ignore[arg-type]
        problems=tuple(problems),
        notes=tuple(inbox_notes(replace(handed, heard=()))),
    )
    return inbox, _hashes(stays, roster) | {digest for _, digest, _ in insured.files}


def _insured(settings: Settings) -> tuple[InsuredList, Sequence[Problem]]:
    """The lists of insured people, or what is wrong with them."""
    try:
        return read_insured(settings.folder / path for path in settings.reconcile.insured), ()
    except CannotRun as error:
        return InsuredList(), error.problems


def _register(settings: Settings) -> tuple[list[str], list[Problem]]:
    """The names in the register, or what is wrong with it."""
    file = settings.reconcile.register_file
    if file is None:
        return [], [
            Problem(
                "onestop.toml 没有写定点机构名册",
                '请在 [reconcile] 加一行 register = "定点机构名册.csv"',
            )
        ]
    try:
        return read_register(settings.folder / file, settings)["hospital"].unique(
            maintain_order=True
        ).to_list(), []
    except CannotRun as error:
        return [], list(error.problems)


def _filled(home: Path, paths: Iterable[Path]) -> list[Path]:
    """The places with something in them; an empty inbox is no fault."""
    places = [home / path for path in paths]
    return [
        place for place in places if place.is_file() or (place.is_dir() and any(place.iterdir()))
    ]


def _hashes(*readings: Reading) -> set[str]:
    files: list[InputFile] = [file for reading in readings for file in reading.inputs]
    return {file.sha256 for file in files}


def _last(home: Path, folder: Path, info: RunInfo, files: set[str]) -> LastRun:
    """A run beside the files of today."""
    used = {file.sha256 for file in info.inputs if file.kind in (STAYS, ROSTER, INSURED)}
    made = moment(folder, info)
    status = info.counts.status
    return LastRun(
        folder.relative_to(home).as_posix(),
        f"{made:%Y-%m-%d %H:%M}",
        status.get("held", 0),
        status.get("rejected", 0),
        len(used ^ files),
    )


def _papers(home: Path, kind: str, period: str | None, mark: str) -> str | None:
    """The newest folder of `kind` for `period` that is complete."""
    found = sorted((home / kind).glob(f"{period}*/{mark}")) if period else []
    return found[-1].parent.relative_to(home).as_posix() if found else None
