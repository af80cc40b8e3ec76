"""Other spellings of one name: likely the same, offered with the line that settles it, never assumed."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from onestop_cli.county.radicals import without_radicals
from onestop_cli.county.synonyms import NO_RIGHT, Names, near
from onestop_cli.tables.inspection import Spelling

_SIMPLE = str.maketrans(
    "醫縣區鎮鄉衛婦兒產職業東廣華聯學濟復陽陰", "医县区镇乡卫妇儿产职业东广华联学济复阳阴"
)
_ASIDE = re.compile(r"[(\[【<][^()\[\]【】<>]*[)\]】>]")
_PART_OF_HOSPITAL = re.compile(
    r"(?:住院部|门诊部|住院处|医保办|医保科|院本部|本部|总院|有限公司)$|[。.,，、;；]+$"
)
_GROUP = re.compile(r"(?:第?[一二三四五六七八九十百零〇\d]+)(?:村民)?(?:小组|组|社|队|屯|生产队)$")
_COMMITTEE = re.compile(r"(?:村民委员会|村委会|村委|行政村|自然村)$")
_NEIGHBOURHOOD = re.compile(r"(?:社区)?(?:居民委员会|居委会|居委)$")
_TOWN_OFFICE = re.compile(r"(?:人民政府|政府|街道办事处|街道办|办事处|民政办)$")
_TOWN = re.compile(r"(?:街道|乡|镇)$")
_NUMERAL = re.compile(r"[一二三四五六七八九十\d]")


def lines(spellings: Iterable[Spelling]) -> list[str]:
    """The lines for onestop.toml, under their headings."""
    by_kind: dict[str, list[str]] = defaultdict(list)
    for one in spellings:
        others = ", ".join(map(_quoted, one.others))
        by_kind[one.kind].append(f"{_quoted(one.name)} = [{others}]")
    return [line for kind, found in by_kind.items() for line in (f"[synonyms.{kind}]", *found)]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def hospitals(texts: Iterable[str], names: Names, known: Sequence[str]) -> list[Spelling]:
    """The texts that are no name of the register, beside the one that each most likely is."""
    sure: dict[str, list[str]] = defaultdict(list)
    alike: dict[str, list[str]] = defaultdict(list)
    cores = _by_core(known, names.county)
    for text in sorted({text for text in texts if not names.canonical_hospital(text, known)}):
        same = cores.get(_hospital_core(text, names.county), ())
        if len(same) == 1:
            sure[same[0]].append(text)
        elif close := next((name for name in near(text, known) if _may_be_one(text, name)), None):
            alike[close].append(text)
    return [
        *(Spelling("hospital", name, tuple(others)) for name, others in sorted(sure.items())),
        *(Spelling("hospital", name, tuple(o), sure=False) for name, o in sorted(alike.items())),
    ]


def _may_be_one(text: str, name: str) -> bool:
    """Whether a slip of the pen makes the one of the other: characters left out, or one for another. Two words in one
    place (肿瘤, 博爱专科) or two numbers (第一, 第二) make two hospitals."""
    one, other = _plain(text), _plain(name)
    for kind, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        here, there = one[a:b], other[c:d]
        numbers = _NUMERAL.fullmatch(here) and _NUMERAL.fullmatch(there)
        if kind == "replace" and (max(len(here), len(there)) > 1 or numbers):
            return False
    return True


def _by_core(known: Sequence[str], county: str) -> Mapping[str, Sequence[str]]:
    cores: dict[str, list[str]] = defaultdict(list)
    for name in known:
        cores[_hospital_core(name, county)].append(name)
    return cores


def _hospital_core(text: str, county: str) -> str:
    """A hospital without what makes no other one of it: brackets, departments, the county's name."""
    plain = _plain(text)
    while (bare := _PART_OF_HOSPITAL.sub("", plain)) != plain and bare:
        plain = bare
    home = _plain(county)
    heads = [home, f"本{home[-1:]}", f"我{home[-1:]}", home[-1:]] if home else []
    return next((plain.removeprefix(h) for h in heads if h and plain.startswith(h)), plain)


