"""Papers as files: workbooks, the county's own form, and folders that appear whole or not at all."""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.worksheet import Worksheet

from onestop_cli import outcome, workers
from onestop_cli.batch import hospital_books
from onestop_cli.batch.papers import write_papers, write_run
from onestop_cli.core.pending import PENDING
from onestop_cli.county.settings import Settings
from onestop_cli.errors import CannotRun
from onestop_cli.run import load_run
from onestop_cli.statements.form_fields import county_fields, hospital_rows
from onestop_cli.statements.statement import Statement
from onestop_cli.writers.statements import hospital_book
from onestop_cli.writers.toolkit.columns import Column, lines_needed, round_ratio, text_width
from onestop_cli.writers.toolkit.folder import (
    LONGEST_NAME,
    leftovers,
    safe_name,
    safe_names,
    staged,
    staged_file,
)
from onestop_cli.writers.toolkit.form import fill_form
from onestop_cli.writers.toolkit.run_folder import seal
from onestop_cli.writers.toolkit.workbook import Book
from tests.made.run import HOSTILE, made_run, with_info, with_ledger

DECISION_COLUMNS = [
    "处理决定", "金额", "认定类别为", "认定证号为", "理由", "依据", "经办人", "复核人", "日期",
]  # fmt: skip


def one_table(path: Path, columns: list[Column], rows: Any, **options: Any) -> Worksheet:
    """A workbook of one table, written and read again with formulas."""
    with Book(path) as book:
        book.table_sheet("表", "题", columns, rows, **options)
    return openpyxl.load_workbook(path).active


def column_of(sheet: Worksheet, title: str) -> list[Any]:
    """The cells under `title`, down to the first row without a border (the end of the table)."""
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value == title:
                below = sheet.iter_rows(
                    min_row=cell.row + 1, min_col=cell.column, max_col=cell.column
                )
                return [line[0].value for line in below if line[0].border.left.style]
    raise AssertionError(f"no column {title}")


def every_cell(path: Path) -> Iterator[Any]:
    """All cells of a workbook."""
    for sheet in openpyxl.load_workbook(path).worksheets:
        for row in sheet.iter_rows():
            yield from row


