"""The platform's exports: residents under field codes with coded values, the employed under Chinese titles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from samples.fabricate.today.model import AREA, ZERO, Settlement
from samples.fabricate.today.people import person_number

_GRADES = {
    "三级特等": "01",
    "三级甲等": "02",
    "三级乙等": "03",
    "二级甲等": "05",
    "二级乙等": "06",
    "一级甲等": "08",
    "一级乙等": "09",
}

Lines = Iterator[tuple[list[object], Settlement | None]]
"""Cells, and the row they stand for; None for the heading."""


def resident_lines(rows: Sequence[Settlement]) -> Lines:
    """Field codes as titles, codes as values, IDs with a tab behind."""
    titles = list(_resident(rows[0], ""))
    yield list(titles), None
    for row in rows:
        yield list(_resident(row, row.setl_id).values()), row


def _resident(row: Settlement, setl_id: str) -> dict[str, object]:
    said, sign = row.written, -1 if row.pair else 1
    paid_before = sum(row.joins.shown.values(), ZERO) if row.joins else ZERO
    bill, scope = row.total * sign - paid_before, row.in_scope * sign - paid_before
    claimed, own = row.shown, bill - sum(row.shown.values())
    person = row.person
    return {
        "setl_id": setl_id, "mdtrt_id": row.mdtrt_id, "psn_no": person_number(person),
        "psn_name": said.get("name", person.name), "psn_cert_type": "01",
        "certno": said.get("id_no", person.id_no),
        "gend": "1" if person.sex == "男" else "2", "brdy": f"{person.born:%Y-%m-%d} 00:00:00",
        "insutype": row.scheme, "psn_type": "1501", "insu_admdvs": said.get("area", AREA),
        "fixmedins_code": row.house.code, "fixmedins_name": row.house.name,
        "hosp_lv": _GRADES[row.house.grade], "med_type": row.med_type,
        "begndate": f"{row.admitted:%Y-%m-%d} 00:00:00", "enddate": f"{row.discharged:%Y-%m-%d} 00:00:00",
        "setl_time": f"{row.settled_at:%Y-%m-%d %H:%M:%S}", "year": str(row.discharged.year),
        "medfee_sumamt": _yuan(bill), "fulamt_ownpay_amt": _yuan(row.own * sign),
        "overlmt_selfpay": _yuan(row.over * sign), "preselfpay_amt": _yuan(row.first_pay * sign),
        "inscp_scp_amt": _yuan(scope), "act_pay_dedc": _yuan(row.charged * sign),
        "pool_prop_selfpay": f"{row.rate:.4f}", "hifp_pay": _yuan(claimed["basic"]),
        "hifmi_pay": _yuan(claimed["critical"]), "hifob_pay": "0.00", "cvlserv_pay": "0.00",
        "maf_pay": _yuan(claimed["assistance"]), "othfund_pay": _yuan(claimed["extra"]),
        "fund_pay_sumamt": _yuan(sum(claimed.values(), ZERO)),
        "psn_part_amt": _yuan(own), "acct_pay": "0.00",
        "psn_cash_pay": _yuan(own), "hosp_part_amt": "0.00",
        "dise_codg": row.disease[0], "dise_name": row.disease[1], "setl_type": said.get("setl_type", "2"),
        "clr_type": "11" if row.outpatient else "21", "refd_setl_flag": said.get("refund", "0"),
        "vali_flag": "1", "备案类型": "临时外出就医" if row.away else "",
    }  # fmt: skip


def employed_lines(rows: Sequence[Settlement]) -> Lines:
    """The county export's 38 titles, in words; amounts as numbers, IDs as text."""
    yield list(_EMPLOYED.split()), None
    for row in rows:
        claimed = row.shown
        own = row.total - sum(claimed.values())
        account = min(own, Decimal(len(row.disease[1]) * 120))
        yield [
            row.setl_id, row.mdtrt_id, person_number(row.person), row.person.name,
            row.person.id_no, "在职", row.house.code, row.house.name, row.house.grade,
            "本地" if row.house.code.startswith("H639901") else "省内异地",
            f"{row.admitted:%Y-%m-%d}", f"{row.discharged:%Y-%m-%d}", f"{row.settled_at:%Y-%m-%d %H:%M:%S}",
            "医保电子凭证", row.total, row.own, row.over, row.first_pay, row.in_scope, row.charged,
            claimed["basic"], claimed["large"], claimed["critical"], claimed["assistance"],
            claimed["civil"], claimed["extra"], sum(claimed.values(), ZERO), own - account, account, ZERO,
            row.disease[1], "普通住院", row.rate, "否", "", row.person.township, row.person.village, "",
        ], row  # fmt: skip


_EMPLOYED = """
结算ID 就诊ID 个人编号 人员姓名 证件号码 人员类别 定点医药机构编号 定点医药机构名称 医院等级 医药机构地点类别
开始日期 结束日期 结算日期 就诊凭证类型 总费用 全自费金额 超限价自费费用 先行自付金额 范围内费用 起付线
统筹基金支出 大额医疗支出金额 大病保险支出 医疗救助支出 公务员医疗补助 其他基金支付 基金支付总额 个人现金支付
个人账户支付 账户共济支付金额 病种名称 医疗类别 统筹基金支付比例 中心报销 经办人员 乡镇 村 备注
"""


def _yuan(amount: Decimal) -> str:
    return f"{amount:.2f}"
