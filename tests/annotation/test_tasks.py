"""Offsets and labels are what they say, both ways: nothing else goes to Label Studio or comes into the log."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.edges import trim
from annotation.labels import Label, LabelScheme
from annotation.log import Suggestion
from annotation.suggestions import Suggestions
from annotation.tasks import Region, from_annotation, link, match, result, to_task, trimmed
from corpus.errors import JiaozhuError, SpanError
from corpus.records import text_sha256

SCHEME = LabelScheme("7", (Label("ORG", "机构", "1", "#000000"), Label("LOC", "地点", "2", "#000001")), "")
TEXT = "济南大学 在山东\n"
PEOPLE = "a@example.org"


def document(text):
    return {
        "doc_id": "d1",
        "text": text,
        "text_sha256": text_sha256(text),
        "title": None,
        "publisher": "报",
        "published_at": None,
        "url": "http://example.org",
        "alignment": [{"start": 0, "raw_start": 10, "length": len(text)}],
    }


def suggestion(text, start, end, label="ORG"):
    return Suggestion(start, end, label, text[start:end], 0.5, "lac@1")


def echo(task, changed=None, **fields):
    """The annotation of a person who changed nothing, as the server exports it; `changed` is another result."""
    copy = json.loads(json.dumps(task))
    [shown] = copy.get("predictions", [None])
    annotation = {
        "unique_id": "u1",
        "result": (shown or {}).get("result", []) if changed is None else changed,
        "was_cancelled": False,
        "created_at": "2026-11-21T20:00:00Z",
        "updated_at": "2026-11-21T20:00:01Z",
        "lead_time": 3.5,
        **fields,
    }
    return copy["data"], annotation, shown


def back(row, data, annotation, shown):
    return from_annotation(data, annotation, shown, row, 10 + len(row["text"]) + 5, SCHEME, PEOPLE)


def decide(*regions, suggested=(), text=TEXT):
    """The record of a person who left these regions: (id, start, end, label)."""
    row = document(text)
    task = to_task(row, Suggestions("d1", row["text_sha256"], "m@1", tuple(suggested)), SCHEME)
    drawn = [result(Region(*region), "not the text", "manual") for region in regions]
    return back(row, *echo(task, drawn))


ODD = st.text(
    alphabet=st.one_of(
        st.characters(codec="utf-8"), st.sampled_from("𠮷😀\u200b\u200d\ufeff\u3000\t\n\r e\u0301<b>&amp;省市公司")
    ),
    min_size=1,
    max_size=40,
)


@st.composite
def suggested(draw):
    """Any text and any flat suggestions on it, with nothing at their edges that the gate trims."""
    text = draw(ODD)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    spans = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        if trim(text, start, end) == (start, end) and start < end:
            spans.append(suggestion(text, start, end, draw(st.sampled_from(["ORG", "LOC"]))))
    return text, tuple(spans)


@given(suggested())
def test_what_was_suggested_and_left_alone_comes_back_kept_with_the_same_offsets_and_text(case):
    text, spans = case
    row = document(text)
    record = back(row, *echo(to_task(row, Suggestions("d1", row["text_sha256"], "m@1", spans), SCHEME)))
    assert [span.suggestion for span in record.spans] == list(spans)
    for span in record.spans:
        assert span.verdict == "kept"
        assert text[span.start : span.end] == span.text == span.suggestion.text
        assert (span.raw_start, span.raw_end) == (span.start + 10, span.end + 10)
    assert record.deleted == ()
    assert (record.model, record.guideline, record.status) == ("m@1", "7", "submitted")


@given(suggested(), st.data())
def test_every_suggestion_is_in_a_span_or_deleted_whatever_a_person_does(case, data):
    text, spans = case
    row = document(text)
    task = to_task(row, Suggestions("d1", row["text_sha256"], "m@1", spans), SCHEME)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=8)))
    names = data.draw(st.permutations([f"s{span.start}" for span in spans] + ["x1", "x2", "x3", "x4"]))
    drawn = [
        result(Region(name, start, end, "ORG"), "", "manual")
        for name, start, end in zip(names, cuts[::2], cuts[1::2], strict=False)
        if trim(text, start, end)[0] < trim(text, start, end)[1]
    ]
    record = back(row, *echo(task, drawn))
    assert len(record.spans) == len(drawn)
    accounted = [span.suggestion for span in record.spans if span.suggestion] + list(record.deleted)
    assert sorted(accounted, key=lambda item: item.start) == list(spans)
    assert all((span.suggestion is None) == (span.verdict == "added") for span in record.spans)


def test_empty_fields_of_a_page_are_empty_texts_in_the_task():
    data = to_task(document(TEXT), None, SCHEME)["data"]
    assert data == {
        "doc_id": "d1",
        "text_sha256": text_sha256(TEXT),
        "text": TEXT,
        "title": "",
        "publisher": "报",
        "published_at": "",
        "url": "http://example.org",
        "link": "[原网页 ↗](<http://example.org>)",
    }


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (
            "https://例子.cn/新闻?a=1&b=(2)",
            "[原网页 ↗](<https://%E4%BE%8B%E5%AD%90.cn/%E6%96%B0%E9%97%BB?a=1&b=%282%29>)",
        ),
        ("http://a.cn/%E6%96%B0", "[原网页 ↗](<http://a.cn/%E6%96%B0>)"),
        (
            "http://a.cn/>) ![x](http://evil/t.png)",
            "[原网页 ↗](<http://a.cn/%3E%29%20!%5Bx%5D%28http://evil/t.png%29>)",
        ),
        (
            'http://a.cn/"><script>alert(1)</script>',
            "[原网页 ↗](<http://a.cn/%22%3E%3Cscript%3Ealert%281%29%3C/script%3E>)",
        ),
        ("http://a.cn/\n\n# x", "[原网页 ↗](<http://a.cn/%0A%0A#%20x>)"),
        ("javascript:alert(1)", ""),
        ("http:///x", ""),
        ("http://[x", ""),
        ("file.html", ""),
        (None, ""),
    ],
)
def test_the_raw_page_is_a_link_and_no_address_breaks_out_of_it(url, shown):
    assert link(url) == shown


@pytest.mark.parametrize(
    ("region", "verdict"),
    [
        (("s0", 0, 4, "ORG"), "kept"),
        (("s0", 0, 2, "ORG"), "moved"),
        (("s0", 0, 4, "LOC"), "retyped"),
        (("s0", 0, 2, "LOC"), "retyped"),
        (("new", 0, 4, "ORG"), "kept"),
        (("new", 2, 4, "ORG"), "moved"),
        (("new", 0, 4, "LOC"), "retyped"),
        (("new", 6, 8, "LOC"), "added"),
    ],
)
def test_the_verdict_says_what_became_of_the_suggestion_also_when_it_was_drawn_again(region, verdict):
    whole = suggestion(TEXT, 0, 4)
    record = decide(region, suggested=[whole])
    assert [span.verdict for span in record.spans] == [verdict]
    assert record.spans[0].suggestion == (None if verdict == "added" else whole)
    assert record.deleted == ((whole,) if verdict == "added" else ())


def test_one_suggestion_that_becomes_two_spans_is_behind_the_larger_part_and_the_other_is_added():
    record = decide(("x", 0, 1, "LOC"), ("y", 1, 4, "ORG"), suggested=[suggestion(TEXT, 0, 4)])
    assert [span.verdict for span in record.spans] == ["added", "moved"]


def test_a_region_that_kept_its_id_has_its_suggestion_before_one_that_only_overlaps():
    both = {"s0": suggestion(TEXT, 0, 2), "s2": suggestion(TEXT, 2, 4)}
    regions = [Region("new", 0, 2, "ORG"), Region("s0", 2, 4, "ORG")]
    assert [found for _, found in match(regions, both)] == [None, both["s0"]]


def test_white_space_at_the_edges_is_left_out_of_a_span():
    [span] = decide(("x", 0, 5, "ORG")).spans
    assert (span.start, span.end, span.text) == (0, 4, "济南大学")


def test_the_text_comes_from_the_offsets_never_from_what_the_server_says():
    [span] = decide(("x", 0, 2, "LOC")).spans
    assert span.text == "济南"


def test_a_skipped_task_decides_nothing_about_its_suggestions():
    row = document(TEXT)
    task = to_task(row, Suggestions("d1", row["text_sha256"], "m@1", (suggestion(TEXT, 0, 4),)), SCHEME)
    record = back(row, *echo(task, was_cancelled=True))
    assert (record.status, record.spans, record.deleted, record.model) == ("skipped", (), (), "m@1")


def test_a_person_who_began_with_an_empty_text_saw_no_model():
    row = document(TEXT)
    record = back(row, *echo(to_task(row, None, SCHEME), [result(Region("x", 0, 2, "LOC"), "", "manual")]))
    assert record.model is None
    assert [span.verdict for span in record.spans] == ["added"]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"value": {"start": 0, "end": 99, "labels": ["ORG"]}}, r"ORG \[0, 99\) is empty or outside"),
        ({"value": {"start": -1, "end": 2, "labels": ["ORG"]}}, r"ORG \[-1, 2\) is empty or outside"),
        ({"value": {"start": 3, "end": 3, "labels": ["ORG"]}}, r"ORG \[3, 3\) is empty or outside"),
        ({"value": {"start": 4, "end": 5, "labels": ["ORG"]}}, r"ORG \[4, 5\) holds white space and marks only"),
        ({"value": {"start": 0, "end": 2, "labels": ["GPE"]}}, r"GPE \[0, 2\) is not a label of the scheme"),
        ({"value": {"start": 0, "end": 2, "labels": []}}, r"\[0, 2\) has 0 labels"),
        ({"value": {"start": "0", "end": 2, "labels": ["ORG"]}}, "not numbers"),
        ({"value": {"start": 7, "end": 8, "labels": ["ORG"]}}, r"LOC \[6, 8\) overlaps|ORG \[7, 8\) overlaps"),
        ({"type": "relation"}, "'relation'"),
        ({"from_name": "another"}, "only labels count"),
    ],
)
def test_an_annotation_that_fails_the_gate_is_refused_by_document_span_and_reason(changed, reason):
    row = document(TEXT)
    good = result(Region("y", 6, 8, "LOC"), "", "manual")
    bad = {**result(Region("x", 0, 2, "ORG"), "", "manual"), **changed}
    with pytest.raises(SpanError, match=f"^d1: .*({reason})"):
        back(row, *echo(to_task(row, None, SCHEME), [good, bad]))


def test_an_annotation_on_another_text_is_refused_with_its_document():
    data, annotation, shown = echo(to_task(document("旧的正文\n"), None, SCHEME))
    with pytest.raises(JiaozhuError, match=r"^d1: annotation u1 was made on another text"):
        back(document(TEXT), data, annotation, shown)


def test_a_blind_task_has_no_suggestions_and_its_record_says_so():
    row = document(TEXT)
    suggestions = Suggestions("d1", row["text_sha256"], "m@1", (suggestion(TEXT, 0, 4),))
    task = to_task(row, suggestions, SCHEME, blind=True)
    assert task == {"data": {**to_task(row, None, SCHEME)["data"], "blind": True}}
    record = back(row, *echo(task, [result(Region("x", 0, 4, "ORG"), "", "manual")]))
    assert (record.blind, record.model, record.spans[0].verdict) == (True, None, "added")
    assert not decide(("x", 0, 4, "ORG")).blind


def test_the_suggestions_of_a_blind_task_are_checked_too():
    with pytest.raises(SpanError, match="outside its text"):
        to_task(
            document(TEXT), Suggestions("d1", text_sha256(TEXT), "m", (suggestion(TEXT, 0, 99),)), SCHEME, blind=True
        )


def test_an_annotation_that_was_made_from_suggestions_is_not_blind_whatever_its_task_says():
    row = document(TEXT)
    data, annotation, shown = echo(to_task(row, Suggestions("d1", row["text_sha256"], "m@1", ()), SCHEME))
    assert not back(row, data | {"blind": True}, annotation, shown).blind


@pytest.mark.parametrize("flag", [True, False])
def test_ground_truth_is_kept(flag):
    row = document(TEXT)
    assert back(row, *echo(to_task(row, None, SCHEME), [], ground_truth=flag)).ground_truth is flag


def test_a_suggestion_with_a_comma_at_its_edge_is_shown_without_it():
    row = document("济南大学，在")
    suggestions = Suggestions("d1", row["text_sha256"], "m@1", (suggestion(row["text"], 0, 5),))
    record = back(row, *echo(to_task(row, suggestions, SCHEME)))
    assert [(span.text, span.verdict) for span in record.spans] == [("济南大学", "kept")]


def test_what_the_gate_trims_is_said():
    row = document("（济南大学）在")
    data, annotation, _ = echo(to_task(row, None, SCHEME), [result(Region("x", 0, 6, "ORG"), "", "manual")])
    assert trimmed(data, annotation, SCHEME) == ("d1: ORG [0, 6) '（济南大学）' became ORG [1, 5) '济南大学'",)
    assert back(row, data, annotation, None).spans[0].text == "济南大学"
    assert trimmed(data, annotation | {"was_cancelled": True}, SCHEME) == ()
