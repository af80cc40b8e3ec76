"""What a list shows of people and categories."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from onestop_cli.notices.categories import category_labels
from onestop_cli.notices.names import plain, shown_name, with_names, younger_than
from onestop_cli.notices.profile import Names
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
        ("葛\U000e0100城", "葛城"),
        ("王\ue863明", "王□明"),
        (" \t", None),
    ],
)
def test_names_lose_what_cannot_be_seen_or_printed(raw: str, shown: str | None) -> None:
    assert one(raw, plain(pl.col("text"))) == shown


def test_a_birthday_on_the_29th_of_february_counts_from_the_28th() -> None:
    born = pl.lit(id_of(1, born="19920229"))
    assert pl.select(younger_than(18, born, pl.date(2010, 2, 27))).item() is True
    assert pl.select(younger_than(18, born, pl.date(2010, 2, 28))).item() is False


def shown(names: Names, born: str | None, day: date = date(2010, 11, 9)) -> str:
    """What a list shows of 王小明, who was born on a day."""
    number = id_of(1, born=born) if born else None
    people = pl.DataFrame(
        {"id_no": [number], "name": ["王小明"]}, schema_overrides={"id_no": pl.String}
    )
    return str(with_names(people, pl.lit(day)).select(shown_name(names)).item())


@pytest.mark.parametrize(
    ("born", "full", "masked"),
    [
        ("19600101", "王小明", "王*明"),
        ("19921109", "王小明", "王*明"),
        ("19921110", "王*明", "王*明"),
        ("19961109", "王*明", "王*明"),
        ("19961110", "（儿童）", "（儿童）"),
        ("20100101", "（儿童）", "（儿童）"),
        (None, "王*明", "王*明"),
    ],
)
def test_minors_are_masked_and_children_under_14_have_no_name(
    born: str | None, full: str, masked: str
) -> None:
    assert (shown("full", born), shown("masked", born), shown("none", born)) == (full, masked, "")


# Categories that tell


CLASSES = {"农村低保户": "一类", "尿毒症患者": "一类", "五保户": "二类"}


def test_a_telling_category_goes_by_its_class_and_so_does_the_whole_class() -> None:
    labels = category_labels([], CLASSES)
    assert labels == {"农村低保户": "一类", "尿毒症患者": "一类", "五保户": "五保户"}


@pytest.mark.parametrize(
    "classes",
    [
        {},
        {"尿毒症患者": "二类", "农村低保户": "一类"},
        {"尿毒症患者": "精神病类", "农村低保户": "精神病类"},
    ],
    ids=["no class", "alone in its class", "a class that tells itself"],
)
def test_where_the_class_is_no_company_everybody_is_an_assisted_person(
    classes: dict[str, str],
) -> None:
    labels = category_labels(["尿毒症患者", "农村低保户"], classes)
    assert set(labels.values()) == {"救助对象"}


@pytest.mark.parametrize(
    "name",
    [
        "因病致贫",
        "重病患者",
        "慢性病患者",
        "重特大疾病患者",
        "重度残疾人",
        "农村低保户",
        "病故军人遗属",
    ],
)
def test_categories_that_tell_nothing_keep_their_names(name: str) -> None:
    assert category_labels([name], {}) == {name: name}


@pytest.mark.parametrize(
    "name", ["艾滋病患者", "尿毒症患者", "肇事肇祸精神病人", "重性精神病患者", "白血病儿童", "血友病患者", "癌症患者"]
)  # fmt: skip
def test_categories_that_tell(name: str) -> None:
    assert category_labels([name], {}) == {name: "救助对象"}
