"""Whether what is posted is what is paid: boards of each level against the county's, and that against the statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from onestop_cli.errors import Broken
from onestop_cli.notices.lines import ELIGIBLE
from onestop_cli.notices.notices import Notice, Notices
from onestop_cli.run import Run
from onestop_cli.statements.funds import whole_of
from onestop_cli.statements.statement import Statement

_LEVELS = ("township", "village", "hospital")


@dataclass(frozen=True)
class BoardProof:
    """Where the sum of the county's board comes from, over all funds, in fen."""

    payable_fen: int
    offset_fen: int
    adjusted_fen: int
    paid_fen: int


def proof_of(run: Run, notices: Notices) -> BoardProof:
    """The equation 核付 + 层间调整 + 上期调整 = 应拨 of a publication.

    Raises `Broken` where boards of a level do not add up to the county's, or the county's is not what is paid.
    """
    county = notices.county.sums
    for level in _LEVELS:
        own = [notice for notice in notices.boards if notice.level == level]
        if own and (wrong := _wrong(own, county)):
            raise Broken(f"{level} boards do not add up to the county's: {', '.join(wrong)}")
    statement = Statement(run)
    total = statement.total
    paid = sum(county[f"{layer}_fen"] for layer in whole_of(statement.funds).layers)
    proof = BoardProof(
        total["all_payable_fen"], total["all_offset_fen"], total["all_adjusted_fen"], paid
    )
    if paid != total["all_payment_fen"]:
        raise Broken(f"boards say {paid}, the statement pays {total['all_payment_fen']}")
    return proof


def _wrong(notices: Iterable[Notice], county: Mapping[str, int]) -> list[str]:
    """The amounts that are not the county's when added up."""
    lists = list(notices)
    keys = [key for key in county if key == "rows" or (key.endswith("_fen") and key != ELIGIBLE)]
    return [key for key in keys if sum(notice.sums[key] for notice in lists) != county[key]]
