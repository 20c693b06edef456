"""One table says how far the work is: from the server where there is one, from the log where there is none."""

import json

import pytest

from annotation.connection import connected
from annotation.labels import load_labels
from annotation.log import AGREEMENT, append
from annotation.project import require_project
from annotation.pull import pull
from annotation.push import find_tasks, push
from annotation.status import status
from annotation.tasks import Region, result
from corpus.errors import JiaozhuError
from tests.annotation.opinions import decided, opinion


@pytest.fixture
def documents(desk, document):
    made = [document(f"第{number}篇文章") for number in range(5)]
    desk.write(*made, document("副本", is_canonical=False))
    return made


def said(sent, annotator, letters="", **changes):
    """What one annotator says about a document of the corpus."""
    return opinion(annotator, letters, sent.doc_id, text_sha256=sent.row["text_sha256"], **changes)


def test_without_a_server_the_log_says_what_is_done_skipped_left_and_waiting(desk, documents):
    one, two, three, four, _ = documents
    append(
        desk.workspace.log,
        [
            said(one, "a", "A"),
            said(one, "b", "B"),
            said(two, "a", "A"),
            said(two, "b", "A"),
            said(three, "a", status="skipped"),
            said(three, "b", "A"),
            said(four, "a", status="skipped"),
            said(four, "b", status="deleted"),
            said(two, AGREEMENT, "A"),
        ],
    )
    found = status(desk.workspace, offline=True)
    assert (found.documents, found.tasks, found.on_server, found.in_log) == (5, None, None, 7)
    assert (found.done, found.skipped, found.left) == (3, 1, 1)
    assert (found.waiting, found.adjudicated) == (1, 1)
    append(desk.workspace.log, [said(one, "adjudication:c", "A")])
    found = status(desk.workspace, offline=True)
    assert (found.waiting, found.adjudicated) == (0, 2)


def test_each_annotator_has_a_row_of_newest_versions(desk, documents):
    one, two, three, _, _ = documents
    append(
        desk.workspace.log,
        [
            said(one, "a", "", lead_time=500.0),
            decided(said(one, "a", "ABA", lead_time=10.0, updated_at="2026-11-02T00:00:00Z"), kept=1, deleted=1),
            said(two, "a", "A", lead_time=30.0),
            said(three, "a", status="skipped", lead_time=900.0),
            said(one, "b", "A", lead_time=None),
            said(one, AGREEMENT, "A"),
        ],
    )
    a, b = status(desk.workspace, offline=True).annotators
    assert (a.name, a.annotations, a.skipped, a.spans) == ("a", 2, 1, 4)
    assert (a.median_lead_time, a.acceptance) == (20, 0.5)
    assert (b.name, b.median_lead_time, b.acceptance) == ("b", None, None)


def test_before_anybody_has_worked_everything_is_left(desk, documents):
    found = status(desk.workspace, offline=True)
    assert (found.done, found.left, found.annotators) == (0, 5, ())


def test_a_server_that_cannot_be_asked_is_said_in_one_line_and_the_log_is_counted(desk, documents):
    append(desk.workspace.log, [said(documents[0], "a@example.org", "A")])
    done = desk.run("status", "--json", LABEL_STUDIO_API_KEY="0" * 40)
    assert done.returncode == 0
    [line] = done.stderr.splitlines()
    assert "counted from the log alone: http://127.0.0.1:9: Label Studio cannot be reached" in line
    assert json.loads(done.stdout)["done"] == 1
    offline = desk.run("status", "--offline", COLUMNS="120")
    assert offline.stderr == ""
    assert "a@example.org" in offline.stdout


def test_a_missing_corpus_is_named(desk):
    with pytest.raises(JiaozhuError, match="no Parquet table here"):
        status(desk.workspace, offline=True)


@pytest.mark.slow
def test_the_server_is_counted_where_it_is_newer_than_the_log(label_studio, desk, documents):
    push(desk.workspace)
    with connected(desk.workspace) as client:
        project = require_project(client, desk.workspace.studio.project, load_labels())
        tasks = find_tasks(client, project, [item.doc_id for item in documents])
        ids = [tasks[item.doc_id][0].id for item in documents]
        drawn = [result(Region("a", 0, 1, "ORG"), "", "manual")]
        client.annotations.create(ids[0], result=drawn, lead_time=4.0)
        client.annotations.create(ids[1], result=[], was_cancelled=True)
    found = status(desk.workspace)
    assert (found.documents, found.tasks, found.why) == (5, 5, "")
    assert (found.done, found.skipped, found.left) == (1, 1, 3)
    assert (found.on_server, found.in_log, found.annotators) == (2, 0, ())
    pull(desk.workspace)
    found = status(desk.workspace)
    assert (found.on_server, found.in_log) == (2, 2)
    [person] = found.annotators
    assert (person.annotations, person.skipped, person.spans, person.median_lead_time) == (1, 1, 1, 4)
