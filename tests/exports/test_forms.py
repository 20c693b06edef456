"""Every form gives back what stands in the tables, to the reader it was made for."""

import json
import re
from functools import partial
from itertools import groupby, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.labels import Label, LabelScheme, load_labels
from annotation.project import ensure_project
from annotation.pull import pull
from corpus.errors import JiaozhuError
from corpus.folder import files_of, write_sums
from exports.build import build_dataset
from exports.forms import FORMS, chosen_forms, write_form
from exports.forms.chat import answer_schema, occurrences
from exports.forms.conll import unescape
from exports.rows import Shape
from exports.tags import decode, tag_names
from exports.verify import verify_dataset
from tests.exports.making import PRIVATE_PAGES, PRIVATE_SPANS, SCHEME, make, tags_of, write_corpus

LABELS = ["ORG", "LOC", "MONEY"]
SHAPE = Shape(tuple(LABELS))
HOSTILE = "甲乙甲丙 \t\n\r\u3000\u00a0\u2028\x85\u200b\ufeff😀𠮷e\u0301\"\\'<&>#|;,-O"


@st.composite
def passages(draw):
    """Rows of a split: documents of a few passages each, of characters that readers stumble over."""
    rows = []
    for number in range(draw(st.integers(1, 3))):
        offset = 0
        for part in range(draw(st.integers(1, 3))):
            text = draw(st.text(st.sampled_from(HOSTILE), min_size=1, max_size=30))
            borders = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
            entities = [
                {"start": start, "end": end, "label": draw(st.sampled_from(LABELS)), "text": text[start:end]}
                for start, end in pairwise(borders)
                if not text[start].isspace() and not text[end - 1].isspace() and draw(st.booleans())
            ]
            row = {"id": f"d{number}-{part:04}", "doc_id": f"d{number}", "offset": offset, "text": text}
            row["ner_tags"] = tags_of(len(text), triples(entities), LABELS)
            rows.append({**row, "entities": entities, "title": None, "url": "u", "published_at": None})
            offset += len(text)
    return rows


def by_passage(rows):
    return [(row["text"], triples(row["entities"])) for row in rows]


def by_document(rows):
    found = []
    for _, group in groupby(rows, key=lambda row: row["doc_id"]):
        parts = list(group)
        spans = [
            (part["offset"] + start, part["offset"] + end, label)
            for part in parts
            for start, end, label in triples(part["entities"])
        ]
        found.append(("".join(part["text"] for part in parts), spans))
    return found


def triples(entities):
    return [(entity["start"], entity["end"], entity["label"]) for entity in entities]


