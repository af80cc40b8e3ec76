"""Which rows and totals stand on statements."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onestop_cli.money import yuan
from onestop_cli.run import Run, load_run
from onestop_cli.statements.funds import funds_of
from onestop_cli.statements.indicators import figures, indicators
from onestop_cli.statements.patterns import (
    by_code,
    by_hospital,
    pattern_lines,
    patterns,
    shown_findings,
)
from onestop_cli.statements.patterns import with_reasons as reasoned
from onestop_cli.statements.remarks import checked_how_far, cover_lines, equation, rules_in_force
from onestop_cli.statements.statement import NOWHERE, SIDES, Statement, classes_of
from onestop_cli.tables.run_info import LayerInfo
from onestop_cli.writers.toolkit.run_folder import write_data
from tests.made.run import CLASSES, made_run, with_info, with_ledger

FOUR = ("basic", "assistance", "extra", "backstop")
GROUPED = ("hospitals", "categories", "townships", "levels")


@pytest.fixture(scope="module")
def run() -> Run:
    return made_run()


@pytest.fixture(scope="module")
def statement(run: Run) -> Statement:
    return Statement(run)


@pytest.fixture(scope="module")
def beside(run: Run) -> Statement:
    """The statement of the same run, made against a ledger."""
    return Statement(with_ledger(run))


@pytest.fixture(scope="module")
def findings(run: Run) -> pl.DataFrame:
    return shown_findings(run)


def changed(run: Run, **columns: pl.Expr) -> Statement:
    """The statement of the run with some columns of its stays changed."""
    return Statement(replace(run, stays=run.stays.with_columns(**columns)))


def first(column: str, value: object) -> pl.Expr:
    """`value` in the first row of `column`."""
    row = pl.int_range(pl.len())
    return pl.when(row == 0).then(pl.lit(value)).otherwise(pl.col(column))


@pytest.mark.parametrize("grouping", GROUPED)
def test_every_table_adds_up_to_the_county(statement: Statement, grouping: str) -> None:
    """人数 alone may be less: one person can be in two groups."""
    rows = getattr(statement, grouping)
    added = set(statement.total) - {"people", "rate"}
    assert {name: rows[name].sum() for name in added} == {n: statement.total[n] for n in added}


def test_a_run_of_one_scheme_has_no_table_by_document(statement: Statement) -> None:
    assert statement.documents.is_empty()


@pytest.mark.parametrize("grouping", GROUPED)
def test_rows_are_numbered_from_one(statement: Statement, grouping: str) -> None:
    numbers = getattr(statement, grouping)["number"].to_list()
    assert numbers == list(range(1, len(numbers) + 1))


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), layers=st.sampled_from([FOUR[:2], FOUR]))
def test_claimed_is_payable_and_deducted_and_held_everywhere(
    seed: int, layers: tuple[str, ...]
) -> None:
    """The printed check equation closes for every hospital and layer, and its parts are the run's."""
    run = made_run(40, layers=layers, seed=seed)
    lines = Statement(run).equations
    assert (lines["claimed"] == lines["payable"] + lines["deducted"] + lines["held"]).all()
    assert lines["claimed"].sum() == sum(
        int(run.stays[f"{layer}_claimed_fen"].sum()) for layer in layers
    )


def test_a_funds_payment_is_payable_plus_offset(run: Run, statement: Statement) -> None:
    for fund in statement.funds:
        paid = sum(
            int(run.stays[f"{layer}_{part}_fen"].sum())
            for layer in fund.layers
            for part in ("payable", "offset")
        )
        assert statement.total[f"{fund.key}_payment_fen"] == paid


def test_assistance_by_class_adds_up_to_assistance(statement: Statement) -> None:
    whole = sum(statement.total[f"{group.key}_fen"] for group in statement.classes)
    assert whole == statement.total["assistance_paid_fen"] > 0


def test_assistance_for_people_without_a_class_is_shown_as_other(run: Run) -> None:
    other = changed(run, category=first("category", None), status=first("status", "settled"))
    assert [group.label for group in other.classes] == ["一类", "五保户", "重点优抚对象", NOWHERE]
    whole = sum(other.total[f"{group.key}_fen"] for group in other.classes)
    assert whole == other.total["assistance_paid_fen"]


def test_a_class_of_one_category_goes_by_its_name() -> None:
    assert [group.label for group in classes_of(CLASSES)] == ["一类", "五保户", "重点优抚对象"]


