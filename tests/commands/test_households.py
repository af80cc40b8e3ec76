"""A limit that a household shares (以户为单位), over months, with rosters and books as an office has them."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from onestop_cli.cli import run
from onestop_cli.core.identify import make_id
from tests.made.rule_county import stays_of
from tests.made.spoken import flat

RULE = Path(__file__).parents[1] / "made" / "rules" / "quanhu-2024.toml"
FATHER, MOTHER, CHILD, STRANGER = (make_id(f"6399011970010100{n}") for n in range(1, 5))
NAMES = {FATHER: "张父", MOTHER: "李母", CHILD: "张子", STRANGER: "王五"}
HOME = {FATHER: "7", MOTHER: "7", CHILD: "7", STRANGER: "8"}


def table(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*dict.fromkeys(name for row in rows for name in row)])
        writer.writeheader()
        writer.writerows(rows)


def stay(number: str, who: str, day: str, total: int, claimed: int) -> dict[str, Any]:
    return {
        "医疗机构": "县医院", "住院号": number, "姓名": NAMES[who], "身份证号": who,
        "入院日期": day, "出院日期": day, "结算日期": day, "总费用": total, "可补偿费用": total,
        "新农合补偿": 0, "医疗救助": claimed,
    }  # fmt: skip


def roster(*people: str, **homes: str) -> list[dict[str, Any]]:
    known = {**HOME, **{who: homes[name] for who, name in NAMES.items() if name in homes}}
    return [
        {
            "姓名": NAMES[who],
            "身份证号": who,
            "救助类别": "低保对象",
            "乡镇": "云谷乡",
            "户号": known[who],
        }
        for who in people or NAMES
    ]


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    table(tmp_path / "机构.csv", [{"医疗机构": "县医院", "机构级别": "县级"}])
    table(tmp_path / "花名册" / "花名册.csv", roster())
    (tmp_path / "onestop.toml").write_text(
        '[county]\nname = "示例县"\ncode = "6399"\n\n[reconcile]\nstays = ["住院"]\nroster = ["花名册"]\n'
        f'register = "机构.csv"\nrules = ["{RULE.as_posix()}"]\n',
        "utf-8",
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def month(county: Path, period: str, *rows: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The stays of a month's run by number."""
    table(county / "住院" / "住院.csv", rows)
    assert run(["reconcile", "--quiet", "--period", period, "--out", period]) == 0
    return {row["stay_no"]: row for row in stays_of(county / period).to_dicts()}


