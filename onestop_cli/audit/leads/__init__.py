"""The full check: patterns in discharge records and rosters that are worth a visit (线索), never a judgement."""

from __future__ import annotations

import polars as pl

from onestop_cli.audit.leads import groups, hospitals, persons, recorded
from onestop_cli.audit.leads import single as stays
from onestop_cli.audit.leads.model import Cases, LeadRule, Thresholds
from onestop_cli.audit.leads.score import scored

RULES: tuple[LeadRule, ...] = (
    *persons.RULES,
    *recorded.RULES,
    *groups.RULES,
    *stays.RULES,
    *hospitals.RULES,
)
BY_ID = {rule.id: rule for rule in RULES}


def find_leads(cases: Cases, thresholds: Thresholds) -> pl.DataFrame:
    """Every lead of every rule, the highest score first: `LEADS`, and `explained`, the score in words."""
    found = [
        rule.find(cases, thresholds).with_columns(
            rule=pl.lit(rule.id), weight=pl.lit(rule.weight, dtype=pl.Int64)
        )
        for rule in RULES
    ]
    return scored(pl.concat(found))
