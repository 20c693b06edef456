"""Every decision of an annotator comes into the log once, checked, with who made it; a refusal keeps no other back."""

import json
import shutil
import time
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from annotation.connection import connected
from annotation.labels import load_labels
from annotation.log import latest
from annotation.project import require_project, require_projects
from annotation.pull import pull
from annotation.push import find_tasks, push
from annotation.replay import replay
from annotation.status import status
from annotation.tasks import Region, result
from corpus.errors import JiaozhuError

pytestmark = pytest.mark.slow


@pytest.fixture
def server(label_studio, desk):
    """The client that this desk's annotators use."""
    with connected(desk.workspace) as client:
        yield client


def task_of(server, desk, sent) -> int:
    project = require_project(server, desk.workspace.studio.project, load_labels())
    return find_tasks(server, project, [sent.doc_id])[sent.doc_id][0].id


def annotate(server, task: int, *regions: tuple[str, int, int, str], **fields):
    drawn = [result(Region(*region), "as the browser sees it", "manual") for region in regions]
    return server.annotations.create(task, result=drawn, lead_time=1.5, **fields)


@pytest.fixture
def draft(label_studio):
    """Save a draft, as the browser does while an annotator works; the SDK has no call for it."""

    def save(task: int) -> None:
        body = {"result": [result(Region("a", 0, 2, "LOC"), "", "manual")], "lead_time": 1}
        headers = {"Authorization": f"Token {label_studio.token}"}
        httpx.post(f"{label_studio.url}/api/tasks/{task}/drafts", json=body, headers=headers).raise_for_status()

    return save


@pytest.fixture
def sent(desk, document):
    """Two documents, pushed; the first has a suggestion."""
    documents = (document("济南大学在山东。\n", [("济南大学", "ORG")]), document("\u3000😀𠮷田屋\t<b>x</b>\n"))
    desk.write(*documents)
    return documents


def test_a_second_pull_adds_no_line_and_changes_no_byte(server, desk, sent):
    push(desk.workspace)
    annotate(server, task_of(server, desk, sent[0]), ("a", 0, 4, "ORG"))
    annotate(server, task_of(server, desk, sent[1]), was_cancelled=True)
    first = desk.json("pull")
    assert first["added"] == {"submitted": 1, "skipped": 1}
    before = desk.workspace.log.read_bytes()
    assert desk.json("pull")["added"] == {}
    assert desk.workspace.log.read_bytes() == before


def test_odd_characters_are_found_in_the_log_at_the_offsets_that_were_drawn(server, desk, sent):
    push(desk.workspace)
    text = sent[1].text
    start = text.index("𠮷")
    annotate(server, task_of(server, desk, sent[1]), ("a", start, start + 3, "ORG"), ("b", 6, 9, "LOC"))
    pull(desk.workspace)
    [record] = desk.records
    assert [(span.start, span.end, span.text) for span in record.spans] == [(2, 5, "𠮷田屋"), (6, 9, text[6:9])]
    raw = "首页 > 新闻\n" + text
    assert [raw[span.raw_start : span.raw_end] for span in record.spans] == [span.text for span in record.spans]


def test_a_changed_annotation_is_a_new_version_and_the_old_line_stays(server, desk, sent):
    push(desk.workspace)
    made = annotate(server, task_of(server, desk, sent[0]), ("a", 0, 4, "ORG"))
    pull(desk.workspace)
    old = desk.workspace.log.read_bytes()
    server.annotations.update(made.id, result=[result(Region("a", 0, 4, "LOC"), "", "manual")])
    assert pull(desk.workspace).added == {"submitted": 1}
    assert desk.workspace.log.read_bytes().startswith(old)
    assert [record.spans[0].label for record in desk.records] == ["ORG", "LOC"]
    assert len({record.annotation for record in desk.records}) == 1


def test_a_deleted_annotation_gets_one_line_that_says_so(server, desk, sent):
    push(desk.workspace)
    made = annotate(server, task_of(server, desk, sent[0]), ("a", 0, 4, "ORG"))
    pull(desk.workspace)
    server.annotations.delete(made.id)
    assert pull(desk.workspace).added == {"deleted": 1}
    assert pull(desk.workspace).added == {}
    assert [record.status for record in desk.records] == ["submitted", "deleted"]


