"""Cells that hold what does not belong in them: cleaned once, named with file and row, and nothing widened."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop_cli.core.identify import make_id
from onestop_cli.privacy import find_numbers
from onestop_cli.readers.layout.clean import clean_name, clean_place, clean_rows, clean_words
from tests.made.reader_files import csv_bytes, person, read, stay, table

OWN = person(1)
OTHER = person(2)


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("王小明13900000000", "王小明"),
        ("王小明 电话：139 0000 0000", "王小明"),
        ("王小明（0971-2230001）", "王小明"),
        (f"王小明{OWN}", "王小明"),
        (f"王小明（身份证号：{OWN}）", "王小明"),
        (" ".join(OWN) + " 王小明", "王小明"),
        ("王小明（1949年6月8日生）", "王小明"),
        ("王小明 19490608", "王小明"),
        ("王小明 1949.6.8", "王小明"),
    ],
)
def test_phones_birthdays_and_the_own_id_leave_the_name_as_it_is(raw: str, kept: str) -> None:
    done = clean_name(raw, OWN)
    assert done.text == kept
    assert len(done.found) == 1


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        (f"王小明{OTHER}", f"王小明****{OTHER[-4:]}"),
        ("王小明6217001234567890123", "王小明****0123"),
        ("王小明（精神病）", "王小明（＊）"),
        ("艾滋病 王小明", "＊ 王小明"),
    ],
)
def test_what_makes_a_name_doubtful_stays_doubtful(raw: str, kept: str) -> None:
    """Else a name with another's ID or with a remark would be taken for the one on the roster."""
    assert clean_name(raw, OWN).text == kept


@pytest.mark.parametrize(
    "name",
    [
        "王小明",
        "张三（户主）",
        "买买提·阿不都拉",
        "王小明（已故）",
        "王小明 病故",
        "A. Lee 2",
        "王小明（2）",
    ],
)
def test_names_with_nothing_in_them_are_left_alone(name: str) -> None:
    assert clean_name(name, OWN).text == name
    assert clean_name(name, OWN).found == ()


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        (f"上湾村{OTHER}", "上湾村"),
        ("上湾村（13900000000）", "上湾村"),
        ("上湾村 联系电话 13900000000", "上湾村"),
        ("上湾村（精神病患者）", "上湾村"),
        ("上湾村尿毒症患者", "上湾村"),
        ("上湾村 19490608生", "上湾村"),
    ],
)
def test_places_are_only_places(raw: str, kept: str) -> None:
    assert clean_place(raw, OWN).text == kept


@pytest.mark.parametrize(
    "place",
    [
        "麻风村",
        "结核病院家属院",
        "639901102201",
        "白土乡上湾村3组12号",
        "人民路12号3栋4单元501",
        "上湾村（新村）",
    ],
)
def test_places_that_are_called_so_are_left_alone(place: str) -> None:
    assert clean_place(place, OWN).text == place


@pytest.mark.parametrize(
    "text", ["H63990100001", "精神病医院", "低保（13900000000）", "20101103120000"]
)
def test_other_words_lose_ids_and_accounts_only(text: str) -> None:
    assert clean_words(text, OWN).text == text
    assert clean_words(text + "，" + OTHER, OWN).text == f"{text}，****{OTHER[-4:]}"


@given(st.text("王小明 0123456789Xx（）-.年月日生病精神电话", max_size=40))
def test_no_number_of_a_person_is_left_in_a_name_or_a_place(text: str) -> None:
    for clean in (clean_name, clean_place):
        left = [number.kind for number in find_numbers(clean(text, OWN).text)]
        assert not {"id", "account", "phone"} & set(left)


# In files


def test_a_finding_names_file_row_and_cell_and_never_the_number(tmp_path: Path) -> None:
    rows = table(stay(1), stay(2, 姓名="王小明13900000000"), stay(3, 姓名=f"张三{OTHER}"))
    reading = read(tmp_path, {"a.csv": csv_bytes(rows)})
    found = reading.findings.select("code", "source", "row", "message").rows()
    assert found == [
        ("FI05", "a.csv", 3, "姓名里有电话（尾号 0000）"),
        ("FI05", "a.csv", 4, f"姓名里有证件号码（尾号 {OTHER[-4:]}）"),
    ]
    assert reading.rows["name"].to_list() == ["张三", "王小明", f"张三****{OTHER[-4:]}"]


def test_signs_that_nobody_sees_go_without_a_word(tmp_path: Path) -> None:
    hidden = stay(1, 姓名="王\u200b小\u202e明", 住院号="ZY\ufeff001", 医疗机构="云谷\x07卫生院")
    reading = read(tmp_path, {"a.csv": csv_bytes(table(hidden))})
    row = reading.rows.row(0, named=True)
    assert (row["name"], row["stay_no"], row["hospital_raw"]) == ("王小明", "ZY001", "云谷卫生院")
    assert reading.findings.is_empty()


def test_a_character_without_a_shape_stays_and_is_named(tmp_path: Path) -> None:
    """The roster may have the same one; another character would make it another name."""
    reading = read(tmp_path, {"a.csv": csv_bytes(table(stay(1, 姓名="王\ue863明")))})
    assert reading.rows["name"].to_list() == ["王\ue863明"]
    assert reading.findings["message"].to_list() == ["姓名里有无法显示的字（U+E863，张贴时印作 □）"]


def test_a_stay_number_that_is_the_patients_id_keeps_four_characters(tmp_path: Path) -> None:
    rows = table(stay(1, 住院号=OWN), stay(2, 住院号=make_id("63990119490608014")))
    reading = read(tmp_path, {"a.csv": csv_bytes(rows)})
    assert reading.rows["stay_no"].to_list() == [f"****{OWN[-4:]}", make_id("63990119490608014")]
    assert reading.findings["message"].to_list() == [f"住院号里有本人的证件号码（尾号 {OWN[-4:]}）"]


def test_a_clean_table_comes_back_as_it_was() -> None:
    rows = pl.DataFrame(
        {
            "source": ["a"],
            "sheet": [None],
            "row": [2],
            "name": ["王小明"],
            "id_raw": [OWN],
            "village": ["上湾村"],
        },
        schema_overrides={"sheet": pl.String},
    )
    same, found = clean_rows(rows)
    assert same.equals(rows)
    assert found.is_empty()
