"""What annotators agree on is written down once; what they do not is listed; no decision of a person is overwritten."""

from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotation.adjudicate import adjudicate, as_suggestions, push_conflicts
from annotation.connection import connected
from annotation.labels import load_labels
from annotation.log import AGREEMENT, append, latest, read_log, to_line
from annotation.project import require_project
from annotation.pull import pull
from annotation.push import find_tasks, push
from annotation.replay import replay
from annotation.status import status
from annotation.tasks import Region, result, suggestions_of
from corpus.errors import JiaozhuError
from tests.annotation.opinions import decided, opinion
from tests.exports.making import gathered

LATER = "2026-11-03T00:00:00Z"


@pytest.fixture
def log(tmp_path):
    return tmp_path / "log.jsonl"


def standing(log):
    """The agreements that hold."""
    return [item for item in latest(read_log(log)) if item.annotator == AGREEMENT and item.status == "submitted"]


def test_complete_agreement_becomes_one_record_that_says_what_its_newest_source_says(log):
    newest = decided(opinion("b", "AA.B", updated_at=LATER, model="m@2"), kept=1, deleted=1)
    append(log, [opinion("a", "AA.B"), newest])
    done = adjudicate(log)
    assert (done.several, done.agreed, done.disputed, done.written, done.conflicts) == (1, 1, 0, 1, ())
    [made] = standing(log)
    same = replace(newest, annotation=made.annotation, annotator=AGREEMENT, created_at=LATER, lead_time=None)
    assert made == same
    assert made.annotation not in {"d1-a", "d1-b"}
    assert made.adjudicated


def test_a_span_is_scored_by_the_share_of_the_versions_that_have_it():
    document = {"doc_id": "d", "text_sha256": "x", "text": "云州大学"}
    both, one = (0, 2, "LOC"), (2, 4, "ORG")
    shown = as_suggestions(document, {"qi": [one, both], "wu": [both]})
    assert [(item.model, item.doc_id, item.text_sha256) for item in shown] == [("qi", "d", "x"), ("wu", "d", "x")]
    scores = {item.model: [(span.text, span.label, span.score, span.source) for span in item.spans] for item in shown}
    assert scores == {
        "qi": [("云州", "LOC", 1.0, "qi"), ("大学", "ORG", 0.5, "qi")],
        "wu": [("云州", "LOC", 1.0, "wu")],
    }


@pytest.mark.parametrize("other", ["AA..", "AA.A", "AAAA", "aAAB", "...."])
def test_where_any_border_or_label_differs_nothing_is_written(log, other):
    append(log, [opinion("a", "AA.B"), opinion("b", other)])
    before = log.read_bytes()
    done = adjudicate(log)
    assert (done.agreed, done.disputed, done.written) == (0, 1, 0)
    assert done.conflicts
    assert log.read_bytes() == before


def test_one_annotator_alone_agrees_with_nobody(log):
    append(log, [opinion("a", "AA"), opinion("a", "AA", annotation="again"), opinion("b", "", status="skipped")])
    assert adjudicate(log).several == 0
    assert standing(log) == []


def test_a_conflict_names_the_place_and_what_everyone_has_there(log):
    append(log, [opinion("a", "AAAA.BB.A"), opinion("b", "AAbB.BB.."), opinion("c", "AA...BB..")])
    first, second = adjudicate(log).conflicts
    assert (first.doc_id, first.start, first.end) == ("d1", 0, 4)
    assert [(said.annotator, [(start, end, label) for start, end, label, _ in said.spans]) for said in first.said] == [
        ("a", [(0, 4, "A")]),
        ("b", [(0, 2, "A"), (2, 4, "B")]),
        ("c", [(0, 2, "A")]),
    ]
    assert (second.start, second.end) == (8, 9)
    assert [len(said.spans) for said in second.said] == [1, 0, 0]


