"""One stay explained: every figure done again with `decimal`, every sentence with its article, no ID number."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from html import unescape
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onestop_cli.batch.explain import explain_stay
from onestop_cli.batch.run_rules import rules_of
from onestop_cli.core.settle import settle
from onestop_cli.core.settle.inputs import sure
from onestop_cli.errors import Broken, CannotRun
from onestop_cli.explain.explanation import Explanation, ExplanationPart, explain
from onestop_cli.explain.which_stay import stays_meant, the_stay
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.govern import govern
from onestop_cli.run import Run, load_run
from onestop_cli.working import Group, Line, StepOnStay, work_out
from onestop_cli.writers.explain.page import page, write_book
from onestop_cli.writers.explain.screen import show, wrapped
from onestop_cli.writers.toolkit.columns import text_width
from onestop_cli.writers.toolkit.console import console_for
from tests import reference
from tests.made.explained_county import DIBAO, IDS, MISSED, county_run
from tests.made.on_paper import amount, result
from tests.made.run import with_info
from tests.reference import made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("county")
    county_run(home)
    return home / "run"


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    return load_run(folder)


@pytest.fixture(scope="module")
def book(run: Run) -> Rulebook:
    return rules_of(run)


def told(run: Run, book: Rulebook, number: str) -> Explanation:
    return explain(run, the_stay(run.stays, number), book)


def part(explanation: Explanation, title: str) -> ExplanationPart:
    return next(part for part in explanation.parts if part.title == title)


def lines(explanation: Explanation, title: str) -> list[tuple[str, str, str]]:
    groups = part(explanation, title).groups
    return [(ln.label, ln.working, ln.amount) for group in groups for ln in group.lines]


def screen(explanation: Explanation) -> str:
    stream = io.StringIO()
    show(explanation, console_for(stream))
    return stream.getvalue()


def wrong_sums(found: Iterator[Line]) -> list[tuple[Line, Decimal]]:
    """Lines whose sum, done again with `decimal`, is not the amount beside it."""
    done = [(line, result(line)) for line in found if line.grains is not None]
    return [(line, sum_) for line, sum_ in done if sum_ is not None and sum_ != amount(line.amount)]


class TestFigures:
    @settings(max_examples=20, deadline=None)
    @given(st.randoms(use_true_random=False))
    def test_every_sum_of_random_documents_comes_to_its_amount(self, random: Random) -> None:
        """Whatever shape a document has: what is written out is what was settled."""
        rules = made.rules(random)
        book = Rulebook(tuple(rules))
        bills = made.bills(random, rules, 12)
        for row, steps in _worked_out(bills, rules, book):
            for groups in steps.values():
                assert wrong_sums(ln for group in groups for ln in group.lines) == [], row

    @settings(max_examples=15, deadline=None)
    @given(st.randoms(use_true_random=False))
    def test_the_amounts_are_those_of_the_slow_settlement(self, random: Random) -> None:
        """Base, deductible and what is due, beside a settlement that shares no line with the engine."""
        rules = made.rules(random)
        bills = made.bills(random, rules, 12)
        slow = reference.settle(bills, rules)
        for row, steps in _worked_out(bills, rules, Rulebook(tuple(rules))):
            for name, groups in steps.items():
                stay = slow[row["place"]]
                assert stay is not None
                expected = stay.steps[name]
                shown = {ln.label: ln.amount for group in groups for ln in group.lines}
                if "补偿基数" in shown:
                    assert amount(shown["补偿基数"]) * 100 == expected.base
                    charged = shown.get("扣起付线") or shown["起付线"]
                    assert amount(charged) * 100 == expected.deductible
                if "应补" in shown:
                    assert amount(shown["应补"]) * 100 == expected.due
                if "最多可补" in shown:
                    assert amount(shown["最多可补"]) * 100 == expected.bound

    def test_every_sum_of_the_county_comes_to_its_amount(self, run: Run, book: Rulebook) -> None:
        for row in run.stays.iter_rows(named=True):
            assert wrong_sums(explain(run, row, book).lines) == []

    def test_bands_are_written_out_one_by_one(self, run: Run, book: Rulebook) -> None:
        assert lines(told(run, book, "A2"), "医疗救助") == [
            ("补偿基数", "总费用 5,000.00 − 新农合补偿 2,800.00", "2,200.00"),
            ("起付线", "不扣起付线", "0.00"),
            ("500.00 元以下", "500.00 × 60%", "300.00"),
            ("500.00—1,000.00 元", "500.00 × 65%", "325.00"),
            ("1,000.00—1,500.00 元", "500.00 × 70%", "350.00"),
            ("1,500.00—2,000.00 元", "500.00 × 75%", "375.00"),
            ("2,000.00—5,000.00 元", "200.00 × 80%", "160.00"),
            ("各段合计", "300.00 + 325.00 + 350.00 + 375.00 + 160.00", "1,510.00"),
            ("年度封顶尚余", "年度封顶 6,000.00 − 此前本年已补 0.00", "6,000.00"),
            ("应补", "本笔金额 1,510.00 与 封顶尚余 6,000.00 取小", "1,510.00"),
            ("本年累计", "此前 0.00 + 本笔 1,510.00", "1,510.00"),
        ]

    def test_rounding_is_shown_with_what_was_rounded(self, run: Run, book: Rulebook) -> None:
        found = lines(told(run, book, "B2"), "新农合补偿")
        assert ("按比例", "1,000.03 × 60%", "600.018") in found
        assert ("四舍五入到分", "600.018", "600.02") in found

    def test_the_year_names_the_stays_that_used_it(self, run: Run, book: Rulebook) -> None:
        """The cap of 6,000: two earlier stays elsewhere used 1,774.00 of it."""
        explanation = told(run, book, "B1")
        aid = lines(explanation, "医疗救助")
        assert ("年度封顶尚余", "年度封顶 6,000.00 − 此前本年已补 1,774.00", "4,226.00") in aid
        year = [line for line in lines(explanation, "本年此前各笔") if line[0] == "医疗救助"]
        assert [text.split("，")[-1] for _, text, _ in year] == ["住院号 A2", "住院号 A3"]
        assert sum(amount(fen) for _, _, fen in year) == Decimal("1774.00")

    def test_a_cut_off_column_is_a_bug_of_ours(self, run: Run, book: Rulebook) -> None:
        row = the_stay(run.stays, "A2")
        with pytest.raises(Broken, match="assistance_base_fen"):
            explain(run, {**row, "assistance_base_fen": 1}, book)


def _worked_out(
    bills: list[Any], rules: list[Any], book: Rulebook
) -> Iterator[tuple[dict[str, Any], dict[str, tuple[Group, ...]]]]:
    """Every governed stay of random histories, with all its steps on paper."""
    governed = govern(made.frame(bills, rules), book)
    settled = settle(sure(governed.filter(pl.col("term").is_not_null()), book), book)
    for row in settled.to_dicts():
        yield row, {step.id: work_out(StepOnStay(row, book, step)) for step in book.steps}


class TestWords:
    def test_the_source_cell_and_the_roster_entry_are_named(self, run: Run, book: Rulebook) -> None:
        text = screen(told(run, book, "A2"))
        assert "县医院.csv · 第 3 行" in text
        assert "农村低保户，2008-01-01 至 未终止（花名册.csv · 第 3 行）" in text

    def test_every_step_quotes_its_article(self, run: Run, book: Rulebook) -> None:
        quotes = {
            basis.quote
            for layer in ("新农合补偿", "医疗救助")
            for group in part(told(run, book, "A2"), layer).groups
            for basis in group.basis
        }
        assert quotes >= {
            "取消起付线",
            "乡、县、市、省级定点医疗机构分别按80%、70%、60%、50%补偿",
            "每人每年累计住院补偿不超过3.5万元",
            "住院费总额中减去新型合作医疗报销额",
            "全年个人累计补助金额不超过6000元",
        }

    def test_what_is_assumed_is_marked(self, run: Run, book: Rulebook) -> None:
        assert "身份按入院日核对（推定）" in re.sub(r"\s", "", screen(told(run, book, "A2")))

    @pytest.mark.parametrize(
        ("number", "words"),
        [
            ("A2", "按乡级比例（80%）计算"),
            ("A3", "前一层金额有误，本层照着算"),
            ("A4", "RO02 在册未救助"),
            ("A6", "RO01 不在册享受救助"),
            ("A7", "待遇已于 2010-09-30 终止"),
            ("B1", "CA01 年度封顶超支"),
            ("B3", "ST03 日期缺失或颠倒"),
            ("A1", "没有发现不符"),
        ],
    )
    def test_the_diagnosis_is_in_words(
        self, run: Run, book: Rulebook, number: str, words: str
    ) -> None:
        assert any(words in f"{ln.label}{ln.working}" for ln in told(run, book, number).lines)

    def test_claimed_stands_beside_due(self, run: Run, book: Rulebook) -> None:
        found = lines(told(run, book, "A5"), "申报与核定")
        assert ("相差", "申报 1,100.00 − 应为 1,050.00", "50.00") in found
        assert ("申报去向", "核付 1,050.00 + 扣减 50.00 + 待核 0.00", "1,100.00") in found
        assert ("应补给患者", "592.50 − 层间调整 50.00", "542.50") in found

    def test_what_is_only_bounded_says_so(self, run: Run, book: Rulebook) -> None:
        found = [label for label, _, _ in lines(told(run, book, "A6"), "新农合补偿")]
        assert "最多可补" in found
        assert "应补" not in found

    def test_a_held_stay_is_not_worked_out(self, run: Run, book: Rulebook) -> None:
        titles = [part.title for part in told(run, book, "B3").parts]
        assert titles == ["住院", "身份", "申报与核定", "核对发现"]

    def test_a_reversed_row_counts_nowhere(self, run: Run, book: Rulebook) -> None:
        row = run.stays.filter(pl.col("status") == "reversed").row(0, named=True)
        found = lines(explain(run, row, book), "申报与核定")
        assert found == [("冲红", "与另一行一正一负相抵，两行都不计入任何合计", "")]

    def test_closed_periods_stand_for_what_this_run_does_not_have(
        self, run: Run, book: Rulebook
    ) -> None:
        """Without its earlier stays at hand, the year's use comes from the ledger."""
        alone = run.stays.filter(pl.col("stay_no") == "B1")
        found = lines(told(replace(run, stays=alone), book, "B1"), "本年此前各笔")
        assert ("医疗救助", "此前已关账各期（台账）", "1,774.00") in found


