"""A project as an earlier version of ours made it: every command works on it, and it comes to show what ours do."""

import re

import pytest

from annotation.connection import connected
from annotation.labels import load_labels
from annotation.push import find_tasks
from annotation.tasks import Region, result
from tests.browser import open_task

pytestmark = pytest.mark.slow

SCHEME = load_labels()


# The view of before: three labels, and the title alone beside the text.
VIEW = """<View>
  <Labels name="label" toName="text">
    <Label value="机构" alias="ORG" hotkey="1" background="#0072B2"/>
    <Label value="地点" alias="LOC" hotkey="2" background="#009E73"/>
    <Label value="金额" alias="MONEY" hotkey="3" background="#E69F00"/>
  </Labels>
  <Header value="$title"/>
  <View style="white-space: pre-wrap">
    <Text name="text" value="$text" granularity="symbol"/>
  </View>
</View>
"""


@pytest.fixture
def earlier(label_studio, desk, document):
    """Two documents; the first has a task in a project of before, whose data lacks what is shown today."""
    documents = (document("济南大学在山东。\n", [("济南大学", "ORG")]), document("云州大学\n", [("云州大学", "ORG")]))
    desk.write(*documents)
    with connected(desk.workspace) as client:
        project = client.projects.create(title=desk.workspace.studio.project, label_config=VIEW)
        names = ("doc_id", "text_sha256", "text", "title")
        task = {"data": {name: documents[0].row[name] for name in names}}
        suggested = [result(Region("s0", 0, 4, "ORG"), "济南大学", "prediction")]
        task["predictions"] = [{"model_version": documents[0].model, "result": suggested}]
        client.projects.import_tasks(id=project.id, request=[task])
        found = find_tasks(client, project, [documents[0].doc_id])
        yield desk, client, project, found[documents[0].doc_id][0].id, documents[0]


def test_push_pull_status_and_review_work_on_it_and_it_gets_the_labels_of_today(earlier):
    desk, client, project, task, _ = earlier
    client.annotations.create(task, result=[result(Region("a", 0, 4, "LOC"), "", "manual")])
    assert desk.json("pull")["added"] == {"submitted": 1}
    assert desk.json("status")["done"] == 1
    done = desk.json("push")
    assert (done["already"], done["pushed"], done["renewed"]) == (1, 1, 0)
    assert client.projects.get(project.id).parsed_label_config["label"]["labels"] == list(SCHEME.names)
    [other] = [found.id for found in client.tasks.list(project=project.id) if found.id != task]
    client.annotations.create(other, result=[result(Region("a", 0, 4, "PERSON"), "", "manual")])
    assert desk.json("pull")["added"] == {"submitted": 1}
    found = desk.json("status")
    assert (found["tasks"], found["done"], found["in_log"], found["why"]) == (2, 2, 2, "")
    assert desk.json("review", "--no-model", "--push")["documents"] == 2
    assert desk.json("push")["pushed"] == 0


def test_its_tasks_are_shown_with_nothing_where_they_lack_something(earlier, page, label_studio):
    desk, *_, sent = earlier
    desk.json("push")
    open_task(page, label_studio, desk, sent)
    shown = page.locator(".lsf-main-view, .lsf-editor, #label-studio-dm").first.inner_text()
    assert "济南大学" in shown
    assert not re.search(r"\$\w|undefined|null|error", shown, re.IGNORECASE)
