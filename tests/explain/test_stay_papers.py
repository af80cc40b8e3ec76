"""结算单 and 审批表: filled from the run, adding up, three copies, and only for who was assisted."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from html import unescape
from pathlib import Path

import polars as pl
import pytest

from onestop_cli.batch.run_rules import rules_of
from onestop_cli.batch.stay_papers import write_stay_papers
from onestop_cli.errors import CannotRun
from onestop_cli.explain.papers_of_stay import StayPaper, papers_of
from onestop_cli.run import Run, load_run
from onestop_cli.working import Line
from onestop_cli.writers.explain.stay_papers import approvals, statements
from tests.made.explained_county import DIBAO, county_run
from tests.made.on_paper import amount, result
from tests.made.run import with_info


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("county")
    county_run(home)
    return home / "run"


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    return load_run(folder)


@pytest.fixture(scope="module")
def papers(run: Run) -> dict[str, StayPaper]:
    return {paper.row["stay_no"]: paper for paper in papers_of(run, run.stays, rules_of(run))}


def words(page: str) -> str:
    return re.sub(r"\s+", "", unescape(re.sub(r"<[^>]+>", "", page)))


class TestWho:
    def test_only_settled_stays_with_assistance(self, papers: dict[str, StayPaper]) -> None:
        assert set(papers) == {"A1", "A2", "A3", "A4", "A5", "B1", "B2", "C1"}

    @pytest.mark.parametrize(
        ("number", "why"),
        [("B3", "待核"), ("A6", "没有有效的救助身份"), ("甲乡卫生院.csv:4", "已冲销")],
    )
    def test_others_are_refused_with_the_reason(
        self, folder: Path, tmp_path: Path, number: str, why: str
    ) -> None:
        with pytest.raises(CannotRun, match=why):
            write_stay_papers(folder, number, None, tmp_path / "a")
        assert not (tmp_path / "a").exists()

    def test_a_run_alone_gives_the_papers_of_every_hospital(
        self, folder: Path, tmp_path: Path, papers: dict[str, StayPaper]
    ) -> None:
        """A folder each, with the papers that `--hospital` gives."""
        assert write_stay_papers(folder, None, None, tmp_path / "all") == len(papers)
        hospitals = {paper.row["hospital"] for paper in papers.values()}
        assert {one.name for one in (tmp_path / "all").iterdir()} == hospitals
        for hospital in hospitals:
            write_stay_papers(folder, None, hospital, tmp_path / hospital)
            for page in (tmp_path / hospital).iterdir():
                assert (tmp_path / "all" / hospital / page.name).read_bytes() == page.read_bytes()


class TestAmounts:
    def test_shares_and_self_pay_are_the_whole_bill(self, papers: dict[str, StayPaper]) -> None:
        for paper in papers.values():
            shares = sum(layer.granted for layer in paper.layers)
            assert shares + paper.own == paper.row["total_fen"]
            assert paper.own == paper.row["self_due_fen"]

    def test_the_remainder_is_what_insurance_leaves(self, papers: dict[str, StayPaper]) -> None:
        assert papers["A2"].remainder == 500_000 - 280_000

    def test_the_calculation_can_be_done_again(self, papers: dict[str, StayPaper]) -> None:
        for paper in papers.values():
            for layer in paper.layers:
                for text in layer.calculation.split("；"):
                    label, _, rest = text.partition("：")
                    working, _, shown = rest.rpartition(" = ")
                    assert result(Line(label, working)) == amount(shown), text
                last = layer.calculation.split("应补：")[1].split(" = ")[1].split("；")[0]
                assert amount(last) * 100 == layer.granted

    def test_the_year_includes_this_stay(self, papers: dict[str, StayPaper]) -> None:
        assert papers["A3"].assistance[0].year == 151_000 + 26_400
        assert papers["A1"].assistance[0].year is None

    def test_advanced_and_refunded_stand_apart(self, papers: dict[str, StayPaper]) -> None:
        """A2: basic at the township's rate; the hospital gets what is due, assistance made up by offset."""
        basic, aid = papers["A2"].layers
        assert (basic.advanced, basic.refunded) == (320_000, 280_000)
        assert (aid.advanced, aid.refunded) == (120_000, 151_000)


