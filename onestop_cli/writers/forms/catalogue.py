"""The forms of a county: what hospitals, 民政 and the office fill in, in columns that are read without a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from onestop_cli.tables.decisions import KINDS
from onestop_cli.tables.schema import LEVELS
from onestop_cli.writers.forms.form import Cell, Form

_LEVELS = tuple(LEVELS.values())
_ID = "单元格已是文本格式；从别处粘贴时请选“粘贴值”"


@dataclass(frozen=True)
class FormWords:
    """What a county's documents speak of: names of what is paid, kinds of people, and whether they ask for a list of
    insured people."""

    layers: Sequence[str]
    categories: Sequence[str]
    insured: bool = False


def forms(terms: FormWords) -> tuple[Form, ...]:
    """All of them."""
    return (
        stays_form(terms),
        roster_form(terms),
        register_form(),
        enrolment_form(),
        decisions_form(terms),
        *((insured_form(),) if terms.insured else ()),
    )


def stays_form(terms: FormWords) -> Form:
    """What a hospital hands in: a row per stay."""
    return Form(
        "医院上报表",
        "医疗机构出院结算上报表",
        "每笔住院一行，黄色的列必填。证号列是文本格式，不要改；金额以元为单位；日期写 2010-12-31 的样子。"
        "冲红的另写一行，金额写负数。不要改表头。报送前可用 onestop precheck 自己查一遍。",
        (
            Cell("医疗机构", width=22, must=True),
            Cell("机构级别", width=9, choices=_LEVELS),
            Cell("住院号", width=14, must=True),
            Cell("姓名", width=9, must=True),
            Cell("身份证号", "id", 21, must=True, hint=_ID),
            Cell("救助对象类别", width=14, choices=tuple(terms.categories)),
            Cell("入院日期", "day", 12, must=True),
            Cell("出院日期", "day", 12, must=True),
            Cell("结算日期", "day", 12),
            Cell("病种", width=16),
            Cell("总费用", "yuan", 12, must=True),
            Cell("可补偿费用", "yuan", 12, must=True),
            *(Cell(layer, "yuan", 13, must=True) for layer in terms.layers),
            Cell("个人自付", "yuan", 12),
            Cell("备注", width=14),
        ),
    )


def roster_form(terms: FormWords) -> Form:
    """Who is aided, from when to when."""
    return Form(
        "花名册",
        "救助对象花名册",
        "每人每类一行，黄色的列必填。证号列是文本格式，不要改。起始日期是享受待遇的第一天；"
        "停保的写停止日期（最后一天），死亡的写死亡日期；没有停的留空。写不准的日期不要写大概。",
        (
            Cell("姓名", width=10, must=True),
            Cell("身份证号", "id", 21, must=True, hint=_ID),
            Cell("性别", width=6, choices=("男", "女")),
            Cell("救助类别", width=16, choices=tuple(terms.categories), must=True),
            Cell("乡镇", width=12, must=True),
            Cell("村", width=12, must=True),
            Cell("起始日期", "day", 12, must=True),
            Cell("停止日期", "day", 12),
            Cell("死亡日期", "day", 12),
            Cell("停保原因", width=14),
            Cell("备注", width=16),
        ),
    )


def register_form() -> Form:
    """The hospitals of the scheme."""
    return Form(
        "机构名册",
        "定点医疗机构名册",
        "每家定点机构一行；级别或名称中途变过的写几行，各写起始日期和终止日期（都含当天）。"
        '收款单位、开户银行、账号印在拨付通知单上。填好后在 onestop.toml 写 register = "机构名册.xlsx"。',
        (
            Cell("机构名称", width=26, must=True),
            Cell("机构级别", width=9, choices=_LEVELS, must=True),
            Cell("机构编码", width=16),
            Cell("起始日期", "day", 12),
            Cell("终止日期", "day", 12),
            Cell("所有制", width=10),
            Cell("收款单位", width=24),
            Cell("开户银行", width=22),
            Cell("账号", width=24),
            Cell("备注", width=14),
        ),
    )


def enrolment_form() -> Form:
    """Who is enrolled in the insurance, and who paid."""
    return Form(
        "参保名册",
        "参合（参保）名册",
        "每人一行，黄色的列必填。证号列是文本格式，不要改。用 onestop roster premium 与花名册对照。",
        (
            Cell("姓名", width=10, must=True),
            Cell("身份证号", "id", 21, must=True, hint=_ID),
            Cell("乡镇", width=12),
            Cell("村", width=12),
            Cell("缴费方式", width=14),
            Cell("个人缴费", "yuan", 12),
            Cell("资助金额", "yuan", 12),
        ),
    )


def insured_form() -> Form:
    """How long people are insured without a break, and what raises their yearly limit."""
    return Form(
        "参保激励名单",
        "参保激励名单",
        "每人一行，黄色的列必填；年数和提高限额至少填一项。证号列是文本格式，不要改。提高限额以元为单位，是这个人在起止日期内"
        "累计提高的；年度中途变了的（如用过激励额度后清零）写几行，日期不要重叠，没有起止的留空。"
        '填好后在 onestop.toml 写 insured = ["参保激励名单.xlsx"]。',
        (
            Cell("姓名", width=10, must=True),
            Cell("身份证号", "id", 21, must=True, hint=_ID),
            Cell("连续参保年数", "count", 14),
            Cell("提高限额", "yuan", 12),
            Cell("起始日期", "day", 12),
            Cell("终止日期", "day", 12),
            Cell("备注", width=16),
        ),
    )


def decisions_form(terms: FormWords) -> Form:
    """What people decided about single stays; as a rule it is 差错清单.xlsx, filled."""
    return Form(
        "处理意见",
        "处理意见",
        "多半不用另填：在差错清单“全部差错”表的黄色各列填写后另存即可。另填的，每条意见一行：医疗机构、住院号、姓名、代码"
        "照差错清单抄，经办人和复核人是两个人。填好放在县文件夹，文件名 处理意见.xlsx。",
        (
            Cell("医疗机构", width=22, must=True),
            Cell("住院号", width=14, must=True),
            Cell("姓名", width=9, must=True),
            Cell("代码", width=7, must=True),
            Cell("处理决定", width=10, choices=KINDS, must=True),
            Cell("补偿种类", width=14, choices=tuple(terms.layers)),
            Cell("金额", "yuan", 12),
            Cell("认定类别为", width=14, choices=tuple(terms.categories)),
            Cell("认定证号为", "id", 21),
            Cell("理由", width=24, must=True),
            Cell("依据", width=20, must=True),
            Cell("经办人", width=9, must=True),
            Cell("复核人", width=9, must=True),
            Cell("日期", "day", 12, must=True),
        ),
    )
