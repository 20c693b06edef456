"""The grammars of amounts and dates as parts of the pipeline: a Doc in; its `doc.spans["amounts"]` and `["dates"]` out.

Beside scores and source, a group's `attrs["values"]` holds the normalised value of each of its spans, as text. The
grammars themselves know nothing of spaCy, so whoever needs only them need not load it.
"""

from __future__ import annotations

from collections.abc import Sequence

from spacy.language import Language
from spacy.tokens import Doc

from annotation import amounts, dates
from annotation.groups import Found, suggest, text_of

AMOUNTS = "amounts"
DATES = "dates"
VALUES = "values"  # in the attrs of a group, one for each span
VERSIONS = {"amounts": amounts.VERSION, "dates": dates.VERSION}
SCORE = 1.0  # a rule has no probability; it matched or it did not

if not Doc.has_extension("published_at"):
    Doc.set_extension("published_at", default=None)  # ISO 8601, as in the record of the document


@Language.factory("jiaozhu_amounts")
class Amounts:
    """MONEY, PERCENT and QUANTITY."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.source = f"jiaozhu-amounts@{amounts.VERSION}"

    def __call__(self, doc: Doc) -> Doc:
        """Raises SpanError where an amount cuts a token."""
        return _suggest(doc, AMOUNTS, self.source, [(a[:3], a.normalized) for a in amounts.find_amounts(text_of(doc))])


@Language.factory("jiaozhu_dates")
class Dates:
    """DATE; 今年9月 gets its year where `doc._.published_at` says when the document was published."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.source = f"jiaozhu-dates@{dates.VERSION}"

    def __call__(self, doc: Doc) -> Doc:
        """Raises SpanError where a date cuts a token."""
        found = dates.find_dates(text_of(doc), dates.day_of(doc._.published_at))
        return _suggest(doc, DATES, self.source, [((d.start, d.end, "DATE"), d.normalized) for d in found])


def _suggest(doc: Doc, group: str, source: str, found: Sequence[tuple[tuple[int, int, str], str]]) -> Doc:
    suggest(doc, group, source, [Found(*span, SCORE) for span, _ in found])
    doc.spans[group].attrs[VALUES] = [value for _, value in found]
    return doc
