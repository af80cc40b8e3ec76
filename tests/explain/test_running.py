"""每天预结算: a stay that is still going on, day by day, and what is left of the year."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from onestop_cli.batch.quote import QuoteOptions, quote_stay
from onestop_cli.cli import run
from onestop_cli.errors import CannotRun
from onestop_cli.money import yuan
from onestop_cli.rulebook.cases import load_cases
from onestop_cli.rulebook.library import load_rule
from tests.explain.test_quote import DAY, stays
from tests.made import books as made_books
from tests.made.rule_county import CaseCounty

BILL = "日期,总费用,可补偿费用\n2010-11-01,1200,900\n2010-11-02,900.50,700\n2010-11-03,6000,5000\n"
QUOTE = ["quote", "--rules", "huangzhong-2009", "--level", "county"]


@pytest.fixture
def days(tmp_path: Path) -> str:
    (tmp_path / "每天.csv").write_text(BILL, "utf-8")
    return str(tmp_path / "每天.csv")


def lines_of(screen: str) -> list[str]:
    """The lines of a screen, those that belong together as one."""
    return screen.replace("\n" + " " * 14, "").splitlines()


def test_every_day_has_what_is_covered_until_then(
    days: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """By hand: 900 × 70 % = 630; of 570 the first 500 at 60 % and 70 at 65 % are 345.50. Next day 1,120 and
    300 + 480.50 × 65 % = 612.33; then 4,620 and 300 + 325 + 350 + 375 + 1,480.50 × 80 % = 2,534.40."""
    assert run([*QUOTE, "--category", "农村低保户", "--days", days]) == 0
    said = " ".join(capsys.readouterr().out.split())
    for amount in ("345.50", "612.33", "2,534.40", "630.00", "1,120.00", "4,620.00"):
        assert amount in said
    for own in ("224.50", "368.17", "946.10"):
        assert own in said
    assert "当天自付 577.93" in said


def test_the_last_day_is_the_quote_of_the_whole_bill(
    days: str, capsys: pytest.CaptureFixture[str]
) -> None:
    who = ["--category", "农村低保户"]
    assert run([*QUOTE, *who, "--days", days]) == 0
    with_days = capsys.readouterr().out
    sums = ["--total", "8100.50", "--eligible", "6600", "--on", "2010-11-03"]
    assert run([*QUOTE, *who, *sums]) == 0
    whole = capsys.readouterr().out
    assert with_days.endswith(whole[whole.index("【测算结果】") :])


@pytest.mark.parametrize(("used", "left"), [("3000", "465.60"), ("5000", "0.00"), ("6000", "0.00")])
def test_what_is_left_of_the_year_is_told(
    days: str, used: str, left: str, capsys: pytest.CaptureFixture[str]
) -> None:
    aid = ["--category", "农村低保户", "--used", f"assistance={used}"]
    assert run([*QUOTE, *aid, "--days", days]) == 0
    year = capsys.readouterr().out.partition("【本年额度")[2].partition("【")[0]
    assert "年度封顶 6,000.00" in year
    assert left in year


def test_each_day_comes_after_the_closed_stays_and_never_after_the_day_before(
    tmp_path: Path,
) -> None:
    """The last day's bill is due what the next quarter's settlement gives on the whole stay."""
    person = made_books.PEOPLE[0]
    with made_books.new_books(tmp_path / "账.db") as books:
        made_books.post(books, made_books.run_period(stays(person, 2, [900_000]), "2010Q1", books))
        later = made_books.run_period(stays(person, 5, [1_500_000]), "2010Q2", books)
    (tmp_path / "每天.csv").write_text(
        "日期,总费用,可补偿费用\n2010-05-18,5000,4000\n2010-05-20,10000,8000\n", "utf-8"
    )
    asked = QuoteOptions(
        date(2010, 5, 20), "county", None, categories=["农村低保户"],
        ledger=tmp_path / "账.db", person=person, days=tmp_path / "每天.csv",
    )  # fmt: skip
    quote_stay(["huangzhong-2009"], asked, tmp_path / "页.html")
    (settled,) = later.stays.to_dicts()
    html = (tmp_path / "页.html").read_text("utf-8")
    due, before = settled["assistance_due_fen"], settled["assistance_before_fen"]
    assert f"此前已补 {yuan(before)} − 本次 {yuan(due)}" in html
    assert person not in html


def test_without_an_eligible_column_only_the_most_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "每天.csv").write_text("日期,费用\n2010-11-01,1200\n", "utf-8")
    assert run([*QUOTE, "--category", "五保户", "--days", str(tmp_path / "每天.csv")]) == 0
    assert "新农合补偿 840.00（最多）" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"total": None}, "没有给出费用"),
        ({"total": "10", "days": Path("每天.csv")}, "--days 里已有每天的费用"),
        ({"total": None, "eligible": "10", "days": Path("每天.csv")}, "--days 里已有每天的费用"),
    ],
)
def test_a_bill_and_sums_exclude_each_other(asked: dict, said: str) -> None:
    with pytest.raises(CannotRun, match=said):
        quote_stay(["huangzhong-2009"], QuoteOptions(**{"day": DAY, "level": "county", **asked}))


def test_a_limit_of_so_many_months_is_called_that_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """4个月内累计救助不超过1500元: half of 4,000 − 1,000 is all of it."""
    rule = Path(__file__).parents[1] / "made" / "rules" / "lianxu-2024.toml"
    cases = load_cases(load_rule(rule))
    assert cases is not None
    CaseCounty(cases, tmp_path, rule.as_posix()).write()
    monkeypatch.chdir(tmp_path)
    assert run(["reconcile", "--quiet", "--period", "2024", "--out", "报"]) == 0
    found = pl.read_parquet("报/data/findings.parquet").filter(code="CA02")
    assert "医疗救助连续 4 个月累计 1500.00，限额 1500.00，余 0.00" in found["message"].to_list()
    capsys.readouterr()
    assert run(["explain", "报", "案005-1"]) == 0
    said = capsys.readouterr().out.partition("【医疗救助】")[2].partition("【")[0]
    assert "4 个月限额尚余" in said and "与 限额尚余 1,500.00 取小" in said
    assert "依据 限额 1,500 元（连续 4 个月累计）" in said
    assert "封顶" not in said
    (tmp_path / "每天.csv").write_text("日期,总费用,可补偿费用\n2024-05-18,9000,9000\n", "utf-8")
    asked = ["quote", "--rules", rule.as_posix(), "--level", "county", "--days", "每天.csv"]
    assert run([*asked, "--category", cases.rule.categories.priority[0]]) == 0
    year = capsys.readouterr().out.partition("【额度")[2].partition("【")[0]
    assert "4 个月限额 1,500.00 − 前 4 个月已补 0.00" in year
