"""Documents and suggestions become Label Studio tasks; annotations become records of the log. Offsets are checked here.

Label Studio checks none of what is imported, and the text it returns with a region is not the text. So nothing goes out
or comes in without passing these gates: every span lies in its text, is what it says, has a label of the scheme and
overlaps no other. What does not is refused by document, span and reason. Offsets are code points, half-open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import quote, urlsplit

from annotation.confidence import region_id
from annotation.edges import trim
from annotation.labels import LabelScheme
from annotation.log import Record, Span, Suggestion, Verdict
from annotation.project import CONTROL, TEXT
from annotation.suggestions import Suggestions
from corpus.errors import JiaozhuError, SpanError
from corpus.spans import Run, seen_ranges, to_raw

Origin = Literal["prediction", "prediction-changed", "manual"]

ORIGINS: dict[Verdict, Origin] = {
    "kept": "prediction",
    "moved": "prediction-changed",
    "retyped": "prediction-changed",
    "added": "manual",
}
IN_ADDRESS = "%/:?#@!$&*+,;=~"  # beside letters, digits and -._: what stays as it is in the address of a link
SHOWN = ("title", "publisher", "published_at", "url")


@dataclass(frozen=True, slots=True)
class Region:
    """One labelled region of a result; `id` is unique within it."""

    id: str
    start: int
    end: int
    label: str


def to_task(
    document: Mapping[str, Any], suggestions: Suggestions | None, scheme: LabelScheme, *, blind: bool = False
) -> dict[str, Any]:
    """The task of one document, with its suggestions as a prediction where it has any.

    A `blind` task says so in its data, for the pull, and has no suggestions; they are checked all the same.

    Raises:
        SpanError: a suggestion fails the gates.
        JiaozhuError: the suggestions were made for another text.
    """
    # In the order of the columns of Label Studio's list of tasks, which wants every field that the view names.
    data = {name: document[name] or "" for name in SHOWN} | {"link": link(document["url"])}
    data |= {name: document[name] for name in ("doc_id", "text_sha256", "text")}
    predictions = [] if suggestions is None else [to_prediction(document, suggestions, scheme)]
    if blind:
        return {"data": data | {"blind": True}}
    return {"data": data, "predictions": predictions} if predictions else {"data": data}


def link(url: str | None) -> str:
    """The raw page as a link in Markdown; empty where its address is none of the web.

    The address is a stranger's, and Label Studio lets HTML through Markdown: whatever could end the link is escaped.
    """
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return ""
    return f"[原网页 ↗](<{quote(url or '', safe=IN_ADDRESS)}>)"


def to_prediction(document: Mapping[str, Any], suggestions: Suggestions, scheme: LabelScheme) -> dict[str, Any]:
    """The suggestions as one prediction, their edges trimmed as those of drawn spans are. Raises as `to_task` does."""
    check_suggestions(document, suggestions, scheme)
    doc_id, text = document["doc_id"], document["text"]
    return prediction(suggestions.model, [_trimmed(doc_id, text, span) for span in suggestions.spans])


def check_suggestions(document: Mapping[str, Any], suggestions: Suggestions, scheme: LabelScheme) -> None:
    """The gate before every push: the suggestions are of this text, in it, what they say, and flat. Raises so."""
    doc_id, text, names = document["doc_id"], document["text"], set(scheme.names)
    if suggestions.text_sha256 != document["text_sha256"]:
        raise JiaozhuError(
            f"{doc_id}: its suggestions were made for another text; run `jiaozhu annotation preannotate` again"
        )
    for span in suggestions.spans:
        if not 0 <= span.start < span.end <= len(text) or span.label not in names:
            _check(doc_id, text, span.start, span.end, span.label, scheme)
        if text[span.start : span.end] != span.text:
            raise SpanError(f"{doc_id}: {_show(span)} says {span.text!r}, the text there is another")
        _trimmed(doc_id, text, span)
    _check_flat(doc_id, suggestions.spans)


def prediction(model: str, spans: Sequence[Suggestion]) -> dict[str, Any]:
    """Label Studio's form of checked suggestions; its score is the mean of theirs."""
    made: dict[str, Any] = {"model_version": model, "result": [_suggested(span) for span in spans]}
    if spans:
        made["score"] = sum(span.score for span in spans) / len(spans)
    return made


