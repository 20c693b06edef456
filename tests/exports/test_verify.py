"""Each promise of a dataset, broken on purpose, is found by the check of its name and by no check that has no say."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.errors import JiaozhuError
from corpus.folder import file_sha256, write_sums
from corpus.records import text_sha256
from exports.build import build_dataset
from exports.checks import values
from exports.verify import PROMISES, verify_dataset
from tests.exports.making import PRIVATE_PAGES, PRIVATE_SPANS, SCHEME, make, write_corpus

TRAIN = "train-00000-of-00001.parquet"
TEST = "test-00000-of-00001.parquet"
BESIDE = {name for name in PROMISES if name.startswith(("corpus", "log"))}


def failing(folder, corpus=None):
    return {check.name for check in verify_dataset(folder, corpus) if not check.passed}


def detail(folder, name, corpus=None):
    return next(check.detail for check in verify_dataset(folder, corpus) if check.name == name)


def spoil(path, change, schema=None):
    """Rewrite a table after `change(rows)`, and the sums and the size of it: a forger would."""
    table = pq.read_table(path)
    rows = table.to_pylist()
    change(rows)
    before = file_sha256(path)
    sizes = [sum(file.stat().st_size for file in path.parent.iterdir())]
    pq.write_table(pa.Table.from_pylist(rows, schema=schema or table.schema), path)
    sizes.append(sum(file.stat().st_size for file in path.parent.iterdir()))
    card = path.parent.parent / "README.md"
    old, new = (f"download_size: {size}\n" for size in sizes)
    card.write_text(card.read_text("utf-8").replace(old, new), "utf-8")
    croissant = path.parent.parent / "croissant.json"
    croissant.write_text(croissant.read_text("utf-8").replace(before, file_sha256(path)), "utf-8")
    write_sums(path.parent.parent)


def with_entities(rows):
    return next(row for row in rows if len(row["entities"]) > 1)


def test_an_untouched_dataset_keeps_every_promise(dataset, corpus_of_dataset):
    checks = verify_dataset(dataset, corpus_of_dataset.corpus, corpus_of_dataset.log)
    assert [check.name for check in checks] == list(PROMISES)
    assert [check.name for check in checks if not check.passed] == []
    assert all(not check.detail.startswith("0 ") for check in checks)


def test_of_a_large_dataset_an_even_share_of_the_values_is_read_again_and_verify_says_so(dataset, monkeypatch):
    whole = int(detail(dataset, "normalized").split()[0])
    monkeypatch.setattr(values, "WHOLE", 0)
    parts = []
    for share in (2, 3, 5, 7):
        monkeypatch.setattr(values, "SHARE", share)
        said = detail(dataset, "normalized")
        assert said.endswith(f"of one document in {share}") or said.endswith(f"one document in {share} that is read")
        parts.append(int(said.split()[0]) if said[0].isdigit() else 0)
    assert any(0 < part < whole for part in parts)


def test_the_values_of_another_version_are_not_held_against_this_one_and_verify_says_so(dataset):
    card = dataset / "README.md"
    card.write_text(card.read_text("utf-8").replace("jiaozhu: 0.", "jiaozhu: 99."), "utf-8")
    spoil(dataset / "data" / TRAIN, lambda rows: with_entities(rows)["entities"][0].update(normalized="7 CNY"))
    assert "normalized" not in failing(dataset)
    assert "read by jiaozhu 99." in detail(dataset, "normalized")


def test_without_corpus_and_log_their_checks_are_not_claimed(dataset):
    assert {check.name for check in verify_dataset(dataset)} == set(PROMISES) - BESIDE


@pytest.mark.parametrize("place", [0.02, 0.3, 0.6, 0.99])
def test_one_changed_byte_anywhere_in_a_table_breaks_its_sum(dataset, place):
    path = dataset / "data" / TRAIN
    content = bytearray(path.read_bytes())
    content[int(len(content) * place)] ^= 0x20
    path.write_bytes(content)
    assert "sums" in failing(dataset)
    assert detail(dataset, "sums").endswith(f"data/{TRAIN}: its bytes have changed")


@pytest.mark.slow
def test_every_byte_of_a_small_table_may_be_broken_and_verify_still_answers(dataset):
    path = dataset / "provenance" / TEST
    whole = path.read_bytes()
    for place in range(0, len(whole), 211):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        assert "sums" in failing(dataset)


def test_a_table_cut_short_is_named_and_no_check_claims_to_have_finished(dataset):
    path = dataset / "data" / TRAIN
    path.write_bytes(path.read_bytes()[:-100])
    write_sums(dataset)
    assert failing(dataset) == set(PROMISES) - {"sums", "files"} - BESIDE


def test_a_missing_or_further_file_is_named(dataset):
    (dataset / "data" / "notes.txt").write_text("mine")
    assert failing(dataset) == {"sums", "files"}
    assert detail(dataset, "files").endswith("data/notes.txt: is no part of the dataset")
    (dataset / "data" / "notes.txt").unlink()
    (dataset / "provenance" / TEST).unlink()
    assert {"sums", "files", "provenance", "rows"} <= failing(dataset)


def test_a_changed_tag_is_found(dataset):
    def change(rows):
        row = with_entities(rows)
        row["ner_tags"][row["entities"][0]["start"]] = 0

    spoil(dataset / "data" / TRAIN, change)
    assert failing(dataset) == {"tags", "rows"}


def test_a_moved_entity_is_found(dataset):
    def change(rows):
        entity = with_entities(rows)["entities"][0]
        entity["end"] -= 1

    spoil(dataset / "data" / TRAIN, change)
    assert failing(dataset) == {"offsets", "tags", "provenance", "rows"}


def test_a_label_outside_the_names_of_the_tags_is_found(dataset):
    def change(rows):
        with_entities(rows)["entities"][0]["label"] = "GPE"

    spoil(dataset / "data" / TRAIN, change)
    assert failing(dataset) == {"tags", "provenance", "card", "rows"}


def test_tokens_that_are_not_the_characters_are_found(dataset):
    def change(rows):
        rows[0]["tokens"][0:2] = ["".join(rows[0]["tokens"][0:2]), ""]

    spoil(dataset / "data" / TRAIN, change)
    assert failing(dataset) == {"tokens", "rows"}


@pytest.mark.parametrize("drop", [0, -1])
def test_a_dropped_row_of_provenance_is_found_once(dataset, drop):
    spoil(dataset / "provenance" / TRAIN, lambda rows: rows.pop(drop))
    assert failing(dataset) == {"provenance", "rows", "card"}
    assert detail(dataset, "provenance").startswith("1 wrong")


def test_provenance_of_no_entity_is_found(dataset):
    def change(rows):
        rows.append({**rows[-1], "id": "0000000000000000-0000-000", "passage_id": "0000000000000000-0000"})

    spoil(dataset / "provenance" / TRAIN, change)
    assert failing(dataset) == {"provenance", "rows"}


def test_a_raw_span_without_characters_is_found(dataset):
    spoil(dataset / "provenance" / TRAIN, lambda rows: rows[0].update(raw_end=rows[0]["raw_start"]))
    assert failing(dataset) == {"raw", "rows"}


def test_a_raw_span_that_leads_elsewhere_is_found_with_the_corpus(dataset, corpus_of_dataset):
    spoil(dataset / "provenance" / TRAIN, lambda rows: rows[0].update(raw_end=rows[0]["raw_end"] + 1))
    assert failing(dataset) == {"rows"}
    assert failing(dataset, corpus_of_dataset.corpus) == {"rows", "corpus-raw"}


def test_a_cluster_in_two_splits_is_found(dataset):
    cluster = pq.read_table(dataset / "data" / TRAIN)["cluster_id"][0].as_py()

    def change(rows):
        doc_id = rows[0]["doc_id"]
        for row in rows:
            if row["doc_id"] == doc_id:
                row["cluster_id"] = cluster

    spoil(dataset / "data" / TEST, change)
    assert failing(dataset) == {"splits", "rows"}
    assert f"cluster {cluster}: in train and in test" in detail(dataset, "splits")


@pytest.mark.parametrize(("drop", "by"), [(0, {"ids", "text"}), (-1, set())])
def test_a_dropped_passage_is_found_by_the_card_also_where_nothing_follows_it(dataset, drop, by):
    spoil(dataset / "data" / TRAIN, lambda rows: rows.pop(drop))
    assert {"card", "rows"} | by <= failing(dataset)


def test_a_document_that_stands_twice_is_found(dataset):
    def change(rows):
        rows += [row for row in rows if row["doc_id"] == rows[0]["doc_id"]]

    spoil(dataset / "data" / TRAIN, change)
    assert {"ids", "card", "rows"} <= failing(dataset)


def test_a_value_that_is_missing_is_found(dataset):
    spoil(dataset / "data" / TRAIN, lambda rows: with_entities(rows)["entities"][0].update(start=None))
    assert "tables" in failing(dataset)


def test_other_columns_are_found(dataset):
    schema = pq.read_schema(dataset / "data" / TRAIN)
    index = schema.get_field_index("title")
    spoil(dataset / "data" / TRAIN, lambda rows: None, schema.set(index, pa.field("title", pa.large_string())))
    assert "schema" in failing(dataset)
    assert "columns" in detail(dataset, "schema")


def test_tags_without_names_are_found(dataset):
    schema = pq.read_schema(dataset / "data" / TRAIN).remove_metadata()
    spoil(dataset / "data" / TRAIN, lambda rows: None, schema)
    assert "schema" in failing(dataset)
    assert "gives ner_tags no names" in detail(dataset, "schema")


def test_a_row_changed_where_no_other_check_looks_breaks_the_row_hash(dataset):
    spoil(dataset / "provenance" / TRAIN, lambda rows: rows[0].update(model_score=0.5))
    assert failing(dataset) == {"rows"}
    spoil(dataset / "data" / TRAIN, lambda rows: None)
    assert failing(dataset) == {"rows"}


def test_other_parquet_settings_do_not_break_the_row_hash(dataset):
    for path in dataset.rglob("*.parquet"):
        pq.write_table(pq.read_table(path), path, compression="snappy", row_group_size=2)
    assert failing(dataset) == {"sums", "card"}  # the card says how large the files are
    for path in dataset.rglob("*.parquet"):
        other = {"use_compliant_nested_type": False, "use_dictionary": False, "data_page_version": "2.0"}
        pq.write_table(pq.read_table(path), path, write_page_index=True, **other)
    assert failing(dataset) == {"sums", "card"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("num_examples: ", "num_examples: 1"),
        ("| spans | ", "| spans | 1"),
        ("| `ORG` | ", "| `ORG` | 1"),
        ("| kept | ", "| kept | 1"),
        ("of 1 person", "of 2 people"),
    ],
)
def test_a_card_that_says_other_numbers_is_found(dataset, old, new):
    card = (dataset / "README.md").read_text()
    assert old in card
    (dataset / "README.md").write_text(card.replace(old, new, 1))
    write_sums(dataset)
    assert failing(dataset) == {"card"}


@pytest.mark.parametrize("content", ["", "# a card without front matter\n", "---\n[\n---\n", "---\na: b\n---\n"])
def test_a_card_that_says_nothing_is_found(dataset, content):
    (dataset / "README.md").write_text(content)
    write_sums(dataset)
    assert failing(dataset) == {"card", "rows"}


@pytest.mark.parametrize("name", ["croissant.json", "pictures/labels.svg", "pictures/lengths.svg"])
def test_what_stands_beside_the_card_and_says_something_else_is_found(dataset, name):
    content = (dataset / name).read_text("utf-8")
    (dataset / name).write_text(content.replace("1", "2", 1), "utf-8")
    write_sums(dataset)
    assert failing(dataset) == {"card"}
    (dataset / name).unlink()
    write_sums(dataset)
    assert failing(dataset) == {"card", "files"}


def test_a_text_that_the_corpus_has_otherwise_is_found(dataset, corpus_of_dataset, tmp_path):
    documents = [dict(doc) for doc in corpus_of_dataset.documents]
    documents[0]["text"] = documents[0]["text"].replace("昨日", "今日")
    documents[0]["text_sha256"] = text_sha256(documents[0]["text"])
    corpus = write_corpus(tmp_path / "other", documents)
    assert failing(dataset, corpus) == {"corpus"}
    assert documents[0]["doc_id"] in detail(dataset, "corpus", corpus)


def test_a_document_that_the_corpus_lacks_is_found_and_its_order_does_not_matter(dataset, corpus_of_dataset, tmp_path):
    documents = corpus_of_dataset.documents[::-1]
    assert failing(dataset, write_corpus(tmp_path / "turned", documents)) == set()
    fewer = write_corpus(tmp_path / "fewer", documents[:-1])
    assert failing(dataset, fewer) == {"corpus", "corpus-raw", "corpus-documents"}


def test_documents_are_held_against_the_corpus_a_few_at_a_time(dataset, corpus_of_dataset, monkeypatch):
    monkeypatch.setattr("exports.gather.DOCUMENTS", 1)
    checks = {check.name: check for check in verify_dataset(dataset, corpus_of_dataset.corpus)}
    assert checks["corpus"].passed
    assert checks["corpus"].detail == f"{len(corpus_of_dataset.documents)} looked at"


@pytest.fixture(params=[True, False], ids=["masked", "kept"])
def private(request, tmp_path):
    """A dataset of pages with personal data, masked or not; with its corpus."""
    made = make(tmp_path, PRIVATE_PAGES, PRIVATE_SPANS)
    build_dataset(made.corpus, made.log, tmp_path / "dataset", SCHEME, max_chars=5, mask_personal_data=request.param)
    return tmp_path / "dataset", made.corpus, request.param


def test_a_dataset_with_personal_data_keeps_every_promise_masked_or_not(private):
    folder, corpus, is_masked = private
    assert failing(folder, corpus) == set()
    said = detail(folder, "personal-data")
    assert said == ("3 looked at" if is_masked else "the card says that nothing was masked")


def test_a_number_that_was_left_in_a_masked_dataset_is_found(private):
    folder, corpus, is_masked = private
    card = folder / "README.md"
    card.write_text(card.read_text().replace("mask_personal_data: false", "mask_personal_data: true"))
    write_sums(folder)
    assert failing(folder, corpus) == (set() if is_masked else {"personal-data", "corpus", "corpus-documents", "card"})


def test_a_number_in_a_title_is_found(dataset):
    spoil(dataset / "data" / TRAIN, lambda rows: [row.update(title="电话86012345") for row in rows])
    assert failing(dataset) == {"personal-data", "rows"}
    assert "phone at [2, 10) of its title" in detail(dataset, "personal-data")


def test_an_annotators_name_where_the_card_promises_pseudonyms_is_found(dataset):
    spoil(dataset / "provenance" / TRAIN, lambda rows: rows[0].update(annotator="a@example.org"))
    assert failing(dataset) == {"annotators", "rows", "card", "decisions"}
    assert "a@example.org" not in detail(dataset, "annotators")


def test_a_sum_that_leads_out_of_the_dataset_is_not_followed(dataset):
    with (dataset / "SHA256SUMS").open("a") as file:
        file.write(f"{'0' * 64}  ../secret\n")
    assert detail(dataset, "sums").endswith("../secret: leads out of the dataset")


def test_a_folder_without_a_dataset_is_an_error_of_the_user(dataset, tmp_path):
    with pytest.raises(JiaozhuError, match="no such folder"):
        verify_dataset(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(JiaozhuError, match="no dataset here"):
        verify_dataset(tmp_path / "empty")
    with pytest.raises(JiaozhuError, match="no Parquet table here"):
        verify_dataset(dataset, tmp_path / "nowhere")
