"""Every shape that a layer can have, each in a small document with figures worked out by hand."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from onestop_cli.explain.by_hand import settle_given
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.cases import Given
from onestop_cli.rulebook.language import Effective, RuleFile
from tests.made.small_layers import BASIC, document, due, results, stay

FIRST, LAST = date(2010, 1, 1), date(2010, 6, 30)
DAYS = (date(2010, 3, 1), date(2010, 9, 1))

SHAPES = {
    "deductible each stay": ({"deductible": "[{ amount = 100 }]"}, [300, 300], [100, 100]),
    "deductible once a year": (
        {"deductible": '[{ amount = 400, per = "year" }]'}, [300, 300, 300], [0, 100, 150],
    ),
    "second and later stays cost less": (
        {"deductible": "[{ amount = 100, later = [60, 20] }]"},
        [300, 300, 300, 300], [100, 120, 140, 140],
    ),
    "a factor with a minimum": (
        {"deductible": "[{ amount = 100, later_rate = [0.5, 0.1], minimum = 40 }]"},
        [300, 300, 300], [100, 125, 130],
    ),
    "a yearly ceiling on deductibles": (
        {"also": '["ceiling"]\nceiling = [{ amount = 150 }]', "deductible": "[{ amount = 100 }]"},
        [300, 300, 300], [100, 125, 150],
    ),
    "a deductible larger than the bill": (
        {"deductible": "[{ amount = 500 }]"}, [300, 900], [0, 200],
    ),
    "progressive bands, net": (
        {"deductible": "[{ amount = 100 }]", "rate": '[{ mode = "progressive", edges = "net", '
         'per = "stay", bands = [{ to = 200, rate = 0.5 }, { rate = 1.0 }] }]'},
        [300, 400], [100, 200],
    ),
    "progressive bands, gross: the deductible eats the lowest band": (
        {"deductible": "[{ amount = 100 }]", "rate": '[{ mode = "progressive", edges = "gross", '
         'per = "stay", bands = [{ to = 200, rate = 0.5 }, { rate = 1.0 }] }]'},
        [300, 400], [150, 250],
    ),
    "whole bands, net": (
        {"deductible": "[{ amount = 100 }]", "rate": '[{ mode = "whole", edges = "net", '
         'per = "stay", bands = [{ to = 200, rate = 0.5 }, { rate = 1.0 }] }]'},
        [300, 400], [100, 300],
    ),
    "whole bands, gross": (
        {"deductible": "[{ amount = 100 }]", "rate": '[{ mode = "whole", edges = "gross", '
         'per = "stay", bands = [{ to = 200, rate = 0.5 }, { rate = 1.0 }] }]'},
        [200, 300], [50, 200],
    ),
    "bands over the year": (
        {"rate": '[{ mode = "progressive", edges = "net", per = "year", '
         "bands = [{ to = 400, rate = 0.5 }, { rate = 1.0 }] }]"},
        [300, 300, 300], [150, 250, 300],
    ),
    "yearly gross bands with a cumulative deductible": (
        {"deductible": '[{ amount = 200, per = "year" }]', "rate": '[{ mode = "progressive", '
         'edges = "gross", per = "year", bands = [{ to = 400, rate = 0.5 }, { rate = 1.0 }] }]'},
        [100, 200, 300], [0, 50, 250],
    ),
    "rates that fall": (
        {"rate": '[{ mode = "progressive", edges = "net", per = "stay", '
         "bands = [{ to = 100, rate = 0.0 }, { to = 300, rate = 0.8 }, { rate = 0.5 }] }]"},
        [100, 200, 500], [0, 80, 260],
    ),
    "a rate of which a share is paid": ({"also": '["factor"]\nfactor = [{ share = 0.8 }]'}, [300], [120]),
    "a share of the rate with its points": (
        {"also": '["points", "factor"]\npoints = [{ points = 10 }]\nfactor = [{ share = 0.5 }]'}, [300], [90],
    ),
    "a share of every band": (
        {"also": '["factor"]\nfactor = [{ share = 0.5 }]', "rate": '[{ mode = "progressive", edges = "net", '
         'per = "stay", bands = [{ to = 200, rate = 0.5 }, { rate = 1.0 }] }]'},
        [300, 400], [100, 150],
    ),
    "second and later stays are paid at another rate": (
        {"rate": "[{ rate = 0.50, later_rate = [0.60, 0.65] }]"}, [100, 200, 200, 200], [50, 120, 130, 130],
    ),
    "points for second and later stays": (
        {"also": '["points"]\npoints = [{ points = 0, later_points = [-5, -10] }]'}, [100, 200, 200], [50, 90, 80],
    ),
    "points for later stays on bands and a share of them": (
        {"also": '["points", "factor"]\npoints = [{ points = 10, later_points = [0] }]\nfactor = [{ share = 0.5 }]',
         "rate": '[{ mode = "progressive", edges = "net", per = "stay", '
         "bands = [{ to = 200, rate = 0.5 }, { rate = 0.8 }] }]"},
        [400, 400], [150, 130],
    ),
    "points never beyond all of it": (
        {"also": '["points"]\npoints = [{ points = 60 }]'}, [300], [300],
    ),
    "points taken off": ({"also": '["points"]\npoints = [{ points = -10 }]'}, [300], [120]),
    "a cap for the year": ({"cap": "[{ amount = 200 }]"}, [300, 300], [150, 50]),
    "a cap for one stay": (
        {"also": '["stay_cap"]\nstay_cap = [{ amount = 100 }]'}, [300, 100], [100, 50],
    ),
    "a limit on the cost of a year": (
        {"also": '["cost_cap"]\ncost_cap = [{ amount = 400 }]'}, [300, 300], [150, 50],
    ),
    "a limit on the cost of one stay": (
        {"also": '["cost_cap"]\ncost_cap = [{ amount = 200, per = "stay" }]'},
        [300, 300], [100, 100],
    ),
    "a limit within a month, besides the year's": (
        {"also": '["month_cap"]\nmonth_cap = [{ amount = 100 }]', "cap": "[{ amount = 180 }]"},
        [100, 160, 100], [50, 50, 0],
    ),
    "a floor that binds": (
        {"also": '["floor"]\nfloor = [{ rate = 0.6, of = "eligible", status = "on" }]'},
        [300], [180],
    ),
    "a floor less the deductible": (
        {"also": '["floor"]\nfloor = [{ rate = 0.6, of = "eligible", less_deductible = true, '
         'status = "on" }]', "deductible": "[{ amount = 100 }]"},
        [300], [120],
    ),
    "a floor for information only": (
        {"also": '["floor"]\nfloor = [{ rate = 0.6, of = "eligible", status = "information" }]'},
        [300], [150],
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_shape(shape: str) -> None:
    """One layer of half the bill, with one thing changed: what each stay of the year is due."""
    changes, bills, expected = SHAPES[shape]
    assert due(document(BASIC, **changes), *(stay(bill) for bill in bills)) == expected


@pytest.mark.parametrize(
    ("unit", "mode", "expected"),
    [
        ("fen", "half-up", 6173),
        ("jiao", "half-up", 6170),
        ("yuan", "half-up", 6200),
        ("fen", "truncate", 6172),
        ("jiao", "truncate", 6170),
        ("yuan", "truncate", 6100),
    ],
)
def test_rounding(unit: str, mode: str, expected: int) -> None:
    """123.45 × 50 % = 61.725: once per layer, as the document says."""
    rule = document(f'rounding = {{ unit = "{unit}", mode = "{mode}" }}\n' + BASIC)
    (row,) = results(rule, {"eligible": Decimal("123.45")})
    assert row["basic_due_fen"] == expected


def test_relief_by_category_and_age() -> None:
    """Halved for the poor, waived for children."""
    text = BASIC.replace("amount = 0", "amount = 100") + (
        'also = ["relief"]\n'
        'relief = [{ when = { age = { to = 13 } }, share = 0 }, '
        '{ when = { age = { from = 14 }, category = "any" }, share = 0.5 }, '
        '{ when = { age = { from = 14 }, category = "none" }, share = 1 }]\n'
        '[[dimension]]\nid = "age"\nname = "年龄"\nsource = "age"\n'
    )  # fmt: skip
    rule = document(text)
    assert due(rule, stay(300, age=13)) == [150]
    assert due(rule, stay(300, age=14, category="甲类")) == [125]
    assert due(rule, stay(300, age=14)) == [100]


def test_a_transfer_pays_the_difference() -> None:
    """100 at the first hospital, 250 at the second: the next day 150 more, after four days all of it."""
    text = BASIC + 'also = ["transfer"]\ntransfer = [{ days = 3 }]\n'
    rule = document(
        text,
        deductible='[{ when = { level = "township" }, amount = 100 }, '
        '{ when = { level = ["county", "city", "province"] }, amount = 250 }]',
    )

    def at(hospital: str, level: str, first: str, last: str) -> dict[str, Any]:
        days = tomllib.loads(f"admitted = {first}\ndischarged = {last}")
        return stay(1000, hospital=hospital, level=level, **days)

    first = at("卫生院", "township", "2010-03-01", "2010-03-05")
    soon = at("县医院", "county", "2010-03-06", "2010-03-20")
    late = at("县医院", "county", "2010-03-09", "2010-03-20")
    same = at("卫生院", "township", "2010-03-06", "2010-03-20")
    charged = [results(rule, first, then)[1]["basic_deductible_fen"] for then in (soon, late, same)]
    assert charged == [15_000, 25_000, 10_000]


COUNTED = """
[[layer.deductible]]
when = {{ level = "township" }}
amount = 100
later_rate = [0.5]
counted = "{counted}"
[[layer.deductible]]
when = {{ level = ["county", "city", "province"] }}
amount = 300
later_rate = [0.5]
counted = "{counted}"
"""


@pytest.mark.parametrize(
    ("counted", "charged"), [("level", [100, 300, 50, 150, 300]), ("all", [100, 150, 50, 150, 150])]
)
def test_the_second_stay_is_that_in_hospitals_of_the_level(
    counted: str, charged: list[int]
) -> None:
    """“同年度同级别医疗机构第二次及以上住院，起付标准减半”: 100 in a township, 300 above; to the city last."""
    text = BASIC.replace("deductible = [{ amount = 0 }]\n", "") + COUNTED.format(counted=counted)
    levels = ("township", "county", "township", "county", "city")
    rows = results(document(text), *(stay(1000, level=level) for level in levels))
    assert [row["basic_deductible_fen"] for row in rows] == [yuan * 100 for yuan in charged]


@pytest.mark.parametrize(
    ("counted", "paid"), [("level", [500, 500, 600, 600]), ("all", [500, 600, 600, 600])]
)
def test_the_rate_of_the_second_stay_in_hospitals_of_the_level(
    counted: str, paid: list[int]
) -> None:
    """“同级别医疗机构第二次及以后住院按60%”."""
    rule = document(BASIC, rate=f'[{{ rate = 0.5, later_rate = [0.6], counted = "{counted}" }}]')
    levels = ("township", "county", "township", "county")
    assert due(rule, *(stay(1000, level=level) for level in levels)) == paid


def test_visits_are_no_stays_of_which_the_rate_hangs() -> None:
    """门诊 is paid as the first stay is, and the stay after it is still the first."""
    text = BASIC + (
        '[[dimension]]\nid = "visit"\nname = "就诊"\ncolumns = ["就诊"]\notherwise = "住院"\n'
        'values = { "门诊" = [] }\n'
    )
    rule = document(text, rate="[{ rate = 0.5, later_rate = [0.6] }]")
    bills = [stay(100), stay(100, visit="门诊"), stay(100, visit="住院")]
    assert due(rule, *bills) == [50, 50, 60]
    assert due(rule, *bills[1:]) == [50, 50]


def test_a_further_settlement_has_the_rate_of_its_visit() -> None:
    """Whether or not a deductible is charged again; the stay after the visit is the second one."""
    rule = document(
        BASIC,
        deductible='[{ amount = 100, per = "settlement" }]',
        rate="[{ rate = 0.5, later_rate = [0.6] }]",
    )
    rows = [settlement("S1", date(2010, 3, 8)), settlement("S2", date(2010, 3, 15))]
    assert due(rule, *rows, stay(600, discharged=date(2010, 5, 1))) == [250, 250, 300]


def test_a_further_settlement_is_no_second_stay_though_it_is_charged_again() -> None:
    """100 each time, and 40 on the second stay: half of 500, 500 and 560."""
    rule = document(BASIC, deductible='[{ amount = 100, later = [40], per = "settlement" }]')
    rows = [settlement("S1", date(2010, 3, 8)), settlement("S2", date(2010, 3, 15))]
    assert due(rule, *rows, stay(600, discharged=date(2010, 5, 1))) == [250, 250, 280]


def test_the_level_is_counted_from_the_years_first_document() -> None:
    """A stay before the change of documents is one of its level, too."""
    text = BASIC.replace("deductible = [{ amount = 0 }]\n", "") + COUNTED.format(counted="level")
    before = document(text.replace('counted = "level"\n', "")).model_copy(
        update={"id": "before", "effective": Effective.model_validate({"from": FIRST, "to": LAST})}
    )
    after = document(text).model_copy(
        update={"effective": Effective.model_validate({"from": LAST + timedelta(days=1)})}
    )
    stays = [Given.model_validate(stay(1000, level="county", discharged=d)) for d in DAYS]
    rows = settle_given([stays[:1], stays], Rulebook((before, after)))
    assert [row["basic_deductible_fen"] for row in rows] == [30_000, 15_000]


YEARS = (
    BASIC
    + """
