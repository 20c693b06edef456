"""Every decision of an annotator comes into the log once, checked, with who made it; a refusal keeps no other back."""

import pytest

from annotation.connection import connected
from annotation.labels import load_labels
from annotation.project import require_project
from annotation.pull import pull
from annotation.push import find_tasks, push
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
