"""The tables that travel between the stages: column names and types, said once.

Amounts are `Int64` fen, days are `Date`, places and texts are `String`. A stage adds columns and never
changes one that an earlier stage wrote.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

Schema = Mapping[str, type[pl.DataType] | pl.DataType]

LAYERS = ("basic", "critical", "assistance", "extra", "backstop")
"""Layer ids in the usual order of payment; a run has the layers of its rules and no others."""

PAYERS = (
    *LAYERS,
    "large",
    "civil",
    "enterprise",
    "disabled",
    "commercial",
    "waiver",
    "veterans",
    "other",
)
"""Everyone an export may name as having paid; those that are not layers of the run count for AM03 only."""

PLACE: Schema = {"source": pl.String, "sheet": pl.String, "row": pl.Int64}
"""Where a row stands: file relative to the path given, sheet (null for text), 1-based row."""

READ_STAYS: Schema = {
    **PLACE,
    "hospital_raw": pl.String,
    "level_raw": pl.String,
    "stay_no": pl.String,
    "name": pl.String,
    "id_raw": pl.String,
    "id_numeric": pl.Boolean,
    "category_raw": pl.String,
    "township_raw": pl.String,
    "village_raw": pl.String,
    "address_raw": pl.String,
    "sex_raw": pl.String,
    "birth_on": pl.Date,
    "admitted_on": pl.Date,
    "discharged_on": pl.Date,
    "settled_on": pl.Date,
    "settlement_no": pl.String,
    "settled_at": pl.Datetime("us"),
    "visit_no": pl.String,
    "person_no": pl.String,
    "hospital_code": pl.String,
    "insured_area": pl.String,
    "setl_type": pl.String,
    "refund_flag": pl.Boolean,
    "date_fault": pl.String,
    "fund_year": pl.Int64,
    "disease": pl.String,
    "scheme_raw": pl.String,
    "referral_raw": pl.String,
    "visit_raw": pl.String,
    "inpatient": pl.Boolean,
    "total_fen": pl.Int64,
    "eligible_fen": pl.Int64,
    "has_eligible": pl.Boolean,
    "out_of_scope_fen": pl.Int64,
    "first_pay_fen": pl.Int64,
    "over_limit_fen": pl.Int64,
    **{f"{payer}_claimed_fen": pl.Int64 for payer in PAYERS},
    "self_claimed_fen": pl.Int64,
    "account_fen": pl.Int64,
    "fund_total_fen": pl.Int64,
    "deductible_stated_fen": pl.Int64,
    "rate_stated": pl.Int64,
    "amount_fault": pl.String,
}
"""A stay as the reader hands it on. `*_raw` is the file's own text. `id_numeric`: the cell was a number or
text in scientific notation, so digits are lost. `date_fault`, `amount_fault`: a Chinese sentence naming the cells
that could not be read, else null. `has_eligible`: the file has a 可补偿费用 column. A payer's amount is null when the
cell is blank or the column is not there. Columns a rule document asks for by alias follow as `x_<name>` strings.

`stay_no`: 住院号, else 就诊ID (which alone is `visit_no`), else 结算ID; `settlement_no`: 结算ID, one settlement, of
which a visit may have several. `settled_at`: day and clock of the settlement, null where the file has no clock.
`person_no`: 人员编号 of the insurance; `hospital_code`: 定点医药机构编号; `insured_area`: 参保地 as the file has it.
`setl_type`: `1` 中心报销, `2` 联网结算, `3` 补充报销 (a second row for what another layer paid), else null.
`refund_flag`: the row is marked as taken back (冲红, 退费, 作废) by its own column or a remark that says nothing else;
null where neither is there. `inpatient`: false for visits (门诊, 慢特病, 药店), null where no file says.
`self_claimed_fen` is everything the patient bears, of which `account_fen` came from own and family accounts.
`fund_total_fen`, `deductible_stated_fen`, `rate_stated` (ten-thousandths): what the export says of the sum of all
funds, of the deductible and of the insurance's rate."""

