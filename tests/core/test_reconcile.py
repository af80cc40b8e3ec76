"""How a claim is divided: the sentences of contract section 4 as tables, worked out by hand, in yuan."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from onestop_cli.core.reconcile import Choice, control, reconcile
from onestop_cli.errors import Broken

NEVER = pl.lit(False)
NOBODY = Choice(held=NEVER, accepted=NEVER)

Row = dict[str, str]


def table(text: str) -> list[Row]:
    """The rows of a table under its head; a dot is nothing."""
    head, *lines = (line.split() for line in text.strip().splitlines())
    return [dict(zip(head, line, strict=True)) for line in lines]


def fen(text: str) -> int | None:
    return None if text == "." else int(Decimal(text) * 100)


def stay(*layers: Row, status: str = "settled", docked: str = ".") -> pl.DataFrame:
    """A stay of the layers a, b, c …: claimed, due, bound and check of each; only the first is docked."""
    amounts: dict[str, int | str | None] = {}
    for name, layer in zip("abc", layers, strict=False):
        amounts |= {
            f"{name}_claimed_fen": fen(layer["claimed"]),
            f"{name}_due_fen": fen(layer.get("due", ".")),
            f"{name}_bound_fen": fen(layer.get("bound", ".")),
            f"{name}_check": layer.get("check", "exact"),
            f"{name}_docked_fen": fen(docked) if name == "a" else None,
        }
    kinds = {name: pl.String if name.endswith("_check") else pl.Int64 for name in amounts}
    head = {"hospital": "甲医院", "status": status, "total_fen": 500_000, "self_due_fen": None,
            "hospital_borne_fen": 0}  # fmt: skip
    types = {"hospital": pl.String, "status": pl.String, "total_fen": pl.Int64,
             "self_due_fen": pl.Int64, "hospital_borne_fen": pl.Int64}  # fmt: skip
    return pl.DataFrame([head | amounts], schema=types | kinds)


def divided(
    stays: pl.DataFrame, layers: int, tolerance: int = 1, choice: Choice = NOBODY
) -> dict[str, int]:
    names = "abc"[:layers]
    (found,) = reconcile(stays, names, tolerance, dict.fromkeys(names, choice)).to_dicts()
    return found


def parts(found: dict[str, int], layer: str = "a") -> list[str]:
    """Payable, deducted, held, short and made up of a layer, as the tables write them."""
    names = ("payable", "deducted", "held", "shortfall", "offset")
    return [f"{Decimal(found[f'{layer}_{name}_fen']) / 100:.2f}" for name in names]


def told(row: Row) -> list[str]:
    """The same of a table's row; a column it does not have is nothing."""
    names = ("payable", "deducted", "held", "short", "offset")
    return [f"{Decimal(fen(row.get(name, '.')) or 0) / 100:.2f}" for name in names]


ONE_LAYER = """
claimed  check  due     bound   payable deducted held  short
100.00   exact  100.00  .       100.00  .        .     .
100.01   exact  100.00  .       100.01  .        .     .
99.99    exact  100.00  .       99.99   .        .     .
100.02   exact  100.00  .       100.00  0.02     .     .
99.98    exact  100.00  .       99.98   .        .     0.02
160.00   exact  100.00  .       100.00  60.00    .     .
40.00    exact  100.00  .       40.00   .        .     60.00
.        exact  100.00  .       .       .        .     100.00
30.00    exact  0.00    .       .       30.00    .     .
0.01     exact  0.00    .       0.01    .        .     .
90.00    bound  .       100.00  90.00   .        .     .
100.01   bound  .       100.00  100.01  .        .     .
100.02   bound  .       100.00  100.00  0.02     .     .
160.00   bound  .       100.00  100.00  60.00    .     .
.        bound  .       100.00  .       .        .     .
77.00    none   .       .       77.00   .        .     .
"""


@pytest.mark.parametrize("row", table(ONE_LAYER), ids=lambda r: f"{r['claimed']}-{r['check']}")
def test_a_settled_claim_is_divided_by_what_is_due(row: Row) -> None:
    """Within a fen as claimed; above it down to what is due, below it short; a bound only cuts off."""
    assert parts(divided(stay(row), 1)) == told(row)


NOT_SETTLED = """
status    claimed payable deducted held    short
held      160.00  .       .        160.00  .
rejected  160.00  .       160.00   .       .
reversed  160.00  .       .        .       .
held      -50.00  .       .        -50.00  .
held      .       .       .        .       .
"""


@pytest.mark.parametrize("row", table(NOT_SETTLED), ids=lambda r: f"{r['status']} {r['claimed']}")
def test_what_is_not_settled_waits_is_refused_or_is_gone(row: Row) -> None:
    for due in ("100.00", "."):
        layer = {"claimed": row["claimed"], "due": due, "check": "none"}
        assert parts(divided(stay(layer, status=row["status"]), 1)) == told(row)


