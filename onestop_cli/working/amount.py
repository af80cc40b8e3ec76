"""补偿金额: rate or bands, rounding, 保底, and the stay's own limits; or a quota's share instead."""

from __future__ import annotations

from collections.abc import Iterator

from onestop_cli.money import FULL, rate_text, yuan
from onestop_cli.rulebook import words
from onestop_cli.rulebook.checkable import together
from onestop_cli.rulebook.clauses import Quota
from onestop_cli.rulebook.terms import NO_LIMIT
from onestop_cli.working.bands import banded, highest
from onestop_cli.working.lines import (
    Group,
    Line,
    basis,
    exact,
    figure,
    greatest,
    in_steps,
    less,
    named,
    over_years,
    smallest,
)
from onestop_cli.working.step import StepOnStay


def amount_group(step: StepOnStay) -> Group:
    """What the layer gives before the yearly limits."""
    if step.quota and step.share is not None:
        lines, amount = _by_quota(step, step.share)
        said = basis(words.quota_name(step.quota), step.quota, words.term(step.quota))
    else:
        lines, amount = _by_rate(step)
        said = step.said("rate", "points", "factor", "floor", "stay_cap")
    rooms = [("本层金额", amount)]
    if step.share is None and step.term("stay_cap") < NO_LIMIT:
        if step.years > 1:
            lines.append(over_years("单次封顶", step.term("stay_cap"), step.years))
        rooms.append(("单次封顶", step.term("stay_cap") * step.years))
    if step.rest < amount:
        rooms.append(("账单余额", step.rest))
    if len(rooms) > 1:
        amount = min(fen for _, fen in rooms)
        lines.append(figure("本笔金额", smallest(*(named(*room) for room in rooms)), amount))
    step.agree(amount, "uncapped")
    return Group(tuple(lines), said)


def _by_quota(step: StepOnStay, share: int) -> tuple[list[Line], int]:
    assert step.quota is not None
    name, price = words.quota_name(step.quota), int(step.row["price_fen"])
    lines = list(_price_of_days(step, step.quota)) if step.quota.per == "day" else []
    if apart := step.paid_apart:
        each, days = apart
        sum_ = f"每床日 {yuan(each)} × {days} 日" if step.quota.per == "day" else yuan(each)
        return [*lines, figure(name, sum_, each * days)], each * days
    product = Line(name, f"{named('结算价', price)} × {rate_text(share)}", price * share)
    amount, rounding = rounded(step, price * share)
    return [*lines, product, *rounding], amount


def _price_of_days(step: StepOnStay, quota: Quota) -> Iterator[Line]:
    """What the days in bed cost by the document's price; where that is a limit, the bill if it is less."""
    assert isinstance(quota.amount, int)
    days, total = int(step.row["bed_days"]), int(step.row["total_fen"])
    whole, sum_ = quota.amount * days, f"每床日 {yuan(quota.amount)} × {days} 日"
    if quota.kind == "fixed":
        yield figure("结算价", sum_, whole)
        return
    yield figure("床日限价", sum_, whole)
    rooms = named("总费用", total), named("床日限价", whole)
    yield figure("结算价", smallest(*rooms), min(total, whole))


def _by_rate(step: StepOnStay) -> tuple[list[Line], int]:
    base, charged = step.fen("base"), step.fen("deductible")
    lines = []
    if charged:
        sum_ = less(named("补偿基数", base), [named("起付线", charged)], base - charged)
        lines.append(figure("扣除起付线后", sum_, base - charged))
    parts, grains = highest(step, base - charged) if step.years > 1 else banded(step)
    amount, rounding = rounded(step, grains)
    lines += [*parts, *rounding]
    if step.years > 1 and (unit := step.term("round_unit")) > 1:
        lines.append(figure("两年各自舍入", f"{yuan(amount)} + {yuan(unit)}", amount + unit))
        amount += unit
    if step.term("floor_rate"):
        floor, amount = _floored(step, amount)
        lines += floor
    return lines, amount


def rounded(step: StepOnStay, grains: int) -> tuple[int, list[Line]]:
    """Whole fen in the document's unit, and the line that says how, where there is anything to round."""
    fen, how = in_steps(step.term("round_unit"), step.term("round_cut"), grains)
    return fen, [] if fen * FULL == grains else [figure(how, exact(grains), fen)]


def _floored(step: StepOnStay, amount: int) -> tuple[list[Line], int]:
    """保底: the least the layer gives, and what it lifts the amount to."""
    lines, least = _least(step)
    given = min(least, step.rest)
    if given < least:
        bill = named("账单余额", step.rest)
        lines.append(figure("保底不超过余额", smallest(named("保底", least), bill), given))
    lifted = max(amount, given)
    sum_ = greatest(named("按比例", amount), named("保底", given))
    lines.append(figure("与保底比较", sum_, lifted))
    if not step.term("floor_hospital"):
        return lines, lifted
    borne = [named("按比例", amount)]
    lines.append(figure("由医院补足", less(yuan(lifted), borne, 0), lifted - amount))
    return lines, amount


def _least(step: StepOnStay) -> tuple[list[Line], int]:
    name, cost = step.bill if step.term("floor_total") else step.covered
    lines, rate = [], step.term("floor_rate")
    if step.term("floor_less"):
        charged = step.fen("deductible")
        sum_ = less(named(name, cost), [named("起付线", charged)], cost - charged)
        name, cost = "保底基数", max(cost - charged, 0)
        lines.append(figure(name, sum_, cost))
    lines.append(Line("保底", f"{named(name, cost)} × {rate_text(rate)}", cost * rate))
    least, rounding = rounded(step, cost * rate)
    lines += rounding
    others = list(_counted(step))
    if others:
        left = least - sum(fen for _, fen in others)
        sum_ = less(named("保底", least), [named(*other) for other in others], left)
        least = max(left, 0)
        lines.append(figure("保底尚缺", sum_, least))
    return lines, least


def _counted(step: StepOnStay) -> Iterator[tuple[str, int]]:
    """Earlier layers that count towards the 保底."""
    for layer in together(step.book, step.step):
        if step.term(f"floor_with_{layer}"):
            yield step.name_of(layer), step.amount_of(layer)
