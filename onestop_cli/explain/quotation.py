"""预结算: one stay that has not been billed yet, through the same core as a quarter.

What the year has used so far is stated by whoever asks, or worked out from the closed stays of a ledger.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from onestop_cli.core.settle.shared import household
from onestop_cli.errors import stop
from onestop_cli.explain.by_hand import Amounts, settle_given
from onestop_cli.explain.explanation import Explanation, ExplanationPart, rule_parts
from onestop_cli.money import yuan
from onestop_cli.rulebook import words
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.cases import Given
from onestop_cli.rulebook.terms import NO_LIMIT
from onestop_cli.tables.schema import LEVELS
from onestop_cli.working import Group, Line, figure
from onestop_cli.working.lines import named

Fen = Mapping[str, int]
"""Layer → fen."""


@dataclass(frozen=True)
class YearSoFar:
    """What the person's year has used before this stay: `paid` by each layer, deductibles `charged`, `cost` that each
    layer looked at, and the `nth` stay this one is; or the `closed` stays of a ledger, which say all of it
    since the ledger has `begun`. `household`: what the whole household had of layers with a limit that it shares."""

    paid: Fen = field(default_factory=dict)
    charged: Fen = field(default_factory=dict)
    cost: Fen = field(default_factory=dict)
    nth: int = 1
    closed: pl.DataFrame | None = None
    begun: date | None = None
    household: Fen = field(default_factory=dict)

    def settle(self, stays: Sequence[Given], book: Rulebook) -> list[Amounts]:
        """Each stay by itself after this year so far, with every column of the core."""
        each = [[stay] for stay in stays]
        if self.closed is None:
            return settle_given(each, book, year=self._columns(book))
        return settle_given(each, book, closed=self.closed, begun=self.begun)

    def words(self, book: Rulebook, *, visit: bool = False) -> str:
        """What was stated, or what a ledger has; a `visit` is no stay of the year."""
        if self.closed is not None:
            return f"台账中有已结算的住院 {self.closed.height} 笔"
        names = {step.layer: step.name for step in book.steps if step.id == step.layer}
        said = {"已补": self.paid, "已扣起付线": self.charged, "已计费用": self.cost}
        said["全户已补"] = self.household
        parts = [
            f"{names[layer]}{verb} {yuan(fen)}"
            for verb, of in said.items()
            for layer, fen in of.items()
        ]
        first = [] if visit else [f"本年第 {self.nth} 次住院"]
        return "，".join([*first, *(parts or ["此前没有补偿"])])

    def _columns(self, book: Rulebook) -> dict[str, int]:
        """The year so far as `settle` takes it."""
        found: dict[str, int] = {}
        for step in book.steps:
            paid, charged, cost = (
                int(of.get(step.layer, 0)) for of in (self.paid, self.charged, self.cost)
            )
            said = {
                "before": paid,
                "month_before": 0,
                "cost_cap_before": cost,
                "charged_before": charged,
                "months_before": charged,
                "ceiling_before": charged,
                "carried_before": 0,
                "cost_before": cost,
                "net_before": max(cost - charged, 0),
            }
            found |= {f"{step.id}_{name}_fen": fen for name, fen in said.items()}
            found[f"{step.id}_nth"] = found[f"{step.id}_rate_nth"] = self.nth
        for step in book.of_households:
            before = int(self.household.get(step.layer, 0))
            found[f"{household(step.id)}_before_fen"] = before
        for pool, layers in book.pools.items():
            found[f"pool_{pool}_before_fen"] = sum(int(self.paid.get(la, 0)) for la in layers)
        return found


_SAY = "；知道的加 --household {}=全户（含本人）本年已补的金额"


@dataclass(frozen=True)
class Quote:
    """Both shares and self-pay. `row` has every column of the settled stay."""

    row: Amounts
    book: Rulebook
    year: YearSoFar

    @property
    def layers(self) -> dict[str, str]:
        """Layer → name, in the order of payment."""
        return {step.layer: step.name for step in self.book.steps if step.id == step.layer}

    @property
    def explanation(self) -> Explanation:
        """The answer first, then how it comes about."""
        who = self.row["category"] or words.OTHERS
        about = f"{LEVELS[self.row['level']]}定点医疗机构 · {who}"
        parts = (self._answer(), *rule_parts(self.row, self.book))
        return Explanation("预结算", about, parts)

    def _answer(self) -> ExplanationPart:
        asked = [figure("总费用", "", self.row["total_fen"])]
        if self.row["has_eligible"]:
            asked.append(figure("可补偿费用", "", self.row["eligible_fen"]))
        asked.append(
            Line("本年此前", self.year.words(self.book, visit=self.row["inpatient"] is False))
        )
        asked += self._of_household()
        return ExplanationPart("测算结果", (Group(tuple(asked)), Group(tuple(self._shares()))))

    def _of_household(self) -> Iterator[Line]:
        """What nobody said of the others in the household, where it may leave less."""
        if self.year.household:
            return
        for step in self.book.of_households:
            if self.row[f"{step.layer}_check"] == "bound":
                known = "" if self.year.closed is not None else _SAY.format(step.name)
                yield Line(
                    "全户限额", f"家里别人本年补了多少没有告知，{step.name}只能给出上限{known}"
                )

    def _shares(self) -> Iterator[Line]:
        """What each layer pays, and what is left."""
        row, off = self.row, []
        for step in self.book.steps:
            if step.id != step.layer:
                continue
            check = row[f"{step.layer}_check"]
            said = {"bound": "只能给出上限", "none": "按告知金额计，未核"}.get(check, "")
            paid = int(row[f"{step.layer}_paid_fen"])
            off.append((step.name, paid))
            yield figure(step.name, said, paid, strong=True)
        if borne := row["hospital_borne_fen"]:
            off.append(("医院承担", borne))
            yield figure("医院承担", "", borne)
        left = row["total_fen"] - sum(fen for _, fen in off)
        sum_ = " − ".join([named("总费用", row["total_fen"]), *(named(*p) for p in off if p[1])])
        name = "个人自付" if row["self_due_fen"] is not None else "个人自付（至少）"
        yield figure(name, sum_, left, strong=True)


def quote(given: Given, book: Rulebook, year: YearSoFar) -> Quote:
    """`quote_each` of one stay."""
    return quote_each([given], book, year)[0]


def quote_each(stays: Sequence[Given], book: Rulebook, year: YearSoFar) -> list[Quote]:
    """What the documents of `book` give on each of these stays, of which only one will be: none comes after another.

    Raises `CannotRun` when none of their terms applies. `Given.paid`: what layers paid that no document regulates. A
    layer of which only the most is known counts with that.
    """
    rows = year.settle(stays, book)
    for given, row in zip(stays, rows, strict=True):
        if row["term"] is None:
            raise stop(str(row["ungoverned"]), _what_to_say(book))
        _all_told(row, given, book)
    told = [_opened(given, row, book) for given, row in zip(stays, rows, strict=True)]
    if told != list(stays):
        rows = year.settle(told, book)
    return [Quote(row, book, year) for row in rows]


def _opened(given: Given, row: Amounts, book: Rulebook) -> Given:
    """The stay with no limit on layers of which only the most is known."""
    open_ = {la: NO_LIMIT for la in book.layers if row[f"{la}_check"] == "bound"}
    return given.model_copy(update={"paid": {**open_, **given.paid}}) if open_ else given


def _all_told(row: Amounts, given: Given, book: Rulebook) -> None:
    """Somebody must say what layers pay that the document does not work out."""
    names = {step.layer: step.name for step in book.steps if step.id == step.layer}
    untold = [la for la in book.layers if row[f"{la}_check"] == "none" and la not in given.paid]
    if untold:
        raise stop(
            f"政策文件不计算“{'、'.join(names[la] for la in untold)}”，要先知道它付多少",
            f"请加上 {' '.join(f'--given {la}=金额' for la in untold)}",
        )


def _what_to_say(book: Rulebook) -> str:
    """What the documents tell stays apart by."""
    axes = {axis.name: axis.values for terms in book.terms for axis in terms.axes}
    dims = {dim.id: dim.name for rule in book.rules for dim in rule.dimension}
    named_ = {"level": "--level", "category": "--category"}
    parts = [
        f"{named_.get(name) or f'--with {dims[name]}='}"
        f"（{'、'.join(words.value(name, text) for text in values)}）"
        for name, values in axes.items()
    ]
    days = "；".join(f"{r.id} 自 {r.effective.from_} 起" for r in book.rules)
    return f"请核对 --on 日期（{days}）和 {'、'.join(parts)}"
