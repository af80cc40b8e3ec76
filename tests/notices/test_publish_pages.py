"""Pages, workbooks and PDFs of a publication: readable, linked, printable."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pytest

from onestop_cli.batch.publish import PublishOptions, publish
from onestop_cli.county.settings import Publish
from onestop_cli.errors import CannotRun
from onestop_cli.notices.notices import notices_of
from onestop_cli.notices.texts import FundLine, texts_of
from onestop_cli.resources import template_folder
from onestop_cli.run import Run
from onestop_cli.writers.notices import pdf as notice_pdf
from onestop_cli.writers.notices.layout import Look, lay_out, on_paper
from onestop_cli.writers.notices.words import page_of
from tests.made.notices import run_of, stay
from tests.made.publication import FROM, Tags, posted, texts
from tests.made.run import made_run, with_info


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A publication as a county would make it, with a fund notice."""
    out = tmp_path_factory.mktemp("county") / "out"
    run = made_run(60)
    standards = [{"layer_name": "医疗救助", "who": "五保户", "terms": "全额", "document": "办法"}]
    run = Run(
        with_info(run, standards=standards).info,
        run.stays,
        run.findings,
        run.roster,
        run.quarantine,
    )
    funds = [FundLine("新农合基金", 100_000_00, 50_000_00, 30_000_00)]
    publish(run, out, FROM, PublishOptions(), funds=funds)
    return out


def test_pages_can_be_read_aloud(county: Path) -> None:
    """Language, one h1, headings in steps, header cells with a scope, a caption for every table."""
    for path in county.rglob("*.html"):
        tags = Tags(path.read_text("utf-8")).tags
        assert tags[0] == ("html", {"lang": "zh-CN"})
        levels = [int(tag[1]) for tag, _ in tags if re.fullmatch(r"h[1-6]", tag)]
        assert levels.count(1) == 1
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))
        names = [tag for tag, _ in tags]
        assert names.count("table") == names.count("caption")
        assert all(a.get("scope") in ("col", "row") for tag, a in tags if tag == "th")


def test_links_of_the_site_lead_to_pages_and_nowhere_else(county: Path) -> None:
    for path in (county / "网站").rglob("*.html"):
        for tag, attributes in Tags(path.read_text("utf-8")).tags:
            assert "src" not in attributes
            if tag == "a":
                target = path.parent / unquote(attributes["href"] or "")
                assert target.resolve().is_relative_to(county / "网站")
                assert target.is_file()


def test_every_page_of_the_site_can_be_reached(county: Path) -> None:
    site = county / "网站"
    seen, left = set(), [site / "index.html"]
    while left:
        page = left.pop().resolve()
        if page not in seen:
            seen.add(page)
            tags = Tags(page.read_text("utf-8")).tags
            left += [page.parent / unquote(a["href"] or "") for tag, a in tags if tag == "a"]
    assert seen == {path.resolve() for path in site.rglob("*.html")}


def test_nothing_links_to_the_boards(county: Path) -> None:
    for _, text in texts(county / "网站"):
        assert "张贴/" not in text


def test_every_list_says_what_for_why_until_when_and_whom_to_call(county: Path) -> None:
    for path in (county / "张贴").rglob("*.html"):
        words = "".join(Tags(path.read_text("utf-8")).words)
        for part in ("医疗费用补偿公示", "2010年第4季度", "补偿种类", "补偿标准", "政策依据"):
            assert part in words
        for part in ("2011年1月6日至2011年1月14日", "县合管办", "县民政局", "制表：", "审核："):
            assert part in words


def test_the_fund_notice_is_on_the_countys_lists_only(county: Path) -> None:
    found = {
        path.relative_to(county).as_posix() for path, text in texts(county) if "基金收支" in text
    }
    assert found == {"张贴/县级.html", "张贴/县级.xlsx", "网站/index.html"}
    assert "120,000.00" in (county / "张贴/县级.html").read_text("utf-8")


