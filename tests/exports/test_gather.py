"""One proven annotation speaks for a document; all others are counted, and named where they are wrong."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.log import AGREEMENT, Span, append
from corpus.errors import JiaozhuError
from corpus.records import text_sha256
from corpus.spans import Proposal, Run, seen_ranges
from exports.log_columns import read_heads, read_records
from tests.exports.making import document, record, span, write_corpus
from tests.exports.making import gathered as read

TEXT = "[导航]山东(shāndōng)省科技厅与海川银行。\n"


@pytest.fixture
def doc():
    return document(TEXT)


@pytest.fixture
def gathered(tmp_path, doc):
    """Gather from a corpus of one document and a log of these records."""

    def run(*records, **options):
        append(tmp_path / "log.jsonl", records)
        return read(write_corpus(tmp_path / "corpus", [doc]), tmp_path / "log.jsonl", **options)

    return run


def speakers(found):
    return [made.annotation for made in found.records.values()]


def test_of_several_annotators_the_one_who_changed_last_speaks_whatever_the_order_of_the_log(gathered, doc):
    late = record(doc, [], annotation="a", updated_at="2026-11-03T00:00:00Z")
    early = record(doc, [], annotation="b", updated_at="2026-11-02T00:00:00Z")
    found = gathered(late, early)
    assert speakers(found) == ["a"]
    assert (found.counts.published, found.counts.superseded) == (1, 1)


def test_of_two_changed_at_the_same_time_the_greater_id_speaks(gathered, doc):
    assert speakers(gathered(*(record(doc, [], annotation=name) for name in "bca"))) == ["c"]


def test_adjudicated_beats_single_whatever_is_said_after_it(gathered, doc):
    decision = record(doc, [], annotation="a", annotator="adjudication:c@example.org")
    found = gathered(decision, record(doc, [], annotation="z", updated_at="2026-11-09T00:00:00Z"))
    assert speakers(found) == ["a"]
    assert (found.counts.published, found.counts.superseded) == (1, 1)


def test_of_two_decisions_the_newer_one_speaks(gathered, doc):
    old = record(doc, [], annotation="z", annotator="adjudication:c@example.org")
    assert speakers(gathered(old, replace(old, annotation="a", updated_at="2026-11-02T00:00:00Z"))) == ["a"]


def test_an_agreement_speaks_for_its_sources_and_a_decision_or_a_later_opinion_goes_before_it(gathered, doc):
    agreement = record(doc, [], annotation="agreement", annotator=AGREEMENT)
    single = record(doc, [], annotation="single")
    assert speakers(gathered(single, agreement)) == ["agreement"]
    later = record(doc, [], annotation="later", updated_at="2026-11-09T00:00:00Z")
    assert speakers(gathered(later)) == ["later"]
    decision = record(doc, [], annotation="decision", annotator="adjudication:c@example.org")
    assert speakers(gathered(decision)) == ["decision"]


def test_a_decision_on_another_text_does_not_stop_what_fits_the_text_now(gathered, doc):
    decision = record(doc, [], annotation="a", annotator="adjudication:c@example.org", text_sha256="0" * 64)
    found = gathered(decision, record(doc, [], annotation="fits", updated_at="2026-11-09T00:00:00Z"))
    assert speakers(found) == ["fits"]


def test_a_decision_that_was_deleted_leaves_the_word_to_the_others(gathered, doc):
    decision = record(doc, [], annotation="a", annotator="adjudication:c@example.org")
    assert speakers(gathered(record(doc, [], annotation="single"), replace(decision, status="deleted"))) == ["single"]


@pytest.mark.parametrize("status", ["skipped", "deleted"])
def test_what_was_skipped_or_deleted_leaves_the_word_to_the_annotation_before_it(gathered, doc, status):
    gone = record(doc, [], annotation="gone", status=status, updated_at="2026-11-09T00:00:00Z")
    found = gathered(record(doc, [], annotation="stays"), gone)
    assert speakers(found) == ["stays"]
    assert getattr(found.counts, status) == 1
    assert found.refused == ()


def test_an_annotation_that_was_deleted_later_does_not_speak(gathered, doc):
    made = record(doc, [])
    found = gathered(made, replace(made, status="deleted", updated_at="2026-11-09T00:00:00Z"))
    assert found.records == {}
    assert (found.counts.annotations, found.counts.deleted) == (1, 1)


def test_spans_come_in_order_with_their_raw_offsets(gathered, doc):
    spans = [span(doc, "海川银行", "ORG"), span(doc, "山东省科技厅", "ORG")]
    [found] = gathered(record(doc, spans)).records.values()
    assert [made.text for made in found.spans] == ["山东省科技厅", "海川银行"]
    assert [TEXT[made.raw_start : made.raw_end] for made in found.spans] == ["山东(shāndōng)省科技厅", "海川银行"]


def test_raw_offsets_that_lead_elsewhere_are_taken_anew_and_counted(gathered, doc):
    good = span(doc, "海川银行", "ORG")
    found = gathered(record(doc, [replace(good, raw_start=0, raw_end=3)]))
    [made] = found.records.values()
    assert made.spans == (good,)
    assert found.counts.reanchored == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"start": 7, "end": 99, "text": ""}, "outside the document's 13 characters"),
        ({"start": -4, "end": 11}, "outside"),
        ({"start": 11, "end": 7}, "outside .*or empty"),
        ({"text": "海川銀行"}, "its text is not what the document has there"),
        ({"label": "GPE"}, r"label 'GPE' is not in the scheme \(ORG, LOC,"),
        ({"start": 4, "text": "技厅与海川银行"}, "overlaps the span before it"),
    ],
)
def test_a_wrong_span_refuses_its_annotation_by_document_offsets_and_reason(gathered, doc, change, reason):
    wrong = replace(span(doc, "海川银行", "ORG"), **change)
    found = gathered(record(doc, [span(doc, "山东省科技厅", "ORG"), wrong]))
    assert found.records == {}
    assert (found.counts.published, found.counts.refused) == (0, 1)
    [refusal] = found.refused
    assert (refusal.doc_id, refusal.start, refusal.end) == (doc["doc_id"], wrong.start, wrong.end)
    with pytest.raises(JiaozhuError, match=reason):
        raise JiaozhuError(str(refusal))


def test_a_span_that_stands_nowhere_in_the_raw_page_is_refused(gathered, doc):
    doc["alignment"] = [run for run in doc["alignment"] if run["start"] == 0]  # 山东 alone has a place
    found = gathered(record(doc, [span(doc, "海川银行", "ORG")]))
    assert [refusal.reason for refusal in found.refused] == ["none of its characters stands in the raw page"]


def test_an_annotation_of_an_unknown_document_is_refused_and_the_rest_goes_on(gathered, doc):
    found = gathered(record(doc, []), record(document("另一页"), [], annotation="stranger"))
    assert [str(refusal).split(": ")[1:] for refusal in found.refused] == [
        ["annotation stranger", "the corpus has no such document"]
    ]
    assert found.counts.published == 1


def elsewhere(doc):
    """The document as an older cleaner made it: with half-width marks, and without the bank."""
    aligned = doc["aligned"].apply([Proposal(doc["text"].index("与"), len(doc["text"]) - 2, "rule")])
    text = aligned.text.replace("。", ".")
    return doc | {"text": text, "text_sha256": text_sha256(text), "aligned": aligned.substitute(text)}


def test_an_annotation_of_another_text_is_carried_over_to_the_text_of_today(gathered, doc):
    old = doc | {"text": doc["text"].replace("。", "."), "text_sha256": "0" * 64}
    found = gathered(record(old, [span(old, "海川银行", "ORG")], annotation="old", text_sha256="0" * 64))
    [made] = found.records.values()
    assert [(item.text, item.raw_start, item.raw_end) for item in made.spans] == [("海川银行", 21, 25)]
    assert (found.counts.published, found.counts.carried, found.counts.carried_spans) == (1, 1, 1)
    assert (found.counts.stale, found.lost) == (0, ())


def test_an_annotation_that_a_person_must_look_at_again_is_left_out_whole_and_says_why(gathered, doc):
    old = elsewhere(doc)
    runs = tuple(Run(run.start, run.raw_start, run.length) for run in old["aligned"].runs)
    found = gathered(record(old, [span(old, "山东省科技厅", "ORG")], seen=seen_ranges(runs)))
    assert found.records == {}
    assert (found.counts.stale, found.counts.carried) == (1, 0)
    assert [(item.reason, item.now) for item in found.lost] == [("unread", "与海川银行")]


def test_where_the_newest_cannot_be_carried_an_older_one_of_the_text_of_today_speaks(gathered, doc):
    old = elsewhere(doc)
    newest = record(old, [], annotation="new", seen=((0, 5),), updated_at="2026-11-09T00:00:00Z")
    found = gathered(newest, record(doc, [span(doc, "海川银行", "ORG")], annotation="fits"))
    assert speakers(found) == ["fits"]
    assert (found.counts.stale, found.counts.superseded) == (1, 0)


def test_a_changed_text_can_be_left_out_and_an_older_annotation_of_the_text_speaks(gathered, doc):
    stale = record(doc, [], annotation="stale", text_sha256="0" * 64, updated_at="2026-11-09T00:00:00Z")
    found = gathered(record(doc, [], annotation="fits"), stale, skip_stale=True)
    assert speakers(found) == ["fits"]
    assert (found.counts.stale, found.counts.superseded) == (1, 0)


def test_an_old_annotation_of_another_text_is_no_reason_to_stop_where_a_newer_one_speaks(gathered, doc):
    stale = record(doc, [], annotation="stale", text_sha256="0" * 64)
    fits = record(doc, [], annotation="fits", updated_at="2026-11-09T00:00:00Z")
    found = gathered(stale, fits)
    assert speakers(found) == ["fits"]
    assert found.counts.superseded == 1


def test_every_annotation_is_counted_once(gathered, doc):
    counts = gathered(
        record(doc, [], annotation="a", updated_at="2026-11-09T00:00:00Z"),
        record(doc, [], annotation="b"),
        record(doc, [], annotation="c", status="skipped"),
        record(doc, [], annotation="d", status="deleted"),
        record(doc, [], annotation="e", text_sha256="0" * 64),
        record(document("另一页"), [], annotation="f"),
        skip_stale=True,
    ).counts
    assert counts.annotations == 6
    parts = (counts.published, counts.superseded, counts.skipped, counts.deleted, counts.stale, counts.refused)
    assert parts == (1, 1, 1, 1, 1, 1)


@pytest.mark.parametrize(
    "content", [b'{"doc_id":\n', b"[]\n", b"\xff\xfe\n", b'{"spans":[],"doc_id":"\\ud800"}\n', b"\x00\n"]
)
def test_a_broken_line_is_named_and_counted_and_the_rest_goes_on(tmp_path, doc, content):
    log = tmp_path / "log.jsonl"
    append(log, [record(doc, [])])
    log.write_bytes(b"\n" + content + log.read_bytes() + b"\n" + content)
    corpus = write_corpus(tmp_path / "corpus", [doc])
    found = read(corpus, log)
    assert (found.counts.published, found.counts.broken) == (1, 2)
    assert [item.line for item in found.broken] == [2, 5]
    with pytest.raises(JiaozhuError, match=r"log\.jsonl: line 2: .*restore it from version control") as caught:
        read(corpus, log, strict=True)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"verdict":"kept"', '"verdict":"liked"'),
        ('"raw_start":', '"raw_begin":'),
        ('"score":0.75', '"score":"high"'),
        (',"deleted":[]', ""),
        (',"deleted":[]', ',"deleted":[],"mood":1'),
        (',"deleted":[]', ',"deleted":[null]'),
        ('"spans":[{', '"spans":[null,{'),
        ('"text_sha256":"', '"text_sha256":7,"was":"'),
    ],
)
def test_a_line_whose_spans_are_broken_is_as_if_it_were_not_there(tmp_path, doc, old, new):
    log = tmp_path / "log.jsonl"
    older = record(doc, [span(doc, "海川银行", "ORG")])
    append(log, [older, replace(older, updated_at="2026-11-09T00:00:00Z")])
    first, second = log.read_text().splitlines()
    assert old in second
    log.write_text(f"{first}\n{second.replace(old, new, 1)}\n")
    found = read(write_corpus(tmp_path / "corpus", [doc]), log)
    assert (found.counts.published, found.counts.broken, found.broken[0].line) == (1, 1, 2)
    assert [made.updated_at for made in found.records.values()] == [older.updated_at]


def test_a_broken_line_that_would_not_speak_anyway_is_named_too(tmp_path, doc):
    log = tmp_path / "log.jsonl"
    newer = record(doc, [span(doc, "海川银行", "ORG")], updated_at="2026-11-09T00:00:00Z")
    append(log, [record(doc, []), newer, record(doc, [], annotation="another", status="skipped")])
    lines = log.read_text().splitlines()
    log.write_text("\n".join([lines[0].replace('"deleted":[]', '"deleted":[5]'), lines[1], lines[2] + "}"]))
    found = read(write_corpus(tmp_path / "corpus", [doc]), log)
    assert [item.line for item in found.broken] == [1, 3]
    assert [made.updated_at for made in found.records.values()] == [newer.updated_at]


def test_an_annotation_with_a_planted_suggestion_is_read_with_the_others(tmp_path, doc):
    log = tmp_path / "log.jsonl"
    append(log, [record(doc, [span(doc, "海川银行", "ORG")], planted="found")])
    heads = read_heads(log)
    assert read_records(heads, [0])["planted"].to_pylist() == ["found"]
    assert read(write_corpus(tmp_path / "corpus", [doc]), log).counts.published == 1
    log.write_text(log.read_text().replace('"planted":"found"', '"planted":"lost"'))
    assert [item.line for item in read(tmp_path / "corpus", log).broken] == [1]


def test_a_log_of_many_blocks_is_read_like_one(tmp_path, monkeypatch):
    documents = [document(f"{TEXT}第{number}页。\n") for number in range(40)]
    log = tmp_path / "log.jsonl"
    append(log, [record(doc, [span(doc, "海川银行", "ORG")]) for doc in reversed(documents)])
    log.write_bytes(log.read_bytes().rstrip(b"\n"))
    corpus = write_corpus(tmp_path / "corpus", documents)
    whole = read(corpus, log)
    assert list(whole.records) == [doc["doc_id"] for doc in documents]
    monkeypatch.setattr("exports.log_columns.BLOCK", 1_000)
    monkeypatch.setattr("exports.gather.DOCUMENTS", 7)
    few = read(corpus, log)
    assert {name: made.spans for name, made in few.records.items()} == {
        name: made.spans for name, made in whole.records.items()
    }
    assert few.counts == whole.counts


def test_strict_stops_at_the_first_refused_annotation(gathered, doc):
    with pytest.raises(JiaozhuError, match="the corpus has no such document"):
        gathered(record(doc, []), record(document("另一页"), [], annotation="stranger"), strict=True)


SPANS = st.lists(
    st.tuples(st.integers(-1, 14), st.integers(-1, 14), st.sampled_from(["ORG", "LOC", "GPE"]), st.integers(-2, 2)),
    max_size=4,
)


@given(st.lists(st.tuples(SPANS, st.booleans()), min_size=1, max_size=4))
def test_what_is_proven_together_is_what_is_proven_one_by_one(tmp_path_factory, made):
    """The same documents twice: once with a single annotation, once with an older one, which is looked at by itself."""
    folder = tmp_path_factory.mktemp("proof")
    documents, records, twice = [], [], []
    for number, (found, honest) in enumerate(made):
        doc = document(f"{TEXT}{number}")
        spans = []
        for start, end, label, shift in found:
            text = doc["text"][max(start, 0) : max(end, 0)] if honest or shift != 1 else "别的"
            raw = doc["aligned"].to_raw(start, end) if 0 <= start < end <= len(doc["text"]) else (0, 1)
            spans.append(Span(start, end, label, text, raw[0] + (0 if honest else shift), raw[1], "kept", None))
        documents.append(doc)
        records.append(record(doc, spans))
        twice.append(record(doc, [], annotation=f"old-{number}", updated_at="2026-10-01T00:00:00Z"))
    corpus = write_corpus(folder / "corpus", documents)
    (folder / "one").mkdir()
    append(folder / "one" / "log.jsonl", records)
    (folder / "two").mkdir()
    append(folder / "two" / "log.jsonl", [*records, *twice])
    one, two = (read(corpus, folder / name / "log.jsonl") for name in ("one", "two"))
    assert {name: made.spans for name, made in one.records.items()} == {
        name: made.spans for name, made in two.records.items()
    }
    assert (one.refused, one.counts.reanchored) == (two.refused, two.counts.reanchored)


def test_a_missing_log_or_corpus_is_named(tmp_path, doc):
    corpus = write_corpus(tmp_path / "corpus", [doc])
    with pytest.raises(JiaozhuError, match="no annotation log here"):
        read(corpus, tmp_path / "none.jsonl")
    append(tmp_path / "log.jsonl", [record(doc, [])])
    with pytest.raises(JiaozhuError, match="no Parquet table here"):
        read(tmp_path / "nowhere", tmp_path / "log.jsonl")
