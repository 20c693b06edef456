"""A log goes back into Label Studio, and a pull then says what the log said: the same spans, verdicts and people."""

from dataclasses import replace

import pytest

from annotation.connection import connected
from annotation.labels import load_labels
from annotation.log import append, latest
from annotation.project import require_project
from annotation.pull import pull
from annotation.push import find_tasks, push
from annotation.replay import replay
from annotation.tasks import Region, result

pytestmark = pytest.mark.slow

DECISIONS = ("doc_id", "annotation", "status", "model", "spans", "deleted", "lead_time")


def decisions(records):
    return sorted([getattr(record, name) for name in DECISIONS] for record in latest(records))


@pytest.fixture
def annotated(label_studio, desk, document):
    """A desk whose log holds every status and verdict, and a suggestion that was deleted."""
    words = [("济南市", "LOC"), ("大学", "ORG"), ("3亿元", "MONEY"), ("明水", "ORG"), ("全市", "LOC")]
    sent = document("济南市在济南大学投3亿元,明水,全市,山东。\n", words)
    skipped, plain = document("乱码\n", [("乱码", "ORG")]), document("无建议\n", has_suggestions=False)
    desk.write(sent, skipped, plain)
    push(desk.workspace)
    with connected(desk.workspace) as client:
        project = require_project(client, desk.workspace.studio.project, load_labels())
        tasks = find_tasks(client, project, [sent.doc_id, skipped.doc_id, plain.doc_id])
        [shown] = client.predictions.list(task=tasks[sent.doc_id][0].id)
        [other] = client.predictions.list(task=tasks[skipped.doc_id][0].id)
        regions = [("s0", 0, 3, "LOC"), ("s6", 4, 8, "ORG"), ("s9", 9, 12, "MONEY"), ("s13", 13, 15, "LOC")]
        drawn = [result(Region(*region), "", "manual") for region in [*regions, ("new", 19, 21, "LOC")]]
        client.annotations.create(tasks[sent.doc_id][0].id, result=drawn, lead_time=12.25, parent_prediction=shown.id)
        client.annotations.create(
            tasks[skipped.doc_id][0].id, result=[], was_cancelled=True, lead_time=1.0, parent_prediction=other.id
        )
        client.annotations.create(
            tasks[plain.doc_id][0].id, result=[result(Region("n", 0, 3, "ORG"), "", "manual")], lead_time=2.0
        )
    pull(desk.workspace)
    by_doc = {record.doc_id: record for record in desk.records}
    assert [span.verdict for span in by_doc[sent.doc_id].spans] == ["kept", "moved", "kept", "retyped", "added"]
    assert [item.text for item in by_doc[sent.doc_id].deleted] == ["全市"]
    return desk


def another(desk, **settings):
    """The same corpus with a log of its own and another project, as on a new server."""
    studio = replace(desk.workspace.studio, project=desk.workspace.studio.project + " B", **settings)
    return replace(desk.workspace, annotations=desk.workspace.root / "B", studio=studio)


def test_a_pull_after_a_replay_gives_what_the_log_had(annotated, tmp_path):
    # A project of the same server cannot take the same ids again, so the ids are changed as well.
    new = another(annotated)
    log = new.root / "changed.jsonl"
    flip = str.maketrans("0123456789abcdef", "123456789abcdef0")
    person = "li@example.org"
    records = [
        replace(record, annotation=record.annotation.translate(flip), annotator=person) for record in annotated.records
    ]
    append(log, records)
    push(new)
    with connected(new) as client:
        client.users.create(email=person, username="li", first_name="", last_name="")
    done = replay(new, log)
    assert (done.put, done.already, done.under_own_name, done.refused) == (3, 0, 0, ())
    assert pull(new).added == {"submitted": 2, "skipped": 1}
    restored = type(annotated)(new).records
    assert decisions(restored) == decisions(records)
    assert {record.annotator for record in restored} == {person}


def test_a_second_replay_puts_nothing(annotated):
    done = replay(annotated.workspace, annotated.workspace.log)
    assert (done.put, done.already) == (0, 3)
    assert pull(annotated.workspace).added == {}


def test_a_restored_server_keeps_who_decided_and_under_which_guideline(annotated):
    with connected(annotated.workspace) as client:
        title = annotated.workspace.studio.project
        client.projects.delete(require_project(client, title, load_labels()).id)
    log = annotated.workspace.log
    gone = [replace(record, annotator="wang@example.org", guideline="0") for record in annotated.records]
    log.unlink()
    append(log, gone)
    push(annotated.workspace)
    assert pull(annotated.workspace).elsewhere == 3
    done = replay(annotated.workspace, log)
    assert (done.put, done.under_own_name) == (3, 3)
    pull(annotated.workspace)
    restored = list(latest(annotated.records))
    assert {(record.annotator, record.guideline) for record in restored} == {("wang@example.org", "0")}
    assert decisions(restored) == decisions(gone)
    assert pull(annotated.workspace).added == {}


def test_suggestions_the_project_no_longer_has_are_put_back_with_the_annotation(annotated, document):
    new = another(annotated)
    flip = str.maketrans("0123456789abcdef", "23456789abcdef01")
    records = [replace(record, annotation=record.annotation.translate(flip)) for record in annotated.records]
    append(new.root / "changed.jsonl", records)
    texts = ["济南市在济南大学投3亿元,明水,全市,山东。\n", "乱码\n", "无建议\n"]
    annotated.write(*[document(text, has_suggestions=False) for text in texts])
    push(new)
    replay(new, new.root / "changed.jsonl")
    pull(new)
    with_spans = [record for record in records if record.spans]
    assert decisions(r for r in type(annotated)(new).records if r.spans) == decisions(with_spans)


def test_entries_whose_document_or_text_is_not_there_are_refused_one_line_each(annotated):
    log = annotated.workspace.root / "other.jsonl"
    first, second, *_ = annotated.records
    append(log, [replace(first, doc_id="0" * 16), replace(second, text_sha256="0" * 64)])
    done = annotated.run("replay", str(log))
    assert done.returncode == 2
    lines = done.stderr.splitlines()
    assert len(lines) == 2
    assert "the project has no such document" in lines[0]
    assert "was made on another text than the project has" in lines[1]


def test_a_missing_log_is_one_line(label_studio, desk):
    done = desk.run("replay", "nowhere.jsonl")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "jiaozhu: nowhere.jsonl: no annotation log here; name the log.jsonl of a workspace"
    ]
