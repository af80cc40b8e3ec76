"""The made-up county of 2024 through its year: twelve months from the platform's exports to a closed book.

python -m benchmarks.county_of_today [--months 12] — each month as a clerk does it, in `samples/county-2024` copied to a
folder of its own: files into the inbox, reconcile, publish, audit, close; in August what July's lists changed about
April and May is booked. Every row is held against the sample's truth; in the end the book is verified, the year's
report and the list of those who are owed something are written.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from typer.testing import CliRunner

from onestop_cli.cli import app
from samples.fabricate.today.model import LAYERS
from samples.fabricate.today.write import MONTHS

SAMPLE = Path(__file__).resolve().parents[1] / "samples" / "county-2024"
LEDGER = "台账.sqlite"
PER_LAYER = ("AM01", "AM02", "CA01")
AGAIN = {"2024-08": ("2024-04", "2024-05")}
"""Month → the closed ones that are worked out again in it: two people were recognised in July, from March on."""

UNTOLD = ("CA02", "RO06")
"""What the truth leaves out: what tells of a person's year, and suggestions for unusable numbers."""


@dataclass(frozen=True)
class Month:
    """One month done: the folder of its run, what the screen said, seconds per command."""

    name: str
    run: Path
    screen: str
    seconds: dict[str, float]


class Refused(Exception):
    """A command that did not do what the clerk asked for, with its words."""


def opened(folder: Path) -> Path:
    """The sample in `folder`, with a book that begins with the year."""
    county = Path(shutil.copytree(SAMPLE, folder / "示例县"))
    with chdir(county):
        _said("ledger", "open", LEDGER, "--from", "2024-01-01")
    return county


def walk(county: Path, months: Sequence[str] = MONTHS) -> Iterator[Month]:
    """Every month from its files to the closed book."""
    for month in months:
        with chdir(county):
            _hand_in(month)
            run, seed = f"结果/{month}", month.replace("-", "")
            steps = {
                "reconcile": ("reconcile", "--period", month, *_again(month)),
                "publish": (
                    "publish",
                    run,
                    "--out",
                    f"公示/{month}",
                    "--from",
                    _tenth_after(month),
                ),
                "audit": ("audit", run, "--out", f"检查/{month}", "--seed", seed, "--size", "10"),
                "close": ("close", run, "--ledger", LEDGER),
            }
            said, seconds = [], {}
            for name, words in steps.items():
                begun = time.perf_counter()
                said.append(_said(*words))
                seconds[name] = time.perf_counter() - begun
        yield Month(month, county / run, "\n".join(said), seconds)


def _again(month: str) -> list[str]:
    return [word for closed in AGAIN.get(month, ()) for word in ("--recompute", closed)]


def _hand_in(month: str) -> None:
    """The month's files take the place of the last one's."""
    for kind in ("住院", "花名册"):
        inbox = Path("收件箱") / kind
        shutil.rmtree(inbox, ignore_errors=True)
        shutil.copytree(Path(month) / kind, inbox)


def _tenth_after(month: str) -> str:
    """The tenth of the month after."""
    year, number = divmod(int(month[:4]) * 12 + int(month[5:]), 12)
    return f"{year}-{number + 1:02d}-10"


def _said(*words: str) -> str:
    """What the command says on the screen; anything but success is a `Refused`."""
    result = CliRunner(env={"COLUMNS": "80"}).invoke(app, list(words), catch_exceptions=False)
    if result.exit_code:
        raise Refused(f"onestop {' '.join(words)}\n{result.output}")
    return result.output


def truth() -> list[dict[str, Any]]:
    """What is true of every row of the year."""
    rows: list[dict[str, Any]] = json.loads((SAMPLE / "truth.json").read_text("utf-8"))["rows"]
    return rows


def differences(month: Month, rows: Sequence[dict[str, Any]]) -> list[str]:
    """Where a month's run is not as the truth says: status, kind, due and findings of every row."""
    stays = pl.read_parquet(month.run / "data" / "stays.parquet")
    findings = pl.read_parquet(month.run / "data" / "findings.parquet")
    found = {(row["source"], row["row"]): row for row in stays.to_dicts()}
    want = {(r["source"], r["row"]): r for r in rows if r["month"] == month.name}
    kept = {place: row for place, row in want.items() if row["status"] != "joined"}
    wrong = [f"{place}: not there, or not expected" for place in found.keys() ^ kept.keys()]
    for place in found.keys() & kept.keys():
        wrong += [f"{place}: {said}" for said in _apart(found[place], kept[place])]
    codes = {
        (f["source"], f["row"], f["code"] + (f":{f['layer']}" if f["code"] in PER_LAYER else ""))
        for f in findings.to_dicts()
        if f["code"] not in UNTOLD
    }
    told = {(*place, code) for place, row in kept.items() for code in row["codes"]}
    wrong += [f"{code}: found, not laid in" for code in sorted(codes - told)]
    wrong += [f"{code}: laid in, not found" for code in sorted(told - codes)]
    return wrong


def _apart(got: dict[str, Any], want: dict[str, Any]) -> Iterator[str]:
    if got["status"] != want["status"]:
        yield f"{got['status']}, not {want['status']} ({want['fault']})"
        return
    if want["status"] != "settled":
        return
    if got["category"] != want["kind"]:
        yield f"{got['category']}, not {want['kind']}"
    for layer in LAYERS:
        due = want["due"].get(layer, 0)
        if got[f"{layer}_due_fen"] != due and layer != "civil":
            yield f"{layer} due {got[f'{layer}_due_fen']}, not {due} ({want['fault']})"


def main() -> None:
    """Walk the year and say what it took and what is not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--keep", type=Path, help="folder to leave the county in")
    asked = parser.parse_args()
    rows = truth()
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.keep or Path(scratch)
        county = opened(folder)
        for month in walk(county, MONTHS[: asked.months]):
            wrong = differences(month, rows)
            spent = "  ".join(f"{name} {taken:.1f} s" for name, taken in month.seconds.items())
            print(f"{month.name}  {spent}  {len(wrong)} differences", flush=True)
            print(*(f"  {line}" for line in wrong), sep="\n")
        with chdir(county):
            print(_said("ledger", "verify"))
            print(_said("ledger", "report", "--period", "2024", "--out", "2024年度决算.xlsx"))
            print(_said("ledger", "pay", "--list", "应补名单.xlsx"))
    print(Counter(row["status"] for row in rows))


if __name__ == "__main__":
    main()
