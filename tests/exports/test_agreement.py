"""The card says how far the annotators agree, names nobody, and `verify` finds the figures that it shows."""

from dataclasses import replace

import pytest

import exports.agreement
from annotation.agreement import compare, opinions_by_document
from annotation.log import append, read_log
from corpus.errors import JiaozhuError
from corpus.folder import files_of, write_sums
from exports.agreement import Opinions
from exports.build import build_dataset
from exports.card import read_card
from exports.verify import verify_dataset
from tests.annotation.opinions import opinion
from tests.exports.making import LABELS, SCHEME


def failed(folder):
    return [check.name for check in verify_dataset(folder) if not check.passed]


@pytest.fixture
def twice(made, tmp_path):
    """A second person annotated the first three documents, and left one span out of each."""
    others = [
        replace(record, annotation=f"second-{number}", annotator="zhao@example.org", spans=record.spans[1:])
        for number, record in enumerate(made.records[:3])
    ]
    append(made.log, others)
    build_dataset(made.corpus, made.log, tmp_path / "dataset", SCHEME)
    return tmp_path / "dataset"


def test_the_figures_are_those_of_annotation_agreement(twice, made):
    found = read_card(twice)[0]["jiaozhu"]["agreement"]
    opinions = opinions_by_document(read_log(made.log))
    people = sorted({record.annotator for record in read_log(made.log)})
    lengths = {doc["doc_id"]: len(doc["text"]) for doc in made.documents}
    expected = {item.label or "all": item for item in compare(people, opinions, LABELS, lengths)}
    assert found["documents"] == 3
    for label, row in found["labels"].items():
        assert row["f1"] == [expected[label].exact.value, expected[label].exact.low, expected[label].exact.high]
        assert row["alpha"][0] == expected[label].alpha.value


def test_the_card_shows_them_with_a_picture_and_without_a_name(twice):
    text = read_card(twice)[1]
    assert "3 documents were annotated by several people" in text
    assert "| all |" in text
    assert "pictures/agreement.svg" in files_of(twice)
    assert "zhao" not in text
    assert failed(twice) == []


def test_figures_that_are_not_those_shown_are_found(twice):
    card = twice / "README.md"
    card.write_text(
        card.read_text("utf-8").replace("3 documents were annotated", "9 documents were annotated"), "utf-8"
    )
    write_sums(twice)
    assert failed(twice) == ["card"]


def test_where_nobody_shares_a_document_the_card_says_so_and_has_no_picture(made, tmp_path):
    build_dataset(made.corpus, made.log, tmp_path / "dataset", SCHEME)
    assert "No document was annotated by several people" in read_card(tmp_path / "dataset")[1]
    assert "pictures/agreement.svg" not in files_of(tmp_path / "dataset")
    assert failed(tmp_path / "dataset") == []


def test_strict_stops_at_an_annotation_that_a_person_must_look_at_again(made, tmp_path):
    append(
        made.log, [replace(made.records[0], text_sha256="0" * 64, seen=((0, 3),), updated_at="2026-11-09T00:00:00Z")]
    )
    with pytest.raises(JiaozhuError, match="was annotated; look at it again, or build without --strict"):
        build_dataset(made.corpus, made.log, tmp_path / "dataset", SCHEME, strict=True)
    build_dataset(made.corpus, made.log, tmp_path / "dataset", SCHEME)


def test_many_documents_are_drawn_in_groups(monkeypatch):
    monkeypatch.setattr(exports.agreement, "MOST", 3)
    opinions = Opinions(["A"])
    for number in range(10):
        records = [opinion("p", "AA.", f"d{number}"), opinion("q", "AA." if number % 2 else "A..", f"d{number}")]
        opinions.add(exports.agreement.opinion(records, records[0].text_sha256, 3, ["A"]))
    found = opinions.found()
    assert (found["documents"], len(opinions.counts), len(opinions.tables)) == (10, 3, 3)
    assert found["labels"]["all"]["f1"][0] == 0.5
