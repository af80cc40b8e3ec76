"""`onestop letters`: what each hospital has to put right, and whom nobody helped, ready to print."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from onestop_cli.batch.run_rules import rules_of
from onestop_cli.run import load_run
from onestop_cli.statements.letters import hospital_letters, missed
from onestop_cli.statements.patterns import shown_findings
from onestop_cli.statements.statement import Statement
from onestop_cli.writers.statements import letters as pages
from onestop_cli.writers.toolkit.folder import refuse_existing, safe_names, staged
from onestop_cli.writers.toolkit.text import write_text

HOSPITALS = "整改通知"
MISSED = "漏救告知函"


@dataclass(frozen=True)
class Written:
    """How many letters there are, and what they are about; amounts in fen."""

    hospitals: int
    cases: int
    over_fen: int
    missed_people: int
    owed_fen: int


def write_letters(folder: Path, out: Path, days: int | None) -> Written:
    """Write the letters of the run in `folder` to `out`, whole or not at all."""
    refuse_existing(out)
    run = load_run(folder)
    statement, head = Statement(run), pages.Letterhead(run, days)
    letters = list(hospital_letters(statement, shown_findings(run), rules_of(run)))
    nobody_helped = missed(statement)
    names = safe_names(letter.hospital for letter in letters)
    with staged(out) as stage:
        home = stage / HOSPITALS
        home.mkdir()
        for letter in letters:
            name = names[letter.hospital]
            write_text(home / f"{name}.html", pages.hospital_page(letter, head))
            pages.hospital_list(letter, head, home / f"{name}.xlsx")
        write_text(stage / f"{MISSED}.html", pages.missed_page(nobody_helped, head))
        pages.missed_list(nobody_helped, head, stage / f"{MISSED}.xlsx")
    totals = [letter.totals for letter in letters]
    return Written(
        hospitals=len(letters),
        cases=sum(total["cases"] for total in totals),
        over_fen=sum(total["over_fen"] for total in totals),
        missed_people=nobody_helped.total["people"],
        owed_fen=nobody_helped.total["owed_fen"],
    )
