"""What `run.json` says of a run: county, documents, inputs, counts; and the columns of its stays in order."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from onestop_cli import __version__
from onestop_cli.batch.closed_periods import Past
from onestop_cli.core.findings.files import (
    file_findings,
    roster_findings,
    row_findings,
    total_findings,
)
from onestop_cli.core.pending import still_pending
from onestop_cli.county.periods import Period
from onestop_cli.county.settings import Settings
from onestop_cli.errors import Broken
from onestop_cli.money import rate_text
from onestop_cli.readers.insured_list import InsuredList
from onestop_cli.rosters.quality import roster_faults
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.clauses import NONE
from onestop_cli.rulebook.library import LoadedRule
from onestop_cli.rulebook.standards import standards
from onestop_cli.rulebook.terms import COMPUTED
from onestop_cli.tables.reading import Reading
from onestop_cli.tables.schema import PER_LAYER, STAY_HEAD


@dataclass(frozen=True)
class Read:
    """Everything that was read; `past` is what the ledger knows, if there is one; `told`: what of the county's own
    lists was not read."""

    stays: Reading
    roster: Reading
    register: pl.DataFrame
    rules: tuple[LoadedRule, ...]
    past: Past | None = None
    insured: InsuredList = field(default_factory=InsuredList)
    told: tuple[str, ...] = ()


def file_level(read: Read, roster: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Findings about the roster, total rows, rows that nobody understood and files; and those rows themselves."""
    both = (read.stays, read.roster)
    quarantine = pl.concat(part.quarantine for part in both)
    findings = [
        roster_findings(roster_faults(roster)),
        total_findings(pl.concat(part.totals for part in both)),
        row_findings(quarantine),
        file_findings(pl.concat(part.findings for part in both)),
    ]
    return pl.concat(findings), quarantine


def about_run(
    made_at: str, period: Period, settings: Settings, register: Path, read: Read, book: Rulebook
) -> dict[str, Any]:
    """What every run says of itself, in memory or in parts; counts, control totals and warnings come to it."""
    return {
        "version": __version__,
        "made_at": made_at,
        "period": period.id,
        **about_county(settings),
        **about_rules(book, read.rules),
        "inputs": inputs(read, register),
    }


def about_county(settings: Settings) -> dict[str, Any]:
    """Whose run it is and how it was set."""
    return {
        "county": settings.county.model_dump(),
        "settings": {
            "tolerance_fen": settings.reconcile.tolerance_fen,
            "near_cap": settings.reconcile.near_cap_rate,
            "readmission_days": settings.reconcile.readmission_days,
            "liability": dict(settings.liability),
            **_if_set(unaided=settings.unaided.fen, deposit=settings.hospital_money.rate),
        },
        "deadlines": settings.deadlines.model_dump(),
        "counts_by_year": {
            str(year): counts.model_dump() for year, counts in settings.counts.items()
        },
    }


def _if_set(**said: Any) -> dict[str, Any]:
    """What the county switched on."""
    return {name: value for name, value in said.items() if value}


def about_rules(book: Rulebook, rules: Sequence[LoadedRule]) -> dict[str, Any]:
    """Layers, documents, classes, and the standards people are told."""
    return {
        "layers": [_layer(book, layer) for layer in book.layers],
        "rules": [_rule(rule) for rule in rules],
        "classes": {
            name: label
            for rule in book.rules
            for label, members in rule.categories.classes.items()
            for name in members
        },
        "standards": standards(book),
        "level_rates": _level_rates(book),
    }


def about_past(
    file: Path | None, decided: pl.DataFrame | None, past: Past | None, adjustments: pl.DataFrame
) -> dict[str, Any]:
    """The ledger the run was made against, the accounts and held stays it shows, and the decisions that were applied,
    line by line."""
    said: dict[str, Any] = {}
    if past is not None:
        waiting = still_pending(past.pending, adjustments)
        said = {
            "ledger": past.books.model_dump(),
            "accounts": past.accounts,
            "pending": waiting.to_dicts(),
            **_if_set(hospital_money=past.hospital_money),
        }
    if file is not None and decided is not None:
        lines = [
            {k: v if v is None or isinstance(v, int) else str(v) for k, v in row.items()}
            for row in decided.iter_rows(named=True)
        ]
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        said["decisions"] = {"path": file.name, "sha256": digest, "lines": lines}
    return said


