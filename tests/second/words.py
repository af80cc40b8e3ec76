"""A made-up document of words that no shipped one has, and the plain loop that its sentences ask for.

Second and later stays in hospitals of a level are charged half of the deductible, once a visit however often it is
settled; 门诊 has a limit of the month; the limit of the year grows with the years insured; the first layer is cut to
the jiao; the second one looks at 200 yuan a day in bed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from pathlib import Path

from onestop_cli.rulebook.library import LoadedRule, load_rule
from tests.second.split import split
from tests.second.stays import ZERO, Outcome, Part, Stay, Yuan, half_up
from tests.second.year import order

DOCUMENT = """
id = "words-2024"
title = "示例市住院待遇（编造）"
area = "words"
source = { document = "示例市住院待遇办法（编造）" }
effective = { from = 2024-01-01, to = 2024-12-31, quote = "自2024年1月1日起施行，有效期一年" }
basis = { governing_date = "discharge", quote = "以出院日期为准" }

[[dimension]]
id = "visit"
name = "就诊类型"
columns = ["就诊类型"]
otherwise = "住院"
values = { "门诊" = ["普通门诊"] }

[[dimension]]
id = "years"
name = "连续参保年数"
source = "years"
columns = ["连续参保年数"]

[[layer]]
id = "basic"
name = "基本医保"
also = ["month_cap"]
base = { from = "eligible", quote = "政策范围内费用" }
rounding = { unit = "jiao", mode = "truncate", quote = "基本医保支付到角，角以下舍去" }

[[layer.deductible]]
when = { visit = "门诊" }
amount = 0
quote = "门诊不设起付标准，按50%支付"

[[layer.deductible]]
when = { visit = "住院", level = "township" }
amount = 100
later_rate = [0.50]
counted = "level"
per = "visit"
quote = "起付标准乡级100元、县级300元、市级以上600元；同级别医疗机构第二次及以上住院减半；一次住院分次结算的只扣一次"

[[layer.deductible]]
when = { visit = "住院", level = "county" }
amount = 300
later_rate = [0.50]
counted = "level"
per = "visit"
quote = "起付标准乡级100元、县级300元、市级以上600元；同级别医疗机构第二次及以上住院减半；一次住院分次结算的只扣一次"

[[layer.deductible]]
when = { visit = "住院", level = ["city", "province"] }
amount = 600
later_rate = [0.50]
counted = "level"
per = "visit"
quote = "起付标准乡级100元、县级300元、市级以上600元；同级别医疗机构第二次及以上住院减半；一次住院分次结算的只扣一次"

[[layer.rate]]
when = { visit = "门诊" }
rate = 0.50
quote = "门诊不设起付标准，按50%支付"

[[layer.rate]]
when = { visit = "住院" }
rate = 0.70
quote = "住院按70%支付"

[[layer.month_cap]]
when = { visit = "门诊" }
amount = 300
quote = "门诊每月限额300元，全年2000元"

[[layer.month_cap]]
when = { visit = "住院" }
amount = "none"
quote = "门诊每月限额300元，全年2000元"

[[layer.cap]]
when = { visit = "门诊" }
amount = 2000
account = "门诊"
quote = "门诊每月限额300元，全年2000元"

[[layer.cap]]
when = { visit = "住院", years = { to = 4 } }
amount = 20000
account = "住院"
quote = "住院年度限额2万元；连续参保满4年后每连续参保1年提高2000元，最高2.4万元"

[[layer.cap]]
when = { visit = "住院", years = { from = 5, to = 5 } }
amount = 22000
account = "住院"
quote = "住院年度限额2万元；连续参保满4年后每连续参保1年提高2000元，最高2.4万元"
reading = "5年22000元"

[[layer.cap]]
when = { visit = "住院", years = { from = 6 } }
amount = 24000
account = "住院"
quote = "住院年度限额2万元；连续参保满4年后每连续参保1年提高2000元，最高2.4万元"
reading = "6年及以上24000元"

