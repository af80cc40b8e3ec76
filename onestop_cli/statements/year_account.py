"""年度决算: what a year's insurance raised, paid and has left, and what that is per head; fen, ratios ten-thousandths.

Three parts as yearly reports have them: 参合情况, 基金筹集情况, 补偿受益情况. What nobody said is 无法计算, never 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from onestop_cli.money import FULL
from onestop_cli.statements.indicators import Indicator

NOT_RAISED = ("利息", "其他收入")
"""Income that nobody was to raise."""


@dataclass(frozen=True)
class Raised:
    """What a fund was to get from a source for a year (None: nobody said), and what came, fen."""

    fund: str
    source: str
    due: int | None
    came: int

    @property
    def rate(self) -> int | None:
        """到位率."""
        return _rate(self.came, self.due)


@dataclass(frozen=True)
class YearFigures:
    """People of a year (None: nobody said), what was raised for it, and what it paid (fen) on how many stays."""

    year: int
    insurable: int | None
    insured: int | None
    raised: Sequence[Raised]
    paid: int
    visits: int


def raised_of(
    due: Mapping[str, Mapping[str, int]], came: Mapping[tuple[str, str], int]
) -> list[Raised]:
    """A line per fund and source that was to pay (`due`: fund → source → fen) or did (`came`: (fund, source) → fen)."""
    named = [(fund, source) for fund, sources in due.items() for source in sources]
    return [
        Raised(fund, source, due.get(fund, {}).get(source), came.get((fund, source), 0))
        for fund, source in dict.fromkeys([*named, *came])
    ]


def year_indicators(made: YearFigures) -> Iterator[Indicator]:
    """参合率, 到位率 and figures per head."""
    key = f"onestop.toml 的 [counts.{made.year}]"
    rate = _rate(made.insured, made.insurable) if made.insured is not None else None
    yield "参合率", rate, "percent", f"参合人数 ÷ 应参合人数，见{key} 的 insured、insurable"
    raised = [one for one in made.raised if one.source not in NOT_RAISED]
    due, came = _due(raised), sum(one.came for one in raised)
    how = f"到位 ÷ 应收，不含利息等；应收见 onestop.toml 的 [income.{made.year}]"
    yield "基金到位率", _rate(came, due), "percent", how
    yield "人均筹资", _mean(came, made.insured), "yuan", "到位 ÷ 参合人数"
    yield "参合人员人均受益", _mean(made.paid, made.insured), "yuan", "各基金核定 ÷ 参合人数"
    benefit = _rate(made.visits, made.insured)
    yield "受益面", benefit, "percent", "核定人次 ÷ 参合人数（人次，不按人去重）"


def _due(raised: Sequence[Raised]) -> int | None:
    """All that was to come; None where a fund got money and nobody said what was due. A fund may have got it from other
    sources than those of which that was said (各级财政)."""
    funds = {one.fund for one in raised}
    said = {one.fund for one in raised if one.due is not None}
    return sum(one.due or 0 for one in raised) if funds and funds == said else None


def _rate(part: int | None, whole: int | None) -> int | None:
    return None if part is None else _mean(part * FULL, whole)


def _mean(fen: int, count: int | None) -> int | None:
    """Half up; None when there is nobody."""
    return None if not count or count < 0 else (2 * fen + count) // (2 * count)
