"""What differs between two datasets is found, counted once, shown, and mirrored on the way back."""

import json
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.log import append
from corpus.errors import JiaozhuError
from corpus.records import text_sha256
from corpus.spans import Proposal
from exports.build import build_dataset
from exports.changelog import code, to_markdown
from exports.diff import KINDS, Mark, Pair, compare, diff_datasets
from tests.exports.making import NOISE, PAGES, SCHEME, document, make, span, write_corpus

LABELS = ["ORG", "LOC", "MONEY"]
TURNED = {"added": "removed", "removed": "added", "moved": "moved", "retyped": "retyped"}


@st.composite
def marks(draw):
    borders = sorted(draw(st.sets(st.integers(0, 25), max_size=12)))
    return [
        Mark(start, end, start + 100, end + 100, draw(st.sampled_from(LABELS)))
        for start, end in pairwise(borders)
        if draw(st.booleans())
    ]


def mark(start, end, label="ORG"):
    return Mark(start, end, start, end, label)


def turned(pairs):
    return {Pair(TURNED[pair.kind], pair.new, pair.old) for pair in pairs}


@given(marks())
def test_spans_do_not_differ_from_themselves(found):
    assert compare(found, found) == []


@given(marks(), marks(), st.booleans())
def test_the_way_back_is_the_mirror_of_the_way_there(old, new, by_raw):
    assert set(compare(new, old, by_raw=by_raw)) == turned(compare(old, new, by_raw=by_raw))


@given(marks(), marks())
def test_every_span_is_the_same_or_in_one_pair(old, new):
    pairs = compare(old, new)
    for side, other, spans in ("old", "new", old), ("new", "old", new):
        differing = [getattr(pair, side) for pair in pairs if getattr(pair, side) is not None]
        assert len(differing) == len(set(differing))
        assert set(spans) - set(differing) == set(old) & set(new)
        lone = [pair for pair in pairs if getattr(pair, other) is None]
        assert {pair.kind for pair in lone} <= {"added" if side == "new" else "removed"}
    for pair in pairs:
        if pair.old and pair.new:
            assert min(pair.old.end, pair.new.end) > max(pair.old.start, pair.new.start)
            assert (pair.kind == "moved") == (pair.old.label == pair.new.label)


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        ([mark(0, 3)], [], ["removed"]),
        ([], [mark(0, 3)], ["added"]),
        ([mark(0, 3)], [mark(1, 3)], ["moved"]),
        ([mark(0, 3)], [mark(0, 3, "LOC")], ["retyped"]),
        ([mark(0, 3)], [mark(0, 5, "LOC")], ["retyped"]),
        ([mark(0, 3)], [mark(3, 6)], ["removed", "added"]),
        # the same label comes before the longer overlap
        ([mark(0, 6)], [mark(0, 4, "LOC"), mark(4, 6)], ["added", "moved"]),
        ([mark(0, 6)], [mark(0, 2), mark(2, 6)], ["added", "moved"]),
        ([mark(0, 2), mark(2, 6)], [mark(0, 6)], ["removed", "moved"]),
    ],
)
def test_what_became_of_a_span(old, new, kinds):
    assert sorted(pair.kind for pair in compare(old, new)) == sorted(kinds)


@pytest.fixture
def changed(made, tmp_path):
    """Two datasets: in the new one spans are moved, retyped, added and removed, a document is gone and one is new."""
    build_dataset(made.corpus, made.log, tmp_path / "old", SCHEME, max_chars=20)
    first, third = made.records[0], made.records[2]
    spans = list(first.spans)
    moved = span(made.documents[0], "云舟公司", "ORG")
    later = {"updated_at": "2026-11-09T00:00:00Z"}
    northern, zhang, hangzhou, _wang = third.spans
    added = span(made.documents[2], "北方", "LOC")
    append(
        made.log,
        [
            replace(first, spans=(spans[0], moved, spans[2]), **later),  # 28% is gone
            replace(third, spans=(replace(northern, label="LOC"), zhang, hangzhou, _wang), **later),
            replace(made.records[5], spans=(*made.records[5].spans, replace(added, **where(made, 5, "没有"))), **later),
        ],
    )
    fresh = document(f"{NOISE}苏州新城公司今日成立。\n")
    append(made.log, [replace(made.records[0], **fields(fresh), spans=(span(fresh, "苏州新城公司", "ORG"),))])
    write_corpus(made.corpus, [*made.documents[:4], made.documents[5], fresh])
    build_dataset(made.corpus, made.log, tmp_path / "new", SCHEME, max_chars=9)
    return tmp_path / "old", tmp_path / "new"


def fields(doc):
    return {"doc_id": doc["doc_id"], "text_sha256": doc["text_sha256"], "annotation": "fresh"}


def where(made, number, words):
    found = span(made.documents[number], words, "LOC")
    return {name: getattr(found, name) for name in ("start", "end", "text", "raw_start", "raw_end")}


def test_a_dataset_does_not_differ_from_itself_nor_from_one_cut_otherwise(made, tmp_path):
    for name, size in ("one", 20), ("two", 7):
        build_dataset(made.corpus, made.log, tmp_path / name, SCHEME, max_chars=size)
    assert diff_datasets(tmp_path / "one", tmp_path / "one").as_dict()["different"] is False
    found = diff_datasets(tmp_path / "one", tmp_path / "two")
    assert found.is_empty
    assert found.making == {"max_chars": (20, 7)}
    assert all(counts.old == counts.new == counts.same for counts in found.labels.values())
    assert "No document and no span differs." in to_markdown(found)


