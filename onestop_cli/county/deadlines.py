"""By which day the papers of a period are due, where the county says so in onestop.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from onestop_cli.county.periods import Period
from onestop_cli.county.workdays import Calendar, unknown_years

STATE_COUNCIL = Calendar()
"""Working days where the county says nothing of its own."""


def day_after(period: Period, day: int) -> date:
    """The `day` (1 to 28) of the month after `period`."""
    return (period.last + timedelta(days=1)).replace(day=day)


def chinese_day(day: date) -> str:
    """`2011年1月6日`."""
    return f"{day.year}年{day.month}月{day.day}日"


@dataclass(frozen=True)
class Due:
    """Something that a county must have done by a day."""

    what: str
    day: date

    def said(self, today: date) -> str:
        """`报出结算表：2010年12月10日前（还有 2 天）`; what is over says by how many days."""
        left = (self.day - today).days
        how = f"还有 {left} 天" if left > 0 else "就是今天"
        if left < 0:
            how = f"已过 {-left} 天，还没有办的已经逾期"
        return f"{self.what}：{chinese_day(self.day)}前（{how}）"


def dues(
    period: Period, deadlines: Mapping[str, Any], calendar: Calendar = STATE_COUNCIL
) -> list[Due]:
    """What is due after a period, as far as the county says: its fund notice, its table, the payment of hospitals."""
    notice, table, days = (
        deadlines.get(name) for name in ("fund_notice_day", "table_day", "pay_days")
    )
    found = [Due("公示基金收支", day_after(period, notice))] if notice else []
    if table:
        handed_in = day_after(period, table)
        found.append(Due("报出结算表", handed_in))
        if days:
            last = calendar.last_of(handed_in + timedelta(days=1), days)
            found.append(Due(f"拨付（报出后 {days} 个工作日内）", last))
    return found


def table_due(
    period: Period, deadlines: Mapping[str, Any], calendar: Calendar = STATE_COUNCIL
) -> str:
    """When the table of a period is to be handed in, and how soon after it hospitals are paid; "" when nobody says.

    南州: the table by the 10th, payment within 15 working days: the last of them is named where holidays are known.
    """
    day, days = deadlines.get("table_day"), deadlines.get("pay_days")
    if not day:
        return f"报出后 {days} 个工作日内拨付" if days else ""
    table = day_after(period, day)
    handed_in = f"{chinese_day(table)}前报出"
    if not days:
        return handed_in
    last = calendar.last_of(table + timedelta(days=1), days)
    until = "" if unknown_years(table, last) else f"（{chinese_day(last)}前）"
    return f"{handed_in}，其后 {days} 个工作日内拨付{until}"
