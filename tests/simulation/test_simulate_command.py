"""`onestop simulate` on the screen and in its folder."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest
from openpyxl import load_workbook
from rich.cells import cell_len
from typer.testing import CliRunner

from onestop_cli.cli import app
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.writers.toolkit.run_folder import write_data
from tests.made import tried_years as years

HOSTILE = "=1+1<script>alert('x')</script>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder of the made-up year; one hospital's name is an attack."""
    path = tmp_path_factory.mktemp("runs") / "2010"
    path.mkdir()
    name = pl.when(pl.col("hospital") == "县级第1医院").then(pl.lit(HOSTILE)).otherwise("hospital")
    stays = years.run().stays.with_columns(hospital=name, township=pl.lit(HOSTILE))
    write_data(years.with_stays(years.run(), stays), path)
    return path


def simulate(*arguments: str | Path) -> str:
    result = CliRunner().invoke(app, ["simulate", *map(str, arguments)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def refused(*arguments: str | Path) -> list[Problem]:
    with pytest.raises(CannotRun) as error:
        simulate(*arguments)
    return list(error.value.problems)


@pytest.fixture(scope="module")
def out(folder: Path) -> Path:
    """Two changes and a budget, all papers."""
    path = folder.parent / "测算"
    simulate(
        folder, "--change", "assistance.cap=3000", "--budget", "800000", "--find", "basic.cap",
        "--volume", "+10%", "--out", path, "-q",
    )  # fmt: skip
    return path


def test_the_folder_holds_data_and_papers(out: Path) -> None:
    names = {path.name for path in out.iterdir()}
    assert names == {"simulate.json", "stays.parquet", "政策测算.xlsx", "政策测算.html"}


def test_the_summary_is_as_agreed(out: Path) -> None:
    """The contract's keys and no others, whole fen; a lowered cap gains nobody anything."""
    summary = json.loads((out / "simulate.json").read_text("utf-8"))
    assert list(summary) == ["variants"]
    first, found = summary["variants"]
    assert set(first) == {"rules", "layers", "gain", "lose", "same"}
    assert first["rules"] == "huangzhong-2009 + assistance.cap=3000"
    assert set(first["layers"]) == {"basic", "assistance"}
    assert all(set(layer) == {"before_fen", "after_fen"} for layer in first["layers"].values())
    assert first["gain"] == {"people": 0, "fen": 0} and first["lose"]["people"] > 0
    change = sum(layer["after_fen"] - layer["before_fen"] for layer in first["layers"].values())
    assert first["gain"]["fen"] - first["lose"]["fen"] == change
    assert 0 <= 80_000_000 - found["layers"]["basic"]["after_fen"] <= years.year().people


def test_the_stays_add_up_to_the_summary(out: Path) -> None:
    """Before and after of every stay and layer, a row per variant."""
    stays = pl.read_parquet(out / "stays.parquet")
    for variant in json.loads((out / "simulate.json").read_text("utf-8"))["variants"]:
        mine = stays.filter(pl.col("variant") == variant["rules"])
        assert len(mine) == 600
        for layer, sums in variant["layers"].items():
            known = mine.filter(pl.col(f"{layer}_compared") == "exact")
            assert known[f"{layer}_before_fen"].sum() == sums["before_fen"]
            assert known[f"{layer}_after_fen"].sum() == sums["after_fen"]


def test_no_paper_names_a_person(out: Path) -> None:
    """Neither an ID number nor a name anywhere."""
    stays = years.run().stays
    texts = [(out / name).read_text("utf-8") for name in ("政策测算.html", "simulate.json")]
    book = load_workbook(out / "政策测算.xlsx")
    texts += [str(cell.value) for sheet in book for row in sheet for cell in row]
    texts.append(pl.read_parquet(out / "stays.parquet").write_csv())
    text = "\n".join(texts)
    assert not any(number in text for number in stays["id_no"].drop_nulls())
    assert not any(name in text for name in stays["name"].unique())


class _Page(HTMLParser):
    """Tags and what they point at."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


def test_the_page_stands_by_itself(out: Path) -> None:
    """No script, no address outside itself, hostile names as text, charts drawn."""
    text = (out / "政策测算.html").read_text("utf-8")
    page = _Page()
    page.feed(text)
    assert "script" not in page.tags and "img" not in page.tags
    assert all(link.startswith("#") for link in page.links)
    assert "http" not in re.sub(r'http-equiv="[^"]*"', "", text)
    assert page.tags.count("svg") == 2 + 2 * 6
    assert "&lt;script&gt;" in text and "<script>" not in text


def test_the_workbook_has_every_table(out: Path) -> None:
    book = load_workbook(out / "政策测算.xlsx")
    assert book.sheetnames == [
        "总览", "求解", "分项支出", "按月份", "按机构级别", "按对象类别", "按乡镇",
        "自付与补偿比分布", "变化最大的住院", "逐笔说明", "住院量假定",
    ]  # fmt: skip
    cells = [cell for row in book["按乡镇"] for cell in row if cell.value == HOSTILE]
    assert cells and all(cell.data_type == "s" for cell in cells)


def test_the_screen_tells_the_effect_in_80_columns(folder: Path) -> None:
    text = simulate(folder, "--change", "assistance.cap=3000", "--volume", "县级=-5%")
    assert max(cell_len(line.rstrip()) for line in text.splitlines()) <= 80
    for said in ("【方案】huangzhong-2009 + assistance.cap=3000", "年度封顶 6,000 元", "少得", "到封顶",
                 "变化最大的 10 笔", "假定住院量县级 −5%", "没有预测就医行为"):  # fmt: skip
        assert said in text


def test_several_rules_stand_beside_each_other(folder: Path) -> None:
    text = simulate(folder, "--rules", "dafang-2006", "--rules", "dafang-2010")
    assert "各方案" in text and "【方案 2】dafang-2010" in text
    assert max(cell_len(line.rstrip()) for line in text.splitlines()) <= 80


def test_an_area_needs_its_days(folder: Path) -> None:
    """Six documents of one area cannot all be for one stay; by their days they can."""
    (problem,) = refused(folder, "--rules", "dafang")
    assert "不知道按哪一份测算" in problem.what and "--by-date" in problem.remedy
    assert "【方案】dafang" in simulate(folder, "--rules", "dafang", "--by-date")


def test_everything_wrong_is_told_at_once(folder: Path, tmp_path: Path) -> None:
    """Options, runs and documents; nothing is written."""
    out = tmp_path / "out"
    problems = refused(
        folder, tmp_path, "--rules", "nowhere", "--change", "cap", "--volume", "lots",
        "--budget", "many", "--out", out,
    )  # fmt: skip
    told = " ".join(problem.what for problem in problems)
    for what in ("不是完整的结算结果文件夹", "找不到规则“nowhere”", "看不懂要改的“cap”", "“lots”",
                 "--budget 和 --find 要一起写", "“many”不是金额"):  # fmt: skip
        assert what in told
    assert not out.exists()


def test_something_must_be_tried(folder: Path) -> None:
    (problem,) = refused(folder)
    assert "没有给出要测算的方案" in problem.what


def test_a_template_with_blanks_cannot_be_tried(folder: Path) -> None:
    assert "待填" in refused(folder, "--rules", "national-2021")[0].what


def test_an_earlier_result_is_not_written_over(folder: Path, out: Path) -> None:
    (problem,) = refused(folder, "--change", "assistance.cap=3000", "--out", out)
    assert "已经存在" in problem.what


def test_a_budget_out_of_reach_leaves_no_variant(folder: Path, tmp_path: Path) -> None:
    """The answer is told and the papers say so; there is nothing to compare."""
    out = tmp_path / "out"
    text = simulate(folder, "--budget", "99999999", "--find", "assistance.cap", "--out", out)
    assert "用不完" in text
    assert json.loads((out / "simulate.json").read_text("utf-8")) == {"variants": []}
    assert pl.read_parquet(out / "stays.parquet").is_empty()
    assert "用不完" in (out / "政策测算.html").read_text("utf-8")
