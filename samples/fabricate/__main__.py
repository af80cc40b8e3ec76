"""`python -m samples.fabricate`: make samples/ again, byte for byte."""

from __future__ import annotations

import shutil
from pathlib import Path

from samples.fabricate import make_county, write_cases, write_county
from samples.fabricate.today import make_year, write_year

SAMPLES = Path(__file__).resolve().parents[1]


def main() -> None:
    """Replace the committed counties, from their standing seeds, and the cases."""
    for name in ("county", "county-2024"):
        shutil.rmtree(SAMPLES / name, ignore_errors=True)
    write_county(make_county(), SAMPLES / "county")
    write_year(make_year(), SAMPLES / "county-2024")
    write_cases(SAMPLES / "findings")


if __name__ == "__main__":
    main()
