"""One provoking case per finding: the smallest county in which it, and nothing else, must be found."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from samples.fabricate.casebook import (
    COUNTY,
    LIU,
    PROVINCE,
    TOWNSHIP,
    WANG,
    ZHAO,
    ZHUOMA,
    Case,
    Cells,
    Expected,
    Paid,
    Someone,
    bill,
    entry,
    write_case,
)
from samples.fabricate.people import make_id
from samples.fabricate.pricing import assume

ROSTER = "花名册.csv"

_RIGHT: Paid = {"basic_payable": "1050.00", "assistance_payable": "592.50"}
"""A county stay of 2,000 yuan, 1,500 of it 可补偿: 70 %, then 500 × 60 % + 450 × 65 % of the rest."""

_WAITING: Paid = {"basic_held": "1050.00", "assistance_held": "592.50"}

_UNENTITLED: Paid = {"basic_payable": "910.00", "assistance_deducted": "688.00"}

PAID: Mapping[str, Mapping[int, Paid]] = {
    "ID01": {2: {"basic_held": "910.00"}},
    "ID04": {2: _WAITING},
    "RO01": {2: _UNENTITLED},
    "RO02": {
        2: {
            "basic_payable": "1050.00",
            "assistance_shortfall": "592.50",
            "patient_owed": "592.50",
        }
    },
    "RO04": {2: _UNENTITLED, 3: {"basic_payable": "1050.00", "assistance_payable": "950.00"}},
    "ST01": {
        2: _RIGHT,
        3: {"basic_deducted": "1050.00", "assistance_deducted": "592.50"},
        4: {"basic_held": "1050.00", "assistance_held": "950.00"},
        5: {"basic_held": "1000.00", "assistance_held": "1000.00"},
    },
    "ST06": {2: {"basic_held": "-1050.00", "assistance_held": "-592.50"}, 3: {}, 4: {}},
    "AM01": {
        2: {
            "basic_payable": "1050.00",
            "basic_deducted": "150.00",
            "assistance_payable": "495.00",
            "assistance_shortfall": "97.50",
            "assistance_offset": "97.50",
        },
        3: {**_RIGHT, "assistance_deducted": "25.00"},
        4: {**_RIGHT, "assistance_deducted": "357.50"},
    },
    "AM02": {2: {**_RIGHT, "basic_payable": "1050.01"}},
    "AM07": {2: {"basic_payable": "975.00", "basic_deducted": "0.02"}},
    "CA01": {
        2: {"basic_payable": "2800.00", "assistance_payable": "5620.00"},
        3: {**_RIGHT, "assistance_payable": "380.00", "assistance_deducted": "212.50"},
    },
    "RU01": {2: _WAITING},
}
"""How the claims of some cases' rows must be divided, worked out by hand from the document."""


def write_cases(folder: Path) -> None:
    """Replace `folder` by one folder per finding code."""
    shutil.rmtree(folder, ignore_errors=True)
    for case in cases():
        write_case(case, folder / case.code)


def cases() -> Iterator[Case]:
    """Every case, in the order of the catalogue."""
    for case in _cases():
        yield replace(case, paid=PAID.get(case.code, {}))


def _cases() -> Iterator[Case]:
    yield from _who()
    yield from _roster()
    yield from _when()
    yield from _again()
    yield from _where()
    yield from _how_much()
    yield from _files()


def _one(
    code: str,
    what: str,
    *rows: Cells,
    found: tuple[Expected, ...] | None = None,
    roster: tuple[Cells, ...] = (),
    period: str = "2010Q4",
) -> Case:
    """A case of one hospital, whose first row is the finding unless `found` says otherwise."""
    return Case(code, what, {COUNTY: rows}, found or (Expected(code, 2),), roster, period)


