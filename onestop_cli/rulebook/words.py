"""Terms in the words of an office: for whom, how much, on what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import singledispatch

from onestop_cli.money import FULL, rate_text, yuan
from onestop_cli.rulebook.clauses import (
    NONE,
    TO_FILL,
    UNKNOWN,
    AgeSpan,
    Bonus,
    Cap,
    Ceiling,
    Clause,
    CostCap,
    Deductible,
    Factor,
    Floor,
    HouseholdCap,
    MonthCap,
    PointsClause,
    Quota,
    RateClause,
    Relief,
    Share,
    Transfer,
)
from onestop_cli.rulebook.language import Base, Layer, Rounding, RuleFile
from onestop_cli.rulebook.terms import Axis, Cell
from onestop_cli.tables.schema import EXPENSES, LEVELS

ASPECTS = {
    "deductible": "起付线",
    "relief": "起付线减免",
    "ceiling": "起付线年度上限",
    "transfer": "转院",
    "rate": "补偿比例",
    "points": "提高百分点",
    "factor": "比例折算",
    "stay_cap": "每次封顶",
    "month_cap": "每月限额",
    "cap": "年度封顶",
    "bonus": "封顶提高",
    "household_cap": "全户年度限额",
    "cost_cap": "费用限额",
    "floor": "保底",
    "share": "先行自付比例",
    "pool": "共用限额",
}
EVERYONE = "全部对象"
OTHERS = "其他参保人员"
FROM = {"total": "总费用", "eligible": "可补偿费用"}
DAYS = {
    "discharge": "出院日",
    "admission": "入院日",
    "settlement": "结算日",
    "split": "结算截止日（跨年度的在12月31日分开）",
}
STATUS = {"in-force": "可用", "check-before-use": "用前核对", "template": "样板，待填"}
KINDS = {
    "computed": "按条款计算",
    "given": "按医院所报计（未核）",
    "waiver": "由医院减免，基金不付",
}
WHO = {"all": "全部参保人员", "roster": "在册救助对象"}
OVERLAPS = {"priority": "按所列次序取一", "best": "取待遇最高的", "stack": "依次叠加"}
UNITS = {"fen": "分", "jiao": "角", "yuan": "元"}
LAYERS = {
    "basic": "基本保障",
    "critical": "大病保险",
    "assistance": "医疗救助",
    "extra": "倾斜救助",
    "backstop": "兜底保障",
    "large": "大额医疗费用补助",
    "civil": "公务员医疗补助",
    "enterprise": "企业补充医疗保险",
    "disabled": "伤残人员医疗保障",
    "commercial": "惠民保",
    "veterans": "优抚对象医疗补助",
}
_WORDS = {**LEVELS, "any": "救助对象", NONE: OTHERS}


def quoted(text: str) -> str:
    """A sentence in quotation marks; those inside it become single ones."""
    return f"“{text.replace('“', '‘').replace('”', '’')}”"


def money(fen: int) -> str:
    """`600000` → `6,000 元`; fen only where there are any."""
    return yuan(fen).removesuffix(".00") + " 元"


def kind(layer: Layer) -> str:
    """How a layer is arrived at."""
    taken = layer.kind == "waiver" and not layer.regulated
    return KINDS[layer.kind] + ("，按医院所报计" if taken else "")


def limit(amount: int | str) -> str:
    """An amount, or the word a document has in its place."""
    if isinstance(amount, int):
        return money(amount)
    return {NONE: "不限", UNKNOWN: "来源未载", TO_FILL: "待填"}[amount]


def rate(value: int | str | None) -> str:
    """A rate, or the word a document has in its place."""
    return rate_text(value) if isinstance(value, int) else limit(str(value))


def value(name: str, text: str) -> str:
    """One value of a dimension: `county` → 县级, an age interval → 60 岁及以上."""
    if name == "level":
        return LEVELS.get(text, text)
    first, dash, last = text.partition("-")
    if dash and first.isdigit() and last.isdigit():
        return span(name, int(first), int(last))
    return _WORDS.get(text, text) if name == "category" else text


def span(name: str, first: int, last: int) -> str:
    """Whole years, both ends inclusive: of age, or insured without a break."""
    return _insured(first, last) if name == "years" else ages(first, last)


def _insured(first: int, last: int) -> str:
    if first == 0:
        return "各参保年数" if last >= 150 else f"连续参保 {last} 年及以下"
    if first == last:
        return f"连续参保 {first} 年"
    return f"连续参保 {first} 年及以上" if last >= 150 else f"连续参保 {first}—{last} 年"


def ages(first: int, last: int) -> str:
    """Whole years of age, both ends inclusive."""
    if first == 0:
        return "各年龄" if last >= 150 else f"{last} 岁及以下"
    return f"{first} 岁及以上" if last >= 150 else f"{first}—{last} 岁"


def who(clause: Clause) -> str:
    """For whom a clause is: `乡级 · 一类`; a clause for all stays is 全部对象."""
    parts = []
    for name, wanted in clause.when.items():
        if isinstance(wanted, AgeSpan):
            parts.append(span(name, wanted.from_, wanted.to))
        else:
            parts.append("、".join(value(name, text) for text in wanted))
    return " · ".join(parts) or EVERYONE


@singledispatch
def term(clause: Clause) -> str:
    """What a clause gives: `6,000 元`, `80%`, `500 元以下 60%，…`."""
    raise TypeError(type(clause).__name__)


@term.register
def _(clause: Deductible) -> str:
    text = limit(clause.amount) + _later(map(money, clause.later), clause.counted)
    text += _later((f"按 {rate_text(r)}" for r in clause.later_rate), clause.counted)
    if clause.minimum:
        text += f"，不低于 {money(clause.minimum)}"
    if clause.months:
        return f"{text}（连续 {clause.months} 个月累计）"
    return text + _OFTEN.get(clause.per, "")


_OFTEN = {"year": "（每年一次）", "visit": "（一次就诊扣一次）", "settlement": "（每次结算都扣）"}


def _numbered(steps: Iterator[str]) -> str:
    words = [f"第 {n} 次 {step}" for n, step in enumerate(steps, 2)]
    return "，".join([*words[:-1], words[-1].replace(" 次 ", " 次起 ")])


@term.register
def _(clause: Relief) -> str:
    if clause.share in (0, FULL):
        return "不减" if clause.share else "免"
    return f"按 {rate(clause.share)} 计"


@term.register(Ceiling)
def _(clause: Ceiling) -> str:
    return f"每年合计 {limit(clause.amount)}" if clause.amount != NONE else "不限"


@term.register
def _(clause: Transfer) -> str:
    return f"{clause.days} 日内转院只补差额"


@term.register
def _(clause: RateClause) -> str:
    if clause.bands:
        return "，".join(bands(clause)) + f"（{banding(clause)}）"
    return rate(clause.rate) + _later(map(rate_text, clause.later_rate), clause.counted)


def _later(steps: Iterable[str], counted: str) -> str:
    """What holds for the second, third … stay of the year; nothing where it is the same."""
    said = list(steps)
    where = "同级别机构" if counted == "level" else ""
    return f"，{where}{_numbered(iter(said))}" if said else ""


def bands(clause: RateClause) -> list[str]:
    """One phrase per band: `500 元及以下 60%`, `500—1,000 元 65%`, …"""
    low, phrases = 0, []
    for band in clause.bands:
        phrases.append(f"{_span(low, band.to)} {rate_text(band.rate)}")
        low = band.to or low
    return phrases


def _span(low: int, high: int | None) -> str:
    if high is None:
        return f"{_plain(low)} 元以上" if low else "全部"
    return f"{_plain(low)}—{_plain(high)} 元" if low else f"{_plain(high)} 元及以下"


def _plain(fen: int) -> str:
    return yuan(fen).removesuffix(".00")


def banding(clause: RateClause) -> str:
    """How bands are meant: progressive or whole, before or after the deductible, per stay or year."""
    mode = "分段累进" if clause.mode == "progressive" else "全额按所在段"
    edges = "按扣起付线前的金额分段" if clause.edges == "gross" else "按扣起付线后的金额分段"
    return f"{mode}，{edges}，{'按年累计' if clause.per == 'year' else '按次'}"


@term.register
def _(clause: PointsClause) -> str:
    if not isinstance(clause.points, int):
        return limit(clause.points)
    return _raised(clause.points) + _later(map(_raised, clause.later_points), clause.counted)


def _raised(points: int) -> str:
    if points == 0:
        return "不提高"
    sign = "+" if points >= 0 else "−"
    return f"{sign}{rate_text(abs(points)).removesuffix('%')} 个百分点"


@term.register
def _(clause: Factor) -> str:
    return "不折算" if clause.share == FULL else f"按比例的 {rate(clause.share)}"


@term.register
def _(clause: Cap) -> str:
    text = "不封顶" if clause.amount == NONE else limit(clause.amount)
    if months := getattr(clause, "months", None):
        text += f"（连续 {months} 个月累计）"
    return text + (f"（{clause.account}单独累计）" if clause.account else "")


@term.register
def _(clause: Bonus) -> str:
    by_year = f"连续参保满 {clause.after} 年后每满 1 年提高 {money(clause.per_year)}"
    parts = [by_year] if clause.per_year else []
    parts += ["按名单的提高限额"] if clause.listed else []
    if not parts:
        return "不提高"
    parts += [f"最多为封顶的 {rate_text(clause.most)}"] if clause.most is not None else []
    if clause.unlisted is not None:
        parts.append(
            "名单以外不提高" if not clause.unlisted else f"名单以外 {money(clause.unlisted)}"
        )
    return "，".join(parts)


@term.register
def _(clause: HouseholdCap) -> str:
    return f"全户每年 {limit(clause.amount)}" if clause.amount != NONE else "不限"


@term.register
def _(clause: MonthCap) -> str:
    return f"每月 {limit(clause.amount)}" if clause.amount != NONE else "不限"


@term.register
def _(clause: CostCap) -> str:
    per = {"year": "每年", "stay": "每次", "day": "每床日"}[clause.per]
    return f"{limit(clause.amount)}（{per}）"


@term.register
def _(clause: Floor) -> str:
    of = FROM[clause.of] + ("扣除起付线后" if clause.less_deductible else "")
    status = {"on": "执行", "off": "不执行", "information": "只作提示"}[clause.status]
    with_ = f"，连同{'、'.join(map(_layer, clause.together))}计" if clause.together else ""
    borne = "，差额由医院承担" if clause.borne_by == "hospital" else ""
    return f"不低于{of}的 {rate_text(clause.rate)}{with_}（{status}{borne}）"


@term.register
def _(clause: Share) -> str:
    return rate(clause.share)


@term.register
def _(clause: Quota) -> str:
    kind = ("每床日" if clause.per == "day" else "") + (
        "定额" if clause.kind == "fixed" else "限价"
    )
    said = [f"{_layer(id_)} {rate_text(r)}" for id_, r in clause.shares.items()]
    shares = "，".join(
        [*said, *(f"{_layer(id_)} {money(fen)}" for id_, fen in clause.pays.items())]
    )
    excess = "医院" if clause.excess == "hospital" else "患者"
    counts = "" if clause.counts else "，不计入年度封顶"
    return f"{kind} {limit(clause.amount)}：{shares or '按普通比例'}，超出由{excess}承担{counts}"


def diseases(quota: Quota) -> str:
    """Which diseases a quota is for."""
    return "、".join(quota.diseases) or "不论病种"


def quota_name(quota: Quota) -> str:
    """What such a way of paying is called."""
    return "按床日付费" if quota.per == "day" else "单病种"


def rounding(rounding: Rounding) -> str:
    """To which unit a layer's amount is rounded, and how."""
    unit = UNITS.get(str(rounding.unit), "")
    return in_units(unit or money(rounding.fen), rounding.mode)


