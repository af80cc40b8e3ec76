"""What the titles and labels of a summary table mean."""

from __future__ import annotations

import re

PARTS = {
    "cases": "人次",
    "people": "人数",
    "entitled": "应参合人数",
    "enrolled": "参合人数",
    "total": "总费用",
    "eligible": "可补偿费用",
    "funds_due": "应收资金",
    "received": "到位资金",
    "funds": "筹集资金",
    "spent": "基金支出",
    "critical": "大病保险",
    "extra": "倾斜救助",
    "assistance": "医疗救助",
    "basic": "新农合补偿",
    "backstop": "政府兜底",
    "owed": "应补未补",
    "self": "个人自付",
}
"""What a column may mean."""

COUNTS = ("cases", "people", "entitled", "enrolled")
"""Parts that count people or cases; all others are amounts."""

PAYERS = ("basic", "critical", "assistance", "extra", "backstop")
QUOTIENT = "比|率|均|占"
"""Words of means, shares and rates."""

_ALIASES = {
    "cases": r".*(人次|次数)数?|住院数|例数",
    "entitled": r"应参[合保]人数|农业人口数?|常住人口数?|城乡居民人?数",
    "enrolled": r"(实际)?参[合保](人数|农民|居民)",
    "people": r"(救助|受益|补偿|享受)?人数",
    "total": r"(医药|医疗|住院|门诊)*总?费用?(总额|合计)?|总医药费|费用总额|医疗费总额",
    "eligible": r".*(可补偿|合规|可报|保内|纳入).*",
    "funds_due": r".*应(收|到位|筹).*",
    "received": r".*到位.*",
    "funds": r".*(筹集|筹资|基金收入|资金收入|收入合计).*",
    "spent": r".*(基金|资金)(总?支出|使用).*|支出(合计|总额)?",
    "critical": r".*大病.*",
    "extra": r".*(倾斜|二次)救助.*",
    "assistance": r".*(医疗救助|民政救助|救助金).*|救助(金额)?",
    "basic": (
        r".*(新农合|农合|基本医保|统筹|保险支付).*"
        r"|(实际|累计)?(门诊|住院)?补偿(金额|资金|基金|总额|额|款)?"
    ),
    "backstop": r".*兜底.*",
    "owed": r"应补(未补|患者)(金额)?",
    "self": r".*(自付|自负|自理|个人承担|个人支付).*",
}
_GRAND = r"(全[县区市州乡镇村院])?(总计|合计|共计|总|累计|总数)"
_SUB = r"(小计|本页合计|其中.*合计|.*(小计|合计))"
_ASIDE = re.compile(r"[（(].*?[)）]|\s|\*|:|：|·")
_OF_WHICH = re.compile(r"\s*其中")


def plain(title: str) -> str:
    """A title or label without blanks, marks and what stands in brackets."""
    return _ASIDE.sub("", title)


def part_of(title: str) -> str | None:
    """What a column title means, None when it is not known."""
    bare = re.sub("^其中", "", plain(title))
    if re.search(QUOTIENT, bare):
        return None
    return next((part for part, form in _ALIASES.items() if re.fullmatch(form, bare)), None)


def label_kind(label: str) -> str:
    """`grand` or `sub` for a total's label, else `row`."""
    bare = plain(label)
    if re.fullmatch(_GRAND, bare):
        return "grand"
    return "sub" if re.fullmatch(_SUB, bare) else "row"


def of_which(label: str) -> bool:
    """Whether the row says that it is a part of the one above: 其中：乡镇卫生院."""
    return bool(_OF_WHICH.match(label))
