"""A forger who knows the format, and makes every sum and hash right again: the promise that was broken is named.

Each case changes one thing in a table. The row hashes of the card, `SHA256SUMS`, the sums in `croissant.json` and the
numbers of rows are then written anew, so that only the promise itself can find it.
"""

import re
import shutil
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from annotation.log import append
from corpus.folder import file_sha256, write_sums
from corpus.records import text_sha256
from corpus.spans import seen_ranges
from exports.build import build_dataset
from exports.card import read_card
from exports.checks import Finding, Walk
from exports.checks.files import check_card, check_sums, read_claims
from exports.checks.tables import check_split
from exports.croissant import croissant
from exports.hashes import joined_hash
from exports.rows import CONFIGS, FOLDERS, shape_of, shards
from exports.splits import SPLITS
from exports.verify import PROMISES, verify_dataset
from tests.exports.making import PAGES, SCHEME, SPANS, make, one_fast_a_promise, record, span

FORGED = ("sums", "rows")  # what a forger makes right


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A dataset with everything in it: inner places, removed spans, values, two annotators, a carried annotation."""
    folder = tmp_path_factory.mktemp("built")
    made = make(folder, [*PAGES, "云舟公司在济南投资5亿元,张明表示。\n"], [*SPANS, []])
    old = made.documents[6] | {"text": made.documents[6]["text"].replace(",", "，")}
    old["text_sha256"] = text_sha256(old["text"])
    marks = [("云舟公司", "ORG"), ("济南", "LOC"), ("5亿元", "MONEY"), ("张明", "PERSON")]
    carried = record(
        old,
        [span(old, text, label) for text, label in marks],
        annotator="annotator-2",
        created_at="2026-11-02T08:00:00Z",
        updated_at="2026-11-02T09:00:00Z",
        seen=seen_ranges(old["aligned"].runs),
    )
    append(made.log, [carried])
    options = {"max_chars": 12, "inner_places": True, "removed": True, "forms": ["conll"]}
    summary = build_dataset(made.corpus, made.log, folder / "dataset", SCHEME, **options)
    assert (summary.log.published, summary.log.carried, summary.log.carried_spans) == (7, 1, 4)
    return folder / "dataset", made


@pytest.fixture
def forged(built, tmp_path):
    """Change the rows of a config's split in a copy of the dataset, make all hashes right, and say what is broken."""
    whole, made = built
    folder = shutil.copytree(whole, tmp_path / "dataset")

    def forge(config, change, split=None):
        splits = [split] if split else SPLITS
        for name in splits:
            for path in shards(folder, config, name):
                table = pq.read_table(path)
                rows = table.to_pylist()
                if change(rows) is not False:
                    schema = table.schema
                    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path)
        return broken(folder, made.corpus, made.log, splits)

    forge.folder, forge.made = folder, made
    return forge


def broken(folder, corpus=None, log=None, splits=SPLITS):
    """The checks that fail after the forger's work on these splits."""
    make_right(folder, splits)
    return {check.name for check in verify_dataset(folder, corpus, log) if not check.passed}