class TestTable:
    """One table of the toolkit."""

    @pytest.mark.parametrize("text", [*HOSTILE, "<r><t>x</t></r>", "_x0041_", "a&b<c>\"d'", " x "])
    def test_a_text_is_a_text_whatever_it_looks_like(self, tmp_path: Path, text: str) -> None:
        sheet = one_table(tmp_path / "t.xlsx", [Column("a", "甲")], [{"a": text}])
        cell = sheet["A4"]
        assert (unescape(cell.value), cell.data_type) == (text, "s")

    @pytest.mark.parametrize("text", [*HOSTILE, "<r><t>x</t></r>"])
    def test_a_title_is_a_text_whatever_it_looks_like(self, tmp_path: Path, text: str) -> None:
        with Book(tmp_path / "t.xlsx", title=text) as book:
            sheet = book.sheet(text, [20, 20])
            sheet.title(text)
            sheet.pairs([(text, text, "text")])
        cells = [cell for cell in every_cell(tmp_path / "t.xlsx") if cell.value is not None]
        assert {cell.data_type for cell in cells} == {"s"}
        assert {cell.value.strip() for cell in cells} == {text}

    def test_control_characters_do_not_break_the_file(self, tmp_path: Path) -> None:
        sheet = one_table(tmp_path / "t.xlsx", [Column("a", "甲")], [{"a": "王\x00\x1b强\ufffe"}])
        assert sheet["A4"].value == "王强"

    def test_a_text_longer_than_a_cell_is_cut(self, tmp_path: Path) -> None:
        sheet = one_table(tmp_path / "t.xlsx", [Column("a", "甲")], [{"a": "王" * 40_000}])
        assert len(sheet["A4"].value) == 32_767

    @settings(max_examples=40, deadline=None)
    @given(fen=st.lists(st.integers(-(10**13), 10**13), min_size=1, max_size=8))
    def test_yuan_are_exact_to_the_fen(self, fen: list[int]) -> None:
        path = Path(os.environ.get("TMPDIR", "/tmp")) / f"onestop-yuan-{os.getpid()}.xlsx"
        one_table(path, [Column("a", "元", "yuan")], [{"a": value} for value in fen])
        xml = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()
        path.unlink()
        for value in fen:
            sign = "-" if value < 0 else ""
            assert f"<v>{sign}{abs(value) // 100}.{abs(value) % 100:02d}</v>" in xml

    def test_values_have_the_format_of_their_kind(self, tmp_path: Path) -> None:
        columns = [
            Column("n", "数", "int"),
            Column("y", "元", "yuan"),
            Column("p", "比", "percent"),
            Column("d", "日", "date"),
        ]
        row = {"n": 1234, "y": 123_456, "p": 8_125, "d": date(2010, 10, 1)}
        sheet = one_table(tmp_path / "t.xlsx", columns, [row])
        cells = list(sheet[4])
        assert [cell.number_format for cell in cells] == [
            "#,##0", "#,##0.00", "0.00%", "yyyy-mm-dd"
        ]  # fmt: skip
        assert [cell.value for cell in cells[:3]] == [1234, 1234.56, 0.8125]
        assert cells[3].value.date() == date(2010, 10, 1)

    def test_totals_are_live_and_stored(self, tmp_path: Path) -> None:
        columns = [Column("h", "机构"), Column("y", "元", "yuan", total=True)]
        rows = [{"h": "甲", "y": 110}, {"h": "乙", "y": 220}]
        sheet = one_table(tmp_path / "t.xlsx", columns, rows)
        stored = openpyxl.load_workbook(tmp_path / "t.xlsx", data_only=True).active
        assert (sheet["A6"].value, sheet["B6"].value) == ("合计", "=SUM(B4:B5)")
        assert stored["B6"].value == 3.3

    def test_a_filtered_table_totals_what_is_visible(self, tmp_path: Path) -> None:
        columns = [Column("h", "机构"), Column("y", "元", "yuan", total=True)]
        sheet = one_table(tmp_path / "t.xlsx", columns, [{"h": "甲", "y": 110}], filters=True)
        assert sheet["B5"].value == "=SUBTOTAL(9,B4)"
        assert sheet.auto_filter.ref == "A3:B4"

    def test_a_ratio_is_taken_of_the_totals(self, tmp_path: Path) -> None:
        columns = [
            Column("a", "甲", "yuan", total=True),
            Column("b", "乙", "yuan", total=True),
            Column("r", "比", "percent", ratio=("a", "b")),
        ]
        rows = [{"a": 1, "b": 3, "r": 3_333}, {"a": 1, "b": 0, "r": None}]
        one_table(tmp_path / "t.xlsx", columns, rows)
        stored = openpyxl.load_workbook(tmp_path / "t.xlsx", data_only=True).active
        assert stored["C6"].value == 0.6667

    def test_a_known_total_is_not_summed(self, tmp_path: Path) -> None:
        columns = [Column("h", "机构"), Column("n", "人数", "int", total=True)]
        rows = [{"h": "甲", "n": 2}, {"h": "乙", "n": 2}]
        sheet = one_table(tmp_path / "t.xlsx", columns, rows, known={"n": 3})
        assert sheet["B6"].value == 3

    def test_a_difference_is_live(self, tmp_path: Path) -> None:
        columns = [
            Column("a", "甲", "yuan"),
            Column("b", "乙", "yuan"),
            Column("c", "差", "yuan", less=("a", "b")),
        ]
        sheet = one_table(tmp_path / "t.xlsx", columns, [{"a": 500, "b": 200, "c": 300}])
        stored = openpyxl.load_workbook(tmp_path / "t.xlsx", data_only=True).active
        assert (sheet["C4"].value, stored["C4"].value) == ("=ROUND(A4-B4,2)", 3)

    def test_an_empty_table_says_so_and_totals_nothing(self, tmp_path: Path) -> None:
        columns = [Column("h", "机构"), Column("y", "元", "yuan", total=True)]
        sheet = one_table(tmp_path / "t.xlsx", columns, [])
        assert (sheet["A4"].value, sheet["B5"].value) == ("（无）", "=SUM(B4)")

    def test_columns_of_a_group_stand_under_one_heading(self, tmp_path: Path) -> None:
        columns = [
            Column("h", "机构"),
            Column("a", "人次", "int", group="一类"),
            Column("b", "金额", "yuan", group="一类"),
        ]
        sheet = one_table(tmp_path / "t.xlsx", columns, [{"h": "甲", "a": 1, "b": 1}])
        assert "B3:C3" in {str(area) for area in sheet.merged_cells.ranges}
        assert [cell.value for cell in sheet[4]] == ["机构", "人次", "金额"]

    def test_the_page_is_a4_with_repeated_headers_and_numbers(self, tmp_path: Path) -> None:
        sheet = one_table(tmp_path / "t.xlsx", [Column("h", "机构")], [{"h": "甲"}])
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.print_title_rows == "$3:$3"
        assert sheet.freeze_panes == "B4"
        assert "第 &P 页 共 &N 页" in sheet.oddFooter.center.text

    def test_columns_beside_the_paper_are_not_printed(self, tmp_path: Path) -> None:
        columns = [Column("a", "甲"), Column("b", "乙"), Column("c", "丙", fill=True)]
        frame = pl.DataFrame({"a": ["1"], "b": ["2"]})
        sheet = one_table(tmp_path / "t.xlsx", columns, frame, printed=2)
        assert sheet.print_area == "'表'!$A$1:$B$4"
        assert sheet["C4"].value is None

    def test_a_row_is_as_high_as_its_longest_text(self, tmp_path: Path) -> None:
        rows = [{"a": "短"}, {"a": "很长的说明" * 6}]
        sheet = one_table(tmp_path / "t.xlsx", [Column("a", "甲", width=12)], rows)
        assert sheet.row_dimensions[4].height is None
        assert sheet.row_dimensions[5].height >= 15 * 5

    def test_a_chinese_character_is_two_wide(self) -> None:
        assert text_width("王A强") == 5
        assert [lines_needed(text, 11) for text in ("王" * 5, "王" * 6, "甲\n乙")] == [1, 2, 2]

    @pytest.mark.parametrize(
        ("part", "whole", "kind", "shown"),
        [(1, 3, "percent", 3_333), (1, 2, "yuan", 1), (0, 0, "yuan", None), (-1, 2, "yuan", -1)],
    )
    def test_quotients_are_rounded_half_up(
        self, part: int, whole: int, kind: Any, shown: int | None
    ) -> None:
        assert round_ratio(part, whole, kind) == shown


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All papers of a hostile run made against a ledger."""
    folder = tmp_path_factory.mktemp("papers")
    write_papers(with_ledger(made_run(90, hostile=True)), folder, Settings())
    return folder


class TestPapers:
    """The workbooks of a run."""

    def test_there_is_a_book_per_hospital_and_nothing_outside_the_folder(
        self, papers: Path
    ) -> None:
        books = sorted(path.name for path in (papers / "结算/机构").iterdir())
        assert len(books) == 6
        assert "示例县第6中心卫生院.xlsx" in books
        assert {path.name for path in papers.iterdir()} == {
            "结算",
            "差错清单.xlsx",
            "运行报告.html",
        }

    def test_no_cell_of_any_book_is_a_formula_of_theirs(self, papers: Path) -> None:
        formulas = {
            cell.value.split("(")[0]
            for path in papers.rglob("*.xlsx")
            for cell in every_cell(path)
            if cell.data_type == "f"
        }
        assert formulas <= {"=SUM", "=SUBTOTAL", "=ROUND", "=IF"}

    def test_no_book_has_an_id_number(self, papers: Path) -> None:
        numbers = set(made_run(90, hostile=True).stays["id_no"])
        for path in papers.rglob("*.xlsx"):
            texts = "\n".join(str(cell.value) for cell in every_cell(path))
            assert not any(number in texts for number in numbers)

    def test_the_countys_payment_is_the_sum_of_the_hospitals(self, papers: Path) -> None:
        county = openpyxl.load_workbook(papers / "结算/县级结算汇总.xlsx", data_only=True)
        whole = column_of(county["表二 应拨资金"], "合计")[-1]
        notices = [
            openpyxl.load_workbook(path, data_only=True)["拨付通知单"]
            for path in (papers / "结算/机构").iterdir()
        ]
        paid = [
            row[1].value
            for notice in notices
            for row in notice.iter_rows()
            if row[0].value == "合计应拨（元）"
        ]
        assert len(paid) == 6
        assert round(sum(paid), 2) == whole

    def test_stored_sums_are_the_sums_of_their_rows(self, papers: Path) -> None:
        for path in papers.rglob("*.xlsx"):
            live, stored = (
                openpyxl.load_workbook(path),
                openpyxl.load_workbook(path, data_only=True),
            )
            for sheet in live.worksheets:
                for row in sheet.iter_rows():
                    for cell in row:
                        if cell.data_type == "f" and cell.value.startswith("=SUM("):
                            first, _, last = cell.value[5:-1].partition(":")
                            cells = stored[sheet.title][f"{first}:{last or first}"]
                            numbers = [line[0].value for line in cells]
                            added = sum(n for n in numbers if isinstance(n, int | float))
                            shown = stored[sheet.title][cell.coordinate].value
                            assert shown == pytest.approx(added, abs=0.001)

    def test_the_check_equations_close(self, papers: Path) -> None:
        county = openpyxl.load_workbook(papers / "结算/县级结算汇总.xlsx", data_only=True)
        assert set(column_of(county["表九 勾稽"], "①−②−③−④")) == {0}

    def test_the_account_with_civil_affairs_closes(self, papers: Path) -> None:
        county = openpyxl.load_workbook(papers / "结算/县级结算汇总.xlsx", data_only=True)
        lines = {row[0].value: row[1].value for row in county["表六 与民政局结算"].iter_rows()}
        balance = lines["上期结余"] + lines["本期预拨"] - lines["本期核定"]
        assert lines["期末结余（负数为应补拨）"] == pytest.approx(balance)

    def test_without_a_ledger_balances_are_left_to_fill_in(self, tmp_path: Path) -> None:
        write_papers(made_run(40), tmp_path, Settings())
        county = openpyxl.load_workbook(tmp_path / "结算/县级结算汇总.xlsx")
        lines = {row[0].value: row[1].value for row in county["表六 与民政局结算"].iter_rows()}
        assert not lines["上期结余"].strip()
        assert "表十 上期调整" not in county.sheetnames

    def test_the_application_asks_for_what_the_statement_says(self, papers: Path) -> None:
        county = openpyxl.load_workbook(papers / "结算/县级结算汇总.xlsx", data_only=True)
        asked, due = county["拨款申请表"], county["表二 应拨资金"]
        assert column_of(asked, "合计")[-1] == column_of(due, "合计")[-1]

    def test_every_finding_is_on_the_list_ready_to_be_decided(self, papers: Path) -> None:
        findings = with_ledger(made_run(90, hostile=True)).findings
        everything = openpyxl.load_workbook(papers / "差错清单.xlsx")["全部差错"]
        assert len(column_of(everything, "序号")) == len(findings)
        header = [cell.value for cell in everything[3]]
        assert header[-9:] == DECISION_COLUMNS
        offered = [rule.formula1 for rule in everything.data_validations.dataValidation]
        assert offered == ['"放行,拒付,认定类别,扣款,补发,认定证号,受理冲红"']

    def test_quarantined_rows_are_listed(self, papers: Path) -> None:
        rows = openpyxl.load_workbook(papers / "差错清单.xlsx")["隔离行"]
        assert column_of(rows, "行") == [77]

    def test_decisions_and_adjustments_are_printed(self, papers: Path) -> None:
        county = openpyxl.load_workbook(papers / "结算/县级结算汇总.xlsx")
        assert column_of(county["处理意见"], "理由") == ["已核身份证原件"]
        assert column_of(county["表十 上期调整"], "所属期")[:2] == ["2010Q3", "2010Q3"]

    def test_what_waits_of_closed_periods_is_printed_with_its_age(self, tmp_path: Path) -> None:
        """For the county, for its hospital, and where it can be decided."""
        run = with_ledger(made_run(30))
        name = run.stays["hospital"][0]
        waits = {**dict.fromkeys(PENDING), "period": "2010Q3", "source": "旧.xlsx", "row": 9}
        waits |= {"hospital": name, "stay_no": "旧1", "blocking": "ID01;ST02", "held_fen": 12_345}
        write_papers(with_info(run, pending=[waits]), tmp_path, Settings())
        county = openpyxl.load_workbook(tmp_path / "结算/县级结算汇总.xlsx")["表十一 前期待核"]
        hospital = openpyxl.load_workbook(tmp_path / f"结算/机构/{name}.xlsx")["前期待核"]
        for sheet in (county, hospital):
            assert column_of(sheet, "待核天数")[0] == 92
            assert column_of(sheet, "待核金额")[0] == 123.45
        everything = openpyxl.load_workbook(tmp_path / "差错清单.xlsx")["全部差错"]
        assert column_of(everything, "代码")[-2:] == ["ID01", "ST02"]
        assert column_of(everything, "所属期")[-2:] == ["2010Q3", "2010Q3"]

    def test_accounts_of_both_funds_stand_apart(self, papers: Path) -> None:
        """What the books do not know is left blank; opening + advanced − approved = balance."""
        county = openpyxl.load_workbook(papers / "结算/县级结算汇总.xlsx", data_only=True)
        sheet = county["表十二 基金账户"]
        names = ("上期结余①", "本期预拨②", "本期核定③", "期末结余①+②−③")
        insurance, aid = zip(*(column_of(sheet, name) for name in names), strict=True)
        assert insurance[0] is insurance[3] is None
        assert aid[0] + aid[1] - aid[2] == pytest.approx(aid[3])

    def test_rows_taken_back_are_listed_for_their_hospital(self, tmp_path: Path) -> None:
        """Also when it has nothing else."""
        run = made_run(30)
        name = run.stays["hospital"][0]
        gone = pl.when(hospital=name).then(pl.lit("reversed")).otherwise("status")
        stays = run.stays.with_columns(status=gone)
        write_papers(replace(run, stays=stays), tmp_path, Settings())
        book = openpyxl.load_workbook(tmp_path / f"结算/机构/{name}.xlsx", data_only=True)
        rows = stays.filter(hospital=name).height
        assert len(column_of(book["已冲销"], "住院号")) == rows + 1
        told = {row[0].value: row[1].value for row in book["拨付通知单"].iter_rows()}
        assert (told["申报人次"], told["合计应拨（元）"]) == (0, 0)

    def test_a_run_may_have_four_layers_of_three_funds(self, tmp_path: Path) -> None:
        run = made_run(30, layers=("basic", "assistance", "extra", "backstop"))
        write_papers(run, tmp_path, Settings())
        county = openpyxl.load_workbook(tmp_path / "结算/县级结算汇总.xlsx")
        assert county.sheetnames[2:6] == [
            "表二 应拨资金",
            "表二之1 新农合基金",
            "表二之2 医疗救助资金",
            "表二之3 财政兜底资金",
        ]


class TestRunFolder:
    """A run folder appears whole or not at all."""

    def test_a_written_run_is_loaded_again(self, tmp_path: Path) -> None:
        run = with_ledger(made_run(30))
        write_run(run, tmp_path / "2010Q4", Settings())
        again = load_run(tmp_path / "2010Q4")
        assert again.stays.equals(run.stays)
        assert again.adjustments.equals(run.adjustments)
        assert again.info.period == "2010Q4"

    def test_a_folder_of_an_earlier_version_has_no_register(self, tmp_path: Path) -> None:
        """It is loaded all the same; the notices leave bank and account to be filled in."""
        out = tmp_path / "2010Q4"
        run = made_run(30)
        write_run(run, out, Settings())
        (out / "data/register.parquet").unlink()
        seal(run.info, out)
        hospitals = Statement(load_run(out)).hospitals
        assert hospitals["payee"].to_list() == hospitals["hospital"].to_list()
        assert hospitals["account"].null_count() == hospitals.height

    def test_the_papers_of_a_loaded_run_are_the_same(self, tmp_path: Path) -> None:
        write_run(made_run(60), tmp_path / "a", Settings())
        (tmp_path / "b").mkdir()
        write_papers(load_run(tmp_path / "a"), tmp_path / "b", Settings())
        for name in ("结算/县级结算汇总.xlsx", "差错清单.xlsx"):
            values = [[c.value for c in every_cell(tmp_path / side / name)] for side in "ab"]
            assert values[0] == values[1]

    def test_an_existing_folder_is_never_written_over(self, tmp_path: Path) -> None:
        (tmp_path / "out").mkdir()
        (tmp_path / "out/mine.txt").write_text("x")
        with pytest.raises(CannotRun, match="已经存在"):
            write_run(made_run(5), tmp_path / "out", Settings())
        assert [path.name for path in tmp_path.rglob("*")] == ["out", "mine.txt"]

    def test_an_empty_folder_may_be_filled(self, tmp_path: Path) -> None:
        (tmp_path / "out").mkdir()
        with staged(tmp_path / "out") as stage:
            (stage / "a").write_text("1")
        assert (tmp_path / "out/a").read_text() == "1"

    def test_missing_parents_are_made_with_the_folder(self, tmp_path: Path) -> None:
        with staged(tmp_path / "a/b/c") as stage:
            assert not (tmp_path / "a").exists()
            (stage / "x").write_text("1")
        assert (tmp_path / "a/b/c/x").exists()

    def test_a_failure_leaves_nothing(self, tmp_path: Path) -> None:
        with pytest.raises(RuntimeError), staged(tmp_path / "a/b") as stage:
            (stage / "x").write_text("1")
            raise RuntimeError
        assert list(tmp_path.iterdir()) == []

    def test_a_full_disk_is_said_in_chinese(self, tmp_path: Path) -> None:
        with pytest.raises(CannotRun, match="没有留下任何结果"), staged(tmp_path / "out"):
            raise OSError(28, "No space left on device")
        assert list(tmp_path.iterdir()) == []

    def test_somebody_elses_folder_of_the_same_name_wins(self, tmp_path: Path) -> None:
        with pytest.raises(CannotRun, match="已经存在"), staged(tmp_path / "out"):
            (tmp_path / "out").mkdir()
            (tmp_path / "out/theirs").write_text("x")
        assert [path.name for path in tmp_path.rglob("*")] == ["out", "theirs"]

    def test_what_killed_commands_left_is_swept_and_what_is_not_ours_stays(
        self, tmp_path: Path
    ) -> None:
        left, file = tmp_path / ".out.1-dead.tmp", tmp_path / ".名单.xlsx.1.tmp.xlsx"
        left.mkdir()
        file.touch()
        for stage in (left, file):
            stage.with_name(f"{stage.name}.lock").touch()
        theirs = tmp_path / ".theirs.tmp"
        theirs.mkdir()
        with staged(tmp_path / "out") as ours:
            assert ours.is_dir()
            assert not left.exists()
            assert not file.exists()
            assert leftovers(tmp_path) == []
        assert sorted(path.name for path in tmp_path.iterdir()) == [".theirs.tmp", "out"]

    def test_what_another_command_is_writing_is_left_alone(self, tmp_path: Path) -> None:
        with staged(tmp_path / "a") as first, staged(tmp_path / "b"):
            assert first.is_dir()

    def test_a_private_folder_is_for_its_user_alone(self, tmp_path: Path) -> None:
        with staged(tmp_path / "a") as stage:
            (stage / "data").mkdir()
            (stage / "data" / "x").touch()
        paths = [tmp_path / "a", tmp_path / "a" / "data", tmp_path / "a" / "data" / "x"]
        assert [stat.S_IMODE(path.stat().st_mode) for path in paths] == [0o700, 0o700, 0o600]
        with staged_file(tmp_path / "b.xlsx") as stage:
            stage.touch()
        assert stat.S_IMODE((tmp_path / "b.xlsx").stat().st_mode) == 0o600

    def test_what_has_its_name_stands(self, tmp_path: Path) -> None:
        outcome.begin()
        with staged(tmp_path / "a"):
            assert outcome.standing() == ()
        assert outcome.standing() == (f"结果已写入 {tmp_path / 'a'}",)


class TestNames:
    """Names from files are only names."""

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("县人民医院", "县人民医院"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("CON", "_CON"),
            ("nul.txt", "_nul.txt"),
            ("a\x00\n\u202eb", "ab"),
            (" .隐藏. ", "隐藏"),
            ("...", "未命名"),
            ("", "未命名"),
            ("C:\\Windows", "C_Windows"),
        ],
    )
    def test_a_name_has_nothing_a_disk_could_mistake(self, text: str, name: str) -> None:
        assert safe_name(text) == name

    @given(st.lists(st.text(max_size=80), max_size=12))
    def test_every_text_has_a_name_of_its_own(self, texts: list[str]) -> None:
        names = safe_names(texts)
        assert set(names) == set(texts)
        assert len({name.casefold() for name in names.values()}) == len(names)
        assert all(0 < len(name) <= LONGEST_NAME for name in names.values())
        assert not any(set(name) & set('/\\:*?"<>|\0') for name in names.values())


class TestForm:
    """A county's own form."""

    @pytest.fixture
    def template(self, tmp_path: Path) -> Path:
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = "结算"
        sheet["A1"] = "{{县}}{{结算期}}结算表"
        sheet.merge_cells("A1:D1")
        sheet.append(["序号", "医疗机构", "应拨", "加倍"])
        sheet.append(["{{row.序号}}", "{{row.医疗机构}}", "{{row.应拨合计}}", "=C3*2"])
        sheet.append(["合计", None, "=SUM(C3:C3)", "=SUM(D3:D3)"])
        sheet["A5"] = "大写：{{应拨合计大写}}"
        sheet.merge_cells("A5:D5")
        sheet["B3"].font = openpyxl.styles.Font(name="楷体", bold=True)
        sheet.row_dimensions[3].height = 25
        sheet.row_dimensions[5].height = 40
        sheet.print_area = "A1:D5"
        sheet.page_setup.orientation = "landscape"
        book.create_sheet("附")["A1"] = "=结算!C4"
        path = tmp_path / "本县表样.xlsx"
        book.save(path)
        return path

    @pytest.fixture
    def filled(self, template: Path, tmp_path: Path) -> openpyxl.Workbook:
        statement = Statement(made_run(60, hospitals=3, hostile=True))
        fill_form(template, county_fields(statement), hospital_rows(statement), tmp_path / "o.xlsx")
        return openpyxl.load_workbook(tmp_path / "o.xlsx")

    def test_the_row_is_repeated_and_sums_grow(self, filled: openpyxl.Workbook) -> None:
        sheet = filled["结算"]
        assert sheet["A1"].value == "示例县2010年第4季度结算表"
        assert [sheet.cell(row, 1).value for row in range(3, 7)] == [1, 2, 3, "合计"]
        assert [sheet.cell(row, 4).value for row in range(3, 6)] == ["=C3*2", "=C4*2", "=C5*2"]
        assert sheet["C6"].value == "=SUM(C3:C5)"
        assert filled["附"]["A1"].value == "=结算!C6"

    def test_styles_heights_merges_and_print_set_up_stay(self, filled: openpyxl.Workbook) -> None:
        sheet = filled["结算"]
        assert {sheet.cell(row, 2).font.name for row in range(3, 6)} == {"楷体"}
        assert [sheet.row_dimensions[row].height for row in (3, 4, 5, 7)] == [25, 25, 25, 40]
        assert {str(area) for area in sheet.merged_cells.ranges} == {"A1:D1", "A7:D7"}
        assert sheet.print_area == "'结算'!$A$1:$D$7"
        assert sheet.page_setup.orientation == "landscape"

    def test_a_hospitals_name_is_never_a_formula(self, filled: openpyxl.Workbook) -> None:
        cells = [filled["结算"].cell(row, 2) for row in range(3, 6)]
        assert {cell.value for cell in cells} == set(HOSTILE[:3])
        assert {cell.data_type for cell in cells} == {"s"}

    def test_amounts_are_numbers(self, filled: openpyxl.Workbook) -> None:
        cell = filled["结算"]["C3"]
        assert isinstance(cell.value, float)
        assert cell.number_format == "#,##0.00"

    def test_unknown_fields_are_named_with_those_that_exist(
        self, template: Path, tmp_path: Path
    ) -> None:
        book = openpyxl.load_workbook(template)
        book["附"]["B2"] = "{{没有}}"
        book["附"]["B3"] = "{{row.也没有}}"
        book.save(template)
        statement = Statement(made_run(20))
        with pytest.raises(CannotRun) as caught:
            fill_form(
                template, county_fields(statement), hospital_rows(statement), tmp_path / "o.xlsx"
            )
        first, second = caught.value.problems
        assert "B2" in first.what
        assert "应拨合计" in first.remedy
        assert "row.医疗机构" in second.remedy

    def test_a_second_repeated_row_is_refused(self, template: Path, tmp_path: Path) -> None:
        book = openpyxl.load_workbook(template)
        book["结算"]["A7"] = "{{row.序号}}"
        book.save(template)
        statement = Statement(made_run(20))
        with pytest.raises(CannotRun, match="2 行"):
            fill_form(
                template, county_fields(statement), hospital_rows(statement), tmp_path / "o.xlsx"
            )

    def test_a_form_that_is_no_workbook_is_said(self, tmp_path: Path) -> None:
        (tmp_path / "表.xlsx").write_text("x")
        with pytest.raises(CannotRun, match="打不开"):
            fill_form(tmp_path / "表.xlsx", {}, [], tmp_path / "o.xlsx")

    def test_forms_of_the_county_are_filled_beside_the_books(
        self, template: Path, tmp_path: Path
    ) -> None:
        county = Settings(folder=tmp_path, templates={"county": Path(template.name)})
        (tmp_path / "out").mkdir()
        write_papers(made_run(20), tmp_path / "out", county)
        assert (tmp_path / "out/结算/本县表样.xlsx").exists()

    def test_an_unknown_form_stops_the_run_before_anything_is_written(self, tmp_path: Path) -> None:
        county = Settings(templates={"village": Path("x.xlsx")})
        with pytest.raises(CannotRun, match="village"):
            write_run(made_run(5), tmp_path / "out", county)
        assert list(tmp_path.iterdir()) == []


class TestBooksSideBySide:
    """Hospitals' workbooks written by workers are those that one process writes."""

    def written(self, folder: Path) -> dict[str, bytes]:
        folder.mkdir()
        write_papers(made_run(60, seed=3), folder, Settings())
        return {path.name: path.read_bytes() for path in sorted(folder.rglob("机构/*.xlsx"))}

    def test_they_are_the_same(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        here = self.written(tmp_path / "here")
        monkeypatch.setattr(hospital_books, "_MANY", 1)
        monkeypatch.setattr(workers, "cores", lambda: 2)
        monkeypatch.setattr(hospital_book, "write_hospital_book", None)
        assert len(here) > 1
        assert self.written(tmp_path / "beside") == here

    def test_what_a_worker_cannot_write_is_written_here(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        here = self.written(tmp_path / "here")
        monkeypatch.setattr(hospital_books, "_MANY", 1)
        monkeypatch.setattr(workers, "cores", lambda: 2)
        monkeypatch.setattr(hospital_books, "_WRITER", "no.such.module")
        assert self.written(tmp_path / "beside") == here
