"""预结算: both shares and self-pay at the bedside, by the same core as a quarter."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onestop_cli.batch.quote import QuoteOptions, quote_stay, understood
from onestop_cli.core.settle import settle
from onestop_cli.core.settle.inputs import sure
from onestop_cli.core.settle.shared import household
from onestop_cli.county.settings import Settings
from onestop_cli.county.synonyms import names
from onestop_cli.errors import CannotRun
from onestop_cli.explain.quotation import Quote, quote
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.govern import govern
from onestop_cli.rulebook.library import load_rules
from tests.made import books as made_books
from tests.made.on_paper import amount, result
from tests.reference import made

DAY = date(2010, 11, 3)
BY_DAY = str(Path(__file__).parents[1] / "made" / "rules" / "chuangri-2024.toml")


def quoted(rules: str, **said: Any) -> Quote:
    book = Rulebook(tuple(rule.file for rule in load_rules([rules])))
    asked = QuoteOptions(**{"day": DAY, "level": "county", "total": "0", **said})
    stay, year = understood(asked, book, names(Settings()))
    return quote(stay, book, year)


def answer(found: Quote) -> dict[str, str]:
    """The lines a patient asks for."""
    shown = found.explanation.parts[0].groups[1].lines
    return {line.label: line.amount for line in shown}


class TestAmounts:
    def test_the_example_of_the_contract(self) -> None:
        found = quoted("huangzhong-2009", categories=["五保户"], total="3000", eligible="2400")
        assert answer(found) == {
            "新农合补偿": "1,680.00",
            "医疗救助": "1,320.00",
            "个人自付": "0.00",
        }

    @pytest.mark.parametrize(
        ("remainder", "due"),
        [
            ("500.00", "300.00"),
            ("500.01", "300.01"),
            ("500.50", "300.33"),
            ("1000.00", "625.00"),
            ("1320.00", "849.00"),
            ("2000.01", "1,350.01"),
            ("5000.01", "3,750.01"),
            ("7647.05", "5,999.99"),
            ("7647.06", "6,000.00"),
            ("12000.00", "6,000.00"),
        ],
    )
    def test_the_bands_of_the_first_class(self, remainder: str, due: str) -> None:
        """Nothing eligible, so that all of the bill is the remainder."""
        found = quoted("huangzhong-2009", categories=["低保户"], total=remainder, eligible="0")
        assert answer(found)["医疗救助"] == due

    def test_every_sum_comes_to_its_amount(self) -> None:
        found = quoted(
            "chongqing-2023", categories=["低保对象"], day=date(2023, 5, 1), total="98765.43",
            eligible="87654.32", charged=["critical=3000"], used=["assistance=1000"],
        )  # fmt: skip
        for line in found.explanation.lines:
            if line.grains is not None and (sum_ := result(line)) is not None:
                assert sum_ == amount(line.amount), line

    @pytest.mark.parametrize(
        ("used", "due", "after"),
        [("5150.99", "849.00", "5,999.99"), ("5151.00", "849.00", "6,000.00"),
         ("5151.01", "848.99", "6,000.00"), ("6000", "0.00", "6,000.00")],
    )  # fmt: skip
    def test_what_the_year_has_used_is_no_longer_there(
        self, used: str, due: str, after: str
    ) -> None:
        found = quoted(
            "huangzhong-2009", categories=["农村低保户"], total="1320", eligible="0",
            used=[f"医疗救助={used}"],
        )  # fmt: skip
        assert answer(found)["医疗救助"] == due
        shown = {line.label: line.amount for line in found.explanation.lines}
        assert shown["本年累计"] == after

    def test_a_yearly_deductible_is_charged_once(self) -> None:
        said = {"categories": ["低保对象"], "day": date(2023, 5, 1), "total": "60000"}
        fresh = quoted("chongqing-2023", eligible="50000", **said)
        charged = quoted("chongqing-2023", eligible="50000", charged=["critical=8450.50"], **said)
        assert fresh.row["critical_deductible_fen"] == 845_050
        assert charged.row["critical_deductible_fen"] == 0

    @settings(max_examples=20, deadline=None)
    @given(st.randoms(use_true_random=False))
    def test_a_year_remembered_is_a_year_lived(self, random: Random) -> None:
        """Given what a live settlement found of the year before each stay, every stay comes out the same alone."""
        rules = made.rules(random)
        book = Rulebook(tuple(rules))
        governed = govern(made.frame(made.bills(random, rules, 12), rules), book)
        asked = sure(governed.filter(pl.col("term").is_not_null()), book)
        lived = settle(asked, book).sort("place")
        year = [c for c in lived.columns if c.endswith(("before_fen", "_nth"))]
        pools = [_used_of(f"pool_{pool}") for pool in book.pools]
        pools += [_used_of(household(step.id)) for step in book.of_households]
        checks = [_check_of(lived, step.id) for step in book.steps]
        known = lived.select("place", *year, *pools, *checks)
        unknown = governed.filter(pl.col("term").is_not_null()).drop(
            known.columns[1:], strict=False
        )
        rows = unknown.join(known, on="place")
        shuffled = rows.sample(fraction=1, shuffle=True, seed=1)
        again = settle(shuffled, book, live=False).sort("place")
        for layer in book.layers:
            for what in ("due", "bound", "paid"):
                assert again[f"{layer}_{what}_fen"].equals(lived[f"{layer}_{what}_fen"])


def _check_of(lived: pl.DataFrame, step: str) -> pl.Expr:
    """How far the step was checked by itself; a layer of several parts is only as good as the worst of them."""
    own = f"{step}_own_check"
    return pl.col(own if own in lived.columns else f"{step}_check").alias(f"{step}_check")


def _used_of(head: str) -> pl.Expr:
    """What a shared limit had been used before each stay."""
    used = pl.col(f"{head}_cap_fen") - pl.col(f"{head}_room_fen")
    return used.alias(f"{head}_before_fen")


class TestWhatIsNotKnown:
    def test_ordinary_people_get_an_upper_limit(self) -> None:
        found = quoted("huangzhong-2009", level="township", total="1000", eligible="800")
        assert answer(found)["新农合补偿"] == "600.00"
        assert answer(found)["个人自付（至少）"] == "400.00"

    def test_without_the_eligible_cost_there_is_only_a_limit(self) -> None:
        found = quoted("huangzhong-2009", categories=["五保户"], total="1000")
        assert found.row["basic_check"] == "bound"
        assert answer(found)["新农合补偿"] == "700.00"

    def test_a_layer_the_document_leaves_to_others_must_be_told(self) -> None:
        said = {"day": date(2012, 5, 1), "total": "6000", "eligible": "5000"}
        with pytest.raises(CannotRun, match="政策文件不计算“基本医保”，要先知道它付多少"):
            quoted("county-aid-70", categories=["农村低保户"], **said)
        found = quoted("county-aid-70", categories=["农村低保户"], given=["basic=3000"], **said)
        assert answer(found) == {
            "基本医保": "3,000.00",
            "医疗救助": "1,400.00",
            "个人自付": "1,600.00",
        }

    def test_a_day_before_the_document_is_said(self) -> None:
        with pytest.raises(CannotRun, match="2009-09-30") as error:
            quoted("huangzhong-2009", day=date(2009, 9, 30), total="100", eligible="100")
        assert "huangzhong-2009 自 2009-10-01 起" in error.value.problems[0].remedy


class TestWords:
    def test_everything_not_understood_is_said_at_once(self) -> None:
        with pytest.raises(CannotRun) as error:
            quoted(
                "huangzhong-2009", level="乡下", categories=["富农"], total="三千", eligible="-1",
                used=["aid=3", "basic"], further=["天气=晴"],
            )  # fmt: skip
        assert [problem.what for problem in error.value.problems] == [
            "看不懂机构级别“乡下”",
            "政策文件没有“富农”这一类",
            "--total 的“三千”不是金额",
            "--eligible 的“-1”不是金额",
            "--with 的“天气”在政策文件中没有",
            "看不懂 --used “basic”",
            "--used 的“aid”不是这份政策的补偿项目",
        ]

    @pytest.mark.parametrize(
        ("admitted", "what"),
        [(None, "政策文件按床日计，不知道住了几天"), (date(2024, 4, 2), "入院日期晚于出院日期")],
    )
    def test_days_in_bed_must_be_told(self, admitted: date | None, what: str) -> None:
        with pytest.raises(CannotRun) as error:
            quoted(BY_DAY, day=date(2024, 4, 1), total="900", eligible="900", admitted=admitted)
        assert [problem.what for problem in error.value.problems] == [what]

    def test_a_stay_paid_by_the_day_adds_up(self) -> None:
        """31 nights at 230 are 7,130: 90 % of it, the rest the patient's; the hospital bears 1,870 of 9,000."""
        said = {"total": "9000", "eligible": "8500", "further": ["住院类别=精神病住院"]}
        days = {"admitted": date(2024, 3, 1), "day": date(2024, 4, 1)}
        found = quoted(BY_DAY, level="city", **days, **said)
        assert answer(found) == {
            "职工医保": "6,417.00", "大病保险": "0.00", "医院承担": "1,870.00", "个人自付": "713.00",
        }  # fmt: skip
        lines = [line for part in found.explanation.parts for g in part.groups for line in g.lines]
        assert all(result(line) in (None, amount(line.amount)) for line in lines if line.grains)

    @pytest.mark.parametrize(
        ("begun", "check"), [(date(2024, 2, 1), "bound"), (date(2023, 1, 1), "exact")]
    )
    def test_months_that_the_books_do_not_know_leave_a_limit(self, begun: date, check: str) -> None:
        """2,000 borne, of which 1,000 in three months are the patient's: half of the rest, or of all at most."""
        path = BY_DAY.replace("chuangri", "lianxu")
        book = Rulebook(tuple(rule.file for rule in load_rules([path])))
        asked = QuoteOptions(date(2024, 3, 15), "county", "5000", "5000", ["因病致贫重病患者"])
        stay, year = understood(asked, book, names(Settings()))
        blank = quote(stay, book, year).row
        kept = {k: [v] for k, v in blank.items() if k in ("id_no", "hospital", "stay_no")}
        nobody = pl.DataFrame(kept).clear()
        row = quote(stay, book, replace(year, closed=nobody, begun=begun)).row
        assert row["assistance_check"] == check
        assert row["assistance_paid_fen"] == {"bound": 100_000, "exact": 50_000}[check]

    def test_more_eligible_than_total_is_refused(self) -> None:
        with pytest.raises(CannotRun, match="可补偿费用大于总费用"):
            quoted("huangzhong-2009", total="100", eligible="100.01")

    def test_names_go_through_the_synonyms(self) -> None:
        found = quoted(
            "huangzhong-2009", level="乡级", categories=["低保"], total="1", eligible="1"
        )
        assert (found.row["level"], found.row["category"]) == ("township", "农村低保户")

    def test_what_else_the_document_looks_at(self) -> None:
        """Over sixty, in a hospital of another province: 35 % and ten points more."""
        said = {"total": "1200", "eligible": "1200", "day": date(2007, 1, 1)}
        found = quoted("dafang-2006-11", further=["所在地=省外", "年龄=60"], **said)
        younger = quoted("dafang-2006-11", further=["所在地=省外", "年龄=59"], **said)
        assert answer(found)["新农合补偿"] == "450.00"
        assert answer(younger)["新农合补偿"] == "350.00"

    def test_a_template_with_blanks_quotes_nothing(self) -> None:
        with pytest.raises(CannotRun, match="待填"):
            quote_stay(["national-2021"], QuoteOptions(DAY, "county", "100"))


