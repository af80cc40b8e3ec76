"""Whose file it is, when no column says: the hospital named by sheet, title, 填报单位 or file name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from glob import escape
from pathlib import PurePosixPath

from onestop_cli.county.synonyms import Names

_DOCUMENT_WORDS = (
    "新型农村合作医疗|新农合|农合|合作医疗|城乡居民|居民医保|医疗救助|民政救助|大病救助|一站式|即时结报|即时结算|出院|住院|"
    "病人|患者|人员|补偿|补助|报销|救助|结算|费用|垫付|申报|审核|汇总|统计|登记|公示|资金|情况|明细|清单|台账|花名册|名册|名单|"
    "数据|导出|上报|报送|报表|表格|表|单|册|副本|新建|最终版|终版|修改版|修改|定稿|正式|版|填报单位|医疗机构|单位|及|的|sheet|xlsx?|csv"
)
_PERIOD = (
    r"(?:19|20)\d{2}\s*年?度?|\d{2}年|第?[一二三四1-4]季度?|[上下]半年|全年|"
    r"(?:十[一二]?|[一二三四五六七八九]|\d{1,2})(?:月份?)?[-—~至到](?:十[一二]?|[一二三四五六七八九]|\d{1,2})月份?|"
    r"(?:十[一二]?|[一二三四五六七八九]|\d{1,2})月份?(?:\d{1,2}[日号])?|q[1-4]|h[12]|v\d+|\d{6,8}"
)
_PUNCTUATION = r"[\s()\[\]【】《》“”\"'·、,.;:—_\-+~/]+|\d+"


def hospital_named(text: str, names: Names, known: Sequence[str]) -> str | None:
    """The register name that `text` is, once words for periods and documents are taken away."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    whole = names.canonical_hospital(plain, known)
    if whole:
        return whole
    for part in re.split(r"[:,;]", plain) if ":" in plain else [plain]:
        bare = re.sub(_PERIOD, " ", part)
        for stripped in (bare, re.sub(_DOCUMENT_WORDS, " ", bare)):
            left = re.sub(_PUNCTUATION, "", stripped)
            if found := names.canonical_hospital(left, known):
                return found
    return None


def without_document_words(text: str) -> str:
    """What is left of a title or file name without periods, document words and punctuation."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    bare = re.sub(_DOCUMENT_WORDS, " ", re.sub(_PERIOD, " ", plain))
    return re.sub(_PUNCTUATION, "", bare)


def hospitals_named(texts: Sequence[str], names: Names, known: Sequence[str]) -> list[str]:
    """The register names among `texts`, each once."""
    found = (hospital_named(text, names, known) for text in texts if text)
    return list(dict.fromkeys(name for name in found if name))


def file_pattern(name: str) -> str:
    """A file name with its period as `*`, so that next quarter's file of the same kind fits, too."""
    path = PurePosixPath(name)
    parts = re.split(_PERIOD, path.stem, flags=re.IGNORECASE)
    pattern = "*".join(escape(part) for part in parts)
    loose = re.sub(r"\*[\s*()（）_\-—.]*\*|\*{2,}", "*", pattern)
    bare = re.sub(_PUNCTUATION, "", without_document_words(path.stem))
    return loose + path.suffix if len(bare) > 1 else escape(name)


def of_file(source: str) -> list[str]:
    """The words a file's place gives: its name without ending, then its folders from the inside out."""
    path = PurePosixPath(source)
    return [path.stem, *(part for part in reversed(path.parent.parts))]
