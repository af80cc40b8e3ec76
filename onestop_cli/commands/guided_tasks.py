"""What each task shortcut asks, the commands that follow from the answers, and what is opened when they are done."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onestop_cli.county.settings import Settings

DECISIONS, FINDINGS = "处理意见.xlsx", "差错清单.xlsx"
RESULTS, REPORT = "结果", "运行报告.html"
_LEDGER = "台账.sqlite"
_SETTINGS = "onestop.toml"


@dataclass(frozen=True)
class GuidedWork:
    """Commands, in order, and a look for what to open when all are done: a path below the county folder, or none."""

    commands: Sequence[Sequence[str]]
    result: Callable[[], str] = str


Asks = Callable[[Path, Sequence[Path]], GuidedWork]
"""Asks about a task in the county folder; given what was dragged onto its shortcut."""


def ask(question: str, default: str = "") -> str:
    """The clerk's answer, without the quotes that dragging a file in puts around it."""
    shown = f"{question}［{default}］：" if default else f"{question}："
    return input(shown).strip().strip("\"'") or default


def _inspect(county: Path, dropped: Sequence[Path]) -> GuidedWork:
    files = [str(path) for path in dropped] or [ask("把要看的文件拖到这里，然后按回车")]
    return GuidedWork([["inspect", *files]])


def _reconcile(county: Path, dropped: Sequence[Path]) -> GuidedWork:
    """The whole inbox, or only the lists that were dragged here; with the county's decisions when they are there."""
    words = ["reconcile", "--period", ask("结算期", _period(county))]
    for path in dropped:
        words += ["--stays", str(path)]
    if dropped:
        print(f"只核对拖进来的 {len(dropped)} 个文件或文件夹；花名册和机构名册照 {_SETTINGS}。")
    if (county / DECISIONS).is_file() and _settings(county).reconcile.decisions is None:
        words += ["--decisions", DECISIONS]
    return GuidedWork([words], lambda: f"{_latest(county)}/{REPORT}")


def _decisions(county: Path, dropped: Sequence[Path]) -> GuidedWork:
    """The county's decisions, begun from the list of findings of a result."""
    target = county / DECISIONS
    if target.is_file():
        print(f"接着填上次的 {DECISIONS}。要从新的差错清单填起，先把它移走或改名。")
    else:
        result = _result(county, dropped, "填哪个结果的差错清单")
        if not (county / result / FINDINGS).is_file():
            print("还没有差错清单，请先用“核对本期”。")
            raise EOFError
        shutil.copyfile(county / result / FINDINGS, target)
        print(f"已从 {result}/{FINDINGS} 抄出 {DECISIONS}。")
    print(
        "填好处理决定、理由、依据、经办人、复核人和日期，保存并关闭，再用“核对本期”。没有填的行不起作用。"
    )
    return GuidedWork([], lambda: DECISIONS)


def _publish(county: Path, dropped: Sequence[Path]) -> GuidedWork:
    result = _result(county, dropped, "公示哪个结果")
    start = ask("公示第一天，如 2011-01-06（直接回车则留空手写）")
    out = _free(county, f"公示/{Path(result).name}")
    words = ["publish", result, "--out", out, *(["--from", start] if start else [])]
    if ask("要同时另存 PDF（慢一些），请输入 是") == "是":
        words.append("--pdf")
    return GuidedWork([words], lambda: out)


def _audit(county: Path, dropped: Sequence[Path]) -> GuidedWork:
    result = _result(county, dropped, "检查哪个结果")
    seeds = [ask("卫生部门报一个数作种子"), ask("民政部门报一个数作种子（没有就直接回车）")]
    chosen = [part for seed in seeds if seed for part in ("--seed", seed)]
    size = ask("抽多少笔", "60")
    out = _free(county, f"检查/{Path(result).name}")
    return GuidedWork([["audit", result, "--out", out, *chosen, "--size", size]], lambda: out)


def _advance(county: Path, dropped: Sequence[Path]) -> GuidedWork:
    first = _opening(county)
    words = ["ledger", "advance", "--fund", ask("拨入哪个基金", "医疗救助资金")]
    words += ["--period", ask("记入哪一期", _period(county))]
    words += ["--amount", ask("金额（元）")]
    day, note = ask("到账日期（直接回车是今天）"), ask("说明，如拨款文号（可以不填）")
    words += [*(["--date", day] if day else []), *(["--note", note] if note else [])]
    return GuidedWork([*first, words])


def _close(county: Path, dropped: Sequence[Path]) -> GuidedWork:
    """The command itself asks the last question: it knows what would be posted."""
    result = _result(county, dropped, "把哪个结果记入台账")
    return GuidedWork([*_opening(county), ["close", result]])


def _report(county: Path, dropped: Sequence[Path]) -> GuidedWork:
    period = ask("哪一段，如 2010（全年）、2010Q4、2010-11", _period(county))
    out = _free(county, f"决算/{period}", ".xlsx")
    return GuidedWork([["ledger", "report", "--period", period, "--out", out]], lambda: out)


def _opening(county: Path) -> list[list[str]]:
    """The command that begins the ledger, when there is none yet."""
    if _settings(county).ledger is not None:
        return []
    day = ask("还没有台账。从哪一天起记账（第一个结算期的第一天，如 2010-10-01）")
    return [["ledger", "open", _LEDGER, "--from", day]]


def _result(county: Path, dropped: Sequence[Path], question: str) -> str:
    """The result that was dragged here, else asked for, the newest one offered."""
    runs = [path for path in dropped if (path / "run.json").is_file()]
    return str(runs[0]) if runs else ask(question, _latest(county))


def _latest(county: Path) -> str:
    """The newest result, relative to the county folder."""
    runs = (county / RESULTS).glob("*/run.json")
    newest = max(runs, key=lambda file: file.stat().st_mtime, default=None)
    return newest.parent.relative_to(county).as_posix() if newest else ""


def _free(county: Path, name: str, ending: str = "") -> str:
    """`name`, then `name-2` …: what is there is never written over."""
    number, free = 1, name + ending
    while (county / free).exists():
        number += 1
        free = f"{name}-{number}{ending}"
    return free


def _period(county: Path) -> str:
    """The period most stays of the inbox belong to; blank when there are none yet."""
    from onestop_cli.batch.status import standing

    period = standing(_settings(county)).period
    return period.id if period else ""


def _settings(county: Path) -> Settings:
    from onestop_cli.county.settings import load_settings

    return load_settings(county / _SETTINGS)


QUESTIONS: Mapping[str, Asks] = {
    "status": lambda county, dropped: GuidedWork([[]]),
    "inspect": _inspect,
    "reconcile": _reconcile,
    "decisions": _decisions,
    "publish": _publish,
    "audit": _audit,
    "advance": _advance,
    "close": _close,
    "report": _report,
    "doctor": lambda county, dropped: GuidedWork([["doctor"]]),
}
"""Task → what it asks; `init` and `window` are no commands in a county folder."""
