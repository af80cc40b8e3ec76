"""The boards of a publication: each as a page, a workbook and, when wanted, a PDF of one name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from onestop_cli.notices.notices import Notice
from onestop_cli.notices.rolls import Roll
from onestop_cli.notices.texts import Texts
from onestop_cli.writers.notices.book import write_book, write_roll_book
from onestop_cli.writers.notices.html import board
from onestop_cli.writers.notices.layout import Look
from onestop_cli.writers.notices.paths import Places, board_stems, notice_number, roll_stems
from onestop_cli.writers.notices.pdf import write_pdfs
from onestop_cli.writers.notices.words import ListPage, page_of, roll_page
from onestop_cli.writers.toolkit.text import write_text


@dataclass(frozen=True)
class Board:
    """One board: where it lies below its folder, without an ending; its words; who writes its workbook."""

    stem: PurePosixPath
    page: ListPage
    write_book: Callable[[Path, Look], None]


def notice_boards(notices: Sequence[Notice], places: Places, texts: Texts) -> list[Board]:
    """The boards of what was paid."""
    stems, boards = board_stems(notices), []
    for notice in notices:
        page = page_of(notice, texts, notice_number(places.code(notice), texts))
        book = partial(write_book, page=page, notice=notice, texts=texts)
        boards.append(Board(stems[notice.key], page, book))
    return boards


def roll_boards(rolls: Sequence[Roll], places: Places, texts: Texts) -> list[Board]:
    """The boards of who came onto the rosters and who left them."""
    boards = []
    for stem, roll in zip(roll_stems(rolls), rolls, strict=True):
        number = notice_number(places.roll_code(roll), texts)
        page = roll_page(roll, texts, number, board=True)
        boards.append(Board(stem, page, partial(write_roll_book, page=page, roll=roll)))
    return boards


def write_boards(
    folder: Path, boards: Sequence[Board], texts: Texts, look: Look, *, pdf: bool
) -> dict[str, str]:
    """Write every board below `folder`; the characters that no PDF can print, and whose board they stand on."""
    for one in boards:
        write_page(_file(folder, one, ".html"), board(one.page, texts, look))
        one.write_book(_file(folder, one, ".xlsx"), look)
    if not pdf:
        return {}
    return write_pdfs(((_file(folder, one, ".pdf"), one.page) for one in boards), look)


def write_page(path: Path, text: str) -> None:
    """Write a text file, and its folder when it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, text)


def _file(folder: Path, one: Board, ending: str) -> Path:
    """The file of a board; a dot in a place's name begins no ending."""
    return folder / one.stem.with_name(one.stem.name + ending)
