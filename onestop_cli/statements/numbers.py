"""编号 of papers: `6399-2010Q4-BF-03`: county code, period, kind of paper, and the hospital where it is for one.

The same inputs give the same numbers: hospitals are numbered as they stand in the register, those that are not in it
after them by name; stays by their place among the hospital's; inspections by their draw. A run that is made again
prints them again. Without a county code a number begins with the period.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from onestop_cli.run import Run
from onestop_cli.statements.statement import NO_HOSPITAL
from onestop_cli.tables.schema import PLACE

COUNTY, ACCOUNT, APPLICATION = "JS", "ZJ", "SQ"
NOTICE, CLAIM = "BF", "SB"
LETTER, MISSED = "TZ", "LJ"
STAY, APPROVAL = "JD", "SP"
OWED, FINAL = "YB", "HZ"
BY_HAND, TRIAL = "LS", "CS"
DRAWN, INSPECTED = "JC", "JB"
KINDS: Mapping[str, str] = {
    COUNTY: "县级结算汇总",
    ACCOUNT: "与民政局的资金结算单",
    APPLICATION: "拨款申请表",
    NOTICE: "拨付通知单",
    CLAIM: "结算申报表",
    LETTER: "整改通知",
    MISSED: "漏救告知函",
    STAY: "医疗救助结算单",
    APPROVAL: "垫付审批表",
    OWED: "应补名单",
    FINAL: "决算表、汇总表",
    BY_HAND: "零星报销付款清单",
    TRIAL: "政策测算",
    DRAWN: "检查工作底稿、核查表",
    INSPECTED: "联合检查报告",
}
"""The letters in a number → the paper."""


def paper_number(code: str, period: str, kind: str, *more: int) -> str:
    """`6399-2010Q4-BF-03`; `more`: two digits at least each.

    A month is 2024M01 and a year 2024Y, as in a 公示编号: digits alone, behind a county's six, read as an ID.
    """
    period = period.replace("-", "M") + ("Y" if period.isdecimal() else "")
    parts = [code, period, kind, *(f"{number:02d}" for number in more)]
    return "-".join(part for part in parts if part)


def number_of(run: Run, kind: str, *more: int) -> str:
    """The number of a paper of `run`."""
    return paper_number(run.info.county.code, run.info.period, kind, *more)


def number_for(run: Run, kind: str, hospital: str) -> str:
    """The number of a paper of `run` for one hospital; for one that it does not know, of all."""
    known = hospital_numbers(run).get(hospital)
    return number_of(run, kind, *(() if known is None else (known,)))


def trial_number(code: str, periods: Sequence[str]) -> str:
    """The number of a simulation on runs of these periods: of several, of the last one's year."""
    period = periods[0] if len(periods) == 1 else periods[-1][:4]
    return paper_number(code, period, TRIAL)


def hospital_numbers(run: Run) -> dict[str, int]:
    """Every hospital of the register and of the run → its number, from 1."""
    tables = [t for t in (run.register, run.stays, run.adjustments) if "hospital" in t.columns]
    listed = run.register["hospital"].drop_nulls().to_list() if len(run.register) else []
    seen = pl.concat([t["hospital"] for t in tables]).fill_null(NO_HOSPITAL).unique().sort()
    names = dict.fromkeys([*listed, *seen])
    return {name: number for number, name in enumerate(names, 1)}


def stay_number(run: Run, kind: str, row: Mapping[str, Any]) -> str:
    """The number of a paper about one stay: the hospital's, and the stay's place among the hospital's rows."""
    own = run.stays.filter(pl.col("hospital").eq_missing(pl.lit(row["hospital"]))).select(*PLACE)
    here = [pl.col(key).eq_missing(pl.lit(row[key])) for key in PLACE]
    place = own.select(pl.all_horizontal(*here).arg_true().first()).item()
    hospital = hospital_numbers(run)[row["hospital"] or NO_HOSPITAL]
    return number_of(run, kind, hospital, place + 1)