def _who() -> Iterator[Case]:
    last = "1" if LIU.id_no[17] != "1" else "2"
    yield _one("ID01", "校验码不对", bill(LIU, 身份证号=LIU.id_no[:17] + last))
    yield _one("ID02", "15 位旧证号，补成 18 位后在册", bill(WANG, 身份证号=_old(WANG)))
    numeric = bill(LIU, 身份证号=float(LIU.id_no[:15] + "000"))
    found = (Expected("ID03", 2, source=f"{COUNTY}.xlsx"),)
    yield Case("ID03", "证号存成了数字，末几位已丢", {COUNTY: [numeric]}, found, container="xlsx")
    yield _one("ID04", "花名册上这个证号是王秀英", bill(WANG, 姓名="王秀兰"))
    yield _one("ID05", "证号是女，表里写男", bill(WANG, 性别="男"))


def _old(person: Someone) -> str:
    return person.id_no[:6] + person.id_no[8:17]


def _roster() -> Iterator[Case]:
    aided = bill(LIU, 新农合补偿="910.00", 医疗救助="688.00", 个人自付="402.00")
    yield _one("RO01", "不在册而申报医疗救助", aided, found=(Expected("RO01", 2, "assistance"),))
    yield _one(
        "RO02",
        "在册而没有申报医疗救助",
        bill(WANG, 医疗救助="", 个人自付="950.00"),
        found=(Expected("RO02", 2, "assistance"),),
    )
    yield _one("RO03", "低保户写成五保户，金额是对的", bill(WANG, 救助对象类别="五保户"))
    yield _one(
        "RO04",
        "入院前一天停保；停保当天入院的那一行还在待遇期内",
        bill(WANG, 新农合补偿="910.00", 医疗救助="688.00", 个人自付="402.00"),
        bill(ZHAO, stay_no="1002"),
        roster=(entry(WANG, 停保日期="2010-10-07"), entry(ZHAO, 停保日期="2010-10-08")),
        found=(Expected("RO04", 2, "assistance"),),
    )
    both = (entry(WANG), entry(replace(WANG, category="重点优抚对象")))
    yield _one(
        "RO05",
        "又是低保户又是重点优抚对象，按优抚算",
        bill(replace(WANG, category="重点优抚对象")),
        roster=both,
    )
    twin = Someone(WANG.name, make_id(1, date(1952, 3, 15), 44))
    yield _one("RO06", "同名同生日，证号不同", bill(twin))
    yield _one(
        "RO07",
        "死亡次日入院；死亡当天入院的那一行不算",
        bill(WANG),
        bill(ZHAO, stay_no="1002"),
        roster=(entry(WANG, 死亡日期="2010-10-07"), entry(ZHAO, 死亡日期="2010-10-08")),
    )
    yield _one(
        "RO08",
        "花名册里同一人登记了两次",
        bill(WANG),
        roster=(entry(WANG), entry(WANG)),
        found=(Expected("RO08", 3, source=ROSTER),),
    )

    yield _one(
        "RO09",
        "状态写停保而没有日期；写了日期的那一行，入院时还没有停保",
        bill(WANG),
        bill(ZHAO, stay_no="1002"),
        roster=(entry(WANG, 状态="停保"), entry(ZHAO, 状态="停保", 停保日期="2010-12-31")),
    )

    elsewhere = replace(WANG, id_no=make_id(1, date(1952, 3, 15), 44))
    yield _one(
        "RO10",
        "同一村同名同生日的两个证号都在册",
        bill(WANG),
        roster=(entry(WANG), entry(elsewhere)),
    )


