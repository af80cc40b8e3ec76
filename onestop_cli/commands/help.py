"""Help and usage errors in Chinese: the words typer has in English, and an example under every command."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

EXAMPLES = {
    "init": "onestop init 示例县 --templates",
    "inspect": "onestop inspect 收件箱/县医院.xls --save",
    "clearing": "onestop clearing 3202_202410.zip --out 对账清单.xlsx",
    "reconcile": (
        "onestop reconcile --period 2010Q4        （在县文件夹里，其余取自 onestop.toml）\n"
        "  onestop reconcile --period 2010Q4 --stays 医院报表 --roster 花名册 \\\n"
        "      --register 定点机构.csv --rules huangzhong-2009 --out 结果/2010Q4"
    ),
    "quote": (
        "onestop quote --rules huangzhong-2009 --level county --category 五保户 \\\n"
        "      --total 3000 --eligible 2400"
    ),
    "explain": "onestop explain 结果/2010Q4 100234",
    "precheck": (
        "onestop precheck 上报表.xlsx --rules huangzhong-2009 --out 自查.xlsx\n"
        "  onestop precheck 上报表.xlsx --rules huangzhong-2009 --save 云谷卫生院2010年第4季度.xlsx"
    ),
    "compare": "onestop compare 结果/2010Q4 结果/2010Q4-2 --out 比较.xlsx",
    "letters": "onestop letters 结果/2010Q4 --out 通知",
    "papers": "onestop papers 结果/2010Q4 100234 --out 审批表",
    "archive": (
        "onestop archive 结果/2010Q4 --out 卷内目录.xlsx\n"
        "  onestop archive 结果/2010Q4 --checked 卷内目录.xlsx --out 缺件清单.xlsx"
    ),
    "close": "onestop close 结果/2010Q4 --ledger 台账.sqlite",
    "publish": "onestop publish 结果/2010Q4 --out 公示 --from 2011-01-10",
    "audit": "onestop audit 结果/2010Q4 --out 检查 --seed 20101231 --size 60",
    "checklists": "onestop checklists 结果/2010Q4 --out 机构检查 --on 2011-01-20",
    "registers": "onestop registers 整改台账.xlsx 举报异议登记簿.xlsx",
    "check-table": 'onestop check-table 年报.xlsx 上年年报.xlsx --equations "合计=门诊+住院"',
    "simulate": "onestop simulate 结果/2010 --change assistance.cap=8000 --out 测算",
    "findings": "onestop findings ID03",
    "doctor": "onestop doctor",
    "ledger show": "onestop ledger show",
    "ledger advance": (
        "onestop ledger advance --fund 医疗救助资金 --period 2010Q4 --amount 120000"
    ),
    "income": (
        "onestop ledger income --fund 新农合基金 --source 中央财政 --amount 69110000 --date 2011-03-20"
    ),
    "month": "onestop ledger month --period 2010-11 --out 2010年11月清算表.xlsx",
    "ledger reopen": "onestop ledger reopen --ledger 台账.sqlite --reason 花名册补登",
    "ledger hospital": "onestop ledger hospital 已付 --period 2010Q4 --on 2011-01-25",
    "ledger pay": "onestop ledger pay 台账.sqlite 应补名单.xlsx --on 2011-01-20",
    "payout": (
        "onestop ledger payout --out 发放/1\n"
        "  onestop ledger payout --done 1 发放/1/发放名单.xlsx --on 2011-03-01"
    ),
    "second": (
        "onestop ledger second --year 2010 --out 二次补偿/2010\n"
        "  onestop ledger second --year 2010 --out 二次补偿/2010定稿 --book --on 2011-01-25"
    ),
    "ledger verify": "onestop ledger verify 结果/2010Q4",
    "ledger export": "onestop ledger export --out 台账.xlsx",
    "rules list": "onestop rules list",
    "rules show": "onestop rules show huangzhong-2009",
    "rules check": "onestop rules check huangzhong-2009",
    "rules diff": "onestop rules diff dafang-2008 dafang-2009",
    "rules copy": "onestop rules copy huangzhong-2009",
    "rules test": "onestop rules test huangzhong-2009",
    "roster check": "onestop roster check 花名册 --day 2010-12-31",
    "boards": "onestop roster boards 拟救助名单.xlsx --stage 评议 --from 2011-03-01 --out 公示/第一榜",
    "due": "onestop roster due --day 2011-03-01 --out 清退复核.xlsx",
    "roster diff": "onestop roster diff 上期花名册 花名册 --out 动态变化.xlsx",
    "open": "onestop ledger open 台账.sqlite --from 2010-10-01 --balance 医疗救助资金=120000",
    "report": "onestop ledger report --period 2010 --out 2010年度决算.xlsx",
    "premium": "onestop roster premium 参合名册.xlsx --year 2011 --out 资助参合.xlsx",
}
"""Command, with its group where two groups have one of that name → how it is usually typed."""

_WORDS = (
    (r"(?m)^Usage: ", "用法："),
    (r"(?m)^Arguments:$", "参数："),
    (r"(?m)^Options:$", "选项："),
    (r"(?m)^Commands:$", "命令："),
    (r"\[OPTIONS\]", "[选项]"),
    (r"COMMAND \[ARGS\]\.\.\.", "命令 [参数]…"),
    (r"\[required\]", "[必填]"),
    (r"\[default: ", "[默认 "),
    (r"\{([A-Z|]+)(?:\.\.\.)?\}", r"\1"),
    (r"\[\[([A-Z]+)\](?:\.\.\.)?\](\.*)", r"[\1]\2"),
    (r"(\[|; )(\d+)<=x<=(\d+)\]", r"\1\2 到 \3]"),
    (r"(\[|; )x>=(\d+)\]", r"\1至少 \2]"),
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
    "int range": "整数",
    "str": "文字",
}


_VALUES = (
    (r"valid integer", "应为整数"),
    (r"valid number", "应为数字"),
    (r"greater than or equal to (\S+)", r"至少是 \1"),
    (r"less than or equal to (\S+)", r"最多是 \1"),
    (r"does not exist", "没有这个文件或文件夹"),
    (r"Input should be ('.*)", "{choices}"),
    (r"is not one of ('.*)", "{choices}"),
)
"""How the library refuses a value → how we do."""

_DASHES = re.compile(r"[－—–‒―−]{1,2}(?=[A-Za-z])")
"""The signs that a Chinese keyboard or an editor makes of the hyphens of an option."""


def chinese_help(text: str) -> str:
    """typer's help with its English words put into Chinese."""
    for english, chinese in _WORDS:
        text = re.sub(english, chinese, text)
    return re.sub(r"<([a-zA-Z\[\] ]+)>( *)", _type, text)


