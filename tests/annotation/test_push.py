"""Every canonical document becomes one task with its suggestions, however often it is pushed."""

import pytest

from annotation.connection import connected
from annotation.labels import load_labels
from annotation.log import Suggestion
from annotation.project import require_project
from annotation.pull import pull
from annotation.push import find_tasks, push
from annotation.tasks import suggestions_of
from corpus.errors import SpanError

pytestmark = pytest.mark.slow

ODD = "𠮷野家在济南😀\t设店。\n\u3000\u3000e\u0301\u200b投资<b>3000亿元</b>&amp;  两处\n"


def tasks_of(desk):
    """Every task of the project, as the server has it."""
    with connected(desk.workspace) as client:
        project = require_project(client, desk.workspace.studio.project, load_labels())
        return list(client.tasks.list(project=project.id, fields="all", include="id,data,predictions"))


def test_a_second_push_makes_no_second_task(label_studio, desk, document):
    desk.write(document("济南大学\n", [("济南大学", "ORG")]), document("无标注\n", has_suggestions=False))
    first = desk.json("push")
    assert (first["pushed"], first["without"], first["already"]) == (2, 1, 0)
    second = desk.json("push")
    assert (second["pushed"], second["already"], second["renewed"]) == (0, 2, 0)
    assert len(tasks_of(desk)) == 2


def test_odd_characters_arrive_as_they_are_with_every_offset_in_place(label_studio, desk, document):
    words = [("𠮷野家", "ORG"), ("济南", "LOC"), ("3000亿元", "MONEY"), ("两处", "LOC")]
    sent = document(ODD, words, title="<script>alert(1)</script>")
    desk.write(sent)
    push(desk.workspace)
    [task] = tasks_of(desk)
    assert task.data["text"] == ODD
    assert task.data["title"] == sent.title
    [prediction] = task.predictions
    back = suggestions_of(sent.doc_id, task.data["text"], prediction.model_dump(), load_labels())
    assert list(back.values()) == sent.spans


def test_near_duplicates_stay_at_home(label_studio, desk, document):
    desk.write(document("正本\n"), document("副本\n", is_canonical=False))
    done = push(desk.workspace)
    assert (done.pushed, done.duplicates) == (1, 1)
    assert [task.data["text"] for task in tasks_of(desk)] == ["正本\n"]


def test_a_document_whose_text_changed_is_reported_and_not_pushed_again(label_studio, desk, document):
    before = document("济南大学今天\n")
    desk.write(before)
    push(desk.workspace)

    class Changed(type(before)):
        doc_id = before.doc_id

    desk.write(Changed("济南大学\n"))
    result = desk.run("push")
    assert result.returncode == 0
    assert f"text changed: {before.doc_id}" in result.stderr
    assert [task.data["text"] for task in tasks_of(desk)] == ["济南大学今天\n"]


def test_new_suggestions_are_added_to_tasks_that_are_there_and_become_the_ones_shown(label_studio, desk, document):
    desk.write(document("济南大学\n", [("济南大学", "ORG")]))
    push(desk.workspace)
    newer = document("济南大学\n", [("济南", "LOC")], model="test-model@2")
    desk.write(newer)
    assert push(desk.workspace).renewed == 1
    assert push(desk.workspace).renewed == 0
    with connected(desk.workspace) as client:
        project = require_project(client, desk.workspace.studio.project, load_labels())
        [task] = find_tasks(client, project, [newer.doc_id])[newer.doc_id]
    assert project.model == "test-model@2"
    assert sorted(task.models) == ["test-model@1", "test-model@2"]


def test_suggestions_made_for_another_text_are_refused_before_anything_is_sent(label_studio, desk, document):
    stale = document("济南大学\n", [("济南大学", "ORG")])

    class Rebuilt(type(stale)):
        @property
        def row(self):
            return {**super().row, "text_sha256": "0" * 64}

    desk.write(document("好的\n"), Rebuilt(stale.text, stale.suggested))
    result = desk.run("push")
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1
    assert stale.doc_id in result.stderr
    assert "run `jiaozhu annotation preannotate` again" in result.stderr
    result = desk.run("pull")
    assert "no project is called" in result.stderr


@pytest.mark.parametrize(
    ("span", "reason"),
    [
        (Suggestion(3, 6, "ORG", "大学", 1.0, "m"), "outside its text of 5 characters"),
        (Suggestion(0, 2, "ORG", "大学", 1.0, "m"), "the text there is another"),
        (Suggestion(0, 2, "GPE", "济南", 1.0, "m"), "not a label of the scheme"),
        (Suggestion(0, 0, "ORG", "", 1.0, "m"), "empty"),
        (Suggestion(1, 3, "ORG", "南大", 1.0, "m"), "overlaps"),
    ],
)
def test_a_suggestion_that_fails_the_gate_is_refused_by_document_span_and_reason(desk, document, span, reason):
    good = document("济南大学\n")

    class Wrong(type(good)):
        spans = (Suggestion(2, 4, "ORG", "大学", 1.0, "m"), span)

    desk.write(Wrong(good.text))
    with pytest.raises(SpanError, match=reason) as caught:
        push(desk.workspace)
    assert good.doc_id in str(caught.value)
    assert f"[{span.start}, {span.end})" in str(caught.value)


def test_what_was_pushed_and_not_touched_adds_nothing_to_the_log(label_studio, desk, document):
    desk.write(document("济南大学\n", [("济南大学", "ORG")]))
    push(desk.workspace)
    assert pull(desk.workspace).added == {}
    assert not desk.workspace.log.exists()
