"""`onestop reconcile`: files in, run folder out. The one place where reading, the core and the papers meet."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from onestop_cli import __version__
from onestop_cli.errors import Broken, CannotRun, Problem, stop
from onestop_cli.findings.causes import level_rates
from onestop_cli.findings.files import roster_findings, row_findings, total_findings
from onestop_cli.link import understand_roster
from onestop_cli.periods import Period, parse_period
from onestop_cli.pipeline import Names, Options, Work, work
from onestop_cli.readers.reading import Reading
from onestop_cli.readers.register import read_register
from onestop_cli.readers.roster import read_rosters
from onestop_cli.readers.stays import read_stays
from onestop_cli.reconcile import control
from onestop_cli.rostering import roster_faults
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.library import LoadedRule, load_rules
from onestop_cli.rulebook.standards import standards
from onestop_cli.run import Run
from onestop_cli.schema import PER_LAYER, STAY_HEAD
from onestop_cli.settings import Settings
from onestop_cli.synonyms import names as synonyms

Tell = Callable[[str], None]
"""Told the Chinese name of each stage as it begins."""


@dataclass(frozen=True)
class Request:
    """What a clerk asks for, defaults from onestop.toml filled in."""

    period: str
    stays: Sequence[Path]
    roster: Sequence[Path]
    register: Path
    rules: Sequence[str]
    settings: Settings
    county_folder: Path | None = None


@dataclass(frozen=True)
class _Read:
    """Everything that was read."""

    stays: Reading
    roster: Reading
    register: pl.DataFrame
    rules: tuple[LoadedRule, ...]


def reconcile(request: Request, tell: Tell = lambda stage: None) -> Run:
    """A whole run in memory, control totals asserted; raises `CannotRun` with every problem at once."""
    period = parse_period(request.period)
    tell("读取文件")
    read = _read(request)
    book = Rulebook(tuple(rule.file for rule in read.rules))
    tell("核对计算")
    names = _names(request.settings, read.register, book)
    roster = understand_roster(read.roster.rows, names.category)
    done = work(
        read.stays.rows, roster, read.register, book, period, names, _options(request.settings)
    )
    tell("核对合计")
    return _run(request, read, book, roster, done, period)


def _read(request: Request) -> _Read:
    """All inputs, or all their problems."""
    problems: list[Problem] = []
    settings = request.settings
    rules: tuple[LoadedRule, ...] = ()
    register = pl.DataFrame()
    try:
        rules = load_rules(request.rules, request.county_folder)
        problems += _unusable(rules)
    except CannotRun as error:
        problems += error.problems
    try:
        register = read_register(request.register, settings)
    except CannotRun as error:
        problems += error.problems
    hospitals = register["hospital"].to_list() if len(register) else []
    stays = read_stays(request.stays, settings, hospitals, _columns_wanted(rules))
    roster = read_rosters(request.roster, settings)
    problems += [*stays.problems, *roster.problems]
    if not problems and len(stays.rows) == 0:
        raise stop("没有读到一行住院记录", "请检查 --stays 给出的文件或文件夹")
    if problems:
        raise CannotRun(problems)
    return _Read(stays, roster, register, rules)


def _unusable(rules: Sequence[LoadedRule]) -> list[Problem]:
    """Documents that leave gaps or overlaps, alone or with each other."""
    from onestop_cli.rulebook.check import blocking_problems

    return blocking_problems(rules)


def _columns_wanted(rules: Sequence[LoadedRule]) -> Mapping[str, Sequence[str]]:
    """Further export columns that the documents' terms depend on."""
    dims = {d.id: d.columns for r in rules for d in r.file.dimension if d.source == "stay"}
    return dims | {e.id: e.columns for r in rules for e in r.file.expense if e.columns}


def _names(settings: Settings, register: pl.DataFrame, book: Rulebook) -> Names:
    known = synonyms(settings)
    hospitals, categories = register["hospital"].to_list(), book.priority

    def category(text: str) -> str | None:
        if known.says_none(text):
            return None
        return known.canonical_category(text, categories) or text.strip()

    return Names(
        hospital=lambda text: known.canonical_hospital(text, hospitals),
        level=known.canonical_level,
        category=category,
    )


def _options(settings: Settings) -> Options:
    held = frozenset(code for code, who in settings.liability.items() if who == "held")
    chosen = settings.reconcile
    return Options(chosen.tolerance_fen, chosen.near_cap_rate, chosen.readmission_days, held)