class TestPaper:
    def test_no_id_number_is_shown(self, run: Run, book: Rulebook, tmp_path: Path) -> None:
        for number, row in enumerate(run.stays.iter_rows(named=True)):
            explanation = explain(run, row, book)
            write_book(explanation, tmp_path / f"{number}.xlsx")
            cells = _cells(tmp_path / f"{number}.xlsx")
            text = screen(explanation) + page(explanation, "") + "".join(map(str, cells))
            assert not any(id_ in text or id_[:14] in text for id_ in IDS)

    def test_eighty_columns_are_enough(self, run: Run, book: Rulebook) -> None:
        for row in run.stays.iter_rows(named=True):
            text = screen(explain(run, row, book))
            assert max(text_width(line.rstrip()) for line in text.splitlines()) <= 80

    def test_an_amount_stays_with_its_name_when_a_line_is_full(self) -> None:
        assert wrapped("总费用 5,000.00 − 新农合补偿 2,800.00", 30).splitlines() == [
            "总费用 5,000.00 −",
            "新农合补偿 2,800.00",
        ]

    def test_page_and_screen_say_the_same(self, run: Run, book: Rulebook) -> None:
        explanation = told(run, book, "B1")
        html = unescape(page(explanation, ""))
        for line in explanation.lines:
            assert f"<td>{line.label}</td>" in html
            assert line.working in html

    def test_the_page_asks_nothing_of_the_network(self, run: Run, book: Rulebook) -> None:
        assert "http" not in page(told(run, book, "A1"), "").replace("http-equiv", "")

    def test_text_from_files_is_text(self, run: Run, book: Rulebook, tmp_path: Path) -> None:
        evil = "=1+1<script>alert(1)</script>"
        stays = run.stays.with_columns(name=pl.lit(evil), stay_no=pl.lit(evil))
        row = stays.filter(pl.col("status") == "settled").row(0, named=True)
        explanation = explain(run, row, book)
        assert "<script>" not in page(explanation, "")
        write_book(explanation, tmp_path / "a.xlsx")
        assert evil in _cells(tmp_path / "a.xlsx")
        assert "\x1b" not in screen(explain(run, {**row, "name": "\x1b[31m"}, book))

    def test_amounts_are_numbers_in_the_workbook(
        self, run: Run, book: Rulebook, tmp_path: Path
    ) -> None:
        write_book(told(run, book, "B2"), tmp_path / "a.xlsx")
        cells = _cells(tmp_path / "a.xlsx")
        assert 600.018 in cells
        assert 507.64 in cells


