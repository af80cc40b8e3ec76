"""One stay, step by step: its place, the person, the rule, the arithmetic, claimed beside due, what was found.

Nothing is settled here: figures are columns of the run, or follow from columns by the sum written beside them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from onestop_cli.core.findings.catalogue import CATALOGUE, SEVERITIES
from onestop_cli.core.findings.causes import glossary_of
from onestop_cli.county.periods import parse_period
from onestop_cli.errors import stop
from onestop_cli.explain.closed_stay import (
    Booking,
    Layers,
    Standing,
    booked,
    changed_now,
    unlike_posted,
)
from onestop_cli.explain.earlier_stays import used_before
from onestop_cli.explain.outcome import outcome
from onestop_cli.privacy import mask_id
from onestop_cli.rulebook import words
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.clauses import NONE
from onestop_cli.run import Run
from onestop_cli.statements.statement import STATUS
from onestop_cli.tables.by_hand import CODE
from onestop_cli.tables.schema import LEVELS, PLACE
from onestop_cli.working import Group, Line, StepOnStay, basis, figure, work_out

_NOWHERE = "（空）"
_CHECK_FIRST = "本文件的数字取自公开资料，用前请与原件核对"


@dataclass(frozen=True)
class ExplanationPart:
    """A titled part of an explanation."""

    title: str
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Explanation:
    """Everything that is said about one stay; no ID number beyond its last four characters."""

    title: str
    subtitle: str
    parts: tuple[ExplanationPart, ...]

    @property
    def lines(self) -> Iterator[Line]:
        """Every line of every part."""
        return (line for part in self.parts for group in part.groups for line in group.lines)


Row = Mapping[str, Any]


def explain(run: Run, row: Row, book: Rulebook, bookings: Sequence[Booking] = ()) -> Explanation:
    """`row`: a stay of `run`, or one of `run.closed`, with all its columns; `book`: the documents of the run, in its
    order. `bookings`: what the books say of a closed stay, where they are at hand."""
    closed = row.get("period") is not None
    layers = [(layer.id, layer.name) for layer in run.layers]
    parts = [_stay(row), _identity(run, row)]
    if closed:
        parts.insert(
            0, ExplanationPart("上期调整（右边是本次增减）", changed_now(run, row, layers))
        )
    if row["status"] == "settled":
        _same_book(row, book)
        parts += rule_parts(row, book)
        parts += [] if closed else _before(run.stays, row, book, "此前已关账各期")
    tolerance = run.info.settings.tolerance_fen
    now = "现在的申报与核定" if closed else "申报与核定"
    parts.append(ExplanationPart(now, outcome(row, layers, tolerance, book.waived)))
    parts += _booked(bookings, layers) if closed else [_found(run, row)]
    return Explanation(*_titles(row, run.period.chinese), tuple(parts))


def explain_booked(bookings: Sequence[Booking], layers: Layers, standing: Standing) -> Explanation:
    """A closed stay that a run does not change: how it comes to what it stands at, and what the books say of it.
    `bookings`: the closing first."""
    row = standing.row
    known = [(id_, name) for id_, name in layers if f"{id_}_claimed_fen" in row]
    about = (Line("证号", masked(row)), *_text("救助类别", row["category"]))
    parts = [_stay(row), ExplanationPart("身份", (Group(about),))]
    if row["status"] == "settled":
        parts += rule_parts(row, standing.book)
        parts += _before(standing.person, row, standing.book, "期初")
    notes = tuple(unlike_posted(row, known))
    tolerance = json.loads(row["settled_with"])["tolerance_fen"]
    sums = outcome(row, known, tolerance, standing.book.waived)
    parts.append(ExplanationPart("申报与核定", (*sums, *([Group(notes)] if notes else ()))))
    parts += _booked(bookings, layers)
    return Explanation(*_titles(row, parse_period(bookings[0].period).chinese), tuple(parts))


def _booked(bookings: Sequence[Booking], layers: Layers) -> list[ExplanationPart]:
    return [ExplanationPart("台账各笔", booked(bookings, layers))] if bookings else []


def _titles(row: Row, period: str) -> tuple[str, str]:
    about = f"{row['hospital'] or _NOWHERE} · 住院号 {row['stay_no'] or _NOWHERE}"
    return f"{row['name'] or _NOWHERE}　逐笔说明", f"{period} · {about}"


def rule_parts(row: Row, book: Rulebook) -> list[ExplanationPart]:
    """The document that governs a settled stay, and every step worked out."""
    steps = [StepOnStay(row, book, step) for step in book.steps]
    return [_rule(row, book), *(ExplanationPart(step.name, work_out(step)) for step in steps)]


def _same_book(row: Row, book: Rulebook) -> None:
    """The numbers of `book` must be those the run was made with."""
    number, cell = book.cells[row["term"]] if row["term"] < len(book.cells) else (-1, {})
    known = cell.get("level") == row["level"] and cell["category"] in (row["category"], NONE)
    if number != row["rule"] or book.rules[number].id != row["rule_id"] or not known:
        raise stop(
            "结算结果与现在的程序对不上，无法逐步说明",
            "结果是用另一版本的 onestop 算的；请用现在的版本重新核对这一期",
        )


def _text(label: str, text: str | None) -> Iterator[Line]:
    """A line of words, where there are any."""
    if text:
        yield Line(label, text)


def _day(day: date | None) -> str:
    return day.isoformat() if day else _NOWHERE


def _stay(row: Row) -> ExplanationPart:
    sheet = f" · 工作表“{row['sheet']}”" if row["sheet"] else ""
    days = [("入院", "admitted_on"), ("出院", "discharged_on"), ("结算", "settled_on")]
    told = "，".join(
        f"{name} {_day(row[key])}" for name, key in days if row[key] or key != "settled_on"
    )
    lines = [
        Line("出处", f"{row['source']}{sheet} · 第 {row['row']} 行"),
        Line("医疗机构", f"{row['hospital'] or _NOWHERE}{_level(row)}"),
        Line("日期", told),
        *_text("付款", "零星（手工）报销，款付本人" if row.get("setl_type") == CODE else None),
        *_text("说明", row["date_fault"]),
        *_text("待遇年度", row["benefit_year"] and f"{row['benefit_year']} 年"),
        *_text("病种", row["disease"] if row["quota"] is not None else None),
        *(
            figure(name, "", row[key])
            for name, key in (("总费用", "total_fen"), ("可补偿费用", "eligible_fen"))
            if row[key] is not None
        ),
        *_text("说明", row["amount_why"]),
        Line("状态", STATUS[row["status"]]),
    ]
    return ExplanationPart("住院", (Group(tuple(lines)),))


def _level(row: Row) -> str:
    """The level by the register, and what the file says where that differs."""
    if not row["in_register"]:
        known = f"，级别按报表“{row['level_raw']}”" if row["level"] else ""
        return f"（不在定点机构名录{known}）"
    stated = row["level_stated"]
    other = f"，报表写“{row['level_raw']}”" if stated and stated != row["level"] else ""
    return f"（{LEVELS[row['level']]}，按名录{other}）"


def _identity(run: Run, row: Row) -> ExplanationPart:
    lines = [
        Line("姓名", row["name"] or _NOWHERE),
        Line("证号", f"{masked(row)}{_unless_none('；', row['id_why'])}"),
        *_text("同证异名", row["roster_name"] and f"花名册上是“{row['roster_name']}”"),
        *_entries(run.roster, row),
        Line("核对日", f"{_day(row['roster_day'])}，{_entitlement(row)}"),
        *_text("报表所写", row["category_raw"]),
        *_text("疑似", row["suggestion"]),
        *_text("死亡日期", row["died_on"] and _day(row["died_on"])),
        *_text("乡镇、村", "".join(filter(None, (row["township"], row["village"])))),
    ]
    return ExplanationPart("身份", (Group(tuple(lines)),))


def masked(row: Row) -> str:
    """All that may be shown of an ID number."""
    number = pl.Series([row["id_no"] or row["id_raw"]], dtype=pl.String)
    return str(pl.select(mask_id(pl.lit(number))).item() or "（空白）")


def _unless_none(mark: str, text: str | None) -> str:
    return f"{mark}{text}" if text else ""


def _entries(roster: pl.DataFrame, row: Row) -> Iterator[Line]:
    """The person's roster entries with their days."""
    found = roster.filter(pl.col("id_no") == row["id_no"]) if row["id_no"] else roster.clear()
    for entry in found.iter_rows(named=True):
        sheet = f" · {entry['sheet']}" if entry["sheet"] else ""
        span = f"{_day(entry['from_on']) if entry['from_on'] else '起始未载'} 至 " + (
            _day(entry["to_on"]) if entry["to_on"] else "未终止"
        )
        status = _unless_none("，", entry["status_raw"])
        place = f"{entry['source']}{sheet} · 第 {entry['row']} 行"
        yield Line("花名册", f"{entry['category'] or '类别未载'}，{span}{status}（{place}）")
    if found.is_empty():
        yield Line("花名册", "不在任何一份花名册上")


