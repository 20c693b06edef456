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
from datetime import date
from functools import lru_cache

from annotation import amounts, dates
from annotation.amounts import amount_at, find_amounts
from annotation.date_points import RELATIVE
from annotation.dates import date_at, day_of, find_dates
from annotation.divisions import adcodes
from annotation.numerals import around

AMOUNTS = ("MONEY", "PERCENT", "QUANTITY")
_EDGES = {**dict.fromkeys(AMOUNTS, amounts.EDGES), "DATE": dates.EDGES}


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
    found: list[str | None] = [None] * len(spans)
    far: list[int] = []
    places: list[int] = []
    for number, (start, end, label) in enumerate(spans):
        edges = _EDGES.get(label)
        if edges is None:
            if label == "LOC":
                places.append(number)
            continue
        borders = around(edges, text, start, end)
        if borders is None or (label == "MONEY" and text[end - 1 : end] in "块塊"):
            far.append(number)
            continue
        low, high = borders
        near = text[low:high]
        relative = label == "DATE" and not RELATIVE.isdisjoint(near)
        day = day_of(published_at) if relative else None
        found[number] = _read_near(near, start - low, end - low, label, day)
    if far:
        some = _read_far(text, [spans[number] for number in far], day_of(published_at))
        for number, value in zip(far, some, strict=True):
            found[number] = value
    if places:
        for number, code in zip(places, adcodes(text, [spans[number][:2] for number in places]), strict=True):
            found[number] = code and f"adcode:{code}"
    return found


@lru_cache(maxsize=1 << 14)  # the same amounts and dates come again and again between the same words
def _read_near(text: str, start: int, end: int, label: str, day: date | None) -> str | None:
    """The value of an amount or a date by the words around it, as far as they matter."""
    if label == "DATE":
        found = date_at(text, start, day)
        if found and found.end == end:
            return found.normalized
    else:
        amount = amount_at(text, start)
        if amount and amount.end == end and amount.label == label:
            return amount.normalized
    return _read_alone(text[start:end], label, day)


def _read_far(text: str, spans: Sequence[tuple[int, int, str]], day: date | None) -> list[str | None]:
    """The values of amounts and dates by all words before and behind them."""
    amounts = find_amounts(text, [start for start, _, label in spans if label != "DATE"])
    dates = find_dates(text, day, [start for start, _, label in spans if label == "DATE"])
    values = {amount[:3]: amount.normalized for amount in amounts}
    values |= {(found.start, found.end, "DATE"): found.normalized for found in dates}
    return [values.get(span) or _read_alone(text[span[0] : span[1]], span[2], day) for span in spans]


def _read_alone(text: str, label: str, day: date | None) -> str | None:
    """The value of an amount or a date whose borders the grammar draws otherwise, by its own text."""
    if label == "DATE":
        found = date_at(text, 0, day)
        return found.normalized if found and found.end == len(text) else None
    inside = [a.normalized for a in find_amounts(text) if a.label == label]
    return inside[0] if len(inside) == 1 else None
