"""Rule files are found by name and read key by key; what does not fit is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from onestop_cli.errors import CannotRun
from onestop_cli.rulebook.library import find_rules, load_rule
from tests.made.small_rule import SMALL, written


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
        ('id = "a"\ntitle = "b\n', 2, "引号没有成对"),
        ('id = "a"\nid = "b"\n', 2, "同一个键写了两次"),
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
