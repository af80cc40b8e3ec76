"""年度封顶: what shared and yearly limits leave of the amount, and the year so far."""

from __future__ import annotations

from collections.abc import Iterator

from onestop_cli.errors import Broken
from onestop_cli.rulebook.language import Pool
from onestop_cli.rulebook.terms import NO_LIMIT
from onestop_cli.working.lines import (
    Group,
    Line,
    RuleSentence,
    basis,
    figure,
    left_of,
    less,
    named,
    over_years,
    smallest,
)
from onestop_cli.working.step import StepOnStay


def limits_group(step: StepOnStay) -> Group:
    """From the amount to what is due, or to the most that can be."""
    lines: list[Line] = []
    rooms = [("本笔金额", step.fen("uncapped"))]
    for pool, left, line in () if step.free else _pools(step):
        lines.append(line)
        rooms.append((f"{pool.name}尚余", left))
    month = _month(step, lines)
    rooms += month
    if step.cap is not None and step.years > 1:
        lines.append(over_years("年度封顶", step.cap // step.years, step.years))
    if step.cap is None:
        lines.append(Line("年度封顶", _no_cap(step)))
    elif step.counts:
        used = step.of_months("已补", "cap_window")
        left, line = left_of(_cap_name(step), step.cap, used, step.fen("before"))
        lines.append(line)
        rooms.append(("封顶尚余", left))
    else:
        rooms.append((_cap_name(step), step.cap))
    granted = min(fen for _, fen in rooms)
    lines.append(_granted(step, granted, smallest(*(named(*room) for room in rooms))))
    if step.cap is not None and step.counts:
        lines.append(_year(step, step.fen("before"), granted))
    return Group(tuple(lines), step.said("month_cap", "cap") + tuple(_pooled(step)))


def _month(step: StepOnStay, lines: list[Line]) -> list[tuple[str, int]]:
    """What the month's limit leaves, where there is one."""
    limit = step.row.get(f"{step.step.id}_month_limit_fen")
    if limit is None:
        return []
    if not step.counts:
        return [("每月限额", int(limit))]
    left, line = left_of("每月限额", int(limit), "此前本月已补", step.fen("month_before"))
    lines.append(line)
    return [("本月尚余", left)]


def _granted(step: StepOnStay, granted: int, sum_: str) -> Line:
    found, label = (step.due, "应补") if step.counts else (step.bound, "最多可补")
    if granted != found:
        raise Broken(f"{step.step.id}：写出的算式得 {granted}，结算得 {found}")
    return figure(label, sum_, granted, strong=True)


def _cap_name(step: StepOnStay) -> str:
    months = step.term("cap_window")
    return f"{months} 个月限额" if months else "年度封顶"


def _year(step: StepOnStay, before: int, granted: int) -> Line:
    sum_ = f"{named('此前', before)} + {named('本笔', granted)}"
    name = "限额已用" if step.term("cap_window") else "本年累计"
    return figure(name, sum_, before + granted)


def _no_cap(step: StepOnStay) -> str:
    if step.free:
        return "单病种补偿不计入封顶"
    return "来源未载封顶额，只能核对上限" if step.term("cap_unknown") else "不设年度封顶"


def _pools(step: StepOnStay) -> Iterator[tuple[Pool, int, Line]]:
    """What each shared limit leaves after the year's earlier stays and this stay's earlier layers."""
    for pool in _limits_of(step):
        cap = int(step.row[f"pool_{pool.id}_cap_fen"]) * step.years
        room = int(step.row[f"pool_{pool.id}_room_fen"]) if step.counts else cap
        members = [member.id for member in step.book.members(pool.id)]
        earlier = [m for m in members[: members.index(step.step.id)] if step.counts]
        used = [(step.name_of(m), int(step.row[f"{m}_pooled_fen"] or 0)) for m in earlier]
        taken = [named("此前本年已用", cap - room)] if cap > room else []
        taken += [named(f"本笔{name}", fen) for name, fen in used if fen]
        left = room - sum(fen for _, fen in used)
        line = figure(f"{pool.name}尚余", less(named(pool.name, cap), taken, left), max(left, 0))
        yield pool, max(left, 0), line


def _limits_of(step: StepOnStay) -> list[Pool]:
    """The shared limits that hold this step on this stay."""
    pools = [pool for pool in step.rule.pool if step.step.layer in pool.layers]
    return [p for p in pools if step.row[f"pool_{p.id}_cap_fen"] < NO_LIMIT]


def _pooled(step: StepOnStay) -> Iterator[RuleSentence]:
    for pool in _limits_of(step):
        yield from basis(pool.name, pool)