[[dimension]]
id = "years"
name = "连续参保年数"
source = "years"
columns = ["连续参保年数"]
"""
)
GROWS = (
    '[{ when = { years = { to = 3 } }, amount = 100 }, { when = { years = { from = 4, to = 4 } }, amount = 130 }, '
    '{ when = { years = { from = 5 } }, amount = 160 }]'
)  # fmt: skip


@pytest.mark.parametrize(
    ("years", "yuan"),
    [(0, 100), (3, 100), (4, 130), (5, 160), ("5年", 160), ("４", 130), ("4.0", 130), (40, 160)],
)
def test_a_cap_that_grows_with_the_years_insured(years: object, yuan: int) -> None:
    """“连续参保满4年后每连续参保1年，最高支付限额提高”: 30 more each, and 150 of 300 would be paid otherwise."""
    assert due(document(YEARS, cap=GROWS), stay(1000, years=years)) == [yuan]


@pytest.mark.parametrize("years", [None, "不详", "4.5", "-1", "100"])
def test_insured_years_that_are_not_known_leave_no_terms(years: object) -> None:
    (row,) = results(document(YEARS, cap=GROWS), stay(1000, years=years))
    assert row["ungoverned"] == "不知道连续参保年数，而政策文件的条款按它区分"


def test_insured_years_that_are_not_known_are_what_the_document_says() -> None:
    text = YEARS.replace('source = "years"', 'source = "years"\notherwise = "4"')
    assert due(document(text, cap=GROWS), stay(1000), stay(1000, years="不详")) == [130, 0]


def test_a_layer_that_is_rounded_otherwise_than_the_document() -> None:
    """123.45 × 50 % = 61.725: the first layer to the fen; what it leaves, 61.72 × 50 % = 30.86, whole yuan: 30."""
    second = BASIC.replace('"basic"', '"critical"').replace(
        'base = { from = "eligible" }',
        'base = { from = "eligible", less = ["basic"] }\nrounding = { unit = "yuan", mode = "truncate" }',
    )
    (row,) = results(document(BASIC + second), {"eligible": Decimal("123.45")})
    assert (row["basic_due_fen"], row["critical_due_fen"]) == (6173, 3000)


def test_what_a_month_leaves_is_not_carried_on() -> None:
    """“每月限额100元”: 80 and 20 in March, 100 in April, and of the year's 250 the last 50 in May."""
    text = BASIC + 'also = ["month_cap"]\nmonth_cap = [{ amount = 100 }]\n'
    days = [date(2010, 3, 2), date(2010, 3, 30), date(2010, 4, 1), date(2010, 5, 1)]
    bills = [160, 300, 300, 300]
    stays = [stay(bill, discharged=day) for bill, day in zip(bills, days, strict=True)]
    assert due(document(text, cap="[{ amount = 250 }]"), *stays) == [80, 20, 100, 50]