def test_annotations_of_a_lost_server_are_not_taken_for_deleted(server, desk, sent):
    push(desk.workspace)
    annotate(server, task_of(server, desk, sent[0]), ("a", 0, 4, "ORG"))
    pull(desk.workspace)
    title = desk.workspace.studio.project + " new"
    push(desk.workspace, title=title)
    done = pull(desk.workspace, title=title)
    assert (done.added, done.elsewhere) == ({}, 1)


def test_suggestions_are_those_the_annotator_saw_even_when_newer_ones_came_later(server, desk, sent, document):
    push(desk.workspace)
    task = task_of(server, desk, sent[0])
    [seen] = server.predictions.list(task=task)
    newer = {"model": "test-model@2"}
    desk.write(document(sent[0].text, [("济南", "LOC")], **newer), document(sent[1].text, **newer))
    push(desk.workspace)
    annotate(server, task, ("s0", 0, 4, "ORG"), parent_prediction=seen.id)
    pull(desk.workspace)
    [record] = desk.records
    assert record.model == "test-model@1"
    assert record.spans[0].verdict == "kept"


def test_a_refused_annotation_is_named_with_its_span_and_the_others_are_in_the_log(server, desk, sent):
    push(desk.workspace)
    annotate(server, task_of(server, desk, sent[0]), ("a", 0, 999, "ORG"))
    annotate(server, task_of(server, desk, sent[1]), ("a", 1, 3, "ORG"))
    done = desk.run("pull")
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert sent[0].doc_id in line
    assert "ORG [0, 999) is empty or outside its text" in line
    assert [record.doc_id for record in desk.records] == [sent[1].doc_id]


def test_an_annotation_whose_text_is_no_longer_that_of_the_corpus_is_refused_in_one_line(server, desk, sent):
    push(desk.workspace)
    annotate(server, task_of(server, desk, sent[0]), ("a", 0, 4, "ORG"))

    class Cleaned(type(sent[0])):
        doc_id = sent[0].doc_id

    desk.write(Cleaned("济南大学在。\n"))
    done = desk.run("pull")
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert f"{sent[0].doc_id}: annotation" in line
    assert "another text" in line
    assert not desk.workspace.log.exists()


def test_the_lines_of_a_pull_are_in_the_order_of_documents_not_of_work(server, desk, document):
    documents = [document(f"第{number}篇\n") for number in range(6)]
    desk.write(*documents)
    push(desk.workspace)
    for sent in sorted(documents, key=lambda item: item.text, reverse=True):
        annotate(server, task_of(server, desk, sent), ("a", 0, 2, "ORG"))
    pull(desk.workspace)
    order = [record.doc_id for record in desk.records]
    assert order == sorted(order)
    assert len(order) == 6


def test_an_interrupted_pull_leaves_no_half_line(server, desk, sent, tmp_path):
    push(desk.workspace)
    annotate(server, task_of(server, desk, sent[0]), ("a", 0, 4, "ORG"))
    desk.workspace.log.parent.mkdir(parents=True)
    desk.workspace.log.write_text('{"doc_id": 1\n', "utf-8")
    with pytest.raises(JiaozhuError, match=r"log.jsonl:1: not a record"):
        pull(desk.workspace)
    assert desk.workspace.log.read_text("utf-8") == '{"doc_id": 1\n'


def test_a_later_pull_looks_only_at_what_changed_and_finds_every_kind_of_change(server, desk, document, monkeypatch):
    monkeypatch.setattr("annotation.changes.OVERLAP", timedelta())
    documents = [document(f"第{number}篇\n") for number in range(8)]
    desk.write(*documents)
    push(desk.workspace)
    tasks = [task_of(server, desk, sent) for sent in documents]
    made = [annotate(server, task, ("a", 0, 1, "ORG")) for task in tasks[:6]]
    time.sleep(1.1)  # the server says the time in whole seconds
    first = pull(desk.workspace)
    assert (first.whole, first.annotations, first.added) == (True, 6, {"submitted": 6})
    again = pull(desk.workspace)
    assert (again.whole, again.annotations, again.added, again.elsewhere) == (False, 0, {}, None)
    server.annotations.update(made[0].id, result=[result(Region("a", 0, 2, "ORG"), "", "manual")])
    server.annotations.delete(made[1].id)
    server.tasks.delete(str(tasks[2]))
    server.annotations.update(made[3].id, ground_truth=True)
    annotate(server, tasks[6], ("a", 0, 1, "LOC"))
    annotate(server, tasks[7], was_cancelled=True)
    done = pull(desk.workspace)
    assert done.added == {"submitted": 3, "skipped": 1, "deleted": 2}
    assert (done.whole, done.ground_truth, done.annotations) == (False, 1, 4)
    before = desk.workspace.log.read_bytes()
    assert pull(desk.workspace, full=True).added == {}
    assert desk.workspace.log.read_bytes() == before
    statuses = {record.doc_id: record.status for record in latest(desk.records)}
    assert [statuses[item.doc_id] for item in documents] == [
        *("submitted", "deleted", "deleted", "submitted", "submitted", "submitted", "submitted", "skipped")
    ]


