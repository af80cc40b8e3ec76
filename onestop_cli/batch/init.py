"""A new county folder: settings with comments, an empty register, an inbox."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from onestop_cli.batch.forms import FORMS, terms_of, write_forms
from onestop_cli.county.settings import FILE_NAME, load_settings
from onestop_cli.errors import stop
from onestop_cli.resources import template_folder
from onestop_cli.writers.ledger.brought_form import NAME as BROUGHT_FORM
from onestop_cli.writers.ledger.brought_form import write_brought_form
from onestop_cli.writers.toolkit.folder import staged
from onestop_cli.writers.toolkit.text import CRLF, write_text

REGISTER = "定点机构名册.csv"
REGISTER_COLUMNS = ("机构名称", "机构级别", "所有制", "收款单位", "开户银行", "账号", "备注")
INBOX = ("收件箱/住院", "收件箱/花名册")
GUIDE = "使用说明.txt"


@dataclass(frozen=True)
class Answers:
    """What a county said of itself; `rules` are names of shipped documents or areas."""

    name: str
    code: str
    rules: Sequence[str]


def start_county(folder: Path, answers: Answers, *, templates: bool = False) -> None:
    """Make `folder`, whole or not at all; it must not be there yet, or be empty. `templates`: with all forms to fill.

    Raises `CannotRun` when it is there, when a rule document is not known or an answer is not valid.
    """
    if (folder / FILE_NAME).is_file():
        remedy = f"进去就可以用：cd {folder.name}，再输入 onestop；要补模板的，加 --templates"
        raise stop("已经是县文件夹，不会覆盖", remedy, str(folder))
    terms = terms_of(answers.rules)
    with staged(folder) as stage:
        write_text(stage / FILE_NAME, settings_text(answers), newline=CRLF)
        load_settings(stage / FILE_NAME)
        titles = ",".join(REGISTER_COLUMNS) + "\n"
        write_text(stage / REGISTER, titles, encoding="utf-8-sig", newline=CRLF)
        guide = (template_folder() / "county" / GUIDE).read_text("utf-8")
        write_text(stage / GUIDE, guide, encoding="utf-8-sig", newline=CRLF)
        for inbox in INBOX:
            (stage / inbox).mkdir(parents=True)
        (stage / FORMS).mkdir()
        if templates:
            write_forms(stage / FORMS, terms)
        else:
            write_brought_form(stage / FORMS / BROUGHT_FORM, terms.layers)


def settings_text(answers: Answers) -> str:
    """`onestop.toml` with the answers in it."""
    template = (template_folder() / "county" / FILE_NAME).read_text("utf-8")
    return template.format(
        name=_inside(answers.name),
        code=_inside(answers.code),
        rules=", ".join(f'"{_inside(rule)}"' for rule in answers.rules),
    )


def _inside(text: str) -> str:
    """A text as it stands between the quotes of a TOML string."""
    return json.dumps(text, ensure_ascii=False)[1:-1]
