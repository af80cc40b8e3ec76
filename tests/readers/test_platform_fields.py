"""Every field of the platform's settlement is read, held against something, or named as not needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from onestop_cli.batch.inspect import InspectOptions, inspect
from onestop_cli.county import platform
from onestop_cli.readers.layout.aliases import aliases, tidy
from tests.made.reader_files import csv_bytes, person, read
from tests.readers.test_stay_marks import PLATFORM, settlement

_FIELDS = """
mdtrt_id 就诊ID = visit_no
setl_id 结算ID 结算id = settlement_no
medins_setl_id 医药机构结算ID -
ipt_otp_no 住院/门诊号 = clinic_no
psn_no 人员编号 个人编号 = person_no
psn_name 人员姓名 = name
psn_cert_type 人员证件类型 = paper
certno 证件号码 = id_no
gend 性别 = sex
naty 民族 -
brdy 出生日期 = birth
age 年龄 -
insutype 险种类型 参保险种 参加险种 医保分类 = scheme
psn_type 人员类别 = person_type
cvlserv_flag 公务员标志 -
insu_admdvs insu_optins 参保地医保区划 参保机构医保区划 = insured_area
insuplc_admdvs = insured_area
fix_blng_admdvs 定点归属医保区划 -
fixmedins_poolarea -
fixmedins_code 定点医药机构编号 = hospital_code
fixmedins_name 定点医药机构名称 = hospital
hosp_lv 医院等级 定点医药机构等级 = level
dedc_hosp_lv 起付线医院等级 -
lmtpric_hosp_lv 限价医院等级 -
med_type 医疗类别 医保就诊类别 = visit
begndate 开始日期 = admitted
enddate 结束日期 = discharged
setl_time 结算时间 = settled_time
medfee_sumamt 医疗费总额 总费用 费用总额 医疗总费用 = total
fulamt_ownpay_amt ownpay_amt 全自费金额 = out_of_scope
overlmt_selfpay 超限价自费费用 超限价自费金额 = over_limit
preselfpay_amt 先行自付金额 = first_pay
inscp_scp_amt inscp_amt 符合政策范围金额 符合范围金额 范围内费用 = eligible
政策范围费用 医保政策范围费用 医保政策范围内费用 = eligible
符合医保报销金额 符合医保范围金额 符合医保金额 = eligible
act_pay_dedc 实际支付起付线 起付线 = deductible_paid
pool_prop_selfpay 基本医疗保险统筹基金支付比例 = pool_rate
hifp_pay 基本医疗保险统筹基金支出 统筹基金支出 统筹报销 统筹报销金额 基本医疗报销 基本医疗支出 基本医疗保险报销 = basic
基本医疗保险支出 基本医疗基金报销 基本医疗基金支出 = basic
hifmi_pay 居民大病保险资金支出 大病保险支出 大病报销 大病报销金额 大病补充医疗保险支出 = critical
hifob_pay 职工大额医疗费用补助基金支出 大额医疗支出金额 大额报销 大额报销金额 大额基金 = large
cvlserv_pay 公务员医疗补助 公务员医疗补助资金支出 公务员补助基金 = civil
hifes_pay 企业补充医疗保险基金支出 = enterprise
hifdm_pay 伤残人员医疗保障基金支出 = disabled
maf_pay 医疗救助基金支出 医疗救助支出 医疗救助 医疗救助金额 = assistance
oth_pay othfund_pay 其他支出 其他基金支出 其他基金支付 = other
fund_pay_sumamt 基金支付总额 = fund_total
psn_part_amt psn_pay 个人负担总金额 个人支付金额 = self
acct_pay 个人账户支出 = account
acct_mulaid_pay 个人账户共济支付金额 账户共济支付金额 = shared_account
balc 余额 -
psn_cash_pay cash_payamt 个人现金支付 现金支付金额 = cash
hosp_part_amt ownpay_hosp_part 医院负担金额 医院垫付 定点医疗机构垫支 = waiver
clr_optins 清算经办机构 -
clr_way 清算方式 -
clr_type 清算类别 -
refd_setl_flag 退费结算标志 = reversal
vali_flag 有效标志 = valid
setl_type 结算类别 = setl_type
pay_loc 支付地点类别 -
year 年度 = fund_year
dise_codg dise_no 病种编码 病种编号 -
dise_name 病种名称 = disease
crt_payb_lmt_amt 本次可支付限额金额 -
setl_proc_info 结算过程信息 -
"""
"""Codes and titles met in exports, and what becomes of the column; `-`: not needed. Typed from the field list, not from
the reader's tables. The two fields of the long form (a row per fund) are refused, below."""


