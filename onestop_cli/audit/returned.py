"""What inspectors found about the sampled stays: the filled lines of all copies, checked and put beside the sample."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from onestop_cli.audit.filled import ReturnedRow, merged
from onestop_cli.audit.matching import numbered
from onestop_cli.audit.papers import CAUSES, OUTCOMES, booked, confirmed, layer_key
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.money import parse_fen, yuan
from onestop_cli.tables.schema import Schema

_TRUE, _PART, _UNCLEAR = OUTCOMES[0], OUTCOMES[1:3], OUTCOMES[3]
_TOLD = ("outcome", "confirmed", "cause", "note")
_SIGNED = ("by_health", "by_civil", "checked_on")

FILLED = {
    "outcome": "核查结果",
    "confirmed": "核实应付",
    "cause": "差错原因",
    "note": "情况说明",
    "by_health": "检查人（卫生）",
    "by_civil": "检查人（民政）",
    "checked_on": "核查日期",
}
"""The columns inspectors fill in, and their titles; the confirmed amount of each layer follows."""

CONFIRMED: Schema = {
    "number": pl.Int64,
    "outcome": pl.String,
    "confirmed_fen": pl.Int64,
    "cause": pl.String,
    "note": pl.String,
    "by_health": pl.String,
    "by_civil": pl.String,
    "checked_on": pl.Date,
}
"""What inspectors found, a row for each sampled stay, and `<layer>_confirmed_fen` where they say which fund. `outcome`
is null for a stay nobody has looked at yet, `confirmed_fen` also where nothing could be found out."""


@dataclass(frozen=True)
class Frame:
    """What the lines are held against: layers (id → Chinese name) and the day of the evaluation."""

    layers: Mapping[str, str]
    today: date


def filled_titles(layers: Mapping[str, str]) -> dict[str, str]:
    """Key → title of every column to fill in."""
    return FILLED | {layer_key(layer): f"核实{name}" for layer, name in layers.items()}


def confirm(
    lines: Sequence[ReturnedRow], sample: pl.DataFrame, frame: Frame, file: str, sheet: str
) -> pl.DataFrame:
    """What was found, as `CONFIRMED`, in the order of `sample` (the numbered rows of the papers).

    Raises `CannotRun` with every row that is missing from all copies, unknown, changed, contradictory, or filled in
    otherwise in another copy.
    """
    titles = filled_titles(frame.layers)
    rows = {row["number"]: row for row in sample.iter_rows(named=True)}
    copies, problems = numbered(lines, rows.values(), titles)
    found, disagreed = merged(copies, titles, titles)
    made = {number: _row(line, rows[number], frame) for number, line in found.items()}
    problems += [*disagreed, *(problem for _, faults in made.values() for problem in faults)]
    if not problems:
        problems = list(_lacking([number for number in rows if number not in found], file, sheet))
    if problems:
        raise CannotRun(
            sorted(problems, key=lambda problem: (problem.file or "", problem.row or 0))
        )
    schema = {**CONFIRMED, **{confirmed(layer): pl.Int64 for layer in frame.layers}}
    return pl.DataFrame([made[number][0] for number in rows], schema=schema)


def _lacking(numbers: Sequence[int], file: str, sheet: str) -> Iterator[Problem]:
    if numbers:
        listed = "、".join(map(str, numbers[:20])) + (" 等" if len(numbers) > 20 else "")
        what = f"缺少编号 {listed} 共 {len(numbers)} 行"
        yield Problem(what, "请恢复被删除的行；还没有核查的，留空就可以", file, sheet)


def _row(
    line: ReturnedRow, row: Mapping[str, Any], frame: Frame
) -> tuple[dict[str, Any], list[Problem]]:
    """One filled row, and what is wrong with it. A row with no more than names and a day is not looked at yet."""
    made: dict[str, Any] = dict.fromkeys(CONFIRMED) | {"number": row["number"]}
    told = [*_TOLD, *(layer_key(layer) for layer in frame.layers)]
    if not any(line.text(key) for key in told):
        return made, []
    outcome = line.text("outcome")
    health, civil = _inspectors(line)
    amounts, faults = _amounts(line, outcome, row, frame)
    day, day_faults = _day(line, row, frame.today)
    faults = [*_outcome(outcome), *faults, *_reasons(line, outcome), *_signed(health, civil)]
    faults += day_faults
    made |= {key: line.text(key) for key in ("outcome", "cause", "note")}
    made |= {"by_health": health, "by_civil": civil, "checked_on": day, **amounts}
    return made, [line.problem(fault, key) for key, fault in faults]


Fault = tuple[str, str]
"""The key of the cell, and what is wrong with it."""


def _outcome(outcome: str) -> Iterator[Fault]:
    if not outcome:
        yield "outcome", "没有填核查结果"
    elif outcome not in OUTCOMES:
        yield "outcome", f"核查结果“{outcome}”不在可选项中（{'、'.join(OUTCOMES)}）"


def _amounts(
    line: ReturnedRow, outcome: str, row: Mapping[str, Any], frame: Frame
) -> tuple[dict[str, int | None], list[Fault]]:
    """What is confirmed in all and of each fund: all of it for 属实, else what was filled in.

    A fund that is left blank beside another that is filled in stays as booked.
    """
    said, faults = _read_amounts(line, row, frame)
    whole = said.pop("confirmed", None)
    parts = {layer: said.get(layer_key(layer)) for layer in frame.layers}
    if any(part is not None for part in parts.values()):
        parts = {
            layer: row[booked(layer)] if part is None else part for layer, part in parts.items()
        }
        total = sum(part or 0 for part in parts.values())
        if whole is not None and whole != total:
            faults.append(("confirmed", f"核实应付 {yuan(whole)} 不等于各基金之和 {yuan(total)}"))
        whole = total
    if whole is not None and _beyond(whole, row):
        faults.append(("confirmed", f"核实应付 {yuan(whole)} 超过总费用 {yuan(row['total_fen'])}"))
    if not faults:
        moved = any(part not in (None, row[booked(layer)]) for layer, part in parts.items())
        faults = list(_fits(outcome, whole, row["amount"], moved))
    amounts: dict[str, int | None] = {confirmed(layer): part for layer, part in parts.items()}
    if outcome == _TRUE:
        amounts, whole = dict.fromkeys(amounts), row["amount"]
    return {"confirmed_fen": whole, **amounts}, faults


def _read_amounts(
    line: ReturnedRow, row: Mapping[str, Any], frame: Frame
) -> tuple[dict[str, int], list[Fault]]:
    """The filled amounts in fen by column key; between 0 and the bill."""
    titles, said, faults = filled_titles(frame.layers), {}, []
    for key in ("confirmed", *(layer_key(layer) for layer in frame.layers)):
        text = line.text(key)
        fen = parse_fen(text.rstrip("整")) if text else None
        if text and (fen is None or fen < 0):
            faults.append((key, f"{titles[key]}“{text}”不是金额，应为 0 或正数（元）"))
        elif fen is not None and key != "confirmed" and _beyond(fen, row):
            faults.append((key, f"{titles[key]} {yuan(fen)} 超过总费用 {yuan(row['total_fen'])}"))
        elif fen is not None:
            said[key] = fen
    return said, faults


def _beyond(fen: int, row: Mapping[str, Any]) -> bool:
    """Whether `fen` is more than the bill; of a held stay nobody may know the bill."""
    return row["total_fen"] is not None and fen > row["total_fen"]


def _fits(outcome: str, whole: int | None, amount: int, moved: bool) -> Iterator[Fault]:
    """Whether outcome and amount go together; `moved`: a fund should have paid another amount, whatever the sum."""
    if outcome == _TRUE and (moved or whole not in (None, amount)):
        yield "confirmed", "填了属实，核实应付却与应付金额不同"
    elif outcome == _UNCLEAR and whole is not None:
        yield "confirmed", "填了无法核查，核实应付应当留空"
    elif outcome in _PART and whole is None:
        yield "confirmed", f"填了{outcome}，没有填核实应付金额（全部不应付的填 0）"
    elif outcome in _PART and whole == amount > 0 and not moved:
        yield "confirmed", f"填了{outcome}，核实应付却等于应付金额"


def _reasons(line: ReturnedRow, outcome: str) -> Iterator[Fault]:
    """A difference needs a cause; 其他 and 无法核查 need words."""
    cause = line.text("cause")
    if cause and cause not in CAUSES:
        yield "cause", f"差错原因“{cause}”不在可选项中（{'、'.join(CAUSES)}）"
    if outcome in _PART and not cause:
        yield "cause", f"填了{outcome}，没有选差错原因"
    if (cause == CAUSES[-1] or outcome == _UNCLEAR) and not line.text("note"):
        yield "note", "要在情况说明里写明原因"


def _inspectors(line: ReturnedRow) -> tuple[str, str]:
    """Both names; two in one cell, or in both cells merged into one, are taken apart."""
    health, civil = line.text("by_health"), line.text("by_civil")
    if health and civil in ("", health):
        names = [name for name in _apart(health) if name]
        if len(names) == 2:
            return names[0], names[1]
    return health, civil


def _apart(text: str) -> list[str]:
    for mark in "，,/／;；\n":
        text = text.replace(mark, "、")
    return [part.strip() for part in text.split("、")]


def _signed(health: str, civil: str) -> Iterator[Fault]:
    """One inspector of each department, and not the same person."""
    if not health or not civil:
        yield "by_civil" if health else "by_health", "检查人要有卫生、民政各一人签名"
    elif health == civil:
        yield "by_civil", "两位检查人不能是同一人"


def _day(line: ReturnedRow, row: Mapping[str, Any], today: date) -> tuple[date | None, list[Fault]]:
    """The day of the check: after the patient had left, and not to come."""
    day = line.cells.get("checked_on", "")
    if not isinstance(day, date):
        text = line.text("checked_on")
        return None, [("checked_on", f"看不懂核查日期“{text}”" if text else "没有填核查日期")]
    left = row["discharged_on"] or row["admitted_on"]
    if left and day < left:
        return day, [("checked_on", f"核查日期 {day} 早于出院日期 {left}")]
    if day > today:
        return day, [("checked_on", f"核查日期 {day} 还没有到（今天 {today}）")]
    return day, []
