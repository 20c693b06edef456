"""What is pushed, and in which order, depends on the documents alone; shares are stable and fair."""

from hypothesis import given
from hypothesis import strategies as st

from annotation.choice import Candidate, drawn, expected_errors, lot, order, sample

IDS = [f"{number:032x}" for number in range(2_000)]
CANDIDATES = st.lists(
    st.builds(Candidate, st.sampled_from(IDS), st.sampled_from(["", "a.cn", "b.cn"]), st.floats(0, 1), st.booleans()),
    unique_by=lambda item: item.doc_id,
    max_size=40,
)


def plain(doc_id, site="", errors=0.0, blind=False):
    return Candidate(doc_id, site, errors, blind)


def test_a_share_has_its_size_and_one_share_says_nothing_of_another():
    blind = {doc_id for doc_id in IDS if drawn(doc_id, "blind", 0.1)}
    overlap = {doc_id for doc_id in IDS if drawn(doc_id, "overlap", 0.5)}
    assert 150 < len(blind) < 250
    assert 0.35 < len(blind & overlap) / len(blind) < 0.65


def test_a_larger_share_holds_every_smaller_one():
    for doc_id in IDS:
        assert drawn(doc_id, "blind", 0.2) or not drawn(doc_id, "blind", 0.1)
    assert not any(drawn(doc_id, "blind", 0.0) for doc_id in IDS)
    assert all(drawn(doc_id, "blind", 1.0) for doc_id in IDS)


def test_the_lot_of_a_document_is_the_same_in_every_version():
    assert round(lot("d1", "blind"), 6) == 0.112887


def test_a_larger_sample_holds_every_smaller_one_and_no_more_than_there_are():
    items = [plain(doc_id) for doc_id in IDS[:50]]
    assert set(sample(items, 10)) < set(sample(items, 20))
    assert len(sample(items, 500)) == 50
    assert sample(items, 10) == sample(reversed(items), 10)


def test_uncertain_suggestions_make_expected_errors_and_a_long_text_thins_them():
    assert expected_errors([0.5, 1.0], 10) == 0.05
    assert expected_errors([0.5, 1.0], 20) == 0.025
    assert expected_errors([], 0) == 0.0


def test_sites_take_turns_each_with_its_most_uncertain_document():
    items = [
        plain("a1", "a", 0.9),
        plain("a2", "a", 0.8),
        plain("a3", "a", 0.7),
        plain("b1", "b", 0.1),
        plain("b2", "b"),
    ]
    assert [item.doc_id for item in order(items)] == ["a1", "b1", "a2", "b2", "a3"]


def test_blind_documents_are_spread_evenly_and_no_model_orders_them():
    blind = [plain(doc_id, "a", place / 100, True) for place, doc_id in enumerate(IDS[:20])]
    others = [plain(doc_id, "a", place / 100) for place, doc_id in enumerate(IDS[20:100])]
    found = order([*blind, *others])
    for start in range(0, 100, 20):
        assert 3 <= sum(item.blind for item in found[start : start + 20]) <= 5
    turned = [plain(item.doc_id, "a", 1 - item.errors, True) for item in blind]
    kept = [item.doc_id for item in found if item.blind]
    assert [item.doc_id for item in order([*turned, *others]) if item.blind] == kept


@given(CANDIDATES, st.randoms())
def test_every_document_is_ordered_once_and_the_order_they_came_in_does_not_matter(items, random):
    found = order(items)
    assert sorted(found, key=lambda item: item.doc_id) == sorted(items, key=lambda item: item.doc_id)
    random.shuffle(items)
    assert order(items) == found
