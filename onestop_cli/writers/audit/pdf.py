"""入户核查表.pdf: the household pages set by typst with their fonts inside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from onestop_cli.audit.papers import Papers
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.money import yuan
from onestop_cli.resources import template_folder
from onestop_cli.writers.audit.html import patients
from onestop_cli.writers.audit.words import HOUSEHOLD_CHECKS, paper_number
from onestop_cli.writers.notices.pdf import STANDARD, printing_fonts, unprintable


def write_visit_pdf(path: Path, papers: Papers) -> None:
    """Write the household pages. Raises `CannotRun` without typst or a Chinese font, and naming every character
    that cannot be printed."""
    fonts, families = printing_fonts()
    import typst

    compiler = typst.Compiler(template_folder() / "audit" / "visit.typ", font_paths=fonts)
    try:
        pdf = compiler.compile(
            format="pdf",
            sys_inputs={"data": _data(papers, families)},
            pdf_standards=[STANDARD],
            timestamp=0,
            pdf_tags=False,
        )
    except typst.TypstError as error:
        if missing := sorted(unprintable(error.diagnostic)):
            raise CannotRun(_no_glyph(char) for char in missing) from error
        raise
    assert isinstance(pdf, bytes)
    path.write_bytes(pdf)


def _no_glyph(char: str) -> Problem:
    return Problem(
        f"字体里没有“{char}”（U+{ord(char):04X}）这个字，入户核查表的 PDF 印不出来",
        "请安装含有这个字的字体（如思源黑体 Noto Sans CJK），或不加 --pdf，用浏览器打印网页版",
    )


def _data(papers: Papers, families: list[str]) -> str:
    """What the template prints, as JSON texts."""
    people = [
        {
            "where": f"{person['township'] or '乡镇未载'}　{person['village'] or '村未载'}",
            "number": f"第 {person['page']} 号",
            "name": person["name"] or "未载",
            "tail": person["id_tail"] or "未载",
            "category": person["category"] or "无",
            "died": str(person["died_on"] or ""),
            "titles": [f"{title}（元）" for title, _ in person["stays"][0]["amounts"]],
            "stays": [_stay(stay) for stay in person["stays"]],
            "leads": "；".join(person["leads"]),
        }
        for person in patients(papers)
    ]
    checks = [[check.title, check.ask, check.answer] for check in HOUSEHOLD_CHECKS]
    title = f"{papers.county}{papers.period}入户核查表"
    number = paper_number(papers.plan)
    content = {
        "fonts": families, "title": title, "people": people, "checks": checks,
        "paper": f"编号：{number}" if number else "",
    }  # fmt: skip
    return json.dumps(content, ensure_ascii=False)


def _stay(stay: Mapping[str, Any]) -> dict[str, Any]:
    """A sampled stay as printed texts."""
    days = f"{stay['admitted_on'] or ''} 至 {stay['discharged_on'] or ''}"
    return {
        "number": str(stay["number"]),
        "about": f"{stay['hospital'] or ''}\n{stay['stay_no'] or ''}　{days}　{stay['reason_name']}",
        "claimed": [yuan(fen) for _, fen in stay["amounts"]],
        "amount": yuan(stay["amount"]),
    }
