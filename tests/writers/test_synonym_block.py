"""Spellings are added to onestop.toml, and everything else in it stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from onestop_cli.county.settings import load_settings
from onestop_cli.errors import CannotRun
from onestop_cli.tables.inspection import Spelling
from onestop_cli.writers.toolkit.synonym_block import add_synonyms

BEFORE = """\
# 说明
[county]
name = "示例县"  # 县名

[synonyms.hospital]   # 医院
"甲院" = ["老甲院"]  # 改过名
# "乙院" = ["x"]

[[layout]]
file = "*.xls"
"""
NEW = [Spelling("hospital", "甲院", ("老甲院", "甲 院")), Spelling("hospital", '丙"院', ("丙",))]


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    path = tmp_path / "onestop.toml"
    path.write_text(BEFORE, "utf-8")
    return path


def test_a_line_is_added_to_or_added(toml: Path) -> None:
    assert add_synonyms(toml, NEW) == 2
    assert toml.read_text("utf-8").splitlines() == [
        *BEFORE.splitlines()[:5],
        '"丙\\"院" = ["丙"]',
        '"甲院" = ["老甲院", "甲 院"]  # 改过名',
        *BEFORE.splitlines()[6:],
    ]
    assert load_settings(toml).synonyms.hospital == {'丙"院': ("丙",), "甲院": ("老甲院", "甲 院")}


def test_a_section_that_is_not_there_comes_last(toml: Path) -> None:
    add_synonyms(
        toml, [Spelling("village", "双泉村", ("双泉",)), Spelling("township", "红崖乡", ("红崖",))]
    )
    assert toml.read_text("utf-8").startswith(BEFORE)
    assert load_settings(toml).synonyms.village == {"双泉村": ("双泉",)}
    assert load_settings(toml).synonyms.township == {"红崖乡": ("红崖",)}


def test_what_the_file_says_already_changes_nothing(toml: Path) -> None:
    assert add_synonyms(toml, NEW) == 2
    once = toml.read_bytes()
    assert add_synonyms(toml, NEW) == 0
    assert toml.read_bytes() == once


def test_a_line_that_cannot_be_added_to_leaves_the_file_alone(toml: Path) -> None:
    text = '[synonyms.hospital]\n"甲院" = [\n  "老甲院",\n]\n'
    toml.write_text(text, "utf-8")
    with pytest.raises(CannotRun, match="没法自动添加"):
        add_synonyms(toml, NEW)
    assert toml.read_text("utf-8") == text
    assert [path.name for path in toml.parent.iterdir()] == ["onestop.toml"]
