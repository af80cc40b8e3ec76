"""Random documents and random histories, from any `random.Random`: hypothesis hands in its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import polars as pl

from onestop_cli.rulebook.language import RuleFile
from tests.reference.stay import Bill

LAYERS = ("basic", "critical", "assistance", "extra", "backstop")
CATEGORIES = ("甲类", "乙类", "丙类")
HOSPITALS = ("甲医院", "乙医院", "丙医院")
DISEASES = ("", "白内障", "阑尾炎")
HOUSEHOLDS = {"P0": "一户", "P1": "一户", "P2": "二户", "P4": "一户"}
EXPENSES = ("out_of_scope", "first_pay", "over_limit")
SPLITS: Sequence[Sequence[Mapping[str, Any]]] = (
    [{}],
    [{"level": ["township", "county"]}, {"level": ["city", "province"]}],
    [{"category": "any"}, {"category": "none"}],
    [{"category": "一类"}, {"category": ["丙类", "none"]}],
    [{"visit": "门诊"}, {"visit": "住院"}],
    [{"age": {"to": 59}}, {"age": {"from": 60}}],
    [{"years": {"to": 3}}, {"years": {"from": 4, "to": 4}}, {"years": {"from": 5}}],
    [
        {"category": "any", "level": "county"},
        {"category": "none", "level": "county"},
        {"level": ["township", "city", "province"]},
    ],
)
Table = dict[str, Any]


def yuan(random: Random, *amounts: int) -> Decimal:
    """One of `amounts`, now and then a fen beside it."""
    return Decimal(random.choice(amounts) * 100 + random.choice((0, 0, 0, 1, 37))) / 100


def clauses(random: Random, term: Any) -> list[Table]:
    """One clause for each part of a random split of all stays."""
    return [{"when": dict(when), **term(random)} for when in random.choice(SPLITS)]


def deductible(random: Random) -> Table:
    table: Table = {"amount": yuan(random, 0, 0, 50, 100, 300)}
    match random.randrange(10):
        case 0:
            table["amount"] = "unknown"
        case 8 | 9:
            table |= {"per": "window", "months": random.choice((1, 2, 3))}
        case 1 | 2:
            table["per"] = "year"
        case 3:
            table["later"] = [yuan(random, 0, 40, 80) for _ in range(random.randint(1, 2))]
            table["counted"] = random.choice(("all", "level"))
        case 4:
            table |= {"later_rate": [Decimal("0.75"), Decimal("0.5")], "minimum": 60}
            table["counted"] = random.choice(("all", "level"))
    return table


def rounding(random: Random) -> Table:
    return {
        "unit": random.choice(("fen", "fen", "fen", "jiao", "yuan", 100, 7)),
        "mode": random.choice(("half-up", "half-up", "truncate", "up")),
    }


def rate(random: Random) -> Table:
    kind = random.randrange(10)
    if kind == 0:
        return {"rate": "unknown"}
    if kind < 4:
        later = [Decimal(random.randint(0, 100)) / 100 for _ in range(random.choice((0, 0, 1, 2)))]
        counted = random.choice(("all", "level"))
        return {
            "rate": Decimal(random.randint(0, 100)) / 100,
            **({"later_rate": later, "counted": counted} if later else {}),
        }
    edges = sorted(random.sample(range(1, 20), random.randint(1, 3)))
    bands = [{"to": edge * 100, "rate": Decimal(random.randint(0, 100)) / 100} for edge in edges]
    bands.append({"rate": Decimal(random.randint(0, 10_000)) / 10_000})
    return {
        "bands": bands,
        "mode": random.choice(("progressive", "progressive", "whole")),
        "edges": random.choice(("gross", "net")),
        "per": random.choice(("stay", "year")),
    }


def cap(random: Random) -> Table:
    amount = random.choice((yuan(random, 100, 500, 1500), yuan(random, 800), "none", "unknown"))
    return {"amount": amount, "account": random.choice(("", "", "门诊"))}


def floor(layer: str, before: Sequence[str]) -> Any:
    def term(random: Random) -> Table:
        return {
            "rate": Decimal(random.choice((0, 30, 60, 90))) / 100,
            "of": random.choice(("total", "eligible")),
            "less_deductible": random.choice((True, False)),
            "together": [name for name in before if random.random() < 0.5],
            "status": random.choice(("on", "on", "information")),
            "borne_by": random.choice(("fund", "fund", "hospital")),
        }

    return term


OPTIONAL: Mapping[str, Any] = {
    "relief": lambda random: {"share": random.choice((0, 1, Decimal("0.5")))},
    "ceiling": lambda random: {"amount": random.choice((yuan(random, 100, 250), "none"))},
    "transfer": lambda random: {"days": random.choice((0, 7, 30))},
    "points": lambda random: {
        "points": random.choice((-20, 0, 5, 10)),
        "later_points": random.choice(([], [], [5], [0, -10])),
    },
    "stay_cap": lambda random: {"amount": random.choice((yuan(random, 200, 900), "none"))},
    "cost_cap": lambda random: {
        "amount": random.choice((yuan(random, 500, 1000), "none")),
        "per": random.choice(("stay", "year", "day")),
    },
    "bonus": lambda random: {
        "per_year": random.choice((0, 10, 30)),
        "after": random.choice((0, 4)),
        "listed": random.choice((True, False)),
        **random.choice(({}, {"most": Decimal("0.2")})),
        **random.choice(({}, {"unlisted": 0}, {"unlisted": 50})),
    },
    "household_cap": lambda random: {"amount": random.choice((yuan(random, 200, 700), "none"))},
    "month_cap": lambda random: {"amount": random.choice((yuan(random, 100, 400), "none"))},
}


def layer(random: Random, id_: str, before: Sequence[str], computed: Sequence[str]) -> Table:
    """A random layer after the layers `before`, of which `computed` may be named with their deductible."""
    head: Table = {"id": id_, "name": id_, "who": random.choice(("all", "roster"))}
    if random.random() < 0.1:
        return {**head, "kind": random.choice(("given", "waiver"))}
    head |= {"kind": random.choice(("computed",) * 9 + ("waiver",))}
    deductibles = [f"{name}_deductible" for name in computed]
    could = [*EXPENSES, "class_b", "away", *deductibles]
    less = [name for name in could if random.random() < 0.15] + [
        name for name in before if random.random() < 0.8
    ]
    also = [name for name in OPTIONAL if random.random() < 0.25]
    table = {
        **head,
        "base": {"from": random.choice(("total", "eligible")), "less": less}
        | ({"rounding": rounding(random)} if random.random() < 0.2 else {}),
        "deductible": clauses(random, deductible),
        "rate": clauses(random, rate),
        "cap": clauses(random, cap),
        **{name: clauses(random, OPTIONAL[name]) for name in also},
    }
    if random.random() < 0.25:
        table["floor"] = clauses(random, floor(id_, before))
        also.append("floor")
    if random.random() < 0.2:
        table["rounding"] = rounding(random)
    if any(clause.get("per") == "window" for clause in table["deductible"]):
        also = [name for name in also if name not in ("ceiling", "transfer")]
    if random.random() < 0.25:
        also = [name for name in also if name not in ("month_cap", "bonus")]
        months = random.choice((1, 2, 4))
        table["cap"] = [{**one, "per": "window", "months": months} for one in table["cap"]]
    kept = {name: part for name, part in table.items() if name not in OPTIONAL or name in also}
    return kept | {"also": also}


def layers(random: Random) -> list[Table]:
    """Two to four layers, the assistance sometimes stacked from two parts."""
    made: list[Table] = []
    for id_ in sorted(random.sample(LAYERS, random.randint(2, 4)), key=LAYERS.index):
        before = [table["id"] for table in made if "part_of" not in table]
        computed = [t["id"] for t in made if "base" in t and "part_of" not in t]
        made.append(layer(random, id_, before, computed))
        if id_ == "assistance" and random.random() < 0.3:
            part = layer(random, "assistance_more", [*before, id_], computed)
            made.append(part | {"part_of": id_, "only": ["乙类", "丙类"]})
    return made


def quota(random: Random, disease: str, ids: Sequence[str]) -> Table:
    """A quota of a `disease`, or of all others on 门诊; by the day, or of so much for a layer, now and then."""
    shares = {name: Decimal(random.choice((0, 25, 50))) / 100 for name in ids[:2]}
    kind = random.choice(("fixed", "limit"))
    pays = {}
    if kind == "fixed" and random.random() < 0.3:
        pays = {ids[0]: yuan(random, 30, 60)}
        del shares[ids[0]]
    return {
        **({"diseases": [disease]} if disease else {"when": {"visit": "门诊"}}),
        "kind": kind,
        "per": random.choice(("stay", "day")),
        "amount": yuan(random, 300, 900),
        "pays": pays,
        "shares": shares if kind == "fixed" or random.random() < 0.7 else {},
        "excess": random.choice(("hospital", "patient")) if shares else "hospital",
        "counts": random.choice((True, False)),
    }


def rule(random: Random, first: date, last: date | None, number: int) -> RuleFile:
    """A whole random document."""
    stack = layers(random)
    ids = [table["id"] for table in stack if "part_of" not in table]
    quotas = [quota(random, name, ids) for name in DISEASES if random.random() < 0.4]
    share = {"share": Decimal(random.choice((3, 10, 20))) / 100}
    table: Table = {
        "id": f"made-{number}",
        "title": "随机文件",
        "area": "made",
        "source": {"document": "随机文件"},
        "effective": {"from": first, **({"to": last} if last else {})},
        "basis": {"governing_date": random.choice(("discharge", "admission", "settlement"))},
        "categories": {"priority": list(CATEGORIES), "class": {"一类": ["甲类", "乙类"]}},
        "rounding": rounding(random),
        "dimension": [
            {"id": "visit", "name": "就诊类型", "columns": ["就诊类型"],
             "values": {"门诊": ["普通门诊"]}, "otherwise": "住院"},
            {"id": "age", "name": "年龄", "source": "age"},
            {"id": "years", "name": "连续参保年数", "source": "years", "columns": ["参保年数"],
             "otherwise": random.choice(("", "0"))},
        ],
        "expense": [
            {"id": "class_b", "name": "乙类", "columns": ["乙类费用"], "share": [share]},
            {"id": "away", "name": "转外", "of": random.choice(("total", "eligible")),
             "share": clauses(random, lambda r: {"share": Decimal(r.choice((0, 10))) / 100})},
        ],
        "layer": stack,
        "quota": quotas,
    }  # fmt: skip
    if random.random() < 0.3:
        members = random.sample(ids, 2)
        for own in stack:
            if own.get("part_of", own["id"]) in members and own.pop("household_cap", None):
                own["also"] = [name for name in own["also"] if name != "household_cap"]
        table["pool"] = [
            {
                "id": f"shared-{number}",
                "name": "共用",
                "layers": members,
                "cap": clauses(random, shared),
            }
        ]
    return RuleFile.model_validate(table)


def shared(random: Random) -> Table:
    return {"amount": random.choice((yuan(random, 300, 1000), "none"))}


def rules(random: Random) -> list[RuleFile]:
    """One document for the year, or two with a change in the middle of it."""
    if random.random() < 0.6:
        return [rule(random, date(2010, 1, 1), None, 1)]
    change = date(2010, random.randint(3, 9), 1)
    return [
        rule(random, date(2010, 1, 1), change - timedelta(days=1), 1),
        rule(random, change, None, 2),
    ]


def bill(random: Random, person: str, number: int, layers: Sequence[str]) -> Bill:
    total = int(yuan(random, 80, 300, 500, 1000, 1999, 4000) * 100)
    admitted = date(2010, 1, 5) + timedelta(days=random.randrange(330))
    discharged = admitted + timedelta(days=random.randrange(20))
    valid = tuple(name for name in CATEGORIES if random.random() < 0.4)
    expenses = {name: random.choice((None, random.randrange(total // 4 + 1))) for name in EXPENSES}
    return Bill(
        person=person,
        admitted=admitted,
        discharged=discharged,
        settled=random.choice((None, discharged, discharged + timedelta(days=20))),
        total=total,
        eligible=random.choice((None, total, total * 3 // 4, total * 3 // 4)),
        hospital=random.choice(HOSPITALS),
        level=random.choice(("township", "county", "city", "province")),
        stay_no=str(number),
        category=valid[0] if valid else None,
        categories=valid,
        disease=random.choice(DISEASES),
        age=random.choice((5, 59, 60, 90)),
        texts={
            "visit": random.choice(("", "门诊", "普通门诊")),
            "years": random.choice(("", "0", "3", "4", "5", "20")),
        },
        costs={"class_b": random.randrange(total // 2)},
        taken={name: random.randrange(total // 2) for name in layers},
        touched=frozenset(name for name in layers if random.random() < 0.7),
        inpatient=random.random() < 0.8,
        household=HOUSEHOLDS.get(person),
        listed_years=random.choice((None, 3, 4, 5, 9)),
        listed_raise=random.choice((None, 0, 4_000, 25_037)),
        **expenses,
    )


def bills(random: Random, rules: Sequence[RuleFile], stays: int) -> list[Bill]:
    """Histories of a few people, with up to about eight stays a year each."""
    layers = sorted({layer for rule in rules for layer in rule.layer_ids}, key=LAYERS.index)
    people = max(1, stays // 4)
    return [bill(random, f"P{random.randrange(people)}", number, layers) for number in range(stays)]


def frame(bills: Sequence[Bill], rules: Sequence[RuleFile]) -> pl.DataFrame:
    """The same stays as the engine takes them."""
    layers = sorted({layer for rule in rules for layer in rule.layer_ids}, key=LAYERS.index)
    rows = [
        {
            "place": place,
            "id_no": bill.person,
            "hospital": bill.hospital,
            "level": bill.level,
            "stay_no": bill.stay_no,
            "category": bill.category,
            "categories": list(bill.categories),
            "scheme_raw": bill.scheme,
            "disease": bill.disease,
            "age": bill.age,
            "inpatient": bill.inpatient,
            "admitted_on": bill.admitted,
            "discharged_on": bill.discharged,
            "settled_on": bill.settled,
            "settled_or_discharged": bill.settled or bill.discharged,
            "settled_second": 0,
            "total_fen": bill.total,
            "eligible_fen": bill.eligible,
            "has_eligible": bill.eligible is not None,
            **{f"{name}_fen": getattr(bill, name) for name in EXPENSES},
            "x_visit": bill.texts.get("visit"),
            "x_years": bill.texts.get("years"),
            "x_household": bill.household,
            "x_listed_years": None if bill.listed_years is None else str(bill.listed_years),
            "x_listed_raise": None if bill.listed_raise is None else str(bill.listed_raise),
            "class_b_cost_fen": bill.costs.get("class_b"),
            **{f"{name}_taken_fen": bill.taken.get(name) for name in layers},
            **{f"{name}_touched": name in bill.touched for name in layers},
        }
        for place, bill in enumerate(bills)
    ]
    empty = {"fund_year": pl.Int64, "source": pl.String, "sheet": pl.String, "row": pl.Int64}
    amounts = {c: pl.Int64 for c in rows[0] if c.endswith("_fen")}
    overrides = {**amounts, "settled_on": pl.Date, "category": pl.String, "scheme_raw": pl.String}
    overrides |= {
        "x_household": pl.String,
        "x_listed_years": pl.String,
        "x_listed_raise": pl.String,
    }
    table = pl.DataFrame(rows, schema_overrides=overrides, infer_schema_length=None)
    return table.with_columns(pl.lit(None, kind).alias(name) for name, kind in empty.items())
