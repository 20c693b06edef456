"""What a language model quotes from a passage: its answer and the passage in; spans of the passage, verified, out.

A quotation counts where it stands in the passage. One that stands there in another script, width or spacing (a model
that answers 济南市 to 濟南市, or joins a broken line) is recovered, and covers the passage's own characters.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from annotation.known import WIDTHS

MAX_QUOTE = 200  # characters


@dataclass(slots=True)
class Placed:
    """Spans `(start, end, label)` of a passage by start, apart; code points. How many quotations were `refused`.

    `recovered` counts those among the spans that stood there in another form; `labels` those of no known label.
    """

    spans: list[tuple[int, int, str]] = field(default_factory=list)
    refused: int = 0
    recovered: int = 0
    labels: list[str] = field(default_factory=list)


def placed(passage: str, entities: Sequence[Any], labels: Mapping[str, str]) -> Placed:
    """Quotations as spans of the passage.

    Refused is what has not the form, a label that is none of ours, words that do not stand there, an occurrence that is
    not there (unless there is but one), and what overlaps a longer one.
    """
    folded: tuple[str, list[int]] | None = None
    exact: set[tuple[int, int, str]] = set()
    other: set[tuple[int, int, str]] = set()
    made = Placed()
    for entity in entities:
        if not isinstance(entity, dict):
            continue
        quote, label, number = (entity.get(name) for name in ("text", "label", "occurrence"))
        if not isinstance(quote, str) or not isinstance(label, str) or type(number) is not int:
            continue
        if not 0 < len(quote) <= MAX_QUOTE or not quote.strip():
            continue
        if label not in labels:
            made.labels.append(label[:40])
            continue
        places = [(at, at + len(quote)) for at in _places(passage, quote)]
        held = exact
        if not places:
            folded = folded or _fold(passage)
            places, held = _elsewise(passage, quote, *folded), other
        if len(places) == 1:
            number = 1
        if 1 <= number <= len(places):
            held.add((*places[number - 1], label))
    for span in sorted(exact | other, key=lambda span: (span[0] - span[1], span)):
        if all(span[1] <= a or b <= span[0] for a, b, _ in made.spans):
            made.spans.append(span)
            made.recovered += span not in exact
    made.spans.sort()
    made.refused = len(entities) - len(made.spans)
    return made


def _places(passage: str, quote: str) -> Iterator[int]:
    place = passage.find(quote)
    while place >= 0:
        yield place
        place = passage.find(quote, place + len(quote))


def _elsewise(passage: str, quote: str, folded: str, origins: Sequence[int]) -> list[tuple[int, int]]:
    """Where the quotation stands in another form, within a line."""
    wanted = _fold(quote)[0]
    if not wanted:
        return []
    spans = [(origins[at], origins[at + len(wanted) - 1] + 1) for at in _places(folded, wanted)]
    return [(start, end) for start, end in spans if "\n\n" not in passage[start:end]]


def _fold(text: str) -> tuple[str, list[int]]:
    """The text without white space, in half width and simplified; for each of its characters the place in `text`."""
    simple = _simplifier()
    kept = [(simple(char), place) for place, char in enumerate(text.translate(WIDTHS)) if not char.isspace()]
    return "".join(char for char, _ in kept), [place for _, place in kept]


@cache
def _simplifier() -> Any:  # noqa: ANN401
    """A character as its simplified form; always one for one, so that places stay."""
    from opencc import OpenCC

    converter = OpenCC("t2s")

    @cache
    def simple(char: str) -> str:
        if char.isascii():
            return char
        made: str = converter.convert(char)
        return made if len(made) == 1 else char

    return simple


# Answers -------------------------------------------------------------------------------------------------------------


def read_entities(content: str) -> list[Any] | None:
    """The list under `entities` in a model's answer, also in a fence or behind its thoughts; None where there is none.

    Raises:
        RecursionError: it is nested without end.
    """
    for text in (content, content[content.find("{") : content.rfind("}") + 1]):
        try:
            made = json.loads(text)
        except ValueError:
            continue
        found = made.get("entities") if isinstance(made, dict) else None
        return found if isinstance(found, list) else None
    return None


def whole_entities(content: str) -> list[Any]:
    """The objects of such a list that are whole, where the answer was cut off."""
    found: list[Any] = []
    name = content.find('"entities"')
    at = content.find("[", name) + 1 if name >= 0 else 0
    decoder = json.JSONDecoder()
    while at > 0:
        at = content.find("{", at)
        if at < 0:
            break
        try:
            made, at = decoder.raw_decode(content, at)
        except (ValueError, RecursionError):
            break
        found.append(made)
    return found
