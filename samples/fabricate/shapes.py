"""The shapes hospitals hand their lists in: containers, headers, date and amount styles."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

ALIASES = {
    "no": ("序号", "编号"),
    "hospital": ("医疗机构", "医院名称", "入住医院", "就诊医疗机构名称", "定点机构名称"),
    "level": ("机构级别", "医院等级", "医疗机构等级"),
    "stay_no": ("住院号", "住院登记号", "就诊流水号"),
    "name": ("姓名", "患者姓名", "病人姓名"),
    "sex": ("性别",),
    "born": ("出生日期",),
    "id_no": ("身份证号", "身份证号码", "公民身份号码", "患者身份证号", "证件号码"),
    "category": ("救助对象类别", "人员类别", "救助身份", "对象类别"),
    "address": ("家庭住址", "家庭地址"),
    "township": ("乡镇",),
    "village": ("村",),
    "admitted": ("入院日期", "入院时间"),
    "discharged": ("出院日期", "出院时间", "离院日期"),
    "settled": ("结算日期", "结算时间", "补偿日期"),
    "disease": ("疾病名称", "诊断", "病种", "确诊患病名称"),
    "total": ("总费用", "住院总费用(元)", "医疗费总额", "总医药费", "住院总费用（元）"),
    "eligible": ("可补偿费用", "合规费用", "纳入保险报销费用", "住院可报总费用", "保内费用"),
    "basic": ("新农合补偿", "农合补偿金额", "实际补偿金额", "统筹支付", "保险支付金额"),
    "assistance": ("医疗救助", "救助金额(元)", "民政救助", "医疗救助金额（元）", "医疗救助金"),
    "self": ("个人自付", "自付费用(元)", "个人支付", "个人承担"),
}
"""Field → headers it goes by."""

MONEY = ("total", "eligible", "basic", "assistance", "self")
DAYS = ("born", "admitted", "discharged", "settled")

CONTAINERS = ("xlsx", "utf-8-sig", "xlsx", "gb18030", "utf-8")
"""An Excel workbook, or the encoding of a CSV."""

DATE_STYLES = ("{}-{}-{}", "cell", "{}/{}/{}", "{}.{}.{}", "{}年{}月{}日", "{}{}{}")
"""Where year, month and day stand; `cell`: a date cell in a workbook, the first style in a CSV."""

AMOUNT_STYLES = ("number", "text", "number", "comma")


@dataclass(frozen=True)
class Shape:
    """How a list looks. `columns` are (field, header) pairs in order. `stem` names the file; `{hospital}` and
    `{period}` are filled in. `total_row` is `right`, `wrong` or empty; `stay_no` a pattern for stay numbers."""

    container: str
    sheet: str
    stem: str
    columns: tuple[tuple[str, str], ...]
    title: bool
    unit_row: bool
    dates: str
    amounts: str
    total_row: str
    monthly: bool
    signature: bool
    stay_no: str

    def has(self, field: str) -> bool:
        """Whether the list has a column for `field`."""
        return any(name == field for name, _ in self.columns)


def draw_shape(rng: Random, index: int) -> Shape:
    """The shape of the `index`-th hospital; the index sees to it that twenty hospitals show every kind."""
    container = CONTAINERS[index % len(CONTAINERS)]
    dates = DATE_STYLES[index % len(DATE_STYLES)]
    anonymous = index % 9 == 4
    return Shape(
        container=container,
        sheet=("住院", "明细", "Sheet1")[index % 3],
        stem=f"{index + 1:02d}号报表" if anonymous else "{hospital}{period}",
        columns=_columns(rng, index),
        title=anonymous or index % 4 != 1,
        unit_row=anonymous or index % 3 == 0,
        dates=DATE_STYLES[0] if dates == "cell" and container != "xlsx" else dates,
        amounts=AMOUNT_STYLES[index // 2 % len(AMOUNT_STYLES)],
        total_row="wrong" if index == 7 else ("right", "right", "")[index % 3],
        monthly=index % 8 == 3,
        signature=index % 2 == 0,
        stay_no=("ZY2010{:05d}", "{:06d}", "10-{:04d}")[index % 3],
    )


def _columns(rng: Random, index: int) -> tuple[tuple[str, str], ...]:
    """Which columns, under which headers, in which order."""
    left_out = {"born"} if index % 4 else set()
    left_out |= {"hospital"} if index % 3 == 1 else set()
    left_out |= {"level"} if index % 2 else set()
    left_out |= {"settled"} if index % 7 == 3 else set()
    left_out |= {"eligible"} if index == 6 else set()
    left_out |= {"address"} if index % 5 != 2 else set()
    left_out |= {"township", "village"} if index % 5 != 3 else set()
    fields = [field for field in ALIASES if field not in left_out]
    if index % 4 == 2:
        shuffled = fields[3:]
        rng.shuffle(shuffled)
        fields = fields[:3] + shuffled
    return tuple((field, rng.choice(ALIASES[field])) for field in fields)
