"""运行报告.html and the terminal: what people look at."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

from onestop_cli.errors import Problem
from onestop_cli.money import yuan
from onestop_cli.run import Run
from onestop_cli.statements.patterns import shown_findings
from onestop_cli.statements.statement import Statement
from onestop_cli.writers.statements.report import write_report
from onestop_cli.writers.toolkit.columns import text_width
from onestop_cli.writers.toolkit.console import clean, problems, progress
from onestop_cli.writers.toolkit.screen import summary
from tests.made.run import HOSTILE, made_run, with_ledger


class Page(HTMLParser):
    """The tags and texts of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def report(run: Run, folder: Path) -> str:
    """The page of a run."""
    write_report(Statement(run), shown_findings(run), folder / "report.html")
    return (folder / "report.html").read_text("utf-8")


@pytest.fixture(scope="module")
def run() -> Run:
    return made_run(200)


@pytest.fixture(scope="module")
def html(run: Run, tmp_path_factory: pytest.TempPathFactory) -> str:
    return report(run, tmp_path_factory.mktemp("report"))


class TestReport:
    """The page."""

    def test_the_page_needs_nothing_from_anywhere(self, html: str) -> None:
        page = Page(html)
        assert not {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe", "object"}
        assert not any({"src", "href", "srcset"} & set(attrs) for _, attrs in page.tags)
        assert "url(" not in html
        assert "http" not in html.replace("http-equiv", "")

    def test_totals_and_equation_are_those_of_the_statement(self, run: Run, html: str) -> None:
        total = Statement(run).total
        for side in ("claimed", "deducted", "held", "payment"):
            assert yuan(total[f"all_{side}_fen"]) in html
        assert yuan(total["patient_owed_fen"]) in html
        assert f"申报 {yuan(total['all_claimed_fen'])} = 核付" in html

    def test_every_hospital_category_and_code_is_there(self, run: Run, html: str) -> None:
        text = Page(html).text
        names = [
            *run.stays["hospital"].unique(), *run.stays["category"].unique(),
            *run.findings["code"].unique(),
        ]  # fmt: skip
        assert [name for name in names if name not in text] == []

    def test_bars_fit_their_track(self, html: str) -> None:
        page = Page(html)
        tracks: list[float] = []
        for tag, attrs in page.tags:
            if attrs.get("class") == "track":
                tracks.append(0.0)
            elif tag == "span" and (attrs.get("style") or "").startswith("width:"):
                tracks[-1] += float((attrs["style"] or "")[6:-1])
        assert len(tracks) == 6 + 5
        assert max(tracks) == pytest.approx(100, abs=0.05)

    def test_files_are_named_with_their_hashes(self, run: Run, html: str) -> None:
        assert all(file.path in html for file in run.info.inputs)
        assert "a" * 64 in html

    def test_every_row_that_was_read_is_accounted_for(self, html: str) -> None:
        assert "共 212 行 = 住院 200 + 花名册 0 + 无法识别 1 + 标题、合计、空行等 11" in html

    def test_no_person_is_named(self, run: Run, html: str) -> None:
        assert not any(number in html for number in run.stays["id_no"])
        assert not any(number in html for number in run.stays["stay_no"])

    def test_texts_from_files_stay_texts(self, tmp_path: Path) -> None:
        html = report(made_run(60, hostile=True), tmp_path)
        assert "<script" not in html
        assert "&lt;script&gt;" in html
        assert HOSTILE[0] in Page(html).text

    def test_a_run_without_findings_says_so(self, run: Run, tmp_path: Path) -> None:
        clean_run = Run(
            run.info, run.stays, run.findings.clear(), run.roster, run.quarantine.clear()
        )
        html = report(clean_run, tmp_path)
        assert "没有发现差错" in html
        assert "没有发现影响金额的问题" in html

    def test_adjustments_are_told(self, run: Run, tmp_path: Path) -> None:
        assert "上期调整 100.00" in report(with_ledger(run), tmp_path)


@pytest.fixture
def shown(run: Run, capsys: pytest.CaptureFixture[str]) -> list[str]:
    summary(run, Path("结果/2010Q4"))
    return capsys.readouterr().out.splitlines()


class TestScreen:
    """The terminal."""

    def test_the_summary_fits_eighty_columns(self, shown: list[str]) -> None:
        assert max(text_width(line.rstrip()) for line in shown) <= 80

    def test_no_control_codes_when_it_is_not_a_terminal(self, shown: list[str]) -> None:
        assert "\x1b" not in "".join(shown)

    def test_totals_equation_findings_and_files_are_there(self, run: Run, shown: list[str]) -> None:
        text = "\n".join(shown)
        total = Statement(run).total
        assert yuan(total["all_payment_fen"]) in text
        assert f"申报 {yuan(total['all_claimed_fen'])} = 核付" in text
        assert "AM01" in text
        assert str(Path("结果/2010Q4/结算/县级结算汇总.xlsx")) in text

    def test_amounts_of_a_large_county_are_not_cut(
        self, run: Run, capsys: pytest.CaptureFixture[str]
    ) -> None:
        large = run.stays.with_columns(pl.selectors.ends_with("_fen") * 1_000)
        summary(Run(run.info, large, run.findings, run.roster, run.quarantine), Path("x"))
        out = capsys.readouterr().out
        assert yuan(Statement(run).total["all_claimed_fen"] * 1_000) in out

    def test_hostile_names_obey_nobody(self, capsys: pytest.CaptureFixture[str]) -> None:
        run = made_run(40)
        named = run.findings.with_columns(hospital=pl.lit("[red]\x1b[31m县医院\x07"))
        summary(Run(run.info, run.stays, named, run.roster, run.quarantine), Path("x"))
        out = capsys.readouterr().out
        assert "[red][31m县医院" in out
        assert "\x1b" not in out

    def test_problems_say_where_what_and_what_to_do(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        problems([Problem("缺少“总费用”列", "请补上", "甲.xlsx", "明细", 3), Problem("无", "改")])
        err = capsys.readouterr().err
        assert "2 个问题" in err
        assert "1. 甲.xlsx · 工作表“明细” · 第 3 行：缺少“总费用”列" in err
        assert "→ 请补上" in err

    def test_stages_are_told_line_by_line_on_stderr(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with progress() as tell:
            tell("读取文件")
        told = capsys.readouterr()
        assert (told.out, told.err) == ("", "读取文件…\n")

    def test_quiet_tells_nothing(self, capsys: pytest.CaptureFixture[str]) -> None:
        with progress(quiet=True) as tell:
            tell("读取文件")
        assert capsys.readouterr() == ("", "")

    def test_clean_keeps_chinese_and_drops_codes(self) -> None:
        assert clean("县\x1b[2J医院\u202e") == "县[2J医院"
