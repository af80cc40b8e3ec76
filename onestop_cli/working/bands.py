"""The arithmetic of rates and bands, one line for each."""

from __future__ import annotations

from collections.abc import Iterator

from onestop_cli.money import FULL, rate_text, yuan
from onestop_cli.rulebook.terms import NO_LIMIT
from onestop_cli.working.lines import Line, named
from onestop_cli.working.step import StepOnStay


def banded(step: StepOnStay) -> tuple[list[Line], int]:
    """The lines, and the exact result in grains."""
    yearly = step.term("year_bands") if step.works else 0
    cost, net_before = step.fen("cost_before") * yearly, step.fen("net_before") * yearly
    base, charged = step.fen("base"), step.fen("deductible")
    gross, number = step.term("gross"), list(_number(step))
    if step.term("whole"):
        start, span = (cost, base) if gross else (net_before, base - charged)
        lines, grains = _whole(step, base - charged, net_before, start, start + span)
    else:
        low = cost + charged if gross else net_before
        lines, grains = _progressive(step, low, low + base - charged)
    return [*number, *lines], grains


def _number(step: StepOnStay) -> Iterator[Line]:
    """Which stay of the year it is, where the rate hangs on that."""
    if step.term("nth_rates") > 1:
        where = "在同级别机构" if step.term("nth_rate_by_level") else ""
        number = step.row[f"{step.step.id}_rate_nth"]
        yield Line("第几次住院", f"本年{where}第 {number} 次，比例按此次")


def highest(step: StepOnStay, net: int) -> tuple[list[Line], int]:
    """The highest rate that any part of the amount can have."""
    numbers = range(1, step.term("bands") + 1)
    known = [step.term(f"rate_{band}") for band in numbers]
    known += [
        step.term(f"rate_{band}_at_{nth}")
        for band in numbers
        for nth in range(2, step.term("nth_rates") + 1)
    ]
    rate = max(known)
    return [Line("最高比例", f"{yuan(net)} × {rate_text(rate)}", net * rate)], net * rate


def _progressive(step: StepOnStay, low: int, high: int) -> tuple[list[Line], int]:
    """Each band's rate on the part of the amount that lies in it."""
    parts = [
        Line(span, f"{yuan(part)} × {rate_text(rate)}", part * rate)
        for span, part, rate in _parts(step, low, high)
    ]
    total = sum(part.grains or 0 for part in parts)
    lines = [*_begins(step, low), *parts]
    if len(parts) > 1:
        lines.append(Line("各段合计", " + ".join(part.amount for part in parts), total))
    return lines, total


def _begins(step: StepOnStay, low: int) -> Iterator[Line]:
    """Where in the bands the amount begins, when that is not at the bottom."""
    if low and step.term("bands") > 1:
        why = "按本年累计分段" if step.term("year_bands") else "起付线占去最低的部分"
        yield Line("分段起点", f"{why}，从 {yuan(low)} 元起")


def _parts(step: StepOnStay, low: int, high: int) -> Iterator[tuple[str, int, int]]:
    """(name, part in fen, rate) of every band between `low` and `high`; the first one when there is nothing."""
    bottom = 0
    for number in range(1, step.term("bands") + 1):
        edge = step.term(f"edge_{number}")
        part = max(min(high, edge) - max(low, bottom), 0)
        if part or (low == high and number == 1):
            yield _span(step, bottom, edge), part, step.rate(number)
        bottom = edge


def _span(step: StepOnStay, bottom: int, edge: int) -> str:
    if step.term("bands") == 1:
        return f"按比例{_raised(step)}"
    if edge == NO_LIMIT:
        return f"{yuan(bottom)} 元以上{_raised(step)}"
    return (f"{yuan(bottom)}—{yuan(edge)} 元" if bottom else f"{yuan(edge)} 元以下") + _raised(step)


def _raised(step: StepOnStay) -> str:
    """Percentage points that the rate has in it, and the share of it that is paid."""
    points, factor = step.points, step.term("factor")
    word = "提高" if points > 0 else "降低"
    raised = f"（含{word} {rate_text(abs(points)).rstrip('%')} 个百分点）" if points else ""
    return raised + (f"（已按 {rate_text(factor)} 折算）" if factor != FULL else "")


def _whole(
    step: StepOnStay, net: int, net_before: int, start: int, end: int
) -> tuple[list[Line], int]:
    """The whole amount at the rate of the band it falls in, less what the year had before at its own."""
    after, before = _rate_at(step, end), _rate_at(step, start)
    grains = max(after * (net_before + net) - before * net_before, 0)
    falls = Line("整额套档", f"{yuan(end)} 元所在一段，比例 {rate_text(after)}{_raised(step)}")
    sum_ = f"{yuan(net_before + net)} × {rate_text(after)}"
    if net_before:
        sum_ += f" − {named('此前本年', net_before)} × {rate_text(before)}，不足为 0"
    return [falls, Line("按比例", sum_, grains)], grains


def _rate_at(step: StepOnStay, amount: int) -> int:
    """The rate of the band in which `amount` falls; an upper edge belongs to the lower band."""
    numbers = range(1, step.term("bands") + 1)
    return step.rate(next(n for n in numbers if amount <= step.term(f"edge_{n}")))