def make_right(folder, splits):
    """Every hash, sum and number of rows in card, Croissant and sums as the tables of these splits have them now."""
    walk = read_tables(folder, splits)
    data, text = read_card(folder)
    old = data["jiaozhu"]["tables_sha256"]
    new = {name: walk.hashes.get(name, value) for name, value in old.items()}
    pairs = [(old[name], new[name]) for name in old] + [(joined_hash(old), joined_hash(new))]
    for config in CONFIGS:
        of = [{name: value for name, value in tables.items() if name.startswith(f"{config}/")} for tables in (old, new)]
        pairs.append((joined_hash(of[0]), joined_hash(of[1])))
    for before, after in pairs:
        text = text.replace(before, after)
    for info in data["dataset_info"]:
        for split in info["splits"]:
            rows = sum(pq.read_metadata(path).num_rows for path in shards(folder, info["config_name"], split["name"]))
            head, tail = text.split(f"config_name: {info['config_name']}\n  features:", 1)
            pattern = rf"(name: {split['name']}\n    num_bytes: \d+\n    num_examples: )\d+"
            text = f"{head}config_name: {info['config_name']}\n  features:" + re.sub(
                pattern, rf"\g<1>{rows}", tail, count=1
            )
        size = sum(path.stat().st_size for split in SPLITS for path in shards(folder, info["config_name"], split))
        text = text.replace(f"download_size: {info['download_size']}\n", f"download_size: {size}\n")
    (folder / "README.md").write_text(text, "utf-8")
    shape = shape_of(pq.read_schema(shards(folder, "default", "train")[0]))
    paths = [f"{FOLDERS[c]}/{path.name}" for c in CONFIGS for s in SPLITS for path in shards(folder, c, s)]
    made = croissant(
        {path: file_sha256(folder / path) for path in paths},
        shape,
        name=data["pretty_name"],
        license_id=data.get("license") or "",
        rows_sha256=joined_hash(new),
        making=data["jiaozhu"]["making"],
    )
    (folder / "croissant.json").write_text(made, "utf-8")
    write_sums(folder)


def read_tables(folder, splits=SPLITS):
    """What verify knows of the tables of these splits."""
    walk = Walk(folder, None, {name: Finding() for name in PROMISES})
    check_sums(walk)
    for split in splits:
        if shards(folder, "default", split):
            check_split(walk, split)
    return walk


def with_entity(rows, label=None):
    """A passage and an entity in it."""
    return next(
        ((row, entity) for row in rows for entity in row["entities"] if label in (None, entity["label"])), (None, None)
    )


def first(change):
    """Change the first row."""
    return lambda rows: change(rows[0])


def entity(change, label=None):
    """Change the first entity, of this label."""

    def run(rows):
        row, found = with_entity(rows, label)
        return False if row is None else change(row, found)

    return run


def put(**values):
    return lambda row: row.update(values)


def of_document(**values):
    """Change all rows of the first document."""

    def run(rows):
        doc_id = rows[0]["doc_id"]
        for row in rows:
            if row["doc_id"] == doc_id:
                row.update(values)

    return run


def swap(rows):
    rows[0], rows[1] = rows[1], rows[0]


def swap_passages(rows):
    """The last row of a passage and the first of the next: both have as many rows as before."""
    place = next((place for place, row in enumerate(rows) if row["passage_id"] != rows[0]["passage_id"]), 0)
    rows[place - 1], rows[place] = rows[place], rows[place - 1]


def drop_tag(row, found):
    row["ner_tags"][found["start"]] = 0


def other_tag(row, found):
    row["ner_tags"][found["start"]] += 2


def extra_tag(row, found):
    place = next(place for place, tag in enumerate(row["ner_tags"]) if not tag)
    row["ner_tags"][place] = 1


def shift(row, found):
    found["start"] += 1
    found["end"] += 1


def resized(row, found):
    found.update(end=found["end"] - 1, text=found["text"][:-1])


def overlapping(row, found):
    row["entities"].insert(0, dict(found))


def moved_text(rows):
    rows[0]["text"] += "外"
    rows[0]["tokens"].append("外")
    rows[0]["ner_tags"].append(0)


def with_inner(change):
    def run(rows):
        row = next((row for row in rows if row["inner"]), None)
        return False if row is None else change(row["inner"])

    return run


