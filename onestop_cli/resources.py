"""Where the parts that ship beside the code are: rule packs and templates, from a checkout or a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def rules_folder() -> Path:
    """The folder of rule packs: inside the installed package, else beside it in a checkout."""
    inside = _PACKAGE / "rules"
    return inside if inside.is_dir() else _PACKAGE.parent / "rules"


def template_folder() -> Path:
    """The folder of page and form templates."""
    return _PACKAGE / "templates"