def _run(
    request: Request,
    read: _Read,
    book: Rulebook,
    roster: pl.DataFrame,
    done: Work,
    period: Period,
) -> Run:
    quarantine = pl.concat([read.stays.quarantine, read.roster.quarantine])
    findings = pl.concat(
        [
            done.findings,
            roster_findings(roster_faults(roster)),
            total_findings(pl.concat([read.stays.totals, read.roster.totals])),
            row_findings(quarantine),
        ]
    )
    info = {
        "version": __version__,
        "period": period.id,
        "county": request.settings.county.model_dump(),
        "layers": [_layer(book, layer) for layer in book.layers],
        "rules": [_rule(rule) for rule in read.rules],
        "classes": {
            name: label
            for rule in book.rules
            for label, members in rule.categories.classes.items()
            for name in members
        },
        "standards": standards(book),
        "level_rates": level_rates(book),
        "inputs": _inputs(request, read),
        "counts": _counts(read, done.stays),
        "control": control(done.stays, book.layers),
        "settings": _settings(request.settings),
        "enrolled": dict(request.settings.enrolled),
        "warnings": [*read.stays.warnings, *read.roster.warnings],
    }
    documents = {rule.file.id: rule.data for rule in read.rules}
    stays = _in_order(done.stays, book.layers)
    return Run(info, stays, findings, roster, quarantine, documents=documents)


def _layer(book: Rulebook, layer: str) -> dict[str, str]:
    words = book.layer(layer)
    return {"id": layer, "name": words.name, "kind": words.kind, "fund": words.fund or words.name}


def _rule(rule: LoadedRule) -> dict[str, Any]:
    file = rule.file
    return {
        "id": file.id,
        "title": file.title,
        "document": file.source.document,
        "number": file.source.number,
        "from": file.effective.from_.isoformat(),
        "to": file.effective.to.isoformat() if file.effective.to else None,
        "assumed": list(file.effective.assumed_ends),
        "readings": _readings(file.model_dump()),
        "sha256": rule.sha256,
    }


def _readings(part: Any) -> list[str]:
    """Every `reading` note of a document, each once."""
    if isinstance(part, Mapping):
        own = [part["reading"]] if part.get("reading") else []
        return list(dict.fromkeys([*own, *(r for p in part.values() for r in _readings(p))]))
    if isinstance(part, list | tuple):
        return list(dict.fromkeys(r for p in part for r in _readings(p)))
    return []


def _inputs(request: Request, read: _Read) -> list[dict[str, Any]]:
    register = {
        "path": request.register.name,
        "kind": "register",
        "sha256": hashlib.sha256(request.register.read_bytes()).hexdigest(),
        "rows": len(read.register),
    }
    return [*_files("stays", read.stays), *_files("roster", read.roster), register]


def _files(kind: str, reading: Reading) -> list[dict[str, Any]]:
    rows: dict[str, int] = {}
    for sheet in reading.sheets:
        rows[sheet.source] = rows.get(sheet.source, 0) + sheet.rows_read
    return [
        {"path": f.path, "kind": kind, "sha256": f.sha256, "rows": rows.get(f.path, 0)}
        for f in reading.inputs
    ]


def _counts(read: _Read, stays: pl.DataFrame) -> dict[str, Any]:
    """Rows read = stays + roster entries + quarantined + recognised non-data rows, asserted."""
    sheets = [*read.stays.sheets, *read.roster.sheets]
    left: dict[str, int] = {}
    for sheet in sheets:
        for kind, count in sheet.left.items():
            left[kind] = left.get(kind, 0) + count
    quarantined = len(read.stays.quarantine) + len(read.roster.quarantine)
    rows_read = sum(sheet.rows_read for sheet in sheets)
    if rows_read != len(stays) + len(read.roster.rows) + quarantined + sum(left.values()):
        raise Broken("rows read are not all accounted for")
    return {
        "rows_read": rows_read,
        "stays": len(stays),
        "roster": len(read.roster.rows),
        "quarantined": quarantined,
        "left": left,
        "status": dict(stays["status"].value_counts().iter_rows()),
    }


def _settings(settings: Settings) -> dict[str, Any]:
    return {
        "tolerance_fen": settings.reconcile.tolerance_fen,
        "near_cap": settings.reconcile.near_cap_rate,
        "readmission_days": settings.reconcile.readmission_days,
        "liability": dict(settings.liability),
    }


def _in_order(stays: pl.DataFrame, layers: Sequence[str]) -> pl.DataFrame:
    """The contract's columns first, then every column that explains them; blanks claim nothing."""
    fixed = [*STAY_HEAD]
    for layer in layers:
        fixed += [f"{layer}_{what}_fen" for what in PER_LAYER] + [f"{layer}_check"]
    fixed += ["patient_owed_fen", "self_claimed_fen", "self_due_fen", "status", "rule_id"]
    rest = [c for c in stays.columns if c not in fixed and not c.startswith("_")]
    blank = pl.col([f"{layer}_claimed_fen" for layer in layers]).fill_null(0)
    return stays.with_columns(blank).select(*fixed, *rest).cast(dict(STAY_HEAD))  # type: ignore[arg-type]
