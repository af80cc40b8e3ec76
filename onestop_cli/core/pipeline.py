"""The core from rows to amounts: one pure function of the tables that were read.

identify → pair → link → govern → block → settle → reconcile → findings. It opens no file, prints nothing and asks no
clock; `batch.reconcile` brings it the tables and writes what comes out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import polars as pl
import polars.selectors as cs

from onestop_cli.core.category import choose_best
from onestop_cli.core.closed import History, adjustments, appended, belongs_to, reopened
from onestop_cli.core.decisions import PAY, Decisions, apply, match, released
from onestop_cli.core.decisions.check import Beside, misfits
from onestop_cli.core.diagnose import diagnose
from onestop_cli.core.findings.amounts import Difference, amount_checks, differences
from onestop_cli.core.findings.checks import blocked, raise_all
from onestop_cli.core.findings.rows import CANNOT, row_checks
from onestop_cli.core.identify import id_birth, id_sex, identify
from onestop_cli.core.link import link
from onestop_cli.core.pairing import pair, pair_beside
from onestop_cli.core.reconcile import Choice, reconcile
from onestop_cli.core.scatter import spread
from onestop_cli.core.settle import amounts_in_turn
from onestop_cli.core.settle.inputs import SEEN, settle_input
from onestop_cli.county.periods import Period
from onestop_cli.errors import CannotRun
from onestop_cli.money import parse_fen
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.govern import GOVERNING, govern, which_rule
from onestop_cli.tables.schema import PAYERS, PLACE

Mapper = Callable[[str], str | None]
"""Text as the file has it → the house's name, None when it is none."""


@dataclass(frozen=True)
class Options:
    """What a county may set: `tolerance` in fen, `near_cap` in ten-thousandths, days of short readmission, and which
    excesses are held instead of deducted (finding codes)."""

    tolerance: int = 1
    near_cap: int = 9_500
    readmission_days: int = 15
    suspended: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Names:
    """How texts become names: hospitals, levels and categories, through the synonym tables."""

    hospital: Mapper
    level: Mapper
    category: Mapper


@dataclass(frozen=True)
class Work:
    """What the core hands back: every stay that was read with all its columns, every finding about one, and what
    changes for stays of closed periods."""

    stays: pl.DataFrame
    findings: pl.DataFrame
    adjustments: pl.DataFrame


@dataclass(frozen=True)
class Earlier:
    """What was there before this run: closed periods, and what people decided."""

    history: History | None = None
    decisions: Decisions | None = None


def work(
    rows: pl.DataFrame,
    roster: pl.DataFrame,
    register: pl.DataFrame,
    book: Rulebook,
    period: Period,
    names: Names,
    options: Options = Options(),
    earlier: Earlier = Earlier(),
) -> Work:
    """`rows` as read (READ_STAYS), an understood roster, the register and the documents of the run.

    Raises `CannotRun` for decisions that fit no stay, or not the one they name.
    """
    stays = _further(place(rows, register, names, period, earlier.history), register, book)
    stays, closed = _paired(identify(stays), options, earlier.history)
    stays = choose_best(_with_person(_linked(stays, roster, book, names)), book)
    stays = appended(stays, closed)
    decisions = None
    if earlier.decisions is not None:
        decisions = match(earlier.decisions, stays, book.priority, names.category)
    stays = govern(_decided(stays, decisions, book), book, _rule(book, earlier.history))
    checks = row_checks(period, options.readmission_days)
    stays = reopened(_with_status(stays, blocked(checks)), CANNOT)
    current, again = _worked_out(stays, book, options)
    checks += amount_checks(book, options.tolerance, options.near_cap)
    if decisions is not None and earlier.decisions is not None:
        beside = Beside(current, again, _owed(stays, decisions, book, options), book.layers)
        if problems := misfits(decisions, beside, checks, earlier.decisions.file):
            raise CannotRun(problems)
    findings = raise_all(checks, current)
    return Work(_with_codes(current, findings), findings, adjustments(again, book.layers))


def _paired(
    stays: pl.DataFrame, options: Options, history: History | None
) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    if history is None:
        return pair(stays, options.readmission_days), None
    return pair_beside(stays, options.readmission_days, history.stays)


