"""The second hand's own tools give what governments printed in their examples."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from tests.second import chongqing
from tests.second.stays import ZERO, Stay, Yuan, half_up
from tests.second.year import Document, Share, flat, order, progressive, settle


def yuan(text: str) -> Yuan:
    return Fraction(text)


def bands(*pairs: tuple[int | None, int]) -> list[tuple[Yuan | None, Yuan]]:
    return [(None if top is None else Fraction(top), Fraction(rate, 100)) for top, rate in pairs]


def stay(number: int, total: str, eligible: str | None, **more: object) -> Stay:
    day = date(2023, number, 1)
    return Stay(
        admitted=day,
        discharged=day,
        hospital="甲医院",
        level="county",
        stay_no=str(number),
        total=yuan(total),
        eligible=None if eligible is None else yuan(eligible),
        **more,  # type: ignore[arg-type]
    )


def test_the_district_of_chongqing_is_right_on_all_four_layers() -> None:
    laozhang = stay(5, "200000", "180000", categories=("低保对象",))
    parts = settle([laozhang], chongqing.document_of)[0].parts
    printed = {
        "basic": yuan("125790.00"),
        "critical": yuan("29743.68"),
        "assistance": yuan("17126.42"),
        "extra": yuan("2687.93"),
    }
    assert {layer: part.due for layer, part in parts.items()} == printed


@pytest.mark.parametrize(
    ("table", "amount", "printed"),
    [
        (bands((12000, 0), (30000, 60), (100000, 65), (None, 75)), "150000", "93800"),
        (bands((30000, 50), (80000, 60), (150000, 70), (None, 80)), "80000", "45000"),
        (bands((400, 0), (10000, 80), (30000, 85), (None, 90)), "10000", "7680"),
        (bands((400, 0), (10000, 80), (30000, 85), (None, 90)), "30000", "24680"),
        (bands((280, 0), (10000, 80), (30000, 85), (None, 90)), "30000", "24776"),
        (bands((500, 0), (5000, 65), (20000, 75), (None, 65)), "6000", "3675"),
        (bands((500, 0), (10000, 70), (None, 80)), "12000", "8250"),
        (bands((5000, 30), (20000, 40), (None, 50)), "30000", "12500"),
        (bands((8000, 0), (50000, 50), (100000, 60), (None, 70)), "80000", "39000"),
        (bands((8000, 0), (50000, 50), (100000, 60), (None, 70)), "120000", "65000"),
        (bands((18000, 0), (50000, 50), (100000, 60), (None, 70)), "38000", "10000"),
        (bands((12000, 0), (30000, 55), (100000, 65), (None, 75)), "32000", "11200"),
        (bands((50000, 60), (None, 70)), "105096", "68567.20"),
    ],
)
def test_bands_are_filled_one_after_another(
    table: list[tuple[Yuan | None, Yuan]], amount: str, printed: str
) -> None:
    assert half_up(progressive(table, yuan(amount))) == yuan(printed)


def test_a_cap_comes_after_deductible_and_rate_and_its_rest_flows_on() -> None:
    document = Document(
        {
            "basic": lambda stay, before: Share(
                stay.in_scope, flat(Fraction(80, 100), Fraction(2000)), cap=Fraction(100000)
            ),
            "extra": lambda stay, before: Share(stay.total - before, flat(Fraction(80, 100))),
        }
    )
    parts = settle([stay(1, "147000", "117000")], lambda stay: document)[0].parts
    assert [part.due for part in parts.values()] == [yuan("92000"), yuan("44000")]


def test_a_claimed_stay_takes_the_room_of_a_cap_before_an_earlier_one_that_was_not() -> None:
    document = Document(
        {"basic": lambda stay, before: Share(stay.in_scope, flat(Fraction(1)), cap=Fraction(100))}
    )
    quiet = stay(1, "70", "70")
    claimed = stay(2, "80", "80", claimed={"basic": Fraction(80)})
    first, second = settle([quiet, claimed], lambda stay: document)
    assert (first.parts["basic"].due, second.parts["basic"].due) == (20, 80)


def test_order_goes_by_settlement_before_discharge() -> None:
    early = stay(3, "1", "1", settled=date(2023, 9, 1))
    late = stay(4, "1", "1")
    assert order(late) < order(early)
    assert early.claims("basic") == ZERO
