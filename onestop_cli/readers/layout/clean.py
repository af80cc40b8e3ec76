"""Cells that hold what does not belong in them: taken out once, when they are read, with a finding that says where.

A name or a place goes on to boards, letters and pages; an ID, a phone, a birthday or an illness written into it would
go with it. Out of a name only that is taken which says nothing of who it is: another person's ID stays as its last four
characters, so that a doubtful name is still no other's name. Signs that nobody sees go; a character without a shape of
its own stays as it is in the data, since the roster may have the same, and is named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from onestop_cli.core.identify import compact_id
from onestop_cli.privacy import BIRTH, ILLNESS, NEVER_PUBLIC, Kind, find_numbers
from onestop_cli.tables.reading import FILE_FINDINGS, SheetReading
from onestop_cli.tables.schema import PLACE

CODE = "FI05"

_NAMES = {"name": "姓名", "head": "户主姓名"}
_PLACES = {
    "township": "乡镇", "village": "村", "township_raw": "乡镇", "village_raw": "村", "address_raw": "地址",
}  # fmt: skip
_WORDS = {
    "hospital_raw": "医疗机构", "category_raw": "人员类别", "level_raw": "机构级别", "disease": "疾病",
    "status_raw": "状态", "relation": "与户主关系",
}  # fmt: skip
_STAY_NUMBERS = {
    "stay_no": "住院号",
    "visit_no": "就诊ID",
    "settlement_no": "结算ID",
    "cert_no": "证书编号",
}
"""Columns by what may stand in them; of the last an ID number is taken out only where it is the row's own."""

_UNSEEN = r"[\p{Cc}\p{Cf}\p{Variation_Selector}\x{FFFE}\x{FFFF}]"
_BLANK = r"[\t\r\n\x{0B}\x{0C}\x{85}]+"
_SHAPELESS = re.compile("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")

_MANY_DIGITS = r"\p{Nd}(?:[^\p{Nd}]{0,5}\p{Nd}){5,}"
_SUSPECT = rf"(?i){_MANY_DIGITS}|\p{{Co}}|{ILLNESS.pattern.replace('(?<!慢)', '')}"
_LIKE_AN_ID = r"\d{6}(?:18|19|20)?\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}"
"""What makes a cell worth a closer look: in names and places the first, in stay numbers the second; few have it."""

_LABEL = re.compile(
    r"(?:公民)?(?:居民)?(?:身份证?件?|证件)号?码?|(?:联系)?(?:电话|手机)号?码?|出生日期|生日|(?:银行)?(?:账号|卡号)"
)
_AILING = re.compile(f"(?:{ILLNESS.pattern})(?:病人|患者|病|症)?", re.IGNORECASE)
_EMPTY = re.compile(r"[（(【\[][\s:：,，、]*[）)】\]]")
_BRACKETED = re.compile(r"[（(【\[][^（()）【】\[\]]*[）)】\]]")
_ENDS = " 　,，;；:：、/|-—_"
_OF_A_PLACE = re.compile("[村社组乡镇屯庄营沟湾院所路巷街]")
_HIDDEN = "＊"

_WHAT = {"id": "证件号码", "account": "账号", "phone": "电话", "long": "长号码"}


@dataclass(frozen=True)
class Cleaned:
    """A cell without what did not belong in it, and what that was, in words."""

    text: str
    found: tuple[str, ...]


def cleaned(reading: SheetReading) -> SheetReading:
    """A sheet with its texts cleaned; FI05 for every cell that held what does not belong in it."""
    if reading.rows is None:
        return reading
    rows, found = clean_rows(reading.rows)
    told = found if reading.findings is None else pl.concat([reading.findings, found])
    return replace(reading, rows=rows, findings=told)


