"""From a run to its public lists: boards for the walls, pages for the web, and a table of contents."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from onestop_cli.batch.fund_notice import fund_lines
from onestop_cli.batch.start import county_settings
from onestop_cli.batch.typed_days import typed_day
from onestop_cli.notices.notice_period import FundLine, Posting, Wall, posting_of
from onestop_cli.notices.notices import Notice, notices_of
from onestop_cli.notices.rolls import rolls_of
from onestop_cli.run import Run, load_run
from onestop_cli.writers.notices import site
from onestop_cli.writers.notices.boards import notice_boards, roll_boards, write_boards, write_page
from onestop_cli.writers.notices.paths import stems
from onestop_cli.writers.notices.words import Look
from onestop_cli.writers.toolkit.folder import refuse_existing, staged
from onestop_cli.writers.toolkit.scan import refuse_numbers

BOARDS, SITE = "张贴", "网站"


@dataclass(frozen=True)
class Choices:
    """What the clerk chose: how boards look, full names on all of them, PDF too."""

    look: Look = field(default_factory=Look)
    names: bool = False
    pdf: bool = False


@dataclass(frozen=True)
class Published:
    """What was written: the county's sums (amounts in fen), the number of lists per level, what to mend."""

    sums: dict[str, int]
    paid_fen: int
    lists: Counter[str]
    hints: tuple[str, ...]


def publish_folder(
    folder: Path,
    out: Path,
    choices: Choices,
    *,
    start: str | None = None,
    days: int | None = None,
    since: Path | None = None,
    ledger: Path | None = None,
) -> Published:
    """Publish the run in `folder` as the county's onestop.toml says.

    `start`: the first day on the wall. `days`: working days, instead of those of onestop.toml.
    `since`: the folder of an earlier run, to publish who came onto the rosters and who left them.
    `ledger`: the county's books, for the fund notice.
    """
    settings = county_settings()
    wall = Wall(
        first=typed_day(start, "--from") if start else None,
        days=settings.publish.days if days is None else days,
        holidays=frozenset(settings.holidays),
        basis=settings.publish.basis,
        made_by=settings.publish.made_by,
        checked_by=settings.publish.checked_by,
        fund_day=settings.deadlines.fund_notice_day,
    )
    refuse_existing(out)
    run = load_run(folder)
    before = load_run(since) if since else None
    funds = fund_lines(ledger, run.period) if ledger else ()
    return publish(run, out, wall, choices, before=before, funds=funds)


def publish(
    run: Run,
    out: Path,
    wall: Wall,
    choices: Choices,
    *,
    before: Run | None = None,
    funds: Sequence[FundLine] = (),
) -> Published:
    """Write the public lists of `run` to `out`, whole or not at all.

    `before`: an earlier run, to publish how the rosters changed since. `funds`: the fund notice for
    the county's lists. Raises `CannotRun` when `out` exists, when a character cannot be printed, and
    when anything like an ID number would be published.
    """
    refuse_existing(out)
    notices = notices_of(run, names=choices.names)
    posting = posting_of(run, wall, funds)
    places = stems(notices.boards)
    rolls, hidden = (rolls_of(before, run, full=full) if before else () for full in (True, False))
    boards = notice_boards(notices.boards, places, posting) + roll_boards(rolls, posting)
    with staged(out, private=False) as stage:
        write_boards(stage / BOARDS, boards, posting, choices.look, pdf=choices.pdf)
        for address, html in site.pages(notices.site, hidden, posting):
            write_page(stage / SITE / address, html)
        manifest = [_entry(notice, places[notice.key], posting) for notice in notices.boards]
        write_page(stage / "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))
        refuse_numbers(stage)
    county = notices.boards[0]
    return Published(
        sums=dict(county.sums),
        paid_fen=sum(county.sums[f"{layer}_fen"] for layer in posting.kinds),
        lists=Counter([notice.level for notice in notices.boards] + ["roll"] * len(rolls)),
        hints=tuple(_hints(run, county, posting)),
    )


def _entry(notice: Notice, stem: PurePosixPath, posting: Posting) -> dict[str, Any]:
    """A line of `manifest.json`."""
    paid = [f"{layer}_fen" for layer in posting.kinds]
    return {
        "file": f"{BOARDS}/{stem}.html",
        "level": notice.level,
        "township": notice.township,
        "village": notice.village,
        "hospital": notice.hospital,
        **{key: notice.sums[key] for key in ("rows", "total_fen", *paid)},
    }


def _hints(run: Run, county: Notice, posting: Posting) -> list[str]:
    """What the county should still see to before it posts."""
    hints = []
    if not run.info.county.name:
        hints.append("县名未填：请在 onestop.toml 的 [county] 填写 name，重新结算后再公示")
    if not county.sums["rows"]:
        hints.append("本期没有已结算且有补偿的住院，名单是空的")
    if not all(line.phone for line in posting.hotlines):
        hints.append("监督电话留了空白：请在 onestop.toml 的 [county] 填写 phones，或手写")
    if not posting.wall.first:
        hints.append("公示起止日期留了空白：请加 --from 日期，或张贴时手写")
    first, due = posting.wall.first, posting.funds_by
    if first and due and first > due:
        hints.append(f"基金收支{posting.funds_due}，公示第一天 {first} 已经晚了")
    if not posting.standards:
        hints.append("结算结果里没有补偿标准，名单上没有标准表")
    return hints
