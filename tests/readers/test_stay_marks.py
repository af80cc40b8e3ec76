"""What a row says of itself: numbers, moment of settlement, kind of visit, and whether it stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from onestop_cli.county.settings import FileLayout, Settings, Synonyms
from onestop_cli.readers.stays import read_stays
from tests.made.reader_files import HEADER, HOSPITALS, csv_bytes, person, read, stay, xlsx_bytes

_FIELDS = """
就诊ID mdtrt_id · 结算ID setl_id · 人员编号 psn_no · 人员姓名 psn_name · 证件号码 certno · 险种类型 insutype
人员类别 psn_type · 参保地医保区划 insu_admdvs · 定点医药机构编号 fixmedins_code · 定点医药机构名称 fixmedins_name
医疗类别 med_type · 开始日期 begndate · 结束日期 enddate · 结算时间 setl_time · 医疗费总额 medfee_sumamt
符合政策范围金额 inscp_scp_amt · 基本医疗保险统筹基金支出 hifp_pay · 医疗救助基金支出 maf_pay
基金支付总额 fund_pay_sumamt · 个人负担总金额 psn_part_amt · 个人账户支出 acct_pay · 现金支付金额 psn_cash_pay
结算类别 setl_type · 退费结算标志 refd_setl_flag
"""
PLATFORM, CODES = (_FIELDS.replace("·", "").split()[half::2] for half in (0, 1))


def settlement(**cells: object) -> list[object]:
    """A row under `PLATFORM`, numbers as text with the tab that keeps them so."""
    row = dict(
        zip(
            PLATFORM,
            (
                "639900000001\t", "639900000000001\t", "6399000065", "甲一", person(1), "390", "15",
                "639901", "H63990100001", "示例县人民医院", "21", "2024-10-02 00:00:00",
                "2024-10-08 00:00:00", "2024-10-08 09:12:33", "1000.00", "900.00", "600.00", "200.00",
                "800.00", "200.00", "50.00", "150.00", "2", "0",
            ),
            strict=True,
        )
    )  # fmt: skip
    assert not cells.keys() - row.keys()
    return list((row | cells).values())


moment = datetime.fromisoformat


def rows_of(tmp_path: Path, rows: Sequence[Sequence[object]], header: Sequence[str] = PLATFORM):
    reading = read(tmp_path, {"a.csv": csv_bytes([header, *rows])})
    assert not reading.problems, reading.problems
    return reading.rows.to_dicts()


@pytest.mark.parametrize("header", [PLATFORM, CODES, [code.upper() for code in CODES]])
def test_an_export_of_the_platform_is_read_by_names_and_by_codes(
    header: Sequence[str], tmp_path: Path
) -> None:
    (row,) = rows_of(tmp_path, [settlement()], header)
    assert {name: row[name] for name in EXPECTED} == EXPECTED
    assert row["date_fault"] is row["amount_fault"] is None


EXPECTED: dict[str, Any] = {
    "stay_no": "639900000001",
    "visit_no": "639900000001",
    "settlement_no": "639900000000001",
    "person_no": "6399000065",
    "hospital_code": "H63990100001",
    "hospital_raw": "示例县人民医院",
    "insured_area": "639901",
    "scheme_raw": "390",
    "visit_raw": "21",
    "inpatient": True,
    "setl_type": "2",
    "refund_flag": False,
    "admitted_on": date(2024, 10, 2),
    "discharged_on": date(2024, 10, 8),
    "settled_on": date(2024, 10, 8),
    "settled_at": moment("2024-10-08 09:12:33"),
    "total_fen": 100_000,
    "eligible_fen": 90_000,
    "basic_claimed_fen": 60_000,
    "assistance_claimed_fen": 20_000,
    "fund_total_fen": 80_000,
    "self_claimed_fen": 20_000,
    "account_fen": 5_000,
}


NONE = [
    "无",
    "/",
    "—",
    "*",
    "待补",
    "待补录",
    "同上",
    "00-00",
    "0",
    "0000",
    "2.0101E+17",
    "#",
    "#N/A",
    "2010-10-08",
    "2010年10月8日",
]


@pytest.mark.parametrize("text", NONE)
def test_what_only_stands_where_a_number_should_is_no_number(text: str, tmp_path: Path) -> None:
    reading = read(tmp_path, {"a.csv": csv_bytes([HEADER, stay(住院号=text)])})
    assert reading.rows["stay_no"].to_list() == [None]


@pytest.mark.parametrize("cell", [2.0101008e17, date(2010, 10, 8)])
def test_a_long_number_cell_or_a_day_is_no_stay_number(cell: object, tmp_path: Path) -> None:
    reading = read(tmp_path, {"a.xlsx": xlsx_bytes([HEADER, stay(住院号=cell)])})
    assert reading.rows["stay_no"].to_list() == [None]


@pytest.mark.parametrize("cell", ["ZY-001", "001", "案000-0", 123456789012345, "20101008"])
def test_a_number_of_digits_is_one(cell: object, tmp_path: Path) -> None:
    reading = read(tmp_path, {"a.xlsx": xlsx_bytes([HEADER, stay(住院号=cell)])})
    assert reading.rows["stay_no"].to_list() == [str(cell)]


def test_a_county_adds_its_own_words_for_no_number(tmp_path: Path) -> None:
    settings = Settings(synonyms=Synonyms(no_number=("补2",)))
    reading = read(tmp_path, {"a.csv": csv_bytes([HEADER, stay(住院号="补 2")])}, settings)
    assert reading.rows["stay_no"].to_list() == [None]


def test_the_hospitals_number_comes_first_and_the_clinics_after_the_visits(tmp_path: Path) -> None:
    header = [*PLATFORM, "住院号", "住院/门诊号"]
    rows = [
        [*settlement(), "ZY1", "MZ1"],
        [*settlement(), "无", "MZ1"],
        [*settlement(就诊ID=""), "", "MZ1"],
    ]
    found = rows_of(tmp_path, rows, header)
    assert [row["stay_no"] for row in found] == ["ZY1", "639900000001", "MZ1"]
    assert [row["visit_no"] for row in found] == ["639900000001", "639900000001", None]


MOMENTS = [
    ("2024-10-08 09:12:33", moment("2024-10-08 09:12:33")),
    ("2024/10/8 15:02", moment("2024-10-08 15:02:00")),
    ("20241008091233", moment("2024-10-08 09:12:33")),
    ("2024-10-08 00:00:00", None),
    ("2024-10-08", None),
]


@pytest.mark.parametrize(("text", "moment"), MOMENTS)
def test_the_clock_of_the_settlement_is_read(
    text: str, moment: datetime | None, tmp_path: Path
) -> None:
    (row,) = rows_of(tmp_path, [settlement(结算时间=text)])
    assert (row["settled_on"], row["settled_at"]) == (date(2024, 10, 8), moment)


def test_a_clock_in_a_date_cell_is_read(tmp_path: Path) -> None:
    cells = [HEADER, stay(结算日期=moment("2010-10-09 14:30:00"))]
    reading = read(tmp_path, {"a.xlsx": xlsx_bytes(cells)})
    assert reading.rows["settled_at"].to_list() == [moment("2010-10-09 14:30:00")]


def test_a_clock_beside_the_day_of_settlement_belongs_to_it(tmp_path: Path) -> None:
    rows = [
        [*settlement(结算时间=text), "2024-10-08"] for text in ("15:02:44", "2024-10-09 10:00:00")
    ]
    found = rows_of(tmp_path, rows, [*PLATFORM, "结算日期"])
    assert [row["settled_on"] for row in found] == [date(2024, 10, 8)] * 2
    assert [row["settled_at"] for row in found] == [moment("2024-10-08 15:02:44"), None]
    assert [row["date_fault"] for row in found] == [None, None]


def test_a_moment_nobody_can_read_is_a_fault_of_the_row(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, [settlement(结算时间="月底")])
    assert "结算时间“月底”" in row["date_fault"]


FLAGS = [
    ("退费结算标志", "0", False), ("退费结算标志", "1", True), ("退费结算标志", "001", True),
    ("退费结算标志", "000", False), ("退费结算标志", "是", True), ("退费结算标志", "否", False),
    ("是否退费", "未退费", False), ("冲红类别", "正常", False), ("冲红类别", "冲红", True), ("冲红类别", "02", True),
    ("退费标志", "", False), ("退费标志", "已退费", True), ("退费标志", "2", True), ("交易类型", "1", False),
    ("交易类型", "-1", True), ("结算状态", "已结算", False), ("结算状态", "已退费", True), ("有效标志", "1", False),
    ("有效标志", "0", True), ("备注", "退费", True), ("备注", "冲红", True), ("备注", "（已作废）", True),
    ("备注", "作废", True), ("退费日期", "2010-10-20", True), ("退费日期", "", False),
    ("作废日期", "0000-00-00", False), ("冲红原因", "重复结算", True), ("是否作废", "是", True),
    ("作废标志", "0", False), ("撤销标志", "1", True), ("是否退款", "否", False), ("冲正标志", "Y", True),
    ("状态", "已冲红", True), ("状态", "已取消", True), ("状态", "正常", False), ("票据状态", "作废", True),
    ("业务类型", "退费", True), ("结算类型", "退费结算", True), ("结算类型", "出院结算", False),
    ("单据类型", "红字", True), ("治疗结果", "无效", False), ("治疗状态", "无效", False), ("退费标志", "不退", False),
    ("退费标志", "×", False), ("备注", "该笔已退费", True), ("备注", "此单作废", True),
    ("备注", "系统错误，已冲销", True), ("备注", "退费：2010-10-20", True), ("备注", "10月20日已退", True),
    ("备注", "退费（重复）", True), ("备注", "未退费", False), ("备注", "押金已退", False),
    ("备注", "退伍军人", False), ("备注", "退休", False), ("备注", "冲红重开", False),
    ("备注", "退费后重新结算", False), ("备注", "", False), ("备注", "外伤", False),
]  # fmt: skip


@pytest.mark.parametrize(("title", "cell", "flagged"), FLAGS)
def test_a_row_that_is_taken_back_is_known_by_its_column_or_its_remark(
    title: str, cell: str, flagged: bool, tmp_path: Path
) -> None:
    rows = [[*HEADER, title], [*stay(), cell]]
    reading = read(tmp_path, {"a.csv": csv_bytes(rows)})
    assert reading.rows["refund_flag"].fill_null(value=False).to_list() == [flagged]


def test_any_of_several_columns_may_say_that_a_row_is_taken_back(tmp_path: Path) -> None:
    rows = [[*HEADER, "冲红标志", "退费标志"], [*stay(), "否", "是"]]
    assert read(tmp_path, {"a.csv": csv_bytes(rows)}).rows["refund_flag"].to_list() == [True]


REMARKS = [
    ("退费后重新结算", True), ("冲红重开", True), ("重复上报", True), ("押金已退费", False), ("没有退费", False),
    ("", False),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "named"), REMARKS)
def test_a_remark_that_speaks_of_a_refund_beside_other_words_is_named(
    remark: str, named: bool, tmp_path: Path
) -> None:
    reading = read(tmp_path, {"a.csv": csv_bytes([[*HEADER, "备注"], [*stay(), remark]])})
    assert reading.rows["refund_flag"].to_list() == [False]
    told = [text for text in reading.warnings if f"第 2 行“{remark}”" in text]
    assert len(told) == named


def test_without_a_column_nobody_says_whether_a_row_is_taken_back(tmp_path: Path) -> None:
    reading = read(tmp_path, {"a.csv": csv_bytes([HEADER, stay()])})
    assert reading.rows.select("refund_flag", "inpatient", "setl_type").row(0) == (None, None, None)


KINDS = [
    ("普通住院", True), ("21", True), ("2105", True), ("52", True), ("日间手术", True), ("急诊转住院", True),
    ("住院", True), ("门诊慢特病", False), ("140104", False), ("9929", False), ("门诊单病种", False),
    ("药店购药", False), ("普通门诊", False), ("两病", None), ("27", None), ("", None),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "inpatient"), KINDS)
def test_a_visit_is_told_from_a_stay(cell: str, inpatient: bool | None, tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, [settlement(医疗类别=cell)])
    assert row["inpatient"] is inpatient


@pytest.mark.parametrize(
    ("cell", "kind"), [("1", "1"), ("中心报销", "1"), ("联网结算", "2"), ("3", "3"), ("特殊", None)]
)
def test_the_kind_of_settlement_is_its_code(cell: str, kind: str | None, tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, [settlement(结算类别=cell)])
    assert row["setl_type"] == kind


@pytest.mark.parametrize(("cell", "kind"), [("是", "1"), ("1", "1"), ("否", None), ("", None)])
def test_what_the_centre_paid_by_hand_may_have_a_column_of_its_own(
    cell: str, kind: str | None, tmp_path: Path
) -> None:
    rows = [[*settlement(结算类别=""), cell], [*settlement(结算ID="2"), cell]]
    found = rows_of(tmp_path, rows, [*PLATFORM, "中心报销"])
    assert [row["setl_type"] for row in found] == [kind, "2"]


def test_what_the_patient_bore_is_cash_and_accounts_where_no_column_says_the_whole(
    tmp_path: Path,
) -> None:
    kept = [n for n, title in enumerate(PLATFORM) if title != "个人负担总金额"]
    header, row = ([line[n] for n in kept] for line in (PLATFORM, settlement()))
    (found,) = rows_of(tmp_path, [row], header)
    assert (found["self_claimed_fen"], found["account_fen"]) == (20_000, 5_000)


def test_a_self_pay_that_leaves_the_accounts_out_is_known_by_the_bill(tmp_path: Path) -> None:
    header = ["个人自付" if title == "个人负担总金额" else title for title in PLATFORM]
    kept = [n for n, title in enumerate(header) if title != "现金支付金额"]
    row = settlement(个人负担总金额="150.00")
    (found,) = rows_of(tmp_path, [[row[n] for n in kept]], [header[n] for n in kept])
    assert found["self_claimed_fen"] == 20_000


@pytest.mark.parametrize(
    ("text", "rate"), [("0.75", 7500), ("75%", 7500), ("75", 7500), ("无", None)]
)
def test_the_stated_rate_is_kept_in_ten_thousandths(
    text: str, rate: int | None, tmp_path: Path
) -> None:
    header, row = (
        [*PLATFORM, "基本医疗保险统筹基金支付比例", "起付线"],
        [*settlement(), text, "500"],
    )
    (found,) = rows_of(tmp_path, [row], header)
    assert (found["rate_stated"], found["deductible_stated_fen"]) == (rate, 50_000)


def test_a_column_serves_every_alias_that_asks_for_it(tmp_path: Path) -> None:
    """A dimension, an expense and the reader itself may look at one column."""
    path = tmp_path / "a.csv"
    path.write_bytes(csv_bytes([PLATFORM, settlement()]))
    extra = {"visit": ["医疗类别", "med_type"], "kind": ["医疗类别"]}
    row = read_stays([path], Settings(), HOSPITALS, extra).rows.row(0, named=True)
    assert (row["x_visit"], row["x_kind"], row["visit_raw"]) == ("21", "21", "21")


VISIT = ["医疗类别", "med_type"]


@pytest.mark.parametrize("title", ["医疗类别", "MED_TYPE", "med_type", "医保就诊类别", "就诊类别"])
def test_a_condition_of_a_document_is_read_under_every_name_of_the_platforms_column(
    title: str, tmp_path: Path
) -> None:
    header = [title if name == "医疗类别" else name for name in PLATFORM]
    path = tmp_path / "a.csv"
    path.write_bytes(csv_bytes([header, settlement(医疗类别="140104")]))
    rows = read_stays([path], Settings(), HOSPITALS, {"visit": VISIT, "other": ["就诊方式"]}).rows
    assert rows.select("x_visit", "x_other").rows() == [("140104", None)]


def test_a_layout_that_names_the_kind_of_visit_serves_a_documents_condition(tmp_path: Path) -> None:
    header = ["怎么来的" if name == "医疗类别" else name for name in PLATFORM]
    path = tmp_path / "a.csv"
    path.write_bytes(csv_bytes([header, settlement(医疗类别="14")]))
    settings = Settings(layout=(FileLayout(file="a.csv", columns={"就诊类型": "怎么来的"}),))
    rows = read_stays([path], settings, HOSPITALS, {"visit": VISIT}).rows
    assert rows["x_visit"].to_list() == ["14"]


def test_a_condition_on_the_disease_leaves_the_disease_to_the_quota(tmp_path: Path) -> None:
    """And two amounts that documents ask for may stand in one column, too."""
    header = [*PLATFORM, "病种", "材料费"]
    path = tmp_path / "a.csv"
    path.write_bytes(csv_bytes([header, [*settlement(), "白内障", "120"]]))
    extra = {"kind": ["病种"], "implant": ["材料费"], "metal": ["材料费"], "material": ["材料费"]}
    found = read_stays([path], Settings(), HOSPITALS, extra, money={"implant", "metal"}).rows
    row = found.row(0, named=True)
    assert (row["disease"], row["x_kind"]) == ("白内障", "白内障")
    assert (row["x_implant"], row["x_metal"], row["x_material"]) == ("120.00", "120.00", "120")


KINDS_OF_PERSON = [
    ("居民", None, "城乡居民基本医疗保险"), ("居民（成年）", None, "城乡居民基本医疗保险"),
    ("在职", None, "职工基本医疗保险"), ("1403", None, "城乡居民基本医疗保险"), ("低保", "低保", None),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "category", "scheme"), KINDS_OF_PERSON)
def test_in_what_capacity_somebody_is_insured_is_no_category_of_aid(
    cell: str, category: str | None, scheme: str | None, tmp_path: Path
) -> None:
    (row,) = rows_of(tmp_path, [settlement(人员类别=cell, 险种类型="")])
    assert (row["category_raw"], row["scheme_raw"]) == (category, scheme)


def test_a_category_of_its_own_comes_before_the_kind_of_person(tmp_path: Path) -> None:
    (row,) = rows_of(
        tmp_path, [[*settlement(人员类别="居民"), "低保对象"]], [*PLATFORM, "救助身份"]
    )
    assert (row["category_raw"], row["scheme_raw"]) == ("低保对象", "390")


def test_the_place_of_insurance_may_name_a_township(tmp_path: Path) -> None:
    rows = [settlement(参保地医保区划=text) for text in ("639901", "青禾镇")]
    assert [row["township_raw"] for row in rows_of(tmp_path, rows)] == [None, "青禾镇"]


def test_an_amount_that_a_document_asks_for_is_read_as_one(tmp_path: Path) -> None:
    """In plain yuan, whatever its unit; what is no amount is a fault of the row, and never nothing."""
    header = [*HEADER, "植入材料（万元）"]
    rows = [[*stay(n), cell] for n, cell in ((1, "0.12"), (2, "1，2"), (3, ""))]
    path = tmp_path / "a.csv"
    path.write_bytes(csv_bytes([header, *rows]))
    extra = {"implant": ["植入材料", "植入材料（万元）"]}
    found = read_stays([path], Settings(), HOSPITALS, extra, money={"implant"}).rows
    assert found["x_implant"].to_list() == ["1200.00", None, None]
    assert ["植入材料" in (fault or "") for fault in found["amount_fault"]] == [False, True, False]


@pytest.mark.parametrize(("cell", "words"), [("1", "男"), ("02", "女"), ("女", "女"), ("9", "9")])
def test_a_coded_sex_is_read_in_words(cell: str, words: str, tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, [[*settlement(), cell]], [*CODES, "gend"])
    assert row["sex_raw"] == words