def _layer(book: Rulebook, layer: str) -> dict[str, Any]:
    words = book.layer(layer)
    said = {"id": layer, "name": words.name, "kind": words.kind, "fund": words.fund or words.name}
    return said | _if_set(funds=book.funds(layer))


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
        "schemes": list(file.scope.schemes),
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


def inputs(read: Read, register: Path) -> list[dict[str, Any]]:
    """Every file with its hash and rows."""
    own = {
        "path": register.name,
        "kind": "register",
        "sha256": hashlib.sha256(register.read_bytes()).hexdigest(),
        "rows": len(read.register),
    }
    listed = [
        {"path": path, "kind": "insured", "sha256": digest, "rows": rows}
        for path, digest, rows in read.insured.files
    ]
    return [*_files("stays", read.stays), *_files("roster", read.roster), own, *listed]


def _files(kind: str, reading: Reading) -> list[dict[str, Any]]:
    rows: dict[str, int] = {}
    for sheet in reading.sheets:
        rows[sheet.source] = rows.get(sheet.source, 0) + sheet.rows_read
    return [
        {"path": f.path, "kind": kind, "sha256": f.sha256, "rows": rows.get(f.path, 0)}
        for f in reading.inputs
    ]


def counts(read: Read, status: Mapping[str, int], joined: int = 0) -> dict[str, Any]:
    """Rows read = stays + rows joined to another one's claim + roster entries + quarantined + recognised non-data rows,
    asserted; `status`: stays by it."""
    stays = sum(status.values())
    sheets = [*read.stays.sheets, *read.roster.sheets]
    left: dict[str, int] = {}
    for sheet in sheets:
        for kind, count in sheet.left.items():
            left[kind] = left.get(kind, 0) + count
    quarantined = len(read.stays.quarantine) + len(read.roster.quarantine)
    rows_read = sum(sheet.rows_read for sheet in sheets)
    if rows_read != stays + joined + len(read.roster.rows) + quarantined + sum(left.values()):
        raise Broken("rows read are not all accounted for")
    return {
        "rows_read": rows_read,
        "stays": stays,
        "joined": joined,
        "roster": len(read.roster.rows),
        "quarantined": quarantined,
        "left": left,
        "status": dict(sorted(status.items())),
    }


def in_order(stays: pl.DataFrame, layers: Sequence[str]) -> pl.DataFrame:
    """The contract's columns first, then every column that explains them; blanks claim nothing."""
    fixed = [*STAY_HEAD]
    for layer in layers:
        fixed += [f"{layer}_{what}_fen" for what in PER_LAYER] + [f"{layer}_check"]
    fixed += ["patient_owed_fen", "self_claimed_fen", "self_due_fen", "status", "rule_id"]
    rest = [c for c in stays.columns if c not in fixed and not c.startswith("_")]
    blank = pl.col([f"{layer}_claimed_fen" for layer in layers]).fill_null(0)
    return stays.with_columns(blank).select(*fixed, *rest).cast(dict(STAY_HEAD))  # type: ignore[arg-type]


def _level_rates(book: Rulebook) -> dict[str, dict[str, str]]:
    """Per layer and hospital level the flat rate for assisted people, where there is only one."""
    rows = zip((cell for t in book.terms for cell in t.cells), book.table.to_dicts(), strict=True)
    found: dict[str, dict[str, set[int | None]]] = {}
    for cell, terms in rows:
        for step in book.steps:
            if step.id == step.layer and cell["category"] != NONE:
                flat = terms[f"{step.id}.bands"] == 1 and terms[f"{step.id}.state"] == COMPUTED
                rate = terms[f"{step.id}.rate_1"] if flat else None
                found.setdefault(step.layer, {}).setdefault(cell["level"], set()).add(rate)
    return {
        layer: {
            level: rate_text(next(iter(rates)) or 0)
            for level, rates in levels.items()
            if len(rates) == 1 and None not in rates
        }
        for layer, levels in found.items()
    }
