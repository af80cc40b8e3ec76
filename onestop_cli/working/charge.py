"""起付线: what is charged before a layer begins to pay."""

from __future__ import annotations

from collections.abc import Iterator

from onestop_cli.core.settle.windows import OPEN
from onestop_cli.money import FULL, rate_text
from onestop_cli.rulebook.terms import NO_LIMIT
from onestop_cli.working.lines import Group, Line, figure, left_of, less, named, smallest
from onestop_cli.working.step import StepOnStay


def charge_group(step: StepOnStay) -> Group:
    """The deductible written for this stay, less what the year has charged already, never more than the base."""
    said = step.said("deductible", "relief", "ceiling", "transfer")
    stated, turn = _stated(step), _turn(step)
    if step.term("deductible_unknown"):
        return Group((figure("起付线", "来源未载，按 0 计，只能核对上限", 0),), said)
    if step.years > 1:
        return Group(tuple(_at_least(step, stated)), said)
    if not stated:
        return Group((figure("起付线", f"{turn}不扣起付线", 0),), said)
    return Group(tuple(_charged(step, stated, turn)), said)


_OFTEN = {"year": "全年只扣一次", "visit": "一次就诊扣一次", "settlement": "每次结算都扣"}


def _at_least(step: StepOnStay, stated: int) -> Iterator[Line]:
    """What a row over two years is charged for certain; the run has it."""
    charged = step.fen("deductible")
    yield Line("跨年度", "一行跨两个年度，各年多少费用不知道，只核上限")
    why = "至少扣一次" if charged else "可能已在别处扣满，按不扣算" if stated else "不扣起付线"
    yield figure("扣起付线", why, charged)


def _stated(step: StepOnStay) -> int:
    """The amount for the n-th stay of the year; the last one written holds on."""
    nth = min(step.row.get(f"{step.step.id}_nth") or 1, step.term("deductible_steps"))
    return step.term(f"deductible_{nth}")


def _turn(step: StepOnStay) -> str:
    """Which stay of the year it is, where that matters."""
    several = step.term("deductible_steps") > 1
    where = "在同级别机构" if step.term("nth_by_level") else ""
    return f"本年{where}第 {step.row[f'{step.step.id}_nth']} 次住院，" if several else ""


def _charged(step: StepOnStay, stated: int, turn: str) -> Iterator[Line]:
    share = getattr(step.clause("relief"), "share", FULL)
    often = _OFTEN.get(getattr(step.clause("deductible"), "per", ""), "每次住院扣一次")
    if months := step.term("deductible_window"):
        often = f"连续 {months} 个月累计只扣一次"
    relief = f"，按 {rate_text(share)} 收取" if share != FULL else ""
    yield figure("起付线标准", f"{turn}{often}{relief}", stated)
    rooms = [("起付线标准", stated)]
    for left, line in _already(step, stated):
        yield line
        rooms = [("尚未扣", left)]
    if step.term("ceiling") < NO_LIMIT and step.works:
        most = step.term("ceiling")
        left, line = left_of("全年起付线封顶", most, step.before("扣"), step.fen("ceiling_before"))
        yield line
        rooms.append(("封顶尚余", left))
    rooms.append(("基数", step.fen("base")))
    charged = min(fen for _, fen in rooms)
    step.agree(charged, "deductible")
    yield figure("扣起付线", smallest(*(named(*room) for room in rooms)), charged)


def _already(step: StepOnStay, stated: int) -> Iterator[tuple[int, Line]]:
    """What was charged before: earlier in the year, or in the hospital the patient was moved from."""
    yearly = step.term("deductible_year") == 1 and step.works
    carried = step.fen("carried_before")
    if step.row.get(OPEN) and step.term("deductible_window") and step.works and not step.counts:
        yield 0, figure("尚未扣的起付线", "台账记起以前的不知道，按已扣满算", 0)
    elif step.term("deductible_window") and step.works:
        yield _still(
            step.of_months("计入费用", "deductible_window"), stated, step.fen("months_before")
        )
    if yearly:
        yield _still(step.before("扣"), stated, step.fen("charged_before"))
    if step.term("transfer_days") >= 0 and step.works and (carried or yearly):
        yield _still("转院或本次就诊此前已扣", stated, carried)
    elif carried and step.works:
        yield _still("本次就诊此前结算已扣", stated, carried)


def _still(used: str, stated: int, before: int) -> tuple[int, Line]:
    left = max(stated - before, 0)
    sum_ = less(named("起付线标准", stated), [named(used, before)], stated - before)
    return left, figure("尚未扣的起付线", sum_, left)
