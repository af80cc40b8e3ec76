"""`rules check`: every way a document can be wrong is told, with the file, the line and the key."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from onestop_cli.errors import CannotRun
from onestop_cli.resources import rules_folder
from onestop_cli.rulebook import check
from onestop_cli.rulebook.language import RuleFile
from onestop_cli.rulebook.library import LoadedRule, find_rules, load_rules, read_toml
from onestop_cli.rulebook.usable import unusable
from tests.made.damaged import told_doubled, told_without
from tests.made.small_rule import LATER, SMALL, written

IDS = sorted(path.stem for path in find_rules([str(rules_folder())]))


HERBS = """
[[expense]]
id = "herbs"
name = "饮片"
columns = ["饮片费"]

[[expense.share]]
share = 0.10
quote = "饮片先行自付一成"
"""
EXPENSES = HERBS.replace("herbs", "slices") + HERBS
FIRST_LAYER = '[[layer]]\nid = "basic"'
BY_DAY = """
[[quota]]
kind = "fixed"
per = "day"
amount = 130
pays = { basic = 110 }
quote = "每床日一百三十元，基金支付一百一十元"
"""


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
    "a category with and without a right": (
        '["五保户", "农村低保户"]',
        '["五保户", "农村低保户"]\nno_right = ["五保户"]',
        "既列为救助类别，又列为没有待遇",
    ),
    "a category twice": ('["五保户", "农村低保户"]', '["五保户", "农村低保户", "五保户"]', "写了两次"),
    "insured years under another id": (
        '[[dimension]]\n',
        '[[dimension]]\nid = "insured"\nname = "年数"\nsource = "years"\ncolumns = ["年数"]\n\n[[dimension]]\n',
        "参保年数的维度编号是 years",
    ),
    "insured years with values": (
        '[[dimension]]\n',
        '[[dimension]]\nid = "years"\nname = "年数"\nsource = "years"\ncolumns = ["年数"]\nvalues = { "4" = [] }\n\n'
        '[[dimension]]\n',
        "参保年数不写 values",
    ),
    "blank insured years that are no number": (
        '[[dimension]]\n',
        '[[dimension]]\nid = "years"\nname = "年数"\nsource = "years"\ncolumns = ["年数"]\notherwise = "不详"\n\n'
        '[[dimension]]\n',
        "空白按多少年计，应写数字",
    ),
    "one spelling for two values": (
        '"门诊" = ["普通门诊"]',
        '"门诊" = ["普通门诊"]\n"急诊" = ["普通门诊"]',
        "“普通门诊”属于两个值",
    ),
    "a dimension from nowhere": ('columns = ["就诊类型"]\n', "", "没有写取自哪一列"),
    "a number without its sentence": ('quote = "全年三万元"\n', "", "新农合补偿 · 年度封顶（全部对象）没有引文"),
    "assumed without a reason": (
        'quote = "全年三万元"',
        "assumed = true",
        "新农合补偿 · 年度封顶（全部对象）没有引文",
    ),
    "a basis without its sentence": ('quote = "以出院日期为准"\n', "", "basis：没有引文"),
    "a life without its sentence": ("\nquote = \"自2010年1月1日起施行，有效期一年\"", "", "effective：没有引文"),
    "a deductible above the cap": ("amount = 30000", "amount = 300", "起付线不低于年度封顶线"),
    "a cap for one stay above the year's": ("amount = 20000", "amount = 40000", "每次封顶线高于年度封顶线"),
    "a limit of the month above the year's": (
        '[[layer.stay_cap]]', '[[layer.month_cap]]\namount = 40000\nquote = "每月四万元"\n\n[[layer.stay_cap]]',
        "每月限额高于年度封顶线",
    ),
    "a limit of the month under one stay's": (
        '[[layer.stay_cap]]', '[[layer.month_cap]]\namount = 400\nquote = "每月四百元"\n\n[[layer.stay_cap]]',
        "每次封顶线高于每月限额",
    ),
    "a ceiling under one deductible": ("amount = 500", "amount = 200", "全年起付线上限低于一次的起付线"),
    "a cap of nothing": ("amount = 30000", "amount = 0", "封顶线为 0"),
    "an end before the beginning": ("to = 2010-12-31", "to = 2009-12-31", "止日早于起日"),
    "a number still to fill": ("amount = 30000", 'amount = "to-fill"', "新农合补偿 · 年度封顶（全部对象）待填"),
    "another name than the file's": ('id = "small"', 'id = "other"', "编号“other”与文件名“small”不同"),
    "later and later_rate": (
        "amount = 100\n",
        "amount = 100\nlater = [50]\nlater_rate = [0.5]\n",
        "later 与 later_rate 只能写一个",
    ),
    "a number of stays that changes nothing": (
        "amount = 100\n",
        'amount = 100\ncounted = "level"\n',
        "没有写第二次的起付线，按级别数次数（counted）没有用",
    ),
    "a number of stays that no rate hangs on": (
        "rate = 0.70\n", 'rate = 0.70\ncounted = "level"\n', "没有写第二次住院的比例，按级别数次数（counted）没有用",
    ),
    "a later rate that its sentence does not say": (
        "rate = 0.70\n", "rate = 0.70\nlater_rate = [0.75]\n", "引文里没有 75%",
    ),
    "later points that their sentence does not say": (
        "[[layer.stay_cap]]", '[[layer.points]]\npoints = 0\nlater_points = [5]\nquote = "第二次提高三个百分点"\n\n'
        "[[layer.stay_cap]]", "引文里没有 5%",
    ),
    "stays numbered in two ways for one rate": (
        'quote = "住院七成"', 'later_rate = [0.75]\nquote = "住院七成，七成五，提高五个百分点"\n\n[[layer.points]]\n'
        'points = 0\nlater_points = [5]\ncounted = "level"\nquote = "提高5个百分点"', "数第几次住院的办法不同",
    ),
    "a whole amount by the year and by the number of the stay": (
        'rate = 0.70\nquote = "住院七成"', 'mode = "whole"\nedges = "net"\nper = "year"\n'
        'bands = [{ to = 500, rate = 0.5 }, { rate = 0.7 }]\nquote = "500元五成，以上七成"\n\n[[layer.points]]\n'
        'points = 0\nlater_points = [5]\nquote = "提高5个百分点"', "不能随第几次住院变",
    ),
    "months that their sentence does not say": (
        "amount = 30000\n", 'amount = 30000\nper = "window"\nmonths = 12\n', "引文里没有 12 个月",
    ),
    "limits of a year and of months in one layer": (
        '[[layer.cap]]\namount = 30000', '[[layer.cap]]\nwhen = { visit = "门诊" }\namount = 900\nper = "window"\n'
        'months = 6\nquote = "六个月内九百元"\n\n[[layer.cap]]\nwhen = { visit = "住院" }\namount = 30000',
        "同一层的限额有的按年",
    ),
    "a limit of months beside one of the month": (
        '[[layer.cap]]\namount = 30000', '[[layer.month_cap]]\namount = 20000\nquote = "每月二万元"\n\n[[layer.cap]]\n'
        'amount = 30000\nper = "window"\nmonths = 12', "按几个月累计的限额不能再加每月限额",
    ),
    "a household's limit in one that layers share": (
        "[[layer.stay_cap]]",
        '[[layer.household_cap]]\namount = 60000\nquote = "全户每年六万元"\n\n[[pool]]\nid = "both"\nname = "共用"\n'
        'layers = ["basic"]\n\n[[pool.cap]]\namount = 50000\nquote = "合计每年五万元"\n\n[[layer.stay_cap]]',
        "有全户年度限额，不能再放进共用限额",
    ),
    "a limit of months that a list raises": (
        '[[layer.cap]]\namount = 30000', '[[layer.bonus]]\nper_year = 1000\nafter = 4\nquote = "满4年后每年一千元"\n\n'
        '[[layer.cap]]\namount = 30000\nper = "window"\nmonths = 12', "不能提高按几个月累计的限额",
    ),
    "a deductible of months under a ceiling of the year": (
        "amount = 100\n", 'amount = 100\nper = "window"\nmonths = 12\n', "不能再写全年起付线上限、转院补差",
    ),
    "a second deductible in some months": (
        "amount = 100\n", 'amount = 100\nper = "window"\nmonths = 12\nlater = [50]\n', "没有第二次",
    ),
    "a minimum above the deductible": (
        "amount = 100\n",
        "amount = 100\nlater_rate = [0.5]\nminimum = 200\n",
        "最低起付线高于起付线",
    ),
    "a number that its sentence does not say": (
        "amount = 30000", "amount = 3000", "新农合补偿 · 年度封顶（全部对象）引文里没有 3,000 元"
    ),
    "a rate that its sentence does not say": ("rate = 0.70", "rate = 0.07", "引文里没有 7%"),
    "a first day that its sentence does not say": ("from = 2010-01-01", "from = 2010-10-01", "引文里没有 2010-10-01"),
    "several categories added up, and no parts": (
        "[categories]\n", '[categories]\noverlap = "stack"\n', "写了依次叠加（stack），但没有一层写 part_of"
    ),
    "one column taken off twice": (
        'less = ["basic"]\nquote = "总费用减去补偿"\n',
        'less = ["basic", "herbs", "slices"]\nquote = "总费用减去补偿"\n' + EXPENSES,
        "“饮片费”这一列被 slices 和 herbs 各扣一次",
    ),
    "a condition with the id of an expense": (
        '[[layer]]\nid = "basic"', HERBS.replace("herbs", "visit") + '\n[[layer]]\nid = "basic"',
        "“visit”也是一项费用的编号",
    ),
    "a unit of rounding that its sentence does not say": (
        "[layer.base]\n",
        '[layer.rounding]\nunit = 1000\nquote = "以100元为单位"\n\n[layer.base]\n',
        "引文里没有 1,000 元",
    ),
    "a unit of a base that its sentence does not say": (
        'from = "eligible"\nquote = "可补偿费用"\n',
        'from = "eligible"\nquote = "可补偿费用"\nrounding = { unit = 1000, mode = "up", quote = "以百元为单位" }\n',
        "引文里没有 1,000 元",
    ),
    "a list for something else than years": (
        'columns = ["就诊类型"]\n', 'columns = ["就诊类型"]\nfrom_list = true\n', "参保激励名单只有连续参保年数",
    ),
    "a rise of the cap that its sentence does not say": (
        "[[layer.stay_cap]]",
        '[[layer.bonus]]\nper_year = 1000\nafter = 4\nmost = 0.2\nquote = "满4年后每年提高100元，不超过20%"\n\n'
        "[[layer.stay_cap]]",
        "引文里没有 1,000 元",
    ),
    "years before a rise that its sentence does not say": (
        "[[layer.stay_cap]]",
        '[[layer.bonus]]\nper_year = 1000\nafter = 5\nquote = "满4年后每年提高1000元"\n\n[[layer.stay_cap]]',
        "引文里没有 5 年",
    ),
    "a cap above the household's": (
        "[[layer.stay_cap]]",
        '[[layer.household_cap]]\namount = 20000\nquote = "全户每年二万元"\n\n[[layer.stay_cap]]',
        "年度封顶线高于全户年度限额",
    ),
    "a waiver under the name of a fund": (
        'id = "assistance"\n', 'id = "assistance"\nkind = "waiver"\n', "不认识的层“assistance”",
    ),
    "a waiver that is part of a fund's layer": (
        'id = "assistance"\n',
        'id = "waiver"\nkind = "waiver"\npart_of = "basic"\n',
        "医院减免不是基金支付，不能与别的层合并",
    ),
    "a share that leaves no whole rate": (
        "[[layer.stay_cap]]",
        '[[layer.factor]]\nshare = 0.3333\nquote = "按33.33%支付"\n\n[[layer.stay_cap]]',
        "比例折算后不是整的万分之一",
    ),
    "two prices of a day for one stay": (FIRST_LAYER, BY_DAY * 2 + FIRST_LAYER, "不论病种的第 1 条、第 2 条都适用于"),
    "more paid than the price of a day": (
        FIRST_LAYER, BY_DAY.replace("110", "140") + FIRST_LAYER, "各层所付合计超过定额",
    ),
    "a price of a day that its sentence does not say": (
        FIRST_LAYER, BY_DAY.replace("130", "135") + FIRST_LAYER, "按床日付费 不论病种（全部对象）引文里没有 135 元",
    ),
    "a payment that its sentence does not say": (
        FIRST_LAYER, BY_DAY.replace("110", "105") + FIRST_LAYER, "引文里没有 105 元",
    ),
    "an amount paid of a limit": (
        FIRST_LAYER, BY_DAY.replace("fixed", "limit") + FIRST_LAYER, "限价按实际费用计，各层不能写固定金额（pays）",
    ),
    "a share and an amount of one layer": (
        FIRST_LAYER, BY_DAY + "shares = { basic = 0.10 }\n" + FIRST_LAYER, "basic 既写了份额又写了金额",
    ),
    "an amount paid by an unknown layer": (
        FIRST_LAYER, BY_DAY.replace("basic = 110", "basics = 110") + FIRST_LAYER, "不认识“basics”",
    ),
    "a fixed price of which nobody pays": (
        FIRST_LAYER, BY_DAY.replace("pays = { basic = 110 }\n", "") + FIRST_LAYER, "定额没有写各层的份额",
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
    for word in ("floor", "factor", "month_cap", "points", "bonus", "household_cap"):
        if f"[[layer.{word}]]" in after:
            text = text.replace('["ceiling", "stay_cap"]', f'["ceiling", "stay_cap", "{word}"]')
    assert any(sentence in line for line in told(written(tmp_path, text)))


REFUSED = {
    "nan": ("amount = 30000", "amount = nan", "nan、inf 不是数"),
    "inf": ("rate = 0.70", "rate = inf", "nan、inf 不是数"),
    "a quotation without a word": ('quote = "全年三万元"', 'quote = " …"', "没有文字"),
    "an absurd amount": ("amount = 30000", "amount = 30000000", "金额超过一千万元"),
}  # fmt: skip


WAIVER = 'id = "waiver"\nname = "医院减免"\nkind = "waiver"\n'


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ('fund = "救助基金"\n', "waiver 层由医院承担，不写 fund（基金）"),
        ("rate = [{ rate = 0.1 }]\n", "waiver 层按比例算的要写 base"),
    ],
)
def test_a_waiver_is_no_funds_and_has_a_base_or_no_terms(
    more: str, sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(CannotRun) as refused:
        written(
            tmp_path, SMALL.replace("[[layer]]\n", f"[[layer]]\n{WAIVER}{more}\n[[layer]]\n", 1)
        )
    assert sentence in refused.value.problems[0].what


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_number_or_no_sentence_is_refused_when_read(what: str, tmp_path: Path) -> None:
    """With the line it stands in."""
    before, after, sentence = REFUSED[what]
    text = SMALL.replace(before, after, 1)
    with pytest.raises(CannotRun) as refused:
        written(tmp_path, text)
    (problem,) = refused.value.problems
    assert sentence in problem.what
    assert problem.row == text.splitlines().index(after) + 1


@pytest.mark.parametrize("more", ['per = "window"', "months = 12"])
@pytest.mark.parametrize("amount", ["amount = 100", "amount = 30000"])
def test_months_and_a_window_are_written_together(amount: str, more: str, tmp_path: Path) -> None:
    with pytest.raises(CannotRun) as refused:
        written(tmp_path, SMALL.replace(f"{amount}\n", f"{amount}\n{more}\n"))
    assert '写 per = "window" 和 months' in refused.value.problems[0].what


def test_a_rate_of_the_second_stay_belongs_to_a_flat_rate(tmp_path: Path) -> None:
    """Bands have points for it."""
    bands = 'later_rate = [0.75]\nmode = "progressive"\nedges = "net"\nper = "stay"\nbands = [{ rate = 0.70 }]'
    with pytest.raises(CannotRun) as refused:
        written(tmp_path, SMALL.replace("rate = 0.70", bands))
    assert "later_rate 只用于写了数的 rate" in refused.value.problems[0].what


def test_nothing_is_rounded_to_nothing(tmp_path: Path) -> None:
    nothing = '[layer.rounding]\nunit = 0\nquote = "取整"\n\n[layer.base]'
    with pytest.raises(CannotRun) as refused:
        written(tmp_path, SMALL.replace("[layer.base]", nothing, 1))
    assert "舍入的单位不能是 0" in refused.value.problems[0].what


def test_points_below_one_are_a_rate_by_mistake(tmp_path: Path) -> None:
    """Five points are written 5."""
    points = '[[layer.points]]\npoints = 0.05\nquote = "提高5个百分点"\n\n[[layer.stay_cap]]'
    text = SMALL.replace('["ceiling", "stay_cap"]', '["ceiling", "stay_cap", "points"]')
    with pytest.raises(CannotRun) as refused:
        written(tmp_path, text.replace("[[layer.stay_cap]]", points, 1))
    assert "不到 1 个百分点" in refused.value.problems[0].what


def test_two_files_of_one_id_are_told(tmp_path: Path) -> None:
    """What was settled by one could not be told from what was settled by the other."""
    (tmp_path / "copy").mkdir()
    pair = [written(tmp_path, SMALL), written(tmp_path / "copy", SMALL)]
    assert any("编号“small”与" in problem.what for problem in check.problems(pair))
    assert any("编号“small”与" in problem.what for problem in unusable(pair))


def test_a_condition_from_two_tables_is_told(tmp_path: Path) -> None:
    """A stay has one value under one id."""
    other = LATER.replace('columns = ["就诊类型"]', 'source = "hospital"\ncolumns = ["就诊类型"]')
    pair = [written(tmp_path, SMALL), written(tmp_path, other, "later")]
    assert [p.what for p in unusable(pair)] == ["维度“visit”与 small 的取自不同的表"]


def test_everything_is_told_at_once_with_line_and_key(tmp_path: Path) -> None:
    """Two damages in one file are two problems; each has the line where the key stands."""
    text = SMALL.replace('quote = "全年三万元"\n', "").replace("amount = 500", "amount = 200")
    text = text.replace("合计不超过五百元", "合计不超过二百元")
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


@pytest.mark.parametrize("name", IDS)
def test_a_clause_that_is_missing_is_told(name: str) -> None:
    """Remove any one clause of a shipped document."""
    whole = load_rules([name])[0]
    assert [key for key, found in told_without(whole) if not found] == []


@pytest.mark.parametrize("name", IDS)
def test_a_clause_that_is_doubled_is_told(name: str) -> None:
    """Write any one clause of a shipped document twice."""
    whole = load_rules([name])[0]
    assert [key for key, found in told_doubled(whole) if not found] == []


def neighbours() -> Iterator[tuple[str, str]]:
    """(document, end): every end of a life that touches another document of the area and scheme."""
    files = [one.file for one in load_rules(IDS)]
    for one in files:
        for end, day in (("from", one.effective.from_ - timedelta(1)), ("to", one.effective.to)):
            for other in files:
                touches = other.effective.to == day if end == "from" else (
                    day is not None and other.effective.from_ == day + timedelta(1)
                )  # fmt: skip
                same = (other.area, other.scope.schemes) == (one.area, one.scope.schemes)
                if touches and same and day:
                    yield one.id, end


def test_there_are_neighbours() -> None:
    """Five documents of 大方县 in a row, two of 正安县, two of county aid: each inner end once."""
    assert len(list(neighbours())) == 2 * (4 + 1 + 1)


@pytest.mark.parametrize(("name", "end"), list(neighbours()))
@pytest.mark.parametrize("shift", [-1, 1])
def test_a_boundary_shifted_by_a_day_is_told(name: str, end: str, shift: int) -> None:
    """Every boundary between neighbouring documents, a day earlier and a day later."""
    table = read_toml(find_rules([name])[0])[1]
    table["effective"][end] += timedelta(days=shift)
    rule = RuleFile.model_validate(table)
    chain = [
        LoadedRule(rule, one.path, one.sha256, one.data) if one.file.id == name else one
        for one in load_rules(IDS)
    ]
    assert check.problems(chain) != []
