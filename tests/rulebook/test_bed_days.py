"""按床日付费 on paper: what the hospital bears stands in its list, and changes of the price are told."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest

from onestop_cli.cli import run
from onestop_cli.rulebook.cases import load_cases
from onestop_cli.rulebook.changes import changes
from onestop_cli.rulebook.library import load_rule, read_toml
from onestop_cli.rulebook.named import find_spot, in_words
from tests.made.rule_county import CaseCounty

RULE = Path(__file__).parents[1] / "made" / "rules" / "chuangri-2024.toml"


def test_what_the_hospital_bears_stands_in_its_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 9,000 a city hospital bears 1,870 above 31 days at 230, and 8,770 above one day."""
    cases = load_cases(load_rule(RULE))
    assert cases is not None
    CaseCounty(cases, tmp_path, RULE.as_posix()).write()
    monkeypatch.chdir(tmp_path)
    assert run(["reconcile", "--quiet", "--period", "2024", "--out", "结果"]) == 0
    book = openpyxl.load_workbook(tmp_path / "结果" / "结算" / "机构" / "示例医院市级.xlsx")
    rows = list(book["垫付明细花名册"].iter_rows(values_only=True))
    head = next(number for number, row in enumerate(rows) if "医院承担" in row)
    place = rows[head].index("医院承担")
    amounts = [row[place] for row in rows[head + 1 :] if isinstance(row[place], int | float)]
    assert {1870, 8770} <= set(amounts)


def test_what_the_hospital_bears_is_no_share_of_the_patient_on_any_paper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A 白内障 of 5,000 at a limit of 4,000: 2,800 and 600 are covered, 1,000 the hospital's, 600 the patient's. Ten
    days at 130 cost 1,200: 1,100 are paid, 200 the patient's, and 100 stay with the hospital."""
    cases = load_cases(load_rule(RULE))
    assert cases is not None
    claims = {"案006-0": {"basic": 280_000, "critical": 60_000}, "案001-0": {"basic": 110_000}}
    CaseCounty(cases, tmp_path, RULE.as_posix(), claims).write()
    monkeypatch.chdir(tmp_path)
    assert run(["reconcile", "--quiet", "--period", "2024", "--out", "结果"]) == 0
    assert run(["publish", "结果", "--out", "公示"]) == 0
    board = (tmp_path / "公示" / "张贴" / "县级.html").read_text("utf-8")
    cells = re.sub(r"<[^>]+>", "|", board)
    told = [re.findall(r"-?[\d,]+\.\d\d", line) for line in re.split("2024年3月", cells)[1:]]
    assert {tuple(row[:6]) for row in told} == {
        ("5,000.00", "4,500.00", "2,800.00", "600.00", "1,000.00", "600.00"),
        ("1,200.00", "1,200.00", "1,100.00", "0.00", "-100.00", "200.00"),
    }
    county = openpyxl.load_workbook(tmp_path / "结果" / "结算" / "县级结算汇总.xlsx")
    rows = [*county["表一 按医疗机构"].iter_rows(values_only=True)]
    head = next(row for row in rows if "医院承担" in row)
    parts = ("职工医保", "大病保险", "应补未补", "医院承担", "个人自付")
    for row in (row for row in rows if isinstance(row[0], int)):
        assert sum(row[head.index(part)] for part in parts) == row[head.index("住院总费用")]
    book = openpyxl.load_workbook(tmp_path / "结果" / "结算" / "机构" / "示例医院县级.xlsx")
    notes = [cell for row in book["垫付明细花名册"].iter_rows(values_only=True) for cell in row]
    assert "医院承担为负数的，是费用低于结算价的结余，归医疗机构。" in notes


def test_another_price_of_a_day_is_told() -> None:
    old = load_rule(RULE).file
    text = RULE.read_text("utf-8").replace("amount = 230", "amount = 250")
    new = load_rule(RULE, text.encode()).file
    assert [change.sentence for change in changes(old, new)] == [
        "市级、省级 · 精神病住院：不论病种 "
        "每床日定额 230 元：基本保障 90%，大病保险 0%，超出由医院承担 → "
        "每床日定额 250 元：基本保障 90%，大病保险 0%，超出由医院承担"
    ]


@pytest.mark.parametrize(
    ("name", "key", "words"),
    [
        ("chuangri-2024", "basic.rate.later_rate[1]", "职工医保 · 补偿比例第 2 次"),
        ("chuangri-2024", "quota.pays.basic", "单病种（精神病住院、乡级、县级）"),
        ("lianxu-2024", "assistance.cap.months", "医疗救助 · 年度封顶累计的月数"),
    ],
)
def test_the_new_numbers_have_names(name: str, key: str, words: str) -> None:
    """As `simulate --change` takes them."""
    path = RULE.with_stem(name)
    rule = load_rule(path).file
    assert in_words(rule, find_spot(rule, read_toml(path)[1], key)) == words
