"""Rows of the national platform from the file to the money: second rows, refunds, visits, interim settlements, areas.

The amounts are worked out by hand: of a stay the insurance pays half of what is in scope above 100, of a visit 60 %;
assistance pays half of what the insurance left in scope. A stay of 1,100 gives 500 and 300, a visit of 100 gives 60
and 20.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from onestop_cli.batch.reconcile import reconcile
from onestop_cli.batch.request import Request
from onestop_cli.county.settings import Settings
from tests.made.reader_files import csv_bytes, person

DOCUMENT = """
id = "today"
title = "示例县居民待遇（编造）"
area = "today"
source = { document = "示例" }
effective = { from = 2024-01-01, to = 2024-12-31 }
basis = { governing_date = "discharge" }
scope = { schemes = ["居民医保"] }
categories = { priority = ["低保对象"], overlap = "priority" }

[[dimension]]
id = "visit"
name = "医疗类别"
columns = ["医疗类别"]
otherwise = "住院"
values = { "门诊慢特病" = ["14"] }

[[layer]]
id = "basic"
name = "居民医保"
base = { from = "eligible" }
deductible = [{ when = { visit = "住院" }, amount = 100 }, { when = { visit = "门诊慢特病" }, amount = 0 }]
rate = [{ when = { visit = "住院" }, rate = 0.50 }, { when = { visit = "门诊慢特病" }, rate = 0.60 }]
cap = [{ amount = "none" }]

[[layer]]
id = "assistance"
name = "医疗救助"
who = "roster"
base = { from = "eligible", less = ["basic"] }
deductible = [{ amount = 0 }]
rate = [{ rate = 0.50 }]
cap = [{ amount = "none" }]
"""

Row = dict[str, Any]


def row(day: str, visit: str, number: str, kind: str, bill: str, paid: str, aid: str) -> Row:
    """One settlement of 2024-10; `day`: `01-08` or `05`, with or without a clock behind."""
    begin, _, end = day.split()[0].partition("-")
    end = end or begin
    clock = day.split()[1] if " " in day else "09:00:00"
    return {
        "就诊ID": visit, "结算ID": number, "人员姓名": "甲一", "证件号码": person(1), "险种类型": "390",
        "参保地医保区划": "639901", "定点医药机构名称": "示例县人民医院", "医疗类别": kind,
        "开始日期": f"2024-10-{begin}", "结束日期": f"2024-10-{end}", "结算时间": f"2024-10-{end} {clock}",
        "医疗费总额": bill, "符合政策范围金额": bill, "基本医疗保险统筹基金支出": paid, "医疗救助基金支出": aid,
        "结算类别": "2", "退费结算标志": "0",
    }  # fmt: skip


STAY = row("01-08", "V1", "S1", "21", "1100.00", "500.00", "300.00")
VISIT = row("20 08:00:00", "V2", "S2", "14", "100.00", "60.00", "20.00")
LATER = row("20 16:00:00", "V3", "S3", "14", "100.00", "60.00", "20.00")
INSIDE = row("05", "V4", "S4", "140104", "100.00", "60.00", "20.00")
HALF = {
    "医疗费总额": "600.00",
    "符合政策范围金额": "600.00",
    "基本医疗保险统筹基金支出": "250.00",
    "医疗救助基金支出": "175.00",
}
INTERIM = [
    STAY | HALF,
    STAY | HALF | {"结算ID": "S5", "结束日期": "2024-10-15", "结算时间": "2024-10-15 10:00:00"},
]
PAID, AID = "基本医疗保险统筹基金支出", "医疗救助基金支出"
APART = [STAY | {AID: "0.00"}, STAY | {"结算ID": "S9", PAID: "0.00", "结算类别": "3"}]
AMOUNTS = ("医疗费总额", "符合政策范围金额", PAID, AID)
MINUS = STAY | {name: f"-{STAY[name]}" for name in AMOUNTS} | {"结算时间": "2024-10-09 08:00:00"}
FLAG = {"退费结算标志": "1"}
AGAIN = STAY | {"结算ID": "S8", "结算时间": "2024-10-09 09:00:00"}
NO_BILL = {"医疗费总额": "", "符合政策范围金额": ""}
FOREIGN = STAY | {
    "参保地医保区划": "639902",
    "人员姓名": "乙二",
    "证件号码": person(2),
    "就诊ID": "V7",
    "结算ID": "S7",
}

CASES = {
    "the assistance as a second row": (APART, 800, "settled"),
    "the second row before the first": (APART[::-1], 800, "settled"),
    "a second row without a bill": ([APART[0], APART[1] | NO_BILL], 800, "settled"),
    "a second row without its first": (APART[1:], 0, "held"),
    "a refund by flag and settled again": ([STAY | FLAG, MINUS | FLAG, AGAIN], 800, "reversed reversed settled"),
    "a refund under a number of its own": ([STAY | FLAG, MINUS | FLAG | {"结算ID": "S1T"}], 0, "reversed reversed"),
    "a flag without a minus row": ([STAY | FLAG], 0, "held"),
    "two visits of a day": ([VISIT, LATER], 160, "settled settled"),
    "a visit during a stay": ([STAY, INSIDE], 880, "settled settled"),
    "interim settlements of a stay": (INTERIM, 850, "settled settled"),
    "somebody insured elsewhere": ([STAY, VISIT, FOREIGN], 880, "held settled settled"),
    "what the centre paid to the person": ([STAY, VISIT | {"结算类别": "1"}], 880, "settled settled"),
    "an employee among residents": ([STAY, VISIT | {"险种类型": "310"}], 800, "held settled"),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "yuan", "status"), CASES.values(), ids=CASES.keys())
def test_a_row_of_the_platform_is_paid_once(
    rows: list[Row], yuan: int, status: str, tmp_path: Path
) -> None:
    (tmp_path / "today.toml").write_text(DOCUMENT, "utf-8")
    (tmp_path / "机构.csv").write_text("机构名称,机构级别\n示例县人民医院,县级\n", "utf-8")
    people = [
        ["姓名", "身份证号", "身份类别"],
        ["甲一", person(1), "低保对象"],
        ["乙二", person(2), "低保对象"],
    ]
    for name, lines in (
        ("花名册", people),
        ("住院", [list(rows[0]), *(list(r.values()) for r in rows)]),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.csv").write_bytes(csv_bytes(lines))
    stays = reconcile(
        Request(
            "2024Q4", [tmp_path / "住院"], [tmp_path / "花名册"], tmp_path / "机构.csv",
            [str(tmp_path / "today.toml")], Settings(),
        )
    ).stays  # fmt: skip
    own = [
        f"{layer}_{what}_fen" for layer in ("basic", "assistance") for what in ("payable", "offset")
    ]
    assert sum(stays.select(own).sum().row(0)) == yuan * 100
    assert stays["patient_owed_fen"].sum() == 0
    assert Counter(stays["status"]) == Counter(status.split())
