"""What has not changed is taken over from the dataset before, and the bytes are those of a build from nothing."""

import json
import shutil
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from annotation.log import append
from corpus.folder import file_sha256, read_sums, write_sums
from exports.build import build_dataset
from exports.rows import shards
from tests.calling import call as jiaozhu
from tests.exports.making import NOISE, SCHEME, document, record, span, write_corpus, write_workspace
from tests.exports.test_build import contents

NOTE = ".dataset.parts"
LATER = "2026-12-01T09:00:00Z"


def build(made, output, **options):
    return build_dataset(made.corpus, made.log, output, SCHEME, **{"max_chars": 20, "removed": True, **options})


def fresh(made, tmp_path, **options):
    """The bytes of a build from nothing."""
    build(made, tmp_path / "fresh" / "dataset", **options)
    return contents(tmp_path / "fresh")


def again(made, tmp_path, **options):
    summary = build(made, tmp_path / "out" / "dataset", **options)
    assert contents(tmp_path / "out") == fresh(made, tmp_path, **options)
    return summary


def one_span(made):
    old = made.records[10]
    append(made.log, [replace(old, updated_at=LATER, spans=old.spans[:-1])])


def another_label(made):
    old = made.records[11]
    append(made.log, [replace(old, updated_at=LATER, spans=(replace(old.spans[0], label="LOC"), *old.spans[1:]))])


def one_annotation_away(made):
    append(made.log, [replace(made.records[12], updated_at=LATER, status="deleted")])


def another_person(made):
    append(made.log, [replace(made.records[13], annotation="n", annotator="b", created_at=LATER, updated_at=LATER)])


def a_person_before_all_others(made):
    append(made.log, [replace(made.records[13], annotation="n", annotator="a@example.org", created_at="2020")])


def one_document_more(made):
    doc = document(f"{NOISE}青岛港务局投资5亿元。\n")
    made.documents.insert(7, doc)
    write_corpus(made.corpus, made.documents, 4)
    append(made.log, [record(doc, [span(doc, "青岛港务局", "ORG")])])


def another_title(made):
    made.documents[14]["title"] = "别的题目"
    write_corpus(made.corpus, made.documents, 5)


def another_cluster(made):
    made.documents[15]["cluster_id"] = made.documents[16]["doc_id"]
    write_corpus(made.corpus, made.documents, 5)


def a_blind_share(made):
    append(made.log, [replace(made.records[17], updated_at=LATER, blind=True)])


def what_was_removed(made):
    doc = made.documents[18]
    aligned = doc["aligned"]
    made.documents[18] = doc | {"aligned": replace(aligned, raw=aligned.raw.replace("首页", "尾页"))}
    write_corpus(made.corpus, made.documents, 5)


OFTEN = [one_span, one_document_more, what_was_removed]
SELDOM = [another_label, one_annotation_away, another_person, another_title, another_cluster]


@pytest.mark.parametrize(
    "change",
    [*OFTEN, *(pytest.param(change, marks=pytest.mark.slow) for change in SELDOM)],
    ids=lambda change: change.__name__.replace("_", "-"),
)
def test_a_small_change_makes_what_it_touches_and_nothing_else(standing, tmp_path, change):
    before = contents(tmp_path / "out" / "dataset")
    change(standing)
    summary = again(standing, tmp_path)
    assert summary.shards / 2 < summary.taken_over < summary.shards
    after = contents(tmp_path / "out" / "dataset")
    same = set(before.values()) & {data for path, data in after.items() if path.suffix == ".parquet"}
    assert len(same) >= summary.taken_over  # a part is taken over whole or not at all


@pytest.mark.slow
@pytest.mark.parametrize("change", [a_person_before_all_others, a_blind_share], ids=["pseudonyms", "blind"])
def test_a_change_that_touches_much_makes_much(standing, tmp_path, change):
    change(standing)
    summary = again(standing, tmp_path)
    assert summary.taken_over < 2 / 3 * summary.shards


