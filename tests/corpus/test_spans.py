"""Every raw character is in the clean text at a known place, or in a removed span with a rule's name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import SpanError
from corpus.spans import AlignedText, Proposal, Removed, Run, to_clean, unexplained

TEXTS = st.text(alphabet=st.characters(codec="utf-8"), max_size=60)


@st.composite
def proposals_for(draw, text):
    """Any set of proposals on a text: overlapping, empty, longer or shorter than what they replace."""
    made = []
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, len(text)))
        made.append(Proposal(start, end, draw(st.sampled_from("abc")), draw(st.text(max_size=4))))
    return made


@st.composite
def cleaned(draw):
    """A text that several rounds of proposals have passed over."""
    aligned = AlignedText.of(draw(TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        aligned = aligned.apply(draw(proposals_for(aligned.text)))
    return aligned


@given(cleaned())
def test_every_raw_character_is_explained_once_whatever_is_proposed(aligned):
    assert unexplained(aligned.runs, aligned.removed_spans(), len(aligned.raw)) == []


@given(cleaned())
def test_runs_are_ordered_lie_inside_both_texts_and_never_overlap(aligned):
    place, raw_place = 0, 0
    for run in aligned.runs:
        assert run.length > 0
        assert run.start >= place
        assert run.raw_start >= raw_place
        place, raw_place = run.start + run.length, run.raw_start + run.length
    assert place <= len(aligned.text)
    assert raw_place <= len(aligned.raw)


@given(TEXTS, st.data())
def test_with_removals_alone_the_clean_text_is_the_raw_text_of_its_runs(text, data):
    removals = [p._replace(replacement="") for p in data.draw(proposals_for(text))]
    aligned = AlignedText.of(text).apply(removals)
    assert aligned.text == "".join(text[r.raw_start : r.raw_start + r.length] for r in aligned.runs)
    for run in aligned.runs:
        raw = text[run.raw_start : run.raw_start + run.length]
        assert aligned.text[run.start : run.start + run.length] == raw


@given(cleaned(), st.data())
def test_a_span_goes_to_the_raw_page_and_back(aligned, data):
    if not aligned.text:
        return
    start = data.draw(st.integers(0, len(aligned.text) - 1))
    end = data.draw(st.integers(start + 1, len(aligned.text)))
    raw_start, raw_end = aligned.to_raw(start, end)
    assert 0 <= raw_start <= raw_end <= len(aligned.raw)
    placed = {place for run in aligned.runs for place in range(run.start, run.start + run.length)}
    if start in placed and end - 1 in placed:
        assert to_clean(aligned.runs, raw_start, raw_end) == (start, end)


def test_a_replacement_of_the_same_length_stands_where_the_characters_stood():
    aligned = AlignedText.of("甲,乙").apply([Proposal(1, 2, "punctuation", "，")])
    assert aligned.text == "甲，乙"
    assert aligned.runs == (Run(0, 0, 3),)
    assert aligned.removed == ()


def test_a_shorter_replacement_stands_at_the_first_characters_and_the_rest_is_removed():
    aligned = AlignedText.of("A&amp;B").apply([Proposal(1, 6, "markup", "&")])
    assert aligned.text == "A&B"
    assert aligned.runs == (Run(0, 0, 2), Run(2, 6, 1))
    assert aligned.removed_spans() == [Removed(2, 6, "markup")]


def test_a_label_over_a_removed_reading_covers_the_reading_in_the_raw_page():
    aligned = AlignedText.of("济南(jǐnán)大学").apply([Proposal(2, 9, "pinyin")])
    assert aligned.text == "济南大学"
    assert aligned.to_raw(0, 4) == (0, 11)


def test_the_proposal_that_starts_first_wins_and_a_later_removal_takes_what_is_left():
    aligned = AlignedText.of("abcdef").apply([Proposal(2, 5, "late"), Proposal(0, 3, "early", "XYZ")])
    assert aligned.text == "XYZf"
    assert aligned.removed_spans() == [Removed(3, 5, "late")]


def test_neighbouring_removals_of_one_rule_are_reported_as_one():
    aligned = AlignedText.of("abcd").apply([Proposal(0, 1, "x"), Proposal(1, 2, "x"), Proposal(2, 3, "y")])
    assert aligned.removed_spans() == [Removed(0, 2, "x"), Removed(2, 3, "y")]


@pytest.mark.parametrize("span", [(-1, 1), (0, 9), (3, 2)])
def test_a_proposal_outside_the_text_is_refused_by_rule_and_offsets(span):
    with pytest.raises(SpanError, match=r"rule 'bad' proposed .* text of 3 characters"):
        AlignedText.of("abc").apply([Proposal(*span, "bad")])


def test_a_substitution_that_changes_the_length_is_refused():
    with pytest.raises(SpanError, match="from 3 to 2"):
        AlignedText.of("abc").substitute("ab")


@pytest.mark.parametrize(
    ("runs", "removed", "wrong"),
    [
        ([Run(0, 0, 2)], [], [(2, 3)]),
        ([Run(0, 0, 3)], [Removed(1, 2, "x")], [(1, 3)]),
        ([Run(0, 1, 2)], [Removed(0, 1, "x")], []),
    ],
)
def test_missing_and_doubled_characters_are_found(runs, removed, wrong):
    assert unexplained(runs, removed, 3) == wrong
