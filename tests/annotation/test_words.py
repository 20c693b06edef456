"""The word view joins to its text, needs nothing at run time but its model, and trusts no foreign archive."""

import io
import os
import pickle
import subprocess
import sys
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation import words
from annotation.words import Plain, install, is_installed, segment
from corpus.errors import JiaozhuError

IS_HERE = pytest.mark.skipif(not is_installed(), reason="pkuseg's model is not set up (make words-model)")
ANY = st.one_of(
    st.sampled_from("济南市工业和信息化局发布消息企业增长 \n\t\u3000，。-._,|/*:!ａ１2A😀𠮷\u0301\u200b"),
    st.characters(),
)


def needs_model(test):
    return pytest.mark.slow(IS_HERE(test))  # the model takes some seconds to load


@needs_model
def test_words_are_those_of_pkuseg():
    assert segment("我们在济南参加新闻发布会。") == ["我们", "在", "济南", "参加", "新闻", "发布会", "。"]


@needs_model
@given(st.text(ANY))
def test_words_join_to_any_text(text):
    found = segment(text)
    assert "".join(found) == text
    assert all(found)
    assert all(word.isspace() or not any(map(str.isspace, word)) for word in found)


@needs_model
def test_a_long_text_without_a_pause_is_cut_in_bounded_pieces():
    text = "济南市工业和信息化局发布消息" * 3_000
    assert "".join(segment(text)) == text


@needs_model
def test_words_do_not_depend_on_the_sentences_around_them():
    first, second = "上海合作组织的成员国开会。", "他说：“明天的会议照常举行。”\n"
    assert segment(first + second) == segment(first) + segment(second)


def test_a_missing_model_is_said_in_one_line_with_the_command(tmp_path):
    code = "from jiaozhu import main; from annotation.words import segment\nsegment('词')"
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "JIAOZHU_WORDS_MODEL": str(tmp_path / "nowhere")},
        capture_output=True,
        text=True,
    )
    last = run.stderr.splitlines()[-1]
    assert "make words-model" in last
    assert str(tmp_path / "nowhere") in last


@pytest.mark.parametrize(
    "files",
    [{}, {"features.msgpack": b"\x81"}, {"features.pkl": b"cos\nmkdir\n(S'made'\ntR."}],
    ids=["none", "cut", "pickle"],
)
def test_a_damaged_model_is_one_line_with_its_folder_and_the_command(tmp_path, monkeypatch, files):
    for name, data in {"weights.npz": b"PK\x03\x04", **files}.items():
        (tmp_path / name).write_bytes(data)
    monkeypatch.setenv("JIAOZHU_WORDS_MODEL", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    words._load.cache_clear()
    with pytest.raises(JiaozhuError, match=r"damaged .*make words-model") as raised:
        segment("词")
    words._load.cache_clear()
    assert str(raised.value).startswith(str(tmp_path))
    assert "\n" not in str(raised.value)
    assert not (tmp_path / "made").exists()  # a pickle that is not ours is never opened


def test_another_archive_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setenv("JIAOZHU_WORDS_MODEL", str(tmp_path / "model"))
    archive = tmp_path / "pkuseg-0.0.25.tar.gz"
    with tarfile.open(archive, "w:gz") as file:
        member = tarfile.TarInfo(f"{words.MEMBERS}/features.pkl")
        file.addfile(member, io.BytesIO())
    with pytest.raises(JiaozhuError, match=r"SHA-256.*nothing of it was read"):
        install(archive)
    assert sorted(path.name for path in tmp_path.iterdir()) == [archive.name]


def test_an_archive_that_is_not_there_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("JIAOZHU_WORDS_MODEL", str(tmp_path / "model"))
    with pytest.raises(JiaozhuError, match=r"gone\.tar\.gz: cannot be read"):
        install(tmp_path / "gone.tar.gz")
    assert not any(tmp_path.iterdir())


class Calls:
    def __reduce__(self):
        return print, ("run",)


@pytest.mark.parametrize("foreign", [Calls(), io.BytesIO(), {"deep": [complex(1, 2)]}, range(3), {1, 2}.__class__])
def test_a_pickle_that_wants_to_import_anything_is_refused(foreign, capsys):
    with pytest.raises(JiaozhuError, match="only lists, dicts, text and numbers"):
        Plain(io.BytesIO(pickle.dumps(foreign))).load()
    assert capsys.readouterr().out == ""


def test_a_pickle_of_plain_data_is_read():
    data = {"unigram": ["", "词"], "feature_to_idx": {"c.，": 1}, "n": 70_000}
    assert Plain(io.BytesIO(pickle.dumps(data))).load() == data


def test_the_word_view_costs_nothing_where_it_is_not_asked_for():
    code = (
        "import sys, annotation.words, exports.build; sys.exit('spacy_pkuseg' in sys.modules or 'spacy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