def test_neighbouring_disputed_spans_are_two_places(log):
    append(log, [opinion("a", "AABB"), opinion("b", "....")])
    assert [(item.start, item.end) for item in adjudicate(log).conflicts] == [(0, 2), (2, 4)]


def test_an_agreement_is_as_new_as_its_newest_source(log):
    append(log, [opinion("a", "AA."), opinion("b", "AA.")])
    adjudicate(log)
    append(log, [opinion("b", "AA.", updated_at=LATER)])  # saved once more, unchanged
    adjudicate(log)
    assert [made.updated_at for made in standing(log)] == [LATER]


def test_an_agreement_that_holds_no_longer_is_withdrawn_and_one_found_again_is_written_again(log):
    append(log, [opinion("a", "AA."), opinion("b", "AA.")])
    adjudicate(log)
    third = opinion("c", "..B", updated_at=LATER)
    append(log, [third])
    done = adjudicate(log)
    assert (done.written, done.withdrawn, done.disputed) == (0, 1, 1)
    assert standing(log) == []
    append(log, [replace(third, status="deleted", spans=())])
    assert adjudicate(log).written == 1
    assert len(standing(log)) == 1


def test_an_agreement_on_something_else_takes_the_place_of_the_old_one(log):
    append(log, [opinion("a", "AA."), opinion("b", "AA.")])
    adjudicate(log)
    append(log, [opinion(name, "BB.", updated_at=LATER) for name in "ab"])
    done = adjudicate(log)
    assert (done.written, done.withdrawn) == (1, 1)
    [made] = standing(log)
    assert [span.label for span in made.spans] == ["B"]


def test_what_a_person_decided_is_no_conflict_and_stays_whatever_the_others_say_later(log):
    append(log, [opinion("a", "AA."), opinion("b", "..B"), opinion("adjudication:c", ".BB")])
    done = adjudicate(log)
    assert (done.decided, done.disputed, done.written, done.conflicts) == (1, 0, 0, ())
    append(log, [opinion(name, "AA.", updated_at=LATER) for name in "ab"])
    before = log.read_bytes()
    assert adjudicate(log).decided == 1
    assert log.read_bytes() == before


def test_a_decision_on_another_text_of_the_document_does_not_settle_this_one(log):
    append(log, [opinion("adjudication:c", "AA"), *(opinion(name, "AA.", updated_at=LATER) for name in "ab")])
    done = adjudicate(log)
    assert (done.decided, done.agreed, done.written) == (0, 1, 1)


def test_a_decision_takes_the_place_of_an_agreement(log):
    append(log, [opinion("a", "AA."), opinion("b", "AA.")])
    adjudicate(log)
    append(log, [opinion("adjudication:c", "BB.")])
    assert adjudicate(log).withdrawn == 1
    assert standing(log) == []


@st.composite
def logs(draw):
    """Rounds of opinions, decisions, skips and deletions; each round may change any of the earlier ones."""
    rounds = []
    for _ in range(draw(st.integers(1, 3))):
        records = []
        for _ in range(draw(st.integers(1, 5))):
            who = draw(st.sampled_from(["a", "b", "c", "adjudication:d"]))
            status = draw(st.sampled_from(["submitted", "submitted", "skipped", "deleted"]))
            letters = draw(st.sampled_from(["AA.", "..B"])) if status == "submitted" else ""
            when = f"2026-11-0{draw(st.integers(1, 5))}T00:00:00Z"
            doc_id = draw(st.sampled_from(["d1", "d2"]))
            records.append(opinion(who, letters, doc_id, status=status, updated_at=when, text_sha256="0" * 64))
        rounds.append(records)
    return rounds