def test_a_month_is_counted_in_the_account_of_the_years_cap() -> None:
    """门诊 100 a month; 住院 has no limit of the month and takes none of it."""
    text = BASIC + (
        'also = ["month_cap"]\n'
        '[[layer.month_cap]]\nwhen = { visit = "门诊" }\namount = 100\n'
        '[[layer.month_cap]]\nwhen = { visit = "住院" }\namount = "none"\n'
        '[[dimension]]\nid = "visit"\nname = "就诊"\ncolumns = ["就诊"]\notherwise = "住院"\n'
        'values = { "门诊" = [] }\n'
    )
    rule = document(
        text,
        cap='[{ when = { visit = "门诊" }, amount = 1000, account = "门诊" }, '
        '{ when = { visit = "住院" }, amount = 500 }]',
    )
    same_day = {"discharged": date(2010, 3, 2)}
    bills = [
        stay(900, **same_day),
        stay(160, visit="门诊", **same_day),
        stay(160, visit="门诊", **same_day),
    ]
    assert due(rule, *bills) == [450, 80, 20]


def test_a_limit_on_the_cost_of_a_day_in_bed() -> None:
    """“每床日120元”, half of it: four nights 240, in and out on one day as one."""
    rule = document(BASIC + 'also = ["cost_cap"]\ncost_cap = [{ amount = 120, per = "day" }]\n')
    first = date(2010, 3, 1)
    four, none = first + timedelta(days=4), first
    due_ = [due(rule, stay(1000, admitted=first, discharged=last)) for last in (four, none)]
    assert due_ == [[240], [60]]


