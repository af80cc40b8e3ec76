"""补偿基数: what a layer looks at."""

from __future__ import annotations

from collections.abc import Iterator

from onestop_cli.money import FULL, yuan
from onestop_cli.rulebook import words
from onestop_cli.rulebook.checkable import lessened
from onestop_cli.rulebook.terms import NO_LIMIT
from onestop_cli.working.lines import (
    Group,
    Line,
    RuleSentence,
    basis,
    figure,
    in_steps,
    left_of,
    less,
    named,
    over_years,
    smallest,
)
from onestop_cli.working.step import StepOnStay


def base_group(step: StepOnStay) -> Group:
    """The bill or its 可补偿 part, less what the document takes off, under a limit on the cost."""
    name, start = step.bill if step.term("from_total") else step.covered
    taken = list(_taken(step))
    left = start - sum(fen for _, fen in taken)
    sum_ = less(named(name, start), [named(label, fen) for label, fen in taken], left)
    base, limited = max(left, 0), step.term("cost_cap") < NO_LIMIT
    unit = step.term("base_round_unit")
    lines = [figure("计入费用" if limited or unit > 1 else "补偿基数", sum_, base)]
    if unit > 1:
        whole, how = in_steps(unit, step.term("base_round_cut"), base * FULL)
        lines.append(figure(how, yuan(base), whole))
        base = whole
    if limited:
        lines += _limited(step, base)
    else:
        lines += [figure("补偿基数", named("取整后", base), base)] if unit > 1 else []
        step.agree(base, "base")
    return Group(tuple(lines), _said(step) + step.said("cost_cap"))


def _said(step: StepOnStay) -> tuple[RuleSentence, ...]:
    base = step.layer.base if step.layer else None
    if base is None:
        return ()
    return basis("补偿基数", base, words.base(step.rule, base)) + basis("取整", base.rounding)


def _taken(step: StepOnStay) -> Iterator[tuple[str, int]]:
    """What is taken off: its name and the amount."""
    for what in lessened(step.book, step.step):
        if step.term(f"less_{what}"):
            yield step.name_of(what), step.amount_of(what)


def _limited(step: StepOnStay, cost: int) -> Iterator[Line]:
    """A limit on the cost that is looked at, per stay or over the year."""
    name, room = "费用限额", step.term("cost_cap")
    if step.years > 1 and not step.term("cost_day"):
        yield over_years(name, room, step.years)
        room *= step.years
    if step.term("cost_day"):
        days = int(step.row["bed_days"])
        yield figure("费用限额", f"每床日 {yuan(room)} × {days} 日", room * days)
        room *= days
    if step.term("cost_year") and step.works and step.years == 1:
        room, line = left_of(name, room, step.before("计"), step.fen("cost_cap_before"))
        yield line
        name = "尚余"
    base = min(cost, room)
    step.agree(base, "base")
    yield figure("补偿基数", smallest(named("计入费用", cost), named(name, room)), base)
