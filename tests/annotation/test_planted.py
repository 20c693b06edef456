"""A suggestion that is wrong on purpose looks like any other, is remembered, and never counts against the model."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.edges import trim
from annotation.labels import load_labels
from annotation.log import Suggestion
from annotation.planted import plant, read_planted, remember, undo
from annotation.suggestions import Suggestions
from annotation.tasks import prediction
from corpus.errors import JiaozhuError
from corpus.records import text_sha256

SCHEME = load_labels()
TEXT = "济南市工业和信息化局今天在山东省济南市宣布，将投资3000亿元建设新的开发区，张三说。"
SPANS = [(0, 10, "ORG"), (13, 16, "LOC"), (16, 19, "LOC"), (25, 31, "MONEY"), (40, 42, "PERSON")]


def suggestions(doc_id="d1", text=TEXT, spans=SPANS) -> Suggestions:
    made = tuple(Suggestion(s, e, label, text[s:e], 0.5 + s / 100, f"m@1/{label}") for s, e, label in spans)
    return Suggestions(doc_id, text_sha256(text), "m@1", made)


def planted_in(doc_id):
    return plant(TEXT, suggestions(doc_id), SCHEME)


def every_kind():
    """A document for each kind of error."""
    found = {}
    for number in range(100):
        spoiled, planted = planted_in(f"d{number}")
        found.setdefault(planted.kind, (spoiled, planted))
    assert set(found) == {"border", "label", "spurious"}
    return list(found.values())


@given(st.integers(0, 10_000), st.sets(st.integers(0, 9), max_size=5))
def test_one_suggestion_is_spoiled_and_all_are_such_as_a_model_makes(number, cuts):
    places = sorted(cuts)
    spans = [(2 * start, 2 * end, "ORG") for start, end in zip(places[::2], places[1::2], strict=False)]
    text = TEXT[:9] + TEXT[22:34]
    spans = [span for span in spans if trim(text, *span[:2]) == span[:2]]
    given_spans = suggestions(f"d{number}", text, spans)
    spoiled = plant(text, given_spans, SCHEME)
    assert (spoiled is None) is (not spans)
    if spoiled:
        made, planted = spoiled
        wrong = [span for span in made.spans if span not in given_spans.spans]
        assert [(span.start, span.end, span.label) for span in wrong] == [(planted.start, planted.end, planted.label)]
        assert set(given_spans.spans) - set(made.spans) == ({planted.true} if planted.true else set())
        assert {span.score for span in made.spans} <= {span.score for span in given_spans.spans}
        assert {span.source for span in made.spans} <= {span.source for span in given_spans.spans}
        for before, after in zip(made.spans, made.spans[1:], strict=False):
            assert before.end <= after.start
        for span in made.spans:
            assert text[span.start : span.end] == span.text
            assert trim(text, span.start, span.end) == (span.start, span.end)


def test_the_same_document_gets_the_same_error_and_all_kinds_occur():
    assert planted_in("d1") == planted_in("d1")
    assert len(every_kind()) == 3


@pytest.mark.parametrize("place", range(3))
def test_whoever_leaves_the_error_is_told_of_and_the_record_is_as_if_it_had_never_been(place):
    spoiled, planted = every_kind()[place]
    shown = json.loads(json.dumps(prediction("m@1", spoiled.spans)))
    annotation, seen, found = undo(planted, {"result": shown["result"]}, shown)
    assert found == "missed"
    wanted = {(span.start, span.end, span.label) for span in suggestions(planted.doc_id).spans}
    for held in (annotation["result"], seen["result"]):
        values = [item["value"] for item in held]
        assert {(value["start"], value["end"], *value["labels"]) for value in values} == wanted
        assert all(value["text"] == TEXT[value["start"] : value["end"]] for value in values)


@pytest.mark.parametrize("place", range(3))
def test_whoever_corrects_the_error_found_it_and_what_was_drawn_stays(place):
    spoiled, planted = every_kind()[place]
    shown = json.loads(json.dumps(prediction("m@1", spoiled.spans)))
    drawn = [
        item
        for item in shown["result"]
        if (item["value"]["start"], item["value"]["end"], *item["value"]["labels"])
        != (planted.start, planted.end, planted.label)
    ]
    annotation, seen, found = undo(planted, {"result": drawn}, shown)
    assert (found, annotation["result"]) == ("found", drawn)
    assert len(seen["result"]) == len(SPANS)


def test_a_prediction_without_the_error_is_left_alone():
    _, planted = planted_in("d1")
    shown = prediction("m@1", suggestions().spans)
    assert undo(planted, {"result": []}, shown) is None


def test_an_error_that_was_left_beside_a_span_drawn_over_its_truth_stays_as_it_was_drawn():
    spoiled, planted = next(item for item in every_kind() if item[1].kind == "border")
    true = planted.true
    shown = json.loads(json.dumps(prediction("m@1", spoiled.spans)))
    edge = true.end - 1 if planted.end < true.end else true.start
    beside = {"id": "x", "value": {"start": edge, "end": edge + 1, "labels": ["ORG"], "text": ""}}
    result = [*shown["result"], beside]
    annotation, _, found = undo(planted, {"result": result}, shown)
    assert (found, annotation["result"]) == ("missed", result)


def test_what_was_planted_is_remembered_once(tmp_path):
    path = tmp_path / "annotations" / "planted.jsonl"
    assert read_planted(path) == {}
    errors = [planted for _, planted in every_kind()]
    remember(path, errors[:2])
    before = path.read_bytes()
    remember(path, errors)
    remember(path, [replace(errors[0], label="X")])
    assert path.read_bytes().startswith(before)
    assert read_planted(path) == {planted.key: planted for planted in errors}
    path.write_text("{}\n", "utf-8")
    with pytest.raises(JiaozhuError, match=r"planted.jsonl:1: not a planted"):
        read_planted(path)
