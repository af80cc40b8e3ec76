"""Names in a document that do not exist, or exist twice."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from onestop_cli.rulebook.check.parts import Finding, parts
from onestop_cli.rulebook.clauses import NONE, AgeSpan, Clause, Quota
from onestop_cli.rulebook.faults import Key
from onestop_cli.rulebook.language import EXPENSES, Dimension, Layer, RuleFile
from onestop_cli.rulebook.terms import Terms
from onestop_cli.tables.schema import LEVELS, PAYERS

COMPUTABLE = tuple(payer for payer in PAYERS if payer not in ("waiver", "other"))
"""The funds that a document may work out; what is left over is only taken as claimed."""


def names(rule: RuleFile) -> Iterator[Finding]:
    """Every name that is not defined where it is used, or is defined twice."""
    yield from _scope(rule)
    yield from _twice(rule)
    yield from _stack(rule)
    known = {layer.id for layer in rule.layer}
    for number, layer in enumerate(rule.layer):
        yield from _layer_names(rule, number, layer, {p.id for p in rule.layer[:number]})
    for number, pool in enumerate(rule.pool):
        yield from _unknown(("pool", number, "layers"), pool.layers, known)
        for layer in rule.layer:
            if layer.household_cap and (layer.part_of or layer.id) in pool.layers:
                what = f"“{layer.name}”有全户年度限额，不能再放进共用限额"
                yield ("pool", number, "layers"), what, "请删去一个；文件两样都有的，还写不了"
    for key, part in parts(rule):
        if isinstance(part, Clause):
            yield from _conditions(rule, key, part)
    yield from _quota_names(rule, known)
    yield from _dimension_names(rule)


def _scope(rule: RuleFile) -> Iterator[Finding]:
    yield from _unknown(("scope", "levels"), rule.scope.levels, LEVELS)
    if not rule.layer:
        yield ("layer",), "没有任何一层", "至少写一个 [[layer]]"
    for name, members in rule.categories.classes.items():
        key = ("categories", "class", name)
        yield from _unknown(key, members, rule.categories.priority)
        if name in (*rule.categories.priority, "any", NONE):
            yield key, f"“{name}”既是类别又是分类", "请给分类另取名字"


def _twice(rule: RuleFile) -> Iterator[Finding]:
    for name in ("layer", "dimension", "pool", "expense"):
        ids = [part.id for part in getattr(rule, name)]
        for place, id_ in enumerate(ids):
            if id_ in ids[:place]:
                yield (name, place, "id"), f"编号“{id_}”写了两次", "编号不能重复"
    priority = rule.categories.priority
    for category in {name for name in priority if priority.count(name) > 1}:
        yield ("categories", "priority"), f"“{category}”写了两次", "每个类别只写一次"
    for category in sorted(set(priority).intersection(rule.categories.no_right)):
        what = f"“{category}”既列为救助类别，又列为没有待遇"
        yield ("categories", "no_right"), what, "只能写在 priority 或 no_right 之一"


def _stack(rule: RuleFile) -> Iterator[Finding]:
    """Several categories that add up need parts to add."""
    if rule.categories.overlap == "stack" and not any(layer.part_of for layer in rule.layer):
        what = "写了依次叠加（stack），但没有一层写 part_of"
        remedy = "请把叠加的部分各写一层，用 only 写明类别、part_of 写明并入哪一层"
        yield ("categories", "overlap"), what, remedy


def _layer_names(rule: RuleFile, number: int, layer: Layer, before: set[str]) -> Iterator[Finding]:
    key: Key = ("layer", number)
    allowed = {"computed": COMPUTABLE, "given": PAYERS, "waiver": ("waiver",)}[layer.kind]
    if not layer.part_of and layer.id not in allowed:
        what = f"不认识的层“{layer.id}”"
        yield (*key, "id"), what, f"层的编号用 {'、'.join(allowed)}；叠加的部分另写 part_of"
    if layer.part_of:
        yield from _unknown((*key, "part_of"), [layer.part_of], before)
        homes = {home.id: home.kind for home in rule.layer[:number]}
        if "waiver" in (layer.kind, homes.get(layer.part_of)):
            what = "医院减免不是基金支付，不能与别的层合并"
            yield (*key, "part_of"), what, "请删去 part_of，减免单独作一层"
    if layer.who == "roster" and not rule.categories.priority:
        yield (*key, "who"), "只给在册人员，但文件没有列出类别", "请写 [categories] 的 priority"
    yield from _unknown((*key, "only"), layer.only, rule.categories.priority)
    deductibles = {f"{name}_deductible" for name in before}
    known = {*EXPENSES, *(e.id for e in rule.expense), *before, *deductibles}
    if layer.base:
        yield from _unknown((*key, "base", "less"), layer.base.less, known)
        yield from _taken_twice(rule, (*key, "base", "less"), layer.base.less)
    for place, floor in enumerate(layer.floor):
        yield from _unknown((*key, "floor", place, "together"), floor.together, before)


def _taken_twice(rule: RuleFile, key: Key, less: Sequence[str]) -> Iterator[Finding]:
    """One header in two meanings: a column that one base takes off under two names."""
    whose: dict[str, str] = {}
    for expense in (e for e in rule.expense if e.id in less):
        for column in expense.columns:
            if (before := whose.setdefault(column, expense.id)) != expense.id:
                what = f"“{column}”这一列被 {before} 和 {expense.id} 各扣一次"
                yield key, what, "同一笔费用只能扣一次，请只留一项"


def _conditions(rule: RuleFile, key: Key, clause: Clause) -> Iterator[Finding]:
    """`when` names dimensions of the document and values that they have."""
    values = {axis.name: axis.values for axis in Terms(rule).axes}
    spans = {dimension.id for dimension in rule.dimension if dimension.in_years}
    for name, wanted in clause.when.items():
        place = (*key, "when", name)
        if name not in values:
            yield from _unknown((*key, "when"), [name], values)
        elif (name in spans) != isinstance(wanted, AgeSpan):
            yield place, "写法与维度不符", "年龄、参保年数写作 { from = 60 }，其他维度写值的名字"
        elif isinstance(wanted, AgeSpan):
            if wanted.from_ > wanted.to:
                yield place, "from 大于 to", "请改正范围"
        else:
            more = ("any", *rule.categories.classes) if name == "category" else ()
            yield from _unknown(place, wanted, (*values[name], *more))


def _quota_names(rule: RuleFile, known: Collection[str]) -> Iterator[Finding]:
    for number, quota in enumerate(rule.quota):
        key: Key = ("quota", number)
        yield from _unknown((*key, "diseases"), quota.diseases, rule.quota_diseases)
        yield from _unknown((*key, "shares"), quota.shares, known)
        yield from _unknown((*key, "pays"), quota.pays, known)
        yield from _paid_by_quota(key, quota)
        if quota.excess == "patient" and not quota.shares:
            yield (
                (*key, "excess"),
                "按普通比例的限价，超出只能由医院承担",
                "请写 shares，或删去 excess",
            )


def _paid_by_quota(key: Key, quota: Quota) -> Iterator[Finding]:
    """What a layer pays of a quota is a share or an amount; an amount only of a fixed price."""
    if quota.kind == "fixed" and not (quota.shares or quota.pays):
        yield (*key, "shares"), "定额没有写各层的份额", "请写 shares 或 pays"
    if quota.kind == "limit" and quota.pays:
        what = "限价按实际费用计，各层不能写固定金额（pays）"
        yield (*key, "pays"), what, '请写 shares，或改为 kind = "fixed"'
    for layer in sorted(quota.shares.keys() & quota.pays.keys()):
        yield (*key, "pays"), f"{layer} 既写了份额又写了金额", "shares、pays 只能写一个"


def _dimension_names(rule: RuleFile) -> Iterator[Finding]:
    expenses = {expense.id for expense in rule.expense}
    for number, dimension in enumerate(rule.dimension):
        key: Key = ("dimension", number)
        if dimension.id in ("level", "category"):
            yield (*key, "id"), f"“{dimension.id}”是固有的维度", "请另取编号"
        if dimension.id in expenses:
            yield (*key, "id"), f"“{dimension.id}”也是一项费用的编号", "请另取编号"
        yield from _insured_years(key, dimension)
        if dimension.from_list and dimension.source != "years":
            yield (
                (*key, "from_list"),
                "参保激励名单只有连续参保年数",
                '请删去 from_list，或写 source = "years"',
            )
        bare = not (dimension.values or dimension.columns or dimension.from_list)
        if (dimension.source == "age") != bare:
            yield (*key, "values"), "年龄不写 values 和 columns，其他维度都要写", "请改正"
        elif dimension.source != "age" and not (dimension.columns or dimension.from_list):
            yield (*key, "columns"), "没有写取自哪一列", "请写 columns（表头）"
        yield from _unknown((*key, "listed"), dimension.listed, dimension.values)
        if dimension.names_from and dimension.source != "stay":
            yield (*key, "names_from"), "名单只用于出院结算表的列", "请删去 names_from"
        spelled = [t for v, texts in dimension.values.items() for t in {v, *texts}]
        for text in {text for text in spelled if spelled.count(text) > 1}:
            yield (*key, "values"), f"“{text}”属于两个值", "每种写法只归一个值"


def _insured_years(key: Key, dimension: Dimension) -> Iterator[Finding]:
    """参保年数 has one name, so that every screen says what its numbers are, and no values but numbers."""
    if (dimension.source == "years") != (dimension.id == "years"):
        yield (
            (*key, "id"),
            "参保年数的维度编号是 years，其他维度不用这个编号",
            "请改正编号或 source",
        )
    elif dimension.source == "years" and dimension.values:
        yield (*key, "values"), "参保年数不写 values", "条款里写作 { from = 4 }"
    elif dimension.source == "years" and not re.fullmatch(r"\d{0,2}", dimension.otherwise):
        yield (*key, "otherwise"), "空白按多少年计，应写数字", '例如 otherwise = "0"，或删去'


def _unknown(key: Key, used: Iterable[str], known: Collection[str]) -> Iterator[Finding]:
    for name in used:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"是不是“{near[0]}”？" if near else ""
            listing = f"可用：{'、'.join(known)}" if known else "文件里没有定义"
            yield key, f"不认识“{name}”", hint + listing
