"""Rule documents on a screen of 80 columns: terms with the sentences they come from."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence

from rich import box
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from onestop_cli.errors import Problem
from onestop_cli.explain.casework import Verdict
from onestop_cli.rulebook import words
from onestop_cli.rulebook.changes import Change
from onestop_cli.rulebook.clauses import Cited, Clause, RateClause
from onestop_cli.rulebook.language import Categories, Layer, RuleFile
from onestop_cli.writers.toolkit.console import clean, console_for

_PIECE = re.compile(r"[“（(]*(?:[0-9A-Za-z.,%:/+−—-]+|.)[，。；、）)”：%…]*")
"""What stays on one line: a number or word with the marks around it, else a single character."""


def show_list(rules: Iterable[RuleFile]) -> None:
    """Every document in two lines: id, life and state, and its title."""
    for rule in rules:
        _say(
            set_cell_size(rule.id, 23) + set_cell_size(_life(rule), 27) + words.STATUS[rule.status]
        )
        _say(rule.title, indent=4)


def show_rule(rule: RuleFile) -> None:
    """A whole document: where it comes from, when it holds, and every term with its sentence."""
    _say(f"{rule.id}  {rule.title}", bold=True)
    _heads(rule)
    for layer in rule.layer:
        _layer(rule, layer)
    for expense in rule.expense:
        _section(f"先行自付 · {expense.name}")
        _terms([(words.ASPECTS["share"], clause) for clause in expense.share])
    for pool in rule.pool:
        names = "、".join(layer.name for layer in rule.layer if layer.id in pool.layers)
        _section(f"共用限额 · {pool.name}（{names}）")
        _terms([(words.ASPECTS["pool"], clause) for clause in pool.cap])
    if rule.quota:
        _section("、".join(dict.fromkeys(words.quota_name(quota) for quota in rule.quota)))
        _terms([(words.diseases(quota), quota) for quota in rule.quota])


def show_changes(old: RuleFile, new: RuleFile, changes: Sequence[Change]) -> None:
    """What changed, layer by layer."""
    _say(f"{old.id} → {new.id}", bold=True)
    for group in dict.fromkeys(change.group for change in changes):
        _section(group)
        for change in changes:
            if change.group == group:
                _say(change.sentence, indent=2)
    if not changes:
        _say("两份文件没有差别")


def lists_in_words(rule: RuleFile) -> Iterator[str]:
    """The lists beside a document: what of each kind stands there, and what the document says there is."""
    for dimension in rule.dimension:
        if not dimension.names_from:
            continue
        found = rule.lists.get(dimension.names_from, {})
        kinds = []
        for kind in dict.fromkeys([*dimension.listed, *found]):
            said = dimension.listed.get(kind)
            told = f"，文件说 {said} 种" if said not in (None, len(found.get(kind, ()))) else ""
            kinds.append(f"{kind} {len(found.get(kind, ()))} 种{told}")
        about = f"；{_source(dimension)}" if dimension.sentence else ""
        yield f"{dimension.name}：{dimension.names_from}（{'、'.join(kinds)}）{about}"


def show_checked(rules: Sequence[RuleFile], open_: Sequence[Problem], faults: int) -> None:
    """How many documents were proved, and every number that the county has still to fill."""
    for file in dict.fromkeys(problem.file for problem in open_):
        _say(f"{file} 待填：")
        for problem in open_:
            if problem.file == file:
                what = problem.what.rpartition("：")[2].removesuffix("待填")
                _say(f"第 {problem.row} 行  {what}", indent=2)
    result = f"有 {faults} 处问题" if faults else "无空档、无重叠，数字都有出处"
    _say(f"检查了 {len(rules)} 份文件：{result}")
    for rule in rules:
        for text in lists_in_words(rule):
            if "文件说" in text:
                _say(f"{rule.id} 的名单还没有填全：{text.partition('；')[0]}")
    if open_:
        _say(f"样板里还有 {len(open_)} 处待填，填完之前不能用来结算")


def show_compared(letters: int, summaries: int, without: Sequence[str]) -> None:
    """How many quotations were found to the letter, and what could not be compared."""
    _say(f"引文与原文逐字核对（标点除外）：{letters} 处一致；另有 {summaries} 处是摘要")
    if without:
        _say(f"没有写明原文出处（[source] 的 file），未核对：{'、'.join(without)}")


def show_verdicts(rule: str, verdicts: Sequence[Verdict] | None) -> None:
    """How the cases of one document came out."""
    if verdicts is None:
        _say(f"{rule:<22}没有算例")
        return
    wrong = sum(bool(verdict.differences) for verdict in verdicts)
    _say(f"{rule:<22}{len(verdicts)} 个算例，{f'{wrong} 个不符' if wrong else '全部相符'}")


def _heads(rule: RuleFile) -> None:
    basis = rule.basis
    days = (
        f"以{words.DAYS[basis.governing_date]}适用政策，以{words.DAYS[basis.benefit_year]}归入年度"
    )
    lines = [
        ("文件", rule.source.document + (f"，{rule.source.number}" if rule.source.number else "")),
        ("修改", f"在 {rule.amends} 的基础上作部分修改；没有提到的沿用" if rule.amends else ""),
        ("引文", _letter(rule)),
        ("状态", words.STATUS[rule.status]),
        ("说明", rule.source.note),
        ("施行", _life(rule) + _assumed(rule)),
        ("", _source(rule.effective)),
        ("日期", f"{days}，按{words.DAYS[basis.roster_day]}核对身份"),
        ("", _source(basis)),
        ("范围", _scope(rule)),
        *(("名单", text) for text in lists_in_words(rule)),
        ("对象", _categories(rule.categories)),
        ("", _source(rule.categories)),
        ("舍入", f"每层{words.rounding(rule.rounding)}" + _unless(rule)),
        ("", _source(rule.rounding)),
    ]
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for name, text in lines:
        if text:
            table.add_row(Text(name), Text(_fold(text, 72)))
    _console().print(table)


def _unless(rule: RuleFile) -> str:
    return "（另有写明的层除外）" if any(layer.rounding for layer in rule.layer) else ""


def _layer(rule: RuleFile, layer: Layer) -> None:
    kind = words.kind(layer)
    who = words.WHO[layer.who] if layer.regulated else ""
    _section(" · ".join(part for part in (layer.name, layer.fund, who, kind) if part))
    if layer.base:
        _say(f"基数：{words.base(rule, layer.base)}", indent=2)
        _say(_source(layer.base), indent=8)
    if layer.rounding:
        _say(f"舍入：{words.rounding(layer.rounding)}", indent=2)
        _say(_source(layer.rounding), indent=8)
    _terms(
        [
            (words.ASPECTS[aspect], clause)
            for aspect in sorted(layer.aspects, key=list(words.ASPECTS).index)
            for clause in getattr(layer, aspect)
        ]
    )


def _terms(clauses: Sequence[tuple[str, Clause]]) -> None:
    """For whom, how much, and the sentence; a term's name only at its first clause."""
    if not clauses:
        return
    widths = (12, 14, 20, 23)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    for head, width in zip(("条款", "适用", "标准", "原文与说明"), widths, strict=True):
        table.add_column(head, width=width, no_wrap=True)
    name_before = said_before = ""
    for name, clause in clauses:
        source = _source(clause, same=bool(clause.sentence) and clause.sentence == said_before)
        cells = (
            "" if name == name_before else name,
            _who(clause, widths[1]),
            _term(clause),
            source,
        )
        folded = (_fold(cell, width) for cell, width in zip(cells, widths, strict=True))
        table.add_row(*(Text(text) for text in folded))
        name_before, said_before = name, clause.sentence
    _console().print(Padding(table, (0, 0, 0, 2), expand=False))


