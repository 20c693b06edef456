"""Every canonical document becomes one task with its suggestions, however often it is pushed."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from threading import Barrier

import pytest

from annotation.choice import drawn
from annotation.connection import connected
from annotation.labels import load_labels
from annotation.log import Suggestion
from annotation.project import ensure_projects, require_project, require_projects
from annotation.pull import pull
from annotation.push import find_tasks, push
from annotation.tasks import suggestions_of
from corpus.errors import JiaozhuError, SpanError

pytestmark = pytest.mark.slow

ODD = "𠮷野家在济南😀\t设店。\n\u3000\u3000e\u0301\u200b投资<b>3000亿元</b>&amp;  两处\n"


def tasks_of(desk):
    """Every task of the project, as the server has it."""
    with connected(desk.workspace) as client:
        project = require_project(client, desk.workspace.studio.project, load_labels())
        return list(client.tasks.list(project=project.id, fields="all", include="id,data,predictions,overlap"))


def test_a_second_push_makes_no_second_task(label_studio, desk, document):
    desk.write(document("济南大学\n", [("济南大学", "ORG")]), document("无标注\n", has_suggestions=False))
    first = desk.json("push")
    assert (first["pushed"], first["without"], first["already"]) == (2, 1, 0)
    second = desk.json("push")
    assert (second["pushed"], second["already"], second["renewed"]) == (0, 2, 0)
    assert len(tasks_of(desk)) == 2


def test_documents_on_which_a_part_failed_are_counted_where_they_are_shown_its_suggestions(
    label_studio, desk, document
):
    desk.write(
        document("济南大学\n", flags=["long_sentence", "failed:people"]),
        document("山东大学\n", flags=["unanswered"]),
        document("云州大学\n", flags=["unreadable_characters"]),
    )
    assert desk.json("push", "--limit", "0")["partial"] == 0
    assert desk.json("push")["partial"] == 2
    assert "of these where a part of the pipeline failed │ 0" in desk.run("push").stdout


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


def pushed_order(desk, title=None) -> list[str]:
    """The texts of the tasks in the order in which annotators get them."""
    with connected(desk.workspace) as client:
        projects = require_projects(client, title or desk.workspace.studio.project, load_labels())
        pages = [client.tasks.list(project=project.id, page_size=100, fields="all") for project in projects]
        return [task.data["text"] for page in pages for task in sorted(page, key=lambda task: task.id)]


def with_settings(desk, **settings):
    return replace(desk.workspace, studio=replace(desk.workspace.studio, **settings))


def test_uncertain_texts_come_first_sites_take_turns_and_a_limit_goes_on_where_it_ended(label_studio, desk, document):
    sure = document("济南大学在甲\n", [("济南大学", "ORG")], site="a", score=0.9)
    unsure = document("济南大学在乙\n", [("济南大学", "ORG")], site="a", score=0.1)
    elsewhere = document("济南大学在丙\n", [("济南大学", "ORG")], site="b", score=0.5)
    desk.write(sure, unsure, elsewhere)
    done = desk.json("push", "--limit", "2")
    assert (done["pushed"], done["left"]) == (2, 1)
    assert pushed_order(desk) == [unsure.text, elsewhere.text]
    done = desk.json("push", "--limit", "2")
    assert (done["pushed"], done["already"], done["left"]) == (1, 2, 0)
    assert pushed_order(desk) == [unsure.text, elsewhere.text, sure.text]


def test_a_sample_is_the_same_each_time(label_studio, desk, document):
    desk.write(*(document(f"第{number}篇\n") for number in range(9)))
    assert desk.json("push", "--sample", "4")["pushed"] == 4
    assert desk.json("push", "--sample", "4")["pushed"] == 0
    assert desk.json("push", "--sample", "6")["pushed"] == 2


def test_blind_tasks_have_no_suggestions_not_even_those_of_a_later_model(label_studio, desk, document):
    documents = [document(f"济南大学{number}\n", [("济南大学", "ORG")]) for number in range(20)]
    desk.write(*documents)
    done = desk.json("push", "--blind", "0.4")
    chosen = {item.doc_id for item in documents if drawn(item.doc_id, "blind", 0.4)}
    assert 0 < len(chosen) < 20
    assert (done["blind"], done["without"]) == (len(chosen), len(chosen))
    desk.write(*(replace(item, model="test-model@2") for item in documents))
    assert desk.json("push")["renewed"] == 20 - len(chosen)
    for task in tasks_of(desk):
        assert bool(task.predictions) is (task.data["doc_id"] not in chosen)
        assert task.data.get("blind", False) is (task.data["doc_id"] in chosen)


def test_overlapping_tasks_wait_for_several_annotators_and_a_hash_says_which(label_studio, desk, document):
    documents = [document(f"第{number}篇\n") for number in range(12)]
    chosen = {item.doc_id for item in documents if drawn(item.doc_id, "overlap", 0.3)}
    desk.write(*documents)
    assert desk.json("push", "--overlap", "0.3")["overlapping"] == len(chosen) > 0
    assert {task.data["doc_id"]: task.overlap for task in tasks_of(desk)} == {
        item.doc_id: 2 if item.doc_id in chosen else 1 for item in documents
    }
    assert desk.json("push", "--overlap", "0.3")["overlapping"] == 0
    assert desk.json("push")["overlapping"] == 0
    assert sum(task.overlap == 2 for task in tasks_of(desk)) == len(chosen)


def test_a_large_corpus_is_spread_over_projects_and_stays_where_it_is_when_it_grows(label_studio, desk, document):
    first = [document(f"第{number}篇\n") for number in range(5)]
    desk.write(*first)
    workspace = with_settings(desk, max_tasks=2)
    assert push(workspace).projects == 3
    with connected(workspace) as client:
        part = require_projects(client, workspace.studio.project, load_labels())[1]
        said = client.projects.get(part.id).description
        client.projects.update(part.id, description=f"{said}\nfor the second shift")  # people write there, too
    before = pushed_order(desk)
    assert sorted(before) == sorted(item.text for item in first)
    assert push(workspace).pushed == 0
    desk.write(*first, *(document(f"新{number}\n") for number in range(4)))
    done = push(workspace)
    assert (done.pushed, done.already, done.projects) == (4, 5, 5)
    assert pushed_order(desk)[:5] == before
    with connected(workspace) as client:
        found = require_projects(client, workspace.studio.project, load_labels())
    assert [project.tasks for project in found] == [2, 2, 2, 2, 1]
    assert [project.title for project in found][1:] == [f"{workspace.studio.project} {part}" for part in (2, 3, 4, 5)]


def test_a_project_of_somebody_else_with_a_number_in_its_title_is_no_part(label_studio, desk, document):
    desk.write(document("甲\n"))
    title = desk.workspace.studio.project
    push(desk.workspace, title=f"{title} 2")
    push(desk.workspace)
    with connected(desk.workspace) as client:
        assert len(require_projects(client, title, load_labels())) == 1


def test_doubles_of_a_push_on_another_machine_are_removed_and_nobodys_work_is(label_studio, desk, document):
    documents = [document(f"第{number}篇\n") for number in range(3)]
    desk.write(*documents)
    push(desk.workspace)
    with connected(desk.workspace) as client:
        project = require_projects(client, desk.workspace.studio.project, load_labels())[0]
        there = find_tasks(client, project, [item.doc_id for item in documents])
        again = [{"data": client.tasks.get(str(tasks[0].id)).data} for tasks in there.values() for _ in range(2)]
        client.projects.import_tasks(id=project.id, request=again)
        twice = find_tasks(client, project, [documents[0].doc_id])[documents[0].doc_id]
        client.annotations.create(twice[2].id, result=[])
        assert push(desk.workspace).doubles == 6
        left = find_tasks(client, project, [item.doc_id for item in documents])
    assert [task.id for task in left[documents[0].doc_id]] == [twice[2].id]
    for item in documents[1:]:
        assert [task.id for task in left[item.doc_id]] == [there[item.doc_id][0].id]


def test_pushes_from_two_machines_at_once_make_each_task_once(label_studio, desk, document, tmp_path, monkeypatch):
    documents = [document(f"济南大学第{number}篇\n", [("济南大学", "ORG")]) for number in range(12)]
    desk.write(*documents)
    machines = [with_settings(desk, folder=tmp_path / name, batch=4) for name in "ab"]  # no lock in common
    both_are_ready = Barrier(2, timeout=60)

    def find(*arguments):
        found = ensure_projects(*arguments)
        both_are_ready.wait()
        return found

    def run(machine):
        with suppress(JiaozhuError):  # two imports at once can be too much for Label Studio on SQLite: run it again
            push(machine, label_studio.url)

    with monkeypatch.context() as patch, ThreadPoolExecutor() as pool:
        patch.setattr("annotation.push.ensure_projects", find)
        list(pool.map(run, machines))
    done = push(machines[0], label_studio.url)
    assert done.pushed + done.already == 12
    tasks = tasks_of(desk)
    assert sorted(task.data["text"] for task in tasks) == sorted(item.text for item in documents)
    assert all(len(task.predictions) == 1 for task in tasks)
