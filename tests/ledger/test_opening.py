"""The books begin on a day, with what the year had brought before it; nothing earlier is ever paid again."""

from __future__ import annotations

import sqlite3
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from onestop_cli.batch.init import Answers, start_county
from onestop_cli.cli import run as onestop
from onestop_cli.errors import CannotRun
from onestop_cli.ledger.accounts import accounts
from onestop_cli.ledger.books import beginning, brought
from onestop_cli.ledger.store import opened
from onestop_cli.ledger.trial_balance import trial_balance, verify
from onestop_cli.readers import own_forms
from onestop_cli.readers.brought import read_brought
from onestop_cli.rulebook.library import load_rules
from onestop_cli.run import Run
from onestop_cli.tables.schema import BROUGHT
from tests.ledger.test_ledger import a_stay
from tests.made.books import (
    PEOPLE,
    Office,
    huangzhong,
    new_books,
    office,
    post,
    run_period,
    stays,
)
from tests.made.months import MONTHS, made_quarter
from tests.made.small_layers import BASIC, document

LAYERS = {"新农合补偿": "basic", "医疗救助": "assistance"}
OCTOBER = date(2010, 10, 1)


class TestFirstDay:
    """A county that starts its books in October does not pay September again."""

    def test_a_stay_settled_before_it_is_out_of_place(self, tmp_path: Path) -> None:
        with new_books(tmp_path / "账.db", OCTOBER) as books:
            run = run_period(stays([a_stay(9), a_stay(10)]), "2010-10", books)
            codes = set(run.findings.filter(stay_no="ZY9")["code"])
            assert run.stays.select("stay_no", "status", "belongs_to").rows() == [
                ("ZY9", "held", None), ("ZY10", "settled", None)
            ]  # fmt: skip
            assert codes == {"ST04"}
            assert post(books, run).outside == 1

    def test_a_later_one_is_still_a_late_stay(self, tmp_path: Path) -> None:
        with new_books(tmp_path / "账.db", date(2010, 9, 1)) as books:
            run = run_period(stays([a_stay(9), a_stay(10)]), "2010-10", books)
            assert run.stays["belongs_to"].to_list() == ["2010-09", None]

    def test_a_period_before_it_is_not_closed(self, tmp_path: Path) -> None:
        with new_books(tmp_path / "账.db", OCTOBER) as books:
            run = run_period(stays([a_stay(9)]), "2010-09", books)
            with pytest.raises(CannotRun, match="台账从 2010-10-01 开始，2010年9月在它之前"):
                post(books, run)

    def test_a_run_without_books_may_be_their_first(self, tmp_path: Path) -> None:
        """Unless they know something that it should have known."""
        run = run_period(stays([a_stay(10)]), "2010-10")
        with new_books(tmp_path / "空.db", OCTOBER) as books:
            post(books, run)
        known = new_books(tmp_path / "账.db", OCTOBER, brought=one())
        with known as books, pytest.raises(CannotRun, match="没有用这本台账"):
            post(books, run)


class TestBalances:
    def test_the_first_account_begins_with_them(self, tmp_path: Path) -> None:
        balances = {"医疗救助资金": 120_000, "新农合基金": -500}
        with new_books(tmp_path / "账.db", OCTOBER, balances=balances) as books:
            post(books, run_period(stays([a_stay(10)]), "2010-10", books))
            shown = {
                line.fund: (line.opening, line.approved, line.balance) for line in accounts(books)
            }
            assert shown == {
                "新农合基金": (-500, 168_000, -168_500),
                "医疗救助资金": (120_000, 92_400, 27_600),
            }
            entries = trial_balance(books)
            assert sum(e.debit for e in entries) == sum(e.credit for e in entries)
            assert verify(books) == []


WHO = {"id_raw": PEOPLE[6], "name": "人6"}
"""On the roster as 农村低保户, whose assistance huangzhong caps at 6,000 yuan a year."""


