"""The county's pages for the web: what the site's profile shows, nothing loaded from elsewhere, readable from disk."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256

from markupsafe import Markup

from onestop_cli.notices.notices import Notice
from onestop_cli.notices.rolls import Roll
from onestop_cli.notices.texts import Texts
from onestop_cli.resources import template_folder
from onestop_cli.writers.notices.columns import roll_summary
from onestop_cli.writers.notices.html import templates
from onestop_cli.writers.notices.paths import INDEX, Key, Places, notice_number, site_stem
from onestop_cli.writers.notices.words import ROLL_TITLE, ListPage, about, page_of, roll_page

FORM = "form"
CHANGES = "changes"

Trail = list[tuple[str, str]]
Addresses = Mapping[Key, str]
"""Key of a list → the address of its page."""


@dataclass(frozen=True)
class Place:
    """A line of the directory of places."""

    name: str
    address: str
    visits: int
    villages: tuple[Place, ...] = ()


def pages(
    notices: Sequence[Notice], rolls: Sequence[Roll], places: Places, texts: Texts
) -> Iterator[tuple[str, str]]:
    """Every page of the site: its file name, and its HTML."""
    at = {notice.key: _file(site_stem(places.code(notice))) for notice in notices}
    for notice in notices:
        number = notice_number(places.code(notice), texts)
        page = page_of(notice, texts, number, _links(notice, at))
        if notice.level == "county":
            yield at[notice.key], _index(notices, page, texts, at, changes=bool(rolls))
        else:
            yield at[notice.key], _render("site_page", page, texts, _trail(notice, at))
    yield _file(FORM), _form(texts)
    if rolls:
        yield from _roll_pages(rolls, places, texts)


def ended(
    notices: Sequence[Notice], rolls: Sequence[Roll], places: Places, texts: Texts, result: str
) -> Iterator[tuple[str, str]]:
    """The pages that take the place of every page of the site when the notice period is over: sums and `result`."""
    county = next(notice for notice in notices if notice.level == "county")
    whole = page_of(county, texts, notice_number("00", texts), {})
    sums = tuple(grid for grid in whole.grids if not grid.people)
    about_it = (("公示期", texts.notice.span), ("公示结果", result))
    told = "公示期已满，名单已经撤下。"
    page = replace(whole, lead=told, grids=sums, about=about_it)
    yield _file(INDEX), _render("site_ended", page, texts, [])
    gone = replace(page, number="", grids=())
    codes = [places.code(notice) for notice in notices if notice.level != "county"]
    codes += [places.roll_code(roll) for roll in rolls]
    stems = [*map(site_stem, codes), FORM, *([CHANGES] if rolls else [])]
    for stem in stems:
        yield _file(stem), _render("site_ended", gone, texts, [("全县", _file(INDEX))])


def _roll_pages(rolls: Sequence[Roll], places: Places, texts: Texts) -> Iterator[tuple[str, str]]:
    """How the rosters changed: a page for each place and one that leads to them."""
    at = {roll.place: _file(site_stem(places.roll_code(roll))) for roll in rolls}
    back = [("全县", _file(INDEX))]
    for roll in rolls:
        page = roll_page(roll, texts, notice_number(places.roll_code(roll), texts), board=False)
        trail = [*back, (ROLL_TITLE, _file(CHANGES)), (roll.place, "")]
        yield at[roll.place], _render("site_page", page, texts, trail)
    page = ListPage(
        texts.county,
        ROLL_TITLE,
        texts.period,
        grids=(roll_summary(rolls, at),),
        about=tuple(about(texts, None, blanks=False, kinds=False)),
    )
    yield _file(CHANGES), _render("site_page", page, texts, [*back, (ROLL_TITLE, "")])


def _index(
    notices: Sequence[Notice], page: ListPage, texts: Texts, at: Addresses, *, changes: bool
) -> str:
    """The county's page: a directory of places and the sums; the names are on the pages below."""
    page = replace(page, grids=tuple(grid for grid in page.grids if not grid.people))
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
    link = _file(CHANGES) if changes else ""
    return _render("site_index", page, texts, [], directory=directory, changes=link)


def _form(texts: Texts) -> str:
    """The form for objections, to print."""
    words = tuple(about(texts, None, blanks=False))
    page = ListPage("", "公示异议登记表", f"{texts.county}　{texts.period}", about=words)
    return _render("site_form", page, texts, [(texts.county, _file(INDEX)), ("异议登记表", "")])


def _place(notice: Notice, name: str | None, at: Addresses) -> Place:
    return Place(name or "", at[notice.key], notice.sums["visits"])


def _links(notice: Notice, at: Addresses) -> dict[str, dict[str, str]]:
    """By level, from the names in a summary to the pages they are about."""
    links: dict[str, dict[str, str]] = {level: {} for level in ("township", "village", "hospital")}
    for (level, township, village, hospital), address in at.items():
        if level == "village" and township != notice.township:
            continue
        if name := hospital or village or township:
            links[level][name] = address
    return links


def _trail(notice: Notice, at: Addresses) -> Trail:
    """The way back: county › township › village."""
    trail: Trail = [("全县", _file(INDEX))]
    if notice.village:
        trail.append((notice.township or "", at["township", notice.township, None, None]))
    return [*trail, (notice.hospital or notice.village or notice.township or "", "")]


def _file(stem: str) -> str:
    return f"{stem}.html"


def _render(template: str, page: ListPage, texts: Texts, trail: Trail, **values: object) -> str:
    script, script_hash = _script()
    return (
        templates()
        .get_template(f"notices/{template}.html.j2")
        .render(
            page=page,
            texts=texts,
            trail=trail,
            form=_file(FORM),
            script=script,
            script_hash=script_hash,
            **values,
        )
    )


@cache
def _script() -> tuple[Markup, str]:
    """The search of the pages, and the hash by which alone they let a script run."""
    text = (template_folder() / "notices" / "site.js").read_text("utf-8")
    digest = b64encode(sha256(text.encode()).digest()).decode()
    return Markup(text), f"sha256-{digest}"