def _entitlement(row: Row) -> str:
    """The category that applied, and why not where none did."""
    if not row["category"]:
        return f"没有有效的救助身份{_unless_none('：', row['lapse'])}"
    several = row["categories_valid"]
    decided = "（处理意见认定）" if row.get("decided_category") else ""
    return f"按“{row['category']}”享受待遇{decided}" + (f"；同时有效：{several}" if several else "")


def _rule(row: Row, book: Rulebook) -> ExplanationPart:
    """The document, why it governs, and which of its cells."""
    rule = book.rules[row["rule"]]
    days = {
        "discharge": "discharged_on",
        "admission": "admitted_on",
        "settlement": "settled_or_discharged",
    }
    end = f"，至 {rule.effective.to}" if rule.effective.to else ""
    who = " · ".join(words.value(*value) for value in book.cells[row["term"]][1].items())
    number = f"（{rule.source.number}）" if rule.source.number else "（来源未载文号）"
    day = rule.basis.governing_date
    lines = (
        Line("政策文件", f"{rule.title}{number}"),
        Line("依据文件", rule.source.document),
        Line("施行", f"{rule.effective.from_} 起{end}"),
        *_text("注意", "" if rule.status == "in-force" else _CHECK_FIRST),
        Line("适用", f"{words.DAYS[day]} {_day(row[days[day]])}；{who}"),
        *_price(row, book),
    )
    said = basis("施行日期", rule.effective) + basis("适用日", rule.basis)
    several = basis("多重身份", rule.categories) if row.get("categories_valid") else ()
    return ExplanationPart("政策", (Group(lines, said + several),))


