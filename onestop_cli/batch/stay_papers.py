"""`onestop papers`: 结算单 and 审批表 of one stay or of a whole hospital, ready to print."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from onestop_cli.batch.run_rules import rules_of
from onestop_cli.county.synonyms import near
from onestop_cli.errors import stop
from onestop_cli.explain.papers_of_stay import StayPaper, papers_of, why_none
from onestop_cli.explain.which_stay import the_stay
from onestop_cli.run import Run, load_run
from onestop_cli.tables.schema import PLACE
from onestop_cli.writers.explain.stay_papers import APPROVAL, STATEMENT, approvals, statements
from onestop_cli.writers.toolkit.folder import refuse_existing, staged
from onestop_cli.writers.toolkit.text import write_text


def write_stay_papers(folder: Path, text: str | None, hospital: str | None, out: Path) -> int:
    """Write the papers to `out`, whole or not at all; returns of how many stays. Exactly one of `text` (which stay) and
    `hospital` must be given."""
    if (text is None) == (hospital is None):
        raise stop(
            "要么指明一笔住院，要么指明一家机构",
            "请在结果文件夹后面写住院号，或写 --hospital 机构名称",
        )
    refuse_existing(out)
    run = load_run(folder)
    papers = _of_stay(run, text) if text is not None else _of_hospital(run, hospital or "")
    with staged(out) as stage:
        write_text(stage / f"{STATEMENT}.html", statements(papers, run))
        write_text(stage / f"{APPROVAL}.html", approvals(papers, run))
    return len(papers)


def _of_stay(run: Run, text: str) -> list[StayPaper]:
    row = the_stay(run.stays, text)
    here = [pl.col(key).eq_missing(pl.lit(row[key])) for key in PLACE]
    papers = papers_of(run, run.stays.filter(*here), rules_of(run))
    if not papers:
        raise stop(
            f"没有可以打印的审批表：{why_none(run, row)}",
            "运行 onestop explain 看这笔住院的逐笔说明",
        )
    return papers


def _of_hospital(run: Run, hospital: str) -> list[StayPaper]:
    rows = run.stays.filter(pl.col("hospital") == hospital).sort("discharged_on", "stay_no")
    if rows.is_empty():
        known = run.stays["hospital"].drop_nulls().unique().sort().to_list()
        like = near(hospital, known) or known
        raise stop(f"本期没有“{hospital}”", f"机构名称要与结算表一致，例如：{'、'.join(like)}")
    papers = papers_of(run, rows, rules_of(run))
    if not papers:
        raise stop(f"“{hospital}”本期没有核定了医疗救助的住院", "没有需要打印的审批表")
    return papers
