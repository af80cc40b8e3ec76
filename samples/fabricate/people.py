"""Made-up people: valid ID numbers of county code 6399, names as they are met in the northwest."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from samples.fabricate.model import Person
from samples.fabricate.places import COUNTY_CODE

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

_HAN = "李王张刘陈赵马郭韩贺温崔秦邓苗康田冉蒲晁"
_GIVEN = "秀兰桂英海军生财福寿春梅玉莲文明成林贵有才元宝花霞建国志强燕丽平安永红雪晓"
_RARE = ("䶮", "㛃", "𬱖", "犇", "彧", "喆", "𠮷", "玥")
_TIBETAN = (
    "才让", "卓玛", "扎西", "拉毛", "多杰", "索南", "尕藏", "桑吉", "仁青", "央金", "达娃", "旦增",
    "格桑", "加措", "南卡", "措吉",
)  # fmt: skip
_HUI = ("尤素福", "伊布拉", "哈力麦", "法图麦", "阿依舍", "索菲娅", "达吾德", "穆萨")
_MONGOL = ("巴图", "那仁", "其其格", "乌兰", "格日勒", "朝鲁", "阿拉坦", "孟和")


def check_character(first17: str) -> str:
    """The 18th character of GB 11643."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first17, strict=True))
    return "10X98765432"[total % 11]


def make_id(area: int, born: date, order: int) -> str:
    """The number of the `order`-th person born that day in area 6399`area`; an odd order is male."""
    first17 = f"{COUNTY_CODE}{area:02d}{born:%Y%m%d}{order:03d}"
    return first17 + check_character(first17)


class Registry:
    """Makes people and sees to it that no ID number is given twice."""

    def __init__(self, rng: Random, homes: list[tuple[str, str]], today: date) -> None:
        self._rng, self._homes, self._today = rng, homes, today
        self._given: set[str] = set()

    def person(self, youngest: int = 0, oldest: int = 92) -> Person:
        """A new person between `youngest` and `oldest` years old."""
        rng = self._rng
        age_days = rng.randint(youngest * 366 + 30, oldest * 365)
        born = self._today - timedelta(days=age_days)
        while True:
            number = make_id(rng.randint(1, 29), born, rng.randint(1, 999))
            if number not in self._given:
                break
        self._given.add(number)
        sex = "男" if int(number[16]) % 2 else "女"
        return Person(_name(rng), number, born, sex, *rng.choice(self._homes))


def _name(rng: Random) -> str:
    """Mostly Han names; Tibetan, Hui and Mongolian ones with and without a middle dot; a rare character at times."""
    people = rng.choices(("han", "tibetan", "hui", "mongol", "rare"), (60, 20, 10, 6, 4))[0]
    dot = rng.choice(("·", "·", ""))
    if people == "tibetan":
        return dot.join(rng.sample(_TIBETAN, 2))
    if people == "hui":
        return rng.choice("马冶喇韩") + dot + rng.choice(_HUI)
    if people == "mongol":
        return "·".join(rng.sample(_MONGOL, 2))
    given = rng.choice(_RARE) if people == "rare" else rng.choice(_GIVEN)
    if rng.random() < 0.6:
        given += rng.choice(_GIVEN)
    return rng.choice(_HAN) + given
