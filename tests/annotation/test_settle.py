"""One flat layer: who wins where two overlap, what each is worth, what is left out."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Span, SpanGroup

import annotation
from annotation.settle import MIN_SCORE, Candidate, probability, settle, settled

NLP = annotation.load_pipeline()


def doc_with(text, **groups):
    """A doc with groups of `(start, end, label, score)` or `(start, end, label, score, kind)`."""
    doc = NLP.make_doc(text)
    for name, spans in groups.items():
        made = [Span(doc, start, end, label) for start, end, label, *_ in spans]
        attrs = {"source": f"{name}@1", "scores": [score for _, _, _, score, *_ in spans]}
        if any(len(span) > 4 for span in spans):
            attrs["kinds"] = [span[4] for span in spans]
        doc.spans[name] = SpanGroup(doc, name=name, spans=made, attrs=attrs)
    return doc


def ents(doc):
    return [(e.start, e.end, e.label_, e._.source) for e in settle(doc).ents]


def test_an_amount_wins_over_a_name_the_model_put_across_it():
    doc = doc_with("零一二三四五", amounts=[(2, 4, "MONEY", 1.0)], organizations=[(0, 3, "ORG", 0.9, "model")])
    assert ents(doc) == [(2, 4, "MONEY", "amounts@1")]


def test_a_number_inside_the_name_of_an_organization_is_part_of_it():
    doc = doc_with("零一二三四五", dates=[(1, 2, "DATE", 1.0)], organizations=[(0, 5, "ORG", 0.9, "legal")])
    assert ents(doc) == [(0, 5, "ORG", "organizations@1")]


def test_the_outermost_name_wins():
    doc = doc_with(
        "零一二三四五", places=[(0, 3, "LOC", 0.9, "full")], organizations=[(0, 5, "ORG", 0.9, "government")]
    )
    assert ents(doc) == [(0, 5, "ORG", "organizations@1")]


def test_what_the_model_says_alone_loses_to_a_rule_on_the_same_characters():
    doc = doc_with("零一二三", places=[(0, 4, "LOC", 0.9, "full")], organizations=[(0, 4, "ORG", 0.9, "model")])
    assert ents(doc) == [(0, 4, "LOC", "places@1")]


def test_the_model_counts_by_itself_only_where_no_grammar_of_names_ran():
    alone = doc_with("零一二三", lac=[(0, 2, "LOC", 0.9)])
    assert ents(alone) == [(0, 2, "LOC", "lac@1")]
    beside = doc_with("零一二三", lac=[(0, 2, "LOC", 0.9)], places=[])
    assert ents(beside) == []


def test_an_entity_of_another_component_stays_before_our_names_and_after_amounts():
    doc = doc_with("零一二三四五", amounts=[(0, 2, "MONEY", 1.0)], places=[(2, 4, "LOC", 0.9, "full")])
    doc.ents = [Span(doc, 3, 5, "LOC")]
    assert [(start, end) for start, end, *_ in ents(doc)] == [(0, 2), (3, 5)]


def test_what_is_more_likely_wrong_than_worth_a_click_is_left_out():
    doc = doc_with("零一二三", lac=[(0, 2, "LOC", 0.02)], places=[(0, 2, "LOC", 0.02, "model")])
    assert ents(doc) == []


def candidate(kind, model=None, other=False):
    return Candidate(0, 2, "ORG", kind, "x@1", 0.5, model, other)


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_score_rises_with_the_probability_the_model_gives(low, high):
    low, high = sorted((low, high))
    assert (
        probability(candidate("organizations:model", low)) <= probability(candidate("organizations:model", high)) <= 1
    )


def test_agreement_of_rule_and_model_is_worth_more_than_the_rule_alone():
    alone = probability(candidate("organizations:suffix"))
    assert probability(candidate("organizations:suffix", 0.9)) > alone > MIN_SCORE


def test_a_kind_nobody_knows_has_a_score_too():
    assert 0 < probability(candidate("organizations:new")) < 1
    assert not math.isnan(probability(candidate("people:other", 0.0)))


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.integers(1, 8), st.sampled_from(["legal", "model", "brand"])), max_size=12
    )
)
def test_settled_suggestions_never_overlap_and_come_in_order(spans):
    made = [Candidate(s, s + n, "ORG", f"organizations:{kind}", "x@1", 0.5) for s, n, kind in spans]
    kept = settled(made)
    assert all(one.end <= other.start for one, other in pairwise(kept))
    assert bool(kept) == bool(made)


@pytest.mark.parametrize("text", ["", "零"])
def test_a_doc_without_groups_has_no_entities(text):
    assert ents(NLP.make_doc(text)) == []