def result(region: Region, text: str, origin: Origin) -> dict[str, Any]:
    """A region in Label Studio's form."""
    return {
        "id": region.id,
        "from_name": CONTROL,
        "to_name": TEXT,
        "type": "labels",
        "origin": origin,
        "value": {"start": region.start, "end": region.end, "text": text, "labels": [region.label]},
    }


def suggestions_of(doc_id: str, text: str, shown: Mapping[str, Any], scheme: LabelScheme) -> dict[str, Suggestion]:
    """The suggestions of a prediction as the server keeps it, by region id.

    Raises:
        SpanError: it holds something that is not a suggestion on this text.
    """
    found: dict[str, Suggestion] = {}
    for item in shown.get("result") or []:
        region = _region(doc_id, text, item, scheme)
        source = (item.get("meta") or {}).get("source") or shown.get("model_version") or ""
        words = text[region.start : region.end]
        score = float(item.get("score") or 0.0)
        found[region.id] = Suggestion(region.start, region.end, region.label, words, score, str(source))
    return found


def from_annotation(
    data: Mapping[str, Any],
    annotation: Mapping[str, Any],
    shown: Mapping[str, Any] | None,
    document: Mapping[str, Any],
    raw_length: int,
    scheme: LabelScheme,
    annotator: str,
) -> Record:
    """The record of one annotation, as the server exports it.

    `data` is the task's, `shown` the prediction the annotator began from (None where from nothing), `document` the
    corpus row, `raw_length` the length of its raw page. Spaces and marks at the edges of a span are left out of it
    (`annotation.edges`; `trimmed` says so). A skipped task decides nothing, so its record has no spans.

    Raises:
        SpanError: a region is outside the text, has no label of the scheme, is no label, or overlaps another.
        JiaozhuError: the annotation was made on another text than the corpus has.
    """
    doc_id, text = document["doc_id"], document["text"]
    if data.get("text_sha256") != document["text_sha256"] or data.get("text") != text:
        raise JiaozhuError(
            f"{doc_id}: annotation {annotation['unique_id']} was made on another text than the corpus has now; "
            "build the corpus with the cleaner it was pushed with, or push the document again"
        )
    skipped = bool(annotation["was_cancelled"])
    spans: tuple[Span, ...] = ()
    deleted: tuple[Suggestion, ...] = ()
    runs = tuple(Run(run["start"], run["raw_start"], run["length"]) for run in document["alignment"])
    if not skipped:
        regions = [_trim(doc_id, text, _region(doc_id, text, item, scheme)) for item in annotation["result"]]
        regions.sort(key=lambda region: (region.start, region.end))
        _check_flat(doc_id, regions)
        suggestions = suggestions_of(doc_id, text, shown or {}, scheme)
        matched = match(regions, suggestions)
        spans = tuple(
            Span(
                region.start,
                region.end,
                region.label,
                text[region.start : region.end],
                *to_raw(runs, region.start, region.end, raw_length),
                _verdict(region, suggestion),
                suggestion,
            )
            for region, suggestion in matched
        )
        used = {id(suggestion) for _, suggestion in matched}
        deleted = tuple(item for item in sorted(suggestions.values(), key=_place) if id(item) not in used)
    return Record(
        doc_id=doc_id,
        text_sha256=document["text_sha256"],
        annotation=annotation["unique_id"],
        annotator=annotator,
        status="skipped" if skipped else "submitted",
        created_at=annotation["created_at"],
        updated_at=annotation["updated_at"],
        lead_time=annotation["lead_time"],
        model=shown.get("model_version") if shown else None,
        guideline=scheme.version,
        spans=spans,
        deleted=deleted,
        ground_truth=bool(annotation.get("ground_truth")),
        blind=data.get("blind") is True and shown is None,
        seen=seen_ranges(runs),
    )


def trimmed(data: Mapping[str, Any], annotation: Mapping[str, Any], scheme: LabelScheme) -> tuple[str, ...]:
    """What `from_annotation` cut from the edges of spans, one line each; the annotation has passed its gates."""
    doc_id, text = data["doc_id"], data["text"]
    said: list[str] = []
    for item in () if annotation["was_cancelled"] else annotation["result"]:
        drawn = _region(doc_id, text, item, scheme)
        kept = _trim(doc_id, text, drawn)
        if kept != drawn:
            before, after = text[drawn.start : drawn.end], text[kept.start : kept.end]
            said.append(f"{doc_id}: {_show(drawn)} {before!r} became {_show(kept)} {after!r}")
    return tuple(said)


