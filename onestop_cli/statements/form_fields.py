"""What a county's own form may ask for: Chinese field names and their values.

`{{field}}` takes a value of the whole paper, `{{row.field}}` one of the repeated row: a hospital on
the county's form, a stay on a hospital's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import polars as pl

from onestop_cli.money import capital
from onestop_cli.statements.lines import LIVE
from onestop_cli.statements.numbers import COUNTY, NOTICE, number_for, number_of
from onestop_cli.statements.remarks import rules_in_force
from onestop_cli.statements.statement import Statement


@dataclass(frozen=True)
class Value:
    """A value and how to show it: `yuan` is whole fen, `percent` ten-thousandths."""

    kind: Literal["text", "int", "yuan", "percent", "date"]
    value: str | int | date | None


Fields = Mapping[str, Value]

_COUNTS = {"申报人次": "claims", "人次": "stays", "待核人次": "held_stays", "人数": "people"}
_AMOUNTS = {
    "住院总费用": "total_fen",
    "可补偿费用": "eligible_fen",
    "个人自付": "self_fen",
    "申报垫付额": "all_claimed_fen",
    "审核扣减": "all_deducted_fen",
    "待核": "all_held_fen",
    "层间调整": "all_offset_fen",
    "上期调整": "all_adjusted_fen",
    "应拨合计": "all_payment_fen",
    "应补未补": "patient_owed_fen",
}


def county_fields(statement: Statement) -> dict[str, Value]:
    """The fields of the county's form: the period and the county's totals."""
    number = Value("text", number_of(statement.run, COUNTY))
    return {**_heading(statement), "编号": number, **_totals(statement, statement.total)}


def hospital_fields(statement: Statement, line: Mapping[str, Any]) -> dict[str, Value]:
    """The fields of a hospital's form; `line` is its row of `Statement.hospitals`."""
    number = Value("text", number_for(statement.run, NOTICE, line["hospital"]))
    return {**_heading(statement), "编号": number, **_hospital(statement, line)}


def hospital_rows(statement: Statement) -> list[dict[str, Value]]:
    """A row per hospital, for the county's form."""
    return [_hospital(statement, line) for line in statement.hospitals.iter_rows(named=True)]


def stay_rows(statement: Statement, stays: pl.DataFrame) -> list[dict[str, Value]]:
    """A row per stay that is not reversed, for a hospital's form."""
    live = stays.filter(LIVE)
    return [
        _stay(statement, number, stay) for number, stay in enumerate(live.iter_rows(named=True), 1)
    ]


def _heading(statement: Statement) -> dict[str, Value]:
    run = statement.run
    return {
        "县": Value("text", run.county),
        "结算期": Value("text", run.period.chinese),
        "起始日": Value("date", run.period.first),
        "截止日": Value("date", run.period.last),
        "政策依据": Value("text", "；".join(rules_in_force(run))),
    }


def _hospital(statement: Statement, line: Mapping[str, Any]) -> dict[str, Value]:
    return {
        "序号": Value("int", line["number"]),
        "医疗机构": Value("text", line["hospital"]),
        "级别": Value("text", line["level_name"]),
        **_totals(statement, line),
    }


def _totals(statement: Statement, line: Mapping[str, Any]) -> dict[str, Value]:
    """Counts, costs, what each layer and class got, and each fund's payment."""
    fields = {name: Value("int", line[key]) for name, key in _COUNTS.items()}
    fields |= _yuan(line, _AMOUNTS)
    fields |= _yuan(line, {layer.name: f"{layer.id}_paid_fen" for layer in statement.layers})
    for fund in statement.funds:
        sides = {"应拨": "payment", "申报": "claimed", "扣减": "deducted", "待核": "held"}
        fields |= _yuan(
            line, {f"{fund.name}{word}": f"{fund.key}_{s}_fen" for word, s in sides.items()}
        )
        fields[f"{fund.name}应拨大写"] = Value("text", capital(line[f"{fund.key}_payment_fen"]))
    for group in statement.classes:
        fields[f"{group.label}人次"] = Value("int", line[f"{group.key}_stays"])
        fields |= _yuan(line, {f"{group.label}金额": f"{group.key}_fen"})
    fields["应拨合计大写"] = Value("text", capital(line["all_payment_fen"]))
    return fields | {"实际补偿比": Value("percent", line["rate"])}


def _stay(statement: Statement, number: int, stay: Mapping[str, Any]) -> dict[str, Value]:
    texts = {
        "住院号": "stay_no", "姓名": "name", "证号后四位": "id_shown", "救助类别": "category",
        "乡镇": "township", "村": "village", "状态": "status_name",
    }  # fmt: skip
    days = {"入院日期": "admitted_on", "出院日期": "discharged_on", "结算日期": "settled_on"}
    amounts = {name: key for name, key in _AMOUNTS.items() if not key.startswith("all_")}
    for layer in statement.layers:
        sides = {"": "paid", "申报": "claimed", "应为": "due", "扣减": "deducted"}
        amounts |= {f"{layer.name}{word}": f"{layer.id}_{s}_fen" for word, s in sides.items()}
    return {
        "序号": Value("int", number),
        **{name: Value("text", stay[key] or "") for name, key in texts.items()},
        **{name: Value("date", stay[key]) for name, key in days.items()},
        **_yuan(stay, amounts),
    }


def _yuan(line: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Value]:
    return {name: Value("yuan", line[key]) for name, key in names.items()}
