"""What a rule file may say: the grammar of a policy document, checked key by key.

A file is complete in itself: who, when, layers in order, and per layer a list of clauses for each
aspect (deductible, rate, cap …). A clause says for whom it holds (`when`) and quotes its
sentence. Amounts are written in yuan and kept in fen; rates are written as fractions and kept in
ten-thousandths.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from onestop_cli.rulebook.lists import filled_in
from onestop_cli.rulebook.scalars import Fen, Listed, Points, Rate
from onestop_cli.tables.schema import LEVELS, VILLAGE

TO_FILL = "to-fill"
UNKNOWN = "unknown"
NONE = "none"


Quantity = Literal["total", "eligible"]
Deduction = str
"""`out_of_scope`, `first_pay`, `over_limit`, the id of an `[[expense]]`, an earlier layer's id (what it
pays), or `<layer>_deductible` (what it charged)."""
Per = Literal["stay", "year"]

EXPENSES = ("out_of_scope", "first_pay", "over_limit")


class RulePart(BaseModel):
    """Anything in a rule file: no key that is not known, no number written as text, nothing
    changed after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Cited(RulePart):
    """A number beside the sentence it comes from.

    `quote`: the clause to the letter; `summary`: what it says in other words, where the letter is not at hand.
    `inherited`: the earlier document that says it, and that this one leaves in force.
    """

    quote: str = ""
    summary: str = ""
    inherited: str = ""
    cite: str = ""
    reading: str = ""
    assumed: bool = False

    @property
    def sentence(self) -> str:
        """What the document says, to the letter or not."""
        return self.quote or self.summary

    @field_validator("quote", "summary", "cite", "reading")
    @classmethod
    def _says_something(cls, text: str) -> str:
        if text and not any(sign.isalnum() for sign in text):
            raise ValueError("没有文字")
        return text


class AgeSpan(RulePart):
    """Whole years, both ends inclusive: of age on the admission day, or insured without a break (连续参保)."""

    from_: Annotated[int, Field(alias="from", ge=0, le=150)] = 0
    to: Annotated[int, Field(ge=0, le=150)] = 150


Months = Annotated[int, Field(ge=1, le=36)]
"""How many months a window has."""


def _with_months(per: str, months: int | None) -> None:
    if (per == "window") != (months is not None):
        raise ValueError('连续几个月累计的写 per = "window" 和 months，其他的都不写 months')


class Clause(Cited):
    """One term and for whom it holds. `when` maps a dimension (`level`, `category`, or a declared
    one) to the values it is for; a dimension not named means all of them."""

    when: Mapping[str, Listed | AgeSpan] = Field(default_factory=dict)


class Deductible(Clause):
    """起付线. `later`: amounts for the 2nd, 3rd … stay of the year, the last one holds on;
    `later_rate`: the same as shares of `amount`, never under `minimum`. `counted = "level"`: the
    2nd, 3rd … is that in hospitals of one level, not in all. `per`: charged on each `stay`, which
    leaves open what a further settlement of one visit (中途结算) is charged; once a `visit`, however
    often it is settled; on each `settlement`; once a `year`, however many stays; or once in a
    `window` of so many `months` up to the day of discharge, whatever year they are of."""

    amount: Fen | Literal["unknown", "to-fill"]
    per: Literal["stay", "visit", "settlement", "year", "window"] = "stay"
    months: Months | None = None
    later: list[Fen] = Field(default_factory=list)
    later_rate: list[Rate] = Field(default_factory=list)
    minimum: Fen = 0
    counted: Literal["all", "level"] = "all"

    @model_validator(mode="after")
    def _of_months(self) -> Deductible:
        _with_months(self.per, self.months)
        return self


class Relief(Clause):
    """The share of the deductible that is still charged: 0.5 halves it, 0 waives it."""

    share: Rate | Literal["to-fill"]


class Ceiling(Clause):
    """The most that all deductibles of a year may come to."""

    amount: Fen | Literal["none", "to-fill"]


class Transfer(Clause):
    """转院: admitted within `days` after leaving another hospital, only the difference of
    deductibles is charged."""

    days: Annotated[int, Field(ge=0, le=60)]


class Band(RulePart):
    """Up to and including `to` yuan (absent: no upper edge), at `rate`."""

    to: Fen | None = None
    rate: Rate


