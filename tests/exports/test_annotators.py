"""The dataset says that the same person decided, and not which person."""

from dataclasses import replace

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.log import AGREEMENT, append
from corpus.errors import JiaozhuError
from exports.annotators import PSEUDONYM, pseudonyms, published_name
from exports.build import build_dataset
from exports.card import read_card
from exports.log_columns import read_heads
from exports.verify import verify_dataset
from tests.exports.making import SCHEME, document, record

DOCUMENT = document("海川银行。\n")
PEOPLE = ["a@example.org", "b@example.org", "c@example.org", "adjudication:a@example.org", AGREEMENT]


def logged(people_and_hours):
    return [
        record(DOCUMENT, [], annotation=f"n{number}", annotator=person, created_at=f"2026-11-01T{hour:02}:00:00Z")
        for number, (person, hour) in enumerate(people_and_hours)
    ]


def names_of(folder, records):
    log = folder / "log.jsonl"
    log.unlink(missing_ok=True)
    append(log, records)
    return pseudonyms(read_heads(log).people())


def test_people_are_numbered_by_their_first_annotation_then_by_name(tmp_path):
    records = logged([("c@example.org", 9), ("b@example.org", 9), ("a@example.org", 11), ("c@example.org", 10)])
    expected = {"b@example.org": "annotator-1", "c@example.org": "annotator-2", "a@example.org": "annotator-3"}
    assert names_of(tmp_path, records) == names_of(tmp_path, records[::-1]) == expected


def test_an_adjudicator_is_the_person_they_are_and_an_agreement_is_nobody(tmp_path):
    names = names_of(tmp_path, logged([("adjudication:b@example.org", 8), ("b@example.org", 9), (AGREEMENT, 7)]))
    assert names == {"b@example.org": "annotator-1"}
    assert published_name("adjudication:b@example.org", names) == "adjudication:annotator-1"
    assert published_name(AGREEMENT, names) == AGREEMENT


@given(
    st.lists(st.tuples(st.sampled_from(PEOPLE), st.integers(0, 11)), max_size=8),
    st.lists(st.tuples(st.sampled_from(PEOPLE), st.integers(12, 23)), max_size=8),
)
def test_annotations_made_later_change_no_pseudonym(tmp_path_factory, before, after):
    folder = tmp_path_factory.mktemp("log")
    if before:
        old = names_of(folder, logged(before))
        new = names_of(folder, logged([*before, *after]))
        assert old.items() <= new.items()
        assert len(set(new.values())) == len(new)
        assert all(PSEUDONYM.fullmatch(published_name(person, new)) for person, _ in before + after)


@pytest.fixture
def named(made):
    """The small log, two of whose annotators have e-mail addresses; the second came first."""
    append(
        made.log,
        [
            replace(made.records[0], annotator="zhang@example.org", updated_at="2026-11-09T00:00:00Z"),
            replace(
                made.records[1],
                annotator="wang@example.org",
                created_at="2026-10-01T00:00:00Z",
                updated_at="2026-11-09T00:00:00Z",
            ),
        ],
    )
    return made


def annotators(folder):
    tables = [pq.read_table(path) for path in sorted((folder / "provenance").iterdir())]
    return {name for table in tables for name in table["annotator"].to_pylist()}


def test_no_name_of_the_log_is_anywhere_in_the_dataset(named, tmp_path):
    dataset = tmp_path / "dataset"
    build_dataset(named.corpus, named.log, dataset, SCHEME, forms=["conll", "labelstudio"])
    assert annotators(dataset) == {"annotator-1", "annotator-2", "annotator-3"}
    for file in dataset.rglob("*"):
        if file.is_file():
            content = pq.read_table(file).to_pylist() if file.suffix == ".parquet" else file.read_text("utf-8")
            assert "zhang@" not in str(content)
            assert "wang@" not in str(content)
    assert [check.name for check in verify_dataset(dataset, named.corpus) if not check.passed] == []
    data, text = read_card(dataset)
    assert data["jiaozhu"]["making"]["annotators"] == "pseudonyms"
    assert "Spans by decision, of 3 people:" in text
    assert "Annotators have pseudonyms" in text


def test_the_card_says_where_annotators_were_of_one_opinion(made, tmp_path):
    append(made.log, [replace(made.records[0], annotator=AGREEMENT, updated_at="2026-11-09T00:00:00Z")])
    build_dataset(made.corpus, made.log, tmp_path / "dataset", SCHEME)
    assert annotators(tmp_path / "dataset") == {"annotator-1", AGREEMENT}
    text = read_card(tmp_path / "dataset")[1]
    assert "Spans by decision, of 1 person, and of annotators who were of one opinion:" in text
    assert [check.name for check in verify_dataset(tmp_path / "dataset") if not check.passed] == []


def test_names_are_published_as_logged_where_the_workspace_says_so(named, tmp_path):
    dataset = tmp_path / "dataset"
    build_dataset(named.corpus, named.log, dataset, SCHEME, annotators="as_logged")
    assert annotators(dataset) == {"annotator-1", "wang@example.org", "zhang@example.org"}
    checks = {check.name: check for check in verify_dataset(dataset)}
    assert checks["annotators"].passed
    assert checks["annotators"].detail == "the card does not say so"
    assert "Annotators are named as in the annotation log." in read_card(dataset)[1]


def test_another_policy_is_named_with_those_there_are(made, tmp_path):
    with pytest.raises(JiaozhuError, match="'names'; it must be pseudonyms or as_logged"):
        build_dataset(made.corpus, made.log, tmp_path / "dataset", SCHEME, annotators="names")


def test_the_card_says_how_the_suggestions_fared(made, tmp_path):
    append(
        made.log,
        [
            replace(
                made.records[0],
                deleted=(made.records[0].spans[0].suggestion,),
                spans=(replace(made.records[0].spans[0], verdict="moved"), *made.records[0].spans[1:]),
                updated_at="2026-11-09T00:00:00Z",
            )
        ],
    )
    build_dataset(made.corpus, made.log, tmp_path / "dataset", SCHEME)
    text = read_card(tmp_path / "dataset")[1]
    assert (
        "Of 11 suggestions in the published documents: 81.8 % kept, 9.1 % moved, 0.0 % retyped, 9.1 % deleted." in text
    )