READ_ROSTER: Schema = {
    **PLACE,
    "name": pl.String,
    "id_raw": pl.String,
    "id_numeric": pl.Boolean,
    "category_raw": pl.String,
    "township": pl.String,
    "village": pl.String,
    "address_raw": pl.String,
    "sex_raw": pl.String,
    "birth_on": pl.Date,
    "from_on": pl.Date,
    "to_on": pl.Date,
    "died_on": pl.Date,
    **{
        f"{part}_{end}": pl.Date
        for part in ("from", "to", "died")
        for end in ("earliest", "latest")
    },
    "status_raw": pl.String,
    "reason_raw": pl.String,
    "remark_raw": pl.String,
    "dead_raw": pl.String,
    "family_no": pl.String,
    "head": pl.String,
    "relation": pl.String,
    "cert_no": pl.String,
    "scheme_no": pl.String,
    "ethnic_group": pl.String,
    "person_no": pl.String,
    "date_fault": pl.String,
}
"""A roster entry as read. `from_on`/`to_on`: first and last day of entitlement, null = open. A day that cannot be
read for sure is null and lies between `<part>_earliest` and `<part>_latest`, which are null otherwise. `status_raw`:
停保, 注销, 死亡 … when the roster has a status column; `reason_raw`: why somebody was struck off; `remark_raw`: what
any other column of words says; `dead_raw`: what 是否死亡, 死亡原因 … say. `scheme_no`: 参合证号 (医疗证号, 参保号 …).
`ethnic_group`: 民族. `person_no`: 人员编号 of the insurance."""

READ_ENROLMENT: Schema = {
    **PLACE,
    "name": pl.String,
    "id_raw": pl.String,
    "id_numeric": pl.Boolean,
    "township": pl.String,
    "village": pl.String,
    "marked_raw": pl.String,
    "own_fen": pl.Int64,
    "subsidy_fen": pl.Int64,
    "amount_fault": pl.String,
}
"""A row of an enrolment list (参合名册) as read. `marked_raw`: what its columns say of who pays or as what
the person is enrolled. `own_fen`, `subsidy_fen`: what the person and what the subsidy paid; null when blank or
without a column."""

INSURED: Schema = {
    "id_no": pl.String,
    "name_key": pl.String,
    "years": pl.Int64,
    "raise_fen": pl.Int64,
    "from_on": pl.Date,
    "to_on": pl.Date,
}
"""A row of a list of insured people (参保激励名单): whole years insured without a break, and what raises the person's
yearly limit, each null where it does not say; from its first to its last day, both inclusive, null = open. The days of
one person do not overlap."""

REGISTER: Schema = {
    "hospital": pl.String,
    "level": pl.String,
    "ownership": pl.String,
    "hospital_code": pl.String,
    "from_on": pl.Date,
    "to_on": pl.Date,
}
"""The hospitals of the one-stop scheme; `level` is one of `LEVELS`. A hospital (one name, or one code) may have
several rows, each from its first to its last day, both inclusive, null = open. Further columns follow as strings."""

HOUSEHOLD = "x_household"
"""A stay's household, as the roster numbers it; null where that is not known."""

LISTED_YEARS, LISTED_RAISE = "x_listed_years", "x_listed_raise"
"""What a list of insured people says of a stay's person: whole years, and fen by which a limit is raised; as text."""

EXPENSES = {"out_of_scope": "目录外自费", "first_pay": "先行自付", "over_limit": "超限价自费"}
"""Parts of a bill that exports state beside what funds look at, in words."""

VILLAGE = "village"
"""The level of village clinics (村卫生室), which treat nobody in bed."""

LEVELS = {
    VILLAGE: "村级",
    "township": "乡级",
    "county": "县级",
    "city": "市级",
    "province": "省级",
}
"""Hospital level ids and their Chinese names, lowest first."""

QUARANTINE: Schema = {**PLACE, "kind": pl.String, "text": pl.String, "reason": pl.String}
"""Rows that could not be understood. `kind` is `stay` or `roster`; `text` has IDs masked to the last four."""