@given(rounds=logs())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_twice_adds_no_line_and_an_agreement_holds_exactly_where_one_is_counted(rounds, tmp_path_factory):
    log = tmp_path_factory.mktemp("rounds") / "log.jsonl"
    for records in rounds:
        append(log, records)
        if not log.exists():
            continue
        before = log.read_bytes()
        done = adjudicate(log)
        after = log.read_bytes()
        assert after.startswith(before)
        again = adjudicate(log)
        assert log.read_bytes() == after
        assert (again.written, again.withdrawn) == (0, 0)
        assert (again.agreed, again.decided, again.conflicts) == (done.agreed, done.decided, done.conflicts)
        assert len(standing(log)) == done.agreed
        assert done.several == done.agreed + done.decided + done.disputed


def test_a_missing_log_is_named(log):
    with pytest.raises(JiaozhuError, match="no annotation log here"):
        adjudicate(log)


def test_the_command_lists_the_conflicts_and_the_same_again_is_the_same(desk):
    append(desk.workspace.log, [opinion("a", "AA."), opinion("b", ".AA")])
    append(desk.workspace.log, [opinion("a", "A", "d2"), opinion("b", "A", "d2")])
    first, second = desk.json("adjudicate"), desk.json("adjudicate")
    assert (first["agreed"], first["disputed"], first["written"]) == (1, 1, 1)
    assert second == {**first, "written": 0}
    assert second["conflicts"][0]["said"][1] == {"annotator": "b", "spans": [[1, 3, "A", "字字"]]}
    shown = desk.run("adjudicate", COLUMNS="120").stdout
    assert "d1" in shown
    assert "[0, 3)" in shown
    assert "A 字字" in shown


@pytest.fixture
def server(label_studio, desk):
    """The client that this desk's people use."""
    with connected(desk.workspace) as client:
        yield client


@pytest.fixture
def people(server, desk):
    """Two annotators, new to the server: their e-mails and ids."""
    mark = desk.workspace.studio.project.replace(" ", "-")
    emails = [f"{name}-{mark}@example.org" for name in ("li", "wang")]
    return {email: server.users.create(email=email, username=email, first_name="", last_name="").id for email in emails}


def task_of(server, title, sent):
    project = require_project(server, title, load_labels())
    [task] = find_tasks(server, project, [sent.doc_id])[sent.doc_id]
    return task


def annotate(server, task, *regions, **fields):
    drawn = [result(Region(*region), "", "manual") for region in regions]
    return server.annotations.create(task.id, result=drawn, lead_time=2.0, **fields)


@pytest.mark.slow
def test_a_conflict_goes_to_an_adjudicator_with_every_version_and_comes_back_as_the_decision(
    server, people, desk, document
):
    title = desk.workspace.studio.project
    sent, agreed = document("济南大学在山东。\n", [("济南大学", "ORG")]), document("北京\n")
    desk.write(sent, agreed)
    push(desk.workspace)
    li, wang = people
    task = task_of(server, title, sent)
    [suggested] = server.predictions.list(task=task.id)
    for name, end in ((li, 4), (wang, 2)):
        annotate(server, task, ("s0", 0, end, "ORG"), completed_by=people[name], parent_prediction=suggested.id)
        annotate(server, task_of(server, title, agreed), ("a", 0, 2, "LOC"), completed_by=people[name])
    pull(desk.workspace)

    asked = desk.json("adjudicate", "--push")
    assert (asked["agreed"], asked["disputed"], asked["asked"]["pushed"]) == (1, 1, 1)
    assert asked["asked"]["project"] == f"{title} 裁定"
    again = desk.json("adjudicate", "--push")
    assert (again["written"], again["asked"]["pushed"], again["asked"]["already"]) == (0, 0, 1)
    task = task_of(server, f"{title} 裁定", sent)
    shown = {item.model_version: item for item in server.predictions.list(task=task.id)}
    text = sent.text
    opened = server.tasks.get(str(task.id))
    assert sorted(item.model_version for item in opened.predictions) == sorted(people)
    versions = {
        name: [
            (made.start, made.end)
            for made in suggestions_of(sent.doc_id, text, item.model_dump(), load_labels()).values()
        ]
        for name, item in shown.items()
    }
    assert versions == {li: [(0, 4)], wang: [(0, 2)]}
    assert pull(desk.workspace).added == {}  # neither the agreement nor the other project's tasks are taken for deleted

    annotate(server, task, ("s0", 0, 4, "ORG"), ("b", 5, 7, "LOC"), parent_prediction=shown[li].id)
    assert desk.json("pull", "--adjudicated")["added"] == {"submitted": 1}
    decision = desk.records[-1]
    assert decision.adjudicated
    assert decision.annotator.startswith("adjudication:")
    assert "@" in decision.annotator
    assert [(made.text, made.verdict) for made in decision.spans] == [("济南大学", "kept"), ("山东", "added")]
    assert decision.model == sent.model  # whose version it was copied from is no model
    assert decision.spans[0].suggestion == sent.spans[0]
    assert li not in to_line(decision)

    done = desk.json("adjudicate", "--push")
    assert (done["decided"], done["disputed"], done["written"], done["asked"]["pushed"]) == (1, 0, 0, 0)
    assert (pull(desk.workspace).added, pull(desk.workspace, title=f"{title} 裁定").added) == ({}, {})
    found = status(desk.workspace)
    assert (found.waiting, found.adjudicated, found.tasks, found.done) == (0, 2, 2, 2)
    spoken = gathered(desk.workspace.corpus, desk.workspace.log, load_labels()).records
    said = spoken[sent.doc_id]
    assert (said.annotation, said.annotator, said.spans) == (decision.annotation, decision.annotator, decision.spans)
    assert spoken[agreed.doc_id].annotator == AGREEMENT


