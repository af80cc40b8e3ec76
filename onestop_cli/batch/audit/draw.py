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
from onestop_cli.audit.lead_stays import leads_hash, rows_hash, with_leads
from onestop_cli.audit.leads import find_leads
from onestop_cli.audit.leads.model import LEADS, LeadInput, Thresholds
from onestop_cli.audit.papers import Papers, evidence_rows, lead_rows, sample_rows
from onestop_cli.audit.plan import (
    Drawing,
    PlanChoices,
    checked,
    make_drawing,
)
from onestop_cli.audit.profiles import causes, indicators, months, profile
from onestop_cli.audit.sampling import SAMPLE_COLUMNS
from onestop_cli.audit.seeds import commitment
from onestop_cli.batch.audit.books import keep_in_ledger, kept_elsewhere
from onestop_cli.batch.audit.check import LeadCheck
from onestop_cli.batch.audit.log import draws, record_draw
from onestop_cli.batch.audit.tables import check_tables
from onestop_cli.batch.start import county_settings
from onestop_cli.core.findings.causes import Glossary
from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.run import Run, load_run
from onestop_cli.statements.numbers import DRAWN, INSPECTED, number_of
from onestop_cli.writers.audit.book import write_book
from onestop_cli.writers.audit.html import visit_pages, ward_pages
from onestop_cli.writers.audit.pdf import write_visit_pdf
from onestop_cli.writers.toolkit.folder import refuse_existing, staged
from onestop_cli.writers.toolkit.text import write_text

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
    """What was drawn: the plan, how many slips the summary tables had, and the ledger where there was one."""

    plan: Mapping[str, Any]
    slips: int
    ledger: Path | None


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
    choices: PlanChoices,
    asked: Mapping[str, int],
    extras: Extras,
    now: datetime,
) -> Audited:
    """Check all of the run in `folder`, draw, and write the inspection's papers to `out`, whole or not at all.

    `asked`: thresholds by name, before those of onestop.toml. The draw leaves a record in `folder`, and in the ledger:
    the one of `extras`, else the county's own. Raises `CannotRun` for wrong choices, a run without payable stays, a
    folder that cannot be written to, and an `out` that exists.
    """
    refuse_existing(out)
    run = load_run(folder)
    checked(choices)
    settings = county_settings()
    limits = Thresholds().with_values({**settings.audit, **asked})
    check = LeadCheck(limits, settings.calendar, extras.ledger or settings.ledger)
    slips = check_tables(extras.tables, extras.equations, run if extras.against_run else None).slips
    cases = check.cases(run)
    leads = find_leads(cases, limits)
    drawing, number = _recorded(folder, run, choices, check.ledger, now)
    sample = with_leads(drawing, run.stays, leads, choices.leads)
    plan = _full_plan(run, drawing, number, sample, leads, check)
    papers = papers_of(run, cases, plan, sample, leads, limits)
    with staged(out) as stage:
        write_text(stage / PLAN, json.dumps(plan, ensure_ascii=False, indent=1) + "\n")
        leads.select(*LEADS).write_parquet(stage / LEADS_FILE)
        sample.select(*SAMPLE_COLUMNS).write_parquet(stage / SAMPLE_FILE)
        write_book(stage / BOOK, papers, slips)
        write_text(stage / VISITS, visit_pages(papers))
        write_text(stage / WARDS, ward_pages(papers))
        if extras.pdf:
            write_visit_pdf(stage / VISITS.replace(".html", ".pdf"), papers)
    return Audited(plan, len(slips), check.ledger)


def run_digest(folder: Path) -> str:
    """SHA-256 of `run.json`, which names all inputs of the run."""
    return sha256((folder / "run.json").read_bytes()).hexdigest()


def commitments(folder: Path, seeds: Sequence[int]) -> list[str]:
    """The digest of each seed for the run in `folder`; nothing is written."""
    load_run(folder)
    checked(PlanChoices(seeds=tuple(seeds)))
    if not seeds:
        raise stop("没有给出要承诺的数", "请加 --seed 本部门的数（12 位以上）")
    return [commitment(run_digest(folder), seed) for seed in seeds]


def _recorded(
    folder: Path, run: Run, choices: PlanChoices, ledger: Path | None, now: datetime
) -> tuple[Drawing, int]:
    """Draw, and leave a record of it in the run folder first, and in the ledger where there is one; the drawing and the
    number of the record."""
    drawings: list[Drawing] = []
    digest = run_digest(folder)
    elsewhere = kept_elsewhere(ledger, run)

    def record(earlier: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        known = [*earlier, *elsewhere(earlier)]
        drawing = make_drawing(run, digest, choices, known, __version__)
        drawings.append(drawing)
        return {
            "drawn_at": now.strftime("%Y-%m-%d %H:%M"),
            "version": __version__,
            **{key: drawing.plan[key] for key in ("method", "size", "seeds", "seed", "committed")},
            "leads": choices.leads,
            "frame": drawing.plan["frame"]["sha256"],
            "sample": drawing.plan["sample"]["sha256"],
        }

    number = record_draw(folder, record)
    if ledger is not None:
        keep_in_ledger(ledger, run, draws(folder)[-1])
    return drawings[-1], number


def _full_plan(
    run: Run,
    drawing: Drawing,
    number: int,
    sample: pl.DataFrame,
    leads: pl.DataFrame,
    check: LeadCheck,
) -> dict[str, Any]:
    """The plan with what the full check adds, and the numbers (编号) of the papers."""
    added = sample.filter(pl.col("reason") == "lead")
    about = {
        "found": leads.height,
        "sha256": leads_hash(leads),
        "added": added.height,
        "added_sha256": rows_hash(added),
        **check.told(),
    }
    earlier = drawing.plan["earlier"]
    rest = {key: value for key, value in drawing.plan.items() if key != "earlier"}
    papers = {"drawn": number_of(run, DRAWN, number), "report": number_of(run, INSPECTED, number)}
    return {**rest, "leads": about, "draw": number, "papers": papers, "earlier": earlier}


def papers_of(
    run: Run,
    cases: LeadInput,
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
        layers={layer.id: layer.name for layer in run.layers},
        plan=plan,
        sample=sample_rows(sample, [layer.id for layer in run.layers]),
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