CASES = {
    "an id out of order": ("default", first(put(id="0" * 16 + "-0007")), "ids"),
    "two passages changed places": ("default", swap, "ids"),
    "a shifted offset of a passage": ("default", first(put(offset=1)), "text"),
    "a character more": ("default", moved_text, "corpus"),
    "a text without its tokens": ("default", first(lambda row: row.update(text=row["text"][::-1])), "tokens"),
    "a token of two characters": (
        "default",
        first(lambda row: row["tokens"].__setitem__(slice(0, 2), ["".join(row["tokens"][:2]), ""])),
        "tokens",
    ),
    "a token more": ("default", first(lambda row: row["tokens"].append("。")), "tokens"),
    "a tag away": ("default", entity(drop_tag), "tags"),
    "a tag of another label": ("default", entity(other_tag), "tags"),
    "a tag where no entity is": ("default", entity(extra_tag), "tags"),
    "a tag that no scheme has": ("default", first(lambda row: row["ner_tags"].__setitem__(0, 99)), "tags"),
    "a negative tag": ("default", first(lambda row: row["ner_tags"].__setitem__(0, -1)), "tags"),
    "a tag less": ("default", first(lambda row: row["ner_tags"].pop()), "tags"),
    "an entity one to the right": ("default", entity(shift), "offsets"),
    "an entity of other words": ("default", entity(lambda row, found: found.update(text="别的")), "offsets"),
    "an entity out of its passage": ("default", entity(lambda row, found: found.update(end=99)), "offsets"),
    "a shorter entity": ("default", entity(resized), "tags"),
    "an entity of another label": ("default", entity(lambda row, found: found.update(label="DATE")), "tags"),
    "an entity of an unknown label": ("default", entity(lambda row, found: found.update(label="GPE")), "tags"),
    "an entity twice": ("default", entity(overlapping), "tags"),
    "an entity away": ("default", entity(lambda row, found: row["entities"].remove(found)), "tags"),
    "another value": (
        "default",
        entity(lambda row, found: found.update(normalized="7 CNY"), "MONEY"),
        "normalized",
    ),
    "no value": ("default", entity(lambda row, found: found.update(normalized=None), "MONEY"), "normalized"),
    "a value of what has none": (
        "default",
        entity(lambda row, found: found.update(normalized="adcode:370100"), "ORG"),
        "normalized",
    ),
    "an inner place away": ("default", with_inner(lambda inner: inner.pop()), "inner"),
    "an inner place elsewhere": ("default", with_inner(lambda inner: inner[0].update(parent=7)), "inner"),
    "a title of one passage": ("default", first(put(title="另一个")), "documents"),
    "an address of one passage away": ("default", first(put(url=None)), "documents"),
    "a date of one passage": ("default", first(put(published_at="2020-01-01")), "documents"),
    "a title of a document": ("default", of_document(title="另一个"), "corpus-documents"),
    "an address of a document": ("default", of_document(url="https://example.org/else"), "corpus-documents"),
    "a date of a document": ("default", of_document(published_at="2020-01-01"), "corpus-documents"),
    "a number in a title": ("default", of_document(title="电话86012345"), "personal-data"),
    "a cluster of one passage": ("default", first(put(cluster_id="f" * 16)), "splits"),
    "a cluster of a document": ("default", of_document(cluster_id="f" * 16), "corpus-documents"),
    "a row of provenance away": ("provenance", lambda rows: rows.pop(0) and None, "provenance"),
    "a row of provenance twice": ("provenance", lambda rows: rows.insert(0, dict(rows[0])), "provenance"),
    "rows of provenance that changed places": ("provenance", swap, "provenance"),
    "rows of two passages that changed places": ("provenance", swap_passages, "provenance"),
    "an id in the provenance": ("provenance", first(put(id="x")), "provenance"),
    "a passage in the provenance": ("provenance", first(put(passage_id="x")), "provenance"),
    "a document in the provenance": ("provenance", first(put(doc_id="x")), "provenance"),
    "offsets in the provenance": ("provenance", first(lambda row: row.update(start=row["start"] + 1)), "provenance"),
    "ends in the provenance": ("provenance", first(lambda row: row.update(end=row["end"] + 1)), "provenance"),
    "offsets in the document": ("provenance", first(lambda row: row.update(doc_end=row["doc_end"] + 1)), "provenance"),
    "a label in the provenance": ("provenance", first(put(label="DATE")), "provenance"),
    "words in the provenance": ("provenance", first(put(text="别的")), "provenance"),
    "an empty raw span": ("provenance", first(lambda row: row.update(raw_end=row["raw_start"])), "raw"),
    "a raw span before the page": ("provenance", first(put(raw_start=-1)), "raw"),
    "a shifted raw offset": ("provenance", first(lambda row: row.update(raw_end=row["raw_end"] + 1)), "corpus-raw"),
    "a raw span too early": (
        "provenance",
        lambda rows: rows[-1].update(raw_start=rows[-1]["raw_start"] - 1),
        "corpus-raw",
    ),
    "a name in place of a pseudonym": ("provenance", of_document(annotator="wang@example.org"), "annotators"),
    "another annotator of one span": ("provenance", first(put(annotator="annotator-3")), "decisions"),
    "another annotation of one span": ("provenance", first(put(annotation="x")), "decisions"),
    "another time of one span": ("provenance", first(put(decided_at="2020-01-01T00:00:00Z")), "decisions"),
    "another annotation of a document": ("provenance", of_document(annotation="x"), "log-annotations"),
    "another annotator of a document": ("provenance", of_document(annotator="annotator-2"), "log-decisions"),
    "another time of a document": ("provenance", of_document(decided_at="2020-01-01T00:00:00Z"), "log-decisions"),
    "another model": ("provenance", first(put(model="other@9")), "log-suggestions"),
    "another score": ("provenance", first(put(model_score=0.76)), "log-suggestions"),
    "another guideline": ("provenance", of_document(guideline_version="9"), "decisions"),
    "another cleaner": ("provenance", of_document(cleaner_version="cleaner-9"), "decisions"),
    "no cleaner": ("provenance", of_document(cleaner_version=None), "decisions"),
    "a verdict that there is not": ("provenance", first(put(verdict="liked")), "decisions"),
    "drawn, with a suggestion": ("provenance", first(put(verdict="added")), "decisions"),
    "retyped, with the same label": ("provenance", first(put(verdict="retyped")), "decisions"),
    "moved, with the same borders": ("provenance", first(put(verdict="moved")), "decisions"),
    "kept, with other borders": ("provenance", first(put(suggested_end=99)), "decisions"),
    "kept, with another label": ("provenance", first(put(suggested_label="DATE")), "decisions"),
    "a suggestion of nobody": ("provenance", first(put(model=None)), "decisions"),
    "a suggestion without a score": ("provenance", first(put(model_score=None)), "decisions"),
    "carried from no text": ("provenance", of_document(carried_from="cleaner-0"), "carried"),
    "carried although it was not": ("provenance", of_document(carried_from="0" * 64), "carried"),
    "removed words": ("removed", first(put(text="x")), "removed"),
    "a removed span elsewhere": ("removed", first(lambda row: row.update(start=row["start"] + 1)), "removed"),
    "a removed span of a stranger": ("removed", first(put(doc_id="x")), "removed"),
    "another rule": ("removed", first(put(rule="x")), "corpus-removed"),
    "a removed span away": ("removed", lambda rows: rows.pop() and None, "corpus-removed"),
}