PLACED: Schema = {
    "hospital": pl.String,
    "in_register": pl.Boolean,
    "level": pl.String,
    "level_stated": pl.String,
    "settled_or_discharged": pl.Date,
    "settled_second": pl.Int64,
    "belongs_to": pl.String,
    "outside_period": pl.Boolean,
}
"""Added by `place`: the hospital and level of the register, when the stay takes its turn (`ORDER`), and the period it
counts in: `belongs_to`, an earlier one, by a ledger; `outside_period`, none that is known."""

BROUGHT: Schema = {
    "id_no": pl.String,
    "name": pl.String,
    "benefit_year": pl.Int64,
    "layer": pl.String,
    "stays": pl.Int64,
    "cost_fen": pl.Int64,
    "deductible_fen": pl.Int64,
    "base_fen": pl.Int64,
    "paid_fen": pl.Int64,
}
"""What a year had brought a person before the books began (期初), per layer: stays, their cost, and of the layer the
deductible used, the base added up, and what was paid."""

IDENTITY: Schema = {
    "id_no": pl.String,
    "id_fault": pl.String,
    "id_why": pl.String,
    "name_key": pl.String,
    "person": pl.String,
}
"""Added by `identify`. `id_fault`: ID01, ID03 or null. `id_why`: the Chinese reason of ID01/ID02/ID03 or null.
`name_key`: the comparable name. `person`: `id_no`, else a key from what the file said (never published)."""

PAIRING: Schema = {
    "reversed": pl.Boolean,
    "unpaired": pl.Boolean,
    "refund_why": pl.String,
    "refund_place": pl.String,
    "joined_place": pl.String,
    "half_why": pl.String,
    "twin": pl.String,
    "twin_place": pl.String,
    "overlap_place": pl.String,
    "gap_days": pl.Int64,
    "closed_place": pl.String,
    "reverses_place": pl.String,
    "restated_place": pl.String,
}
"""Added by `pairing`. `unpaired`, `refund_why`, `refund_place`: a row of a reversal or refund that waits, why, and
the other row (`pairing.reversals.STRUCK`). `joined_place`: the further rows of this claim. `half_why`: why a row
waits for its other half (`pairing.apart`). `twin`: `kept`,
`rejected` (agrees with the kept row), `differs` (held) or null. `twin_place`/`overlap_place`: the other row, as
文件 · 工作表 · 第n行. `gap_days`: days since the previous discharge from the same hospital, when the stay is a
short readmission. `closed_place`: the closed stay that this one already is (ST07). `reverses_place`: the closed
stay that this row takes back. `restated_place`, of a held closed stay: the row that reports it anew."""

LINK: Schema = {
    "category": pl.String,
    "listed": pl.Boolean,
    "entitled": pl.Boolean,
    "township": pl.String,
    "village": pl.String,
    "roster_name": pl.String,
    "roster_place": pl.String,
    "lapse": pl.String,
    "doubt": pl.String,
    "unknown_kind": pl.String,
    "died_on": pl.Date,
    "died_earliest": pl.Date,
    "died_latest": pl.Date,
    "dead_said": pl.String,
    "categories_valid": pl.String,
    "kinds_valid": pl.String,
    "suggestion": pl.String,
}
"""Added by `link`. `category`: the one that applied on the roster day, null when none. `listed`: the ID is on some
roster. `entitled`: a valid category applies. `roster_name`: set when the roster has the ID under other names only.
`lapse`: why a listed person is not entitled. `doubt`: what on an entry cannot be read and would change the right on
the day. `unknown_kind`: the kinds of a listed person that no document names, where nothing else applies. `died_on`,
or between `died_earliest` and `died_latest`: the day of death; `dead_said`: the words that say so.
`categories_valid`: all valid ones joined by 、 when several; `kinds_valid`: every kind on the roster that holds on
the day, whether or not a document of the run names it. `suggestion`: RO06 sentence."""

GOVERNED: Schema = {
    "rule": pl.Int32,
    "rule_id": pl.String,
    "benefit_year": pl.Int64,
    "term": pl.Int64,
    "quota": pl.Int64,
    "ungoverned": pl.String,
    "<layer>_check": pl.String,
}
"""Added by `govern`: the document, the row of its terms (`Rulebook.table`), the row of its 单病种 quota;
`ungoverned`: why there are no terms; and how far each layer can be checked."""

