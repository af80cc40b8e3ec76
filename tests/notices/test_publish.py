"""The files of a publication: whole, safe, linked, readable, and without a number that must not be there."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from onestop_cli.batch.fund_notice import fund_lines
from onestop_cli.batch.publish import PublishOptions, publish, publish_folder
from onestop_cli.cli import app
from onestop_cli.county.settings import County, TownshipOffice
from onestop_cli.errors import CannotRun
from onestop_cli.ledger.accounts import Advance, book_advance
from onestop_cli.notices.texts import Around
from onestop_cli.writers.toolkit.run_folder import write_data
from tests.made import books as made_books
from tests.made.notices import COUNTY, LAYERS, entry, id_of, run_of, stay
from tests.made.publication import FROM, Tags, manifest, posted, profiles, texts
from tests.made.run import HOSTILE, made_run

# Layout and contents list


def test_the_layout_of_a_publication(tmp_path: Path) -> None:
    out = posted(tmp_path, run_of(stay(1)))
    files = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    lists = ["县级", "乡级/白土乡", "村级/白土乡/上湾村", "机构/示例县人民医院"]
    boards = {f"张贴/{name}{end}" for name in lists for end in (".html", ".xlsx")}
    site = {f"网站/{name}.html" for name in ("index", "form", "place-01", "hospital-01")}
    assert files == boards | site | {"manifest.json", "张贴回执.xlsx"}


def test_the_site_has_plain_names_that_every_server_takes(tmp_path: Path) -> None:
    out = posted(tmp_path, made_run(120), profiles(site={"place": "village"}))
    names = [path.name for path in (out / "网站").rglob("*")]
    assert all(re.fullmatch(r"[a-z]+(-\d\d)*\.html", name) for name in names)
    assert len(names) == len(set(names))


def test_the_contents_list_names_every_board_once_and_its_sums_close(tmp_path: Path) -> None:
    out = posted(tmp_path, made_run(120))
    entries = manifest(out)
    assert sorted(entry["file"] for entry in entries) == sorted(
        path.relative_to(out).as_posix() for path in (out / "张贴").rglob("*.html")
    )
    for key in ("rows", "total_fen", *(f"{layer}_fen" for layer in LAYERS)):
        sums = {
            level: sum(entry[key] for entry in entries if entry["level"] == level)
            for level in ("county", "township", "village")
        }
        assert len(set(sums.values())) == 1


def test_the_contents_list_says_where_each_list_is_from(tmp_path: Path) -> None:
    run = run_of(
        stay(1), roster=[entry(1), entry(2, name="李强")], county={**COUNTY, "code": "6399"}
    )
    around = replace(FROM, county=County(**COUNTY, code="6399"))
    publish(run, tmp_path / "out", around, PublishOptions())
    entries = {line["level"]: line for line in manifest(tmp_path / "out")}
    assert entries["village"] == {
        "file": "张贴/村级/白土乡/上湾村.html",
        "level": "village",
        "township": "白土乡",
        "village": "上湾村",
        "hospital": None,
        "rows": 1,
        "total_fen": 100_000,
        "basic_fen": 50_000,
        "assistance_fen": 30_000,
        "number": "6399-2010Q4-01-01",
        "names": "full",
        "people_shown": 1,
        "people_listed": 1,
        "only_match": 1,
    }
    beside = {
        "site": "网站/place-01.html",
        "site_names": "masked",
        "site_people_shown": 1,
        "site_people_listed": 1,
        "site_only_match": 1,
    }
    assert entries["township"].items() >= beside.items()


def test_an_existing_folder_is_left_alone(tmp_path: Path) -> None:
    out = posted(tmp_path, run_of(stay(1)))
    before = sorted(out.rglob("*"))
    with pytest.raises(CannotRun, match="已经存在"):
        publish(run_of(stay(2)), out, FROM, PublishOptions())
    assert sorted(out.rglob("*")) == before


def test_a_run_without_payments_is_published_and_said_to_be_empty(tmp_path: Path) -> None:
    done = publish(run_of(stay(1, status="held")), tmp_path / "out", FROM, PublishOptions())
    assert done.sums["rows"] == 0
    assert any("名单是空的" in hint for hint in done.hints)


# Names and numbers


def test_no_full_name_reaches_the_site(tmp_path: Path) -> None:
    run = made_run(150)
    out = tmp_path / "out"
    publish(run, out, FROM, PublishOptions(), publicity=profiles(names=True))
    full = [name for name in run.stays["name"].unique() if len(name) > 1]
    boards = "".join(text for _, text in texts(out / "张贴"))
    assert all(name in boards for name in run.stays.filter(status="settled")["name"].unique()[:3])
    for path, text in texts(out / "网站"):
        shown = "\n".join(Tags(text).words)
        assert not [name for name in full if name in shown], path


def test_county_and_hospital_boards_are_masked_unless_names_are_asked_for(tmp_path: Path) -> None:
    for names in (False, True):
        out = tmp_path / str(names)
        run = run_of(stay(1, name="欧阳小明"))
        publish(run, out, FROM, PublishOptions(), publicity=profiles(names=names))
        for board in ("县级", "机构/示例县人民医院"):
            for end in (".html", ".xlsx"):
                (text,) = [t for path, t in texts(out) if path == out / f"张贴/{board}{end}"]
                assert ("欧阳小明" in text) is names


def test_no_id_stands_in_any_file(tmp_path: Path) -> None:
    run = made_run(150)
    ids = run.stays["id_no"].to_list()
    for _, text in texts(posted(tmp_path, run)):
        assert not [number for number in ids if number in text]


@pytest.mark.parametrize("field", ["name", "township", "village", "hospital", "category"])
def test_a_smuggled_id_stops_everything(tmp_path: Path, field: str) -> None:
    """The proof that the last look works: an ID in any text that is printed."""
    smuggled = stay(2, **{field: f"上湾{id_of(7)}"})
    with pytest.raises(CannotRun) as refused:
        publish(run_of(stay(1), smuggled), tmp_path / "out", FROM, PublishOptions())
    assert not list(tmp_path.iterdir())
    said = str(refused.value)
    assert f"尾号 {id_of(7)[-4:]}" in said
    assert id_of(7)[:14] not in said


@pytest.mark.parametrize(
    "disguise",
    [
        " ".join(id_of(7)),
        id_of(7)[:15],
        id_of(7).translate(str.maketrans("0123456789", "０１２３４５６７８９")),
        id_of(7)[:6] + "-" + id_of(7)[6:14] + "-" + id_of(7)[14:],
        "\u200b".join(id_of(7)),
    ],
)
def test_a_disguised_id_does_not_pass_either(tmp_path: Path, disguise: str) -> None:
    with pytest.raises(CannotRun, match="像证件号码"):
        publish(run_of(stay(1, village=disguise)), tmp_path / "out", FROM, PublishOptions())


def test_amounts_in_workbooks_are_not_taken_for_numbers(tmp_path: Path) -> None:
    """8.95 is stored as 8.949999999999999, sixteen digits in a row."""
    assert manifest(posted(tmp_path, run_of(stay(1, total_fen=895, basic_payable_fen=895))))


def test_a_strangers_phone_stops_everything_and_the_countys_own_does_not(tmp_path: Path) -> None:
    assert "0971-2230001" in (posted(tmp_path, run_of(stay(1))) / "张贴/县级.html").read_text(
        "utf-8"
    )
    with pytest.raises(CannotRun, match="公示内容里有电话，尾号 0001"):
        publish(
            run_of(stay(1, village="上湾村 13900000001")), tmp_path / "two", FROM, PublishOptions()
        )
    assert not (tmp_path / "two").exists()


# Hospitals that tell


TELLING = {
    "hospital": ["示例县人民医院", "临江市精神病医院", "临江市人民医院"],
    "level": ["county", "city", "city"],
}


def test_no_file_names_a_hospital_of_a_level_with_a_telling_one(tmp_path: Path) -> None:
    """Nor its neighbours, by whose absence it would be known."""
    stays = [
        stay(n, hospital=name, level=level)
        for n, (name, level) in enumerate(zip(*TELLING.values(), strict=True))
    ]
    out = posted(tmp_path, run_of(*stays, register=TELLING))
    for path, text in texts(out):
        assert "临江市" not in text + path.as_posix(), path
    assert "市级定点医疗机构" in {line["hospital"] for line in manifest(out)}


def test_hospitals_that_only_their_names_suggest_are_told(tmp_path: Path) -> None:
    done = publish(run_of(stay(1), register=TELLING), tmp_path / "out", FROM, PublishOptions())
    (hint,) = [hint for hint in done.hints if "公示隐名" in hint]
    assert "临江市精神病医院" in hint


# Hostile texts


SUMS = r"=SUM\([A-Z]+\d+(:[A-Z]+\d+)?\)|=SUMPRODUCT\(\(MOD\(ROW\([A-Z0-9:]+\)-\d+,\d\)=\d\)\*[A-Z0-9:]+\)"


ODD = (
    *HOSTILE,
    "../" * 30,
    "村" * 300,
    "a" * 300,
    "\U0001f600\U0001f468\u200d\U0001f469",
    "a\x00b\x1bc",
    "CON",
    "{{ 7*7 }}",
    "{0}",
    '"><img src=x>',
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A publication in which every text is an attack."""
    stays = [
        stay(number, **dict.fromkeys(("name", "township", "village", "hospital", "category"), text))
        for number, text in enumerate(ODD)
    ]
    home = tmp_path_factory.mktemp("home")
    publish(run_of(*stays), home / "out", FROM, PublishOptions())
    return home


