"""A new county folder, and looking at how files are understood."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from onestop_cli.batch.init import REGISTER, Answers, settings_text, start_county
from onestop_cli.batch.inspect import InspectOptions, inspect
from onestop_cli.cli import app
from onestop_cli.county.settings import FileLayout, Settings, load_settings
from onestop_cli.errors import CannotRun
from onestop_cli.readers.layout.whose import file_pattern
from onestop_cli.writers.toolkit.layout_block import append_layouts, block
from tests.made.reader_files import HEADER, csv_bytes, person, stay, table, written, xlsx_bytes
from tests.made.spoken import flat

RUNNER = CliRunner()


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A county folder with one hospital, which the test stands in."""
    start_county(tmp_path / "县", Answers("示例县", "6399", ["huangzhong-2009"]))
    monkeypatch.chdir(tmp_path / "县")
    Path(REGISTER).write_text("机构名称,机构级别\n云谷卫生院,乡级\n", "utf-8-sig")
    return tmp_path / "县"


def test_a_new_county_folder_can_be_used_at_once(tmp_path: Path) -> None:
    outcome = RUNNER.invoke(
        app, ["init", str(tmp_path / "县"), "--name", "示例县", "--code", "6399"]
    )
    assert outcome.exit_code == 0
    settings = load_settings(tmp_path / "县" / "onestop.toml")
    assert (settings.county.name, settings.county.code) == ("示例县", "6399")
    assert settings.reconcile.rules == ("huangzhong-2009",)
    for path in (*settings.reconcile.stays, *settings.reconcile.roster):
        assert (settings.folder / path).is_dir()
    assert settings.reconcile.register_file is not None
    assert (settings.folder / settings.reconcile.register_file).is_file()
    assert "机构级别" in (tmp_path / "县" / REGISTER).read_text("utf-8-sig")


def test_every_example_in_the_settings_file_is_valid_when_its_mark_is_taken_away() -> None:
    text = settings_text(Answers("示例县", "", ["huangzhong-2009"]))
    live = re.sub(r"^# (?=[\"\w]+ = |\[)", "", text, flags=re.MULTILINE)
    assert live.count("[[layout]]") == 3
    settings = Settings.model_validate(tomllib.loads(live))
    assert settings.liability == {"CA01": "held", "RO01": "held", "RO04": "held"}
    assert settings.layout[0].columns["总费用"] == "医药费合计"
    assert settings.holidays


def test_every_setting_stands_in_the_settings_file() -> None:
    text = settings_text(Answers("", "", []))
    for name, field in Settings.model_fields.items():
        inner = getattr(field.annotation, "model_fields", {})
        for key in [name, *(alias.alias or key for key, alias in inner.items())]:
            assert re.search(rf"\b{key}\b", text) or key == "folder", key


@pytest.mark.parametrize(
    ("options", "words"), [(["--code", "12"], "county.code"), (["--rules", "nowhere"], "nowhere")]
)
def test_answers_that_cannot_be_leave_nothing_behind(
    options: list[str], words: str, tmp_path: Path
) -> None:
    outcome = RUNNER.invoke(app, ["init", str(tmp_path / "县"), *options])
    assert isinstance(outcome.exception, CannotRun)
    assert words in str(outcome.exception)
    assert not (tmp_path / "县").exists()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("mine")
    outcome = RUNNER.invoke(app, ["init", str(tmp_path)])
    assert isinstance(outcome.exception, CannotRun)
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_inspect_tells_how_a_file_was_understood(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [["住院补偿明细表"], *table(stay(1), stay(2, 总费用=""), stay(3, 身份证号=6.3e17))]
    written(county, {"收件箱/住院/a.xlsx": xlsx_bytes({"住院": rows})})
    inspect(InspectOptions([county / "收件箱/住院"]))
    shown = capsys.readouterr().out
    assert "a.xlsx · 工作表“住院”" in shown
    assert "表头第 2 行" in shown
    assert re.search(r"J +总费用 +总费用 +文本", shown)
    assert "读到 5 行 = 数据 3 + 标题 1 + 表头 1" in shown
    assert "总费用为空" in shown
    assert "后几位已经丢失" in shown
    assert person(1)[:10] not in shown
    assert all(len(line.encode("gb18030")) <= 80 for line in shown.splitlines())


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        (table(stay(1)), "住院明细"),
        (
            [["姓名", "身份证号", "救助类别", "乡镇"], ["张三", person(1), "五保", "云谷乡"]],
            "花名册",
        ),
        ([["机构名称", "机构级别"], ["云谷卫生院", "乡级"]], "定点机构名册"),
        ([["注意事项"], ["请按时报送"]], None),
    ],
)
def test_inspect_finds_out_what_a_file_is(
    rows: list[object], what: str | None, county: Path
) -> None:
    written(county, {"a.csv": csv_bytes(rows)})
    (seen,) = inspect(InspectOptions([county / "a.csv"]))
    assert seen.what == what


