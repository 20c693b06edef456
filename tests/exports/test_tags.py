"""Tags and flat entities are the same thing in two forms."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import SpanError
from exports.tags import decode, encode, tag_names

LABELS = ["ORG", "LOC", "MONEY"]


@st.composite
def entities(draw):
    length = draw(st.integers(0, 60))
    borders = sorted(draw(st.sets(st.integers(0, length), max_size=14)))
    pairs = pairwise(borders)
    return length, [(*pair, draw(st.sampled_from(LABELS))) for pair in pairs if draw(st.booleans())]


@given(entities())
def test_entities_come_back_from_their_tags_also_where_they_touch(made):
    length, flat = made
    tags = encode(length, flat, LABELS)
    assert len(tags) == length
    assert decode(tags, LABELS) == flat


@given(st.lists(st.integers(0, 6), max_size=30))
def test_tags_that_can_be_read_come_back_from_their_entities(tags):
    try:
        flat = decode(tags, LABELS)
    except SpanError:
        return
    assert encode(len(tags), flat, LABELS) == tags


def test_the_order_of_the_tags_is_that_of_the_scheme():
    assert tag_names(LABELS) == ["O", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-MONEY", "I-MONEY"]
    assert encode(4, [(0, 2, "ORG"), (3, 4, "LOC")], LABELS) == [1, 2, 0, 3]


@pytest.mark.parametrize(
    ("entity", "reason"),
    [
        ((0, 1, "GPE"), "none of ORG, LOC, MONEY"),
        ((3, 5, "ORG"), "outside a text of 4"),
        ((2, 2, "ORG"), "empty"),
        ((-1, 1, "ORG"), "outside"),
        ((0, 2, "ORG"), "overlaps"),
    ],
)
def test_an_entity_that_has_no_tags_is_refused(entity, reason):
    with pytest.raises(SpanError, match=reason):
        encode(4, [(1, 2, "ORG"), entity], LABELS)


@pytest.mark.parametrize(("tags", "reason"), [([2], "continues no ORG"), ([1, 4], "continues no LOC"), ([9], "tag 9")])
def test_tags_that_mean_nothing_are_refused(tags, reason):
    with pytest.raises(SpanError, match=reason):
        decode(tags, LABELS)
