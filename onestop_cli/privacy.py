"""The one mask: what in a text must not be shown, numbers and illnesses, and what may be shown of an ID or a name.

Everything that leaves the tables goes by these rules: quarantined rows, sentences about cells, papers, boards,
the screen, and the last look before anything is published. Whatever the disguise, a number is the same number:
full width or half, pulled apart by blanks, hyphens, dots, invisible characters or line breaks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import polars as pl

Kind = Literal["id", "account", "phone", "long"]
"""`id`: an ID number, whole or with its birthday. `account`: 15 digits or more in one piece, or a card in groups.
`phone`: mobile or with an area code. `long`: ten digits or more that may be anything."""

KINDS: tuple[Kind, ...] = get_args(Kind)
NEVER_PUBLIC: tuple[Kind, ...] = ("id", "account")

_LOOKS_LIKE_X = "XxＸｘ×✕ⅩⅹХхΧχ"
_GAP = r"(?:[^\w*]|_){0,5}"
_ALREADY_MASKED = r"\*{4}[0-9X]{4}(?![0-9X])"
_RUN = re.compile(
    rf"(?P<masked>{_ALREADY_MASKED})|\d(?:{_GAP}\d){{9,}}(?:{_GAP}[{_LOOKS_LIKE_X}](?![A-Za-z]))?"
)
_PIECE = re.compile(rf"\d+|[{_LOOKS_LIKE_X}]")

_PROVINCE = "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91)"
"""No ID begins with 19 or 20, so no day of this or the last century looks like the beginning of one."""
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_IDS = re.compile(
    rf"{_PROVINCE}\d{{4}}(?:(?:18|19|20)\d\d{_DAY}\d{{0,3}}[\dX]?|(?:18|19|20)\d{{9}}[\dX]|\d\d{_DAY}\d{{3}})"
)
"""18 characters, or fewer with a birthday in their place; 18 with a birthday that is none; 15 of the old form."""
_PIECES_OF_OLD = (1, 2, 3, 4, 15)
"""In how many pieces an ID of 15 digits may stand: it has no century that would tell it from a row of amounts."""
_MOMENT = re.compile(
    rf"(?:19|20)\d\d{_DAY}(?:(?:[01]\d|2[0-3])[0-5]\d[0-5]\d(?:\d{{3}})?|(?:19|20)\d\d{_DAY})"
)
"""A moment to the second, or two days: in one piece, as programs write them into cells and file names."""
_MOBILE = re.compile(r"1[3-9]\d{9}")
_AREA_CODE = re.compile(r"0\d{2,3}")
_LANDLINE = re.compile(r"0\d{9,11}")

_OF_A_CODE = re.compile(r"[A-Za-z]\Z")
"""A letter right before a number makes it part of a code: H63990100001 is a hospital, ZY13900000001 a stay."""

_ACCOUNT, _LONG = 15, 10

_UNSEEN = r"[\s\p{Z}\p{C}'’`]"
"""Tabs, blanks and apostrophes with which programs make a number text; for Polars, whose patterns are Rust's."""

BIRTH = re.compile(
    r"(?<!\d)(?:18|19|20)\d\d(?:[-./年]?(?:0?[1-9]|1[0-2])[-./月]?(?:0?[1-9]|[12]\d|3[01])日?(?:出?生)?"
    r"|年(?:\d{1,2}月)?(?:\d{1,2}日)?出?生)(?!\d)"
)
"""A day that somebody may be born on, as it stands in a name or an address."""

ILLNESS = re.compile(
    "传染病|精神|精障|精卫|精防|心理|脑科|癫痫|痴呆|抑郁|孤独症|自闭症|肿瘤|癌|白血病|血友病|血透|透析|尿毒症|肾病|肾衰"
    "|肝病|肝炎|乙肝|丙肝|结核|结防|麻风|皮防|皮肤病|(?<!慢)性病|艾滋|HIV|AIDS|梅毒|戒毒|吸毒|美沙酮|药物依赖|不孕|不育"
    "|糖尿病|高血压|冠心病|先心病|心脏病|脑瘫|脑卒中|唇腭裂|尘肺|矽肺|职业病|苯丙酮",
    re.IGNORECASE,
)
"""Words that tell what somebody suffers from. 慢性病, 重病 and 大病 tell nothing, 病故 is how somebody died."""

_OF_HOSPITALS = re.compile(
    "传染|皮肤|胸科|肛肠|生殖|疾控|疾病预防|计划生育|安康医院|(?:安定|安宁|康宁)(?![市区县旗镇乡街])"
)
"""What else a hospital's name may tell; 安宁市, 安定区 and 康宁镇 are places."""


@dataclass(frozen=True)
class Number:
    """A number in a text: where it begins and ends there, and its digits (and X) in half width, in one piece."""

    kind: Kind
    start: int
    end: int
    digits: str

    @property
    def shown(self) -> str:
        """All that may be shown of it."""
        return f"****{self.digits[-4:]}"


@dataclass(frozen=True)
class _Piece:
    """Digits that stand together, or an X; `gap`: what stands before them."""

    start: int
    end: int
    digits: str
    gap: str


def find_numbers(text: str) -> Iterator[Number]:
    """Every number in `text` that may be a person's, in order; none overlaps another."""
    for run in _RUN.finditer(text):
        if run["masked"] is None:
            yield from _numbers(_pieces(text, run), code=_OF_A_CODE.search(text, 0, run.start()))


