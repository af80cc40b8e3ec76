"""A filled working paper: checked line by line, put beside the draw, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from onestop_cli.audit.papers import CAUSES, OUTCOMES
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.money import parse_fen

_TRUE, _PART, _UNCLEAR = OUTCOMES[0], OUTCOMES[1:3], OUTCOMES[3]

CONFIRMED = {
    "number": pl.Int64,
    "outcome": pl.String,
    "confirmed_fen": pl.Int64,
    "cause": pl.String,
    "note": pl.String,
    "by_health": pl.String,
    "by_civil": pl.String,
    "checked_on": pl.Date,
}
"""What inspectors found, a row for each sampled stay. `confirmed_fen` is null where nothing could be found out."""


@dataclass(frozen=True)
class Line:
    """A row of a filled sheet: its place in the file and its cells by column key, days as dates where they are."""

    place: int
    cells: Mapping[str, Any]

    def text(self, key: str) -> str:
        return str(self.cells.get(key, "")).strip()

    @property
    def number(self) -> int | None:
        """The printed number in the first column."""
        plain = self.text("number").removesuffix(".0")
        return int(plain) if plain.isdigit() else None


def confirm(lines: Sequence[Line], sample: pl.DataFrame, file: str, sheet: str) -> pl.DataFrame:
    """What was found, as `CONFIRMED`, in the order of `sample` (the numbered rows of the papers).

    Raises `CannotRun` with every row that is missing, unknown, changed, unfilled or contradictory.
    """
    expected = {row["number"]: row for row in sample.iter_rows(named=True)}
    problems: list[Problem] = []
    found: dict[int, dict[str, Any]] = {}
    for line in lines:
        faults = list(_identity(line, expected, found))
        if not faults and line.number is not None:
            found[line.number], faults = _row(line, expected[line.number])
        problems += [
            Problem(fault, "请改正后另存，重新运行", file, sheet, line.place) for fault in faults
        ]
    lacking = [str(number) for number in expected if number not in found]
    if lacking and not problems:
        what = f"缺少编号 {'、'.join(lacking[:20])}{' 等' if len(lacking) > 20 else ''} 共 {len(lacking)} 行"
        problems.append(Problem(what, "请恢复被删除的行；没有核查的也要选“无法核查”", file, sheet))
    if problems:
        raise CannotRun(problems)
    return pl.DataFrame([found[number] for number in expected], schema=CONFIRMED)


def _identity(
    line: Line, expected: Mapping[int, Mapping[str, Any]], found: Mapping[int, Any]
) -> Iterator[str]:
    """Whether the line is a row of this sample, once, with its printed columns untouched."""
    number = line.number
    if number is None or number not in expected:
        yield f"编号“{line.text('number')}”不在本次样本中"
        return
    row = expected[number]
    if number in found:
        yield f"编号 {number} 出现了两次"
    for key, title in (("hospital", "医疗机构"), ("stay_no", "住院号")):
        if line.text(key) != str(row[key] or "").strip():
            yield f"编号 {number} 的{title}与抽样时不同，印好的列不能改"
    if parse_fen(line.text("amount")) != row["amount"]:
        yield f"编号 {number} 的应付金额与抽样时不同，印好的列不能改"


def _row(line: Line, row: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """One filled row, and what is wrong with it."""
    outcome = line.text("outcome")
    faults = []
    if outcome not in OUTCOMES:
        faults.append("没有填核查结果" if not outcome else f"核查结果“{outcome}”不在可选项中")
    fen, amount_faults = _amount(line, outcome, row["amount"])
    faults += [*amount_faults, *_reasons(line, outcome), *_inspectors(line)]
    day, day_fault = _day(line, row["admitted_on"])
    made = {
        "number": row["number"],
        "outcome": outcome,
        "confirmed_fen": fen,
        "cause": line.text("cause"),
        "note": line.text("note"),
        "by_health": line.text("by_health"),
        "by_civil": line.text("by_civil"),
        "checked_on": day,
    }
    return made, [*faults, *day_fault]


def _amount(line: Line, outcome: str, booked: int) -> tuple[int | None, list[str]]:
    """What is confirmed, in fen: all of it for 属实, what was filled in for 部分属实 and 不属实."""
    text = line.text("confirmed")
    fen = parse_fen(text) if text else None
    if text and (fen is None or fen < 0):
        return None, [f"核实应付“{text}”不是金额，应为 0 或正数（元）"]
    if outcome == _TRUE:
        wrong = fen is not None and fen != booked
        return booked, ["填了属实，核实应付却与应付金额不同"] if wrong else []
    if outcome == _UNCLEAR:
        return None, ["填了无法核查，核实应付应当留空"] if fen is not None else []
    if outcome in _PART and fen is None:
        return None, [f"填了{outcome}，没有填核实应付金额（全部不应付的填 0）"]
    if outcome in _PART and fen == booked > 0:
        return fen, [f"填了{outcome}，核实应付却等于应付金额"]
    return fen, []


def _reasons(line: Line, outcome: str) -> Iterator[str]:
    """A difference needs a cause; 其他 and 无法核查 need words."""
    cause = line.text("cause")
    if cause and cause not in CAUSES:
        yield f"差错原因“{cause}”不在可选项中"
    if outcome in _PART and not cause:
        yield f"填了{outcome}，没有选差错原因"
    if (cause == CAUSES[-1] or outcome == _UNCLEAR) and not line.text("note"):
        yield "要在情况说明里写明原因"


def _inspectors(line: Line) -> Iterator[str]:
    """One inspector of each department, and not the same person."""
    health, civil = line.text("by_health"), line.text("by_civil")
    if not health or not civil:
        yield "检查人要有卫生、民政各一人签名"
    elif health == civil:
        yield "两位检查人不能是同一人"


def _day(line: Line, admitted: date | None) -> tuple[date | None, list[str]]:
    day = line.cells.get("checked_on", "")
    if not isinstance(day, date):
        text = line.text("checked_on")
        return None, [f"看不懂核查日期“{text}”" if text else "没有填核查日期"]
    if admitted and day < admitted:
        return day, ["核查日期早于入院日期"]
    return day, []
