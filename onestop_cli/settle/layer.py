"""One step of the settlement: base, deductible, bands, rounding, caps.

Each amount becomes a column named for what it is, so that a stay can be explained by printing its row.
"""

from __future__ import annotations

import polars as pl

from onestop_cli.rulebook.book import Rulebook, Step
from onestop_cli.rulebook.govern import lessened, term_column
from onestop_cli.rulebook.language import EXPENSES
from onestop_cli.rulebook.terms import COMPUTED, NO_LIMIT
from onestop_cli.settle.amounts import Parameters, banded, beside, deductible, floor, rounded
from onestop_cli.settle.year import Turns, claimed_first

GROUP, BILL, COVERED, REST = "_group", "_bill_fen", "_covered_fen", "_rest_fen"


def settle_step(stays: pl.DataFrame, book: Rulebook, step: Step) -> pl.DataFrame:
    """Add one step's columns to stays that stand in the contract's order of each person-year (`_group`)."""
    params = Parameters(book.table, step.id)
    frame = beside(stays, params, stays[term_column(stays, step.id)])
    frame = frame.with_columns(
        _counts=(params["state"] == COMPUTED) & (pl.col(f"{step.id}_check") == "exact"),
        _free=pl.lit(False),
    )
    turn = claimed_first(frame[GROUP], frame[f"{step.layer}_touched"])
    frame = _base(frame, book, step, params, turn)
    frame = _charge(frame, step, params, turn)
    frame = _ordinary(frame, step, params, turn)
    frame = _quota(frame, book, step)
    frame = _cap(frame, book, step, params)
    frame = _result(frame, step)
    return frame.drop("_counts", "_free", *params.varying)


def _base(
    frame: pl.DataFrame, book: Rulebook, step: Step, params: Parameters, turn: Turns
) -> pl.DataFrame:
    """补偿基数 in fen: what the layer looks at, after a limit on the cost, if there is one."""
    start = pl.when(params["from_total"] == 1).then(BILL).otherwise(COVERED)
    for less in lessened(book, step):
        taken = f"{less}_fen" if less in EXPENSES else f"{less}_paid_fen"
        start = start - pl.col(taken).fill_null(0) * params[f"less_{less}"]
    applies = params["state"] == COMPUTED
    base = pl.when(applies).then(start.clip(lower_bound=0)).otherwise(0)
    frame = frame.with_columns(base.alias(f"{step.id}_base_fen"))
    if not params.has("cost_cap", NO_LIMIT):
        return frame
    return _limited_cost(frame, step, params, turn)


def _limited_cost(frame: pl.DataFrame, step: Step, params: Parameters, turn: Turns) -> pl.DataFrame:
    base = f"{step.id}_base_fen"
    frame = frame.with_columns(_cost_cap=params["cost_cap"], _yearly=params["cost_year"] == 1)
    counted = frame.select(pl.when(pl.col("_counts") & pl.col("_yearly")).then(base).otherwise(0))
    _, taken = turn.capped(counted.to_series(), frame["_cost_cap"])
    single = pl.col(base).clip(upper_bound="_cost_cap")
    yearly = pl.when(pl.col("_counts") & pl.col("_yearly")).then(taken).otherwise(single)
    return frame.with_columns(yearly.alias(base)).drop("_cost_cap", "_yearly")


def _charge(frame: pl.DataFrame, step: Step, params: Parameters, turn: Turns) -> pl.DataFrame:
    """起付线 charged on this stay, in fen, never more than the base."""
    name, base = f"{step.id}_deductible_fen", pl.col(f"{step.id}_base_fen")
    if params.deductible_steps > 1:
        nth = turn.nth(frame.select(params["state"] == COMPUTED).to_series())
        frame = frame.with_columns(nth.alias(f"{step.id}_nth"))
        stated = deductible(params, pl.col(f"{step.id}_nth"))
    else:
        stated = deductible(params, pl.lit(1))
    frame = frame.with_columns(pl.min_horizontal(stated, base).alias(name), _stated=stated)
    if params.has("deductible_year", 0):
        frame = _grown(frame, turn, name, params["deductible_year"] == 1, base, pl.col("_stated"))
    if params.has("transfer_days", -1):
        chain = _chains(frame, params)
        frame = _grown(frame, chain, name, params["transfer_days"] >= 0, base, pl.col("_stated"))
    if params.has("ceiling", NO_LIMIT):
        limited = params["ceiling"] < NO_LIMIT
        frame = _grown(frame, turn, name, limited, pl.col(name), params["ceiling"])
    return frame.drop("_stated")


