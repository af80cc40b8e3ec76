"""Sums over the columns of a settlement export: which hold, on how many rows, and what breaks them."""

from __future__ import annotations

from pathlib import Path

from onestop_cli.batch.inspect import InspectOptions, inspect
from onestop_cli.readers.layout.identities import sentence, together
from tests.made.reader_files import csv_bytes, person, read, written

_TITLES = """
就诊ID 人员姓名 证件号码 定点医药机构名称 开始日期 结束日期 总费用 全自费金额 超限价自费费用 先行自付金额 范围内费用
统筹基金支出 医疗救助支出 基金支付总额 个人负担总金额 个人账户支出 个人现金支付 医院负担金额
"""
HEADER = _TITLES.split()


def row(number: int, **cells: str) -> list[object]:
    said = dict(
        zip(
            HEADER,
            [f"V{number}", "张三", person(number), "省立医院", "2024-10-01", "2024-10-05", "1000", "100", "20",
             "30", "850", "500", "200", "700", "290", "90", "200", "10"],
            strict=True,
        )
    )  # fmt: skip
    assert not cells.keys() - said.keys()
    return list((said | cells).values())


def proven(tmp_path: Path, *rows: list[object]) -> list[str]:
    reading = read(tmp_path, {"a.csv": csv_bytes([HEADER, *rows])})
    assert not reading.problems, reading.problems
    return [sentence(proof) for _, proof in reading.proofs]


def test_all_four_sums_hold_in_a_right_export(tmp_path: Path) -> None:
    assert proven(tmp_path, row(1), row(2)) == [
        "可补偿费用 = 总费用 − 全自费 − 超限价 − 先行自付：2 行，都相符",
        "基金支付总额 = 各项基金之和：2 行，都相符",
        "总费用 = 基金支付总额 + 个人负担 + 医院负担：2 行，都相符",
        "个人负担 = 个人账户 + 账户共济 + 现金：2 行，都相符",
    ]


def test_aid_by_tilt_is_one_of_the_funds(tmp_path: Path) -> None:
    lines = [[*HEADER, "倾斜救助"], [*row(1, 基金支付总额="750"), "50"]]
    reading = read(tmp_path, {"a.csv": csv_bytes(lines)})
    assert "基金支付总额 = 各项基金之和：1 行，都相符" in [sentence(p) for _, p in reading.proofs]


def test_a_row_that_breaks_a_sum_is_named_with_what_it_is_off_by(tmp_path: Path) -> None:
    told = proven(tmp_path, row(1), row(2, 范围内费用="860.50"), row(3))
    assert told[0].endswith("3 行中 2 行相符；第 3 行差 10.50")
    assert all(line.endswith("都相符") for line in told[1:])


def test_many_broken_rows_are_not_all_named(tmp_path: Path) -> None:
    told = proven(tmp_path, *(row(n, 基金支付总额="699") for n in range(1, 8)))
    assert told[1].endswith(
        "7 行中 0 行相符；第 2 行差 -1.00、第 3 行差 -1.00、第 4 行差 -1.00、第 5 行差 -1.00、第 6 行差 -1.00 等"
    )


def test_a_sum_is_only_tried_where_its_columns_are(tmp_path: Path) -> None:
    kept = [
        n
        for n, title in enumerate(HEADER)
        if title not in ("超限价自费费用", "基金支付总额", "个人账户支出")
    ]
    header, cells = ([line[n] for n in kept] for line in (HEADER, row(1)))
    assert not read(tmp_path, {"a.csv": csv_bytes([header, cells])}).proofs


def test_a_run_tells_each_sum_once_over_all_files(tmp_path: Path) -> None:
    files = {
        "a.csv": csv_bytes([HEADER, row(1), row(2)]),
        "b.csv": csv_bytes([HEADER, row(3, 基金支付总额="701")]),
    }
    told = list(together(read(tmp_path, files).proofs))
    assert len(told) == 4
    assert told[0].endswith("：3 行，都相符")
    assert told[1] == "验算 基金支付总额 = 各项基金之和：3 行中 2 行相符；b.csv 第 2 行差 1.00"


def test_inspect_says_which_sums_hold_and_what_breaks_the_others(
    tmp_path: Path, monkeypatch, capsys
) -> None:
    monkeypatch.chdir(written(tmp_path, {"a.csv": csv_bytes([HEADER, row(1, 基金支付总额="701")])}))
    inspect(InspectOptions([Path("a.csv")]))
    shown = "".join(capsys.readouterr().out.split())
    assert "验算可补偿费用=总费用−全自费−超限价−先行自付：1行，都相符" in shown
    assert "请留意：验算基金支付总额=各项基金之和：1行中0行相符；第2行差1.00" in shown
