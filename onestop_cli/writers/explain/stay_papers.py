"""医疗救助结算单 and 垫付审批表 as pages to print, a sheet of paper each."""

from __future__ import annotations

from collections.abc import Sequence

from onestop_cli.explain.papers_of_stay import StayPaper
from onestop_cli.run import Run
from onestop_cli.writers.notices.html import templates

STATEMENT, APPROVAL = "医疗救助结算单", "垫付审批表"
COPIES = (
    "第一联　医疗卫生机构留存",
    "第二联　县（乡）合管办留存",
    "第三联　县（乡）民政局留存",
)


def statements(papers: Sequence[StayPaper], run: Run) -> str:
    """The HTML of all 结算单."""
    return _page("explain/stay_statement.html.j2", papers, run)


def approvals(papers: Sequence[StayPaper], run: Run) -> str:
    """The HTML of all 审批表, each in triplicate."""
    return _page("explain/stay_approval.html.j2", papers, run)


def _page(template: str, papers: Sequence[StayPaper], run: Run) -> str:
    office, civil_affairs = run.info.county.offices
    return (
        templates()
        .get_template(template)
        .render(
            papers=papers,
            run=run,
            copies=COPIES,
            categories=list(run.classes),
            office=office,
            civil_affairs=civil_affairs,
        )
    )