def _price(row: Row, book: Rulebook) -> Iterator[Line]:
    """The bill that layers look at, where it is not the total."""
    if row["bill_fen"] != row["total_fen"]:
        daily = row["quota"] is not None and book.quotas[row["quota"]][1].per == "day"
        yield figure("床日付费结算价" if daily else "单病种结算价", "", row["bill_fen"])
        borne = row["hospital_borne_fen"]
        yield figure("医院承担", KEPT if borne < 0 else "", borne)


KEPT = "费用低于结算价，结余归医院"
"""Why what a hospital bears is below zero."""


def _before(stays: pl.DataFrame, row: Row, book: Rulebook, known: str) -> list[ExplanationPart]:
    """Which earlier ones of `stays` used the limits; `known`: where the rest comes from."""
    steps = [StepOnStay(row, book, step) for step in book.steps]
    groups = used_before(stays, steps, known)
    title = "此前各笔" if any(step.term("cap_window") for step in steps) else "本年此前各笔"
    return [ExplanationPart(title, groups)] if groups else []


def _found(run: Run, row: Row) -> ExplanationPart:
    """What was found about the stay, the diagnosis in words, and what can be done."""
    here = [pl.col(key).eq_missing(pl.lit(row[key])) for key in PLACE]
    glossary = glossary_of(run.info)
    lines: list[Line] = []
    for found in run.findings.filter(*here).iter_rows(named=True):
        finding = CATALOGUE[found["code"]]
        lines.append(
            Line(
                f"{finding.code} {finding.title}",
                f"{found['message']}（{SEVERITIES[finding.severity]}）",
            )
        )
        lines += _text("可能的原因", glossary.words(found["cause"], found["layer"]))
        lines.append(Line("怎么办", finding.remedy))
    return ExplanationPart("核对发现", (Group(tuple(lines or [Line("结论", "没有发现不符")])),))
