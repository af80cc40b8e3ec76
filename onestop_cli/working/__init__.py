"""A settled stay worked out on paper, layer by layer: what `explain` and `quote` show.

Nothing is settled here. Every figure is a column of the run, or follows from columns and the document's numbers by the
sum written beside it; where such a sum does not arrive at the run's own column, that is a bug of ours.
"""

from __future__ import annotations

from onestop_cli.money import FULL
from onestop_cli.rulebook.clauses import Clause, Floor, Relief
from onestop_cli.working.amount import amount_group
from onestop_cli.working.base import base_group
from onestop_cli.working.charge import charge_group
from onestop_cli.working.lines import Group, Line, RuleSentence, basis, figure
from onestop_cli.working.step import StepOnStay
from onestop_cli.working.year_limits import limits_group

__all__ = ["Group", "Line", "RuleSentence", "StepOnStay", "basis", "figure", "work_out"]


def work_out(step: StepOnStay) -> tuple[Group, ...]:
    """The whole calculation of a step, in its order; raises `Broken` when it does not arrive where the run did.

    A quota's share skips base, deductible and rate.
    """
    if step.works and step.share is not None:
        return (amount_group(step), limits_group(step))
    if step.works:
        return (base_group(step), charge_group(step), amount_group(step), limits_group(step))
    lines = (figure(step.name, _why_not(step), step.paid, strong=True),)
    return (Group(lines, basis("对象", step.layer) or _what_is_known(step)),)


def _what_is_known(step: StepOnStay) -> tuple[RuleSentence, ...]:
    """What a document says of a step whose rate it does not give: the rest of its terms, and why it gives none."""
    if not step.rate_unknown or step.layer is None:
        return ()
    known = [name for name in ("relief", "rate", "floor") if name in step.layer.aspects]
    return tuple(
        sentence
        for name in known
        if not _without_effect(step.clause(name))
        for sentence in step.said(name)
    )


def _without_effect(clause: Clause | None) -> bool:
    """Whether a term changes nothing: a deductible that is not lessened, a floor that is not in force."""
    whole = isinstance(clause, Relief) and clause.share == FULL
    return whole or (isinstance(clause, Floor) and clause.status == "off")


def _why_not(step: StepOnStay) -> str:
    """Why there is nothing to work out."""
    if step.layer is None:
        return "本文件没有这一项"
    if step.given:
        return "本文件不规定此项，按医院所报计入，未核"
    if step.rate_unknown:
        return "来源未载比例，按医院所报计入，未核"
    return "入院时没有有效的救助身份，不享受此项"