def one(**said: Any) -> pl.DataFrame:
    """期初 of that person: two stays of 2010 with 6,000 yuan of assistance, unless said otherwise."""
    row = {
        "id_no": PEOPLE[6], "name": "人6", "benefit_year": 2010, "layer": "assistance", "stays": 2,
        "cost_fen": 2_000_000, "deductible_fen": 0, "base_fen": 1_000_000, "paid_fen": 600_000,
    }  # fmt: skip
    return pl.DataFrame([{**row, **said}], schema=dict(BROUGHT))


class TestYear:
    @pytest.mark.parametrize(
        ("used", "year", "left"),
        [(0, 2010, 600_000), (550_000, 2010, 50_000), (600_000, 2010, 0), (600_000, 2009, 600_000)],
    )
    def test_what_the_year_had_paid_uses_up_the_cap(
        self, tmp_path: Path, used: int, year: int, left: int
    ) -> None:
        alone = run_period(stays([a_stay(10, **WHO)]), "2010-10").stays["assistance_due_fen"][0]
        known = one(paid_fen=used, benefit_year=year)
        with new_books(tmp_path / "账.db", OCTOBER, brought=known) as books:
            run = run_period(stays([a_stay(10, **WHO)]), "2010-10", books)
        assert run.stays["assistance_due_fen"].to_list() == [min(alone, left)]
        assert 50_000 < alone < 600_000

    def test_it_uses_up_a_limit_that_layers_share(self, tmp_path: Path) -> None:
        """Half of 2,400 and half again would be due; 50 of the 300 for both are left."""
        second = BASIC.replace('"basic"', '"critical"').replace('"基本"', '"大病"')
        pool = '[[pool]]\nid = "both"\nname = "合计"\nlayers = ["basic", "critical"]\n'
        rule = document(BASIC + second + pool + "cap = [{ amount = 300 }]\n")
        shared = office([rule], ("甲类",))
        known = one(paid_fen=25_000, layer="basic")
        with new_books(tmp_path / "账.db", OCTOBER, brought=known) as books:
            run = run_period(stays([a_stay(10, **WHO)]), "2010-10", books, None, shared)
        assert run.stays.select("basic_due_fen", "critical_due_fen").row(0) == (5_000, 0)

    def test_it_stays_used_up_when_the_stay_is_worked_out_again(self, tmp_path: Path) -> None:
        with new_books(tmp_path / "账.db", OCTOBER, brought=one(paid_fen=550_000)) as books:
            post(books, run_period(stays([a_stay(10, **WHO)]), "2010-10", books))
            run = run_period(stays([a_stay(11, **WHO)]), "2010-11", books)
            assert run.adjustments.is_empty()
            assert run.stays["assistance_due_fen"].to_list() == [0]

    @settings(max_examples=5, deadline=None)
    @given(st.integers(0, 10**9))
    def test_october_as_opening_pays_the_rest_of_the_quarter_the_same(
        self, tmp_path_factory: pytest.TempPathFactory, seed: int
    ) -> None:
        """What a closed October would have known, its sums know."""
        rng = Random(seed)
        documents = [huangzhong(), yearly()][seed % 2]
        rows = [row for _, row in made_quarter(rng, 60, documents).rows if row["total_fen"] > 0]
        early = [row for row in rows if row["settled_on"].month == 10]
        late = [row for row in rows if row["admitted_on"].month > 10]
        for row in (*early, *late):
            row["hospital_raw"] = "县级医院"
        for row in early:
            row |= {name: max(fen, 1) for name, fen in row.items() if name.endswith("_claimed_fen")}
        folder = tmp_path_factory.mktemp("books")
        october = run_period(stays(early), MONTHS[0], office=documents)
        with new_books(folder / "账.db") as books:
            post(books, run_period(stays(early), MONTHS[0], books, office=documents))
            wanted = rest_of(late, books, documents)
        with new_books(folder / "期初.db", date(2010, 11, 1), brought=sums_of(october)) as books:
            assert rest_of(late, books, documents) == wanted


