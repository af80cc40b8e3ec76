"""The inspection's pages to print: 入户核查表, 病房核查表, 联合检查报告."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from onestop_cli.audit.leads import BY_ID
from onestop_cli.audit.papers import Papers, claimed
from onestop_cli.audit.report import AuditReport
from onestop_cli.audit.sampling import STRATA
from onestop_cli.money import yuan
from onestop_cli.writers.audit.words import (
    HOUSEHOLD_CHECKS,
    WARD_CHECKS,
    conclusion,
    evaluation_text,
    facts,
    method_text,
    paper_number,
)
from onestop_cli.writers.notices.html import templates


def _page(name: str, **content: Any) -> str:
    environment = templates()
    environment.filters["yuan"] = yuan
    return environment.get_template(name).render(**content)


def patients(papers: Papers) -> list[dict[str, Any]]:
    """One entry a page: who, where, the sampled stays, the leads that met them; in order of travel."""
    pages: dict[int, dict[str, Any]] = {}
    for row in papers.sample.iter_rows(named=True):
        page = pages.setdefault(
            row["patient"],
            {"page": row["patient"], "stays": [], "rules": [], **{key: row[key] for key in _WHO}},
        )
        page["stays"].append({**row, "amounts": list(amounts(papers, row))})
        page["rules"] += [rule for rule in row["leads"] or [] if rule not in page["rules"]]
    return [page | _told(page.pop("rules")) for page in pages.values()]


_WHO = ("name", "id_tail", "category", "township", "village", "died_on")


def amounts(papers: Papers, row: Mapping[str, Any]) -> Iterator[tuple[str, int | None]]:
    """What the hospital claims of a stay, as the patient's own paper should have it: title and fen."""
    yield "总费用", row["total_fen"]
    for layer, name in papers.layers.items():
        yield name, row[claimed(layer)]
    yield "个人自付", row["self_claimed_fen"]


def _told(rules: Iterable[str]) -> dict[str, list[str]]:
    """What the leads are about and what to fetch."""
    found = [BY_ID[rule] for rule in rules]
    return {"leads": [rule.title for rule in found], "fetch": [rule.fetch for rule in found]}


def visit_pages(papers: Papers) -> str:
    """入户核查表.html: a page a patient."""
    people = patients(papers)
    number = paper_number(papers.plan)
    return _page(
        "audit/visit.html.j2",
        papers=papers, patients=people, checks=HOUSEHOLD_CHECKS, number=number,
    )  # fmt: skip


def ward_pages(papers: Papers) -> str:
    """病房核查表.html: a page a hospital, its sampled stays one below the other."""
    hospitals: dict[str, list[dict[str, Any]]] = {}
    for row in papers.sample.sort("number").iter_rows(named=True):
        stay = row | _told(row["leads"] or [])
        hospitals.setdefault(row["hospital"] or "机构未载", []).append(stay)
    pages = sorted(hospitals.items())
    number = paper_number(papers.plan)
    return _page(
        "audit/ward.html.j2", papers=papers, hospitals=pages, checks=WARD_CHECKS, number=number
    )


def report_page(report: AuditReport) -> str:
    """联合检查报告.html: one self-contained page to print and sign."""
    return _page(
        "audit/report.html.j2",
        report=report,
        facts=list(facts(report.plan, "report")),
        method=[*method_text(report.plan), *evaluation_text(report.plan)],
        conclusion=conclusion(report),
        strata=STRATA,
    )