class TestLedger:
    def test_the_year_so_far_comes_from_the_books(self, tmp_path: Path) -> None:
        """The same stay, at the bedside and in the next quarter's settlement."""
        person = made_books.PEOPLE[0]
        with made_books.new_books(tmp_path / "账.db") as books:
            made_books.post(
                books, made_books.run_period(stays(person, 2, [900_000]), "2010Q1", books)
            )
            later = made_books.run_period(stays(person, 5, [1_500_000]), "2010Q2", books)
        asked = QuoteOptions(
            date(2010, 5, 20), "county", "15000", "12000", ["农村低保户"],
            ledger=tmp_path / "账.db", person=person,
        )  # fmt: skip
        quote_stay(["huangzhong-2009"], asked, tmp_path / "页.html")
        (settled,) = later.stays.to_dicts()
        assert 0 < settled["assistance_before_fen"] < 600_000
        assert settled["assistance_due_fen"] == 600_000 - settled["assistance_before_fen"]
        html = (tmp_path / "页.html").read_text("utf-8")
        due = Decimal(settled["assistance_due_fen"]) / 100
        assert f"封顶尚余 {due:,.2f} 取小" in html
        assert person not in html

    def test_books_that_are_not_there_are_not_made(self, tmp_path: Path) -> None:
        asked = QuoteOptions(
            DAY, "county", "1", ledger=tmp_path / "无.db", person=made_books.PEOPLE[0]
        )
        with pytest.raises(CannotRun, match="没有台账可查"):
            quote_stay(["huangzhong-2009"], asked)
        assert not (tmp_path / "无.db").exists()

    def test_somebody_who_was_entitled_is_not_quoted_without_a_category(
        self, tmp_path: Path
    ) -> None:
        person = made_books.PEOPLE[0]
        with made_books.new_books(tmp_path / "账.db") as books:
            run = made_books.run_period(stays(person, 2, [900_000]), "2010Q1", books)
            made_books.post(books, run)
        asked = QuoteOptions(DAY, "county", "15000", ledger=tmp_path / "账.db", person=person)
        with pytest.raises(CannotRun, match="上次住院是农村低保户，这次没有写 --category"):
            quote_stay(["huangzhong-2009"], asked)
        quote_stay(["huangzhong-2009"], replace(asked, categories=["无"]))

    def test_half_an_id_is_not_looked_up(self, tmp_path: Path) -> None:
        with made_books.new_books(tmp_path / "账.db"):
            pass
        asked = QuoteOptions(DAY, "county", "1", ledger=tmp_path / "账.db", person="1234")
        with pytest.raises(CannotRun, match="身份证号无效"):
            quote_stay(["huangzhong-2009"], asked)