WIDER = """
claimed  due     payable deducted held short
101.00   100.00  101.00  .        .    .
99.00    100.00  99.00   .        .    .
101.01   100.00  100.00  1.01     .    .
98.99    100.00  98.99   .        .    1.01
"""


@pytest.mark.parametrize("row", table(WIDER), ids=lambda r: r["claimed"])
def test_a_county_may_set_a_wider_tolerance(row: Row) -> None:
    assert parts(divided(stay(row), 1, tolerance=100)) == told(row)


# 层间调整: three layers in the rule's order, the amount of each as claimed/due


BETWEEN = """
a_claimed/due  b_claimed/due  c_claimed/due  a_offset b_offset c_offset owed
200/50         30/80          60/60          .        50       .        .
200/180        30/80          60/60          .        20       .        30
30/80          200/50         60/60          50       .        .        .
30/80          70/70          200/120        50       .        .        .
150/50         20/80          10/80          .        60       40       30
20/70          10/80          200/100        50       50       .        20
20/70          180/110        10/90          50       .        20       60
20/70          10/80          60/60          .        .        .        120
90/70          80/60          60/60          .        .        .        .
90/70          80/60          20/50          .        .        30       .
"""


@pytest.mark.parametrize("row", table(BETWEEN), ids=lambda r: " ".join(list(r.values())[:3]))
def test_what_one_layer_has_too_much_makes_up_for_the_first_that_is_short(row: Row) -> None:
    """The short layers are served in the rule's order; the patient is owed what is left."""
    amounts = [row[f"{name}_claimed/due"].split("/") for name in "abc"]
    layers = [{"claimed": claimed, "due": due} for claimed, due in amounts]
    found = divided(stay(*layers), 3)
    for name in "abc":
        assert found[f"{name}_offset_fen"] == (fen(row[f"{name}_offset"]) or 0)
    assert found["patient_owed_fen"] == (fen(row["owed"]) or 0)


@pytest.mark.parametrize(
    "uncertain",
    [{"claimed": "200.00", "check": "bound", "bound": "50.00"},
     {"claimed": "60.00", "check": "bound", "bound": "60.00"},
     {"claimed": "60.00", "check": "none"}],
    ids=["bound and too much", "bound and right", "given"],
)  # fmt: skip
def test_nothing_is_made_up_where_a_layer_is_not_known_exactly(uncertain: Row) -> None:
    """Whether the hospital had too much is not known; the patient is owed the whole."""
    high, low = {"claimed": "90.00", "due": "70.00"}, {"claimed": "30.00", "due": "80.00"}
    found = divided(stay(high, low, uncertain), 3)
    assert [found[f"{name}_offset_fen"] for name in "abc"] == [0, 0, 0]
    assert found["patient_owed_fen"] == 5_000


def test_only_settled_stays_make_up() -> None:
    high, low = {"claimed": "90.00", "due": "70.00"}, {"claimed": "30.00", "due": "80.00"}
    for status in ("held", "rejected", "reversed"):
        found = divided(stay(high, low, status=status), 2)
        assert (found["b_offset_fen"], found["patient_owed_fen"]) == (0, 0)


# What people chose


def test_an_excess_that_the_county_lets_wait_is_held_and_makes_up_for_nothing() -> None:
    high, low = {"claimed": "90.00", "due": "70.00"}, {"claimed": "30.00", "due": "80.00"}
    found = divided(stay(high, low), 2, choice=Choice(held=pl.lit(True), accepted=NEVER))
    assert parts(found) == ["70.00", "0.00", "20.00", "0.00", "0.00"]
    assert (found["b_offset_fen"], found["patient_owed_fen"]) == (0, 5_000)


def test_an_accepted_claim_is_paid_as_it_stands() -> None:
    found = divided(
        stay({"claimed": "90.00", "due": "70.00"}), 1, choice=Choice(NEVER, pl.lit(True))
    )
    assert parts(found) == ["90.00", "0.00", "0.00", "0.00", "0.00"]


DOCKED = """
claimed docked payable deducted held short
100.00  30.00  70.00   30.00    .    .
100.00  100.00 .       100.00   .    .
100.00  120.00 .       100.00   .    .
130.00  30.00  70.00   60.00    .    .
40.00   10.00  30.00   10.00    .    60.00
"""


@pytest.mark.parametrize("row", table(DOCKED), ids=lambda r: f"{r['claimed']} less {r['docked']}")
def test_a_deduction_by_decision_comes_off_what_is_payable(row: Row) -> None:
    layer = {"claimed": row["claimed"], "due": "100.00"}
    found = divided(stay(layer, docked=row["docked"]), 1)
    assert parts(found) == told(row)
    assert (
        found["_a_beyond"]
        == max(int(Decimal(row["docked"])) - int(Decimal(row["claimed"])), 0) * 100
    )