def settlement(number: str, last: date, eligible: int = 600, **more: Any) -> dict[str, Any]:
    """One of several settlements of a visit that began on 1 March 2010."""
    days = {"admitted": date(2010, 3, 1), "discharged": last}
    return stay(eligible, stay_no="V1", settlement=number, **days, **more)


@pytest.mark.parametrize(
    ("per", "first", "second"),
    [
        ("visit", 600, (300, None)),
        ("visit", 60, (280, None)),
        ("settlement", 600, (250, None)),
        ("stay", 600, (None, 300)),
    ],
)
def test_the_deductible_of_a_further_settlement_is_as_the_document_says(
    per: str, first: int, second: tuple[int | None, int | None]
) -> None:
    """100 and half of the rest: once a visit (what the first left of it), on each settlement, or nobody knows."""
    rule = document(BASIC, deductible=f'[{{ amount = 100, per = "{per}" }}]')
    rows = [settlement("S1", date(2010, 3, 8), first), settlement("S2", date(2010, 3, 15))]
    row = results(rule, *rows)[1]
    wanted = tuple(None if yuan is None else yuan * 100 for yuan in second)
    assert (row["basic_due_fen"], row["basic_bound_fen"]) == wanted


def test_what_hangs_on_a_further_settlement_is_a_bound_too() -> None:
    second = BASIC.replace('"basic"', '"critical"').replace(
        'base = { from = "eligible" }', 'base = { from = "eligible", less = ["basic"] }'
    )
    text = BASIC.replace("amount = 0", "amount = 100") + second
    rows = [
        settlement("S1", date(2010, 3, 8)),
        settlement("S2", date(2010, 3, 15), paid={"basic": 250}),
    ]
    row = results(document(text), *rows)[1]
    assert (row["critical_check"], row["critical_bound_fen"]) == ("bound", 17_500)


