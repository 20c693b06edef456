"""Agreement is the published formula on the opinions of people, symmetric, and says where it is undefined and why."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.acceptance import NO_OTHERS, NO_SUGGESTION, clicks_through
from annotation.agreement import (
    NO_DOCUMENT,
    NO_LENGTH,
    NO_SPAN,
    NO_VARIATION,
    agreement,
    compare_all,
    opinions_by_document,
)
from annotation.log import AGREEMENT, append
from corpus.errors import JiaozhuError
from tests.annotation.opinions import decided, opinion

LETTERS = st.text(alphabet="ABab.", min_size=1, max_size=12)


def report(*records, lengths=None):
    """The report on these annotations; each document is as long as the longest letters drawn on it."""
    opinions = opinions_by_document(records)
    known = {doc_id: int(found[0].text_sha256) for doc_id, found in opinions.items()}
    return compare_all(records, opinions, known if lengths is None else lengths)


def comparison(found, label=None, people=2):
    [chosen] = [item for item in found.comparisons if item.label == label and len(item.annotators) == people]
    return chosen


@st.composite
def two_opinions(draw):
    """Several documents, each drawn on by a and by b."""
    records = []
    for number in range(draw(st.integers(1, 4))):
        one = draw(LETTERS)
        other = draw(st.text(alphabet="ABab.", min_size=len(one), max_size=len(one)))
        records += [opinion("a", one, f"d{number}"), opinion("b", other, f"d{number}")]
    return records


def figures(item):
    return (item.exact.value, item.relaxed.value, item.alpha.value)


def test_alpha_is_that_of_krippendorffs_own_example():
    # K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), B: two observers, twelve units, alpha 0.692.
    ben, gerry = opinion("a", "aabbdcccedda"), opinion("b", "babbbcccxddd".replace("x", "e"))
    assert comparison(report(ben, gerry)).alpha.value == pytest.approx(0.692, abs=0.0005)


def test_alpha_of_a_small_text_is_what_a_hand_computes():
    # Characters: A/A A/. ./. ./.  Coincidences AA 2, A. 1, .A 1, .. 4; n = 8, A 3, outside 5.
    # Observed 2/8, expected (64 - 9 - 25)/(8 * 7) = 30/56, alpha = 1 - (2/8)/(30/56).
    found = comparison(report(opinion("a", "AA.."), opinion("b", "A...")))
    assert found.alpha.value == pytest.approx(1 - (2 / 8) / (30 / 56), abs=1e-6)


def test_spans_are_counted_exactly_and_by_overlap_with_the_same_label():
    found = report(opinion("a", "AA.BB.AA"), opinion("b", "AA.B..BB"))
    assert comparison(found).exact.value == pytest.approx(2 / 6, abs=1e-6)
    assert comparison(found).relaxed.value == pytest.approx(4 / 6, abs=1e-6)
    assert figures(comparison(found, "A"))[:2] == pytest.approx((2 / 3, 2 / 3), abs=1e-6)
    assert figures(comparison(found, "B"))[:2] == pytest.approx((0, 2 / 3), abs=1e-6)


def test_neighbouring_spans_do_not_overlap():
    assert comparison(report(opinion("a", "AA.."), opinion("b", "..AA"))).relaxed.value == 0


@given(two_opinions())
def test_agreement_is_symmetric_and_within_its_bounds(records):
    swapped = [replace(record, annotator={"a": "b", "b": "a"}[record.annotator]) for record in records]
    found, mirrored = report(*records), report(*swapped)
    for item, other in zip(found.comparisons, mirrored.comparisons, strict=True):
        assert (item.exact, item.relaxed, item.alpha) == (other.exact, other.relaxed, other.alpha)
        exact, relaxed, alpha = figures(item)
        assert alpha is None or -1 <= alpha <= 1
        assert (exact is None) == (relaxed is None)
        assert exact is None or 0 <= exact <= relaxed <= 1


@given(two_opinions())
def test_everybody_agrees_with_himself(records):
    same = [replace(record, spans=records[i - i % 2].spans) for i, record in enumerate(records)]
    for item in report(*same).comparisons:
        for measure in (item.exact, item.relaxed, item.alpha):
            assert measure.value in (1, None)
            assert (measure.value is None) == bool(measure.why)


@pytest.mark.slow
@given(st.lists(st.text(alphabet="AB.", min_size=6, max_size=6), min_size=2, max_size=4))
def test_alpha_of_any_number_of_annotators_is_that_of_nltk(drawn):
    metrics = pytest.importorskip("nltk.metrics.agreement", reason="nltk comes with the extra `studio`")
    if len(set("".join(drawn))) < 2:
        return
    people = [f"p{number}" for number in range(len(drawn))]
    found = report(*(opinion(name, letters) for name, letters in zip(people, drawn, strict=True)))
    triples = [
        (name, i, letter) for name, letters in zip(people, drawn, strict=True) for i, letter in enumerate(letters)
    ]
    expected = metrics.AnnotationTask(data=triples).alpha()
    assert comparison(found, people=len(people)).alpha.value == pytest.approx(expected, abs=1e-6)


def test_of_three_annotators_each_pair_and_all_together_are_compared():
    found = report(opinion("a", "AA.."), opinion("b", "AA.."), opinion("c", "..AA"), opinion("c", "A", "d2"))
    assert [item.annotators for item in found.comparisons if item.label is None] == [
        ("a", "b"),
        ("a", "c"),
        ("b", "c"),
        ("a", "b", "c"),
    ]
    everyone = comparison(found, people=3)
    assert everyone.exact.value == pytest.approx(1 / 3, abs=1e-6)
    assert (everyone.documents, everyone.spans, found.shared) == (1, 3, 1)


@pytest.mark.parametrize(
    ("records", "lengths", "reasons"),
    [
        ([opinion("a", "AA.", "d1"), opinion("b", "AA.", "d2")], None, (NO_DOCUMENT, NO_DOCUMENT, NO_DOCUMENT)),
        ([opinion("a", "..."), opinion("b", "...")], None, (NO_SPAN, NO_SPAN, NO_VARIATION)),
        ([opinion("a", "AAA"), opinion("b", "AAA")], None, ("", "", NO_VARIATION)),
        ([opinion("a", "AA."), opinion("b", "AA.")], {}, ("", "", NO_LENGTH)),
    ],
)
def test_what_is_undefined_has_no_figure_and_says_why(records, lengths, reasons):
    found = comparison(report(*records, lengths=lengths))
    measures = (found.exact, found.relaxed, found.alpha)
    assert tuple(measure.why for measure in measures) == reasons
    assert [measure.value is None for measure in measures] == [bool(reason) for reason in reasons]


def test_an_interval_holds_its_figure_is_the_same_every_time_and_needs_two_documents():
    records = [
        opinion(name, letters, f"d{i}")
        for i, pair in enumerate([("AA..", "AA.."), ("A.BB", "..BB"), ("BB.A", "AB.A"), ("....", "..A.")])
        for name, letters in zip("ab", pair, strict=True)
    ]
    found = comparison(report(*records))
    assert found == comparison(report(*records))
    for measure in (found.exact, found.relaxed, found.alpha):
        assert measure.low < measure.value < measure.high
    alone = comparison(report(*records[2:4])).exact
    assert (alone.value is None, alone.low, alone.high) == (False, None, None)


def test_only_the_newest_submitted_opinion_of_each_annotator_on_the_newest_text_counts_and_the_rest_is_counted():
    later = {"updated_at": "2026-11-02T00:00:00Z"}
    records = [
        opinion("a", "AA.."),
        opinion("a", "..AA", annotation="second", **later),
        opinion("b", "..AA"),
        opinion("c", "A....", annotation="other text"),
        opinion("d", "", text_sha256=f"{4:064}", status="skipped"),
        opinion("e", "", text_sha256=f"{4:064}", status="deleted"),
        opinion(AGREEMENT, "AA..", **later),
        opinion("adjudication:a", "AA..", **later),
    ]
    found = report(*records)
    assert comparison(found).annotators == ("a", "b")
    assert comparison(found).exact.value == 1
    assert found.left_out == {"skipped": 1, "deleted": 1, "adjudicated": 2, "superseded": 2}
    assert found.annotations == 2 + sum(found.left_out.values())


def test_what_became_of_the_suggestions_is_shown_beside_the_others():
    found = report(
        decided(opinion("a", "ABA."), kept=2, moved=1, deleted=1),
        decided(opinion("b", "AB.A"), kept=1),
        opinion("c", "AB.."),
    )
    a, b, c = found.acceptance
    assert a.verdicts == {"kept": 2, "moved": 1, "retyped": 0, "deleted": 1, "added": 0}
    assert (a.suggestions, a.kept.value, a.kept_by_others.value) == (4, 0.5, 1)
    assert (b.kept.value, b.kept_by_others.value, b.verdicts["added"]) == (1, 0.5, 2)
    assert (c.kept.value, c.kept.why) == (None, NO_SUGGESTION)
    assert c.kept_by_others.value == pytest.approx(3 / 5)


def test_one_annotator_alone_has_no_others_to_be_held_against():
    [row] = report(decided(opinion("a", "AB"), kept=2)).acceptance
    assert (row.kept.value, row.kept_by_others.why, row.untouched) == (1, NO_OTHERS, 1)
    assert report(opinion("a", "AB")).comparisons == ()


def test_an_annotation_without_suggestions_is_not_untouched():
    [row] = report(opinion("a", "...")).acceptance
    assert row.untouched == 0


def test_who_keeps_everything_where_the_others_correct_a_lot_is_pointed_out():
    records = []
    for number in range(20):
        records.append(decided(opinion("clicks", "ABAB", f"d{number}"), kept=4))
        records.append(decided(opinion("works", "ABAB", f"d{number}"), kept=2 + number % 2, moved=1))
    clicks, works = report(*records).acceptance
    assert (clicks.untouched, works.untouched) == (20, 0)
    assert (clicks_through(clicks), clicks_through(works)) == (True, False)


def test_speed_is_of_the_annotations_whose_time_was_recorded():
    [row] = report(opinion("a", "AB", "d1", lead_time=36.0), opinion("a", "AB", "d2", lead_time=None)).acceptance
    assert row.spans_an_hour == 200
    [row] = report(opinion("a", "AB", lead_time=None)).acceptance
    assert row.spans_an_hour is None


def test_a_span_outside_its_text_is_named():
    with pytest.raises(JiaozhuError, match=r"d1: annotation d1-b: A \[2, 4\) is outside its text of 3 characters"):
        report(opinion("a", "A..."), opinion("b", "..AA"), lengths={"d1": 3})


def test_a_missing_log_is_named(tmp_path):
    with pytest.raises(JiaozhuError, match="no annotation log here"):
        agreement(tmp_path / "log.jsonl")


def test_the_command_takes_the_lengths_from_the_corpus_and_does_without(desk, document):
    sent = document("甲乙丙丁")
    same = {"doc_id": sent.doc_id, "text_sha256": sent.row["text_sha256"]}
    append(desk.workspace.log, [opinion("a@example.org", "AA..", **same), opinion("b@example.org", "A...", **same)])
    [whole, _] = desk.json("agreement")["comparisons"]
    assert whole["alpha"] == {"value": None, "low": None, "high": None, "why": NO_LENGTH}
    desk.write(sent)
    shown = desk.run("agreement", "--json")
    [whole, of_a] = json.loads(shown.stdout)["comparisons"]
    assert (whole["label"], of_a["label"]) == (None, "A")
    assert whole["alpha"]["value"] == pytest.approx(1 - (2 / 8) / (30 / 56), abs=1e-6)
    assert shown.stdout == desk.run("agreement", "--json").stdout
    table = desk.run("agreement", COLUMNS="200").stdout
    assert "a@example.org" in table
    assert "2 annotations; left out: 0 skipped" in table
