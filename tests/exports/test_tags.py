"""Tags and flat entities are the same thing in two forms."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import SpanError
from exports.tags import SCHEMES, decode, tag_names
from tests.exports.making import tags_of

LABELS = ["ORG", "LOC", "MONEY"]


@st.composite
def entities(draw):
    length = draw(st.integers(0, 60))
    borders = sorted(draw(st.sets(st.integers(0, length), max_size=14)))
    pairs = pairwise(borders)
    return length, [(*pair, draw(st.sampled_from(LABELS))) for pair in pairs if draw(st.booleans())]


@pytest.mark.parametrize("scheme", SCHEMES)
@given(made=entities())
def test_entities_come_back_from_their_tags_also_where_they_touch(scheme, made):
    length, flat = made
    tags = tags_of(length, flat, LABELS, scheme)
    assert len(tags) == length
    assert decode(tags, LABELS, scheme) == flat


@pytest.mark.parametrize(("scheme", "most"), [("bio", 6), ("bioes", 12)])
@given(data=st.data())
def test_tags_that_can_be_read_come_back_from_their_entities(scheme, most, data):
    tags = data.draw(st.lists(st.integers(0, most), max_size=12))
    try:
        flat = decode(tags, LABELS, scheme)
    except SpanError:
        return
    assert tags_of(len(tags), flat, LABELS, scheme) == tags


def test_the_order_of_the_tags_is_that_of_the_scheme():
    assert tag_names(LABELS) == ["O", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-MONEY", "I-MONEY"]
    assert tags_of(4, [(0, 2, "ORG"), (3, 4, "LOC")], LABELS) == [1, 2, 0, 3]
    assert tag_names(LABELS[:1], "bioes") == ["O", "B-ORG", "I-ORG", "E-ORG", "S-ORG"]
    assert tags_of(5, [(0, 3, "ORG"), (4, 5, "ORG")], LABELS, "bioes") == [1, 2, 3, 0, 4]


@pytest.mark.parametrize(
    ("scheme", "tags", "reason"),
    [
        ("bio", [2], "continues no ORG"),
        ("bio", [1, 4], "continues no LOC"),
        ("bio", [9], "tag 9"),
        ("bioes", [1, 0], "before the end of ORG"),
        ("bioes", [1, 2], "ORG at 0 has no end"),
        ("bioes", [4, 3], "E-ORG at 1 continues no ORG"),
        ("bioes", [13], "tag 13"),
    ],
)
def test_tags_that_mean_nothing_are_refused(scheme, tags, reason):
    with pytest.raises(SpanError, match=reason):
        decode(tags, LABELS, scheme)
