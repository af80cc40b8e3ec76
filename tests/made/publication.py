"""Publications on disk for the tests, and how to read them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from onestop_cli.batch.publish import PublishOptions, publish
from onestop_cli.county.settings import County
from onestop_cli.county.settings import PublicitySettings as Settings
from onestop_cli.notices.notice_period import NoticePeriod
from onestop_cli.notices.profile import PublicityProfile
from onestop_cli.notices.texts import Around
from onestop_cli.run import Run
from tests.made.notices import COUNTY

FROM = Around(county=County(**COUNTY), notice=NoticePeriod(first=date(2011, 1, 6)))
"""示例县, posting from 6 January 2011."""


def profiles(*, names: bool = False, **settings: Any) -> PublicityProfile:
    """What is shown, as `[publicity]` of onestop.toml says: `site`, and `board` with its levels."""
    return PublicityProfile.of(Settings.model_validate(settings), names=names)


def posted(
    tmp_path: Path, run: Run, publicity: PublicityProfile | None = None, **choices: Any
) -> Path:
    """The folder of a publication."""
    publish(run, tmp_path / "out", FROM, PublishOptions(**choices), publicity=publicity)
    return tmp_path / "out"


def manifest(out: Path) -> list[dict[str, Any]]:
    """What `manifest.json` lists."""
    entries: list[dict[str, Any]] = json.loads((out / "manifest.json").read_text("utf-8"))
    return entries


def texts(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every file below a folder and all the text in it."""
    for path in folder.rglob("*"):
        if path.suffix == ".xlsx":
            with ZipFile(path) as book:
                yield path, "".join(book.read(name).decode() for name in book.namelist())
        elif path.is_file():
            yield path, path.read_text("utf-8")


class Tags(HTMLParser):
    """The tags of a page with their attributes, in order, and the texts inside."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)
