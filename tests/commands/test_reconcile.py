"""`onestop reconcile` as a clerk meets it: what it writes, and what it says when it cannot."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from onestop_cli.batch.reconcile import Request, reconcile
from onestop_cli.county.settings import Settings
from onestop_cli.errors import Broken, CannotRun

CASE = Path(__file__).parents[2] / "samples" / "findings" / "AM01"


@pytest.fixture
def county(tmp_path: Path) -> Path:
    """A small quarter in a folder of its own."""
    shutil.copytree(CASE, tmp_path / "县")
    return tmp_path / "县"


def onestop(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "onestop_cli", *words], cwd=cwd, capture_output=True, text=True
    )


def run(county: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return onestop(
        "reconcile", "--period", "2010Q4", "--stays", "hospitals", "--roster", "roster",
        "--register", "register.csv", "--rules", "huangzhong-2009", "--out", "结果", *more, cwd=county,
    )  # fmt: skip


def test_a_run_folder_holds_what_the_contract_says(county: Path) -> None:
    done = run(county)
    assert done.returncode == 0, done.stderr
    folder = county / "结果"
    for name in ("run.json", "差错清单.xlsx", "运行报告.html", "结算/县级结算汇总.xlsx"):
        assert (folder / name).is_file()
    assert list((folder / "结算" / "机构").glob("*.xlsx"))
    for table in ("stays", "findings", "roster", "quarantine"):
        assert pl.read_parquet(folder / "data" / f"{table}.parquet").width
    info = json.loads((folder / "run.json").read_text("utf-8"))
    assert info["period"] == "2010Q4"
    assert {"version", "rules", "inputs", "counts", "control"} <= set(info)
    assert all(len(file["sha256"]) == 64 for file in [*info["inputs"], *info["rules"]])


def test_the_summary_fits_eighty_columns(county: Path) -> None:
    done = run(county)
    wide = [line for line in done.stdout.splitlines() if cells(line) > 80 and "/" not in line]
    assert wide == []


def cells(line: str) -> int:
    from rich.cells import cell_len

    return cell_len(line.rstrip())


def test_fail_on_turns_findings_into_exit_code_one(county: Path) -> None:
    assert run(county, "--fail-on", "differs").returncode == 1


def test_fail_on_stays_zero_without_such_findings(county: Path) -> None:
    assert run(county, "--fail-on", "blocks").returncode == 0


def test_an_existing_result_is_never_written_over(county: Path) -> None:
    run(county)
    before = (county / "结果" / "run.json").read_bytes()
    again = run(county)
    assert again.returncode == 2
    assert (county / "结果" / "run.json").read_bytes() == before


BROKEN = {
    "空.xlsx": b"",
    "坏.xlsx": b"PK\x03\x04 not a workbook",
    "没有列.csv": "姓名,备注\n王甲,无\n".encode(),
}


def test_all_broken_files_are_named_at_once_and_nothing_is_written(county: Path) -> None:
    """One clear message each, exit code 2, among good files."""
    for name, content in BROKEN.items():
        (county / "hospitals" / name).write_bytes(content)
    done = run(county)
    assert done.returncode == 2
    for name in BROKEN:
        assert name in done.stderr
    assert "Traceback" not in done.stderr
    assert not (county / "结果").exists()
    assert [path.name for path in county.iterdir() if path.name.startswith(".")] == []


def test_every_missing_option_is_named_at_once(county: Path) -> None:
    done = onestop("reconcile", "--period", "2010Q4", cwd=county)
    assert done.returncode == 2
    for option in ("--stays", "--roster", "--register", "--rules", "--out"):
        assert option in done.stderr


@pytest.mark.parametrize(
    ("option", "value"),
    [("--rules", "no-such-rule"), ("--register", "没有.csv"), ("--period", "2010Q9")],
)
def test_a_wrong_option_is_said_in_chinese(county: Path, option: str, value: str) -> None:
    done = run(county, option, value)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert any("一" <= char <= "鿿" for char in done.stderr)


def test_a_roster_without_a_valid_row_stops_the_run(county: Path) -> None:
    for path in (county / "roster").iterdir():
        path.unlink()
    (county / "roster" / "五保户.csv").write_text("姓名,身份证号\n王甲,123\n", "utf-8")
    done = run(county)
    assert done.returncode == 2
    assert "五保户.csv" in done.stderr


def test_no_id_number_is_printed_beyond_its_last_four(county: Path) -> None:
    done = run(county)
    ids = pl.read_parquet(county / "结果" / "data" / "stays.parquet")["id_no"].drop_nulls()
    said = done.stdout + done.stderr + (county / "结果" / "运行报告.html").read_text("utf-8")
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


def test_an_empty_inbox_is_said(tmp_path: Path) -> None:
    (tmp_path / "空").mkdir()
    with pytest.raises(CannotRun):
        reconcile(
            Request(
                "2010Q4", [tmp_path / "空"], [tmp_path / "空"], CASE / "register.csv",
                ["huangzhong-2009"], Settings(),
            )
        )  # fmt: skip