def test_what_a_forger_does_not_touch_is_sound(forged):
    assert broken(forged.folder, forged.made.corpus, forged.made.log) == set()


@pytest.mark.parametrize("case", one_fast_a_promise(CASES))
def test_each_change_of_the_rows_breaks_the_promise_of_its_name(forged, case):
    config, change, name = CASES[case]
    found = forged(config, change, "train")
    assert name in found
    assert not found.intersection(FORGED)


def test_a_document_in_two_splits_is_found(forged):
    tables = {
        (config, split): pq.read_table(shards(forged.folder, config, split)[0])
        for config in ("default", "provenance")
        for split in ("train", "test")
    }
    for config in ("default", "provenance"):
        path = shards(forged.folder, config, "test")[0]
        pq.write_table(pa.concat_tables([tables[config, "test"], tables[config, "train"]]), path)
    assert {"ids", "splits"} <= broken(forged.folder, forged.made.corpus)


def test_documents_in_the_split_of_others_are_found(forged):
    for config in CONFIGS:
        one, two = (shards(forged.folder, config, split)[0] for split in ("train", "validation"))
        held = one.read_bytes()
        one.write_bytes(two.read_bytes())
        two.write_bytes(held)
    assert "splits" in broken(forged.folder, forged.made.corpus)


def test_other_names_of_the_tags_are_found_in_the_tables_and_in_the_card(forged):
    card = forged.folder / "README.md"
    text = card.read_text("utf-8")
    other = text.replace("'1': B-ORG", "'1': B-LOC").replace("'3': B-LOC", "'3': B-ORG")
    assert other != text
    card.write_text(other, "utf-8")
    assert broken(forged.folder) == {"card"}
    card.write_text(text, "utf-8")
    for split in SPLITS:
        for path in shards(forged.folder, "default", split):
            table = pq.read_table(path)
            said = table.schema.metadata[b"huggingface"]
            for old, new in ((b"ORG", b"XXX"), (b"LOC", b"ORG"), (b"XXX", b"LOC")):
                said = said.replace(old, new)
            meta = {b"huggingface": said}
            pq.write_table(table.replace_schema_metadata(meta), path)
    assert "tags" in broken(forged.folder)


