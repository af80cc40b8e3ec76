"""How often the upper limit covers the truth: 500 draws of the planned size from counties with known errors.

Run `python -m benchmarks.coverage [DRAWS]`; prints the table of `docs/audit.md`. Every draw goes through
`sampling.draw` and `evaluate.evaluate`, as an audit does.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from onestop_cli.audit.evaluate import Result, evaluate, within
from onestop_cli.audit.planning import planned_size
from onestop_cli.audit.sampling import METHODS, Numbers, combine, draw, strata_of

ROWS, RISK, TOLERABLE = 2_000, Fraction(1, 20), Fraction(1, 20)
PLANS = ((95, 5, 0), (95, 5, 1), (95, 3, 1), (90, 5, 0), (90, 10, 2), (99, 5, 2), (75, 4, 1))
"""Confidence, tolerable and expected percent of the plans whose clean samples are judged."""


@dataclass(frozen=True)
class County:
    """A made-up frame: what each stay cost the funds and what was right, in fen; its level."""

    name: str
    amounts: list[int]
    right: list[int]
    levels: list[str]

    @property
    def error(self) -> int:
        pairs = zip(self.amounts, self.right, strict=True)
        return sum(max(amount - right, 0) for amount, right in pairs)

    @property
    def wrong(self) -> int:
        pairs = zip(self.amounts, self.right, strict=True)
        return sum(amount != right for amount, right in pairs)

    @property
    def frame(self) -> pl.DataFrame:
        return pl.DataFrame({"amount": self.amounts, "level": self.levels})


Wrong = Callable[[int, str, Numbers], int]
"""What was right for a stay of this amount and level."""


def _now_and_then(share: int, kept: int) -> Wrong:
    """`share` of 1,000 stays are wrong; `kept` percent of their amount is right."""

    def right(amount: int, level: str, numbers: Numbers) -> int:
        return amount * kept // 100 if numbers.below(1_000) < share else amount

    return right


def _mixed(amount: int, level: str, numbers: Numbers) -> int:
    """8 % of stays wrong, by anything from 1 % to all."""
    return amount * numbers.below(100) // 100 if numbers.below(100) < 8 else amount


def _one_level(amount: int, level: str, numbers: Numbers) -> int:
    """Every fifth township stay paid in vain."""
    return 0 if level == "township" and numbers.below(5) == 0 else amount


def _large(amount: int, level: str, numbers: Numbers) -> int:
    """Errors only where much is paid: a third of the stays above 3,000 yuan, half of their amount."""
    return amount // 2 if amount > 300_000 and numbers.below(3) == 0 else amount


PATTERNS: dict[str, Wrong] = {
    "无差错": _now_and_then(0, 0),
    "1% 的住院全额不实": _now_and_then(10, 0),
    "5% 的住院全额不实": _now_and_then(50, 0),
    "10% 的住院多付一成": _now_and_then(100, 90),
    "30% 的住院多付两成": _now_and_then(300, 80),
    "8% 的住院差错大小不一": _mixed,
    "差错集中在乡级": _one_level,
    "差错集中在大额": _large,
}


def make(name: str, wrong: Wrong) -> County:
    """2,000 stays, amounts from 20 to about 20,000 yuan, skewed, larger at higher levels."""
    numbers = Numbers(combine([len(name)]), "county")
    amounts, levels = [], []
    for _ in range(ROWS):
        level = ("township", "township", "county", "county", "city")[numbers.below(5)]
        scale = {"township": 1, "county": 2, "city": 6}[level]
        spread = (
            (numbers.below(1_000) + 1) * (numbers.below(1_000) + 1) // (numbers.below(900) + 100)
        )
        amounts.append(2_000 + scale * spread * 60)
        levels.append(level)
    right = [wrong(amount, level, numbers) for amount, level in zip(amounts, levels, strict=True)]
    return County(name, amounts, right, levels)


def results(county: County, method: str, draws: int) -> list[Result]:
    """The totals of so many inspections of the size that the plan gives for the method."""
    frame, totals = county.frame, []
    size = planned_size(method, strata_of(frame, method), RISK, TOLERABLE, Fraction(0))
    for number in range(draws):
        strata = draw(frame, method, size, combine([number]), "rows")
        confirmed = {at: county.right[at] for stratum in strata for at in stratum.picks}
        totals.append(evaluate(county.amounts, strata, confirmed, RISK).total)
    return totals


def covered(county: County, totals: list[Result]) -> int:
    """How many limits of money reach the truth."""
    return sum(total.upper >= county.error for total in totals)


def covered_rows(county: County, totals: list[Result]) -> int | None:
    """How many limits of stays reach the truth; None with monetary units, which have none."""
    limits = [total.upper_rows for total in totals if total.upper_rows is not None]
    return sum(limit >= county.wrong for limit in limits) if limits else None


def clean_within(method: str, plan: tuple[int, int, int], draws: int) -> tuple[int, int]:
    """The planned size, and how many clean samples of it are within the tolerable rate."""
    confidence, tolerable, expected = (Fraction(part, 100) for part in plan)
    county, risk = make("无差错", PATTERNS["无差错"]), 1 - confidence
    frame = county.frame
    size = planned_size(method, strata_of(frame, method), risk, tolerable, expected)
    good = 0
    for number in range(draws):
        strata = draw(frame, method, size, combine([number]), "rows")
        clean = {at: county.amounts[at] for stratum in strata for at in stratum.picks}
        total = evaluate(county.amounts, strata, clean, risk).total
        good += within(total, method, tolerable)
    return size, good


def main() -> None:
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    _print_coverage(draws)
    _print_clean(draws)


def _print_coverage(draws: int) -> None:
    print(f"{draws} 次抽样，每次从 {ROWS} 笔中抽按要求算出的样本量，置信水平 95%，可容忍 5%\n")
    heads = (
        "差错情形",
        "实际差错（金额；笔数）",
        "方法",
        "金额上限不低于实际",
        "笔数上限不低于实际",
    )
    print(f"| {' | '.join((*heads, '平均推断', '平均上限', '判在可容忍以内'))} |")
    print("|---|---:|---|---:|---:|---:|---:|---:|")
    for name, wrong in PATTERNS.items():
        county = make(name, wrong)
        money = sum(county.amounts)
        truth = f"{county.error / money:.1%}；{county.wrong / ROWS:.1%}"
        for method, title in METHODS.items():
            totals = results(county, method, draws)
            rows = covered_rows(county, totals)
            cells = (
                name,
                truth,
                title,
                f"{covered(county, totals) / draws:.1%}",
                "—" if rows is None else f"{rows / draws:.1%}",
                f"{sum(total.projected for total in totals) / draws / money:.1%}",
                f"{sum(total.upper for total in totals) / draws / money:.1%}",
                f"{sum(within(total, method, TOLERABLE) for total in totals) / draws:.1%}",
            )
            print(f"| {' | '.join(cells)} |", flush=True)


def _print_clean(draws: int) -> None:
    print(f"\n按要求算出的样本量，{draws} 次都没有查到差错的抽样，有几次判在可容忍以内\n")
    print(f"| 置信水平；可容忍；预计 | {' | '.join(METHODS.values())} |")
    print("|---|---:|---:|---:|")
    for plan in PLANS:
        found = (clean_within(method, plan, draws) for method in METHODS)
        cells = (f"{size} 笔，{good} 次" for size, good in found)
        print(f"| {'；'.join(f'{part}%' for part in plan)} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
