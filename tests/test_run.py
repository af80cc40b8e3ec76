"""A run folder is what was written, or the next command names what is not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import polars as pl
import pytest

from onestop_cli.batch.papers import write_run
from onestop_cli.cli import run as onestop
from onestop_cli.county.settings import Settings
from onestop_cli.errors import CannotRun
from onestop_cli.run import digests_of, load_run
from onestop_cli.writers.toolkit.run_folder import write_data
from tests.ledger.test_ledger import a_stay
from tests.made.books import run_period, stays
from tests.made.run import made_run
from tests.made.spoken import said

CASE = Path(__file__).parents[1] / "samples" / "findings" / "AM01"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder with all its papers."""
    out = tmp_path_factory.mktemp("written") / "2010Q4"
    write_run(made_run(40), out, Settings())
    return out


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return shutil.copytree(written, tmp_path / "2010Q4")


def flipped(name: str) -> Callable[[Path], None]:
    """One byte in the middle of a file is another."""

    def change(folder: Path) -> None:
        data = bytearray((folder / name).read_bytes())
        data[len(data) // 2] ^= 1
        (folder / name).write_bytes(data)

    return change


CHANGES: dict[str, Callable[[Path], None]] = {
    "data/stays.parquet 改动过": flipped("data/stays.parquet"),
    "data/findings.parquet 改动过": flipped("data/findings.parquet"),
    "结算/县级结算汇总.xlsx 改动过": flipped("结算/县级结算汇总.xlsx"),
    "运行报告.html 改动过": flipped("运行报告.html"),
    "run.json 改动过": lambda folder: (folder / "run.json").write_text(
        (folder / "run.json").read_text("utf-8").replace("2010Q4", "2010Q3"), "utf-8"
    ),
    "缺少 差错清单.xlsx": lambda folder: (folder / "差错清单.xlsx").unlink(),
    "多出 data/more.parquet": lambda folder: (folder / "data/more.parquet").write_bytes(b""),
    "多出 备注/说明.txt": lambda folder: (
        (folder / "备注").mkdir(),
        (folder / "备注/说明.txt").write_text("x"),
    )[0],
}


class TestChanges:
    @pytest.mark.parametrize("told", CHANGES)
    def test_what_was_changed_is_named(self, folder: Path, told: str) -> None:
        CHANGES[told](folder)
        with pytest.raises(CannotRun) as caught:
            load_run(folder)
        assert [problem.what for problem in caught.value.problems] == [told]

    def test_everything_is_named_at_once(self, folder: Path) -> None:
        for change in CHANGES.values():
            change(folder)
        with pytest.raises(CannotRun) as caught:
            load_run(folder)
        assert {problem.what for problem in caught.value.problems} == set(CHANGES)

    def test_no_byte_of_run_json_can_change(self, folder: Path) -> None:
        """It is what names the others, so it ends with the digest of itself."""
        rng, file = Random(1), folder / "run.json"
        whole = file.read_bytes()
        for _ in range(150):
            data = bytearray(whole)
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
            file.write_bytes(data)
            with pytest.raises(CannotRun):
                load_run(folder)

    @pytest.mark.parametrize(
        "words",
        [
            ["close", "RUN", "--ledger", "账.sqlite"],
            ["publish", "RUN", "--out", "x"],
            ["audit", "RUN", "--out", "x", "--seed", "1"],
            ["explain", "RUN", "ZY000001"],
            ["papers", "RUN", "ZY000001", "--out", "x"],
            ["letters", "RUN", "--out", "x"],
            ["checklists", "RUN", "--out", "x"],
            ["archive", "RUN", "--out", "x.xlsx"],
            ["simulate", "RUN", "--rules", "huangzhong-2009", "--out", "x"],
        ],
        ids=lambda words: words[0],
    )
    def test_every_command_that_begins_with_a_run_looks_first(
        self, folder: Path, words: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        flipped("data/stays.parquet")(folder)
        assert onestop([str(folder) if word == "RUN" else word for word in words]) == 2
        assert "data/stays.parquet 改动过" in capsys.readouterr().err
        assert not Path("x").exists()


class TestPassedOver:
    @pytest.mark.parametrize(
        "name",
        ["~$差错清单.xlsx", "结算/.~lock.县级结算汇总.xlsx#", "Thumbs.db", "结算/desktop.ini", "抽样记录/0001.json"],
    )  # fmt: skip
    def test_what_others_leave_is_no_change(self, folder: Path, name: str) -> None:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"x")
        load_run(folder)

    def test_the_list_to_fill_in_may_be_filled(self, folder: Path) -> None:
        flipped("差错清单.xlsx")(folder)
        load_run(folder)

    def test_names_may_be_written_in_another_form(self, folder: Path) -> None:
        """Some disks take characters apart; a name is the same name."""
        file = folder / "结算/机构/示例县第1é.xlsx"
        written = file.with_name("示例县第1e\u0301.xlsx")
        written.write_bytes(b"")
        assert "结算/机构/示例县第1é.xlsx" in digests_of(folder)


class TestOut:
    @pytest.mark.parametrize("out", ["公示", "结算/公示", "."])
    def test_nothing_is_written_into_a_result(
        self, folder: Path, out: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before = digests_of(folder)
        assert onestop(["publish", str(folder), "--out", str(folder / out)]) == 2
        assert digests_of(folder) == before
        assert out == "." or "在一份结算结果里面" in capsys.readouterr().err


def test_a_folder_of_the_first_version_is_held_to_its_control_totals(tmp_path: Path) -> None:
    """It has no digests, and is read as long as its tables add up to what it says."""
    run = run_period(stays([a_stay(9)]), "2010-09")
    write_data(replace(run, quarantine=run.findings), tmp_path)
    info = json.loads((tmp_path / "run.json").read_text("utf-8"))
    for key in ("files", "digest", "made_at"):
        info.pop(key, None)
    (tmp_path / "run.json").write_text(json.dumps(info), "utf-8")
    assert load_run(tmp_path).info.period == "2010-09"
    file = tmp_path / "data/stays.parquet"
    other = pl.col("basic_payable_fen", "basic_claimed_fen", "basic_due_fen") + 1
    pl.read_parquet(file).with_columns(other).write_parquet(file)
    told = said(lambda: load_run(tmp_path))
    assert "结算结果文件夹里的数据和核对完成时不一致→请不要改动 data 文件夹" in told


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    """Whatever the number of threads and the seed of hashes; `run.json` differs in its moment."""
    folders = []
    for threads in ("1", "2"):
        out = tmp_path / threads
        words = [
            "reconcile", "--quiet", "--period", "2010Q4", "--stays", str(CASE / "hospitals"),
            "--roster", str(CASE / "roster"), "--register", str(CASE / "register.csv"),
            "--rules", "huangzhong-2009", "--out", str(out),
        ]  # fmt: skip
        env = {**os.environ, "POLARS_MAX_THREADS": threads, "PYTHONHASHSEED": threads}
        subprocess.run([sys.executable, "-m", "onestop_cli", *words], check=True, env=env)
        folders.append(digests_of(out))
    assert folders[0] == folders[1]
