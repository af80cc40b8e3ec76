"""参保激励名单: what it says is read whole, and every row that cannot be used is named."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from onestop_cli.core.identify import make_id
from onestop_cli.errors import CannotRun
from onestop_cli.readers.insured_list import read_insured
from onestop_cli.readers.own_forms import INSURED

SOMEBODY, OTHER = make_id("63990119700101001"), make_id("63990119700101002")


def listed(folder: Path, *rows: dict[str, str]) -> Path:
    path = folder / "参保激励名单.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*INSURED.titles])
        writer.writeheader()
        writer.writerows(
            {"身份证号": SOMEBODY, "姓名": "张三", "连续参保年数": "5", **row} for row in rows
        )
    return path


def test_years_amounts_and_days_are_read(tmp_path: Path) -> None:
    found = read_insured(
        [
            listed(
                tmp_path,
                {"连续参保年数": "5年", "提高限额": "2,000.50", "终止日期": "2025-06-30"},
                {"连续参保年数": "", "提高限额": "0", "起始日期": "2025年7月1日"},
                {"身份证号": f" {OTHER.lower()}", "姓名": "李 四", "连续参保年数": "12.0"},
            )
        ]
    )
    assert found.rows.rows() == [
        (SOMEBODY, "张三", 5, 200_050, None, date(2025, 6, 30)),
        (SOMEBODY, "张三", None, 0, date(2025, 7, 1), None),
        (OTHER, "李四", 12, None, None, None),
    ]
    assert [(name, rows) for name, _, rows in found.files] == [("参保激励名单.csv", 3)]


REFUSED = {
    "no id": ({"身份证号": "639901197001010019"}, "身份证号不能用"),
    "no name": ({"姓名": ""}, "姓名为空"),
    "no whole years": ({"连续参保年数": "五年多"}, "连续参保年数“五年多”不是 0 到 99 的整年数"),
    "no amount": ({"提高限额": "一千"}, "提高限额“一千”不是金额，或是负数"),
    "less than nothing": ({"提高限额": "-1"}, "不是金额，或是负数"),
    "nothing said": ({"连续参保年数": ""}, "连续参保年数和提高限额都是空的"),
    "no day": ({"起始日期": "年初"}, "起始日期“年初”"),
    "an end before the beginning": (
        {"起始日期": "2025-02-01", "终止日期": "2025-01-31"}, "终止日期早于起始日期",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_a_row_that_cannot_be_used_is_named(what: str, tmp_path: Path) -> None:
    row, sentence = REFUSED[what]
    with pytest.raises(CannotRun) as refused:
        read_insured([listed(tmp_path, row)])
    (problem,) = refused.value.problems
    assert sentence in problem.what
    assert problem.row == 2


def test_all_rows_are_told_at_once_and_days_of_one_person_do_not_meet(tmp_path: Path) -> None:
    rows = ({"终止日期": "2025-06-30"}, {"起始日期": "2025-06-30"}, {"姓名": ""})
    with pytest.raises(CannotRun) as refused:
        read_insured([listed(tmp_path, *rows)])
    assert [(p.row, p.what) for p in refused.value.problems] == [
        (4, "姓名为空"),
        (3, "同一人的起止日期与第 2 行重叠"),
        (4, "同一人的起止日期与第 2 行重叠"),
        (4, "同一人的起止日期与第 3 行重叠"),
    ]


def test_days_that_meet_in_two_lists_name_the_other_list(tmp_path: Path) -> None:
    one = listed(tmp_path, {}).rename(tmp_path / "去年.csv")
    with pytest.raises(CannotRun) as refused:
        read_insured([one, listed(tmp_path, {})])
    (problem,) = refused.value.problems
    assert problem.file == "参保激励名单.csv"
    assert problem.what == "同一人的起止日期与去年.csv 第 2 行重叠"


def test_another_table_is_no_such_list(tmp_path: Path) -> None:
    (tmp_path / "名单.csv").write_text("证号,名字\n1,2\n", "utf-8")
    with pytest.raises(CannotRun) as refused:
        read_insured([tmp_path / "名单.csv"])
    assert "没有找到参保激励名单的表头" in refused.value.problems[0].what
