"""From a run to its public lists: boards for the walls, pages for the web, and a table of contents."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from onestop_cli import workers
from onestop_cli.batch.guards import Candidate, superseded
from onestop_cli.batch.publish_hints import ListExposure, absent_from_pdf, hints_of, shown_of
from onestop_cli.batch.start import county_settings
from onestop_cli.batch.typed_days import typed_day
from onestop_cli.county.settings import FILE_NAME, County, Settings
from onestop_cli.errors import stop
from onestop_cli.notices.notice_period import NoticePeriod
from onestop_cli.notices.notices import Notices, notices_of
from onestop_cli.notices.profile import PublicityProfile
from onestop_cli.notices.proof import BoardProof, proof_of
from onestop_cli.notices.rolls import Roll, rolls_of
from onestop_cli.notices.texts import Around, FundLine, Texts, texts_of
from onestop_cli.privacy import phones_in
from onestop_cli.run import Run, load_run
from onestop_cli.writers.notices import site
from onestop_cli.writers.notices.boards import (
    BOARD_WRITERS,
    notice_boards,
    roll_boards,
    write_boards,
    write_page,
)
from onestop_cli.writers.notices.html import board
from onestop_cli.writers.notices.layout import Look, on_paper
from onestop_cli.writers.notices.manifest import BOARDS, SITE, manifest
from onestop_cli.writers.notices.paths import Places, notice_number
from onestop_cli.writers.notices.receipt import NAME as RECEIPT
from onestop_cli.writers.notices.receipt import write_receipt
from onestop_cli.writers.notices.words import result_page
from onestop_cli.writers.toolkit.console import progress
from onestop_cli.writers.toolkit.folder import refuse_existing, staged
from onestop_cli.writers.toolkit.scan import refuse_numbers

RESULT = "公示结果"


@dataclass(frozen=True)
class PublishOptions:
    """What the clerk chose: how boards look, full names on all of them, PDF too."""

    look: Look = field(default_factory=Look)
    names: bool = False
    pdf: bool = False


@dataclass(frozen=True)
class Published:
    """What was written: the county's sums (amounts in fen) and their proof, the number of lists per level, how far they
    give people away, what to mend."""

    sums: Mapping[str, int]
    proof: BoardProof
    lists: Counter[str]
    shown: tuple[ListExposure, ...]
    hints: tuple[str, ...]


@dataclass(frozen=True)
class _Material:
    """Everything that is written: lists, rolls for boards and site, texts, places with their numbers."""

    notices: Notices
    rolls: tuple[Roll, ...]
    site_rolls: tuple[Roll, ...]
    texts: Texts
    places: Places


def publish_folder(
    folder: Path,
    out: Path,
    choices: PublishOptions,
    *,
    start: str | None = None,
    days: int | None = None,
    since: Path | None = None,
    ledger: Path | None = None,
) -> Published:
    """Publish the run in `folder` as the county's onestop.toml says now.

    `start`: the first day on the wall. `days`: working days, instead of those of onestop.toml.
    `since`: the folder of an earlier run, to publish who came onto the rosters and who left them.
    `ledger`: the county's books, for the fund notice.
    """
    settings = county_settings()
    refuse_existing(out)
    workers.prepare(BOARD_WRITERS)
    with progress() as tell:
        tell("写出公示")
        run = load_run(folder)
        return publish(
            run,
            out,
            _around(settings, run, start, days),
            choices,
            publicity=PublicityProfile.of(settings.publicity, names=choices.names),
            before=load_run(since) if since else None,
            funds=_fund_lines(ledger, run) if ledger else (),
            notes=tuple(superseded(Candidate(folder, run, settings))),
        )


def _fund_lines(ledger: Path, run: Run) -> Sequence[FundLine]:
    """The fund notice; what reads the books is only loaded where there are any."""
    from onestop_cli.batch.fund_notice import fund_lines

    return fund_lines(ledger, run.period)


def publish(
    run: Run,
    out: Path,
    around: Around,
    choices: PublishOptions,
    *,
    publicity: PublicityProfile | None = None,
    before: Run | None = None,
    funds: Sequence[FundLine] = (),
    notes: Sequence[str] = (),
) -> Published:
    """Write the public lists of `run` to `out`, whole or not at all.

    `before`: an earlier run, to publish how the rosters changed since. `funds`: the fund notice for
    the county's lists. `notes`: what else to say of the run. Raises `CannotRun` when `out` exists and when any number
    of a person would be published.
    """
    refuse_existing(out)
    it = _material(run, around, publicity, before, funds)
    proof = proof_of(run, it.notices)
    boards = notice_boards(it.notices.boards, it.places, it.texts)
    boards += roll_boards(it.rolls, it.places, it.texts)
    with staged(out, private=False) as stage:
        absent = write_boards(stage / BOARDS, boards, it.texts, choices.look, pdf=choices.pdf)
        for address, html in site.pages(it.notices.site, it.site_rolls, it.places, it.texts):
            write_page(stage / SITE / address, html)
        write_receipt(stage / RECEIPT, boards, it.texts)
        entries = manifest(it.notices, it.rolls, boards, it.places, it.texts)
        text = json.dumps(list(entries), ensure_ascii=False, indent=1)
        write_page(stage / "manifest.json", text)
        refuse_numbers(stage, _own_phones(it.texts))
    return Published(
        sums=it.notices.county.sums,
        proof=proof,
        lists=Counter([one.level for one in it.notices.boards] + ["roll"] * len(it.rolls)),
        shown=tuple(shown_of(it.notices)),
        hints=(*notes, *hints_of(it.notices, it.texts, run.roster), *absent_from_pdf(absent)),
    )


def end_folder(
    folder: Path,
    out: Path,
    objections: int | None,
    *,
    start: str | None = None,
    days: int | None = None,
    since: Path | None = None,
) -> None:
    """Write what takes the place of the published site when the notice period is over, and the result for the wall.

    Raises `CannotRun` without a first day or a number of objections, and before the last day is over.
    """
    settings = county_settings()
    refuse_existing(out)
    run = load_run(folder)
    around = _around(settings, run, start, days)
    publicity = PublicityProfile.of(settings.publicity)
    it = _material(run, around, publicity, load_run(since) if since else None, ())
    result = _result(around.notice, objections)
    page = result_page(it.notices.county, it.texts, notice_number("00", it.texts), result)
    with staged(out, private=False) as stage:
        write_page(stage / BOARDS / f"{RESULT}.html", board(on_paper(page, Look()), it.texts))
        pages = site.ended(it.notices.site, it.site_rolls, it.places, it.texts, result)
        for address, html in pages:
            write_page(stage / SITE / address, html)
        refuse_numbers(stage, _own_phones(it.texts))


def _around(settings: Settings, run: Run, start: str | None, days: int | None) -> Around:
    """What onestop.toml says around lists; without one, what the run was told about the county."""
    here = Path(FILE_NAME).is_file()
    known = run.info.county.model_dump(include=set(County.model_fields))
    offices = dict(zip(("office", "civil_affairs"), run.info.offices, strict=True))
    then = County.model_validate(known | offices)
    return Around(
        county=settings.county if here else then,
        publish=settings.publish,
        townships=settings.publicity.township,
        notice=NoticePeriod(
            typed_day(start, "--from") if start else None,
            settings.publish.days if days is None else days,
            settings.calendar,
        ),
        fund_day=settings.deadlines.fund_notice_day,
    )


def _material(
    run: Run,
    around: Around,
    publicity: PublicityProfile | None,
    before: Run | None,
    funds: Sequence[FundLine],
) -> _Material:
    publicity = publicity or PublicityProfile.usual()
    texts = texts_of(run, around, funds)
    notices = notices_of(run, publicity)
    rolls, on_site = (
        rolls_of(before, run, profile) if before else ()
        for profile in (publicity.boards["village"], publicity.site)
    )
    everything = (*notices.boards, *notices.site)
    return _Material(notices, rolls, on_site, texts, Places(everything, (*rolls, *on_site)))


def _result(notice: NoticePeriod, objections: int | None) -> str:
    """What came of the notice, in words."""
    if notice.first is None or notice.last is None:
        raise stop("不知道公示是哪一天开始的", "--end 时请加 --from 日期，与公示时相同")
    if objections is None or objections < 0:
        raise stop("没有写明收到几件异议", "--end 时请加 --objections 件数，没有异议写 0")
    if datetime.now().astimezone().date() <= notice.last:
        raise stop(f"公示期到 {notice.last}，还没有满", "请在期满以后再运行 --end")
    if not objections:
        return "公示期满，没有收到异议。"
    return f"公示期满，收到异议 {objections} 件，已逐件核实处理。"


def _own_phones(texts: Texts) -> set[str]:
    """The digits of every phone that the county itself publishes."""
    around = texts.around
    said = [text for line in texts.hotlines for text in (line.phone, line.address)]
    said += around.county.township_phones.values()
    said += [text for office in around.townships for text in (office.phone, office.address)]
    said += [*texts.basis, around.county.email, around.publish.seal]
    return {phone for text in said for phone in phones_in(text)}
