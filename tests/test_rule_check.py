"""`rules check`: every way a document can be wrong is told, with the file, the line and the key."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from onestop_cli.cli import app
from onestop_cli.errors import CannotRun
from onestop_cli.places import rules_folder
from onestop_cli.rulebook import check
from onestop_cli.rulebook.check.parts import parts
from onestop_cli.rulebook.faults import Key
from onestop_cli.rulebook.language import Clause, RuleFile
from onestop_cli.rulebook.library import LoadedRule, find_rules, load_rule, load_rules, read_toml

IDS = sorted(path.stem for path in find_rules([str(rules_folder())]))

SMALL = """\
id = "small"
title = "示例县住院补偿"
area = "example"

[source]
document = "示例县文件"

[effective]
from = 2010-01-01
to = 2010-12-31
quote = "自2010年1月1日起施行，有效期一年"

[basis]
governing_date = "discharge"
quote = "以出院日期为准"

[categories]
priority = ["五保户", "农村低保户"]
quote = "五保户、农村低保户"

[[dimension]]
id = "visit"
name = "就诊类型"
columns = ["就诊类型"]
otherwise = "住院"

[dimension.values]
"门诊" = ["普通门诊"]

[[layer]]
id = "basic"
name = "新农合补偿"
also = ["ceiling", "stay_cap"]

[layer.base]
from = "eligible"
quote = "可补偿费用"

[[layer.deductible]]
when = { level = ["township", "county"] }
amount = 100
quote = "县内一百元"

[[layer.deductible]]
when = { level = ["city", "province"] }
amount = 300
quote = "县外三百元"

[[layer.ceiling]]
amount = 500
quote = "全年起付线合计不超过五百元"

[[layer.rate]]
when = { visit = "门诊" }
rate = 0.50
quote = "门诊五成"

[[layer.rate]]
when = { visit = "住院" }
rate = 0.70
quote = "住院七成"

[[layer.cap]]
amount = 30000
quote = "全年三万元"

[[layer.stay_cap]]
amount = 20000
quote = "每次二万元"

[[layer]]
id = "assistance"
name = "医疗救助"
who = "roster"

[layer.base]
from = "total"
less = ["basic"]
quote = "总费用减去补偿"

[[layer.deductible]]
amount = 0
quote = "不设起付线"

[[layer.rate]]
when = { category = "五保户" }
rate = 1.00
quote = "五保户全额"

[[layer.rate]]
when = { category = "农村低保户" }
rate = 0.60
quote = "低保户六成"

