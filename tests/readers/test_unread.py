"""No amount is passed over in silence: what a column that nobody reads does to the run (FI03)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from onestop_cli.county.settings import FileLayout, Settings
from onestop_cli.readers.stays import read_stays
from onestop_cli.tables.reading import Reading
from tests.made.reader_files import HEADER, HOSPITALS, csv_bytes, stay, written

TOTALS = ("1000.00", "2000.00", "3000.00", "4000.00")


def with_column(
    tmp_path: Path,
    title: str,
    cells: Sequence[object],
    *,
    settings: Settings | None = None,
    layers: Sequence[str] | None = None,
    extra: dict[str, list[str]] | None = None,
) -> Reading:
    """Four stays, paid by insurance and patient in full, and one more column."""
    half = [f"{float(total) / 2:.2f}" for total in TOTALS]
    rows = [
        [*stay(n, 总费用=total, 新农合补偿=paid, 个人自付=paid, 医疗救助=""), cell]
        for n, (total, paid, cell) in enumerate(zip(TOTALS, half, cells, strict=False), 1)
    ]
    written(tmp_path, {"a.csv": csv_bytes([[*HEADER, title], *rows])})
    return read_stays([tmp_path], settings or Settings(), HOSPITALS, extra, (), layers)


def told(reading: Reading) -> list[str]:
    return reading.findings["message"].to_list()


def test_a_column_of_amounts_that_nobody_reads_is_named_with_its_sum(tmp_path: Path) -> None:
    reading = with_column(tmp_path, "杂项", ["1.50", "", "0", "20"])
    assert not reading.problems
    assert told(reading) == ["“杂项”（O 列）2 行有金额，合计 21.50 元，没有读入"]
    assert reading.findings.row(0, named=True)["code"] == "FI03"


PAYERS = [
    "工会补助",
    "慈善总会救济款",
    "县财政报销",
    "村委会付",
    "工伤基金",
    "统筹二",
    "乡里垫的钱",
    "计生减免金",
]


@pytest.mark.parametrize("title", PAYERS)
def test_a_title_with_the_words_of_a_payer_stops_the_run(title: str, tmp_path: Path) -> None:
    reading = with_column(tmp_path, title, ["1.50"])
    (problem,) = reading.problems
    assert f"“{title}”（O 列）1 行有金额，合计 1.50 元，没有读入" in problem.what
    assert f'ignore = ["{title}"]' in problem.remedy
    assert f"--ignore {title}" in problem.remedy
    assert f'= "{title}" }}' in problem.remedy


def test_all_stops_are_said_at_once(tmp_path: Path) -> None:
    rows = [[*HEADER, "工会补助", "村委会付"], [*stay(1), "5", "6"]]
    written(tmp_path, {"a.csv": csv_bytes(rows), "b.csv": csv_bytes([*rows, [*stay(2), "7", "8"]])})
    problems = read_stays([tmp_path], Settings(), HOSPITALS).problems
    said = [(p.file, p.what.split("”")[0]) for p in problems]
    assert said == [
        (f, f"金额列“{t}") for f in ("a.csv", "b.csv") for t in ("工会补助", "村委会付")
    ]


def completing(tmp_path: Path, title: str, rows: int, wrong: int = 0, **more: object) -> Reading:
    """Stays of which the insurance pays half, the patient a quarter, and the column the rest."""
    cells = [
        [*stay(n, 总费用="1000", 新农合补偿="500", 个人自付="250"), "250" if n > wrong else "99"]
        for n in range(1, rows + 1)
    ]
    written(tmp_path, {"a.csv": csv_bytes([[*HEADER, title], *cells])})
    return read_stays([tmp_path], Settings(), HOSPITALS, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("rows", "wrong", "stops"), [(3, 0, 1), (2, 0, 0), (20, 1, 1), (20, 2, 0)])
def test_a_column_that_completes_the_bill_stops_the_run(
    rows: int, wrong: int, stops: int, tmp_path: Path
) -> None:
    """On 95 % of the rows where it is not 0, and on three at least while no layer's column is lacking."""
    reading = completing(tmp_path, "杂项", rows, wrong)
    assert len(reading.problems) == stops
    if stops:
        assert "正好等于总费用" in reading.problems[0].what


def without(field: str, title: str, rows: int, cell: str, **cells: object) -> list[list[object]]:
    """Stays whose column `field` is called `title`; 总费用 1000, 可补偿费用 800, 新农合 560, 医疗救助 264, 自付 176."""
    whole = {
        "总费用": "1000",
        "可补偿费用": "800",
        "新农合补偿": "560",
        "医疗救助": "264",
        "个人自付": "176",
    }
    header = [title if name == field else name for name in HEADER]
    return [header, *(stay(n, **whole | {field: cell} | cells) for n in range(1, rows + 1))]


