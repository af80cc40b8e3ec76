"""The bugs of `benchmarks.mutants`: one operator, one constant, one order or one branch at a time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """A text of a file that stands there once, what a tired person might have written instead, and what is then wrong.

    `file`: below onestop_cli/.
    """

    file: str
    old: str
    new: str
    why: str

    def put_into(self, text: str) -> str:
        """The file's `text` with the bug; raises `ValueError` unless `old` stands in it exactly once."""
        if text.count(self.old) != 1:
            raise ValueError(f"{self.file}: {text.count(self.old)} times {self.old!r}")
        return text.replace(self.old, self.new)


_LEDGER = tuple(
    f"tests/ledger/test_{name}.py"
    for name in (
        "periods_of_books", "ledger", "opening", "chain", "final_account", "recompute", "ledger_months"
    )
)  # fmt: skip

NOTICE = {
    "core/reconcile.py": ("tests/core/test_reconcile.py", "tests/core/test_plain_loop.py"),
    "core/settle/": (
        "tests/core/test_settle_inputs.py",
        "tests/core/test_order.py",
        "tests/core/test_year.py",
        "tests/core/test_windows.py",
        "tests/core/test_plain_loop.py",
        "tests/core/test_settle.py",
        "tests/rulebook/test_rule_shapes.py",
        "tests/rulebook/test_rule_shapes_together.py",
        "tests/core/test_reference.py",
        "tests/ledger/test_opening.py",
        "tests/second/test_homes.py",
        "tests/second/test_second_reference.py",
    ),
    "core/settlement.py": (
        "tests/core/test_settlement.py",
        "tests/core/test_decisions.py",
        "tests/ledger/test_ledger.py",
    ),
    "core/pairing/": ("tests/core/test_pairing.py", "tests/ledger/test_ledger.py"),
    "core/link.py": ("tests/core/test_link.py",),
    "core/deaths.py": ("tests/core/test_deaths.py",),
    "core/decisions/": ("tests/core/test_decisions.py", *_LEDGER),
    "core/status.py": ("tests/core/test_status.py", "tests/core/test_decisions.py"),
    "core/closed.py": _LEDGER,
    "core/adjustments.py": _LEDGER,
    "core/findings/": (
        "tests/core/test_status.py",
        "tests/core/test_plain_loop.py",
        "tests/samples/test_sample_county.py",
        "tests/samples/test_finding_cases.py",
    ),
    "core/place.py": ("tests/core/test_place.py", *_LEDGER),
    "core/identify.py": ("tests/core/test_identify.py",),
    "ledger/": _LEDGER,
    "money.py": ("tests/test_money.py",),
    "privacy.py": ("tests/test_privacy.py",),
    "county/periods.py": ("tests/county/test_periods.py",),
    "readers/layout/days.py": ("tests/readers/test_cells.py",),
    "readers/layout/totals.py": ("tests/readers/test_layouts.py",),
}
"""Beginning of a file's name → the tests that should notice a bug in it."""


def tests_of(file: str) -> tuple[str, ...]:
    """The tests that should notice a bug in `file`."""
    return next(tests for start, tests in NOTICE.items() if file.startswith(start))


def _of(file: str, *bugs: tuple[str, str, str]) -> tuple[Mutant, ...]:
    return tuple(Mutant(file, *bug) for bug in bugs)


