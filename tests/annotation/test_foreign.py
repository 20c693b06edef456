"""What all foreign models go through: labels, passages, edges, and what cannot be used."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import annotation
from annotation.foreign import digest, give, label_map, passages
from annotation.groups import Found
from corpus.errors import JiaozhuError
from corpus.workspace import Annotation

SCHEME = ("ORG", "LOC", "PERSON", "DATE", "DRUG")


@pytest.mark.parametrize(
    ("foreign", "chosen", "expected"),
    [
        (["GPE", "FAC", "NORP"], {}, {"GPE": "LOC", "FAC": "LOC"}),
        (["nr", "ns", "nt"], {}, {"nr": "PERSON", "ns": "LOC", "nt": "ORG"}),
        (["company", "government", "address", "book"], {}, {"company": "ORG", "government": "ORG", "address": "LOC"}),
        (["DRUG", "PER"], {"PER": ""}, {"DRUG": "DRUG"}),
        (["GPE"], {"GPE": "ORG"}, {"GPE": "ORG"}),
    ],
)
def test_labels_of_other_schemes_become_ours(foreign, chosen, expected):
    assert label_map("m", foreign, chosen, SCHEME) == expected


def test_a_model_without_a_label_of_ours_is_refused():
    with pytest.raises(JiaozhuError, match=r"none of its labels \(LABEL_0, LABEL_1\).*\[annotation\.labels\]"):
        label_map("m", ["LABEL_1", "LABEL_0"], {}, SCHEME)


@given(st.text("甲乙丙。，\n ", max_size=80), st.integers(1, 20))
def test_passages_hold_every_character_that_is_not_white_space_and_none_is_too_long(text, limit):
    spans = list(passages(text, limit))
    assert all(0 < end - start <= limit for start, end in spans)
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())
    assert all(a[1] <= b[0] for a, b in pairwise(spans))


def test_quotes_and_white_space_at_the_edges_are_left_outside_and_overlaps_settled():
    doc = annotation.load_pipeline().make_doc("《人民日报》 报道")
    give(doc, "x@1", [Found(0, 7, "ORG", 0.5), Found(1, 3, "LOC", 0.9)], ["ORG"], 0.8)
    group = doc.spans["model"]
    assert [(span.text, span.label_) for span in group] == [("人民日报", "ORG")]
    assert group.attrs["trust"] == {"ORG": [0.8, 0.8]}


def test_the_digest_changes_with_a_byte_and_with_a_name(tmp_path):
    (tmp_path / "a").write_bytes(b"1")
    first = digest(tmp_path)
    assert first == digest(tmp_path)
    (tmp_path / "a").write_bytes(b"2")
    second = digest(tmp_path)
    (tmp_path / "a").rename(tmp_path / "b")
    assert len({first, second, digest(tmp_path)}) == 3


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda folder: None, "no such folder; \\[annotation\\] model is lac, none"),
        (lambda folder: folder.mkdir(), "neither a spaCy pipeline"),
        (lambda folder: (folder.mkdir(), (folder / "config.json").write_text("{}")), "holds no .safetensors"),
        (
            lambda folder: (folder.mkdir(), (folder / "meta.json").write_text("{}"), (folder / "config.cfg").touch()),
            "this spaCy pipeline cannot be loaded",
        ),
    ],
)
def test_a_model_that_cannot_be_used_is_one_clear_line(tmp_path, make, reason):
    folder = tmp_path / "model"
    make(folder)
    if "safetensors" in reason:
        pytest.importorskip("transformers", reason="the extra huggingface is not installed")
    with pytest.raises(JiaozhuError, match=reason) as raised:
        annotation.load_pipeline(Annotation(model=str(folder)))
    assert str(raised.value).startswith(f"{folder}: ")
    assert "\n" not in str(raised.value)
