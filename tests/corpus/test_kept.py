"""What the corpus before has of the same pages is taken over; the bytes are those of a build from nothing."""

import json
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path
from shutil import copytree, rmtree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import cleaned, inputs, kept
from corpus.build import BATCH, build_corpus
from corpus.folder import files_of, write_sums
from corpus.inputs import is_whole
from corpus.store import read_rows
from tests.calling import call

ROOT = Path(__file__).parents[2]
SAMPLES = sorted(path for path in (ROOT / "samples" / "pages").iterdir() if path.suffix in (".txt", ".html"))
ARTICLE = (
    "济南市工业和信息化局介绍,全市规上企业实现营业收入2343.4亿元,同比增长5.1%,占全省的14.7%。\n"
    "下一步,市工信局将持续优化政策供给,推动成果转化,支持龙头企业联合高校组建创新联合体。\n"
)
NO_ARTICLE = "首页 > 新闻\n登录 注册\n"


def digest(folder):
    return {name: sha256((folder / name).read_bytes()).hexdigest() for name in files_of(folder)}


def same_as_from_nothing(pages, output, **options):
    """Build upon what is there; assert that it is what a build from nothing gives; how many pages were taken over."""
    summary = build_corpus([pages], output, **options)
    nowhere = output.with_name("nowhere")
    fresh = build_corpus([pages], nowhere, **options)
    assert digest(output) == digest(nowhere)
    assert {**fresh.as_dict(), "taken_over": 0} == {**summary.as_dict(), "taken_over": 0}
    rmtree(nowhere)
    return summary.taken_over


@pytest.fixture
def pages(tmp_path):
    """Pages of all kinds: articles, HTML, one without an article, one that is empty, one that is there twice."""
    folder = tmp_path / "pages"
    folder.mkdir()
    for path in SAMPLES:
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "none.txt").write_text(NO_ARTICLE, "utf-8")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "twice.txt").write_bytes((folder / "wrong-title.txt").read_bytes())
    records = [{"text": "好消息\n" + ARTICLE, "url": "https://news.example/1.html"}, {"text": NO_ARTICLE * 2}]
    (folder / "lines.jsonl").write_text("\n".join(json.dumps(record) for record in records), "utf-8")
    return folder


@pytest.fixture
def built(pages, tmp_path):
    build_corpus([pages], tmp_path / "corpus")
    return tmp_path / "corpus"


WHOLE = len(SAMPLES) + 3  # of `pages`: those that the cleaner sees


def change(pages):
    path = pages / "clean-1.txt"
    path.write_bytes(path.read_bytes() + b"\n")


def rename(pages):
    (pages / "clean-1.txt").rename(pages / "zz.txt")


def swap(pages):
    (pages / "pinyin.txt").rename(pages / "was-pinyin.txt")
    (pages / "clean-1.txt").rename(pages / "pinyin.txt")
    (pages / "was-pinyin.txt").rename(pages / "clean-1.txt")


def new_address(pages):
    path = pages / "lines.jsonl"
    path.write_text(path.read_text("utf-8").replace("news.example/1", "other.example/2"), "utf-8")


def no_host(pages):
    path = pages / "lines.jsonl"
    path.write_text(path.read_text("utf-8").replace("news.example", "[news"), "utf-8")


def other_encoding(pages):
    path = pages / "clean-1.txt"
    path.write_bytes(path.read_text("utf-8").encode("gb18030"))


@pytest.mark.parametrize(
    ("edit", "taken_over"),
    [
        (lambda pages: None, WHOLE),
        (change, WHOLE - 1),
        (rename, WHOLE),
        (swap, WHOLE),
        (new_address, WHOLE),
        (no_host, WHOLE),
        (lambda pages: (pages / "clean-1.txt").unlink(), WHOLE - 1),
        (lambda pages: (pages / "none.txt").unlink(), WHOLE - 1),
        (lambda pages: (pages / "a.txt").write_text(ARTICLE, "utf-8"), WHOLE),
        (lambda pages: (pages / "a.txt").write_bytes((pages / "pinyin.txt").read_bytes()), WHOLE),
        (lambda pages: (pages / "empty.txt").write_text(ARTICLE, "utf-8"), WHOLE),
        # The same words, but another page: its markup is text now, or its bytes are others.
        (lambda pages: (pages / "news-page.html").rename(pages / "news-page.txt"), WHOLE),
        (lambda pages: (pages / "clean-1.txt").rename(pages / "clean-1.html"), WHOLE - 1),
        (other_encoding, WHOLE),
    ],
)
def test_only_what_is_new_to_the_cleaner_is_cleaned_and_the_bytes_are_the_same(pages, built, edit, taken_over):
    edit(pages)
    assert same_as_from_nothing(pages, built) == taken_over


