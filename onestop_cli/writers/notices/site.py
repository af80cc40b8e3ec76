"""The county's pages for the web: every name masked, nothing loaded from elsewhere, readable from disk."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import PurePosixPath
from urllib.parse import quote

from markupsafe import Markup

from onestop_cli.notices.notice_period import Posting
from onestop_cli.notices.notices import Notice
from onestop_cli.notices.rolls import Roll
from onestop_cli.resources import template_folder
from onestop_cli.writers.notices.columns import roll_summary
from onestop_cli.writers.notices.html import templates
from onestop_cli.writers.notices.paths import ROLLS, Key, roll_stems, stems
from onestop_cli.writers.notices.words import ROLL_TITLE, Page, about, page_of, roll_page

INDEX = PurePosixPath("index")
FORM = PurePosixPath("异议登记表")
CHANGES = PurePosixPath(ROLLS, "index")

Trail = list[tuple[str, str]]


@dataclass(frozen=True)
class Place:
    """A line of the directory of places."""

    name: str
    address: str
    rows: int
    villages: tuple[Place, ...] = ()


def pages(
    notices: Sequence[Notice], rolls: Sequence[Roll], posting: Posting
) -> Iterator[tuple[str, str]]:
    """Every page of the site: its path below the site's folder, and its HTML."""
    at = {key: INDEX if key[0] == "county" else stem for key, stem in stems(notices).items()}
    for notice in notices:
        here = at[notice.key]
        page = page_of(notice, posting, _links(notice, at, here))
        if notice.level == "county":
            yield _file(here), _index(notices, page, posting, at, changes=bool(rolls))
        else:
            trail = _trail(notice, at, here)
            yield _file(here), _site_page(here, page, posting, trail)
    yield _file(FORM), _form(posting)
    if rolls:
        yield from _roll_pages(rolls, posting)


def _roll_pages(rolls: Sequence[Roll], posting: Posting) -> Iterator[tuple[str, str]]:
    """How the rosters changed: a page for each village and one that leads to them."""
    addresses = {}
    for roll, here in zip(rolls, roll_stems(rolls), strict=True):
        addresses[roll.place] = _relative(here, CHANGES)
        back = [("全县", _relative(INDEX, here)), (ROLL_TITLE, _relative(CHANGES, here))]
        page = roll_page(roll, posting, board=False)
        yield _file(here), _site_page(here, page, posting, [*back, (roll.place, "")])
    page = Page(
        posting.county,
        ROLL_TITLE,
        posting.period,
        grids=(roll_summary(rolls, addresses),),
        about=tuple(about(posting, None, blanks=False, kinds=False)),
    )
    trail = [("全县", _relative(INDEX, CHANGES)), (ROLL_TITLE, "")]
    yield _file(CHANGES), _site_page(CHANGES, page, posting, trail)


def _site_page(here: PurePosixPath, page: Page, posting: Posting, trail: Trail) -> str:
    return _render("site_page", here, page=page, posting=posting, trail=trail)


def _index(
    notices: Sequence[Notice],
    page: Page,
    posting: Posting,
    at: Mapping[Key, PurePosixPath],
    *,
    changes: bool,
) -> str:
    """The county's page: a directory of places and the sums; the names are on the pages below."""
    page = replace(page, grids=tuple(grid for grid in page.grids if grid.head != "name"))
    directory = [
        replace(
            _place(notice, notice.township, at),
            villages=tuple(
                _place(other, other.village, at)
                for other in notices
                if other.level == "village" and other.township == notice.township
            ),
        )
        for notice in notices
        if notice.level == "township"
    ]
    values = {"directory": directory, "changes": _relative(CHANGES, INDEX) if changes else ""}
    return _render("site_index", INDEX, page=page, posting=posting, trail=[], **values)


def _form(posting: Posting) -> str:
    """The form for objections, to print."""
    words = tuple(about(posting, None, blanks=False))
    page = Page("", "公示异议登记表", f"{posting.county}　{posting.period}", about=words)
    trail = [(posting.county, _relative(INDEX, FORM)), ("异议登记表", "")]
    return _render("site_form", FORM, page=page, posting=posting, trail=trail)


def _place(notice: Notice, name: str | None, at: Mapping[Key, PurePosixPath]) -> Place:
    return Place(name or "", _relative(at[notice.key], INDEX), notice.sums["rows"])


def _links(
    notice: Notice, at: Mapping[Key, PurePosixPath], here: PurePosixPath
) -> dict[str, dict[str, str]]:
    """By level, from the names in a summary to the pages they are about."""
    links: dict[str, dict[str, str]] = {"township": {}, "village": {}, "hospital": {}}
    for (level, township, village, hospital), stem in at.items():
        if level == "village" and township != notice.township:
            continue
        if name := hospital or village or township:
            links[level][name] = _relative(stem, here)
    return links


def _trail(notice: Notice, at: Mapping[Key, PurePosixPath], here: PurePosixPath) -> Trail:
    """The way back: county › township › village."""
    trail: Trail = [("全县", _relative(INDEX, here))]
    if notice.village:
        township = at["township", notice.township, None, None]
        trail.append((notice.township or "", _relative(township, here)))
    return [*trail, (notice.hospital or notice.village or notice.township or "", "")]


def _relative(target: PurePosixPath, here: PurePosixPath) -> str:
    """The address of `target` as a page at `here` links to it."""
    return "../" * (len(here.parts) - 1) + quote(_file(target))


def _file(stem: PurePosixPath) -> str:
    return f"{stem}.html"


def _render(template: str, here: PurePosixPath, **values: object) -> str:
    script, script_hash = _script()
    return (
        templates()
        .get_template(f"notices/{template}.html.j2")
        .render(form=_relative(FORM, here), script=script, script_hash=script_hash, **values)
    )


@cache
def _script() -> tuple[Markup, str]:
    """The search of the index page, and the hash by which alone the pages let a script run."""
    text = (template_folder() / "notices" / "site.js").read_text("utf-8")
    digest = b64encode(sha256(text.encode()).digest()).decode()
    return Markup(text), f"sha256-{digest}"