def _cells(path: Path) -> list[Any]:
    sheets = openpyxl.load_workbook(path).worksheets
    return [cell for s in sheets for row in s.iter_rows(values_only=True) for cell in row]


class TestWhichStay:
    def test_by_number_in_any_width(self, run: Run) -> None:
        assert the_stay(run.stays, " ｂ1 ")["stay_no"] == "B1"

    def test_by_file_and_row(self, run: Run) -> None:
        assert the_stay(run.stays, "市医院.csv:2")["stay_no"] == "B1"

    def test_by_file_sheet_and_row(self, run: Run) -> None:
        sheets = run.stays.with_columns(sheet=pl.col("hospital"), source=pl.lit("子夹/全部.xlsx"))
        assert the_stay(sheets, "全部.xlsx:市医院:2")["stay_no"] == "B1"
        assert stays_meant(sheets, "全部.xlsx:2").height == 3

    def test_by_the_end_of_an_id(self, run: Run) -> None:
        assert set(stays_meant(run.stays, DIBAO[-6:])["stay_no"]) == {"A2", "A3", "B1"}

    def test_three_characters_of_an_id_are_too_few(self, run: Run) -> None:
        assert stays_meant(run.stays, DIBAO[-3:]).is_empty()

    def test_several_are_all_listed_with_how_to_choose(self, run: Run) -> None:
        with pytest.raises(CannotRun) as error:
            the_stay(run.stays, MISSED)
        chosen = [problem.remedy.split('"')[1] for problem in error.value.problems]
        assert [the_stay(run.stays, text)["stay_no"] for text in chosen] == ["A4", "A5"]

    def test_a_typed_id_is_not_repeated(self, run: Run) -> None:
        for text in (MISSED, "639900195001011234"):
            with pytest.raises(CannotRun) as error:
                the_stay(run.stays, text)
            assert text not in str(error.value)
            assert text[-4:] in str(error.value)


