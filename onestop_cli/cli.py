"""The command line: which commands there are, and what a command's end means.

Exit codes: 0 done · 1 only when asked (`--fail-on`) · 2 the run cannot be done · 3 a bug of ours.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import typer

from onestop_cli import outcome
from onestop_cli.commands import COMMANDS, GROUPS
from onestop_cli.commands.endings import (
    end_tidily,
    interrupted,
    nobody_reads,
    refusal,
    say,
    screen_is_gone,
    what_stands,
)
from onestop_cli.commands.help import (
    USAGE_ERROR,
    ChineseCommand,
    ChineseGroup,
    usage_problem,
    wrong_dashes,
)
from onestop_cli.commands.status import status
from onestop_cli.commands.streams import prepare_streams
from onestop_cli.errors import Broken, CannotRun, Problem

WORKER = "--onestop-worker"
"""What makes this program one of its own workers, where no Python lies beside it."""

TASK = "--task"
"""What makes this program one of the shortcuts, where no Python lies beside it."""

app = typer.Typer(
    name="onestop",
    help="一站式结算：核对医院出院结算表与民政花名册，生成季度结算表、公示和检查材料。",
    cls=ChineseGroup,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.callback(invoke_without_command=True)(status)
for name, command in COMMANDS.items():
    app.command(name, cls=ChineseCommand)(command)
for name, group in GROUPS.items():
    for info in group.registered_commands:
        info.cls = ChineseCommand
    app.add_typer(group, name=name, cls=ChineseGroup)


def main() -> None:
    """Run a command and end with its exit code."""
    if sys.argv[1:] == [WORKER]:
        from onestop_cli.workers.serve import serve

        serve()
        return
    if sys.argv[1:2] == [TASK]:
        from onestop_cli.commands.guided import main as guided

        sys.exit(guided(sys.argv[2:]))
    prepare_streams()
    end_tidily()
    sys.exit(run())


def run(words: list[str] | None = None) -> int:
    """A command's exit code; whatever went wrong is said in Chinese on stderr, never as a traceback."""
    outcome.begin()
    if slip := wrong_dashes(sys.argv[1:] if words is None else words):
        say(f"{slip}。")
        return 2
    try:
        done = app(words, prog_name="onestop", standalone_mode=False)
        sys.stdout.flush()
    except CannotRun as error:
        return _problems(error.problems)
    except USAGE_ERROR as error:
        say(*usage_problem(error))
        return 2
    except Broken as error:
        say(
            f"程序自检未通过：{error}",
            *what_stands(),
            "这是 onestop 的缺陷，请连同所用版本反馈给维护者。",
        )
        return 3
    except (KeyboardInterrupt, typer.Abort) as error:
        return interrupted(error)
    except (BrokenPipeError, SystemExit):  # rich ends the program when nobody reads
        return screen_is_gone()
    except Exception as error:
        if isinstance(error, OSError) and nobody_reads(error):
            return screen_is_gone()
        if os.environ.get("ONESTOP_TRACEBACK"):
            raise
        if problem := refusal(error):
            return _problems([problem])
        say(
            f"程序出错（{type(error).__name__}）。",
            *what_stands(),
            "这是 onestop 的缺陷，请连同所用版本和命令反馈给维护者。",
        )
        return 3
    return done if isinstance(done, int) else 0


def _problems(found: Sequence[Problem]) -> int:
    """Say why a command could not be done; what it did before stands."""
    from onestop_cli.writers.toolkit.console import problems

    try:
        problems(found, what_stands() if outcome.standing() else ())
    except OSError:  # the screen is gone
        return 2
    return 2