def _plain(text: str) -> str:
    half = without_radicals(unicodedata.normalize("NFKC", text)).translate(_SIMPLE)
    return _ASIDE.sub("", re.sub(r"\s+", "", half)).casefold()


def places(homes: Mapping[tuple[str, str], int]) -> list[Spelling]:
    """Townships and villages that are likely one place, of (township, village) → entries; the commonest name is kept.

    Villages are compared within what is likely one township.
    """
    towns: dict[str, dict[str, int]] = defaultdict(dict)
    villages: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for (town, village), count in homes.items():
        core = _town_core(town)
        if town:
            towns[core][town] = towns[core].get(town, 0) + count
        if village:
            group = villages[core, _village_core(village)]
            group[village] = group.get(village, 0) + count
    found = [_one_place("township", names) for names in towns.values() if len(names) > 1]
    here = {home: _one_place("village", n) for home, n in villages.items() if len(n) > 1}
    kept = {one.name for one in here.values()}
    for (core, _), one in here.items():
        apart = kept.intersection(one.others)
        town = _one_place("township", towns[core]).name if core in towns else ""
        found.append(replace(one, name=f"{town}/{one.name}") if apart and town else one)
    return sorted(found, key=lambda one: (one.kind, one.name))


def _one_place(kind: str, names: Mapping[str, int]) -> Spelling:
    """The commonest spelling, of equals the one that reads like a place's full name, and the others."""
    ends = {"township": ("乡", "镇", "街道"), "village": ("村", "社区")}[kind]
    kept = min(names, key=lambda n: (not n.endswith(ends), -names[n], len(n), n))
    offices = {match[0] for name in names if (match := _TOWN.search(_TOWN_OFFICE.sub("", name)))}
    sure = kind == "village" or len(offices) < 2
    return Spelling(kind, kept, tuple(sorted(set(names) - {kept})), sure)


def _town_core(text: str) -> str:
    plain = _TOWN_OFFICE.sub("", _plain(text))
    return _TOWN.sub("", plain) or plain


def _village_core(text: str) -> str:
    """A village without 村委会, 村 and its groups; a neighbourhood (社区) is another thing."""
    plain = _plain(text)
    plain = _GROUP.sub("", plain) or plain
    if _NEIGHBOURHOOD.search(plain):
        return _NEIGHBOURHOOD.sub("", plain) + "社区"
    plain = _COMMITTEE.sub("", plain) or plain
    return plain.removesuffix("村") or plain


def offered(spellings: Sequence[Spelling], what: str) -> list[str]:
    """What to say, with the lines that settle it; names that only look alike apart, for `--save` leaves them."""
    said = []
    for sure, words in ((True, "像是同一"), (False, "看着相近的")):
        these = [one for one in spellings if one.sure is sure]
        if these:
            ready = "\n".join(lines(these))
            by_hand = "（--save 可以代写）" if sure else "（要核对，--save 不写）"
            said.append(
                f"{words}{what}的其他写法，写进 onestop.toml 就按一处算{by_hand}：\n{ready}"
            )
    return said


def kind_question(kind: str, people: int, known: Sequence[str]) -> str:
    """The question that a kind on the roster asks which no document names, with the lines that answer it. Where none is
    like it, the line is left open: copied as it stands, one that named a kind would give a right that nobody has."""
    close = near(kind, known, most=1)
    ready = lines([Spelling("category", close[0] if close else "政策中的类别", (kind,))])
    choice = [] if close else [f"（政策中的类别有：{'、'.join(known)}）"]
    none = lines([Spelling("category", NO_RIGHT, (kind,))])[1]
    return "\n".join(
        [
            f"政策没有提到花名册类别“{kind}”（{people} 人），他们申报的救助待核；请在 onestop.toml 写明是哪一类：",
            *ready,
            *choice,
            f"没有待遇的写 {none}",
        ]
    )
