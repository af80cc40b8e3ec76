"""Every document, shipped, in the docs or made up, through every command: its own cases are the stays of a county."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from onestop_cli.batch.reconcile import reconcile
from onestop_cli.batch.start import ReconcileOptions, asked
from onestop_cli.cli import run
from onestop_cli.resources import rules_folder
from onestop_cli.rulebook.cases import cases_path, load_cases
from onestop_cli.rulebook.change import changed
from onestop_cli.rulebook.library import load_rule, read_toml
from tests.made.rule_county import CaseCounty, stay_no, stays_of
from tests.made.toml_text import toml_text

DOCS = Path(__file__).parents[2] / "docs"
MADE = Path(__file__).parents[1] / "made" / "rules"
"""Made-up documents of words that no shipped one has."""
DOCUMENTS = {
    path.stem: path
    for folder in (rules_folder(), MADE)
    for path in sorted(folder.rglob("*.toml"))
    if "cases" not in path.name
}
MONEY = ("RO01", "RO02", "RO04", "AM01", "AM02", "AM03", "AM06", "AM07", "CA01")


def _written(name: str, folder: Path) -> Path:
    """A document and its cases as files; the worked example of the docs is one."""
    if name in DOCUMENTS:
        return DOCUMENTS[name]
    document, cases, *_ = re.findall(
        r"```toml\n(.*?)```", (DOCS / "rules.zh.md").read_text("utf-8"), re.DOTALL
    )
    (folder / f"{name}.toml").write_text(document, "utf-8")
    (folder / f"{name}.cases.toml").write_text(cases, "utf-8")
    return folder / f"{name}.toml"


@pytest.fixture(scope="module", params=[*DOCUMENTS, "shili-2024"])
def county(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> CaseCounty:
    """The county of a document's cases, its hospitals claiming exactly what is due."""
    folder = tmp_path_factory.mktemp(request.param)
    path = _written(request.param, folder)
    cases = load_cases(load_rule(path))
    if cases is None:
        pytest.fail(f"{request.param} has no cases")
    if fill := read_toml(cases_path(path))[1].get("fill"):
        table = changed(read_toml(path)[1], fill, path.name)
        path = folder / path.name
        path.write_text(toml_text(table), "utf-8")
    return CaseCounty(cases, folder / "县", path.as_posix())


_ANYWAY = ("--anyway", "--reason", "各年的算例在一个文件夹里，其余各年不属本期")


def _worked_out(period: str) -> pl.DataFrame:
    """The stays of a year, without papers and without books."""
    options = ReconcileOptions(period, *[None] * 6, out=Path("空报"))
    return reconcile(asked(options, datetime(2026, 1, 1, tzinfo=UTC))[0]).stays


def _closed(county: CaseCounty) -> dict[str, pl.DataFrame]:
    """The runs of all years, one after the other, each closed."""
    assert run(["ledger", "open", "--from", "1990-01-01", "--ledger", "台账.sqlite"]) == 0
    found = {}
    for period in county.periods:
        out = county.folder / "照报" / period
        assert run(["reconcile", "--quiet", "--period", period, "--out", str(out)]) == 0
        assert run(["close", str(out), "--ledger", "台账.sqlite", *_ANYWAY]) == 0
        found[period] = stays_of(out)
    return found


def test_a_document_goes_through_every_command(
    county: CaseCounty, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The cases come out to the fen as rows of a list, exact claims give no finding about money, no command breaks."""
    county.write()
    monkeypatch.chdir(county.folder)
    blank = pl.concat(map(_worked_out, county.periods), how="diagonal")
    assert list(_wrong(county, blank)) == []
    claims = {
        row["stay_no"]: {
            layer: row[f"{layer}_due_fen"] or 0
            for layer in county.rule.layer_ids
            if row[f"{layer}_check"] != "none"
        }
        for row in blank.iter_rows(named=True)
        if "ST04" not in (row["codes"] or "")
    }
    replace(county, claims=claims).write()
    runs = _closed(county)
    for period in runs:
        findings = pl.read_parquet(county.folder / "照报" / period / "data" / "findings.parquet")
        assert findings.filter(pl.col("code").is_in(MONEY))["message"].to_list() == []
    period, stays = max(runs.items(), key=lambda one: one[1].filter(status="settled").height)
    for command, ends in _commands(county, period, stays.filter(status="settled")):
        capsys.readouterr()
        assert run(command) in ends, (command, capsys.readouterr().err)
    if county.rule.basis.benefit_year != "split":
        assert _tried(county.folder / "测算") == {
            layer: stays.filter(status="settled")[f"{layer}_due_fen"].sum()
            for layer in county.rule.layer_ids
        }


def _tried(folder: Path) -> dict[str, int]:
    """What the run's own rules give on its stays, tried once more: all that the run gave."""
    (variant,) = json.loads((folder / "simulate.json").read_text("utf-8"))["variants"]
    return {layer: sums["before_fen"] for layer, sums in variant["layers"].items()}


def _wrong(county: CaseCounty, stays: pl.DataFrame) -> Iterator[str]:
    """Where a case does not come out; of held and bound-checked stays a case expects nothing."""
    by_number = {
        row["stay_no"]: row
        for row in stays.iter_rows(named=True)
        if "ST04" not in (row["codes"] or "")
    }
    for number, case in enumerate(county.cases.cases):
        row = by_number[stay_no(number, len(case.earlier))]
        for layer in county.rule.layer_ids:
            expected = case.expect.get(layer)
            if not isinstance(expected, str) and expected is not None:
                got = row[f"{layer}_due_fen"]
                if got != int(expected * 100):
                    yield f"{case.name}: {layer} {got}, {expected} expected, {row['codes']}"


def _commands(
    county: CaseCounty, period: str, settled: pl.DataFrame
) -> Iterator[tuple[list[str], set[int]]]:
    """What an office does with a run, and how it may end: where nothing is paid there is nothing to draw, without
    assistance no approval form."""
    ran, number = f"照报/{period}", settled["stay_no"][-1]
    yield ["publish", ran, "--out", "公示"], {0}
    yield ["audit", ran, "--out", "检查", "--seed", "7", "--size", "5"], {0, 2}
    yield ["simulate", ran, "--rules", county.rules, "--out", "测算"], {0}
    yield ["explain", ran, number], {0}
    yield ["letters", ran, "--out", "函件"], {0}
    yield ["papers", ran, number, "--out", "单据"], {0, 2}
