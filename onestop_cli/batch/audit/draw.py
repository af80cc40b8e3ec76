"""The joint inspection: full check and sample, papers to fill in, the same draw again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl

from onestop_cli import __version__
from onestop_cli.audit.leads import find_leads
from onestop_cli.audit.leads.frame import cases_of
from onestop_cli.audit.leads.model import LEADS, Cases, Thresholds
from onestop_cli.audit.papers import Papers, evidence_rows, lead_rows, sample_rows
from onestop_cli.audit.plan import (
    Choices,
    Drawing,
    checked,
    make_drawing,
    redraw,
    with_leads,
)
from onestop_cli.audit.profiles import causes, indicators, months, profile
from onestop_cli.audit.sampling import SAMPLE_COLUMNS
from onestop_cli.batch.audit.closed import closed_stays
from onestop_cli.batch.audit.log import record_draw
from onestop_cli.batch.audit.tables import check_tables
from onestop_cli.batch.start import county_settings
from onestop_cli.core.findings.causes import Glossary
from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.run import Run, load_run
from onestop_cli.writers.audit.book import write_book
from onestop_cli.writers.audit.html import visit_pages, ward_pages
from onestop_cli.writers.audit.pdf import write_visit_pdf
from onestop_cli.writers.toolkit.folder import refuse_existing, staged

PLAN, LEADS_FILE, SAMPLE_FILE = "plan.json", "leads.parquet", "sample.parquet"
BOOK, VISITS, WARDS = "检查工作底稿.xlsx", "入户核查表.html", "病房核查表.html"


@dataclass(frozen=True)
class Extras:
    """What may come beside the run: the ledger, summary tables to check, their equations and whether they are held to
    the run, PDF too."""

    ledger: Path | None = None
    tables: Sequence[Path] = ()
    equations: str = ""
    pdf: bool = False
    against_run: bool = False


@dataclass(frozen=True)
class Audited:
    """What was drawn: the plan, and how many slips the summary tables had."""

    plan: Mapping[str, Any]
    slips: int


def thresholds_from(texts: Sequence[str]) -> dict[str, int]:
    """`readmission_days=7` … as a mapping; `CannotRun` naming every text that is none."""
    pairs = [text.partition("=") for text in texts]
    problems = [
        Problem(f"看不懂阈值“{text}”", "请写成 readmission_days=7 这样的 名称=整数")
        for text, (_, mark, value) in zip(texts, pairs, strict=True)
        if not mark or not value.strip().isdigit()
    ]
    if problems:
        raise CannotRun(problems)
    return {name.strip(): int(value) for name, _, value in pairs}


def audit_folder(
    folder: Path,
    out: Path,
    choices: Choices,
    asked: Mapping[str, int],
    extras: Extras,
    now: datetime,
) -> Audited:
    """Check all of the run in `folder`, draw, and write the inspection's papers to `out`, whole or not at all.

    `asked`: thresholds by name, before those of onestop.toml. The draw leaves a record in `folder`. Raises
    `CannotRun` for wrong choices, a run without payable stays, a folder that cannot be written to, and an `out`
    that exists.
    """
    refuse_existing(out)
    run = load_run(folder)
    checked(choices)
    limits = Thresholds().with_values({**county_settings().audit, **asked})
    closed = closed_stays(extras.ledger, run) if extras.ledger else None
    slips = check_tables(extras.tables, extras.equations, run if extras.against_run else None).slips
    cases = cases_of(run, closed)
    leads = find_leads(cases, limits)
    drawing = _recorded(folder, run, choices, now)
    sample = with_leads(drawing, run.stays, leads, choices.leads)
    plan = _full_plan(drawing, sample, leads, limits, extras.ledger)
    papers = papers_of(run, cases, plan, sample, leads, limits)
    with staged(out) as stage:
        _write(stage / PLAN, json.dumps(plan, ensure_ascii=False, indent=1) + "\n")
        leads.select(*LEADS).write_parquet(stage / LEADS_FILE)
        sample.select(*SAMPLE_COLUMNS).write_parquet(stage / SAMPLE_FILE)
        write_book(stage / BOOK, papers, slips)
        _write(stage / VISITS, visit_pages(papers))
        _write(stage / WARDS, ward_pages(papers))
        if extras.pdf:
            write_visit_pdf(stage / VISITS.replace(".html", ".pdf"), papers)
    return Audited(plan, len(slips))


def _recorded(folder: Path, run: Run, choices: Choices, now: datetime) -> Drawing:
    """Draw, and leave a record of it in the run folder first."""
    drawings: list[Drawing] = []
    digest = sha256((folder / "run.json").read_bytes()).hexdigest()

    def record(earlier: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        drawing = make_drawing(run, digest, choices, earlier, __version__)
        drawings.append(drawing)
        return {
            "drawn_at": now.strftime("%Y-%m-%d %H:%M"),
            "version": __version__,
            **{key: drawing.plan[key] for key in ("method", "size", "seeds", "seed")},
            "leads": choices.leads,
            "frame": drawing.plan["frame"]["sha256"],
            "sample": drawing.plan["sample"]["sha256"],
        }

    record_draw(folder, record)
    return drawings[-1]


def _full_plan(
    drawing: Drawing,
    sample: pl.DataFrame,
    leads: pl.DataFrame,
    limits: Thresholds,
    ledger: Path | None,
) -> dict[str, Any]:
    """The plan with what the full check adds."""
    added = sample.filter(pl.col("reason") == "lead")
    about = {
        "found": leads.height,
        "added": added.height,
        "ledger": ledger is not None,
        "thresholds": {item.name: getattr(limits, item.name) for item in fields(limits)},
    }
    earlier = drawing.plan["earlier"]
    rest = {key: value for key, value in drawing.plan.items() if key != "earlier"}
    return {**rest, "leads": about, "earlier": earlier}


def papers_of(
    run: Run,
    cases: Cases,
    plan: Mapping[str, Any],
    sample: pl.DataFrame,
    leads: pl.DataFrame,
    limits: Thresholds,
) -> Papers:
    """All rows of the papers."""
    wanted = indicators(limits.readmission_days, limits.short_stay_days)
    shown = lead_rows(leads)
    words = Glossary()
    named = causes(run.findings).with_columns(
        pl.col("cause").map_elements(
            lambda cause: words.words(cause) if cause else "", return_dtype=pl.String
        )
    )
    return Papers(
        county=run.county,
        period=run.period.chinese,
        plan=plan,
        sample=sample_rows(sample),
        leads=shown,
        evidence=evidence_rows(shown, cases),
        indicators=wanted,
        profile=profile(cases.stays, wanted),
        causes=named,
        months=months(cases.stays),
        thresholds={
            item.name: (item.metadata["title"], getattr(limits, item.name), item.metadata["unit"])
            for item in fields(limits)
        },
    )


def verify(folder: Path, plan_file: Path) -> Drawing:
    """Draw again what `plan_file` says from the run in `folder`.

    The sample beside the plan, when it is there, must be the same. Raises `CannotRun` with what differs.
    """
    plan = read_plan(plan_file)
    drawing = redraw(load_run(folder), plan)
    kept = plan_file.with_name(SAMPLE_FILE)
    if kept.is_file() and not _same_sample(kept, drawing.sample):
        raise stop(
            "sample.parquet 与重抽的样本不同", "样本文件可能被改动，请用重抽的样本", str(kept)
        )
    return drawing


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


def _same_sample(file: Path, sample: pl.DataFrame) -> bool:
    """Whether the drawn rows of `file` are those of `sample`."""
    try:
        kept = pl.read_parquet(file).filter(pl.col("reason") != "lead")
    except (OSError, pl.exceptions.PolarsError):
        return False
    return kept.equals(sample.select(*SAMPLE_COLUMNS))


def _write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8", newline="\n")
