"""`onestop reconcile` as a clerk meets it: what it writes, and what it says when it cannot."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from rich.cells import cell_len

from onestop_cli.batch.reconcile import reconcile
from onestop_cli.batch.request import Request
from onestop_cli.cli import run as onestop
from onestop_cli.county.settings import Settings
from onestop_cli.errors import Broken, CannotRun

CASE = Path(__file__).parents[2] / "samples" / "findings" / "AM01"


WORDS = (
    "reconcile", "--period", "2010Q4", "--stays", "hospitals", "--roster", "roster",
    "--register", "register.csv", "--rules", "huangzhong-2009", "--out", "结果",
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The run folder of a small quarter, and what the screen said: by a process of its own, as a clerk starts it."""
    county = tmp_path_factory.mktemp("quarter") / "县"
    shutil.copytree(CASE, county)
    done = subprocess.run(
        [sys.executable, "-m", "onestop_cli", *WORDS], cwd=county, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return county / "结果", done.stdout + done.stderr


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same quarter, not yet run, in a folder of its own in which we stand."""
    shutil.copytree(CASE, tmp_path / "县")
    monkeypatch.chdir(tmp_path / "县")
    return tmp_path / "县"


def run(*more: str) -> int:
    return onestop([*WORDS, *more])


def test_a_run_folder_holds_what_the_contract_says(made: tuple[Path, str]) -> None:
    folder, _ = made
    for name in ("run.json", "差错清单.xlsx", "运行报告.html", "结算/县级结算汇总.xlsx"):
        assert (folder / name).is_file()
    assert list((folder / "结算" / "机构").glob("*.xlsx"))
    for table in ("stays", "findings", "roster", "quarantine"):
        assert pl.read_parquet(folder / "data" / f"{table}.parquet").width
    info = json.loads((folder / "run.json").read_text("utf-8"))
    assert info["period"] == "2010Q4"
    assert {"version", "rules", "inputs", "counts", "control"} <= set(info)
    assert all(len(file["sha256"]) == 64 for file in [*info["inputs"], *info["rules"]])


def test_the_summary_fits_eighty_columns(made: tuple[Path, str]) -> None:
    lines = made[1].splitlines()
    assert "应拨" in made[1]
    assert [line for line in lines if cell_len(line.rstrip()) > 80 and "/" not in line] == []


def test_fail_on_turns_findings_into_exit_code_one(county: Path) -> None:
    assert run("--fail-on", "differs") == 1
    assert (county / "结果" / "run.json").is_file()


def test_fail_on_stays_zero_without_such_findings(county: Path) -> None:
    assert run("--fail-on", "blocks") == 0


def test_an_existing_result_is_never_written_over(county: Path, made: tuple[Path, str]) -> None:
    shutil.copytree(made[0], county / "结果")
    before = (county / "结果" / "run.json").read_bytes()
    assert run() == 2
    assert (county / "结果" / "run.json").read_bytes() == before


BROKEN = {
    "空.xlsx": b"",
    "坏.xlsx": b"PK\x03\x04 not a workbook",
    "没有列.csv": "姓名,备注\n王甲,无\n".encode(),
}


def test_all_broken_files_are_named_at_once_and_nothing_is_written(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One clear message each, exit code 2, among good files."""
    for name, content in BROKEN.items():
        (county / "hospitals" / name).write_bytes(content)
    assert run() == 2
    said = capsys.readouterr().err
    for name in BROKEN:
        assert name in said
    assert "Traceback" not in said
    assert not (county / "结果").exists()
    assert [path.name for path in county.iterdir() if path.name.startswith(".")] == []


def test_every_missing_option_is_named_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert onestop(["reconcile", "--period", "2010Q4"]) == 2
    said = capsys.readouterr().err
    for option in ("--stays", "--roster", "--register", "--rules", "--out"):
        assert option in said


@pytest.mark.parametrize(
    ("option", "value"),
    [("--rules", "no-such-rule"), ("--register", "没有.csv"), ("--period", "2010Q9")],
)
def test_a_wrong_option_is_said_in_chinese(
    county: Path, option: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(option, value) == 2
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert any("一" <= char <= "鿿" for char in said)


def test_a_roster_without_a_valid_row_stops_the_run(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (county / "roster").iterdir():
        path.unlink()
    (county / "roster" / "五保户.csv").write_text("姓名,身份证号\n王甲,123\n", "utf-8")
    assert run() == 2
    assert "五保户.csv" in capsys.readouterr().err


def test_no_id_number_is_printed_beyond_its_last_four(made: tuple[Path, str]) -> None:
    folder, screen = made
    ids = pl.read_parquet(folder / "data" / "stays.parquet")["id_no"].drop_nulls()
    said = screen + (folder / "运行报告.html").read_text("utf-8")
    assert len(ids) > 0
    assert not [id_ for id_ in ids if id_[:-4] in said]


def test_control_totals_that_fail_stop_the_run(
    county: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bug of ours: exit code 3 and no folder. Here a stage that loses a fen."""
    from onestop_cli.core import settlement

    whole = settlement.reconcile

    def lossy(*args: object) -> pl.DataFrame:
        return whole(*args).with_columns(pl.col("basic_payable_fen") - 1)  # type: ignore[arg-type]

    monkeypatch.setattr(settlement, "reconcile", lossy)
    request = Request(
        "2010Q4",
        [county / "hospitals"],
        [county / "roster"],
        county / "register.csv",
        ["huangzhong-2009"],
        Settings(),
    )
    with pytest.raises(Broken, match="payable"):
        reconcile(request)


def test_a_bug_of_ours_is_exit_code_three(county: Path) -> None:
    code = (
        "import sys\nfrom onestop_cli import cli\nfrom onestop_cli.errors import Broken\n"
        "def broken(): raise Broken('x')\ncli.app = broken\ncli.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=county)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr


def test_options_books_files_and_decisions_are_refused_together(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each of seven things stops a run by itself; a clerk is told of all of them at once."""
    (county / "hospitals" / "坏.xlsx").write_bytes(b"PK\3\4 half of a file")
    (county / "意见.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    (county / "结果").mkdir()
    (county / "结果" / "旧.txt").touch()
    words = [*WORDS[:2], "2010Q9", *WORDS[3:], "--rules", "没有", "--password-file", "没有.txt"]
    assert onestop([*words, "--ledger", "没有.sqlite", "--decisions", "意见.csv"]) == 2
    said = capsys.readouterr().err
    for what in (
        "没有第 9 季度", "结果：输出位置已经存在", "没有.sqlite：没有找到台账", "找不到规则“没有”",
        "没有.txt：读不到密码文件", "坏.xlsx：文件已损坏", "意见.csv：没有找到处理意见的表头",
    ):  # fmt: skip
        assert what in said, what
    assert "发现 7 个问题" in said


def test_a_missing_ledger_does_not_hide_what_is_wrong_with_files(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (county / "hospitals" / "坏.xlsx").write_bytes(b"PK\3\4 half of a file")
    assert run("--ledger", "没有.sqlite") == 2
    said = capsys.readouterr().err
    assert "没有.sqlite：没有找到台账" in said and "坏.xlsx：文件已损坏" in said


def test_a_run_in_parts_names_all_that_stops_it(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (county / "register.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    assert run("--buckets", "2", "--rules", "没有") == 2
    said = capsys.readouterr().err
    for what in ("找不到规则“没有”", "没有找到定点机构名册的表头", "发现 3 个问题"):
        assert what in said, what


def test_an_empty_inbox_is_said(tmp_path: Path) -> None:
    (tmp_path / "空").mkdir()
    with pytest.raises(CannotRun):
        reconcile(
            Request(
                "2010Q4", [tmp_path / "空"], [tmp_path / "空"], CASE / "register.csv",
                ["huangzhong-2009"], Settings(),
            )
        )  # fmt: skip
