"""A waiver at a rate (医院减免): borne by the hospital, from the export to the books."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from onestop_cli.cli import run
from onestop_cli.rulebook.cases import load_cases
from onestop_cli.rulebook.library import load_rule
from tests.made.rule_county import CaseCounty, stays_of

RULE = Path(__file__).parents[1] / "made" / "rules" / "jianmian-2024.toml"

CLAIMS: Mapping[str, Mapping[str, int]] = {
    "案000-0": {"basic": 120_001, "waiver": 6_000, "assistance": 45_000},
    "案001-0": {"basic": 120_001, "waiver": 5_000},
    "案002-0": {"basic": 711_000, "waiver": 46_999, "assistance": 224_998},
    "案003-0": {"basic": 708_000, "waiver": 60_000, "assistance": 225_000},
    "案004-0": {"basic": 708_000, "waiver": 50_000, "assistance": 225_003},
}
"""Waived: 40 too little; 50 to somebody on no roster; 30 too little where basic is 30 too high; 100 too much; right."""


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A year with these claims, closed."""
    folder = tmp_path_factory.mktemp("减免") / "县"
    cases = load_cases(load_rule(RULE))
    assert cases is not None
    CaseCounty(cases, folder, RULE.as_posix(), CLAIMS).write()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert run(["ledger", "open", "--from", "2024-01-01", "--ledger", "台账.sqlite"]) == 0
        assert run(["reconcile", "--quiet", "--period", "2024", "--out", "年报"]) == 0
        assert run(["close", "年报", "--ledger", "台账.sqlite"]) == 0
        yield folder


@pytest.fixture(scope="module")
def rows(county: Path) -> dict[str, dict[str, int]]:
    return {row["stay_no"]: row for row in stays_of(county / "年报").to_dicts()}


def test_later_layers_take_off_what_is_due_not_what_was_waived(
    rows: dict[str, dict[str, int]],
) -> None:
    due = [(rows[no]["waiver_due_fen"], rows[no]["assistance_due_fen"]) for no in CLAIMS]
    assert due == [
        (10_000, 45_000),
        (0, 0),
        (49_999, 224_998),
        (50_000, 225_000),
        (50_000, 225_003),
    ]


def test_too_little_is_a_finding_that_names_the_loss(county: Path) -> None:
    found = pl.read_parquet(county / "年报" / "data" / "findings.parquet").filter(layer="waiver")
    assert dict(found.select("stay_no", "message").iter_rows()) == {
        "案000-0": "医院减免应为 100.00，已减免 60.00，应减免未减免 40.00；由医院退给患者，基金不支付",
        "案002-0": "医院减免应为 499.99，已减免 469.99，应减免未减免 30.00；"
        "已由同一笔其他层多减的部分抵过，患者没有少得",
    }  # fmt: skip
    assert found["code"].unique().to_list() == ["AM01"]


def test_no_fund_pays_or_deducts_a_waiver(county: Path, rows: dict[str, dict[str, int]]) -> None:
    """Only basic's 30 are deducted; funds pay 5 times basic and 4 times assistance, and owe nobody."""
    assert [rows[no]["waiver_deducted_fen"] for no in CLAIMS] == [0, 0, 0, 0, 0]
    assert {row["patient_owed_fen"] for row in rows.values()} == {0}
    book = openpyxl.load_workbook(county / "年报" / "结算" / "县级结算汇总.xlsx", read_only=True)
    shown = {
        cell
        for sheet in book
        for line in sheet.iter_rows(values_only=True)
        for cell in line
        if cell
    }
    funds = [1200.01 * 2 + 7080 * 3, 450 + 2249.98 + 2250 + 2250.03]
    assert shown >= {round(sum(funds), 2), *(round(fund, 2) for fund in funds)}


def test_the_hospital_is_told_what_to_give_back(county: Path) -> None:
    (book,) = (county / "年报" / "结算" / "机构").glob("*.xlsx")
    sheet = openpyxl.load_workbook(book)["应补与调整"]
    text = [str(cell) for line in sheet.iter_rows(values_only=True) for cell in line if cell]
    assert {"案000-0", "案002-0"} <= set(text)
    assert {40, 30} <= {cell for line in sheet.iter_rows(values_only=True) for cell in line}
    assert any("由医疗机构退给患者，基金不支付，不计入应补未补" in said for said in text)


