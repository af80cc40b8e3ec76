"""What hospitals are called where their names would tell an illness."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop_cli.errors import CannotRun
from onestop_cli.privacy import tells_illness
from onestop_cli.statements.hospital_labels import Hospital, Labels, labels_of
from tests.made.notices import run_of, stay


@pytest.mark.parametrize(
    "name",
    [
        "临江市精神病医院", "省传染病医院", "市肿瘤医院", "县结核病防治所", "州戒毒康复医院", "皮肤病性病防治院",
        "市第三医院艾滋病诊疗中心", "县疾病预防控制中心", "市安定医院", "省胸科医院", "市心理卫生中心", "示例县皮防所",
        "县结防所", "长河市脑科医院", "示例县血透中心", "示例县精神卫生中心", "示例县康宁医院", "安宁医院",
    ],
)  # fmt: skip
def test_names_that_tell_the_illness(name: str) -> None:
    assert tells_illness(name)


@pytest.mark.parametrize(
    "name",
    [
        "示例县人民医院", "示例县妇幼保健院", "白土中心卫生院", "示例县中医院", "县第三人民医院", "安宁市人民医院",
        "安定区人民医院", "康宁镇卫生院", "安康市中医院",
    ],
)  # fmt: skip
def test_names_that_tell_nothing(name: str) -> None:
    assert not tells_illness(name)


def labels(**levels: str) -> dict[str, str]:
    """Hospital → its label; `levels`: level → hospitals, joined by blanks."""
    hospitals = [Hospital(name, level) for level, names in levels.items() for name in names.split()]
    found = Labels(tuple(hospitals)).by_level
    return {one.name: found.get(one.level, one.name) for one in hospitals}


def test_a_level_with_a_telling_hospital_prints_all_its_hospitals_by_level() -> None:
    shown = labels(county="县医院 中医院", city="市一院 市传染病医院")
    assert shown == {
        "县医院": "县医院",
        "中医院": "中医院",
        "市一院": "市级定点医疗机构",
        "市传染病医院": "市级定点医疗机构",
    }


def test_a_level_of_telling_hospitals_only_takes_in_the_level_below() -> None:
    shown = labels(township="卫生院", county="县医院", city="市传染病医院")
    assert shown["卫生院"] == "卫生院"
    assert shown["县医院"] == shown["市传染病医院"] == "县级、市级定点医疗机构"


def test_or_the_level_above_where_there_is_none_below() -> None:
    assert len(set(labels(county="县康宁医院", city="市一院").values())) == 1


levels = st.sampled_from(["township", "county", "city", "province", ""])


@given(st.lists(st.tuples(levels, st.booleans()), min_size=1, max_size=12))
def test_no_label_is_that_of_telling_hospitals_only(known: list[tuple[str, bool]]) -> None:
    """The elimination attack: of everybody who could stand behind a label, one at least tells nothing."""
    hospitals = [Hospital(f"医院{n}", level, marked) for n, (level, marked) in enumerate(known)]
    found = Labels(tuple(hospitals)).by_level
    behind: dict[str, list[Hospital]] = {}
    for one in hospitals:
        behind.setdefault(found.get(one.level, one.name), []).append(one)
    if not all(one.telling for one in hospitals):
        assert all(not all(one.telling for one in group) for group in behind.values())
    assert all(len(group) == 1 or group[0].level in found for group in behind.values())


REGISTER = {
    "hospital": ["县医院", "县第三人民医院", "安康医院"],
    "level": ["county", "county", "city"],
}


def test_the_register_decides_and_the_words_only_suggest() -> None:
    register = {**REGISTER, "公示隐名": ["否", "是", "否"]}
    found = labels_of(run_of(stay(1), register=register))
    assert set(found.by_level) == {"county"}
    assert found.suggested == ()
    assert labels_of(run_of(stay(1), register=REGISTER)).suggested == ("安康医院",)


def test_a_level_is_hidden_although_nobody_was_in_the_telling_hospital() -> None:
    """Else the quarters in which names are missing would tell who was there."""
    register = {"hospital": ["示例县人民医院", "示例县康宁医院"], "level": ["county", "county"]}
    run = run_of(stay(1), register=register)
    shown = run.stays.select(labels_of(run).of(pl.col("hospital"), pl.col("level"))).item()
    assert shown == "县级定点医疗机构"


def test_a_mark_that_is_neither_yes_nor_no_is_named() -> None:
    with pytest.raises(CannotRun, match="“县医院”的公示隐名写作“也许”，看不懂"):
        labels_of(run_of(stay(1), register={**REGISTER, "公示隐名": ["也许", "", None]}))
