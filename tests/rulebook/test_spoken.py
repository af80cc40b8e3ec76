"""What a sentence says in numbers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from onestop_cli.rulebook.check.spoken import names_day, said


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("不超过3.5万元", "35000"), ("起付线为50元", "50"), ("6,000元", "6000"), ("6，000元", "6000"),
        ("6 000元", "6000"), ("一百二十元", "120"), ("三万元", "30000"), ("起付线300", "300"), ("取消起付线", "0"),
        ("２００元", "200"), ("二〇〇元", "200"), ("一千零五元", "1005"),
    ],
)  # fmt: skip
def test_an_amount_is_said(text: str, yuan: str) -> None:
    assert said(text).amount(Decimal(yuan))


@pytest.mark.parametrize(
    ("text", "yuan"),
    [("不超过3.5万元", "3.5"), ("按80%补偿", "80"), ("60岁以上", "60"), ("第3次住院300元", "3"), ("每年6000元", "600")],
)  # fmt: skip
def test_another_number_is_not_said_for_it(text: str, yuan: str) -> None:
    assert not said(text).amount(Decimal(yuan))


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("按80%", "80"), ("百分之八十", "80"), ("六成", "60"), ("减半", "50"), ("全额报销", "100"), ("0.75", "75"),
        ("八折", "80"),
    ],
)  # fmt: skip
def test_a_share_is_said(text: str, share: str) -> None:
    assert said(text).share(Decimal(share))


@pytest.mark.parametrize(
    ("text", "day", "last", "found"),
    [
        ("自2010年1月1日起", date(2010, 1, 1), False, True),
        ("2010年起", date(2010, 1, 1), False, True),
        ("从二〇一〇年一月起", date(2010, 1, 1), False, True),
        ("2010.1.2", date(2010, 1, 1), False, False),
        ("至2010年12月", date(2010, 12, 31), True, True),
        ("至2010年11月", date(2010, 12, 31), True, False),
    ],
)
def test_a_day_is_named(text: str, day: date, last: bool, found: bool) -> None:
    assert names_day(text, day, last=last) == found
