"""One module per command: options in, one call, exit code out. Heavy imports stay inside the bodies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import typer

from onestop_cli.commands.archive import archive
from onestop_cli.commands.audit import audit
from onestop_cli.commands.check_table import check_table
from onestop_cli.commands.checklists import checklists, registers
from onestop_cli.commands.clearing import clearing
from onestop_cli.commands.close import close
from onestop_cli.commands.compare import compare
from onestop_cli.commands.doctor import doctor
from onestop_cli.commands.explain import explain
from onestop_cli.commands.findings import findings
from onestop_cli.commands.init import init
from onestop_cli.commands.inspect import inspect
from onestop_cli.commands.ledger import ledger
from onestop_cli.commands.letters import letters
from onestop_cli.commands.papers import papers
from onestop_cli.commands.precheck import precheck
from onestop_cli.commands.publish import publish
from onestop_cli.commands.quote import quote
from onestop_cli.commands.reconcile import reconcile
from onestop_cli.commands.roster import roster
from onestop_cli.commands.rules import rules
from onestop_cli.commands.simulate import simulate

COMMANDS: Mapping[str, Callable[..., Any]] = {
    "init": init,
    "inspect": inspect,
    "clearing": clearing,
    "precheck": precheck,
    "reconcile": reconcile,
    "quote": quote,
    "compare": compare,
    "close": close,
    "explain": explain,
    "letters": letters,
    "papers": papers,
    "archive": archive,
    "publish": publish,
    "audit": audit,
    "checklists": checklists,
    "registers": registers,
    "check-table": check_table,
    "simulate": simulate,
    "findings": findings,
    "doctor": doctor,
}
"""Command name → function, in the order of `--help`."""

GROUPS: Mapping[str, typer.Typer] = {"ledger": ledger, "rules": rules, "roster": roster}
"""Commands with commands of their own."""
