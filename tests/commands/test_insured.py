"""A list of insured people (参保激励名单) from onestop.toml into a run, the books and what is told about it."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from onestop_cli.cli import run
from onestop_cli.rulebook.cases import load_cases
from onestop_cli.rulebook.library import load_rule
from tests.made.rule_county import CaseCounty, stays_of
from tests.made.spoken import flat

RULE = Path(__file__).parents[1] / "made" / "rules" / "jili-2025.toml"
LIST = "参保激励名单.csv"
SIX, NOBODY = "案004-0", "案001-0"


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    cases = load_cases(load_rule(RULE))
    assert cases is not None
    CaseCounty(cases, tmp_path / "县", RULE.as_posix()).write()
    monkeypatch.chdir(tmp_path / "县")
    yield tmp_path / "县"


def listed(county: Path) -> list[dict[str, str]]:
    with (county / LIST).open(encoding="utf-8") as file:
        return [*csv.DictReader(file)]


def write(county: Path, rows: list[dict[str, Any]]) -> None:
    with (county / LIST).open("w", encoding="utf-8", newline="") as file:
        heads = dict.fromkeys(name for row in rows for name in row)
        writer = csv.DictWriter(file, [*heads])
        writer.writeheader()
        writer.writerows(rows)


def worked_out(out: str = "报") -> dict[str, dict[str, Any]]:
    assert run(["reconcile", "--quiet", "--period", "2025", "--out", out]) == 0
    return {row["stay_no"]: row for row in stays_of(Path(out)).to_dicts()}


def told(out: str = "报") -> dict[str, Any]:
    return dict(json.loads((Path(out) / "run.json").read_text("utf-8")))


def test_the_list_raises_the_cap_and_is_an_input_of_the_run(county: Path) -> None:
    rows = worked_out()
    assert (rows[SIX]["critical_cap_fen"], rows[SIX]["critical_due_fen"]) == (2_300_000, 2_300_000)
    assert (rows[NOBODY]["critical_check"], rows[NOBODY]["critical_bound_fen"]) == (
        "bound",
        2_400_000,
    )
    (file,) = [one for one in told()["inputs"] if one["kind"] == "insured"]
    digest = hashlib.sha256((county / LIST).read_bytes()).hexdigest()
    assert file == {"path": LIST, "kind": "insured", "sha256": digest, "rows": 7}


def test_explain_says_what_the_list_says(county: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """连续参保满4年后每年1000元, and 1,000 by the list: (6 − 4) × 1,000 + 1,000 = 3,000."""
    worked_out()
    capsys.readouterr()
    assert run(["explain", "报", SIX]) == 0
    said = flat(capsys.readouterr().out)
    assert "参保激励名单连续参保6年，提高限额1,000.00" in said
    assert "名单提高3,000.00" in said
    assert run(["explain", "报", NOBODY]) == 0
    assert "参保激励名单名单上没有写这个人" in flat(capsys.readouterr().out)


def test_the_row_of_the_day_counts(county: Path) -> None:
    """Used up in spring: from the day after, nothing more; the stay of January still has it."""
    rows = listed(county)
    six = rows[2]
    again = {**six, "提高限额": "0", "起始日期": "2025-01-09"}
    write(county, [*rows[:2], {**six, "终止日期": "2025-01-08"}, again, *rows[3:]])
    assert worked_out()[SIX]["critical_due_fen"] == 2_200_000


def test_another_name_is_not_taken_and_is_told(county: Path) -> None:
    rows = listed(county)
    write(county, [*rows[:2], {**rows[2], "姓名": "别人"}, *rows[3:]])
    assert worked_out()[SIX]["critical_check"] == "bound"
    assert any("有 1 人的证号与报表相同而姓名不同" in line for line in told()["warnings"])


def test_a_document_without_its_list_says_so(county: Path) -> None:
    toml = (county / "onestop.toml").read_text("utf-8")
    (county / "onestop.toml").write_text(toml.replace(f'insured = ["{LIST}"]\n', ""), "utf-8")
    assert worked_out()[SIX]["critical_check"] == "bound"
    assert any("政策文件要用参保激励名单" in line for line in told()["warnings"])
    assert (
        f'{LIST} 没有用上：要用的在 onestop.toml 的 [reconcile] 写 insured = ["{LIST}"]'
        in told()["warnings"]
    )


def test_what_is_wrong_with_the_list_is_said_before_a_run(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = listed(county)
    write(county, [{**rows[0], "连续参保年数": "五年多"}, *rows[1:]])
    run([])
    assert "连续参保年数“五年多”不是0到99的整年数" in flat(capsys.readouterr().out)


def test_without_a_list_nobody_is_taken_for_not_listed(county: Path) -> None:
    """The document says 0 of people who are not on it: true of one, of nobody where no list is there."""
    said = RULE.read_text("utf-8").replace("most = 0.20", "most = 0.20\nunlisted = 0")
    (county / "jili-2025.toml").write_text(
        said.replace("，按名单", "，按名单，名单外不提高"), "utf-8"
    )
    toml = (county / "onestop.toml").read_text("utf-8").replace(RULE.as_posix(), "jili-2025.toml")
    (county / "onestop.toml").write_text(toml, "utf-8")
    rows = listed(county)
    write(county, [*rows[:2], {**rows[2], "姓名": "别人"}, *rows[3:]])
    found = worked_out()
    assert (found[NOBODY]["critical_check"], found[NOBODY]["critical_due_fen"]) == (
        "exact",
        2_000_000,
    )
    assert found[SIX]["critical_check"] == "bound"
    (county / "onestop.toml").write_text(toml.replace(f'insured = ["{LIST}"]\n', ""), "utf-8")
    assert worked_out("没有名单")[NOBODY]["critical_check"] == "bound"


def test_a_list_that_cannot_be_read_stops_the_run(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(county, [{**row, "姓名": ""} for row in listed(county)])
    assert run(["reconcile", "--quiet", "--period", "2025", "--out", "报"]) == 2
    assert "姓名为空" in capsys.readouterr().err


def test_a_list_that_nobody_asks_for_is_told(county: Path) -> None:
    toml = (county / "onestop.toml").read_text("utf-8")
    (county / "onestop.toml").write_text(toml.replace(RULE.as_posix(), "huangzhong-2009"), "utf-8")
    worked_out()
    assert any("本次的政策文件都不用它" in line for line in told()["warnings"])


def test_in_parts_it_comes_to_the_same(county: Path) -> None:
    whole = worked_out()
    asked = ["reconcile", "--quiet", "--period", "2025", "--out", "分批", "--buckets", "3"]
    stays = pl.read_parquet("报/data/stays.parquet")
    assert run([*asked, "--stays", str(_contract(stays))]) == 0
    parts = {row["stay_no"]: row for row in stays_of(Path("分批")).to_dicts()}
    assert {no: row["critical_due_fen"] for no, row in parts.items()} == {
        no: row["critical_due_fen"] for no, row in whole.items()
    }


def _contract(stays: pl.DataFrame) -> Path:
    """The stays as a table of the contract's columns."""
    path = Path("住院.parquet")
    stays.write_parquet(path)
    return path


def test_the_books_keep_what_the_list_said(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Closed, then worked out again with another list: the difference is an adjustment line."""
    assert run(["ledger", "open", "--from", "2025-01-01", "--ledger", "台账.sqlite"]) == 0
    worked_out()
    rows = listed(county)
    write(county, [*rows[:2], {**rows[2], "提高限额": "0"}, *rows[3:]])
    assert run(["close", "报", "--ledger", "台账.sqlite"]) == 2
    assert LIST in capsys.readouterr().err
    write(county, rows)
    assert run(["close", "报", "--ledger", "台账.sqlite"]) == 0
    capsys.readouterr()
    assert run(["explain", "报", SIX]) == 0
    assert "封顶线 20,000.00 + 名单提高 3,000.00" in capsys.readouterr().out


def test_the_form_is_for_counties_whose_documents_ask_for_it(county: Path) -> None:
    assert run(["init", ".", "--templates"]) == 0
    assert (county / "模板" / "参保激励名单.xlsx").is_file()


def test_doctor_misses_the_list(county: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (county / LIST).unlink()
    assert run(["doctor"]) in (1, 2)
    assert LIST in capsys.readouterr().out
