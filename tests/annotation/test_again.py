"""After a change of the cleaner people see again what must be seen again, with the rest of their work in place."""

import pytest

from annotation.connection import connected
from annotation.labels import load_labels
from annotation.log import append
from annotation.project import require_project
from annotation.pull import pull
from annotation.push import find_tasks, push
from annotation.tasks import Region, result
from corpus.records import text_sha256
from corpus.spans import Run, seen_ranges
from tests.annotation.opinions import opinion

SHORT = "济南大学在山东,海川银行在青岛。\n"
NEW = "\n校长致辞,北方集团到场。"  # what an older cleaner took for boilerplate


def cut(document, keep, marks=str):
    """The document with only this part of its text, its marks exchanged: the same page by another cleaner."""
    text = marks(document.text[:keep])

    class Cut(type(document)):
        doc_id = document.doc_id

        @property
        def row(self):
            aligned = super().row["alignment"]
            alignment = [{**aligned[0], "length": len(text)}]
            return super().row | {"text": text, "text_sha256": text_sha256(text), "alignment": alignment}

    return Cut(document.text, has_suggestions=False)


def logged(desk, row, marks):
    """A person's annotation of that row, in the log."""
    runs = [Run(**run) for run in row["alignment"]]
    letters = list("." * len(row["text"]))
    for words, label in marks:
        start = row["text"].index(words)
        letters[start : start + len(words)] = label[0] * len(words)
    made = opinion("p", "".join(letters), row["doc_id"], text_sha256=row["text_sha256"], seen=seen_ranges(runs))
    spans = []
    for span in made.spans:
        text = row["text"][span.start : span.end]
        raw = (span.start + runs[0].raw_start, span.end + runs[0].raw_start)
        named = {"O": "ORG", "L": "LOC"}[span.label]
        spans.append(type(span)(span.start, span.end, named, text, *raw, "added", None))
    append(desk.workspace.log, [type(made)(**{**fields(made), "spans": tuple(spans)})])


def fields(record):
    return {name: getattr(record, name) for name in type(record).__dataclass_fields__}


def test_what_is_carried_and_what_is_not_is_counted_and_said(desk, document):
    whole = document(SHORT + NEW)
    logged(
        desk, cut(whole, len(SHORT), lambda text: text.replace(",", "，")).row, [("济南大学", "ORG"), ("青岛", "LOC")]
    )
    desk.write(cut(whole, len(SHORT)))
    found = desk.json("carry")
    assert (found["complete"], found["again"], found["spans"], found["carried"]) == (1, [], 2, 2)
    desk.write(whole)
    found = desk.json("carry")
    assert (found["complete"], found["again"], found["carried"]) == (0, [whole.doc_id], 2)
    said = desk.run("carry")
    assert said.returncode == 0
    assert "was not in the text that was annotated" in said.stdout


def test_without_a_log_one_line_says_so(desk, document):
    desk.write(document(SHORT))
    result = desk.run("carry")
    assert result.returncode == 2
    assert result.stderr.startswith("jiaozhu: ")
    assert "no annotation log here" in result.stderr


@pytest.mark.slow
def test_a_document_with_text_that_nobody_has_read_is_asked_again_once_and_its_new_annotation_speaks(
    label_studio, desk, document
):
    whole = document(SHORT + NEW, has_suggestions=False)
    old = cut(whole, len(SHORT))
    desk.write(old)
    push(desk.workspace)
    with connected(desk.workspace) as client:
        project = require_project(client, desk.workspace.studio.project, load_labels())
        [task] = find_tasks(client, project, [whole.doc_id])[whole.doc_id]
        client.annotations.create(task.id, result=[result(Region("a", 0, 4, "ORG"), "", "manual")])
        pull(desk.workspace)
        before = desk.workspace.log.read_bytes()
        desk.write(whole)
        asked = desk.json("carry", "--push")["asked"]
        assert (asked["pushed"], asked["already"]) == (1, 0)
        again = desk.json("carry", "--push")["asked"]
        assert (again["pushed"], again["already"]) == (0, 1)
        assert desk.workspace.log.read_bytes() == before
        tasks = find_tasks(client, project, [whole.doc_id])[whole.doc_id]
        [new] = [one for one in tasks if one.id != task.id]
        shown = client.tasks.get(str(new.id))
        assert shown.data["text"] == SHORT + NEW
        [prediction] = shown.predictions
        assert prediction.model_version == "carried@test"
        assert [(item["value"]["start"], item["value"]["end"]) for item in prediction.result] == [(0, 4)]
        drawn = [result(Region(*one), "", "manual") for one in (("s0", 0, 4, "ORG"), ("n", 23, 27, "ORG"))]
        client.annotations.create(new.id, result=drawn, parent_prediction=prediction.id)
    done = pull(desk.workspace)
    assert (done.added, done.refused) == ({"submitted": 1}, ())
    record = desk.records[-1]
    assert [(span.text, span.verdict) for span in record.spans] == [("济南大学", "kept"), ("北方集团", "added")]
    assert record.spans[0].suggestion.source == "carried@test"
    assert desk.json("carry")["fitting"] == 1
