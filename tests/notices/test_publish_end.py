"""When the notice period is over: the site's names go, the result stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from onestop_cli.cli import app
from onestop_cli.errors import CannotRun
from onestop_cli.writers.toolkit.run_folder import write_data
from tests.made.notices import adjustment, entry, run_of, stay
from tests.made.publication import Tags, texts

RUNNER = CliRunner()


@pytest.fixture
def run_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    run = run_of(stay(1), adjustments=[adjustment(2)], roster=[entry(1)])
    write_data(run, tmp_path / "2010Q4")
    return tmp_path / "2010Q4"


def publish(run: Path, out: Path, *words: str) -> Result:
    return RUNNER.invoke(app, ["publish", str(run), "--out", str(out), *words])


def ended(run: Path, out: Path, *words: str) -> Result:
    return publish(run, out, "--end", "--from", "2011-01-06", *words)


def test_every_page_of_the_site_is_replaced_and_nobody_is_left_on_it(
    run_folder: Path, tmp_path: Path
) -> None:
    publish(run_folder, tmp_path / "before", "--from", "2011-01-06")
    done = ended(run_folder, tmp_path / "after", "--objections", "0")
    assert done.exit_code == 0, done.output
    before, after = (
        {path.name for path in (tmp_path / name / "网站").iterdir()} for name in ("before", "after")
    )
    assert before == after
    for _, text in texts(tmp_path / "after"):
        words = "".join(Tags(text).words)
        assert "王*明" not in words
        assert "公示期满，没有收到异议。" in words


def test_the_result_for_the_wall_says_how_many_objections_there_were(
    run_folder: Path, tmp_path: Path
) -> None:
    ended(run_folder, tmp_path / "out", "--objections", "3")
    page = (tmp_path / "out/张贴/公示结果.html").read_text("utf-8")
    assert "公示期满，收到异议 3 件，已逐件核实处理。" in page
    assert "2011年1月6日至2011年1月14日" in page
    assert "期满后填写" not in page


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--end", "--objections", "0"], "不知道公示是哪一天开始的"),
        (["--end", "--from", "2011-01-06"], "没有写明收到几件异议"),
        (["--end", "--from", "2011-01-06", "--objections", "-1"], "没有写明收到几件异议"),
        (["--end", "--from", "2026-12-31", "--days", "60", "--objections", "0"], "还没有满"),
        (["--from", "2010-12-31"], "不晚于结算期末"),
        (["--from", "9999-01-01"], "像是写错了年份"),
        (["--days", "1000"], "公示期 1000 天不成立"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_is_written(
    run_folder: Path, tmp_path: Path, words: list[str], said: str
) -> None:
    done = publish(run_folder, tmp_path / "out", *words)
    assert isinstance(done.exception, CannotRun)
    assert said in str(done.exception)
    assert not (tmp_path / "out").exists()


def test_the_screen_proves_what_is_paid_and_says_how_far_people_are_given_away(
    run_folder: Path, tmp_path: Path
) -> None:
    said = publish(run_folder, tmp_path / "out").output
    assert (
        "核付 800.00 + 层间调整 0.00 + 上期调整 -800.00 = 应拨 0.00，与各级名单的合计相等" in said
    )
    assert "网站（隐名）：2 人，在册 1 人，其中 1 人（100.00%）" in said
    assert "张贴·村级（全名）：2 人，在册 1 人，其中 1 人（100.00%）" in said


def test_profiles_come_from_onestop_toml(run_folder: Path, tmp_path: Path) -> None:
    text = '[publicity.site]\nnames = "none"\n[publicity.board.village]\nnames = "masked"\nuntil = 2011-02-01\n'
    (tmp_path / "onestop.toml").write_text(text, "utf-8")
    said = publish(run_folder, tmp_path / "out", "--from", "2011-01-06").output
    assert "网站（只有合计）：没有列出个人" in said
    village = (tmp_path / "out/张贴/村级/白土乡/上湾村.html").read_text("utf-8")
    assert "王*明" in village
    assert "本名单公示到2011年2月1日，到期撤下。" in village


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[publicity.site]\nnames = "half"\n', "publicity.site.names：只能是"),
        ("[publicity.site]\nk = 1\n", "publicity.site.k：不能小于 2"),
        ("[publicity.board.hamlet]\nk = 3\n", "publicity.board.hamlet：没有这个设置项"),
        ('[publicity.site]\nuntil = "soon"\n', "publicity.site.until：写法不对"),
    ],
)
def test_a_profile_that_cannot_be_meant_is_refused(
    run_folder: Path, tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "onestop.toml").write_text(text, "utf-8")
    done = publish(run_folder, tmp_path / "out")
    assert said in str(done.exception)
