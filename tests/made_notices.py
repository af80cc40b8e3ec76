"""Runs for the tests of public lists: made people of county 6399, as `reconcile` would leave them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import polars as pl

from onestop_cli.run import Run
from onestop_cli.schema import FINDINGS, PER_LAYER, QUARANTINE, READ_ROSTER, STAY_HEAD, empty

LAYERS = ("basic", "assistance")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def made_id(number: int, born: str = "19600101") -> str:
    """A valid ID number of nobody: county 6399, with the check character of GB 11643."""
    body = f"639900{born}{number % 1000:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def stay(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A settled stay of 1,000 yuan: 500 basic, 300 assistance, all of it payable."""
    return {
        "source": "县医院.xlsx",
        "sheet": "明细",
        "row": number + 1,
        "hospital": "示例县人民医院",
        "level": "county",
        "stay_no": f"ZY{number:05d}",
        "name": "王小明",
        "id_no": made_id(number),
        "id_raw": made_id(number),
        "category": "农村低保户",
        "township": "白土乡",
        "village": "上湾村",
        "admitted_on": date(2010, 11, 1),
        "discharged_on": date(2010, 11, 9),
        "settled_on": date(2010, 11, 9),
        "benefit_year": 2010,
        "total_fen": 100_000,
        "eligible_fen": 80_000,
        "basic_payable_fen": 50_000,
        "assistance_payable_fen": 30_000,
        "patient_owed_fen": 0,
        "status": "settled",
        **changes,
    }


def stays_table(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """The rows as `stays.parquet` has them."""
    schema: dict[str, Any] = dict(STAY_HEAD)
    for layer in LAYERS:
        schema |= {f"{layer}_{what}_fen": pl.Int64 for what in PER_LAYER}
        schema |= {f"{layer}_check": pl.String}
    schema |= {"patient_owed_fen": pl.Int64, "self_claimed_fen": pl.Int64}
    schema |= {"self_due_fen": pl.Int64, "status": pl.String, "rule_id": pl.String}
    return pl.DataFrame(list(rows), schema=schema)


def made_run(rows: Iterable[Mapping[str, Any]], **info: Any) -> Run:
    """A run of 示例县 in 2010Q4 with these stays."""
    known = {
        "version": "0",
        "period": "2010Q4",
        "county": {
            "name": "示例县",
            "phones": {"县合管办": "0971-2230001", "县民政局": "0971-2230002"},
            "addresses": {"县合管办": "示例县人民路1号"},
        },
        "layers": [
            {"id": "basic", "name": "新农合补偿", "kind": "computed", "fund": "新农合基金"},
            {"id": "assistance", "name": "医疗救助", "kind": "computed", "fund": "医疗救助基金"},
        ],
        "rules": [
            {
                "id": "huangzhong-2009",
                "title": "湟中县特困群众大病医疗救助一站式服务",
                "document": "湟中县特困群众大病医疗救助一站式服务实施办法",
                "number": "",
                "assumed": True,
            }
        ],
        "standards": [
            {"layer": "basic", "layer_name": "新农合补偿", "who": "参合救助对象",
             "terms": "不设起付线；乡、县、市、省级定点医疗机构分别按可补偿费用的 80%、70%、60%、50% 补偿，"
             "每人每年累计不超过 35,000 元", "document": "实施办法第一条", "quote": ""},
            {"layer": "assistance", "layer_name": "医疗救助", "who": "农村低保户等一类对象",
             "terms": "补偿后剩余部分按 60%–85% 分段救助，每人每年累计不超过 6,000 元",
             "document": "实施办法第二条", "quote": ""},
            {"layer": "assistance", "layer_name": "医疗救助", "who": "五保户",
             "terms": "补偿后剩余部分全额救助", "document": "实施办法第二条", "quote": ""},
        ],
        "settings": {},
    }  # fmt: skip
    blank = {"findings": FINDINGS, "roster": READ_ROSTER, "quarantine": QUARANTINE}
    return Run(
        {**known, **info},
        stays_table(rows),
        **{name: empty(schema) for name, schema in blank.items()},
    )