class RateClause(Clause):
    """A flat `rate`, or `bands`. Bands have no defaults: progressive or whole, gross or net of
    the deductible, per stay or on the running total of the year, the file must say. `later_rate`:
    the rates of the 2nd, 3rd … stay of the year in place of `rate`, the last one holds on;
    `counted` as of a deductible."""

    rate: Rate | Literal["unknown", "to-fill"] | None = None
    bands: list[Band] = Field(default_factory=list)
    mode: Literal["progressive", "whole"] | None = None
    edges: Literal["gross", "net"] | None = None
    per: Per | None = None
    later_rate: list[Rate] = Field(default_factory=list)
    counted: Literal["all", "level"] = "all"

    @model_validator(mode="after")
    def _one_shape(self) -> RateClause:
        if bool(self.bands) == (self.rate is not None):
            raise ValueError("rate（单一比例）与 bands（分段）必须且只能写一个")
        if self.bands:
            self._whole_bands()
        elif self.mode or self.edges or self.per:
            raise ValueError("mode、edges、per 只用于 bands（分段）")
        if self.later_rate and not isinstance(self.rate, int):
            raise ValueError("later_rate 只用于写了数的 rate（单一比例）；分段的用 later_points")
        return self

    def _whole_bands(self) -> None:
        missing = [k for k in ("mode", "edges", "per") if getattr(self, k) is None]
        if missing:
            raise ValueError(f"分段必须写明 {'、'.join(missing)}")
        edges = [band.to for band in self.bands]
        if edges[-1] is not None or None in edges[:-1]:
            raise ValueError("最后一段不写 to（上不封顶），其余各段都要写")
        known = [edge for edge in edges if edge is not None]
        if known != sorted(set(known)) or 0 in known:
            raise ValueError("各段上限 to 必须逐段增大")


class PointsClause(Clause):
    """提高若干百分点: added to every rate of the layer, never beyond 100 %. `later_points`: those of
    the 2nd, 3rd … stay of the year in place of `points`, the last ones hold on; `counted` as of a
    deductible."""

    points: Points | Literal["to-fill"]
    later_points: list[Points] = Field(default_factory=list)
    counted: Literal["all", "level"] = "all"


class Factor(Clause):
    """按比例折算: every rate of the layer, points included, times `share` (0.8: paid at 80 % of it)."""

    share: Rate | Literal["to-fill"]


class Cap(Clause):
    """封顶线 on the layer's payment. `account`: payments counted together; stays under a clause
    without an amount count nowhere. `unknown`: there is a limit, only the source does not give it,
    so that the layer can be checked against an upper bound only."""

    amount: Fen | Literal["none", "unknown", "to-fill"]
    account: str = ""


class LayerCap(Cap):
    """A layer's 封顶线: of the benefit year, or of a `window` of so many `months` up to the day of discharge."""

    per: Literal["year", "window"] = "year"
    months: Months | None = None

    @model_validator(mode="after")
    def _of_months(self) -> LayerCap:
        _with_months(self.per, self.months)
        return self


class MonthCap(Clause):
    """A limit on the layer's payment within a calendar month; what a month leaves is not carried on. Payments are
    counted together as those of the yearly cap are. The month is that of the day by which the year is told."""

    amount: Fen | Literal["none", "to-fill"]


class CostCap(Clause):
    """A limit on the cost that is looked at (not on the payment): per year, per stay, or per day in bed (床日: from
    admission to discharge, the last day not counted, at least one)."""

    amount: Fen | Literal["none", "to-fill"]
    per: Literal["stay", "year", "day"] = "year"


class Floor(Clause):
    """保底: at least `rate` of `of` (less the deductible when `less_deductible`). `together`: earlier
    layers that count towards it, so that this one only fills up what they leave short."""

    rate: Rate
    of: Quantity
    less_deductible: bool = False
    together: list[str] = Field(default_factory=list)
    status: Literal["on", "off", "information"]
    borne_by: Literal["fund", "hospital"] = "fund"


class Rounding(Cited):
    """To which unit a layer is rounded, and how: of a whole document, or of one layer."""

    unit: Literal["fen", "jiao", "yuan"] = "fen"
    mode: Literal["half-up", "truncate"] = "half-up"


class Base(Cited):
    """What a layer looks at: `from` less any of `less`."""

    from_: Annotated[Quantity, Field(alias="from")]
    less: list[Deduction] = Field(default_factory=list)


