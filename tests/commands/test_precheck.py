"""A hospital checks its own list: what it is told to mend, and that a list which passes is read without a question."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from onestop_cli.batch.precheck import PrecheckOptions, precheck
from onestop_cli.batch.reconcile import reconcile
from onestop_cli.batch.request import Request
from onestop_cli.cli import run
from onestop_cli.core.identify import make_id
from onestop_cli.county.settings import Settings
from onestop_cli.errors import CannotRun
from onestop_cli.readers.stays import read_stays
from onestop_cli.statements.precheck import REMEDIES, WITHOUT_RULES

RULES = ["huangzhong-2009"]
PEOPLE = [make_id(f"63990019520315{number:03d}") for number in (2, 14, 26)]
HEADER = (
    "定点机构名称,机构级别,病案号,患者姓名,患者身份证号,对象类别,入院时间,离院日期,总医药费,合规费用,"
    "合作医疗补偿,民政救助,个人支付"
)


def row(
    number: int,
    name: str,
    who: str,
    *amounts: str,
    first: str = "2010-10-01",
    last: str = "2010-10-05",
    category: str = "五保户",
) -> str:
    return ",".join(
        ["云谷卫生院", "乡级", f"{number:04d}", name, who, category, first, last, *amounts]
    )


# Township: 80 % of what counts; 五保: all of what is left of the whole bill (the document's own words).
AGAIN = {"category": "", "first": "2010-11-01", "last": "2010-11-03"}
GOOD = [
    row(1, "王小明", PEOPLE[0], "1200.00", "1000.00", "800.00", "400.00", "0.00"),
    row(2, "李秀英", PEOPLE[1], "500.50", "400.00", "320.00", "180.50", "0.00"),
    row(3, "张强", PEOPLE[2], "100.00", "100.00", "70.00", "", "30.00", category=""),
    row(4, "张强", PEOPLE[2], "300.00", "200.00", "140.00", "", "160.00", **AGAIN),
    row(4, "张强", PEOPLE[2], "-300.00", "-200.00", "-140.00", "", "-160.00", **AGAIN),
]


def later(
    *amounts: str,
    name: str = "王小明",
    who: str = PEOPLE[0],
    first: str = "2010-12-01",
    last: str = "2010-12-02",
) -> str:
    """A stay of the first person in December."""
    return row(9, name, who, *amounts, first=first, last=last)


RIGHT = ("100.00", "100.00", "80.00", "20.00", "0.00")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hospital has no county folder."""
    monkeypatch.chdir(tmp_path)


def handed(*rows: str, name: str = "云谷.csv") -> Path:
    Path(name).write_text("\n".join([HEADER, *rows]), "utf-8")
    return Path(name)


def nameless() -> Path:
    """The list without its first two columns: neither hospital nor level."""
    lines = [HEADER, *GOOD]
    Path("一季度.csv").write_text("\n".join(line.split(",", 2)[2] for line in lines), "utf-8")
    return Path("一季度.csv")


def test_a_list_that_does_not_say_whose_it_is_asks_for_the_hospital() -> None:
    with pytest.raises(CannotRun, match="看不出是哪一家医院的表") as stopped:
        precheck(PrecheckOptions([nameless()], RULES))
    assert "--hospital" in stopped.value.problems[0].remedy


def test_the_hospital_named_with_its_level_is_enough_to_check_the_amounts() -> None:
    checked = precheck(PrecheckOptions([nameless()], RULES, "云谷卫生院", "乡级"))
    assert checked.must == 0


def test_a_list_that_is_right_passes() -> None:
    checked = precheck(PrecheckOptions([handed(*GOOD)], RULES))
    assert checked.issues.to_dicts() == []
    assert (checked.stays, checked.must) == (5, 0)


