"""A text that has not changed is not read again; the table is, byte for byte, what reading all of it again gives."""

import json
from dataclasses import replace
from shutil import rmtree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation import people, pipeline, unchanged
from annotation.consistency import SOURCE
from annotation.preannotate import preannotate
from annotation.suggestions import read_suggestions
from corpus.records import SCHEMAS, text_sha256
from corpus.store import TableWriter
from corpus.workspace import Annotation
from tests.calling import call

RULES = Annotation(model="none")  # no model to load
TEXTS = (
    "9月25日,青岛市宣布投资5至7亿元。\n增长28%。\n",
    "",
    "没有实体。\n",
    "蓝鲸数据（300999.SZ）公告，股东拟减持股份。\n",
    "他昨天又想起蓝鲸数据。\n",
    "济南市工业和信息化局介绍，全市规上企业实现营业收入2343.4亿元。\n",
)


def write_corpus(folder, texts):
    """A corpus of `(text, is_canonical)`; a document is named after its place."""
    rmtree(folder, ignore_errors=True)
    with TableWriter(folder / "documents" / "part.parquet", SCHEMAS["documents"]) as table:
        for number, (text, is_canonical) in enumerate(texts):
            row = {"doc_id": f"{number:016x}", "text": text, "text_sha256": text_sha256(text)}
            table.write(row | {"is_canonical": is_canonical})
    return folder


def same_as_anew(folder, texts, chosen=RULES):
    """Suggest upon the table that is there; assert that it is what reading all gives; how many were not read."""
    pairs = [text if isinstance(text, tuple) else (text, True) for text in texts]
    corpus, table = write_corpus(folder / "corpus", pairs), folder / "s.parquet"
    counts = preannotate(corpus, table, chosen)
    anew = preannotate(corpus, folder / "anew.parquet", chosen, anew=True)
    assert table.read_bytes() == (folder / "anew.parquet").read_bytes()
    assert replace(counts, taken_over=0) == anew
    assert sorted(path.name for path in folder.iterdir()) == ["anew.parquet", "corpus", "s.parquet"]
    return counts.taken_over


@pytest.mark.parametrize(
    ("texts", "taken_over"),
    [
        (TEXTS, 6),
        (TEXTS[1:], 5),
        (TEXTS[::-1], 6),
        ((*TEXTS[:3], "增长30%。\n", *TEXTS[3:]), 6),
        ((*TEXTS[:3], TEXTS[3] + "增长30%。\n", *TEXTS[4:]), 5),
        ((TEXTS[0], *TEXTS), 7),
        (((TEXTS[0], False), *TEXTS[1:]), 5),
        (("增长30%。\n",), 0),
    ],
)
def test_only_new_texts_are_read_and_the_bytes_are_the_same(tmp_path, texts, taken_over):
    assert same_as_anew(tmp_path, TEXTS) == 0
    assert same_as_anew(tmp_path, texts) == taken_over


STATE = st.lists(st.tuples(st.sampled_from(TEXTS), st.booleans()), min_size=1, max_size=12)


@pytest.mark.slow
@given(states=st.lists(STATE, min_size=2, max_size=3), sizes=st.lists(st.integers(1, 5), min_size=3, max_size=3))
@settings(max_examples=15, deadline=None)
def test_any_runs_in_a_row_give_the_bytes_of_the_last_whatever_their_batch_sizes(tmp_path_factory, states, sizes):
    folder = tmp_path_factory.mktemp("any")
    before: set[str] = set()
    with pytest.MonkeyPatch.context() as patch:
        for state, size in zip(states, sizes, strict=False):
            patch.setattr(unchanged, "_BATCH", size)
            now = [text for text, is_canonical in state if is_canonical]
            known = sum(text in before for text in now)
            assert same_as_anew(folder, state, replace(RULES, batch_size=size)) == known
            before = set(now)


def test_a_name_that_comes_or_goes_with_one_document_is_spread_or_not_in_those_that_were_taken_over(tmp_path):
    def spread():
        return [
            span.text for row in read_suggestions(tmp_path / "s.parquet") for span in row.spans if span.source == SOURCE
        ]

    clear, vague = TEXTS[3:5]
    for texts, taken_over, names in (
        ([vague], 0, []),
        ([vague, clear], 1, ["蓝鲸数据"]),
        ([vague, clear], 2, ["蓝鲸数据"]),
        ([vague], 1, []),
    ):
        assert same_as_anew(tmp_path, texts, Annotation()) == taken_over
        assert spread() == names


