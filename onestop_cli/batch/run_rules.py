"""The documents a run was made with: its own copies, else the same files from the shelf."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from onestop_cli.errors import CannotRun, Problem
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.library import LoadedRule, known_rules, load_rule, whole
from onestop_cli.run import DOCUMENTS, Run
from onestop_cli.tables.run_info import RuleInfo


def rules_of(run: Run) -> Rulebook:
    """The documents in the order of the run; raises `CannotRun` for each that is missing or has changed since."""
    return Rulebook(tuple(loaded.file for loaded in loaded_rules(run)))


def loaded_rules(run: Run) -> tuple[LoadedRule, ...]:
    """The same with the bytes they were read from."""
    problems: list[Problem] = []
    files: list[LoadedRule] = []
    for rule in run.info.rules:
        found = list(_candidates(run, rule.id))
        same = [data for data in found if hashlib.sha256(data).hexdigest() == rule.sha256]
        if same:
            files.append(load_rule(Path(f"{rule.id}.toml"), same[0]))
        else:
            problems.append(_changed(rule) if found else _missing(rule))
    if problems:
        raise CannotRun(problems)
    return tuple(files)


def _candidates(run: Run, rule: str) -> Iterator[bytes]:
    """The run's own copy, and the file that goes by that id today."""
    if rule in run.documents:
        yield run.documents[rule]
    if (path := known_rules().get(rule)) is not None:
        yield whole(path)


def _missing(rule: RuleInfo) -> Problem:
    return Problem(
        f"找不到结算时所用的政策文件“{rule.title}”（{rule.id}）",
        f"请把该文件放回结果文件夹的 data/{DOCUMENTS}/，或重新核对这一期",
    )


def _changed(rule: RuleInfo) -> Problem:
    return Problem(
        f"政策文件“{rule.title}”（{rule.id}）在结算之后改动过，不能用来解释这份结果",
        "请找回结算时的文件（run.json 记有 sha256），或用现在的文件重新核对这一期",
    )
