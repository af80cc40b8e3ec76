"""`onestop papers`: 结算单 and 审批表 of one stay, of a hospital or of all, ready to print."""

from __future__ import annotations

from collections.abc import Sequence
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
from onestop_cli.writers.toolkit.folder import refuse_existing, safe_names, staged
from onestop_cli.writers.toolkit.text import write_text

_NOWHERE = "机构不明"


def write_stay_papers(folder: Path, text: str | None, hospital: str | None, out: Path) -> int:
    """Write the papers to `out`, whole or not at all; returns of how many stays. `text`: which stay; `hospital`: all of
    one; without either those of every hospital, a folder each."""
    if text is not None and hospital is not None:
        raise stop(
            "要么指明一笔住院，要么指明一家机构",
            "请只写住院号或只写 --hospital 机构名称；都不写的，每家机构写一个文件夹",
        )
    refuse_existing(out)
    run = load_run(folder)
    if text is None and hospital is None:
        return _of_all(run, out)
    papers = _of_stay(run, text) if text is not None else _of_hospital(run, hospital or "")
    with staged(out) as stage:
        _write(stage, papers, run)
    return len(papers)


def _of_all(run: Run, out: Path) -> int:
    papers = papers_of(run, run.stays.sort("discharged_on", "stay_no"), rules_of(run))
    if not papers:
        raise stop("本期没有核定了医疗救助的住院", "没有需要打印的审批表")
    folders = safe_names(sorted({paper.row["hospital"] or _NOWHERE for paper in papers}))
    with staged(out) as stage:
        for hospital, name in folders.items():
            own = [paper for paper in papers if (paper.row["hospital"] or _NOWHERE) == hospital]
            (stage / name).mkdir()
            _write(stage / name, own, run)
    return len(papers)


def _write(folder: Path, papers: Sequence[StayPaper], run: Run) -> None:
    write_text(folder / f"{STATEMENT}.html", statements(papers, run))
    write_text(folder / f"{APPROVAL}.html", approvals(papers, run))


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