def _said() -> list[tuple[str, str | None]]:
    lines = [line.split() for line in _FIELDS.strip().splitlines()]
    return [
        (title, line[-1] if line[-2] == "=" else None)
        for line in lines
        for title in line[: -2 if line[-2] == "=" else -1]
    ]


@pytest.mark.parametrize(("title", "field"), _said())
def test_a_field_of_the_platform_is_read_or_named_as_not_needed(
    title: str, field: str | None
) -> None:
    claim = aliases("stays").claim(tidy(title))
    assert (claim.field if claim else None) == field
    assert (platform.word(title) in platform.unneeded()) is (field is None)


VALUES = """
mdtrt_id=V setl_id=S ipt_otp_no=ZY1 psn_no=6399000065 psn_name=甲一 psn_cert_type=01 gend=1 naty=汉族
brdy=1970-01-01 age=54 insutype=390 psn_type=1701 insu_admdvs=639901 insuplc_admdvs=639901
fix_blng_admdvs=639901 fixmedins_poolarea=639901 fixmedins_code=H63990100001 fixmedins_name=示例县人民医院
hosp_lv=02 dedc_hosp_lv=2 med_type=21 begndate=2024-10-01 enddate=2024-10-08 setl_time=2024-10-08
medfee_sumamt=1000.00 fulamt_ownpay_amt=50.00 preselfpay_amt=50.00 inscp_scp_amt=900.00 act_pay_dedc=100.00
pool_prop_selfpay=0.75 hifp_pay=600.00 maf_pay=200.00 fund_pay_sumamt=800.00 psn_part_amt=200.00 balc=12.50
psn_cash_pay=200.00 vali_flag=1 setl_type=2 year=2024 dise_name=肺炎 crt_payb_lmt_amt=5000.00
setl_proc_info=完成
"""


def test_an_export_with_every_field_leaves_no_column_without_a_word(tmp_path: Path) -> None:
    """`inspect` shows each as read or as not used, all sums hold, and no number is taken for an amount nobody reads."""
    said = dict(pair.split("=") for pair in VALUES.split())
    codes = [line.split()[0] for line in _FIELDS.strip().splitlines() if line[0].isascii()]
    said["certno"] = person(1)
    rows = [
        [
            f"{said.get(code, '0')}{number if code in ('mdtrt_id', 'setl_id') else ''}"
            for code in codes
        ]
        for number in (1, 2, 3)
    ]
    (tmp_path / "a.csv").write_bytes(csv_bytes([codes, *rows]))
    (sheet,) = inspect(InspectOptions(paths=[tmp_path / "a.csv"]))
    assert {column.header for column in sheet.columns} | set(sheet.account.unused) == set(codes)
    assert (len(sheet.proofs), sheet.doubts) == (4, ())


def test_a_row_per_fund_is_no_row_per_settlement(tmp_path: Path) -> None:
    header = ["基金支付金额" if name == "医疗救助基金支出" else name for name in PLATFORM]
    rows = [[*header, "基金支付类型"], [*settlement(), "610100"]]
    reading = read(tmp_path, {"a.csv": csv_bytes(rows)})
    assert any("每个基金一行" in problem.what for problem in reading.problems)