def test_a_lost_mark_and_a_log_that_was_restored_only_cost_a_full_pull(server, desk, sent):
    push(desk.workspace)
    annotate(server, task_of(server, desk, sent[0]), ("a", 0, 4, "ORG"))
    pull(desk.workspace)
    log = desk.workspace.log
    before = log.read_bytes()
    for spoil in (lambda: log.unlink(), lambda: shutil.rmtree(log.parent / ".state"), lambda: log.write_bytes(b"")):
        spoil()
        done = pull(desk.workspace)
        assert done.whole
        assert log.read_bytes() == before
    assert (log.parent / ".state" / ".gitignore").read_text() == "*\n"


def test_a_refused_annotation_is_refused_again_until_it_is_corrected(server, desk, sent, monkeypatch):
    monkeypatch.setattr("annotation.changes.OVERLAP", timedelta())
    push(desk.workspace)
    made = annotate(server, task_of(server, desk, sent[0]), ("a", 0, 999, "ORG"))
    assert len(pull(desk.workspace).refused) == 1
    time.sleep(1.1)
    second = pull(desk.workspace)
    assert (second.whole, len(second.refused)) == (False, 1)
    server.annotations.update(made.id, result=[result(Region("a", 0, 4, "ORG"), "", "manual")])
    assert pull(desk.workspace).added == {"submitted": 1}


def test_one_task_of_a_document_changes_and_the_annotation_on_its_other_task_stays(server, desk, sent, monkeypatch):
    monkeypatch.setattr("annotation.changes.OVERLAP", timedelta())
    push(desk.workspace)
    project = require_project(server, desk.workspace.studio.project, load_labels())
    task = task_of(server, desk, sent[0])
    annotate(server, task, ("a", 0, 4, "ORG"))
    pull(desk.workspace)
    time.sleep(1.1)
    server.projects.import_tasks(id=project.id, request=[{"data": server.tasks.get(str(task)).data}])
    other = next(
        found.id for found in find_tasks(server, project, [sent[0].doc_id])[sent[0].doc_id] if found.id != task
    )
    annotate(server, other, ("a", 5, 7, "LOC"))
    done = pull(desk.workspace)
    assert (done.whole, done.added) == (False, {"submitted": 1})


def test_drafts_are_counted_and_are_no_decisions(server, desk, sent, draft):
    push(desk.workspace)
    task = task_of(server, desk, sent[0])
    draft(task)
    assert desk.json("pull")["drafts"] == 1
    assert not desk.workspace.log.exists()


def test_spaces_and_marks_at_the_edges_are_trimmed_and_named(server, desk, sent):
    push(desk.workspace)
    annotate(server, task_of(server, desk, sent[0]), ("a", 5, 8, "LOC"))
    done = desk.run("pull")
    assert done.returncode == 0
    assert done.stderr == f"trimmed: {sent[0].doc_id}: LOC [5, 8) '山东。' became LOC [5, 7) '山东'\n"
    [record] = desk.records
    assert record.spans[0].text == "山东"


def test_all_parts_of_a_project_are_pulled(server, desk, document):
    documents = [document(f"第{number}篇\n") for number in range(5)]
    desk.write(*documents)
    workspace = replace(desk.workspace, studio=replace(desk.workspace.studio, max_tasks=2))
    push(workspace)
    for project in require_projects(server, workspace.studio.project, load_labels()):
        for task in server.tasks.list(project=project.id, fields="all"):
            annotate(server, task.id, ("a", 0, 1, "ORG"))
    assert pull(workspace).added == {"submitted": 5}
    assert status(workspace).done == 5


