"""Whether the ledger at hand is the one that earlier results were made with, and still open for a period."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from onestop_cli.batch.runs import runs_in
from onestop_cli.county.periods import Period
from onestop_cli.errors import stop
from onestop_cli.ledger.books import closed_periods
from onestop_cli.ledger.closing import knows
from onestop_cli.ledger.store import opened

_NEW = "确实另开新账的，先把旧的结果文件夹移走"


def refuse_other_books(ledger: Path | None, folders: Iterable[Path]) -> None:
    """Raise `CannotRun` when the newest run in `folders` that had books had other ones, or these at a later state.

    A moved or misspelt file would begin second books; a backup put back would pay again what was closed since.
    """
    with_books = ((folder, info.ledger) for folder, info in runs_in(folders) if info.ledger)
    folder, made = next(with_books, (None, None))
    if folder is None or made is None:
        return
    if ledger is None or not ledger.is_file():
        name = f" {ledger.name}" if ledger else ""
        raise stop(
            f"{folder.name} 核对时用过台账，现在没有找到{name}",
            f"请把台账放回县文件夹，或用 --ledger 指明；{_NEW}",
        )
    with opened(ledger) as books:
        if not knows(books, made):
            raise stop(
                f"这本台账比 {folder.name} 核对时的旧，或不是同一本",
                f"请换用最新的台账文件，不要用旧的备份；{_NEW}",
                str(ledger),
            )


def refuse_closed(ledger: Path, period: Period | None) -> None:
    """Raise `CannotRun` when `period`, or a part of it, is closed: there is nothing to reconcile in it any more."""
    with opened(ledger) as books:
        if period is None:
            return
        closed = closed_periods(books)
        across = [one.id for one in closed if one.first <= period.last and period.first <= one.last]
        if across and period.id not in across:
            raise stop(
                f"{period.chinese}与已关账的 {'、'.join(across)} 重叠，核对了也不能关账",
                "请按关过账的期间长短结算；刚关错的，先用 onestop ledger reopen 撤销",
                str(ledger),
            )
        if across:
            raise stop(
                f"{period.chinese}已经关账",
                "更正、漏报、红冲随下一期的文件一起核对，作上期调整；"
                "刚关错的，先用 onestop ledger reopen 撤销",
                str(ledger),
            )
