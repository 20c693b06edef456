"""Whatever is wrong with the log, the corpus or the disk is named in one line; the rest goes on, or nothing changes."""

import os
import resource
import shutil
import signal
import subprocess
import sys
from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from annotation.log import append
from corpus.errors import JiaozhuError
from exports.build import build_dataset
from tests.exports.making import SCHEME, write_corpus
from tests.exports.test_build import contents
from tests.exports.test_killed import ROOT
from tests.exports.test_verify import failing


@pytest.fixture
def build(made, tmp_path):
    def run(**options):
        summary = build_dataset(made.corpus, made.log, tmp_path / "dataset", SCHEME, max_chars=20, **options)
        assert failing(tmp_path / "dataset", made.corpus) == set()
        return summary

    return run


def rewrite(log, change):
    log.write_bytes(change(log.read_bytes()))


WHOLE = {
    "a mark of UTF-8 at its beginning": lambda log: b"\xef\xbb\xbf" + log,
    "that mark, and another order": lambda log: b"\xef\xbb\xbf" + b"".join(log.splitlines(keepends=True)[::-1]),
    "the line ends of Windows": lambda log: log.replace(b"\n", b"\r\n"),
    "no newline at its end": lambda log: log[:-1],
    "every line twice": lambda log: log + log,
    "empty lines": lambda log: b"\n\r\n" + log.replace(b"\n", b"\n\n"),
}


@pytest.mark.parametrize("name", WHOLE, ids=lambda name: name.replace(" ", "-"))
def test_a_log_that_an_editor_has_touched_says_the_same(build, made, dataset, tmp_path, name):
    before = contents(dataset / "data") | contents(dataset / "provenance")
    shutil.rmtree(dataset)
    rewrite(made.log, WHOLE[name])
    summary = build(strict=True)
    assert (summary.log.published, summary.log.broken) == (6, 0)
    assert contents(tmp_path / "dataset" / "data") | contents(tmp_path / "dataset" / "provenance") == before


BROKEN = {
    "cut short": (lambda log: log[:-40], 6, 5),
    "bytes that are no UTF-8": (lambda log: log.replace("云".encode(), b"\xe4\xba", 1), 1, 5),
    "zeros": (lambda log: b"\0\0\0\n" + log, 1, 6),
    "another mark and a broken line": (lambda log: b"\xef\xbb\xbf{}\n" + log, 1, 6),
    "a line of 30 MB": (lambda log: log + b'{"doc_id":"' + b"x" * 30_000_000 + b'"}\n', 7, 6),
    "30 MB of brackets": (lambda log: log + b"[" * 30_000_000, 7, 6),
}


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow if "30 MB" in name else ()) for name in BROKEN],
    ids=lambda name: name.replace(" ", "-"),
)
def test_a_broken_line_is_named_by_its_number_and_the_rest_goes_on(build, made, tmp_path, name):
    change, line, published = BROKEN[name]
    rewrite(made.log, change)
    summary = build()
    assert (summary.log.published, summary.log.broken) == (published, 1)
    assert [item.line for item in summary.broken] == [line]
    assert len(str(summary.broken[0])) < 300
    before = contents(tmp_path / "dataset")
    with pytest.raises(JiaozhuError, match=rf"log\.jsonl: line {line}: not a record") as caught:
        build(strict=True)
    assert "\n" not in str(caught.value)
    assert contents(tmp_path / "dataset") == before


def test_an_annotations_id_that_another_document_has_too_loses_neither(build, made):
    first, second = made.records[:2]
    append(made.log, [replace(second, annotation=first.annotation, updated_at="2026-12-01T00:00:00Z")])
    summary = build(strict=True)
    assert (summary.log.published, summary.log.superseded) == (6, 1)


@pytest.mark.parametrize("content", [b"", b"\n\r\n\n", b"{}\n[]\n1\n"])
def test_a_log_without_a_record_is_named_and_changes_nothing(build, made, tmp_path, content):
    build()
    before = contents(tmp_path / "dataset")
    made.log.write_bytes(content)
    with pytest.raises(JiaozhuError, match=r"no annotation of a document of .* is left to publish"):
        build()
    assert contents(tmp_path / "dataset") == before


def test_a_corpus_that_lost_documents_since_is_said_of_each_annotation(build, made):
    write_corpus(made.corpus, made.documents[2:])
    summary = build()
    assert (summary.log.published, summary.log.refused) == (4, 2)
    assert {refusal.doc_id for refusal in summary.refused} == {doc["doc_id"] for doc in made.documents[:2]}


def test_a_document_without_text_is_named(build, made):
    write_corpus(made.corpus, [*made.documents[:2], made.documents[2] | {"text": None}])
    with pytest.raises(JiaozhuError, match=rf"document {made.documents[2]['doc_id']} has no text"):
        build()


