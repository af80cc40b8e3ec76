"""Other rules on real stays: nothing moves without a reason, nobody is counted twice, nothing is guessed."""

from __future__ import annotations

from datetime import date
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onestop_cli.core.adjustments import no_adjustments
from onestop_cli.errors import CannotRun
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.library import known_rules, load_rules
from onestop_cli.rulebook.usable import unusable
from onestop_cli.run import Run
from onestop_cli.simulation import burdens as spread
from onestop_cli.simulation import caveats, impact
from onestop_cli.simulation.compare import Variant, VariantComparison, compare, exact, outcome, own
from onestop_cli.simulation.stays import TrialRun, gather
from onestop_cli.simulation.study import Trial, retrace
from tests.made import tried_years as years


def sums(comparison: VariantComparison) -> dict[str, tuple[int, int]]:
    """Layer → fen before and after."""
    table = impact.layers(comparison)
    return {row["layer"]: (row["before_fen"], row["after_fen"]) for row in table.to_dicts()}


def by_person(comparison: VariantComparison) -> pl.Series:
    return comparison.stays.group_by("id_no").agg(pl.col("change_fen").sum())["change_fen"]


# The run's own rule


@settings(max_examples=12)
@given(st.randoms(use_true_random=False))
def test_the_runs_own_rules_change_nothing(random: Random) -> None:
    """Random documents of every shape: over the year, by the document that governed or by day, to the fen."""
    run, rules = years.random_run(random, 30)
    if run.stays.is_empty():
        return
    year = gather([TrialRun("一期", run, rules)])
    before = outcome(year, own(year), "before")
    for layer in year.book.layers:
        posted = year.stays[f"{layer}_posted_fen"]
        assert before[f"{layer}_before_fen"].eq_missing(posted).all()
    comparison = compare(year, before, Variant("same", Rulebook(rules), "by-date"))
    assert comparison.stays["change_fen"].unique().to_list() == [0]
    found = impact.people(comparison)
    assert (found.gain, found.lose, found.same) == (0, 0, year.people)


def test_the_same_document_given_as_a_new_one_changes_nothing() -> None:
    """`--rules` with the run's own document, its days ignored."""
    comparison = years.other("huangzhong-2009")
    assert Trial(comparison, 300_000, {}).summary["gain"] == {"people": 0, "fen": 0}
    assert all(before == after for before, after in sums(comparison).values())


def test_claims_do_not_matter() -> None:
    """What hospitals ask for is not compared: other positive claims give the same entitlements."""
    claims = [f"{layer}_claimed_fen" for layer in ("basic", "assistance")]
    run = years.run()
    odd = run.stays.with_columns(
        pl.when(pl.col(name) > 0).then(pl.col(name) * 3 + 7).otherwise(name).alias(name)
        for name in claims
    )
    year = gather([years.part(years.with_stays(run, odd))])
    known = pl.col("basic_before_check") == "exact"
    assert outcome(year, own(year), "before").filter(known).equals(years.before().filter(known))


# What a change does


@settings(max_examples=10)
@given(st.integers(600_001, 3_000_000))
def test_a_raised_cap_never_lowers_anyone(cap: int) -> None:
    """Not a single stay of the layer, nor any person over all layers."""
    comparison = years.tried(("assistance.cap", f"{cap / 100:.2f}"))
    assert comparison.stays.filter(exact("assistance"))["change_fen"].min() == 0
    assert by_person(comparison).min() == 0


def test_a_raised_cap_below_another_layer_lowers_no_person() -> None:
    """More insurance leaves less for assistance, but never more to the patient."""
    comparison = years.tried(("basic.cap", "36000"))
    before, after = sums(comparison)["assistance"]
    assert after < before
    assert by_person(comparison).min() == 0 and by_person(comparison).max() > 0


