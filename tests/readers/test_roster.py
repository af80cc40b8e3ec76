"""Rosters and the register, as 民政 and the county keep them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from onestop_cli.county.settings import County, FileLayout, Settings, Synonyms
from onestop_cli.errors import CannotRun
from onestop_cli.readers.register import read_register
from onestop_cli.readers.roster import read_rosters
from onestop_cli.statements.payees import lost_accounts, payees
from onestop_cli.tables.reading import Reading
from tests.made.reader_files import csv_bytes, person, written, xlsx_bytes

HEADER = ["姓名", "身份证号", "救助类别", "乡镇", "村", "享受起始日期", "停止日期", "死亡日期"]


def roster(tmp_path: Path, files: dict[str, bytes], settings: Settings | None = None) -> Reading:
    return read_rosters([written(tmp_path, files)], settings or Settings())


def entry(number: int = 1, **cells: str) -> list[object]:
    row = dict(
        zip(
            HEADER,
            ("张三", person(number), "五保户", "云谷乡", "云东沟村", "2009-01-01", "", ""),
            strict=True,
        )
    )
    return list((row | cells).values())


def test_a_roster_by_person_with_dates(tmp_path: Path) -> None:
    rows = [["示例县五保户花名册"], HEADER, entry(1, 停止日期="2010.12.31", 死亡日期="2010-10-05")]
    row = roster(tmp_path, {"a.csv": csv_bytes(rows)}).rows.row(0, named=True)
    assert (row["source"], row["row"], row["category_raw"]) == ("a.csv", 3, "五保户")
    assert (row["from_on"], row["to_on"], row["died_on"]) == (
        date(2009, 1, 1),
        date(2010, 12, 31),
        date(2010, 10, 5),
    )
    assert (row["township"], row["village"]) == ("云谷乡", "云东沟村")


def test_months_stand_for_their_first_and_last_day(tmp_path: Path) -> None:
    rows = [
        HEADER,
        entry(1, 享受起始日期="2009年3月", 停止日期="2010-02"),
        entry(2, 享受起始日期="长期", 停止日期="长期"),
    ]
    frame = roster(tmp_path, {"a.csv": csv_bytes(rows)}).rows
    assert frame["from_on"].to_list() == [date(2009, 3, 1), None]
    assert frame["to_on"].to_list() == [date(2010, 2, 28), None]
    assert frame["date_fault"].null_count() == 2


def test_a_term_in_one_cell_is_taken_apart(tmp_path: Path) -> None:
    header = ["姓名", "身份证号", "救助类别", "有效期"]
    rows = [
        header,
        ["张三", person(1), "低保", "2009-01-01至2010-12-31"],
        ["李四", person(2), "低保", "2009.1.1-2009.12.31"],
        ["王五", person(3), "低保", "2011-12-31"],
        ["赵六", person(4), "低保", "2010年1月~长期"],
        ["孙七", person(5), "低保", "看情况"],
    ]
    frame = roster(tmp_path, {"a.csv": csv_bytes(rows)}).rows
    assert frame["from_on"].to_list() == [
        date(2009, 1, 1),
        date(2009, 1, 1),
        None,
        date(2010, 1, 1),
        None,
    ]
    assert frame["to_on"].to_list() == [
        date(2010, 12, 31),
        date(2009, 12, 31),
        date(2011, 12, 31),
        None,
        None,
    ]
    assert [bool(fault) for fault in frame["date_fault"]] == [False, False, False, False, True]


def test_a_date_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    rows = [HEADER, entry(1, 停止日期="去年")]
    assert roster(tmp_path, {"a.csv": csv_bytes(rows)}).rows["date_fault"][0] == (
        "停止日期“去年”（G2）不是看得懂的日期"
    )


@pytest.mark.parametrize(
    ("name", "title", "category"),
    [
        ("五保户花名册.csv", "", "五保户"),
        ("60年代精简退职人员花名册（2010年第四季度）.csv", "", "60年代精简退职人员"),
        ("名册.csv", "示例县农村低保对象花名册", "农村低保对象"),
        ("重点优抚对象.csv", "花名册", "重点优抚对象"),
        ("独生子女户名单.csv", "", "独生子女户"),
        ("2010年定期定量救济人员.csv", "", "定期定量救济人员"),
    ],
)
def test_a_category_may_stand_in_title_or_file_name(
    name: str, title: str, category: str, tmp_path: Path
) -> None:
    rows = [[title], ["姓名", "身份证号"], ["张三", person(1)]]
    settings = Settings(county=County(name="示例县"))
    assert roster(tmp_path, {name: csv_bytes(rows)}, settings).rows["category_raw"].to_list() == [
        category
    ]


def test_a_category_may_be_the_name_of_the_sheet(tmp_path: Path) -> None:
    rows = [["姓名", "身份证号"], ["张三", person(1)]]
    data = xlsx_bytes({"五保": rows, "低保": rows})
    assert roster(tmp_path, {"花名册.xlsx": data}).rows["category_raw"].to_list() == [
        "五保",
        "低保",
    ]


@pytest.mark.parametrize("name", ["花名册.csv", "低保五保花名册.csv", "汇总.csv"])
def test_a_category_is_never_guessed(name: str, tmp_path: Path) -> None:
    data = csv_bytes([["姓名", "身份证号"], ["张三", person(1)]])
    assert "哪一类对象" in roster(tmp_path, {name: data}).problems[0].what
    settings = Settings(layout=(FileLayout(file=name, category="五保户"),))
    assert roster(tmp_path, {name: data}, settings).rows["category_raw"].to_list() == ["五保户"]


def test_household_heads_alone_are_read_as_the_persons_listed(tmp_path: Path) -> None:
    rows = [["户主姓名", "户主身份证号", "低保证号", "保障人口"], ["张三", person(1), "D001", 3]]
    row = roster(tmp_path, {"农村低保户.xlsx": xlsx_bytes(rows)}).rows.row(0, named=True)
    assert (row["name"], row["id_raw"], row["head"], row["cert_no"]) == (
        "张三",
        person(1),
        "张三",
        "D001",
    )


def test_members_below_their_head_share_the_household(tmp_path: Path) -> None:
    header = ["家庭编号", "户主姓名", "姓名", "身份证号", "与户主关系"]
    rows = [
        header,
        ["H1", "张三", "张三", person(1), "户主"],
        ["", "", "李四", person(2), "配偶"],
        ["H2", "王五", "王五", person(3), "户主"],
        ["", "", "赵六", person(4), ""],
    ]
    frame = roster(tmp_path, {"低保.csv": csv_bytes(rows)}).rows
    assert frame["family_no"].to_list() == ["H1", "H1", "H2", None]
    assert frame["head"].to_list() == ["张三", "张三", "王五", None]


def test_merged_household_cells_speak_for_every_member(tmp_path: Path) -> None:
    rows = [
        ["家庭编号", "姓名", "身份证号", "救助类别"],
        ["H1", "张三", person(1), "低保"],
        ["", "李四", person(2), ""],
        ["", "王五", person(3), ""],
    ]
    data = xlsx_bytes({"Sheet1": rows}, merges={"Sheet1": ["A2:A4", "D2:D4"]})
    frame = roster(tmp_path, {"a.xlsx": data}).rows
    assert frame["family_no"].to_list() == ["H1"] * 3
    assert frame["category_raw"].to_list() == ["低保"] * 3


def test_the_import_template_of_a_province_is_read(tmp_path: Path) -> None:
    filled = {
        "序号": 1, "带病回乡身份证号*": person(1), "姓名*": "张三", "出生日期*": "1950/03/05", "民族*": "汉",
        "性别*": "男",
        "与户主关系*": "户主", "户口簿住址": "云谷乡云东沟村", "优抚对象状态*": "正常", "证书编号*": "Y01",
        "批准日期*": "2005-01-01", "开户名称*": "张三", "备注": "",
    }  # fmt: skip
    header, row = list(filled), list(filled.values())
    sheets = {
        "带病回乡退伍军人": [header, row],
        "type": [["类别"], ["01"]],
        "导入注意事项": [["不超过3000行"]],
    }
    reading = roster(tmp_path, {"导入.xlsx": xlsx_bytes(sheets)})
    found = reading.rows.row(0, named=True)
    assert not reading.problems
    assert found["ethnic_group"] == "汉"
    assert (found["id_raw"], found["category_raw"], found["status_raw"]) == (
        person(1),
        "带病回乡退伍军人",
        "正常",
    )
    assert (found["birth_on"], found["from_on"], found["address_raw"]) == (
        date(1950, 3, 5),
        date(2005, 1, 1),
        "云谷乡云东沟村",
    )


def test_signatures_remarks_and_totals_are_no_entries(tmp_path: Path) -> None:
    rows = [
        HEADER,
        entry(1),
        entry(2, 身份证号="", 死亡日期="备注：外出"),
        ["合计", "2户"],
        ["制表人：", "王才"],
        ["备注：以上为2010年12月数据"],
        ["共2页"],
    ]
    reading = roster(tmp_path, {"a.csv": csv_bytes(rows)})
    assert reading.rows["row"].to_list() == [2, 3]
    assert reading.quarantine.is_empty()


def test_a_lone_name_is_set_aside(tmp_path: Path) -> None:
    reading = roster(tmp_path, {"a.csv": csv_bytes([HEADER, entry(1), ["李四"]])})
    assert reading.quarantine["row"].to_list() == [3]
    assert reading.quarantine["kind"].to_list() == ["roster"]


@pytest.mark.parametrize(
    "rows", [[HEADER], [HEADER, entry(1, 身份证号=""), entry(2, 身份证号="6.3E+17")]]
)
def test_a_roster_without_one_usable_id_is_a_problem(
    rows: Sequence[Sequence[object]], tmp_path: Path
) -> None:
    assert (
        "没有一行有可用的身份证号" in roster(tmp_path, {"a.csv": csv_bytes(rows)}).problems[0].what
    )


def test_a_roster_without_the_needed_columns_is_a_problem(tmp_path: Path) -> None:
    rows = [["姓名", "性别", "救助类别", "乡镇"], ["张三", "男", "五保", "云谷乡"]]
    assert "缺少身份证号" in roster(tmp_path, {"a.csv": csv_bytes(rows)}).problems[0].what


def register(
    tmp_path: Path, rows: Sequence[Sequence[object]], settings: Settings | None = None
) -> pl.DataFrame:
    written(tmp_path, {"register.csv": csv_bytes(rows)})
    return read_register(tmp_path / "register.csv", settings or Settings())


def test_levels_of_the_register_are_known_in_their_spellings(tmp_path: Path) -> None:
    rows = [
        ["示例县定点医疗机构名册"],
        ["序号", "医疗机构名称", "机构等级", "所有制形式", "开户行"],
        [1, "云谷卫生院", "乡镇级", "公立", "农商行"],
        [2, "示例县人民医院", "二级甲等", "", ""],
        [3, "临江市医院", "市（州）级", "", ""],
        ["制表人：王才"],
    ]
    frame = register(tmp_path, rows)
    assert frame["hospital"].to_list() == ["云谷卫生院", "示例县人民医院", "临江市医院"]
    assert frame["level"].to_list() == ["township", "county", "city"]
    assert frame["开户行"][0] == "农商行"


def test_every_fault_of_the_register_is_said_at_once(tmp_path: Path) -> None:
    rows = [
        ["机构名称", "机构级别"],
        ["甲院", "三级"],
        ["乙院", ""],
        ["", "县级"],
        ["丙院", "县级"],
        ["丙院", "县级"],
    ]
    with pytest.raises(CannotRun) as caught:
        register(tmp_path, rows)
    assert [problem.row for problem in caught.value.problems] == [2, 3, 4, 6]


def test_the_county_may_name_its_own_levels(tmp_path: Path) -> None:
    settings = Settings(synonyms=Synonyms(level={"市级": ("三级",)}))
    frame = register(tmp_path, [["机构名称", "机构级别"], ["甲院", "三级"]], settings)
    assert frame["level"].to_list() == ["city"]


def test_a_register_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="没有找到定点机构名册的表头"):
        register(tmp_path, [["这是一封信"]])


DATED = ["机构名称", "机构级别", "机构编码", "起始日期", "终止日期"]


def test_a_hospital_may_have_rows_one_after_the_other(tmp_path: Path) -> None:
    rows = [
        DATED,
        ["甲院", "乡级", "H1", "", "2010-10-31"],
        ["甲院", "县级", "H1", "2010-11", ""],
        ["乙院", "乡级", "", "", ""],
    ]
    frame = register(tmp_path, rows)
    assert frame["to_on"].to_list() == [date(2010, 10, 31), None, None]
    assert frame["from_on"].to_list() == [None, date(2010, 11, 1), None]
    assert frame["hospital_code"].to_list() == ["H1", "H1", None]


OVERLAPS = [
    (["甲院", "乡级", "", "", "2010-10-31"], ["甲院", "县级", "", "2010-10-31", ""], "与第 2 行的起止日期重叠"),
    (["甲院", "乡级", "H1", "", ""], ["新甲院", "县级", "H1", "2010-10-31", ""], "与第 2 行的起止日期重叠"),
    (["甲院", "乡级", "", "", ""], ["甲 院", "县级", "", "", ""], "登记了两次（第 2 行已有）"),
    (["乙院", "乡级", "", "", ""], ["甲院", "县级", "", "2010-11-01", "2010-10-31"], "终止日期早于起始日期"),
    (["乙院", "乡级", "", "", ""], ["甲院", "县级", "", "去年", ""], "起始日期看不懂"),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second", "what"), OVERLAPS)
def test_rows_of_a_hospital_that_overlap_are_refused(
    first: list[str], second: list[str], what: str, tmp_path: Path
) -> None:
    with pytest.raises(CannotRun) as caught:
        register(tmp_path, [DATED, first, second])
    (problem,) = caught.value.problems
    assert what in problem.what
    assert problem.row == 3


def test_an_account_that_a_spreadsheet_made_a_number_of_is_left_out(tmp_path: Path) -> None:
    """Its last digits are gone: nobody is paid to it, and it stops nothing; as text it is taken as it stands."""
    header = ["机构名称", "机构级别", "开户银行", "账号"]
    lost = [header, ["云谷卫生院", "乡级", "农商行", 6228480000000012345]]
    written(tmp_path, {"a.xlsx": xlsx_bytes(lost)})
    for found in (
        read_register(tmp_path / "a.xlsx", Settings()),
        register(tmp_path, [header, ["云谷卫生院", "乡级", "农商行", "6.22848E+18"]]),
    ):
        assert lost_accounts(found) == ["云谷卫生院"]
        assert payees(found).row(0) == ("云谷卫生院", None, "农商行", None)
    kept = register(tmp_path, [header, ["云谷卫生院", "乡级", "农商行", "6228480000000012345"]])
    assert kept["账号"].to_list() == ["6228480000000012345"]
    assert lost_accounts(kept) == []


@pytest.mark.parametrize(
    "title", ["参合证号", "合作医疗证号", "医疗证号", "合疗证号", "参保号码", "农合卡号"]
)
def test_the_number_of_the_insurance_card_is_read_with_its_zeros(
    tmp_path: Path, title: str
) -> None:
    rows = [["姓名", "身份证号", "救助类别", title], ["张三", person(1), "低保", "0630112345678"]]
    (found,) = roster(tmp_path, {"a.xlsx": xlsx_bytes({"Sheet1": rows})}).rows["scheme_no"]
    assert found == "0630112345678"


class TestFurtherSheetsOfARegister:
    HEADER = ("机构名称", "机构级别")

    def read(self, folder: Path, **sheets: list[tuple[str, ...]]) -> list[str]:
        (folder / "名册.xlsx").write_bytes(xlsx_bytes({n: [*rows] for n, rows in sheets.items()}))
        return read_register(folder / "名册.xlsx", Settings())["hospital"].to_list()

    def test_a_second_sheet_with_a_header_is_read_too(self, tmp_path: Path) -> None:
        one, two = ("云谷卫生院", "乡级"), ("省立医院", "省级")
        sheets = {"甲": [self.HEADER, one], "乙": [self.HEADER, two], "说明": [("级别", "省级")]}
        assert self.read(tmp_path, **sheets) == ["云谷卫生院", "省立医院"]

    def test_hospitals_below_no_header_are_refused(self, tmp_path: Path) -> None:
        sheets = {"甲": [self.HEADER, ("云谷卫生院", "乡级")], "乙": [("省立医院", "省级")]}
        with pytest.raises(CannotRun, match="有 1 行像是医疗机构，但没有找到表头") as stopped:
            self.read(tmp_path, **sheets)
        (problem,) = stopped.value.problems
        assert (problem.sheet, problem.row) == ("乙", 1)

    def test_a_header_of_another_order_below_is_refused(self, tmp_path: Path) -> None:
        wide = (*self.HEADER, "机构编码", "所有制")
        rows = [
            wide,
            ("云谷卫生院", "乡级", "H1", "公立"),
            wide[::-1],
            ("公立", "H2", "省级", "省立医院"),
        ]
        with pytest.raises(CannotRun, match="又出现一个表头"):
            self.read(tmp_path, 甲=rows)

    def test_a_hospital_on_two_sheets_is_refused(self, tmp_path: Path) -> None:
        one = ("云谷卫生院", "乡级")
        with pytest.raises(CannotRun, match="“云谷卫生院”登记了两次"):
            self.read(tmp_path, 甲=[self.HEADER, one], 乙=[self.HEADER, one, ("省立医院", "省级")])
