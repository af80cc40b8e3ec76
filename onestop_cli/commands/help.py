"""Help and usage errors in Chinese: the words typer has in English, and an example under every command."""

from __future__ import annotations

import re
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

EXAMPLES = {
    "init": "onestop init 示例县",
    "inspect": "onestop inspect 收件箱/县医院.xls --save",
    "clearing": "onestop clearing 3202_202410.zip --out 对账清单.xlsx",
    "reconcile": (
        "onestop reconcile --period 2010Q4        （在县文件夹里，其余取自 onestop.toml）\n"
        "  onestop reconcile --period 2010Q4 --stays 医院报表 --roster 花名册 \\\n"
        "      --register 定点机构.csv --rules huangzhong-2009 --out 结算/2010Q4"
    ),
    "quote": (
        "onestop quote --rules huangzhong-2009 --level county --category 五保户 \\\n"
        "      --total 3000 --eligible 2400"
    ),
    "explain": "onestop explain 结算/2010Q4 100234",
    "letters": "onestop letters 结算/2010Q4 --out 通知",
    "papers": "onestop papers 结算/2010Q4 100234 --out 审批表",
    "close": "onestop close 结算/2010Q4 --ledger 台账.db",
    "publish": "onestop publish 结算/2010Q4 --out 公示 --from 2011-01-10",
    "audit": "onestop audit 结算/2010Q4 --out 检查 --seed 20101231 --size 60",
    "simulate": "onestop simulate 结算/2010 --change assistance.cap=8000 --out 测算",
    "findings": "onestop findings ID03",
    "doctor": "onestop doctor",
    "open": "onestop ledger open 台账.sqlite --from 2010-10-01 --balance 医疗救助资金=120000",
    "report": "onestop ledger report --period 2010 --out 2010年度决算.xlsx",
    "premium": "onestop roster premium 参合名册.xlsx --year 2011 --out 资助参合.xlsx",
}
"""Command → how it is usually typed."""

_WORDS = (
    (r"(?m)^Usage: ", "用法："),
    (r"(?m)^Arguments:$", "参数："),
    (r"(?m)^Options:$", "选项："),
    (r"(?m)^Commands:$", "命令："),
    (r"\[OPTIONS\]", "[选项]"),
    (r"COMMAND \[ARGS\]\.\.\.", "命令 [参数]…"),
    (r"\[required\]", "[必填]"),
    (r"\[default: ", "[默认 "),
    (r"Show this message and exit\.", "显示帮助。"),
    (r"Install completion for the current shell\.", "为当前终端安装命令补全。"),
    (
        r"Show completion for the current shell, to copy it or\s+customize the installation\.",
        "显示补全脚本。",
    ),
)
_TYPES = {
    "list[int]": "整数",
    "list[str]": "文字",
    "list[Path]": "路径",
    "path": "路径",
    "int": "整数",
    "str": "文字",
}


_VALUES = {
    "valid integer": "应为整数",
    "valid number": "应为数字",
    "valid date": "应为日期，如 2010-12-31",
    "does not exist": "没有这个文件或文件夹",
    "Input should be '": "不在可选的值之内",
    "is not one of": "不在可选的值之内",
}


def chinese_help(text: str) -> str:
    """typer's help with its English words put into Chinese."""
    for english, chinese in _WORDS:
        text = re.sub(english, chinese, text)
    return re.sub(r"<([a-zA-Z\[\]]+)>( *)", _type, text)


def _type(found: re.Match[str]) -> str:
    """A value's type in Chinese, as wide on the screen as before, so that columns stay in line."""
    word = _TYPES.get(found[1], found[1])
    lost = len(found[1]) - (len(word) * 2 if word != found[1] else len(word))
    return f"<{word}>" + " " * max(1, len(found[2]) + lost) if found[2] else f"<{word}>"


class ChineseCommand(TyperCommand):
    """A command whose help is in Chinese and ends with an example."""

    def get_help(self, ctx: Any) -> str:
        example = EXAMPLES.get(self.name or "")
        text = chinese_help(super().get_help(ctx))
        return f"{text}\n\n例：\n  {example}" if example else text


class ChineseGroup(TyperGroup):
    """A group of commands whose help is in Chinese."""

    def get_help(self, ctx: Any) -> str:
        return chinese_help(super().get_help(ctx))


USAGE_ERROR: type[Exception] = typer.BadParameter.__mro__[1]
"""What typer raises for a command line it cannot take."""


def chinese_error(error: Exception) -> str:
    """A usage error as a sentence for a clerk."""
    kind = type(error).__name__
    option = getattr(error, "option_name", "")
    near = getattr(error, "possibilities", None)
    if kind == "NoSuchOption":
        return f"没有选项 {option}" + (f"，是不是 {'、'.join(near)}？" if near else "")
    if kind == "MissingParameter":
        return f"缺少 {_named(error)}"
    if kind == "BadOptionUsage":
        return f"选项 {option} 后面少了值，或多了值"
    text = str(getattr(error, "message", error))
    if unknown := re.match(r"No such command '(.*?)'", text):
        return f"没有命令“{unknown[1]}”"
    if extra := re.match(r"Got unexpected extra argument\S* \((.*)\)", text):
        return f"多出了不认识的内容：{extra[1]}"
    for english, chinese in _VALUES.items():
        if english in text:
            text = chinese
    return f"{_named(error)} 的值不对：{text}" if kind == "BadParameter" else text


def _named(error: Any) -> str:
    """The option or argument an error is about."""
    if error.param_hint:
        hint = error.param_hint
        return hint if isinstance(hint, str) else "、".join(hint)
    if error.param is None:
        return "参数"
    names = [name for name in error.param.opts if name.startswith("-")]
    return names[0] if names else str(error.param.make_metavar(error.ctx))
