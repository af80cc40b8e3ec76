"""A wrong amount is told by the mistake that gives it to the fen; chance is told nothing.

The county hospital gives listed people 70 % of 可补偿费用 (township 80, city 60, province 50); aid then gives
农村低保户 60 % of what is left up to 500 yuan, and more above.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from benchmarks.diagnosis import Table, score_habits, score_noise
from benchmarks.habits.county import habit_county
from onestop_cli.core.findings.causes import Glossary
from onestop_cli.core.options import NameLookup
from onestop_cli.core.pipeline import work
from onestop_cli.county.periods import parse_period
from onestop_cli.rulebook.library import load_rules
from tests.made.books import PEOPLE, REGISTER, Office, huangzhong, stays

HOSPITAL = dict(zip(REGISTER["level"], REGISTER["hospital"], strict=True))
NAMES = NameLookup(
    hospital=lambda text: text if text in set(REGISTER["hospital"]) else None,
    level=lambda text: None,
    category=str,
)
TOTAL, BASIC, AID = 123_450, 86_415, 22_221
"""70 % of 1,234.50 yuan, and 60 % of the 370.35 that they leave."""


def stay(number: int = 0, **said: Any) -> dict[str, Any]:
    """The only stay of a person on the roster of 农村低保户, all 可补偿, with right claims."""
    day = date(2010, 10, 8) + timedelta(days=number)
    return {
        "row": number + 2, "stay_no": str(number), "name": f"人{number}", "id_raw": PEOPLE[number],
        "hospital_raw": HOSPITAL["county"], "admitted_on": day, "discharged_on": day,
        "settled_on": day, "total_fen": TOTAL, "eligible_fen": TOTAL,
        "basic_claimed_fen": BASIC, "assistance_claimed_fen": AID, **said,
    }  # fmt: skip


def causes(rows: Sequence[dict[str, Any]], layer: str = "basic") -> list[str]:
    office = huangzhong()
    done = work(stays(rows), office.roster, REGISTER, office.book, parse_period("2010Q4"), NAMES)
    return list(done.findings.filter(code="AM01", layer=layer).sort("row")["cause"])


@pytest.mark.parametrize(
    ("claimed", "first"),
    [
        (98_760, "level:township"),  # 80 %
        (80_243, "bonus"),  # 65 %: 80,242.5
        (92_588, "bonus"),  # 75 %: 92,587.5
        (79_415, "deductible"),  # 70 % of what a deductible of 100 yuan leaves
        (86_420, "rounding:jiao"),
        (86_400, "rounding:yuan"),
        (864_150, "shift:decimal"),
        (8_642, "shift:decimal"),
        (0, "omitted"),
        (77_777, "unknown"),
    ],
)
def test_one_mistake_is_named(claimed: int, first: str) -> None:
    (cause,) = causes([stay(basic_claimed_fen=claimed)])
    assert cause.split(";")[0] == first


def test_two_columns_exchanged_are_swapped() -> None:
    rows = [stay(basic_claimed_fen=AID, assistance_claimed_fen=BASIC)]
    assert causes(rows) == causes(rows, "assistance") == ["swapped"]


def test_what_the_patient_pays_in_the_column_of_the_fund_is_swapped() -> None:
    """123,450 − 86,415 − 22,221 = 14,814 is left to the patient."""
    assert causes([stay(basic_claimed_fen=14_814, self_claimed_fen=BASIC)]) == ["swapped"]


def test_two_layers_in_one_column_are_lumped() -> None:
    assert causes([stay(basic_claimed_fen=BASIC + AID, assistance_claimed_fen=0)]) == ["lumped"]


def test_amounts_that_slipped_a_row_are_shifted() -> None:
    """70 % of 1,000, 2,000, 3,000 and 4,000 yuan, the last three a row too low."""
    bills = (100_000, 200_000, 300_000, 400_000)
    due = (70_000, 140_000, 210_000, 280_000)
    claimed = (70_000, *due[:3])
    rows = [
        stay(n, total_fen=bill, eligible_fen=bill, basic_claimed_fen=fen)
        for n, (bill, fen) in enumerate(zip(bills, claimed, strict=True))
    ]
    assert causes(rows) == ["shift"] * 3


def test_one_amount_that_is_a_neighbours_is_no_shift() -> None:
    rows = [
        stay(0, total_fen=111_100, eligible_fen=111_100, basic_claimed_fen=77_770),
        stay(1, basic_claimed_fen=77_770),
    ]
    assert causes(rows) == ["unknown"]


def test_aid_without_the_insurance_taken_off_is_an_omission() -> None:
    """500 × 60 % + 500 × 65 % + 234.50 × 70 %."""
    (cause,) = causes([stay(assistance_claimed_fen=78_915)], "assistance")
    assert cause == "omitted:basic"


def test_aid_on_wrong_insurance_follows_from_it() -> None:
    """98,760 leave 246.90, of which 60 % are 148.14."""
    rows = [stay(basic_claimed_fen=98_760, assistance_claimed_fen=14_814)]
    assert causes(rows, "assistance")[0].split(";")[0] == "upstream"


@pytest.mark.parametrize(
    ("referral", "claimed", "cause"),
    [("临时外出就医", 48_000, "condition:本地或已备案"), (None, 38_400, "condition:未备案")],
)
def test_a_share_of_the_rate_that_is_not_taken_or_taken_wrongly_is_named(
    referral: str | None, claimed: int, cause: str
) -> None:
    """County hospital, 1,000 yuan: 80 % of 600 is 480, and 未备案 80 % of that, 384."""
    row = {
        "row": 2, "stay_no": "1", "name": "人1", "id_raw": PEOPLE[1], "hospital_raw": HOSPITAL["county"],
        "admitted_on": date(2024, 5, 1), "discharged_on": date(2024, 5, 8), "settled_on": date(2024, 5, 8),
        "total_fen": 100_000, "eligible_fen": 100_000, "basic_claimed_fen": claimed,
        "x_visit": "21", "x_disease_code": None, "x_referral": referral,
    }  # fmt: skip
    office = Office(load_rules(["shizhan-2024"]), ("稳定脱贫人口",))
    done = work(stays([row]), office.roster, REGISTER, office.book, parse_period("2024Q2"), NAMES)
    found = done.findings.filter(code="AM01", layer="basic")["cause"].to_list()
    assert [said.split(";")[0] for said in found] == [cause]


def test_a_plain_habit_comes_before_a_rare_kind_of_people() -> None:
    """Of 8,334 yuan 2,500.20 are left: 80 % of them are what 优抚对象 get, and the last band gives on everything."""
    bill = {"total_fen": 833_400, "eligible_fen": 833_400, "basic_claimed_fen": 583_380}
    (cause,) = causes([stay(**bill, assistance_claimed_fen=200_016)], "assistance")
    assert cause.split(";") == ["bands:whole", "category:重点优抚对象"]


def test_two_mistakes_at_once_are_believed_when_met_again() -> None:
    """80 % of what a deductible of 100 yuan leaves: of 1,134.50, and of 1,900."""
    one = stay(0, basic_claimed_fen=90_760)
    two = stay(1, total_fen=200_000, eligible_fen=200_000, basic_claimed_fen=152_000)
    assert causes([one]) == ["unknown"]
    assert all("level:township+deductible" in cause for cause in causes([one, two]))


def test_nothing_claimed_where_something_is_due_accuses_nobody() -> None:
    """A deductible that eats everything, or a kind that has no right, would give 0 as well."""
    assert causes([stay(basic_claimed_fen=0)]) == ["omitted"]


@pytest.fixture(scope="module")
def scored() -> Table:
    """Planted habits in a document of four layers, priced in plain fractions."""
    table: Table = {}
    assert score_habits(habit_county(4004, 4, hospitals=36, each=14), table) == 0
    return table


def test_planted_habits_are_named(scored: Table) -> None:
    total = sum(scored.values(), Counter())
    assert total["listed"] >= total["laid in"] * 0.995 > 150
    assert total["first"] >= total["laid in"] * 0.98


def test_noise_is_given_no_cause() -> None:
    counts = score_noise(4, 711, 200)
    assert counts["wrong"] > 150
    assert counts["accused"] == 0


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        ("omitted", "这一层没有申报"),
        ("condition:未备案", "按“未备案”计算"),
        ("omitted:critical", "基数没有减去大病保险"),
        ("omitted:first_pay", "基数没有减去先行自付"),
        ("level:city+deductible", "按市级比例计算，同时起付线扣得不对（应扣未扣，或不应扣而扣）"),
        ("shift:decimal;ordinary", "小数点错了位；或按没有救助身份的普通人计算"),
    ],
)
def test_causes_are_said_in_words(cause: str, words: str) -> None:
    assert Glossary(layers={"critical": "大病保险"}).words(cause) == words
