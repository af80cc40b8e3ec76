"""The tool beside the truth of made-up counties: every row's status, dues, findings and causes."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from onestop_cli.batch.reconcile import reconcile
from onestop_cli.batch.request import Request
from onestop_cli.county.settings import Settings
from onestop_cli.run import Run
from samples.fabricate import make_county, write_county
from samples.fabricate.paid import PARTS

PER_LAYER = ("AM01", "AM02", "AM07", "CA01")
COUNTY = Path(__file__).resolve().parents[2] / "samples" / "county"
UNTOLD = {"CA02"}
"""What the truth leaves out; suggestions for unusable numbers (RO06) are told apart below."""


@pytest.fixture(scope="module", params=["committed", "another seed"])
def told(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Run, dict[str, Any]]:
    """A run and its truth."""
    folder, period = COUNTY, "2010Q4"
    if request.param != "committed":
        folder = tmp_path_factory.mktemp("county")
        period = "2010-11"
        write_county(make_county(seed=11, people=400, stays=900, period=period), folder)
    run = reconcile(
        Request(
            period,
            [folder / "hospitals"],
            [folder / "roster"],
            folder / "register.csv",
            ["huangzhong-2009"],
            Settings(),
        )
    )
    return run, json.loads((folder / "truth.json").read_text("utf-8"))


def _place(row: dict[str, Any]) -> tuple[str, int]:
    return row["source"], row["row"]


def test_every_row_is_read_as_it_was_written(told: tuple[Run, dict[str, Any]]) -> None:
    """Nothing lost, nothing added; who, where and what was claimed are understood."""
    run, truth = told
    rows = {_place(row): row for row in run.stays.to_dicts()}
    assert set(rows) == {_place(row) for row in truth["stays"]}
    for want in truth["stays"]:
        got = rows[_place(want)]
        for key in ("hospital", "level", "stay_no", "id_no", "status"):
            assert got[key] == want[key], (key, want)
        for layer in ("basic", "assistance"):
            assert got[f"{layer}_claimed_fen"] == want[f"{layer}_claimed"], want


def test_every_settled_stay_is_due_what_the_document_gives(
    told: tuple[Run, dict[str, Any]],
) -> None:
    """Category and both layers, against plain decimal arithmetic."""
    run, truth = told
    rows = {_place(row): row for row in run.stays.to_dicts()}
    for want in truth["stays"]:
        got = rows[_place(want)]
        if want["status"] == "settled":
            assert got["category"] == want["category"], want
            for layer in ("basic", "assistance"):
                assert got[f"{layer}_due_fen"] == want[f"{layer}_due"], want


def test_every_claim_is_divided_as_the_contract_says(told: tuple[Run, dict[str, Any]]) -> None:
    """Payable, deducted, held, short and made up per layer, and what the patient is owed, on every row."""
    run, truth = told
    got = {
        _place(row): {part: row[f"{part}_fen"] for part in PARTS} for row in run.stays.to_dicts()
    }
    want = {_place(row): {part: row.get(part, 0) for part in PARTS} for row in truth["stays"]}
    assert got == want


@pytest.mark.parametrize("part", PARTS)
def test_the_committed_county_has_claims_divided_in_every_way(part: str) -> None:
    """A part that no row has could be given to the wrong layer unnoticed."""
    truth = json.loads((COUNTY / "truth.json").read_text("utf-8"))
    assert any(row.get(part) for row in truth["stays"])


def test_every_fault_is_found_and_nothing_else(told: tuple[Run, dict[str, Any]]) -> None:
    """Findings by place, code and layer; no correct stay is flagged."""
    run, truth = told
    unusable = {_place(r) for r in truth["stays"] if {"ID01", "ID03"} & set(r["codes"])}
    found = {
        (*_place(f), f["code"] + (f":{f['layer']}" if f["code"] in PER_LAYER else ""))
        for f in run.findings.to_dicts()
        if f["code"] not in UNTOLD and not (f["code"] == "RO06" and _place(f) in unusable)
    }
    rows = [*truth["stays"], *truth["others"]]
    assert found == {(*_place(row), code) for row in rows for code in row["codes"]}


def test_injected_causes_are_named(told: tuple[Run, dict[str, Any]]) -> None:
    """At least 95 % of the wrong amounts carry a true cause, 90 % as the first."""
    run, truth = told
    named = {
        (*_place(f), f["layer"]): f["cause"].split(";")
        for f in run.findings.to_dicts()
        if f["code"] == "AM01"
    }
    score: Counter[str] = Counter()
    for row in truth["stays"]:
        for layer, tokens in row["why"].items():
            if causes := named.get((*_place(row), layer)):
                score["all"] += 1
                score["listed"] += bool(set(causes) & set(tokens))
                score["first"] += causes[0] in tokens
    assert score["listed"] >= score["all"] * 0.95 > 0
    assert score["first"] >= score["all"] * 0.90