def test_a_settlement_after_one_that_is_not_known_exactly_is_a_bound() -> None:
    """What was charged on a bill without 可补偿费用 nobody knows: at best nothing is left of the deductible."""
    rule = document(BASIC, deductible='[{ amount = 100, per = "visit" }]')
    unknown = settlement("S1", date(2010, 3, 8)) | {"total": 600}
    del unknown["eligible"]
    row = results(rule, unknown, settlement("S2", date(2010, 3, 15)))[1]
    assert (row["basic_check"], row["basic_bound_fen"]) == ("bound", 30_000)


@pytest.mark.parametrize(("per", "check"), [("visit", "bound"), ("settlement", "exact")])
def test_a_visit_that_began_in_another_year(per: str, check: str) -> None:
    """Whether the new year charges the visit again no word says; each settlement is charged anyway."""
    rule = document(BASIC, deductible=f'[{{ amount = 100, per = "{per}" }}]')
    rows = [settlement("S1", date(2010, 12, 31)), settlement("S2", date(2011, 1, 10))]
    assert results(rule, *rows)[1]["basic_check"] == check


def test_a_further_settlement_is_no_further_stay() -> None:
    """The stay after a visit that was settled twice is the second one."""
    rule = document(BASIC, deductible='[{ amount = 100, per = "visit", later_rate = [0.5, 0.1] }]')
    rows = [settlement("S1", date(2010, 3, 8)), settlement("S2", date(2010, 3, 15))]
    after = stay(300, discharged=date(2010, 5, 1))
    assert results(rule, *rows, after)[2]["basic_deductible_fen"] == 5_000


