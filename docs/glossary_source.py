"""One glossary: the domain's word, the column that carries it, and what it is called in English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """`chinese` as clerks and documents say it; `columns` that carry it, if any; `english`, and what it means here."""

    chinese: str
    english: str
    columns: tuple[str, ...] = ()
    meaning: str = ""


PARTS: Sequence[tuple[str, Sequence[Word]]] = (
    (
        "Money and who pays",
        (
            Word("总费用", "total cost", ("total_fen",), "the whole bill; amounts are whole fen"),
            Word(
                "可补偿（合规）费用",
                "eligible cost",
                ("eligible_fen", "has_eligible"),
                "what is within the catalogues; `has_eligible`: the file has such a column",
            ),
            Word(
                "目录外自费", "out of scope", ("out_of_scope_fen",), "paid by the patient in full"
            ),
            Word(
                "先行自付",
                "first pay",
                ("first_pay_fen",),
                "the patient's first share of class B items",
            ),
            Word("超限价自费", "over the price limit", ("over_limit_fen",)),
            Word(
                "补偿项目（层）",
                "layer",
                ("layer",),
                "basic 新农合/居民医保, critical 大病保险, assistance 医疗救助, extra 倾斜/二次救助, "
                "backstop 政府兜底; paid in this order",
            ),
            Word(
                "申报（垫付）金额",
                "claimed",
                ("<layer>_claimed_fen", "<payer>_claimed_fen", "claimed_fen"),
                "what the hospital says it paid; payers beyond the layers: large 职工大额, civil 公务员补助, "
                "enterprise 企业补充, disabled 伤残保障, commercial 商业保险, waiver 医院减免, veterans 优抚补助, "
                "other 其他",
            ),
            Word(
                "应补金额",
                "due",
                ("<layer>_due_fen", "due_fen"),
                "what the rules give, from the rules alone",
            ),
            Word("差额", "difference", ("diff_fen",), "claimed − due"),
            Word("核付", "payable", ("<layer>_payable_fen",), "of the claim, what the fund pays"),
            Word(
                "扣减",
                "deducted",
                ("<layer>_deducted_fen",),
                "of the claim, what the hospital does not get",
            ),
            Word(
                "待核金额",
                "held amount",
                ("<layer>_held_fen",),
                "of the claim, what waits for an answer",
            ),
            Word(
                "可核上限",
                "bound",
                ("<layer>_bound_fen",),
                "the most that can be right, where what is due cannot be known",
            ),
            Word("前层支付", "paid before", ("<layer>_paid_fen",), "what later layers take off"),
            Word("已申报", "touched", ("<layer>_touched",), "whether, never how much, was claimed"),
            Word("医院负担", "borne by the hospital", ("hospital_borne_fen",)),
            Word("应补未补", "shortfall", ("<layer>_shortfall_fen",), "due beyond the claim"),
            Word(
                "层间调整",
                "offset",
                ("<layer>_offset_fen",),
                "a layer paid too high and another too low on one stay: the part that cancels",
            ),
            Word("应补未补", "owed to the patient", ("patient_owed_fen",), "shortfall − offset"),
            Word("应拨", "payment", (), "payable + offset: what a fund pays to a hospital"),
            Word(
                "属前期",
                "of earlier periods",
                (),
                "what a period approves for stays of earlier ones: 上期调整, 补报, and 补发 for them",
            ),
            Word(
                "个人自付",
                "self-pay",
                ("self_claimed_fen", "self_due_fen", "self_fen"),
                "everything the patient bears, accounts included",
            ),
            Word("个人账户支付", "accounts", ("account_fen",), "own and family, of the self-pay"),
            Word("基金支付总额", "fund total", ("fund_total_fen",), "as the export states it"),
            Word(
                "所报起付线、支付比例",
                "stated deductible and rate",
                ("deductible_stated_fen", "rate_stated"),
                "as the export states them; ten-thousandths",
            ),
            Word(
                "核对方式",
                "check",
                ("<layer>_check",),
                "`exact`; `bound`: only an upper bound could be checked; `none`: taken as claimed or not settled",
            ),
            Word("起付线", "deductible", (), "what the patient bears before a layer begins"),
            Word("封顶线", "cap", (), "the most a layer pays, per stay or per person and year"),
            Word(
                "分段",
                "bands",
                (),
                "progressive 分段累进: each part at its own rate; whole 全额: all at one rate",
            ),
            Word("保底", "floor", (), "the least a layer pays"),
            Word(
                "单病种定额、限额",
                "quota",
                ("quota",),
                "a fixed amount, or a price limit, for a disease",
            ),
            Word("预拨", "advance", (), "what 民政 pays ahead"),
            Word("质量保证金", "deposit", (), "kept back of what a hospital is paid, at most 5 %"),
            Word("不予支付", "refused", (), "approved, and not paid for a reason found later"),
            Word("未救助名单", "unaided", (), "who bore much and got no assistance at all"),
        ),
    ),
    (
        "A stay",
        (
            Word("住院", "stay", (), "one row that counts; never “case” or “visit”"),
            Word(
                "住院号",
                "stay number",
                ("stay_no",),
                "may be a patient's number for life; else the visit's, else the settlement's",
            ),
            Word(
                "次序",
                "turn",
                ("settled_or_discharged", "settled_second"),
                "day and second by which a person's year is put in order",
            ),
            Word(
                "结算期",
                "period",
                ("period", "belongs_to", "outside_period"),
                "in which a stay was posted, to which a late one belongs, or none",
            ),
            Word(
                "期初",
                "brought forward",
                ("stays", "cost_fen", "deductible_fen", "base_fen", "paid_fen"),
                "what a year had brought a person before the books began",
            ),
            Word(
                "往期状态",
                "closed state",
                ("blocking", "settled_with"),
                "what holds a closed stay, and the settings it was settled with",
            ),
            Word(
                "往期处理",
                "decided before",
                ("was_released", "was_refused", "was_category", "was_rule_id"),
                "about a closed stay, and the document that governed it",
            ),
            Word("在定点名册", "in the register", ("in_register",)),
            Word("就诊ID", "visit number", ("visit_no",), "of the insurance: one visit"),
            Word(
                "结算ID",
                "settlement number",
                ("settlement_no",),
                "of the insurance: one settlement, of which a visit may have several",
            ),
            Word("结算时间", "moment of settlement", ("settled_at",), "orders a day's settlements"),
            Word("结算类别", "kind of settlement", ("setl_type",), "1 中心, 2 联网, 3 补充"),
            Word("退费、冲红标志", "refund flag", ("refund_flag",), "the row is taken back"),
            Word("住院（非门诊）", "inpatient", ("inpatient",), "by 医疗类别; null: nobody says"),
            Word("医疗机构编号", "hospital code", ("hospital_code",)),
            Word(
                "医疗机构",
                "hospital",
                ("hospital", "hospital_raw"),
                "the register's name; `_raw` is the file's own text",
            ),
            Word(
                "机构级别",
                "level",
                ("level", "level_raw", "level_stated"),
                "village 村级, township 乡级, county 县级, city 市级, province 省级; the register wins",
            ),
            Word("所有制", "ownership", ("ownership",)),
            Word("入院日期", "admitted", ("admitted_on",)),
            Word("出院日期", "discharged", ("discharged_on",)),
            Word("结算日期", "settled", ("settled_on",), "with the hospital; decides the period"),
            Word("日期读不懂之处", "date fault", ("date_fault",)),
            Word("金额读不懂之处", "amount fault", ("amount_fault",)),
            Word(
                "待遇年度",
                "benefit year",
                ("benefit_year",),
                "of the discharge, unless the file or the rule says otherwise",
            ),
            Word("基金年份", "fund year", ("fund_year",), "the year a file itself names"),
            Word("病种、诊断", "disease", ("disease",), "never published"),
            Word("参保类型", "scheme", ("scheme_raw",)),
            Word("转诊", "referral", ("referral_raw",)),
            Word("就诊类型", "kind of visit", ("visit_raw",)),
            Word(
                "状态",
                "status",
                ("status",),
                "settled 核定, held 待核, rejected 拒付, reversed 已冲销",
            ),
            Word(
                "政策文件编号",
                "rule id",
                ("rule_id", "rule"),
                "the document or documents that governed the stay",
            ),
            Word(
                "条款", "terms", ("term", "ungoverned"), "the row of a document's table; why none"
            ),
        ),
    ),
    (
        "A person",
        (
            Word(
                "姓名",
                "name",
                ("name", "name_key", "roster_name"),
                "`_key`: the comparable form; `roster_name`: other names of this ID",
            ),
            Word(
                "身份证号",
                "ID number",
                ("id_no", "id_raw"),
                "18 characters, null when unusable; `_raw`: what the file said",
            ),
            Word(
                "精度丢失", "digits lost", ("id_numeric",), "the cell was a number: never repaired"
            ),
            Word("证号问题", "ID fault", ("id_fault", "id_why")),
            Word(
                "人员键",
                "person",
                ("person",),
                "the ID, else a key of what the file said; never published",
            ),
            Word("人员编号", "person number", ("person_no",), "of the insurance; not the ID"),
            Word("参保地", "insured area", ("insured_area",)),
            Word("性别", "sex", ("sex_raw",)),
            Word("出生日期", "birth", ("birth_on",)),
            Word("乡镇", "township", ("township", "township_raw")),
            Word("村", "village", ("village", "village_raw")),
            Word("家庭住址", "address", ("address_raw",)),
            Word(
                "救助类别",
                "category",
                ("category", "category_raw", "categories_valid", "kinds_valid"),
                "`categories_valid`: all that apply on the day",
            ),
            Word("在册", "listed", ("listed",), "the ID stands on some roster"),
            Word("有待遇", "entitled", ("entitled",), "a category is valid on the day that counts"),
            Word("待遇中止原因", "lapse", ("lapse",), "why a listed person is not entitled"),
            Word(
                "资格日期存疑",
                "doubt",
                ("doubt",),
                "what cannot be read and would change the right",
            ),
            Word(
                "政策没有提到的类别",
                "unknown kind",
                ("unknown_kind",),
                "of a roster; one question per kind",
            ),
            Word(
                "待遇起止",
                "from, to",
                ("from_on", "to_on", "from_earliest", "from_latest", "to_earliest", "to_latest"),
                "first and last day of entitlement, null is open; a day in doubt lies between its earliest and latest",
            ),
            Word(
                "死亡日期",
                "died",
                ("died_on", "died_earliest", "died_latest", "dead_said", "dead_raw"),
            ),
            Word("对象状态", "roster status", ("status_raw",), "停保, 注销, 死亡 …"),
            Word("停保原因、备注", "reason, remark", ("reason_raw", "remark_raw")),
            Word("家庭编号", "family number", ("family_no",)),
            Word("户主", "head of the household", ("head",)),
            Word("与户主关系", "relation", ("relation",)),
            Word("证件编号", "certificate number", ("cert_no",), "of the category"),
            Word("参合证号", "scheme number", ("scheme_no",), "of the insurance's own certificate"),
            Word("民族", "ethnic group", ("ethnic_group",)),
            Word("缴费方式", "marked", ("marked_raw",), "who paid, by an enrolment list"),
            Word(
                "个人缴费、资助金额",
                "own, subsidy",
                ("own_fen", "subsidy_fen"),
                "the premium, by an enrolment list",
            ),
            Word(
                "连续参保年数、提高限额",
                "years, raise",
                ("years", "raise_fen"),
                "of a list of insured people (参保激励名单)",
            ),
            Word("疑似同一人", "suggestion", ("suggestion",), "only ever suggests"),
        ),
    ),
    (
        "Where a row comes from, and other rows like it",
        (
            Word(
                "文件、工作表、行",
                "place",
                ("source", "sheet", "row"),
                "as the spreadsheet shows it, rows from 1",
            ),
            Word("花名册出处", "roster place", ("roster_place",)),
            Word(
                "红冲",
                "reversal",
                ("reversed", "unpaired", "reverses_place"),
                "a negative row takes an earlier one back",
            ),
            Word(
                "退费",
                "refund",
                ("refund_why", "refund_place"),
                "of part of a stay, or marked without a minus row: both rows wait",
            ),
            Word(
                "合并申报",
                "joined rows",
                ("joined_place",),
                "insurance and assistance of one visit, reported as rows of their own",
            ),
            Word(
                "单独结算的医疗救助",
                "half that waits",
                ("half_why",),
                "why a second row of a visit (结算类别 3) could not be joined to its insurance",
            ),
            Word("重复申报", "duplicate", ("twin", "twin_place"), "kept, rejected, or differs"),
            Word("住院重叠", "overlap", ("overlap_place",)),
            Word(
                "短期再入院",
                "readmission",
                ("gap_days",),
                "days since the discharge before, same hospital",
            ),
            Word(
                "前期已结算",
                "closed stay",
                ("closed_place",),
                "the stay of a closed period that this one already is",
            ),
            Word(
                "重新申报",
                "restated",
                ("restated_place",),
                "a held stay of a closed period, reported anew",
            ),
            Word("看不懂的行", "quarantine", ("kind", "text", "reason"), "whole rows, IDs masked"),
        ),
    ),
    (
        "Findings and papers",
        (
            Word("差错", "finding", (), "never “error” or “violation”"),
            Word("差错代码", "code", ("code",)),
            Word(
                "后果", "severity", ("severity",), "blocks 暂停结算, differs 影响金额, notes 仅提示"
            ),
            Word(
                "原因", "cause", ("cause",), "which changed assumption gives the hospital's figure"
            ),
            Word("说明", "message", ("message",)),
            Word("处理意见", "decision", (), "what people decided about a stay"),
            Word("线索", "lead", (), "worth a visit; never 违规"),
            Word(
                "上期调整",
                "adjustment",
                (),
                "what changes for stays of closed periods; in indicators and reports of the books its visit and cost "
                "come and go with it",
            ),
            Word(
                "封顶人数", "people at their limit", (), "whose yearly limit of a layer is used up"
            ),
            Word(
                "住院率",
                "admission rate",
                (),
                "settled stays by the people of the year, who stand in onestop.toml",
            ),
            Word(
                "资金使用率",
                "fund use",
                (),
                "approved by opening balance and advances; 无法计算 without a ledger",
            ),
            Word("决算", "yearly account", (), "a whole year out of the closed books"),
            Word(
                "资助参合",
                "premium subsidy",
                (),
                "the fund pays the yearly premium of people on a roster",
            ),
            Word("参合名册", "enrolment list", (), "who is insured in a year, and who paid for it"),
            Word("台账", "ledger", (), "the books of closed periods"),
            Word("关账", "close", (), "a period into the books, once"),
            Word("公示", "notice, publication", (), "village, township, county, hospital"),
            Word("结算期", "period", (), "`2010`, `2010H2`, `2010Q4`, `2010-11`"),
        ),
    ),
)


def carried() -> Iterator[str]:
    """Every column name of the glossary, placeholders and all."""
    for _, words in PARTS:
        for word in words:
            yield from word.columns


ON_PAPER: Mapping[str, tuple[str, ...]] = {
    "admitted_on": ("入院",),
    "discharged_on": ("出院",),
    "belongs_to": ("所属期",),
    "period": ("所属期",),
    "benefit_year": ("年度",),
    "category": ("人员类别", "对象类别", "认定类别"),
    "cause": ("差错原因",),
    "claimed_fen": ("申报", "写的", "医院所报自付"),
    "code": ("代码",),
    "diff_fen": ("相差", "涉及金额"),
    "disease": ("病种",),
    "due_fen": ("应为", "按政策应得救助"),
    "eligible_fen": ("可补偿费用",),
    "hospital": ("被检查机构", "就诊医疗机构", "涉及机构或对象"),
    "layer": ("补偿种类",),
    "level": ("级别",),
    "row": ("行", "表内行号"),
    "sheet": ("工作表",),
    "source": ("文件", "住院表"),
    "total_fen": ("住院总费用", "平台总费用"),
}
"""Column → what papers may call it beside the word itself, where the heading stands in a narrower place."""


def glossary() -> str:
    """`docs/glossary.md`."""
    lines = [
        "# Glossary",
        "",
        "Domain word · column · English. Made from `docs/glossary_source.py` by `make manual`; do not edit here.",
        "`<layer>` is a layer of the run, `<payer>` anyone an export may name as having paid.",
    ]
    for title, words in PARTS:
        lines += ["", f"## {title}", "", "| 词 | column | English | |", "|---|---|---|---|"]
        for word in words:
            columns = " ".join(f"`{column}`" for column in word.columns)
            others = dict.fromkeys(t for c in word.columns for t in ON_PAPER.get(c, ()))
            chinese = word.chinese + (f"（表头也作 {'、'.join(others)}）" if others else "")
            lines.append(f"| {chinese} | {columns} | {word.english} | {word.meaning} |")
    return "\n".join(lines) + "\n"