def test_names_and_addresses_are_those_of_today(pages, built):
    new_address(pages)
    (pages / "lines.jsonl").rename(pages / "records.jsonl")
    build_corpus([pages], built)
    [row] = [row for row in read_rows(built / "documents") if row["url"]]
    assert (row["source"], row["site"]) == ("records.jsonl#1", "other.example")


def test_a_copy_that_comes_or_goes_changes_the_clusters_of_pages_that_were_taken_over(pages, built):
    def clusters():
        return {row["source"]: (row["cluster_id"], row["is_canonical"]) for row in read_rows(built / "documents")}

    before = clusters()
    (pages / "copy.txt").write_text((pages / "clean-1.txt").read_text("utf-8") + "记者王某报道。\n", "utf-8")
    assert same_as_from_nothing(pages, built) == WHOLE
    after = clusters()
    assert after["copy.txt"][0] == after["clean-1.txt"][0]
    assert after["copy.txt"][1] != after["clean-1.txt"][1]
    (pages / "copy.txt").unlink()
    assert same_as_from_nothing(pages, built) == WHOLE
    assert clusters() == before


def test_another_setting_takes_nothing_over(pages, built):
    assert same_as_from_nothing(pages, built, keep_traditional=True) == 0
    assert same_as_from_nothing(pages, built, keep_traditional=True) == WHOLE
    assert same_as_from_nothing(pages, built) == 0


def test_what_is_to_be_made_anew_is_cleaned_and_the_bytes_are_the_same(pages, built):
    before = digest(built)
    assert build_corpus([pages], built, anew=True).taken_over == 0
    assert digest(built) == before


@pytest.mark.parametrize("name", ["code_sha256", "version"])
def test_a_corpus_of_other_code_or_libraries_gives_nothing(pages, built, monkeypatch, name):
    monkeypatch.setattr(inputs, name, lambda *_: "another")
    assert same_as_from_nothing(pages, built) == 0


@pytest.mark.parametrize("name", ["documents", "removed", "pages", "kept.parquet", "README.md"])
def test_a_damaged_corpus_gives_nothing(pages, built, name):
    [path] = [path for path in built.rglob("*") if path.is_file() and name in path.relative_to(built).parts]
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert same_as_from_nothing(pages, built) == 0


@pytest.mark.parametrize("name", ["documents/train-00000-of-00001.parquet", "kept.parquet", "README.md"])
def test_a_corpus_without_one_of_its_files_gives_nothing(pages, built, name):
    (built / name).unlink()
    assert same_as_from_nothing(pages, built) == 0


def test_a_corpus_from_before_there_was_anything_to_take_over_gives_nothing(pages, built):
    (built / kept.FILE).unlink()
    write_sums(built)
    assert same_as_from_nothing(pages, built) == 0


TEXTS = (
    "  \n",  # rejected before it is cleaned
    NO_ARTICLE,
    ARTICLE,
    ARTICLE + "记者王某报道。\n",  # a near-duplicate
    f"<html><body><p>{ARTICLE}</p></body></html>",  # whatever its name
    *(
        f"第{n}号文件由第{n * 31}次会议通过,共{n * 1013}人参加,审议了{n * 17}件提案。\n{ARTICLE[n:]}"
        for n in range(2, 5)
    ),
)
STATE = st.dictionaries(
    st.sampled_from([f"{letter}{ending}" for letter in "abcd" for ending in (".txt", ".html")]),
    st.integers(0, len(TEXTS) - 1),
    min_size=1,
)