def test_the_tasks_of_another_workspace_in_the_same_project_are_told_in_a_few_lines_and_left(server, desk, document):
    ours, theirs = document("我们的\n"), [document(f"他们的第{number}篇\n") for number in range(23)]
    desk.write(ours, *theirs)
    push(desk.workspace)
    project = require_project(server, desk.workspace.studio.project, load_labels())
    for task in server.tasks.list(project=project.id, fields="all"):
        annotate(server, task.id, ("a", 0, 2, "ORG"))
    desk.write(ours)  # the others are in the corpus of another workspace
    done = desk.run("pull")
    assert done.returncode == 2
    lines = done.stderr.splitlines()
    assert len(lines) == 21
    assert all(
        "is not in the corpus; build the corpus with the pages it was pushed from" in line for line in lines[:20]
    )
    assert lines[20] == "jiaozhu: refused 3 more; --json lists all"
    assert [record.doc_id for record in desk.records] == [ours.doc_id]


def spread(desk, server, document):
    """Five documents over three parts of a project, each annotated and pulled; the workspace and the parts."""
    desk.write(*(document(f"第{number}篇\n") for number in range(5)))
    workspace = replace(desk.workspace, studio=replace(desk.workspace.studio, max_tasks=2))
    push(workspace)
    parts = require_projects(server, workspace.studio.project, load_labels())
    for part in parts:
        for task in server.tasks.list(project=part.id, fields="all"):
            annotate(server, task.id, ("a", 0, 1, "ORG"))
    assert pull(workspace).added == {"submitted": 5}
    return workspace, parts


@pytest.mark.parametrize("number", [0, 1])
def test_a_part_that_was_deleted_takes_its_annotations_along_and_the_log_says_so_once(server, desk, document, number):
    workspace, parts = spread(desk, server, document)
    inside = {task.data["doc_id"] for task in server.tasks.list(project=parts[number].id, fields="all")}
    server.projects.delete(parts[number].id)
    done = pull(workspace)
    assert (done.added, done.lost, done.whole) == ({"deleted": 2}, 1, False)
    assert {record.doc_id for record in desk.records if record.status == "deleted"} == inside
    again = pull(workspace, full=True)
    assert (again.added, again.lost, again.elsewhere) == ({}, 0, 0)


def test_what_is_deleted_in_several_parts_is_deleted_once_and_nothing_is_elsewhere(server, desk, document):
    workspace, parts = spread(desk, server, document)
    [first, *_] = server.tasks.list(project=parts[0].id, fields="all", include="id,annotations")
    [other, *_] = server.tasks.list(project=parts[1].id, fields="all", include="id,annotations")
    server.tasks.delete(str(first.id))
    server.annotations.delete(other.annotations[0]["id"])
    assert pull(workspace, full=True).added == {"deleted": 2}
    again = pull(workspace, full=True)
    assert (again.added, again.elsewhere, again.annotations) == ({}, 0, 3)


def test_a_task_that_was_deleted_and_pushed_anew_has_lost_its_annotation(server, desk, document):
    workspace, parts = spread(desk, server, document)
    task = next(iter(server.tasks.list(project=parts[1].id, fields="all")))
    server.tasks.delete(str(task.id))
    assert push(workspace).pushed == 1
    done = pull(workspace)
    assert done.added == {"deleted": 1}
    assert [record.doc_id for record in desk.records if record.status == "deleted"] == [task.data["doc_id"]]
    assert pull(workspace, full=True).elsewhere == 0


def test_a_project_that_was_lost_whole_is_replayed_and_nothing_of_it_is_taken_for_deleted(server, desk, document):
    workspace, parts = spread(desk, server, document)
    for part in parts:
        server.projects.delete(part.id)
    push(workspace)
    done = pull(workspace)
    assert (done.added, done.elsewhere, done.lost) == ({}, 5, 0)
    assert (pull(workspace).added, pull(workspace, full=True).lost) == ({}, 0)
    assert replay(workspace, workspace.log).put == 5
    assert pull(workspace, full=True).elsewhere == 0
    assert all(record.status == "submitted" for record in latest(desk.records))


def test_a_part_with_another_title_is_not_taken_for_deleted(server, desk, document):
    workspace, parts = spread(desk, server, document)
    server.projects.update(parts[1].id, title=f"{parts[1].title} old")
    done = pull(workspace, full=True)
    assert (done.added, done.elsewhere, done.lost) == ({}, 2, 0)


def test_blind_tasks_are_blind_in_the_log(server, desk, sent):
    push(replace(desk.workspace, studio=replace(desk.workspace.studio, blind=1.0)))
    annotate(server, task_of(server, desk, sent[0]), ("a", 0, 4, "ORG"))
    pull(desk.workspace)
    [record] = desk.records
    assert (record.blind, record.model) == (True, None)


