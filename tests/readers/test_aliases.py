"""What column headers mean."""

from __future__ import annotations

import re
from itertools import chain

import pytest

from onestop_cli.readers.layout.aliases import aliases, tidy, unit_of, without_asides

STAYS = {
    "name": "姓名 患者姓名 病人姓名 优抚对象 对象姓名 姓名*",
    "id_no": "身份证号 身份证号码 身份证 身份号码 公民身份号码 患者身份证号 证件号码",
    "address": "家庭住址 家庭地址 户口簿住址 实际居住地址 乡村名称",
    "township": "救助对象属地 区划名称 镇街 认定地 乡镇 乡（镇）",
    "village": "村 行政村 村（居）",
    "hospital": "医疗机构 医院名称 入住医院 就诊医院 就医机构名称 就诊机构 就诊医疗机构名称 定点机构名称 医疗机构名称",
    "level": "机构级别 医院等级 医疗机构等级",
    "stay_no": "住院号 住院登记号 登记号 病案号",
    "visit_no": "就诊流水号 就诊ID 就诊登记号 mdtrt_id",
    "settlement_no": "结算id 结算ID 结算号 结算流水号 setl_id SETL_ID",
    "clinic_no": "住院/门诊号 ipt_otp_no",
    "person_no": "人员编号 个人编号 个人编码 psn_no",
    "hospital_code": "定点医药机构编号 就医机构代码 医疗机构编码 fixmedins_code",
    "insured_area": "参保地 参保地医保区划 参保统筹区 insu_admdvs",
    "person_type": "人员类别 参保人员类别 psn_type",
    "scheme": "险种类型 参保险种 参保类别 insutype",
    "admitted": "入院日期 入院时间 就诊日期",
    "discharged": "出院日期 出院时间 离院日期",
    "settled": "结算日期 补偿日期 救助日期",
    "settled_time": "结算时间 setl_time",
    "fund_year": "基金年份",
    "disease": "病种 病种名称 疾病名称 诊断 确诊患病名称 救助病种 患病名称",
    "total": "总费用 住院总费用(元) 医疗费总额 医疗费总额（元） 费用总额 总医药费 医疗总费用 住院总费用",
    "eligible": "合规费用 纳入保险报销费用 保内费用 住院可报总费用 可补偿费用 符合医保范围金额（元） "
    "符合范围金额 合规金额 符合医保报销金额 纳入统筹 政策范围内费用",
    "out_of_scope": "目录外费用 全自费金额 自费",
    "first_pay": "先行自付金额 乙类先行自付",
    "over_limit": "超限价自费金额",
    "basic": "新农合补偿 农合补偿金额 保险支付金额 实际补偿金额 补偿金额 补偿 统筹支付 统筹基金 "
    "基本医疗基金支出（元） 基金支付 医保/农合报销 医保报销费用 基本医疗保险报销金额 保险机构支付费用",
    "critical": "大病保险 大病支出 大病报销金额 居民大病基金 大病补充医疗保险支出（元） 大额二次补偿金额 大病二次补偿",
    "commercial": "商业保险金额 商业保险报销 渝快保支出金额（元） 第三方补充医疗保险补偿金额",
    "waiver": "医院减免 医院减免金额 优抚医院减免(元)",
    "veterans": "优抚补助金额(元) 民政优抚",
    "assistance": "救助金额(元) 医疗救助 医疗救助金 医疗救助金额（元） 民政救助 民政救助部分费用 "
    "民政城乡医疗救助 医疗救助费用 医疗救助基金",
    "extra": "倾斜救助 倾斜补助",
    "backstop": "政府兜底 财政兜底 兜底保障",
    "large": "大额报销金额 职工大额医疗费用补助基金支出 大额医疗支出金额 大额基金 hifob_pay",
    "civil": "公务员补助基金 公务员医疗补助 公务员医疗补助资金支出",
    "enterprise": "企业补充医疗保险基金支出",
    "disabled": "伤残人员医疗保障基金支出",
    "other": "其他救助金额(元) 家庭账户冲抵金额 扶贫济困金额（元） 其他支出 其他基金支付",
    "account": "个人账户支付金额（元） 个人账户支出 个人账户 acct_pay",
    "shared_account": "共济账户 账户共济支付金额 个人账户共济支付金额",
    "cash": "个人现金支付金额（元） 现金 现金支付金额 psn_cash_pay",
    "fund_total": "基金支付总额 基金支付合计",
    "deductible_paid": "起付线 实际支付起付线",
    "self": "自付费用(元) 个人支付 个人支付费用 个人承担 个人自理 自付 "
    "个人自付 个人自付部分 个人负担总金额 个人支付金额",
    "category": "救助对象类别 救助身份 身份类别 医疗救助类型 优抚类别 对象类别 保障身份 持证类别",
    "reversal": "冲红类别 交易类型 结算标识 冲账 退费结算标志 退费标志 refd_setl_flag",
    "setl_type": "结算类别 setl_type",
    "visit": "救助方式 就诊类型 医疗类别 医保就诊类别 med_type",
}
ROSTER = {
    "name": "姓名 对象姓名 姓名* 优抚对象",
    "id_no": "身份证号 公民身份号码 伤残人员身份证号* 在乡复员人员身份证号* 带病回乡身份证号* "
    "三属人员身份证号* 60岁退役士兵身份证号*",
    "head": "户主姓名 户主",
    "head_id": "户主身份证号",
    "relation": "与户主关系*",
    "family_no": "家庭编号",
    "cert_no": "证件编号 低保证号 五保证号 五保证编号 优抚证号 证书编号*",
    "from": "享受起始日期 批准时间 入住时间 批准日期* 生效日期",
    "to": "停止日期 停保日期 退保日期 失效日期",
    "died": "死亡日期",
    "status": "优抚对象状态* 状态",
    "category": "救助类别 人员类别 保障身份",
    "address": "家庭住址 户口簿住址",
}
NEVER = (
    "救助基数(元) 优抚补助基数(元) 累计总费用 本年补偿金额 医疗救助金额占住院总费用比例 "
    "医疗救助证书编号 年龄 序号 户主姓名 家庭编号 药品费 封顶线 开户银行"
)