[[layer]]
id = "critical"
name = "大病保险"
also = ["cost_cap"]
base = { from = "eligible", less = ["basic"], quote = "基本医保支付后的费用" }
deductible = [{ amount = 0, quote = "不设起付标准" }]
rate = [{ rate = 0.60, quote = "每床日200元以内的费用按60%支付" }]
cap = [{ amount = "none", quote = "不设限额" }]
cost_cap = [{ amount = 200, per = "day", quote = "每床日200元以内的费用按60%支付" }]
"""


def documents() -> tuple[LoadedRule, ...]:
    return (load_rule(Path("words-2024.toml"), DOCUMENT.encode()),)


def outcomes(stays: Iterable[Stay]) -> list[Outcome]:
    """One person's stays, in the order given. All of them are of 2024, and what is 可补偿 is always known."""
    given = list(stays)
    turn = sorted((s for s in given if not s.held), key=order)
    wanted = {id(stay): half_away(stay, charged) for stay, charged in deductibles(turn)}
    paid = limited(turn, wanted)
    days = nights(sorted(given, key=order))
    return [outcome(stay, paid.get(id(stay), ZERO), days[id(stay)]) for stay in given]


def nights(turn: list[Stay]) -> dict[int, int]:
    """Days in bed: at least one, but for a further settlement of a visit those since the one before it."""
    found: dict[int, int] = {}
    until: dict[str, date] = {}
    for stay in turn:
        whole = max(1, (stay.discharged - stay.admitted).days)
        since = until.get(stay.stay_no)
        found[id(stay)] = whole if since is None else (stay.discharged - since).days
        if stay.settlement:
            until[stay.stay_no] = stay.discharged
    return found


def deductibles(turn: list[Stay]) -> Iterable[tuple[Stay, Yuan]]:
    """Half from the second stay in hospitals of the level on; what is left of it for a further settlement."""
    visits: dict[str, set[str]] = defaultdict(set)
    left: dict[str, Yuan] = {}
    for stay in turn:
        if stay.outpatient:
            yield stay, ZERO
            continue
        if stay.stay_no not in left:
            whole = Fraction({"township": 100, "county": 300}.get(stay.level, 600))
            left[stay.stay_no] = whole / 2 if visits[stay.level] else whole
            visits[stay.level].add(stay.stay_no)
        charged = min(left[stay.stay_no], stay.in_scope)
        left[stay.stay_no] -= charged
        yield stay, charged


def half_away(stay: Stay, charged: Yuan) -> Yuan:
    """50 or 70 %, the rest of a jiao cut off."""
    rate = Fraction(50 if stay.outpatient else 70, 100)
    return Fraction((stay.in_scope - charged) * rate * 10 // 1, 10)


def limited(turn: list[Stay], wanted: dict[int, Yuan]) -> dict[int, Yuan]:
    """What month and year leave, claimed stays first."""
    paid: dict[int, Yuan] = {}
    year: dict[bool, Yuan] = defaultdict(Fraction)
    month: dict[int, Yuan] = defaultdict(Fraction)
    for stay in sorted(turn, key=lambda stay: stay.claims("basic") <= 0):
        rooms = [wanted[id(stay)]]
        if stay.outpatient:
            rooms += [2000 - year[True], 300 - month[stay.discharged.month]]
        else:
            rooms.append(20000 + 2000 * min(2, max(0, stay.years - 4)) - year[False])
        paid[id(stay)] = max(ZERO, min(rooms))
        year[stay.outpatient] += paid[id(stay)]
        month[stay.discharged.month] += paid[id(stay)] if stay.outpatient else ZERO
    return paid


def outcome(stay: Stay, basic: Yuan, days: int) -> Outcome:
    critical = half_up(Fraction(60, 100) * min(stay.in_scope - basic, Fraction(200 * days)))
    return split(stay, {"basic": Part("exact", due=basic), "critical": Part("exact", due=critical)})
