"""CJK radicals as the characters they stand for: what copying out of a PDF makes of a name."""

from __future__ import annotations

_FIRST = 0x2E80
_STAND_FOR = (
    " 厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑𫜹忄心扌攵 旡日月歺母民氵氺灬爫爫丬牛"
    "犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑"
    "钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"
)
"""By the Unicode data (Equivalent_Unified_Ideograph), U+2E80 to U+2EF3 in order; a blank has none."""

_RADICALS = {chr(_FIRST + place): char for place, char in enumerate(_STAND_FOR) if char != " "}
RADICALS, CHARACTERS = list(_RADICALS), list(_RADICALS.values())
"""The radicals that NFKC leaves alone (it knows U+2F00 to U+2FD5), and their characters in the same order."""

_TABLE = str.maketrans(_RADICALS)


def without_radicals(text: str) -> str:
    """`text` with the characters that its radicals stand for."""
    return text.translate(_TABLE)
