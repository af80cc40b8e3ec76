"""The running bill of a stay: a table of days, exact and complete or refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from onestop_cli.errors import CannotRun
from onestop_cli.readers.running_bill import Day, read_running_bill


@pytest.fixture
def bill(tmp_path: Path):
    def written(*lines: str) -> Path:
        path = tmp_path / "每天.csv"
        path.write_text("\n".join(lines), "utf-8-sig")
        return path

    return written


def refused(path: Path) -> list[str]:
    with pytest.raises(CannotRun) as caught:
        read_running_bill(path)
    return [f"{problem.row or ''}{problem.what}" for problem in caught.value.problems]


def test_rows_of_a_day_are_added_up_and_days_stand_in_order(bill) -> None:
    path = bill(
        "示例县医院费用清单",
        "日期,项目,总费用（元）,可补偿费用", "2010.11.2,药,800.50,700", "2010-11-01,床,\"1,200\",900",
        "2010年11月2日,床,100,0", "合计,,2100.50,1600",
    )  # fmt: skip
    assert read_running_bill(path) == (
        Day(date(2010, 11, 1), 120_000, 90_000),
        Day(date(2010, 11, 2), 90_050, 70_000),
    )


def test_a_bill_without_an_eligible_column_is_read(bill) -> None:
    assert read_running_bill(bill("日期,费用", "2010-11-01,10")) == (
        Day(date(2010, 11, 1), 1_000, None),
    )


def test_a_day_may_give_back_what_an_earlier_one_cost(bill) -> None:
    days = read_running_bill(bill("日期,费用", "2010-11-01,10", "2010-11-02,-4"))
    assert [one.total for one in days] == [1_000, -400]


def test_everything_that_cannot_be_read_is_told_at_once(bill) -> None:
    path = bill(
        "日期,费用,可补偿费用", "十一月初,10,5", ",10,5", "2010-11-03,约10,5",
        "2010-11-03,10,",
        "2010-11-04,10,5", "合计,11,5",
    )  # fmt: skip
    assert refused(path) == [
        "2日期“十一月初”看不懂",
        "3没有日期",
        "4总费用或可补偿费用空着，或不是金额",
        "5总费用或可补偿费用空着，或不是金额",
        "7合计不等于以上各行之和",
    ]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("您好",), "没有找到每天费用表"),
        (("日期,累计费用", "2010-11-01,10"), "没有找到每天费用表"),
        (("日期,费用",), "每天费用表里没有一天"),
        (
            ("日期,费用,可补偿费用", "2010-11-01,10,11"),
            "到 2010-11-01 为止，可补偿费用大于总费用，或退费多于费用",
        ),
        (
            ("日期,费用", "2010-11-01,10", "2010-11-02,-11"),
            "到 2010-11-02 为止，可补偿费用大于总费用，或退费多于费用",
        ),
    ],
)
def test_what_is_no_running_bill_is_refused(bill, lines: tuple[str, ...], said: str) -> None:
    assert refused(bill(*lines)) == [said]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert len(refused(tmp_path / "没有.csv")) == 1
