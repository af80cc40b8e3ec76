"""A draw carried out again: the sample, the lead rows beside it, and the record it left."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from onestop_cli.audit.lead_stays import leads_hash, rows_hash
from onestop_cli.audit.leads import find_leads
from onestop_cli.audit.plan import Drawing, redraw
from onestop_cli.batch.audit.books import is_kept
from onestop_cli.batch.audit.check import LeadCheck, check_of
from onestop_cli.batch.audit.draw import LEADS_FILE, SAMPLE_FILE
from onestop_cli.batch.audit.log import LOG, draws
from onestop_cli.batch.start import county_settings
from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.run import Run, load_run

_SAMPLE_CHANGED = "样本文件可能被改动，请用重抽的样本"


@dataclass(frozen=True)
class Verified:
    """The draw made again. `leads`: the full check was made again too, with the same leads. `logged`: the run folder
    has the record of the draw; one that was copied before it has none."""

    drawing: Drawing
    leads: bool
    logged: bool


def verify(folder: Path, plan_file: Path, ledger: Path | None = None) -> Verified:
    """Draw again what `plan_file` says from the run in `folder`, and hold what lies beside the plan against it.

    The full check is made again where it can be: by the same version, and with the ledger that it had (a draw that had
    one takes the county's own where none is given). Raises `CannotRun` with everything that differs.
    """
    plan = read_plan(plan_file)
    run = load_run(folder)
    if ledger is None and plan.get("leads", {}).get("ledger"):
        ledger = county_settings().ledger
    drawing = redraw(run, plan)
    check = check_of(plan, ledger)
    problems = [*_sample(plan_file, plan, drawing), *_leads_file(plan_file, plan)]
    if check is not None:
        problems += _leads(run, plan, check)
    problems += _record(folder, plan)
    if ledger is not None and not is_kept(ledger, run, plan["sample"]["sha256"]):
        what = "台账里没有这次抽样"
        problems.append(Problem(what, "请确认台账就是抽样时的那本", str(ledger)))
    if problems:
        raise CannotRun(problems)
    return Verified(drawing, check is not None, (folder / LOG).is_dir())


def read_plan(file: Path) -> Mapping[str, Any]:
    """`plan.json` as a mapping; `CannotRun` when it is none."""
    try:
        plan = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise stop(
            "抽样计划读不出来", "请给出 onestop audit 写出的 plan.json", str(file)
        ) from error
    if not isinstance(plan, dict):
        raise stop("这不是抽样计划", "请给出 onestop audit 写出的 plan.json", str(file))
    return plan


def _table(file: Path) -> pl.DataFrame | None:
    """The table, None where it cannot be read."""
    try:
        return pl.read_parquet(file)
    except (OSError, pl.exceptions.PolarsError):
        return None


def _sample(plan_file: Path, plan: Mapping[str, Any], drawing: Drawing) -> Iterator[Problem]:
    """`sample.parquet` beside the plan, when it is there: the drawn rows, and the lead rows."""
    file = plan_file.with_name(SAMPLE_FILE)
    if not file.is_file():
        return
    kept = _table(file)
    if kept is None or not {"reason", "stay_no", "hospital", "stratum", "amount"} <= set(
        kept.columns
    ):
        yield Problem("sample.parquet 读不出来", _SAMPLE_CHANGED, str(file))
        return
    drawn = kept.filter(pl.col("reason") != "lead")
    if rows_hash(drawn) != rows_hash(drawing.sample):
        yield Problem("sample.parquet 与重抽的样本不同", _SAMPLE_CHANGED, str(file))
    added = plan.get("leads", {}).get("added_sha256")
    if added and rows_hash(kept.filter(pl.col("reason") == "lead")) != added:
        what = "sample.parquet 中线索附加的行与计划所记不同"
        yield Problem(what, "样本文件可能被改动", str(file))


def _leads_file(plan_file: Path, plan: Mapping[str, Any]) -> Iterator[Problem]:
    """`leads.parquet` beside the plan, when it is there."""
    file, wanted = plan_file.with_name(LEADS_FILE), plan.get("leads", {}).get("sha256")
    if wanted and file.is_file():
        kept = _table(file)
        if kept is None or "rule" not in kept.columns or leads_hash(kept) != wanted:
            yield Problem("leads.parquet 与计划所记不同", "线索文件可能被改动", str(file))


def _leads(run: Run, plan: Mapping[str, Any], check: LeadCheck) -> Iterator[Problem]:
    """The full check made again."""
    about = plan["leads"]
    leads = find_leads(check.cases(run), check.thresholds)
    if leads_hash(leads) != about["sha256"]:
        yield Problem(
            f"线索重查有 {leads.height} 条，与计划所记的 {about['found']} 条不同",
            "请确认 RUN 就是当时的，plan.json 里的阈值没有改动",
        )


def _record(folder: Path, plan: Mapping[str, Any]) -> Iterator[Problem]:
    """The record of the draw in the run folder, and the earlier ones; a copy of the run without any says nothing."""
    if not (folder / LOG).is_dir():
        return
    records = draws(folder)
    remedy = "抽样记录不能改动；请以原来的结算结果文件夹为准"
    for record in records:
        if not record["whole"]:
            yield Problem(f"第 {record['number']} 次抽样的记录缺失或被改动", remedy)
    sample = plan["sample"]["sha256"]
    own = [r for r in records if r.get("sample") == sample and r.get("seeds") == plan["seeds"]]
    number = plan.get("draw")
    own = [record for record in own if number in (None, record["number"])]
    if not own:
        yield Problem("抽样记录里没有这次抽样", remedy)
        return
    before = [_about(record) for record in records if record["number"] < own[0]["number"]]
    told = [_about(record) for record in plan["earlier"] if record.get("where") != "ledger"]
    if before != told:
        yield Problem(
            f"计划列出此前抽样 {len(told)} 次，抽样记录有 {len(before)} 次或内容不同", remedy
        )


def _about(record: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(record.get(key) for key in ("number", "seeds", "method", "size", "sample"))
