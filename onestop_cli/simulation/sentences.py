"""The effect of a variant in sentences: who gains, what the patient bears, who reaches a limit, what relief costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from onestop_cli.money import percent, rate_text, yuan
from onestop_cli.simulation import burdens as spread
from onestop_cli.simulation import impact
from onestop_cli.simulation.compare import VariantComparison
from onestop_cli.tables.schema import LEVELS


def gainers(found: impact.People) -> str:
    """How many people get more, less, the same."""
    parts = [
        f"多得 {found.gain:,} 人，共 {yuan(found.gain_fen)} 元",
        f"少得 {found.lose:,} 人，共 {yuan(found.lose_fen)} 元",
        f"不变 {found.same:,} 人",
    ]
    return "；".join([*parts, f"说不准 {found.unclear:,} 人"] if found.unclear else parts)


def shares(total: Mapping[str, int]) -> str:
    """实际补偿比 and own share, over the stays of which everything is known."""
    cost = total["total_fen"]
    own = [total[f"{side}_self_fen"] for side in impact.SIDES]
    before, after = (percent(cost - fen, cost) for fen in own)
    which = f"（各项都能算准的 {total['sure']:,} 笔）" if total["sure"] < total["stays"] else ""
    return f"实际补偿比 {before} → {after}；个人自付 {yuan(own[0])} → {yuan(own[1])} 元{which}"


def limits(comparison: VariantComparison) -> Iterator[str]:
    """People at the year's limit, per layer that has one on either side."""
    for row in impact.layers(comparison).iter_rows(named=True):
        if row["before_reached"] or row["after_reached"]:
            yield (
                f"{row['name']}到封顶 {row['before_reached']:,} → {row['after_reached']:,} 人，"
                f"封顶减付 {yuan(row['before_cut_fen'])} → {yuan(row['after_cut_fen'])} 元"
            )


def heavy(burden: spread.Burden) -> str:
    """People whose own share of a year is heavy."""
    moves = [f"{n:,} 人{verb}" for n, verb in ((burden.off, "脱离"), (burden.onto, "落入")) if n]
    moved = f"（{'，'.join(moves)}）" if moves else ""
    return (
        f"一年自付超过 {_edge(burden)} 元：{burden.heavy[0]:,} → {burden.heavy[1]:,} 人{moved}，"
        f"超过部分 {yuan(burden.excess_fen[0])} → {yuan(burden.excess_fen[1])} 元"
    )


def price(total: Mapping[str, int], burden: spread.Burden) -> Iterator[str]:
    """What relief costs: of all own shares, and of what lies above the edge of a heavy burden."""
    paid = total["after_fen"] - total["before_fen"]
    relief = total["before_self_fen"] - total["after_self_fen"]
    if paid > 0 and relief > 0:
        yield f"个人自付每减少 1 元，基金多支出 {_ratio(paid, relief)} 元"
    lighter = burden.excess_fen[0] - burden.excess_fen[1]
    if paid > 0 and lighter > 0:
        yield (
            f"多支出的基金有 {percent(lighter, paid)} 用在每人每年 {_edge(burden)} 元以上的自付，"
            f"这部分每减少 1 元，基金多支出 {_ratio(paid, lighter)} 元"
        )


def growth(growth: Mapping[str, int], grown: pl.DataFrame) -> str:
    """The assumption about volumes and what it makes of the cost."""
    after, more = int(grown["after_fen"].sum()), int(grown["grown_fen"].sum())
    return f"假定住院量{_grown(growth)}：方案支出 {yuan(after)} → {yuan(more)} 元（假定，不是预测）"


def _grown(growth: Mapping[str, int]) -> str:
    """`县级 +10%、乡级 +5%`; alike for all levels `各级 +10%`."""
    said = {
        LEVELS[level]: f"{'+' if rate >= 0 else '−'}{rate_text(abs(rate))}"
        for level, rate in growth.items()
    }
    if len(said) == len(LEVELS) and len(set(said.values())) == 1:
        return f"各级 {next(iter(said.values()))}"
    return "、".join(f"{name} {rate}" for name, rate in said.items())


def _edge(burden: spread.Burden) -> str:
    return yuan(burden.edge_fen).removesuffix(".00")


def _ratio(part: int, whole: int) -> str:
    """`part / whole` with two decimals, half up."""
    return yuan((part * 200 + whole) // (2 * whole))