def test_inspect_says_what_a_form_of_our_own_is_for(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [["姓名", "身份证号", "连续参保年数"], ["甲", person(1), 5], ["乙", person(2), "五年多"]]
    written(county, {"名单.xlsx": xlsx_bytes(rows)})
    inspect(InspectOptions([county / "名单.xlsx"]))
    shown = flat(capsys.readouterr().out)
    assert "是参保激励名单，2行有内容" in shown
    assert 'insured=["名单.xlsx"]' in shown
    assert "要解决：第3行：连续参保年数“五年多”不是0到99的整年数" in shown
    assert inspect(InspectOptions([county / "名单.xlsx"], "roster"))[0].what == "花名册"


def test_inspect_shows_what_must_be_settled(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header = ["花销" if head == "总费用" else head for head in HEADER]
    written(county, {"a.csv": csv_bytes(table(stay(1), header=header))})
    (seen,) = inspect(InspectOptions([county / "a.csv"]))
    assert not seen.read
    assert "要解决" in capsys.readouterr().out


def test_a_mapping_fixed_once_is_used_from_then_on(county: Path) -> None:
    header = ["花销" if head == "总费用" else head for head in HEADER]
    written(county, {"云谷卫生院2010年四季度.csv": csv_bytes(table(stay(1), header=header))})
    before = Path("onestop.toml").read_text("utf-8")
    options = ["inspect", "云谷卫生院2010年四季度.csv", "--column", "总费用=花销", "--save"]
    assert RUNNER.invoke(app, options).exit_code == 0
    after = Path("onestop.toml").read_text("utf-8")
    assert after.startswith(before.rstrip("\n"))
    assert 'file = "云谷卫生院*.csv"' in after
    written(county, {"云谷卫生院2011年一季度.csv": csv_bytes(table(stay(1), header=header))})
    (seen,) = inspect(InspectOptions([county / "云谷卫生院2011年一季度.csv"]))
    assert seen.read
    assert RUNNER.invoke(app, options).exit_code == 0
    assert Path("onestop.toml").read_text("utf-8") == after


def test_saving_what_was_found_keeps_the_columns_that_matter(county: Path) -> None:
    written(county, {"云谷卫生院.csv": csv_bytes([["单位：万元"], *table(stay(1))])})
    inspect(InspectOptions([county / "云谷卫生院.csv"], save=True))
    (layout,) = load_settings(Path("onestop.toml")).layout
    assert layout.columns["身份证号"] == "身份证号"
    assert "病种" not in layout.columns
    assert layout.unit == "万元"


def test_nothing_is_saved_while_something_is_unclear(county: Path) -> None:
    header = ["花销" if head == "总费用" else head for head in HEADER]
    written(county, {"a.csv": csv_bytes(table(stay(1), header=header))})
    before = Path("onestop.toml").read_bytes()
    with pytest.raises(CannotRun, match="缺少总费用"):
        inspect(InspectOptions([county / "a.csv"], save=True))
    assert Path("onestop.toml").read_bytes() == before


def test_without_a_county_folder_there_is_nowhere_to_save(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, {"a.csv": csv_bytes(table(stay(1)))})
    with pytest.raises(CannotRun, match="没有地方保存"):
        inspect(InspectOptions([tmp_path / "a.csv"], save=True))


def test_a_file_that_cannot_be_opened_is_said_after_the_others(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(county, {"a.csv": csv_bytes(table(stay(1))), "b.pdf": b"%PDF-1.4"})
    with pytest.raises(CannotRun, match="PDF"):
        inspect(InspectOptions([county / "a.csv", county / "b.pdf"]))
    assert "读到 2 行" in capsys.readouterr().out


@pytest.mark.parametrize(
    "option", [["--unit", "斤"], ["--date-order", "xyz"], ["--column", "总费用"], ["--as", "x"]]
)
def test_options_that_cannot_be_are_refused_in_words(option: list[str], county: Path) -> None:
    written(county, {"a.csv": csv_bytes(table(stay(1)))})
    outcome = RUNNER.invoke(app, ["inspect", "a.csv", *option])
    assert outcome.exit_code == 2 or isinstance(outcome.exception, CannotRun)


def test_a_layout_survives_its_own_writing(tmp_path: Path) -> None:
    odd = FileLayout(
        file='a"b\\*.csv',
        sheet="第[1]页",
        skip=True,
        columns={"总费用": '费"用\n合计'},
        header_row=3,
    )
    path = tmp_path / "onestop.toml"
    path.write_text('# 我的注释\n[county]\nname = "示例县"\n', "utf-8")
    assert append_layouts(path, [odd]) == 1
    assert load_settings(path).layout == (odd,)
    assert path.read_text("utf-8").startswith("# 我的注释\n")
    assert block(odd).startswith("[[layout]]")


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("上河中心卫生院2010年四季度.xlsx", "上河中心卫生院*.xlsx"),
        ("2010Q4-省立医院.csv", "*-省立医院.csv"),
        ("云谷卫生院（2010年10-12月）明细.xls", "云谷卫生院（*）明细.xls"),
        ("2010年四季度.xlsx", "2010年四季度.xlsx"),
        ("云谷[新].csv", "云谷[[]新].csv"),
    ],
)
def test_a_file_name_becomes_a_pattern_without_its_period(name: str, pattern: str) -> None:
    assert file_pattern(name) == pattern
    assert FileLayout(file=pattern).fits(f"收件箱/{name}", None)