def test_layers_of_one_fund_are_paid_together() -> None:
    layers = [
        LayerInfo("basic", "基本", "computed", "居民医保基金"),
        LayerInfo("assistance", "医疗救助", "computed", "医疗救助资金"),
        LayerInfo("extra", "倾斜救助", "computed", "医疗救助资金"),
        LayerInfo("waiver", "医院减免", "waiver", ""),
    ]
    assert [(fund.name, fund.layers) for fund in funds_of(layers)] == [
        ("居民医保基金", ("basic",)),
        ("医疗救助资金", ("assistance", "extra")),
    ]


def test_visits_and_costs_are_those_of_settled_stays(run: Run, statement: Statement) -> None:
    settled = run.stays.filter(pl.col("status") == "settled")
    assert statement.total["stays"] == len(settled) < len(run.stays)
    assert statement.total["total_fen"] == settled["total_fen"].sum()


def test_reversed_rows_are_in_no_total(run: Run) -> None:
    reversed_one = changed(run, status=first("status", "reversed"))
    assert reversed_one.total["claims"] == len(run.stays) - 1


def test_one_person_in_two_hospitals_is_one_person(run: Run) -> None:
    same = changed(run, id_no=pl.lit(run.stays["id_no"][0]))
    assert same.total["people"] == 1
    assert same.hospitals["people"].to_list() == [1] * len(same.hospitals)


def test_only_the_last_four_of_an_id_are_shown(statement: Statement) -> None:
    assert statement.stays["id_shown"].str.len_chars().max() == 8
    assert statement.stays["id_shown"].str.starts_with("****").all()


def test_hospitals_stand_by_level_and_name(statement: Statement) -> None:
    assert statement.hospitals["level_name"].unique(maintain_order=True).to_list() == [
        "乡级", "县级", "市级"
    ]  # fmt: skip


def test_a_hospital_off_the_register_is_listed_last(run: Run) -> None:
    stranger = changed(run, level=first("level", None), hospital=first("hospital", "甲医院"))
    last = stranger.hospitals.row(-1, named=True)
    assert (last["hospital"], last["level_name"]) == ("甲医院", "非定点")


def test_people_without_a_township_stand_under_other_at_the_end(run: Run) -> None:
    lost = changed(run, township=first("township", None))
    assert lost.townships["township"][-1] == NOWHERE


def test_what_patients_are_owed_is_listed_by_village(statement: Statement) -> None:
    owed = statement.owed
    assert owed["patient_owed_fen"].sum() == statement.total["patient_owed_fen"] > 0
    assert owed.select("township", "village").rows() == sorted(
        owed.select("township", "village").rows()
    )


def test_the_rate_is_rounded_half_up(run: Run) -> None:
    odd = changed(
        replace(run, stays=run.stays.head(1)),
        status=pl.lit("settled"),
        total_fen=pl.lit(80_000, pl.Int64),
        basic_payable_fen=pl.lit(4),
        basic_offset_fen=pl.lit(0),
        assistance_payable_fen=pl.lit(0),
        assistance_offset_fen=pl.lit(0),
    )
    assert odd.total["rate"] == 1  # 0.005 % is 0.5 ten-thousandths


class TestAdjustments:
    """Lines for closed periods change what is paid, and nothing else."""

    def test_payment_is_the_periods_own_and_the_adjustments(
        self, beside: Statement, statement: Statement
    ) -> None:
        assert beside.total["all_adjusted_fen"] == 10_000
        assert beside.total["all_payment_fen"] == statement.total["all_payment_fen"] + 10_000

    def test_nothing_else_changes(self, beside: Statement, statement: Statement) -> None:
        moved = {name for name in statement.total if statement.total[name] != beside.total[name]}
        assert moved == {
            f"{key}_{side}_fen" for key in ("fund0", "all") for side in ("adjusted", "payment")
        }

    def test_a_hospital_known_only_from_the_ledger_has_its_line(self, run: Run) -> None:
        books = with_ledger(run)
        lines = books.adjustments.with_columns(hospital=pl.lit("停业卫生院"))
        closed = Statement(replace(books, adjustments=lines)).hospitals
        row = closed.filter(hospital="停业卫生院").row(0, named=True)
        assert (row["claims"], row["people"], row["all_payment_fen"]) == (0, 0, 10_000)

    def test_a_folder_of_an_earlier_version_can_be_read(self, run: Run, tmp_path: Path) -> None:
        """Its adjustment lines do not say how visits and costs change."""
        old = with_ledger(run)
        lines = old.adjustments.drop("visits", "total_fen", "eligible_fen")
        write_data(replace(old, adjustments=lines), tmp_path)
        again = Statement(load_run(tmp_path))
        assert again.total["all_adjusted_fen"] == 10_000
        assert figures(again).stays == again.total["stays"]

    def test_a_late_stay_is_listed_with_its_period(self, run: Run) -> None:
        late = changed(run, belongs_to=first("status", "2010Q3").replace({"settled": None}))
        assert "2010Q3" in late.late["belongs_to"].to_list()


