"""Which ledger is meant, which funds it may speak of, and who keeps it."""

from __future__ import annotations

import getpass
from pathlib import Path

from onestop_cli.batch.start import county_settings, line_for
from onestop_cli.core.options import Mapper
from onestop_cli.county.settings import FILE_NAME, LEDGER, Settings
from onestop_cli.county.synonyms import names
from onestop_cli.errors import CannotRun, stop
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.library import load_rules


def the_ledger(given: Path | None) -> Path:
    """The ledger that was given, else that of onestop.toml, else the usual one of the county folder we stand in."""
    settings = county_settings()
    if found := given or settings.ledger:
        return found
    if Path(FILE_NAME).is_file():
        return Path(LEDGER)
    raise stop("没有给出 --ledger", f"请写上台账文件，或{line_for('--ledger')}")


def known_funds() -> list[str]:
    """The funds of the county's documents, each once, as far as onestop.toml names them."""
    book = _documents()
    if book is None:
        return []
    named = (
        name
        for layer in map(book.layer, book.layers)
        for name in (book.funds(layer.id).values() or [layer.fund or layer.name])
    )
    return list(dict.fromkeys(named))


def layer_names() -> dict[str, str]:
    """What layers are called → their ids: by the county's documents, else as they usually are."""
    book = _documents()
    if book is None:
        return dict(_USUAL)
    own = [layer for rule in book.rules for layer in rule.layer if layer.id in book.layers]
    together = [book.layer(id_) for id_ in book.layers]
    return {layer.name: layer.id for layer in (*own, *together)}


_USUAL = {
    "新农合补偿": "basic",
    "基本医疗保险": "basic",
    "大病保险": "critical",
    "医疗救助": "assistance",
    "倾斜救助": "extra",
    "政府兜底": "backstop",
}


def _documents() -> Rulebook | None:
    """The county's documents as far as onestop.toml names them and they can be read."""
    settings = county_settings()
    if not settings.reconcile.rules:
        return None
    try:
        loaded = load_rules(settings.reconcile.rules, settings.folder)
    except CannotRun:
        return None
    return Rulebook(tuple(rule.file for rule in loaded))


def hospital_now(settings: Settings) -> Mapper:
    """What a hospital of the books is called now, by the county's synonyms."""
    known, now = names(settings), [*settings.synonyms.hospital]
    return lambda text: known.canonical_hospital(text, now)


def operator() -> str:
    """Who sits at this computer, as far as it knows."""
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        return ""
