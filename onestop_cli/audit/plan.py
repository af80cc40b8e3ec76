"""An inspection's plan: which draw, from which frame, with which seeds; enough to draw it again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import polars as pl

from onestop_cli.audit.evaluate import evaluate, within
from onestop_cli.audit.planning import planned_size
from onestop_cli.audit.sampling import (
    FRAME_SORT,
    GENERATOR,
    METHODS,
    Stratum,
    combine,
    draw,
    frame_hash,
    make_frame,
    sample_hash,
    sample_table,
    strata_of,
)
from onestop_cli.audit.seeds import broken_promises
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.run import Run
from onestop_cli.tables.schema import PLACE

FORMAT = 1
_PERCENT = re.compile(r"\d{1,3}(\.\d{1,4})?")
_REDRAW = ("generator", "method", "seeds", "size", "confidence", "tolerable", "expected")


@dataclass(frozen=True)
class PlanChoices:
    """What the departments chose. `seeds`: none for the last day of the period. Percentages are texts (`95`), as
    they are printed; `size` None for the one they ask for; `leads` is how many lead stays to add. `drawn_by`: what
    strata share the draws by, where a plan says it. `committed`: the digests handed over before the seeds were told."""

    seeds: tuple[int, ...] = ()
    method: str = "mus"
    size: int | None = None
    confidence: str = "95"
    tolerable: str = "5"
    expected: str = "0"
    leads: int = 20
    drawn_by: str | None = None
    committed: tuple[str, ...] = ()

    @property
    def shared(self) -> str:
        """`rows` where the size is worked out, since it is worked out for stays; a given size is shared by `amount`."""
        return self.drawn_by or ("rows" if self.size is None else "amount")

    @property
    def risk(self) -> Fraction:
        return 1 - percent(self.confidence)


@dataclass(frozen=True)
class Drawing:
    """A draw carried out: the frame, its strata, the drawn stays, and `plan.json` as a mapping."""

    frame: pl.DataFrame
    strata: tuple[Stratum, ...]
    sample: pl.DataFrame
    plan: Mapping[str, Any]


def percent(text: str) -> Fraction:
    """The share a percentage text stands for: `95` → 19/20."""
    return Fraction(text) / 100


def checked(choices: PlanChoices) -> PlanChoices:
    """`choices`, or `CannotRun` with everything that is wrong with them."""
    problems = [
        Problem(f"看不懂{title}“{text}”", f"请写成百分数，如 {example}")
        for title, text, example in (
            ("置信水平", choices.confidence, "95"),
            ("可容忍差错率", choices.tolerable, "5"),
            ("预计差错率", choices.expected, "1"),
        )
        if not _PERCENT.fullmatch(text)
    ]
    if not problems:
        problems = list(_out_of_range(choices))
    if choices.method not in METHODS:
        problems.append(
            Problem(f"没有“{choices.method}”这种抽样方法", f"可用：{'、'.join(METHODS)}")
        )
    if any(seed < 0 or seed >= 10**32 for seed in choices.seeds):
        problems.append(Problem("抽样种子不能是负数，也不能超过 32 位", "请各部门给出一个正整数"))
    if choices.size is not None and choices.size < 1:
        problems.append(Problem(f"样本量 {choices.size} 不成立", "--size 请给 1 以上的整数"))
    if choices.leads < 0:
        problems.append(Problem("附加的线索数不能是负数", "--leads 请给 0 以上的整数"))
    if problems:
        raise CannotRun(problems)
    return choices


def _out_of_range(choices: PlanChoices) -> list[Problem]:
    problems = []
    if not Fraction(1, 2) <= percent(choices.confidence) < 1:
        problems.append(Problem("置信水平应在 50 到 100 之间", "常用 90、95"))
    if not 0 < percent(choices.tolerable) < 1:
        problems.append(Problem("可容忍差错率应大于 0、小于 100", "常用 5"))
    if percent(choices.expected) >= percent(choices.tolerable):
        problems.append(
            Problem(
                "预计差错率不小于可容忍差错率，抽样无法得出结论", "请降低预计差错率，或改为全面检查"
            )
        )
    return problems


def make_drawing(
    run: Run,
    run_sha256: str,
    choices: PlanChoices,
    earlier: Sequence[Mapping[str, Any]],
    version: str,
) -> Drawing:
    """Draw from `run`. Raises `CannotRun` when there is nothing to draw from."""
    frame = make_frame(run.stays)
    if frame.is_empty():
        raise CannotRun([Problem("本期没有应拨付的住院，无从抽样", "请先核对结算结果")])
    seeds = choices.seeds or (int(run.period.last.strftime("%Y%m%d")),)
    if problems := list(broken_promises(run_sha256, choices.seeds, choices.committed)):
        raise CannotRun(problems)
    size = choices.size or planned_size(
        choices.method,
        strata_of(frame, choices.method),
        choices.risk,
        percent(choices.tolerable),
        percent(choices.expected),
    )
    strata = draw(frame, choices.method, size, combine(seeds), choices.shared)
    sample = sample_table(frame, strata)
    money = next((stratum for stratum in strata if stratum.id == "money"), None)
    plan = {
        "format": FORMAT,
        "version": version,
        "generator": GENERATOR,
        "period": run.period.id,
        "run_sha256": run_sha256,
        "method": choices.method,
        "seeds": list(seeds),
        "seeds_given": bool(choices.seeds),
        "seed": combine(seeds),
        "committed": list(choices.committed),
        "size": size,
        "size_given": choices.size is not None,
        "shared": choices.shared,
        "provable": _provable(frame, strata, choices),
        "confidence": choices.confidence,
        "tolerable": choices.tolerable,
        "expected": choices.expected,
        "interval_fen": money.amount // money.drawn if money else None,
        "frame": {
            "rows": frame.height,
            "amount_fen": int(frame["amount"].sum()),
            "sha256": frame_hash(frame),
            "sort": [*FRAME_SORT, *PLACE],
        },
        "strata": [_stratum(stratum) for stratum in strata],
        "sample": {"rows": sample.height, "sha256": sample_hash(sample)},
        "earlier": list(earlier),
    }
    return Drawing(frame, strata, sample, plan)


def _provable(frame: pl.DataFrame, strata: Sequence[Stratum], choices: PlanChoices) -> bool:
    """Whether this sample can come to the conclusion it is drawn for: without an error it must be within."""
    amounts = frame["amount"].to_list()
    clean = {at: amounts[at] for stratum in strata for at in stratum.picks}
    total = evaluate(amounts, strata, clean, choices.risk).total
    return within(total, choices.method, percent(choices.tolerable))


def _stratum(stratum: Stratum) -> dict[str, Any]:
    """A stratum for `plan.json`."""
    return {
        "id": stratum.id,
        "rows": stratum.rows,
        "amount_fen": stratum.amount,
        "drawn": stratum.drawn,
        "start": stratum.start,
    }


def redraw(run: Run, plan: Mapping[str, Any]) -> Drawing:
    """The draw that `plan` describes, drawn again from `run`.

    Raises `CannotRun` for a plan that is none, one of another generator, and when frame or sample differ.
    """
    problems = list(_unusable(plan))
    if problems:
        raise CannotRun(problems)
    choices = checked(
        PlanChoices(
            seeds=tuple(plan["seeds"]),
            method=plan["method"],
            size=plan["size"],
            confidence=plan["confidence"],
            tolerable=plan["tolerable"],
            expected=plan["expected"],
            drawn_by=plan.get("shared", "amount"),
            committed=tuple(plan.get("committed", ())),
        )
    )
    drawing = make_drawing(run, plan["run_sha256"], choices, plan["earlier"], plan["version"])
    problems = list(_differences(plan, drawing.plan))
    if problems:
        raise CannotRun(problems)
    return drawing


def _unusable(plan: Mapping[str, Any]) -> list[Problem]:
    """Why a plan cannot be redrawn."""
    kinds = {"seeds": list, "size": int, "frame": dict, "sample": dict, "strata": list}
    keys = (*_REDRAW, *kinds, "run_sha256", "version", "earlier", "period")
    lacking = [key for key in dict.fromkeys(keys) if key not in plan]
    wrong = [key for key, kind in kinds.items() if not isinstance(plan.get(key, kind()), kind)]
    if lacking or wrong or not all(isinstance(seed, int) for seed in plan["seeds"]):
        what = "、".join([*lacking, *wrong]) or "seeds"
        return [Problem(f"抽样计划不完整或被改动（{what}）", "请用 onestop audit 写出的 plan.json")]
    if plan["generator"] != GENERATOR:
        return [
            Problem(
                f"抽样计划用的随机数方法是 {plan['generator']}，本版本只有 {GENERATOR}",
                f"请用 onestop {plan['version']} 复核",
            )
        ]
    return []


def _differences(plan: Mapping[str, Any], again: Mapping[str, Any]) -> list[Problem]:
    """What the redraw has otherwise than the plan."""
    frame, other = plan["frame"], again["frame"]
    if frame.get("sha256") != other["sha256"]:
        what = f"抽样总体不同：计划 {frame.get('rows')} 笔，现有 {other['rows']} 笔，校验值不符"
        return [Problem(what, "请确认 RUN 就是当时抽样的结算结果，之后没有重新结算")]
    if plan["sample"].get("sha256") != again["sample"]["sha256"]:
        return [Problem("按计划中的种子和方法重抽，样本与计划所记不同", "plan.json 可能被改动")]
    names = {"seed": "合并种子", "strata": "分层", "interval_fen": "抽样间隔"}
    return [
        Problem(f"计划所记的{title}与重抽的不同", "plan.json 可能被改动")
        for key, title in names.items()
        if plan.get(key) != again[key]
    ]