def test_a_deduction_by_decision_makes_up_for_nothing() -> None:
    """It is no mistake of the hospital that another layer's shortfall could stand against."""
    even, low = {"claimed": "70.00", "due": "70.00"}, {"claimed": "30.00", "due": "80.00"}
    found = divided(stay(even, low, docked="50.00"), 2)
    assert (found["a_deducted_fen"], found["b_offset_fen"]) == (5_000, 0)


def test_a_deduction_leaves_alone_what_is_not_settled() -> None:
    layer = {"claimed": "70.00", "check": "none"}
    found = divided(stay(layer, status="held", docked="50.00"), 1)
    assert parts(found)[:3] == ["0.00", "0.00", "70.00"]
    assert found["_a_beyond"] == 0


# 个人自付 and the control totals


def test_own_payment_is_what_the_rules_leave_else_what_the_layers_leave() -> None:
    known = stay({"claimed": "60.00", "due": "70.00"}).with_columns(self_due_fen=pl.lit(493_000))
    open_ = stay({"claimed": "90.00", "check": "bound", "bound": "70.00"})
    assert divided(known, 1)["self_fen"] == 493_000
    assert divided(open_, 1)["self_fen"] == 500_000 - 7_000


def test_the_control_totals_leave_out_what_is_reversed() -> None:
    high, low = {"claimed": "90.00", "due": "70.00"}, {"claimed": "30.00", "due": "80.00"}
    rows = [stay(high, low, status=status) for status in ("settled", "held", "reversed")]
    found = reconcile(pl.concat(rows), "ab", 1, dict.fromkeys("ab", NOBODY))
    totals = control(found, "ab")
    assert totals["layers"]["a"] == {
        "claimed_fen": 18_000, "payable_fen": 7_000, "deducted_fen": 2_000, "held_fen": 9_000,
        "shortfall_fen": 0, "offset_fen": 0, "due_fen": 14_000,
    }  # fmt: skip
    assert totals["layers"]["b"]["offset_fen"] == 2_000
    assert (totals["total_fen"], totals["patient_owed_fen"]) == (1_000_000, 3_000)


def test_no_result_leaves_the_house_whose_claims_are_not_divided_whole() -> None:
    found = reconcile(stay({"claimed": "90.00", "due": "70.00"}), "a", 1, {"a": NOBODY})
    with pytest.raises(Broken, match="payable"):
        control(found.with_columns(a_payable_fen=pl.lit(6_999)), "a")


def test_no_result_leaves_the_house_whose_shares_are_not_the_bill() -> None:
    found = reconcile(stay({"claimed": "90.00", "due": "70.00"}), "a", 1, {"a": NOBODY})
    with pytest.raises(Broken, match="self_due"):
        control(found.with_columns(self_due_fen=pl.lit(492_999)), "a")


WAIVED = """
claimed  due      payable  deducted  short   offset
100.00   100.00   100.00   .         .       .
40.00    100.00   40.00    .         60.00   .
160.00   100.00   160.00   .         .       .
"""


@pytest.mark.parametrize("row", table(WAIVED), ids=lambda row: row["claimed"])
def test_what_a_hospital_waives_is_no_funds_business(row: Row) -> None:
    """Too little is the hospital's to give back, too much its own; neither is deducted, and no fund owes it."""
    own = {"a": Choice(held=NEVER, accepted=pl.lit(value=True))}
    (found,) = reconcile(stay(row), "a", 1, own, waived={"a"}).to_dicts()
    assert parts(found) == told(row)
    assert found["patient_owed_fen"] == 0


def test_a_fund_paid_too_high_makes_up_for_a_waiver_after_other_funds() -> None:
    """a 30 too high; c 20 too low, the waiver b 50 too low: the patient is short of 40 by the hospital, of nothing by
    funds."""
    rows = table("claimed due\n130.00 100.00\n50.00 100.00\n80.00 100.00")
    choices = {**dict.fromkeys("ac", NOBODY), "b": Choice(NEVER, pl.lit(value=True))}
    (found,) = reconcile(stay(*rows), "abc", 1, choices, waived={"b"}).to_dicts()
    assert [found[f"{layer}_offset_fen"] for layer in "abc"] == [0, 1_000, 2_000]
    assert found["patient_owed_fen"] == 0


def test_a_waiver_beyond_what_is_due_does_not_pay_a_funds_debt() -> None:
    """The hospital gave 50 more than it must; the fund, 30 too low, still owes the patient these."""
    rows = table("claimed due\n70.00 100.00\n150.00 100.00")
    choices = {"a": NOBODY, "b": Choice(NEVER, pl.lit(value=True))}
    (found,) = reconcile(stay(*rows), "ab", 1, choices, waived={"b"}).to_dicts()
    assert (found["a_offset_fen"], found["patient_owed_fen"]) == (0, 3_000)
