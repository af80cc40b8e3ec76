"""The command line: which commands there are, and what a command's end means.

Exit codes: 0 done · 1 only when asked (`--fail-on`) · 2 the run cannot be done · 3 a bug of ours.
"""

from __future__ import annotations

import os
import sys

import typer

from onestop_cli.commands import COMMANDS, GROUPS
from onestop_cli.commands.help import USAGE_ERROR, ChineseCommand, ChineseGroup, chinese_error
from onestop_cli.commands.status import status
from onestop_cli.commands.streams import prepare_streams

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
    prepare_streams()
    sys.exit(run())


def run(words: list[str] | None = None) -> int:
    """A command's exit code; whatever went wrong is said in Chinese on stderr, never as a traceback."""
    from onestop_cli.errors import Broken, CannotRun

    try:
        done = app(words, prog_name="onestop", standalone_mode=False)
    except CannotRun as error:
        from onestop_cli.writers.toolkit.screen import problems

        problems(error.problems)
        return 2
    except USAGE_ERROR as error:
        _say(f"{chinese_error(error)}。", "加上 --help 看这个命令怎么用。")
        return 2
    except Broken as error:
        _say(
            f"程序自检未通过，没有写出任何结果：{error}",
            "这是 onestop 的缺陷，请连同所用版本反馈给维护者。",
        )
        return 3
    except (KeyboardInterrupt, typer.Abort):
        _say("已中断，没有写出任何结果。")
        return 130
    except Exception as error:
        if os.environ.get("ONESTOP_TRACEBACK"):
            raise
        _say(
            f"程序出错（{type(error).__name__}），没有写出任何结果。",
            "这是 onestop 的缺陷，请连同所用版本和命令反馈给维护者。",
        )
        return 3
    return done if isinstance(done, int) else 0


def _say(*lines: str) -> None:
    for line in lines:
        print(line, file=sys.stderr)
