"""`close` guards the books: what should not be closed is asked about, what must not be closed is refused."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from onestop_cli.batch.guards import Candidate, doubts
from onestop_cli.batch.init import Answers, start_county
from onestop_cli.cli import run as onestop
from onestop_cli.commands import streams
from onestop_cli.county.inbox_check import Handed, HandedIn, inbox_notes
from onestop_cli.county.settings import Settings
from onestop_cli.ledger.accounts import accounts
from onestop_cli.ledger.books import closed_periods, closings
from onestop_cli.ledger.chain import entries
from onestop_cli.ledger.store import opened
from onestop_cli.ledger.trial_balance import verify
from onestop_cli.tables.decisions import DECISIONS
from onestop_cli.writers.toolkit.run_folder import write_data
from tests.ledger.test_ledger import a_stay
from tests.made.books import PEOPLE, run_period, stays

HEAD = "医疗机构,住院号,姓名,身份证号,入院日期,出院日期,结算日期,总费用,可补偿费用,新农合补偿,医疗救助\n"
REGISTER = "机构名称,机构级别\n云谷卫生院,乡级\n白土卫生院,乡级\n"


def row(number: int, month: str, hospital: str = "云谷卫生院") -> str:
    day = f"{month}-05,{month}-15,{month}-15"
    return f"{hospital},{number},人{number},{PEOPLE[number]},{day},3000,2400,1920,0\n"


def handed_in(county: Path, *rows: str) -> None:
    """The list of stays of the period."""
    (county / "收件箱/住院/云谷.csv").write_text(HEAD + "".join(rows), "utf-8")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county with books from October, and a result of that month."""
    county = tmp_path_factory.mktemp("desk") / "县"
    start_county(county, Answers("示例县", "6399", ["huangzhong-2009"]))
    (county / "定点机构名册.csv").write_text(REGISTER, "utf-8")
    people = "".join(f"人{n},{PEOPLE[n]},五保户,云谷乡,一村\n" for n in range(5))
    (county / "收件箱/花名册/五保.csv").write_text(
        "姓名,身份证号,救助类别,乡镇,村\n" + people, "utf-8"
    )
    handed_in(county, row(1, "2010-10"), row(2, "2010-10"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(county)
        assert onestop(["ledger", "open", "--from", "2010-10-01"]) == 0
        assert onestop(["reconcile", "-q", "--period", "2010-10"]) == 0
    return county


@pytest.fixture
def county(desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, in which we stand."""
    copy = shutil.copytree(desk, tmp_path / "县")
    monkeypatch.chdir(copy)
    return copy


def closed() -> list[str]:
    with opened(Path("台账.sqlite")) as books:
        return [period.id for period in closed_periods(books)]


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """Both streams, however they were folded."""
    out = capsys.readouterr()
    return "".join((out.out + out.err).split())


class TestClosing:
    def test_it_prints_what_it_posts(
        self, county: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert onestop(["close", "结果/2010-10"]) == 0
        told = said(capsys)
        assert "2010年10月将要关账核定2笔，待核0，拒付0；上期调整0笔" in told
        assert "新农合基金应拨医疗机构3,840.00元" in told
        assert closed() == ["2010-10"]

    @pytest.mark.parametrize(("answer", "closes"), [("是", True), ("", False), ("y", False)])
    def test_on_a_terminal_it_asks(
        self, county: Path, monkeypatch: pytest.MonkeyPatch, answer: str, closes: bool
    ) -> None:
        for stream in (streams.sys.stdin, streams.sys.stdout):
            monkeypatch.setattr(stream, "isatty", lambda: True)
        monkeypatch.setattr("builtins.input", lambda _: answer)
        assert onestop(["close", "结果/2010-10"]) == (0 if closes else 130)
        assert closed() == (["2010-10"] if closes else [])

    def test_a_closed_period_is_not_reconciled_again(
        self, county: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert onestop(["close", "结果/2010-10"]) == 0
        assert onestop(["reconcile", "-q", "--period", "2010-10"]) == 2
        told = said(capsys)
        assert "2010年10月已经关账" in told
        assert "onestopledgerreopen" in told
        assert not (county / "结果/2010-10-2").exists()

    def test_a_period_that_overlaps_a_closed_one_is_not_reconciled(
        self, county: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert onestop(["close", "结果/2010-10"]) == 0
        assert onestop(["reconcile", "-q", "--period", "2010Q4"]) == 2
        assert "2010年第4季度与已关账的2010-10重叠" in said(capsys)
        assert not (county / "结果/2010Q4").exists()

    def test_days_of_the_books_that_were_never_closed_are_told(
        self, county: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Also before anything was closed."""
        handed_in(county, row(1, "2010-11"))
        assert onestop(["reconcile", "--period", "2010-11"]) == 0
        assert "2010-10-01至2010-10-31还没有关账" in said(capsys)


class TestDoubts:
    """Each is refused, passes with a reason, and the reason stands in the books."""

    def spoiled(self, county: Path, doubt: str) -> str:
        """Make the result doubtful; its folder."""
        if doubt == "没有一笔住院属于2010年10月":
            handed_in(county, row(1, "2010-11"))
        elif doubt == "超过一半":
            handed_in(county, row(1, "2010-10"), row(2, "2010-11"), row(3, "2010-11"))
        elif doubt == "已经过时":
            handed_in(county, row(1, "2010-10"))
            assert onestop(["reconcile", "-q", "--period", "2010-10"]) == 0
            handed_in(county, row(1, "2010-10"), row(2, "2010-10"))
            newer = county / "结果/2010-10-2/run.json"
            _made_later(newer)
            return "结果/2010-10"
        assert onestop(["reconcile", "-q", "--period", "2010-10"]) == 0
        return "结果/2010-10-2"

    @pytest.mark.parametrize("doubt", ["没有一笔住院属于2010年10月", "超过一半", "已经过时"])
    def test_it_is_told_and_passes_only_with_a_reason(
        self, county: Path, doubt: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        folder = self.spoiled(county, doubt)
        assert onestop(["close", folder]) == 2
        told = said(capsys)
        assert doubt in told
        assert "--anyway" in told
        assert onestop(["close", folder, "--anyway"]) == 2
        assert "--anyway要写明原因" in said(capsys)
        assert closed() == []
        assert onestop(["close", folder, "--anyway", "--reason", "上级要求"]) == 0
        with opened(Path("台账.sqlite")) as books:
            (one,) = closings(books)
            assert one.reason == "上级要求"
            assert doubt in one.entry.content["doubts"][0]

    def test_a_run_that_is_mostly_of_earlier_periods_is_one(
        self, county: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Of a period never closed, which it would swallow."""
        handed_in(county, row(1, "2010-11"), row(2, "2010-10"), row(3, "2010-10"))
        assert onestop(["reconcile", "-q", "--period", "2010-11"]) == 0
        assert onestop(["close", "结果/2010-11"]) == 2
        assert "3行里有2行属于以前各期（补报或已结算过），超过一半" in said(capsys)
        assert closed() == []

    def test_a_run_without_decisions_that_another_has_is_one(self, tmp_path: Path) -> None:
        """However the lines have moved in the file; a later run without them is doubtful, too."""
        from tests.made.run import with_info

        said = {
            "hospital": "县级医院",
            "stay_no": "ZY9",
            "decision": "放行",
            "decided_on": "2010-12-01",
        }
        line = {**dict.fromkeys(DECISIONS), **said, "line": 5}
        plain = run_period(stays([a_stay(9)]), "2010-09")
        with_line = with_info(
            plain, decisions={"lines": [line]}, made_at="2010-12-01T00:00:00+08:00"
        )
        moved = with_info(
            plain, decisions={"lines": [{**line, "line": 7}]}, made_at="2010-12-02T00:00:00+08:00"
        )
        later = with_info(plain, decisions={"lines": []}, made_at="2010-12-03T00:00:00+08:00")
        write_data(with_line, tmp_path / "a")
        assert doubts(Candidate(tmp_path / "b", moved, Settings())) == []
        assert doubts(Candidate(tmp_path / "c", later, Settings())) == [
            "a 执行过 1 条处理意见，这一份没有：放行 县级医院 ZY9"
        ]


def _made_later(file: Path) -> None:
    """The same run, made a year later."""
    import json

    info = json.loads(file.read_text("utf-8"))
    info["made_at"] = "2099" + info["made_at"][4:]
    file.write_text(json.dumps(info), "utf-8")


class TestChanges:
    """What no reason passes."""

    def refused(self, capsys: pytest.CaptureFixture[str], folder: str = "结果/2010-10") -> str:
        assert onestop(["close", folder, "--anyway", "--reason", "x"]) == 2
        assert closed() == []
        return said(capsys)

    def test_a_list_that_changed(self, county: Path, capsys: pytest.CaptureFixture[str]) -> None:
        handed_in(county, row(1, "2010-10"), row(2, "2010-10"), row(3, "2010-10"))
        told = self.refused(capsys)
        assert "核对以后改动过的有云谷.csv" in told

    def test_a_list_that_came_and_one_that_went(
        self, county: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (county / "收件箱/住院/白土.csv").write_text(
            HEAD + row(3, "2010-10", "白土卫生院"), "utf-8"
        )
        (county / "收件箱/花名册/五保.csv").unlink()
        told = self.refused(capsys)
        assert "核对以后多出来的有白土.csv" in told
        assert "现在没有了的有五保.csv" in told

    def test_a_register_that_changed(
        self, county: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (county / "定点机构名册.csv").write_text(REGISTER.replace("乡级", "县级", 1), "utf-8")
        assert "定点机构名册.csv" in self.refused(capsys)

    def test_a_document_that_changed(
        self, county: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        from onestop_cli.rulebook.library import known_rules

        text = known_rules()["huangzhong-2009"].read_text("utf-8")
        (county / "政策.toml").write_text(text + "\n", "utf-8")
        settings = (county / "onestop.toml").read_text("utf-8")
        (county / "onestop.toml").write_text(
            settings.replace('"huangzhong-2009"', '"政策.toml"'), "utf-8"
        )
        assert "政策文件huangzhong-2009在核对以后改动过" in self.refused(capsys)

    def test_an_inbox_that_was_cleared_for_the_next_period_is_none(self, county: Path) -> None:
        handed_in(county, row(3, "2010-11"))
        (county / "收件箱/花名册/五保.csv").write_text("姓名,身份证号\n", "utf-8")
        (county / "定点机构名册.csv").write_text(REGISTER + "新卫生院,乡级\n", "utf-8")
        assert onestop(["close", "结果/2010-10"]) == 0


class TestOtherBooks:
    """A moved or misspelt ledger never begins second books, and no backup pays twice."""

    def test_a_ledger_that_went_is_missed(
        self, county: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (county / "台账.sqlite").rename(county / "台帐.sqlite")
        assert onestop(["reconcile", "-q", "--period", "2010-11"]) == 2
        assert "2010-10核对时用过台账，现在没有找到" in said(capsys)

    def test_an_older_one_is_refused(
        self, county: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        backup = (county / "台账.sqlite").read_bytes()
        assert onestop(["close", "结果/2010-10"]) == 0
        handed_in(county, row(1, "2010-11"))
        assert onestop(["reconcile", "-q", "--period", "2010-11"]) == 0
        (county / "台账.sqlite").write_bytes(backup)
        for words in (["reconcile", "-q", "--period", "2010-12"], ["close", "结果/2010-11"]):
            assert onestop(words) == 2
            assert "这本台账比2010-11核对时的旧，或不是同一本" in said(capsys)

    def test_a_second_one_is_refused(
        self, county: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert onestop(["ledger", "open", "新.sqlite", "--from", "2010-10-01"]) == 0
        assert onestop(["reconcile", "-q", "--period", "2010-10", "--ledger", "新.sqlite"]) == 2
        assert "不是同一本" in said(capsys)


class TestReopening:
    @pytest.fixture
    def two(self, county: Path) -> Path:
        """October and November are closed."""
        assert onestop(["close", "结果/2010-10"]) == 0
        handed_in(county, row(1, "2010-11"))
        assert onestop(["reconcile", "-q", "--period", "2010-11"]) == 0
        assert onestop(["close", "结果/2010-11"]) == 0
        return county

    def test_the_last_period_is_taken_back_and_closed_anew(
        self, two: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Accounts are those of the second closing; the first stays in the books."""
        assert onestop(["ledger", "reopen", "--reason", "用错了花名册"]) == 0
        assert closed() == ["2010-10"]
        handed_in(two, row(1, "2010-11"), row(2, "2010-11"))
        assert onestop(["reconcile", "-q", "--period", "2010-11"]) == 0
        assert onestop(["close", "结果/2010-11-2"]) == 0
        with opened(two / "台账.sqlite") as books:
            basic = [line.approved for line in accounts(books) if line.fund == "新农合基金"]
            assert basic == [384_000, 384_000]
            kinds = [entry.kind for entry in entries(books)]
            assert kinds == ["opening", "closing", "closing", "reopening", "closing"]
            assert entries(books)[3].content["reason"] == "用错了花名册"
            assert verify(books) == []
        assert "2010年11月的关账已撤销" in said(capsys)

    def test_the_one_before_is_only_reached_after_it(self, two: Path) -> None:
        assert onestop(["ledger", "reopen"]) == 0
        assert closed() == ["2010-10"]
        assert onestop(["ledger", "reopen"]) == 0
        assert closed() == []
        assert onestop(["ledger", "reopen"]) == 2

    def test_the_result_that_was_closed_cannot_be_closed_again(
        self, two: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """It was made against books that did not know of the reopening."""
        assert onestop(["ledger", "reopen"]) == 0
        assert onestop(["close", "结果/2010-11"]) == 2
        assert "台账在这次核对之后有变动" in said(capsys)


@pytest.fixture
def handed() -> Iterator[Handed]:
    """Two hospitals of three reported, with the roster of last quarter."""
    files = [HandedIn("stays", "甲.csv", "1"), HandedIn("roster", "册.csv", "9")]
    before = [HandedIn("stays", "旧.csv", "0"), HandedIn("roster", "册.csv", "9")]
    yield Handed(["甲", "乙", "丙"], ["甲", "乙"], {"丁": 311}, files, {"2010Q3": before})


class TestInboxCheck:
    def test_who_is_missing_who_is_unknown_and_what_is_old(self, handed: Handed) -> None:
        silent, unknown, roster = inbox_notes(handed)
        assert silent == "名册上有 1 家机构没有报来住院：丙"
        assert "有 1 个机构名不在名册上：丁（311 笔）" in unknown
        assert "[synonyms.hospital]" in unknown
        assert roster.startswith("花名册与 2010Q3 关账时的相同，没有更新")

    def test_a_list_of_a_closed_period_is_named(self, handed: Handed) -> None:
        old = Handed(
            handed.register, handed.register, {}, [HandedIn("stays", "甲.csv", "0")], handed.closed
        )
        (told,) = inbox_notes(old)
        assert told.startswith("甲.csv：与 2010Q3 关账时读过的文件一个字节不差")

    def test_several_are_named_in_one_sentence(self, handed: Handed) -> None:
        files = [HandedIn("stays", f"{n}.csv", "0") for n in range(10)]
        (told,) = inbox_notes(Handed(handed.register, handed.register, {}, files, handed.closed))
        assert told.startswith("0.csv、1.csv、2.csv、")
        assert " 等 10 个：与 2010Q3 关账时" in told

    def test_all_is_well_without_a_word(self, handed: Handed) -> None:
        files = [HandedIn("stays", "甲.csv", "1"), HandedIn("roster", "册.csv", "8")]
        assert inbox_notes(Handed(["甲"], ["甲"], {}, files, handed.closed)) == []

    def test_a_list_of_insured_people_that_was_not_renewed_is_named(self) -> None:
        files = [HandedIn("stays", "甲.csv", "1"), HandedIn("insured", "参保激励名单.xlsx", "9")]
        before = {"2025Q3": [HandedIn("insured", "参保激励名单.xlsx", "9")]}
        (told,) = inbox_notes(Handed(["甲"], ["甲"], {}, files, before))
        assert told.startswith("参保激励名单与 2025Q3 关账时的相同，没有更新")

    def test_bare_onestop_reconcile_and_close_say_the_same(
        self, county: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert onestop(["close", "结果/2010-10"]) == 0
        handed_in(county, row(1, "2010-11"), row(2, "2010-11", "黑水卫生院"))
        capsys.readouterr()
        for words in ([], ["reconcile", "--period", "2010-11"], ["close", "结果/2010-11"]):
            assert onestop(words) == 0
            told = said(capsys)
            for note in ("黑水卫生院（1笔）", "花名册与2010-10关账时的相同", "1家"):
                assert note in told, words