@pytest.mark.slow
@pytest.mark.parametrize("limit", [0, 6_000, 20_000])
def test_a_full_disk_is_one_line_and_the_old_dataset_stays(build, made, tmp_path, limit):
    build()
    before = contents(tmp_path / "dataset")
    append(made.log, [replace(made.records[3], updated_at="2026-12-01T00:00:00Z")])

    def fill():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    command = [sys.executable, str(ROOT / "jiaozhu.py"), "exports", "build", "-o", "dataset"]
    command += ["--corpus", str(made.corpus), "--log", str(made.log)]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        # Python would write its bytecode as far as it may, and everybody would read half a file.
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=fill,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "dataset: cannot be written (File too large)" in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert contents(tmp_path / "dataset") == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_dataset_of_an_older_version_is_replaced_as_a_whole(build, tmp_path):
    build(forms=["conll"], removed=True)
    card = tmp_path / "dataset" / "README.md"
    card.write_text(card.read_text("utf-8").replace("jiaozhu: 0.", "jiaozhu: 0.0."), "utf-8")
    sums = tmp_path / "dataset" / "SHA256SUMS"
    sums.write_text("".join(f"{'0' * 64}  {line[66:]}\n" for line in sums.read_text().splitlines()))
    build()
    assert not (tmp_path / "dataset" / "forms").exists()
    assert {path.name for path in (tmp_path / "dataset").iterdir()} == {
        *("README.md", "SHA256SUMS", "croissant.json", "data", "pictures", "provenance")
    }


SCRIPT = """
import pyarrow
pyarrow.set_cpu_count({threads}); pyarrow.set_io_thread_count({threads})
from pathlib import Path
from annotation.labels import Label, LabelScheme
from exports.build import build_dataset
from exports.checks import tables
from exports.verify import verify_dataset
labels = tuple(Label(name, name, name[0], "#000000") for name in {labels!r})
build_dataset(Path("corpus"), Path("annotations/log.jsonl"), Path("out"), LabelScheme("1", labels, ""), max_chars=20,
              removed=True, inner_places=True, forms=["conll", "chat", "brat"])
assert all(check.passed for check in verify_dataset(Path("out"), Path("corpus")))
"""


@pytest.mark.slow
def test_threads_days_folders_and_the_users_settings_change_no_byte(made, tmp_path):
    found = []
    for number, (threads, other) in enumerate(
        [
            (1, {"PYTHONHASHSEED": "1", "TZ": "UTC", "LANG": "C", "OMP_NUM_THREADS": "1"}),
            (2, {"PYTHONHASHSEED": "2", "TZ": "Asia/Shanghai", "LANG": "C.UTF-8", "LC_ALL": "C"}),
            (4, {"PYTHONHASHSEED": "3", "TZ": "America/New_York", "PYTHONUTF8": "0", "OMP_NUM_THREADS": "3"}),
        ]
    ):
        folder = tmp_path / f"folder {number}" / ("far" * number)
        for name in ("corpus", "annotations"):
            shutil.copytree(tmp_path / name, folder / name)
        for path in folder.rglob("*"):  # made on another day
            os.utime(path, (86_400 * 365 * (number + 1), 86_400 * 365 * (number + 1)))
        subprocess.run(
            [sys.executable, "-c", SCRIPT.format(threads=threads, labels=list(SCHEME.names))],
            cwd=folder,
            env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], **other},
            umask=[0o022, 0o077, 0o002][number],
            check=True,
        )
        found.append(contents(folder / "out"))
    assert found[0] == found[1] == found[2]
    assert len(found[0]) > 15


def test_readers_of_others_see_the_same_rows(build, tmp_path):
    """pandas, polars and DuckDB, where they are installed: rows, columns by name, and a filter pushed into the file."""
    build()
    path = next((tmp_path / "dataset" / "provenance").glob("train*"))
    rows = pq.read_table(path).to_pylist()
    wanted = [row["text"] for row in rows if row["label"] == "ORG"]
    assert pq.read_table(path, columns=["text"], filters=[("label", "=", "ORG")])["text"].to_pylist() == wanted
    pandas = pytest.importorskip("pandas")
    frame = pandas.read_parquet(path, columns=["text", "label"])
    assert frame[frame["label"] == "ORG"]["text"].to_list() == wanted
    data = next((tmp_path / "dataset" / "data").glob("train*"))
    assert [len(tags) for tags in pandas.read_parquet(data)["ner_tags"]] == [
        len(row["text"]) for row in pq.read_table(data).to_pylist()
    ]


def test_polars_and_duckdb_read_the_files(build, tmp_path):
    build()
    path = next((tmp_path / "dataset" / "provenance").glob("train*"))
    wanted = [row["text"] for row in pq.read_table(path).to_pylist() if row["label"] == "ORG"]
    polars = pytest.importorskip("polars")
    found = polars.scan_parquet(path).filter(polars.col("label") == "ORG").select("text").collect()
    assert found["text"].to_list() == wanted
    duckdb = pytest.importorskip("duckdb")
    assert [text for (text,) in duckdb.sql(f"select text from '{path}' where label = 'ORG'").fetchall()] == wanted


def test_a_stream_gives_chosen_columns_and_filtered_rows_without_a_warning(build, tmp_path, capfd):
    import warnings

    from datasets import load_dataset

    build()
    rows = pq.read_table(next((tmp_path / "dataset" / "provenance").glob("train*"))).to_pylist()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = load_dataset(
            str(tmp_path / "dataset"),
            "provenance",
            split="train",
            streaming=True,
            columns=["text", "label"],
            filters=[("label", "=", "ORG")],
            cache_dir=str(tmp_path / "cache"),
        )
        assert list(found) == [{"text": row["text"], "label": "ORG"} for row in rows if row["label"] == "ORG"]
    assert "warn" not in capfd.readouterr().err.lower()
