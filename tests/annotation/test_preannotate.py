"""Every canonical document gets its suggestions, the same corpus the same bytes, and nothing is half-written."""

import json

import pytest
from typer.testing import CliRunner

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
