"""What becomes of a claim, in sums: claimed beside due, payable, deducted, held, short, offset."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from onestop_cli.money import yuan
from onestop_cli.working import Group, Line, figure
from onestop_cli.working.lines import named, smallest

Row = Mapping[str, Any]


def outcome(
    row: Row, layers: Sequence[tuple[str, str]], tolerance: int, waived: Collection[str] = ()
) -> tuple[Group, ...]:
    """One group per layer (id, name), and one for the whole stay; `tolerance` in fen. `waived`: layers that hospitals
    bear themselves."""
    if row["status"] == "reversed":
        return (Group((Line("冲红", "与另一行一正一负相抵，两行都不计入任何合计"),)),)
    each = [
        Group(tuple(_layer(row, layer, name, tolerance, own=layer in waived)))
        for layer, name in layers
    ]
    funds = [(layer, name) for layer, name in layers if layer not in waived]
    return (*each, Group(tuple(_whole(row, layers, funds))))


def _layer(row: Row, layer: str, name: str, tolerance: int, *, own: bool) -> Iterator[Line]:
    claimed, payable, deducted, held, short, offset = (
        int(row[f"{layer}_{what}_fen"] or 0)
        for what in ("claimed", "payable", "deducted", "held", "shortfall", "offset")
    )
    yield figure(f"{name}申报", "", claimed, strong=True)
    if row["status"] == "settled":
        yield from _beside(row, layer, claimed, tolerance)
    parts = [("认可" if own else "核付", payable), ("扣减", deducted), ("待核", held)]
    sum_ = " + ".join(named(*part) for part in parts)
    yield figure("申报去向", sum_, claimed)
    if short:
        yield figure(
            "应减免未减免" if own else "少付",
            f"{named('应为', row[f'{layer}_due_fen'])} − {named('申报', claimed)}",
            short,
        )
        if own:
            yield Line("谁来补", "由医院退给患者，基金不支付，不计入应补未补")
    if offset and own:
        yield figure("其中已抵", "同一笔别的层多减、已从医院扣减，患者没有少得", offset)
    elif offset:
        yield figure("其中层间调整", "同一笔多付的一层抵给这一层，由本层基金拨给医院", offset)
    if docked := row.get(f"{layer}_docked_fen"):
        yield figure("处理意见扣款", "已含在扣减内", docked)
    if extra := row.get(f"{layer}_supplement_fen"):
        yield figure("处理意见补发", "", extra)


def _beside(row: Row, layer: str, claimed: int, tolerance: int) -> Iterator[Line]:
    """Claimed beside due, or beside the most it can be."""
    due, bound = row[f"{layer}_due_fen"], row[f"{layer}_bound_fen"]
    if row[f"{layer}_check"] == "none":
        yield Line("核对程度", "未核，按申报计")
    elif due is None:
        yield figure("可核上限", "", bound)
        yield figure(
            "可核付", smallest(named("申报", claimed), named("上限", bound)), min(claimed, bound)
        )
    else:
        yield figure("应为", "", due)
        yield figure("相差", f"{named('申报', claimed)} − {named('应为', due)}", claimed - due)
        if 0 < abs(claimed - due) <= tolerance:
            yield Line("容差", f"相差不超过 {yuan(tolerance)}，按申报核付")


def _whole(
    row: Row, layers: Sequence[tuple[str, str]], funds: Sequence[tuple[str, str]]
) -> Iterator[Line]:
    """The patient's own share, and what funds owe the patient."""
    own, due = row["self_claimed_fen"], row["self_due_fen"]
    if own is not None:
        yield figure("自付申报", "", own)
    if due is not None:
        paid = [(name, int(row[f"{layer}_paid_fen"] or 0)) for layer, name in layers]
        paid.append(("医院承担", int(row["hospital_borne_fen"] or 0)))
        off = [named(*part) for part in paid if part[1]]
        yield figure("自付应为", " − ".join([named("总费用", row["total_fen"]), *off]), due)
    if owed := row["patient_owed_fen"]:
        shorts = [int(row[f"{layer}_shortfall_fen"] or 0) for layer, _ in funds]
        offsets = [int(row[f"{layer}_offset_fen"] or 0) for layer, _ in funds]
        sum_ = " + ".join(yuan(fen) for fen in shorts if fen)
        sum_ += "".join(f" − {named('层间调整', fen)}" for fen in offsets if fen)
        yield figure("应补给患者", sum_, owed, strong=True)
