"""指标 of a settlement: one definition each, the same on every paper."""

from __future__ import annotations

from typing import Literal

import polars as pl

from onestop_cli.money import FULL
from onestop_cli.papers.statements import NO_CATEGORY, Statement
from onestop_cli.run import Run

Indicator = tuple[str, int | None, Literal["percent", "yuan"], str]
"""Name, value (ten-thousandths, or fen per stay; None: 无法计算), kind and definition."""


def indicators(statement: Statement) -> list[Indicator]:
    """指标 of the settled stays, the same definitions on every paper."""
    total = statement.total
    cost, stays, paid = total["total_fen"], total["stays"], total["all_paid_fen"]
    own, eligible = total["self_fen"], total["eligible_fen"]
    assisted = pl.col("settled") & (pl.col("category") != NO_CATEGORY)
    visits = statement.stays.filter(assisted).height
    return [
        _share("实际补偿比", paid, cost, "各基金核定应拨 ÷ 住院总费用"),
        *(
            _share(f"其中：{layer.name}", total[f"{layer.id}_paid_fen"], cost, "核定应拨 ÷ 住院总费用")
            for layer in statement.layers
        ),
        _share("个人自付率", own, cost, "个人自付 ÷ 住院总费用"),
        _share("可补偿费用占比", eligible, cost, "可补偿费用 ÷ 住院总费用"),
        _mean("次均住院费用", cost, stays, "住院总费用 ÷ 核定人次"),
        _mean("次均补偿", paid, stays, "各基金核定应拨 ÷ 核定人次"),
        _mean("次均自付", own, stays, "个人自付 ÷ 核定人次"),
        _share(
            "救助对象住院率", visits, _people_listed(statement.run),
            "本期有救助身份的核定人次 ÷ 花名册在册人数（未折算全年）",
        ),
    ]  # fmt: skip


def _share(name: str, part: int, whole: int, how: str) -> Indicator:
    return name, _quotient(part * FULL, whole), "percent", how


def _mean(name: str, fen: int, count: int, how: str) -> Indicator:
    return name, _quotient(fen, count), "yuan", how


def _quotient(part: int, whole: int) -> int | None:
    """Half up; None when there is no whole."""
    return (part * 2 + whole) // (2 * whole) if whole else None


def _people_listed(run: Run) -> int:
    """People on the rosters, by ID number; 0 when no roster was given."""
    return run.roster["id_no"].n_unique() if "id_no" in run.roster.columns else 0
