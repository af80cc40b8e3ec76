"""Layers, shared limits, quotas and categories together, with figures worked out by hand."""

from __future__ import annotations

from datetime import date

import pytest

from tests.made.small_layers import BASIC, document, due, results, stay

TWO = (
    BASIC
    + """
[[layer]]
id = "critical"
name = "大病"
base = { from = "eligible", less = ["basic"] }
deductible = [{ amount = 0 }]
rate = [{ rate = 0.50 }]
cap = [{ amount = "none" }]
"""
)


def test_what_a_cap_cuts_off_flows_on() -> None:
    """The next layer's base is the bill less what was really paid."""
    rule = document(
        BASIC
        + BASIC.replace('"basic"', '"critical"').replace(
            'base = { from = "eligible" }', 'base = { from = "eligible", less = ["basic"] }'
        ),
        cap="[{ amount = 100 }]",
    )
    assert due(rule, stay(500)) == [100]
    assert due(rule, stay(500), layer="critical") == [100]


def test_a_limit_shared_between_layers() -> None:
    """Basic first, then critical, then the next stay: 300 in all."""
    rule = document(
        TWO + '[[pool]]\nid = "both"\nname = "合计"\nlayers = ["basic", "critical"]\n'
        "cap = [{ amount = 300 }]\n"
    )
    assert due(rule, stay(320), stay(320)) == [160, 60]
    assert due(rule, stay(320), stay(320), layer="critical") == [80, 0]


def test_a_floor_over_several_layers_fills_up() -> None:
    """After 160 and 80 of 320, the third layer fills up to nine tenths."""
    backstop = """
[[layer]]
id = "backstop"
name = "兜底"
also = ["floor"]
base = { from = "total", less = ["basic", "critical"] }
deductible = [{ amount = 0 }]
rate = [{ rate = 0 }]
cap = [{ amount = "none" }]
floor = [{ rate = 0.9, of = "total", together = ["basic", "critical"], status = "on" }]
"""
    assert due(document(TWO + backstop), stay(320), layer="backstop") == [48]


def test_a_floor_that_the_hospital_bears() -> None:
    """The fund pays its half, the hospital the tenth that is missing, the patient the rest."""
    rule = document(
        BASIC + 'also = ["floor"]\n'
        'floor = [{ rate = 0.6, of = "total", status = "on", borne_by = "hospital" }]\n'
    )
    (row,) = results(rule, stay(300))
    assert (row["basic_due_fen"], row["hospital_borne_fen"], row["self_due_fen"]) == (
        15_000,
        3_000,
        12_000,
    )


def test_an_expense_the_patient_bears_first() -> None:
    """A tenth of the 乙类 column, and a tenth of the whole bill without a referral."""
    text = (
        BASIC.replace('{ from = "eligible" }', '{ from = "eligible", less = ["class_b", "away"] }')
        + """
[[dimension]]
id = "referral"
name = "转诊"
columns = ["转诊"]
otherwise = "转诊"
values = { "未转诊" = [] }
[[expense]]
id = "class_b"
name = "乙类"
columns = ["乙类"]
share = [{ share = 0.1 }]
[[expense]]
id = "away"
name = "转外"
of = "eligible"
share = [{ when = { referral = "未转诊" }, share = 0.1 }, { when = { referral = "转诊" }, share = 0 }]
"""
    )
    rule = document(text)
    assert due(rule, stay(300, class_b=200)) == [140]
    assert due(rule, stay(300, class_b=200, referral="未转诊")) == [125]


@pytest.mark.parametrize(
    ("quota", "total", "expected"),
    [
        ('kind = "fixed"\namount = 500\nshares = { basic = 0.7 }', 800, (350, 300, 150)),
        ('kind = "fixed"\namount = 500\nshares = { basic = 0.7 }', 400, (350, -100, 150)),
        ('kind = "limit"\namount = 500\nshares = { basic = 0.7 }', 800, (350, 300, 150)),
        ('kind = "limit"\namount = 500\nshares = { basic = 0.7 }', 400, (280, 0, 120)),
        ('kind = "limit"\namount = 500', 800, (250, 300, 250)),
        ('kind = "limit"\namount = 500', 400, (200, 0, 200)),
        (
            'kind = "fixed"\namount = 500\nshares = { basic = 0.7 }\nexcess = "patient"',
            800,
            (350, 0, 450),
        ),
    ],
)
def test_quota(quota: str, total: int, expected: tuple[int, int, int]) -> None:
    """单病种: what the fund, the hospital and the patient bear."""
    rule = document(BASIC + f'[[quota]]\ndiseases = ["白内障"]\n{quota}\n')
    (row,) = results(rule, stay(total, disease="白内障"))
    borne = tuple(row[f"{what}_fen"] for what in ("basic_due", "hospital_borne", "self_due"))
    assert borne == tuple(yuan * 100 for yuan in expected)


