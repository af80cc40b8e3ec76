"""整改台账 and 举报、异议登记簿 as people filled them: what is open, what is overdue, what was deducted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from onestop_cli.county.workdays import Calendar
from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.money import parse_fen
from onestop_cli.readers.layout.days import Habit, read_day
from onestop_cli.readers.own_forms import BALLOTS, MATTERS, REGISTERS
from onestop_cli.readers.own_table import OwnRow, is_form, read_own, said_twice
from onestop_cli.tables.registers import COMPLAINT_KINDS, OPEN_RESULTS, RESULTS


@dataclass(frozen=True)
class Matter:
    """A line of a register: what it is about, by when something is due, and whether it is done; `deducted` fen."""

    register: str
    number: str
    hospital: str
    what: str
    due_on: date | None
    done_on: date | None
    result: str
    deducted: int
    office: str

    @property
    def open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.done_on is None or self.result in OPEN_RESULTS

    def days_over(self, today: date) -> int:
        """Days since it was due, of what is open; 0 when it is not."""
        return max((today - self.due_on).days, 0) if self.open and self.due_on else 0


_FILLED = {"what", "hospital", "received_on"}


def read_register_of_matters(
    path: Path, reply_days: int, calendar: Calendar, notes: list[str]
) -> list[Matter]:
    """The filled lines of the registers in a workbook. A complaint without a due day has `reply_days` working days;
    what was not read is told in `notes`.

    Raises `CannotRun` naming every cell that cannot be read, lines that come again, and a file that is no register.
    """
    if not path.exists():
        raise stop("找不到这个文件或文件夹", "请检查路径是否写对", str(path))
    forms = [form for form in MATTERS if is_form(path, form)]
    if not forms:
        raise stop("这份文件不是整改台账，也不是举报、异议登记簿", REGISTERS, str(path))
    problems, found = list[Problem](), list[Matter]()
    for form in forms:
        lines = read_own(path, form, notes, [BALLOTS, *(one for one in MATTERS if one != form)])
        lines = [line for line in lines if _FILLED & {*line.texts}]
        problems += said_twice(lines)
        for line in lines:
            days = dict(_days(line, problems))
            problems += [line.problem(*each) for each in _wrong(line, days)]
            found.append(_matter(form.name, line, days, reply_days, calendar))
    if problems:
        raise CannotRun(problems)
    return found


_DAYS = ("told_on", "due_on", "checked_on", "received_on", "answered_on")


def _days(line: OwnRow, problems: list[Problem]) -> Iterator[tuple[str, date]]:
    for field in _DAYS:
        text = line.texts.get(field)
        if text is None:
            continue
        day, _ = read_day(line.cells[field], Habit())
        if day is None:
            problems.append(line.problem(f"看不懂日期“{text}”", "请写成 2011-03-01 的样子"))
        else:
            yield field, day


def _wrong(line: OwnRow, days: dict[str, date]) -> Iterator[tuple[str, str]]:
    texts = line.texts
    kind, result = texts.get("kind"), texts.get("result")
    if kind and kind not in COMPLAINT_KINDS:
        yield f"类型“{kind}”不认识", f"可写：{'、'.join(COMPLAINT_KINDS)}"
    if "told_on" in line.cells and result and result not in RESULTS:
        yield f"复查结果“{result}”不认识", f"可写：{'、'.join(RESULTS)}"
    if "checked_on" in days and not result:
        yield "填了复查日期，没有填复查结果", f"可写：{'、'.join(RESULTS)}"
    if "answered_on" in days and not result:
        yield "填了答复日期，没有写核实情况和处理", "请补上怎样处理的"
    text = texts.get("deducted")
    fen = parse_fen(text) if text else 0
    if fen is None or fen < 0:
        yield f"核扣金额“{text}”不是金额", "应为 0 或正数（元）"
    elif fen and not texts.get("office"):
        yield "有核扣金额，没有写核扣部门", "请写明由哪个部门核扣"
    for first, then in (("told_on", "checked_on"), ("received_on", "answered_on")):
        if first in days and then in days and days[then] < days[first]:
            yield f"{days[then]} 在 {days[first]} 之前", "请核对两个日期"


def _matter(
    register: str, line: OwnRow, days: dict[str, date], reply_days: int, calendar: Calendar
) -> Matter:
    texts = line.texts
    due = days.get("due_on")
    if due is None and "received_on" in days:
        due = calendar.after(days["received_on"], reply_days)
    return Matter(
        register,
        texts.get("number", ""),
        texts.get("hospital", ""),
        texts.get("what", ""),
        due,
        days.get("checked_on") or days.get("answered_on"),
        texts.get("result", "") if "checked_on" in days else "",
        (parse_fen(texts["deducted"]) or 0) if "deducted" in texts else 0,
        texts.get("office", ""),
    )
