"""What a list shows of people, hospitals and categories."""

from __future__ import annotations

import polars as pl
import pytest

from onestop_cli.notices.names import harmless_category, plain, tells_illness, under_age
from tests.made.notices import id_of


def one(value: str, expression: pl.Expr) -> object:
    """The expression's value for a single text."""
    return pl.DataFrame({"text": [value]}).select(expression).item()


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("王　强", "王强"),
        (" 王 小 明 ", "王小明"),
        ("王\u200b强\x07", "王强"),
        ("Ann  Lee", "Ann Lee"),
        ("\u202e明小王", "明小王"),
        (" \t", None),
    ],
)
def test_names_lose_blanks_and_invisible_characters(raw: str, shown: str | None) -> None:
    assert one(raw, plain(pl.col("text"))) == shown


def test_a_birthday_on_the_29th_of_february_counts_from_the_28th() -> None:
    born = pl.lit(id_of(1, born="19920229"))
    assert pl.select(under_age(born, pl.date(2010, 2, 27))).item() is True
    assert pl.select(under_age(born, pl.date(2010, 2, 28))).item() is False


@pytest.mark.parametrize(
    "name",
    [
        "临江市精神病医院",
        "省传染病医院",
        "市肿瘤医院",
        "县结核病防治所",
        "州戒毒康复医院",
        "皮肤病性病防治院",
        "市第三医院艾滋病诊疗中心",
        "县疾病预防控制中心",
        "市安定医院",
        "省胸科医院",
        "市心理卫生中心",
    ],
)
def test_names_that_tell_the_illness(name: str) -> None:
    assert one(name, tells_illness(pl.col("text"))) is True


@pytest.mark.parametrize(
    "name",
    ["示例县人民医院", "示例县妇幼保健院", "白土中心卫生院", "示例县中医院", "县第三人民医院"],
)
def test_names_that_tell_nothing(name: str) -> None:
    assert one(name, tells_illness(pl.col("text"))) is False


def test_a_category_that_tells_the_illness_is_not_printed() -> None:
    shown = [one(text, harmless_category(pl.col("text"))) for text in ("艾滋病患者", "因病致贫")]
    assert shown == ["救助对象", "因病致贫"]
