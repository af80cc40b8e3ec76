"""The registers an office keeps about hospitals and complaints: their titles and the words they take."""

from __future__ import annotations

RECTIFY = {
    "编号": "number",
    "医疗机构": "hospital",
    "来源": "origin",
    "问题": "what",
    "涉及例数": "cases",
    "涉及金额": "fen",
    "通知日期": "told_on",
    "整改期限": "due_on",
    "复查日期": "checked_on",
    "复查结果": "result",
    "核扣金额": "deducted",
    "核扣部门": "office",
    "备注": "note",
}
"""整改台账: title → field."""

COMPLAINTS = {
    "编号": "number",
    "类型": "kind",
    "收到日期": "received_on",
    "反映人": "who",
    "反映内容": "what",
    "涉及机构或对象": "hospital",
    "答复期限": "due_on",
    "承办人": "handler",
    "核实情况和处理": "result",
    "答复日期": "answered_on",
    "备注": "note",
}
"""举报、异议登记簿: title → field."""

APPRAISAL = {
    "编号": "number",
    "测评对象": "office",
    "测评内容": "what",
    "参加人": "who",
    "收回票数": "ballots",
    "满意": "satisfied",
    "基本满意": "mostly",
    "不满意": "not_satisfied",
    "弃权": "abstained",
    "意见建议": "note",
}
"""民主测评汇总表: title → field."""

VOTES = {
    "satisfied": "满意",
    "mostly": "基本满意",
    "not_satisfied": "不满意",
    "abstained": "弃权",
}
"""What a ballot may say, field → word."""

VOTERS = ("人大代表", "政协委员", "农民代表")
"""Who is asked."""

RESULTS = ("已整改", "部分整改", "未整改", "查无问题")
"""What a recheck may find; the middle two leave it open."""

OPEN_RESULTS = RESULTS[1:3]
COMPLAINT_KINDS = ("举报", "异议", "来访", "来信")
ORIGINS = ("结算审核", "联合检查", "举报", "日常检查")
"""Where a matter comes from."""
