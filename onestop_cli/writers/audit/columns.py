"""The columns of 检查工作底稿.xlsx; those to fill in are read again when the paper comes back."""

from __future__ import annotations

from collections.abc import Mapping

from onestop_cli.audit.papers import (
    CAUSES,
    OUTCOMES,
    SATISFACTION,
    YES_NO,
    booked,
    layer_key,
)
from onestop_cli.writers.toolkit.columns import Column

SAMPLE_SHEET, HOUSEHOLD_SHEET, PLAN_SHEET = "抽样核查", "入户问卷", "抽样计划（勿改）"

PLACE_COLUMNS = [
    Column("source", "文件", width=24),
    Column("sheet", "工作表", width=10),
    Column("row", "行", "int", 7),
]
WHO_COLUMNS = [
    Column("hospital", "医疗机构", width=20),
    Column("stay_no", "住院号", width=13),
    Column("name", "姓名", width=9),
    Column("id_tail", "证号后四位", width=7, align="center"),
    Column("category", "人员类别", width=13),
    Column("township", "乡镇", width=11),
    Column("village", "村", width=11),
    Column("admitted_on", "入院", "date"),
    Column("discharged_on", "出院", "date"),
    Column("total_fen", "总费用", "yuan", 12),
]
_PRINTED = [
    Column("number", "编号", "int", 5, align="center"),
    Column("hospital", "医疗机构", width=15),
    Column("stay_no", "住院号", width=10),
    Column("name", "姓名", width=8),
    Column("where", "乡镇、村", width=13),
    Column("amount", "应付金额", "yuan", 10, total=True),
    Column("outcome", "核查结果", width=8, choices=OUTCOMES, fill=True),
    Column("confirmed", "核实应付（元）", "yuan", 10, fill=True),
    Column("cause", "差错原因", width=8, choices=CAUSES, fill=True),
    Column("note", "情况说明", width=10, fill=True),
    Column("by_health", "检查人（卫生）", width=7, fill=True),
    Column("by_civil", "检查人（民政）", width=7, fill=True),
    Column("checked_on", "核查日期", "date", 9, fill=True),
]
"""As wide as a page at 8 points: what is filled in by hand, and who it is."""
_KNOWN = [
    Column("reason_name", "来由", width=8),
    Column("admitted_on", "入院", "date", 10),
    Column("discharged_on", "出院", "date", 10),
    Column("total_fen", "总费用", "yuan", 12),
    Column("id_tail", "证号后四位", width=7, align="center"),
    Column("stratum_name", "层", width=11),
    Column("category", "人员类别", width=16),
    Column("lead_titles", "线索", width=40),
    *PLACE_COLUMNS,
]


def fill_columns(layers: Mapping[str, str]) -> list[Column]:
    """Those to fill in. `layers`: id → Chinese name."""
    return [column for column in sample_columns(layers) if column.fill]


def sample_columns(layers: Mapping[str, str]) -> list[Column]:
    """All columns of 抽样核查: those that go on paper, each fund beside what it should have paid (filled in where the
    inspectors can say which), and what says which stay a row is."""
    funds = (
        (
            Column(booked(layer), f"应付{name}", "yuan", 10),
            Column(layer_key(layer), f"核实{name}（元）", "yuan", 10, fill=True),
        )
        for layer, name in layers.items()
    )
    return [*_PRINTED, *(column for pair in funds for column in pair), *_KNOWN]


SAMPLE_PRINTED = len(_PRINTED)


HOUSEHOLD_FILL = [
    Column("own_paid", "单据上的自付（元）", "yuan", 11, fill=True),
    Column("family", "家庭人口", "int", 6, fill=True),
    Column("insured", "参合人数", "int", 6, fill=True),
    Column("income", "上年家庭收入（元）", "yuan", 11, fill=True),
    Column("outpatient", "上年门诊自付（元）", "yuan", 11, fill=True),
    Column("inpatient", "上年住院自付（元）", "yuan", 11, fill=True),
    Column("travel", "本次路费（元）", "yuan", 9, fill=True),
    Column("board", "本次食宿（元）", "yuan", 9, fill=True),
    Column("lost", "本次误工（元）", "yuan", 9, fill=True),
    Column("further", "其他间接费用（元）", "yuan", 9, fill=True),
    Column("deposit", "住院收过押金", width=8, choices=YES_NO, fill=True),
    Column("informed", "知道救助政策", width=8, choices=YES_NO, fill=True),
    Column("satisfaction", "满意度", width=10, choices=SATISFACTION, fill=True),
    Column("remark", "意见建议", width=26, fill=True),
]
HOUSEHOLD_COLUMNS = [
    Column("number", "页号", "int", 6),
    Column("name", "姓名", width=10),
    Column("township", "乡镇", width=12),
    Column("village", "村", width=12),
    Column("own_claimed", "医院报的自付", "yuan", 11),
    *HOUSEHOLD_FILL,
]
RECORD_COLUMNS = [
    Column("hospital", "被检查机构", width=24),
    Column("stays", "抽查病例", "int", 8),
    Column("leads", "线索", "int", 7),
    Column(
        "way",
        "检查方式",
        width=14,
        choices=("现场查看", "病房访视", "入户走访", "电话回访"),
        fill=True,
    ),
    Column("seen", "检查情况与发现的问题", width=34, fill=True),
    Column("answer", "被检查机构意见", width=22, fill=True),
    Column("signed", "机构负责人签字", width=14, fill=True),
]
