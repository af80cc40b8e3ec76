"""Statements: which rows and totals stand on the papers people sign; no file formats here.

Everything comes from the fixed columns of a finished run, so any paper can be made again from a run
folder. A fund's payment to a hospital is payable + offset ("paid" below). Amounts are fen, ratios
whole ten-thousandths.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from onestop_cli.core.pending import REPORTED_AGAIN
from onestop_cli.core.reconcile import own_share
from onestop_cli.money import FULL, share
from onestop_cli.privacy import mask_id
from onestop_cli.run import Run
from onestop_cli.statements.care import (
    COUNTED,
    OUTPATIENT,
    NamedByCare,
    care_of,
    kind_of,
)
from onestop_cli.statements.funds import Fund, funds_of, whole_of
from onestop_cli.statements.lines import ADJUSTED, BORNE, LIVE, lines_of, paid
from onestop_cli.statements.payees import payees
from onestop_cli.tables.by_hand import LEVEL, PAYEE
from onestop_cli.tables.run_info import LayerInfo
from onestop_cli.tables.schema import LEVELS

_SPLIT = ("claimed", "deducted", "held", "payable", "offset", "shortfall")
_PLAIN = (*_SPLIT, "paid", "adjusted", "supplement")
SIDES = (*_PLAIN, "payment", "earlier")
"""What is summed of every fund, as `<fund key>_<side>_fen`, and of all funds, as `all_<side>_fen`.

`paid` is payable + offset of the run's own stays, `adjusted` the same of closed ones (上期调整), `payment`
both together: what the hospital gets. `supplement` goes to patients by decision (补发). `earlier` is all of
both that belongs to earlier periods (属前期), late stays (补报) included; the ledger says the same.
"""

STATUS = {
    "settled": "已结算",
    "held": "待核",
    "rejected": "拒付",
    "reversed": "已冲销",
    ADJUSTED: "上期调整",
}
NOWHERE = "其他"
NO_HOSPITAL = "（未写明机构）"
_AID = "医疗救助"
_NO_DOCUMENT = "（没有适用的政策文件）"
NO_CATEGORY = "无救助身份"


@dataclass(frozen=True)
class AidClass:
    """A class of assisted people: its label, its column prefix and its categories."""

    label: str
    key: str
    categories: tuple[str, ...]


def classes_of(classes: Mapping[str, str]) -> tuple[AidClass, ...]:
    """The classes in the order of the rules; a class of one category goes by that category's name."""
    members: dict[str, list[str]] = {}
    for category, name in classes.items():
        members.setdefault(name, []).append(category)
    return tuple(
        AidClass(names[0] if len(names) == 1 else name, f"class{index}", tuple(names))
        for index, (name, names) in enumerate(members.items())
    )


