"""How a public list calls people's categories: by their own names, or by the class where a name tells an illness.

A class with nothing but the telling category would tell as much, and so would a label that no other category has: the
whole class goes by its name, and where that is no company, every category is 救助对象.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import polars as pl

from onestop_cli.privacy import ILLNESS
from onestop_cli.run import Run

ANYBODY = "救助对象"
NOBODY = "—"
"""Of people without a category."""


def category_labels(seen: Collection[str], classes: Mapping[str, str]) -> dict[str, str]:
    """Category → what lists call it. `seen`: categories of people. `classes`: category → class, by the documents."""
    names = dict.fromkeys([*classes, *seen])
    telling = {name for name in names if ILLNESS.search(name)}
    hidden = {classes.get(name, "") for name in telling}
    alone = [
        group
        for group in hidden
        if not group
        or ILLNESS.search(group)
        or telling.issuperset(name for name in classes if classes[name] == group)
    ]
    if alone:
        return dict.fromkeys(names, ANYBODY)
    shown = {name: classes.get(name, "") for name in names}
    return {name: group if group in hidden else name for name, group in shown.items()}


def categories_of(run: Run) -> dict[str, str]:
    """What lists call the categories that apply in a run; a kind on a roster that gives no right is on no list."""
    columns = (table["category"].drop_nulls().unique() for table in (run.stays, run.adjustments))
    seen = {str(name) for column in columns for name in column}
    return category_labels(sorted(seen), run.classes)


def shown_category(category: pl.Expr, labels: Mapping[str, str]) -> pl.Expr:
    """The label of each row's category; a dash for none."""
    known = category.replace_strict(dict(labels), default=None, return_dtype=pl.String)
    return pl.coalesce(known, category, pl.lit(NOBODY)) if labels else category.fill_null(NOBODY)
