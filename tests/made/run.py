"""Finished runs of made-up people (county 6399) for the tests of papers; the laws of settlement hold in them."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl

from onestop_cli.core.adjustments import no_adjustments
from onestop_cli.core.findings.catalogue import CATALOGUE
from onestop_cli.core.identify import make_id
from onestop_cli.run import Run
from onestop_cli.tables.decisions import DECISIONS
from onestop_cli.tables.run_info import RunInfo
from onestop_cli.tables.schema import FINDINGS, PER_LAYER, QUARANTINE, STAY_HEAD

CLASSES = {
    "农村低保户": "一类",
    "60年代精简退职人员": "一类",
    "定期定量救济人员": "一类",
    "五保户": "二类",
    "重点优抚对象": "三类",
}
HOSTILE = ("=cmd|'/c calc'!A1", "<script>alert(1)</script>", "../../etc/passwd", "+1+1", "@SUM(A1)")
RATES = {"township": 8000, "county": 7000, "city": 6000, "province": 5000}
_LAYERS = {
    "basic": ("新农合补偿", "新农合基金"),
    "assistance": ("医疗救助", "医疗救助资金"),
    "extra": ("倾斜救助", "医疗救助资金"),
    "backstop": ("政府兜底", "财政兜底资金"),
}


def settle_amounts(
    claimed: list[int], due: list[int | None], status: str, tolerance: int = 1
) -> tuple[list[dict[str, int | None]], int]:
    """The amounts of one stay per layer, and what the patient is owed, as the contract defines them."""
    amounts: list[dict[str, int | None]] = []
    for paid, owed in zip(claimed, due, strict=True):
        part: dict[str, int | None] = {"claimed": paid, "due": owed} | dict.fromkeys(
            PER_LAYER[2:], 0
        )
        if status == "settled" and owed is not None:
            near = abs(paid - owed) <= tolerance
            part["payable"] = paid if near else min(paid, owed)
            part["shortfall"] = 0 if near else max(owed - paid, 0)
        elif status == "settled":
            part["payable"] = paid
        elif status == "held":
            part["held"] = paid
        if status in ("settled", "rejected"):
            part["deducted"] = paid - part["payable"]
        amounts.append(part)
    room = 0
    if None not in due:
        room = min(sum(p["deducted"] for p in amounts), sum(p["shortfall"] for p in amounts))
    left = sum(p["shortfall"] for p in amounts) - room if None not in due else 0
    for part in amounts:
        part["offset"] = min(room, part["shortfall"])
        room -= part["offset"]
    return amounts, left


def stay(
    number: int, rng: random.Random, layers: tuple[str, ...], hospitals: list[tuple[str, str]]
):
    """One stay as `stays.parquet` has it; about one in five has something wrong with it."""
    hospital, level = hospitals[number % len(hospitals)]
    township = rng.randrange(8)
    total = rng.randrange(20_000, 900_000)
    eligible = total * rng.randrange(65, 95) // 100
    due: list[int | None] = [eligible * RATES[level] // 10_000]
    while len(due) < len(layers):
        due.append((total - sum(due)) * 6 // 10)
    status = rng.choices(["settled", "held", "rejected"], [92, 6, 2])[0]
    claimed, second = list(due), min(1, len(layers) - 1)
    fault = rng.random()
    if fault < 0.04:
        claimed[0] = eligible * 8_000 // 10_000
        claimed[second] = (total - claimed[0]) * 6 // 10
    elif fault < 0.08:
        claimed[second] += rng.randrange(1_000, 50_000)
    elif fault < 0.10:
        claimed[second] = 0
    elif fault < 0.12:
        claimed[0] -= rng.randrange(0, claimed[0])
    if status != "settled":
        due = [None] * len(layers)
    amounts, owed = settle_amounts(claimed, due, status)
    left = rng.randrange(92)
    discharged = date(2010, 10, 1) + timedelta(days=left)
    person = (
        f"639900{1930 + number % 70}{1 + number % 12:02d}{1 + number % 28:02d}{number % 1000:03d}"
    )
    row: dict[str, Any] = {
        "source": f"{hospital}.xlsx", "sheet": "明细", "row": number + 2,
        "hospital": hospital, "level": level, "stay_no": f"ZY{number:06d}",
        "name": rng.choice("王李张马才让") + rng.choice(["小明", "秀英", "才让卓玛", "强"]),
        "id_no": make_id(person), "id_raw": make_id(person), "category": rng.choice(list(CLASSES)),
        "township": f"第{township + 1}乡", "village": f"第{rng.randrange(8) + 1}村",
        "admitted_on": discharged - timedelta(days=rng.randrange(2, 20)),
        "discharged_on": discharged, "settled_on": discharged, "benefit_year": 2010,
        "total_fen": total, "eligible_fen": eligible,
        "patient_owed_fen": owed, "status": status, "rule_id": "huangzhong-2009",
        "self_claimed_fen": total - sum(claimed),
        "self_due_fen": total - sum(due) if None not in due else None,
    }  # fmt: skip
    for layer, part in zip(layers, amounts, strict=True):
        row |= {f"{layer}_{what}_fen": part[what] for what in PER_LAYER}
        row[f"{layer}_check"] = "exact" if status == "settled" else "none"
    return row


def stays_schema(layers: tuple[str, ...]) -> dict[str, Any]:
    """The columns of `stays.parquet`."""
    schema: dict[str, Any] = dict(STAY_HEAD)
    for layer in layers:
        schema |= {f"{layer}_{what}_fen": pl.Int64 for what in PER_LAYER}
    schema |= {"patient_owed_fen": pl.Int64}
    schema |= {f"{layer}_check": pl.String for layer in layers}
    schema |= {"self_claimed_fen": pl.Int64, "self_due_fen": pl.Int64}
    return schema | {"status": pl.String, "rule_id": pl.String}


def findings_of(
    row: dict[str, Any], layers: tuple[str, ...], rng: random.Random
) -> list[dict[str, Any]]:
    """The findings that go with a stay."""
    head = {key: row[key] for key in FINDINGS if key in row}
    if row["status"] == "held":
        code = rng.choice(["ID01", "ID03", "ST02", "HO01", "AM04"])
        return [_finding(head, code, "证号校验码不对")]
    if row["status"] == "rejected":
        return [_finding(head, "ST01", "与另一行重复，金额一致，本行拒付")]
    found = []
    for layer in layers:
        claimed, due = row[f"{layer}_claimed_fen"], row[f"{layer}_due_fen"]
        if claimed != due:
            code = "RO02" if claimed == 0 else "AM01"
            amounts = {
                "layer": layer,
                "claimed_fen": claimed,
                "due_fen": due,
                "diff_fen": claimed - due,
            }
            cause = rng.choice(["level:township", "bands:whole", "unknown", "upstream"])
            cause = cause if code == "AM01" else None
            message = f"{_LAYERS[layer][0]}申报 {claimed / 100:.2f}，应为 {due / 100:.2f}"
            found.append(_finding(head, code, message, cause=cause, **amounts))
    if rng.random() < 0.05:
        found.append(_finding(head, "ID02", "证号已规范：15 位升 18 位"))
    return found


def _finding(head: dict[str, Any], code: str, message: str, **more: Any) -> dict[str, Any]:
    severity = CATALOGUE[code].severity
    return {
        **dict.fromkeys(FINDINGS),
        **head,
        "code": code,
        "severity": severity,
        "message": message,
        **more,
    }


def made_run(
    size: int = 300,
    layers: tuple[str, ...] = ("basic", "assistance"),
    hospitals: int = 6,
    seed: int = 1,
    hostile: bool = False,
) -> Run:
    """A run of `size` stays in 示例县, 2010Q4. `hostile`: names and places are attacks."""
    rng = random.Random(seed)
    levels = ["township", "township", "county", "township", "city", "township", "province"]
    names = [
        (
            f"示例县第{index + 1}{'人民医院' if levels[index % 7] == 'county' else '中心卫生院'}",
            levels[index % 7],
        )
        for index in range(hospitals)
    ]
    if hostile:
        names[: len(HOSTILE)] = [
            (text, level) for text, (_, level) in zip(HOSTILE, names[: len(HOSTILE)], strict=False)
        ]
    rows = [stay(number, rng, layers, names) for number in range(size)]
    if hostile:
        for row, text in zip(rows, HOSTILE * size, strict=False):
            row |= {"name": text, "village": text, "township": text, "stay_no": text}
    findings = [found for row in rows for found in findings_of(row, layers, rng)]
    quarantined = {
        "source": "第1中心卫生院.xlsx", "sheet": "明细", "row": 77, "kind": "stay",
        "text": "见上页 | ****1234 | =1+1", "reason": "没有金额，也没有证号，看不出是一笔住院",
    }  # fmt: skip
    return Run(
        info_of(layers, size, [name for name, _ in names]),
        pl.DataFrame(rows, schema=stays_schema(layers)),
        pl.DataFrame(findings, schema=dict(FINDINGS)),
        pl.DataFrame({"id_no": [row["id_no"] for row in rows]}),
        pl.DataFrame([quarantined], schema=dict(QUARANTINE)),
    )


def with_info(run: Run, **parts: Any) -> Run:
    """`run` with other parts of `run.json`."""
    return replace(run, info=with_parts(run.info, **parts))


def with_parts(info: RunInfo, **parts: Any) -> RunInfo:
    """`info` with other parts."""
    return RunInfo.model_validate({**info.content(), **parts})


def info_of(layers: tuple[str, ...], size: int, hospitals: list[str]) -> RunInfo:
    """`run.json` of a made run."""
    parts = {
        "version": "0.1.0",
        "period": "2010Q4",
        "county": {"name": "示例县", "code": "6399"},
        "layers": [
            {"id": layer, "name": _LAYERS[layer][0], "kind": "computed", "fund": _LAYERS[layer][1]}
            for layer in layers
        ],
        "rules": [
            {
                "id": "huangzhong-2009",
                "title": "湟中县特困群众住院新农合补偿与大病医疗救助",
                "document": "湟中县农村特困群众大病医疗救助与新型农村合作医疗一站式结算办法",
                "number": "",
                "from": "2009-10-01",
                "to": None,
                "assumed": ["from", "to"],
                "readings": ["分段累进，按次计算"],
                "sha256": "0" * 64,
            }
        ],
        "classes": CLASSES,
        "inputs": [
            {
                "path": f"{name}.xlsx",
                "kind": "stays",
                "sha256": "a" * 64,
                "rows": size // len(hospitals),
            }
            for name in hospitals
        ],
        "counts": {
            "rows_read": size + 12,
            "stays": size,
            "roster": 0,
            "quarantined": 1,
            "left": {"title": 5, "header": 3, "total": 3},
        },
        "control": {},
        "settings": {},
    }
    return RunInfo.model_validate(parts)


def with_ledger(run: Run) -> Run:
    """The same run made against a ledger: a reversal and a release of closed stays, and a decision."""
    blank = no_adjustments([layer.id for layer in run.layers])
    amounts = {name: 0 for name in blank.columns if name.endswith("_fen")}
    reversal, release = run.stays.head(2).to_dicts()
    changes = [
        (reversal, "红冲", {"basic_payable_fen": -10_000, "basic_claimed_fen": -10_000}),
        (release, "放行", {"basic_payable_fen": 20_000, "basic_held_fen": -20_000}),
    ]
    lines = [
        {name: stay.get(name) for name in blank.columns}
        | {**amounts, "kind": kind, "period": "2010Q3", **change}
        for stay, kind, change in changes
    ]
    decision = {
        **dict.fromkeys(DECISIONS), "line": 5, "hospital": reversal["hospital"],
        "stay_no": reversal["stay_no"], "code": "ID01", "decision": "放行", "reason": "已核身份证原件",
        "made_by": "张三", "checked_by": "李四", "decided_on": "2011-01-10",
    }  # fmt: skip
    more = {
        "ledger": {"runs": 1, "head": "c"},
        "decisions": {"path": "处理意见.xlsx", "sha256": "b" * 64, "lines": [decision]},
        "accounts": {"医疗救助资金": {"opening_fen": 1_000_000, "advanced_fen": 30_000_000}},
    }
    return replace(with_info(run, **more), adjustments=pl.DataFrame(lines, schema=blank.schema))