def stays(person: str, month: int, totals: list[int]) -> pl.DataFrame:
    """Stays of one person in a county hospital, four fifths of each bill eligible, assistance claimed."""
    return made_books.stays(
        {
            "row": number + 2, "hospital_raw": "县级医院", "stay_no": f"{month}-{number}",
            "name": "人0", "id_raw": person, "admitted_on": date(2010, month, 1 + number),
            "discharged_on": date(2010, month, 20), "total_fen": total,
            "eligible_fen": total * 4 // 5, "basic_claimed_fen": 1, "assistance_claimed_fen": 1,
        }
        for number, total in enumerate(totals)
    )  # fmt: skip


OF_A_HOUSEHOLD = str(Path(__file__).parents[1] / "made" / "rules" / "quanhu-2024.toml")
WHOLE: dict[str, Any] = {
    "day": date(2024, 5, 1), "total": "30000", "given": ["basic=10000"], "categories": ["低保对象"],
}  # fmt: skip


def test_a_household_of_which_nothing_is_said_leaves_an_upper_bound() -> None:
    """每人每年不超过6000元: half of 20,000 is more."""
    told = quoted(OF_A_HOUSEHOLD, **WHOLE)
    assert told.row["assistance_check"] == "bound"
    assert told.row["assistance_paid_fen"] == 600_000
    (line,) = [
        line
        for group in told.explanation.parts[0].groups
        for line in group.lines
        if line.label == "全户限额"
    ]
    assert "家里别人本年补了多少没有告知，医疗救助只能给出上限" in str(line)
    assert "--household 医疗救助=" in str(line)