@cache
def yearly() -> Office:
    """An office whose document has a deductible a year, as if it held in 2010."""
    file = load_rules(["chongqing-2023"])[0].file
    days = file.effective.model_copy(update={"from_": date(2009, 1, 1), "to": None})
    return office([file.model_copy(update={"effective": days})], ("低保对象",))


def rest_of(
    rows: list[dict[str, Any]], books: sqlite3.Connection, documents: Office
) -> dict[str, int]:
    run = run_period(stays(rows), "2010-11", books, office=documents)
    own = run.stays.filter(pl.col("status") == "settled")
    return {layer.id: int(own[f"{layer.id}_due_fen"].sum()) for layer in run.layers}


def sums_of(run: Run) -> pl.DataFrame:
    """期初 as a clerk would add it up from October's stays."""
    done = run.stays.filter((pl.col("status") == "settled") & pl.col("id_no").is_not_null())
    parts = [
        done.group_by("id_no", "benefit_year").agg(
            name=pl.col("name").first(),
            layer=pl.lit(layer.id),
            stays=pl.len().cast(pl.Int64),
            cost_fen=pl.col("total_fen").sum(),
            deductible_fen=pl.col(f"{layer.id}_deductible_fen").sum(),
            base_fen=pl.col(f"{layer.id}_base_fen").sum(),
            paid_fen=pl.col(f"{layer.id}_due_fen").sum(),
        )
        for layer in run.layers
    ]
    return pl.concat(parts).select(*BROUGHT)


def sheet(tmp_path: Path, *rows: tuple[Any, ...], titles: Any = own_forms.BROUGHT.titles) -> Path:
    """期初.xlsx with these rows below a title."""
    book = Workbook()
    book.active.append(["示例县期初"])
    book.active.append([*titles])
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "期初.xlsx")
    return tmp_path / "期初.xlsx"


GOOD = (PEOPLE[1], "人1", 2010, "医疗救助", 2, 9000.5, 0, 3000, "1,500.25")


class TestFile:
    def test_it_is_read_to_the_fen(self, tmp_path: Path) -> None:
        total = ("合计", None, None, None, 2, 9000.5, 0, 3000, 1500.25)
        found = read_brought(
            sheet(tmp_path, GOOD, (None,) * 9, total), LAYERS.get, [*LAYERS], OCTOBER, []
        )
        assert found.rows() == [
            (PEOPLE[1], "人1", 2010, "assistance", 2, 900_050, 0, 300_000, 150_025)
        ]

    @pytest.mark.parametrize(
        ("at", "value", "said"),
        [
            (0, "639900193101010019", "身份证号不能用"),
            (0, 639900193101010013, "身份证号不能用"),
            (1, "", "姓名为空"),
            (2, 2011, "年度“2011”应是起始日 2010-10-01 那一年或以前"),
            (2, "去年", "年度“去年”"),
            (3, "救济", "没有“救济”这种补偿，可写：新农合补偿、医疗救助"),
            (4, "两次", "次数“两次”不是整数"),
            (4, 0, "有金额而次数为 0"),
            (8, -1, "已补偿“-1”不是金额，或是负数"),
            (5, "九千", "费用“九千”不是金额"),
            (8, 9001, "已补偿大于费用"),
            (7, 9001, "基数累计大于费用"),
            (6, 3001, "起付线已用大于基数累计"),
        ],
    )
    def test_what_is_wrong_is_named_with_its_row(
        self, tmp_path: Path, at: int, value: Any, said: str
    ) -> None:
        row = (*GOOD[:at], value, *GOOD[at + 1 :])
        with pytest.raises(CannotRun) as caught:
            read_brought(sheet(tmp_path, row), LAYERS.get, [*LAYERS], OCTOBER, [])
        (problem,) = caught.value.problems
        assert said in problem.what
        assert (problem.file, problem.row) == ("期初.xlsx", 3)

    def test_a_row_that_comes_twice_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(CannotRun, match="在第 3 行已经写过"):
            read_brought(sheet(tmp_path, GOOD, GOOD), LAYERS.get, [*LAYERS], OCTOBER, [])

    def test_a_table_without_rows_and_another_table_are_refused(self, tmp_path: Path) -> None:
        with pytest.raises(CannotRun, match="期初表里没有一行"):
            read_brought(sheet(tmp_path), LAYERS.get, [*LAYERS], OCTOBER, [])
        with pytest.raises(CannotRun, match="没有找到期初表的表头"):
            read_brought(sheet(tmp_path, titles=["姓名"]), LAYERS.get, [*LAYERS], OCTOBER, [])