def match(regions: Sequence[Region], suggestions: Mapping[str, Suggestion]) -> list[tuple[Region, Suggestion | None]]:
    """Each region with the suggestion it came from, which no other region has; None where a person drew it.

    The region's id says so. One that was deleted and drawn again has a new id: it belongs to the suggestion it covers
    the most of, of those that are left.
    """
    left = dict(suggestions)
    found = [left.pop(region.id, None) for region in regions]
    pairs = sorted(
        (-shared, index, suggestion.start, name)
        for index, region in enumerate(regions)
        if found[index] is None
        for name, suggestion in left.items()
        if (shared := min(region.end, suggestion.end) - max(region.start, suggestion.start)) > 0
    )
    for _, index, _, name in pairs:
        if found[index] is None and name in left:
            found[index] = left.pop(name)
    return list(zip(regions, found, strict=True))


def _verdict(region: Region, suggestion: Suggestion | None) -> Verdict:
    """A span with another label is `retyped`, wherever it now begins and ends."""
    if suggestion is None:
        return "added"
    if region.label != suggestion.label:
        return "retyped"
    return "kept" if (region.start, region.end) == (suggestion.start, suggestion.end) else "moved"


def _suggested(span: Suggestion) -> dict[str, Any]:
    region = Region(region_id(span), span.start, span.end, span.label)
    return result(region, span.text, "prediction") | {"score": span.score, "meta": {"source": span.source}}


def _region(doc_id: str, text: str, item: Mapping[str, Any], scheme: LabelScheme) -> Region:
    if item.get("type") != "labels" or item.get("from_name") != CONTROL:
        raise SpanError(f"{doc_id}: holds a result of type {item.get('type')!r}; delete it, only labels count")
    value = item.get("value") or {}
    start, end, labels = value.get("start"), value.get("end"), value.get("labels") or []
    if type(start) is not int or type(end) is not int:
        raise SpanError(f"{doc_id}: a region has the offsets {start!r} and {end!r}, not numbers; draw it again")
    if len(labels) != 1:
        raise SpanError(f"{doc_id}: [{start}, {end}) has {len(labels)} labels, not one; label it in Label Studio")
    _check(doc_id, text, start, end, labels[0], scheme)
    return Region(str(item.get("id")), start, end, labels[0])


def _trim(doc_id: str, text: str, region: Region) -> Region:
    start, end = trim(text, region.start, region.end)
    if start >= end:
        raise SpanError(f"{doc_id}: {_show(region)} holds white space and marks only; delete it in Label Studio")
    return Region(region.id, start, end, region.label)


def _trimmed(doc_id: str, text: str, span: Suggestion) -> Suggestion:
    start, end = trim(text, span.start, span.end)
    if start >= end:
        raise SpanError(f"{doc_id}: {_show(span)} holds white space and marks only; a model must not suggest it")
    if (start, end) == (span.start, span.end):
        return span
    return replace(span, start=start, end=end, text=text[start:end])


def _check(doc_id: str, text: str, start: int, end: int, label: str, scheme: LabelScheme) -> None:
    if not 0 <= start < end <= len(text):
        raise SpanError(f"{doc_id}: {label} [{start}, {end}) is empty or outside its text of {len(text)} characters")
    if label not in scheme.names:
        raise SpanError(f"{doc_id}: {label} [{start}, {end}) is not a label of the scheme ({', '.join(scheme.names)})")


def _check_flat(doc_id: str, spans: Iterable[Region | Suggestion]) -> None:
    before: Region | Suggestion | None = None
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        if before is not None and span.start < before.end:
            raise SpanError(f"{doc_id}: {_show(span)} overlaps {_show(before)}; spans must not overlap")
        before = span


def _show(span: Region | Suggestion) -> str:
    return f"{span.label} [{span.start}, {span.end})"


def _place(span: Suggestion) -> tuple[int, int]:
    return (span.start, span.end)