LACKING = [
    ("医疗救助", "杂项", "264", "正好等于总费用"), ("新农合补偿", "NCMS", "560", "正好等于总费用"),
    ("新农合补偿", "医院垫付", "560", "有人支付"), ("可补偿费用", "核准费用", "800", "没有“可补偿费用”"),
    ("可补偿费用", "补偿基数", "800", "没有“可补偿费用”"), ("可补偿费用", "甲乙类费用", "800", "没有“可补偿费用”"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "title", "cell", "why"), LACKING)
def test_where_a_column_is_lacking_one_row_stops_the_run(
    field: str, title: str, cell: str, why: str, tmp_path: Path
) -> None:
    """Its claims would all be taken for nothing, or more be paid up to a bound."""
    written(tmp_path, {"a.csv": csv_bytes(without(field, title, 1, cell))})
    (problem,) = read_stays([tmp_path], Settings(), HOSPITALS).problems
    assert why in problem.what
    assert title in problem.remedy


def test_a_known_number_that_is_the_lacking_share_stops_the_run_on_three_rows(
    tmp_path: Path,
) -> None:
    for rows, stops in ((3, 1), (2, 0)):
        written(tmp_path, {"a.csv": csv_bytes(without("医疗救助", "累计补偿", rows, "264"))})
        assert len(read_stays([tmp_path], Settings(), HOSPITALS).problems) == stops


NOT_ELIGIBLE = [
    ("补偿基数", "1200"),
    ("核准费用", "300"),
    ("救助基数", "800"),
    ("药品费", "800"),
    ("杂项", "800"),
]


@pytest.mark.parametrize(("title", "cell"), NOT_ELIGIBLE)
def test_a_list_without_eligible_cost_is_not_refused_for_other_numbers(
    title: str, cell: str, tmp_path: Path
) -> None:
    """More than the bill, less than the insurance paid, or no word for it."""
    written(tmp_path, {"a.csv": csv_bytes(without("可补偿费用", title, 4, cell))})
    assert not read_stays([tmp_path], Settings(), HOSPITALS).problems


KNOWN = [
    ("床位费", "100"), ("西药费", "100"), ("检查费", "100"), ("抢救费", "100"), ("救护车费", "100"), ("护理费", "88"),
    ("CT费", "200"), ("其他费用", "100"), ("中草药费", "9"), ("卫生材料费", "9"), ("一次性材料费", "3"),
    ("救助基数", "500"), ("进入医疗救助金额", "500"), ("已使用普通住院", "500"), ("本年累计补偿", "500"),
    ("补偿比例", "70"), ("救助人数", "3"), ("预交金", "500"), ("已交押金", "500"), ("应退金额", "324"),
    ("退补金额", "30"), ("日均费用", "142.86"), ("补液费", "10"), ("垫付标志", "1"), ("救助标志", "1"),
    ("年龄", "63"), ("住院天数", "7"), ("联系电话", "13900000000"), ("救助证号", "123456"), ("账户余额", "80"),
    ("大病合规费用", "900"), ("补助标准", "30"), ("封顶线", "6000"), ("起付线", "200"), ("商业保险金额", "20"),
]  # fmt: skip


@pytest.mark.parametrize(("title", "cell"), KNOWN)
def test_known_numbers_are_no_unread_amounts(title: str, cell: str, tmp_path: Path) -> None:
    reading = with_column(tmp_path, title, [cell] * 4)
    assert not reading.problems
    assert told(reading) == []


NUMBERS = [
    ("补录", ["1", "2", "3", "4"]),
    ("救济电话号", ["13911110000", "13911110001", "13911110002", "13911110003"]),
    ("报销人", ["13911110000", "13911110000", "13911110007", "13911110003"]),
    ("占比数", ["0.25", "0.5", "1", "0.75"]),
    ("", ["63", "71", "8", "12"]),
    ("补发", ["0", "0.00", "", "—"]),
    ("报告", ["见附件", "无", "另附", "5"]),
]


@pytest.mark.parametrize(("title", "cells"), NUMBERS)
def test_ordinals_phones_ages_ratios_texts_and_noughts_are_no_amounts(
    title: str, cells: list[str], tmp_path: Path
) -> None:
    reading = with_column(tmp_path, title, cells)
    assert not reading.problems
    assert told(reading) == []


def test_half_of_the_filled_cells_make_a_column_of_amounts(tmp_path: Path) -> None:
    assert with_column(tmp_path, "补发", ["5.5", "见附件", "", "—"]).problems


def test_a_column_without_a_header_is_named_by_its_letter(tmp_path: Path) -> None:
    reading = with_column(tmp_path, "", ["512.30", "601.20", "", "700.10"])
    assert told(reading) == ["“O列”（O 列）3 行有金额，合计 1,813.60 元，没有读入"]
    settings = Settings(layout=(FileLayout(file="a.csv", ignore=("O列",)),))
    assert not told(with_column(tmp_path, "", ["512.30"], settings=settings))