def in_units(unit: str, mode: str) -> str:
    """How an amount is rounded to a unit, whose name or size is given."""
    sized = unit[0].isdigit()
    if mode == "half-up":
        return f"四舍五入到{' ' if sized else ''}{unit}"
    one = f" {unit} " if sized else f"一{unit}"
    return f"{unit}以下舍去" if mode == "truncate" else f"不足{one}的按{one}计"


def _layer(id_: str) -> str:
    """A layer by what it commonly is; a document has its own name for it."""
    return LAYERS.get(id_, id_)


def base(rule: RuleFile, base: Base) -> str:
    """What a layer looks at: `总费用 − 新农合补偿`."""
    names = {**EXPENSES, **{e.id: e.name for e in rule.expense}}
    for layer in rule.layer:
        names |= {layer.id: layer.name, f"{layer.id}_deductible": f"{layer.name}起付线"}
    text = " − ".join([FROM[base.from_], *(names.get(less, less) for less in base.less)])
    return text + (f"（{rounding(base.rounding)}）" if base.rounding else "")


def cells(axes: Sequence[Axis], some: Collection[Cell]) -> list[str]:
    """Cells in a few phrases: `乡级、县级 · 五保户`; all of them are 全部对象, everybody with a category 救助对象."""
    rows = [tuple(cell[axis.name] for axis in axes) for cell in some]
    return [_phrase(axes, box) for box in _boxes(rows)]


