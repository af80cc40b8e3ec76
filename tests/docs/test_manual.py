"""Manual and README: every command and output in them is what really comes out, and they can be printed."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from bundle import booklet

from docs import manual
from onestop_cli.cli import app
from onestop_cli.core.findings.catalogue import CATALOGUE

PAGES = {"manual": manual.MANUAL, "README": manual.README}
READ = {**PAGES, "README.zh": manual.README.with_name("README.zh.md")}
_INLINE = re.compile(r"(?:`|^> |^)onestop ([a-z].*?)(?:`|  |（|$)", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)#:]+)\)")


@pytest.mark.parametrize("page", PAGES)
def test_every_output_is_what_comes_out_now(page, tmp_path):
    """Typed in order from an empty folder; `make manual` writes the outputs anew."""
    text = PAGES[page].read_text("utf-8")
    assert manual.refreshed(text, tmp_path) == text


@pytest.mark.parametrize("page", READ)
def test_every_command_and_option_exists(page):
    """Also those that are only mentioned."""
    root = typer.main.get_command(app)
    for said in _INLINE.findall(READ[page].read_text("utf-8")):
        command, words = root, said.split()
        while words and words[0] in getattr(command, "commands", {}):
            command = command.commands[words.pop(0)]
        assert command is not root, said
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known | {"--help"}, said


@pytest.mark.parametrize("page", [*READ, "CONTRIBUTING"])
def test_every_picture_and_page_linked_is_there(page):
    path = READ.get(page, manual.README.with_name("CONTRIBUTING.md"))
    links = _LINK.findall(path.read_text("utf-8"))
    assert links
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_every_finding_code_is_explained():
    text = manual.MANUAL.read_text("utf-8")
    assert [code for code in CATALOGUE if f"\n### {code} " not in text] == []


def test_every_message_in_the_table_of_troubles_is_one_of_the_program():
    """Its first column quotes the screen; …… stands for the rest."""
    source = "".join(path.read_text("utf-8") for path in Path("onestop_cli").rglob("*.py"))
    table = manual.MANUAL.read_text("utf-8").partition("| 屏幕上说 |")[2].partition("\n\n")[0]
    quoted = [line.split("|")[1].strip() for line in table.splitlines()[2:]]
    assert len(quoted) == 14
    assert [part for said in quoted for part in said.split("……") if part not in source] == []


def test_the_readme_shows_what_make_demo_runs():
    command = "onestop reconcile --period 2010Q4 --out ../2010Q4"
    assert command in Path("Makefile").read_text("utf-8")
    assert f"> {command}\n" in manual.README.read_text("utf-8")


def test_the_first_screen_of_the_readme_is_install_one_command_and_what_comes_out():
    first = "\n".join(manual.README.read_text("utf-8").splitlines()[:40])
    told = ("README.zh.md", "pip install onestop-cli", "> onestop reconcile", "应拨", "应补未补")
    assert [word for word in told if word not in first] == []


def test_the_clerks_page_is_half_a_page_from_installing_to_closing():
    text = READ["README.zh"].read_text("utf-8")
    assert len(text.splitlines()) < 50
    told = (
        "windows.zip",
        "install.sh",
        "onestop init",
        "reconcile",
        "publish",
        "close",
        "village.png",
        "手册.md",
    )
    assert [word for word in told if word not in text] == []


def test_the_manual_can_be_read_and_printed_without_a_network(tmp_path):
    """A page with its pictures inside, and a PDF in which no character is missing (PDF/A refuses one)."""
    booklet.write(manual.MANUAL, tmp_path, datetime(2026, 11, 22, tzinfo=UTC))
    page = (tmp_path / "手册.html").read_text("utf-8")
    assert page.count("data:image/png;base64,") == page.count("<img ")
    assert "http" not in re.sub(r"base64,[^\"]*", "", page)
    assert (tmp_path / "手册.pdf").read_bytes().startswith(b"%PDF")


def test_a_manual_dated_the_same_day_is_the_same_file(tmp_path):
    day = datetime(2026, 11, 22, tzinfo=UTC)
    (tmp_path / "页.md").write_text(
        "# 题\n\n*字* **重** `码` \\\n\n* 一\n\n| 甲 |\n|---|\n| 乙 |\n", "utf-8"
    )
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        booklet.write(tmp_path / "页.md", tmp_path / name, day)
    assert (tmp_path / "a" / "手册.pdf").read_bytes() == (tmp_path / "b" / "手册.pdf").read_bytes()