PAYERS = {
    "assistance": "民政局垫付 民政垫付 民政负担 民政补差 民政减免 民政部门支付 民政承担部分 "
    "民政补助款 救助垫付金额 "
    "救助款 大病救助款 医疗救助报销 医疗救助减免 住院救助金额 城乡医疗救助补助资金 民政大病救助 县民政局支付 "
    "民政报付 一站式医疗救助 "
    "其中：医疗救助 其中:民政救助 （其中）医疗救助 重特大疾病医疗救助",
    "basic": "合管办垫付 合医报销 农医办支付 合作医疗减免 合作医疗补差 合疗垫支 农合负担 新农合补偿款 "
    "农合统筹支付 县合管办垫付资金 "
    "新型农村合作医疗补偿金额 合管中心报销 其中：新农合 医保局支付 统筹垫付 补偿款 统筹 报销款 "
    "核定补偿额 审核补偿金额 农合应拨 新农合应付款 Ⅰ.新农合 1.新农合补偿 （一）农合补偿",
    "eligible": "范围内费用 政策范围内医疗费用 合规费用 合规医疗费用 可报费用 可报金额 可补偿总费用 其中:可补偿费用 "
    "医保范围内费用 目录内费用 合规范围内医药费用 新农合可报费用 可补助费用 农合范围内费用 保内金额 "
    "规定范围内费用 医保范围费用 有效费用 有效医药费 核定可报费用 2.可补偿费用",
    "critical": "新农合大病补偿 城乡居民大病保险报销 大病保险支付 大病报付",
    "extra": "倾斜救助 二次救助 再救助",
    "other": "其他救助 慈善救助 残联救助",
    "backstop": "民政兜底 政府兜底",
    "veterans": "民政优抚补助",
    "waiver": "医院减免 减免金额",
    "out_of_scope": "非合规费用 不可报费用 范围外费用",
}
NO_PAYER = (
    "医疗救助比例 救助人数 民政部门意见 救助后个人自付 进入医疗救助金额 合作医疗证号 农合卡号 "
    "合管办意见 门诊救助金额 已救助金额 "
    "大病合规费用 可报比例 范围内自付 救助情况 工会救助 医疗救助审批表"
)