FROM_FIRST = {"admitted": date(2010, 3, 1)}
DAILY = 'per = "day"\namount = 130\n'


@pytest.mark.parametrize(
    ("quota", "last", "total", "expected"),
    [
        ('kind = "fixed"\nshares = { basic = 0.8 }', 11, 2000, (1040, 700, 260)),
        ('kind = "fixed"\nshares = { basic = 0.8 }', 11, 1000, (1040, -300, 260)),
        ('kind = "fixed"\nshares = { basic = 0.8 }', 1, 500, (104, 370, 26)),
        ('kind = "fixed"\npays = { basic = 100 }', 11, 2000, (1000, 700, 300)),
        ('kind = "limit"\nshares = { basic = 0.8 }', 11, 2000, (1040, 700, 260)),
        ('kind = "limit"\nshares = { basic = 0.8 }', 11, 1000, (800, 0, 200)),
        ('kind = "limit"', 11, 2000, (650, 700, 650)),
        (
            'kind = "fixed"\nshares = { basic = 0.8 }\nexcess = "patient"',
            11,
            2000,
            (1040, 0, 960),
        ),
    ],
)
def test_paid_by_the_day_in_bed(
    quota: str, last: int, total: int, expected: tuple[int, int, int]
) -> None:
    """按床日付费, 130 a day: ten nights are 1,300, in and out on one day is one; the hospital bears the rest."""
    rule = document(BASIC + f"[[quota]]\n{DAILY}{quota}\n")
    (row,) = results(rule, stay(total, **FROM_FIRST, discharged=date(2010, 3, last)))
    borne = tuple(row[f"{what}_fen"] for what in ("basic_due", "hospital_borne", "self_due"))
    assert borne == tuple(yuan * 100 for yuan in expected)


def test_a_disease_with_its_own_quota_is_not_paid_by_the_day() -> None:
    """白内障 350 of 500; all others 80 % of 130 a day; somebody in the township none of it."""
    rule = document(
        BASIC
        + f'[[quota]]\nwhen = {{ level = "county" }}\nkind = "fixed"\n{DAILY}shares = {{ basic = 0.8 }}\n'
        + '[[quota]]\ndiseases = ["白内障"]\nkind = "fixed"\namount = 500\nshares = { basic = 0.7 }\n'
    )
    days = {**FROM_FIRST, "discharged": date(2010, 3, 3)}
    assert due(rule, stay(900, disease="白内障", **days)) == [350]
    assert due(rule, stay(900, disease="肺炎", **days)) == [208]
    assert due(rule, stay(900, level="township", **days)) == [450]


def test_days_of_a_visit_that_is_settled_twice_are_paid_once() -> None:
    """Seven nights to the first settlement, five more to the second."""
    rule = document(BASIC + f'[[quota]]\nkind = "fixed"\n{DAILY}shares = {{ basic = 1.0 }}\n')
    rows = [
        stay(900, stay_no="V1", settlement=f"S{last}", discharged=date(2010, 3, last), **FROM_FIRST)
        for last in (8, 13)
    ]
    assert due(rule, *rows) == [910, 650]


def test_a_quota_skips_the_ordinary_terms() -> None:
    """It is charged no deductible, so the year's deductible is still open for the next stay."""
    rule = document(
        BASIC + '[[quota]]\ndiseases = ["白内障"]\nkind = "fixed"\namount = 500\n'
        "shares = { basic = 0.7 }\n",
        deductible='[{ amount = 100, per = "year" }]',
    )
    assert due(rule, stay(500, disease="白内障"), stay(300)) == [350, 100]


def test_a_quota_that_does_not_count_leaves_the_cap_alone() -> None:
    """`counts = false`: neither limited by the year's cap nor using it up."""
    quota = (
        '[[quota]]\ndiseases = ["白内障"]\nkind = "fixed"\namount = 500\nshares = { basic = 0.7 }\n'
    )
    free = document(BASIC + quota + "counts = false\n", cap="[{ amount = 200 }]")
    counted = document(BASIC + quota, cap="[{ amount = 200 }]")
    bills = [stay(500, disease="白内障"), stay(300)]
    assert due(free, *bills) == [350, 150]
    assert due(counted, *bills) == [200, 0]