def test_what_the_household_has_had_leaves_the_rest_of_its_limit() -> None:
    """全年不超过10000元, of which 7,000 are used; the person's own 1,000 leave 5,000 of 6,000."""
    said = {"household": ["医疗救助=7000"], "used": ["医疗救助=1000"]}
    told = quoted(OF_A_HOUSEHOLD, **WHOLE, **said)
    assert (told.row["assistance_check"], told.row["assistance_due_fen"]) == ("exact", 300_000)
    less = quoted(OF_A_HOUSEHOLD, **WHOLE, **{**said, "household": ["医疗救助=1000"]})
    assert less.row["assistance_due_fen"] == 500_000


@pytest.mark.parametrize(
    ("rules", "said", "sentence"),
    [
        (OF_A_HOUSEHOLD, ["居民医保=1", "医疗救助=1"], "--household 的“basic”没有全户限额"),
        (OF_A_HOUSEHOLD, ["居民医保=1"], "--household 没有写医疗救助"),
        (OF_A_HOUSEHOLD, ["医疗救助=9"], "--household 比 --used 写的本人已补还少"),
        ("huangzhong-2009", ["医疗救助=9"], "--household 的“assistance”没有全户限额"),
    ],
)
def test_a_household_that_cannot_be_is_refused(rules: str, said: list[str], sentence: str) -> None:
    with pytest.raises(CannotRun, match=sentence):
        quoted(rules, household=said, used=["医疗救助=10"])


def test_books_and_a_household_are_not_asked_at_once() -> None:
    asked = QuoteOptions(DAY, "county", "1", household=["医疗救助=9"], person=made_books.PEOPLE[0])
    with pytest.raises(CannotRun, match="不能和 --id（查台账）同时写"):
        quote_stay([OF_A_HOUSEHOLD], asked)


def test_the_command_answers_in_eighty_columns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from onestop_cli.cli import main
    from onestop_cli.writers.toolkit.columns import text_width

    line = "quote --rules huangzhong-2009 --level county --category 五保户 --total 3000 --eligible 2400"
    monkeypatch.setattr(sys, "argv", ["onestop", *line.split()])
    with pytest.raises(SystemExit) as end:
        main()
    shown = capsys.readouterr().out
    assert end.value.code == 0
    assert "1,680.00" in shown
    assert "1,320.00" in shown
    assert max(text_width(text.rstrip()) for text in shown.splitlines()) <= 80