def ended(day: date, eligible: int, **more: Any) -> dict[str, Any]:
    return stay(eligible, admitted=day - timedelta(days=3), discharged=day, **more)


@pytest.mark.parametrize(
    ("last", "paid"), [(date(2011, 3, 15), 250), (date(2011, 3, 16), 50), (date(2011, 8, 2), 0)]
)
def test_a_deductible_over_the_twelve_months_before(last: date, paid: int) -> None:
    """600, and 400 on 16 March, 200 on 1 August 2010: the months to 15 March 2011 have both, those to the 16th the 200
    only, and those to 2 August nothing."""
    rule = document(BASIC, deductible='[{ amount = 600, per = "window", months = 12 }]')
    before = [ended(date(2010, 3, 16), 400), ended(date(2010, 8, 1), 200)]
    assert due(rule, *before, ended(last, 500))[2] == paid


@pytest.mark.parametrize(
    ("last", "paid"), [(date(2011, 3, 15), 50), (date(2011, 3, 16), 200), (date(2011, 8, 2), 250)]
)
def test_a_limit_over_the_twelve_months_before(last: date, paid: int) -> None:
    """250: 150 of 16 March 2010 and 50 of 1 August are in the months to 15 March, of the next day only the 50."""
    rule = document(BASIC, cap='[{ amount = 250, per = "window", months = 12 }]')
    before = [ended(date(2010, 3, 16), 300), ended(date(2010, 8, 1), 100)]
    assert due(rule, *before, ended(last, 600))[2] == paid


def test_months_end_where_they_have_no_such_day() -> None:
    """Six months to 31 August begin on 1 March, those to 28 February on 29 August."""
    rule = document(BASIC, cap='[{ amount = 100, per = "window", months = 6 }]')
    august, last = ended(date(2010, 8, 31), 200), date(2010, 2, 28)
    assert due(rule, ended(last, 200), august) == [100, 100]
    assert due(rule, ended(date(2010, 3, 1), 200), august) == [100, 0]


def test_an_uncertain_stay_in_the_months_leaves_a_bound() -> None:
    """A bill without 可补偿费用: it may have used the threshold up. Beyond twelve months it does not matter."""
    rule = document(BASIC, deductible='[{ amount = 600, per = "window", months = 12 }]')
    unknown = {"total": 900, "admitted": date(2010, 6, 1), "discharged": date(2010, 6, 4)}
    told = [
        (row["basic_check"], row["basic_due_fen"], row["basic_bound_fen"])
        for day in (date(2011, 6, 3), date(2011, 6, 4))
        for row in results(rule, unknown, ended(day, 500))[1:]
    ]
    assert told == [("bound", None, 25_000), ("exact", 0, None)]


SPLIT = {"admitted": date(2010, 12, 22), "discharged": date(2011, 1, 10)}


def at_new_year(text: str = BASIC, **replaced: str) -> RuleFile:
    """A document that divides stays at New Year."""
    rule = document(text, **replaced)
    return rule.model_copy(
        update={"basis": rule.basis.model_copy(update={"benefit_year": "split"})}
    )


