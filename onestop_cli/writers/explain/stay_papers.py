"""医疗救助结算单 and 垫付审批表 as pages to print, a sheet of paper each."""

from __future__ import annotations

from collections.abc import Sequence

from onestop_cli.explain.papers_of_stay import StayPaper
from onestop_cli.run import Run
from onestop_cli.statements.numbers import APPROVAL as APPROVED
from onestop_cli.statements.numbers import STAY, stay_number
from onestop_cli.writers.notices.html import templates

STATEMENT, APPROVAL = "医疗救助结算单", "垫付审批表"
_COPIES = ("第一联", "第二联", "第三联")


def statements(papers: Sequence[StayPaper], run: Run) -> str:
    """The HTML of all 结算单."""
    return _page("explain/stay_statement.html.j2", papers, run, STAY)


def approvals(papers: Sequence[StayPaper], run: Run) -> str:
    """The HTML of all 审批表, each in triplicate."""
    return _page("explain/stay_approval.html.j2", papers, run, APPROVED)


def _page(template: str, papers: Sequence[StayPaper], run: Run, kind: str) -> str:
    words = run.info.words
    office, civil_affairs = run.info.offices
    return (
        templates()
        .get_template(template)
        .render(
            papers=papers,
            number=lambda paper: stay_number(run, kind, paper.row),
            run=run,
            copies=[f"{n}　{who}留存" for n, who in zip(_COPIES, words.copies, strict=True)],
            words=words,
            categories=_categories(papers, run),
            office=office,
            civil_affairs=civil_affairs,
        )
    )


def _categories(papers: Sequence[StayPaper], run: Run) -> list[str]:
    """The categories to tick: those of the classes, else of everybody the run knows; a paper's own always."""
    known = run.classes or run.stays["category"].drop_nulls().unique().sort()
    return list(dict.fromkeys([*known, *(p.row["category"] for p in papers if p.row["category"])]))
