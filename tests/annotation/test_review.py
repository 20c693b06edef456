"""Doubts are listed and asked about with both versions shown; nothing that a person decided is ever overwritten."""

import json
from dataclasses import replace

import pytest

from annotation.connection import connected
from annotation.doubts import Doubt, Marked
from annotation.labels import load_labels
from annotation.log import Span, append, by_precedence, latest
from annotation.project import ADJUDICATING, require_project
from annotation.pull import pull
from annotation.review import corrected, review
from annotation.tasks import Region, result
from tests.annotation.opinions import opinion


def write(desk, document, *texts: tuple[str, str, str]):
    """Documents, each with one span of these words and this label, decided in the log by one annotator."""
    documents = []
    for number, (text, words, label) in enumerate(texts):
        sent = document(text)
        start = text.index(words)
        place = (start + 6, start + 6 + len(words))  # the raw page has a header of six characters
        span = Span(start, start + len(words), label, words, *place, "added", None)
        record = replace(opinion("wu@example.org", ""), doc_id=sent.doc_id, text_sha256=sent.row["text_sha256"])
        append(desk.workspace.log, [replace(record, annotation=f"u{number}", spans=(span,))])
        documents.append(sent)
    desk.write(*documents)
    return documents


WRONG = (("落户高新区。\n", "高新区", "LOC"), ("到高新区去。\n", "高新区", "LOC"), ("高新区说。\n", "高新区", "ORG"))


def test_doubts_are_listed_with_reason_and_score_and_the_log_stays_as_it_is(desk, document):
    *_, wrong = write(desk, document, *WRONG)
    before = desk.workspace.log.read_bytes()
    found = desk.json("review", "--no-model")
    assert (found["documents"], found["spans"], found["asked"]) == (3, 3, None)
    [doubt] = found["doubts"]
    assert (doubt["doc_id"], doubt["label"], doubt["proposed"]) == (wrong.doc_id, "ORG", [0, 3, "LOC"])
    assert doubt["reason"] == "label"
    assert desk.workspace.log.read_bytes() == before
    shown = desk.run("review", "--no-model")
    assert shown.returncode == 0
    assert "高新区" in shown.stdout
    assert desk.json("review", "--no-model", "--least", "0.9")["doubts"] == []


def test_the_rules_of_the_shipped_guideline_are_not_laid_on_another_scheme(desk, document, tmp_path):
    write(desk, document, ("惠及全市。\n", "全市", "LOC"))
    assert [doubt.reason for doubt in review(desk.workspace, model=False).doubts] == ["guideline"]
    assert review(replace(desk.workspace, labels=tmp_path / "labels.toml"), model=False).doubts == ()


def test_without_a_log_there_is_one_line(desk, document):
    desk.write(document("好\n"))
    done = desk.run("review")
    assert done.returncode == 2
    assert "no annotation log here" in done.stderr


def test_of_two_doubts_about_one_place_the_surer_is_proposed():
    marked = Marked("d", "约3亿元以上", ((0, 6, "MONEY"),))
    doubts = [
        Doubt("d", 0, 6, "MONEY", marked.text, "guideline", 0.9, (1, 4, "MONEY"), ""),
        Doubt("d", 0, 6, "MONEY", marked.text, "model", 0.4, None, ""),
    ]
    assert corrected(marked, doubts) == ((1, 4, "MONEY"),)
    assert corrected(marked, doubts[1:]) == ()


@pytest.mark.slow
def test_an_adjudicator_sees_both_versions_and_what_they_decide_is_never_asked_again(label_studio, desk, document):
    *_, wrong = write(desk, document, *WRONG)
    asked = desk.json("review", "--no-model", "--push")["asked"]
    assert (asked["pushed"], asked["already"]) == (1, 0)
    assert desk.json("review", "--no-model", "--push")["asked"]["already"] == 1
    title = desk.workspace.studio.project + ADJUDICATING
    with connected(desk.workspace) as client:
        project = require_project(client, title, load_labels())
        [task] = list(client.tasks.list(project=project.id, fields="all", include="id,data,predictions"))
        assert task.data["doc_id"] == wrong.doc_id
        assert "LOC in 2 documents" in task.data["title"]
        shown = {item.model_version: item.result[0]["value"]["labels"] for item in task.predictions}
        assert shown == {"wu@example.org": ["ORG"], "review": ["LOC"]}
        client.annotations.create(task.id, result=[result(Region("a", 0, 3, "ORG"), "", "manual")])
    assert pull(desk.workspace, title=title).added == {"submitted": 1}
    decided = json.loads(desk.run("review", "--no-model", "--push", "--json").stdout)
    assert [doubt["doc_id"] for doubt in decided["doubts"]] == [wrong.doc_id]  # still in doubt, and still decided
    assert decided["decided"] == [wrong.doc_id]
    assert decided["asked"] == {**asked, "pushed": 0, "already": 0}
    records = [record for record in latest(desk.records) if record.doc_id == wrong.doc_id]
    spoken = by_precedence(records, records[0].text_sha256)[0]
    assert [span.label for span in spoken.spans] == ["ORG"]


def test_the_report_shows_the_doubts_and_lets_no_text_act_in_it(desk, document, tmp_path):
    evil = "<script>高新区"
    write(desk, document, *((text.replace("高新区", evil), evil, label) for text, _, label in WRONG))
    desk.json("status", "--offline", "--html", str(tmp_path / "report.html"))
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "LOC in 2 documents" in page
    assert "<script>" not in page
