"""按床日付费 on paper: what the hospital bears stands in its list, and changes of the price are told."""

from __future__ import annotations

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
