"""Annotations of several people, as a test writes them: one letter a label for each character, `.` is outside.

`AAb..` is one span A of two characters, then a span B of one; a small letter begins a new span.
"""

from dataclasses import replace

from annotation.log import Record, Span, Suggestion


def spans_of(letters: str) -> tuple[Span, ...]:
    """The spans that the letters draw, each added by the person."""
    spans, start = [], 0
    cuts = [i for i in range(1, len(letters)) if letters[i].islower() or letters[i] != letters[i - 1].upper()]
    for start, end in zip([0, *cuts], [*cuts, len(letters)], strict=True):
        label = letters[start:end].upper()[:1]
        if label not in ("", "."):
            spans.append(Span(start, end, label, "字" * (end - start), start, end, "added", None))
    return tuple(spans)


def opinion(annotator: str, letters: str, doc_id: str = "d1", **changes) -> Record:
    """The submitted annotation of one person on one document."""
    made = Record(
        doc_id=doc_id,
        text_sha256=f"{len(letters):064}",
        annotation=f"{doc_id}-{annotator}",
        annotator=annotator,
        status="submitted",
        created_at="2026-11-01T08:00:00Z",
        updated_at="2026-11-01T09:00:00Z",
        lead_time=60.0,
        model=None,
        guideline="1",
        spans=spans_of(letters),
        deleted=(),
    )
    return replace(made, **changes)


def decided(record: Record, kept: int, moved: int = 0, deleted: int = 0) -> Record:
    """The same annotation with its first spans kept, the next ones moved, and suggestions deleted."""
    spans = []
    for number, span in enumerate(record.spans):
        verdict = "kept" if number < kept else "moved" if number < kept + moved else "added"
        suggestion = None
        if verdict != "added":
            suggestion = Suggestion(span.start, span.end + (verdict == "moved"), span.label, span.text, 0.5, "m@1")
        spans.append(replace(span, verdict=verdict, suggestion=suggestion))
    gone = tuple(Suggestion(90 + number, 91 + number, "A", "字", 0.5, "m@1") for number in range(deleted))
    return replace(record, spans=tuple(spans), deleted=gone, model="m@1")