Optional = Literal[
    "relief",
    "ceiling",
    "transfer",
    "points",
    "factor",
    "stay_cap",
    "month_cap",
    "cost_cap",
    "floor",
]
ASPECTS = ("deductible", "rate", "cap")
OPTIONAL: tuple[Optional, ...] = get_args(Optional)


class Layer(Cited):
    """One payer. `who = "roster"`: only people with a valid category are entitled, others are due
    exactly 0. `also`: the optional aspects this layer has, so that a forgotten clause is noticed.
    `part_of`: the amount is added to that layer (several categories stacked); `only` restricts
    which categories are looked at. `rounding`: of this layer, where it is not the document's."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]
    name: str
    fund: str = ""
    kind: Literal["computed", "given", "waiver"] = "computed"
    who: Literal["all", "roster"] = "all"
    part_of: str = ""
    only: list[str] = Field(default_factory=list)
    also: list[Optional] = Field(default_factory=list)
    base: Base | None = None
    rounding: Rounding | None = None
    deductible: list[Deductible] = Field(default_factory=list)
    relief: list[Relief] = Field(default_factory=list)
    ceiling: list[Ceiling] = Field(default_factory=list)
    transfer: list[Transfer] = Field(default_factory=list)
    rate: list[RateClause] = Field(default_factory=list)
    points: list[PointsClause] = Field(default_factory=list)
    factor: list[Factor] = Field(default_factory=list)
    cap: list[LayerCap] = Field(default_factory=list)
    stay_cap: list[Cap] = Field(default_factory=list)
    month_cap: list[MonthCap] = Field(default_factory=list)
    cost_cap: list[CostCap] = Field(default_factory=list)
    floor: list[Floor] = Field(default_factory=list)

    @model_validator(mode="after")
    def _whole(self) -> Layer:
        clauses = [name for name in (*ASPECTS, *OPTIONAL) if getattr(self, name)]
        if self.kind != "computed" and (self.base or self.rounding or clauses):
            raise ValueError("given、waiver 层按医院所报计，不写 base、rounding 和条款")
        if self.kind == "computed" and self.base is None:
            raise ValueError("computed 层必须写 base（补偿基数）")
        stray = [name for name in clauses if name in OPTIONAL and name not in self.also]
        if stray:
            raise ValueError(f"有 {'、'.join(stray)} 条款，请在 also 中列出")
        return self

    @property
    def aspects(self) -> tuple[str, ...]:
        """The aspects in which exactly one clause must fit every stay."""
        return (*ASPECTS, *self.also) if self.kind == "computed" else ()


class Pool(Cited):
    """A yearly limit shared by several layers (共用限额)."""

    id: str
    name: str
    layers: list[str]
    cap: list[Cap]


class Quota(Clause):
    """单病种. `fixed` (定额): the layers pay `shares` of `amount` whatever the bill; `limit` (限额):
    shares of the bill up to `amount`, or the ordinary terms up to it when no shares are written.
    `per = "day"` (按床日付费): `amount` is the price of a day in bed. `pays`: layers that pay so much
    of a fixed price instead of a share of it. No `diseases`: whatever the disease, unless a quota
    names it. `excess`: who bears what the bill has above `amount`. `counts`: towards the yearly
    caps."""

    diseases: list[str] = Field(default_factory=list)
    kind: Literal["fixed", "limit"]
    amount: Fen | Literal["to-fill"]
    per: Literal["stay", "day"] = "stay"
    shares: Mapping[str, Rate] = Field(default_factory=dict)
    pays: Mapping[str, Fen] = Field(default_factory=dict)
    excess: Literal["hospital", "patient"] = "hospital"
    counts: bool = True


class Share(Clause):
    """The part of an expense that the patient bears first."""

    share: Rate | Literal["to-fill"]


class Expense(Cited):
    """先行自付: a share of some cost that the patient bears before a layer looks at the bill, rounded
    half up to the fen. `of`: the whole `total` or `eligible` bill, or a `column` of the export
    (`columns` are its headers; a blank is 0). A base takes it off by naming its id in `less`."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]
    name: str
    of: Literal["column", "total", "eligible"] = "column"
    columns: list[str] = Field(default_factory=list)
    share: list[Share]

    @model_validator(mode="after")
    def _has_columns(self) -> Expense:
        if bool(self.columns) != (self.of == "column"):
            raise ValueError('按列计的费用（of = "column"）必须写 columns（表头），其余不写')
        return self


