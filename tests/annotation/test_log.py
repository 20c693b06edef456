"""The log keeps every version once, in lines that can be read by people and by `git diff`, and never loses one."""

import json
import multiprocessing
import resource
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.log import Record, Span, Suggestion, append, from_line, latest, mend, read_log, to_line
from corpus.errors import JiaozhuError

TEXTS = st.text(alphabet=st.characters(codec="utf-8"), max_size=12)
SUGGESTION = Suggestion(0, 2, "LOC", "济南", 0.5, "lac@1")
RECORD = Record(
    doc_id="d1",
    text_sha256="f" * 64,
    annotation="u1",
    annotator="a@example.org",
    status="submitted",
    created_at="2026-11-21T20:00:00.1Z",
    updated_at="2026-11-21T20:00:00.2Z",
    lead_time=3.5,
    model="m@1",
    guideline="1",
    spans=(
        Span(0, 4, "ORG", "济南大学", 10, 14, "retyped", SUGGESTION),
        Span(5, 6, "LOC", "鲁", 15, 16, "added", None),
    ),
    deleted=(replace(SUGGESTION, start=7, end=9),),
)


@given(TEXTS, TEXTS, st.floats(0, 1), st.one_of(st.none(), TEXTS))
def test_a_record_is_one_line_and_comes_back_equal(words, person, score, model):
    suggestion = replace(SUGGESTION, text=words, score=score)
    span = replace(RECORD.spans[0], text=words, suggestion=suggestion)
    record = replace(RECORD, annotator=person, model=model, spans=(span,), deleted=(suggestion,))
    line = to_line(record)
    assert "\n" not in line
    assert from_line(line) == record


def test_a_line_shows_chinese_as_it_is_with_the_document_first():
    assert "济南大学" in to_line(RECORD)
    assert next(iter(json.loads(to_line(RECORD)))) == "doc_id"


def test_a_version_is_appended_once(tmp_path):
    log = tmp_path / "annotations" / "log.jsonl"
    newer = replace(RECORD, updated_at="2026-11-21T20:00:00.3Z")
    assert append(log, [RECORD, RECORD]) == 1
    assert append(log, [RECORD, newer]) == 1
    assert list(read_log(log)) == [RECORD, newer]


def test_appending_changes_no_byte_that_is_there(tmp_path):
    log = tmp_path / "log.jsonl"
    append(log, [RECORD])
    before = log.read_bytes()
    append(log, [replace(RECORD, annotation="u2")])
    assert log.read_bytes().startswith(before)
    assert log.read_bytes().count(b"\n") == 2


def test_a_line_whose_newline_an_editor_took_stays_a_line_of_its_own(tmp_path):
    log = tmp_path / "log.jsonl"
    log.write_text(to_line(RECORD), "utf-8")
    other = replace(RECORD, annotation="u2")
    append(log, [other])
    assert list(read_log(log)) == [RECORD, other]


def test_nothing_new_makes_no_file(tmp_path):
    assert append(tmp_path / "log.jsonl", []) == 0
    assert list(tmp_path.iterdir()) == []
    assert list(read_log(tmp_path / "log.jsonl")) == []


def test_the_newest_version_of_an_annotation_speaks_and_a_deletion_is_newer_than_what_it_deletes():
    other = replace(RECORD, annotation="u2")
    changed = replace(RECORD, updated_at="2026-11-21T21:00:00Z")
    gone = replace(changed, status="deleted", spans=(), deleted=())
    assert latest([RECORD, other, changed]) == [changed, other]
    assert latest([RECORD, other, changed, gone]) == [gone, other]


@pytest.mark.parametrize("line", ["{", '{"doc_id": "d1"}', "[]", '"text"', to_line(RECORD)[:-2], to_line(RECORD) + "}"])
def test_a_broken_line_is_named_by_its_number(tmp_path, line):
    log = tmp_path / "log.jsonl"
    append(log, [RECORD])
    with log.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    with pytest.raises(JiaozhuError, match=r"log.jsonl:2: not a record"):
        list(read_log(log))


def test_a_flag_is_in_the_line_only_where_it_is_set_so_that_older_logs_keep_their_bytes():
    assert not {"blind", "ground_truth"} & set(json.loads(to_line(RECORD)))
    for flag in ("blind", "ground_truth"):
        marked = replace(RECORD, **{flag: True})
        assert json.loads(to_line(marked))[flag] is True
        assert from_line(to_line(marked)) == marked


@pytest.mark.parametrize("value", ["1", '"yes"', "null"])
def test_a_flag_that_is_neither_true_nor_false_is_refused(value):
    with pytest.raises(TypeError, match="blind is"):
        from_line(to_line(replace(RECORD, blind=True)).replace('"blind":true', f'"blind":{value}'))