class TestDocuments:
    def test_the_runs_own_copy_is_used(self, run: Run) -> None:
        assert [rule.id for rule in rules_of(run).rules] == ["huangzhong-2009"]

    def test_a_lost_copy_is_replaced_by_the_same_file(self, run: Run) -> None:
        assert rules_of(replace(run, documents={})).rules[0].id == "huangzhong-2009"

    def test_a_changed_document_explains_nothing(self, run: Run) -> None:
        """Neither the copy nor the file on the shelf is what the run was made with."""
        other = [{**run.info.content()["rules"][0], "sha256": "0" * 64}]
        with pytest.raises(CannotRun, match="改动过"):
            rules_of(with_info(run, rules=other))

    def test_a_missing_document_is_said(self, run: Run) -> None:
        other = [{**run.info.content()["rules"][0], "id": "nowhere-1999"}]
        with pytest.raises(CannotRun, match="找不到结算时所用的政策文件"):
            rules_of(replace(with_info(run, rules=other), documents={}))

    def test_numbers_of_another_version_explain_nothing(self, run: Run, book: Rulebook) -> None:
        row = the_stay(run.stays, "A2")
        with pytest.raises(CannotRun, match="对不上"):
            explain(run, {**row, "term": 0}, book)
        with pytest.raises(CannotRun, match="对不上"):
            explain(run, {**row, "term": 10_000}, book)


class TestCommand:
    def test_page_and_workbook_are_written_beside_the_screen(
        self, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        html, xlsx = tmp_path / "a" / "说明.html", tmp_path / "说明.xlsx"
        explain_stay(folder, "A2", html, xlsx)
        assert "1,510.00" in capsys.readouterr().out
        assert "1,510.00" in html.read_text("utf-8")
        assert 1510 in _cells(xlsx)

    def test_a_file_that_is_there_is_not_written_over(self, folder: Path, tmp_path: Path) -> None:
        there = tmp_path / "有.html"
        there.write_text("旧", "utf-8")
        with pytest.raises(CannotRun, match="不会覆盖"):
            explain_stay(folder, "A2", there, None)
        assert there.read_text("utf-8") == "旧"

    def test_several_stays_end_with_two(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        from onestop_cli.cli import main

        monkeypatch.setattr(sys, "argv", ["onestop", "explain", str(folder), MISSED[-4:]])
        with pytest.raises(SystemExit) as end:
            main()
        assert end.value.code == 2
        assert "县医院.csv:5" in capsys.readouterr().err