def test_a_card_that_leads_load_dataset_to_other_files_is_found(forged):
    card = forged.folder / "README.md"
    text = card.read_text("utf-8")
    card.write_text(text.replace("path: data/test-", "path: data/train-"), "utf-8")
    write_sums(forged.folder)
    assert {check.name for check in verify_dataset(forged.folder) if not check.passed} == {"card"}


def test_a_further_file_and_a_missing_one_are_found(forged):
    (forged.folder / "data" / "extra.parquet").write_bytes(b"PAR1")
    (forged.folder / "forms" / "conll" / "more.conll").write_text("x O\n")
    assert broken(forged.folder) == {"files", "forms"}
    (forged.folder / "data" / "extra.parquet").unlink()
    (forged.folder / "forms" / "conll" / "more.conll").unlink()
    path = shards(forged.folder, "default", "train")[0]
    path.rename(path.with_name("train-00000-of-00002.parquet"))
    assert "files" in broken(forged.folder)


def test_a_form_that_says_something_else_is_found(forged):
    path = forged.folder / "forms" / "conll" / "train.conll"
    path.write_text(path.read_text("utf-8").replace("B-ORG", "B-LOC", 1), "utf-8")
    assert broken(forged.folder) == {"forms"}


@pytest.mark.slow
def test_every_number_of_the_cards_text_is_proven(forged):
    card = forged.folder / "README.md"
    text = card.read_text("utf-8")
    body = text.index("\n---\n", 4)
    places = [found.start() for found in re.finditer(r"\d+", text) if found.start() > body]
    assert len(places) > 80
    walk = read_tables(forged.folder)
    for place in places:
        card.write_text(f"{text[:place]}{(int(text[place]) + 1) % 10}{text[place + 1 :]}", "utf-8")
        again = replace(walk, findings={name: Finding() for name in PROMISES})
        read_claims(again)
        check_card(again, again.card)
        wrong = {name for name, finding in again.findings.items() if finding.wrong}
        assert wrong - {"sums"} == {"card"}, text[place - 20 : place + 20]


@pytest.mark.slow
def test_numbers_of_the_front_matter_that_the_data_knows_are_proven(forged):
    card = forged.folder / "README.md"
    text = card.read_text("utf-8")
    for key in (
        *("num_examples", "download_size", "dataset_size", "num_bytes", "published", "carried_spans", "max_chars"),
        *("rows_sha256", "default/train", "carried", "annotations", "deleted_suggestions", "rows_hash"),
    ):
        place = re.search(rf"\b{key}: [a-f]*", text).end()
        digit = (int(text[place]) + 1) % 10
        card.write_text(f"{text[:place]}{digit}{text[place + 1 :]}", "utf-8")
        write_sums(forged.folder)
        assert [check.name for check in verify_dataset(forged.folder) if not check.passed], key


def test_what_publishers_add_to_the_card_is_theirs(forged):
    card = forged.folder / "README.md"
    text = card.read_text("utf-8")
    card.write_text(text.replace("## Uses\n", "## Thanks\n\nTo 3 people.\n\n## Uses\n"), "utf-8")
    assert broken(forged.folder) == set()