def test_two_settlements_of_a_stay_over_new_year_are_each_in_their_year() -> None:
    """400 a year, 300 in the old year before: 100 are left for it, the new year has all of its 400."""
    rule = at_new_year(
        deductible='[{ amount = 100, per = "settlement" }]', cap="[{ amount = 400 }]"
    )
    first = stay(1000, discharged=date(2010, 6, 1))
    old = stay(500, stay_no="V1", settlement="S1", settled=date(2010, 12, 31), **SPLIT)
    new = stay(900, stay_no="V1", settlement="S2", settled=date(2011, 1, 10), **SPLIT)
    rows = results(rule, stay(700, discharged=date(2010, 6, 1)), old, new)
    assert [(row["benefit_year"], row["basic_due_fen"]) for row in rows] == [
        (2010, 30_000), (2010, 10_000), (2011, 40_000),
    ]  # fmt: skip
    assert due(rule, first, stay(500, **SPLIT | {"admitted": date(2011, 1, 1)})) == [400, 200]


def test_a_stay_that_goes_on_from_the_last_of_december_is_of_the_new_year() -> None:
    """Admitted on 31 December in the hospital where another stay ended that day: nothing of it is of the old year."""
    rule = at_new_year()
    ended = stay(300, admitted=date(2010, 12, 20), discharged=date(2010, 12, 31))
    on = stay(300, admitted=date(2010, 12, 31), discharged=date(2011, 1, 5))
    assert [row["basic_check"] for row in results(rule, ended, on)] == ["exact", "exact"]
    assert results(rule, on)[0]["basic_check"] == "bound"


@pytest.mark.parametrize(
    ("changes", "bound"),
    [
        ({}, 50_000),
        ({"deductible": "[{ amount = 100 }]"}, 45_000),
        ({"deductible": "[{ amount = 100, later = [60] }]"}, 47_000),
        ({"deductible": '[{ amount = 100, per = "year" }]'}, 50_000),
        ({"deductible": '[{ amount = 100, per = "window", months = 12 }]'}, 50_000),
        ({"cap": '[{ amount = 200, per = "window", months = 12 }]'}, 40_000),
        ({"cap": "[{ amount = 200 }]"}, 40_000),
        ({"also": '["stay_cap"]\nstay_cap = [{ amount = 150 }]'}, 30_000),
        ({"also": '["ceiling"]\nceiling = [{ amount = 90 }]', "deductible": "[{ amount = 50 }]"}, 50_000),
        ({"also": '["cost_cap"]\ncost_cap = [{ amount = 300 }]'}, 30_000),
        ({"also": '["cost_cap"]\ncost_cap = [{ amount = 40, per = "day" }]'}, 38_000),
        ({"also": '["month_cap"]\nmonth_cap = [{ amount = 100 }]'}, 20_000),
        ({"rate": "[{ rate = 0.5, later_rate = [0.6] }]"}, 60_000),
        ({"rate": '[{ mode = "progressive", edges = "net", per = "year", '
          "bands = [{ to = 200, rate = 0.7 }, { rate = 0.5 }] }]"}, 70_000),
    ],
)  # fmt: skip
def test_one_row_over_new_year_is_checked_against_the_most(
    changes: dict[str, str], bound: int
) -> None:
    """1,000 from 22 December to 10 January (19 days), of which nobody knows what cost in which year."""
    (row,) = results(at_new_year(**changes), stay(1000, **SPLIT))
    told = (row["basic_check"], row["basic_due_fen"], row["basic_bound_fen"], row["benefit_year"])
    assert told == ("bound", None, bound, 2011)


def test_halves_that_are_rounded_apart_may_come_to_a_unit_more() -> None:
    rule = at_new_year('rounding = { unit = "yuan" }\n' + BASIC)
    (row,) = results(rule, stay(1000, **SPLIT))
    assert row["basic_bound_fen"] == 50_100


def test_what_comes_after_one_row_over_new_year_is_a_bound_in_both_years() -> None:
    """100 once a year: in either year the row may have used them up or not."""
    rule = at_new_year(deductible='[{ amount = 100, per = "year" }]')
    over = stay(1000, **SPLIT)
    late = stay(300, discharged=date(2010, 12, 20), settled=date(2011, 2, 1))
    after = stay(300, discharged=date(2011, 3, 1))
    early = stay(300, discharged=date(2010, 12, 20))
    told = [
        (r["basic_check"], r["basic_bound_fen"]) for r in results(rule, early, over, late, after)
    ]
    assert told == [("exact", None), ("bound", 50_000), ("bound", 15_000), ("bound", 15_000)]
    assert results(rule, over, late)[1]["basic_bound_fen"] == 15_000