def test_the_form_of_a_new_county_is_the_one_that_is_read(tmp_path: Path) -> None:
    start_county(tmp_path / "县", Answers("示例县", "6399", ["huangzhong-2009"]))
    form = tmp_path / "县/模板/期初.xlsx"
    with pytest.raises(CannotRun, match="期初表里没有一行"):
        read_brought(form, LAYERS.get, [*LAYERS], OCTOBER, [])
    book = load_workbook(form)
    for at, value in enumerate(GOOD, 1):
        book.active.cell(4, at).value = value
    book.save(form)
    assert len(read_brought(form, LAYERS.get, [*LAYERS], OCTOBER, [])) == 1
    assert "新农合补偿,医疗救助" in str(book.active.data_validations.dataValidation[0].formula1)


class TestCommand:
    def test_books_are_opened_with_everything(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        words = ["ledger", "open", str(tmp_path / "台账.sqlite"), "--from", "2010-10", "--before"]
        more = ["--balance", "医疗救助资金=1200.5", "--balance", "新农合基金=0"]
        assert onestop([*words, str(sheet(tmp_path, GOOD)), *more]) == 0
        with opened(tmp_path / "台账.sqlite") as books:
            assert beginning(books).first_day == OCTOBER
            assert beginning(books).balances == {"医疗救助资金": 120_050, "新农合基金": 0}
            assert brought(books)["paid_fen"].to_list() == [150_025]
            assert verify(books) == []
        assert "期初 1 行，1 人，已补偿 1,500.25 元" in capsys.readouterr().out

    def test_everything_that_is_wrong_is_said_at_once(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "台账.sqlite"
        path.write_bytes(b"")
        more = ["--balance", "甲", "--balance", "甲=x", "--balance", "乙=1", "--balance", "乙=2"]
        assert onestop(["ledger", "open", str(path), "--from", "2010-10-05", *more]) == 2
        said = "".join(capsys.readouterr().err.split())
        for text in (
            "台账已经存在",
            "不是月初",
            "看不懂--balance“甲”",
            "看不懂--balance“甲=x”",
            "“乙”的结余写了两次",
        ):
            assert text in said
        assert path.read_bytes() == b""

    @pytest.mark.parametrize("day", ["十月", "2010-13-01"])
    def test_a_day_that_is_none_is_refused(self, tmp_path: Path, day: str) -> None:
        assert onestop(["ledger", "open", str(tmp_path / "a"), "--from", day]) == 2
        assert not (tmp_path / "a").exists()

    def test_a_fund_of_no_document_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "onestop.toml").write_text(
            '[reconcile]\nrules = ["huangzhong-2009"]\n', "utf-8"
        )
        monkeypatch.chdir(tmp_path)
        assert onestop(["ledger", "open", "--from", "2010-10-01", "--balance", "别的=1"]) == 2
        assert "没有“别的”这个基金" in capsys.readouterr().err
        assert onestop(["ledger", "open", "--from", "2010-10-01"]) == 0
        assert (tmp_path / "台账.sqlite").is_file()

    def test_nothing_else_makes_books(self, tmp_path: Path) -> None:
        path = tmp_path / "台帐.sqlite"
        assert onestop(["ledger", "show", "--ledger", str(path)]) == 2
        words = ["ledger", "advance", "--fund", "甲", "--period", "2010Q4", "--amount", "1"]
        assert onestop([*words, "--ledger", str(path)]) == 2
        assert not path.exists()