def _when() -> Iterator[Case]:
    other = bill(ZHAO, stay_no="1002")
    yield _one(
        "ST01",
        "前两行完全相同，留一行；后两行金额不同，两行都待核",
        bill(WANG),
        bill(WANG),
        other,
        other | {"新农合补偿": "1000.00", "医疗救助": "1000.00"},
        roster=(entry(WANG), entry(ZHAO)),
        found=tuple(Expected("ST01", row) for row in (3, 4, 5)),
    )
    yield Case(
        "ST02",
        "后入院的那一行与前一家医院的住院交叉；出院当天转院不算交叉",
        {
            TOWNSHIP: [bill(WANG, TOWNSHIP, "2001", "2010-10-01", "2010-10-08")],
            COUNTY: [bill(WANG)],
            PROVINCE: [bill(WANG, PROVINCE, "3001", "2010-10-12", "2010-10-20")],
        },
        (Expected("ST02", 2, source=f"{PROVINCE}.csv"),),
    )
    yield _one(
        "ST03",
        "一行出院早于入院，一行没有出院日期",
        bill(WANG, 出院日期="2010-10-05"),
        bill(LIU, stay_no="1002", 出院日期=""),
        found=(Expected("ST03", 2), Expected("ST03", 3)),
    )
    yield _one(
        "ST04",
        "次年一月一日结算；十二月三十一日结算的那一行属于本期",
        bill(WANG, discharged="2010-12-31", 结算日期="2011-01-01"),
        bill(LIU, stay_no="1002", discharged="2010-12-30", 结算日期="2010-12-31"),
    )
    yield _one(
        "ST05",
        "出院后第 15 天再入院；另一人第 16 天再入院，不提示",
        bill(WANG),
        bill(WANG, stay_no="1002", admitted="2010-10-30", discharged="2010-11-04"),
        bill(LIU, stay_no="1003"),
        bill(LIU, stay_no="1004", admitted="2010-10-31", discharged="2010-11-04"),
        found=(Expected("ST05", 3),),
    )


def _again() -> Iterator[Case]:
    yield _one(
        "ST06",
        "后两行一正一负，互相冲销；第一行的负数找不到原行",
        _negative(bill(WANG)),
        bill(LIU, stay_no="1002"),
        _negative(bill(LIU, stay_no="1002")),
    )
    closed = _one("ST07", "第三季度已经结算", bill(WANG) | _SETTLED_IN_Q3, period="2010Q3")
    yield replace(
        _one("ST07", "第三季度已结算的住院又报一次", bill(WANG) | _SETTLED_IN_Q3 | _AGAIN),
        earlier=replace(closed, expected=()),
    )
    yield _one(
        "ST08",
        "跨年住院：按出院年度计算",
        bill(WANG, admitted="2009-12-28", discharged="2010-01-06"),
        period="2010Q1",
    )


_SETTLED_IN_Q3: Cells = {
    "入院日期": "2010-09-08",
    "出院日期": "2010-09-15",
    "结算日期": "2010-09-15",
}
_AGAIN: Cells = {"结算日期": "2010-10-09"}


def _negative(row: Cells) -> Cells:
    """The row that takes `row` back."""
    amounts = ("总费用", "可补偿费用", "新农合补偿", "医疗救助", "个人自付")
    return {name: f"-{cell}" if name in amounts else cell for name, cell in row.items()}


def _where() -> Iterator[Case]:
    yield _one("HO01", "名录里没有这家医院", bill(WANG, 医疗机构="长河市康复诊所"))
    yield _one("HO02", "名录是县级，表里写乡级；金额是对的", bill(WANG, 机构级别="乡级"))