def clean_rows(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of stays or of a roster with clean texts, and what was found, as `FILE_FINDINGS`."""
    kinds = (*_NAMES, *_PLACES, *_WORDS, *_STAY_NUMBERS)
    texts = [name for name in kinds if name in rows.columns and rows[name].count()]
    rows = rows.with_columns(_visible(pl.col(name)) for name in texts)
    found: list[tuple[int, str]] = []
    changed = {}
    suspect = rows.select(pl.col(name).str.contains(_suspect(name)).any() for name in texts)
    for name in (column.name for column in suspect if column.item()):
        column, told = _clean_column(rows, name)
        found += told
        if told:
            changed[name] = column
    return rows.with_columns(**changed), _findings(rows, found)


def _visible(text: pl.Expr) -> pl.Expr:
    """The text on one line, without signs that nobody sees."""
    seen = text.str.replace_all(_BLANK, " ").str.replace_all(_UNSEEN, "").str.strip_chars(" ")
    kept = pl.when(text.str.contains(rf"{_BLANK}|{_UNSEEN}")).then(seen).otherwise(text)
    return pl.when(kept != "").then(kept).alias(text.meta.output_name())


def _clean_column(rows: pl.DataFrame, name: str) -> tuple[pl.Series, list[tuple[int, str]]]:
    """A column cleaned, and what was found by row number."""
    column = rows[name]
    suspects = column.str.contains(_suspect(name)).fill_null(False).arg_true()
    own = _own_numbers(rows, suspects)
    clean = _cleaner(name)
    found: list[tuple[int, str]] = []
    texts: list[str | None] = []
    for row, number in zip(suspects, own, strict=True):
        done = clean(column[row], number)
        texts.append(done.text or None)
        if done.found:
            found.append((row, f"{_title(name)}里有{'、'.join(done.found)}"))
    return column.scatter(suspects, texts) if texts else column, found


def _suspect(name: str) -> str:
    """What makes a cell of a column worth a closer look."""
    if name in _NAMES or name in _PLACES:
        return _SUSPECT
    return _MANY_DIGITS if name in _WORDS else _LIKE_AN_ID


def _title(name: str) -> str:
    return (_NAMES | _PLACES | _WORDS | _STAY_NUMBERS)[name]


def _own_numbers(rows: pl.DataFrame, some: pl.Series) -> list[str]:
    """The row's own ID number in one piece, for some rows."""
    own = rows.select(pl.col("id_raw").gather(some)).select(compact_id(pl.col("id_raw")))
    return own["id_raw"].fill_null("").to_list()


def _cleaner(name: str) -> Callable[[str, str], Cleaned]:
    """How the texts of a column are cleaned, beside the row's own ID number."""
    if name in _NAMES:
        return clean_name
    if name in _PLACES:
        return clean_place
    return clean_words if name in _WORDS else _clean_stay_number


def clean_name(text: str, own: str) -> Cleaned:
    """A name without phones, birthdays and the person's own ID; other numbers keep four characters, illnesses none."""
    found: list[str] = []

    def instead(kind: Kind, digits: str) -> str | None:
        found.append(f"{_WHAT[kind]}（尾号 {digits[-4:]}）")
        return "" if kind == "phone" or (kind == "id" and digits == own) else f"****{digits[-4:]}"

    bare = _without(text, instead)
    bare, births = BIRTH.subn("", bare)
    bare, words = _AILING.subn(_HIDDEN, bare)
    found += ["出生日期"] * bool(births) + ["写明病情的文字"] * bool(words)
    return Cleaned(_tidy(bare) if found else text, (*found, *_shapeless(text)))


def clean_place(text: str, own: str) -> Cleaned:
    """A place without any number of a person, birthday or illness; what stands beside them in brackets goes, too."""
    found: list[str] = []

    def instead(kind: Kind, digits: str) -> str | None:
        if kind == "long":  # The code of a village has twelve digits.
            return None
        found.append(f"{_WHAT[kind]}（尾号 {digits[-4:]}）")
        return ""

    bare = _without(text, instead)
    bare, births = BIRTH.subn("", bare)
    bare, words = _without_illness(bare)
    found += ["出生日期"] * bool(births) + ["写明病情的文字"] * words
    return Cleaned(_tidy(bare) if found else text, (*found, *_shapeless(text)))


def clean_words(text: str, own: str) -> Cleaned:
    """Other words without IDs and accounts beyond their last four characters."""
    found: list[str] = []

    def instead(kind: Kind, digits: str) -> str | None:
        if kind not in NEVER_PUBLIC:
            return None
        found.append(f"{_WHAT[kind]}（尾号 {digits[-4:]}）")
        return f"****{digits[-4:]}"

    return Cleaned(_without(text, instead), tuple(found))


def _clean_stay_number(text: str, own: str) -> Cleaned:
    """A number of a stay that is the patient's own ID, down to its last four characters."""
    numbers = [number for number in find_numbers(text) if number.digits == own]
    if not numbers:
        return Cleaned(text, ())
    return Cleaned(f"****{own[-4:]}", (f"本人的证件号码（尾号 {own[-4:]}）",))


def _without(text: str, instead: Callable[[Kind, str], str | None]) -> str:
    """`text` with what stands `instead` of each number of a person; None leaves it as it is."""
    kept, end = [], 0
    for number in find_numbers(text):
        shown = instead(number.kind, number.digits)
        if shown is not None:
            kept += [text[end : number.start], shown]
            end = number.end
    return "".join((*kept, text[end:]))


def _without_illness(text: str) -> tuple[str, bool]:
    """A place without brackets that tell an illness, and without such words unless they are part of its name."""
    bare = _BRACKETED.sub(lambda match: "" if ILLNESS.search(match[0]) else match[0], text)

    def instead(match: re.Match[str]) -> str:
        of_a_place = _OF_A_PLACE.match(match.string, match.end())
        return match[0] if of_a_place else ""

    bare = _AILING.sub(instead, bare)
    return bare, bare != text


def _tidy(text: str) -> str:
    """What is left, without the labels and brackets of what was taken out."""
    bare = _LABEL.sub("", text)
    while (shorter := _EMPTY.sub("", bare)) != bare:
        bare = shorter
    return bare.strip(_ENDS)


def _shapeless(text: str) -> Iterator[str]:
    """Characters for private use, by their code points."""
    for char in dict.fromkeys(_SHAPELESS.findall(text)):
        yield f"无法显示的字（U+{ord(char):04X}，张贴时印作 □）"


def _findings(rows: pl.DataFrame, found: Sequence[tuple[int, str]]) -> pl.DataFrame:
    """`FILE_FINDINGS` of what was found, by row number."""
    at = sorted(found)
    places = rows.select(*PLACE)[[row for row, _ in at]]
    told = places.with_columns(
        code=pl.lit(CODE), message=pl.Series([text for _, text in at], dtype=pl.String)
    )
    return told.select(*FILE_FINDINGS)