MUTANTS = (
    *_of(
        "core/reconcile.py",
        (
            "(~SETTLED, *apart, *docked)",
            "(~SETTLED, *apart)",
            "a deduction decided on a stay that was claimed as due is passed over",
        ),
        (
            "(~SETTLED, *apart, *docked)",
            "(*apart, *docked)",
            "a held stay is paid what it claims",
        ),
        (
            "for layer in (*funds, *(",
            "for layer in (*reversed(funds), *(",
            "offset given to layers in reverse order",
        ),
        (
            "for layer in (*funds, *(layer for layer in layers if layer in waived)):",
            "for layer in layers:",
            "a waiver made up for before a fund",
        ),
        (
            'known = pl.col("_settled") & pl.all_horizontal(',
            'known = pl.col("_settled") & pl.any_horizontal(',
            "offset although one layer is only bound-checked",
        ),
        (
            "(due > claimed + tolerance)",
            "(due >= claimed + tolerance)",
            "a fen of difference is no longer within the tolerance",
        ),
        (
            "(claimed > most + tolerance)",
            "(claimed > most)",
            "no tolerance above a bound",
        ),
        (
            "pl.when(over).then(most).otherwise(claimed)",
            "pl.coalesce(pl.when(~choice.accepted).then(most), claimed)",
            "a shortfall is paid to the hospital",
        ),
        (
            'pl.when(pl.col("_settled") & (due > claimed + tolerance)).then(due - claimed)',
            'pl.when(pl.col("_settled")).then((due - claimed).abs())',
            "what was claimed too much is owed, too",
        ),
        (
            "pl.when(known).then(pl.min_horizontal(deducted, shortfall)).otherwise(0)",
            "pl.when(known).then(pl.min_horizontal(deducted, shortfall)).otherwise(shortfall)",
            "made up for although nobody had too much",
        ),
        (
            '(pl.col(f"{layer}_shortfall_fen") - pl.col(f"{layer}_offset_fen") for layer in funds)',
            '(pl.col(f"{layer}_shortfall_fen") for layer in funds)',
            "the patient is owed what was made up",
        ),
        (
            '_offset_fen") for layer in funds),',
            '_offset_fen") for layer in layers),',
            "a fund owes what a hospital did not waive",
        ),
        (
            'pl.when("_rejected").then(claimed).otherwise(zero)',
            'pl.when("_rejected").then(excess).otherwise(zero)',
            "a refused stay keeps its claim",
        ),
        (
            'off = pl.min_horizontal(docked, f"{layer}_payable_fen")',
            "off = docked",
            "more is taken off than was payable",
        ),
        (
            'pl.when("_settled").then(pl.col(f"{layer}_docked_fen").fill_null(0)).otherwise(0)',
            'pl.col(f"{layer}_docked_fen").fill_null(0)',
            "a deduction counts on a stay that waits",
        ),
        (
            "over = ~choice.accepted & (claimed",
            "over = (claimed",
            "an accepted claim is cut to what is due",
        ),
        (
            "pl.when(choice.held).then(excess).otherwise(zero)",
            "pl.when(choice.held).then(claimed).otherwise(zero)",
            "the whole claim waits for its excess",
        ),
        (
            'return pl.coalesce("self_due_fen", pl.col("total_fen") - paid)',
            'return pl.col("total_fen") - paid',
            "the patient's own share from what was paid, not from what is due",
        ),
        (
            'live = stays.filter(pl.col("status") != "reversed")',
            "live = stays",
            "what was taken back counts in the control totals",
        ),
    ),
    *_of(
        "core/settle/year.py",
        (
            "running = amount.cum_sum() - amount",
            "running = amount.cum_sum()",
            "a stay uses the year up before itself",
        ),
        (
            "group.ne_missing(group.shift(1))",
            "group != group.shift(1)",
            "the first person's year has no beginning",
        ),
        (
            "group * 2 + (~touched).cast(pl.Int64)",
            "group * 2 + touched.cast(pl.Int64)",
            "where a cap moves, unclaimed stays take their room first",
        ),
        (
            "before.zip_with(touched, others + claims)",
            "before.zip_with(touched, others)",
            "an unclaimed entitlement eats the room of a paid one",
        ),
        (
            "group = group * (int(account.max() or 0) + 1) + account",
            "group = group + account",
            "accounts of different people run together",
        ),
        (
            '.then(pl.min_horizontal("amount", "paid"))',
            '.then(pl.col("paid"))',
            "what a decision paid takes more room than is due",
        ),
        (
            'gap.is_between(0, pl.col("days"))',
            'gap.is_between(1, pl.col("days"))',
            "转院 on the day of discharge is no transfer",
        ),
        (
            'gap.is_between(0, pl.col("days"))',
            'gap.is_between(0, pl.col("days"), closed="left")',
            "the last day of a transfer does not count",
        ),
        (
            '(pl.col("hospital") != pl.col("hospital").shift()) & gap',
            "gap",
            "a readmission to the same hospital is a transfer",
        ),
        (
            'held = total + (pl.col("cap") - total).cum_min().clip(upper_bound=0)',
            'held = total + (pl.col("cap") - total).clip(upper_bound=0)',
            "a cap that rises gives back what it had cut off",
        ),
        (
            "taken.append(max(0, min(wanted, most - paid)))",
            "taken.append(min(wanted, most - paid))",
            "a cap that falls takes money back",
        ),
        (
            'room = pl.col("room").clip(lower_bound=0)',
            'room = pl.col("room")',
            "a cap that is used up gives less than nothing",
        ),
    ),
    *_of(
        "core/settle/windows.py",
        (
            "sum(fen for ended, fen in past if since <= ended <= day)",
            "sum(fen for ended, fen in past if since < ended <= day)",
            "the first day of the months is not looked at",
        ),
        (
            'return day.dt.offset_by(back).dt.offset_by("1d")',
            "return day.dt.offset_by(back)",
            "a year and a day is looked at",
        ),
        (
            "key=lambda n: (not person[n][5], n)",
            "key=lambda n: n",
            "stays nobody claimed use up the months of those that were",
        ),
        (
            "room = min([room, *rooms])",
            "room = room + 0 * len([*rooms])",
            "an unclaimed stay overdraws the months of a later one that was paid",
        ),
    ),
    *_of(
        "core/settle/visits.py",
        (
            "SETTLED_TO.dt.year() - begins.dt.year() + 1",
            "SETTLED_TO.dt.year() - SETTLED_TO.dt.year() + 1",
            "a row over New Year is taken as one of a single year",
        ),
        (
            "unknown |= pl.col(WAITS) > 0",
            "unknown |= pl.col(WAITS) < 0",
            "what comes after a row over New Year is taken as known",
        ),
    ),
    *_of(
        "core/settle/formula.py",
        (
            "return pl.max_horizontal(params[name] for name in names if _A_RATE.fullmatch(name))",
            "return pl.min_horizontal(params[name] for name in names if _A_RATE.fullmatch(name))",
            "a row over New Year is checked against the lowest rate",
        ),
        (
            'later = (pl.col(f"{params.step}_rate_nth") >= number)',
            'later = (pl.col(f"{params.step}_rate_nth") > number)',
            "the rate of the second stay begins with the third",
        ),
        (
            'above = amount > params[f"edge_{number - 1}"]',
            'above = amount >= params[f"edge_{number - 1}"]',
            "an upper edge belongs to the higher band",
        ),
        (
            "later = (nth >= number)",
            "later = (nth > number)",
            "the second stay pays the deductible of the first",
        ),
        (
            "grains = progressive(params, low + net) - progressive(params, low)",
            "grains = progressive(params, net)",
            "bands begin anew although the year has filled them",
        ),
        (
            'of = (of - charged * params["floor_less"]).clip(lower_bound=0)',
            "of = of.clip(lower_bound=0)",
            "保底 without the deductible",
        ),
    ),
    *_of(
        "core/settle/charge.py",
        (
            "charged = pl.min_horizontal(stated, base)",
            "charged = stated",
            "a deductible above the bill",
        ),
        (
            'counts = stays["counts"] if chain is None else stays["counts"] & ~chain.carried',
            'counts = stays["counts"]',
            "a transfer is a stay of its own in the count",
        ),
        (
            "counts=self._computed & inpatient",
            "counts=self._computed",
            "a visit counts as a stay",
        ),
    ),
    *_of(
        "core/settle/layer.py",
        (
            'start = start - pl.col(less_column(less)).fill_null(0) * params[f"less_{less}"]',
            "start = start",
            "assistance on the whole bill",
        ),
        (
            "amount = pl.min_horizontal(amount, limit, REST).clip(lower_bound=0)",
            "amount = pl.min_horizontal(amount, REST).clip(lower_bound=0)",
            "no limit on a single stay",
        ),
        (
            "limited = pl.min_horizontal(granted, taken)",
            "limited = taken",
            "a later layer trusts a claim beyond its bound",
        ),
    ),
    *_of(
        "core/settle/caps.py",
        (
            'before, taken = turns.capped(parts["amount"], parts["cap"], opened)',
            'before, taken = turns.capped(parts["amount"], parts["cap"])',
            "期初 uses up no cap",
        ),
        (
            'wanted = pl.when("_free").then(wanted).otherwise(shared.clip(lower_bound=0))',
            "wanted = shared.clip(lower_bound=0)",
            "a quota that does not count is cut by a shared limit",
        ),
    ),
    *_of(
        "core/settle/inputs.py",
        (
            '((claim > 0) | (pl.col(f"{layer}_supplement_fen") > 0).fill_null(False))',
            "(claim > 0)",
            "what a decision paid does not count as claimed",
        ),
        (
            "pl.when(claim == 0)\n",
            "pl.when(claim >= 0)\n",
            "a payment beside a claim counts twice",
        ),
        (
            'stays = stays.with_columns(pl.coalesce("id_no", "person").alias("id_no"))',
            'stays = stays.with_columns(pl.col("id_no").fill_null("").alias("id_no"))',
            "everybody without a usable ID is one person",
        ),
        (
            "_held_before_fen=total.fill_null(0).cum_sum()",
            "_held_before_fen=total.fill_null(0).cum_max()",
            "of several stays that wait only the dearest is thought of",
        ),
    ),
    *_of(
        "core/settle/__init__.py",
        (
            'limited = pl.min_horizontal("total_fen", "_amount")',
            'limited = pl.col("_amount")',
            "a limit on the price gives more than the bill",
        ),
    ),
    *_of(
        "core/settle/shared.py",
        (
            "before += stays[name].fill_null(0)",
            "before += 0",
            "期初 uses up nothing of a shared limit",
        ),
        (
            "yield Shared(household(step.id), cap, [step], [step.layer], turns, opened)",
            "yield Shared(household(step.id), cap, [step], [step.layer], years, opened)",
            "each member has a household's limit alone",
        ),
        (
            'pl.col("household").is_null() & ~uncounted',
            "pl.lit(False) & ~uncounted",
            "somebody of no household has its limit alone",
        ),
    ),
    *_of(
        "core/settle/bonus.py",
        (
            "beyond = (years - _term",
            "beyond = (years - 0 * _term",
            "years insured count from the first one",
        ),
        (
            "then(pl.min_horizontal(said, most))",
            "then(said)",
            "a list raises a cap beyond what it may",
        ),
        (
            "unknown & (year > cap)",
            "unknown & (year > 2 * cap)",
            "somebody on no list is sure beyond the cap",
        ),
    ),
    *_of(
        "core/settle/order.py",
        (
            'pl.arg_sort_by("_head", "id_no", "benefit_year", *ORDER)',
            'pl.arg_sort_by("_head", "id_no", "benefit_year")',
            "stays of one day in the order of the files",
        ),
        (
            'for mark in (who, stays["benefit_year"]) if',
            "for mark in (who,) if",
            "基金年份 does not divide the year",
        ),
    ),
    *_of(
        "core/settle/step.py",
        (
            "if not any(Parameters.of_book(book, other.id).yearly for other in uncertain):",
            "if True:",
            "a layer above one that turned out bound stays exact",
        ),
        (
            "more = other.select(_amount(step)).to_series() > best",
            "more = other.select(_amount(step)).to_series() < best",
            "the lowest bound instead of the highest",
        ),
    ),
    *_of(
        "core/settlement.py",
        (
            '"RO01": layer.unentitled & ~pl.col("listed"),',
            '"RO01": layer.unentitled,',
            "RO04 held where the county lets only RO01 wait",
        ),
        (
            '- pl.col(f"{layer}_offset_fen")\n',
            "",
            "what another layer made up for can be paid to the patient once more",
        ),
        (
            '- pl.col(f"{layer}_supplement_fen").fill_null(0)\n',
            "",
            "what was paid to the patient can be paid again",
        ),
    ),
    *_of(
        "core/pairing/reversals.py",
        (
            "partners = standing[_amounts(row, -1)] or standing[_only_total_signed(row)]",
            'partners = [r for group in standing.values() for r in group if r["total_fen"] == -row["total_fen"]]',
            "an opposite total alone is a partner",
        ),
        (
            "            partners.remove(partner)\n",
            "",
            "one stay is taken back twice",
        ),
        (
            'back = partner["place"] if partner["closed"] and not row["closed"] else None',
            "back = None",
            "a closed stay that is taken back stays paid",
        ),
        (
            '.sort(*ORDER[:2], "negative", *ORDER[2:])',
            '.sort("negative", *ORDER)',
            "a reversal takes back a later stay",
        ),
        (
            '(s["total_fen"] or 0) > taken',
            '(s["total_fen"] or 0) >= 0',
            "a refund of a stay that was cheaper",
        ),
    ),
    *_of(
        "core/pairing/duplicates.py",
        (
            '.sort(pl.col("id_no").is_null(), *ORDER)',
            ".sort(*ORDER)",
            "a row without a usable ID is kept before one with",
        ),
        (
            'same = [(pl.col(name).n_unique() == 1).over("family") for name in MONEY]',
            'same = [(pl.col(name).n_unique() == 1).over("family") for name in MONEY[:1]]',
            "rows that differ in what they claim are copies",
        ),
        (
            "pl.col(CLAIMS).fill_null(0)",
            "pl.col(CLAIMS)",
            "a blank claim is another than a claim of 0",
        ),
        (
            '.over("hospital", "who", "settlement_no")',
            '.over("hospital", "who", "admitted_on")',
            "settlements of one day are copies of each other",
        ),
        (
            'several = (pl.col("fits") > 1).fill_null(False)',
            "several = pl.lit(False)",
            "a row that fits two settlements is a copy of the first",
        ),
        (
            '.otherwise(pl.lit("rejected"))',
            '.otherwise(pl.lit("kept"))',
            "both copies are paid",
        ),
    ),
    *_of(
        "core/pairing/overlaps.py",
        (
            '.filter(pl.col("last") // pl.len() > pl.col("begin"))',
            '.filter(pl.col("last") // pl.len() >= pl.col("begin"))',
            "a transfer on the day of discharge overlaps",
        ),
        (
            'last=pl.when(pl.col("begin") < pl.col("end"))',
            'last=pl.when(pl.col("begin") <= pl.col("end"))',
            "a stay of one day overlaps one that begins with it",
        ),
        (
            '.is_between(0, readmission_days) & ~pl.col("closed")',
            '.is_between(1, readmission_days) & ~pl.col("closed")',
            "a readmission on the day of discharge is not told",
        ),
        (
            '.filter(known & pl.col("inpatient").fill_null(True))',
            ".filter(known)",
            "a visit inside a stay overlaps",
        ),
        (
            '.sort("who", "begin", *ORDER)',
            '.sort("who", "begin")',
            "of two that begin together the one first in the file stays",
        ),
    ),
    *_of(
        "core/pairing/rows.py",
        (
            '"final": ((pl.col("status") == "settled") | _REFUSED).fill_null(False)',
            '"final": (pl.col("status") == "settled").fill_null(False)',
            "what people refused may be reported again",
        ),
        (
            '"gone": (pl.col("status") == "reversed").fill_null(False)',
            '"gone": pl.lit(False)',
            "a closed stay that was taken back is still in the way",
        ),
        (
            "return both.filter(numbers.fill_null(one))",
            "return both.filter(one)",
            "another settlement of a closed visit is refused as paid",
        ),
        (
            'who=pl.when(pl.col("who_right").list.len() == 1)',
            'who=pl.when(pl.col("who_right").list.len() >= 1)',
            "a row without ID is the first of two people it fits",
        ),
    ),
    *_of(
        "core/pairing/closed_twins.py",
        (
            '.agg(closed_place=pl.col("place").min())',
            ".agg(closed_place=pl.lit(None, pl.String))",
            "a stay settled before is paid again",
        ),
        (
            'final = living.filter("closed", "final")',
            'final = living.filter("closed")',
            "a stay that waits may not come again",
        ),
        (
            'held = living.filter(pl.col("status") == "held")',
            'held = living.filter(pl.col("status") == "none")',
            "a stay that waited and comes again stands twice",
        ),
    ),
    *_of(
        "core/link.py",
        (
            'holding = same & pl.col("rank").is_not_null() & holds(pl.col("day"), surely=True)',
            'holding = same & pl.col("rank").is_not_null()',
            "an entry that is over is plainly the stay's own",
        ),
        (
            "if len(met) == len(asked):",
            "if len(met) >= len(asked):",
            "two entries of a person are taken for one each of two",
        ),
        (
            "begun = begins.is_null() | (begins <= day)",
            "begun = begins.is_null() | (begins < day)",
            "the first day of an entitlement does not count",
        ),
        (
            "lasting = ends.is_null() | (ends >= day)",
            "lasting = ends.is_null() | (ends > day)",
            "the last day of an entitlement does not count",
        ),
        (
            'late, soon = ("latest", "earliest") if surely else ("earliest", "latest")',
            'late, soon = ("earliest", "latest") if surely else ("latest", "earliest")',
            "a doubtful day widens a right",
        ),
        (
            'same = (pl.col("entry_key") == pl.col("name_key")).fill_null(False)',
            'same = (pl.col("entry_key") == pl.col("name_key")).fill_null(True)',
            "a blank name is anybody",
        ),
        (
            'several.sort("at", *best, "rank", "category", *PLACE, nulls_last=True)',
            'several.sort("at", *best, "category", *PLACE, nulls_last=True)',
            "of two kinds the first in the alphabet",
        ),
        (
            '& ~(pl.col("ended") & pl.lit(surely))',
            "",
            "a stopped entitlement holds",
        ),
        (
            "matters &= before.is_null() | (rank < before)",
            "matters &= before.is_null() & (rank < before)",
            "doubt about a better kind is passed over",
        ),
        (
            "**{name: expr.min() for name, expr in _DIED.items()",
            "**{name: expr.max() for name, expr in _DIED.items()",
            "of two days of death the later",
        ),
    ),
    *_of(
        "core/deaths.py",
        (
            "(?:未|没有?|无|非|不是|并非|尚未|(?<!是)否)",
            "(?:没有?|无|非|不是|并非|尚未|(?<!是)否)",
            "未死亡 is dead",
        ),
        (
            'if _OF_ANOTHER.search(clause) and not (head and "户主" in clause):',
            "if False:",
            "the death of a relative is the person's",
        ),
    ),
    *_of(
        "core/decisions/complete.py",
        (
            "return bool(made_by and checked_by and made_by != checked_by)",
            "return bool(made_by and checked_by)",
            "one person as 经办人 and 复核人",
        ),
        (
            'refused = (pl.col("decision") == REFUSE).any().over("stay")',
            "refused = pl.lit(False)",
            "refused and released at once",
        ),
        (
            'same = known.filter(pl.len().over("stay", "code", "decision", "layer") > 1)',
            'same = known.filter(pl.len().over("stay", "code", "decision", "layer") > 2)',
            "the same deduction twice",
        ),
        (
            'not (row["amount_fen"] or 0) > 0',
            'row["amount_fen"] is None',
            "a deduction below nothing",
        ),
    ),
    *_of(
        "core/decisions/check.py",
        (
            'row["amount_fen"] > owed[row["stay"]][f"{layer}_owed_fen"]',
            'row["amount_fen"] > 2 * owed[row["stay"]][f"{layer}_owed_fen"]',
            "twice what is owed can be paid out",
        ),
        (
            "if code in _NEVER:",
            "if False:",
            "a release of what cannot be worked out is taken",
        ),
        (
            "return rows.with_columns(gone=((known & ~found) | done).fill_null(False))",
            "return rows.with_columns(gone=(done & ~known).fill_null(False))",
            "a refusal for a fault that was mended is carried out",
        ),
    ),
    *_of(
        "core/decisions/match.py",
        (
            'placed = placed.filter(_same("stay_no"), _same("hospital"), _same("name_key"))',
            'placed = placed.filter(_same("stay_no"), _same("hospital"))',
            "a decision falls on another person at its place",
        ),
        (
            'return at.filter(asked.fill_null(False)).filter(here | ~here.any().over("line"))',
            "return at.filter(asked.fill_null(False))",
            "a stay of this run is not preferred to a closed one",
        ),
        (
            'has = pl.col("codes").str.split(";").list.contains(pl.col("code")).fill_null(False)',
            "has = pl.lit(False)",
            "the code does not tell which of two stays is meant",
        ),
        (
            'known, on=[*PLACE], nulls_equal=True, suffix="_there"',
            'known, on=[*PLACE], suffix="_there"',
            "a place in a file without sheets is not found",
        ),
    ),
    *_of(
        "core/decisions/apply.py",
        (
            "yield pl.when(amount.len() > 0).then(amount.sum())",
            "yield pl.when(amount.len() > 0).then(amount.first())",
            "of two deductions only the first",
        ),
        (
            'entitled=pl.col("entitled") | own,',
            'entitled=pl.col("entitled"),',
            "a recognised category entitles to nothing",
        ),
        (
            '.then(pl.sum_horizontal(name, f"was_{name}"))',
            '.then(pl.coalesce(name, f"was_{name}"))',
            "a second deduction takes the first one's place",
        ),
    ),
    *_of(
        "core/decisions/refunds.py",
        (
            'done = pl.col("refund_accepted") | (net & ~pl.col("_place").is_in(left.implode()))',
            'done = pl.col("refund_accepted") | net',
            "a stay is settled while another refund of it waits",
        ),
        (
            'then(own + pl.col(f"refund_{name}"))',
            'then(own - pl.col(f"refund_{name}"))',
            "a refund is added to the bill",
        ),
    ),
    *_of(
        "core/decisions/identities.py",
        (
            'id_no=pl.coalesce("decided_id_no", "id_no"),',
            'id_no=pl.coalesce("id_no", "decided_id_no"),',
            "a number that people recognised gives way to the file's",
        ),
        (
            'found.with_columns(name_key=pl.coalesce("listed_as", "name_key"))',
            'found.with_columns(name_key=pl.coalesce("name_key", "listed_as"))',
            "released from a name, and still under it",
        ),
    ),
    *_of(
        "core/status.py",
        (
            'rejected = (pl.col("twin") == "rejected") & ~released("ST01")',
            'rejected = pl.col("twin") == "rejected"',
            "a copy that people released stays refused",
        ),
        (
            ".when(held | CANNOT)",
            ".when(held)",
            "what cannot be worked out is settled when released",
        ),
    ),
    *_of(
        "core/closed.py",
        (
            "outside_period=pl.lit(False)",
            "outside_period=pl.lit(None, pl.Boolean)",
            "what no document covers is paid as claimed when a period is worked out again",
        ),
        (
            "(day.dt.month().cast(pl.Int64) + 5) // 6",
            "(day.dt.month().cast(pl.Int64) + 6) // 7",
            "December is in the first half-year",
        ),
        (
            "(day.dt.month().cast(pl.Int64) + 5) // 6",
            "(day.dt.month().cast(pl.Int64) + 6) // 6",
            "June is in the second half-year",
        ),
        (
            "return pl.when(day >= self.first_day).then(known)",
            "return pl.when(day > self.first_day).then(known)",
            "a stay of the books' first day is none of theirs",
        ),
        (
            '.when(pl.col("restated_place").is_in(places.implode()))',
            '.when(pl.col("restated_place").is_not_null() & pl.lit(False))',
            "what waited and was reported anew stays in the books",
        ),
        (
            '.then(pl.when(asked).then(pl.lit("放行")).otherwise(pl.lit("解除待核")))',
            ".then(pl.lit(None, pl.String))",
            "a released stay of a closed period is never paid",
        ),
        (
            "pl.coalesce(then, pl.when(~(own & now.is_in(old))).then(now))",
            "now",
            "a closed stay by the document of today",
        ),
        (
            'touched = ~closed | pl.col("kind").is_not_null() | pl.col("recomputed")',
            'touched = ~closed | pl.col("recomputed")',
            "the rest of the year of a stay that is taken back stays as it was",
        ),
        (
            '.list.set_difference(out).list.set_difference([""])',
            '.list.set_difference([""])',
            "a release does nothing for a closed stay",
        ),
        (
            'net = [pl.col(m) + pl.col(f"was_refunded_{m}").fill_null(0) for m in MONEY]',
            "net = [pl.col(m) for m in MONEY]",
            "a refund is forgotten in the next period",
        ),
    ),
    *_of(
        "core/adjustments.py",
        (
            "moved = pl.any_horizontal(pl.col(name) != 0 for name in amounts)",
            "moved = pl.any_horizontal(pl.col(name) > 0 for name in amounts)",
            "a stay whose year gives less now is not set right",
        ),
        (
            'now[name] - pl.col(f"posted_{name}").fill_null(0) for name in amounts',
            "now[name] for name in amounts",
            "an adjustment pays the whole stay again",
        ),
        (
            'visits = _settled("status") - _settled("closed_status")',
            'visits = _settled("status")',
            "an adjusted stay is a visit of its own",
        ),
    ),
    *_of(
        "core/findings/amounts.py",
        (
            "return self.exact & ((self.claimed - self.due).abs() > self.tolerance)",
            "return self.exact & ((self.claimed - self.due).abs() >= self.tolerance)",
            "a fen of difference is a finding",
        ),
        (
            "(used * 10_000 >= edge) & (before * 10_000 < edge)",
            "(used * 10_000 >= edge)",
            "CA02 on every later stay",
        ),
        (
            "over = checked & (self.claimed - bound > self.tolerance)",
            "over = checked & (self.claimed - bound > 0)",
            "AM07 for a fen",
        ),
        (
            '~pl.col("entitled") & (self.claimed > 0)',
            '~pl.col("listed") & (self.claimed > 0)',
            "claimed outside the entitlement is AM01",
        ),
    ),
    *_of(
        "core/findings/rows.py",
        (
            '(pl.col("admitted_on") > pl.col("died_on"))',
            '(pl.col("admitted_on") >= pl.col("died_on"))',
            "admitted on the day of death is after it",
        ),
        (
            'LIVE & (pl.col("eligible_fen") > pl.col("total_fen"))',
            'LIVE & (pl.col("eligible_fen") >= pl.col("total_fen"))',
            "a bill that is eligible throughout waits",
        ),
        (
            '| (pl.col("discharged_on") < pl.col("admitted_on"))',
            '| (pl.col("discharged_on") <= pl.col("admitted_on"))',
            "a stay of one day waits",
        ),
    ),
    *_of(
        "core/place.py",
        (
            "outside_period=outside.fill_null(False) & late.is_null(),",
            "outside_period=outside.fill_null(False),",
            "a late stay that the books know the period of is not paid",
        ),
    ),
    *_of(
        "core/identify.py",
        (
            '.then(compact.str.head(6) + "19" + compact.str.slice(6))',
            '.then(compact.str.head(6) + "20" + compact.str.slice(6))',
            "an old number of the wrong century",
        ),
        (
            "agrees = (compact.str.len_chars() == 15)",
            "agrees = (compact.str.len_chars() >= 15)",
            "a wrong check character is mended in silence",
        ),
        (
            'usable = pl.col("sound") & ~pl.col("id_numeric")',
            'usable = pl.col("sound")',
            "a number cell that has lost digits is used",
        ),
    ),
    *_of(
        "ledger/closing.py",
        (
            'there = (pl.col("status") == "settled") | ~pl.col("outside_period")',
            'there = ~pl.col("outside_period")',
            "a released ST04 stay paid and not posted",
        ),
        (
            'return stays.filter((pl.col("status") != "reversed") & there)',
            "return stays.filter(there)",
            "what was taken back is posted",
        ),
        (
            "if closed.id == period.id:",
            "if closed.id == period.id and False:",
            "a period is closed twice",
        ),
        (
            "elif closed.first <= period.last and period.first <= closed.last:",
            "elif closed.first <= period.first and period.last <= closed.last:",
            "a quarter around a closed month is closed",
        ),
        (
            "return not made.entries or not knows(ledger, made) or any(later)",
            "return not made.entries or not knows(ledger, made)",
            "books that have moved since the run are posted to",
        ),
        (
            "elif period.last < closed.first:",
            "elif period.last < closed.first and False:",
            "a period before a closed one is closed",
        ),
    ),
    *_of(
        "ledger/accounts.py",
        (
            'APPROVED = ("payable", "offset", "supplement")',
            'APPROVED = ("payable", "supplement")',
            "a fund does not pay what it makes up for",
        ),
        (
            "return self.opening + self.advanced - self.approved",
            "return self.opening + self.advanced + self.approved",
            "what is paid swells the account",
        ),
        (
            "p.first <= period.last and period.first <= p.last",
            "p.first <= period.first and period.last <= p.last",
            "an advance for a longer period",
        ),
        (
            "of_run.add_to(adjusted, of_run.belongs_to != of_run.period)",
            "of_run.add_to(adjusted, of_run.belongs_to == of_run.period)",
            "a statement's own stays are called earlier ones",
        ),
        (
            "if last and line.period.first <= last.last:",
            "if last and line.period.last <= last.first:",
            "an advance into a closed period",
        ),
        (
            "balance = lines[-1].balance",
            "balance = lines[-1].opening",
            "the next period begins where this one began",
        ),
        (
            "balance = opened.get(fund, 0)",
            "balance = 0",
            "the opening balance is lost",
        ),
    ),
    *_of(
        "ledger/load.py",
        (
            '(pl.col(name).fill_null(0) + pl.col(f"{name}_now").fill_null(0)).alias(f"posted_{name}")',
            'pl.col(name).fill_null(0).alias(f"posted_{name}")',
            "an adjustment is made again each period",
        ),
        (
            "*(pl.col(name).last() for name in state)",
            "*(pl.col(name).first() for name in state)",
            "the first later posting counts, not the last",
        ),
        (
            'also = pl.concat([everybody, found["person"].drop_nulls()]).unique()',
            "also = everybody",
            "of a person found by number only that one stay is known",
        ),
    ),
    *_of(
        "ledger/waiting.py",
        (
            'status=pl.coalesce("now", "status"),',
            'status=pl.coalesce("status", "now"),',
            "what was released waits on",
        ),
        (
            'kinds = {"owed": 1, "supplement": -1}',
            'kinds = {"owed": 1}',
            "what was paid to patients is still owed",
        ),
    ),
    *_of(
        "ledger/books.py",
        (
            "entry.kind == CLOSING and entry.number not in undone",
            "entry.kind == CLOSING",
            "a closing that was taken back stands",
        ),
    ),
    *_of(
        "ledger/chain.py",
        (
            "if digest != entry.digest:",
            "if False:",
            "a changed line of the books is not seen",
        ),
        (
            "return sha256(_json([*line, before]).encode())",
            "return sha256(_json([*line]).encode())",
            "a posting can be left out unseen",
        ),
        (
            "if there.get(name) != entry.parts.get(name)",
            "if name not in there",
            "a changed table of the books is not seen",
        ),
    ),
    *_of(
        "money.py",
        (
            "return (grains.abs() * 2 + step) // (2 * step) * unit * grains.sign()",
            "return (grains.abs() * 2 + step - 1) // (2 * step) * unit * grains.sign()",
            "half a fen is rounded down",
        ),
        (
            "return (grains.abs() * 2 + step) // (2 * step) * unit * grains.sign()",
            "return (grains * 2 + step) // (2 * step) * unit",
            "half a fen below nothing is rounded up",
        ),
        (
            "return grains.abs() // (FULL * unit) * unit * grains.sign()",
            "return grains // (FULL * unit) * unit",
            "below nothing is cut away from zero",
        ),
        (
            "return int(fen) if abs(fen) < 10**15 else None",
            "return int(fen)",
            "an amount that no county has",
        ),
        (
            'plain = "-" + bracketed[1].lstrip("+")',
            'plain = bracketed[1].lstrip("+")',
            "a bracketed amount is no longer negative",
        ),
        (
            ".quantize(Decimal(1), ROUND_HALF_UP)\n    except",
            ".quantize(Decimal(1))\n    except",
            "a text of half a fen is rounded to even",
        ),
        (
            'r"[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+(\\.[0-9]*)?"',
            'r"[+-]?[1-9][0-9]{0,2}(,[0-9]{2,3})+(\\.[0-9]*)?"',
            "1000,00 is a hundred thousand",
        ),
    ),
    *_of(
        "privacy.py",
        (
            'return f"****{self.digits[-4:]}"',
            'return f"****{self.digits[-6:]}"',
            "six characters of a number are shown",
        ),
        (
            '_GAP = r"(?:[^\\w*]|_){0,5}"',
            '_GAP = r"[^\\w*]{0,5}"',
            "an ID with low lines is shown",
        ),
        (
            "_ACCOUNT, _LONG = 15, 10",
            "_ACCOUNT, _LONG = 15, 12",
            "a piece of eleven digits is shown",
        ),
        (
            "pl.when(number.str.len_chars() > 8)",
            "pl.when(number.str.len_chars() > 3)",
            "a short number is shown whole",
        ),
        (
            "if count := _id_pieces(pieces):",
            "if len(pieces) == 1 and (count := _id_pieces(pieces)):",
            "an ID with blanks is shown",
        ),
        (
            '.then(first + "*" + last)',
            ".then(first + name.str.slice(1, 1) + last)",
            "a name of three characters is shown whole",
        ),
        (
            "if len(digits) > 18:",
            "if len(digits) >= 18:",
            "an ID of 18 pieces is shown",
        ),
    ),
    *_of(
        "county/periods.py",
        (
            'f"H{half}", int(half) * 6 - 5, 6)',
            'f"H{half}", int(half) * 6 - 5, 5)',
            "a half-year of five months",
        ),
    ),
    *_of(
        "readers/layout/days.py",
        (
            "return year + (1900 if year > century else 2000)",
            "return year + (1900 if year >= century else 2000)",
            "the edge of the century lies a year earlier",
        ),
    ),
    *_of(
        "readers/layout/totals.py",
        (
            "(row, following), (row, len(kinds))]",
            "]",
            "total rows placed first are wrong",
        ),
    ),
)
"""Every bug, room by room, in the order of a row's way."""