@pytest.mark.slow
def test_one_change_after_another_and_back_again(standing, tmp_path):
    log = standing.log.read_bytes()
    for change in (one_span, one_document_more, one_annotation_away):
        change(standing)
        summary = build(standing, tmp_path / "out" / "dataset", workers=2)
        assert summary.taken_over
    assert contents(tmp_path / "out") == fresh(standing, tmp_path)
    standing.log.write_bytes(log)
    assert again(standing, tmp_path).taken_over


@pytest.mark.slow
@pytest.mark.parametrize(
    "option", [{"max_chars": 21}, {"mask_personal_data": False}, {"removed": False}, {"tags": "bioes"}]
)
def test_another_setting_that_shapes_rows_makes_all_anew(standing, tmp_path, option):
    assert again(standing, tmp_path, **option).taken_over == 0


def test_another_name_or_licence_or_form_makes_no_row_anew(standing, tmp_path):
    summary = again(standing, tmp_path, name="样例", license_id="cc0-1.0", forms=["chat"])
    assert summary.taken_over == summary.shards


def test_anew_is_anew(standing, tmp_path):
    assert again(standing, tmp_path, anew=True).taken_over == 0


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def change_by_hand(path):
    table = pq.read_table(path)
    title = pa.array(["改过"] * len(table))
    pq.write_table(table.set_column(table.schema.get_field_index("title"), "title", title), path)


@pytest.mark.parametrize(
    "spoil", [flip, change_by_hand, lambda path: path.unlink()], ids=["flipped", "changed", "gone"]
)
def test_a_file_that_is_not_as_it_was_written_is_never_taken_over(standing, tmp_path, spoil):
    folder = tmp_path / "out" / "dataset"
    spoil(shards(folder, "default", "train")[2])
    write_sums(folder)  # whoever changes a file by hand may well do so
    one_span(standing)
    summary = again(standing, tmp_path)
    assert summary.shards / 2 < summary.taken_over < summary.shards - 3


@pytest.mark.slow
@pytest.mark.parametrize("note", [b"", b"[", b"{}", b'[{"split": 1}]', b"[[]]", b"\xff", None])
def test_without_a_note_that_can_be_read_all_is_made_anew(standing, tmp_path, note):
    path = tmp_path / "out" / NOTE
    path.write_bytes(note) if note is not None else path.unlink()
    assert again(standing, tmp_path).taken_over == 0


def test_a_note_that_says_too_little_of_a_part_is_not_believed(standing, tmp_path):
    path = tmp_path / "out" / NOTE
    parts = json.loads(path.read_text("utf-8"))
    for number, name in enumerate(["masked", "counts", "tables", "cleaners"]):
        del parts[number]["said"][name]
    path.write_text(json.dumps(parts), "utf-8")
    summary = again(standing, tmp_path)
    assert 0 < summary.taken_over < summary.shards


def test_the_dataset_before_stays_whole_while_its_files_are_taken_over(standing, tmp_path):
    copy = shutil.copytree(tmp_path / "out" / "dataset", tmp_path / "copy")
    one_span(standing)
    again(standing, tmp_path)
    assert all(file_sha256(copy / name) == value for name, value in read_sums(copy).items())
    assert all(path.stat().st_nlink == 1 for path in (tmp_path / "out" / "dataset").rglob("*.parquet"))


def test_a_small_dataset_leaves_no_note_and_takes_a_stale_one_away(standing, tmp_path, monkeypatch):
    monkeypatch.setattr("exports.ranges.LEAST", 1_000)
    assert build(standing, tmp_path / "out" / "dataset").taken_over == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["dataset"]


def test_the_command_says_how_many_files_were_taken_over_and_force_takes_none(standing, tmp_path):
    write_workspace(tmp_path, "out/dataset", "max_chars = 20\nremoved = true\nworkers = 1\n")
    one_span(standing)
    built = jiaozhu(tmp_path, "exports", "build", "--workers", "2")
    assert "taken over from the dataset before: 66 of 69 files of rows" in built.stdout, built.stderr
    built = jiaozhu(tmp_path, "exports", "build", "--force", "--json")
    assert json.loads(built.stdout)["taken_over"] == 0
