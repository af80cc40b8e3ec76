"""`onestop rules copy`: a shipped document into the county folder, to be changed there."""

from __future__ import annotations

import shutil
from pathlib import Path

from onestop_cli import resources
from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.rulebook.library import CASES, find_rules, lists_of
from onestop_cli.writers.toolkit.folder import staged_file

OWN = "rules"
"""The folder of a county whose documents win over the shipped ones."""


def copy_rules(name: str, folder: Path | None) -> list[Path]:
    """Copy the documents of that name (or area) to `folder`, with the cases and lists beside them; the files written.

    Raises `CannotRun` for a name that is none, and when a file of that name is there: it is never written over.
    """
    target = folder or Path(OWN)
    shipped = resources.rules_folder().resolve()
    found = find_rules([name])
    own = [path for path in found if not path.resolve().is_relative_to(shipped)]
    if own:
        raise stop(f"“{name}”已经是县里自己的文件", "直接改这份文件即可", str(own[0]))
    beside = [(path, _cases_of(path), *lists_of(path)) for path in found]
    files = [file for group in beside for file in group if file.is_file()]
    pairs = [(file, target / file.name) for file in files]
    there = [path for _, path in pairs if path.exists()]
    if there:
        remedy = "请直接改它；要重新从程序里取，先移走它"
        raise CannotRun([Problem("已经有同名的文件，不会覆盖", remedy, str(p)) for p in there])
    for source, path in pairs:
        with staged_file(path) as stage:
            shutil.copyfile(source, stage)
    return [path for _, path in pairs]


def _cases_of(path: Path) -> Path:
    return path.with_name(f"{path.stem}{CASES}")