def _who(clause: Clause, width: int) -> str:
    """For whom, one condition to a line where they do not fit on one."""
    who = words.who(clause)
    return who if cell_len(who) <= width else who.replace(" · ", " ·\n")


def _term(clause: Clause) -> str:
    """A term in words, bands one to a line."""
    if isinstance(clause, RateClause) and clause.bands:
        return "\n".join([*words.bands(clause), f"（{words.banding(clause)}）"])
    return words.term(clause)


def _fold(text: str, width: int) -> str:
    """`text` in lines of `width` columns: numbers stay whole, no line begins with a closing mark."""
    lines = []
    for whole in text.split("\n"):
        line = ""
        for piece in _pieces(clean(whole), width):
            if line and cell_len(line + piece.rstrip()) > width:
                lines.append(line.rstrip())
                line = piece.lstrip()
            else:
                line += piece
        lines.append(line)
    return "\n".join(lines)


def _pieces(text: str, width: int) -> Iterator[str]:
    """What stays on one line; a piece too long for any line is cut into its characters."""
    for piece in _PIECE.findall(text):
        yield from [piece] if cell_len(piece) <= width else piece


def _source(part: Cited, *, same: bool = False) -> str:
    """The sentence (同上 when it is the `same` as before), where it stands, how it is read; the letter stands in
    quotation marks, a summary never does."""
    sentence = words.quoted(part.quote) if part.quote else f"摘要：{part.summary}"
    kept = f"沿用 {part.inherited}" if part.inherited else ""
    said = ["同上" if same else sentence if part.sentence else "", kept, part.cite]
    said.append("假定" if part.assumed else "")
    return "；".join(piece for piece in (*said, part.reading) if piece)


def _letter(rule: RuleFile) -> str:
    """Where the letter of what stands in quotation marks can be read."""
    source = rule.source
    where = "，".join(part for part in (source.file, source.passage) if part)
    return f"引号内是原文，见 {where}" if where else ""


def _life(rule: RuleFile) -> str:
    return f"{rule.effective.from_} 至 {rule.effective.to or '不限'}"


def _assumed(rule: RuleFile) -> str:
    ends = {"from": "起日", "to": "止日"}
    assumed = [ends[end] for end in rule.effective.assumed_ends]
    return f"（{'、'.join(assumed)}为假定）" if assumed else ""


def _scope(rule: RuleFile) -> str:
    levels = "、".join(words.value("level", level) for level in rule.scope.levels)
    return f"{levels}机构" + (f"；{'、'.join(rule.scope.schemes)}" if rule.scope.schemes else "")


def _categories(categories: Categories) -> str:
    if not categories.priority:
        return "不分对象类别"
    classes = [f"{name} = {'、'.join(members)}" for name, members in categories.classes.items()]
    if categories.no_right:
        classes.append(f"没有待遇：{'、'.join(categories.no_right)}")
    listed = f"{'、'.join(categories.priority)}；一人多类{words.OVERLAPS[categories.overlap]}"
    return "；".join([listed, *classes])


def _section(title: str) -> None:
    _console().print()
    _say(f"【{title}】", bold=True)


def _say(text: str, indent: int = 0, *, bold: bool = False) -> None:
    if text or not indent:
        shown = Text(_fold(text, 80 - indent), style="bold" if bold else "")
        _console().print(Padding(shown, (0, 0, 0, indent), expand=False))


def _console() -> Console:
    return console_for(sys.stdout)
