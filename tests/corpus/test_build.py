"""A folder of pages becomes four tables: nothing lost, nothing half-written, the same bytes every time."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from opencc import OpenCC

from corpus.build import build_corpus
from corpus.errors import JiaozhuError
from corpus.folder import files_of
from corpus.records import SCHEMAS, text_sha256
from corpus.spans import Removed, Run, unexplained
from corpus.store import read_rows
from tests.calling import call

ROOT = Path(__file__).parents[2]
ARTICLE = (
    "济南市工业和信息化局介绍,全市规上企业实现营业收入2343.4亿元,同比增长5.1%,占全省的14.7%。\n"
    "下一步,市工信局将持续优化政策供给,推动成果转化,支持龙头企业联合高校组建创新联合体。\n"
)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus") / "out"
    summary = build_corpus([ROOT / "samples" / "pages"], folder)
    return folder, summary


def digest(folder):
    return {name: sha256((folder / name).read_bytes()).hexdigest() for name in files_of(folder)}


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_config_loads_with_datasets(corpus, tmp_path, name):
    import datasets

    table = datasets.load_dataset(str(corpus[0]), name, cache_dir=str(tmp_path))["train"]
    assert table.column_names == SCHEMAS[name].names
    assert table.num_rows > 0


@pytest.mark.parametrize("name", ["removed", "rejected"])
def test_a_config_with_nothing_to_tell_loads_too(tmp_path, name):
    import datasets

    (tmp_path / "page.txt").write_text(ARTICLE.replace(",", "，"), "utf-8")
    build_corpus([tmp_path / "page.txt"], tmp_path / "out")
    table = datasets.load_dataset(str(tmp_path / "out"), name, cache_dir=str(tmp_path / "cache"))["train"]
    assert table["doc_id"][:] == [None]


def test_a_rebuilt_corpus_gives_its_new_rows_though_the_old_ones_are_in_the_cache(tmp_path):
    import datasets

    seen = []
    for amount in ("2343.4", "9999.9"):
        (tmp_path / "page.txt").write_text(ARTICLE.replace("2343.4", amount), "utf-8")
        build_corpus([tmp_path / "page.txt"], tmp_path / "out")
        table = datasets.load_dataset(str(tmp_path / "out"), "documents", cache_dir=str(tmp_path / "cache"))["train"]
        seen.append(amount in table["text"][0])
    assert seen == [True, True]


def test_every_raw_character_of_every_page_is_explained(corpus):
    folder, _ = corpus
    removed: dict[str, list[Removed]] = {}
    for row in read_rows(folder / "removed"):
        removed.setdefault(row["doc_id"], []).append(Removed(row["start"], row["end"], row["rule"]))
    runs = {
        row["doc_id"]: [Run(r["start"], r["raw_start"], r["length"]) for r in row["alignment"]]
        for row in read_rows(folder / "documents")
    }
    for page in read_rows(folder / "pages"):
        doc_id = page["doc_id"]
        assert unexplained(runs.get(doc_id, []), removed.get(doc_id, []), len(page["raw"])) == []


def test_a_removed_row_shows_the_raw_characters(corpus):
    folder, _ = corpus
    raws = {row["doc_id"]: row["raw"] for row in read_rows(folder / "pages")}
    for row in read_rows(folder / "removed"):
        assert raws[row["doc_id"]][row["start"] : row["end"]] == row["text"]


def test_every_page_is_a_document_or_rejected(corpus):
    folder, summary = corpus
    documents = list(read_rows(folder / "documents"))
    rejected = list(read_rows(folder / "rejected"))
    assert summary.pages == len(documents) + len(rejected) == 19
    assert [(row["source"], row["reason"]) for row in rejected] == [("batch.jsonl#2", "no_article")]
    for row in documents:
        assert row["text_sha256"] == text_sha256(row["text"])


def test_a_syndicated_copy_is_kept_in_its_originals_cluster(corpus):
    rows = {row["source"]: row for row in read_rows(corpus[0] / "documents")}
    copy, original = rows["batch.jsonl#1"], rows["related-teasers.txt"]
    assert copy["cluster_id"] == original["cluster_id"]
    assert sum(row["is_canonical"] for row in (copy, original)) == 1
    assert len({row["cluster_id"] for row in rows.values()}) == len(rows) - 1


def test_two_builds_give_the_same_bytes_whatever_the_workers(corpus, tmp_path):
    build_corpus([ROOT / "samples" / "pages"], tmp_path / "elsewhere", workers=2)
    assert digest(tmp_path / "elsewhere") == digest(corpus[0])


@pytest.mark.slow
def test_many_pages_give_the_same_bytes_on_one_process_and_on_two(tmp_path):
    lines = [json.dumps({"text": f"第{number}号公报。" + ARTICLE}, ensure_ascii=False) for number in range(300)]
    (tmp_path / "many.jsonl").write_text("\n".join(lines), "utf-8")
    build_corpus([tmp_path / "many.jsonl"], tmp_path / "one")
    build_corpus([tmp_path / "many.jsonl"], tmp_path / "two", workers=2)
    assert digest(tmp_path / "one") == digest(tmp_path / "two")


def test_the_same_bytes_twice_are_one_page_and_a_rejection(tmp_path):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(ARTICLE, "utf-8")
    summary = build_corpus([tmp_path], tmp_path.parent / "out")
    assert (summary.pages, summary.documents, summary.rejected) == (2, 1, {"same_bytes": 1})
    assert [row["source"] for row in read_rows(tmp_path.parent / "out" / "rejected")] == ["b.txt"]


def test_what_cannot_be_read_is_rejected_with_its_reason(tmp_path):
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "empty.txt").write_bytes(b"")
    (pages / "binary.txt").write_bytes(bytes(range(256)) * 20)
    (pages / "picture.png").write_bytes(b"\x89PNG")
    (pages / "good.txt").write_text(ARTICLE, "utf-8")
    (pages / "lines.jsonl").write_text('{"text": "x"\n{"text": 5}\n', "utf-8")
    build_corpus([pages], tmp_path / "out")
    reasons = {row["source"]: row["reason"] for row in read_rows(tmp_path / "out" / "rejected")}
    assert reasons == {
        "empty.txt": "empty",
        "binary.txt": "binary",
        "picture.png": "unknown_format",
        "lines.jsonl#1": "broken_json",
        "lines.jsonl#2": "no_text",
    }


def test_a_folder_that_holds_other_things_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("mine", "utf-8")
    with pytest.raises(JiaozhuError, match="is no dataset of jiaozhu"):
        build_corpus([ROOT / "samples" / "pages"], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_failed_build_leaves_the_old_corpus(tmp_path):
    (tmp_path / "page.txt").write_text(ARTICLE, "utf-8")
    build_corpus([tmp_path / "page.txt"], tmp_path / "out")
    before = digest(tmp_path / "out")
    (tmp_path / "nothing").mkdir()
    with pytest.raises(JiaozhuError, match="no pages here"):
        build_corpus([tmp_path / "nothing"], tmp_path / "out")
    assert digest(tmp_path / "out") == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["nothing", "out", "page.txt"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["corpus", "build", "nowhere"], "nowhere: no such file or folder"),
        (["--config", "nowhere.toml", "corpus", "build"], "nowhere.toml: no such workspace file"),
        (["corpus", "build", "--workers", "0"], "workers"),
    ],
)
def test_a_users_mistake_is_one_clear_line_and_exit_code_2(tmp_path, arguments, said):
    result = call(tmp_path, *arguments)
    assert result.returncode == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_json_counts_what_the_table_shows(tmp_path):
    result = call(tmp_path, "corpus", "build", str(ROOT / "samples" / "pages"), "-o", "out", "--json")
    counts = json.loads(result.stdout)
    assert (counts["pages"], counts["documents"], counts["unique"]) == (19, 18, 17)
    assert counts["removed"]["pinyin"] > 200


def test_a_copy_in_traditional_characters_meets_its_original_also_where_it_keeps_them(tmp_path):
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "hans.txt").write_text("好消息\n" + ARTICLE, "utf-8")
    (pages / "hant.txt").write_text("好消息\n" + OpenCC("s2tw").convert(ARTICLE), "utf-8")
    build_corpus([pages], tmp_path / "out", keep_traditional=True)
    documents = list(read_rows(tmp_path / "out" / "documents"))
    assert sorted(row["script"] for row in documents) == ["hans", "hant"]
    assert len({row["cluster_id"] for row in documents}) == 1
