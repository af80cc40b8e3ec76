"""Outputs and pictures of the manual and the README, made from the samples: `make manual`, in a checkout.

In these pages a block marked `console` holds commands after `> ` and what they print; a `<!-- do … -->` line is what a
clerk does by hand. `refreshed` does all of it in an empty folder and writes each output anew, so that a test can
hold the pages to what really comes out.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
from bundle import booklet
from bundle.build import released

from docs.glossary_source import glossary
from docs.snapshots import take_pictures
from onestop_cli.cli import run
from onestop_cli.core.findings.catalogue import CATALOGUE, SEVERITIES
from tests.made.mistakes import page as mistakes

HERE = Path(__file__).parent
MANUAL = HERE / "手册.md"
README = HERE.parent / "README.md"
SAMPLES = HERE.parent / "samples"

_BLOCK = re.compile(
    r"```console(?: from=(\S+))?(?: first=(\d+))?\n(.*?)```|<!-- do (.+?) -->", re.DOTALL
)
_CODES = re.compile(r"(<!-- codes -->\n).*?(<!-- end -->)", re.DOTALL)
_PROGRESS = re.compile(r"[^ ]{2,12}…|用(台账|处理意见) .*…")
_STEADY = (
    (r"（\d{4}-\d\d-\d\d \d\d:\d\d）", "（2011-01-10 09:30）"),
    (r"Python [\d.]+（64 位），\w+", "Python 3.13.1（64 位），Windows"),
    (r"文件夹：\S+[/\\]结算", r"文件夹：D:\\结算"),
    (r"20[2-9]\d-\d\d-\d\d \d\d:\d\d", "2011-01-20 16:05"),
)
"""What differs from day to day and from computer to computer, and what the manual shows for it."""


def refreshed(text: str, work: Path) -> str:
    """`text` with the output of every command as it comes out now; `work` is an empty folder to do it in."""
    desk = Desk(work)

    def done(match: re.Match[str]) -> str:
        start, first, block, deed = match.groups()
        if deed:
            desk.do(*shlex.split(deed))
            return match[0]
        mark = match[0].partition("\n")[0]
        return f"{mark}\n{desk.type(block, start, int(first or 0))}```"

    with contextlib.chdir(work):
        text = _BLOCK.sub(done, text)
    return _CODES.sub(lambda match: match[1] + _codes() + match[2], text)


class Desk:
    """A clerk at work in an empty folder."""

    def __init__(self, work: Path) -> None:
        self.work = work

    def do(self, deed: str, *words: str) -> None:
        """What is done by hand: `copy`, `cd`, `move`, `write`, `fill`."""
        getattr(self, f"_{deed}")(*words)

    def type(self, block: str, start: str | None, first: int) -> str:
        """The commands of `block`, each with what it prints, cut as `_cut` says (`first` 0: all lines)."""
        shown = ""
        for line in block.splitlines():
            if line.startswith("> "):
                lines = list(_printed(shlex.split(line.removeprefix("> "))))
                shown += "\n".join([line, *_cut(lines, start, first)]) + "\n"
        return shown

    def _copy(self, source: str, target: str) -> None:
        """Copy a file, or the files of a folder, of the sample county or (`2024`, `2024/…`) of that of today; a folder
        that is not there is made."""
        today = source.startswith("2024")
        origin = SAMPLES / ("county-2024" if today else "county") / source.removeprefix("2024/")
        origin = origin if source != "2024" else SAMPLES / "county-2024"
        if origin.is_dir() and not Path(target).exists():
            shutil.copytree(origin, target)
            return
        for file in sorted(origin.iterdir()) if origin.is_dir() else [origin]:
            shutil.copy(file, target)

    def _cd(self, folder: str) -> None:
        os.chdir(folder)

    def _move(self, source: str, target: str) -> None:
        """Move the files of a folder into another, which is made."""
        Path(target).mkdir(parents=True)
        for file in sorted(Path(source).iterdir()):
            shutil.move(file, target)

    def _write(self, file: str, old: str, new: str) -> None:
        """Replace `old` by `new` in a text file."""
        text = Path(file).read_text("utf-8")
        assert old in text, f"{file} has no {old}"
        Path(file).write_text(text.replace(old, new, 1), "utf-8", newline="\n")

    def _fill(self, source: str, target: str, sheet: str, which: str, *values: str) -> None:
        """Fill columns (`title=value`) of a sheet and save the workbook as `target`.

        `which`: `title=value` for the first row that has it, `title=*` for every row with a number there.
        """
        book = openpyxl.load_workbook(source)
        key, wanted = which.split("=")
        filled = dict(value.split("=", 1) for value in values)
        rows = book[sheet].iter_rows()
        header = next(row for row in rows if any(cell.value == key for cell in row))
        at = {cell.value: cell.column - 1 for cell in header}
        lines = [row for row in rows if _means(row[at[key]].value, wanted)]
        for line in lines if wanted == "*" else lines[:1]:
            for title, value in filled.items():
                day = re.fullmatch(r"\d{4}-\d\d-\d\d", value)
                line[at[title]].value = date.fromisoformat(value) if day else value
        book.save(target)


def _cut(lines: list[str], start: str | None, first: int) -> list[str]:
    """`first` lines from the one that begins with `start`, with …… where lines are left out."""
    left = next(n for n, line in enumerate(lines) if line.startswith(start)) if start else 0
    rest = lines[left:]
    head = ["……"] if left else []
    return [*head, *rest[:first], "……"] if first and len(rest) > first else [*head, *rest]


def _means(value: object, wanted: str) -> bool:
    return isinstance(value, int) if wanted == "*" else value == wanted


def _printed(words: list[str]) -> Iterator[str]:
    """The lines a clerk sees of `onestop …`, without progress and trailing blanks."""
    assert words[0] == "onestop", words
    out, errors = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
        run(words[1:])
    said = ""
    for stream in (out, errors):
        stream.seek(0)
        said += stream.read()
    for line in said.rstrip().splitlines():
        if not _PROGRESS.fullmatch(line):
            for pattern, steady in _STEADY:
                line = re.sub(pattern, steady, line)
            yield line.rstrip()


def _codes() -> str:
    """Every finding: what it means, what it does, what to do."""
    return "".join(
        f"\n### {finding.code} {finding.title}\n\n"
        f"后果：{SEVERITIES[finding.severity]}。{finding.effect}\n\n"
        f"含义：{finding.meaning}\n\n怎么办：{finding.remedy}\n"
        for finding in CATALOGUE.values()
    )


def main() -> None:
    """Bring README, manual, glossary, mistakes and pictures up to date, and print the manual into `dist`."""
    (HERE / "glossary.md").write_text(glossary(), "utf-8", newline="\n")
    (HERE / "常见错误.md").write_text(mistakes(), "utf-8", newline="\n")
    with TemporaryDirectory() as work:
        README.write_text(refreshed(README.read_text("utf-8"), Path(work)), "utf-8", newline="\n")
    with TemporaryDirectory() as work:
        MANUAL.write_text(refreshed(MANUAL.read_text("utf-8"), Path(work)), "utf-8", newline="\n")
        take_pictures(Path(work), MANUAL.read_text("utf-8"), HERE / "pictures")
    dist = HERE.parent / "dist"
    dist.mkdir(exist_ok=True)
    booklet.write(MANUAL, dist, released(HERE.parent))


if __name__ == "__main__":
    main()