MISTAKES = {
    "a wrong digit in a number": (later(*RIGHT, who=PEOPLE[0][:-1] + "A"), "ID01"),
    "one number under two names": (later(*RIGHT, name="王大明"), "ID04"),
    "a row twice": (GOOD[0], "ST01"),
    "two stays at once": (later(*RIGHT, first="2010-10-02", last="2010-10-04"), "ST02"),
    "out before in": (later(*RIGHT, first="2010-12-04"), "ST03"),
    "a minus without its stay": (
        later("-99.00", "-99.00", "-79.20", "-19.80", "0.00"),
        "ST06",
    ),
    "no number for an amount": (later("一百", "100.00", "80.00", "20.00", "0.00"), "AM04"),
    "more that counts than there is": (
        later("100.00", "120.00", "80.00", "20.00", "0.00"),
        "AM05",
    ),
    "another level's rate": (later("100.00", "100.00", "70.00", "30.00", "0.00"), "AM01"),
    "parts that do not add up": (later("100.00", "100.00", "80.00", "20.00", "7.00"), "AM03"),
    "a right that was not used": (later("100.00", "100.00", "80.00", "", "20.00"), "RO02"),
}


@pytest.mark.parametrize("what", MISTAKES)
def test_a_mistake_is_named_with_its_row_and_what_to_mend(
    what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    line, code = MISTAKES[what]
    checked = precheck(PrecheckOptions([handed(*GOOD, line)], RULES))
    found = checked.issues.filter(code=code)
    assert found["row"].max() == len(GOOD) + 2
    assert all(found["remedy"])
    assert f"第 {len(GOOD) + 2} 行" in capsys.readouterr().out
    assert not any(number in str(checked.issues.to_dicts()) for number in PEOPLE)


def test_an_unread_amount_stops_and_is_named() -> None:
    path = handed(*GOOD)
    lines = path.read_text("utf-8").splitlines()
    more = [f"{lines[0]},某基金垫支", *(f"{line},12.50" for line in lines[1:])]
    path.write_text("\n".join(more), "utf-8")
    with pytest.raises(CannotRun, match="某基金垫支"):
        precheck(PrecheckOptions([path], RULES))


def test_without_a_document_amounts_are_not_looked_at_and_that_is_said() -> None:
    wrong = later("100.00", "100.00", "1.00", "2.00", "97.00", name="赵六", who="1")
    checked = precheck(PrecheckOptions([handed(*GOOD, wrong)]))
    assert set(checked.issues["code"]) == {"ID01"}
    assert any("补偿金额没有核" in note for note in checked.notes)


def test_claims_of_people_without_a_kind_are_counted_as_not_checked() -> None:
    who = make_id("63990019520315100")
    wrong = row(9, "赵六", who, "100.00", "100.00", "70.00", "20.00", "10.00", category="")
    checked = precheck(PrecheckOptions([handed(*GOOD, wrong)], RULES))
    assert any(note.startswith("1 笔申报了救助而没有写救助对象类别") for note in checked.notes)


def test_a_level_that_is_not_in_the_list_can_be_said() -> None:
    path = handed(*(line.replace(",乡级", "") for line in GOOD))
    path.write_text(path.read_text("utf-8").replace("机构级别,", ""), "utf-8")
    assert precheck(PrecheckOptions([path], RULES)).must
    assert precheck(PrecheckOptions([path], RULES, level="乡级")).must == 0


def test_every_code_that_is_looked_at_has_words_for_a_hospital() -> None:
    assert set(REMEDIES) >= WITHOUT_RULES
    assert all(REMEDIES.values())


def test_the_workbook_has_a_line_per_thing_to_mend() -> None:
    line, _ = MISTAKES["another level's rate"]
    assert run(["precheck", str(handed(*GOOD, line)), "--rules", *RULES, "--out", "自查.xlsx"]) == 0
    sheet = openpyxl.load_workbook("自查.xlsx").active
    texts = [[cell.value for cell in cells] for cells in sheet.iter_rows()]
    assert sum("AM01" in cells for cells in texts) == 2


def test_a_list_with_something_to_mend_is_not_saved() -> None:
    line, _ = MISTAKES["a row twice"]
    with pytest.raises(CannotRun, match="处要改，没有写出上报表"):
        precheck(PrecheckOptions([handed(*GOOD, line)], RULES, save=Path("上报.xlsx")))
    assert not Path("上报.xlsx").exists()


def saved() -> Path:
    precheck(PrecheckOptions([handed(*GOOD)], RULES, save=Path("云谷.xlsx")))
    return Path("云谷.xlsx")


def test_what_passes_is_read_by_the_county_without_a_question() -> None:
    """Nothing to settle, nothing held, and the same amounts to the fen as the hospital's own file gives."""
    file = saved()
    Path("名册.csv").write_text("机构名称,机构级别\n云谷卫生院,乡级\n", "utf-8")
    people = "".join(
        f"{name},{who},五保户,2009-01-01\n"
        for name, who in zip(["王小明", "李秀英"], PEOPLE, strict=False)
    )
    Path("五保.csv").write_text(f"姓名,身份证号,救助类别,起始日期\n{people}", "utf-8")
    done = reconcile(
        Request("2010Q4", [file], [Path("五保.csv")], Path("名册.csv"), RULES, Settings())
    )
    assert set(done.stays["status"]) == {"settled", "reversed"}
    assert done.findings.filter(pl.col("severity") != "notes").is_empty()
    assert [w for w in done.info.warnings if not w.endswith("都相符")] == []
    assert done.stays["basic_payable_fen"].sum() == 80_000 + 32_000 + 7_000


def test_the_county_sees_that_a_list_was_checked_and_not_touched_since() -> None:
    (said,) = read_stays([saved()], Settings(), []).warnings
    assert re.search(r"医院自查过（自查校验码 [0-9a-f]{16}），5 笔与自查时都相符", said)


def test_the_county_sees_that_a_checked_list_was_changed() -> None:
    file = saved()
    book = openpyxl.load_workbook(file)
    column = next(cell.column for cell in book.active[3] if cell.value == "总费用")
    book.active.cell(4, column).value = 1300
    book.save(file)
    (said,) = [w for w in read_stays([file], Settings(), []).warnings if "自查" in w]
    assert "以后改动过" in said


def test_all_that_was_read_stands_in_the_saved_list() -> None:
    """Nothing of the hospital's own file is lost on the way."""
    before = read_stays([handed(*GOOD)], Settings(), []).rows
    after = read_stays([saved()], Settings(), []).rows
    same = [name for name in before.columns if name not in ("source", "sheet", "row")]
    assert after.select(same).equals(before.select(same))


def test_a_list_with_more_than_the_form_has_is_handed_in_as_it_is() -> None:
    path = handed(*GOOD)
    lines = path.read_text("utf-8").splitlines()
    more = [f"{lines[0]},结算时间", *(f"{line},2010-11-05 10:20:30" for line in lines[1:])]
    path.write_text("\n".join(more), "utf-8")
    with pytest.raises(CannotRun, match="上报表写不下的内容（结算时间）"):
        precheck(PrecheckOptions([path], RULES, save=Path("上报.xlsx")))


@pytest.mark.parametrize(
    ("rows", "said"), [([], "没有读到一行住院记录|没有一行能读成记录"), (None, "找不到这个文件")]
)
def test_a_list_that_is_none_is_refused(rows: list[str] | None, said: str) -> None:
    path = Path("没有.csv") if rows is None else handed(*rows)
    with pytest.raises(CannotRun, match=said):
        precheck(PrecheckOptions([path], RULES))


def test_only_workbooks_are_written_and_nothing_is_written_over() -> None:
    with pytest.raises(CannotRun, match="只能写成"):
        precheck(PrecheckOptions([handed(*GOOD)], RULES, out=Path("自查.csv")))
    Path("有.xlsx").touch()
    with pytest.raises(CannotRun, match="已经存在"):
        precheck(PrecheckOptions([handed(*GOOD)], RULES, out=Path("有.xlsx")))


def test_columns_that_documents_ask_for_stand_in_the_saved_list() -> None:
    """正安 asks whether a stay was referred by name of the column in the export; nothing may be lost."""
    from onestop_cli.batch.reconcile import columns_wanted
    from onestop_cli.rulebook.library import known_rules, load_rules
    from onestop_cli.writers.forms.stays_list import not_written, write_stays_list

    rules = load_rules([str(path) for path in known_rules().values()])
    wanted = columns_wanted(rules)
    name, titles = next((n, t) for n, t in wanted.items() if t)
    path = handed(*GOOD)
    lines = path.read_text("utf-8").splitlines()
    path.write_text(
        "\n".join([f"{lines[0]},{titles[0]}", *(f"{x},是" for x in lines[1:])]), "utf-8"
    )
    before = read_stays([path], Settings(), [], wanted).rows
    assert before[f"x_{name}"].to_list() == ["是"] * 5
    write_stays_list(before, Path("表.xlsx"), {n: t[0] for n, t in wanted.items() if t})
    assert not_written(before, read_stays([Path("表.xlsx")], Settings(), [], wanted).rows) == []