def phones_in(text: str) -> Iterator[str]:
    """The digits of every phone number in `text`."""
    return (number.digits for number in find_numbers(text) if number.kind == "phone")


def without_numbers(text: str, kinds: Collection[Kind] = KINDS) -> str:
    """`text` with every number of `kinds` cut down to `****` and its last four characters.

    Days, moments, amounts and short lists of them stay.
    """
    kept, end = [], 0
    for number in find_numbers(text):
        if number.kind in kinds:
            kept += [text[end : number.start], number.shown]
            end = number.end
    return "".join((*kept, text[end:]))


def tells_illness(hospital: str) -> bool:
    """Whether the words of a hospital's name say what its patients suffer from. They suggest; its county knows."""
    return bool(ILLNESS.search(hospital) or _OF_HOSPITALS.search(hospital))


def mask_id(number: pl.Expr) -> pl.Expr:
    """`****` and the last four characters that are seen; of a text too short to hide anything, only `****`."""
    number = number.str.replace_all(_UNSEEN, "")
    return (
        pl.when(number.str.len_chars() > 8)
        .then("****" + number.str.slice(-4))
        .when(number.is_not_null())
        .then(pl.lit("****"))
    )


def mask_name(name: pl.Expr) -> pl.Expr:
    """王强 → 王*, 王小明 → 王*明, longer → first character, two stars, last character."""
    length = name.str.len_chars()
    first, last = name.str.head(1), name.str.tail(1)
    return (
        pl.when(length > 3)
        .then(first + "**" + last)
        .when(length == 3)
        .then(first + "*" + last)
        .when(length == 2)
        .then(first + "*")
        .otherwise(pl.lit("*"))
    )


def _pieces(text: str, run: re.Match[str]) -> list[_Piece]:
    """The pieces of a run of digits."""
    pieces, end = [], run.start()
    for found in _PIECE.finditer(text, *run.span()):
        start, gap = found.start(), text[end : found.start()]
        end = found.end()
        pieces.append(_Piece(start, end, "".join(map(_half_width, found[0])), gap))
    return pieces


def _half_width(char: str) -> str:
    """A digit of any script as 0 to 9; anything else in a run is an X."""
    return str(unicodedata.digit(char, "X"))


def _numbers(pieces: Sequence[_Piece], *, code: object) -> Iterator[Number]:
    """The numbers that begin at a piece, each as long as it can be; the first may be part of a `code`."""
    at = 0
    while at < len(pieces):
        kind, count = _number_at(pieces[at:])
        if kind and not (code and at == 0 and kind in ("phone", "long")):
            last = at + count - 1
            digits = "".join(piece.digits for piece in pieces[at : last + 1])
            yield Number(kind, pieces[at].start, pieces[last].end, digits)
        at += count


def _number_at(pieces: Sequence[_Piece]) -> tuple[Kind | None, int]:
    """What begins with the first piece, and how many pieces it takes; one piece that is nothing is passed over."""
    if count := _id_pieces(pieces):
        return "id", count
    if count := _group_pieces(pieces):
        return "account", count
    if count := _phone_pieces(pieces):
        return "phone", count
    first = pieces[0].digits
    if len(first) < _LONG or _MOMENT.fullmatch(first):
        return None, 1
    return "account" if len(first) >= _ACCOUNT else "long", 1


def _id_pieces(pieces: Sequence[_Piece]) -> int:
    """How many pieces make an ID, 0 if none do."""
    digits, best = "", 0
    for count, piece in enumerate(pieces, 1):
        digits += piece.digits
        if len(digits) > 18:
            break
        if _IDS.fullmatch(digits) and (len(digits) != 15 or count in _PIECES_OF_OLD):
            best = count
    return best


def _group_pieces(pieces: Sequence[_Piece]) -> int:
    """How many pieces make an account number written by fours or digit by digit, the last group perhaps shorter."""
    first = pieces[0]
    size, count = len(first.digits), 1
    if size not in (1, 4) or (
        size == 4 and first.digits[0] in "012"
    ):  # Years are four digits, too.
        return 0
    for piece in pieces[1:]:
        if len(piece.digits) > size or len(piece.gap) != 1 or piece.gap != pieces[1].gap:
            break
        count += 1
        if len(piece.digits) < size:
            break
    return count if sum(len(piece.digits) for piece in pieces[:count]) >= _ACCOUNT else 0


def _phone_pieces(pieces: Sequence[_Piece]) -> int:
    """How many pieces make a phone number, 0 if none do."""
    first = pieces[0].digits
    if _MOBILE.fullmatch(first) or _LANDLINE.fullmatch(first):
        return 1
    if _AREA_CODE.fullmatch(first):
        return _joined(pieces, (len(first) + 7, len(first) + 8))
    return _joined(pieces, (11,)) if re.match("1[3-9]", first) else 0


def _joined(pieces: Sequence[_Piece], lengths: Sequence[int]) -> int:
    """How many pieces of three digits or more, a character or two apart, together have one of `lengths`."""
    digits = 0
    for count, piece in enumerate(pieces, 1):
        if len(piece.digits) < 3 or (count > 1 and len(piece.gap) > 2):
            return 0
        digits += len(piece.digits)
        if digits in lengths:
            return count
    return 0
