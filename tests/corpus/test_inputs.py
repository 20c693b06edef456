"""A corpus of unchanged pages is left alone; a changed page, setting or file has it built again."""

import json
from pathlib import Path

import pytest

from corpus.build import build_corpus
from corpus.errors import JiaozhuError
from corpus.inputs import code_sha256, is_built_from, pages_sha256
from tests.calling import call

ROOT = Path(__file__).parents[2]
PAGE = "山东省科技厅昨日发布通知。\n\n济南云舟公司获得约3000亿元,同比增长28%!会议还讨论了明年的工作安排。\n"


@pytest.fixture
def pages(tmp_path):
    folder = tmp_path / "pages"
    (folder / "deep").mkdir(parents=True)
    (folder / "one.txt").write_text(PAGE)
    (folder / "deep" / "two.txt").write_text(PAGE.replace("济南", "青岛"))
    return folder


def test_the_hash_of_pages_hangs_on_their_names_and_bytes_and_on_the_settings_alone(pages, tmp_path):
    first = pages_sha256([pages], False)
    (tmp_path / "elsewhere").mkdir()
    moved = pages.rename(tmp_path / "elsewhere" / "pages")
    assert pages_sha256([moved], False) == first
    assert pages_sha256([moved], True) != first
    (moved / "one.txt").rename(moved / "three.txt")
    renamed = pages_sha256([moved], False)
    (moved / "three.txt").write_text(PAGE + "。")
    assert len({first, renamed, pages_sha256([moved], False)}) == 3


def test_a_corpus_is_known_by_its_card_while_it_is_whole(pages, tmp_path):
    corpus = tmp_path / "corpus"
    assert not is_built_from(corpus, lambda: pytest.fail("there is nothing to compare"))
    build_corpus([pages], corpus)
    assert is_built_from(corpus, lambda: pages_sha256([pages], False))
    assert not is_built_from(corpus, lambda: pages_sha256([pages], True))
    (corpus / "documents" / "train-00000-of-00001.parquet").write_bytes(b"PAR1")
    assert not is_built_from(corpus, lambda: pages_sha256([pages], False))


def test_the_code_is_an_input_too():
    assert code_sha256(["corpus"]) != code_sha256(["annotation"])
    assert code_sha256(["corpus", "annotation"]) == code_sha256(["annotation", "corpus"])


def test_a_page_that_is_gone_is_the_builds_to_name(pages, tmp_path):
    with pytest.raises(JiaozhuError, match="cannot be read"):
        pages_sha256([pages / "none.txt"])


def test_the_command_does_nothing_where_nothing_has_changed(pages, tmp_path):
    def build(*options):
        return json.loads(call(tmp_path, "corpus", "build", "pages", "-o", "corpus", "--json", *options).stdout)

    assert build()["pages"] == 2
    card = tmp_path / "corpus" / "README.md"
    before = card.stat().st_mtime_ns
    assert build()["unchanged"]
    assert card.stat().st_mtime_ns == before
    assert build("--force")["pages"] == 2
    (pages / "three.txt").write_text(PAGE * 2)
    assert build()["pages"] == 3
