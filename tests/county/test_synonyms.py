"""Names that mean the same, and names that only look alike."""

from __future__ import annotations

import pytest

from onestop_cli.county.settings import County, Settings, Synonyms
from onestop_cli.county.synonyms import names, near

KNOWN = ["五保户", "重点优抚对象", "农村低保户", "60年代精简退职人员", "定期定量救济人员"]
SHIPPED = names(Settings())


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("五保", "五保户"),
        ("特困供养人员", "五保户"),
        ("特困人员-7131", "五保户"),
        (" 五保（集中） ", "五保户"),
        ("六十年代精减退职老职工", "60年代精简退职人员"),
        ("６０年代精简退职", "60年代精简退职人员"),
        ("低保", "农村低保户"),
        ("农村低保", "农村低保户"),
        ("在乡复员军人", "重点优抚对象"),
        ("定期定量救济", "定期定量救济人员"),
        ("城镇低保", None),
        ("低保边缘", None),
        ("五保戶", None),
        ("", None),
        (None, None),
    ],
)
def test_a_category_is_known_by_its_other_names(text: str | None, category: str | None) -> None:
    assert SHIPPED.canonical_category(text, KNOWN) == category


def test_a_narrower_category_falls_under_the_wider_one_that_is_known() -> None:
    assert SHIPPED.canonical_category("城市低保", ["低保对象", "特困人员"]) == "低保对象"
    assert SHIPPED.canonical_category("低保", ["农村低保户", "城市低保户"]) is None


@pytest.mark.parametrize("text", ["无", "普通", "非救助对象", "否", " 一般 ", None])
def test_some_words_only_say_that_there_is_no_category(text: str | None) -> None:
    assert SHIPPED.says_none(text)
    assert not SHIPPED.says_none("五保户")


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("村级", "village"),
        ("村卫生室", "village"),
        ("乡级", "township"),
        ("中心卫生院", "township"),
        ("一级", "township"),
        ("县（区）级", "county"),
        ("三级", None),
    ],
)
def test_levels_are_known_in_their_spellings(text: str, level: str | None) -> None:
    assert SHIPPED.canonical_level(text) == level


def test_the_county_adds_its_own_spellings() -> None:
    own = names(
        Settings(
            synonyms=Synonyms(
                category={"低保": ("低保A类",), "村干部": ("离任村干部",)},
                level={"township": ("村级",)},
                hospital={"云谷卫生院": ("云谷院",)},
            )
        )
    )
    assert own.canonical_category("低保A类", KNOWN) == "农村低保户"
    assert own.canonical_category("离任村干部", ["村干部"]) == "村干部"
    assert own.canonical_level("村级") == "township"
    assert own.canonical_hospital("云谷院", ["云谷卫生院"]) == "云谷卫生院"


def test_a_hospital_is_known_with_the_name_of_its_county_and_not_by_likeness() -> None:
    county = names(Settings(county=County(name="示例县")))
    known = ["云谷卫生院", "示例县人民医院"]
    assert county.canonical_hospital("示例县云谷卫生院", known) == "云谷卫生院"
    assert county.canonical_hospital("县人民医院", known) is None
    assert county.canonical_hospital("云谷中心卫生院", known) is None
    assert near("县人民医院", known)[0] == "示例县人民医院"
    assert near("云谷中心卫生院", known)[0] == "云谷卫生院"


PRIORITY = ("五保户", "农村低保户", "重点优抚对象")
TODAY = ("特困人员", "低保对象", "监测户")
KINDS = [
    ("农村低保A类", PRIORITY, ["农村低保户"]), ("农村低保（B类）", PRIORITY, ["农村低保户"]),
    ("低保一档", PRIORITY, ["农村低保户"]), ("农村五保（分散）", PRIORITY, ["五保户"]),
    ("五保老人", PRIORITY, ["五保户"]), ("特困供养（集中）", PRIORITY, ["五保户"]),
    ("农村特困供养", TODAY, ["特困人员"]), ("城市特困供养", TODAY, ["特困人员"]),
    ("特困人员-7131", TODAY, ["特困人员"]), ("农村低保", TODAY, ["低保对象"]),
    ("城市低保", TODAY, ["低保对象"]), ("低保对象（7019）", TODAY, ["低保对象"]),
    ("监测对象", TODAY, ["监测户"]), ("脱贫不稳定户", TODAY, ["监测户"]),
    ("边缘易致贫户（未消除风险）", TODAY, ["监测户"]), ("突发严重困难户", TODAY, ["监测户"]),
    ("农村易返贫致贫人口", TODAY, ["监测户"]), ("特困,低保", TODAY, ["特困人员", "低保对象"]),
    ("低保、监测户", TODAY, ["低保对象", "监测户"]), ("低保/稳定脱贫人口", TODAY, ["低保对象"]),
    ("低保 残疾", TODAY, ["低保对象", "残疾"]), ("稳定脱贫人口", TODAY, []),
    ("脱贫户", TODAY, []), ("脱贫不稳定户（已消除风险）", TODAY, []),
    ("无", TODAY, []), ("残疾人", TODAY, ["残疾人"]),
    ("残疾人、老人", TODAY, ["残疾人、老人"]), ("监测户", ("脱贫不稳定户",), ["监测户"]),
    ("稳定脱贫人口", ("稳定脱贫人口",), ["稳定脱贫人口"]),
    ("低保（农村）", PRIORITY, ["农村低保户"]), ("低保（城市）", PRIORITY, ["低保（城市）"]),
    ("低保（城市）", TODAY, ["低保对象"]), ("A类低保", PRIORITY, ["农村低保户"]),
    ("分散供养五保老人", PRIORITY, ["五保户"]), ("集中供养孤儿", PRIORITY, ["集中供养孤儿"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "known", "kinds"), KINDS)
def test_the_kinds_of_a_cell_are_those_that_the_document_names(
    text: str, known: tuple[str, ...], kinds: list[str]
) -> None:
    assert names(Settings()).kinds(text, known) == kinds


def test_a_document_and_a_county_may_name_kinds_without_a_right() -> None:
    assert names(Settings()).kinds("残疾人", TODAY, ["残疾人"]) == []
    own = Settings(synonyms=Synonyms(category={"不享受救助": ("残疾人",), "低保对象": ("老人",)}))
    assert names(own).kinds("残疾人", TODAY) == []
    assert names(own).kinds("老人", TODAY) == ["低保对象"]
