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