def _how_much() -> Iterator[Case]:
    yield _one(
        "AM01",
        "第一行按乡级比例，第二行整段计算，第三行按五保户救助",
        bill(WANG, claim=assume("level:township", "county", WANG.category)),
        bill(_LI, stay_no="1002", claim=assume("bands:whole", "county", _LI.category)),
        bill(_MA, stay_no="1003", claim=assume("category:五保户", "county", _MA.category)),
        roster=(entry(WANG), entry(_LI), entry(_MA)),
        found=(
            Expected("AM01", 2, "basic", "level:township"),
            Expected("AM01", 2, "assistance", "upstream"),
            Expected("AM01", 3, "assistance", "bands:whole"),
            Expected("AM01", 4, "assistance", "category:五保户"),
        ),
    )
    yield _one(
        "AM02",
        "新农合多报一分，在容差以内",
        bill(WANG, 新农合补偿="1050.01", 个人自付="357.49"),
        found=(Expected("AM02", 2, "basic"),),
    )
    yield _one("AM03", "各项加起来比总费用多 10 元", bill(LIU, 个人自付="1100.00"))
    yield _one(
        "AM04",
        "总费用是错误值；可补偿费用空白；可补偿费用为负",
        bill(LIU, 总费用="#REF!"),
        bill(LIU, stay_no="1002", 可补偿费用="") | _later(1),
        bill(LIU, stay_no="1003", 可补偿费用="-1500.00") | _later(2),
        found=tuple(Expected("AM04", row) for row in (2, 3, 4)),
    )
    yield _one("AM05", "可补偿费用比总费用多一分", bill(LIU, eligible="2000.01", total="2000.00"))
    yield _one(
        "AM06",
        "商业保险赔得多，自付填成了负数",
        bill(LIU, 商业保险金额="1200.00", 个人自付="-110.00"),
    )
    yield _one(
        "AM07",
        "普通参合人：新农合补偿超过可补偿费用的 65 % 两分",
        bill(LIU, 新农合补偿="975.02", 个人自付="1024.98"),
        found=(Expected("AM07", 2, "basic"),),
    )
    yield _caps()
    yield _one(
        "CA02",
        "医疗救助本年度累计达到封顶的 95 %",
        bill(WANG, total="10094.12", eligible="4000.00"),
        found=(Expected("CA02", 2, "assistance"),),
    )
    yield _one(
        "RU01",
        "政策 2009-10-01 起施行，前一天出院",
        bill(WANG, admitted="2009-09-20", discharged="2009-09-30", 结算日期="2010-10-08"),
    )


_LI = Someone("李有福", make_id(5, date(1961, 7, 9), 77), "农村低保户")
_MA = Someone("马·索菲娅", make_id(6, date(1958, 2, 27), 88), "农村低保户")


def _later(months: int) -> Cells:
    """Another stay of the same person, so far away that it is no readmission."""
    month = 10 + months
    day = f"2010-{month}-15"
    return {"入院日期": f"2010-{month}-08", "出院日期": day, "结算日期": day}


def _caps() -> Case:
    """Two stays whose assistance is under the cap each and over it together."""
    return _one(
        "CA01",
        "两次住院各自不到 6000 元，合起来超过，第二次没有扣减",
        bill(WANG, total="10000.00", eligible="4000.00"),
        bill(WANG, stay_no="1002") | _later(1),
        found=(Expected("CA01", 3, "assistance"),),
    )


def _files() -> Iterator[Case]:
    row = bill(ZHUOMA)
    wrong: Cells = {"住院号": "合计", "总费用": "3000.00", "新农合补偿": row["新农合补偿"]}
    yield _one(
        "FI01",
        "合计行的总费用多 1000 元",
        row,
        wrong,
        roster=(entry(ZHUOMA),),
        found=_third("FI01"),
    )
    note: Cells = {"姓名": "另有一例材料未齐，随后补报"}
    yield _one(
        "FI02", "一行文字，不是住院记录", row, note, roster=(entry(ZHUOMA),), found=_third("FI02")
    )
    yield _one(
        "FI03",
        "“杂项”一列有金额，认不出是什么；床位费是费用项目",
        bill(WANG, 床位费="120.00", 杂项="30.00"),
        found=(Expected("FI03", 0),),
    )
    copy = f"{COUNTY} - 副本"
    found = (Expected("FI04", 0, source=f"{copy}.csv"),)
    yield Case("FI04", "同一份文件放了两次", {COUNTY: [bill(WANG)], copy: [bill(WANG)]}, found)
    phone: Cells = {"姓名": f"{row['姓名']} 电话13900000001"}
    yield _one("FI05", "姓名后面写了电话", row | phone, roster=(entry(ZHUOMA),))


def _third(code: str) -> tuple[Expected, ...]:
    return (Expected(code, 3),)
