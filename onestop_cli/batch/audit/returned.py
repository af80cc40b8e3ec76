"""A filled working paper comes back: checked, the draw repeated, evaluated, reported."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from onestop_cli.audit.leads import RULES
from onestop_cli.audit.papers import sample_rows
from onestop_cli.audit.plan import Drawing, redraw, with_known_leads
from onestop_cli.audit.questionnaire import households
from onestop_cli.audit.report import Report, report_of, suggested
from onestop_cli.audit.returned import Line, confirm
from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.readers.audit_paper import Filled, read_filled
from onestop_cli.run import Run, load_run
from onestop_cli.tables.schema import PLACE, Schema
from onestop_cli.writers.audit.columns import (
    HOUSEHOLD_COLUMNS,
    HOUSEHOLD_SHEET,
    PLAN_SHEET,
    SAMPLE_COLUMNS,
    SAMPLE_SHEET,
)
from onestop_cli.writers.audit.html import report_page
from onestop_cli.writers.audit.report_book import write_report
from onestop_cli.writers.toolkit.folder import staged
from onestop_cli.writers.toolkit.text import write_text

REPORT = "联合检查报告"
_SHEETS = {
    SAMPLE_SHEET: {column.title: column.key for column in SAMPLE_COLUMNS},
    HOUSEHOLD_SHEET: {column.title: column.key for column in HOUSEHOLD_COLUMNS},
}


def evaluate_returned(folder: Path, filled: Path, out: Path) -> tuple[Report, Path]:
    """Evaluate the filled paper against the run in `folder`; returns the report and where it was written.

    A new `out` becomes the report's folder; in an existing one it goes to a subfolder 联合检查报告. Raises
    `CannotRun` with everything that is wrong with the paper, and writes nothing then.
    """
    run = load_run(folder)
    paper = read_filled(filled, PLAN_SHEET, _SHEETS)
    drawing = redraw(run, {**paper.plan, "earlier": []})
    sample = sample_rows(with_known_leads(drawing, run.stays, _marked(paper.sample, filled.name)))
    added = sample.filter(pl.col("reason") == "lead").height
    if added != paper.plan.get("leads", {}).get("added"):
        raise stop(
            "线索附加的行与抽样时不同",
            "请恢复被删除或改动的行和末尾的文件、工作表、行三列",
            filled.name,
        )
    report = _report(run, drawing, sample, paper, filled.name)
    target = out / REPORT if out.is_dir() and any(out.iterdir()) else out
    layers = {layer.id: layer.name for layer in run.layers}
    with staged(target) as stage:
        write_text(stage / f"{REPORT}.html", report_page(report))
        lines = suggested(report, run.stays, layers)
        write_report(stage / f"{REPORT}.xlsx", report, lines)
    return report, target


def _marked(lines: Sequence[Line], file: str) -> pl.DataFrame:
    """The place and the leads' rule ids of every line, as the paper prints them."""
    ids = {rule.title: rule.id for rule in RULES}
    rows = []
    for line in lines:
        if not line.text("row").removesuffix(".0").isdigit():
            raise stop(
                "末尾的文件、工作表、行三列被改动",
                "请恢复这三列",
                f"{file} · {SAMPLE_SHEET} 第 {line.place} 行",
            )
        rows.append(
            {
                "source": line.text("source"),
                "sheet": line.text("sheet") or None,
                "row": int(line.text("row").removesuffix(".0")),
                "leads": [
                    ids[title] for title in line.text("lead_titles").split("、") if title in ids
                ],
            }
        )
    schema: Schema = {**PLACE, "leads": pl.List(pl.String)}
    return pl.DataFrame(rows, schema=dict(schema)).unique(
        [*PLACE], keep="first", maintain_order=True
    )


def _report(run: Run, drawing: Drawing, sample: pl.DataFrame, paper: Filled, file: str) -> Report:
    """Check both sheets, all their problems at once, and evaluate."""
    townships = {
        row["patient"]: row["township"] or "乡镇未载" for row in sample.iter_rows(named=True)
    }
    problems: list[Problem] = []
    try:
        confirmed = confirm(paper.sample, sample, file, SAMPLE_SHEET)
    except CannotRun as error:
        problems += error.problems
    try:
        answers = households(paper.households, townships, file, HOUSEHOLD_SHEET)
    except CannotRun as error:
        problems += error.problems
    if problems:
        raise CannotRun(problems)
    return report_of(
        run.county, run.period.chinese, paper.plan, drawing, sample, confirmed, answers
    )
