"""Two runs of one period: what went in otherwise, what came out otherwise, and why, stay by stay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from onestop_cli.core.findings.catalogue import CATALOGUE
from onestop_cli.money import yuan
from onestop_cli.privacy import mask_id
from onestop_cli.run import Run
from onestop_cli.statements.paired import paired
from onestop_cli.statements.statement import NO_HOSPITAL, STATUS, Statement
from onestop_cli.tables.run_info import RunInfo
from onestop_cli.tables.schema import LEVELS, PLACE

_KINDS = {"stays": "医院报表", "roster": "花名册", "register": "机构名册"}
_SIDES = {
    "claimed": "申报",
    "deducted": "扣减",
    "held": "待核",
    "offset": "层间调整",
    "payment": "应拨",
}
_FACTS = {
    "id_no": "证号",
    "name": "姓名",
    "hospital": "医疗机构",
    "admitted_on": "入院日期",
    "discharged_on": "出院日期",
    "settled_on": "结算日期",
    "total_fen": "总费用",
    "eligible_fen": "可补偿费用",
}
"""What a file says of a stay: column → Chinese."""

_WHOLE = "status"
_OWED = "patient_owed_fen"


@dataclass(frozen=True)
class RunComparison:
    """What changed from `before` to `after`.

    `inputs`: (what, sentence) for every file, document, decision or setting that is not the same. `totals`: rows of
    (title, before, after) in fen or, where `counted`, in numbers. `codes`: findings by code, before and after, those
    that differ. `stays`: every stay that came, went, or is settled otherwise, with `why`. `causes`: stays by `why`.
    """

    before: RunInfo
    after: RunInfo
    inputs: tuple[tuple[str, str], ...]
    totals: tuple[tuple[str, int, int], ...]
    counted: tuple[tuple[str, int, int], ...]
    codes: pl.DataFrame
    stays: pl.DataFrame
    causes: pl.DataFrame

    @property
    def same(self) -> bool:
        """Whether nothing came out otherwise."""
        sums = (*self.totals, *self.counted)
        return (
            self.stays.is_empty()
            and self.codes.is_empty()
            and all(before == after for _, before, after in sums)
        )


def compare(before: Run, after: Run) -> RunComparison:
    """Compare two runs of one period; which layers they have may differ."""
    stays = pl.concat([_stays(before, after), _changes(before, after)])
    causes = (
        stays.group_by("why")
        .agg(stays=pl.len().cast(pl.Int64), change_fen=pl.col("change_fen").sum())
        .sort("stays", "why", descending=[True, False])
    )
    old, new = Statement(before), Statement(after)
    return RunComparison(
        before.info,
        after.info,
        tuple(_inputs(before.info, after.info)),
        tuple(_totals(old, new)),
        tuple(_counted(old, new)),
        _codes(before, after),
        stays,
        causes,
    )


def _inputs(before: RunInfo, after: RunInfo) -> Iterator[tuple[str, str]]:
    """What went in otherwise."""
    for kind, title in _KINDS.items():
        old, new = (
            {file.path: file.sha256 for file in info.inputs if file.kind == kind}
            for info in (before, after)
        )
        yield from ((title, text) for text in _differences(old, new))
    rules = [{rule.id: rule.sha256 for rule in info.rules} for info in (before, after)]
    yield from (("政策文件", text) for text in _differences(*rules))
    decided = [
        {info.decisions.path: info.decisions.sha256} if info.decisions else {}
        for info in (before, after)
    ]
    yield from (("处理意见", text) for text in _differences(*decided))
    if (before.ledger and before.ledger.head) != (after.ledger and after.ledger.head):
        yield "台账", "两次核对之间记过账，或一次有台账一次没有"
    if before.recomputed != after.recomputed:
        again = ["、".join(info.recomputed) or "没有" for info in (before, after)]
        yield "重算", f"按现在的资料重算的以前各期（--recompute）：{' → '.join(again)}"
    if before.settings != after.settings:
        yield "设置", "onestop.toml 中尾差、封顶提示、再入院天数或多付由谁承担的设置改过"
    if before.version != after.version:
        yield "程序", f"{before.version} → {after.version}"


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    renamed = {sha: name for name, sha in before.items() if name not in after}
    for name, sha in after.items():
        if name in before:
            if before[name] != sha:
                yield f"{name}：内容改过"
        elif sha in renamed:
            yield f"{renamed[sha]} → {name}：改了名，内容没变"
        else:
            yield f"{name}：新增"
    kept = set(after.values())
    yield from (
        f"{name}：没有了" for name, sha in before.items() if name not in after and sha not in kept
    )


def _totals(before: Statement, after: Statement) -> Iterator[tuple[str, int, int]]:
    """Fen, per fund and side; a fund that only one run has is 0 in the other."""
    keys = {fund.name: fund.key for fund in after.funds}
    keys |= {fund.name: fund.key for fund in before.funds if fund.name not in keys}
    old_keys = {fund.name: fund.key for fund in before.funds}
    new_keys = {fund.name: fund.key for fund in after.funds}
    for name in keys:
        for side, title in _SIDES.items():
            amounts = [
                int(of.total[f"{known[name]}_{side}_fen"]) if name in known else 0
                for of, known in ((before, old_keys), (after, new_keys))
            ]
            yield f"{name} {title}", amounts[0], amounts[1]
    yield "应补未补", int(before.total[_OWED]), int(after.total[_OWED])
    for side, title in {"adjusted": "应拨", "supplement": "补发"}.items():
        key = f"all_{side}_fen"
        yield f"上期调整 {title}", int(before.total[key]), int(after.total[key])
    owed = [int(of.run.adjustments[_OWED].sum()) for of in (before, after)]
    yield "上期调整 应补未补", owed[0], owed[1]


def _counted(before: Statement, after: Statement) -> Iterator[tuple[str, int, int]]:
    for key, title in {
        "claims": "申报（笔）",
        "stays": "核定",
        "held_stays": "待核",
        "rejected_stays": "拒付",
    }.items():
        yield title, int(before.total[key]), int(after.total[key])
    yield "上期调整（笔）", before.run.adjustments.height, after.run.adjustments.height


def _codes(before: Run, after: Run) -> pl.DataFrame:
    """Findings by code on both sides, where their number differs."""
    counts = [
        run.findings.group_by("code").agg(pl.len().cast(pl.Int64).alias(side))
        for run, side in ((before, "before"), (after, "after"))
    ]
    titles = {code: entry.title for code, entry in CATALOGUE.items()}
    return (
        counts[0]
        .join(counts[1], on="code", how="full", coalesce=True)
        .with_columns(pl.col("before", "after").fill_null(0))
        .filter(pl.col("before") != pl.col("after"))
        .with_columns(title=pl.col("code").replace_strict(titles, default=""))
        .sort("code")
    )


def _stays(before: Run, after: Run) -> pl.DataFrame:
    """Every stay that is not as it was: who, what it was, what it is, and why."""
    layers = [run.info.layers for run in (before, after)]
    sides = [
        _side(run, [layer.id for layer in layers[at]]) for at, run in enumerate((before, after))
    ]
    both = paired(before.stays, after.stays)
    old = sides[0].rename(lambda name: f"{name}_before")
    new = sides[1].rename(lambda name: f"{name}_after")
    joined = both.join(old, left_on="before_at", right_on="at_before", how="left").join(
        new, left_on="after_at", right_on="at_after", how="left"
    )
    changed = joined.filter(
        pl.col("terms_before").ne_missing(pl.col("terms_after"))
        | pl.any_horizontal(
            pl.col(f"{name}_before").ne_missing(pl.col(f"{name}_after")) for name in _FACTS
        )
    )
    decided = [_decided(run.info) for run in (before, after)]
    rows = [_told(row, decided) for row in changed.iter_rows(named=True)]
    return pl.DataFrame(rows, schema=_SCHEMA).sort("hospital", "stay_no", "name", nulls_last=True)


def _changes(before: Run, after: Run) -> pl.DataFrame:
    """Every closed stay that only one of the runs adjusts, or each in another way, in the columns of `_stays`."""
    old, new = _adjusted(before), _adjusted(after)
    rows = [
        _adjusted_otherwise(old.get(place), new.get(place))
        for place in {**old, **new}
        if old.get(place) != new.get(place)
    ]
    return pl.DataFrame(rows, schema=_SCHEMA).sort("hospital", "stay_no", "name", nulls_last=True)


def _adjusted(run: Run) -> dict[tuple[Any, ...], dict[str, Any]]:
    """The lines of 上期调整 by the place of their stay."""
    parts = [
        f"{layer.id}_{part}_fen" for layer in run.info.layers for part in ("payable", "offset")
    ]
    lines = run.adjustments.select(
        "period", *PLACE, "hospital", "stay_no", "name", "kind", "because", _OWED,
        id_shown=mask_id(pl.col("id_no")), paid_fen=pl.sum_horizontal(parts),
    )  # fmt: skip
    return {
        (line["period"], *(line[name] for name in PLACE)): line
        for line in lines.iter_rows(named=True)
    }


def _adjusted_otherwise(
    old: Mapping[str, Any] | None, new: Mapping[str, Any] | None
) -> dict[str, Any]:
    line = new or old or {}
    was, is_ = (side["paid_fen"] if side else 0 for side in (old, new))
    owed = [yuan(side[_OWED] if side else 0) for side in (old, new)]
    kinds = [f"上期调整（{side['kind']}）" if side else "—" for side in (old, new)]
    about = ("hospital", "stay_no", "name", "id_shown", *PLACE)
    return {
        **{name: line[name] for name in about},
        "status_before": kinds[0],
        "status_after": kinds[1],
        "paid_before_fen": was,
        "paid_after_fen": is_,
        "change_fen": is_ - was,
        "why": "上期调整",
        "what": f"{line['period']}：{line['because']}；应补 {owed[0]} → {owed[1]}",
    }


_SCHEMA = {
    "hospital": pl.String,
    "stay_no": pl.String,
    "name": pl.String,
    "id_shown": pl.String,
    "source": pl.String,
    "sheet": pl.String,
    "row": pl.Int64,
    "status_before": pl.String,
    "status_after": pl.String,
    "paid_before_fen": pl.Int64,
    "paid_after_fen": pl.Int64,
    "change_fen": pl.Int64,
    "why": pl.String,
    "what": pl.String,
}


def _side(run: Run, layers: list[str]) -> pl.DataFrame:
    """What is compared of each stay: its facts, its amounts as one text, what it is paid, its findings."""
    amounts = [
        pl.col(f"{layer}_{part}_fen").cast(pl.String).fill_null("")
        for layer in layers
        for part in ("due", "payable", "deducted", "held", "shortfall", "offset")
    ]
    claimed = [pl.col(f"{layer}_claimed_fen") for layer in layers]
    paid = [pl.col(f"{layer}_{part}_fen") for layer in layers for part in ("payable", "offset")]
    codes = run.findings.group_by("source", "sheet", "row").agg(
        codes=pl.col("code").unique().sort()
    )
    return (
        run.stays.with_columns(at=pl.int_range(pl.len(), dtype=pl.Int64))
        .join(
            codes,
            on=["source", "sheet", "row"],
            how="left",
            nulls_equal=True,
            validate="m:1",
            suffix="_found",
        )
        .select(
            "at",
            *_FACTS,
            "source",
            "sheet",
            "row",
            "stay_no",
            "status",
            "category",
            "level",
            "rule_id",
            id_shown=mask_id(pl.col("id_no")),
            claimed_fen=pl.sum_horizontal(claimed),
            paid_fen=pl.sum_horizontal(paid),
            terms=pl.concat_str([pl.col("status"), *amounts], separator=" "),
            codes="codes_found" if "codes" in run.stays.columns else "codes",
        )
    )


def _decided(info: RunInfo) -> set[tuple[str, ...]]:
    """The decisions of a run: hospital, stay number, code, decision, amount."""
    parts = ("hospital", "stay_no", "code", "decision", "amount_fen", "category", "id_no")
    lines = info.decisions.lines if info.decisions else ()
    return {tuple(str(line.get(part) or "") for part in parts) for line in lines}


def _told(row: Mapping[str, Any], decided: list[set[tuple[str, ...]]]) -> dict[str, Any]:
    """A changed stay as papers list it."""
    now = "after" if row["after_at"] is not None else "before"
    why, what = _why(row, decided)
    was, is_ = row["paid_fen_before"] or 0, row["paid_fen_after"] or 0
    return {
        "hospital": row[f"hospital_{now}"] or NO_HOSPITAL,
        **{
            name: row[f"{name}_{now}"]
            for name in ("stay_no", "name", "id_shown", "source", "sheet", "row")
        },
        "status_before": STATUS.get(row["status_before"], "—"),
        "status_after": STATUS.get(row["status_after"], "—"),
        "paid_before_fen": was,
        "paid_after_fen": is_,
        "change_fen": is_ - was,
        "why": why,
        "what": what,
    }


def _why(row: Mapping[str, Any], decided: list[set[tuple[str, ...]]]) -> tuple[str, str]:
    """The cause of a change, nearest to the paper first, and what is seen of it."""
    if row["before_at"] is None:
        return "新报来的住院", f"{row['source_after']} 第 {row['row_after']} 行"
    if row["after_at"] is None:
        return "没有再报的住院", f"原在 {row['source_before']} 第 {row['row_before']} 行"
    if decision := _new_decision(row, decided):
        return "处理意见", decision
    if facts := [f"{t} {_word(row, n)}" for n, t in _FACTS.items() if _moved(row, n)]:
        return "医院改报", "；".join(facts)
    if _moved(row, "claimed_fen"):
        return "医院改报", f"申报补偿 {_word(row, 'claimed_fen')}"
    if _moved(row, "category"):
        return "花名册变动", f"救助类别 {_word(row, 'category')}"
    if _moved(row, "level"):
        return "机构名册变动", f"级别 {_word(row, 'level')}"
    if _moved(row, "rule_id"):
        return "政策文件变动", _word(row, "rule_id")
    old, new = set(row["codes_before"] or ()), set(row["codes_after"] or ())
    if old != new:
        parts = [("不再有 ", old - new), ("新有 ", new - old)]
        return "差错变动", "；".join(
            f"{word}{'、'.join(sorted(codes))}" for word, codes in parts if codes
        )
    return "同一人别的住院、政策或设置变动", "年度累计、封顶或待遇标准不同了"


def _new_decision(row: Mapping[str, Any], decided: list[set[tuple[str, ...]]]) -> str:
    """The decisions on this stay that only one of the runs has."""
    own = (row["hospital_after"] or "", row["stay_no_after"] or "")
    old, new = ({one for one in side if one[:2] == own} for side in decided)
    said = [f"{one[3]}（{one[2]}）" for one in sorted(new - old)]
    said += [f"不再{one[3]}（{one[2]}）" for one in sorted(old - new)]
    return "、".join(said)


def _moved(row: Mapping[str, Any], name: str) -> bool:
    return bool(row[f"{name}_before"] != row[f"{name}_after"])


def _word(row: Mapping[str, Any], name: str) -> str:
    """`before → after` in words; of an ID number only its end."""
    values = [row[f"{name}_{side}"] for side in ("before", "after")]
    if name == "id_no":
        values = [row[f"id_shown_{side}"] for side in ("before", "after")]
    if name == "level":
        values = [LEVELS.get(value, value) for value in values]
    if name.endswith("_fen"):
        values = [None if value is None else yuan(value) for value in values]
    return " → ".join("空" if value is None else str(value) for value in values)
