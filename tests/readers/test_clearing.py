"""Statements of the platform are no lists of stays: they are named, set apart, and held against the export."""

from __future__ import annotations

from pathlib import Path

import pytest

from onestop_cli.county.settings import Settings
from onestop_cli.readers.stays import read_stays
from onestop_cli.tables.reading import Reading
from tests.made.reader_files import HOSPITALS, csv_bytes, person, written, zip_bytes

HEADER = [
    "就诊ID",
    "结算ID",
    "人员姓名",
    "证件号码",
    "定点医药机构名称",
    "开始日期",
    "结束日期",
    "总费用",
    "统筹基金支出",
    "基金支付总额",
]


def settlement(number: int, total: str = "1000.00", fund: str = "700.00") -> list[object]:
    days = ["2024-10-01", "2024-10-05"]
    return [
        f"V{number}",
        f"63990000000{number}",
        "张三",
        person(number),
        "省立医院",
        *days,
        total,
        fund,
        fund,
    ]


def detail(number: int, total: str = "1000.00", fund: str = "700.00", flag: str = "000") -> str:
    return "\t".join(
        [f"63990000000{number}", "639900000001", "6399000065", total, fund, "null", flag]
    )


def read(tmp_path: Path, files: dict[str, bytes]) -> Reading:
    return read_stays([written(tmp_path, files)], Settings(), HOSPITALS)


LIST = csv_bytes([HEADER, settlement(1), settlement(2), settlement(3)])


def test_a_detail_in_its_zip_is_set_apart_and_agrees(tmp_path: Path) -> None:
    text = "\n".join(detail(n) for n in (1, 2, 3)).encode()
    reading = read(tmp_path, {"住院.csv": LIST, "3202.zip": zip_bytes({"3202_20241031.txt": text})})
    assert not reading.problems
    assert reading.rows.height == 3
    left = {account.source: dict(account.left) for account in reading.sheets}
    assert left["3202.zip/3202_20241031.txt"] == {"other": 3}
    assert reading.warnings == (
        "3202.zip/3202_20241031.txt：是3202 对账明细，不是住院明细，没有当作住院读",
        "与3202.zip/3202_20241031.txt按结算ID核对：3 笔相符",
    )


def test_what_the_two_do_not_share_is_named_by_its_last_digits(tmp_path: Path) -> None:
    lines = [detail(1), detail(2, "999.00"), detail(4, "50.00", "30.00")]
    reading = read(tmp_path, {"住院.csv": LIST, "明细.txt": "\n".join(lines).encode()})
    assert reading.warnings[-1] == (
        "与明细.txt按结算ID核对：1 笔相符，1 笔对账明细有、住院表里没有（…000004 50.00），"
        "1 笔住院表里有、对账明细没有（…000003 1,000.00），1 笔金额不同（…000002 999.00）"
    )


def test_a_refund_stands_as_plus_and_minus(tmp_path: Path) -> None:
    lines = [
        detail(1),
        detail(2),
        detail(3),
        detail(9, flag="001"),
        detail(9, "-1000.00", "-700.00", "001"),
    ]
    reading = read(tmp_path, {"住院.csv": LIST, "明细.txt": "\n".join(lines).encode()})
    assert reading.warnings[-1].endswith("4 笔相符")


RESULT = "psn_no,mdtrt_id,setl_id,msgid,stmt_rslt,refd_setl_flag,memo,medfee_sumamt,fund_pay_sumamt,acct_pay"
SUMS = (
    "insutype,clr_type,setl_optins,stmt_begndate,stmt_enddate,medfee_sumamt,fund_pay_sumamt,acct_pay,"
    "fixmedins_setl_cnt,stmt_rslt"
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"{RESULT}\n6399000065,639900000001,639900000001,m,000000,0,,1000,700,0", "3202 对账结果"),
        (f"{SUMS}\n390,21,639901,2024-10-01,2024-10-31,1000,700,0,1,000000", "3201 对账汇总"),
    ],
)
def test_results_and_sums_are_known_by_their_heads(text: str, name: str, tmp_path: Path) -> None:
    reading = read(tmp_path, {"住院.csv": LIST, "结果.csv": text.encode()})
    assert not reading.problems
    assert f"结果.csv：是{name}，" in reading.warnings[0]


@pytest.mark.parametrize("rows", [[settlement(1)], [[1, 2, 3]], [["张三", person(1), "五保户"]]])
def test_other_tables_without_a_header_are_no_statements(
    rows: list[list[object]], tmp_path: Path
) -> None:
    reading = read(tmp_path, {"住院.csv": LIST, "别的.csv": csv_bytes(rows)})
    assert [problem.file for problem in reading.problems] == ["别的.csv"]