def json_lines(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def read_conll(folder, split):
    found = []
    for block in (folder / f"{split}.conll").read_text("utf-8").split("\n\n")[:-1]:
        pairs = [line.split() for line in block.splitlines()]
        tags = [tag_names(LABELS).index(tag) for _, tag in pairs]
        found.append(("".join(unescape(token) for token, _ in pairs), decode(tags, LABELS)))
    return found


def read_spacy(folder, split):
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab

    docs = [doc for file in sorted((folder / split).iterdir()) for doc in DocBin().from_disk(file).get_docs(Vocab())]
    assert all(len(doc) == len(doc.text) for doc in docs)
    assert all(token.ent_iob_ != "" for doc in docs for token in doc)  # outside is said, not left open
    return [(doc.text, [(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents]) for doc in docs]


def read_gliner(folder, split):
    found = json.loads((folder / f"{split}.json").read_text("utf-8"))
    return [("".join(item["tokenized_text"]), [(a, b + 1, label) for a, b, label in item["ner"]]) for item in found]


def read_flair(folder, split):
    return [(item["data"], [tuple(label) for label in item["label"]]) for item in json_lines(folder / f"{split}.jsonl")]


def read_cluener(folder, split):
    found = []
    for item in json_lines(folder / f"{split}.json"):
        spans = [
            (first, last + 1, label)
            for label, words in item["label"].items()
            for text, places in words.items()
            for first, last in places
            if item["text"][first : last + 1] == text
        ]
        found.append((item["text"], sorted(spans)))
    return found


def read_brat(folder, split):
    assert set(LABELS) <= set((folder / "annotation.conf").read_text().splitlines())
    found = []
    for file in sorted((folder / split).glob("*.txt")):
        text = file.read_bytes().decode()
        spans = []
        for number, line in enumerate(file.with_suffix(".ann").read_text("utf-8").splitlines(), 1):
            name, place, words = line.split("\t", 2)
            label, offsets = place.split(" ", 1)
            fragments = [tuple(map(int, fragment.split())) for fragment in offsets.split(";")]
            assert name == f"T{number}"
            assert words == " ".join(text[start:end] for start, end in fragments)
            assert len(words.splitlines()) == 1
            spans.append((fragments[0][0], fragments[-1][1], label))
        found.append((text, spans))
    return found


def read_labelstudio(folder, split):
    found = []
    for task in json.loads((folder / f"{split}.json").read_text("utf-8")):
        [annotation] = task["annotations"]
        values = [item["value"] for item in annotation["result"]]
        assert all(value["text"] == task["data"]["text"][value["start"] : value["end"]] for value in values)
        spans = [(value["start"], value["end"], *value["labels"]) for value in values]
        found.append((task["data"]["text"], spans))
    return found


def read_chat(folder, split):
    schema = json.loads((folder / "schema.json").read_text())
    found = []
    for item in json_lines(folder / f"{split}.jsonl"):
        system, user, assistant = item["messages"]
        assert [part["role"] for part in item["messages"]] == ["system", "user", "assistant"]
        assert all(
            label in system["content"]
            for label in schema["properties"]["entities"]["items"]["properties"]["label"]["enum"]
        )
        answer = json.loads(assistant["content"])
        jsonschema.validate(answer, schema)
        spans = []
        for entity in answer["entities"]:
            start = list(occurrences(user["content"], entity["text"]))[entity["occurrence"] - 1]
            spans.append((start, start + len(entity["text"]), entity["label"]))
        found.append((user["content"], spans))
    return found


READERS = {
    "conll": (read_conll, by_passage),
    "spacy": (read_spacy, by_passage),
    "gliner": (read_gliner, by_passage),
    "flair": (read_flair, by_passage),
    "cluener": (read_cluener, by_passage),
    "brat": (read_brat, by_document),
    "labelstudio": (read_labelstudio, by_document),
    "chat": (read_chat, by_passage),
}


def test_every_form_has_a_reader_here():
    assert list(READERS) == list(FORMS)


@pytest.mark.parametrize("form", FORMS)
@given(rows=passages())
def test_texts_and_entities_come_back_exactly(form, rows):
    read, expected = READERS[form]
    with TemporaryDirectory() as folder:
        for split in ("train", "test") if form != "cluener" else ("train",):
            FORMS[form](Path(folder), split, iter(rows), SHAPE)
            assert read(Path(folder), split) == expected(rows)


@pytest.fixture(scope="session")
def with_forms(tmp_path_factory):
    """A dataset with every form, and what it was built from."""
    folder = tmp_path_factory.mktemp("forms")
    made = make(folder)
    build_dataset(made.corpus, made.log, folder / "dataset", SCHEME, max_chars=20, forms=list(FORMS))
    return made, folder / "dataset"


def test_datasets_own_loader_reads_conll_with_white_space_and_all(tmp_path):
    from datasets import load_dataset

    text = f"甲 乙\n\n{HOSTILE}"
    entities = [{"start": 0, "end": 3, "label": "ORG", "text": text[:3]}]
    row = {"id": "a-0000", "doc_id": "a", "offset": 0, "text": text, "entities": entities}
    row["ner_tags"] = tags_of(len(text), triples(entities), LABELS)
    FORMS["conll"](tmp_path, "train", iter([row, {**row, "text": "丙", "ner_tags": [0], "entities": []}]), SHAPE)
    path = str(tmp_path / "train.conll")
    found = load_dataset("text", data_files=path, sample_by="paragraph", split="train", cache_dir=str(tmp_path / "c"))
    pairs = [[line.split(" ") for line in block.strip("\n").split("\n")] for block in found["text"]]
    assert [[unescape(token) for token, _ in block] for block in pairs] == [list(text), ["丙"]]
    assert [tag for _, tag in pairs[0]] == ["B-ORG", "I-ORG", "I-ORG"] + ["O"] * (len(text) - 3)


def test_a_dataset_with_every_form_keeps_every_promise_and_still_loads(with_forms, tmp_path):
    from datasets import load_dataset

    made, dataset = with_forms
    checks = {check.name: check for check in verify_dataset(dataset, made.corpus)}
    assert [name for name, check in checks.items() if not check.passed] == []
    assert int(checks["forms"].detail.split()[0]) == sum(name.startswith("forms/") for name in files_of(dataset)) > 20
    assert list(load_dataset(str(dataset), cache_dir=str(tmp_path))) == ["train", "validation", "test"]
    assert "`forms/conll`, `forms/spacy`" in (dataset / "README.md").read_text()


def test_a_split_that_the_dataset_lacks_is_lacking_in_its_forms_too(made, tmp_path):
    write_corpus(made.corpus, made.documents[3:4])  # one document, without an entity
    build_dataset(made.corpus, made.log, tmp_path / "dataset", SCHEME, forms=list(FORMS))
    assert [check.name for check in verify_dataset(tmp_path / "dataset") if not check.passed] == []
    [split] = [path.name.split("-")[0] for path in (tmp_path / "dataset" / "data").iterdir()]
    for form, (read, _) in READERS.items():
        name = {"validation": "dev"}.get(split, split) if form == "cluener" else split
        found = read(tmp_path / "dataset" / "forms" / form, name)
        assert "".join(text for text, _ in found) == made.documents[3]["text"]
        assert all(entities == [] for _, entities in found)


def test_the_same_inputs_give_the_same_forms_byte_for_byte(with_forms, tmp_path):
    made, dataset = with_forms
    build_dataset(made.corpus, made.log, tmp_path / "again", SCHEME, max_chars=20, forms=["chat", *FORMS])
    assert (tmp_path / "again" / "SHA256SUMS").read_bytes() == (dataset / "SHA256SUMS").read_bytes()


@pytest.mark.parametrize("form", FORMS)
def test_a_form_that_is_not_what_the_tables_give_is_found(form, tmp_path):
    made = make(tmp_path)
    dataset = tmp_path / "dataset"
    build_dataset(made.corpus, made.log, dataset, SCHEME, forms=[form])
    name = next(name for name in files_of(dataset) if re.search(r"forms/.*t(rain|est)", name))
    (dataset / name).write_bytes((dataset / name).read_bytes() + b" ")
    write_sums(dataset)
    failed = {check.name: check.detail for check in verify_dataset(dataset) if not check.passed}
    assert set(failed) == {"forms"}
    assert failed["forms"].endswith(f"{name}: is not what the tables give")
    (dataset / name).rename(dataset / f"{name}.mine")
    write_sums(dataset)
    failed = {check.name: check.detail for check in verify_dataset(dataset) if not check.passed}
    assert set(failed) == {"forms"}
    assert failed["forms"].startswith("2 wrong")


def test_a_form_that_the_card_does_not_name_is_no_part_of_the_dataset(dataset):
    (dataset / "forms" / "conll").mkdir(parents=True)
    (dataset / "forms" / "conll" / "train.conll").write_text("甲 O\n\n")
    write_sums(dataset)
    [failed] = [check for check in verify_dataset(dataset) if not check.passed]
    assert failed.name == "files"


def test_personal_data_is_masked_in_the_forms_too(tmp_path):
    made = make(tmp_path, PRIVATE_PAGES, PRIVATE_SPANS)
    build_dataset(made.corpus, made.log, tmp_path / "dataset", SCHEME, forms=set(FORMS) - {"spacy"})
    texts = [file.read_text("utf-8") for file in (tmp_path / "dataset" / "forms").rglob("*") if file.is_file()]
    assert len(texts) > 10
    for secret in ("13912345678", "wang.f", "86012345", "95588"):
        assert not any(secret in text for text in texts)


def test_a_form_that_there_is_not_or_that_lacks_its_package_is_named_in_one_line(made, tmp_path, monkeypatch):
    with pytest.raises(JiaozhuError, match="there is no form 'conllu'; the forms are conll, spacy,"):
        build_dataset(made.corpus, made.log, tmp_path / "out", SCHEME, forms=["conllu"])
    monkeypatch.setattr("exports.forms.find_spec", lambda name: None)
    with pytest.raises(JiaozhuError, match=r"needs spaCy; pip install 'jiaozhu\[annotation\]'"):
        build_dataset(made.corpus, made.log, tmp_path / "out", SCHEME, forms=["spacy"])
    assert not (tmp_path / "out").exists()
    assert chosen_forms(["chat", "conll", "chat"]) == ("conll", "chat")


def test_verify_says_that_it_could_not_look_at_spacys_form_without_its_spacy(with_forms, tmp_path, monkeypatch):
    made, _ = with_forms
    build_dataset(made.corpus, made.log, tmp_path / "dataset", SCHEME, forms=["spacy"])
    monkeypatch.setattr("exports.checks.files.spacy_version", lambda: "")
    [check] = [check for check in verify_dataset(tmp_path / "dataset") if check.name == "forms"]
    assert check.passed
    assert re.fullmatch(r"spacy was written by spaCy [\d.]+, which is not installed here", check.detail)


def test_an_answer_outside_the_schema_is_refused_by_it():
    refuse = partial(pytest.raises, jsonschema.ValidationError)
    good = {"text": "甲", "label": "ORG", "occurrence": 1}
    jsonschema.validate({"entities": [good]}, answer_schema(LABELS))
    for change in {"label": "GPE"}, {"occurrence": 0}, {"text": ""}, {"start": 3}:
        with refuse():
            jsonschema.validate({"entities": [good | change]}, answer_schema(LABELS))


@pytest.mark.slow
def test_spacy_trains_on_its_form(with_forms):
    import spacy
    from spacy.training import Corpus
    from spacy.util import fix_random_seed, minibatch

    fix_random_seed(0)
    nlp = spacy.blank("zh")
    ner = nlp.add_pipe("ner")
    examples = list(Corpus(with_forms[1] / "forms" / "spacy" / "train")(nlp))
    assert sum(len(example.reference.ents) for example in examples) > 3
    nlp.initialize(lambda: examples)
    assert set(ner.labels) <= set(SCHEME.names)
    losses = []
    for _ in range(60):
        found = {}
        for batch in minibatch(examples, 4):
            nlp.update(batch, losses=found)
        losses.append(found["ner"])
    assert losses[-1] < losses[0] / 4
    assert nlp.evaluate(examples)["ents_f"] > 0.8


@pytest.mark.slow
def test_label_studio_takes_its_form_and_gives_back_the_same_spans(label_studio, desk, document, tmp_path):
    from annotation.connection import connected

    scheme = load_labels()
    texts = ["青禾物流有限公司\t与北岭大学 签约。\r\n投资3.2亿元𠮷。\n", "没有实体的一段话。\n"]
    desk.write(*(document(text) for text in texts))
    spans = [[(0, 8, "ORG"), (10, 14, "ORG"), (22, 27, "MONEY")], []]
    rows = [
        {
            "id": f"{document(text).doc_id}-0000",
            "doc_id": document(text).doc_id,
            "offset": 0,
            "text": text,
            "title": "标题",
            "url": None,
            "published_at": None,
            "entities": [{"start": a, "end": b, "label": label, "text": text[a:b]} for a, b, label in found],
        }
        for text, found in zip(texts, spans, strict=True)
    ]
    FORMS["labelstudio"](tmp_path, "train", iter(rows), Shape(scheme.names))
    tasks = json.loads((tmp_path / "train.json").read_text("utf-8"))
    with connected(desk.workspace) as client:
        project = ensure_project(client, desk.workspace.studio.project, scheme)
        client.projects.import_tasks(project.id, request=tasks)
        config = (tmp_path / "labeling.xml").read_text("utf-8")
        fresh = client.projects.create(title=f"{desk.workspace.studio.project} xml", label_config=config)
        client.projects.import_tasks(fresh.id, request=tasks)
        listed = client.tasks.list(project=fresh.id, fields="all")
        assert sorted(len(task.annotations[0]["result"]) for task in listed) == [0, 3]
    assert pull(desk.workspace).refused == ()
    decided = {record.doc_id: record for record in desk.records}
    for row in rows:
        record = decided[row["doc_id"]]
        assert [(span.start, span.end, span.label) for span in record.spans] == triples(row["entities"])
        assert {span.verdict for span in record.spans} <= {"added"}


def test_labels_beyond_the_first_nine_still_have_a_hotkey_each(tmp_path):
    names = [f"L{number}" for number in range(20)]
    FORMS["labelstudio"](tmp_path, "train", iter([]), Shape(tuple(names)))
    hotkeys = re.findall(r'hotkey="(.)"', (tmp_path / "labeling.xml").read_text())
    assert len(set(hotkeys)) == len(names)
    assert LabelScheme("", tuple(Label(n, n, n, "#000000") for n in names), "").names == tuple(names)


def test_a_form_is_written_from_the_tables_alone(with_forms, tmp_path):
    _, dataset = with_forms
    for form in FORMS:
        write_form(dataset, tmp_path, form, Shape(SCHEME.names))
        for name in files_of(tmp_path / form):
            assert (tmp_path / form / name).read_bytes() == (dataset / "forms" / form / name).read_bytes()
