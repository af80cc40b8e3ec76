"""Numbers of a document are found by name, changed as a file would be, and never by guessing."""

from __future__ import annotations

import pytest

from onestop_cli.errors import CannotRun
from onestop_cli.rulebook.change import parse_value, split_change, with_changes
from onestop_cli.rulebook.changes import changes
from onestop_cli.rulebook.library import LoadedRule, known_rules, load_rule, load_rules, read_toml
from onestop_cli.rulebook.named import find_spot, in_words, names_of, spots


@pytest.fixture(scope="module")
def huangzhong() -> LoadedRule:
    return load_rules(["huangzhong-2009"])[0]


def said(rule: LoadedRule, *texts: str) -> list[str]:
    """What the changes do, in words."""
    new = with_changes(rule, [split_change(text) for text in texts]).file
    return [f"{change.group} {change.sentence}" for change in changes(rule.file, new)]


def refused(rule: LoadedRule, *texts: str) -> list[tuple[str, str]]:
    with pytest.raises(CannotRun) as error:
        said(rule, *texts)
    return [(problem.what, problem.remedy) for problem in error.value.problems]


FIRST = "农村低保户、60年代精简退职人员、定期定量救济人员"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("assistance.cap=8000", f"医疗救助 {FIRST}：年度封顶 6,000 元 → 8,000 元"),
        ("assistance.cap.amount=8000", f"医疗救助 {FIRST}：年度封顶 6,000 元 → 8,000 元"),
        ("layer.assistance.cap[1].amount=8000", f"医疗救助 {FIRST}：年度封顶 6,000 元 → 8,000 元"),
        ("医疗救助.年度封顶 = 8,000元", f"医疗救助 {FIRST}：年度封顶 6,000 元 → 8,000 元"),
        ("assistance.cap[category=五保户]=9000", "医疗救助 五保户年度封顶 不封顶 → 9,000 元"),
        ("basic.cap=不封顶", "新农合补偿 年度封顶 35,000 元 → 不封顶"),
        ("basic.rate[level=county,category=any]=0.75", "新农合补偿 县级 · 救助对象：补偿比例 70% → 75%"),
        ("basic.rate[2]=75%", "新农合补偿 县级 · 救助对象：补偿比例 70% → 75%"),
        ("basic.rate[level=县级，category=救助对象]=75％", "新农合补偿 县级 · 救助对象：补偿比例 70% → 75%"),
        ("basis.benefit_year=settlement", "文件 归入年度的日期 出院日 → 结算日"),
    ],
)  # fmt: skip
def test_a_number_goes_by_its_name(huangzhong: LoadedRule, text: str, sentence: str) -> None:
    """Also in Chinese, by place, by the file's own key, as a percentage, as a word."""
    assert said(huangzhong, text) == [sentence]


def test_a_band_goes_by_its_place(huangzhong: LoadedRule) -> None:
    new = with_changes(huangzhong, [("assistance.rate.bands[2].rate", "0.7")]).file
    assert [band.rate for band in new.layer[1].rate[0].bands[:3]] == [6000, 7000, 7000]


def test_a_condition_is_met_to_the_letter() -> None:
    """The clause for city and province is not the one for the city alone."""
    (rule,) = load_rules(["dafang-2006"])
    assert "没有“basic.rate[level=city]”" in refused(rule, "basic.rate[level=city]=0.4")[0][0]
    assert said(rule, "basic.rate[level=county]=0.5") == [
        "新农合补偿 县级 · 一般就医：补偿比例 45% → 50%"
    ]


def test_what_could_be_several_is_not_guessed(huangzhong: LoadedRule) -> None:
    ((what, remedy),) = refused(huangzhong, "basic.rate[level=county]=0.75")
    assert "有 2 处" in what
    assert "basic.rate[level=county,category=any]（现为 70%）" in remedy
    assert "basic.rate[level=county,category=none]（现为 65%）" in remedy


def test_an_unknown_name_brings_the_names_there_are(huangzhong: LoadedRule) -> None:
    """Of the same term where there is one, else all terms; several mistakes are told at once."""
    wrong = refused(huangzhong, "basic.roof=1", "assistance.cap[category=一]=5")
    assert "basic.cap（新农合补偿 · 年度封顶）" in wrong[0][1]
    assert "assistance.cap[category=一类]（现为 6000 元）" in wrong[1][1]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("basic.cap=-5", "金额应为非负数"),
        ("basic.cap=many", "应为数字"),
        ("basic.cap=0", "封顶线为 0"),
        ("assistance.rate.bands[1].to=2600", "各段上限 to 必须逐段增大"),
        ("basic.rate[2]=1.2", "比例应在 0 与 1 之间"),
        ("assistance.rate[category=一类].mode=half", "应写"),
    ],
)
def test_a_value_is_checked_like_a_file(huangzhong: LoadedRule, text: str, why: str) -> None:
    problems = refused(huangzhong, text)
    assert any(why in what for what, _ in problems)
    assert {remedy for _, remedy in problems} == {"请改这次试的值；规则文件没有改动"}


@pytest.mark.parametrize("text", ["assistance.cap", "=8000", "assistance.cap="])
def test_a_change_is_a_name_and_a_value(text: str) -> None:
    with pytest.raises(CannotRun, match="看不懂要改的"):
        split_change(text)


def test_the_document_itself_stays_as_it_is(huangzhong: LoadedRule) -> None:
    """Nothing is saved: bytes, hash and the loaded document are those of the file."""
    before = huangzhong.path.read_bytes()
    changed = with_changes(huangzhong, [("assistance.cap", "8000")])
    assert huangzhong.path.read_bytes() == before == changed.data
    assert huangzhong.file.layer[1].cap[0].amount == 600_000
    assert changed.file.layer[1].cap[0].amount == 800_000


def test_a_template_can_be_filled_for_a_trial() -> None:
    """A number that is still to fill needs no quotation to be tried."""
    (rule,) = load_rules(["national-2021"])
    assert said(rule, "basic.rate[level=county]=0.75") == [
        "居民医保 县级 · 住院：补偿比例 待填 → 75%"
    ]


@pytest.mark.parametrize("path", known_rules().values(), ids=lambda path: path.stem)
def test_every_number_of_every_document_has_a_name(path) -> None:  # type: ignore[no-untyped-def]
    """The name that messages give leads back to that very number, and it has words."""
    rule = load_rule(path)
    table = read_toml(rule.path, rule.data)[1]
    every = spots(rule.file, table)
    names = names_of(every)
    assert len(set(names.values())) == len(every)
    for spot in (spot for spot in every if spot.is_number):
        assert find_spot(rule.file, table, names[spot.key]) == spot
        assert in_words(rule.file, spot)


@pytest.mark.parametrize(
    ("text", "value"),
    [("8000", "8000"), ("8,000 元", "8000"), ("７５％", "0.75"), ("75%", "0.75"),
     (".5", "0.5"), ("unknown", "unknown")],
)  # fmt: skip
def test_values_are_read_as_people_type_them(text: str, value: str) -> None:
    assert str(parse_value(text)) == value
