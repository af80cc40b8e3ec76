"""How often the upper limit covers the truth: 1,000 draws from counties with known errors.

Run `python -m benchmarks.coverage [DRAWS]`; prints the table of `docs/audit.md`. Every draw goes through
`sampling.draw` and `evaluate.evaluate`, as an audit does.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from onestop_cli.audit.evaluate import evaluate
from onestop_cli.audit.sampling import METHODS, Numbers, combine, draw

ROWS, SIZE, RISK = 2_000, 60, Fraction(1, 20)


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


def coverage(county: County, method: str, draws: int) -> tuple[int, int, int]:
    """How many limits of `draws` covered the truth; mean projection and mean limit in fen."""
    frame = pl.DataFrame({"amount": county.amounts, "level": county.levels})
    covered = projected = upper = 0
    for number in range(draws):
        strata = draw(frame, method, SIZE, combine([number]))
        confirmed = {at: county.right[at] for stratum in strata for at in stratum.picks}
        total = evaluate(county.amounts, strata, confirmed, RISK).total
        covered += total.upper >= county.error
        projected += total.projected
        upper += total.upper
    return covered, projected // draws, upper // draws


def main() -> None:
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    print(f"{draws} 次抽样，每次 {SIZE} / {ROWS} 笔，置信水平 95%\n")
    print("| 差错情形 | 实际差错 | 方法 | 上限不低于实际 | 平均推断 | 平均上限 |")
    print("|---|---:|---|---:|---:|---:|")
    for name, wrong in PATTERNS.items():
        county = make(name, wrong)
        money = sum(county.amounts)
        for method, title in METHODS.items():
            covered, projected, upper = coverage(county, method, draws)
            shares = (f"{part / money:.1%}" for part in (projected, upper))
            print(
                f"| {name} | {county.error / money:.1%} | {title} | {covered / draws:.1%} | "
                f"{' | '.join(shares)} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