[[layer.cap]]
amount = "none"
quote = "不设封顶线"
"""

LATER = (
    SMALL.replace('id = "small"', 'id = "later"')
    .replace("from = 2010-01-01\nto = 2010-12-31", "from = 2011-01-01\nto = 2011-12-31")
)  # fmt: skip


def written(tmp_path: Path, text: str, name: str = "small") -> LoadedRule:
    path = tmp_path / f"{name}.toml"
    path.write_text(text, "utf-8")
    return load_rule(path)


def told(loaded: LoadedRule) -> list[str]:
    return [problem.what for problem in check.problems([loaded])]


def test_a_whole_document_has_no_problem(tmp_path: Path) -> None:
    """The document that the tests below damage is right."""
    assert told(written(tmp_path, SMALL)) == []


DAMAGE = {
    "a gap": (
        'when = { level = ["township", "county"] }',
        'when = { level = "township" }',
        "新农合补偿起付线没有条款适用于：县级",
    ),
    "a gap in a corner": (
        'when = { visit = "门诊" }\nrate = 0.50',
        'when = { visit = "门诊", level = ["township", "county", "city"] }\nrate = 0.50',
        "新农合补偿补偿比例没有条款适用于：省级 · 门诊",
    ),
    "an overlap": (
        'when = { level = ["city", "province"] }',
        'when = { level = ["county", "city", "province"] }',
        "新农合补偿起付线的第 1 条、第 2 条都适用于：县级",
    ),
    "a clause for nobody": (
        'when = { category = "农村低保户" }\nrate = 0.60',
        'when = { category = "none" }\nrate = 0.60',
        "医疗救助 · 补偿比例（其他参保人员）不适用于任何住院",
    ),
    "an unknown level": ('["city", "province"]', '["city", "provincial"]', "不认识“provincial”"),
    "an unknown category": ('category = "五保户"', 'category = "五保"', "不认识“五保”"),
    "an unknown dimension": ('{ visit = "住院" }', '{ visits = "住院" }', "不认识“visits”"),
    "an unknown value": ('{ visit = "住院" }', '{ visit = "出院" }', "不认识“出院”"),
    "an unknown deduction": ('less = ["basic"]', 'less = ["basics"]', "不认识“basics”"),
    "a later layer taken off": ('less = ["basic"]', 'less = ["assistance"]', "不认识“assistance”"),
    "an unknown layer": ('id = "assistance"', 'id = "help"', "不认识的层“help”"),
    "the same layer twice": ('id = "assistance"', 'id = "basic"', "编号“basic”写了两次"),
    "a category twice": ('["五保户", "农村低保户"]', '["五保户", "农村低保户", "五保户"]', "写了两次"),
    "one spelling for two values": (
        '"门诊" = ["普通门诊"]',
        '"门诊" = ["普通门诊"]\n"急诊" = ["普通门诊"]',
        "“普通门诊”属于两个值",
    ),
    "a dimension from nowhere": ('columns = ["就诊类型"]\n', "", "没有写取自哪一列"),
    "a number without its sentence": ('quote = "全年三万元"\n', "", "新农合补偿 · 年度封顶（全部）没有引文"),
    "assumed without a reason": (
        'quote = "全年三万元"',
        "assumed = true",
        "新农合补偿 · 年度封顶（全部）没有引文",
    ),
    "a basis without its sentence": ('quote = "以出院日期为准"\n', "", "basis：没有引文"),
    "a life without its sentence": ("\nquote = \"自2010年1月1日起施行，有效期一年\"", "", "effective：没有引文"),
    "a deductible above the cap": ("amount = 30000", "amount = 300", "起付线不低于年度封顶线"),
    "a cap for one stay above the year's": ("amount = 20000", "amount = 40000", "每次封顶线高于年度封顶线"),
    "a ceiling under one deductible": ("amount = 500", "amount = 200", "全年起付线上限低于一次的起付线"),
    "a cap of nothing": ("amount = 30000", "amount = 0", "封顶线为 0"),
    "an end before the beginning": ("to = 2010-12-31", "to = 2009-12-31", "止日早于起日"),
    "a number still to fill": ("amount = 30000", 'amount = "to-fill"', "新农合补偿 · 年度封顶（全部）待填"),
    "another name than the file's": ('id = "small"', 'id = "other"', "编号“other”与文件名“small”不同"),
    "later and later_rate": (
        "amount = 100\n",
        "amount = 100\nlater = [50]\nlater_rate = [0.5]\n",
        "later 与 later_rate 只能写一个",
    ),
    "a minimum above the deductible": (
        "amount = 100\n",
        "amount = 100\nlater_rate = [0.5]\nminimum = 200\n",
        "最低起付线高于起付线",
    ),
    "a floor that counts a later layer": (
        '[[layer.stay_cap]]',
        '[[layer.floor]]\nrate = 0.3\nof = "total"\ntogether = ["assistance"]\nstatus = "on"\n'
        'quote = "保底三成"\n\n[[layer.stay_cap]]',
        "不认识“assistance”",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", DAMAGE)
def test_damage_is_told(what: str, tmp_path: Path) -> None:
    """One thing wrong, one sentence that names it."""
    before, after, sentence = DAMAGE[what]
    assert before in SMALL
    text = SMALL.replace(before, after, 1)
    if "floor" in after:
        text = text.replace('["ceiling", "stay_cap"]', '["ceiling", "stay_cap", "floor"]')
    assert any(sentence in line for line in told(written(tmp_path, text)))


def test_everything_is_told_at_once_with_line_and_key(tmp_path: Path) -> None:
    """Two damages in one file are two problems; each has the line where the key stands."""
    text = SMALL.replace('quote = "全年三万元"\n', "").replace("amount = 500", "amount = 200")
    problems = check.problems([written(tmp_path, text)])
    lines = text.splitlines()
    rows = {problem.what.split("：")[0]: problem.row for problem in problems}
    assert rows == {
        "layer 第 1 条（basic） · ceiling 第 1 条": lines.index("[[layer.ceiling]]") + 1,
        "layer 第 1 条（basic） · cap 第 1 条": lines.index("[[layer.cap]]") + 1,
    }


def test_a_template_may_have_numbers_to_fill(tmp_path: Path) -> None:
    """They are listed, but are no problem before somebody wants to use the document."""
    text = SMALL.replace("amount = 30000", 'amount = "to-fill"')
    loaded = written(tmp_path, text.replace("\n\n[source]", '\nstatus = "template"\n\n[source]', 1))
    assert told(loaded) == []
    assert [problem.row for problem in check.to_fill(loaded)] == [
        loaded.text.splitlines().index('amount = "to-fill"') + 1
    ]


# --- neighbours -------------------------------------------------------------------------------


def test_neighbours_that_join_have_no_problem(tmp_path: Path) -> None:
    """The last day of one is the day before the first of the next."""
    chain = [written(tmp_path, SMALL), written(tmp_path, LATER, "later")]
    assert check.problems(chain) == []


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("to = 2010-12-31", "to = 2010-12-30", "2010-12-31 至 2010-12-31 没有文件"),
        ("to = 2010-12-31", "to = 2011-01-01", "2011-01-01 至 2011-01-01两份文件都有效"),
        ("to = 2010-12-31\n", "", "2011-01-01 至 2011-12-31两份文件都有效"),
    ],
)
def test_a_day_without_or_with_two_documents_is_told(
    before: str, after: str, sentence: str, tmp_path: Path
) -> None:
    """One day is enough."""
    chain = [written(tmp_path, SMALL.replace(before, after)), written(tmp_path, LATER, "later")]
    assert any(sentence in problem.what for problem in check.problems(chain))


def test_documents_of_different_schemes_may_run_side_by_side(tmp_path: Path) -> None:
    """新农合 and 城镇居民 of one area are two chains."""
    one = SMALL.replace("[categories]", '[scope]\nschemes = ["新农合"]\n\n[categories]')
    two = one.replace('["新农合"]', '["城镇居民"]').replace('id = "small"', 'id = "urban"')
    assert check.problems([written(tmp_path, one), written(tmp_path, two, "urban")]) == []


# --- every file: no single change goes unnoticed -----------------------------------------------


@cache
def table_of(name: str) -> dict[str, Any]:
    return read_toml(find_rules([name])[0])[1]


def mutated(name: str, table: dict[str, Any]) -> list[str]:
    """What is told of a document with another table; a table that is no document is told too."""
    whole = load_rules([name])[0]
    try:
        rule = RuleFile.model_validate(table)
    except ValidationError as error:
        return [str(error)]
    return told(LoadedRule(rule, whole.path, whole.sha256, whole.data))


def clauses(name: str) -> Iterator[Key]:
    """The key of every clause of a document."""
    for key, part in parts(load_rules([name])[0].file):
        if isinstance(part, Clause):
            yield key


def around(table: dict[str, Any], key: Key) -> list[Any]:
    """The list that holds the clause at `key`."""
    for step in key[:-1]:
        table = table[step]  # type: ignore[index]
    assert isinstance(table, list)
    return table


@pytest.mark.parametrize("name", IDS)
def test_a_clause_that_is_missing_is_told(name: str) -> None:
    """Remove any one clause of a shipped document."""
    for key in clauses(name):
        table = copy.deepcopy(table_of(name))
        del around(table, key)[int(key[-1])]
        assert mutated(name, table) != [], key


@pytest.mark.parametrize("name", IDS)
def test_a_clause_that_is_doubled_is_told(name: str) -> None:
    """Write any one clause of a shipped document twice."""
    for key in clauses(name):
        table = copy.deepcopy(table_of(name))
        some = around(table, key)
        some.append(some[int(key[-1])])
        assert mutated(name, table) != [], key


def neighbours() -> Iterator[tuple[str, str]]:
    """(document, end): every end of a life that touches another document of the area and scheme."""
    files = [one.file for one in load_rules(IDS)]
    for one in files:
        for end, day in (("from", one.effective.from_ - timedelta(1)), ("to", one.effective.to)):
            for other in files:
                touches = other.effective.to == day if end == "from" else (
                    day is not None and other.effective.from_ == day + timedelta(1)
                )  # fmt: skip
                if touches and (other.area, other.scope) == (one.area, one.scope) and day:
                    yield one.id, end


def test_there_are_neighbours() -> None:
    """Five documents of 大方县 in a row, two of 正安县, two of county aid: each inner end once."""
    assert len(list(neighbours())) == 2 * (4 + 1 + 1)


@pytest.mark.parametrize(("name", "end"), list(neighbours()))
@pytest.mark.parametrize("shift", [-1, 1])
def test_a_boundary_shifted_by_a_day_is_told(name: str, end: str, shift: int) -> None:
    """Every boundary between neighbouring documents, a day earlier and a day later."""
    table = copy.deepcopy(table_of(name))
    table["effective"][end] += timedelta(days=shift)
    rule = RuleFile.model_validate(table)
    chain = [
        LoadedRule(rule, one.path, one.sha256, one.data) if one.file.id == name else one
        for one in load_rules(IDS)
    ]
    assert check.problems(chain) != []


# --- reading a file ----------------------------------------------------------------------------


def refused(tmp_path: Path, text: str) -> list[tuple[int | None, str]]:
    with pytest.raises(CannotRun) as caught:
        written(tmp_path, text)
    return [(problem.row, problem.what) for problem in caught.value.problems]


def test_wrong_keys_are_told_together_with_their_lines(tmp_path: Path) -> None:
    """A misspelt key, a word for a number and a rate above one: three problems, three lines."""
    text = SMALL.replace('title = "示例县住院补偿"', 'titel = "示例县住院补偿"')
    text = text.replace("amount = 30000", 'amount = "30000"').replace("rate = 0.70", "rate = 70")
    lines = text.splitlines()
    assert refused(tmp_path, text) == [
        (None, "title：缺少这一项"),
        (
            lines.index("rate = 70") + 1,
            "layer 第 1 条（basic） · rate 第 2 条 · rate："
            '比例应在 0 与 1 之间，最多四位小数（80% 写作 0.80），或应写 "unknown"、"to-fill"',
        ),
        (
            lines.index('amount = "30000"') + 1,
            "layer 第 1 条（basic） · cap 第 1 条 · amount："
            '应为数字（不加引号），或应写 "none"、"unknown"、"to-fill"',
        ),
        (2, "titel：不认识这个键，是不是 title？"),
    ]


@pytest.mark.parametrize(
    ("text", "row", "sentence"),
    [
        ('id = "a"\ntitle = "b\n', 2, "不合 TOML 写法"),
        ('id = "a"\nid = "b"\n', 2, "不合 TOML 写法"),
    ],
)
def test_a_file_that_is_no_toml_says_where(
    text: str, row: int, sentence: str, tmp_path: Path
) -> None:
    """The line, in Chinese."""
    ((found, what),) = refused(tmp_path, text)
    assert (found, sentence in what) == (row, True)


def test_bands_have_no_defaults(tmp_path: Path) -> None:
    """Progressive or whole, gross or net, stay or year must be written."""
    text = SMALL.replace("rate = 0.70", "bands = [{ to = 500, rate = 0.6 }, { rate = 0.7 }]")
    ((_, what),) = refused(tmp_path, text)
    assert "分段必须写明 mode、edges、per" in what


def test_another_encoding_is_told(tmp_path: Path) -> None:
    """An old Notepad saves as GBK."""
    path = tmp_path / "small.toml"
    path.write_bytes(SMALL.encode("gbk"))
    with pytest.raises(CannotRun, match="不是 UTF-8 编码"):
        load_rule(path)


def test_a_byte_order_mark_is_no_harm(tmp_path: Path) -> None:
    """Notepad writes one."""
    path = tmp_path / "small.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALL.encode())
    assert load_rule(path).file.id == "small"


# --- finding files -----------------------------------------------------------------------------


def test_a_name_is_an_id_a_file_a_folder_or_an_area(tmp_path: Path) -> None:
    """All four, and each document once."""
    loaded = written(tmp_path, SMALL)
    assert find_rules([str(loaded.path), str(tmp_path)]) == [loaded.path]
    assert [path.stem for path in find_rules(["huangzhong"])] == ["huangzhong-2009"]
    assert len(find_rules(["dafang", "dafang-2008"])) == 6


def test_a_county_document_wins_over_a_shipped_one(tmp_path: Path) -> None:
    """The county folder's own rules/ comes first."""
    own = tmp_path / "rules" / "our" / "huangzhong-2009.toml"
    own.parent.mkdir(parents=True)
    own.write_text(SMALL.replace('"small"', '"huangzhong-2009"'), "utf-8")
    assert find_rules(["huangzhong-2009"], tmp_path) == [own]