def test_hostile_places_stay_inside_the_folder(hostile: Path) -> None:
    assert [path.name for path in hostile.iterdir()] == ["out"]
    for line in manifest(hostile / "out"):
        file = hostile / "out" / line["file"]
        assert file.is_file()
        assert file.resolve().is_relative_to(hostile / "out")
        assert all(len(part.encode()) <= 255 for part in file.parts)


def test_hostile_texts_are_only_text_in_pages(hostile: Path) -> None:
    """The tags are those of the templates; none of them runs anything but our search."""
    for path in (hostile / "out").rglob("*.html"):
        tags = Tags(path.read_text("utf-8")).tags
        assert not [tag for tag, _ in tags if tag in ("img", "iframe", "object", "link", "base")]
        assert not [name for _, attributes in tags for name in attributes if name.startswith("on")]
        scripts = [tag for tag, _ in tags if tag == "script"]
        assert len(scripts) == (path.parent.name == "网站" and path.name != "form.html")


def test_hostile_texts_are_shown_as_they_are(hostile: Path) -> None:
    boards = "".join(
        "".join(Tags(path.read_text("utf-8")).words)
        for path in (hostile / "out/张贴/村级").rglob("*.html")
    )
    for text in ("<script>alert(1)</script>", "=cmd|'/c calc'!A1", "{{ 7*7 }}", "{0}"):
        assert text in boards