def test_a_quota_that_does_not_count_leaves_a_shared_limit_alone() -> None:
    quota = (
        '[[quota]]\ndiseases = ["白内障"]\nkind = "fixed"\namount = 500\nshares = { basic = 0.7 }\n'
    )
    pool = '[[pool]]\nid = "all"\nname = "合计"\nlayers = ["basic"]\ncap = [{ amount = 200 }]\n'
    bills = [stay(500, disease="白内障"), stay(300)]
    assert due(document(BASIC + pool + quota + "counts = false\n"), *bills) == [350, 150]
    assert due(document(BASIC + pool + quota), *bills) == [200, 0]


AID = """
[[layer]]
id = "basic"
name = "新农合"
kind = "given"
[[layer]]
id = "waiver"
name = "医院减免"
kind = "waiver"
[[layer]]
id = "assistance"
name = "优抚补助"
only = ["甲类"]
base = { from = "eligible", less = ["basic", "waiver"] }
deductible = [{ amount = 0 }]
rate = [{ rate = 0.5 }]
cap = [{ amount = "none" }]
[[layer]]
id = "assistance_poor"
name = "低保救助"
part_of = "assistance"
only = ["乙类"]
base = { from = "eligible", less = ["basic", "waiver", "assistance"] }
deductible = [{ amount = 0 }]
rate = [{ rate = 0.7 }]
cap = [{ amount = "none" }]
"""


@pytest.mark.parametrize(
    ("category", "expected"), [(["甲类", "乙类"], 340), (["乙类"], 280), (["甲类"], 200), ([], 0)]
)
def test_categories_that_stack(category: list[str], expected: int) -> None:
    """优抚 first, then 低保 on what is left; after the given layer and the hospital's waiver."""
    rule = document(AID.replace('"priority"', '"stack"'))
    bill = {"total": 1200, "eligible": 1000, "paid": {"basic": 500, "waiver": 100}}
    assert due(rule, {**bill, "category": category}, layer="assistance") == [expected]


@pytest.mark.parametrize(("overlap", "expected"), [("priority", 30), ("best", 60)])
def test_several_categories_at_once(overlap: str, expected: int) -> None:
    """The first of the list, or the one that gives most."""
    rule = document(
        BASIC, rate='[{ when = { category = ["甲类", "none"] }, rate = 0.3 }, '
        '{ when = { category = "乙类" }, rate = 0.6 }]',
    )  # fmt: skip
    rule = rule.model_copy(
        update={"categories": rule.categories.model_copy(update={"overlap": overlap})}
    )
    assert due(rule, stay(100, category=["甲类", "乙类"])) == [expected]


def test_unknown_terms_leave_a_bound_or_nothing() -> None:
    """No deductible or cap known: an upper bound. No rate known: taken as claimed, not checked."""
    for key, line in (
        ("deductible", '[{ amount = "unknown" }]'),
        ("cap", '[{ amount = "unknown" }]'),
    ):
        (row,) = results(document(BASIC, **{key: line}), stay(300, paid={"basic": 120}))
        assert (row["basic_check"], row["basic_bound_fen"], row["basic_due_fen"]) == (
            "bound",
            15_000,
            None,
        )
        assert row["basic_paid_fen"] == 12_000
    (row,) = results(document(BASIC, rate='[{ rate = "unknown" }]'), stay(300, paid={"basic": 120}))
    assert (row["basic_check"], row["basic_paid_fen"]) == ("none", 12_000)


def test_why_no_document_applies_is_said() -> None:
    """Another scheme, another day, an unknown category, an unknown level: each its own sentence."""
    rule = document('scope = { schemes = ["新农合"], levels = ["county"] }\n' + BASIC)
    (other,) = results(rule, stay(100, scheme="城镇居民"))
    assert other["ungoverned"] == "本次所用政策都不适用于险种“城镇居民”"
    (early,) = results(rule, {**stay(100), "discharged": date(2009, 12, 31)})
    assert early["ungoverned"] == "2009-12-31 出院，本次所用政策在这一天都不适用"
    (nobody,) = results(rule, stay(100, category="丙类"))
    assert nobody["ungoverned"] == "政策文件没有“丙类”这一类对象"
    (level,) = results(rule, stay(100, level="市级"))
    assert level["ungoverned"] == "政策文件没有适用于该机构级别或条件的条款"