def test_a_lowered_cap_lowers_exactly_those_it_reaches() -> None:
    """Everybody of the first class with more than 3,000 yuan today gets 3,000, and nobody else changes."""
    comparison = years.tried(("assistance.cap", "3000"))
    first = pl.col("category").is_in(["农村低保户", "60年代精简退职人员", "定期定量救济人员"])
    paid = comparison.stays.filter(first).group_by("id_no").agg(
        pl.col("assistance_before_fen", "assistance_after_fen").sum()
    )  # fmt: skip
    capped = paid["assistance_before_fen"].clip(upper_bound=300_000)
    assert paid["assistance_after_fen"].equals(capped, check_names=False)
    assert comparison.stays.filter(~first | first.is_null())["change_fen"].unique().to_list() == [0]
    assert impact.people(comparison).lose == (paid["assistance_before_fen"] > 300_000).sum()


def test_gains_less_losses_are_the_change_of_the_funds() -> None:
    """Whatever is compared: people and layers tell the same sum."""
    for comparison in (
        years.tried(("assistance.cap", "9000"), ("basic.rate[level=county,category=any]", "0.6")),
        years.other("dafang-2010"),
        years.other("dafang-2006-11"),
    ):
        found = impact.people(comparison)
        change = sum(after - before for before, after in sums(comparison).values())
        assert found.gain_fen - found.lose_fen == change
        assert found.gain + found.lose + found.same + found.unclear == years.year().people


def test_limits_count_the_people_they_hold() -> None:
    """Those who use up the year's limit, and what it cuts off."""
    row = impact.layers(years.tried(("assistance.cap", "100000"))).to_dicts()[1]
    paid = years.run().stays.filter(pl.col("assistance_cap_fen").is_not_null())
    full = paid.group_by("id_no").agg(pl.col("assistance_due_fen").sum() == 600_000)
    assert row["before_reached"] == full["assistance_due_fen"].sum() > row["after_reached"]
    cut = paid.select(pl.col("assistance_uncapped_fen") - pl.col("assistance_due_fen")).sum().item()
    assert row["before_cut_fen"] == cut > row["after_cut_fen"]


# Which stays


def test_a_cap_spans_runs() -> None:
    """Four quarters, each settled alone, are one year: the cap of 6,000 holds once, not four times."""
    stays = years.run().stays
    quarters = [
        years.with_stays(
            years.run(),
            stays.filter(pl.col("settled_or_discharged").dt.quarter() == q),
            f"2010Q{q}",
        )
        for q in (1, 2, 3, 4)
    ]
    year = gather([years.part(run, name=run.info.period) for run in reversed(quarters)])
    assert year.periods == ("2010Q4", "2010Q3", "2010Q2", "2010Q1")
    before = outcome(year, own(year), "before")
    assert before.equals(years.before())


def test_a_stay_in_two_runs_counts_once() -> None:
    year = gather([years.part(years.run()), years.part(years.run())])
    assert (len(year.stays), year.repeated) == (600, 600)
    assert "有 600 笔在几份结果里都有，只计一次" in list(caveats.about_year(year, years.before()))


def test_runs_that_disagree_about_a_stay_are_refused() -> None:
    dearer = years.run().stays.with_columns(
        total_fen=pl.when(pl.col("row") == 2).then(pl.col("total_fen") + 1).otherwise("total_fen")
    )
    parts = [
        years.part(years.run(), name="“一”"),
        years.part(years.with_stays(years.run(), dearer), name="“二”"),
    ]
    with pytest.raises(CannotRun, match="“一” 与 “二” 有 1 笔相同的住院内容不同"):
        gather(parts)


def test_documents_that_disagree_are_refused() -> None:
    """The same id with other terms in two runs: nobody knows which are today's rules."""
    (rule,) = years.huangzhong()
    other = rule.file.model_copy(
        update={"rounding": rule.file.rounding.model_copy(update={"unit": "yuan"})}
    )
    parts = [TrialRun("“一”", years.run(), (rule.file,)), TrialRun("“二”", years.run(), (other,))]
    with pytest.raises(CannotRun, match="“一” 与 “二” 所用的政策文件 huangzhong-2009 条款不同"):
        gather(parts)


def test_only_settled_stays_count() -> None:
    """Held, rejected and reversed ones stay out and are told."""
    odd = years.run().stays.with_columns(
        status=pl.when(pl.col("row") < 5).then(pl.lit("held")).otherwise("status")
    )
    year = gather([years.part(years.with_stays(years.run(), odd))])
    assert (len(year.stays), year.left_out) == (597, {"held": 3})