@dataclass(frozen=True)
class Statement(NamedByCare):
    """A run seen as an account: its stays with everything that is summed, grouped as asked."""

    run: Run

    @cached_property
    def layers(self) -> tuple[LayerInfo, ...]:
        return self.run.layers

    @cached_property
    def funds(self) -> tuple[Fund, ...]:
        return funds_of(self.layers, self.run.info.rules)

    @property
    def waivers(self) -> tuple[LayerInfo, ...]:
        """What hospitals give themselves (医院减免): no fund pays it, and no sum of funds has it."""
        return tuple(layer for layer in self.layers if layer.kind == "waiver")

    @property
    def bears(self) -> bool:
        """Whether hospitals bear something themselves: above, or below, the price of a 单病种 or of days in bed."""
        return bool((self.stays[BORNE].fill_null(0) != 0).any())

    @property
    def paying(self) -> tuple[LayerInfo, ...]:
        """The layers that a fund pays."""
        return tuple(layer for layer in self.layers if layer.kind != "waiver")

    @cached_property
    def aid_layers(self) -> tuple[str, ...]:
        """The layers paid from medical assistance."""
        return tuple(layer.id for layer in self.layers if _AID in layer.fund)

    @cached_property
    def classes(self) -> tuple[AidClass, ...]:
        """The classes of assisted people; 其他 is added when assistance went to anyone else."""
        known = classes_of(self.run.classes) if self.aid_layers else ()
        names = [name for group in known for name in group.categories]
        outside = ~pl.col("category").is_in(names).fill_null(False) & (_aid(self.aid_layers) != 0)
        if not self.aid_layers or self.run.stays.filter(outside).is_empty():
            return known
        return (*known, AidClass(NOWHERE, f"class{len(known)}", ()))

    @cached_property
    def stays(self) -> pl.DataFrame:
        """Every stay, with what papers need beside the contract's own columns.

        `who` tells people apart, `id_shown` is all a paper may show of an ID number, `belongs_to` is
        the earlier period of a late stay; `<layer>_paid_fen`, `self_fen` (个人自付) and, per fund and
        for all, the `SIDES`.
        """
        return self._lines.filter(pl.col("status") != ADJUSTED)

    @cached_property
    def adjustments(self) -> pl.DataFrame:
        """上期调整: what changes for stays of closed periods, in the columns of `stays`.

        `period` is where the stay was posted, `kind` why it changes; only `adjusted`, `supplement` and
        the `changed_*` columns have amounts.
        """
        return numbered(self._lines.filter(pl.col("status") == ADJUSTED).sort("hospital", "period"))

    @cached_property
    def late(self) -> pl.DataFrame:
        """补报: stays of earlier periods that were never posted; they are among `stays` and in 申报. What was settled
        then and is only reported once more (ST07), or is taken back, is none."""
        late = self.stays.filter(pl.col("belongs_to").is_not_null() & ~REPORTED_AGAIN & LIVE)
        return numbered(late.sort("hospital", "belongs_to", "stay_no"))

    @cached_property
    def _lines(self) -> pl.DataFrame:
        """Stays and adjustment lines under each other."""
        settled = pl.col("status") == "settled"
        return (
            lines_of(self.run)
            .with_columns(
                pl.col("hospital").fill_null(NO_HOSPITAL),
                pl.col("township").fill_null(NOWHERE),
                pl.col("village").fill_null(""),
                pl.col("category").fill_null(NO_CATEGORY),
                level_name=pl.when(pl.col("hospital") == PAYEE)
                .then(pl.lit(LEVEL))
                .otherwise(pl.col("level").replace_strict(LEVELS, default="非定点")),
                care=care_of(),
                who=pl.coalesce("id_no", pl.format("{}·{}", "name", "id_raw"), "name", "stay_no"),
                id_shown=mask_id(pl.coalesce("id_no", "id_raw")),
                settled=settled,
                **{f"{layer.id}_paid_fen": paid(layer.id) for layer in self.layers},
            )
            .with_columns(
                status_name=pl.col("status").replace_strict(STATUS),
                self_fen=pl.when(settled).then(
                    pl.coalesce("self_fen", own_share([layer.id for layer in self.layers]))
                ),
                **dict(self._sides()),
            )
            .with_columns(**dict(self._class_parts()))
        )

    def _sides(self) -> Iterator[tuple[str, pl.Expr]]:
        for purse in [*self.funds, whole_of(self.funds)]:
            key = purse.key
            for side in _PLAIN:
                yield f"{key}_{side}_fen", purse.sum_of(side)
            yield f"{key}_payment_fen", purse.sum_of("paid", "adjusted")
            whole = purse.sum_of("paid", "adjusted", "supplement")
            before = pl.col("belongs_to").is_not_null()
            yield f"{key}_earlier_fen", pl.when(before).then(whole).otherwise(0)

    def _class_parts(self) -> Iterator[tuple[str, pl.Expr]]:
        named = [name for group in self.classes for name in group.categories]
        aid = _aid(self.aid_layers)
        for group in self.classes:
            inside = pl.col("category").is_in(group.categories or named)
            member = (inside if group.categories else ~inside) & (aid != 0)
            yield f"{group.key}_fen", pl.when(member).then(aid).otherwise(0)
            yield f"{group.key}_stays", member.cast(pl.Int64)

    def by(self, *keys: str) -> pl.DataFrame:
        """Totals per group of `keys` over what is not reversed; one row without keys.

        Visits, people, costs, `self_fen`, `BORNE` and `rate` are of settled stays; the `SIDES` of all.
        """
        live = self._lines.filter(LIVE)
        sums = list(self._sums())
        frame = live.group_by(keys, maintain_order=True).agg(sums) if keys else live.select(sums)
        return frame.with_columns(rate=ratio("all_paid_fen", "total_fen"))

    def _sums(self) -> Iterator[pl.Expr]:
        settled = pl.col("settled")
        own = pl.col("status") != ADJUSTED
        yield own.sum().cast(pl.Int64).alias("claims")
        yield settled.sum().cast(pl.Int64).alias("stays")
        for status in ("held", "rejected"):
            yield (pl.col("status") == status).sum().cast(pl.Int64).alias(f"{status}_stays")
        yield pl.col("who").filter(settled).n_unique().cast(pl.Int64).alias("people")
        for amount in ("total_fen", "eligible_fen", "self_fen", BORNE):
            yield pl.col(amount).filter(settled).sum().alias(amount)
        yield pl.col("patient_owed_fen").sum()
        yield pl.col(*(f"{layer.id}_paid_fen" for layer in self.layers)).sum()
        for key in (*(fund.key for fund in self.funds), "all"):
            yield pl.col(*(f"{key}_{side}_fen" for side in SIDES)).sum()
        for group in self.classes:
            yield pl.col(f"{group.key}_stays", f"{group.key}_fen").sum()

    @cached_property
    def total(self) -> dict[str, int]:
        """The county's totals, by the same names as the columns of `by`."""
        return self.by().row(0, named=True)

    @cached_property
    def hospitals(self) -> pl.DataFrame:
        """By hospital, lowest level first, with its `payee` (itself unless the register says otherwise), `bank` and
        `account` (null where the register does not say). One whose rows were all taken back has zeros. Where the county
        keeps a deposit: `<fund key>_deposit_fen` and `<fund key>_now_fen`, what is paid out of `payment` now."""
        ranks = {level: rank for rank, level in enumerate(LEVELS)}
        rank = pl.col("level").replace_strict(ranks, default=len(ranks), return_dtype=pl.Int64)
        levels = self._lines.unique("hospital", keep="first", maintain_order=True)
        named = (
            levels.select("hospital", "level", "level_name")
            .join(self.by("hospital"), on="hospital", how="left", validate="1:1")
            .with_columns(pl.col(pl.Int64).exclude("rate").fill_null(0))
            .join(payees(self.run.register), on="hospital", how="left", validate="1:1")
            .with_columns(pl.col("payee").fill_null(pl.col("hospital")))
        )
        return numbered(self._kept_back(named).sort(rank, "hospital"))

    def _kept_back(self, hospitals: pl.DataFrame) -> pl.DataFrame:
        """With the deposit of each fund's payment and what is paid now, where the county keeps one."""
        rate, keys = self.run.info.settings.deposit, [fund.key for fund in self.funds]
        if not rate:
            return hospitals
        no_hospital = pl.when(pl.col("hospital") == PAYEE).then(0)
        kept = {
            f"{key}_deposit_fen": no_hospital.otherwise(
                deposit_of(pl.col(f"{key}_payment_fen"), rate)
            )
            for key in keys
        }
        whole = pl.sum_horizontal(f"{key}_deposit_fen" for key in keys)
        return (
            hospitals.with_columns(**kept)
            .with_columns(all_deposit_fen=whole)
            .with_columns(
                (pl.col(f"{key}_payment_fen") - pl.col(f"{key}_deposit_fen")).alias(
                    f"{key}_now_fen"
                )
                for key in (*keys, "all")
            )
        )

    @cached_property
    def to_people(self) -> dict[str, int]:
        """The totals of what is paid to people (零星报销), by the same names as `total`; empty where nothing is."""
        found = self.by("hospital").filter(hospital=PAYEE)
        return found.row(0, named=True) if len(found) else {}

    @cached_property
    def categories(self) -> pl.DataFrame:
        """By category that applied, in the order of the rules."""
        order = {name: rank for rank, name in enumerate([*self.run.classes, "", NO_CATEGORY])}
        rank = pl.col("category").replace_strict(order, default=len(self.run.classes))
        return numbered(self.by("category").sort(rank, "category"))

    @cached_property
    def townships(self) -> pl.DataFrame:
        """By township of the patient; people without a known one under 其他, last."""
        return numbered(self.by("township").sort(pl.col("township") == NOWHERE, "township"))

    @cached_property
    def documents(self) -> pl.DataFrame:
        """By governing document (`title`), in the order of the run; without rows where no layer has several funds."""
        titles = {rule.id: rule.title for rule in self.run.info.rules}
        shared = any(layer.funds for layer in self.layers)
        found = self.by("rule_id").filter(pl.lit(shared))
        order = pl.col("rule_id").replace_strict(
            list(titles), range(len(titles)), default=len(titles), return_dtype=pl.Int64
        )
        title = pl.col("rule_id").replace(titles).fill_null(_NO_DOCUMENT)
        return numbered(found.sort(order, nulls_last=True).with_columns(title=title))

    @cached_property
    def levels(self) -> pl.DataFrame:
        """By hospital level, lowest first."""
        order = {name: rank for rank, name in enumerate(LEVELS.values())}
        rank = pl.col("level_name").replace_strict(order, default=len(order))
        return numbered(self.by("level_name").sort(rank))

    @cached_property
    def has_outpatients(self) -> bool:
        """Whether anybody was treated without a bed (门诊)."""
        return bool((self._lines["care"] == OUTPATIENT).any())

    @cached_property
    def cares(self) -> pl.DataFrame:
        """门诊 and 住院."""
        return numbered(self.by("care").sort(pl.col("care") != OUTPATIENT))

    def counted(self, capped: pl.DataFrame) -> pl.DataFrame:
        """What the table by level counts (`care.COUNTED`): settled stays, and what changes for closed ones. `capped`:
        the places of stays that used a year's limit up."""
        live = self._lines.filter(LIVE)
        full = capped.with_columns(capped=pl.lit(value=True))
        rows = live.with_columns(kind=kind_of(live)).join(
            full, on=capped.columns, how="left", validate="m:1", nulls_equal=True
        )
        counts = pl.col("settled") | (pl.col("status") == ADJUSTED)
        return rows.with_columns(
            person="who",
            visits=pl.coalesce("visits", pl.col("settled").cast(pl.Int64)),
            total_fen=pl.when(counts).then(pl.col("total_fen").fill_null(0)).otherwise(0),
            paid_fen="all_payment_fen",
            capped=pl.col("capped").fill_null(value=False) & pl.col("settled"),
        ).select(*COUNTED)

    @cached_property
    def owed(self) -> pl.DataFrame:
        """Stays on which a patient is owed something, by township and village."""
        owing = self.stays.filter(pl.col("patient_owed_fen") > 0)
        return numbered(owing.sort("township", "village", "name", "discharged_on"))

    @cached_property
    def equations(self) -> pl.DataFrame:
        """勾稽 per hospital and layer of a fund: claimed, payable, deducted, held and the gap, which is 0."""
        sides = ("claimed", "payable", "deducted", "held")
        live = self.stays.filter(LIVE)
        parts = [
            live.group_by("hospital", maintain_order=True)
            .agg(pl.col(f"{layer.id}_{side}_fen").sum().alias(side) for side in sides)
            .with_columns(layer=pl.lit(layer.name), turn=pl.lit(turn, pl.Int64))
            for turn, layer in enumerate(self.paying)
        ]
        order = self.hospitals.select("hospital", "number")
        gap = pl.col("claimed") - pl.col("payable") - pl.col("deducted") - pl.col("held")
        lines = pl.concat(parts).with_columns(gap=gap)
        return lines.join(order, on="hospital", validate="m:1").sort("number", "turn")


def deposit_of(payment: pl.Expr, rate: int) -> pl.Expr:
    """质量保证金 of what a hospital is paid: `rate` ten-thousandths, half up to the fen; none of what it owes."""
    return share(payment.clip(lower_bound=0), rate)


def _aid(layers: Sequence[str]) -> pl.Expr:
    return pl.sum_horizontal(paid(layer) for layer in layers) if layers else pl.lit(0)


def ratio(part: str, whole: str) -> pl.Expr:
    """`part / whole` in ten-thousandths, half up; null when there is no whole."""
    below = pl.col(whole)
    return pl.when(below > 0).then((pl.col(part) * 2 * FULL + below) // (2 * below))


def numbered(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with a running `number` from 1."""
    return rows.with_columns(number=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
