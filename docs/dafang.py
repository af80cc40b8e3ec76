"""The table of docs/simulate.md: 大方's documents one after the other over one sample year; `python -m docs.dafang`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from onestop_cli.money import percent, yuan
from onestop_cli.rulebook.library import load_rules
from onestop_cli.simulation import burdens as spread
from onestop_cli.simulation import impact
from onestop_cli.simulation.compare import compare, outcome
from onestop_cli.simulation.proposal import Proposal
from onestop_cli.simulation.stays import TrialRun, Year, gather
from samples.year import year_run

PAGE = Path(__file__).parent / "simulate.md"
DOCUMENTS = ("dafang-2006", "dafang-2006-11", "dafang-2008", "dafang-2010")
STAYS, PEOPLE, YEAR, HEAVY = 6_000, 4_000, 2010, 300_000

GROUPS = {
    "农村低保户": "独生子女户",
    "重点优抚对象": "二女户",
    "60年代精简退职人员": "离任村干部",
    "定期定量救济人员": "在职村干部",
}
"""The sample's rosters under the names of the groups that 大方 favoured; 五保户 keep theirs."""

_TITLES = (
    "文件",
    "新农合支出（万元）",
    "实际补偿比",
    "个人自付（万元）",
    "自付超过 3,000 元的人",
    "到封顶的人",
    "比上一份多得的人",
    "少得的人",
)
_PLACE = re.compile(r"(<!-- dafang -->\n\n).*?(\n\n<!-- /dafang -->)", re.DOTALL)


def sample_year() -> Year:
    """A year of made-up stays, settled by the latest document."""
    run = year_run(STAYS, PEOPLE, DOCUMENTS[-1:], YEAR, GROUPS)
    return gather([TrialRun("示例年", run, tuple(one.file for one in load_rules(DOCUMENTS[-1:])))])


def table() -> str:
    """Every document over the whole year, whatever its own days, beside the one before it."""
    head = [_row(_TITLES), f"|---{'|---:' * (len(_TITLES) - 1)}|"]
    return "\n".join([*head, *(_row(cells) for cells in _cells(sample_year()))])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(year: Year) -> Iterator[Sequence[str]]:
    variants = [Proposal(id_, load_rules([id_]), "always").variant([]) for id_ in DOCUMENTS]
    for number, variant in enumerate(variants):
        earlier = variants[max(number - 1, 0)]
        comparison = compare(year, outcome(year, earlier, "before"), variant)
        total, found = impact.total(comparison), impact.people(comparison)
        cost, own = total["total_fen"], total["after_self_fen"]
        yield (
            variant.name,
            _wan(total["after_fen"]),
            percent(cost - own, cost),
            _wan(own),
            f"{spread.burden(comparison, HEAVY).heavy[1]:,}",
            f"{impact.layers(comparison)['after_reached'][0]:,}",
            f"{found.gain:,}" if number else "—",
            f"{found.lose:,}" if number else "—",
        )


def _wan(fen: int) -> str:
    return yuan((fen + 5_000) // 10_000)


def refreshed(text: str) -> str:
    """The page with its table made anew."""
    return _PLACE.sub(lambda found: found[1] + table() + found[2], text)


if __name__ == "__main__":
    PAGE.write_text(refreshed(PAGE.read_text("utf-8")), "utf-8", newline="\n")