@pytest.mark.slow
@given(states=st.lists(STATE, min_size=2, max_size=3), batch=st.sampled_from([1, 2, 3, BATCH]))
@settings(max_examples=15, deadline=None)
def test_any_builds_in_a_row_give_the_bytes_of_the_last_and_clean_only_what_is_new(tmp_path_factory, states, batch):
    folder = tmp_path_factory.mktemp("any")
    before: set[tuple[int, bool]] = set()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("corpus.kept._BATCH", batch)
        for state in states:
            pages = folder / "pages"
            rmtree(pages, ignore_errors=True)
            pages.mkdir()
            for name, number in state.items():
                (pages / name).write_text(TEXTS[number], "utf-8")
            first = {number: name for name, number in sorted(state.items(), reverse=True) if number}
            now = {(number, name.endswith(".html") or number == 4) for number, name in first.items()}
            assert same_as_from_nothing(pages, folder / "corpus") == len(now & before)
            before = now


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_any_number_of_workers_gives_the_same_bytes_upon_the_corpus_of_another(tmp_path, monkeypatch, workers):
    monkeypatch.setattr("corpus.build.BATCH", 2)  # so that there is something for each of them
    pages = tmp_path / "pages"
    pages.mkdir()
    for path in SAMPLES[:8]:
        (pages / path.name).write_bytes(path.read_bytes())
    build_corpus([pages], tmp_path / "corpus", workers=3 - workers)
    for path in SAMPLES[8:]:
        (pages / path.name).write_bytes(path.read_bytes())
    assert same_as_from_nothing(pages, tmp_path / "corpus", workers=workers) == 8


@pytest.mark.slow
def test_a_build_that_was_killed_leaves_the_corpus_before_to_the_next(pages, built, tmp_path):
    change(pages)
    (pages / "many.jsonl").write_text(
        "\n".join(json.dumps({"text": f"第{number}号公报。" + ARTICLE}) for number in range(1_000)), "utf-8"
    )
    command = [str(Path(sys.executable).with_name("jiaozhu")), "corpus", "build", str(pages), "-o", str(built)]
    build = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    partial = tmp_path / ".corpus.partial"
    while not (partial / "work" / "cleaned.arrow").exists() and build.poll() is None:
        time.sleep(0.01)
    build.send_signal(signal.SIGKILL)
    assert build.wait() == -signal.SIGKILL
    assert partial.is_dir()
    (pages / "many.jsonl").unlink()
    assert same_as_from_nothing(pages, built) == WHOLE - 1
    assert not partial.exists()


def test_a_build_that_was_killed_between_its_two_renames_does_too(pages, built, tmp_path):
    built.rename(tmp_path / ".corpus.previous")
    change(pages)
    assert same_as_from_nothing(pages, built) == WHOLE - 1


def test_the_command_says_how_many_pages_were_not_cleaned_again(pages, tmp_path):
    def build(*options):
        return call(tmp_path, "corpus", "build", "pages", "-o", "corpus", *options).stdout

    assert "not cleaned again" not in build()
    change(pages)
    assert f"{WHOLE - 1} pages have not changed and were not cleaned again" in build()
    (pages / "clean-2.txt").unlink()
    assert json.loads(build("--json"))["taken_over"] == WHOLE - 1
    assert json.loads(build("--json", "--force"))["taken_over"] == 0


def test_only_what_has_changed_reaches_the_cleaner(pages, built, monkeypatch):
    change(pages)
    seen = []
    clean = cleaned.clean_page
    monkeypatch.setattr(
        cleaned, "clean_page", lambda page, **options: (seen.append(page.raw), clean(page, **options))[1]
    )
    build_corpus([pages], built)
    assert seen == [(pages / "clean-1.txt").read_text("utf-8")]


def test_a_corpus_can_be_copied_and_built_upon_elsewhere(pages, built, tmp_path):
    copytree(built, tmp_path / "deep" / "other")
    assert is_whole(tmp_path / "deep" / "other")
    change(pages)
    assert same_as_from_nothing(pages, tmp_path / "deep" / "other") == WHOLE - 1