def exported(server, desk, path):
    project = require_project(server, desk.workspace.studio.project, load_labels())
    content = server.projects.exports.download_sync(project.id, export_type="JSON", download_all_tasks=True)
    path.write_bytes(b"".join(content))
    return path


def test_an_export_file_gives_the_lines_that_the_server_gives(server, desk, sent, draft, tmp_path):
    push(desk.workspace)
    tasks = [task_of(server, desk, item) for item in sent]
    [seen] = server.predictions.list(task=tasks[0])
    annotate(server, tasks[0], ("s0", 0, 2, "ORG"), parent_prediction=seen.id)
    annotate(server, tasks[0], ("a", 5, 8, "LOC"), ground_truth=True)
    annotate(server, tasks[1], was_cancelled=True)
    draft(tasks[1])
    from_server = pull(desk.workspace)
    lines = desk.workspace.log.read_bytes()
    desk.workspace.log.unlink()
    person = server.users.whoami().id
    file = exported(server, desk, tmp_path / "export.json")
    email = json.loads(lines.splitlines()[0])["annotator"]
    done = desk.json("pull", "--from", str(file), "--annotator", f"{person}={email}")
    assert desk.workspace.log.read_bytes() == lines
    for name in ("annotations", "added", "verdicts", "ground_truth", "drafts", "refused"):
        wanted = getattr(from_server, name)
        assert done[name] == (list(wanted) if isinstance(wanted, tuple) else wanted)
    assert desk.json("pull", "--from", str(file))["added"] == {}
    desk.workspace.log.unlink()
    desk.json("pull", "--from", str(file))
    assert {record.annotator for record in desk.records} == {f"user {person}"}


def test_an_annotation_whose_suggestions_are_not_in_the_file_is_refused(server, desk, sent, tmp_path):
    push(desk.workspace)
    task = task_of(server, desk, sent[0])
    [seen] = server.predictions.list(task=task)
    annotate(server, task, ("s0", 0, 4, "ORG"), parent_prediction=seen.id)
    file = exported(server, desk, tmp_path / "export.json")
    content = json.loads(file.read_text("utf-8"))
    for item in content:
        for annotation in item["annotations"]:
            annotation["prediction"] = {}
    file.write_text(json.dumps(content), "utf-8")
    done = desk.run("pull", "--from", str(file))
    assert done.returncode == 2
    assert "suggestions that are not in the file" in done.stderr
    assert not desk.workspace.log.exists()


def test_planted_errors_are_found_or_missed_and_count_against_nobody_s_model(server, desk, document):
    documents = [
        document(f"济南大学在山东省{number}\n", [("济南大学", "ORG"), ("山东省", "LOC")]) for number in "甲乙丙"
    ]
    desk.write(*documents)
    assert desk.json("push", "--planted", "1")["planted"] == 3
    project = require_project(server, desk.workspace.studio.project, load_labels())
    for task in server.tasks.list(project=project.id, fields="all"):
        assert "planted" not in json.dumps(task.model_dump(), default=str)
        [seen] = task.predictions
        by_hand = [("a", 0, 4, "ORG"), ("b", 5, 8, "LOC")]
        clicked = [result(Region(item["id"], *span_of(item)), "", "prediction") for item in seen.model_dump()["result"]]
        corrected = [result(Region(*region), "", "manual") for region in by_hand]
        drawn = clicked if task.data["doc_id"] == documents[0].doc_id else corrected
        server.annotations.create(task.id, result=drawn, parent_prediction=seen.id)
    done = pull(desk.workspace)
    assert done.verdicts == {"kept": 6, "deleted": 0}
    found = {record.doc_id: record.planted for record in desk.records}
    assert found == {item.doc_id: "missed" if item is documents[0] else "found" for item in documents}
    assert [[(span.start, span.end, span.label) for span in item.spans] for item in desk.records] == [
        [(0, 4, "ORG"), (5, 8, "LOC")]
    ] * 3
    report = desk.run("agreement")
    assert f"found 2 of 3 suggestions that were wrong on purpose; missed in {documents[0].doc_id}" in " ".join(
        report.stdout.split()
    )


def span_of(item) -> tuple[int, int, str]:
    return (item["value"]["start"], item["value"]["end"], item["value"]["labels"][0])
