"""A Hugging Face token classifier by path: made here, tiny, saved, read back; exact offsets, windows, no pickle."""

import json
import shutil

import pytest

import annotation
from annotation.groups import Found
from annotation.huggingface import HuggingFace, Token, aggregate
from annotation.pipeline import suggest, suggest_all
from corpus.errors import JiaozhuError
from corpus.workspace import Annotation

torch = pytest.importorskip("torch", reason="torch is not here; make test runs this in .venv-huggingface")
transformers = pytest.importorskip(
    "transformers", reason="transformers is not here; make test runs this in .venv-huggingface"
)

TAGS = ["O", "B-PER", "I-PER", "B-GPE", "I-GPE", "B-company", "I-company"]
NAMES = {"李雷": "PER", "韩梅梅": "PER", "嘉义": "GPE", "上海": "GPE", "青禾公司": "company", "ABB": "company"}
WINDOW = 32


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A Bert of one layer that has learned by heart which characters are names; its window is 32 tokens."""
    path = tmp_path_factory.mktemp("model") / "bert"
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *dict.fromkeys("".join(NAMES) + "去了和在,。的abc"), "##B"]
    (path.parent / "vocab.txt").write_text("\n".join(words), "utf-8")
    tokenizer = transformers.BertTokenizerFast(
        vocab={word: number for number, word in enumerate(words)}, do_lower_case=False, model_max_length=WINDOW
    )
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(words),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=WINDOW,
        id2label=dict(enumerate(TAGS)),
        label2id={tag: number for number, tag in enumerate(TAGS)},
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    model = transformers.BertForTokenClassification(config)
    texts = [f"{a}去了{b}和{c},在{a}。" for a in NAMES for b in NAMES for c in ("的", "abc")]
    made = tokenizer(texts, return_tensors="pt", padding=True, return_offsets_mapping=True)
    offsets = made.pop("offset_mapping").tolist()
    wanted = torch.full(made["input_ids"].shape, -100)
    for row, text in enumerate(texts):
        tags = ["O"] * len(text)
        for name, label in NAMES.items():
            at = text.find(name)
            while at >= 0:
                tags[at : at + len(name)] = [f"B-{label}"] + [f"I-{label}"] * (len(name) - 1)
                at = text.find(name, at + 1)
        for i, (start, end) in enumerate(offsets[row]):
            if start < end:
                wanted[row, i] = TAGS.index(tags[start])
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(60):
        loss = model(**made, labels=wanted).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.save_pretrained(path)
    tokenizer.save_pretrained(path)
    return path


def alone(folder, **settings):
    return Annotation(
        model=str(folder), skip=("amounts", "dates", "lac", "places", "organizations", "people"), **settings
    )


def test_its_entities_are_suggested_with_exact_offsets_probabilities_and_the_digest_of_the_files(folder):
    text = "\n 李雷 去了上海,在青禾公司。\u3000𠮷😀韩梅梅去了嘉义。"
    found = suggest(annotation.load_pipeline(alone(folder)), text)
    assert [(s.text, s.label) for s in found] == [
        ("李雷", "PERSON"),
        ("上海", "LOC"),
        ("青禾公司", "ORG"),
        ("韩梅梅", "PERSON"),
        ("嘉义", "LOC"),
    ]
    assert all(s.text == text[s.start : s.end] and 0.5 < s.score <= 1 for s in found)
    [source] = {s.source for s in found}
    assert source.startswith("bert@")
    assert source.partition("@")[2] in annotation.load_pipeline(alone(folder)).meta["version"]


def test_a_text_longer_than_a_window_is_read_whole_and_nothing_is_found_twice(folder):
    text = "李雷去了上海,在青禾公司。" * 40
    found = suggest(annotation.load_pipeline(alone(folder)), text)
    assert [s.text for s in found] == ["李雷", "上海", "青禾公司"] * 40


def test_a_name_across_the_end_of_a_window_is_one(folder):
    for shift in range(WINDOW):
        text = "的" * shift + "青禾公司" + "的" * WINDOW
        found = suggest(annotation.load_pipeline(alone(folder)), text)
        assert ("青禾公司", shift) in [(s.text, s.start) for s in found]


def test_many_texts_give_what_each_gives_alone(folder):
    nlp = annotation.load_pipeline(alone(folder))
    texts = ["李雷去了嘉义。", "", " \n", "韩梅梅和李雷在上海。" * 9, "的"]
    together = list(suggest_all(nlp, texts))
    apart = [suggest(nlp, text) for text in texts]
    assert [[s[:4] for s in map(_shown, spans)] for spans in together] == [
        [s[:4] for s in map(_shown, spans)] for spans in apart
    ]


def _shown(span):
    return span.start, span.end, span.label, span.source


def test_a_latin_word_is_never_cut(folder):
    found = suggest(annotation.load_pipeline(alone(folder)), "李雷在ABB。")
    assert ("ABB", "ORG") in [(s.text, s.label) for s in found]


def test_it_joins_our_own_parts_as_a_voter(folder):
    text = "李雷去了上海。"
    with_it = {s.text: s for s in suggest(annotation.load_pipeline(Annotation(model=str(folder))), text)}
    without = {s.text: s for s in suggest(annotation.load_pipeline(), text)}
    assert with_it["上海"].score > without["上海"].score


def test_nothing_but_safetensors_is_read(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "pickled")
    model = transformers.BertForTokenClassification.from_pretrained(folder)
    torch.save(model.state_dict(), copy / "pytorch_model.bin")
    (copy / "model.safetensors").unlink()
    with pytest.raises(JiaozhuError, match=r"holds no \.safetensors"):
        annotation.load_pipeline(Annotation(model=str(copy)))


def test_code_that_comes_with_a_model_is_not_run(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "coded")
    config = json.loads((copy / "config.json").read_text())
    config["auto_map"] = {"AutoConfig": "own.Config", "AutoModelForTokenClassification": "own.Model"}
    config["model_type"] = "own"
    (copy / "config.json").write_text(json.dumps(config))
    (copy / "own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    with pytest.raises(JiaozhuError, match="cannot be loaded"):
        annotation.load_pipeline(Annotation(model=str(copy)))
    assert not (tmp_path / "ran").exists()


def test_an_encoder_without_a_trained_head_is_refused(folder, tmp_path):
    model = transformers.BertForTokenClassification.from_pretrained(folder)
    copy = shutil.copytree(folder, tmp_path / "encoder")
    model.bert.save_pretrained(copy)
    with pytest.raises(JiaozhuError, match=r"no token classifier|none of its labels"):
        annotation.load_pipeline(Annotation(model=str(copy)))


def test_a_damaged_model_is_one_clear_line(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "damaged")
    (copy / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(JiaozhuError, match="cannot be loaded") as raised:
        annotation.load_pipeline(Annotation(model=str(copy)))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("B-A I-A O B-A", [(0, 2, "A"), (3, 4, "A")]),
        ("B-A B-A I-A O", [(0, 1, "A"), (1, 3, "A")]),
        ("I-A I-A O I-B", [(0, 2, "A"), (3, 4, "B")]),
        ("B-A I-B I-B O", [(0, 1, "A"), (1, 3, "B")]),
        ("B-A M-A E-A S-A", [(0, 3, "A"), (3, 4, "A")]),
        ("B-A I-A E-A I-A", [(0, 3, "A"), (3, 4, "A")]),
        ("U-A B-A L-A A", [(0, 1, "A"), (1, 3, "A"), (3, 4, "A")]),
        ("A A O A", [(0, 2, "A"), (3, 4, "A")]),
    ],
)
def test_every_way_to_tag_is_read(tags, expected):
    tokens = [Token(i, i + 1, tag, 0.9 - i / 10) for i, tag in enumerate(tags.split())]
    found = list(aggregate("甲乙丙丁", tokens))
    assert [f[:3] for f in found] == expected
    assert [f.score for f in found] == [pytest.approx(0.9 - (end - 1) / 10) for _, end, _ in expected]


def test_a_span_goes_over_a_space_but_not_over_a_line_or_a_lost_character():
    tokens = [Token(0, 1, "B-A", 0.9), Token(2, 3, "I-A", 0.8)]
    assert [f[:2] for f in aggregate("甲 乙", tokens)] == [(0, 3)]
    assert [f[:2] for f in aggregate("甲\n乙", tokens)] == [(0, 1), (2, 3)]
    assert [f[:2] for f in aggregate("甲丙乙", tokens)] == [(0, 1), (2, 3)]


def test_the_pieces_of_a_latin_word_go_with_its_first():
    tokens = [Token(0, 2, "B-A", 0.9), Token(2, 3, "O", 0.9), Token(3, 4, "O", 0.9)]
    assert list(aggregate("ABC,", tokens)) == [Found(0, 3, "A", 0.9)]


def test_the_part_can_be_made_without_its_model():
    made = HuggingFace(annotation.load_pipeline(), "x", "nowhere", {}, ["ORG"], 0.9)
    with pytest.raises(JiaozhuError, match="nowhere"):
        made.labels  # noqa: B018
