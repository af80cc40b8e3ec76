"""Rule documents by themselves: listed, shown, checked, compared, tried on their cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from onestop_cli.batch.typed_days import looks_like_a_day, typed_day
from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.explain.casework import work_out
from onestop_cli.rulebook import check as proof
from onestop_cli.rulebook.cases import load_cases
from onestop_cli.rulebook.changes import changes
from onestop_cli.rulebook.check.letter import compared
from onestop_cli.rulebook.language import RuleFile
from onestop_cli.rulebook.library import (
    LoadedRule,
    all_documents,
    find_rules,
    known_rules,
    load_rule,
    load_rules,
)
from onestop_cli.writers.screens import rules as screen


def listing(names: Sequence[str]) -> None:
    """Every document at hand, area by area in order of time."""
    rules = [loaded.file for loaded in _loaded(names)]
    screen.show_list(sorted(rules, key=lambda rule: (rule.area, rule.effective.from_)))


def show(what: str, names: Sequence[str]) -> None:
    """A document, or those in force on a day."""
    if not looks_like_a_day(what):
        for loaded in load_rules([what]):
            screen.show_rule(loaded.file)
        return
    day = typed_day(what, "")
    held = [loaded.file for loaded in _loaded(names) if _in_force(loaded.file, day)]
    if not held:
        raise stop(f"{day} 这一天没有规则文件有效", "onestop rules list 列出各份文件的起止日期")
    if len(held) > 1 and not names:
        screen.show_list(held)
        return
    for rule in held:
        screen.show_rule(rule)


def check(names: Sequence[str], sources: Path | None = None) -> None:
    """Prove documents usable; raises `CannotRun` with everything that is wrong.

    `sources`: a folder with the texts that quotations are compared with.
    """
    texts = _texts(sources) if sources else {}
    loaded: list[LoadedRule] = []
    problems: list[Problem] = []
    for path in find_rules(names) if names else all_documents():
        try:
            loaded.append(load_rule(path))
        except CannotRun as error:
            problems += error.problems
    problems += proof.problems(loaded)
    templates = [one for one in loaded if one.file.status == "template"]
    open_ = [problem for one in templates for problem in proof.to_fill(one)]
    if sources:
        letter = compared(loaded, texts)
        problems += letter.problems
    screen.show_checked([one.file for one in loaded], open_, len(problems))
    if sources:
        screen.show_compared(letter.letters, letter.summaries, letter.without)
    if problems:
        raise CannotRun(problems)


def _texts(folder: Path) -> dict[str, str]:
    """Every text file of a folder by its name; raises `CannotRun` where there is none."""
    if not folder.is_dir():
        raise stop("--sources 不是文件夹", "请写存放原文（.txt）的文件夹", str(folder))
    texts = {}
    for path in sorted(folder.glob("*.txt")):
        data = path.read_bytes()
        try:
            texts[path.name] = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            texts[path.name] = data.decode("gb18030", "replace")
    if not texts:
        raise stop("--sources 的文件夹里没有原文", "原文是 .txt 文件", str(folder))
    return texts


def diff(old: str, new: str) -> None:
    """What changed from one document to another."""
    before, after = _one(old), _one(new)
    screen.show_changes(before, after, changes(before, after))


def test(names: Sequence[str]) -> None:
    """Work out the cases of documents; raises `CannotRun` with every case that came out otherwise."""
    problems = []
    for loaded in _loaded(names):
        if broken := proof.broken(loaded):
            problems += broken
            continue
        cases = load_cases(loaded)
        verdicts = work_out(cases) if cases else None
        screen.show_verdicts(loaded.file.id, verdicts)
        for verdict in verdicts or ():
            remedy = f"请对照原文“{verdict.case.article}”，改算例或改规则文件"
            problems += [
                Problem(f"{verdict.case.name}：{difference}", remedy, str(cases and cases.path))
                for difference in verdict.differences
            ]
    if problems:
        raise CannotRun(problems)


def _loaded(names: Sequence[str]) -> tuple[LoadedRule, ...]:
    return load_rules(names or _all())


def _all() -> list[str]:
    return [str(path) for path in known_rules().values()]


def _one(name: str) -> RuleFile:
    found = load_rules([name])
    if len(found) != 1:
        ids = "、".join(loaded.file.id for loaded in found)
        raise stop(f"“{name}”不是一份文件", f"请写其中一份：{ids}")
    return found[0].file


def _in_force(rule: RuleFile, day: date) -> bool:
    return rule.effective.from_ <= day <= (rule.effective.to or date.max)
