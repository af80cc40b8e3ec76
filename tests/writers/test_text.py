"""Text files: line ends are those decided, whatever the system and whatever stood there."""

from __future__ import annotations

from pathlib import Path

import pytest

from onestop_cli.batch.init import Answers, start_county
from onestop_cli.county.settings import FileLayout, load_settings
from onestop_cli.tables.inspection import Spelling
from onestop_cli.writers.toolkit.layout_block import append_layouts
from onestop_cli.writers.toolkit.synonym_block import add_synonyms
from onestop_cli.writers.toolkit.text import CRLF, LF, newline_of, write_text


@pytest.mark.parametrize("text", ["一\n二\n", "一\r\n二\r\n", "一\r\n二\n"])
@pytest.mark.parametrize("newline", [LF, CRLF])
def test_every_line_end_becomes_the_one_decided(text: str, newline: str, tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", text, newline=newline)
    assert (tmp_path / "a.txt").read_bytes() == f"一{newline}二{newline}".encode()


def test_a_text_is_added_to_with_the_line_ends_it_has() -> None:
    assert [newline_of(text) for text in ("a\r\nb", "a\nb", "")] == [CRLF, LF, LF]


@pytest.mark.parametrize("newline", [LF, CRLF])
def test_what_is_saved_into_settings_keeps_their_line_ends(newline: str, tmp_path: Path) -> None:
    """A file from an old Notepad stays readable in it; one line end never becomes two."""
    path = tmp_path / "onestop.toml"
    write_text(path, '# 我县\n[county]\nname = "示例县"\n', newline=newline)
    assert append_layouts(path, [FileLayout(file="甲.xls", unit="万元")]) == 1
    assert add_synonyms(path, [Spelling("category", "五保户", ("五保",))]) == 1
    written = path.read_bytes()
    assert written.count(newline.encode()) == written.count(b"\n") > 6
    assert b"\r\r" not in written
    assert load_settings(path).layout[0].unit == "万元"


def test_a_new_county_folder_can_be_opened_in_an_old_notepad(tmp_path: Path) -> None:
    start_county(tmp_path / "县", Answers("示例县", "6399", []))
    for name in ("onestop.toml", "定点机构名册.csv", "使用说明.txt"):
        written = (tmp_path / "县" / name).read_bytes()
        assert written.count(b"\r\n") == written.count(b"\n") > 0
        assert b"\r\r" not in written
