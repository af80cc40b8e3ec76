"""A list of stays in our own columns, as `precheck --save` hands it back to a hospital."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from onestop_cli.readers.stay_seal import WORDS, digest_of
from onestop_cli.writers.forms.form import Cell, Form, Kind, write_form

_COLUMNS: tuple[tuple[str, str, Kind, float], ...] = (
    ("hospital_raw", "医疗机构", "text", 22),
    ("hospital_code", "医疗机构编号", "text", 16),
    ("level_raw", "机构级别", "text", 9),
    ("stay_no", "住院号", "text", 14),
    ("visit_no", "就诊ID", "text", 14),
    ("settlement_no", "结算ID", "text", 18),
    ("name", "姓名", "text", 9),
    ("id_raw", "身份证号", "id", 21),
    ("sex_raw", "性别", "text", 6),
    ("birth_on", "出生日期", "day", 12),
    ("person_no", "人员编号", "text", 14),
    ("category_raw", "救助对象类别", "text", 14),
    ("township_raw", "乡镇", "text", 12),
    ("village_raw", "村", "text", 12),
    ("address_raw", "家庭住址", "text", 20),
    ("insured_area", "参保地", "text", 12),
    ("scheme_raw", "参保类别", "text", 12),
    ("visit_raw", "就诊类型", "text", 10),
    ("referral_raw", "转诊", "text", 8),
    ("admitted_on", "入院日期", "day", 12),
    ("discharged_on", "出院日期", "day", 12),
    ("settled_on", "结算日期", "day", 12),
    ("fund_year", "基金年份", "count", 8),
    ("disease", "病种", "text", 16),
    ("total_fen", "总费用", "yuan", 12),
    ("eligible_fen", "可补偿费用", "yuan", 12),
    ("out_of_scope_fen", "目录外自费", "yuan", 12),
    ("first_pay_fen", "先行自付", "yuan", 12),
    ("over_limit_fen", "超限价自费", "yuan", 12),
    ("basic_claimed_fen", "新农合补偿", "yuan", 13),
    ("critical_claimed_fen", "大病保险", "yuan", 13),
    ("assistance_claimed_fen", "医疗救助", "yuan", 13),
    ("extra_claimed_fen", "倾斜救助", "yuan", 13),
    ("backstop_claimed_fen", "政府兜底", "yuan", 13),
    ("large_claimed_fen", "职工大额补助", "yuan", 13),
    ("civil_claimed_fen", "公务员补助", "yuan", 13),
    ("enterprise_claimed_fen", "企业补充保险", "yuan", 13),
    ("disabled_claimed_fen", "伤残人员保障", "yuan", 13),
    ("commercial_claimed_fen", "商业保险", "yuan", 13),
    ("waiver_claimed_fen", "医院减免", "yuan", 13),
    ("veterans_claimed_fen", "优抚补助", "yuan", 13),
    ("other_claimed_fen", "其他支付", "yuan", 13),
    ("fund_total_fen", "基金支付总额", "yuan", 13),
    ("self_claimed_fen", "个人自付", "yuan", 12),
    ("account_fen", "个人账户支付", "yuan", 12),
)
"""Column of READ_STAYS, its heading, what is in it, its width."""

_NOT_WRITTEN = {
    "settled_at": "结算时间",
    "refund_flag": "冲红标志",
    "setl_type": "结算类别",
    "deductible_stated_fen": "起付线",
    "rate_stated": "统筹支付比例",
}
"""What the list has no column for; a hospital whose export has it hands in the export."""

_ALWAYS = {"hospital_raw", "stay_no", "name", "id_raw", "admitted_on", "discharged_on", "total_fen"}


def write_stays_list(
    stays: pl.DataFrame, path: Path, further: Mapping[str, str] | None = None
) -> str:
    """Write READ_STAYS to `path`; returns the digest that stands on the list. `further`: the headings of the columns
    `x_<name>` that documents ask for."""
    asked = [(f"x_{name}", title, "text", 14.0) for name, title in (further or {}).items()]
    own = {title for name, title, _, _ in _COLUMNS if stays[name].count()}
    lines: list[tuple[str, str, Kind, float]] = [*_COLUMNS]
    lines += [(name, title, "text", width) for name, title, _, width in asked if title not in own]
    used = [line for line in lines if line[0] in _ALWAYS or stays[line[0]].count()]
    digest = digest_of(stays)
    form = Form(
        "医院上报表",
        "医疗机构出院结算上报表（已自查）",
        f"由 onestop precheck 写出，内容与自查的表相同。改动任何一格，校验码就对不上。\n{WORDS}：{digest}",
        tuple(Cell(title, kind, width) for _, title, kind, width in used),
    )
    titles = {name: title for name, title, _, _ in used}
    rows = stays.select(*titles).rename(titles).to_dicts()
    write_form(form, path, rows)
    return digest


def not_written(before: pl.DataFrame, after: pl.DataFrame) -> Sequence[str]:
    """What of a list that was written and read again is not what it was, as the hospital's list calls it."""
    titles = {name: title for name, title, _, _ in _COLUMNS} | _NOT_WRITTEN
    return [
        titles.get(name, "其他标志")
        for name in before.columns
        if name not in ("source", "sheet", "row", "has_eligible")
        and before[name].to_list() != after[name].to_list()
    ]