def _rule(book: Rulebook, history: History | None) -> pl.Expr:
    """The number of each stay's document: of a closed stay the one it was closed with; one that only closed periods
    know governs late stays, not the run's own."""
    numbers = {rule.id: number for number, rule in enumerate(book.rules)}
    then = pl.col("was_rule_id").replace_strict(numbers, default=None, return_dtype=pl.Int32)
    if history is None:
        return which_rule(book)
    old = [numbers[id_] for id_ in history.rules]
    own = pl.col("period").is_null() & pl.col("belongs_to").is_null()
    now = which_rule(book)
    return pl.coalesce(then, pl.when(~(own & now.is_in(old))).then(now))


def _worked_out(
    stays: pl.DataFrame, book: Rulebook, options: Options
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All amounts: of the run's own stays, diagnosed, and of closed ones under the settings they were closed with."""
    settled = _settled(stays, book)
    closed = pl.col("period").is_not_null()
    current = diagnose(settled.filter(~closed), book, differences(book, options.tolerance))
    again = [
        _reconciled(part, book, settled_with(options, text))
        for (text,), part in settled.filter(closed)
        .partition_by("settled_with", as_dict=True)
        .items()
    ]
    return _reconciled(current, book, options), pl.concat(
        [_reconciled(settled.clear(), book, options), *again]
    )


def _reconciled(stays: pl.DataFrame, book: Rulebook, options: Options) -> pl.DataFrame:
    return reconcile(stays, book.layers, options.tolerance, _by_choice(stays, book, options))


def settled_with(options: Options, text: str) -> Options:
    """The options under which a closed run was settled, from its `settings` (JSON)."""
    then = json.loads(text)
    held = frozenset(code for code, who in then["liability"].items() if who == "held")
    return replace(options, tolerance=then["tolerance_fen"], suspended=held)


def _owed(
    stays: pl.DataFrame, decisions: pl.DataFrame, book: Rulebook, options: Options
) -> pl.DataFrame:
    """What patients would be owed without the payments decided in this run: `_at`, `<layer>_owed_fen`."""
    paid = stays.filter(pl.col("_at").is_in(decisions.filter(decision=PAY)["stay"].implode()))
    year = stays.filter(pl.col("person").is_in(paid["person"].implode())).with_columns(
        pl.col(f"was_{layer}_supplement_fen").alias(f"{layer}_supplement_fen")
        for layer in book.layers
    )
    parts = (part.select("_at", *_left(book)) for part in _worked_out(year, book, options))
    return pl.concat(parts)


def _left(book: Rulebook) -> list[pl.Expr]:
    """Per layer what is short, less what the same stay makes up for and what was paid out before."""
    return [
        (
            pl.col(f"{layer}_shortfall_fen")
            - pl.col(f"{layer}_offset_fen")
            - pl.col(f"{layer}_supplement_fen").fill_null(0)
        ).alias(f"{layer}_owed_fen")
        for layer in book.layers
    ]


def _decided(stays: pl.DataFrame, decisions: pl.DataFrame | None, book: Rulebook) -> pl.DataFrame:
    """Decisions beside their stays; a recognised category applies as if the roster had it. `_at` numbers the stays."""
    decided = _with_earlier_choices(apply(stays, decisions, book.layers), book)
    own = pl.col("decided_category").is_not_null()
    category = pl.coalesce("decided_category", "category")
    return decided.with_columns(
        _at=pl.int_range(pl.len(), dtype=pl.Int64),
        category=category,
        categories=pl.when(own).then(pl.concat_list(category)).otherwise("categories"),
        entitled=pl.col("entitled") | own,
        listed=pl.col("listed") | own,
    )


def _with_earlier_choices(stays: pl.DataFrame, book: Rulebook) -> pl.DataFrame:
    """What was decided about closed stays in earlier runs stays decided; amounts add up."""
    both = pl.concat_str(["was_released", "released"], separator=";", ignore_nulls=True)
    stays = stays.with_columns(
        released=both.replace("", None),
        decided_category=pl.coalesce("decided_category", "was_category"),
        refused=pl.col("refused") | pl.col("was_refused").fill_null(False),
    )
    names = [f"{layer}_{what}_fen" for layer in book.layers for what in ("docked", "supplement")]
    absent = [f"was_{name}" for name in names if f"was_{name}" not in stays.columns]
    stays = stays.with_columns(pl.lit(None, pl.Int64).alias(name) for name in absent)
    return stays.with_columns(
        pl.when(pl.coalesce(name, f"was_{name}").is_not_null())
        .then(pl.sum_horizontal(name, f"was_{name}"))
        .alias(name)
        for name in names
    )


def _with_codes(stays: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    """`codes` and `blocking` of every stay: all its finding codes, and those that hold it, joined by `;`."""
    blocking = pl.col("code").filter(pl.col("severity") == "blocks")
    each = findings.group_by(*PLACE).agg(
        codes=pl.col("code").unique(maintain_order=True).str.join(";"),
        blocking=blocking.unique(maintain_order=True).str.join(";"),
    )
    rows = stays.select(*PLACE, _row=pl.int_range(pl.len(), dtype=pl.UInt32))
    told = rows.join(each, on=[*PLACE], validate="m:1", nulls_equal=True)
    return stays.with_columns(*spread(told.select("codes", "blocking"), told["_row"], len(stays)))


def place(
    rows: pl.DataFrame,
    register: pl.DataFrame,
    names: Names,
    period: Period,
    history: History | None = None,
) -> pl.DataFrame:
    """Rows with their hospital and level by the register, the period they count in, and bad amounts said.

    Adds hospital, in_register, level, level_stated, settled_or_discharged, outside_period, belongs_to (the earlier
    period of a late stay, which only a ledger can tell from one that is out of place), amount_why.
    """
    known = dict(zip(register["hospital"], register["level"], strict=True))
    hospital = _named(rows["hospital_raw"], names.hospital)
    stays = rows.with_columns(
        hospital=pl.coalesce(hospital, "hospital_raw"),
        in_register=hospital.is_not_null(),
        level_stated=_named(rows["level_raw"], names.level),
        settled_or_discharged=pl.coalesce("settled_on", "discharged_on"),
    )
    level = pl.col("hospital").replace_strict(known, default=None, return_dtype=pl.String)
    counted = pl.col("settled_or_discharged")
    late = pl.lit(None, pl.String)
    if history is not None:
        late = belongs_to(counted, period, history.periods)
    outside = ~counted.is_between(period.first, period.last)
    return stays.with_columns(
        level=level,
        belongs_to=late,
        outside_period=outside.fill_null(False) & late.is_null(),
        amount_why=_amount_why(),
    )


def _named(texts: pl.Series, mapper: Mapper) -> pl.Series:
    """Each text's name, looked up once per distinct text."""
    found = {text: mapper(text) for text in texts.unique().drop_nulls()}
    return texts.replace_strict(found, default=None, return_dtype=pl.String)


def _amount_why() -> pl.Expr:
    """Why the amounts of a row cannot be used, null when they can (AM04)."""
    negative = pl.any_horizontal(pl.col(f"{payer}_claimed_fen") < 0 for payer in PAYERS)
    return pl.coalesce(
        "amount_fault",
        pl.when(pl.col("total_fen").is_null()).then(pl.lit("总费用为空")),
        pl.when(pl.col("has_eligible") & pl.col("eligible_fen").is_null()).then(
            pl.lit("可补偿费用为空")
        ),
        pl.when(pl.col("eligible_fen") < 0).then(pl.lit("可补偿费用为负数")),
        pl.when(negative).then(pl.lit("补偿金额为负数")),
    )


def _further(stays: pl.DataFrame, register: pl.DataFrame, book: Rulebook) -> pl.DataFrame:
    """What else the documents' terms hang on, blank where no file has it: `x_<dimension>`, `<expense>_cost_fen`."""
    dims = [dim for rule in book.rules for dim in rule.dimension]
    for dim in dims:
        column = next((c for c in dim.columns if c in register.columns), None)
        if dim.source == "hospital" and column:
            known = dict(zip(register["hospital"], register[column], strict=True))
            value = pl.col("hospital").replace_strict(known, default=None, return_dtype=pl.String)
            stays = stays.with_columns(value.alias(f"x_{dim.id}"))
    wanted = [f"x_{dim.id}" for dim in dims] + [f"x_{e.id}" for e in book.expenses]
    absent = [name for name in dict.fromkeys(wanted) if name not in stays.columns]
    stays = stays.with_columns(pl.lit(None, pl.String).alias(name) for name in absent)
    return stays.with_columns(_costs(stays[f"x_{e.id}"], e.id) for e in book.expenses)


def _costs(texts: pl.Series, expense: str) -> pl.Series:
    """The fen of each distinct text; what is no amount counts as blank."""
    found = {text: parse_fen(text) for text in texts.unique().drop_nulls()}
    fen = texts.replace_strict(found, default=None, return_dtype=pl.Int64)
    return fen.alias(f"{expense}_cost_fen")


def _linked(
    stays: pl.DataFrame, roster: pl.DataFrame, book: Rulebook, names: Names
) -> pl.DataFrame:
    """Stays beside their roster entries on the day the documents look at."""
    first = book.rules[0]
    stays = stays.with_columns(roster_day=GOVERNING[first.basis.roster_day])
    linked = link(
        stays,
        roster,
        priority=book.priority,
        overlap=first.categories.overlap,
        day_column="roster_day",
    )
    return linked.with_columns(category_stated=_named(stays["category_raw"], names.category))


def _with_person(stays: pl.DataFrame) -> pl.DataFrame:
    """What the ID says of the person (sex, birth, age in whole years on admission), and the sex the file states."""
    stays = stays.with_columns(id_sex=id_sex(pl.col("id_no")), id_birth=id_birth(pl.col("id_no")))
    birth, day = pl.col("id_birth"), pl.col("admitted_on")
    before = (day.dt.month() * 100 + day.dt.day()) < (birth.dt.month() * 100 + birth.dt.day())
    return stays.with_columns(
        age=(day.dt.year() - birth.dt.year()).cast(pl.Int64) - before.cast(pl.Int64),
        sex_key=pl.col("sex_raw").str.extract("([男女])"),
    )


def _with_status(stays: pl.DataFrame, held: pl.Expr) -> pl.DataFrame:
    """reversed > rejected > held > settled; what cannot be worked out stays held whatever was decided."""
    rejected = (pl.col("twin") == "rejected") & ~released("ST01")
    return stays.with_columns(
        status=pl.when("reversed")
        .then(pl.lit("reversed"))
        .when(rejected.fill_null(False) | pl.col("refused"))
        .then(pl.lit("rejected"))
        .when(held | CANNOT)
        .then(pl.lit("held"))
        .otherwise(pl.lit("settled"))
    )


def _settled(stays: pl.DataFrame, book: Rulebook) -> pl.DataFrame:
    """The amounts of the settled stays beside all stays; the others have none and are not checked."""
    rows = (stays["status"] == "settled").arg_true()
    seen = settle_input(stays, book).select(SEEN)
    amounts, turn = amounts_in_turn(seen if len(rows) == len(seen) else seen[rows], book)
    beside = pl.when(status="settled").then(cs.exclude(stays.columns))
    told = seen.with_columns(stays["status"]).select(beside)
    amounts = spread(amounts, rows.gather(turn), len(stays))
    return stays.with_columns(*told, *amounts).with_columns(
        pl.col(f"{layer}_check").fill_null("none") for layer in book.layers
    )


def _by_choice(stays: pl.DataFrame, book: Rulebook, options: Options) -> Mapping[str, Choice]:
    """Per layer, the settled stays whose excess is held by the county's choice (`liability`), and those whose claim a
    decision accepts as it stands."""
    some_released = stays["released"].count() > 0
    return {
        layer.step.layer: _choice(layer, options, some_released)
        for layer in differences(book, options.tolerance)
    }


def _choice(layer: Difference, options: Options, some_released: bool) -> Choice:
    cases = {
        "CA01": layer.over_cap,
        "RO01": layer.unentitled & ~pl.col("listed"),
        "RO04": layer.unentitled & pl.col("listed"),
        "AM01": layer.against_policy,
        "AM07": layer.beyond_bound,
    }
    never = pl.lit(False)
    held = [case.fill_null(False) for code, case in cases.items() if code in options.suspended]
    accepted = [case.fill_null(False) & released(code) for code, case in cases.items()]
    return Choice(
        pl.any_horizontal(never, *held),
        pl.any_horizontal(accepted) if some_released else never,
    )
