"""What a dataset has by option: it is there, it loads without a warning, and `verify` finds it broken where it is."""

import warnings
from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from annotation import words
from annotation.log import append
from corpus.errors import JiaozhuError
from corpus.spans import to_clean
from exports.build import build_dataset
from exports.card import read_card
from exports.rows import rows_of, shards
from exports.splits import SPLITS
from exports.tags import decode, tag_names
from exports.verify import verify_dataset
from tests.exports.making import LABELS, NOISE, PRIVATE_PAGES, PRIVATE_SPANS, SCHEME, make
from tests.exports.test_build import contents
from tests.exports.test_verify import failing, spoil


def rows(folder, config="default"):
    return [row for split in SPLITS for row in rows_of(folder, config, split)]


@pytest.fixture
def build(made, tmp_path):
    def run(name="dataset", **options):
        summary = build_dataset(made.corpus, made.log, tmp_path / name, SCHEME, **{"max_chars": 20, **options})
        assert failing(tmp_path / name, made.corpus) == set()
        return summary

    return run


no_words = pytest.mark.skipif(not words.is_installed(), reason="pkuseg's model is not set up: make words-model")


@pytest.mark.parametrize("with_words", [False, pytest.param(True, marks=[pytest.mark.slow, no_words])])
@pytest.mark.parametrize("streaming", [False, True])
def test_every_config_and_split_loads_without_a_warning_whatever_the_options(
    build, tmp_path, streaming, with_words, recwarn, capfd
):
    from datasets import get_dataset_config_names, load_dataset

    build(tags="bioes", inner_places=True, removed=True, words=with_words)
    folder = str(tmp_path / "dataset")
    assert get_dataset_config_names(folder) == ["default", "provenance", "removed"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for config in "default", "provenance", "removed":
            found = load_dataset(folder, config, cache_dir=str(tmp_path / "cache"), streaming=streaming)
            assert set(found) == {split for split in SPLITS if shards(tmp_path / "dataset", config, split)}
            for split, table in found.items():
                assert list(table) == list(rows_of(tmp_path / "dataset", config, split))
                if config == "default":
                    assert table.features["ner_tags"].feature.names == tag_names(LABELS, "bioes")
    assert "warn" not in capfd.readouterr().err.lower()


def test_bioes_tags_say_the_same_entities(build, tmp_path):
    build(tags="bioes")
    found = rows(tmp_path / "dataset")
    for row in found:
        spans = [(entity["start"], entity["end"], entity["label"]) for entity in row["entities"]]
        assert decode(row["ner_tags"], LABELS, "bioes") == spans
    assert {tag for row in found for tag in row["ner_tags"]} > {0, 1, 2, 3}
    spoil(shards(tmp_path / "dataset", "default", "train")[0], lambda rows: rows[0]["ner_tags"].__setitem__(0, 4))
    assert failing(tmp_path / "dataset") == {"tags", "rows"}


def test_conll_has_the_tags_of_the_tables(build, tmp_path):
    build(tags="bioes", forms=["conll"])
    lines = "".join(path.read_text() for path in (tmp_path / "dataset" / "forms" / "conll").iterdir()).split("\n")
    assert {line[2:] for line in lines if line} >= {"B-ORG", "I-ORG", "E-ORG", "O"}


def test_inner_places_stand_in_their_parents(build, tmp_path):
    build(inner_places=True)
    found = {
        (row["entities"][inner["parent"]]["text"], inner["text"])
        for row in rows(tmp_path / "dataset")
        for inner in row["inner"]
        if row["text"][inner["start"] : inner["end"]] == inner["text"]
    }
    assert found == {
        ("山东省科技厅", "山东省"),
        ("济南云舟公司", "济南"),
        ("青岛港务局", "青岛"),
        ("成都天府研究院", "成都"),
        ("广州白云集团", "广州"),
    }
    assert all(label != "LOC" for row in rows(tmp_path / "dataset") for label in row["ner_tags"])


@pytest.mark.parametrize("change", [{"end": 1}, {"parent": 1}, {"label": "ORG"}, {"text": "别"}])
def test_an_inner_place_that_the_rules_do_not_derive_is_found(build, tmp_path, change):
    build(inner_places=True)
    path = next(
        path
        for split in SPLITS
        for path in shards(tmp_path / "dataset", "default", split)
        if any(row["inner"] for row in pq.read_table(path).to_pylist())
    )
    spoil(path, lambda rows: next(row for row in rows if row["inner"])["inner"][0].update(change))
    assert failing(tmp_path / "dataset") == {"inner", "rows"}


@pytest.mark.slow
@no_words
def test_words_join_to_the_text(build, tmp_path):
    build(words=True)
    for row in rows(tmp_path / "dataset"):
        assert "".join(row["words"]) == row["text"]
    assert "pkuseg" in read_card(tmp_path / "dataset")[0]["jiaozhu"]["making"]["words"]
    spoil(shards(tmp_path / "dataset", "default", "train")[0], lambda rows: rows[0]["words"].reverse())
    assert failing(tmp_path / "dataset") == {"words", "rows"}


def test_values_stand_beside_the_entities_unless_they_are_not_wanted(build, tmp_path):
    build()
    values = {entity["text"]: entity["normalized"] for row in rows(tmp_path / "dataset") for entity in row["entities"]}
    assert (values["5亿元"], values["28%"], values["青岛港务局"]) == ("500000000 CNY", "28 %", None)
    build("plain", normalized=False)
    assert {e["normalized"] for row in rows(tmp_path / "plain") for e in row["entities"]} == {None}


def test_what_was_removed_is_published_with_its_document_on_request(build, made, tmp_path):
    build(removed=True)
    found = rows(tmp_path / "dataset", "removed")
    runs = {doc["doc_id"]: doc["aligned"].runs for doc in made.documents}
    raws = {doc["doc_id"]: doc["aligned"].raw for doc in made.documents}
    assert {row["text"] for row in found} == {NOISE, "(shāndōng)"}
    for row in found:
        assert raws[row["doc_id"]][row["start"] : row["end"]] == row["text"]
        assert to_clean(runs[row["doc_id"]], row["start"], row["end"]) is None
    homes = {row["doc_id"]: split for split in SPLITS for row in rows_of(tmp_path / "dataset", "default", split)}
    for split in SPLITS:
        assert all(homes[row["doc_id"]] == split for row in rows_of(tmp_path / "dataset", "removed", split))
    build("without")
    assert not (tmp_path / "without" / "removed").exists()


@pytest.mark.parametrize(
    ("change", "also"),
    [({"end": 9999}, set()), ({"doc_id": "0" * 16}, set()), ({"rule": "another"}, None)],
)
def test_a_removed_span_that_is_not_as_it_says_is_found(build, made, tmp_path, change, also):
    build(removed=True)
    spoil(shards(tmp_path / "dataset", "removed", "train")[0], lambda rows: rows[0].update(change))
    wrong = {"rows", "corpus-removed"} | (set() if also is None else {"removed"})
    assert failing(tmp_path / "dataset", made.corpus) == wrong


def test_personal_data_in_what_was_removed_is_masked_too(tmp_path):
    made = make(tmp_path, [f"[联系手机13912345678]{page}" for page in PRIVATE_PAGES], PRIVATE_SPANS)
    build_dataset(made.corpus, made.log, tmp_path / "dataset", SCHEME, removed=True)
    texts = {row["text"] for row in rows(tmp_path / "dataset", "removed")}
    assert "[联系手机***********]" in texts
    assert failing(tmp_path / "dataset", made.corpus) == set()
    path = shards(tmp_path / "dataset", "removed", "train")[0]

    def change(rows):
        row = next(row for row in rows if "*" in row["text"])
        row["text"] = row["text"].replace("*" * 11, "13912345678")

    spoil(path, change)
    assert failing(tmp_path / "dataset") == {"personal-data", "rows"}


def test_the_blind_share_is_the_test_split(build, made, tmp_path):
    blind = {made.records[0].doc_id, made.records[3].doc_id}
    append(
        made.log,
        [
            replace(record, blind=True, updated_at="2026-11-09T00:00:00Z")
            for record in made.records
            if record.doc_id in blind
        ],
    )
    summary = build()
    assert summary.policy == "blind"
    near = {made.documents[1]["doc_id"]}  # a near-duplicate goes where its cluster goes
    assert {row["doc_id"] for row in rows_of(tmp_path / "dataset", "default", "test")} == blind | near
    assert "without seeing any suggestion" in read_card(tmp_path / "dataset")[1]


def test_a_cluster_in_the_wrong_split_is_found_though_it_stands_in_one(build, made, tmp_path):
    append(made.log, [replace(made.records[0], blind=True, updated_at="2026-11-09T00:00:00Z")])
    build()
    card = tmp_path / "dataset" / "README.md"
    card.write_text(card.read_text().replace("split_policy: blind", "split_policy: balanced"))
    assert "splits" in failing(tmp_path / "dataset")


def test_entities_seen_in_training_are_counted_and_printed(tmp_path):
    pages = [f"海川银行第{number}次报道。\n" for number in range(12)]
    made = make(tmp_path, pages, [[("海川银行", "ORG")]] * 12)
    summary = build_dataset(made.corpus, made.log, tmp_path / "dataset", SCHEME)
    for split in "validation", "test":
        found = summary.overlap[split]
        assert (found.entities, found.in_train) == (1, 1)
        assert found.mentions == found.mentions_in_train == summary.splits[split].entities["ORG"]
        assert f"Of the entities of {split}, these stand in train too: 100.0 % of 1 entities" in read_card(
            tmp_path / "dataset"
        )[1].replace("\n", " ")


@pytest.mark.parametrize("option", [{"tags": "iob"}, {"annotators": "names"}, {"max_chars": 0}])
def test_a_setting_that_means_nothing_is_named(made, tmp_path, option):
    with pytest.raises(JiaozhuError, match=f"{next(iter(option))} is "):
        build_dataset(made.corpus, made.log, tmp_path / "dataset", SCHEME, **option)
    assert not (tmp_path / "dataset").exists()


@pytest.fixture
def small_shards(monkeypatch):
    monkeypatch.setattr("exports.writing.CHARACTERS_PER_GROUP", 1)
    monkeypatch.setattr("exports.writing.SPANS_PER_GROUP", 3)
    monkeypatch.setattr("exports.writing.LEAST_PASSAGES", 2)
    monkeypatch.setattr("exports.writing.GROUPS_PER_SHARD", 1)


def test_a_large_split_has_shards_with_the_names_of_the_hub(build, made, tmp_path, small_shards):
    from datasets import load_dataset

    one = build("sharded")
    folder = tmp_path / "sharded"
    names = [path.name for path in shards(folder, "default", "train")]
    assert len(names) > 1
    assert names == [f"train-{number:05d}-of-{len(names):05d}.parquet" for number in range(len(names))]
    found = load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))
    assert list(found["train"]) == list(rows_of(folder, "default", "train"))
    names = shards(folder, "provenance", "train")
    names[-1].unlink()
    assert "files" in failing(folder)
    assert one.rows_sha256


def test_shards_and_groups_of_rows_do_not_show_in_the_hash_of_the_rows(build, small_shards, monkeypatch):
    small = build("sharded").rows_sha256
    monkeypatch.undo()
    assert build("whole").rows_sha256 == small


def test_tables_are_compressed_and_indexed(build, tmp_path):
    build(removed=True)
    for path in (tmp_path / "dataset").rglob("*.parquet"):
        group = pq.read_metadata(path).row_group(0)
        for number in range(group.num_columns):
            column = group.column(number)
            assert (column.compression, column.has_offset_index, column.has_column_index) == ("ZSTD", True, True)


def test_options_give_the_same_bytes_in_another_folder(build, tmp_path):
    options = {"tags": "bioes", "inner_places": True, "removed": True, "forms": ["conll"]}
    build("one", **options)
    build("two", **options)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert [check for check in verify_dataset(tmp_path / "one") if not check.passed] == []
