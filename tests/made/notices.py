"""Stays to be published, one by one: made people of county 6399, paid 500 + 300 of 1,000 yuan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import polars as pl

from onestop_cli.core.adjustments import no_adjustments
from onestop_cli.core.identify import make_id
from onestop_cli.run import Run
from onestop_cli.tables.schema import FINDINGS, QUARANTINE, empty
from tests.made.run import info_of, stays_schema, with_parts

LAYERS = ("basic", "assistance")
COUNTY = {
    "name": "示例县",
    "phones": {"县合管办": "0971-2230001", "县民政局": "0971-2230002"},
    "addresses": {"县合管办": "示例县人民路1号"},
    "township_phones": {"白土乡": "0971-2230003"},
}
STANDARDS = [
    {
        "layer": "assistance",
        "layer_name": "医疗救助",
        "who": "五保户",
        "terms": "补偿后剩余部分全额救助",
        "base": "总费用 − 新农合补偿",
        "document": "实施办法第二条",
        "quote": "",
    }
]


def id_of(number: int, born: str = "19600101") -> str:
    """A valid ID number of nobody."""
    return make_id(f"639900{born}{number % 1000:03d}")


def stay(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A settled stay of a grown-up from 白土乡上湾村 in 示例县人民医院; one that is not settled is paid nothing."""
    settled = changes.get("status", "settled") == "settled"
    return {
        "source": "县医院.xlsx",
        "sheet": "明细",
        "row": number + 1,
        "hospital": "示例县人民医院",
        "level": "county",
        "stay_no": f"ZY{number:05d}",
        "name": "王小明",
        "id_no": id_of(number),
        "category": "农村低保户",
        "township": "白土乡",
        "village": "上湾村",
        "admitted_on": date(2010, 11, 1),
        "discharged_on": date(2010, 11, 9),
        "settled_on": date(2010, 11, 9),
        "benefit_year": 2010,
        "total_fen": 100_000,
        "eligible_fen": 80_000,
        "basic_payable_fen": 50_000 * settled,
        "assistance_payable_fen": 30_000 * settled,
        "patient_owed_fen": 0,
        "status": "settled",
        **changes,
    }


def entry(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A roster entry without end of a grown-up from 白土乡上湾村, as the run understood it."""
    known = {"name": "王小明", "id_no": id_of(number), "person": id_of(number), "ended": False}
    home = {"category": "农村低保户", "township": "白土乡", "village": "上湾村"}
    return known | home | changes


def roster_of(*entries: Mapping[str, Any]) -> pl.DataFrame:
    """A roster with the columns that say who is entitled, where and until when."""
    texts = ("name", "id_no", "person", "category", "township", "village")
    days = ("from_on", "to_on", "deceased_on")
    schema = dict.fromkeys(texts, pl.String) | dict.fromkeys(days, pl.Date) | {"ended": pl.Boolean}
    return pl.DataFrame(entries, schema=schema)


def adjustment(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A line of what changes for a closed stay of 2010Q3: taken back, unless changed."""
    known = {key: value for key, value in stay(number).items() if key not in _OF_STAYS}
    line = {
        "kind": "红冲",
        "period": "2010Q3",
        "belongs_to": "2010Q3",
        "status": "reversed",
        "visits": -1,
        "total_fen": -100_000,
        "eligible_fen": -80_000,
        "basic_payable_fen": -50_000,
        "assistance_payable_fen": -30_000,
        "discharged_on": date(2010, 8, 9),
    }
    return {**known, **line, **changes}


_OF_STAYS = ("benefit_year", "patient_owed_fen")


def run_of(
    *stays: Mapping[str, Any],
    roster: Iterable[Mapping[str, Any]] = (),
    register: Mapping[str, Any] | None = None,
    adjustments: Iterable[Mapping[str, Any]] = (),
    **info: Any,
) -> Run:
    """A run of 示例县 in 2010Q4 with these stays, roster entries, hospitals (columns of the register) and changes."""
    known = info_of(LAYERS, len(stays), ["示例县人民医院"])
    blank = no_adjustments(LAYERS)
    amounts = {name: 0 for name in blank.columns if name.endswith("_fen")}
    lines = [{**dict.fromkeys(blank.columns), **amounts, **line} for line in adjustments]
    return Run(
        with_parts(known, **{"county": COUNTY, "standards": STANDARDS} | info),
        pl.DataFrame(stays, schema=stays_schema(LAYERS)),
        empty(FINDINGS),
        roster_of(*roster),
        empty(QUARANTINE),
        adjustments=pl.DataFrame(lines, schema=dict(blank.schema)),
        register=pl.DataFrame(register or {}),
    )
