"""Files of a county folder under other names than those that are looked for, and where a county folder is."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from onestop_cli.county.settings import FILE_NAME, LEDGER

if TYPE_CHECKING:
    from onestop_cli.tables.run_info import RunInfo

DECISIONS = "处理意见.xlsx"
"""The usual name of the decisions, in the county folder."""

PASSWORDS = "密码.txt"
"""The usual name of the passwords of locked workbooks, one a line, in the county folder."""


def lying(home: Path, usual: str) -> Path | None:
    """The file that lies in a county folder under its usual name."""
    file = home / usual
    return file if (home / FILE_NAME).is_file() and file.is_file() else None


def county_nearby(here: Path) -> str:
    """What to do in a folder without onestop.toml when the county's is there under another name, in it or around it;
    empty otherwise."""
    if renamed := _named(here, "onestop*.toml*", FILE_NAME):
        return f"这里有 {renamed[0]}，没有 {FILE_NAME}：请改名为 {FILE_NAME}（记事本另存时保存类型选“所有文件”）"
    inside = sorted(file.parent.name for file in here.glob(f"*/{FILE_NAME}"))
    if inside:
        return f"这里不是县文件夹，请先进入县文件夹：cd {' 或 cd '.join(inside[:3])}"
    above = next((up for up in here.absolute().parents[:3] if (up / FILE_NAME).is_file()), None)
    return f"这里不是县文件夹，请先回到县文件夹：cd {above}" if above else ""


def misnamed(home: Path, *, decided: bool, books: bool) -> Iterator[str]:
    """Decisions and books that lie in the county folder and are not used, because they are called otherwise; `decided`,
    `books`: others are used."""
    if not decided and (found := _named(home, "*处理意见*", DECISIONS)):
        yield f"{found[0]} 没有用上：要用的改名为 {DECISIONS}，或加上 --decisions {found[0]}"
    if not books and (found := _named(home, "*.sqlite", LEDGER)):
        yield f"没有 {LEDGER}，这里有 {found[0]}：是台账的请改回 {LEDGER}，或加上 --ledger {found[0]}"


def unlisted(home: Path, used: Collection[Path]) -> Iterator[str]:
    """Lists of insured people that lie in the county folder and that onestop.toml does not name."""
    named = {(home / path).resolve() for path in used}
    files = sorted(file for file in home.glob("*参保激励*") if file.is_file())
    left = [f.name for f in files if f.resolve() not in named and f.name[0] not in ".~"]
    if left:
        listed = ", ".join(f'"{name}"' for name in left)
        yield (
            f"{'、'.join(left)} 没有用上：要用的在 onestop.toml 的 [reconcile] 写 insured = [{listed}]"
        )


def filled_in_place(folder: Path, info: RunInfo) -> Iterator[str]:
    """What to say when decisions were written into the list of a run itself, where nothing reads them."""
    from onestop_cli.readers.decisions import anything_filled
    from onestop_cli.run import TO_FILL

    file, written = folder / TO_FILL, info.files.get(TO_FILL)
    if not written or not file.is_file():
        return
    same = hashlib.sha256(file.read_bytes()).hexdigest() == written
    if not same and anything_filled(file):
        yield (
            f"{folder.name} 里的{TO_FILL}填了处理意见，没有用上：请另存为县文件夹里的 {DECISIONS}，再核对一次"
        )


def _named(home: Path, pattern: str, usual: str) -> list[str]:
    if (home / usual).exists():
        return []
    files = (file for file in home.glob(pattern) if file.is_file())
    return sorted(file.name for file in files if not file.name.startswith((".", "~")))
