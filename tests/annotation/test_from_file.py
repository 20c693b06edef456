"""A file that is no JSON export of Label Studio is refused with what to do; nothing is written."""

import json

import pytest

from annotation.from_file import pull_file
from corpus.errors import JiaozhuError

MIN = [{"text": "济南", "id": 1, "doc_id": "d1", "label": [], "annotator": 1, "annotation_id": 1, "lead_time": 2.0}]
WHOLE = {"unique_id": "u", "completed_by": 1, "created_at": "", "updated_at": "", "was_cancelled": False, "result": []}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("id,text\n1,济南\n", "is not JSON"),
        ('{"tasks": []}', "is no list of tasks"),
        (json.dumps(MIN), "JSON_MIN export, which lacks the annotations' lasting ids"),
        (json.dumps([{"data": {}}]), "item 1 is no task"),
        (
            json.dumps([{"data": {}, "annotations": [{**WHOLE, "unique_id": None} | {"x": 1}, {"result": []}]}]),
            "no uni",
        ),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_what_is_no_export_is_refused_in_one_line(desk, tmp_path, content, reason):
    file = tmp_path / "export.json"
    file.write_text(content, "utf-8")
    with pytest.raises(JiaozhuError, match=reason) as caught:
        pull_file(desk.workspace, file)
    assert "\n" not in str(caught.value)
    assert str(file) in str(caught.value)
    assert not desk.workspace.log.exists()


def test_a_missing_file_and_a_broken_name_are_one_line_each(desk, tmp_path):
    done = desk.run("pull", "--from", str(tmp_path / "no.json"))
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    done = desk.run("pull", "--from", str(tmp_path / "no.json"), "--annotator", "li@example.org")
    assert (done.returncode, "must be NUMBER=E-MAIL" in done.stderr) == (2, True)


def test_tasks_of_others_are_refused_by_name_and_change_nothing(desk, document, tmp_path):
    desk.write(document("济南\n"))
    file = tmp_path / "export.json"
    file.write_text(json.dumps([{"id": 7, "data": {"text": "x"}, "annotations": [WHOLE]}]), "utf-8")
    done = desk.run("pull", "--from", str(file))
    assert done.returncode == 2
    assert "task 7: was not pushed by us" in done.stderr
    assert not desk.workspace.log.exists()