@pytest.mark.parametrize("size", [1, 2, 5])
def test_the_size_of_a_batch_changes_no_byte(tmp_path, size):
    corpus = write_corpus(tmp_path / "corpus", [(text, True) for text in TEXTS * 2])
    preannotate(corpus, tmp_path / "s.parquet", Annotation())
    preannotate(corpus, tmp_path / "other.parquet", Annotation(batch_size=size))
    assert (tmp_path / "s.parquet").read_bytes() == (tmp_path / "other.parquet").read_bytes()


@pytest.mark.parametrize("other", [replace(RULES, min_score=0.9), replace(RULES, skip=("dates",)), Annotation()])
def test_another_pipeline_reads_all(tmp_path, other):
    same_as_anew(tmp_path, TEXTS)
    assert same_as_anew(tmp_path, TEXTS, other) == 0


def test_another_list_of_names_reads_all(tmp_path):
    folder = tmp_path / "work"
    names = tmp_path / "names.tsv"
    names.write_text("蓝鲸数据\n", "utf-8")
    listed = replace(RULES, list=names)
    same_as_anew(folder, TEXTS, listed)
    assert same_as_anew(folder, TEXTS, listed) == len(TEXTS)
    names.write_text("蓝鲸数据\n青岛市\tLOC\n", "utf-8")
    assert same_as_anew(folder, TEXTS, listed) == 0


@pytest.mark.parametrize("name", ["code_sha256", "version", "python_version"])
def test_a_table_of_other_code_or_libraries_gives_nothing(tmp_path, monkeypatch, name):
    same_as_anew(tmp_path, TEXTS)
    monkeypatch.setattr(unchanged, name, lambda *_: "another")
    assert same_as_anew(tmp_path, TEXTS) == 0


def test_a_damaged_table_gives_nothing_wherever_the_damage_is(tmp_path):
    same_as_anew(tmp_path, TEXTS)
    table = tmp_path / "s.parquet"
    whole = table.read_bytes()
    corpus = tmp_path / "corpus"
    for place in [*range(0, len(whole), len(whole) // 20), len(whole) - 1]:
        damaged = bytearray(whole)
        damaged[place] ^= 1
        table.write_bytes(damaged)
        preannotate(corpus, table, RULES)
        assert table.read_bytes() == whole
    for length in (0, 3, len(whole) // 2):
        table.write_bytes(whole[:length])
        preannotate(corpus, table, RULES)
        assert table.read_bytes() == whole


def test_what_a_run_that_was_killed_left_is_no_hindrance(tmp_path):
    same_as_anew(tmp_path, TEXTS)
    for part in ("partial", "spread", "before"):
        (tmp_path / f".s.parquet.{part}").write_bytes(b"half of something")
    assert same_as_anew(tmp_path, TEXTS) == len(TEXTS)


def test_a_document_on_which_a_part_failed_is_read_again(tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(people, "find_people", lambda text, words: 1 // 0 if "青岛" in text else [])
        assert same_as_anew(tmp_path, TEXTS, Annotation()) == 0
        assert same_as_anew(tmp_path, TEXTS, Annotation()) == len(TEXTS) - 1
    corpus, table = tmp_path / "corpus", tmp_path / "s.parquet"
    counts = preannotate(corpus, table, Annotation())
    assert (counts.taken_over, counts.failures) == (len(TEXTS) - 1, {})


def test_with_a_foreign_model_all_is_read_as_its_answers_may_hang_on_the_batch(tmp_path, monkeypatch):
    same_as_anew(tmp_path, TEXTS)
    monkeypatch.setattr(pipeline, "is_foreign", lambda nlp: True)
    assert same_as_anew(tmp_path, TEXTS) == 0


def test_only_new_texts_reach_the_pipeline(tmp_path, monkeypatch):
    same_as_anew(tmp_path, TEXTS)
    seen = []
    read = pipeline.annotate_all
    monkeypatch.setattr(pipeline, "annotate_all", lambda nlp, texts: read(nlp, [seen.append(t) or t for t in texts]))
    preannotate(write_corpus(tmp_path / "corpus", [(t, True) for t in (*TEXTS, "新\n")]), tmp_path / "s.parquet", RULES)
    assert seen == ["新\n"]


def test_the_command_says_how_many_documents_were_not_read(tmp_path):
    write_corpus(tmp_path / "corpus", [(text, True) for text in TEXTS])
    (tmp_path / "jiaozhu.toml").write_text('[annotation]\nmodel = "none"\n', "utf-8")

    def run(*options):
        return call(tmp_path, "annotation", "preannotate", "--corpus", "corpus", "-o", "s.parquet", *options).stdout

    assert "not read again" not in run()
    assert "6 documents have not changed and were not read again" in run()
    assert json.loads(run("--json"))["taken_over"] == 6
    assert json.loads(run("--json", "--force"))["taken_over"] == 0
