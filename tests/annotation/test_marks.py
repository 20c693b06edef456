"""A mark holds only for the log it was made with; a lost, broken or foreign one is none."""

import pytest

from annotation.marks import Mark, read_marks, write_marks

MARK = Mark("2026-11-21T20:00:00+00:00", {7: "d1", 9: "d2"}, (9,), "新闻", {"u1": 7})


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "annotations" / "log.jsonl"
    path.parent.mkdir()
    path.write_bytes(b"one\ntwo\n")
    write_marks(path, {"http://x 1": MARK})
    return path


def test_a_mark_comes_back_equal_also_when_the_log_has_grown(log):
    assert read_marks(log) == {"http://x 1": MARK}
    with log.open("ab") as file:
        file.write(b"three\n")
    assert read_marks(log) == {"http://x 1": MARK}


@pytest.mark.parametrize("content", [b"", b"one\n", b"two\none\n", b"one\ntwX\nthree\n"])
def test_a_log_that_was_restored_merged_or_edited_has_no_mark(log, content):
    log.write_bytes(content)
    assert read_marks(log) == {}


@pytest.mark.parametrize("content", ["", "{", "[]", '{"log": {"bytes": 0}, "projects": 3}'])
def test_a_broken_file_is_no_mark(log, content):
    (log.parent / ".state" / "pulled.json").write_text(content, "utf-8")
    assert read_marks(log) == {}


def test_without_a_log_there_is_no_mark(log):
    log.unlink()
    assert read_marks(log) == {}
