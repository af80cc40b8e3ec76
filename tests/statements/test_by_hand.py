"""What the centre pays to people itself: settled by the document, on a list, a sheet and postings of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from onestop_cli.batch.handed_in import of_reading
from onestop_cli.batch.papers import write_run
from onestop_cli.cli import run as onestop
from onestop_cli.county.periods import parse_period
from onestop_cli.county.settings import FileLayout, Settings
from onestop_cli.ledger.final_account import report
from onestop_cli.ledger.trial_balance import trial_balance, verify
from onestop_cli.notices.lines import posted
from onestop_cli.run import Run
from onestop_cli.statements.hospital_labels import labels_of
from onestop_cli.statements.letters import hospital_letters
from onestop_cli.statements.patterns import shown_findings
from onestop_cli.statements.statement import Statement
from onestop_cli.tables.by_hand import CODE, LEVEL, PAYEE
from onestop_cli.tables.schema import QUARANTINE, empty
from tests.ledger.test_ledger import a_stay, taken_back
from tests.made.books import PEOPLE, huangzhong, new_books, post, run_period, stays
from tests.made.reader_files import csv_bytes, person, read

AWAY = {"hospital_raw": "远山医院", "level_raw": "县级", "setl_type": CODE}
PAID = 168_000 + 132_000


def in_hospital() -> dict[str, Any]:
    """A stay that a hospital of the register advanced, claimed as due."""
    return a_stay(10, assistance_claimed_fen=132_000)


def by_hand(month: int = 10, **said: Any) -> dict[str, Any]:
    """A stay in a hospital that no register has, paid to the person."""
    about = {"name": "人8", "id_raw": PEOPLE[8], "stay_no": f"LX{month}", "row": 50 + month}
    return a_stay(month, **about, assistance_claimed_fen=105_600) | AWAY | said


@pytest.fixture
def run() -> Run:
    return run_period(stays([in_hospital(), by_hand(assistance_claimed_fen=120_000)]), "2010-10")


def test_it_is_settled_though_the_hospital_is_not_in_the_register(run: Run) -> None:
    first, second = run.stays.sort("row").to_dicts()
    assert (first["status"], second["status"]) == ("settled", "settled")
    assert (second["hospital"], second["level"]) == ("远山医院", "county")
    assert second["basic_due_fen"] == 168_000
    assert "HO01" not in run.findings["code"].to_list()


def test_without_a_level_it_waits_and_says_what_is_missing() -> None:
    run = run_period(stays([by_hand(level_raw=None)]), "2010-10")
    (found,) = run.findings.filter(code="RU01").to_dicts()
    assert run.stays["status"].to_list() == ["held"]
    assert "也没有看得懂的机构级别" in found["message"]


def test_a_hospital_of_the_register_keeps_its_level() -> None:
    run = run_period(stays([by_hand(hospital_raw="乡级医院", level_raw="省级")]), "2010-10")
    assert run.stays["level"].to_list() == ["township"]


def test_an_amount_that_is_not_due_is_not_paid(run: Run) -> None:
    assert run.findings["code"].to_list() == ["AM01"]
    (row,) = run.stays.filter(hospital="远山医院").to_dicts()
    assert row["assistance_payable_fen"] == row["assistance_due_fen"] < 120_000


def test_no_hospital_is_paid_for_it(run: Run) -> None:
    statement = Statement(run)
    lines = {line["hospital"]: line for line in statement.hospitals.to_dicts()}
    assert set(lines) == {"县级医院", PAYEE}
    assert lines["县级医院"]["all_payment_fen"] == PAID
    assert lines[PAYEE]["level_name"] == LEVEL
    assert statement.to_people["all_payment_fen"] == lines[PAYEE]["all_payment_fen"] > 0
    assert (
        sum(line["all_payment_fen"] for line in lines.values())
        == statement.total["all_payment_fen"]
    )


def test_a_run_without_any_pays_nothing_to_people() -> None:
    assert Statement(run_period(stays([in_hospital()]), "2010-10")).to_people == {}


def test_no_hospital_is_written_to_for_it(run: Run) -> None:
    letters = hospital_letters(Statement(run), shown_findings(run), huangzhong().book)
    assert list(letters) == []


def test_its_board_does_not_name_the_hospital(run: Run) -> None:
    assert set(posted(run, labels_of(run), {})["hospital"]) == {"县级医院", PAYEE}


def _whole(run: Run) -> Run:
    return replace(run, quarantine=empty(QUARANTINE))


def test_its_list_is_for_people_to_sign(run: Run, tmp_path: Path) -> None:
    write_run(_whole(run), tmp_path / "run", Settings())
    assert sorted(p.name for p in (tmp_path / "run/结算/机构").iterdir()) == ["县级医院.xlsx"]
    with_list = load_workbook(tmp_path / "run/结算/零星报销付款清单.xlsx")
    rows = list(with_list["付款清单"].iter_rows(values_only=True))
    assert any("编号：" in str(cell) and "-LS" in str(cell) for row in rows for cell in row)
    assert {"应付本人", "收款人", "开户银行", "账号", "签收"} <= set(rows[2])
    assert {"人8", "远山医院"} <= set(rows[3])
    assert PEOPLE[8] not in str(rows)
    refused = list(with_list["未付和扣减"].iter_rows(values_only=True))
    assert "人8" in refused[3]


def test_a_run_without_any_has_no_such_list(tmp_path: Path) -> None:
    run = run_period(stays([in_hospital()]), "2010-10")
    write_run(_whole(run), tmp_path / "run", Settings())
    assert not (tmp_path / "run/结算/零星报销付款清单.xlsx").exists()


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Any]:
    """Books with a month of both kinds, and the next one, which takes the person's back."""
    with new_books(tmp_path / "台账.sqlite") as books:
        post(books, run_period(stays([in_hospital(), by_hand()]), "2010-10", books))
        later = run_period(stays([taken_back(by_hand(), 11)]), "2010-11", books)
        post(books, later)
        yield books, later


