"""Documents that amend an earlier one, and quotations held against the texts they are from."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from onestop_cli.cli import app
from onestop_cli.errors import CannotRun
from onestop_cli.rulebook import check
from onestop_cli.rulebook.check.letter import compared, only_signs
from onestop_cli.rulebook.library import LoadedRule
from onestop_cli.rulebook.usable import same_terms
from tests.made.small_rule import LATER, SMALL, written

KEPT = LATER.replace('area = "example"\n', 'area = "example"\namends = "small"\n', 1)
for sentence in (
    "县内一百元",
    "门诊五成",
    "五保户全额",
    "不设封顶线",
    "以出院日期为准",
    "五保户、农村低保户",
):
    KEPT = KEPT.replace(f'quote = "{sentence}"', f'quote = "{sentence}"\ninherited = "small"', 1)


def told(tmp_path: Path, text: str, before: str = SMALL) -> list[str]:
    """What is wrong in the later of two documents."""
    pair = [written(tmp_path, before), written(tmp_path, text, "later")]
    return [problem.what for problem in check.problems(pair)]


def test_what_is_inherited_as_it_stood_is_right(tmp_path: Path) -> None:
    assert told(tmp_path, KEPT) == []


def test_the_earlier_document_may_lie_beside_the_later(tmp_path: Path) -> None:
    """`rules check later` alone."""
    written(tmp_path, SMALL)
    assert check.problems([written(tmp_path, KEPT, "later")]) == []


WRONG = {
    "another number": ("rate = 0.50\n", "rate = 0.60\nreading = \"六成\"\n", "补偿比例（门诊）与 small 的不同"),
    "another sentence": ('quote = "门诊五成"', 'quote = "门诊为五成"', "补偿比例（门诊）与 small 的不同"),
    "for others": (
        'when = { level = ["township", "county"] }', 'when = { level = ["township", "county", "city"] }',
        "起付线（乡级、县级、市级）与 small 的不同",
    ),
    "from nowhere": ('amends = "small"\n', "", "写了沿用（inherited），但文件没有写修改哪一份（amends）"),
    "from another document": ('amends = "small"', 'amends = "smaller"', "找不到被修改的文件“smaller”"),
    "another category": (
        'priority = ["五保户", "农村低保户"]', 'priority = ["农村低保户", "五保户"]', "categories：与 small 的不同"
    ),
    "a term lost": (
        '[[layer.stay_cap]]\namount = 20000\nquote = "每次二万元"\n', "", "新农合补偿漏了 small 的每次封顶"
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_did_not_stand_so_is_told(what: str, tmp_path: Path) -> None:
    """Cell by cell, against the earlier document."""
    before, after, sentence = WRONG[what]
    assert before in KEPT
    text = KEPT.replace(before, after, 1)
    if what == "a term lost":
        text = text.replace('["ceiling", "stay_cap"]', '["ceiling"]')
    assert any(sentence in line for line in told(tmp_path, text))


def test_a_document_cannot_amend_a_later_one(tmp_path: Path) -> None:
    late = SMALL.replace("2010-01-01", "2012-01-01").replace("2010-12-31", "2012-12-31")
    assert "amends：small 的起日不早于本文件" in told(tmp_path, KEPT, late)


def test_better_quotations_are_the_same_terms(tmp_path: Path) -> None:
    """A closed period stands under a document that only says better where its numbers are from."""
    small = written(tmp_path, SMALL).file
    worded = SMALL.replace('quote = "门诊五成"', 'summary = "门诊 50%"\nreading = "一半"')
    other = SMALL.replace("rate = 0.50", "rate = 0.60")
    assert same_terms(small, written(tmp_path, worded).file)
    assert not same_terms(small, written(tmp_path, other).file)


TEXT = {"原文.txt": "第一条 县内起付线,一百元 。县外\n三百元;门诊五成,住院七成。比例为3.5%"}


def quoting(tmp_path: Path, quote: str, file: str = "原文.txt") -> LoadedRule:
    """The small document with one quotation, the others summaries."""
    text = SMALL.replace("quote = ", "summary = ").replace(
        'document = "示例县文件"', f'document = "示例县文件"\nfile = "{file}"'
    )
    return written(tmp_path, text.replace('summary = "县内一百元"', f'quote = "{quote}"'))


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("县内起付线一百元", True), ("县外三百元；门诊五成", True), ("县内起付线…门诊五成", True),
        ("比例为３.５％", True),
        ("门诊五成…县内起付线", False), ("县内一百元", False), ("比例为35%", False),
    ],
)  # fmt: skip
def test_a_quotation_is_compared_to_the_letter(quote: str, found: bool, tmp_path: Path) -> None:
    """Punctuation and blanks aside; what is left out stands between pieces in their order."""
    result = compared([quoting(tmp_path, quote)], TEXT)
    assert (result.letters, len(result.problems)) == ((1, 0) if found else (0, 1))
    assert result.summaries == 15


def test_a_text_that_is_not_there_is_told(tmp_path: Path) -> None:
    (problem,) = compared([quoting(tmp_path, "县内", "另一份.txt")], TEXT).problems
    assert "没有原文“另一份.txt”" in problem.what


def test_a_document_without_a_text_is_not_compared(tmp_path: Path) -> None:
    result = compared([written(tmp_path, SMALL)], TEXT)
    assert (result.without, result.problems, result.letters) == (("small",), (), 0)


def test_only_signs_and_points_between_digits_count() -> None:
    assert only_signs("3.5 万元。（含 1,000 元）.") == "3.5万元含1000元"


@pytest.mark.parametrize(("text", "code"), [("县内起付线，一百元", 0), ("县内一千元", 2)])
def test_check_with_sources_says_what_was_compared(text: str, code: int, tmp_path: Path) -> None:
    (tmp_path / "原文").mkdir()
    (tmp_path / "原文" / "原文.txt").write_text(text, "utf-8")
    path = quoting(tmp_path, "县内起付线一百元").path
    result = CliRunner().invoke(
        app, ["rules", "check", str(path), "--sources", str(tmp_path / "原文")]
    )
    assert f"{1 - code // 2} 处一致；另有 15 处是摘要" in result.output
    assert isinstance(result.exception, CannotRun) == bool(code)


@pytest.mark.parametrize(("folder", "said"), [("空", "没有原文"), ("无", "不是文件夹")])
def test_a_folder_without_texts_is_refused(folder: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "空").mkdir()
    result = CliRunner().invoke(app, ["rules", "check", "--sources", str(tmp_path / folder)])
    assert isinstance(result.exception, CannotRun)
    assert said in result.exception.problems[0].what


def test_show_tells_the_letter_from_a_summary_and_names_what_is_kept() -> None:
    """The letter stands in quotation marks; a summary says that it is one."""
    run = CliRunner()
    shown = (
        run.invoke(app, ["rules", "show", "dafang-2008"]).output.replace("\n", "").replace(" ", "")
    )
    assert "引号内是原文，见002_ef286813b658690d.txt" in shown
    assert "在dafang-2006-11的基础上作部分修改" in shown
    assert "沿用" in shown
    assert "摘要：" in run.invoke(app, ["rules", "show", "nanchang-2025"]).output