def test_nothing_to_try_on_is_refused() -> None:
    held = years.run().stays.with_columns(status=pl.lit("held"))
    with pytest.raises(CannotRun, match="没有一笔已结算的住院"):
        gather([years.part(years.with_stays(years.run(), held))])


def test_what_a_later_run_reverses_stays_out() -> None:
    """红冲 of a closed stay stands in the later run's adjustments; the stay itself in the earlier run."""
    gone = years.run().stays.row(0, named=True)
    blank = no_adjustments(["basic", "assistance"])
    line = {name: gone.get(name) for name in blank.columns}
    line |= {"kind": "红冲", "period": "2010", "status": "reversed"}
    later = years.with_stays(years.run(), years.run().stays.clear(), "2011")
    later = Run(
        later.info, later.stays, later.findings, later.roster, later.quarantine,
        pl.DataFrame([line], schema=blank.schema), later.documents,
    )  # fmt: skip
    year = gather([years.part(years.run()), years.part(later)])
    assert (len(year.stays), year.left_out) == (599, {"reversed": 1})


# What cannot be compared


SHIPPED = [
    rule.file.id
    for rule in load_rules([str(path) for path in known_rules().values()])
    if not unusable([rule])
]


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_document_can_be_tried(name: str) -> None:
    """Other groups, levels, layers and dimensions: all its papers can be filled, and the sums still agree."""
    tried = Trial(years.other(name), 300_000, {"county": 1_000})
    found = tried.people
    assert found.gain_fen - found.lose_fen == tried.total["change_fen"]
    assert found.gain + found.lose + found.same + found.unclear == years.year().people
    assert len(tried.retraced) == min(10, (tried.comparison.stays["change_fen"] != 0).sum())
    assert (
        tried.sentences
        and tried.caveats
        and tried.money.height == len(tried.layers) + (len(tried.layers) > 1)
    )


def test_stays_without_a_term_are_listed_and_never_guessed() -> None:
    """dafang-2006-11 names other groups than these rosters: out of every sum, with the reason and the count."""
    comparison = years.other("dafang-2006-11")
    missing = impact.uncovered(comparison)
    known = ["五保户"]
    strange = years.year().stays.filter(
        pl.col("category").is_not_null() & ~pl.col("category").is_in(known)
    )
    assert missing["stays"].sum() == len(strange) > 0
    assert "政策文件没有“农村低保户”这一类对象" in missing["why"].to_list()
    out = comparison.stays.filter(pl.col("why_after").is_not_null())
    assert out["change_fen"].unique().to_list() == [0]
    assert not out["sure"].any()
    told = " ".join(caveats.about(comparison))
    assert f"方案不适用的有 {len(strange):,} 笔" in told and "不猜" in told


def test_bounds_are_compared_as_bounds() -> None:
    """People without a category have an unknown deductible: beside the sums, not in them."""
    comparison = years.tried(("basic.rate[level=township,category=none]", "0.80"))
    row = impact.layers(comparison).to_dicts()[0]
    assert row["bound_stays"] == years.year().stays["category"].null_count()
    assert row["before_fen"] == row["after_fen"]
    assert row["after_bound_fen"] > row["before_bound_fen"]
    found = impact.people(comparison)
    assert (found.gain, found.lose) == (0, 0) and found.unclear > 0
    assert "两边都按上限比" in " ".join(caveats.about(comparison))


def test_a_bound_beside_an_exact_amount_is_not_compared() -> None:
    comparison = years.other("dafang-2010")
    row = impact.layers(comparison).to_dicts()[0]
    assert row["unclear_stays"] == years.year().stays["category"].null_count() > 0
    assert "无法比较" in " ".join(caveats.about(comparison))


def test_a_layer_that_is_not_there_pays_nothing_and_is_told() -> None:
    comparison = years.other("dafang-2010")
    assert sums(comparison)["assistance"][1] == 0
    assert "方案没有“医疗救助”这一层" in " ".join(caveats.about(comparison))


def test_what_the_results_do_not_have_is_told() -> None:
    """The document tells private hospitals apart; the run does not."""
    assert "结果里没有“举办主体”这一项，全部按“公立”计" in list(
        caveats.about(years.other("dafang-2010"))
    )