def _grown(
    frame: pl.DataFrame, turn: Turns, name: str, where: pl.Expr, amount: pl.Expr, cap: pl.Expr
) -> pl.DataFrame:
    """`name` as the growth of the capped running total of `amount`, where `where` holds and the stay counts."""
    use = where & pl.col("_counts")
    parts = frame.select(
        use=use, amount=pl.when(use).then(amount).otherwise(0), cap=cap.cast(pl.Int64)
    )
    _, taken = turn.capped(parts["amount"], parts["cap"])
    return frame.with_columns(pl.when(use).then(taken).otherwise(pl.col(name)).alias(name))


def _chains(frame: pl.DataFrame, params: Parameters) -> Turns:
    """Turns of stays that are one illness carried from hospital to hospital (转院), by admission."""
    rows = frame.select(
        GROUP,
        "hospital",
        "admitted_on",
        "discharged_on",
        days=params["transfer_days"],
        row=pl.int_range(pl.len()),
    ).sort(GROUP, "admitted_on", "discharged_on", "row")
    gap = (pl.col("admitted_on") - pl.col("discharged_on").shift()).dt.total_days()
    carried = (
        (pl.col(GROUP) == pl.col(GROUP).shift())
        & (pl.col("hospital") != pl.col("hospital").shift())
        & gap.is_between(0, pl.col("days"))
    )
    rows = rows.with_columns(chain=(~carried.fill_null(False)).cum_sum().cast(pl.Int64))
    rows = rows.with_columns(key=pl.int_range(pl.len())).sort("row")
    return Turns(rows["chain"], rows["key"])


def _ordinary(frame: pl.DataFrame, step: Step, params: Parameters, turn: Turns) -> pl.DataFrame:
    """The amount by rate or bands, rounded once, with floor and the single stay's cap; never beyond the bill."""
    base, charged = pl.col(f"{step.id}_base_fen"), pl.col(f"{step.id}_deductible_fen")
    cost_before = net_before = pl.lit(0, pl.Int64)
    if params.has("year_bands", 0):
        frame = _year_before(frame, step, params, turn)
        cost_before = pl.col(f"{step.id}_cost_before_fen")
        net_before = pl.col(f"{step.id}_net_before_fen")
    amount = rounded(params, banded(params, base, charged, cost_before, net_before))
    borne = pl.lit(0, pl.Int64)
    if params.has("floor_rate", 0):
        least = floor(params, pl.col(BILL), pl.col(COVERED), charged)
        lifted = pl.max_horizontal(amount, least)
        borne = (lifted - amount) * params["floor_hospital"]
        amount = lifted - borne
    amount = pl.min_horizontal(amount, params["stay_cap"], REST).clip(lower_bound=0)
    applies = params["state"] == COMPUTED
    return frame.with_columns(
        pl.when(applies).then(amount).otherwise(0).alias(f"{step.id}_uncapped_fen"),
        pl.when(applies).then(borne).otherwise(0).alias(f"{step.id}_borne_fen"),
    )


def _year_before(frame: pl.DataFrame, step: Step, params: Parameters, turn: Turns) -> pl.DataFrame:
    """What the year's earlier stays brought into bands that run over the year."""
    counts = pl.col("_counts") & (params["year_bands"] == 1)
    base, charged = pl.col(f"{step.id}_base_fen"), pl.col(f"{step.id}_deductible_fen")
    parts = frame.select(
        cost=pl.when(counts).then(base).otherwise(0),
        net=pl.when(counts).then(base - charged).otherwise(0),
    )
    before = {name: turn.before(parts[name]) for name in ("cost", "net")}
    return frame.with_columns(
        pl.when(counts).then(series).otherwise(0).alias(f"{step.id}_{name}_before_fen")
        for name, series in before.items()
    )


