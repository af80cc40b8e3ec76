"""One term of a document: for whom it holds, what it gives, and the sentence it comes from.

Amounts are written in yuan and kept in fen; rates are written as fractions and kept in
ten-thousandths. `rulebook.language` puts terms together to layers and documents.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from onestop_cli.rulebook.scalars import Fen, Listed, Points, Rate

TO_FILL = "to-fill"
UNKNOWN = "unknown"
NONE = "none"


Quantity = Literal["total", "eligible"]
Per = Literal["stay", "year"]


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


class Bonus(Clause):
    """激励: what somebody's yearly cap is raised by, as a list of persons says (参保激励名单, onestop.toml): `per_year`
    for each year insured without a break beyond `after`, and with `listed` the amount on the list; together at most
    `most` of the cap. `unlisted`: of people who are not on it; where that is not written it is not known."""

    per_year: Fen = 0
    after: Annotated[int, Field(ge=0, le=50)] = 0
    listed: bool = False
    most: Rate | None = None
    unlisted: Fen | None = None


class MonthCap(Clause):
    """A limit on the layer's payment within a calendar month; what a month leaves is not carried on. Payments are
    counted together as those of the yearly cap are. The month is that of the day by which the year is told."""

    amount: Fen | Literal["none", "to-fill"]


class HouseholdCap(Clause):
    """A yearly limit that all members of a household share (以户为单位), by the 户号 of the roster. Whose household
    is not known can only be bound-checked."""

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