def test_documents_and_spans_that_differ_are_counted_by_kind_and_label(changed):
    found = diff_datasets(*changed)
    assert found.documents["added"] == found.documents["removed"] == 1
    assert dict(found.spans) == {"moved": 1, "retyped": 1, "removed": 4, "added": 2}
    assert dict(found.retyped) == {("ORG", "LOC"): 1}
    assert (found.documents_old, found.documents_new) == (6, 6)
    org = found.labels["ORG"]
    assert (org.old, org.new, org.same, org.moved, org.retyped_from, org.removed, org.added) == (7, 6, 4, 1, 1, 1, 1)
    for counts in found.labels.values():
        assert counts.old == counts.same + counts.moved + counts.removed + counts.retyped_from
        assert counts.new == counts.same + counts.moved + counts.added + counts.retyped_to


def test_the_difference_of_datasets_is_mirrored_on_the_way_back(changed):
    there, back = (diff_datasets(*way) for way in (changed, changed[::-1]))
    assert {TURNED[kind]: count for kind, count in there.spans.items()} == dict(back.spans)
    assert {(new, old): count for (old, new), count in there.retyped.items()} == dict(back.retyped)
    assert there.documents["added"] == back.documents["removed"]
    for label, counts in there.labels.items():
        other = back.labels[label]
        assert (counts.old, counts.same, counts.added) == (other.new, other.same, other.removed)
        assert counts.retyped_from == other.retyped_to


def test_examples_say_what_stood_there_and_what_stands_there_now(changed):
    found = diff_datasets(*changed).as_dict()
    [moved], [retyped] = found["examples"]["moved"], found["examples"]["retyped"]
    assert (moved["old"]["text"], moved["new"]["text"]) == ("济南云舟公司", "云舟公司")
    assert moved["context"] == "技厅昨日发布通知。\n济南云舟公司获得约3000亿元,同比"
    assert (retyped["old"]["label"], retyped["new"]["label"]) == ("ORG", "LOC")
    assert {example["new"]["text"] for example in found["examples"]["added"]} == {"苏州新城公司", "没有"}
    assert "28%" in {example["old"]["text"] for example in found["examples"]["removed"]}
    [gone] = found["document_examples"]["removed"]
    assert gone["title"].startswith("成都天府研究院")


def test_in_a_changed_text_spans_are_held_against_each_other_by_their_place_on_the_raw_page(made, tmp_path):
    build_dataset(made.corpus, made.log, tmp_path / "old", SCHEME)
    other = dict(made.documents[0])  # another cleaner takes 昨日 away
    aligned = other["aligned"].apply([Proposal(6, 8, "boilerplate")])
    assert aligned.text.startswith("山东省科技厅发布")
    other |= {
        "aligned": aligned,
        "text": aligned.text,
        "text_sha256": text_sha256(aligned.text),
        "alignment": [run._asdict() for run in aligned.runs],
    }
    write_corpus(made.corpus, [other, *made.documents[1:]])
    spans = tuple(span(other, found.text, found.label) for found in made.records[0].spans)
    append(
        made.log,
        [replace(made.records[0], text_sha256=other["text_sha256"], spans=spans, updated_at="2026-11-09T00:00:00Z")],
    )
    build_dataset(made.corpus, made.log, tmp_path / "new", SCHEME)
    found = diff_datasets(tmp_path / "old", tmp_path / "new")
    assert dict(found.documents) == {"text changed": 1}
    assert dict(found.spans) == {}
    [example] = found.as_dict()["document_examples"]["text_changed"]
    assert example["old"].startswith("山东省科技厅昨日发布")
    assert example["new"].startswith("山东省科技厅发布通知")


def test_a_changelogs_section_is_the_same_text_wherever_the_datasets_lie(changed, tmp_path):
    text = to_markdown(diff_datasets(*changed))
    for name in ("old", "new"):
        (tmp_path / name).rename(tmp_path / f"moved-{name}")
    assert to_markdown(diff_datasets(tmp_path / "moved-old", tmp_path / "moved-new")) == text
    assert text.startswith("## Changes of the dataset\n")
    assert "| `ORG` | 7 | 6 | 4 | 1 | 1 | 1 | 1 | 0 |" in text
    assert "- `济南云舟公司` → `云舟公司` `ORG`, in " in text
    assert str(tmp_path) not in text


@pytest.mark.parametrize(
    ("words", "shown"),
    [("a\nb", "`a b`"), ("<b>|", "`<b>|`"), ("a`b", "`` a`b ``"), ("```", "```` ``` ````"), ("  ", "")],
)
def test_words_of_a_page_mean_nothing_in_the_markdown(words, shown):
    assert code(words) == shown


def test_no_dataset_is_an_error_that_names_the_folder(dataset, tmp_path):
    with pytest.raises(JiaozhuError, match="nowhere: no such folder"):
        diff_datasets(dataset, tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(JiaozhuError, match=r"empty/README\.md: cannot be read"):
        diff_datasets(tmp_path / "empty", dataset)


def test_only_a_few_examples_of_each_kind_are_kept(tmp_path):
    pages = [f"第{number}号:{PAGES[5]}" for number in range(9)]
    full = make(tmp_path / "full", pages, [[("广州白云集团", "ORG")]] * 9)
    bare = make(tmp_path / "bare", pages, [[]] * 9)
    for name, made in ("full", full), ("bare", bare):
        build_dataset(made.corpus, made.log, tmp_path / name / "dataset", SCHEME)
    found = diff_datasets(tmp_path / "bare" / "dataset", tmp_path / "full" / "dataset")
    assert found.spans["added"] == 9
    shown = [example.doc_id for example in found.examples["added"]]
    assert shown == sorted(record.doc_id for record in full.records)[:5]
    assert set(json.loads(json.dumps(found.as_dict()))["spans"]) == set(KINDS)
