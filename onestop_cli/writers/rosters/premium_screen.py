"""The premium subsidy list on a screen of 80 columns."""

from __future__ import annotations

from rich.console import Console

from onestop_cli.money import yuan
from onestop_cli.rosters.premium import OF_LIST, OF_ROSTER, Amounts, PremiumLists
from onestop_cli.writers.rosters.premium_book import Paper, amount_text
from onestop_cli.writers.rosters.screen import say, table


def show_premium(paper: Paper, amounts: Amounts, console: Console) -> None:
    """How many are paid for and with how much, by category; where every row of both lists went."""
    found = paper.premium
    say(
        console,
        f"{paper.title}，花名册按 {found.day:%Y-%m-%d} 的待遇期",
    )
    heads = (
        "救助类别",
        "应资助>",
        found.words.of("已参合资助>"),
        "金额（元）>",
        found.words.of("未参合>"),
        "个人已缴>",
        "同证异名>",
    )
    rows = found.by("category")
    counts = ("entitled", "paid", "absent", "own", "name")
    lines = [
        (row["category"], row["entitled"], row["paid"], amount_text(row), row["absent"],
         row["own"] if found.tells else "—", row["name"])
        for row in rows.iter_rows(named=True)
    ]  # fmt: skip
    sums = {name: int(rows[name].sum()) for name in counts}
    total = yuan(int(rows["amount_fen"].sum()))
    own = sums["own"] if found.tells else "—"
    whole = ("合计", sums["entitled"], sums["paid"], total, sums["absent"], own, sums["name"])
    table(console, heads, [*lines, whole])
    _say_what_is_missing(found, amounts, int(rows["unknown"].sum()), console)
    say(console, "\n每一行的去向")
    table(console, ("", "花名册>", found.words.of("参合名册>"), "怎么办"), list(_fates(paper)))


def _say_what_is_missing(
    found: PremiumLists, amounts: Amounts, unknown: int, console: Console
) -> None:
    """Amounts that cannot be known, and lists that do not say who paid."""
    if unknown:
        lacks = "没有列出其类别" if amounts.standard else "没有写资助标准"
        say(console, f"{unknown:,} 人的金额无法计算，不在合计内：[premium.{found.year}] {lacks}")
    if not found.tells:
        say(
            console,
            found.words.of(
                "参合名册没有缴费方式、个人缴费或资助金额：看不出谁是个人缴费、谁标为资助"
            ),
        )
    if faults := found.enrolled["amount_fault"].drop_nulls().len():
        say(console, found.words.of(f"参合名册有 {faults:,} 行的金额看不懂，按没有写处理"))


def _fates(paper: Paper) -> list[tuple[str, int | str, int | str, str]]:
    """A line per fate that occurs, and the sum of all rows."""
    found, lines = paper.premium, []
    for fate, (title, remedy) in found.fates.items():
        sides = (
            found.count("roster", fate) if fate in OF_ROSTER else 0,
            found.count("enrolled", fate) if fate in OF_LIST else 0,
        )
        if any(sides):
            lines.append((title, *sides, remedy))
    if paper.unread_roster or paper.unread_enrolled:
        remedy = "用 onestop inspect 看原因，改正原表"
        lines.append(("无法识别的行", paper.unread_roster, paper.unread_enrolled, remedy))
    return [*lines, ("合计", paper.rows_of("roster"), paper.rows_of("enrolled"), "")]