def _boxes(rows: Sequence[tuple[str, ...]]) -> list[tuple[tuple[str, ...], ...]]:
    """`rows` as products of values, one tuple of values per axis."""
    if not rows or not rows[0]:
        return [()]
    under: dict[str, list[tuple[str, ...]]] = {}
    for head, *rest in rows:
        under.setdefault(head, []).append(tuple(rest))
    alike: dict[tuple[tuple[str, ...], ...], list[str]] = {}
    for head, rests in under.items():
        alike.setdefault(tuple(rests), []).append(head)
    return [(tuple(heads), *box) for rests, heads in alike.items() for box in _boxes(list(rests))]


def _phrase(axes: Sequence[Axis], box: Sequence[tuple[str, ...]]) -> str:
    pairs = zip(axes, box, strict=True)
    parts = [_values(axis, some) for axis, some in pairs if set(some) != set(axis.values)]
    return " · ".join(parts) or EVERYONE


def _values(axis: Axis, some: Sequence[str]) -> str:
    if axis.name == "category" and len(some) > 1 and set(some) == set(axis.values) - {NONE}:
        return value("category", "any")
    return "、".join(value(axis.name, text) for text in some)


def dimensions(rule: RuleFile) -> Mapping[str, str]:
    """Axis → its name in words."""
    declared = {dimension.id: dimension.name for dimension in rule.dimension}
    return {"level": "机构级别", "category": "对象类别", **declared}
