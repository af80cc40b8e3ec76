"""立卷归档: every assisted stay is in a file, the 审批表 has its number, and what is missing is said per hospital."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from openpyxl import load_workbook

from onestop_cli.batch.run_rules import rules_of
from onestop_cli.cli import run as onestop
from onestop_cli.explain.papers_of_stay import papers_of
from onestop_cli.run import load_run
from onestop_cli.statements.archive import archive_files
from onestop_cli.statements.statement import Statement
from onestop_cli.writers.explain.stay_papers import approvals
from tests.made.explained_county import IDS, county_run
from tests.made.spoken import flat


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("county")
    county_run(home)
    return home


@pytest.fixture(scope="module")
def listed(home: Path) -> Path:
    assert onestop(["archive", str(home / "run"), "--out", str(home / "卷内目录.xlsx")]) == 0
    return home / "卷内目录.xlsx"


@pytest.fixture
def file(listed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return shutil.copy(listed, tmp_path)


def mark(file: Path, row: int, **said: object) -> None:
    """Write into the `row`-th line of 卷内目录; row 0: into all."""
    book = load_workbook(file)
    sheet = book["卷内目录"]
    rows = list(sheet.iter_rows())
    at = next(n for n, line in enumerate(rows) if any(cell.value == "案卷号" for cell in line))
    heads = [cell.value for cell in rows[at]]
    body = [line for line in rows[at + 1 :] if str(line[0].value or "").startswith("20")]
    for line in body if row == 0 else [body[row - 1]]:
        for title, value in said.items():
            line[heads.index(title)].value = value  # type: ignore[assignment]
    book.save(file)


ALL = (
    "垫付审批表",
    "户口簿复印件",
    "身份证复印件",
    "身份证明复印件",
    "出院证明",
    "医疗救助结算清单",
)
"""What a county's medical assistance office files, by its own report."""


def checked(home: Path, file: Path, *more: str) -> int:
    return onestop(["archive", str(home / "run"), "--checked", str(file), *more])


def test_every_assisted_stay_is_in_one_file_and_its_form_has_the_number(home: Path) -> None:
    run = load_run(home / "run")
    files = archive_files(Statement(run))
    papers = papers_of(run, run.stays, rules_of(run))
    numbers = [paper.number for paper in papers]
    assert sorted(numbers) == sorted(f"{f}-{i}" for f, i in files.select("file", "item").rows())
    assert len(set(numbers)) == len(numbers) > 0
    page = approvals(papers[:1], run)
    assert f"案卷号：{numbers[0]}" in page


def test_a_file_is_of_one_person_and_category(home: Path) -> None:
    files = archive_files(Statement(load_run(home / "run")))
    assert (files.group_by("file").n_unique()["id_shown"] == 1).all()
    assert (files.group_by("file").n_unique()["category"] == 1).all()


def test_the_list_names_the_papers_of_the_source_and_no_whole_number(file: Path) -> None:
    cells = {str(c) for sheet in load_workbook(file) for row in sheet.values for c in row}
    assert set(ALL) <= cells
    assert not any(number in cell for cell in cells for number in IDS)


def test_what_nobody_marked_is_missing_and_said_per_hospital(
    home: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    size = len(archive_files(Statement(load_run(home / "run"))))
    assert checked(home, file) == 0
    assert f"齐全0件，缺材料{size}件" in flat(capsys.readouterr().out)
    mark(file, 0, **dict.fromkeys(ALL, "有"))
    mark(file, 1, 出院证明="缺", 户口簿复印件="不需要")
    assert checked(home, file, "--out", "缺件.xlsx") == 0
    assert f"齐全{size - 1}件，缺材料1件" in flat(capsys.readouterr().out)
    rows = [[*row] for row in load_workbook("缺件.xlsx")["缺件清单"].values]
    assert any("出院证明" in row for row in rows)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"出院证明": "丢了"}, "出院证明“丢了”不认识"),
        ({"案卷号": "2099Q4-01-0001"}, "不是本期的，或姓名不符"),
        ({"姓名": "别人"}, "不是本期的，或姓名不符"),
    ],
)
def test_what_cannot_be_read_is_named(
    home: Path,
    file: Path,
    said: dict[str, object],
    told: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    mark(file, 1, **said)
    assert checked(home, file) == 2
    assert told in flat(capsys.readouterr().err)


def test_a_row_that_comes_twice_is_named(
    home: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = load_workbook(file)
    sheet = book["卷内目录"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    at = next(n for n, row in enumerate(rows) if "案卷号" in row)
    for column, value in enumerate(rows[at + 1], 1):
        sheet.cell(len(rows) + 2, column).value = value
    book.save(file)
    assert checked(home, file) == 2
    assert "不止一行" in flat(capsys.readouterr().err)


@pytest.mark.parametrize(
    ("words", "told"),
    [([], "没有给出--out"), (["--out", "x.csv"], "只能写成.xlsx")],
)
def test_what_is_missing_is_said(
    home: Path, words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert onestop(["archive", str(home / "run"), *words]) == 2
    assert told in flat(capsys.readouterr().err)
