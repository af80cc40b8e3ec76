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

from pydantic import Field, field_validator, model_validator

from onestop_cli.rulebook.clauses import (
    Bonus,
    Cap,
    Ceiling,
    Cited,
    CostCap,
    Deductible,
    Factor,
    Floor,
    HouseholdCap,
    LayerCap,
    MonthCap,
    PointsClause,
    Quantity,
    Quota,
    RateClause,
    Relief,
    RulePart,
    Share,
    Transfer,
)
from onestop_cli.rulebook.lists import filled_in
from onestop_cli.rulebook.scalars import Fen
from onestop_cli.tables.schema import LEVELS, VILLAGE

Deduction = str
"""`out_of_scope`, `first_pay`, `over_limit`, the id of an `[[expense]]`, an earlier layer's id (what it
pays), or `<layer>_deductible` (what it charged)."""
EXPENSES = ("out_of_scope", "first_pay", "over_limit")


class Rounding(Cited):
    """To which unit an amount is rounded, and how: of a whole document, of one layer, or of a base. `unit`: by name, or
    so many yuan (steps of 0.1万元); `mode = "up"`: 不足一个单位按一个单位计."""

    unit: Fen | Literal["fen", "jiao", "yuan"] = "fen"
    mode: Literal["half-up", "truncate", "up"] = "half-up"

    @field_validator("unit")
    @classmethod
    def _of_some_size(cls, unit: int | str) -> int | str:
        if unit == 0:
            raise ValueError("舍入的单位不能是 0")
        return unit

    @property
    def fen(self) -> int:
        """The unit in fen."""
        return self.unit if isinstance(self.unit, int) else _UNITS[self.unit]


_UNITS = {"fen": 1, "jiao": 10, "yuan": 100}


class Base(Cited):
    """What a layer looks at: `from` less any of `less`; in whole units where `rounding` says so, before a limit on the
    cost."""

    from_: Annotated[Quantity, Field(alias="from")]
    less: list[Deduction] = Field(default_factory=list)
    rounding: Rounding | None = None


Optional = Literal[
    "relief",
    "ceiling",
    "transfer",
    "points",
    "factor",
    "stay_cap",
    "bonus",
    "household_cap",
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
    which categories are looked at. `rounding`: of this layer, where it is not the document's.
    A `waiver` (医院减免) is the hospital's own, which no fund pays: worked out with a `base`, else as claimed."""

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
    bonus: list[Bonus] = Field(default_factory=list)
    household_cap: list[HouseholdCap] = Field(default_factory=list)
    month_cap: list[MonthCap] = Field(default_factory=list)
    cost_cap: list[CostCap] = Field(default_factory=list)
    floor: list[Floor] = Field(default_factory=list)

    @model_validator(mode="after")
    def _whole(self) -> Layer:
        clauses = [name for name in (*ASPECTS, *OPTIONAL) if getattr(self, name)]
        if self.kind == "given" and (self.base or self.rounding or clauses):
            raise ValueError("given 层按医院所报计，不写 base、rounding 和条款")
        if self.kind == "waiver" and not self.base and (self.rounding or clauses):
            raise ValueError("waiver 层按比例算的要写 base（减免的基数）；按医院所报计的不写条款")
        if self.kind == "waiver" and self.fund:
            raise ValueError("waiver 层由医院承担，不写 fund（基金）")
        if self.kind == "computed" and self.base is None:
            raise ValueError("computed 层必须写 base（补偿基数）")
        stray = [name for name in clauses if name in OPTIONAL and name not in self.also]
        if stray:
            raise ValueError(f"有 {'、'.join(stray)} 条款，请在 also 中列出")
        return self

    @property
    def regulated(self) -> bool:
        """Whether the document says what it comes to, so that it is worked out."""
        return self.base is not None

    @property
    def aspects(self) -> tuple[str, ...]:
        """The aspects in which exactly one clause must fit every stay."""
        return (*ASPECTS, *self.also) if self.regulated else ()


class Pool(Cited):
    """A yearly limit shared by several layers (共用限额)."""

    id: str
    name: str
    layers: list[str]
    cap: list[Cap]


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
    day; `years`: whole years insured without a break (连续参保年数), from a column of the export or,
    `from_list`, from the list of insured people that onestop.toml names. `values`: value → other
    spellings; a text that is none of them, or a blank, is `otherwise`; without it there is no
    applicable rule. `names_from`: a list beside the document with more spellings
    (`rulebook.lists`); `listed`: how many names of a value the document says there are."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]
    name: str
    source: Literal["stay", "hospital", "age", "years"] = "stay"
    columns: list[str] = Field(default_factory=list)
    values: Mapping[str, list[str]] = Field(default_factory=dict)
    otherwise: str = ""
    from_list: bool = False
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
        return tuple(layer for layer in self.layer if layer.regulated)

    @property
    def layer_ids(self) -> tuple[str, ...]:
        """The layers of a run under this document, in order of payment; stacked parts are not
        layers."""
        return tuple(layer.id for layer in self.layer if not layer.part_of)
