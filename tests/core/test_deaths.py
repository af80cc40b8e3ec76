"""Dead by any word in any column of a roster; not when it is denied, or said of somebody else."""

from __future__ import annotations

from datetime import date

import pytest

from onestop_cli.core.deaths import death


def said(column: str, text: str, relation: str | None = None) -> str | None:
    """The words of death in an entry of 王强 with one more text."""
    entry = {"name": "王强", "status": None, "reason": None, "remark": None, "answer": None}
    return death(**{**entry, "relation": relation, column: text})[0]  # type: ignore[arg-type]


@pytest.mark.parametrize("column", ["status", "reason", "remark"])
@pytest.mark.parametrize(
    "text",
    [
        "病故", "死亡", "因病去世", "低保户，亡故", "2010.9.1过世", "非正常死亡", "未婚病故", "是否死亡：是",
        "女 病故", "女性病逝",
        "本人死亡，由其子代办", "户籍注销", "李子文死亡", "身故", "车祸身亡", "猝死", "亡", "正常；死", "己故",
        "去逝", "销户",
        "死亡（2010.9.30）", "死亡（子宫癌）", "因子宫癌死亡", "儿童白血病死亡", "孙某某死亡", "李小妹死亡",
        "王二女病故", "疑似死亡",
        "死亡日期有误", "死亡时间无法确认", "死亡信息未上报", "未见死亡证明", "母亲改嫁后本人死亡", "已不在世",
        "误服农药死亡", "死亡人员",
        "户主本人死亡", "照顾父亲时死亡", "无子女，已故",
    ],
)  # fmt: skip
def test_dead_is_dead_by_any_word(text: str, column: str) -> None:
    assert said(column, text)


@pytest.mark.parametrize("column", ["status", "reason", "remark"])
@pytest.mark.parametrize(
    "text",
    ["未死亡", "死亡：否", "是否死亡：否", "是否死亡", "非死亡", "没有死亡", "无死亡", "无死亡记录",
     "死亡标志：0", "死亡信息有误",
     "死亡不属实", "误报死亡", "系统误登记为死亡", "尚未去世", "银行卡注销", "账户销户"],
)  # fmt: skip
def test_a_death_denied_is_none(text: str, column: str) -> None:
    assert not said(column, text)


@pytest.mark.parametrize(
    "text",
    [
        "父亲病故", "丈夫2008年去世", "父母双亡", "户主死亡", "因妻亡故改为单人户", "其子已故", "2009年母去世",
        "儿子病逝，女儿外嫁",
        "死亡（户主）", "死亡：户主", "爷爷去世", "夫张三病故", "其夫死亡", "患者之子死亡", "单亲家庭父亲死亡",
        "长子死亡", "独生子女死亡",
        "病故军人遗属", "因公牺牲、病故军人家属", "母已故", "监护人死亡，变更监护人", "死亡（其父）", "岳父病故",
    ],
)  # fmt: skip
def test_a_death_of_somebody_else_is_none(text: str) -> None:
    assert not said("remark", text)


def test_the_head_of_a_household_is_the_one_who_died() -> None:
    assert said("remark", "户主死亡", relation="户主")
    assert not said("remark", "户主死亡", relation="之子")


def test_words_in_brackets_beside_the_name_count() -> None:
    assert said("name", "王强（已故）") == "已故"
    assert said("name", "王强(亡)") == "亡"
    assert not said("name", "王强（父已故）")


@pytest.mark.parametrize("text", ["是", "1", "死亡", "肺癌", "已", "不在世", "家中"])
def test_a_column_about_death_is_answered(text: str) -> None:
    assert said("answer", text) == f"是否死亡：{text}"


@pytest.mark.parametrize("text", ["否", "0", "健在", "未死亡", "否。", "否（健在）", "在世", "未"])
def test_a_column_about_death_is_denied(text: str) -> None:
    assert not said("answer", text)


def test_the_one_day_among_the_words_is_kept() -> None:
    none = (None, None, None, None)
    assert death("王强", "2010年9月1日病故", *none)[1] == date(2010, 9, 1)
    assert death("王强", "2010年9月1日至2010年9月3日间病故", *none)[1] is None