def closed(county: Path, period: str, *rows: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = month(county, period, *rows)
    assert run(["close", period, "--ledger", "台账.sqlite"]) == 0
    return found


def opened() -> None:
    assert run(["ledger", "open", "--from", "2024-01-01", "--ledger", "台账.sqlite"]) == 0


JANUARY = stay("1", FATHER, "2024-01-10", 12_000, 6_000)
FEBRUARY = (
    stay("2", MOTHER, "2024-02-10", 12_000, 6_000),
    stay("3", STRANGER, "2024-02-11", 12_000, 6_000),
)


def test_members_whose_stays_are_closed_count_though_they_are_in_no_file(county: Path) -> None:
    """The father had 6,000 of 10,000 in January: 4,000 are left to the mother; the neighbour has a limit of his own."""
    opened()
    closed(county, "2024-01", JANUARY)
    found = closed(county, "2024-02", *FEBRUARY)
    assert {no: row["assistance_due_fen"] for no, row in found.items()} == {
        "2": 400_000,
        "3": 600_000,
    }
    assert found["2"]["assistance_deducted_fen"] == 200_000
    assert run(["ledger", "verify", "--ledger", "台账.sqlite"]) == 0


def test_month_by_month_is_one_run_over_all_of_them(county: Path) -> None:
    whole = month(county, "2024Q1", JANUARY, *FEBRUARY)
    assert {no: row["assistance_due_fen"] for no, row in whole.items()} == {
        "1": 600_000, "2": 400_000, "3": 600_000,
    }  # fmt: skip


def test_what_was_claimed_goes_first_across_the_household(county: Path) -> None:
    """The father claimed nothing in January; the mother's and the child's 6,000 and 4,000 come before his."""
    rows = (
        stay("1", FATHER, "2024-01-10", 12_000, 0),
        stay("2", MOTHER, "2024-02-10", 12_000, 6_000),
        stay("3", CHILD, "2024-03-10", 12_000, 4_000),
    )
    found = month(county, "2024Q1", *rows)
    assert [found[no]["assistance_due_fen"] for no in "123"] == [0, 600_000, 400_000]


def test_somebody_struck_off_the_roster_still_counts_by_the_books(county: Path) -> None:
    opened()
    closed(county, "2024-01", JANUARY)
    table(county / "花名册" / "花名册.csv", roster(MOTHER, STRANGER))
    assert month(county, "2024-02", *FEBRUARY)["2"]["assistance_due_fen"] == 400_000


def test_a_late_claim_of_one_member_changes_what_another_was_due(county: Path) -> None:
    """A stay of January comes in March: its 5,000 stand before the mother's 6,000 of February and leave her 5,000."""
    opened()
    closed(county, "2024-02", FEBRUARY[0])
    late = stay("1", FATHER, "2024-01-10", 10_000, 5_000)
    found = month(county, "2024-03", late, stay("4", STRANGER, "2024-03-10", 100, 50))
    assert found["1"]["assistance_due_fen"] == 500_000
    lines = pl.read_parquet(county / "2024-03" / "data" / "adjustments.parquet")
    assert lines.select("stay_no", "kind", "assistance_payable_fen").rows() == [
        ("2", "重算", -100_000)
    ]


def test_a_number_put_right_is_worked_out_again_with_the_household(county: Path) -> None:
    """The mother stood under another number in February; put right, she shares with the father, whose month stands."""
    opened()
    closed(county, "2024-01", JANUARY)
    table(county / "花名册" / "花名册.csv", roster(李母="9"))
    assert closed(county, "2024-02", FEBRUARY[0])["2"]["assistance_due_fen"] == 600_000
    table(county / "花名册" / "花名册.csv", roster())
    table(county / "住院" / "住院.csv", [stay("4", STRANGER, "2024-03-10", 100, 50)])
    asked = ["reconcile", "--quiet", "--period", "2024-03", "--recompute", "2024-02"]
    assert run([*asked, "--out", "2024-03"]) == 0
    lines = pl.read_parquet(county / "2024-03" / "data" / "adjustments.parquet")
    told = lines.select("stay_no", "kind", "because", "assistance_payable_fen")
    assert told.rows() == [("2", "更正", "户号改了", -200_000)]


@pytest.mark.parametrize(
    "homes",
    [roster(李母=""), [*roster(), *roster(MOTHER, 李母="9")]],
    ids=["no number", "two numbers"],
)
def test_somebody_of_no_known_household_is_bound_checked(
    homes: list[dict[str, Any]], county: Path
) -> None:
    table(county / "花名册" / "花名册.csv", homes)
    found = month(county, "2024Q1", JANUARY, *FEBRUARY)
    assert (found["2"]["assistance_check"], found["2"]["assistance_bound_fen"]) == (
        "bound",
        600_000,
    )
    assert found["2"]["assistance_payable_fen"] == 600_000
    assert found["3"]["assistance_check"] == "exact"
    told = json.loads((county / "2024Q1" / "run.json").read_text("utf-8"))["warnings"]
    assert any("1 个在册的人没有户号，或在花名册上有几个户号" in line for line in told)


def test_a_number_is_one_of_its_township(county: Path) -> None:
    homes = roster()
    homes[1]["乡镇"] = "青石乡"
    table(county / "花名册" / "花名册.csv", homes)
    assert month(county, "2024Q1", JANUARY, *FEBRUARY)["2"]["assistance_due_fen"] == 600_000


def test_the_finding_names_the_households_limit(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    month(county, "2024Q1", JANUARY, *FEBRUARY)
    (found,) = (
        pl.read_parquet(county / "2024Q1" / "data" / "findings.parquet")
        .filter(code="CA01")
        .to_dicts()
    )
    assert found["message"] == (
        "医疗救助全户年度限额 10000.00，本笔之前全户已用 6000.00，本笔应为 4000.00，申报 6000.00"
    )
    capsys.readouterr()
    assert run(["explain", "2024Q1", "2"]) == 0
    said = capsys.readouterr().out
    assert "全户年度限额 10,000.00 − 此前全户已补 6,000.00" in said
    assert "全户年度限额 全户每年 10,000 元" in said.replace("\n", "")


def test_simulating_deals_a_households_limit_out_again(county: Path) -> None:
    """Today 6,000, 4,000 and 6,000; with 12,000 for a household the mother has 6,000, too."""
    month(county, "2024Q1", JANUARY, *FEBRUARY)
    change = "assistance.household_cap=12000"
    assert (
        run(["simulate", "2024Q1", "--rules", str(RULE), "--change", change, "--out", "测算"]) == 0
    )
    (told,) = json.loads((county / "测算" / "simulate.json").read_text("utf-8"))["variants"]
    assert told["layers"]["assistance"] == {"before_fen": 1_600_000, "after_fen": 1_800_000}


def test_what_the_books_began_with_counts_for_the_household(county: Path) -> None:
    """期初: the child was paid 7,000 before the books; 3,000 are left."""
    table(
        county / "期初.csv",
        [{"身份证号": CHILD, "姓名": NAMES[CHILD], "年度": 2024, "补偿种类": "医疗救助", "次数": 1,
          "费用": 14_000, "起付线已用": 0, "基数累计": 14_000, "已补偿": 7_000}],
    )  # fmt: skip
    asked = [
        "ledger",
        "open",
        "--from",
        "2024-02-01",
        "--before",
        "期初.csv",
        "--ledger",
        "台账.sqlite",
    ]
    assert run(asked) == 0
    assert month(county, "2024-02", *FEBRUARY)["2"]["assistance_due_fen"] == 300_000


def test_a_closed_stay_is_explained_with_its_household(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    opened()
    closed(county, "2024-01", JANUARY)
    closed(county, "2024-02", *FEBRUARY)
    month(county, "2024-03", stay("4", STRANGER, "2024-03-10", 100, 50))
    capsys.readouterr()
    assert run(["explain", "2024-03", "2"]) == 0
    assert "此前全户已补 6,000.00" in capsys.readouterr().out


def test_explain_says_whose_stays_used_the_households_limit(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of this run by name and place; of periods that are closed as one line from the books."""
    month(county, "2024Q1", JANUARY, *FEBRUARY)
    capsys.readouterr()
    assert run(["explain", "2024Q1", "2"]) == 0
    said = flat(capsys.readouterr().out)
    assert f"{JANUARY['姓名']}2024-01-10出院，县医院，住院号16,000.00" in said
    assert "医疗救助此前全户已补6,000.00" in said
    assert run(["explain", "2024Q1", "3"]) == 0
    assert "此前全户已补" not in flat(capsys.readouterr().out).partition("本年此前各笔")[2]
    opened()
    closed(county, "2024-01", JANUARY)
    month(county, "2024-02", *FEBRUARY)
    capsys.readouterr()
    assert run(["explain", "2024-02", "2"]) == 0
    assert "此前已关账各期（台账）6,000.00" in flat(capsys.readouterr().out)


def test_in_parts_such_a_document_is_refused(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    month(county, "2024Q1", JANUARY, *FEBRUARY)
    stays_of(county / "2024Q1").write_parquet("住院.parquet")
    asked = ["reconcile", "--quiet", "--period", "2024Q1", "--out", "分批", "--buckets", "2"]
    assert run([*asked, "--stays", "住院.parquet"]) == 2
    assert "政策文件有全户限额，分批核对会把一户的人分到几批" in capsys.readouterr().err
