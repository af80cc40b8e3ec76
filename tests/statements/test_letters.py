"""Letters: nothing that changes money is left out, nothing is said twice, nobody who was missed is forgotten."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from onestop_cli.batch.letters import HOSPITALS, MISSED, Written, write_letters
from onestop_cli.batch.run_rules import rules_of
from onestop_cli.core.findings.catalogue import CATALOGUE
from onestop_cli.errors import CannotRun
from onestop_cli.run import Run, load_run
from onestop_cli.statements.letters import (
    _DEMANDS,
    HospitalLetter,
    Missed,
    _discreet,
    hospital_letters,
    missed,
)
from onestop_cli.statements.patterns import patterns_by_month, shown_findings
from onestop_cli.statements.statement import Statement
from onestop_cli.tables.run_info import RunInfo
from onestop_cli.writers.statements.letters import Letterhead, hospital_page, missed_page
from tests.made.explained_county import IDS, county_run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("county")
    county_run(home)
    return home / "run"


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    return load_run(folder)


@pytest.fixture(scope="module")
def letters(run: Run) -> dict[str, HospitalLetter]:
    found = hospital_letters(Statement(run), shown_findings(run), rules_of(run))
    return {letter.hospital: letter for letter in found}


@pytest.fixture(scope="module")
def forgotten(run: Run) -> Missed:
    return missed(Statement(run))


@pytest.fixture(scope="module")
def written(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Written]:
    out = tmp_path_factory.mktemp("out") / "信函"
    return out, write_letters(folder, out, 10)


def words(page: str) -> str:
    return re.sub(r"\s+", "", unescape(re.sub(r"<[^>]+>", "", page)))


class TestHospitals:
    def test_every_difference_stands_in_exactly_one_letter(
        self, run: Run, letters: dict[str, HospitalLetter]
    ) -> None:
        wrong = run.findings.filter(pl.col("severity") == "differs", pl.col("diff_fen") != 0)
        told = pl.concat(
            [
                lt.rows.select("code", "row", "layer", "hospital")
                for lt in letters.values()
                if lt.points
            ]
        )
        keys = ["hospital", "row", "layer", "code"]
        assert told.select(keys).sort(keys).equals(wrong.select(keys).sort(keys))

    def test_totals_are_those_of_the_list(self, letters: dict[str, HospitalLetter]) -> None:
        rows = letters["县医院"].rows["diff_fen"]
        totals = letters["县医院"].totals
        assert totals["over_fen"] == rows.filter(rows > 0).sum()
        assert totals["under_fen"] == -rows.filter(rows < 0).sum()
        assert totals["cases"] == len(rows)

    def test_a_pattern_is_one_point_in_a_sentence(self, letters: dict[str, HospitalLetter]) -> None:
        points = {point.sentence: point for point in letters["县医院"].points}
        level = points["10月至11月新农合补偿按乡级比例（80%）计算，2 例，多付 480.00 元"]
        assert level.rows["stay_no"].to_list() == ["A2", "A3"]
        assert [b.terms for b in level.basis] == ["70%"]

    @pytest.mark.parametrize(
        ("hospital", "start", "quote"),
        [
            ("县医院", "10月至11月医疗救助前一层金额有误", "住院费总额中减去新型合作医疗报销额"),
            ("市医院", "12月医疗救助年度封顶超支", "全年个人累计补助金额不超过6000元"),
            ("县医院", "自10月起医疗救助在册未救助", "500元以下(含500元)的补助60%"),
        ],
    )
    def test_the_sentence_that_was_broken_is_quoted(
        self, letters: dict[str, HospitalLetter], hospital: str, start: str, quote: str
    ) -> None:
        (point,) = (p for p in letters[hospital].points if p.sentence.startswith(start))
        assert any(basis.quote.startswith(quote) for basis in point.basis)
        assert quote in words(hospital_page(letters[hospital], _head()))

    def test_every_code_with_an_amount_has_a_demand(self, run: Run) -> None:
        money = {code for code, entry in CATALOGUE.items() if entry.severity == "differs"}
        assert money - set(_DEMANDS) == {"RO03"}

    def test_held_stays_are_to_be_corrected(self, letters: dict[str, HospitalLetter]) -> None:
        assert letters["市医院"].held["code"].to_list() == ["ST03"]
        assert CATALOGUE["ST03"].remedy in words(hospital_page(letters["市医院"], _head()))

    def test_every_held_stay_is_listed_with_number_amount_and_what_to_do(
        self, run: Run, letters: dict[str, HospitalLetter]
    ) -> None:
        held = run.stays.filter(pl.col("status") == "held")
        listed = pl.concat(
            letter.waiting.select("hospital", "stay_no", "all_held_fen")
            for letter in letters.values()
            if len(letter.waiting)
        )
        claimed = held.select(
            "hospital",
            "stay_no",
            all_held_fen=pl.col("basic_held_fen") + pl.col("assistance_held_fen"),
        )
        keys = ["hospital", "stay_no"]
        assert listed.sort(keys).equals(claimed.sort(keys))
        page = words(hospital_page(letters["市医院"], _head()))
        for row in letters["市医院"].waiting.iter_rows(named=True):
            for text in (row["stay_no"], row["problems"], row["remedies"]):
                assert words(text) in page

    def test_a_letter_does_not_say_in_which_other_hospital_a_patient_was(self) -> None:
        file = "县康宁医院 第4季度/表.csv"
        text = f"2010-10-03 至 2010-10-09 住院，与 {file} · 明细 · 第12行 时间交叉"
        told = _discreet(text, "县医院.csv", ["县医院.csv", file])
        assert told == "2010-10-03 至 2010-10-09 住院，与 另一家医疗机构的报表 时间交叉"
        own = "与 县医院.csv · 第3行 重复，金额一致，本行拒付"
        assert _discreet(own, "县医院.csv", ["县医院.csv"]) == own
        closed = "已在前期结算：2010Q3 · 县康宁医院.csv · 第3行"
        assert "康宁" not in _discreet(closed, "县医院.csv", ["县医院.csv"])

    def test_a_hospital_with_nothing_wrong_gets_no_letter(self, run: Run) -> None:
        clean = replace(run, findings=run.findings.clear())
        found = hospital_letters(Statement(clean), shown_findings(clean), rules_of(run))
        assert list(found) == []

    def test_what_was_offset_is_not_borne_twice(self, letters: dict[str, HospitalLetter]) -> None:
        """50.00 of what 县医院 paid too much in A5, and all of A2 and A3 too little, cancel out."""
        page = words(hospital_page(letters["县医院"], _head()))
        offset = letters["县医院"].line["all_offset_fen"]
        assert offset == 5_000 + 31_000 + 4_800
        assert "其中408.00元抵给同一笔住院少付的补偿（层间调整）" in page

    def test_the_days_to_answer_are_left_blank_or_given(
        self, run: Run, letters: dict[str, HospitalLetter]
    ) -> None:
        assert "之日起10个工作日内" in words(hospital_page(letters["县医院"], Letterhead(run, 10)))
        assert "之日起个工作日内" in words(hospital_page(letters["县医院"], Letterhead(run)))

    def test_texts_of_files_are_escaped(self, letters: dict[str, HospitalLetter]) -> None:
        evil = "<script>alert(1)</script>"
        letter = replace(letters["县医院"], hospital=evil)
        assert evil not in hospital_page(letter, _head())


def _head() -> Letterhead:
    """A letterhead of a county that has said nothing about itself."""
    info = RunInfo(period="2010Q4")
    nothing = pl.DataFrame()
    return Letterhead(Run(info, nothing, nothing, nothing, nothing))


class TestMonths:
    def test_months_add_up_to_their_pattern(self, run: Run) -> None:
        months = patterns_by_month(shown_findings(run))
        level = months.filter(pl.col("likeliest").str.starts_with("按乡级"))
        assert level.select(pl.col("month").dt.month(), "cases", "amount_fen").rows() == [
            (10, 1, 40_000),
            (11, 1, 8_000),
        ]


class TestMissed:
    def test_what_is_owed_is_what_the_patient_is_owed(self, run: Run, forgotten: Missed) -> None:
        """A4: all of 592.50; A5: 50.00 less, which the hospital had paid from another layer."""
        assert forgotten.rows.select("stay_no", "aid_fen", "offset_fen", "owed_fen").rows() == [
            ("A4", 59_250, 0, 59_250),
            ("A5", 59_250, 5_000, 54_250),
        ]
        assert forgotten.rows["owed_fen"].equals(
            forgotten.rows["patient_owed_fen"], check_names=False
        )

    def test_villages_add_up_to_townships_and_the_county(self, forgotten: Missed) -> None:
        for column in ("stays", "aid_fen", "offset_fen", "owed_fen"):
            assert forgotten.villages[column].sum() == forgotten.total[column]
            assert forgotten.townships[column].sum() == forgotten.total[column]
        assert forgotten.total["people"] == 1

    def test_the_letter_names_them_by_village(self, run: Run, forgotten: Missed) -> None:
        page = words(missed_page(forgotten, Letterhead(run)))
        assert "1人、2人次，按政策应得救助1,185.00元" in page
        assert "应补给本人1,135.00元（壹仟壹佰叁拾伍元整）" in page
        assert "白水镇在册未救助人员名单" in page
        assert "三村（2人次）1,135.00娄旧" in page

    def test_the_letter_says_where_to_go_and_what_to_bring(
        self, run: Run, forgotten: Missed
    ) -> None:
        page = words(missed_page(forgotten, Letterhead(run)))
        assert (
            "办理地点：县合管办。请本人持身份证和本人的银行卡或存折前来，登记收款人、开户行和账号"
            in page
        )

    def test_hospitals_that_tell_an_illness_go_by_their_level(self, run: Run) -> None:
        """The list goes from hand to hand in the village."""
        telling = pl.DataFrame({"hospital": ["县康宁医院"], "level": ["county"]})
        letter = missed(Statement(replace(run, register=telling)))
        assert set(letter.rows["hospital"]) == {"县级定点医疗机构"}

    def test_nobody_missed_is_said_too(self, run: Run) -> None:
        clean = replace(run, findings=run.findings.filter(pl.col("code") != "RO02"))
        page = words(missed_page(missed(Statement(clean)), Letterhead(clean)))
        assert "没有发现入院时在册、救助待遇有效而未申报医疗救助的人员" in page


class TestFiles:
    def test_letters_and_lists_are_there(self, written: tuple[Path, Written]) -> None:
        out, done = written
        assert sorted(path.name for path in (out / HOSPITALS).iterdir()) == [
            f"{name}.{kind}"
            for name in ("县医院", "市医院", "甲乡卫生院")
            for kind in ("html", "xlsx")
        ]
        assert {path.name for path in out.iterdir()} == {
            HOSPITALS,
            f"{MISSED}.html",
            f"{MISSED}.xlsx",
        }
        assert (done.hospitals, done.missed_people, done.owed_fen) == (3, 1, 113_500)

    def test_the_list_has_every_case(
        self, written: tuple[Path, Written], letters: dict[str, HospitalLetter]
    ) -> None:
        cells = _cells(written[0] / HOSPITALS / "县医院.xlsx")
        numbers = [text for text in cells if isinstance(text, str) and re.fullmatch(r"A\d", text)]
        assert numbers == letters["县医院"].rows["stay_no"].to_list()

    def test_no_id_number_leaves_the_office(self, written: tuple[Path, Written]) -> None:
        for path in written[0].rglob("*.*"):
            text = path.read_text("utf-8") if path.suffix == ".html" else str(_cells(path))
            assert not any(id_[:14] in text for id_ in IDS)

    def test_an_existing_folder_is_left_alone(
        self, folder: Path, written: tuple[Path, Written]
    ) -> None:
        with pytest.raises(CannotRun, match="不会覆盖"):
            write_letters(folder, written[0], None)


def _cells(path: Path) -> list[Any]:
    sheets = openpyxl.load_workbook(path).worksheets
    return [cell for s in sheets for row in s.iter_rows(values_only=True) for cell in row]