def _quota(frame: pl.DataFrame, book: Rulebook, step: Step) -> pl.DataFrame:
    """A stay with a quota gets the quota's share instead."""
    if not book.quotas:
        return frame
    table, quota = book.quota_table, frame["quota"]
    frame = frame.with_columns(
        table[f"{step.id}.share"].gather(quota).alias("_share"),
        (table["counts"] == 0).gather(quota).fill_null(False).alias("_free"),
    )
    params = Parameters(book.table, step.id)
    amount = pl.min_horizontal(rounded(params, pl.col(BILL) * pl.col("_share")), REST)
    shared = pl.col("_share").fill_null(-1) >= 0
    return frame.with_columns(
        pl.when(shared)
        .then(amount)
        .otherwise(pl.col(f"{step.id}_uncapped_fen"))
        .alias(f"{step.id}_uncapped_fen"),
        pl.when(shared)
        .then(0)
        .otherwise(pl.col(f"{step.id}_borne_fen"))
        .alias(f"{step.id}_borne_fen"),
    ).drop("_share")


def _cap(frame: pl.DataFrame, book: Rulebook, step: Step, params: Parameters) -> pl.DataFrame:
    """The yearly cap and shared pools: `before` is what the year had used, `granted` what this stay is left."""
    wanted = pl.col(f"{step.id}_uncapped_fen")
    pools = [pool for pool, layers in book.pools.items() if step.layer in layers]
    if pools:
        wanted = pl.min_horizontal(wanted, *(f"pool_{pool}_room_fen" for pool in pools))
    capped = (params["state"] == COMPUTED) & (params["cap"] < NO_LIMIT) & ~pl.col("_free")
    frame = frame.with_columns(
        pl.when(capped)
        .then(pl.min_horizontal(wanted, params["cap"]))
        .otherwise(wanted)
        .alias(f"{step.id}_granted_fen"),
        pl.lit(0, pl.Int64).alias(f"{step.id}_before_fen"),
        pl.when(capped).then(params["cap"]).cast(pl.Int64).alias(f"{step.id}_cap_fen"),
    )
    if not params.has("cap", NO_LIMIT):
        return frame
    parts = frame.select(
        counts=capped & pl.col("_counts"),
        amount=pl.when(capped & pl.col("_counts")).then(wanted).otherwise(0),
        cap=params["cap"].cast(pl.Int64),
        account=params["cap_account"],
    )
    turn = claimed_first(frame[GROUP], frame[f"{step.layer}_touched"], parts["account"])
    before, taken = turn.capped(parts["amount"], parts["cap"])
    counts = parts["counts"]
    return frame.with_columns(
        pl.when(counts)
        .then(taken)
        .otherwise(f"{step.id}_granted_fen")
        .alias(f"{step.id}_granted_fen"),
        pl.when(counts).then(before).otherwise(0).alias(f"{step.id}_before_fen"),
    )


def _result(frame: pl.DataFrame, step: Step) -> pl.DataFrame:
    """`due` where it can be known, `bound` where only the most it can be is; `paid` goes on to later layers."""
    check, granted = pl.col(f"{step.id}_check"), pl.col(f"{step.id}_granted_fen")
    taken = pl.col(f"{step.layer}_taken_fen").fill_null(0)
    exact, bound = check == "exact", check == "bound"
    paid = (
        pl.when(exact)
        .then(granted)
        .when(bound)
        .then(pl.min_horizontal(granted, taken))
        .otherwise(taken)
    )
    return frame.with_columns(
        pl.when(exact).then(granted).alias(f"{step.id}_due_fen"),
        pl.when(bound).then(granted).alias(f"{step.id}_bound_fen"),
        paid.alias(f"{step.id}_paid_fen"),
    ).drop(f"{step.id}_granted_fen")
