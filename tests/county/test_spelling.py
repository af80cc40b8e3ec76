"""Other spellings of one name are offered with the line that settles it, and never assumed."""

from __future__ import annotations

import tomllib

import pytest

from onestop_cli.county.settings import County, Settings, Synonyms
from onestop_cli.county.spelling import hospitals, kind_question, lines, offered, places
from onestop_cli.county.synonyms import names
from onestop_cli.tables.inspection import Spelling

KNOWN = ["示例县人民医院", "示例县中医院", "青禾镇卫生院", "长河市第一人民医院"]
NAMES = names(Settings(county=County(name="示例县")))


def sure(text: str) -> list[str]:
    return [one.name for one in hospitals([text], NAMES, KNOWN) if one.sure]


SAME = [
    "示例县人民医院（本部）", "县人民医院", "示例县人民医院住院部", "示例县人民医院(二甲)", "示例县人民醫院",
    "本县人民医院",
    "示例县人民医院[新农合]", "人民医院医保科", "⽰例县人民医院（二级甲等）",
]  # fmt: skip


@pytest.mark.parametrize("text", SAME)
def test_what_makes_no_other_hospital_of_it_is_surely_the_same(text: str) -> None:
    assert sure(text) == ["示例县人民医院"]


@pytest.mark.parametrize(
    "text", ["示例县第一人民医院", "市人民医院", "示例县人民医院北院区", "中医院分院"]
)
def test_what_only_looks_alike_is_not(text: str) -> None:
    assert sure(text) == []


def test_a_name_of_the_register_needs_no_other() -> None:
    assert hospitals(["示例县人民医院", "示例县 人民医院"], NAMES, KNOWN) == []


def test_what_looks_alike_is_offered_apart() -> None:
    (one,) = hospitals(["示例县第一人民医院"], NAMES, KNOWN)
    assert (one.name, one.others, one.sure) == ("示例县人民医院", ("示例县第一人民医院",), False)
    told = offered([one, Spelling("hospital", "青禾镇卫生院", ("青禾卫生院",))], "医疗机构")
    assert [("--save 可以代写" in sentence) for sentence in told] == [True, False]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("江源省博爱专科医院", "江源省肿瘤医院"),
        ("长河市第二人民医院", "长河市第一人民医院"),
        ("长河市传染病医院", "长河市精神病医院"),
    ],
)
def test_two_words_or_numbers_in_one_place_are_two_hospitals(text: str, name: str) -> None:
    """A line that made them one would pay the one what the other advanced."""
    assert hospitals([text], NAMES, [name]) == []


@pytest.mark.parametrize("text", ["江源省肿榴医院", "江源省肿瘤院", "江源肿瘤医院"])
def test_a_slip_of_the_pen_is_offered(text: str) -> None:
    (one,) = hospitals([text], NAMES, ["江源省肿瘤医院"])
    assert (one.name, one.sure) == ("江源省肿瘤医院", False)


def test_two_hospitals_of_one_core_are_never_told_apart_by_a_guess() -> None:
    known = ["示例县人民医院", "人民医院"]
    assert [one for one in hospitals(["县人民医院"], NAMES, known) if one.sure] == []


def test_villages_of_a_township_written_in_several_ways_are_one_place() -> None:
    homes = {
        ("红崖乡", "双泉村"): 2, ("红崖乡", "双泉"): 1, ("红崖乡", "双泉村委会"): 3, ("红崖", "双泉村三社"): 1,
        ("红崖乡", "双泉村12组"): 1, ("红崖乡", "双泉村村民委员会"): 1, ("红崖乡", "石坪村"): 5, ("青禾镇", "双泉"): 1,
    }  # fmt: skip
    assert places(homes) == [
        Spelling("township", "红崖乡", ("红崖",)),
        Spelling(
            "village",
            "双泉村",
            ("双泉", "双泉村12组", "双泉村三社", "双泉村委会", "双泉村村民委员会"),
        ),
    ]


def test_a_neighbourhood_is_no_village_and_another_township_no_neighbour() -> None:
    assert places({("红崖乡", "城关村"): 1, ("红崖乡", "城关社区"): 1, ("东滩镇", "城关"): 1}) == []
    (one,) = places({("青禾镇", "城关社区"): 1, ("青禾镇", "城关社区居委会"): 1})
    assert (one.name, one.others) == ("城关社区", ("城关社区居委会",))


def test_a_township_that_became_a_town_is_not_surely_one() -> None:
    (one,) = places({("红崖乡", ""): 5, ("红崖镇", ""): 2})
    assert (one.name, one.others, one.sure) == ("红崖乡", ("红崖镇",), False)


def test_a_village_whose_spellings_mean_others_elsewhere_is_named_with_its_township() -> None:
    homes = {
        ("甲乡", "双泉村"): 5,
        ("甲乡", "双泉"): 1,
        ("乙乡", "双泉村一社"): 1,
        ("乙乡", "双泉"): 9,
    }
    found = {one.name: one.others for one in places(homes) if one.kind == "village"}
    assert found == {"甲乡/双泉村": ("双泉",), "双泉": ("双泉村一社",)}


def test_the_lines_are_toml_and_do_what_they_say() -> None:
    found = [*places({("红崖乡", "双泉村"): 2, ("红崖", "双泉村委会"): 1})]
    own = tomllib.loads("\n".join(lines(found)))["synonyms"]
    known = names(Settings(synonyms=Synonyms.model_validate(own)))
    assert known.township_named("红崖") == "红崖乡"
    assert known.village_named("双泉村委会", "红崖乡") == "双泉村"


def test_a_village_of_one_township_leaves_its_namesakes_alone() -> None:
    known = names(Settings(synonyms=Synonyms(village={"甲乡/双泉村": ("双泉",)})))
    assert known.village_named("双泉", "甲乡") == "双泉村"
    assert known.village_named("双泉", "乙乡") == "双泉"
    assert known.village_named("双泉", None) == "双泉"


def test_a_kind_that_no_document_names_is_one_question_with_its_lines() -> None:
    first, *ready, last = kind_question("农村低保甲", 3, ["五保户", "农村低保户"]).split("\n")
    assert "“农村低保甲”（3 人）" in first
    assert ready == ["[synonyms.category]", '"农村低保户" = ["农村低保甲"]']
    assert last == '没有待遇的写 "不享受救助" = ["农村低保甲"]'


def test_a_kind_like_none_is_offered_no_right_to_copy() -> None:
    _, *ready, _ = kind_question("退役军人", 3, ["五保户", "农村低保户"]).split("\n")
    assert ready == [
        "[synonyms.category]",
        '"政策中的类别" = ["退役军人"]',
        "（政策中的类别有：五保户、农村低保户）",
    ]
