"""A project is made once from the label scheme, shows Chinese, exports the names, and is refused where it differs."""

import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest

from annotation.connection import connected
from annotation.labels import Label, LabelScheme, load_labels
from annotation.project import ensure_project, find_projects, instruction, labeling_config
from annotation.tasks import Region, result
from corpus.errors import JiaozhuError

SCHEME = load_labels()


def test_the_view_shows_the_chinese_name_of_every_label_and_exports_the_other():
    labels = ElementTree.fromstring(labeling_config(SCHEME)).findall(".//Label")
    seen = [(label.get("value"), label.get("alias"), label.get("hotkey"), label.get("background")) for label in labels]
    assert seen == [(label.shown, label.name, label.hotkey, label.colour) for label in SCHEME.labels]


def test_the_view_shows_the_text_exactly_and_lets_a_span_begin_at_any_character():
    view = ElementTree.fromstring(labeling_config(SCHEME))
    [text] = view.findall(".//Text")
    assert (text.get("value"), text.get("granularity")) == ("$text", "symbol")
    [around] = [parent for parent in view.iter("View") if text in parent]
    assert "white-space: pre-wrap" in around.get("style")


def test_a_scheme_cannot_break_the_view_with_a_name():
    scheme = LabelScheme("1", (Label("ORG", '"/><Text name="x" value="$y"/>', "<", "#000000"),), "")
    [label] = ElementTree.fromstring(labeling_config(scheme)).findall(".//Label")
    assert label.get("value") == '"/><Text name="x" value="$y"/>'


def test_the_guideline_is_html_without_any_html_of_its_own():
    shown = instruction(replace(SCHEME, guideline="# 题\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1))\n"))
    assert "<h1>题</h1>" in shown
    assert "&lt;script&gt;" in shown
    assert "<script" not in shown
    assert "href" not in shown


def test_a_table_of_the_guideline_is_a_table():
    assert "<td>2</td>" in instruction(replace(SCHEME, guideline="|a|b|\n|-|-|\n|1|2|\n"))


@pytest.mark.slow
def test_a_project_is_made_once_and_found_by_its_exact_title(label_studio, desk):
    title = desk.workspace.studio.project
    with connected(desk.workspace) as client:
        assert find_projects(client, title, SCHEME) == ()
        longer = ensure_project(client, title + " and more", SCHEME)
        made = ensure_project(client, title, SCHEME)
        assert ensure_project(client, title, SCHEME) == made != longer
        kept = client.projects.get(made.id)
    assert kept.show_instruction
    assert "<h1>标注指南</h1>" in kept.expert_instruction
    assert kept.parsed_label_config["label"]["labels"] == list(SCHEME.names)


@pytest.mark.slow
def test_an_existing_project_shows_the_guideline_of_the_scheme_it_is_used_with(label_studio, desk):
    with connected(desk.workspace) as client:
        made = ensure_project(client, desk.workspace.studio.project, SCHEME)
        ensure_project(client, made.title, replace(SCHEME, version="2", guideline="新指南"))
        assert "新指南" in client.projects.get(made.id).expert_instruction


@pytest.mark.slow
def test_a_scheme_that_would_orphan_labels_is_refused_in_one_line_that_lists_them(label_studio, desk, document):
    other = LabelScheme(
        "1", (*SCHEME.labels[1:], Label("GPE", "国家", "8", "#123456"), Label("X", "X", "9", "#123457")), ""
    )
    desk.write(document("济南大学\n"))
    with connected(desk.workspace) as client:
        project = ensure_project(client, desk.workspace.studio.project, other)
        spans = [result(Region(f"s{start}", start, start + 1, "GPE"), "", "manual") for start in (0, 2)]
        told = {"data": {"text": "济南大学"}, "predictions": [{"model_version": "m", "result": spans[:1]}]}
        client.projects.import_tasks(id=project.id, request=[told, told])
        task, _ = sorted(client.tasks.list(project=project.id, fields="all"), key=lambda task: task.id)
        client.annotations.create(task.id, result=spans)
    for command in ("push", "pull"):
        done = desk.run(command)
        assert done.returncode == 2
        [line] = done.stderr.splitlines()
        assert f"GPE (2 in annotations, as of task {task.id}; suggested in 2 tasks)" in line
        assert "X (" not in line  # nobody used it: it can go


@pytest.mark.slow
def test_labels_that_are_new_or_unused_change_the_project_with_the_scheme(label_studio, desk):
    other = LabelScheme("1", (*SCHEME.labels[1:], Label("GPE", "国家", "9", "#123456")), "")
    with connected(desk.workspace) as client:
        made = ensure_project(client, desk.workspace.studio.project, other)
        assert ensure_project(client, made.title, SCHEME) == made
        config = client.projects.get(made.id).parsed_label_config
    assert config["label"]["labels"] == list(SCHEME.names)


@pytest.mark.slow
def test_a_project_made_by_hand_for_something_else_is_refused(label_studio, desk):
    with connected(desk.workspace) as client:
        config = '<View><Text name="t" value="$text"/><Choices name="c" toName="t"><Choice value="x"/></Choices></View>'
        client.projects.create(title=desk.workspace.studio.project, label_config=config)
        with pytest.raises(JiaozhuError, match="not one of ours"):
            ensure_project(client, desk.workspace.studio.project, SCHEME)


@pytest.mark.slow
def test_two_projects_of_one_title_are_refused(label_studio, desk):
    with connected(desk.workspace) as client:
        for _ in range(2):
            client.projects.create(title=desk.workspace.studio.project, label_config=labeling_config(SCHEME))
        with pytest.raises(JiaozhuError, match="2 projects are called"):
            ensure_project(client, desk.workspace.studio.project, SCHEME)


@pytest.mark.slow
@pytest.mark.parametrize("title", ["短", "长" * 51])
def test_a_title_label_studio_would_not_take_is_refused_before_it_is_asked(label_studio, desk, title):
    with connected(desk.workspace) as client, pytest.raises(JiaozhuError, match="3 to 50 characters"):
        ensure_project(client, title, SCHEME)
