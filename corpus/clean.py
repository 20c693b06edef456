"""From one raw page to its article: the steps, in their order.

`clean_page` is the whole of the cleaner: each step is shown the text that those before it left, and proposes spans.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from corpus import personal_data
from corpus.body import choose
from corpus.characters import CharacterClass, han_in
from corpus.html import Hints, strip_markup
from corpus.lines import Line, split_lines
from corpus.metadata import Metadata, read_metadata
from corpus.records import Document, Page, Rejected
from corpus.rules import repeats
from corpus.rules.entities import entities
from corpus.rules.masking import is_masked
from corpus.rules.mojibake import mojibake
from corpus.rules.paragraphs import paragraphs
from corpus.rules.pinyin import pinyin
from corpus.rules.punctuation import full_width
from corpus.rules.teasers import previous_and_next
from corpus.rules.traditional import as_written, simplify, to_simplified, written
from corpus.rules.truncation import inline_truncation
from corpus.rules.whitespace import edges, empty_lines, invisible, plain_spaces
from corpus.spans import AlignedText, Proposal

CLEANER_VERSION = "1"

# A removal under one of these rules is also a flag of the document.
_FLAGS = {"truncation": "truncated", "mojibake": "mojibake", "pinyin": "pinyin"}
_REPEATED_SHARE = 0.3  # of the article; less is a title or a teaser said twice
_SHORTEST_ARTICLE = 20  # Han characters
_ENDS, _LINE_END, _SHOWN = CharacterClass(r"[。！？；：…”』」）]"), CharacterClass(r"\n"), CharacterClass(r"\S")


def clean_page(page: Page, *, keep_traditional: bool = False) -> Document | Rejected:
    """The article of a page with its alignment, or the page rejected because it has none.

    Either way every raw character is in the text at a known place or in a removed span with a rule's name. With
    `keep_traditional` an article that people wrote in Traditional characters keeps them; one that a machine made
    Traditional never does.
    """
    text, hints = AlignedText.of(page.raw), None
    if page.is_html:
        text, hints = strip_markup(text)
    text = text.apply(entities(text))
    text = text.apply(mojibake(text))  # its bytes may hide among the invisible characters
    text = plain_spaces(text)
    text = text.apply(invisible(text))
    text, script = simplify(text)
    if hints and script != "hans":
        hints.convert(to_simplified)
    text = text.apply(pinyin(text))
    text = text.apply(inline_truncation(text))
    text = text.apply(previous_and_next(text))
    text = text.apply(paragraphs(text))
    page_text = text
    text, metadata = _article(text, hints, page.url)
    text = full_width(text)
    text = text.apply(edges(text))
    text = text.apply(empty_lines(text))
    if keep_traditional and script == "hant":
        text = as_written(text)
        metadata = replace(
            metadata,
            title=written(page_text, metadata.title),
            publisher=written(page_text, metadata.publisher),
            author=written(page_text, metadata.author),
        )
    removed = text.removed_spans()
    if (han := han_in(text.text)) < _SHORTEST_ARTICLE:
        rest = text.apply([Proposal(0, len(text.text), "no_article")])
        found = f"{han} Han characters of running text, {_SHORTEST_ARTICLE} are needed"
        return Rejected(page.doc_id, page.source, "no_article", found, tuple(rest.removed_spans()))
    flags = sorted({_FLAGS[span.rule] for span in removed if span.rule in _FLAGS})
    if sum(s.end - s.start for s in removed if s.rule == "repeated_body") > _REPEATED_SHARE * len(text.text):
        flags.append("repeated_body")
    if is_masked(text.text):
        flags.append("masked")
    if personal_data.find(text.text):
        flags.append("personal_data")
    if not metadata.matches:
        flags.append("title_mismatch")
    return Document(
        page.doc_id,
        page.source,
        page.url,
        metadata.site,
        full_width(AlignedText.of(metadata.title)).text if metadata.title else None,
        metadata.publisher,
        metadata.author,
        metadata.published_at,
        text.text,
        script,
        tuple(sorted(flags)),
        quality(text.text, flags),
        text.runs,
        tuple(removed),
    )


def _article(text: AlignedText, hints: Hints | None, url: str | None) -> tuple[AlignedText, Metadata]:
    """Everything but the article's lines removed, each line under its rule."""
    lines = split_lines(text, hints)
    body = choose(lines)
    metadata = read_metadata(text.text, lines, body, hints, url)
    return text.apply(_line_proposals(text.text, lines, body, metadata.title)), metadata


def _line_proposals(text: str, lines: Sequence[Line], body: Sequence[Line], title: str | None) -> Iterator[Proposal]:
    for line in lines:
        if line.rule is not None:
            yield Proposal(line.start, line.end, line.rule)
    # The title, with a space, before the first sentence: the line break between them was lost.
    if title and body and text.startswith(title + " ", body[0].start):
        yield Proposal(body[0].start, body[0].start + len(title) + 1, repeats.TITLE)


def quality(text: str, flags: Sequence[str]) -> float:
    """How much the text looks like a whole, undamaged article; 0 to 1, three decimals.

    The mean of three parts (length up to 400 Han characters; share of Han among the characters that are not white
    space, up to 70 %; share of paragraphs that end as sentences do), less 0.15 for each flag of damage.
    """
    han, shown, lines = han_in(text), _SHOWN.count(text) or 1, _LINE_END.count(text) or 1
    ends = np.count_nonzero(_ENDS.where(text)[:-1] & _LINE_END.where(text)[1:])
    parts = (min(han / 400, 1.0), min(han / shown / 0.7, 1.0), ends / lines)
    damage = sum(flag in ("truncated", "masked", "mojibake", "title_mismatch") for flag in flags)
    return round(max(0.0, sum(parts) / len(parts) - 0.15 * damage), 3)
