"""年度封顶: what shared and yearly limits leave of the amount, and the year so far."""

from __future__ import annotations

from collections.abc import Iterator

from onestop_cli.errors import Broken
from onestop_cli.money import yuan
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
    rooms += _household(step, lines)
    month = _month(step, lines)
    rooms += month
    lines += _raised(step)
    if step.cap is not None and step.years > 1:
        lines.append(over_years(cap_name(step), step.cap // step.years, step.years))
    if step.cap is None:
        lines.append(Line("年度封顶", _no_cap(step)))
    elif step.counts:
        used = step.of_months("已补", "cap_window")
        left, line = left_of(cap_name(step), step.cap, used, step.fen("before"))
        lines.append(line)
        rooms.append(("限额尚余" if step.term("cap_window") else "封顶尚余", left))
    else:
        rooms.append((cap_name(step), step.cap))
    granted = min(fen for _, fen in rooms)
    lines.append(_granted(step, granted, smallest(*(named(*room) for room in rooms))))
    if step.cap is not None and step.counts:
        lines.append(_year(step, step.fen("before"), granted))
    return Group(
        tuple(lines), step.said("month_cap", "household_cap", "bonus", "cap") + tuple(_pooled(step))
    )


def _household(step: StepOnStay, lines: list[Line]) -> list[tuple[str, int]]:
    """What the household's limit leaves, where there is one."""
    limit = step.term("household_cap")
    if limit == NO_LIMIT or step.free:
        return []
    if not step.counts:
        return [("全户年度限额", limit * step.years)]
    used = limit - step.fen("household_room")
    left, line = left_of("全户年度限额", limit, "此前全户已补", used)
    lines.append(line)
    return [("全户尚余", left)]


def _raised(step: StepOnStay) -> Iterator[Line]:
    """By what a list of persons raises the cap, or may."""
    more = step.fen("bonus")
    if not step.term("bonus") or step.cap is None:
        return
    said = [step.row.get(name) for name in ("listed_years", "listed_fen")]
    known = any(word is not None for word in said) or (
        step.term("bonus_unlisted") >= 0 and not step.row.get("listed_open")
    )
    listed = "，".join(_of_list(step)) or "名单上没有写这个人"
    yield Line("参保激励名单", listed)
    name = "名单提高" if known else "最多提高（名单没有写明）"
    sum_ = f"{named('封顶线', step.term('cap'))} + {named(name, more)}"
    yield figure(cap_name(step), sum_, step.term("cap") + more)


def _of_list(step: StepOnStay) -> Iterator[str]:
    """What the list of insured people says."""
    years, fen = step.row.get("listed_years"), step.row.get("listed_fen")
    if years is not None:
        yield f"连续参保 {years} 年"
    if fen is not None:
        yield f"提高限额 {yuan(int(fen))}"


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
    verb = "减免" if step.step.layer in step.book.waived else "补"
    found, label = (step.due, f"应{verb}") if step.counts else (step.bound, f"最多可{verb}")
    if granted != found:
        raise Broken(f"{step.step.id}：写出的算式得 {granted}，结算得 {found}")
    return figure(label, sum_, granted, strong=True)


def cap_name(step: StepOnStay) -> str:
    """年度封顶, or the limit of so many months."""
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
