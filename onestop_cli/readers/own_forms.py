"""The forms of our own: their titles, what is printed beside them, and which command takes a file that is one."""

from __future__ import annotations

from collections.abc import Sequence

from onestop_cli.readers.containers.grid import Cell
from onestop_cli.readers.own_sheets import OwnForm, header_of
from onestop_cli.tables.registers import APPRAISAL, COMPLAINTS, RECTIFY, VOTES

REGISTERS = "请用 onestop checklists 写出的登记簿"
_LOOK = "用 onestop registers {file} 看到期、逾期和汇总"
MATTERS = (
    OwnForm("整改台账", RECTIFY, ("医疗机构", "问题", "整改期限", "复查结果"), REGISTERS, _LOOK),
    OwnForm("举报、异议登记簿", COMPLAINTS, ("类型", "收到日期", "答复日期"), REGISTERS, _LOOK),
)
BALLOTS = OwnForm(
    "民主测评汇总表",
    APPRAISAL,
    ("测评内容", "参加人", "收回票数", *VOTES.values()),
    "请用 onestop checklists 写出的民主测评表",
    _LOOK,
    beside=("测评票",),
)
BROUGHT = OwnForm(
    "期初表",
    {
        "身份证号": "id_raw",
        "姓名": "name",
        "年度": "benefit_year",
        "补偿种类": "layer",
        "次数": "stays",
        "费用": "cost_fen",
        "起付线已用": "deductible_fen",
        "基数累计": "base_fen",
        "已补偿": "paid_fen",
    },
    ("身份证号", "姓名", "年度", "补偿种类", "已补偿"),
    "请用县文件夹的 模板/期初.xlsx 填写",
    "开账时用：onestop ledger open --from 起始日 --before {file}",
    moves="补|救|报销|付|费|起付|基数|基金|统筹",
)
INSURED = OwnForm(
    "参保激励名单",
    {
        "身份证号": "id_raw",
        "姓名": "name",
        "连续参保年数": "years",
        "提高限额": "raise_fen",
        "起始日期": "from_on",
        "终止日期": "to_on",
    },
    ("身份证号", "姓名"),
    "表头写 身份证号、姓名、连续参保年数、提高限额、起始日期、终止日期；空表用 onestop init --templates 生成",
    '放在县文件夹，在 onestop.toml 的 [reconcile] 写 insured = ["{file}"]：'
    "政策按连续参保年数、激励额度提高待遇时用",
    moves="限额|额度|激励|奖励|提高",
)
OWED = OwnForm(
    "应补名单",
    {
        "编号": "number",
        "姓名": "name",
        "补偿种类": "layer_name",
        "金额": "fen",
        "签收": "signed",
        "支付日期": "paid_on",
    },
    ("编号", "姓名", "补偿种类", "金额", "签收", "支付日期"),
    "请用 onestop ledger pay --list 应补名单.xlsx 写出的名单",
    "签收后记账：onestop ledger pay {file} --on 日期",
)
RETURNED = OwnForm(
    "发放名单",
    {"序号": "line", "姓名": "name", "金额": "fen", "退回原因": "why"},
    ("序号", "姓名", "金额", "退回原因"),
    "请用 onestop ledger payout --out 写出的“发放名单.xlsx”",
    "银行办完后：onestop ledger payout --done 批次 {file} --on 日期",
    beside=("缺账户",),
)
DECISION_TITLES = {
    "所属期": "period",
    "文件": "source",
    "工作表": "sheet",
    "行": "row",
    "医疗机构": "hospital",
    "住院号": "stay_no",
    "姓名": "name",
    "代码": "code",
    "处理决定": "decision",
    "补偿种类": "layer",
    "金额": "amount_fen",
    "认定类别为": "category",
    "认定证号为": "id_no",
    "理由": "reason",
    "依据": "evidence",
    "经办人": "made_by",
    "复核人": "checked_by",
    "日期": "decided_on",
}
"""Header → field. A decision names its stay by 文件, 工作表 and 行, or by 医疗机构, 住院号, 姓名 and 代码."""
DECISIONS = OwnForm(
    "处理意见",
    DECISION_TITLES,
    ("处理决定", "医疗机构", "住院号"),
    "请用差错清单.xlsx 的“全部差错”填写",
    "放在县文件夹，名字为 处理意见.xlsx，下次核对时用上",
    beside=(
        *("说明", "按机构", "按代码", "规律", "规律按月", "未决清单", "隔离行", "合计不符"),
        *("结论", "机构扣款", "另行追回", "全部核查", "待核拒付", "入户问卷", "单据不符"),
    ),
    aside=("相差", "待核金额", "申报", "应为", "后果", "说明", "证号后四位"),
)
"""差错清单.xlsx, 联合检查报告.xlsx with its 扣款建议, or the form of its own."""

KNOWN = (INSURED, BROUGHT, OWED, RETURNED, DECISIONS, *MATTERS, BALLOTS)
"""Forms that nothing else looks like; a list of accounts may be a roster with accounts in it."""

_OF_ANOTHER_LIST = ("类别", "费用", "入院")
"""Words of titles that no list of insured people has: a list of stays may bring the years insured, too."""


def form_in(rows: Sequence[Sequence[Cell]]) -> OwnForm | None:
    """The form whose header is among `rows`."""
    return next((form for form in KNOWN if _is(rows, form)), None)


def _is(rows: Sequence[Sequence[Cell]], form: OwnForm) -> bool:
    found = header_of(rows, form)
    if found is None or form is not INSURED:
        return found is not None
    header, columns = found
    titles = "".join(map(str, rows[header]))
    asked = {"years", "raise_fen"} & {*columns.values()}
    return bool(asked) and not any(word in titles for word in _OF_ANOTHER_LIST)