def test_paper_and_large_print_set_the_page(tmp_path: Path) -> None:
    out = posted(tmp_path, run_of(stay(1)), look=Look("A3", large=True))
    page = (out / "张贴/县级.html").read_text("utf-8")
    assert "size: A3 portrait" in page
    assert Look("A3", large=True).points > Look("A3").points > Look().points
    assert f"font-size: {Look('A3', large=True).points}pt" in page


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    full = colour if len(colour) == 6 else "".join(digit * 2 for digit in colour)
    parts = [int(full[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("sheet", ["site.css", "board.css.j2"])
def test_text_stands_out_from_every_background(sheet: str) -> None:
    """Contrast of at least 4.5 to 1, whatever text colour meets whatever background."""
    css = (template_folder() / "notices" / sheet).read_text("utf-8")
    inks = re.findall(r"(?<![-\w])color: #([0-9a-f]+)", css)
    grounds = re.findall(r"background: #([0-9a-f]+)", css)
    assert inks
    assert grounds
    for ink in inks:
        for ground in grounds:
            low, high = sorted((luminance(ink), luminance(ground)))
            assert (high + 0.05) / (low + 0.05) >= 4.5, (ink, ground)


# Workbooks


def test_a_workbook_has_live_sums_with_their_values(tmp_path: Path) -> None:
    path = posted(tmp_path, run_of(stay(1), stay(2))) / "张贴/村级/白土乡/上湾村.xlsx"
    live = openpyxl.load_workbook(path)["补偿名单"]
    sums = [cell.coordinate for row in live for cell in row if cell.data_type == "f"]
    stored = openpyxl.load_workbook(path, data_only=True)["补偿名单"]
    assert [stored[cell].value for cell in sums] == [2000, 1600, 1000, 600, 400]


def test_a_workbook_prints_on_a4_with_its_header_on_every_page(tmp_path: Path) -> None:
    path = posted(tmp_path, run_of(stay(1))) / "张贴/村级/白土乡/上湾村.xlsx"
    sheet = openpyxl.load_workbook(path)["补偿名单"]
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "portrait")
    header = [cell.value for cell in sheet[int(sheet.print_title_rows.split(":")[0].strip("$"))]]
    assert header[:2] == ["序号", "姓名"]


# PDF


def test_boards_as_pdf_with_rare_characters(tmp_path: Path) -> None:
    out = posted(tmp_path, run_of(stay(1, name="𠮷䶮·买买提")), pdf=True)
    files = list(out.rglob("*.pdf"))
    assert len(files) == 4
    assert all(path.read_bytes().startswith(b"%PDF-1.7") for path in files)
    assert not list((out / "网站").rglob("*.pdf"))


def test_a_character_without_a_glyph_is_a_box_with_a_note_and_stops_nothing(tmp_path: Path) -> None:
    stays = [stay(1, name="王\U0003ff00明明"), stay(2, village="下湾村")]
    done = publish(run_of(*stays), tmp_path / "out", FROM, PublishOptions(pdf=True))
    assert len(list((tmp_path / "out").rglob("*.pdf"))) == 5
    (hint,) = [hint for hint in done.hints if "字体里没有" in hint]
    assert "U+3FF00" in hint
    assert "白土乡" in hint


def test_a_character_for_private_use_is_a_box_everywhere_and_explained(tmp_path: Path) -> None:
    out = posted(tmp_path, run_of(stay(1, name="王\ue863明")), pdf=True)
    page = (out / "张贴/村级/白土乡/上湾村.html").read_text("utf-8")
    assert "王□明" in page
    assert "是原表中无法显示的字" in page


def test_markup_in_a_name_is_only_text_in_a_pdf(tmp_path: Path) -> None:
    names = ["#panic()", "$x^2$", "*b*", "\\u{41}", "// x", "@ref", "<b>"]
    stays = [stay(number, name=name) for number, name in enumerate(names)]
    assert list(posted(tmp_path, run_of(*stays), pdf=True).rglob("*.pdf"))


def test_without_the_pdf_extra_the_clerk_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notice_pdf, "find_spec", lambda name: None)
    with pytest.raises(CannotRun, match="没有安装输出 PDF 的组件"):
        posted(tmp_path, run_of(stay(1)), pdf=True)
    assert not list(tmp_path.iterdir())


# What fits on paper


def pages_of(pdf: Path) -> int:
    """How many pages a PDF has."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes()))


FOUR = ("basic", "assistance", "extra", "backstop")


@pytest.mark.parametrize("layers", [("basic",), FOUR], ids=["one layer", "four layers"])
def test_three_thousand_rows_in_large_print_take_half_the_paper_they_took(
    tmp_path: Path, layers: tuple[str, ...]
) -> None:
    """Squeezed into columns one character wide, they took 525 pages."""
    run = made_run(3000, layers)
    notice = notices_of(run).county
    page = page_of(notice, texts_of(run, FROM), "6399-2010Q4-00")
    notice_pdf.write_pdfs([(tmp_path / "a.pdf", on_paper(page, Look(large=True)))])
    assert notice.sums["rows"] > 2500
    assert pages_of(tmp_path / "a.pdf") <= 225


def widths(look: Look, *layers: str) -> tuple[bool, list[tuple[list[str], float]]]:
    """Whether a township's page is turned, and the titles and the width of every slot of its list."""
    run = made_run(200, layers)
    notice = next(one for one in notices_of(run).boards if one.level == "township")
    page = page_of(notice, texts_of(run, FROM), "")
    sheet = lay_out(page.grids, look)
    grid, layout = next(
        (grid, layout)
        for grid, layout in zip(page.grids, sheet.layouts, strict=True)
        if grid.people
    )
    slots = [([grid.columns[at].title for at in slot.columns], slot.width) for slot in layout.slots]
    return sheet.landscape, slots


@pytest.mark.parametrize("look", [Look(), Look("A3"), Look(large=True), Look("A3", large=True)])
@pytest.mark.parametrize("layers", [("basic",), ("basic", "assistance"), FOUR])
def test_no_column_is_narrower_than_it_must_be_on_any_paper(
    look: Look, layers: tuple[str, ...]
) -> None:
    """Three characters of a name, eight of a hospital, and every amount in one piece."""
    landscape, slots = widths(look, *layers)
    assert sum(width for _, width in slots) == pytest.approx(look.room(landscape=landscape))
    least = {"姓名": 3.4, "就诊医疗机构": 8, "总费用": 4.5, "个人自付": 4.5}
    for titles, width in slots:
        assert width >= max(least.get(title, 2) for title in titles), titles


def test_four_layers_in_large_print_stand_under_each_other() -> None:
    _, slots = widths(Look(large=True), *FOUR)
    assert max(len(titles) for titles, _ in slots) >= 2
    _, usual = widths(Look("A3"), "basic", "assistance")
    assert all(len(titles) == 1 for titles, _ in usual)


def test_workbook_page_and_pdf_have_the_same_paper_print_and_signatures(tmp_path: Path) -> None:
    around = replace(FROM, publish=Publish(made_by="甲", checked_by="乙", seal="示例县合管办"))
    stays = [stay(number, name=f"王{number}") for number in range(3)]
    look = Look("A3", large=True)
    publish(run_of(*stays), tmp_path / "out", around, PublishOptions(look))
    stem = tmp_path / "out/张贴/村级/白土乡/上湾村"
    page = stem.with_suffix(".html").read_text("utf-8")
    sheet = openpyxl.load_workbook(stem.with_suffix(".xlsx"))["补偿名单"]
    assert sheet.page_setup.paperSize == 8
    assert f"size: A3 {sheet.page_setup.orientation}" in page
    cells = [cell for row in sheet for cell in row if cell.value]
    said = "".join(str(cell.value) for cell in cells)
    for words in (
        "制表：甲",
        "审核：乙",
        "公示单位（盖章）：示例县合管办",
        "公示结果（期满后填写）",
    ):
        assert words in said
        assert words in page
    name = next(cell for cell in cells if cell.value == "王1")
    assert name.font.sz == look.points


def test_sums_of_stacked_columns_are_live_and_right(tmp_path: Path) -> None:
    """Of a column that shares its cells with another, the formula adds up every second row."""
    path = posted(tmp_path, made_run(40, FOUR), look=Look(large=True)) / "张贴/县级.xlsx"
    live = openpyxl.load_workbook(path)["补偿名单"]
    stored = openpyxl.load_workbook(path, data_only=True)["补偿名单"]
    formulas = [cell for row in live for cell in row if cell.data_type == "f"]
    assert len(formulas) == 8
    for cell in formulas:
        column, top, bottom, first, depth, line = re.fullmatch(
            r"=SUMPRODUCT\(\(MOD\(ROW\(([A-Z]+)(\d+):[A-Z]+(\d+)\)-(\d+),(\d)\)=(\d)\)\*.*\)",
            cell.value,
        ).groups()
        rows = [
            row
            for row in range(int(top), int(bottom) + 1)
            if (row - int(first)) % int(depth) == int(line)
        ]
        total = sum(round(stored[f"{column}{row}"].value * 100) for row in rows)
        assert round(stored[cell.coordinate].value * 100) == total