def counted_as(run: Run, **counts: int) -> Statement:
    """The statement of the run with the counts of its year."""
    return Statement(with_info(run, counts_by_year={"2010": counts}))


class TestIndicators:
    """One definition each."""

    def test_rates_and_means(self, statement: Statement) -> None:
        shown = {name: value for name, value, _, _ in indicators(statement)}
        total = statement.total
        assert shown["实际补偿比"] == total["rate"]
        assert shown["次均住院费用"] == round(total["total_fen"] / total["stays"])

    def test_without_the_counts_of_the_year_admissions_are_no_rate(self, run: Run) -> None:
        """Never a guess: not even where a roster was given."""
        shown = {name: (value, how) for name, value, _, how in indicators(Statement(run))}
        for name, key in (("救助对象住院率", "roster"), ("参合人员住院率", "insured")):
            assert shown[name][0] is None
            assert f"[counts.2010] 加一行 {key} = 人数" in shown[name][1]

    def test_rates_of_admission_stand_beside_each_other(self, run: Run) -> None:
        farmer = replace(run, stays=run.stays.with_columns(category=first("category", None)))
        counted = counted_as(farmer, roster=1_000, insured=10_000)
        assisted = counted.stays.filter(pl.col("settled") & (pl.col("category") != "无救助身份"))
        shown = {name: value for name, value, _, _ in indicators(counted)}
        assert shown["救助对象住院率"] == assisted.height * 10
        assert shown["参合人员住院率"] == counted.total["stays"]

    def test_a_whole_year_goes_by_the_insurances_own_stays(self, run: Run) -> None:
        year = with_info(run, period="2010")
        shown = {
            n: v for n, v, _, _ in indicators(counted_as(year, insured=1_000, insured_stays=84))
        }
        assert shown["参合人员住院率"] == 840

    def test_reports_of_assisted_people_only_tell_nothing_of_all_insured(self, run: Run) -> None:
        only = replace(run, stays=run.stays.with_columns(category=pl.lit("五保户")))
        shown = {name: value for name, value, _, _ in indicators(counted_as(only, insured=1_000))}
        assert shown["参合人员住院率"] is None

    def test_how_much_of_a_fund_is_used(self, statement: Statement, beside: Statement) -> None:
        """Approved by what there was: opening balance and advances; without books 无法计算."""
        assert {v for n, v, _, _ in indicators(statement) if n.endswith("使用率")} == {None}
        fund = next(fund for fund in beside.funds if fund.name == "医疗救助资金")
        shown = {name: value for name, value, _, _ in indicators(beside)}
        assert shown["医疗救助资金使用率"] == round(
            beside.total[f"{fund.key}_payment_fen"] * 10_000 / 31_000_000
        )

    def test_what_changes_for_closed_stays_is_in_every_indicator(self, run: Run) -> None:
        books = with_ledger(run)
        change = {"visits": 1, "total_fen": 50_000, "self_fen": 7_000}
        released = Statement(replace(books, adjustments=books.adjustments.tail(1).with_columns(**{
            name: pl.lit(value, pl.Int64) for name, value in change.items()
        })))  # fmt: skip
        bare, with_it = figures(Statement(run)), figures(released)
        assert (with_it.stays, with_it.cost) == (bare.stays + 1, bare.cost + 50_000)
        assert (with_it.own, with_it.paid) == (bare.own + 7_000, bare.paid + 20_000)

    def test_without_stays_nothing_can_be_computed(self, run: Run) -> None:
        none = Statement(replace(run, stays=run.stays.clear()))
        assert {value for _, value, _, _ in indicators(none)} <= {None, 0}


