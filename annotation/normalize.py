"""Values of decided spans: a text with its spans in; for each a canonical string, or None where it has no value, out.

For a column beside the spans: what an annotator decided is read by the same grammars that suggest, whoever drew it.

    MONEY     30000000 CNY            whole units of the currency, ISO 4217; a range is 500000000..700000000 CNY
    PERCENT   28 %, 3.2 pp            the number before the sign; pp for 个百分点
    QUANTITY  6400 亩 more            the unit as the text writes it
    DATE      2022-12-08, 2022 END    ISO 8601, TIMEX3 beyond it, X for what is not said; see annotation/dates.py
    LOC       adcode:370100           GB/T 2260, of an administrative division; None for every other place

A number whose figure is not named is `?` (数十亿元 is `? CNY about`). A last word `about`, `more` or `less` says that
the text does not name the exact value; without one it does. None of it needs spaCy.
"""

from __future__ import annotations

from collections.abc import Sequence

from annotation.amounts import find_amounts
from annotation.dates import day_of, find_dates
from annotation.divisions import adcodes

AMOUNTS = ("MONEY", "PERCENT", "QUANTITY")


def normalize(label: str, text: str, published_at: str | None = None) -> str | None:
    """The value of a span by its own text alone: `normalize("MONEY", "3000万元")` is `30000000 CNY`.

    `published_at` (ISO 8601, as in the record of the document) gives 今年9月 and 去年底 their year.
    """
    return normalize_all(text, [(0, len(text), label)], published_at)[0]


def normalize_all(
    text: str, spans: Sequence[tuple[int, int, str]], published_at: str | None = None
) -> list[str | None]:
    """The value of each span of a document; the words around say more than a span alone (约, 同年, 山东省|市中区).

    `spans` are `(start, end, label)`, code points, ordered by start and apart. One whose borders the grammar draws
    otherwise is read by its own text: a date only where that is a date to the last character, an amount also where it
    holds one and something more (约3亿元).
    """
    day = day_of(published_at)
    amounts = [start for start, _, label in spans if label in AMOUNTS]
    dates = [start for start, _, label in spans if label == "DATE"]
    values = {(a.start, a.end, a.label): a.normalized for a in find_amounts(text, amounts)}
    values |= {(d.start, d.end, "DATE"): d.normalized for d in find_dates(text, day, dates)}
    places = [(start, end) for start, end, label in spans if label == "LOC"]
    for (start, end), code in zip(places, adcodes(text, places), strict=True):
        if code is not None:
            values[start, end, "LOC"] = f"adcode:{code}"
    found: list[str | None] = []
    for start, end, label in spans:
        value = values.get((start, end, label))
        if value is None and label in AMOUNTS:
            inside = [a.normalized for a in find_amounts(text[start:end]) if a.label == label]
            value = inside[0] if len(inside) == 1 else None
        elif value is None and label == "DATE":
            own = text[start:end]
            value = next((d.normalized for d in find_dates(own, day) if (d.start, d.end) == (0, len(own))), None)
        found.append(value)
    return found
