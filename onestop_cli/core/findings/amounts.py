"""Findings of settled stays: claimed beside due, one difference one finding.

An amount that is wrong because the person has no entitlement is RO01 or RO04, an untouched entitlement RO02, an amount
that would be right but for the yearly cap CA01; AM01 is for what is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import polars as pl

from onestop_cli.core.findings.checks import Check, day, yuan
from onestop_cli.core.findings.rows import LIVE
from onestop_cli.core.reconcile import SETTLED
from onestop_cli.core.settle.formula import Parameters
from onestop_cli.core.settle.visits import YEARS
from onestop_cli.rulebook.book import Rulebook, Step
from onestop_cli.rulebook.terms import NO_LIMIT
from onestop_cli.tables.schema import PAYERS

YEARLY = "年度封顶"
_SPANS = {YEARLY: "本年度", "限额": "限额期内"}
"""What the amounts of a limit are added up over; of one of so many months these."""


@dataclass(frozen=True)
class Difference:
    """One layer's claimed beside its due, as expressions; `tolerance` in fen; `monthly`: some document limits what the
    layer pays in a month; `cap_name`: what its limit is called; `waived`: the hospital's own (医院减免), of which it
    may give more than is due; `shared`: some document limits what it pays to a household in a year."""

    step: Step
    roster: bool
    tolerance: int
    monthly: bool = False
    cap_name: str = YEARLY
    waived: bool = False
    shared: bool = False

    @property
    def claimed(self) -> pl.Expr:
        return pl.col(f"{self.step.layer}_claimed_fen").fill_null(0)

    @property
    def due(self) -> pl.Expr:
        return pl.col(f"{self.step.layer}_due_fen")

    @cached_property
    def apart(self) -> pl.Expr:
        """Claimed is not due to the fen: where anything but a bound or a cap can be wrong, and quick to ask."""
        return self.claimed != self.due

    @property
    def exact(self) -> pl.Expr:
        """A settled stay whose due is known."""
        return SETTLED & (pl.col(f"{self.step.layer}_check") == "exact")

    @property
    def differs(self) -> pl.Expr:
        if self.waived:
            return self.exact & (self.due - self.claimed > self.tolerance)
        return self.exact & ((self.claimed - self.due).abs() > self.tolerance)

    @property
    def tail(self) -> pl.Expr:
        """A difference within the tolerance: AM02."""
        return self.exact & self.apart & ((self.claimed - self.due).abs() <= self.tolerance)

    @property
    def unentitled(self) -> pl.Expr:
        """Claimed by a person for whom this layer is not open."""
        return self.differs & pl.lit(self.roster) & ~pl.col("entitled") & (self.claimed > 0)

    @property
    def untouched(self) -> pl.Expr:
        """Due by the roster, and nothing claimed."""
        return self.differs & pl.lit(self.roster) & pl.col("entitled") & (self.claimed == 0)

    @property
    def _by_entitlement(self) -> pl.Expr:
        """A difference there may be because of an entitlement: `unentitled` or `untouched`."""
        entitled = pl.col("entitled")
        without, unused = ~entitled & (self.claimed > 0), entitled & (self.claimed == 0)
        return pl.lit(self.roster) & (without | unused)

    @property
    def _as_uncapped(self) -> pl.Expr:
        """Claimed more than due: what the stay would get without the limits of year and month, or with all of them to
        itself."""
        layer = self.step.layer
        uncapped, cap = pl.col(f"{layer}_uncapped_fen"), pl.col(f"{layer}_cap_fen")
        limits = [f"{layer}_month_limit_fen"] if self.monthly else []
        limits += [f"{layer}_household_cap_fen"] if self.shared else []
        alone = pl.min_horizontal(uncapped, cap, *limits)
        near = (self.claimed - uncapped).abs() <= self.tolerance
        near |= (self.claimed - alone).abs() <= self.tolerance
        return (self.claimed > self.due) & near

    @property
    def over_cap(self) -> pl.Expr:
        """Right but for the yearly cap: CA01."""
        return self.differs & ~self._by_entitlement & self._as_uncapped

    @property
    def beyond_bound(self) -> pl.Expr:
        """Claimed more than the most it can be."""
        bound = pl.col(f"{self.step.layer}_bound_fen")
        checked = SETTLED & (pl.col(f"{self.step.layer}_check") == "bound")
        over = checked & (self.claimed - bound > self.tolerance)
        return over & ~pl.lit(self.waived)

    @property
    def against_policy(self) -> pl.Expr:
        """What is left: AM01."""
        return self.differs & ~(self._by_entitlement | self._as_uncapped.fill_null(False))


def differences(book: Rulebook, tolerance: int) -> list[Difference]:
    """One per layer of the run."""
    return [
        Difference(
            step,
            _by_roster(book, step.id) and step.layer not in book.waived,
            tolerance,
            Parameters.of_book(book, step.id).has("month_cap", NO_LIMIT),
            _cap_name(Parameters.of_book(book, step.id)),
            step.layer in book.waived,
            step in book.of_households,
        )
        for step in book.steps
        if step.id == step.layer
    ]


def _cap_name(params: Parameters) -> str:
    """The limit of the year, or of so many months."""
    limited = params.table.filter(pl.col(f"{params.step}.cap") < NO_LIMIT)
    months = limited[f"{params.step}.cap_window"].unique().to_list() or [0]
    if len(months) > 1:
        return "限额"
    return f"连续 {months[0]} 个月限额" if months[0] else YEARLY


def _by_roster(book: Rulebook, layer: str) -> bool:
    return book.layer(layer).who == "roster" or bool(book.layer(layer).only)


def amount_checks(book: Rulebook, tolerance: int, near_cap: int) -> list[Check]:
    """Every check of a settled stay. `near_cap` in ten-thousandths of the cap."""
    layers = differences(book, tolerance)
    checks = [check for layer in layers for check in _of_layer(layer, near_cap)]
    return [*checks, _category(), *_sums(tolerance), *_at_new_year(book)]


def _at_new_year(book: Rulebook) -> list[Check]:
    """ST08 under documents that divide stays at New Year: what of them is not known."""
    dividing = book.dividing
    if not dividing:
        return []
    over = pl.col("admitted_on").dt.year() != pl.col("discharged_on").dt.year()
    holds = LIVE & over & pl.col("rule_id").is_in(dividing)
    unchecked = pl.any_horizontal(pl.col(f"{layer}_check") == "bound" for layer in book.layers)
    why = (
        pl.when((pl.col(YEARS) > 1) & unchecked)
        .then(
            pl.lit("一行跨两个年度，各年多少费用不知道，只核上限；请医院按 12 月 31 日分开结算报来")
        )
        .when(pl.col(YEARS) > 1)
        .then(
            pl.lit(
                "一行跨两个年度，上年那一段没有同一份政策文件，未核；请医院按 12 月 31 日分开结算报来"
            )
        )
        .otherwise(
            pl.format("按 {} 年度计算", pl.col("benefit_year").cast(pl.String).fill_null("（空）"))
        )
    )
    return [
        Check(
            "ST08",
            holds,
            pl.format("{} 入院，{} 出院，{}", day("admitted_on"), day("discharged_on"), why),
        )
    ]


def _of_layer(layer: Difference, near_cap: int) -> list[Check]:
    return [
        _difference("RO01", layer, layer.unentitled & ~pl.col("listed"), "不在任何花名册上，"),
        _difference("RO02", layer, layer.untouched, "在册而未申报，"),
        _difference("RO04", layer, layer.unentitled & pl.col("listed"), pl.col("lapse")),
        _difference("AM01", layer, layer.against_policy, "", pl.col(f"{layer.step.layer}_cause")),
        _tail(layer),
        _beyond_bound(layer),
        *_caps(layer, near_cap),
    ]


def _difference(
    code: Literal["RO01", "RO02", "RO04", "AM01"],
    layer: Difference,
    holds: pl.Expr,
    why: str | pl.Expr,
    cause: pl.Expr | None = None,
) -> Check:
    opening = pl.lit(why) if isinstance(why, str) else pl.format("{}，", why)
    message = pl.format(
        "{}{}申报 {}，应为 {}，{}",
        opening,
        pl.lit(layer.step.name),
        yuan(layer.claimed),
        yuan(layer.due),
        _more_or_less(layer.claimed - layer.due),
    )
    if layer.waived:
        message = _not_waived(layer)
    if code == "AM01" and layer.step.layer == "basic":
        message = pl.concat_str(message, "stated_why", separator="；", ignore_nulls=True)
    cause = pl.lit(None, pl.String) if cause is None else cause
    return Check(
        code, holds, message, layer.step.layer, layer.claimed, layer.due, cause, layer.apart
    )


def _not_waived(layer: Difference) -> pl.Expr:
    """应减免未减免: what the person lost, and who makes it good."""
    short = layer.due - layer.claimed
    made_up = pl.col(f"{layer.step.layer}_offset_fen")
    rest = pl.lit("由医院退给患者，基金不支付")
    by_others = pl.lit("已由同一笔其他层多减的部分抵过")
    after = (
        pl.when(made_up == 0)
        .then(pl.format("；{}", rest))
        .when(made_up >= short)
        .then(pl.format("；{}，患者没有少得", by_others))
        .otherwise(pl.format("，其中 {} {}；其余{}", yuan(made_up), by_others, rest))
    )
    return pl.format(
        "{}应为 {}，已减免 {}，应减免未减免 {}{}",
        pl.lit(layer.step.name),
        yuan(layer.due),
        yuan(layer.claimed),
        yuan(short),
        after,
    )


def _more_or_less(diff: pl.Expr) -> pl.Expr:
    word = pl.when(diff > 0).then(pl.lit("多")).otherwise(pl.lit("少"))
    return pl.format("{} {}", word, yuan(diff.abs()))


def _tail(layer: Difference) -> Check:
    message = pl.format(
        "{}申报 {}，应为 {}，只差尾数，按申报结算",
        pl.lit(layer.step.name), yuan(layer.claimed), yuan(layer.due),
    )  # fmt: skip
    cause = pl.col(f"{layer.step.layer}_cause")
    return Check(
        "AM02", layer.tail, message, layer.step.layer, layer.claimed, layer.due, cause, layer.apart
    )


def _beyond_bound(layer: Difference) -> Check:
    bound = pl.col(f"{layer.step.layer}_bound_fen")
    message = pl.format(
        "{}申报 {}，可核上限 {}，超过 {}",
        pl.lit(layer.step.name), yuan(layer.claimed), yuan(bound), yuan(layer.claimed - bound),
    )  # fmt: skip
    return Check(
        "AM07", layer.beyond_bound, message, layer.step.layer, layer.claimed, bound,
        among=layer.claimed > bound,
    )  # fmt: skip


def _caps(layer: Difference, near_cap: int) -> list[Check]:
    name = layer.step.layer
    cap, before = pl.col(f"{name}_cap_fen"), pl.col(f"{name}_before_fen")
    over = layer.over_cap
    message = pl.format(
        "{}{} {}，本笔之前已用 {}，本笔应为 {}，申报 {}",
        pl.lit(layer.step.name), pl.lit(layer.cap_name), yuan(cap), yuan(before), yuan(layer.due), yuan(layer.claimed),
    )  # fmt: skip
    if layer.monthly:
        message = pl.when(_by_month(name)).then(_month_message(layer)).otherwise(message)
    if layer.shared:
        message = pl.when(_by_household(name)).then(_household_message(layer)).otherwise(message)
    used = before + layer.due
    edge = cap * near_cap
    reached = (used * 10_000 >= edge) & (before * 10_000 < edge)
    nearing = SETTLED & reached & ~over.fill_null(False)
    near = pl.format(
        "{}{}累计 {}，{} {}，余 {}",
        pl.lit(layer.step.name),
        pl.lit(_SPANS.get(layer.cap_name, layer.cap_name.removesuffix("限额"))),
        yuan(used),
        pl.lit("封顶" if layer.cap_name == YEARLY else "限额"),
        yuan(cap),
        yuan(cap - used),
    )
    return [
        Check("CA01", over, message, name, layer.claimed, layer.due, among=layer.apart),
        Check("CA02", nearing, near, name, among=reached),
    ]


def _by_household(layer: str) -> pl.Expr:
    """Where it is the household's limit that cut an amount: less is left of it than of the person's own."""
    room, cap = pl.col(f"{layer}_household_room_fen"), pl.col(f"{layer}_cap_fen")
    own = cap - pl.col(f"{layer}_before_fen")
    return (pl.col(f"{layer}_household_cap_fen") < NO_LIMIT) & (cap.is_null() | (room <= own))


def _household_message(layer: Difference) -> pl.Expr:
    name = layer.step.layer
    cap, room = pl.col(f"{name}_household_cap_fen"), pl.col(f"{name}_household_room_fen")
    return pl.format(
        "{}全户年度限额 {}，本笔之前全户已用 {}，本笔应为 {}，申报 {}",
        pl.lit(layer.step.name), yuan(cap), yuan(cap - room), yuan(layer.due), yuan(layer.claimed),
    )  # fmt: skip


def _by_month(layer: str) -> pl.Expr:
    """Where it is the month that cut an amount: nothing is left of it, or less than of the year."""
    limit, cap = pl.col(f"{layer}_month_limit_fen"), pl.col(f"{layer}_cap_fen")
    of_year = cap - pl.col(f"{layer}_before_fen")
    of_month = limit - pl.col(f"{layer}_month_before_fen")
    return limit.is_not_null() & (cap.is_null() | (of_month <= of_year))


def _month_message(layer: Difference) -> pl.Expr:
    name = layer.step.layer
    limit, before = pl.col(f"{name}_month_limit_fen"), pl.col(f"{name}_month_before_fen")
    return pl.format(
        "{}每月限额 {}，本月此前已用 {}，本笔应为 {}，申报 {}",
        pl.lit(layer.step.name), yuan(limit), yuan(before), yuan(layer.due), yuan(layer.claimed),
    )  # fmt: skip


def _category() -> Check:
    holds = (
        SETTLED
        & pl.col("category").is_not_null()
        & pl.col("category_stated").is_not_null()
        & (pl.col("category_stated") != pl.col("category"))
    )
    return Check("RO03", holds, pl.format("表中写“{}”，花名册为“{}”", "category_raw", "category"))


def _sums(tolerance: int) -> Sequence[Check]:
    """AM03, AM06: parts that add up neither to the bill nor to the price of a 定额, and a self-pay that no layer's
    difference explains."""
    paid = pl.sum_horizontal(f"{payer}_claimed_fen" for payer in PAYERS)
    own, owed = pl.col("self_claimed_fen"), pl.col("self_due_fen")
    whole = paid + own.fill_null(0)
    gap = pl.min_horizontal((whole - pl.col("total_fen")).abs(), (whole - pl.col("bill_fen")).abs())
    over = whole > pl.max_horizontal("total_fen", "bill_fen") + tolerance
    apart = pl.when(own.is_null()).then(over).otherwise(gap > tolerance)
    parts = pl.format(
        "各项支付与自付合计 {}，总费用 {}", yuan(paid + own.fill_null(0)), yuan(pl.col("total_fen"))
    )
    wrong = (own < 0) | (apart & ((own - owed).abs() > tolerance))
    message = pl.format("自付填报 {}，应为 {}", yuan(own), yuan(owed).fill_null("（未核）"))
    return [
        Check("AM03", SETTLED & apart, parts),
        Check("AM06", SETTLED & wrong, message, None, own, owed),
    ]
