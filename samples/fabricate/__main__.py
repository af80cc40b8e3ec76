"""`python -m samples.fabricate`: make samples/ again, byte for byte."""

from __future__ import annotations

import shutil
from pathlib import Path

from samples.fabricate import make_county, write_cases, write_county

SAMPLES = Path(__file__).resolve().parents[1]


def main() -> None:
    """Replace the committed county, from its standing seed, and the cases."""
    folder = SAMPLES / "county"
    shutil.rmtree(folder, ignore_errors=True)
    write_county(make_county(), folder)
    write_cases(SAMPLES / "findings")


if __name__ == "__main__":
    main()
