"""Small tables of stays for the tests of leads: a quiet county quarter in which only the given stays stand out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl

from onestop_cli.audit.leads.frame import cases_of
from onestop_cli.audit.leads.model import LeadInput
from onestop_cli.core.identify import make_id
from onestop_cli.run import Run
from onestop_cli.tables.schema import FINDINGS, PER_LAYER, QUARANTINE, STAY_HEAD
from tests.made.run import info_of

LAYERS = ("basic", "assistance")
SCHEMA = {
    **STAY_HEAD,
    "disease": pl.String,
    "died_on": pl.Date,
    "visit_raw": pl.String,
    "visit_no": pl.String,
    "inpatient": pl.Boolean,
    "address_raw": pl.String,
    **{f"{layer}_{what}_fen": pl.Int64 for layer in LAYERS for what in PER_LAYER},
    "self_claimed_fen": pl.Int64,
    "status": pl.String,
}
FIRST = date(2010, 10, 1)


def person(number: int) -> str:
    """The ID of a made-up person of county 6399."""
    return make_id(
        f"639901{1950 + number % 40}{1 + number % 12:02d}{1 + number % 28:02d}{number:03d}"
    )


def stay(who: int, start: int = 0, days: int = 6, **changes: Any) -> dict[str, Any]:
    """A stay of person `who`, admitted `start` days after 1 October 2010, for `days` days."""
    total = changes.get("total_fen", 123_457 + who * 1_013)
    eligible = changes.get("eligible_fen", total * 8 // 10)
    basic = eligible * 8 // 10
    aid = (total - basic) * 6 // 10
    admitted = FIRST + timedelta(days=start)
    amounts = {}
    for layer, fen in zip(LAYERS, (basic, aid), strict=True):
        amounts |= {f"{layer}_{what}_fen": fen for what in ("claimed", "due", "payable")}
        amounts |= {f"{layer}_{what}_fen": 0 for what in PER_LAYER[3:]}
    return {
        "source": "甲.xlsx",
        "sheet": None,
        "hospital": "甲卫生院",
        "level": "township",
        "stay_no": f"ZY{who:03d}-{start:02d}",
        "name": f"患者{who}",
        "id_no": person(who),
        "category": "农村低保户",
        "township": "东乡",
        "village": f"第{who}村",
        "admitted_on": admitted,
        "discharged_on": admitted + timedelta(days=days),
        "settled_on": admitted + timedelta(days=days),
        "benefit_year": 2010,
        "total_fen": total,
        "eligible_fen": eligible,
        "self_claimed_fen": total - basic - aid,
        "status": "settled",
        **amounts,
        **changes,
    }


def finding(row: dict[str, Any], code: str, **more: Any) -> dict[str, Any]:
    """A finding for a stay made by `stay`."""
    head = {key: row.get(key) for key in FINDINGS}
    return {**head, "code": code, "severity": "notes", "message": f"{code} 的说明", **more}


def table(rows: list[dict[str, Any]], source: str = "甲.xlsx") -> pl.DataFrame:
    """Stays as `stays.parquet` has them, with rows numbered as in one file."""
    placed = [row | {"source": source, "row": number} for number, row in enumerate(rows, start=2)]
    return pl.DataFrame(placed, schema=SCHEMA)


def run_of(
    rows: list[dict[str, Any]],
    findings: list[dict[str, Any]] | None = None,
    families: dict[int, str] | None = None,
) -> Run:
    """A run of these stays; a finding goes to the stay with its 住院号. `families`: person → family number."""
    stays = table(rows)
    places = {row["stay_no"]: row for row in stays.iter_rows(named=True)}
    found = [
        item | {key: places[item["stay_no"]][key] for key in ("source", "sheet", "row")}
        for item in findings or []
    ]
    roster = {
        "id_no": [person(who) for who in families or {}],
        "family_no": list((families or {}).values()),
    }
    return Run(
        info_of(LAYERS, len(rows), ["甲卫生院"]),
        stays,
        pl.DataFrame(found, schema=dict(FINDINGS)),
        pl.DataFrame(roster, schema={"id_no": pl.String, "family_no": pl.String}),
        pl.DataFrame(schema=dict(QUARANTINE)),
    )


def cases(
    rows: list[dict[str, Any]],
    findings: list[dict[str, Any]] | None = None,
    families: dict[int, str] | None = None,
    closed: list[dict[str, Any]] | None = None,
) -> LeadInput:
    """What the rules look at; `closed`: stays of closed periods."""
    past = table(closed, "台账") if closed is not None else None
    return cases_of(run_of(rows, findings, families), past)