class Dimension(Cited):
    """A further thing that terms depend on. `source = "stay"`: a column of the export (`columns`
    are its headers); `hospital`: a column of the register; `age`: years of age on the admission
    day; `years`: a column of the export with whole years (连续参保年数). `values`: value → other
    spellings; a text that is none of them, or a blank, is `otherwise`; without it there is no
    applicable rule. `names_from`: a list beside the document with more spellings
    (`rulebook.lists`); `listed`: how many names of a value the document says there are."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]
    name: str
    source: Literal["stay", "hospital", "age", "years"] = "stay"
    columns: list[str] = Field(default_factory=list)
    values: Mapping[str, list[str]] = Field(default_factory=dict)
    otherwise: str = ""
    names_from: str = ""
    listed: Mapping[str, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)

    @property
    def in_years(self) -> bool:
        """Whether its values are spans of whole years."""
        return self.source in ("age", "years")


class Source(RulePart):
    """The issued paper. `file`: the text that quotations are from, and the `passage` of it."""

    document: str
    number: str = ""
    issued: date | None = None
    page: str = ""
    file: str = ""
    passage: str = ""
    note: str = ""


class Effective(Cited):
    """First and last day, both inclusive; `assumed_ends`: which of them the source does not
    give."""

    from_: Annotated[date, Field(alias="from")]
    to: date | None = None
    assumed_ends: list[Literal["from", "to"]] = Field(default_factory=list)


class Basis(Cited):
    """Which day governs, which year counts, on which day the roster is looked at. A year that is
    `split` ends for everybody on 31 December: a stay counts in the year to whose end it was settled,
    and one that a single row has in two years can be checked against the most only."""

    governing_date: Literal["discharge", "admission", "settlement"]
    benefit_year: Literal["discharge", "admission", "settlement", "split"] = "discharge"
    roster_day: Literal["admission", "discharge", "settlement"] = "admission"


class Categories(Cited):
    """The roster categories this document knows, and what holds when a person has several.

    `no_right`: kinds of people on rosters to whom it gives nothing.
    """

    overlap: Literal["priority", "best", "stack"] = "priority"
    priority: list[str] = Field(default_factory=list)
    no_right: list[str] = Field(default_factory=list)
    classes: Mapping[str, list[str]] = Field(default_factory=dict, alias="class")


class Scope(Cited):
    """For whom the document is at all; a stay outside it has no applicable rule here.

    Village clinics are only in where `levels` names them: documents about stays in hospital know none.
    """

    levels: list[str] = Field(default_factory=lambda: [at for at in LEVELS if at != VILLAGE])
    schemes: list[str] = Field(default_factory=list)


class RuleFile(RulePart):
    """A whole document. `amends`: the earlier one that it changes in part; what it leaves in force stands here too,
    each term marked `inherited`."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title: str
    area: str
    status: Literal["in-force", "check-before-use", "template"] = "in-force"
    amends: str = ""
    source: Source
    effective: Effective
    basis: Basis
    scope: Scope = Field(default_factory=Scope)
    categories: Categories = Field(default_factory=Categories)
    rounding: Rounding = Field(default_factory=Rounding)
    dimension: list[Dimension] = Field(default_factory=list)
    layer: list[Layer]
    expense: list[Expense] = Field(default_factory=list)
    pool: list[Pool] = Field(default_factory=list)
    quota: list[Quota] = Field(default_factory=list)
    quota_diseases: list[str] = Field(default_factory=list)
    """The 单病种 list: every disease that has a quota; one must fit each of its stays."""
    lists: Mapping[str, Mapping[str, list[str]]] = Field(default_factory=dict)
    """Lists that dimensions take names from, as they stood beside the document when it was read."""

    @model_validator(mode="before")
    @classmethod
    def _with_lists(cls, table: Any) -> Any:
        return filled_in(table)

    @property
    def computed(self) -> tuple[Layer, ...]:
        """The layers this document regulates, in order."""
        return tuple(layer for layer in self.layer if layer.kind == "computed")

    @property
    def layer_ids(self) -> tuple[str, ...]:
        """The layers of a run under this document, in order of payment; stacked parts are not
        layers."""
        return tuple(layer.id for layer in self.layer if not layer.part_of)