def _sheet(county: Path, which: str, name: str) -> list[tuple[object, ...]]:
    (book,) = (county / "年报" / "结算").glob(which)
    return [*openpyxl.load_workbook(book)[name].iter_rows(values_only=True)]


def test_what_a_hospital_waives_is_in_no_sum_of_funds(county: Path) -> None:
    """Basic and assistance alone: 3,585,003 + 720,001 fen claimed; what hospitals waive stands beside."""
    claimed = sum(own.get(la, 0) for own in CLAIMS.values() for la in ("basic", "assistance"))
    rows = _sheet(county, "县级结算汇总.xlsx", "表九 勾稽")
    assert "医院减免" not in {row[2] for row in rows}
    sums = [row[3] for row in rows if row[2] in ("居民医保", "医疗救助")]
    assert round(sum(map(float, sums)) * 100) == claimed  # type: ignore[arg-type]
    assert any("医院减免由医疗机构承担，不是基金支付，不列入" in str(row[0]) for row in rows)
    heads = _sheet(county, "机构/*.xlsx", "结算申报表")
    group = next(row for row in heads if "申报垫付" in row)
    titles = heads[heads.index(group) + 1]
    at = group.index("申报垫付")
    assert titles[at : at + 3] == ("居民医保", "医疗救助", "医院减免")
    assert group[at + 1 : at + 3] == (None, "")


def test_the_list_says_what_was_waived_and_what_should_be(county: Path) -> None:
    rows = _sheet(county, "机构/*.xlsx", "垫付明细花名册")
    at = next(row for row in rows if "医院减免" in row).index("医院减免")
    said = [row[at : at + 2] for row in rows]
    assert ("已减免", "应减免") in said
    assert (60, 100) in said


def test_shares_of_the_bill_add_up_without_the_waiver(county: Path) -> None:
    rows = _sheet(county, "县级结算汇总.xlsx", "表七 指标")
    shares = {row[0]: row[1] for row in rows if isinstance(row[1], float)}
    assert abs(shares["其中：居民医保"] + shares["其中：医疗救助"] - shares["实际补偿比"]) < 0.0002
    assert "其中：医院减免" not in shares
    assert "医院减免占比" in shares
    (line,) = [str(row[0]) for row in rows if str(row[0]).startswith("救助对象住院 ")]
    assert "，另有医院减免 1,659.99 元；" in line


def test_the_board_says_who_bears_the_waiver(county: Path) -> None:
    assert run(["publish", "年报", "--out", "公示"]) == 0
    board = (county / "公示" / "张贴" / "县级.html").read_text("utf-8")
    assert "另有医院减免 1,709.99 元（医疗机构承担）" in board
    assert "每次最高 500 元" in board


def test_explain_says_who_makes_it_good(county: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run(["explain", "年报", "案000-0"]) == 0
    said = capsys.readouterr().out
    assert "应减免未减免" in said
    assert "由医院退给患者，基金不支付，不计入应补未补" in said
    assert "应补给患者" not in said
    assert run(["explain", "年报", "案002-0"]) == 0
    assert "已从医院扣减，患者没有少得" in capsys.readouterr().out


def test_the_books_owe_nobody_a_waiver(county: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    run(["ledger", "pay", "--list", "应补名单.xlsx", "--ledger", "台账.sqlite"])
    assert not (county / "应补名单.xlsx").exists()
    assert run(["ledger", "verify", "--ledger", "台账.sqlite"]) == 0


def test_a_higher_waiver_costs_no_fund(county: Path) -> None:
    """At 20 %: the person gains, assistance pays less, and no sum of funds counts what hospitals give."""
    change = "waiver.rate=0.20"
    assert (
        run(["simulate", "年报", "--rules", RULE.as_posix(), "--change", change, "--out", "测算"])
        == 0
    )
    told = json.loads((county / "测算" / "simulate.json").read_text("utf-8"))["variants"][-1]
    before, after = (told["layers"]["assistance"][f"{side}_fen"] for side in ("before", "after"))
    assert before - after == 5_001
    book = openpyxl.load_workbook(county / "测算" / "政策测算.xlsx", read_only=True)
    shown = {
        str(cell)
        for sheet in book
        for line in sheet.iter_rows(values_only=True)
        for cell in line
        if isinstance(cell, int | float)
    }
    assert "-50.01" in shown