def test_hostile_texts_are_strings_in_workbooks(hostile: Path) -> None:
    for path in (hostile / "out/张贴").rglob("*.xlsx"):
        for sheet in openpyxl.load_workbook(path):
            formulas = [c.value for row in sheet for c in row if c.data_type == "f"]
            assert all(re.fullmatch(SUMS, text) for text in formulas)


def test_places_with_the_same_safe_name_stay_apart(tmp_path: Path) -> None:
    out = posted(
        tmp_path,
        run_of(
            stay(1, village="上/湾"),
            stay(2, village="上:湾"),
            stay(3, village="A"),
            stay(4, village="a"),
        ),
    )
    villages = [entry for entry in manifest(out) if entry["level"] == "village"]
    assert len({entry["file"].casefold() for entry in villages}) == 4
    assert all(entry["rows"] == 1 for entry in villages)


# The command


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run folder on disk."""
    run, home = run_of(stay(1)), tmp_path / "2010Q4"
    write_data(run, home)
    return home


def test_the_command_publishes_a_run_folder(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "公示"
    done = CliRunner().invoke(app, ["publish", str(folder), "--out", str(out), "--days", "5"])
    assert done.exit_code == 0, done.output
    assert "共 1 人次，补偿合计 800.00 元" in done.output
    assert "共 5 个工作日" in (out / "张贴/县级.html").read_text("utf-8")


def test_settings_of_the_county_are_used(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = 'holidays = [2011-01-07]\n[publish]\ndays = 2\nmade_by = "制表人甲"\n'
    (tmp_path / "onestop.toml").write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    publish_folder(folder, tmp_path / "out", PublishOptions(), start="2011-01-06", days=None)
    page = (tmp_path / "out/张贴/县级.html").read_text("utf-8")
    assert "2011年1月6日至2011年1月10日，共 2 个工作日" in page
    assert "制表人甲" in page


def test_a_first_day_that_is_none_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="2011年1月"):
        publish_folder(folder, tmp_path / "out", PublishOptions(), start="2011年1月", days=None)


def test_what_was_written_is_told(tmp_path: Path) -> None:
    done = publish(made_run(60), tmp_path / "out", Around(), PublishOptions())
    assert done.lists["county"] == 1
    assert done.lists["village"] == len(list((tmp_path / "out/张贴/村级").rglob("*.html")))
    assert any("公示起止日期" in hint for hint in done.hints)


def test_a_township_that_nobody_knows_is_told(tmp_path: Path) -> None:
    around = replace(FROM, townships=(TownshipOffice(name="白士乡"), TownshipOffice(name="白土乡")))
    done = publish(run_of(stay(1)), tmp_path / "out", around, PublishOptions())
    (hint,) = [hint for hint in done.hints if "没有的乡镇" in hint]
    assert "白士乡" in hint
    assert "白土乡" not in hint


def test_the_fund_notice_comes_from_the_books(tmp_path: Path) -> None:
    """Opening 0, 1,000 yuan in advance, nothing paid: 1,000 yuan left, and each fund has a line."""
    ledger = tmp_path / "台账.sqlite"
    with made_books.new_books(ledger, date(2010, 10, 1)) as books:
        closed = made_books.run_period(made_books.stays([]), "2010Q4", books)
        fund = closed.layers[0].fund
        line = Advance(fund, closed.period, 100_000, date(2010, 10, 8), "", "甲")
        book_advance(books, line, datetime(2010, 10, 8, tzinfo=UTC))
        made_books.post(books, closed)
    lines = {line.fund: line for line in fund_lines(ledger, closed.period)}
    assert set(lines) == {layer.fund for layer in closed.layers}
    assert lines[fund].income_fen == lines[fund].balance_fen == 100_000


def test_there_is_no_fund_notice_before_the_period_is_closed(folder: Path, tmp_path: Path) -> None:
    ledger = tmp_path / "台账.sqlite"
    with made_books.new_books(ledger):
        pass
    with pytest.raises(CannotRun, match="2010年第4季度还没有关账"):
        publish_folder(folder, tmp_path / "out", PublishOptions(), ledger=ledger)
    assert not (tmp_path / "out").exists()
