"""病种名单 beside a document: read with it, kept with it, refused with every row that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from onestop_cli.batch.rules_copy import copy_rules
from onestop_cli.errors import CannotRun
from onestop_cli.resources import rules_folder
from onestop_cli.rulebook.check import problems
from onestop_cli.rulebook.library import LoadedRule, find_rules, load_rule, load_rules
from onestop_cli.writers.screens.rules import lists_in_words

LIST = "hebei-2021.list.csv"


def document(folder: Path, list_: bytes | None, name: str = LIST) -> LoadedRule:
    """The document of Hebei 2021 in `folder` with another list, or without one."""
    (shipped,) = find_rules(["hebei-2021"])
    path = folder / shipped.name
    path.write_text(shipped.read_text("utf-8").replace(LIST, name), "utf-8")
    if list_ is not None:
        (folder / name).write_bytes(list_)
    return load_rule(path)


def refused(folder: Path, list_: bytes | None, name: str = LIST) -> list[str]:
    with pytest.raises(CannotRun) as caught:
        document(folder, list_, name)
    return [problem.what for problem in caught.value.problems]


def test_names_of_a_list_are_spellings_of_a_value() -> None:
    (rule,) = load_rules(["hebei-2021"])
    (illness,) = [one for one in rule.file.dimension if one.id == "illness"]
    assert list(illness.values) == ["高血压", "糖尿病", "高血压和糖尿病"]
    assert {"原发性高血压", "I10"} <= set(illness.values["高血压"])


def test_what_a_run_keeps_of_a_document_has_its_list() -> None:
    (rule,) = load_rules(["hebei-2021"])
    again = load_rule(Path("elsewhere.toml"), rule.data)
    assert (again.file, again.sha256) == (rule.file, rule.sha256)


def test_another_list_is_another_document(tmp_path: Path) -> None:
    (rule,) = load_rules(["hebei-2021"])
    text = "类别,病种\n高血压,高血压\n糖尿病,糖尿病\n高血压和糖尿病,两病\n"
    other = document(tmp_path, text.encode())
    assert other.sha256 != rule.sha256
    assert problems([other]) == []


def test_a_list_out_of_a_spreadsheet_in_gbk_is_read(tmp_path: Path) -> None:
    text = "类别,病种,其他写法\n高血压,高血压,血压高；I10\n糖尿病,糖尿病,\n高血压和糖尿病,两病,\n"
    (illness,) = [
        one for one in document(tmp_path, text.encode("gbk")).file.dimension if one.id == "illness"
    ]
    assert illness.values["高血压"] == ["高血压", "血压高", "I10"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "找不到规则文件写的名单"),
        ("病种\n高血压\n", "名单没有“类别”这一列"),
        ("类别,病种\n高血压,\n", "类别或病种空白"),
        ("类别,病种\n高血压,I10\n糖尿病,I10\n", "“I10”在名单里写了两次"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused(tmp_path: Path, text: str | None, said: str) -> None:
    assert refused(tmp_path, None if text is None else text.encode()) == [said]


def test_a_list_elsewhere_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, None, "../list.csv") == ["名单文件的名字“../list.csv”不行"]


def test_a_kind_that_no_clause_is_for_is_a_gap(tmp_path: Path) -> None:
    text = "类别,病种\n高血压,高血压\n糖尿病,糖尿病\n高血压和糖尿病,两病\n冠心病,冠心病\n"
    found = [problem.what for problem in problems([document(tmp_path, text.encode())])]
    assert any("没有条款适用于" in what and "冠心病" in what for what in found)


def test_nanzhou_says_how_many_names_its_list_lacks() -> None:
    """29种慢性病和24种重大疾病; the source names none."""
    (rule,) = load_rules(["nanzhou-2017"])
    (told,) = lists_in_words(rule.file)
    assert "慢性病 0 种，文件说 29 种、重大疾病 0 种，文件说 24 种" in told


def test_a_wrong_count_is_no_quotation(tmp_path: Path) -> None:
    (shipped,) = find_rules(["nanzhou-2017"])
    path = tmp_path / shipped.name
    path.write_text(shipped.read_text("utf-8").replace("= 29", "= 28"), "utf-8")
    (tmp_path / "nanzhou-2017.list.csv").write_text("类别,病种\n慢性病,高血压\n", "utf-8")
    assert [problem.what.rpartition("：")[2] for problem in problems([load_rule(path)])] == [
        "引文里没有 慢性病 28 种"
    ]


def test_a_copied_document_brings_its_list(tmp_path: Path) -> None:
    written = copy_rules("hebei-2021", tmp_path)
    assert {path.name for path in written} == {"hebei-2021.toml", "hebei-2021.cases.toml", LIST}


def test_shipped_lists_open_in_a_spreadsheet() -> None:
    """A spreadsheet takes a CSV without this mark for GBK."""
    lists = sorted(rules_folder().rglob("*.list.csv"))
    assert [path.name for path in lists] == [LIST, "nanzhou-2017.list.csv"]
    assert all(path.read_bytes().startswith(b"\xef\xbb\xbf") for path in lists)