def test_a_part_before_new_year_under_another_document_is_not_checked() -> None:
    """Nobody can say what the old document gives on a part that nobody knows."""
    rule = at_new_year()
    new = rule.model_copy(
        update={"effective": Effective.model_validate({"from": date(2011, 1, 1)})}
    )
    old = rule.model_copy(
        update={"id": "before", "effective": Effective.model_validate(
            {"from": date(2010, 1, 1), "to": date(2010, 12, 31)})}
    )  # fmt: skip
    given = Given.model_validate(stay(1000, **SPLIT))
    for book in (Rulebook((old, new)), Rulebook((new,))):
        (row,) = settle_given([[given]], book)
        assert (row["basic_check"], row["benefit_year"]) == ("none", 2011)


def test_accounts_are_capped_apart() -> None:
    """门诊 up to 50, 住院 up to 200, each with its own running total."""
    text = BASIC + (
        '[[dimension]]\nid = "visit"\nname = "就诊"\ncolumns = ["就诊"]\notherwise = "住院"\n'
        'values = { "门诊" = [] }\n'
    )
    rule = document(
        text,
        cap='[{ when = { visit = "门诊" }, amount = 50, account = "门诊" }, '
        '{ when = { visit = "住院" }, amount = 200 }]',
    )
    bills = [stay(80, visit="门诊"), stay(300), stay(80, visit="门诊"), stay(300)]
    assert due(rule, *bills) == [40, 150, 10, 50]


STEPS = [
    # 50 % of 1,999.99, 2,000, 2,000.02 and 5,100: 999.995 → 1,000.00, 1,000, 1,000.01 and 2,550 yuan
    ("up", [1_000, 1_000, 2_000, 3_000]),
    ("truncate", [0, 1_000, 1_000, 2_000]),
    ("half-up", [1_000, 1_000, 1_000, 3_000]),
]


@pytest.mark.parametrize(("mode", "expected"), STEPS)
def test_an_amount_in_steps_of_a_thousand_yuan(mode: str, expected: list[int]) -> None:
    """0.1万元: one fen under, exactly, one over a step, and the half of one more. Exact products are rounded once."""
    rule = document(f'{BASIC}rounding = {{ unit = 1000, mode = "{mode}" }}\n')
    bills = [
        {"eligible": Decimal(text), "total": 9000}
        for text in ("1999.99", "2000", "2000.02", "5100")
    ]
    alone = [results(rule, bill)[0]["basic_due_fen"] for bill in bills]
    assert alone == [yuan * 100 for yuan in expected]


def test_rounding_up_never_goes_beyond_the_bill() -> None:
    """50 % of 300 would be 1,000 yuan; the bill is 300."""
    rule = document(f'{BASIC}rounding = {{ unit = 1000, mode = "up" }}\n')
    assert due(rule, stay(300)) == [300]


@pytest.mark.parametrize(("mode", "expected"), [("up", [50, 100, 100]), ("truncate", [0, 50, 50])])
def test_a_base_in_steps_of_a_hundred_yuan(mode: str, expected: list[int]) -> None:
    """99.99 is 100 or nothing; 100.01 and 199 are 200 or 100; half of these."""
    rule = document(
        BASIC, base=f'{{ from = "eligible", rounding = {{ unit = 100, mode = "{mode}" }} }}'
    )
    bills = [{"eligible": Decimal(text), "total": 900} for text in ("99.99", "100.01", "199")]
    found = [results(rule, bill)[0] for bill in bills]
    assert [row["basic_due_fen"] for row in found] == [yuan * 100 for yuan in expected]


def test_a_limit_on_the_cost_comes_after_the_steps_of_a_base() -> None:
    """150 is 200, of which 180 are looked at: 90."""
    rule = document(
        BASIC + 'also = ["cost_cap"]\ncost_cap = [{ amount = 180, per = "stay" }]\n',
        base='{ from = "eligible", rounding = { unit = 100, mode = "up" } }',
    )
    assert due(rule, stay(150)) == [90]
