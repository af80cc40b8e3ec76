"""The command line: which commands there are, and what a command's end means.

Exit codes: 0 done · 1 only when asked (`--fail-on`) · 2 the run cannot be done · 3 a bug of ours.
"""

from __future__ import annotations

import sys

import typer

from onestop_cli.commands import COMMANDS, GROUPS
from onestop_cli.commands.status import status
from onestop_cli.console import prepare_streams

app = typer.Typer(
    name="onestop",
    help="一站式结算：核对医院出院结算表与民政花名册，生成季度结算表、公示和检查材料。",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.callback(invoke_without_command=True)(status)
for name, command in COMMANDS.items():
    app.command(name)(command)
for name, group in GROUPS.items():
    app.add_typer(group, name=name)


def main() -> None:
    """Run a command; problems become Chinese sentences on stderr, never a traceback for a clerk."""
    from onestop_cli.errors import Broken, CannotRun

    prepare_streams()
    try:
        app()
    except CannotRun as error:
        from onestop_cli.writers.screen import problems

        problems(error.problems)
        sys.exit(2)
    except Broken as error:
        print(f"程序自检未通过，没有写出任何结果：{error}", file=sys.stderr)
        print("这是 onestop 的缺陷，请连同所用版本反馈给维护者。", file=sys.stderr)
        sys.exit(3)
