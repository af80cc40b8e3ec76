"""Findings that can be seen before anything is settled: who, where, when, and whether the amounts are amounts.

A row that is `reversed` has no findings; an unpaired reversal has only ST06.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from onestop_cli.core.findings.checks import Check, day, yuan
from onestop_cli.core.insured_area import elsewhere, why_elsewhere
from onestop_cli.county.periods import Period
from onestop_cli.tables.by_hand import CODE
from onestop_cli.tables.schema import LEVELS

LIVE = ~pl.col("reversed") & ~pl.col("unpaired")
BY_HAND = (pl.col("setl_type") == CODE).fill_null(value=False)
"""Paid to the person; the hospital need not be in the register."""

BAD_DATES = (
    pl.col("date_fault").is_not_null()
    | pl.col("admitted_on").is_null()
    | pl.col("discharged_on").is_null()
    | (pl.col("discharged_on") < pl.col("admitted_on"))
)
CANNOT = (
    BAD_DATES
    | pl.col("term").is_null()
    | pl.col("total_fen").is_null()
    | (pl.col("has_eligible") & pl.col("eligible_fen").is_null())
)
"""What cannot be worked out at all, whoever released it."""


def row_checks(
    period: Period, readmission_days: int, area: str = "", dividing: Sequence[str] = ()
) -> list[Check]:
    """Every check that needs no settlement, in the catalogue's order. `area`: of `core.options`; `dividing`: documents
    that divide stays at New Year, of which another check speaks."""
    checks = [*_identity(), *_roster(), *_stay(period, readmission_days)]
    checks = [_but_of(check, dividing) if check.code == "ST08" else check for check in checks]
    return [*checks, *_place_and_amounts(area)]


def _but_of(check: Check, dividing: Sequence[str]) -> Check:
    if not dividing:
        return check
    return replace(check, holds=check.holds & ~pl.col("rule_id").is_in(dividing).fill_null(False))


ABOUT_PERSON = ("ID04", "RO07", "RO09", "RU01")
"""Codes that hold a stay because of its person; age and kind of a person may leave a stay without terms (RU01)."""

ABOUT_PLACE = ("HO01",)
"""Codes that hold a stay because of its hospital."""


def standing(checks: Sequence[Check], codes: Sequence[str]) -> dict[str, pl.Expr]:
    """Where the checks of each code stand."""
    return {
        code: pl.any_horizontal(
            *(c.stands.fill_null(value=False) for c in checks if c.code == code)
        )
        for code in codes
    }


def _identity() -> list[Check]:
    listed = pl.col("sex_raw").is_not_null() & pl.col("id_sex").is_not_null()
    other_sex = listed & (pl.col("sex_key") != pl.col("id_sex"))
    other_birth = pl.col("birth_on") != pl.col("id_birth")
    return [
        Check("ID01", LIVE & (pl.col("id_fault") == "ID01"), pl.col("id_why")),
        Check(
            "ID02",
            LIVE & pl.col("id_no").is_not_null() & (pl.col("id_raw") != pl.col("id_no")),
            pl.format("证号已规范：{}", pl.col("id_why").fill_null("去掉多余字符")),
        ),
        Check("ID03", LIVE & (pl.col("id_fault") == "ID03"), pl.col("id_why")),
        Check(
            "ID04",
            LIVE & pl.col("roster_name").is_not_null(),
            pl.format(
                "花名册（{}）上此证号的姓名是“{}”，表中是“{}”",
                "roster_place",
                "roster_name",
                "name",
            ),
        ),
        Check(
            "ID05",
            LIVE & (other_sex.fill_null(False) | other_birth.fill_null(False)),
            pl.when(other_sex.fill_null(False))
            .then(pl.format("表中性别“{}”，按证号应为“{}”", "sex_raw", "id_sex"))
            .otherwise(pl.format("表中出生日期 {} 与证号不符", day("birth_on"))),
        ),
    ]


def _roster() -> list[Check]:
    return [
        Check(
            "RO05",
            LIVE & pl.col("categories_valid").is_not_null(),
            pl.format(
                "同时有效的类别：{}；按“{}”计算",
                "categories_valid",
                pl.col("category").fill_null("无"),
            ),
        ),
        Check("RO06", LIVE & pl.col("suggestion").is_not_null(), pl.col("suggestion")),
        Check("RO07", LIVE & _DEAD, _death()),
        Check("RO09", LIVE & ~_DEAD & (pl.col("doubt").is_not_null() | _MAY_BE_DEAD), _doubt()),
        Check(
            "RO10",
            LIVE & pl.col("other_id").is_not_null(),
            pl.format("疑似一人多证，另一证号 {}；封顶仍按证号分别计算", "other_id"),
        ),
    ]


_DEAD = (
    (pl.col("admitted_on") > pl.col("died_on")) | (pl.col("admitted_on") > pl.col("died_latest"))
).fill_null(False)  # fmt: skip
_MAY_BE_DEAD = (pl.col("admitted_on") > pl.col("died_earliest")).fill_null(False)


def _death() -> pl.Expr:
    said = pl.format("花名册写明“{}”", "dead_said")
    known = pl.format("花名册载 {} 死亡", day("died_on"))
    undated = pl.format("{}，没有写明哪一天", pl.coalesce(said, pl.lit("花名册载已死亡")))
    death = pl.when(pl.col("died_on").is_not_null()).then(known).otherwise(undated)
    return pl.format("{}，入院日期 {}", death, day("admitted_on"))


def _doubt() -> pl.Expr:
    """What cannot be read, and why it matters on the day of admission."""
    death = pl.format("花名册（{}）的死亡日期说不准，可能在入院之前", "roster_place")
    said = pl.coalesce("doubt", death)
    return pl.format("{}；入院当日 {} 有没有待遇说不准", said, day("admitted_on"))


def _stay(period: Period, readmission_days: int) -> list[Check]:
    return [
        Check(
            "ST01",
            LIVE & pl.col("twin").is_in(["rejected", "differs"]),
            pl.when(pl.col("twin") == "rejected")
            .then(pl.format("与 {} 重复，金额一致，本行拒付", "twin_place"))
            .otherwise(pl.format("与 {} 重复而金额不一致，各行均待核", "twin_place")),
        ),
        Check(
            "ST02",
            LIVE & pl.col("overlap_place").is_not_null(),
            pl.format(
                "{} 至 {} 住院，与 {} 时间交叉", day("admitted_on"), day("discharged_on"), "overlap_place"
            ),
        ),
        Check(
            "ST03",
            LIVE & BAD_DATES,
            pl.coalesce(
                "date_fault",
                pl.format("入院 {}，出院 {}：日期缺失或颠倒", day("admitted_on"), day("discharged_on")),
            ),
        ),
        Check(
            "ST04",
            LIVE & pl.col("outside_period"),
            pl.format("结算（出院）日期 {} 不在{}内", day("settled_or_discharged"), pl.lit(period.chinese)),
        ),
        Check(
            "ST05",
            LIVE & pl.col("gap_days").is_not_null(),
            pl.format("同院出院后 {} 天再入院（{} 天以内提示）", "gap_days", pl.lit(str(readmission_days))),
        ),
        Check("ST06", ~pl.col("reversed") & pl.col("refund_why").is_not_null(), _refund()),
        Check(
            "ST07",
            LIVE & pl.col("closed_place").is_not_null(),
            pl.format("已在前期结算：{}", "closed_place"),
        ),
        Check(
            "ST08",
            LIVE & (pl.col("admitted_on").dt.year() != pl.col("discharged_on").dt.year()),
            pl.format(
                "{} 入院，{} 出院，按 {} 年度计算", day("admitted_on"), day("discharged_on"),
                pl.col("benefit_year").cast(pl.String).fill_null("（空）"),
            ),
        ),
    ]  # fmt: skip


def _refund() -> pl.Expr:
    """Why a row of a reversal or refund waits."""
    total, other = yuan(pl.col("total_fen").fill_null(0)), pl.col("refund_place")
    why = pl.col("refund_why")
    sentences = {
        "amounts": pl.format("与 {} 总费用相反，而其他金额不全相反，不能对冲", other),
        "akin": pl.format("与 {} 住院号相同、总费用相反，而日期、姓名或证号不同，不能对冲", other),
        "partial": pl.format("部分退费 {} 元，原行是 {}；受理冲红后按净额结算", total, other),
        "refunded": pl.format("{} 退了其中一部分费用，受理冲红后按净额结算", other),
        "struck": pl.lit("标为冲红（退费），而金额为正，也没有对应的负数行"),
        "repeats": pl.format("与标为冲红（退费）的 {} 是同一笔，查明前不结算", other),
    }
    told = pl.format("冲红 {} 元，找不到被冲的原行", total)
    for reason, sentence in sentences.items():
        told = pl.when(why == reason).then(sentence).otherwise(told)
    return told


def _place_and_amounts(area: str) -> list[Check]:
    level = pl.col("level").replace_strict(LEVELS, default=None, return_dtype=pl.String)
    stated = pl.col("level_stated").replace_strict(LEVELS, default=None, return_dtype=pl.String)
    governed = (pl.col("in_register") | BY_HAND) & ~BAD_DATES & ~pl.col("outside_period")
    return [
        Check(
            "HO01",
            LIVE & ~pl.col("in_register") & ~BY_HAND,
            pl.when("register_gap")
            .then(
                pl.format(
                    "“{}”入院当日 {} 不在名录的起止日期之内", "hospital", day("admitted_on")
                )
            )
            .otherwise(pl.format("“{}”不在定点机构名录中", pl.col("hospital").fill_null("（空）"))),
        ),
        Check(
            "HO02",
            LIVE & pl.col("in_register") & (pl.col("level_stated") != pl.col("level")),
            pl.format("表中级别“{}”（{}），名录为“{}”", "level_raw", stated, level),
        ),
        Check("AM04", LIVE & pl.col("amount_why").is_not_null(), pl.col("amount_why")),
        Check(
            "AM05",
            LIVE & (pl.col("eligible_fen") > pl.col("total_fen")) & pl.col("amount_why").is_null(),
            pl.format(
                "可补偿费用 {} 大于总费用 {}", yuan(pl.col("eligible_fen")), yuan(pl.col("total_fen"))
            ),
        ),
        Check("RU01", LIVE & governed & elsewhere(area), why_elsewhere(area)),
        Check(
            "RU01",
            LIVE & governed & ~elsewhere(area) & pl.col("ungoverned").is_not_null(),
            pl.when(BY_HAND & pl.col("level").is_null())
            .then(pl.format("零星报销，“{}”不在名录，报表也没有看得懂的机构级别", "hospital"))
            .otherwise("ungoverned"),
        ),
        Check(
            "RU01",
            LIVE
            & governed
            & ~elsewhere(area)
            & pl.col("ungoverned").is_null()
            & pl.col("unknown_kind").is_not_null(),
            pl.format(
                "政策没有提到花名册类别“{}”，申报的救助待核；是某一类对象的，在 onestop.toml 的 "
                "[synonyms.category] 写 \"政策里的类别\" = [\"{}\"]，没有待遇的写 \"不享受救助\" = [\"{}\"]",
                *["unknown_kind"] * 3,
            ),
        ),
    ]  # fmt: skip