class TestRemarks:
    """What a statement says about itself."""

    def test_assumed_dates_are_marked(self, run: Run) -> None:
        assert "起始日、止日为推定" in rules_in_force(run)[0]

    def test_bound_and_unchecked_layers_are_said(self, run: Run) -> None:
        settled = pl.col("status") == "settled"
        partly = changed(
            run,
            basic_check=pl.when(settled).then(pl.lit("none")).otherwise(pl.lit("none")),
            assistance_check=first("assistance_check", "bound"),
        )
        basic, assistance = checked_how_far(partly.run)
        assert "未核" in basic
        assert "逐笔重算" not in basic
        assert "仅核上限 1 笔" in assistance

    def test_the_equation_is_printed_with_its_amounts(self, statement: Statement) -> None:
        assert equation(statement).count(" + ") == 2

    def test_decisions_are_named_with_their_hash(self, run: Run) -> None:
        lines = dict(cover_lines(Statement(with_ledger(run))))
        assert lines["处理意见"].startswith("处理意见.xlsx，1 条（SHA-256 bbbb")


class TestPatterns:
    """Findings, counted."""

    def test_every_finding_is_shown(self, run: Run, findings: pl.DataFrame) -> None:
        assert len(findings) == len(run.findings)
        assert findings["number"].to_list() == list(range(1, len(findings) + 1))

    def test_grave_findings_come_first(self, findings: pl.DataFrame) -> None:
        order = findings["severity"].unique(maintain_order=True).to_list()
        assert order == ["blocks", "differs", "notes"]

    def test_codes_and_hospitals_count_all_findings(
        self, statement: Statement, findings: pl.DataFrame
    ) -> None:
        assert by_code(statement, findings)["cases"].sum() == len(findings)
        hospitals = by_hospital(statement, findings)
        counted = hospitals.select(pl.sum_horizontal("blocks", "differs", "notes").sum()).item()
        assert counted == len(findings)

    def test_over_and_under_are_not_netted(
        self, statement: Statement, findings: pl.DataFrame
    ) -> None:
        differs = findings.filter(pl.col("severity") == "differs")["diff_fen"]
        codes = by_code(statement, findings)
        assert codes["over_fen"].sum() == differs.filter(differs > 0).sum()
        assert codes["under_fen"].sum() == -differs.filter(differs < 0).sum()

    def test_a_held_stay_with_two_findings_counts_under_both(self, run: Run) -> None:
        held = run.stays.filter(pl.col("status") == "held").head(1)
        twice = run.findings.join(held, on=["source", "row"], how="semi")
        both = pl.concat([twice, twice.with_columns(code=pl.lit("ST03"))])
        few = replace(run, findings=both)
        codes = by_code(Statement(few), shown_findings(few))
        amount = held.select(pl.sum_horizontal("basic_held_fen", "assistance_held_fen")).item()
        assert codes["held_fen"].to_list() == [amount, amount]

    def test_a_pattern_is_one_sentence(self, findings: pl.DataFrame) -> None:
        top = patterns(findings).row(0, named=True)
        line = pattern_lines(findings, 1)[0]
        assert line.startswith(f"{top['hospital']} {top['when']}{top['layer_name']}")
        assert line.endswith(f"{top['cases']} 例，{top['way']} {yuan(top['amount_fen'])} 元")

    def test_patterns_are_sorted_by_amount(self, findings: pl.DataFrame) -> None:
        amounts = patterns(findings)["amount_fen"].to_list()
        assert amounts == sorted(amounts, reverse=True)

    def test_reasons_are_on_every_stay_with_money_at_stake(
        self, statement: Statement, findings: pl.DataFrame
    ) -> None:
        told = reasoned(statement.stays, findings)
        assert len(told) == len(statement.stays)
        grave = told.filter((pl.col("all_deducted_fen") > 0) | (pl.col("status") == "held"))
        assert grave["reason"].null_count() == 0


def test_the_sides_of_all_funds_are_the_sum_of_each(statement: Statement) -> None:
    for side in SIDES:
        funds = sum(statement.total[f"{fund.key}_{side}_fen"] for fund in statement.funds)
        assert statement.total[f"all_{side}_fen"] == funds


def test_hospitals_are_paid_where_the_register_says(run: Run) -> None:
    """Payee, bank and account under the county's own headers; without them the hospital itself is the payee."""
    names = Statement(run).hospitals["hospital"].to_list()
    register = pl.DataFrame(
        {
            "hospital": names[:2],
            "户名": ["卫生局核算中心", None],
            "开户行": ["信用社", None],
            "账 号": ["x", "y"],
        }
        | {"账号": ["0012345678901234567", None]}
    )
    rows = Statement(replace(run, register=register)).hospitals.select("payee", "bank", "account")
    assert rows.row(0) == ("卫生局核算中心", "信用社", "0012345678901234567")
    assert rows.row(1) == (names[1], None, None)
    assert rows.height == len(names)
