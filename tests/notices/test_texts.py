"""What stands around a public list: hotlines, signatures, standards, basis, funds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from onestop_cli.county.settings import County, Publish, TownshipOffice
from onestop_cli.notices.texts import Around, FundLine, texts_of
from onestop_cli.privacy import find_numbers
from onestop_cli.writers.notices.columns import FUNDS, text_grids
from onestop_cli.writers.notices.paths import notice_number
from tests.made.notices import COUNTY, STANDARDS, run_of
from tests.made.publication import FROM

TOWNSHIP = TownshipOffice(
    name="白土乡", phone="0971-2230009", address="白土街1号", made_by="乙", seal="白土乡政府"
)


def test_hotlines_are_the_countys_and_the_townships_own() -> None:
    phones = {line.office: line.phone for line in texts_of(run_of(), FROM).hotlines_of("白土乡")}
    assert phones == {
        "县合管办": "0971-2230001",
        "县民政局": "0971-2230002",
        "乡镇监督电话": "0971-2230003",
    }
    assert len(texts_of(run_of(), FROM).hotlines_of(None)) == 2


def test_what_onestop_toml_says_now_counts_and_not_what_it_said_when_settling() -> None:
    now = replace(FROM, county=County(name="新名县", phones={"县医保局": "0971-1"}))
    texts = texts_of(run_of(county=COUNTY), now)
    assert texts.county == "新名县"
    assert [(line.office, line.phone) for line in texts.hotlines] == [("县医保局", "0971-1")]


def test_a_townships_office_answers_for_its_own_lists() -> None:
    whole = Publish(made_by="甲", checked_by="丙", seal="示例县合管办")
    texts = texts_of(run_of(), Around(publish=whole, townships=(TOWNSHIP,)))
    assert texts.signers_of("白土乡") == ("乙", "丙", "白土乡政府")
    assert texts.signers_of(None) == texts.signers_of("云谷乡") == ("甲", "丙", "示例县合管办")
    *_, own = texts.hotlines_of("白土乡")
    assert (own.phone, own.address) == ("0971-2230009", "白土街1号")


def test_a_county_without_phones_gets_blanks_for_both_offices() -> None:
    texts = texts_of(run_of(), Around(county=County(name="示例县", office="县医保局")))
    assert [(line.office, line.phone) for line in texts.hotlines] == [
        ("县医保局", ""),
        ("县民政局", ""),
    ]


RULE = {"id": "r", "document": "救助办法", "number": "示政发〔2009〕1号", "assumed": ["from"]}


def test_the_basis_is_the_documents_without_remarks_of_ours() -> None:
    assert texts_of(run_of(rules=[RULE]), Around()).basis == ("《救助办法》（示政发〔2009〕1号）",)


def test_a_basis_in_the_countys_own_words_takes_their_place() -> None:
    own = Around(publish=Publish(basis="示政发〔2011〕3号"))
    assert texts_of(run_of(rules=[RULE]), own).basis == ("示政发〔2011〕3号",)


def test_classes_are_explained_unless_they_only_have_another_name() -> None:
    classes = {"农村低保户": "一类", "五保户": "二类", "孤儿": "孤儿"}
    texts = texts_of(run_of(classes=classes), Around())
    assert texts.classes == {"一类": ("农村低保户",), "二类": ("五保户",)}


def standards(*lines: tuple[str, str, str]) -> list[tuple[str, str, str]]:
    """Who, terms and base of the standards that come of such lines of a run."""
    known = [
        {"layer_name": "新农合补偿", "who": who, "terms": terms, "base": base, "document": "办法"}
        for who, terms, base in lines
    ]
    found = texts_of(run_of(standards=known), Around()).standards
    return [(line.who, line.terms, line.base) for line in found]


def test_standards_say_what_a_rate_applies_to() -> None:
    (line,) = texts_of(run_of(), Around()).standards
    assert (line.terms, line.base) == (STANDARDS[0]["terms"], "总费用 − 新农合补偿")


def test_standards_that_differ_by_level_only_share_a_line() -> None:
    assert standards(
        ("乡级 · 救助对象", "80%", "可补偿费用"),
        ("县级 · 救助对象", "70%", "可补偿费用"),
        ("全部对象", "最高 35,000.00 元", ""),
    ) == [("救助对象", "乡级 80%；县级 70%", "可补偿费用"), ("全部对象", "最高 35,000.00 元", "")]


def funds(*lines: FundLine) -> Any:
    """The table of a fund notice."""
    return text_grids(texts_of(run_of(standards=[]), Around(), lines), county=True)[0]


def test_the_balance_of_a_fund_is_what_is_left() -> None:
    line = FundLine("新农合基金", opening_fen=100, income_fen=50, outlay_fen=30)
    assert line.balance_fen == 120
    assert funds(line).rows == [("新农合基金", "1.00", "0.50", "0.30", "1.20")]
    assert len(FUNDS) == 5
    assert "负数" not in funds(line).note


def test_a_balance_below_zero_is_explained() -> None:
    assert "期末结余为负数的" in funds(FundLine("新农合基金", 0, 50, 80)).note


@pytest.mark.parametrize(
    ("period", "number"),
    [("2024-01", "639901-2024M01-03-05"), ("2024", "639901-2024Y-03-05"), ("2024Q1", "639901-2024Q1-03-05")],
)  # fmt: skip
def test_the_number_of_a_list_is_no_number_of_a_person(period: str, number: str) -> None:
    texts = replace(texts_of(run_of(), FROM), code="639901", period_id=period)
    assert notice_number("03-05", texts) == number
    assert list(find_numbers(number)) == []
