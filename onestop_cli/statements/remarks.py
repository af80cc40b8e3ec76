"""What a statement must say about itself: its rules, what was assumed, and how far it was checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from onestop_cli.county.deadlines import table_due
from onestop_cli.money import yuan
from onestop_cli.run import Run
from onestop_cli.statements.statement import Statement
from onestop_cli.tables.run_info import RuleInfo

_ENDS = {"from": "起始日", "to": "止日"}
_ROWS = {"stays": "住院", "roster": "花名册", "quarantined": "无法识别"}


def cover_lines(statement: Statement) -> list[tuple[str, str]]:
    """Labels and texts for the first sheet of a statement."""
    run = statement.run
    lines = [
        ("结算期", f"{run.period.chinese}（{run.period.first} 至 {run.period.last}）"),
        ("政策依据", "\n".join(rules_in_force(run)) or "（无）"),
        ("核对程度", "\n".join(checked_how_far(run))),
        ("数据来源", accounted_for(run)),
        ("住院笔数", _by_status(statement)),
        ("资金勾稽", equation(statement)),
    ]
    if due := table_due(run.period, run.info.deadlines):
        lines.append(("办理期限", due))
    if decisions := run.info.decisions:
        text = f"{decisions.path}，{len(decisions.lines)} 条（SHA-256 {decisions.sha256[:16]}…）"
        lines.append(("处理意见", text))
    if books := run.info.ledger:
        lines.append(("台账", f"已关账 {books.runs:,} 期，末笔校验值 {books.head}"))
    return [*lines, ("计算程序", f"onestop {run.info.version}")]


def rules_in_force(run: Run) -> list[str]:
    """One text per document: title, number, days in force; what the source does not give is marked."""
    return [_rule(rule) for rule in run.info.rules]


def document_of(rule: RuleInfo) -> str:
    """A rule's document as papers name it: 《title》（number）, and nothing that we say of it ourselves."""
    name = rule.document or rule.title or rule.id
    name = name if name.startswith("《") else f"《{name}》"
    return name + (f"（{rule.number}）" if rule.number else "")


def _rule(rule: RuleInfo) -> str:
    number = f"（{rule.number}）" if rule.number else "（来源未载文号）"
    days = f"{rule.from_ or '未载'} 起" + (f"，至 {rule.to}" if rule.to else "")
    return f"{rule.title}{number}，{days}{_assumed(rule.assumed)}"


def _assumed(assumed: Sequence[str]) -> str:
    """`assumed`: what the source does not give."""
    names = "、".join(_ENDS.get(part, part) for part in assumed)
    return f"；{names}为推定，请以文件为准" if names else ""


def checked_how_far(run: Run) -> list[str]:
    """Per layer how many settled stays could be recomputed, bounded, or not checked at all."""
    settled = run.stays.filter(pl.col("status") == "settled")
    lines = []
    for layer in run.layers:
        counts = dict(settled[f"{layer.id}_check"].value_counts().iter_rows())
        lines.append(f"{layer.name}：{'，'.join(_extent(counts)) or '没有已结算的住院'}")
    return lines


def _extent(counts: Mapping[str, int]) -> Iterator[str]:
    if exact := counts.get("exact"):
        yield f"逐笔重算 {exact:,} 笔"
    if bound := counts.get("bound"):
        yield f"仅核上限 {bound:,} 笔（政策或数据不全，只能核对不超过上限）"
    if unchecked := counts.get("none"):
        yield f"未核 {unchecked:,} 笔（本办法不规定此项，按申报数列支）"


def accounted_for(run: Run) -> str:
    """Files and rows read, and what became of every row."""
    counts = run.info.counts
    parts = [f"{name} {getattr(counts, key):,}" for key, name in _ROWS.items()]
    parts.append(f"标题、合计、空行等 {sum(counts.left.values()):,}")
    files = len(run.info.inputs)
    return f"读取文件 {files:,} 个，共 {counts.rows_read:,} 行 = {' + '.join(parts)}"


def equation(statement: Statement) -> str:
    """申报 = 核付 + 扣减 + 待核, with the amounts."""
    total = statement.total
    claimed, payable, deducted, held = (
        yuan(total[f"all_{side}_fen"]) for side in ("claimed", "payable", "deducted", "held")
    )
    return f"申报 {claimed} = 核付 {payable} + 扣减 {deducted} + 待核 {held}"


def _by_status(statement: Statement) -> str:
    total = statement.total
    text = (
        f"申报 {total['claims']:,} 笔：核定 {total['stays']:,}，"
        f"待核 {total['held_stays']:,}，拒付 {total['rejected_stays']:,}"
    )
    reversed_rows = statement.stays.filter(pl.col("status") == "reversed").height
    return text + (f"；另有冲销 {reversed_rows:,} 行不计" if reversed_rows else "")