def test_books_post_it_apart_and_take_it_back_apart(closed: Any) -> None:
    books, later = closed
    accounts = {(line.fund, line.account): line for line in trial_balance(books)}
    assert accounts["新农合基金", "拨付医疗机构"].debit == 168_000
    assert ("新农合基金", "零星报销付本人") not in accounts
    assert Statement(later).adjustments["hospital"].to_list() == [PAYEE]
    assert verify(books) == []


def test_the_years_account_has_a_line_for_it(tmp_path: Path) -> None:
    with new_books(tmp_path / "台账.sqlite") as books:
        post(books, run_period(stays([in_hospital(), by_hand()]), "2010-10", books))
        accounts = {(line.fund, line.account): line for line in trial_balance(books)}
        year = report(books, parse_period("2010"))
    assert accounts["新农合基金", "零星报销付本人"].debit == 168_000
    assert accounts["医疗救助资金", "零星报销付本人"].debit == 105_600
    assert year.hospitals["hospital"].to_list() == ["县级医院", PAYEE]
    assert LEVEL in year.levels["level_name"].to_list()


def cells(path: Path, sheet: str) -> dict[str, Any]:
    """The first two filled cells of every row of a sheet."""
    rows = load_workbook(path)[sheet].iter_rows(values_only=True)
    filled = [[cell for cell in row if cell is not None] for row in rows]
    return {str(row[0]): row[1] for row in filled if len(row) > 1}


@pytest.fixture
def months(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A county folder whose October paid a hospital and a person, its November a hospital only."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "onestop.toml").write_text('[reconcile]\nledger = "台账.sqlite"\n', "utf-8")
    with new_books(tmp_path / "台账.sqlite") as books:
        post(books, run_period(stays([in_hospital(), by_hand()]), "2010-10", books))
        november = a_stay(11, assistance_claimed_fen=132_000)
        post(books, run_period(stays([november]), "2010-11", books))
    return tmp_path


def test_the_months_cover_does_not_pay_it_to_hospitals(months: Path) -> None:
    assert onestop(["ledger", "month", "--period", "2010-10", "--out", "月.xlsx"]) == 0
    said = cells(months / "月.xlsx", "说明")
    assert said["新农合基金应拨医疗机构"] == said["新农合基金零星报销付本人"] == 1680
    assert said["医疗救助资金零星报销付本人"] == 1056


def test_a_month_without_any_still_shows_the_year_s(
    months: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """县级 3,000 元 each month, 付本人 2,736 元 in October: 8,736 元 in the year."""
    assert onestop(["ledger", "month", "--period", "2010-11"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    year = {words[0]: words[-1] for words in lines if len(words) == 5}
    assert year["付本人"] == "2,736.00"
    assert (year["县级"], year["合计"]) == ("6,000.00", "8,736.00")


def test_the_funds_accounts_say_what_went_to_people(tmp_path: Path) -> None:
    with new_books(tmp_path / "台账.sqlite") as books:
        run = run_period(stays([in_hospital(), by_hand()]), "2010-10", books)
    write_run(_whole(run), tmp_path / "run", Settings())
    book = tmp_path / "run/结算/县级结算汇总.xlsx"
    aid = cells(book, "表六 与民政局结算")
    assert aid["　其中：拨付医疗机构"] == 1320
    assert aid["　其中：零星报销付本人"] == 1056
    rows = list(load_workbook(book)["表十二 基金账户"].iter_rows(values_only=True))
    heads = next(row for row in rows if "拨付医疗机构" in row)
    basic = next(row for row in rows if "新农合基金" in row)
    assert [basic[heads.index(name)] for name in ("拨付医疗机构", "零星报销付本人")] == [1680, 1680]


def test_nobody_asks_to_register_the_hospital(tmp_path: Path) -> None:
    rows = [
        ["医疗机构", "姓名", "身份证号", "入院日期", "出院日期", "总费用", "医疗救助", "结算类别"],
        ["远山医院", "张三", person(1), "2024-05-01", "2024-05-09", "900.00", "100.00", CODE],
    ]
    told = read(tmp_path, {"零星.csv": csv_bytes(rows)})
    assert told.rows["setl_type"].to_list() == [CODE]
    assert of_reading(told, told, ["县级医院"], lambda text: None, {}).unknown == {}


def test_a_list_of_its_own_needs_no_column_for_it(tmp_path: Path) -> None:
    rows = [
        ["医疗机构", "机构级别", "姓名", "身份证号", "入院日期", "出院日期", "总费用", "医疗救助"],
        ["远山医院", "市级", "张三", person(1), "2024-05-01", "2024-05-09", "900.00", "100.00"],
    ]
    layout = FileLayout(file="零星*", paid_to="person")
    told = read(tmp_path, {"零星报销.csv": csv_bytes(rows)}, Settings(layout=(layout,)))
    plain = read(tmp_path, {"a.csv": csv_bytes(rows)})
    assert told.rows["setl_type"].to_list() == [CODE]
    assert plain.rows["setl_type"].to_list() == [None]
