"""The dataset is made in parts: how many hangs on its documents, and nothing on how many processes made them."""

import os
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from annotation.log import append
from corpus.errors import JiaozhuError
from exports.build import build_dataset
from exports.rows import CONFIGS, rows_of, shards
from exports.splits import SPLITS
from tests.exports.making import NOISE, SCHEME, make, write_corpus
from tests.exports.test_build import contents
from tests.exports.test_verify import failing

OPTIONS = {"max_chars": 20, "removed": True, "inner_places": True, "forms": ["conll", "brat"]}


@pytest.fixture
def parts(monkeypatch):
    """Small datasets are made like large ones: in all ranges and on several processes."""
    monkeypatch.setattr("exports.ranges.LEAST", 1)
    monkeypatch.setattr("exports.build.OF_PROCESS", 1)
    monkeypatch.setattr("exports.gather.OF_BATCH", 7)
    monkeypatch.setattr("exports.log_columns.BLOCK", 3_000)


@pytest.fixture
def many(tmp_path):
    """A corpus of sixty documents in small groups of rows, a log with every fate of an annotation."""
    pages = [
        f"{NOISE}山东省科技厅与海川银行{number}。{NOISE}\n双方投资{number}亿元,电话13912345{number:03d}。\n"
        for number in range(60)
    ]
    spans = [[("山东省科技厅", "ORG"), ("海川银行", "ORG"), (f"{number}亿元", "MONEY")] for number in range(60)]
    made = make(tmp_path, pages, spans)
    write_corpus(made.corpus, made.documents, 5)
    first, second, third, fourth = made.records[:4]
    append(
        made.log,
        [
            replace(first, annotation="second", annotator="annotator-2", updated_at="2026-11-02T09:00:00Z"),
            replace(second, updated_at="2026-11-02T09:00:00Z", spans=(replace(second.spans[0], label="GPE"),)),
            replace(third, updated_at="2026-11-02T09:00:00Z", status="skipped"),
            replace(fourth, annotation="stranger", doc_id="0123456789abcdef"),
        ],
    )
    made.log.write_bytes(made.log.read_bytes() + b"{}\n")
    return made


def build(made, output, **options):
    return build_dataset(made.corpus, made.log, output, SCHEME, **{**OPTIONS, **options})


def test_any_number_of_workers_gives_the_same_bytes_and_says_the_same(many, parts, tmp_path):
    found = [build(many, tmp_path / str(workers), workers=workers) for workers in (1, 3)]
    assert contents(tmp_path / "1") == contents(tmp_path / "3")
    assert len({str({**one.as_dict(), "output": ""}) for one in found}) == 1
    assert found[0].log.published == 58
    assert [len(one.refused) for one in found] == [2, 2]
    assert found[1].broken[0].line == 65
    assert failing(tmp_path / "3", many.corpus) == set()


def test_the_rows_are_those_of_a_dataset_of_one_range(many, tmp_path, monkeypatch):
    monkeypatch.setattr("exports.ranges.LEAST", 1)
    cut = build(many, tmp_path / "cut")
    monkeypatch.undo()
    whole = build(many, tmp_path / "whole")
    assert len(shards(tmp_path / "cut", "default", "train")) > 8
    assert len(shards(tmp_path / "whole", "default", "train")) == 1
    for config in CONFIGS:
        for split in SPLITS:
            one, two = (list(rows_of(tmp_path / name, config, split)) for name in ("cut", "whole"))
            assert one == sorted(two, key=lambda row: row["doc_id"][0])  # range by range
    assert cut.rows_sha256 == whole.rows_sha256
    assert {**cut.as_dict(), "output": ""} == {**whole.as_dict(), "output": ""}


def test_every_shard_holds_one_range_in_the_order_of_the_corpus(many, parts, tmp_path):
    build(many, tmp_path / "dataset")
    order = [doc["doc_id"] for doc in many.documents]
    shown = 0
    for path in (tmp_path / "dataset").rglob("*.parquet"):
        ids = list(dict.fromkeys(pq.read_table(path)["doc_id"].to_pylist()))
        assert len({doc_id[0] for doc_id in ids}) == 1
        assert ids == [doc_id for doc_id in order if doc_id in ids]
        shown += len(ids)
    assert shown > 3 * 50


@pytest.mark.parametrize("workers", [1, 2])
def test_what_stops_a_build_leaves_nothing_behind_with_any_number_of_workers(many, parts, tmp_path, workers):
    with pytest.raises(JiaozhuError, match="line 65: not a record"):
        build(many, tmp_path / "out" / "dataset", strict=True, workers=workers)
    many.log.write_bytes(b"".join(many.log.read_bytes().splitlines(keepends=True)[:-2]))
    with pytest.raises(JiaozhuError, match="label 'GPE' is not in the scheme"):
        build(many, tmp_path / "out" / "dataset", strict=True, workers=workers)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="asks /proc for the workers")
def test_a_worker_that_is_killed_is_one_line_and_the_old_dataset_stays(many, parts, tmp_path):
    from multiprocessing import active_children

    build(many, tmp_path / "out" / "dataset")
    before = contents(tmp_path / "out")
    done = threading.Event()

    def kill():
        while not done.is_set():
            for process in active_children():
                os.kill(process.pid, signal.SIGKILL)
                return
            time.sleep(0.001)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        with pytest.raises(JiaozhuError, match="a worker process ended by signal 9"):
            build(many, tmp_path / "out" / "dataset", workers=2, max_chars=30)
    finally:
        done.set()
        killer.join()
    assert contents(tmp_path / "out") == before