def test_an_unknown_name_offers_near_ones() -> None:
    """What it may have been, and what there is."""
    with pytest.raises(CannotRun) as caught:
        find_rules(["huangzhong2009"])
    (problem,) = caught.value.problems
    assert "是不是 huangzhong-2009？" in problem.remedy
    assert "national-2021" in problem.remedy


# --- commands ----------------------------------------------------------------------------------


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["rules", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_check_says_what_is_proved_and_what_is_left() -> None:
    """Over everything that ships."""
    output = run("check")
    assert f"检查了 {len(IDS)} 份文件：无空档、无重叠，数字都有出处" in output
    assert "national-2021.toml 待填：" in output


def test_check_of_a_damaged_file_cannot_run(tmp_path: Path) -> None:
    """All problems travel in one exception, which the command line prints and ends with 2."""
    path = tmp_path / "small.toml"
    path.write_text(SMALL.replace('quote = "全年三万元"\n', ""), "utf-8")
    result = CliRunner().invoke(app, ["rules", "check", str(path)])
    assert isinstance(result.exception, CannotRun)
    assert "没有引文" in str(result.exception)


def test_show_has_every_number_and_its_sentence_in_80_columns() -> None:
    """Terms, quotes and readings; no line is cut off or too wide."""
    output = run("show", "huangzhong-2009")
    for text in ("500 元及以下 60%", "5,000 元以上 85%", "6,000 元", "取消起付线", "假定"):
        assert text in output
    assert "…" not in output
    assert max(width(line.rstrip()) for line in output.splitlines()) <= 80


def width(line: str) -> int:
    from rich.cells import cell_len

    return cell_len(line)


def test_show_on_a_day_names_what_was_in_force() -> None:
    """The auditor's question: which document governed this bill?"""
    output = run("show", "2008-12-31", "--rules", "dafang")
    assert "dafang-2008" in output
    assert "dafang-2009" not in output


def test_diff_says_it_in_words() -> None:
    """`县级补偿比例 …`, for whom and from what to what."""
    output = run("diff", "tongchuan-2025", "nanchang-2025")
    assert "县级补偿比例 75% → 80%" in output
    assert "市级、省级起付线 1,200 元 → 600 元" in output


def test_diff_of_a_document_with_itself_is_nothing() -> None:
    """No invented differences."""
    for name in IDS:
        assert "两份文件没有差别" in run("diff", name, name)


def test_test_tells_a_case_that_came_out_otherwise(tmp_path: Path) -> None:
    """The case, the layer, what it should be and what it is."""
    path = tmp_path / "small.toml"
    path.write_text(SMALL, "utf-8")
    case = '[[case]]\nname = "一例"\narticle = "住院七成"\ngiven = { level = "县级", eligible = 1100 }\n'
    (tmp_path / "small.cases.toml").write_text(case + "expect = { basic = 700.01 }\n", "utf-8")
    result = CliRunner().invoke(app, ["rules", "test", str(path)])
    assert "一例：新农合补偿应为 700.01，算得 700.00" in str(result.exception)


def test_list_names_every_document() -> None:
    """Id, life and state."""
    output = run("list")
    assert all(name in output for name in IDS)
