"""What is said at the bedside under documents that leave numbers out, and of visits: 南州 2017 and Hebei 2021."""

from __future__ import annotations

from datetime import date
from typing import Any

from onestop_cli.batch.quote import QuoteOptions, understood
from onestop_cli.county.settings import Settings
from onestop_cli.county.synonyms import names
from onestop_cli.explain.quotation import Quote, quote
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.library import load_rules
from onestop_cli.writers.explain.screen import basis_text

POOR = ["建档立卡贫困户"]


def quoted(rules: str, day: date, **said: Any) -> Quote:
    book = Rulebook(tuple(rule.file for rule in load_rules([rules])))
    asked = QuoteOptions(**{"day": day, "level": "县级", **said})
    stay, year = understood(asked, book, names(Settings()))
    return quote(stay, book, year)


def hebei(**said: Any) -> Quote:
    return quoted("hebei-2021", date(2021, 6, 1), **said)


def lines(found: Quote) -> dict[str, str]:
    """Every line: its label and what stands beside it."""
    groups = [group for part in found.explanation.parts for group in part.groups]
    return {line.label: line.working or line.amount for group in groups for line in group.lines}


def sentences(found: Quote, title: str) -> list[str]:
    """What is quoted below one layer."""
    (part,) = [part for part in found.explanation.parts if part.title == title]
    return [basis_text(basis) for group in part.groups for basis in group.basis]


def test_medicine_for_high_blood_pressure_is_half_up_to_225() -> None:
    """By hand: 480 × 50 % = 240, of which 225 a year."""
    found = hebei(total="500", eligible="480", further=["就诊类型=门诊", "两病=高血压"],
                  given=["critical=0", "assistance=0"])  # fmt: skip
    assert found.row["basic_due_fen"] == 22_500
    assert "依据 起付线 0 元：“‘两病’用药不设起付线”" in sentences(found, "基本医保")


def test_a_visit_is_no_stay_of_the_year() -> None:
    found = hebei(total="500", eligible="480", further=["就诊类型=门诊", "两病=糖尿病"],
                  given=["critical=0", "assistance=0"])  # fmt: skip
    assert lines(found)["本年此前"] == "此前没有补偿"


def test_what_the_sentences_say_of_a_stay_stands_there_though_no_amount_follows() -> None:
    """起付线降低50% of an amount nobody gives; 90%以上 that nobody fills up to."""
    found = hebei(
        categories=POOR, total="10000", eligible="9000",
        given=["basic=6000", "critical=500", "assistance=1000", "backstop=600"],
    )  # fmt: skip
    told = "\n".join([*sentences(found, "基本医保"), *sentences(found, "兜底保障")])
    assert "“各级定点医疗机构住院起付线降低50%”" in told
    assert "“县域内定点医疗机构住院报销比例达到90%以上”" in told
    assert found.row["self_due_fen"] == 190_000


def test_a_standard_that_is_not_printed_says_so_and_why() -> None:
    found = quoted(
        "nanzhou-2017", date(2017, 6, 1), categories=POOR, total="1000", eligible="900",
        level="村级", further=["病种=慢性病"], given=["basic=500", "assistance=200"],
    )  # fmt: skip
    assert lines(found)["慢性病医疗救助"].startswith("来源未载比例")
    (told,) = sentences(found, "慢性病医疗救助")
    assert "资料只说“按照救助标准”，没有写标准" in told