def test_whole_yuan_under_no_title_are_amounts_too(tmp_path: Path) -> None:
    """Ages and days, years and numbers that grow downwards are none."""
    reading = with_column(tmp_path, "", ["500", "700.00", "", "600"])
    assert told(reading) == ["“O列”（O 列）3 行有金额，合计 1,800.00 元，没有读入"]
    for counted in (["1950", "1940", "", "2010"], ["500", "600", "900", "1200"]):
        assert not told(with_column(tmp_path, "", counted)), counted


def test_a_column_without_a_header_that_completes_the_bill_stops_the_run(tmp_path: Path) -> None:
    (problem,) = completing(tmp_path, "", 3).problems
    assert "“O列”（O 列）3 行有金额，合计 750.00 元" in problem.what
    assert "正好等于总费用" in problem.what


def test_a_layout_names_a_column_without_a_header_by_its_letter(tmp_path: Path) -> None:
    """As the line says that a stop has ready."""
    named = Settings(layout=(FileLayout(file="*.csv", columns={"其他支付": "O列"}),))
    reading = with_column(tmp_path, "", ["512"], settings=named)
    assert not reading.problems
    assert reading.rows["other_claimed_fen"][0] == 51200


def test_a_sum_of_what_is_read_says_nothing_new(tmp_path: Path) -> None:
    rows = [[*stay(n, 新农合补偿=f"{n}00", 医疗救助="50"), f"{n}50"] for n in (1, 2, 3)]
    written(tmp_path, {"a.csv": csv_bytes([[*HEADER, "补偿救助合计"], *rows])})
    reading = read_stays([tmp_path], Settings(), HOSPITALS)
    assert not reading.problems
    assert told(reading) == []


def test_a_sum_that_is_more_than_what_is_read_stops_the_run(tmp_path: Path) -> None:
    rows = [[*stay(n, 新农合补偿=f"{n}00", 医疗救助="50"), f"{n}60"] for n in (1, 2, 3)]
    written(tmp_path, {"a.csv": csv_bytes([[*HEADER, "补偿救助合计"], *rows])})
    assert len(read_stays([tmp_path], Settings(), HOSPITALS).problems) == 1


def test_a_layer_that_the_run_has_not_counts_as_unread(tmp_path: Path) -> None:
    cells = ["10", "20", "", "0"]
    reading = with_column(tmp_path, "大病保险", cells, layers=["basic", "assistance"])
    assert told(reading) == ["“大病保险”（O 列）2 行有金额，合计 30.00 元，没有读入"]
    assert not told(with_column(tmp_path, "大病保险", cells, layers=["basic", "critical"]))
    assert not told(with_column(tmp_path, "大病保险", ["0", ""], layers=["basic"]))


def test_what_a_layout_says_settles_it(tmp_path: Path) -> None:
    ignored = Settings(layout=(FileLayout(file="*.csv", ignore=("村委会付",)),))
    reading = with_column(tmp_path, "村委会付", ["5"], settings=ignored)
    assert not reading.problems
    assert told(reading) == []
    named = Settings(layout=(FileLayout(file="*.csv", columns={"其他支付": "村委会付"}),))
    reading = with_column(tmp_path, "村委会付", ["5"], settings=named)
    assert not reading.problems
    assert reading.rows["other_claimed_fen"][0] == 500


def test_a_column_that_a_document_reads_is_read(tmp_path: Path) -> None:
    extra = {"aid": ["工会补助"]}
    assert not with_column(tmp_path, "工会补助", ["5"], extra=extra).problems


def test_blocks_of_a_layout_are_read_together() -> None:
    """What was saved later is meant; what only an earlier block names may have gone since."""
    first = FileLayout(
        file="*.csv", columns={"总费用": "花费", "医疗救助": "民政"}, unit="角", skip=True
    )
    second = FileLayout(file="a*.csv", columns={"总费用": "总花费", "其他支付": "民政"})
    third = FileLayout(file="a.csv", ignore=("杂项",))
    both = Settings(layout=(first, second, third)).layout_for("a.csv", None)
    assert both is not None
    assert both.columns == {"总费用": "总花费", "其他支付": "民政"}
    assert (both.unit, both.skip, both.ignore) == ("角", False, ("杂项",))
    older = Settings(layout=(first, third)).layout_for("a.csv", None)
    assert older is not None
    assert older.skip
    alone = FileLayout(file="*", columns={"总费用": "花费", "大病保险": "大病"})
    newer = FileLayout(file="*", columns={"总费用": "总花费"}).over(alone)
    assert newer.may_be_absent == {"大病保险"}