@pytest.mark.slow
def test_a_decision_that_was_deleted_is_deleted_in_the_log_and_the_conflict_is_back(server, people, desk, document):
    sent = document("济南大学\n")
    desk.write(sent)
    push(desk.workspace)
    for end, person in enumerate(people.values(), 1):
        annotate(
            server, task_of(server, desk.workspace.studio.project, sent), ("a", 0, end, "ORG"), completed_by=person
        )
    pull(desk.workspace)
    adjudicating = desk.workspace.studio.project + " 裁定"
    push_conflicts(desk.workspace)
    made = annotate(server, task_of(server, adjudicating, sent), ("a", 0, 4, "ORG"))
    pull(desk.workspace, title=adjudicating)
    assert adjudicate(desk.workspace.log).decided == 1
    server.annotations.delete(made.id)
    assert pull(desk.workspace, title=adjudicating).added == {"deleted": 1}
    assert adjudicate(desk.workspace.log).disputed == 1


@pytest.mark.slow
def test_a_replay_puts_no_decision_and_no_agreement_into_the_annotators_project(server, desk, document):
    sent = document("济南大学\n")
    desk.write(sent)
    push(desk.workspace)
    same = {"text_sha256": sent.row["text_sha256"], "spans": ()}
    log = desk.workspace.root / "other.jsonl"
    made = [
        opinion(name, "", sent.doc_id, **same) for name in ("a@example.org", AGREEMENT, "adjudication:c@example.org")
    ]
    append(log, [replace(item, annotation=str(uuid4())) for item in made])
    assert replay(desk.workspace, log).put == 1


def test_a_dispute_on_another_text_than_the_corpus_has_is_named_before_anything_is_sent(desk, document):
    sent = document("济南大学\n")
    desk.write(sent)
    append(desk.workspace.log, [opinion("a", "AA", sent.doc_id), opinion("b", ".A", sent.doc_id)])
    with pytest.raises(JiaozhuError, match=f"{sent.doc_id}: was annotated on another text"):
        push_conflicts(desk.workspace)
    append(desk.workspace.log, [opinion("a", "AA", "0" * 16), opinion("b", ".A", "0" * 16)])
    desk.write(document("另一页\n"))
    with pytest.raises(JiaozhuError, match="is not in the corpus"):
        push_conflicts(desk.workspace)