class TestPages:
    def test_three_copies_each_for_its_keeper(self, run: Run, papers: dict[str, StayPaper]) -> None:
        page = approvals([papers["A2"], papers["B1"]], run)
        copies = (
            "第一联　医疗卫生机构留存",
            "第二联　县（乡）合管办留存",
            "第三联　县（乡）民政局留存",
        )
        assert [page.count(copy) for copy in copies] == [2, 2, 2]
        assert page.count('<section class="form">') == 6

    def test_the_form_is_filled(self, run: Run, papers: dict[str, StayPaper]) -> None:
        page = words(approvals([papers["A2"]], run))
        for text in (
            "示例县特困群众大病医疗救助垫付审批表", "狄保", DIBAO, "青山乡二村", "户主姓名狄户主",
            "与患者关系配偶", "☑农村低保户", "□五保户", "低保002", "县医院（县级）", "5,000.00",
            "人民币壹仟伍佰壹拾元整", "已垫付新农合补偿3,200.00元", "版式为拟定，未见正式表样",
        ):  # fmt: skip
            assert text in page, text

    def test_the_form_speaks_of_the_offices_of_its_year(
        self, run: Run, papers: dict[str, StayPaper]
    ) -> None:
        page = approvals([papers["A2"]], with_info(run, period="2024Q4"))
        assert "第二联　医保经办机构留存" in page
        assert "参保证号" in page
        assert "合管办" not in words(page)

    def test_the_statement_is_filled(self, run: Run, papers: dict[str, StayPaper]) -> None:
        page = words(statements([papers["B2"]], run))
        own = Decimal("1234.57") - Decimal("600.02") - Decimal("507.64")
        for text in (
            "重点优抚对象",
            "伍佰零柒元陆角肆分",
            f"自付金额{own}",
            "壹佰贰拾陆元玖角壹分",
            "不设封顶",
        ):
            assert text in page, text

    def test_texts_of_files_are_escaped(self, run: Run) -> None:
        evil = "<script>alert(1)</script>"
        stays = run.stays.with_columns(name=pl.lit(evil), disease=pl.lit(evil))
        page = approvals(papers_of(run, stays, rules_of(run)), run)
        assert evil not in page


class TestFiles:
    def test_one_stay(self, folder: Path, tmp_path: Path) -> None:
        assert write_stay_papers(folder, "A2", None, tmp_path / "一笔") == 1
        names = {path.name for path in (tmp_path / "一笔").iterdir()}
        assert names == {"医疗救助结算单.html", "垫付审批表.html"}

    def test_a_whole_hospital(self, folder: Path, tmp_path: Path) -> None:
        assert write_stay_papers(folder, None, "县医院", tmp_path / "全院") == 5
        page = (tmp_path / "全院" / "医疗救助结算单.html").read_text("utf-8")
        assert page.count('<section class="form">') == 5

    def test_an_unknown_hospital_is_answered_with_near_names(
        self, folder: Path, tmp_path: Path
    ) -> None:
        with pytest.raises(CannotRun) as error:
            write_stay_papers(folder, None, "甲乡医院", tmp_path / "无")
        assert "甲乡卫生院" in error.value.problems[0].remedy

    def test_a_stay_or_a_hospital(self, folder: Path, tmp_path: Path) -> None:
        with pytest.raises(CannotRun, match="要么"):
            write_stay_papers(folder, "A2", "县医院", tmp_path / "无")


def test_the_approval_form_has_what_the_roster_says_of_the_person(run: Run) -> None:
    """民族 and 参合证号, where the roster has the columns; blank in runs of rosters without them."""
    told = {"ethnic_group": pl.lit("土族"), "scheme_no": pl.lit("0630112345678")}
    known = replace(run, roster=run.roster.with_columns(**told))
    rows = run.stays.filter(stay_no="A2")
    page = words(approvals(papers_of(known, rows, rules_of(run)), known))
    assert "民族土族" in page
    assert "参合证号0630112345678" in page
    bare = replace(run, roster=run.roster.drop("ethnic_group", "scheme_no"))
    page = words(approvals(papers_of(bare, rows, rules_of(run)), bare))
    assert "民族身份证号" in page


def test_a_document_without_classes_has_the_persons_category_ticked(run: Run) -> None:
    plain = with_info(run, classes={})
    rows = run.stays.filter(stay_no="A2")
    (category,) = rows["category"]
    page = words(approvals(papers_of(plain, rows, rules_of(plain)), plain))
    assert f"☑{category}" in page
