"""The registers of an office as forms: 整改台账, 举报、异议登记簿 and 民主测评汇总表 may stand in one workbook."""

from __future__ import annotations

from onestop_cli.readers.own_sheets import OwnForm
from onestop_cli.tables.registers import APPRAISAL, COMPLAINTS, RECTIFY, VOTES

REMEDY = "请用 onestop checklists 写出的登记簿"
MATTERS = (
    OwnForm("整改台账", RECTIFY, ("医疗机构", "问题", "整改期限", "复查结果"), REMEDY),
    OwnForm("举报、异议登记簿", COMPLAINTS, ("类型", "收到日期", "答复日期"), REMEDY),
)
BALLOTS = OwnForm(
    "民主测评汇总表",
    APPRAISAL,
    ("测评内容", "参加人", "收回票数", *VOTES.values()),
    "请用 onestop checklists 写出的民主测评表",
    beside=("测评票",),
)