@given(st.integers(0, 3), st.data())
def test_a_run_killed_at_any_byte_of_its_write_is_made_good_by_the_next_one(earlier, data):
    before = [replace(RECORD, annotation=f"b{number}") for number in range(earlier)]
    wanted = [replace(RECORD, annotation=f"w{number}") for number in range(3)]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log.jsonl")
        append(log, before)
        kept = log.stat().st_size if earlier else 0
        append(log, wanted)
        whole = log.read_bytes()
        log.write_bytes(whole[: data.draw(st.integers(kept, len(whole)))])
        append(log, wanted)
        assert log.read_bytes() == whole


def test_a_torn_last_line_is_named_with_its_remedy_and_taken_away(tmp_path):
    log = tmp_path / "log.jsonl"
    append(log, [RECORD])
    whole = log.read_bytes()
    log.write_bytes(whole + '{"doc_id": "济'.encode()[:-1])
    with pytest.raises(JiaozhuError, match=r"log.jsonl:2: .* run `jiaozhu annotation pull`, which mends it"):
        list(read_log(log))
    assert mend(log)
    assert log.read_bytes() == whole
    assert not mend(log)


def test_a_broken_line_that_ends_is_an_edit_and_not_taken_away(tmp_path):
    log = tmp_path / "log.jsonl"
    append(log, [RECORD])
    with log.open("a", encoding="utf-8") as file:
        file.write("{}\n")
    before = log.read_bytes()
    assert not mend(log)
    with pytest.raises(JiaozhuError, match="restore the line"):
        append(log, [replace(RECORD, annotation="u2")])
    assert log.read_bytes() == before


def test_runs_that_append_the_same_records_at_once_write_each_once(tmp_path):
    log = tmp_path / "log.jsonl"
    records = [replace(RECORD, annotation=f"u{number}") for number in range(200)]
    context = multiprocessing.get_context("spawn")
    with context.Pool(4) as pool:
        written = pool.starmap(append, [(log, records)] * 4)
    assert sum(written) == 200
    assert list(read_log(log)) == records


@pytest.mark.parametrize("indent", [None, " "])
def test_the_records_of_some_documents_are_those_of_all_whatever_form_the_lines_have(tmp_path, indent):
    log = tmp_path / "log.jsonl"
    records = [replace(RECORD, doc_id=name, annotation=f"u{name}") for name in ("d1", "d2", 'd"3', "d1x")]
    lines = [to_line(record) for record in records]
    if indent:
        lines = [json.dumps(dict(reversed(json.loads(line).items()))) for line in lines]
    log.write_text("\n".join(lines) + "\n", "utf-8")
    for wanted in ({"d1"}, {'d"3', "d2"}, set()):
        found = [record for record in read_log(log, wanted) if record.doc_id in wanted]
        assert found == [record for record in records if record.doc_id in wanted]
    if indent is None:
        assert [record.doc_id for record in read_log(log, {"d2"})] == ["d2", 'd"3']  # a quoted one is parsed to be sure


def refused(log, *records) -> str:
    """The one line in which writing these ends."""
    with pytest.raises(JiaozhuError) as caught:
        append(log, records)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture
def smallest_disk(tmp_path):
    """A folder on a disk of its own, of one page."""
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", tmp_path], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("a disk of its own needs the right to mount one")
    yield tmp_path
    subprocess.run(["umount", tmp_path], check=True)


def many(number):
    return [replace(RECORD, annotation=f"u{index}") for index in range(number)]


def test_a_full_disk_is_one_line_and_the_log_ends_as_it_did(smallest_disk):
    log = smallest_disk / "log.jsonl"
    append(log, many(1))
    before = log.read_bytes()
    assert refused(log, *many(9)).startswith(f"{log}: cannot be written (No space left on device); free some space")
    assert log.read_bytes() == before


def test_a_disk_that_can_only_be_read_is_one_line(smallest_disk):
    log = smallest_disk / "log.jsonl"
    append(log, many(1))
    subprocess.run(["mount", "-o", "remount,ro", smallest_disk], check=True)
    assert "cannot be written (Read-only file system)" in refused(log, *many(2))
    with pytest.raises(JiaozhuError, match="cannot be written"):
        mend(log)
    assert list(read_log(log)) == many(1)


def test_a_log_that_may_not_grow_ends_as_it_did(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.dont_write_bytecode", True)  # half a file of it would stay
    log = tmp_path / "log.jsonl"
    append(log, many(1))
    before = log.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 100, hard))
    try:
        said = refused(log, *many(3))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "cannot be written (File too large)" in said
    assert log.read_bytes() == before
    assert append(log, many(3)) == 2


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path):
    (tmp_path / "annotations").write_text("a file")
    assert "cannot be written (" in refused(tmp_path / "annotations" / "log.jsonl", RECORD)
