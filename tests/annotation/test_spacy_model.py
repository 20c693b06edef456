"""Any spaCy pipeline by path: trained here, saved, read back; its tokens' spans stand on our characters."""

import shutil

import pytest
import spacy
from spacy.language import Language
from spacy.training import Example

import annotation
from annotation.gold import read_gold
from annotation.groups import suggested
from annotation.pipeline import annotate_all, left_out, model_of, suggest, suggest_all
from corpus.errors import JiaozhuError
from corpus.workspace import Annotation

TEXTS = [
    ("阿里山在嘉义。", [("阿里山", "FAC"), ("嘉义", "GPE")]),
    ("李雷去了嘉义。", [("李雷", "PER"), ("嘉义", "GPE")]),
    ("韩梅梅在上海。", [("韩梅梅", "PER"), ("上海", "GPE")]),
    ("李雷和韩梅梅在青禾公司。", [("李雷", "PER"), ("韩梅梅", "PER"), ("青禾公司", "ORG")]),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A pipeline of another kind than ours: its own tokenizer (characters without white space), other labels."""
    spacy.util.fix_random_seed(0)
    nlp = spacy.blank("zh")
    nlp.add_pipe(
        "ner",
        config={
            "model": {
                "@architectures": "spacy.TransitionBasedParser.v2",
                "state_type": "ner",
                "extra_state_tokens": False,
                "hidden_width": 32,
                "maxout_pieces": 2,
                "use_upper": True,
                "nO": None,
                "tok2vec": {
                    "@architectures": "spacy.HashEmbedCNN.v2",
                    "pretrained_vectors": None,
                    "width": 32,
                    "depth": 2,
                    "embed_size": 500,
                    "window_size": 1,
                    "maxout_pieces": 2,
                    "subword_features": True,
                },
            }
        },
    )
    examples = []
    for text, marked in TEXTS:
        spans = [(text.index(name), text.index(name) + len(name), label) for name, label in marked]
        examples.append(Example.from_dict(nlp.make_doc(text), {"entities": spans}))
    optimizer = nlp.initialize(lambda: examples)
    optimizer.learn_rate = 0.01
    for _ in range(60):
        nlp.update(examples, sgd=optimizer)
    path = tmp_path_factory.mktemp("model") / "ner"
    nlp.to_disk(path)
    return path


def alone(folder, **settings):
    return Annotation(
        model=str(folder), skip=("amounts", "dates", "lac", "places", "organizations", "people"), **settings
    )


def test_its_entities_are_suggested_on_our_characters_with_our_labels_and_its_name(folder):
    nlp = annotation.load_pipeline(alone(folder))
    text = "\n  李雷 去了嘉义。\u3000𠮷韩梅梅在上海。"
    found = suggest(nlp, text)
    assert {(s.text, s.label) for s in found} >= {("李雷", "PERSON"), ("嘉义", "LOC"), ("上海", "LOC")}
    assert all(s.text == text[s.start : s.end] for s in found)
    assert {s.source for s in found} == {f"zh_pipeline@{model_of(nlp).partition('model.')[2].partition('.settle')[0]}"}
    assert {s.score for s in found} == {0.9}


def test_many_texts_give_what_each_gives_alone_and_a_long_one_is_read_in_passages(folder):
    nlp = annotation.load_pipeline(alone(folder))
    texts = [text for text, _ in TEXTS] + ["", " \n", "李雷去了嘉义。" * 600]
    assert list(suggest_all(nlp, texts)) == [suggest(nlp, text) for text in texts]
    assert len(suggest(nlp, texts[-1])) > 1_000


def test_it_joins_our_own_parts_as_a_voter(folder):
    nlp = annotation.load_pipeline(Annotation(model=str(folder)))
    assert nlp.pipe_names[-2:] == ["jiaozhu_spacy", "jiaozhu_settle"]
    text = "李雷去了上海。"
    with_it = {s.text: s for s in suggest(nlp, text)}
    without = {s.text: s for s in suggest(annotation.load_pipeline(), text)}
    assert with_it["上海"].score > without["上海"].score
    doc = nlp(text)
    assert [f.label for f in suggested(doc, "model")] == ["PERSON", "LOC"]


def test_what_only_it_finds_is_suggested_too(folder):
    text = "韩梅梅和李雷在青禾公司。"
    without = {s.text for s in suggest(annotation.load_pipeline(), text)}
    with_it = {s.text for s in suggest(annotation.load_pipeline(Annotation(model=str(folder))), text)}
    assert with_it >= without | {"李雷", "韩梅梅"}


def test_a_label_can_be_mapped_otherwise_or_left_out(folder):
    found = suggest(annotation.load_pipeline(alone(folder, labels={"GPE": "ORG", "PER": ""})), "李雷去了嘉义。")
    assert {(s.text, s.label) for s in found} == {("嘉义", "ORG")}


def test_a_pipeline_that_marks_nothing_is_refused(tmp_path):
    spacy.blank("zh").to_disk(tmp_path / "blank")
    with pytest.raises(JiaozhuError, match="none of its labels"):
        annotation.load_pipeline(Annotation(model=str(tmp_path / "blank")))


def test_the_command_compares_it_with_gold(folder, tmp_path):
    from typer.testing import CliRunner

    from jiaozhu import app

    (tmp_path / "gold.txt").write_text("[[李雷|PERSON]]去了[[嘉义|LOC]]。\n", "utf-8")
    assert read_gold(tmp_path / "gold.txt")
    shown = CliRunner().invoke(app, ["annotation", "evaluate", str(tmp_path / "gold.txt"), "--model", str(folder)])
    assert shown.exit_code == 0, shown.output
    assert ".model.0.0.0." in shown.output


def test_labels_that_nobody_mapped_are_named_and_counted_until_they_are(tmp_path):
    nlp = spacy.blank("zh")
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": label, "pattern": name} for label, name in (("GPE", "嘉义"), ("TITLE", "县长"))])
    nlp.to_disk(tmp_path / "ruler")
    texts = ["嘉义的县长和县长。", "县长。"]
    loaded = annotation.load_pipeline(alone(tmp_path / "ruler"))
    assert [[span.text for span in spans] for spans in suggest_all(loaded, texts)] == [["嘉义"], []]
    assert left_out(loaded) == {"TITLE": 3}
    mapped = annotation.load_pipeline(alone(tmp_path / "ruler", labels={"TITLE": ""}))
    assert [len(spans) for spans in suggest_all(mapped, texts)] == [1, 0]
    assert left_out(mapped) == {}


def test_what_is_left_out_is_counted_once_where_another_part_fails(tmp_path):
    @Language.component("test_fails_beside_a_model")
    def fails(doc):
        if "麻烦" in doc.text:
            raise ValueError
        return doc

    nlp = spacy.blank("zh")
    nlp.add_pipe("entity_ruler").add_patterns(
        [{"label": "GPE", "pattern": "嘉义"}, {"label": "TITLE", "pattern": "县长"}]
    )
    nlp.to_disk(tmp_path / "ruler")
    loaded = annotation.load_pipeline(alone(tmp_path / "ruler"))
    loaded.add_pipe("test_fails_beside_a_model")
    assert [len(made.failures) for made in annotate_all(loaded, ["县长。", "县长麻烦。", "县长。"])] == [0, 1, 0]
    assert left_out(loaded) == {"TITLE": 3}


def test_the_summary_of_a_run_tells_how_to_map_what_was_left_out(tmp_path):
    from typer.testing import CliRunner

    from corpus.records import SCHEMAS, text_sha256
    from corpus.store import TableWriter
    from jiaozhu import app

    nlp = spacy.blank("zh")
    nlp.add_pipe("entity_ruler").add_patterns(
        [{"label": "GPE", "pattern": "嘉义"}, {"label": "TITLE", "pattern": "县长"}]
    )
    nlp.to_disk(tmp_path / "ruler")
    text = "嘉义的县长。"
    with TableWriter(tmp_path / "corpus" / "documents" / "part.parquet", SCHEMAS["documents"]) as table:
        table.write({"doc_id": "a", "text": text, "text_sha256": text_sha256(text), "is_canonical": True})
    where = [
        "--corpus",
        str(tmp_path / "corpus"),
        "-o",
        str(tmp_path / "s.parquet"),
        "--model",
        str(tmp_path / "ruler"),
    ]
    shown = CliRunner().invoke(app, ["annotation", "preannotate", *where])
    assert shown.exit_code == 0, shown.output
    assert "no such label: 1 TITLE; map each in [annotation.labels]" in shown.output
    (tmp_path / "gold.txt").write_text("[[嘉义|LOC]]的县长。\n", "utf-8")
    where = [str(tmp_path / "gold.txt"), "--model", str(tmp_path / "ruler")]
    shown = CliRunner().invoke(app, ["annotation", "evaluate", *where])
    assert 'no such label: 1 TITLE; map each in [annotation.labels], to a label of yours or to ""' in shown.output


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("config.cfg", b"[nlp\n"),
        ("config.cfg", b""),
        ("meta.json", b"{"),
        ("meta.json", b"[]"),
        ("ner/model", b"xx"),
        ("ner/moves", None),
        ("vocab/strings.json", b"{"),
    ],
)
def test_a_pipeline_that_is_damaged_is_one_line_before_a_text_is_read(folder, tmp_path, file, content):
    broken = shutil.copytree(folder, tmp_path / "broken")
    (broken / file).unlink()
    if content is not None:
        (broken / file).write_bytes(content)
    with pytest.raises(JiaozhuError, match="this spaCy pipeline cannot be loaded") as raised:
        annotation.load_pipeline(alone(broken))
    assert str(raised.value).startswith(str(broken))
    assert "\n" not in str(raised.value)
