"""The full check: patterns in discharge records and rosters that are worth a visit (线索), never a judgement."""

from __future__ import annotations

import polars as pl

from onestop_cli.audit.leads import (
    bills,
    couples,
    days,
    hospitals,
    impossible,
    outliers,
    persons,
    recorded,
    returning,
    shares,
    single,
    together,
    two_ids,
)
from onestop_cli.audit.leads.model import LeadInput, LeadRule, Thresholds, stay_ref
from onestop_cli.audit.leads.score import ranked

RULES: tuple[LeadRule, ...] = (
    *persons.RULES,
    *two_ids.RULES,
    *returning.RULES,
    *together.RULES,
    *couples.RULES,
    *bills.RULES,
    *impossible.RULES,
    *single.RULES,
    *outliers.RULES,
    *days.RULES,
    *shares.RULES,
    *hospitals.RULES,
    *recorded.RULES,
)
BY_ID = {rule.id: rule for rule in RULES}


def find_leads(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
    """Every lead of every rule in the order in which they are worth a visit: `LEADS`, and `explained`, the score in
    words."""
    found = [
        rule.find(cases, thresholds).with_columns(
            rule=pl.lit(rule.id), weight=pl.lit(rule.weight, dtype=pl.Int64)
        )
        for rule in RULES
    ]
    people = cases.stays.select("one", ref=stay_ref()).unique("ref", keep="first")
    return ranked(pl.concat(found), people, [rule.id for rule in RULES if rule.recorded])
