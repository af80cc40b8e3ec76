"""What a reader must know before believing a comparison of rules: which stays, what was taken for granted, what could
not be compared. Sentences for every paper."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from onestop_cli.money import yuan
from onestop_cli.rulebook import words
from onestop_cli.simulation import impact
from onestop_cli.simulation.compare import VariantComparison
from onestop_cli.simulation.stays import Year
from onestop_cli.statements.statement import STATUS

BEHAVIOUR = (
    "没有预测就医行为：假定住院次数、费用和转诊都与实际相同；"
    "待遇提高后住院往往增加，可用 --volume 写明假定的增幅"
)


def about_year(year: Year, before: pl.DataFrame) -> Iterator[str]:
    """What holds for every variant; `before` is the outcome of today's rules."""
    left = "、".join(
        f"{STATUS.get(status, status)} {n:,} 笔" for status, n in year.left_out.items()
    )
    counted = f"纳入测算 {len(year.stays):,} 笔已结算住院，{year.people:,} 人"
    yield f"{counted}；未纳入：{left}" if left else counted
    if year.repeated:
        yield f"有 {year.repeated:,} 笔在几份结果里都有，只计一次"
    yield "比较的是按规则应得的金额，不是医院申报或已拨付的金额；现行一栏也按给出的全部住院重算"
    yield from _since_posted(year, before)
    yield BEHAVIOUR


def _since_posted(year: Year, before: pl.DataFrame) -> Iterator[str]:
    """Where today's rules over the year give something else than the runs did."""
    both = year.stays.hstack(before)
    layers = [la for la in year.book.layers if f"{la}_posted_fen" in both.columns]
    now = [pl.col(f"{la}_before_fen").fill_null(0) for la in layers]
    then = [pl.col(f"{la}_posted_fen").fill_null(0) for la in layers]
    moved = pl.sum_horizontal(now) - pl.sum_horizontal(then)
    odd = both.select(
        stays=pl.any_horizontal(a != b for a, b in zip(now, then, strict=True)).sum(),
        fen=moved.sum(),
    ).row(0)
    if odd[0]:
        yield (
            f"按现行政策重算，有 {odd[0]:,} 笔与各期结算时不同，合计相差 {yuan(odd[1])} 元："
            "年度封顶和起付线按这里给出的各期累计，结算时还计入台账其他各期"
        )


def about(comparison: VariantComparison) -> Iterator[str]:
    """What limits one comparison."""
    yield from _which_document(comparison)
    yield from _layers_of_one_side(comparison)
    yield from _not_exact(comparison)
    yield from _taken_for_granted(comparison)
    yield from _not_covered(comparison)


def _which_document(comparison: VariantComparison) -> Iterator[str]:
    variant = comparison.variant
    if variant.governs == "always":
        yield "全部住院都按这份文件计，不论它的施行日期"
    elif variant.governs == "by-date":
        yield "各份文件按各自的施行日期适用"
    for rule in variant.book.rules:
        if rule.status != "in-force":
            yield f"{rule.id} 的状态是“{words.STATUS[rule.status]}”，结果只供参考"
    day = comparison.year.book.rules[0].basis.roster_day
    for rule in variant.book.rules:
        if rule.basis.roster_day != day:
            yield (
                f"{rule.id} 按{words.DAYS[rule.basis.roster_day]}核对身份，"
                f"测算沿用结果里按{words.DAYS[day]}核对的身份"
            )


def _layers_of_one_side(comparison: VariantComparison) -> Iterator[str]:
    old, new = comparison.year.book.layers, comparison.variant.book.layers
    for layer, name in comparison.layers.items():
        if layer not in new:
            yield f"方案没有“{name}”这一层，按不再支付计；若由另外的文件规定，这一层的减少不是真的减少"
        elif layer not in old:
            yield f"“{name}”是方案新增的一层，现行按 0 计"


def _not_exact(comparison: VariantComparison) -> Iterator[str]:
    """Layers that are not beside each other as entitlements."""
    for row in impact.layers(comparison).iter_rows(named=True):
        name = row["name"]
        if row["bound_stays"]:
            before, after = yuan(row["before_bound_fen"]), yuan(row["after_bound_fen"])
            yield (
                f"{name}有 {row['bound_stays']:,} 笔只能算出上限，两边都按上限比：{before} → {after} 元，"
                "不计入基金支出和增减人数"
            )
        if row["unclear_stays"]:
            yield (
                f"{name}有 {row['unclear_stays']:,} 笔一边是确数、另一边只有上限或按申报计，无法比较"
                f"（现行确数 {yuan(row['before_unclear_fen'])} 元，"
                f"方案确数 {yuan(row['after_unclear_fen'])} 元），不计入"
            )
        if row["given_stays"]:
            yield f"{name}有 {row['given_stays']:,} 笔两边都按医院所报计，没有增减"


def _taken_for_granted(comparison: VariantComparison) -> Iterator[str]:
    """Terms that hang on something the results do not have."""
    have = comparison.year.stays.columns
    book = comparison.variant.book
    for dim in {dim.id: dim for rule in book.rules for dim in rule.dimension}.values():
        if dim.source != "age" and f"x_{dim.id}" not in have and dim.otherwise:
            yield f"结果里没有“{dim.name}”这一项，全部按“{dim.otherwise}”计"
    for expense in book.expenses:
        if expense.of == "column" and f"{expense.id}_cost_fen" not in have:
            yield f"结果里没有“{expense.name}”这一列，全部按 0 计"


def _not_covered(comparison: VariantComparison) -> Iterator[str]:
    """How much of the year the variant says nothing about."""
    missing = impact.uncovered(comparison)
    if missing.is_empty():
        return
    stays, fen = int(missing["stays"].sum()), int(missing["before_fen"].sum())
    yield f"方案不适用的有 {stays:,} 笔（现行应得 {yuan(fen)} 元），不计入比较，不猜："
    for row in missing.group_by("why", maintain_order=True).agg(pl.col("stays").sum()).iter_rows():
        yield f"　{row[0]}：{row[1]:,} 笔"