def test_days_of_a_document_are_ignored_unless_asked() -> None:
    """Stays of 2010 under the document of 2006; by its days it governs none of them."""
    anyway = years.other("dafang-2006")
    assert impact.uncovered(anyway).is_empty()
    assert "不论它的施行日期" in " ".join(caveats.about(anyway))
    by_day = years.other("dafang-2006", by_date=True)
    assert impact.uncovered(by_day)["stays"].sum() == 600
    assert sums(by_day) == {"basic": (0, 0), "assistance": (0, 0)}


def test_the_better_known_category_applies_under_another_document() -> None:
    """Of several valid categories the one the new document puts first."""
    stays = years.run().stays.with_columns(
        kinds_valid=pl.when(pl.col("category") == "农村低保户").then(pl.lit("农村低保户、五保户"))
    )
    year = gather([years.part(years.with_stays(years.run(), stays))])
    before = outcome(year, own(year), "before")
    comparison = compare(year, before, years.other("dafang-2006-11").variant)
    both = comparison.stays.filter(pl.col("kinds_valid") == "农村低保户、五保户")
    assert both["why_after"].null_count() == len(both) > 0


# Burdens, breakdowns, volumes


def test_breakdowns_add_up_to_the_whole() -> None:
    """Months, levels, categories and townships: each time the same sums."""
    comparison = years.tried(("assistance.cap", "9000"))
    total = impact.total(comparison)
    for group in impact.GROUPS:
        table = impact.by_group(comparison, group)
        for name in ("stays", "before_fen", "after_fen", "change_fen", "before_self_fen"):
            assert table[name].sum() == total[name], (group, name)


def test_every_person_and_stay_is_in_one_class() -> None:
    comparison = years.tried(("assistance.cap", "9000"))
    sure = comparison.stays.filter("sure")
    assert spread.ratio_classes(comparison).select(pl.col("before", "after").sum()).row(0) == (
        len(sure), len(sure)
    )  # fmt: skip
    people = spread.burden(comparison, 300_000).people
    assert spread.own_share_classes(comparison)["before"].sum() == people


def test_heavy_burdens_come_and_go() -> None:
    """A cap of 9,000 takes people off the list; whoever comes off was on it."""
    burden = spread.burden(years.tried(("assistance.cap", "20000")), 300_000)
    assert burden.heavy[1] == burden.heavy[0] - burden.off + burden.onto < burden.heavy[0]
    assert burden.excess_fen[1] < burden.excess_fen[0]


def test_a_volume_scales_each_levels_sum_once() -> None:
    """Half up on the sum of a level and layer, other levels as they are."""
    comparison = years.tried(("assistance.cap", "9000"))
    table = {row["name"]: row for row in impact.grown(comparison, {"county": 1_050}).to_dicts()}
    stays = comparison.stays.filter(pl.col("level") == "county")
    each = [stays.filter(exact(la))[f"{la}_after_fen"].sum() for la in ("basic", "assistance")]
    assert table["县级"]["grown_fen"] == sum((fen * 11_050 * 2 + 10_000) // 20_000 for fen in each)
    assert table["乡级"]["grown_fen"] == table["乡级"]["after_fen"]


def test_the_largest_changes_are_worked_out_under_both_rules() -> None:
    """Ten stays, each with the steps that lead to its two amounts."""
    comparison = years.tried(("assistance.cap", "9000"))
    rows = impact.largest(comparison)
    assert rows.height == 10
    assert rows["change_fen"].abs().is_sorted(descending=True)
    for retraced in retrace(comparison, rows):
        for parts, side in ((retraced.before, "before_fen"), (retraced.after, "after_fen")):
            lines = [line for part in parts for group in part.groups for line in group.lines]
            due = [line.grains for line in lines if line.label == "应补"]
            assert sum(due) == retraced.row[side] * 10_000


def test_dates_do_not_leak_into_the_shown_document() -> None:
    """A document tried on any day is still shown with its own days."""
    variant = years.other("dafang-2008").variant
    assert variant.book.rules[0].effective.from_ == date(2008, 1, 1)
    assert variant.engine.rules[0].effective.from_ == date.min
