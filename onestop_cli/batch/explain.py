"""`onestop explain`: one stay of a run, on the screen, as a page and as a workbook."""

from __future__ import annotations

import sys
from pathlib import Path

from onestop_cli import __version__
from onestop_cli.batch.run_rules import rules_of
from onestop_cli.explain.explanation import explain
from onestop_cli.explain.which_stay import the_stay
from onestop_cli.run import load_run
from onestop_cli.writers.explain.page import page, write_book
from onestop_cli.writers.explain.screen import show
from onestop_cli.writers.toolkit.folder import refuse_existing, staged_file
from onestop_cli.writers.toolkit.screen import console_for
from onestop_cli.writers.toolkit.text import write_text

FOOT = f"由 onestop {__version__} 依据结算结果生成。本页含个人信息，仅供经办核对，不得张贴。"


def explain_stay(folder: Path, text: str, html: Path | None, xlsx: Path | None) -> None:
    """Explain the stay that `text` means; raises `CannotRun` when there is not exactly one."""
    for out in filter(None, (html, xlsx)):
        refuse_existing(out)
    run = load_run(folder)
    told = explain(run, the_stay(run.stays, text), rules_of(run))
    console = console_for(sys.stdout)
    show(told, console)
    if html:
        with staged_file(html) as stage:
            write_text(stage, page(told, FOOT))
    if xlsx:
        with staged_file(xlsx) as stage:
            write_book(told, stage)
    for out in filter(None, (html, xlsx)):
        console.print(f"\n已写到 {out}", soft_wrap=True)
