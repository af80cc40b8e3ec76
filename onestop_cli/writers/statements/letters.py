"""整改通知 and 漏救告知函: pages to print and sign, and their lists as workbooks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onestop_cli.rulebook.words import quoted
from onestop_cli.run import Run
from onestop_cli.statements.letters import HospitalLetter, Missed
from onestop_cli.statements.numbers import LETTER, MISSED, number_for, number_of
from onestop_cli.statements.remarks import document_of
from onestop_cli.tables.run_info import CountyInfo
from onestop_cli.working import RuleSentence
from onestop_cli.writers.notices.html import templates
from onestop_cli.writers.statements.columns import HOSPITAL, NUMBER
from onestop_cli.writers.toolkit.columns import Column
from onestop_cli.writers.toolkit.workbook import Book

_WHO = (
    Column("name", "姓名", width=10),
    Column("id_shown", "证号后四位", width=11),
)
_LIST = (
    NUMBER,
    Column("point", "问题序号", "int", 6, align="center"),
    Column("stay_no", "住院号", width=14),
    *_WHO,
    Column("discharged_on", "出院日期", "date"),
    Column("layer_name", "补偿种类", width=11),
    Column("claimed_fen", "申报", "yuan", 12),
    Column("due_fen", "应为", "yuan", 12),
    Column("diff_fen", "相差", "yuan", 12, total=True),
    Column("cause_name", "可能的原因", width=30),
    Column("message", "说明", width=40),
)
_WAITING = (
    NUMBER,
    Column("stay_no", "住院号", width=14),
    *_WHO,
    Column("discharged_on", "出院日期", "date"),
    Column("all_held_fen", "待核金额", "yuan", 12, total=True),
    Column("problems", "问题", width=50),
    Column("remedies", "请改正", width=50),
    Column("answer", "医院说明", width=20, fill=True),
)
_MISSED = (
    NUMBER,
    Column("township", "乡镇", width=10),
    Column("village", "村", width=12),
    *_WHO,
    Column("category", "救助类别", width=19),
    HOSPITAL,
    Column("stay_no", "住院号", width=14),
    Column("discharged_on", "出院日期", "date"),
    Column("total_fen", "总费用", "yuan", 12),
    Column("aid_fen", "应得救助", "yuan", 12, total=True),
    Column("owed_fen", "应补未补", "yuan", 12, total=True),
    Column("signed", "签收", width=12, fill=True),
)
_SUMMARY = (
    NUMBER,
    Column("township", "乡镇", width=14),
    Column("village", "村", width=18),
    Column("people", "人数", "int", total=True),
    Column("stays", "人次", "int", total=True),
    Column("aid_fen", "应得救助", "yuan", total=True),
    Column("offset_fen", "其中层间调整", "yuan", total=True),
    Column("owed_fen", "应补未补", "yuan", total=True),
)
_SHORT = 12
"""Terms longer than this are not said again before their quotation."""


@dataclass(frozen=True)
class Letterhead:
    """Who writes, about which run; `days`: working days to answer, left blank to be filled in by hand."""

    run: Run
    days: int | None = None

    @property
    def county(self) -> CountyInfo:
        """The `[county]` table of onestop.toml."""
        return self.run.info.county

    @property
    def office(self) -> str:
        return self.run.info.offices[0]

    @property
    def civil_affairs(self) -> str:
        return self.run.info.offices[1]

    @property
    def phone(self) -> str:
        """The office's number, blank when onestop.toml does not say."""
        return self.county.phones.get(self.office, "")

    @property
    def term(self) -> str:
        return f" {self.days} " if self.days else "　　　"


def hospital_page(letter: HospitalLetter, head: Letterhead) -> str:
    """The HTML of a 整改通知 with its list."""
    rows = letter.rows.to_dicts() if letter.points else []
    waiting = letter.waiting.to_dicts()
    return _page(
        "statements/letter.html.j2",
        head,
        letter=letter,
        rows=rows,
        waiting=waiting,
        said=said,
        number=number_for(head.run, LETTER, letter.hospital),
    )


def hospital_list(letter: HospitalLetter, head: Letterhead, path: Path) -> None:
    """The list attached to a 整改通知."""
    heading = f"{head.run.county}{head.run.period.chinese}"
    with Book(path, title=f"{heading}整改清单") as book:
        if letter.points:
            book.table_sheet(
                "整改清单", f"{letter.hospital}整改清单", _LIST, letter.rows, left=heading
            )
        if not letter.held.is_empty():
            columns = (
                Column("code", "代码", width=8, align="center"),
                Column("title", "问题", width=26),
                Column("cases", "条数", "int", total=True),
                Column("remedy", "请改正", width=70),
            )
            title = f"{letter.hospital}暂停结算的问题"
            book.table_sheet("暂停结算", title, columns, letter.held, left=heading, right="")
        if not letter.waiting.is_empty():
            title = f"{letter.hospital}暂停结算的住院"
            book.table_sheet("暂停结算的住院", title, _WAITING, letter.waiting, left=heading)


def missed_page(missed: Missed, head: Letterhead) -> str:
    """The HTML of the letter to 民政, with a list for every township, by village."""
    places = missed.rows.partition_by("township", "village", as_dict=True, maintain_order=True)
    lists: dict[str, list[tuple[str, list[dict[str, Any]]]]] = {}
    for (township, village), rows in places.items():
        lists.setdefault(str(township), []).append((str(village), rows.to_dicts()))
    number = number_of(head.run, MISSED)
    return _page("statements/missed.html.j2", head, missed=missed, lists=lists, number=number)


def missed_list(missed: Missed, head: Letterhead, path: Path) -> None:
    """The same people as a workbook."""
    heading = f"{head.run.county}{head.run.period.chinese}"
    with Book(path, title=f"{heading}在册未救助人员") as book:
        book.table_sheet("按村", f"{heading}在册未救助人员（按村）", _SUMMARY, missed.villages)
        book.table_sheet("名单", f"{heading}在册未救助人员名单", _MISSED, missed.rows, filters=True)


def said(basis: RuleSentence) -> str:
    """A sentence of the document as a letter quotes it; a reading where it says nothing is no basis."""
    where = f"（{basis.cite}）" if basis.cite else ""
    summary = f"摘要：{basis.summary}{where}" if basis.summary else ""
    quote = f"{quoted(basis.quote)}{where}" if basis.quote else summary
    read = f"{basis.reading}{'（推定）' if basis.assumed else ''}" if basis.reading else ""
    parts = [quote, read and f"按此执行：{read}" if quote else read]
    terms = basis.terms if len(basis.terms) <= _SHORT else ""
    what = f"{basis.what} {terms}".strip()
    label = "政策依据" if quote else "执行口径"
    return f"{label}　{what}：{'；'.join(part for part in parts if part)}"


def _page(template: str, head: Letterhead, **content: Any) -> str:
    page = templates().get_template(template)
    about = {"run": head.run, "period": head.run.period, "rules": _rules(head.run)}
    return page.render(head=head, **about, **content)


def _rules(run: Run) -> str:
    """The documents by name: 《…》."""
    return "、".join(document_of(rule) for rule in run.info.rules)
