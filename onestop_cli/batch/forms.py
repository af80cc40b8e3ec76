"""The forms of a county folder: `onestop init DIR --templates`, in a new folder or in one that is there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from onestop_cli.county.settings import FILE_NAME, load_settings
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.library import load_rules
from onestop_cli.writers.forms.catalogue import FormWords, forms
from onestop_cli.writers.forms.form import write_form
from onestop_cli.writers.ledger.brought_form import NAME as BROUGHT_FORM
from onestop_cli.writers.ledger.brought_form import write_brought_form
from onestop_cli.writers.toolkit.folder import staged_file

FORMS = "模板"


def terms_of(rules: Sequence[str], county: Path | None = None) -> FormWords:
    """What the documents pay and to whom, in Chinese; raises `CannotRun` when one is not known."""
    if not rules:
        return FormWords((), ())
    book = Rulebook(tuple(rule.file for rule in load_rules(rules, county)))
    names = [book.layer(id_).name for id_ in book.layers]
    return FormWords(tuple(dict.fromkeys(names)), book.priority, book.asks_list)


def write_forms(folder: Path, terms: FormWords) -> list[str]:
    """Write every form that is not in `folder` yet; their file names. What is there stays as it is."""
    folder.mkdir(exist_ok=True)
    written = []
    for form in forms(terms):
        path = folder / f"{form.name}.xlsx"
        if not path.exists():
            with staged_file(path) as stage:
                write_form(form, stage)
            written.append(path.name)
    brought = folder / BROUGHT_FORM
    if not brought.exists():
        with staged_file(brought) as stage:
            write_brought_form(stage, terms.layers)
        written.append(brought.name)
    return written


def is_county(folder: Path) -> bool:
    """Whether a county's folder lies there already."""
    return (folder / FILE_NAME).is_file()


def add_forms(county: Path) -> list[str]:
    """Write the forms into a county folder that is there, in the words of its own documents."""
    rules = load_settings(county / FILE_NAME).reconcile.rules
    return write_forms(county / FORMS, terms_of(rules, county))
