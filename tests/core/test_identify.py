"""ID numbers are made comparable or refused, never repaired; names are made comparable."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onestop_cli.core.identify import id_birth, id_sex, identify, make_id

WANG = make_id("63990119800101123")
LI = make_id("63990219520315000")


def judged(raw: str | None, numeric: bool = False, name: str | None = "王强") -> dict[str, str]:
    """What `identify` says about one row."""
    schema = {"name": pl.String, "id_raw": pl.String, "id_numeric": pl.Boolean}
    row = pl.DataFrame({"name": [name], "id_raw": [raw], "id_numeric": [numeric]}, schema)
    return identify(row).row(0, named=True)


def test_check_character_follows_the_standard() -> None:
    """The synthetic numbers of the field notes come out with their printed check characters."""
    for number in ("630122198001011236", "630122194901010011", "63012219520315002X"):
        assert make_id(number[:17]) == number


def test_a_well_written_number_is_taken_as_it_is() -> None:
    row = judged(WANG)
    assert (row["id_no"], row["id_fault"], row["id_why"], row["person"]) == (WANG, None, None, WANG)


FULL_WIDTH = WANG.translate({ord("0") + digit: ord("０") + digit for digit in range(10)})


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (WANG[:6] + WANG[8:17], "15 位旧证号升为 18 位"),
        (FULL_WIDTH, "全角字符改为半角"),
        (f"'{WANG}", "去掉空白或符号"),
        (f"`{WANG}\t", "去掉空白或符号"),
        (f"\u3000{WANG[:6]} {WANG[6:14]}\u00a0{WANG[14:]}\u200b\ufeff", "去掉空白或符号"),
        (f"{WANG[:6]}-{WANG[6:14]}-{WANG[14:]}", "去掉空白或符号"),
        (f"*{WANG}*", "去掉空白或符号"),
        (f"身份证号码:{WANG}", "去掉号码前的文字"),
        (f"公民身份号码 {WANG}", "去掉空白或符号、去掉号码前的文字"),
        (f"{WANG}\n{WANG}", "去掉空白或符号、去掉重复的号码"),
    ],
)
def test_writing_is_made_uniform_and_said(raw: str, why: str) -> None:
    """Another way of writing the same number is usable, and what was changed is named (ID02)."""
    row = judged(raw)
    assert (row["id_no"], row["id_fault"], row["id_why"]) == (WANG, None, why)


@pytest.mark.parametrize(
    ("x", "why"),
    [
        ("x", "小写 x 改为大写"),
        ("Ｘ", "全角字符改为半角"),
        ("ｘ", "全角字符改为半角、小写 x 改为大写"),
    ],
)
def test_every_way_to_write_x_becomes_capital(x: str, why: str) -> None:
    row = judged(LI[:17] + x)
    assert (row["id_no"], row["id_why"]) == (LI, why)


@pytest.mark.parametrize("x", list("×✕✖ⅩⅹХхΧχ"))
def test_what_looks_like_x_in_the_last_place_is_x(x: str) -> None:
    row = judged(LI[:17] + x)
    assert row["id_no"] == LI
    assert "末位形似 X 的符号改为 X" in row["id_why"]


@pytest.mark.parametrize("end", ["*", "十", "乂", "+"])
def test_a_star_or_a_character_is_no_x(end: str) -> None:
    row = judged(LI[:17] + end)
    assert (row["id_no"], row["id_fault"]) == (None, "ID01")


@pytest.mark.parametrize("raw", [WANG[:17] + "×", "×" + LI[1:], LI[:16] + "×" + LI[17:]])
def test_a_lookalike_where_no_x_belongs_is_refused(raw: str) -> None:
    """The check character is another one, or it stands elsewhere."""
    assert judged(raw)["id_fault"] == "ID01"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("\u2ee9八", "黄八"),
        ("\u2ee2文", "马文"),
        ("\u2ed3长\u2ef0", "长长龙"),
        ("\u2f2d山", "山山"),
    ],
)
def test_a_radical_in_a_name_is_the_character_it_stands_for(written: str, meant: str) -> None:
    assert judged(WANG, name=written)["name_key"] == judged(WANG, name=meant)["name_key"]


def another_check(number: str) -> str:
    return number[:17] + ("0" if number[17] != "0" else "1")


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (None, "身份证号为空"),
        (" \u3000", "身份证号为空"),
        ("-", "身份证号为空"),
        ("无", "身份证号为空"),
        ("身份证号：", "身份证号为空"),
        (WANG[:17], "证号是 17 位，应为 18 位（旧证 15 位）"),
        (WANG + "1", "证号是 19 位，应为 18 位（旧证 15 位）"),
        (another_check(WANG), "证号校验码不符，至少有一位写错"),
        (make_id("63990119810229123"), "证号里的出生日期不存在"),
        (make_id("63990118491231123"), "证号里的出生日期不存在"),
        ("639901811301123", "证号里的出生日期不存在"),
        (f"{WANG[:10]}****{WANG[14:]}", "证号被星号遮盖，不完整"),
        (f"{WANG}/{LI}", "一格里有两个证号，无法判断是哪一个"),
        (f"{WANG} {LI}", "一格里有两个证号，无法判断是哪一个"),
        (f"{WANG}（母）", "证号里有别的文字“母”，可能不是本人的证号"),
        (WANG[:9] + "O" + WANG[10:], "证号里有不该出现的字母或符号"),
        ("٦" + WANG[1:], "证号里有别的文字“٦”，可能不是本人的证号"),
    ],
)
def test_an_unusable_number_is_refused_with_its_reason(raw: str | None, why: str) -> None:
    row = judged(raw)
    assert (row["id_no"], row["id_fault"], row["id_why"]) == (None, "ID01", why)


@pytest.mark.parametrize(
    ("year", "fault"), [(1849, "ID01"), (1850, None), (2100, None), (2101, "ID01")]
)
def test_years_of_birth_have_edges(year: int, fault: str | None) -> None:
    assert judged(make_id(f"639901{year}0101123"))["id_fault"] == fault


@pytest.mark.parametrize("raw", [WANG, WANG[:15] + "000", "6.39901198001011e+17"])
def test_a_number_cell_is_never_repaired(raw: str) -> None:
    """Even a number that passes the check character has lost digits when the cell was numeric."""
    row = judged(raw, numeric=True)
    assert (row["id_no"], row["id_fault"]) == (None, "ID03")
    assert "丢失" in row["id_why"]


@pytest.mark.parametrize("dot", "·・•‧･．.∙⋅")
def test_middle_dots_are_one(dot: str) -> None:
    assert judged(WANG, name=f"买买提{dot}艾力")["name_key"] == "买买提·艾力"


@pytest.mark.parametrize("name", ["王　强", " 王强", "王\u200b强\t", "王\n强"])
def test_blanks_in_names_do_not_count(name: str) -> None:
    assert judged(WANG, name=name)["name_key"] == "王强"


def test_a_similar_name_is_another_name() -> None:
    assert judged(WANG, name="王强")["name_key"] != judged(WANG, name="王強")["name_key"]


def test_a_blank_name_has_no_key() -> None:
    assert judged(WANG, name=" ")["name_key"] is None


def test_rows_without_number_still_have_a_person() -> None:
    """The same text and name are one person, so that a reversal finds its stay; others are not."""
    assert judged("6399X", name="王 强")["person"] == judged("6399x ", name="王强")["person"]
    assert judged(None, name="王强")["person"] != judged(None, name="李强")["person"]


def test_sex_and_birth_are_in_the_number() -> None:
    numbers = pl.DataFrame({"id": [WANG, LI, None]})
    told = numbers.select(sex=id_sex(pl.col("id")), birth=id_birth(pl.col("id")).cast(pl.String))
    assert told.rows() == [("男", "1980-01-01"), ("女", "1952-03-15"), (None, None)]


@given(
    st.dates(date(1850, 1, 1), date(2100, 12, 31)),
    st.integers(0, 999),
    st.integers(0, 16),
    st.integers(1, 9),
)
@settings(max_examples=60, deadline=None)
def test_one_wrong_digit_is_always_found(day: date, number: int, place: int, by: int) -> None:
    """GB 11643 finds every single wrong digit; none may pass as a usable number."""
    right = make_id(f"639901{day:%Y%m%d}{number:03}")
    wrong = right[:place] + str((int(right[place]) + by) % 10) + right[place + 1 :]
    assert judged(right)["id_no"] == right
    assert judged(wrong)["id_no"] is None


@given(st.lists(st.text(max_size=40), max_size=8))
@settings(max_examples=60, deadline=None)
def test_any_text_is_judged_without_trouble(texts: list[str]) -> None:
    """Every text is either a usable number or has a fault and a reason that leaks no digits."""
    rows = pl.DataFrame({"name": texts, "id_raw": texts, "id_numeric": [False] * len(texts)})
    table = identify(rows.cast({"name": pl.String, "id_raw": pl.String}))
    assert table.height == len(texts)
    assert (table["id_no"].is_null() == table["id_fault"].is_not_null()).all()
    assert table.filter(pl.col("id_fault").is_not_null() & pl.col("id_why").is_null()).is_empty()
    assert not table["id_why"].str.contains("[0-9]{5}").any()


def test_row_order_is_kept() -> None:
    raws = [LI, None, WANG, "x", WANG, LI]
    rows = pl.DataFrame({"name": list("abcdef"), "id_raw": raws, "id_numeric": [False] * 6})
    assert identify(rows)["id_no"].to_list() == [LI, None, WANG, None, WANG, LI]
