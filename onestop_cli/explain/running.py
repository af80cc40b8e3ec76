"""每天预结算: a stay that is still going on, settled day by day as if the patient left that day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from onestop_cli.explain.explanation import Explanation, ExplanationPart
from onestop_cli.explain.quotation import Quote
from onestop_cli.money import yuan
from onestop_cli.rulebook.terms import NO_LIMIT
from onestop_cli.working import Group, Line, figure
from onestop_cli.working.step import StepOnStay
from onestop_cli.working.year_limits import cap_name


def running(quotes: Sequence[Quote]) -> Explanation:
    """Every day with what is covered up to it and what is left to the patient, what is left of the year, and the last
    day step by step. `quotes`: one for each day, in order, at least one."""
    last = quotes[-1]
    told = last.explanation
    first = (
        ExplanationPart("每天累计（右边是累计自付，元）", (Group(tuple(_days(quotes))),)),
        _year(last),
    )
    parts = tuple(part for part in first if part.groups)
    return replace(told, title="每天预结算", parts=(*parts, *told.parts))


def _days(quotes: Sequence[Quote]) -> Iterator[Line]:
    """A line a day, up to and with it: cost, each layer, and the patient's own share with what it grew by."""
    before = 0
    for quote in quotes:
        row, names = quote.row, quote.layers
        paid = {layer: int(row[f"{layer}_paid_fen"]) for layer in names}
        own = row["total_fen"] - sum(paid.values()) - int(row["hospital_borne_fen"] or 0)
        eligible = f"，可补偿 {yuan(row['eligible_fen'])}" if row["has_eligible"] else ""
        most = "（最多）" if row["self_due_fen"] is None else ""
        layers = "，".join(f"{name} {yuan(paid[layer])}{most}" for layer, name in names.items())
        grown = f"当天自付 {yuan(own - before)}"
        working = f"费用 {yuan(row['total_fen'])}{eligible}；{layers}；{grown}"
        yield figure(str(row["discharged_on"]), working, own, strong=quote is quotes[-1])
        before = own


def _year(quote: Quote) -> ExplanationPart:
    """What is left of each layer's limits after this stay: of the year, of so many months, of the month."""
    row, lines, spans = quote.row, [], {"年度封顶"}
    for layer, name in quote.layers.items():
        (own,) = (step for step in quote.book.steps if step.id == layer)
        step, paid = StepOnStay(row, quote.book, own), int(row[f"{layer}_paid_fen"])
        cap, month = row[f"{layer}_cap_fen"], row.get(f"{layer}_month_limit_fen")
        if cap is not None and cap < NO_LIMIT:
            before = int(row[f"{layer}_before_fen"] or 0)
            months = step.term("cap_window")
            used = f"前 {months} 个月已补" if months else "此前已补"
            spans.add(cap_name(step))
            sums = f"{cap_name(step)} {yuan(cap)} − {used} {yuan(before)} − 本次 {yuan(paid)}"
            lines.append(figure(name, sums, max(cap - before - paid, 0)))
        if month is not None:
            before = int(row[f"{layer}_month_before_fen"] or 0)
            sums = f"每月限额 {yuan(month)} − 此前本月已补 {yuan(before)} − 本次 {yuan(paid)}"
            spans.add("每月限额")
            lines.append(figure(f"{name}（本月）", sums, max(month - before - paid, 0)))
    title = "本年额度" if len(spans) == 1 else "额度"
    return ExplanationPart(f"{title}（右边是还余，元）", (Group(tuple(lines)),) if lines else ())
