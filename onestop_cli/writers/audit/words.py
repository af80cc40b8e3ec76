"""The inspection's method and results in plain words, for cover, pages and report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from onestop_cli.audit.evaluate import Result, tolerable_fen
from onestop_cli.audit.plan import percent as percentage
from onestop_cli.audit.report import AuditReport, tolerated
from onestop_cli.audit.sampling import METHODS, STRATA
from onestop_cli.money import percent, yuan


def paper_number(plan: Mapping[str, Any], paper: str = "drawn") -> str:
    """The 编号 of what was drawn (底稿、核查表), or of the report; plans of earlier versions have none."""
    return str(plan.get("papers", {}).get(paper, ""))


def facts(plan: Mapping[str, Any], paper: str = "drawn") -> Iterator[tuple[str, str]]:
    """Label and text of what the cover of a paper (`drawn`, `report`) states about a plan."""
    if number := paper_number(plan, paper):
        yield "编号", number
    frame, leads = plan["frame"], plan["leads"]
    yield "抽样方法", METHODS[plan["method"]]
    yield "种子", _seeds(plan)
    yield "合并种子", plan["seed"]
    if plan.get("committed"):
        yield "承诺摘要", "\n".join(plan["committed"])
    yield "抽样总体", f"{frame['rows']:,} 笔应拨付的住院，应付金额 {yuan(frame['amount_fen'])} 元"
    yield "总体校验值", frame["sha256"]
    given = "指定" if plan["size_given"] else "按要求算出"
    yield "样本量", f"{plan['sample']['rows']} 笔（{given}），另附加线索 {leads['added']} 笔"
    if not plan.get("provable", True):
        yield "样本量提示", TOO_FEW
    yield (
        "把握程度",
        f"置信水平 {plan['confidence']}%，可容忍差错 {plan['tolerable']}%，预计差错 {plan['expected']}%",
    )
    for stratum in plan["strata"]:
        yield STRATA[stratum["id"]], _stratum(stratum)
    if plan["interval_fen"] is not None:
        yield "抽样间隔", f"约 {yuan(plan['interval_fen'])} 元"
    yield "样本校验值", plan["sample"]["sha256"]
    yield "全面检查", f"全部住院逐条筛查，线索 {leads['found']:,} 条"


TOO_FEW = (
    "这么多笔即使一笔差错也没有，也不能说明在可容忍范围内；不给 --size，由程序按要求算出样本量"
)


def _seeds(plan: Mapping[str, Any]) -> str:
    text = "、".join(map(str, plan["seeds"]))
    if not plan["seeds_given"]:
        return f"{text}（没有指定，用了结算期末日；被查单位可以事先算出样本，正式检查请两部门各出一个数）"
    if len(plan["seeds"]) == 1:
        return f"{text}（只有一个部门的数；最好两部门各出一个）"
    return text


def _stratum(stratum: Mapping[str, Any]) -> str:
    return f"{stratum['rows']:,} 笔、{yuan(stratum['amount_fen'])} 元，抽 {stratum['drawn']} 笔"


def method_text(plan: Mapping[str, Any]) -> Iterator[str]:
    """How the sample was drawn, for people who never heard of it."""
    yield (
        "先把全部应拨付的住院按机构、住院号、日期、金额排好序（与文件先后无关），算出总体校验值；"
        "再用两部门的种子算出随机数。种子、方法和总体相同，任何电脑重抽的结果都相同："
        "onestop audit RUN --verify plan.json 可以当场复核。"
    )
    if plan["method"] == "mus":
        yield (
            "货币单元抽样把应付的每一分钱看作一个单元，按相等的金额间隔取样，起点随机。"
            "金额越大的住院越容易被抽到，达到间隔的一定抽到（必查层），因此用不多的样本就能说清金额上的差错。"
        )
    elif plan["method"] == "random":
        yield "简单随机抽样让每一笔住院被抽到的机会相同，适合推断有多少笔有差错；推断金额时上限会偏宽。"
    else:
        yield "按机构级别分层，每层至少两笔，其余按各层金额分配，层内每一笔被抽到的机会相同。"
    yield "线索附加的住院是按线索分数挑出来的，只记录查到的差错，不参加推断。"


def conclusion(report: AuditReport) -> str:
    """What the sample allows to say, in one sentence; while stays wait to be looked at, only how far it has come."""
    if report.evaluation is None:
        return interim(report)
    proved = _proved(report.evaluation.total, report.plan)
    if tolerated(report.evaluation, report.plan):
        return f"{proved}，在可容忍的 {report.plan['tolerable']}% 以内。"
    return (
        f"{proved}，超过可容忍的 {report.plan['tolerable']}%：还不能认为差错在可容忍范围内，"
        "建议扩大抽查，或对差错集中的机构全面检查。"
    )


def interim(report: AuditReport) -> str:
    """How far the inspection has come: nothing is projected before all drawn stays were looked at."""
    done = report.rows.height - len(report.pending)
    listed = "、".join(map(str, report.pending[:30])) + (" 等" if len(report.pending) > 30 else "")
    return (
        f"中期结果：{report.rows.height} 笔中已核查 {done} 笔，还差 {len(report.pending)} 笔（编号 {listed}）；"
        "样本没有查完，不作推断，也不下结论。"
    )


def _proved(total: Result, plan: Mapping[str, Any]) -> str:
    """The limit, in the terms the sample was planned in, beside what is tolerable."""
    start = f"有 {plan['confidence']}% 的把握说，"
    share = percentage(plan["tolerable"])
    if plan["method"] == "mus":
        return (
            f"{start}本期应付金额中多付的差错不超过 {yuan(total.upper)} 元"
            f"（占 {percent(total.upper, total.amount)}；可容忍 {yuan(tolerable_fen(total, share))} 元）"
        )
    rows = total.upper_rows or 0
    return (
        f"{start}本期 {total.rows:,} 笔应拨付的住院中有差错的不超过 {rows:,} 笔"
        f"（占 {percent(rows, total.rows)}；可容忍 {int(share * total.rows):,} 笔）"
    )


def evaluation_text(plan: Mapping[str, Any]) -> Iterator[str]:
    """How the results were projected."""
    if plan["method"] == "mus":
        yield (
            "推断：每笔差错按它占该笔金额的比例（差错率）乘以抽样间隔，相加得到推断差错；"
            "上限用斯特林格（Stringer）方法：没有差错时为间隔乘以可靠系数（95% 时为 3.00），"
            "每发现一笔差错，按差错率从大到小再加一份。必查层逐笔查清，不作推断。"
        )
    else:
        yield (
            "推断：样本平均每笔差错乘以总笔数。上限先用超几何分布算出最多可能有多少笔差错，"
            "再假定没有查到的差错都落在金额最大的住院上，所以金额上限偏宽、但可靠。"
            "样本量按笔数算出，是否在可容忍范围内也按笔数判断。"
        )
    if plan["method"] == "stratified":
        yield (
            "各层分别给出上限；合计的上限把几层查到的差错合在一起算（泊松可靠系数），假定没有查到的差错"
            "都在抽得最稀的层，仍保持所述的把握程度。一笔也没有抽的层，按全部可能有差错算。"
        )
    yield "少付（应补）的差错单独列出，不与多付相抵。无法核查的住院在推断中按全额差错计，但不列入扣款建议。"


@dataclass(frozen=True)
class ChecklistLine:
    """A line of a check list: what is checked, what to ask or look at, boxes for the answer."""

    title: str
    ask: str
    answer: str


HOUSEHOLD_CHECKS = (
    ChecklistLine(
        "一核身份",
        "看身份证、户口簿、参合证和救助证：是不是本人，类别对不对，证件有没有借给别人",
        "□一致 □不一致 □证件借出过",
    ),
    ChecklistLine(
        "二核住院",
        "问住过没有、哪家医院、哪天住哪天走、晚上在不在医院、是谁叫去的",
        "□住过 □没住过 实住　　　天",
    ),
    ChecklistLine(
        "三核诊疗",
        "问得的什么病、做了哪些检查、打针吃药多少天、做没做手术",
        "□与登记相符 □不相符",
    ),
    ChecklistLine(
        "四核费用",
        "看结算单、发票和费用清单，把上面的数抄在“单据所载”一行；问有没有另外收钱、押金退没退",
        "□相符 □不相符 押金□退 □未退",
    ),
    ChecklistLine(
        "五核补偿",
        "问出院时有没有当场减免、新农合和救助各减多少、拿到结算单没有、看没看到公示",
        "□当场减免 □事后补 □没有",
    ),
)
"""五核查 for the household; a county may have its own wording."""

WARD_CHECKS = (
    ChecklistLine(
        "身份", "入院登记的身份核对、证件复印件、病历各处签字是否同一人", "□相符 □不相符"
    ),
    ChecklistLine(
        "天数",
        "体温单、护理记录、查房记录、医嘱有没有空白日；与入出院日期核对",
        "□相符 □少　　　天",
    ),
    ChecklistLine(
        "指征", "入院指征、诊断依据、出院情况；短期再入院的看上次出院小结", "□充分 □存疑"
    ),
    ChecklistLine(
        "费用",
        "费用清单与医嘱、检查报告、用药记录逐项核对；一日清单是否签字",
        "□相符 □差　　　　元",
    ),
    ChecklistLine("自费", "目录外项目有没有患者或家属签字同意", "□有 □没有 □无自费"),
    ChecklistLine("结算", "结算单、减免金额、患者签字；救助身份出院时怎样核对", "□相符 □不相符"),
)
"""What to look at in records and accounts of a hospital."""
