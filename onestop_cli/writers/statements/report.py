"""运行报告.html: one self-contained page to look at, without a single address outside itself."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from onestop_cli.money import FULL, percent, yuan
from onestop_cli.resources import template_folder
from onestop_cli.statements.comparison import RunComparison
from onestop_cli.statements.indicators import aided_line, figures, of_figures
from onestop_cli.statements.patterns import by_code, patterns
from onestop_cli.statements.remarks import accounted_for, checked_how_far, equation, rules_in_force
from onestop_cli.statements.statement import Statement
from onestop_cli.tables.run_info import InputInfo
from onestop_cli.writers.toolkit.text import write_text

_TOP = 12
_INPUTS = {"stays": "医院报表", "roster": "花名册", "register": "机构名册"}


def write_report(
    statement: Statement,
    findings: pl.DataFrame,
    path: Path,
    since: tuple[RunComparison, str] | None = None,
) -> None:
    """Write the page of a run; `findings` as `patterns.shown_findings` gives them. `since`: what changed from another
    run of the period, and its name."""
    write_text(path, _page().render(_content(statement, findings) | _since(since)))


@cache
def _page() -> Template:
    """The page's form, compiled once for a process; every text is escaped."""
    pages = Environment(
        loader=FileSystemLoader(template_folder()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters |= {"yuan": yuan, "percent": lambda part: percent(part, FULL)}
    return pages.get_template("statements/report.html.j2")


def _content(statement: Statement, findings: pl.DataFrame) -> dict[str, Any]:
    """Everything the page shows."""
    run = statement.run
    codes = by_code(statement, findings)
    repeated = patterns(findings)
    made = figures(statement)
    return {
        "run": run,
        "total": statement.total,
        "funds": statement.funds,
        "equation": equation(statement),
        "owed": statement.owed.height,
        "aided": aided_line(made),
        "cares": _cares(statement),
        "indicators": [*of_figures(made)],
        "hospitals": _bars(statement, statement.hospitals, "hospital"),
        "categories": _bars(statement, statement.categories, "category"),
        "codes": codes.to_dicts(),
        "patterns": repeated.head(_TOP).to_dicts(),
        "more_patterns": max(repeated.height - _TOP, 0),
        "rules": rules_in_force(run),
        "readings": [text for rule in run.info.rules for text in rule.readings],
        "checked": checked_how_far(run),
        "rows": accounted_for(run),
        "inputs": [_input(file) for file in run.info.inputs],
        "warnings": run.info.warnings,
    }


def _cares(statement: Statement) -> list[dict[str, Any]]:
    """门诊, 住院 and both together; nothing where all are stays in hospital."""
    if not statement.has_outpatients:
        return []
    names = {"stays": "stays", "people": "people", "cost": "total_fen", "paid": "all_paid_fen"}
    rows = [*statement.cares.iter_rows(named=True), {"care": "合计", **statement.total}]
    return [
        {"name": row["care"], "rate": row["rate"], **{key: row[at] for key, at in names.items()}}
        for row in rows
    ]


def _since(since: tuple[RunComparison, str] | None) -> dict[str, Any]:
    """What the page says of the run before; nothing where there is none."""
    if since is None:
        return {"earlier": None}
    found, name = since
    return {
        "earlier": name,
        "changed_inputs": found.inputs,
        "changed_totals": [line for line in found.totals if line[1] != line[2]],
        "changed_causes": found.causes.to_dicts(),
        "changed_stays": found.stays.height,
    }


def _bars(statement: Statement, rows: pl.DataFrame, name: str) -> list[dict[str, Any]]:
    """Per row, largest first: what each fund pays (上期调整 included), what is deducted and held, as shares of the
    largest."""
    sides = {fund.name: f"{fund.key}_payment_fen" for fund in statement.funds}
    sides |= {"审核扣减": "all_deducted_fen", "待核": "all_held_fen"}
    amounts = rows.select(name, "stays", "rate", *sides.values())
    whole = amounts.with_columns(whole=pl.sum_horizontal(sides.values()))
    widest = max([*whole["whole"], 1])
    return [
        {
            "name": row[name],
            "stays": row["stays"],
            "rate": row["rate"],
            "paid": sum(row[f"{fund.key}_payment_fen"] for fund in statement.funds),
            "parts": [
                {"label": label, "fen": row[key], "width": percent(row[key], widest)}
                for label, key in sides.items()
            ],
        }
        for row in whole.sort("whole", name, descending=[True, False]).iter_rows(named=True)
    ]


def _input(file: InputInfo) -> dict[str, Any]:
    return {**file.model_dump(), "kind": _INPUTS.get(file.kind, file.kind)}
