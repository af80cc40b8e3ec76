"""The inspection in the county's words: checklists per hospital, and registers that say what is open and overdue."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from onestop_cli.cli import run as onestop
from tests.made.explained_county import IDS, county_run
from tests.made.spoken import flat

SOURCE = (
    "一查病人是否人证相符、二查病情是否符合补偿规定、三查病历是否真实、四查处方用药是否符合要求、"
    "五查收费清单是否符合标准。七公开:基本药物目录公开、药品价格公开、服务项目公开、收费标准公开、"
    "报销程序公开、报销结果公开、补偿比例公开。十不准:不准收购参合人员《合医证》制假报销、"
    "不准虚开住院天数报销、不准为冒名顶替的人员办理门诊及住院手续、不准将门诊病人作为住院病人报销、"
    "不准将不能报销的药品及检查项目变通报销、不准将未实施或未开展的诊疗项目制假报销、"
    "不准将物品变通为药品报销、不准将病人生活费列为住院费报销、不准将病人应交费用加入住院费报销、"
    "不准诱导病人进行医疗消费"
)
"""The clauses of 大方 2006 to 2010 that name them."""

RECTIFY = (
    "编号", "医疗机构", "来源", "问题", "涉及例数", "涉及金额", "通知日期", "整改期限", "复查日期", "复查结果",
    "核扣金额", "核扣部门",
)  # fmt: skip
COMPLAINTS = (
    "编号",
    "类型",
    "收到日期",
    "反映人",
    "反映内容",
    "涉及机构或对象",
    "答复期限",
    "核实情况和处理",
    "答复日期",
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("county")
    county_run(home)
    return home


@pytest.fixture(scope="module")
def lists(home: Path) -> Path:
    out = home / "检查"
    assert onestop(["checklists", str(home / "run"), "--out", str(out), "--on", "2011-01-20"]) == 0
    return out


@pytest.fixture
def out(lists: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return shutil.copytree(lists, tmp_path / "检查")


def texts(file: Path) -> list[str]:
    return [
        str(cell)
        for sheet in load_workbook(file)
        for row in sheet.values
        for cell in row
        if cell is not None
    ]


def test_every_hospital_has_the_words_of_the_source_to_the_letter(out: Path) -> None:
    files = list((out / "机构检查表").glob("*.xlsx"))
    assert files
    for file in files:
        cells = texts(file)
        items = [cell for cell in cells if cell in SOURCE and len(cell) > 5]
        assert len(items) == len(set(items)) == 5 + 7 + 10


def test_a_county_may_have_its_own_words(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "onestop.toml").write_text('[inspection]\nfive = ["查人"]\ndays = 1\n', "utf-8")
    words = ["checklists", str(home / "run"), "--out", "检查", "--on", "2011-01-21"]
    assert onestop(words) == 0
    file = next((tmp_path / "检查" / "机构检查表").glob("*.xlsx"))
    assert "查人" in texts(file)
    assert "病历是否真实" not in texts(file)
    assert any("2011-01-24" in cell for cell in texts(tmp_path / "检查" / "整改台账.xlsx"))


def test_what_the_settlement_found_stands_in_the_book_with_its_due_day(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ten working days after 20 January 2011: Sunday 30 is one, the Spring Festival (2 to 8 February) has none."""
    cells = texts(out / "整改台账.xlsx")
    assert "2011-02-09 00:00:00" in cells
    assert "结算审核" in cells
    assert not any(number in cell for cell in cells for number in IDS)
    assert onestop(["registers", str(out / "整改台账.xlsx"), "--on", "2011-02-20"]) == 0
    shown = flat(capsys.readouterr().out)
    assert "逾期" in shown
    assert onestop(["registers", str(out / "举报异议登记簿.xlsx")]) == 0
    assert "登记0件" in flat(capsys.readouterr().out)


def register(folder: Path, titles: Sequence[str], *rows: Sequence[object]) -> str:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in (titles, *rows):
        sheet.append(list(row))
    file = folder / f"簿{titles[1]}.xlsx"
    book.save(file)
    return str(file)


VOTES = ("编号", "测评对象", "测评内容", "参加人", "收回票数", "满意", "基本满意", "不满意", "弃权")
HUANGZHONG = (
    "聘请人大代表、政协委员和农民代表不定期对“一站式”服务的有关政策、规定落实情况进行监督检查和民主测评,"
    "督促有关部门和单位做到既坚持原则、秉公办事,又做到服务周到、方便群众。"
    "做到医疗救助对象、救助标准、救助金额的公开、公正、公平"
)
"""The clauses of 湟中 that name who is asked, and about what."""


def test_the_appraisal_asks_what_the_source_asks(out: Path) -> None:
    """One ballot without a name, and a line to fill for each point and kind of delegate."""
    sheets = load_workbook(out / "民主测评.xlsx")
    assert sheets.sheetnames == ["测评票", "测评汇总"]
    rows = [row[:4] for row in sheets["测评汇总"].values if isinstance(row[0], int) and row[2]]
    assert len(rows) == 4 * 3
    assert all(str(row[3]) in HUANGZHONG for row in rows)
    for words in ("坚持原则、秉公办事", "服务周到、方便群众", "有关政策、规定落实情况"):
        assert words in HUANGZHONG
        assert words in {row[2] for row in rows}


