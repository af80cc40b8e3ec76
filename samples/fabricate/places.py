"""The made-up county's townships, villages and hospitals."""

from __future__ import annotations

from random import Random

from samples.fabricate.model import Hospital
from samples.fabricate.shapes import draw_shape

COUNTY = "示例县"
COUNTY_CODE = "6399"

TOWNSHIPS = (
    "青禾镇", "柳沟乡", "东滩镇", "红崖乡", "金坪镇", "麦田乡", "雪山乡", "榆树湾镇",
)  # fmt: skip

_VILLAGES = (
    "河口", "石窑", "杏花", "桃园", "双泉", "小寨", "新庄", "台子", "磨坊", "梨树",
    "羊圈", "土楼", "芦苇", "枣林", "沙湾", "前进", "团结", "和平", "胜利", "新民",
)  # fmt: skip

_HOSPITALS = (
    *((f"{township}卫生院", "township", "公立") for township in TOWNSHIPS),
    ("示例县林场职工医院", "township", "民营"),
    ("示例县人民医院", "county", "公立"),
    ("示例县中医院", "county", "公立"),
    ("示例县妇幼保健院", "county", "公立"),
    ("示例县第二人民医院", "county", "公立"),
    ("示例县精神卫生中心", "county", "公立"),
    ("示例县康宁医院", "county", "民营"),
    ("长河市第一人民医院", "city", "公立"),
    ("长河市第二人民医院", "city", "公立"),
    ("长河市传染病医院", "city", "公立"),
    ("江源省人民医院", "province", "公立"),
    ("江源省肿瘤医院", "province", "公立"),
)
"""Name, level, ownership: twenty of them."""


def make_villages(rng: Random, count: int = 60) -> list[tuple[str, str]]:
    """(township, village) pairs spread evenly; villages of different townships may share a name."""
    homes = []
    for index, township in enumerate(TOWNSHIPS):
        share = len(range(index, count, len(TOWNSHIPS)))
        homes += [(township, f"{stem}村") for stem in rng.sample(_VILLAGES, share)]
    return homes


def make_hospitals(rng: Random, villages: list[tuple[str, str]], count: int = 20) -> list[Hospital]:
    """The first `count` hospitals of the county; past twenty, branches in the villages are added (up to 80)."""
    branches = [(f"{town}{village}分院", "township", "公立") for town, village in villages]
    named = (*_HOSPITALS, *branches)[:count]
    return [
        Hospital(name, level, ownership, draw_shape(rng, index))
        for index, (name, level, ownership) in enumerate(named)
    ]
