"""The comparison with gold: what is counted, what it costs an annotator, which gold is read, what is refused."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from annotation import people
from annotation.evaluate import evaluate, predictor
from annotation.gold import Entity, Gold, parse_marked, read_gold
from corpus.errors import JiaozhuError
from corpus.records import SCHEMAS, text_sha256
from corpus.store import TableWriter
from jiaozhu import app

TEXT = "济南市科技局总工程师张根生介绍"
GOLD = Gold("a", TEXT, (Entity(0, 6, "ORG"), Entity(10, 13, "PERSON")))


def compare(*found):
    return evaluate(lambda texts: [found for _ in texts], [GOLD])


def test_the_same_spans_are_all_right():
    result = compare(*GOLD.spans)
    assert (result.total.precision, result.total.recall, result.total.f1) == (1, 1, 1)
    assert result.mistakes == ()


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        (Entity(0, 3, "ORG"), "border"),
        (Entity(0, 6, "LOC"), "type"),
        (Entity(0, 3, "LOC"), "type"),
        (Entity(6, 10, "ORG"), "spurious"),
    ],
)
def test_a_mistake_has_its_kind(found, kind):
    result = evaluate(lambda texts: [[found]], [GOLD], ["ORG", "LOC"])
    assert result.kinds[kind] == 1
    assert result.kinds["missed"] == (kind == "spurious")


def test_a_shared_character_is_enough_for_the_relaxed_figure():
    result = compare(Entity(0, 3, "ORG"))
    assert result.scores["ORG"].f1 == 0
    assert result.scores["ORG"].relaxed_f1 == 1


def test_the_work_is_counted_per_thousand_characters_against_starting_from_nothing():
    effort = compare(Entity(0, 6, "ORG"), Entity(9, 13, "PERSON"), Entity(7, 8, "ORG")).effort
    one = round(1000 / len(TEXT), 2)
    assert effort == {
        "keeps": one,
        "moves": one,
        "retypes": 0,
        "deletions": one,
        "additions": 0,
        "actions": round(2000 / len(TEXT), 2),
        "from_nothing": round(2000 / len(TEXT), 2),
    }


SPANS = st.lists(st.tuples(st.integers(0, 12), st.integers(1, 3), st.sampled_from(["ORG", "LOC"])), max_size=6)


@given(SPANS, SPANS)
def test_every_span_is_counted_once(gold, found):
    def entities(spans):
        return tuple({Entity(s, s + n, label) for s, n, label in spans})

    wanted, made = entities(gold), entities(found)
    result = evaluate(lambda texts: [made], [Gold("x", TEXT, wanted)], ["ORG", "LOC"])
    kinds, total = result.kinds, result.total
    assert total.exact + kinds["border"] + kinds["type"] + kinds["missed"] == len(wanted)
    assert total.exact + kinds["border"] + kinds["type"] + kinds["spurious"] == len(made)


def test_marks_are_taken_out_of_the_text():
    gold = parse_marked("a", "[[济南|LOC]]的[[张根生|PERSON]]")
    assert gold == Gold("a", "济南的张根生", (Entity(0, 2, "LOC"), Entity(3, 6, "PERSON")))


def write_corpus(folder):
    with TableWriter(folder / "documents" / "part.parquet", SCHEMAS["documents"]) as table:
        table.write({"doc_id": "d", "text": TEXT, "text_sha256": text_sha256(TEXT), "is_canonical": True})
    return folder


def test_gold_is_read_from_marked_texts_and_from_lines_with_and_without_their_text(tmp_path):
    marked = "[[济南市科技局|ORG]]总工程师[[张根生|PERSON]]介绍"
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.txt").write_text(marked + "\n")
    (tmp_path / "lines.txt").write_text(f"# heading\n{marked}\n\n{marked}\n")
    row = {"text": TEXT, "spans": [list(span) for span in GOLD.spans]}
    (tmp_path / "with.jsonl").write_text(json.dumps(row))
    (tmp_path / "without.jsonl").write_text(json.dumps({"text_sha256": text_sha256(TEXT), "spans": row["spans"]}))
    corpus = write_corpus(tmp_path / "corpus")
    assert [gold.spans for gold in read_gold(tmp_path / "articles")] == [GOLD.spans]
    assert [gold.spans for gold in read_gold(tmp_path / "lines.txt")] == [GOLD.spans] * 2
    for name in ("with", "without"):
        [gold] = read_gold(tmp_path / f"{name}.jsonl", corpus)
        assert (gold.text, gold.spans) == (TEXT, GOLD.spans)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("no.jsonl", None, "cannot be read"),
        ("bad.jsonl", "{", r"bad\.jsonl:1: not a JSON object"),
        ("form.jsonl", '{"text": "x"}', r"form\.jsonl:1: not gold"),
        ("out.jsonl", '{"text": "x", "spans": [[0, 9, "ORG"]]}', "outside its text of 1"),
        ("hash.jsonl", '{"text_sha256": "0", "spans": []}', "there is no corpus"),
        ("none.txt", "text without marks", "no gold here"),
    ],
)
def test_what_is_no_gold_is_one_clear_error(tmp_path, name, content, reason):
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(JiaozhuError, match=reason):
        read_gold(tmp_path / name, tmp_path / "nowhere")


def test_the_command_reads_an_annotation_log_and_prints_a_table_or_one_json_object(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    span = {"text": "张根生", "raw_start": 10, "raw_end": 13, "verdict": "added", "suggestion": None}
    record = {
        **dict.fromkeys(("annotation", "annotator", "created_at", "guideline"), "a"),
        **{"doc_id": "d", "text_sha256": text_sha256(TEXT), "lead_time": None, "model": None, "deleted": []},
        "spans": [{"start": 10, "end": 13, "label": "PERSON", **span}],
    }
    lines = [
        {**record, "status": "submitted", "updated_at": "1", "spans": []},
        {**record, "status": "submitted", "updated_at": "2"},
        {**record, "status": "skipped", "updated_at": "1", "annotation": "b", "spans": []},
    ]
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    arguments = ["annotation", "evaluate", "log.jsonl", "--corpus", str(write_corpus(tmp_path / "corpus"))]
    table = CliRunner().invoke(app, arguments)
    assert table.exit_code == 0, table.output
    assert "PERSON" in table.output
    assert "from nothing" in table.output
    shown = json.loads(CliRunner().invoke(app, [*arguments, "--json", "--errors"]).output)
    assert shown["texts"] == 1
    assert shown["labels"]["PERSON"]["f1"] == 1
    assert shown["errors"] == []


def test_strict_by_nervaluate_is_what_we_count_and_the_other_schemes_forgive_what_they_say():
    gold = [
        Gold("border", "山东齐鲁银行", (Entity(2, 6, "ORG"),)),
        Gold("type", "济南", (Entity(0, 2, "LOC"),)),
        Gold("right", "省委在济南", (Entity(0, 2, "ORG"), Entity(3, 5, "LOC"))),
    ]
    found = [[Entity(0, 6, "ORG")], [Entity(0, 2, "ORG")], list(gold[2].spans)]
    made = evaluate(lambda texts: found, gold)
    strict = made.schemes["strict"]
    assert strict == {
        "precision": made.total.precision,
        "recall": made.total.recall,
        "f1": made.total.f1,
    }
    f1 = {scheme: rates["f1"] for scheme, rates in made.schemes.items()}
    assert f1 == {"strict": 0.5, "exact": 0.75, "partial": 0.875, "ent_type": 0.75}


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.txt", "[[青岛市|loc]]开会。[[济南市|LOC]]", r"a\.txt:1: no mark at character 0"),
        ("a.txt", "开会。\n[[青岛市|LOC]开会。[[济南市|LOC]]", r"a\.txt:2: no mark at character 0"),
        ("a.txt", "[[[[山东|LOC]]大学|ORG]]", "none in another"),
        ("a.txt", "没有标注。", "no gold here"),
        ("a.jsonl", "{", r"a\.jsonl:1: not a JSON object"),
        ("a.jsonl", "[" * 100_000, r"a\.jsonl:1: not a JSON object"),
        ("a.jsonl", '[["spans", []]]', r"not a JSON object \(list\)"),
        ("a.jsonl", '{"text": 5, "spans": []}', "a line is"),
        ("a.jsonl", '{"text": "青岛市"}', "a line is"),
        ("a.jsonl", '{"text": "青岛市", "spans": [[0, Infinity, "LOC"]]}', "is no span"),
        ("a.jsonl", '{"text": "青岛市", "spans": [[0, 3, null]]}', "is no span"),
        ("a.jsonl", '{"text": "青岛市", "spans": [[0.5, 3, "LOC"]]}', "is no span"),
        ("a.jsonl", '{"text": "青岛市", "spans": [[0, 9, "LOC"]]}', "outside its text of 3"),
        ("a.jsonl", '{"text_sha256": "0", "spans": [[0, 3, "LOC"]]}', "holds no texts"),
    ],
)
def test_gold_that_is_broken_is_one_line_with_its_place(tmp_path, name, content, reason):
    (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(JiaozhuError, match=reason) as raised:
        read_gold(tmp_path / name)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", "\ufeff[[青岛市|LOC]]开\u2028会。\r\n\r\n# 注\r\n"),
        ("a.jsonl", '\ufeff{"text": "青岛市开\u2028会。", "spans": [[0, 3, "LOC"]]}\r\n\n'),
        (
            "a.jsonl",
            '{"text": "青岛市开\\u2028会。", "entities": [{"start": 0, "end": 3, "label": "LOC", "text": "青岛市"}]}',
        ),
    ],
)
def test_gold_is_read_as_people_keep_it(tmp_path, name, content):
    (tmp_path / name).write_bytes(content.encode())
    [gold] = read_gold(tmp_path / name)
    assert (gold.text, gold.spans) == ("青岛市开\u2028会。", (Entity(0, 3, "LOC"),))


def test_texts_without_a_span_count_and_labels_beyond_the_scheme_are_missed(tmp_path):
    (tmp_path / "a.jsonl").write_text(
        '{"text": "", "spans": []}\n{"text": "没有。", "spans": []}\n{"text": "阿司匹林", "spans": [[0, 4, "DRUG"]]}\n',
        "utf-8",
    )
    made = evaluate(predictor()[0], read_gold(tmp_path / "a.jsonl"))
    assert (made.texts, made.characters, made.kinds["missed"], made.scores["DRUG"].found) == (3, 7, 1, 0)


def test_gold_that_says_it_has_no_span_counts_what_is_found_all_the_same(tmp_path):
    lines = ('{"text": "张明远在青岛市投资5亿元。", "spans": []}', '{"text": "没有。", "spans": []}')
    (tmp_path / "a.jsonl").write_text("\n".join(lines), "utf-8")
    done = CliRunner().invoke(app, ["annotation", "evaluate", str(tmp_path / "a.jsonl"), "--json"])
    assert done.exit_code == 0, done.output
    made = json.loads(done.output)
    assert (made["labels"]["all"]["found"], made["labels"]["LOC"]["found"], made["labels"]["all"]["gold"]) == (3, 1, 0)
    assert (made["labels"]["all"]["precision"], made["mistakes"]["spurious"]) == (0, 3)
    assert made["per_1000_characters"]["deletions"] == round(3000 / made["characters"], 2)
    (tmp_path / "a.jsonl").write_text("\n")
    with pytest.raises(JiaozhuError, match="no gold here"):
        read_gold(tmp_path / "a.jsonl")


def test_a_part_that_fails_on_a_text_is_told_and_the_rest_is_compared(tmp_path, monkeypatch):
    read = people.find_people

    def fails(text, words):
        return 1 // 0 if "麻烦" in text else read(text, words)

    monkeypatch.setattr(people, "find_people", fails)
    (tmp_path / "a.txt").write_text("[[青岛市|LOC]]开会。\n麻烦的[[青岛市|LOC]]。\n麻烦。\n", "utf-8")
    command = ["annotation", "evaluate", str(tmp_path / "a.txt")]
    made = json.loads(CliRunner().invoke(app, [*command, "--json"]).output)
    assert (made["labels"]["LOC"]["exact"], list(made["failures"]["people"])) == (2, ["a.txt:2", "a.txt:3"])
    shown = CliRunner().invoke(app, command)
    assert shown.exit_code == 0, shown.output
    assert "people failed on 2 of the texts, first on a.txt:2: ZeroDivisionError" in shown.output


def test_a_text_with_many_spans_is_compared_in_a_time_that_grows_with_them():
    text = "青岛市。" * 8_000
    spans = tuple(Entity(at, at + 3, "LOC") for at in range(0, len(text), 4))
    moved = [span._replace(end=span.end - 1) for span in spans]
    started = time.process_time()
    made = evaluate(lambda _: [moved], [Gold("long", text, spans)])
    assert made.kinds == {"border": 8_000, "type": 0, "missed": 0, "spurious": 0}
    assert made.total.relaxed_f1 == 1
    assert time.process_time() - started < 10  # half a second; minutes, were each compared with each


def test_a_label_that_neither_the_gold_nor_the_scheme_has_is_one_line(tmp_path):
    (tmp_path / "a.txt").write_text("[[阿司匹林|DRUG]]在青岛市。\n", "utf-8")
    run = CliRunner().invoke
    unknown = run(app, ["annotation", "evaluate", str(tmp_path / "a.txt"), "--label", "PLACE"])
    assert "--label PLACE: neither" in str(unknown.exception)
    known = run(app, ["annotation", "evaluate", str(tmp_path / "a.txt"), "--label", "DRUG", "--label", "LOC", "--json"])
    assert known.exit_code == 0, known.output
    made = json.loads(known.output)
    assert (made["labels"]["LOC"]["found"], made["mistakes"]) == (
        1,
        {"border": 0, "type": 0, "missed": 1, "spurious": 1},
    )
    assert set(made["per_1000_characters"]) == {
        *("keeps", "moves", "retypes", "deletions", "additions", "actions", "from_nothing"),
    }


def test_gold_that_overlaps_is_counted_as_it_is():
    gold = Gold("a", TEXT, (Entity(0, 6, "ORG"), Entity(0, 3, "LOC"), Entity(0, 3, "LOC")))
    made = evaluate(lambda _: [[Entity(0, 6, "ORG")]], [gold])
    assert (made.total.gold, made.total.exact) == (3, 1)
    assert made.kinds == {"border": 0, "type": 0, "missed": 2, "spurious": 0}
