"""The dataset is made in parts: how many hangs on its documents, and nothing on how many processes made them."""

import os
import signal
import threading
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from corpus.errors import JiaozhuError
from exports.build import build_dataset
from exports.rows import CONFIGS, rows_of, shards
from exports.splits import SPLITS
from tests.exports.making import SCHEME
from tests.exports.test_build import contents
from tests.exports.test_verify import failing

OPTIONS = {"max_chars": 20, "removed": True, "inner_places": True, "forms": ["conll", "brat"]}


@pytest.fixture
def broken(many):
    """The same with a broken line at the end of the log."""
    many.log.write_bytes(many.log.read_bytes() + b"{}\n")
    return many


def build(made, output, **options):
    return build_dataset(made.corpus, made.log, output, SCHEME, **{**OPTIONS, **options})


@pytest.mark.slow
def test_any_number_of_workers_gives_the_same_bytes_and_says_the_same(broken, parts, tmp_path):
    found = [build(broken, tmp_path / str(workers), workers=workers) for workers in (1, 3)]
    assert contents(tmp_path / "1") == contents(tmp_path / "3")
    assert len({str({**one.as_dict(), "output": ""}) for one in found}) == 1
    assert found[0].log.published == 38
    assert [len(one.refused) for one in found] == [2, 2]
    assert found[1].broken[0].line == 45
    assert failing(tmp_path / "3", broken.corpus) == set()


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
    said = [{**one.as_dict(), "output": "", "shards": 0} for one in (cut, whole)]
    assert said[0] == said[1]


def test_every_shard_holds_one_range_in_the_order_of_the_corpus(many, parts, tmp_path):
    build(many, tmp_path / "dataset")
    order = [doc["doc_id"] for doc in many.documents]
    shown = 0
    for path in (tmp_path / "dataset").rglob("*.parquet"):
        ids = list(dict.fromkeys(pq.read_table(path)["doc_id"].to_pylist()))
        assert len({doc_id[0] for doc_id in ids}) == 1
        assert ids == [doc_id for doc_id in order if doc_id in ids]
        shown += len(ids)
    assert shown > 3 * 35


@pytest.mark.parametrize("workers", [1, 2])
def test_what_stops_a_build_leaves_nothing_behind_with_any_number_of_workers(broken, parts, tmp_path, workers):
    with pytest.raises(JiaozhuError, match="line 45: not a record"):
        build(broken, tmp_path / "out" / "dataset", strict=True, workers=workers)
    broken.log.write_bytes(broken.log.read_bytes()[:-3])
    with pytest.raises(JiaozhuError, match="label 'GPE' is not in the scheme"):
        build(broken, tmp_path / "out" / "dataset", strict=True, workers=workers)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.slow
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
