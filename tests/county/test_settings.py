"""onestop.toml: defaults, and every wrong key named."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from onestop_cli.county.settings import Settings, load_settings
from onestop_cli.errors import CannotRun


def load(tmp_path: Path, text: str | bytes) -> Settings:
    path = tmp_path / "onestop.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_settings(path)


def test_without_a_file_there_are_defaults() -> None:
    settings = load_settings(None)
    assert settings.reconcile.tolerance_fen == 1
    assert settings.reconcile.near_cap_rate == 9500
    assert settings.reconcile.readmission_days == 15


def test_numbers_are_exact(tmp_path: Path) -> None:
    settings = load(tmp_path, "[reconcile]\ntolerance = 0.1\n")
    assert settings.reconcile.tolerance == Decimal("0.1")
    assert settings.reconcile.tolerance_fen == 10


def test_a_byte_order_mark_from_notepad_does_no_harm(tmp_path: Path) -> None:
    settings = load(tmp_path, b'\xef\xbb\xbf[county]\nname = "\xe7\xa4\xba"\n')
    assert settings.county.name == "示"


def test_every_wrong_key_is_named_with_its_path(tmp_path: Path) -> None:
    text = '[county]\nnmae = "x"\n[reconcile]\ntolerance = -1\n[liability]\nCA01 = "nobody"\n[[layout]]\nsheet = "x"\n'
    with pytest.raises(CannotRun) as caught:
        load(tmp_path, text)
    said = "\n".join(problem.what for problem in caught.value.problems)
    for key in ("county.nmae", "reconcile.tolerance", "liability.CA01", "layout.1.file"):
        assert key in said
    assert "hospital" in said
    assert " or " not in said


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[county\n", "方括号没有写完"),
        ('[county]\nname = "示例县"\n'.encode("gb18030"), "UTF-8"),
        ("county = 3\n", "county"),
    ],
)
def test_a_file_that_is_no_toml_is_refused_in_words(
    content: str | bytes, words: str, tmp_path: Path
) -> None:
    with pytest.raises(CannotRun, match=words):
        load(tmp_path, content)


def test_a_missing_file_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="读不到"):
        load_settings(tmp_path / "none.toml")
