"""What OpenFisca can express of it: both layers of a single stay as formulas over vectors.

The year cannot be said: a formula sees one period of an entity, not its earlier stays in order. Both yearly caps, the
offset between layers and the findings are left out, so its time stands beside less work than the others'.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
from openfisca_core import periods
from openfisca_core.entities import build_entity
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from benchmarks.data import County, read_roster, read_rows
from benchmarks.peers.onestop import reconciled, the_book
from benchmarks.peers.terms import (
    ALL_PAID,
    BANDS,
    BASIC_CAP,
    FLAT,
    FLAT_RATE,
    LESS,
    ROSTER_RATE,
)

YEAR = "2010"
NOBODY, EVERYTHING, FLAT_CLASS, FIRST_CLASS = range(4)
Stay = build_entity("stay", "stays", "A stay in hospital", is_person=True)


Formula = Callable[[Any, Any], Any]


def _variable(name: str, label: str, formula: Formula | None = None) -> type[Variable]:
    """A whole number of a stay; with a formula or as an input."""
    said = {
        "value_type": int,
        "entity": Stay,
        "definition_period": periods.DateUnit.YEAR,
        "label": label,
    }
    return type(name, (Variable,), said if formula is None else {**said, "formula": formula})


def _wide(stays: Any, period: Any, name: str) -> np.ndarray:
    """OpenFisca keeps 32 bits; a product of fen and percent needs more."""
    return stays(name, period).astype("int64")


def _basic(stays: Any, period: Any) -> np.ndarray:
    """新农合 of the stay before the year's cap."""
    return (_wide(stays, period, "eligible") * _wide(stays, period, "rate") + 50) // 100


def _assistance(stays: Any, period: Any) -> np.ndarray:
    """医疗救助 of the stay before the year's cap."""
    of, basic = stays("social_class", period), _wide(stays, period, "basic")
    bound = np.minimum(np.minimum(basic, BASIC_CAP), stays("basic_claimed", period))
    rest = stays("total", period) - np.where(of == NOBODY, bound, basic)
    upper = [edge for edge, _ in BANDS[1:]] + [10**15]
    hundredths = sum(
        np.maximum(np.minimum(rest, high) - low, 0) * percent
        for (low, percent), high in zip(BANDS, upper, strict=True)
    )
    choices = [np.zeros_like(rest), rest, (rest * FLAT_RATE + 50) // 100]
    classes = [of == NOBODY, of == EVERYTHING, of == FLAT_CLASS]
    return np.select(classes, choices, (hundredths + 50) // 100)


VARIABLES = (
    _variable("total", "Cost of the stay, fen"),
    _variable("eligible", "Eligible cost, fen"),
    _variable("basic_claimed", "What the hospital says the insurance paid, fen"),
    _variable("rate", "Percent of the level, by the roster"),
    _variable("social_class", "Class of assistance"),
    _variable("basic", "新农合, fen", _basic),
    _variable("assistance", "医疗救助, fen", _assistance),
)


def run(home: County) -> pl.DataFrame:
    """`row`, `basic_alone`, `aid_alone` of each stay: what it would get without the year."""
    stays = _linked(home)
    system = TaxBenefitSystem([Stay])
    system.add_variables(*VARIABLES)
    simulation = SimulationBuilder().build_default_simulation(system, len(stays))
    for name in ("total", "eligible", "basic_claimed", "rate", "social_class"):
        simulation.set_input(name, YEAR, stays[name].to_numpy())
    amounts = {
        "basic_alone": simulation.calculate("basic", YEAR),
        "aid_alone": simulation.calculate("assistance", YEAR),
    }
    return stays.select("row").with_columns(
        **{k: pl.Series(v, dtype=pl.Int64) for k, v in amounts.items()}
    )


def holds(home: County, found: pl.DataFrame) -> bool:
    """Whether both amounts are onestop's before its caps, wherever the cap left the first one alone."""
    ours = reconciled(home, the_book(), read_rows(home), read_roster(home))
    paid = pl.coalesce("basic_due_fen", "basic_bound_fen")
    same = pl.col("basic_alone") == pl.col("basic_uncapped_fen")
    second = pl.col("aid_alone") == pl.col("assistance_uncapped_fen")
    both = ours.join(found, on="row", validate="1:1").select(
        same & (second | (paid != pl.col("basic_uncapped_fen")))
    )
    return len(both) == len(found) and bool(both.to_series().all())


def _linked(home: County) -> pl.DataFrame:
    """The inputs of the formulas; joining is not OpenFisca's work, so Polars does it."""
    roster = pl.read_parquet(home.roster).select("id_raw", "name", category="category_raw")
    register = pl.read_parquet(home.register).select(hospital_raw="hospital", level="level")
    classes = {ALL_PAID: EVERYTHING, FLAT: FLAT_CLASS}
    of = pl.col("category").replace_strict(classes, default=FIRST_CLASS, return_dtype=pl.Int64)
    level = pl.col("level").replace_strict(ROSTER_RATE, return_dtype=pl.Int64)
    nobody = pl.col("category").is_null()
    return (
        pl.read_parquet(home.stays)
        .join(roster, on=["id_raw", "name"], how="left", maintain_order="left")
        .join(register, on="hospital_raw", how="left", maintain_order="left")
        .select(
            "row",
            total="total_fen",
            eligible="eligible_fen",
            basic_claimed="basic_claimed_fen",
            rate=level - pl.when(nobody).then(LESS).otherwise(0),
            social_class=pl.when(nobody).then(NOBODY).otherwise(of),
        )
    )