@pytest.mark.parametrize(
    ("field", "header"), [(f, h) for f, hs in PAYERS.items() for h in hs.split()]
)
def test_a_payer_is_known_by_his_name_whatever_word_stands_beside(field: str, header: str) -> None:
    claim = aliases("stays").claim(tidy(header))
    assert claim is not None
    assert claim.field == field


@pytest.mark.parametrize("header", NO_PAYER.split())
def test_a_payers_name_alone_makes_no_amount(header: str) -> None:
    claim = aliases("stays").claim(tidy(header))
    assert claim is None or aliases("stays").fields[claim.field].kind != "money"


@pytest.mark.parametrize("header", ["补偿款", "统筹", "报销金额", "实际补偿金额"])
def test_a_payment_without_a_payer_is_the_insurances_only_where_nothing_else_is(
    header: str,
) -> None:
    claim = aliases("stays").claim(tidy(header))
    assert claim is not None
    assert (claim.field, claim.rank[0]) == ("basic", 1)


def pairs(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(field, header) for field, headers in table.items() for header in headers.split(" ")]


@pytest.mark.parametrize(("field", "header"), pairs(STAYS))
def test_a_header_seen_in_the_field_is_known(field: str, header: str) -> None:
    claim = aliases("stays").claim(tidy(header)) or aliases("stays").claim(
        without_asides(tidy(header))
    )
    assert claim is not None
    assert claim.field == field


@pytest.mark.parametrize(("field", "header"), pairs(ROSTER))
def test_a_roster_header_seen_in_the_field_is_known(field: str, header: str) -> None:
    claim = aliases("roster").claim(tidy(header))
    assert claim is not None
    assert claim.field == field


@pytest.mark.parametrize("header", NEVER.split(" "))
def test_a_header_that_only_looks_like_one_is_not_taken(header: str) -> None:
    claim = aliases("stays").claim(tidy(header))
    assert claim is None


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("总费用(元)", "元"),
        ("总费用（万元）", "万元"),
        ("金额[分]", "分"),
        ("总费用", None),
        ("部分", None),
    ],
)
def test_a_header_may_name_its_unit(header: str, unit: str | None) -> None:
    assert unit_of(header) == unit


def test_header_texts_are_compared_without_decoration() -> None:
    assert tidy(" 住院\n总费用 *（元）") == "住院总费用"
    assert tidy("身份证号（必填）") == "身份证号"
    assert tidy("个人自付部分") == "个人自付部分"


def told_apart(words: set[str]) -> bool:
    """Whether no text can be put together of the words in two ways (Sardinas and Patterson)."""
    rests = {b[len(a) :] for a in words for b in words if a != b and b.startswith(a)}
    seen: set[str] = set()
    while rests and not rests & words:
        seen |= rests
        pairs = [(rest, word) for rest in rests for word in words]
        rests = {rest[len(word) :] for rest, word in pairs if rest.startswith(word)}
        rests |= {word[len(rest) :] for rest, word in pairs if word.startswith(rest)}
        rests -= seen
    return not rests


@pytest.mark.parametrize("table", ["stays", "roster", "register"])
def test_no_long_header_is_tried_in_many_ways(table: str) -> None:
    """应付应付应付… as 应付 and as 应, 付: twenty of them took half a second, thirty ten minutes."""
    known = aliases(table)
    of_fields = ((*field.strong, *field.weak) for field in known.fields.values())
    patterns = [*chain(*of_fields), *known.ignore, *known.known, *known.idle_days]
    repeated = [
        group for p in patterns for group in re.findall(r"\((?!\?)([^()]*)\)[*+]", p.pattern)
    ]
    assert [group for group in repeated if not told_apart({*group.split("|")})] == []
    assert repeated or table == "register"


def test_words_that_can_be_read_in_two_ways_are_seen() -> None:
    assert not told_apart({"应", "付", "应付"})
    assert not told_apart({"垫", "垫支", "支付", "付"})
    assert told_apart({"应", "付", "拨"})


@pytest.mark.parametrize(
    "header",
    ["民政应付", "民政应拨", "农合应拨付", "民政垫支", "农合垫资", "民政拨款", "救助资金总额"],
)
def test_every_way_to_say_a_share_is_still_one(header: str) -> None:
    claim = aliases("stays").claim(tidy(header))
    assert claim is not None
    assert claim.field == ("basic" if "农合" in header else "assistance")