def _type(found: re.Match[str]) -> str:
    """A value's type in Chinese, as wide on the screen as before, so that columns stay in line."""
    word = _TYPES.get(found[1], found[1])
    lost = len(found[1]) - (len(word) * 2 if word != found[1] else len(word))
    return f"<{word}>" + " " * max(1, len(found[2]) + lost) if found[2] else f"<{word}>"


class ChineseCommand(TyperCommand):
    """A command whose help is in Chinese and ends with an example."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """`--rules A B` is `--rules A --rules B`, where a bare word can be nothing else."""
        if all(param.param_type_name == "option" for param in self.params):
            several = {o for p in self.params if getattr(p, "multiple", False) for o in p.opts}
            args = list(_repeated(args, several))
        return list(super().parse_args(ctx, args))

    def get_help(self, ctx: Any) -> str:
        example = example_of(ctx)
        text = chinese_help(super().get_help(ctx))
        return f"{text}\n\n例：\n  {example}" if example else text


def _repeated(args: Sequence[str], several: Collection[str]) -> Iterator[str]:
    """The words of a command line, with the name of an option that may be repeated before each of its values."""
    name, values = "", 0
    for word in args:
        if word.startswith("-"):
            head, joined, _ = word.partition("=")
            name, values = (head if head in several else ""), int(bool(joined))
        elif name:
            if values:
                yield name
            values += 1
        yield word


class ChineseGroup(TyperGroup):
    """A group of commands whose help is in Chinese."""

    def get_help(self, ctx: Any) -> str:
        return chinese_help(super().get_help(ctx))


USAGE_ERROR: type[Exception] = typer.BadParameter.__mro__[1]
"""What typer raises for a command line it cannot take."""


def example_of(ctx: Any) -> str:
    """How the command of a context is usually typed; empty when no example is kept."""
    if ctx is None:
        return ""
    words = ctx.command_path.split()[1:]
    return EXAMPLES.get(" ".join(words)) or EXAMPLES.get((words or [""])[-1], "")


def wrong_dashes(words: Sequence[str]) -> str | None:
    """The first option that was typed with full-width dashes or with one only, and how it should be typed; None
    without one."""
    for word in words:
        if _DASHES.match(word):
            return f"“{word}”的横线是全角的，请改成半角：{_DASHES.sub('--', word)}"
        if re.match(r"-[a-z][a-z-]", word):
            return f"“{word}”少了一横，请写成：-{word}"
    return None


def usage_problem(error: Exception) -> list[str]:
    """What a clerk is told who typed a command wrong: the mistake, and how the command is typed."""
    ctx = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        return [str(getattr(error, "message", ""))]
    said = chinese_error(error)
    lines = [said if said.endswith("？") else f"{said}。"]
    if example := example_of(ctx):
        lines += [f"例：{example}"]
    return [*lines, "加上 --help 看这个命令怎么用。"]


def chinese_error(error: Exception) -> str:
    """A usage error as a sentence for a clerk, without the mark at its end."""
    kind = type(error).__name__
    option = getattr(error, "option_name", "")
    text = str(getattr(error, "message", error))
    if kind == "NoSuchOption":
        near = getattr(error, "possibilities", None)
        return f"没有选项 {option}" + (f"，是不是 {'、'.join(near)}？" if near else "")
    if kind == "MissingParameter":
        name, meaning = _named(error), _meaning(error)
        if meaning and not name.startswith("-"):
            return f"缺少{meaning}（{name}）"
        return f"缺少 {name}{_meant(error)}"
    if kind == "BadOptionUsage":
        many = "does not take a value" in text
        return f"选项 {option} 后面{'不用写值' if many else '缺少值'}"
    if unknown := re.match(r"No such command '(.*?)'", text):
        near = _meant_command(unknown[1], getattr(error, "ctx", None))
        return f"没有命令“{unknown[1]}”" + (f"，是不是 {near}？" if near else "")
    if extra := re.match(r"Got unexpected extra argument\S* \((.*)\)", text):
        return f"多出了不认识的内容：{extra[1]}"
    if text == "Missing command.":
        return "没有写命令"
    said = _value(text)
    return f"{_named(error)} 的值不对：{said}" if kind == "BadParameter" else said


def _meant_command(typed: str, ctx: Any) -> str:
    """The command that begins like the word that was typed, has it in its Chinese description, or looks like it."""
    from difflib import get_close_matches

    commands = getattr(getattr(ctx, "command", None), "commands", None) or {}
    names = [*commands] or sorted({word for name in EXAMPLES for word in name.split()})
    begun = [name for name in names if len(typed) > 1 and name.startswith(typed.lower())]
    told = [name for name in commands if typed in (commands[name].help or "").split("：")[0]]
    near = begun or told or get_close_matches(typed.lower(), names, 1)
    return near[0] if near else ""


def _value(text: str) -> str:
    """Why a value is refused; what is in Chinese already stands, and no English is ever shown."""
    if re.search(r"[\u4e00-\u9fff]", text):
        return text
    for english, chinese in _VALUES:
        if found := re.search(english, text):
            choices = "只能是 " + "、".join(re.findall(r"'(.*?)'", found[found.lastindex or 0]))
            return found.expand(chinese).replace("{choices}", choices)
    return "写法不对"


def _named(error: Any) -> str:
    """The option or argument an error is about, as the help names it."""
    if error.param_hint:
        hint = error.param_hint
        return hint if isinstance(hint, str) else "、".join(hint)
    if error.param is None:
        return "参数"
    names = [name for name in error.param.opts if name.startswith("-")]
    return names[0] if names else str(error.param.metavar or error.param.name)


def _meant(error: Any) -> str:
    """What the missing thing is, in brackets."""
    meaning = str(getattr(error.param, "help", None) or "").split("；")[0]
    return f"（{meaning}）" if meaning else ""


def _meaning(error: Any) -> str:
    """What the missing thing is."""
    meaning = str(getattr(error.param, "help", None) or "").split("；")[0]
    return re.sub("（.*?）", "", meaning)
