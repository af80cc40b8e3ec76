"""The fund notice of a closed period, from the county's books."""

from __future__ import annotations

from pathlib import Path

from onestop_cli.county.periods import Period
from onestop_cli.errors import stop
from onestop_cli.ledger.accounts import accounts
from onestop_cli.ledger.books import closed_periods
from onestop_cli.ledger.store import opened
from onestop_cli.notices.texts import FundLine


def fund_lines(ledger: Path, period: Period) -> tuple[FundLine, ...]:
    """Income, outlay and balance of each fund in `period`; raises `CannotRun` while it is not closed."""
    with opened(ledger) as books:
        if period.id not in {closed.id for closed in closed_periods(books)}:
            raise stop(
                f"台账里{period.chinese}还没有关账，基金收支未定",
                "请先运行 onestop close，再带 --ledger 公示；或去掉 --ledger，只公示名单",
                str(ledger),
            )
        return tuple(
            FundLine(line.fund, line.opening, line.advanced, line.approved + line.second)
            for line in accounts(books)
            if line.period == period.id
        )