SETTLED: Schema = {
    "<layer>_due_fen": pl.Int64,
    "<layer>_bound_fen": pl.Int64,
    "<layer>_paid_fen": pl.Int64,
    "<layer>_touched": pl.Boolean,
    "hospital_borne_fen": pl.Int64,
    "self_due_fen": pl.Int64,
}
"""Added by `settle`, beside a column for every intermediate amount: what is due, or the most that can be right where
only that is known; what later layers take off; whether the layer was claimed at all."""

RECONCILED: Schema = {
    **{
        f"<layer>_{part}_fen": pl.Int64
        for part in ("payable", "deducted", "held", "shortfall", "offset")
    },
    "patient_owed_fen": pl.Int64,
    "self_fen": pl.Int64,
    "status": pl.String,
}
"""Added by `reconcile`: where each claim goes, what is owed to the patient, and what is left to pay."""

CLOSED: Schema = {
    "period": pl.String,
    "status": pl.String,
    "blocking": pl.String,
    "settled_with": pl.String,
    "was_released": pl.String,
    "was_refused": pl.Boolean,
    "was_category": pl.String,
    "was_rule_id": pl.String,
}
"""What a closed stay brings from the ledger beside its facts: the period it was posted in, how it stands and what holds
it, the settings it was settled with, and what was decided about it before."""

FINDINGS: Schema = {
    "code": pl.String,
    "severity": pl.String,
    **PLACE,
    "hospital": pl.String,
    "stay_no": pl.String,
    "id_no": pl.String,
    "name": pl.String,
    "layer": pl.String,
    "claimed_fen": pl.Int64,
    "due_fen": pl.Int64,
    "diff_fen": pl.Int64,
    "cause": pl.String,
    "message": pl.String,
}
"""`findings.parquet` of a run."""

STAY_HEAD: Schema = {
    **PLACE,
    "hospital": pl.String,
    "level": pl.String,
    "stay_no": pl.String,
    "name": pl.String,
    "id_no": pl.String,
    "id_raw": pl.String,
    "category": pl.String,
    "township": pl.String,
    "village": pl.String,
    "admitted_on": pl.Date,
    "discharged_on": pl.Date,
    "settled_on": pl.Date,
    "settlement_no": pl.String,
    "settled_at": pl.Datetime("us"),
    "benefit_year": pl.Int64,
    "total_fen": pl.Int64,
    "eligible_fen": pl.Int64,
}
"""The first columns of `stays.parquet`, before the amounts of its layers."""

KIND_OF_CARE = ("inpatient", "visit_raw")
"""The columns that say what kind of care a row is: 住院, 门诊, 门诊慢特病 …"""

PER_LAYER = ("claimed", "due", "payable", "deducted", "held", "shortfall", "offset")
"""`<layer>_<what>_fen` in `stays.parquet`, beside `<layer>_check`."""

ORDER = (
    "settled_or_discharged",
    "settled_second",
    "discharged_on",
    "admitted_on",
    "hospital",
    "stay_no",
    "source",
    "sheet",
    "row",
)
"""The one order of a person's year (contract 4): the first is `settled_on`, else `discharged_on`, the second the second
of that day, 0 where no file says. What is blank comes first."""


CLAIMS = tuple(f"{payer}_claimed_fen" for payer in PAYERS)
MONEY = ("total_fen", "eligible_fen", *CLAIMS)
"""The amounts of a row that make it the same as another one, or its opposite."""


def row_place(*before: str) -> pl.Expr:
    """Where a row stands, in words: the columns `before`, then 文件 · 工作表 · 第n行."""
    parts = [*before, "source", "sheet", pl.format("第{}行", "row")]
    return pl.concat_str(parts, separator=" · ", ignore_nulls=True)


def empty(schema: Schema) -> pl.DataFrame:
    """A table of `schema` without rows."""
    return pl.DataFrame(schema=dict(schema))