def test_ballots_are_summed_by_point_and_by_who_gave_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By hand: 13 + 5 of 20 − 1 valid ballots are 94.74 %; of the farmers' 9 valid ones 8 are 88.89 %."""
    file = register(
        tmp_path, VOTES,
        (1, "县合管办", "服务周到", "人大代表", 10, 8, 2, 0, 0),
        (2, "县合管办", "服务周到", "农民代表", "10票", 5, 3, 1, 1),
        (3, "县合管办", "秉公办事", "政协委员", None, None, None, None, None),
    )  # fmt: skip
    assert onestop(["registers", file]) == 0
    shown = flat(capsys.readouterr().out)
    assert "县合管办：服务周到201351194.74%" in shown
    assert "农民代表10531188.89%" in shown
    assert "秉公办事" not in shown
    assert "登记" not in shown


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ((1, "县", "服务", "人大代表", 10, 8, 1, 0, 0), "收回 10 票，各项合计 9 票"),
        ((1, "县", "服务", "人大代表", 10, "八", 2, 0, 0), "满意“八”不是票数"),
        ((1, "县", "", "人大代表", 1, 1, 0, 0, 0), "没有写测评内容"),
        ((1, "县", "服务", "", 1, 1, 0, 0, 0), "没有写参加人"),
    ],
)
def test_ballots_that_cannot_be_right_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], row: Sequence[object], said: str
) -> None:
    assert onestop(["registers", register(tmp_path, VOTES, row)]) == 2
    assert flat(said) in flat(capsys.readouterr().err)


def test_what_is_open_overdue_and_deducted_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rectify = register(
        tmp_path, RECTIFY,
        (1, "甲院", "联合检查", "挂床", 1, 5, "2011-01-04", "2011-01-18", "2011-01-17", "已整改", "402500.00",
         "县合管办"),
        (2, "乙院", "联合检查", "虚记", 1, 5, "2011-01-04", "2011-01-18", "2011-01-17", "部分整改", 10, "县民政局"),
        (3, "丙院", "日常检查", "没公开", None, None, "2011-03-01", "2011-03-15", None, None, None, None),
    )  # fmt: skip
    complaints = register(
        tmp_path, COMPLAINTS,
        (1, "举报", "2011-02-21", "匿名", "收押金", "甲院", None, None, None),
        (2, "异议", "2011-02-21", "某人", "金额", "某人", None, "已说明", "2011-02-25"),
    )  # fmt: skip
    assert onestop(["registers", rectify, complaints, "--on", "2011-03-14"]) == 0
    shown = flat(capsys.readouterr().out)
    assert "登记5件，办结2件，未办结3件，其中逾期1件" in shown
    assert "乙院：虚记（部分整改），逾期55天" in shown
    assert "丙院：没公开，2011-03-15到期" in shown
    assert "甲院：收押金，2011-03-14到期" in shown
    assert "县合管办1402,500.00" in shown
    assert onestop(["registers", complaints, "--on", "2011-03-15"]) == 0
    assert "收押金，逾期1天" in flat(capsys.readouterr().out)
    (tmp_path / "~$台账.xlsx").write_bytes(b"open in Excel")
    assert onestop(["registers", str(tmp_path), "--on", "2011-03-14"]) == 0
    assert "登记5件，办结2件" in flat(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("titles", "row", "told"),
    [
        (RECTIFY, (1, "甲", "", "挂床", "", "", "某日", "", "", "", "", ""), "看不懂日期“某日”"),
        (RECTIFY, (1, "甲", "", "挂床", "", "", "", "", "", "好了", "", ""), "复查结果“好了”不认识"),
        (RECTIFY, (1, "甲", "", "挂床", "", "", "", "", "2011-01-08", "", "", ""), "没有填复查结果"),
        (RECTIFY, (1, "甲", "", "挂床", "", "", "", "", "", "", "五元", "县"), "不是金额"),
        (RECTIFY, (1, "甲", "", "挂床", "", "", "", "", "", "", 5, ""), "没有写核扣部门"),
        (COMPLAINTS, (1, "闲谈", "2011-01-08", "", "事", "", "", "", ""), "类型“闲谈”不认识"),
        (COMPLAINTS, (1, "举报", "2011-01-08", "", "事", "", "", "", "2011-01-09"), "没有写核实情况和处理"),
        (COMPLAINTS, (1, "举报", "2011-01-08", "", "事", "", "", "查", "2011-01-07"), "在2011-01-08之前"),
        (("甲", "乙"), (1, 2), "不是整改台账，也不是举报、异议登记簿"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(
    tmp_path: Path,
    titles: Sequence[str],
    row: Sequence[object],
    told: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert onestop(["registers", register(tmp_path, titles, row)]) == 2
    assert told in flat(capsys.readouterr().err)
