"""Every finding has a provoking case, and the case has that finding and no other."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from onestop_cli.batch.close import close_run
from onestop_cli.batch.papers import write_run
from onestop_cli.batch.reconcile import reconcile
from onestop_cli.batch.request import Request
from onestop_cli.core.findings.catalogue import CATALOGUE
from onestop_cli.county.settings import Settings
from onestop_cli.ledger.opening import Opening, open_books
from onestop_cli.run import Run
from samples.fabricate import write_cases
from samples.fabricate.casebook import COUNTY
from samples.fabricate.paid import PARTS

CASES = Path(__file__).resolve().parents[2] / "samples" / "findings"


def _description(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "case.toml").read_text("utf-8"))


def _reconciled(folder: Path, ledger: Path | None = None, period: str | None = None) -> Run:
    case = _description(folder)
    return reconcile(
        Request(
            period or case["period"],
            [folder / "hospitals"],
            [folder / "roster"],
            folder / "register.csv",
            case["rules"],
            Settings(),
            ledger=ledger,
        )
    )


def _closed(folder: Path, scratch: Path) -> Path:
    """A ledger in which the case's earlier period is closed."""
    ledger, now = scratch / "ledger.db", datetime(2010, 10, 8, tzinfo=UTC)
    open_books(ledger, Opening(date(2010, 1, 1)), "", now)
    write_run(_reconciled(folder, ledger), scratch / "run", Settings())
    close_run(scratch / "run", ledger, now)
    return ledger


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_case_has_its_finding_and_no_other(code: str, tmp_path: Path) -> None:
    """Code, file, row and layer of every finding, the first cause where the case names one, and how claims are divided
    where it says so."""
    folder = CASES / code
    earlier = folder / "earlier"
    run = _reconciled(folder, _closed(earlier, tmp_path) if earlier.exists() else None)
    found = {
        (f["code"], f["source"], f["row"], f["layer"] or ""): f for f in run.findings.to_dicts()
    }
    wanted = {
        (w["code"], w["source"], w.get("row"), w.get("layer", "")): w.get("cause")
        for w in _description(folder)["expected"]
    }
    assert set(found) == set(wanted)
    assert len(found) == len(run.findings)
    for place, cause in wanted.items():
        assert cause is None or str(found[place]["cause"]).split(";")[0] == cause
    for paid in _description(folder).get("paid", []):
        assert _divided(run, paid["row"]) == paid


def _divided(run: Run, row: int) -> dict[str, Any]:
    """What `case.toml` would say of the row of the first hospital's list: yuan, parts of 0 left out."""
    (stay,) = run.stays.filter(pl.col("source").str.starts_with(COUNTY), row=row).to_dicts()
    amounts = {part: stay[f"{part}_fen"] for part in PARTS}
    return {"row": row} | {part: f"{fen / 100:.2f}" for part, fen in amounts.items() if fen}


def test_months_that_were_passed_over_are_told_before_it_is_too_late(tmp_path: Path) -> None:
    """A period before a closed one can never be closed by itself."""
    folder = CASES / "ST07"
    ledger = _closed(folder / "earlier", tmp_path)
    told = "2010-10-01 至 2010-11-30 还没有关账"
    assert not any(told in said for said in _reconciled(folder, ledger).info.warnings)
    assert any(told in said for said in _reconciled(folder, ledger, "2010-12").info.warnings)


def test_a_file_that_a_closed_period_has_read_is_said_before_reading_on(tmp_path: Path) -> None:
    folder = CASES / "ST07" / "earlier"
    ledger, stages = _closed(folder, tmp_path), []
    case = _description(folder)
    request = Request(
        "2010Q4", [folder / "hospitals"], [folder / "roster"], folder / "register.csv",
        case["rules"], Settings(), ledger=ledger,
    )  # fmt: skip
    warnings = reconcile(request, stages.append).info.warnings
    (told,) = [one for one in warnings if "与 2010Q3 关账时读过的文件一个字节不差" in one]
    assert stages[0] == f"注意：{told}"


def test_every_case_is_about_its_code() -> None:
    """No code of the catalogue lacks a case, no case is about something else."""
    assert {folder.name for folder in CASES.iterdir()} == set(CATALOGUE)
    for folder in CASES.iterdir():
        codes = {finding["code"] for finding in _description(folder)["expected"]}
        assert codes == {folder.name}


def test_the_committed_cases_are_what_the_generator_makes(tmp_path: Path) -> None:
    """`make samples` changes nothing in a fresh checkout."""
    write_cases(tmp_path)
    made = {p.relative_to(tmp_path): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    kept = {p.relative_to(CASES): p.read_bytes() for p in CASES.rglob("*") if p.is_file()}
    assert made == kept
