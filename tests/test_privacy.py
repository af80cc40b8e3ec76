"""Numbers that must not be shown: found in every disguise, cut to four characters; what looks like one stays."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop_cli.core.identify import make_id
from onestop_cli.privacy import (
    NEVER_PUBLIC,
    find_numbers,
    mask_id,
    mask_name,
    phones_in,
    without_numbers,
)

ID = make_id("63990319490608014")
FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")

digits = st.text("0123456789", min_size=3, max_size=3)
ids = st.builds(
    lambda county, born, last: make_id(f"{county}{born:%Y%m%d}{last}"),
    st.sampled_from(["639903", "630122", "110101", "820000"]),
    st.dates(min_value=date(1900, 1, 1), max_value=date(2026, 12, 31)),
    digits,
)
gaps = st.text(" \u00a0\u3000-‐–—_.·．。・\u200b\u200d\ufeff\t\r\n/,，、:", max_size=4)


def plain_digits(text: str) -> str:
    """Only the digits and X of a text, as whoever wants the number would take them out of it."""
    return re.sub("[^0-9X]", "", unicodedata.normalize("NFKC", text).upper())


@given(number=ids, between=st.lists(gaps, min_size=17, max_size=17), wide=st.booleans())
def test_an_id_is_cut_to_its_last_four_whatever_stands_between_its_characters(
    number: str, between: list[str], wide: bool
) -> None:
    pulled = "".join(char + gap for char, gap in zip(number, [*between, ""], strict=True))
    pulled = pulled.translate(FULL_WIDTH) if wide else pulled
    assert without_numbers(f"另有一例{pulled}随后补报") == f"另有一例****{number[-4:]}随后补报"


@given(number=ids, gap=gaps, age=st.integers(0, 99), yuan=st.integers(0, 10**6))
def test_an_id_among_other_numbers_leaves_no_more_than_its_last_four(
    number: str, gap: str, age: int, yuan: int
) -> None:
    row = f"3 {age} {gap.join((number[:6], number[6:14], number[14:]))} {yuan / 100:.2f} 2010-11-03"
    assert number[:14] not in plain_digits(without_numbers(row))
    assert number[6:14] not in plain_digits(without_numbers(row))


@given(st.text("0123456789Xx *.-·张三年月日，|\n", max_size=60))
def test_what_was_cut_is_not_cut_again(text: str) -> None:
    once = without_numbers(text)
    assert without_numbers(once) == once


@given(st.text("0123456789Xx *.- 　０９年月,\n", max_size=60))
def test_no_piece_of_ten_digits_stays_but_a_moment(text: str) -> None:
    for piece in re.findall(r"\d{10,}", without_numbers(text)):
        assert piece.startswith(("19", "20", "１９", "２０"))


@pytest.mark.parametrize(
    "text",
    [
        ID,
        f"王强{ID}",
        ID.translate(FULL_WIDTH),
        " ".join(ID),
        f"{ID[:6]}-{ID[6:14]}-{ID[14:]}",
        f"{ID[:6]}\r\n{ID[6:14]}\r\n{ID[14:]}",
        f"{ID[:6]}\u3000{ID[6:10]}.{ID[10:12]}.{ID[12:14]}\u3000{ID[14:]}",
        "63990319490608014Χ",
        "6399031949060801４ ｘ",
        "639903 19491308 0142",
        "639900600101001",
        "639900 600101 001",
        "6217001234567890123",
        "6217 0012 3456 7890 123",
        "6 2 1 7 0 0 1 2 3 4 5 6 7 8 9 0",
    ],
)
def test_ids_and_accounts_are_found(text: str) -> None:
    (number,) = find_numbers(text)
    assert number.kind in NEVER_PUBLIC
    assert not list(find_numbers(without_numbers(text)))


@pytest.mark.parametrize(
    "text",
    [
        "63990319490608",
        "639903 19490608 014",
        "8210000000123",
        "9876543210",
        "98765432101",
        "13900000000",
        "139 0000 0000",
        "139-0000-0000",
        "0971-2230001",
        "（0971）2230001",
        "09712230001",
    ],
)
def test_parts_of_ids_short_accounts_and_phones_are_cut_too(text: str) -> None:
    assert re.fullmatch(r"[（]?\*{4}\d{4}", without_numbers(text))


@pytest.mark.parametrize(
    "text",
    [
        "2011年1月6日至2011年1月14日",
        "2010-11-03 2010-11-09 3000.00",
        "20101103 20101109",
        "20101103120000",
        "示例县人民医院2010100120101231.xls",
        "12,345,678,901,234.56",
        "1234567.89 + 12.50 = 1234580.39",
        "第 3 行 2010 2011 2012 2013 2014",
        "7140.00 | 0.00 | 1120.00",
        "示政发〔2009〕12号",
        "<td>2010</td><td>11111111</td><td>2222222</td>",
        "",
    ],
)
def test_days_moments_and_amounts_stay(text: str) -> None:
    assert without_numbers(text) == text


def test_phones_are_told_apart_from_what_is_never_public() -> None:
    text = f"电话 0971-2230001、139 0000 0001，证号 {ID}"
    assert list(phones_in(text)) == ["09712230001", "13900000001"]
    assert [n.digits for n in find_numbers(text) if n.kind in NEVER_PUBLIC] == [ID]


@pytest.mark.parametrize("written", [f"{ID}\t", f"'{ID}", f" {ID} ", f"{ID}\u200b", f"{ID}\u3000"])
def test_what_is_not_seen_is_none_of_the_last_four(written: str) -> None:
    masked = pl.select(mask_id(pl.Series([written]))).item()
    assert masked == f"****{ID[-4:]}"


def test_masks_show_four_characters_of_an_id_at_most() -> None:
    masked = pl.select(mask_id(pl.Series([ID, "63990319520315000X", "1234", None]))).to_series()
    assert masked.to_list() == [f"****{ID[14:]}", "****000X", "****", None]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("王强", "王*"),
        ("王小明", "王*明"),
        ("欧阳小明", "欧**明"),
        ("才让卓玛措", "才**措"),
        ("王", "*"),
        ("𠮷田", "𠮷*"),
    ],
)
def test_masks_of_names(name: str, shown: str) -> None:
    assert pl.select(mask_name(pl.lit(name))).item() == shown
