"""A whole day in a real browser: two annotators, a skip, a disagreement, a decision, and the dataset of it all."""

import httpx
import pytest

from annotation.adjudicate import adjudicate, push_conflicts
from annotation.project import ADJUDICATING
from annotation.pull import pull
from annotation.push import push
from annotation.status import status
from corpus.store import read_rows
from corpus.workspace import load_workspace
from tests.browser import HIGHLIGHT, VIEW, draw, look, open_task, submit, take_picture

pytestmark = pytest.mark.slow

PEOPLE = ("xu@example.org", "lu@example.org")  # short enough to be shown whole
AGREED = "云州市科技局11月20日发布消息，青禾制药的新药研发中心落户澄湖区，总投资48.6亿元。\n"
DISPUTED = "澄湖区柳溪街道办事处介绍，高新区去年引进企业21家，云州大学参与共建。\n"
SKIPPED = "锟斤拷锟斤拷，云州大学锟斤拷。\n"
TEXT = ".lsf-htx-richtext"
ODD = [
    ("𠮷田屋", "ORG"),
    ("👨‍👩‍👧之家", "ORG"),
    ("e\u0301cole", "ORG"),
    ("临\u3000浦", "LOC"),
    ("北\t岭", "LOC"),
    ("柳\u200b溪", "LOC"),
    ("<b>澄江</b>", "LOC"),
    ("&amp;集团", "ORG"),
    ("林远舟", "PERSON"),
]


@pytest.fixture
def annotator(chromium, label_studio):
    """A function that signs a person up by the invitation, as they would, and gives their page."""
    contexts = []

    def sign_up(email: str):
        context = chromium.new_context(viewport=VIEW, locale="zh-CN")
        contexts.append(context)
        headers = {"Authorization": f"Token {label_studio.token}"}
        invitation = httpx.get(f"{label_studio.url}/api/invite", headers=headers).json()["invite_url"]
        page = context.new_page()
        page.goto(f"{label_studio.url}{invitation}")
        page.fill('input[name="email"]', email)
        page.fill('input[name="password"]', "a-long-password")
        page.click('button[type="submit"]')
        page.wait_for_url(lambda url: "/user/signup" not in url)
        return page

    yield sign_up
    for context in contexts:
        context.close()


def press(page, words: str, *keys: str) -> None:
    """Choose the highlight of these words and press the keys."""
    page.click(f'{HIGHLIGHT}:has-text("{words}")')
    for key in keys:
        page.keyboard.press(key)


def test_two_annotators_an_adjudicator_and_the_dataset(label_studio, desk, document, page, annotator):
    agreed = document(
        AGREED, [("云州市科技局", "ORG"), ("澄湖区", "ORG"), ("48.6亿元", "MONEY")], title="新药研发中心落户"
    )
    disputed = document(DISPUTED, [("澄湖区", "LOC"), ("高新区", "LOC"), ("云州大学", "ORG")], title="高新区引进企业")
    skipped = document(SKIPPED, [("云州大学", "ORG")], title="乱码")
    desk.write(agreed, disputed, skipped)
    settings = desk.config.read_text("utf-8").replace(desk.workspace.studio.project, "云州新闻 一天")
    desk.config.write_text(f"{settings}overlap = 1.0\nannotators = 2\n", "utf-8")
    desk = type(desk)(load_workspace(desk.config))
    project = push(desk.workspace).url
    for number, own in enumerate(map(annotator, PEOPLE)):
        own.goto(f"{project}/data?labeling=1")
        own.wait_for_selector('.jiaozhu-guideline h1:has-text("标注指南")')
        own.keyboard.press("Escape")
        own.wait_for_selector(HIGHLIGHT)
        for left in (2, 1, 0):
            text = own.inner_text(TEXT)
            if "青禾制药" in text:
                press(own, "澄湖区", "2", "Escape")  # it is a place: both say so
                own.keyboard.press("1")
                draw(own, "青禾制药")
                own.keyboard.press("Escape")
            elif "高新区" in text and number:
                press(own, "高新区", "1", "Escape")
                take_picture(own, "day-annotator")
            skip = "锟斤拷" in text and not number
            with own.expect_response(lambda answer: "/annotations" in answer.url and answer.request.method == "POST"):
                own.click(f'button:has-text("{"Skip" if skip else "Submit"}")')
            own.wait_for_function("([at, text]) => document.querySelector(at)?.innerText !== text", arg=[TEXT, text])
            if left:
                own.wait_for_selector(HIGHLIGHT)

    done = pull(desk.workspace)
    assert (done.added, done.refused) == ({"submitted": 5, "skipped": 1}, ())
    assert {record.annotator for record in desk.records} == set(PEOPLE)
    assert pull(desk.workspace).added == {}
    found = adjudicate(desk.workspace.log)
    assert (found.agreed, found.disputed) == (1, 1)
    [conflict] = found.conflicts
    assert [[span[2:] for span in said.spans] for said in conflict.said] == [[("ORG", "高新区")], [("LOC", "高新区")]]
    assert status(desk.workspace).waiting == 1

    asked = push_conflicts(desk.workspace)
    page.goto(f"{asked.url}/data")
    page.click(f'text="{disputed.title}"')
    page.wait_for_selector(HIGHLIGHT)
    for email in PEOPLE:
        page.wait_for_selector(f'text="{email}"')
    assert (look(page, "澄湖区")[2], look(page, "高新区")[2]) == ("地点", "地点??")  # what is disputed is marked
    take_picture(page, "day-adjudicator")
    press(page, "高新区", "2", "Escape")
    submit(page)
    assert pull(desk.workspace, title=desk.workspace.studio.project + ADJUDICATING).added == {"submitted": 1}
    now = status(desk.workspace)
    assert (now.done, now.left, now.waiting, now.adjudicated) == (3, 0, 0, 2)

    for command in (["build"], ["verify"]):
        assert desk.exports(*command).returncode == 0
    rows = [row for file in sorted(desk.workspace.exports.glob("data/**/*.parquet")) for row in read_rows(file)]
    published = {
        row["doc_id"]: {(entity["text"], entity["label"]) for entity in row["entities"]}
        for row in rows
        if "tokens" in row
    }
    assert published == {
        agreed.doc_id: {("云州市科技局", "ORG"), ("青禾制药", "ORG"), ("澄湖区", "LOC"), ("48.6亿元", "MONEY")},
        disputed.doc_id: {("澄湖区", "LOC"), ("高新区", "LOC"), ("云州大学", "ORG")},
        skipped.doc_id: {("云州大学", "ORG")},
    }


@pytest.mark.parametrize(
    ("before", "between"),
    [("", "。\n"), ("一段\r\n第二段\r\n\r\n", "，\r\n"), ("长" * 20_000 + "\n", "。\n"), ("<p>看</p>😀\u200d\n", "、")],
    ids=["plain", "crlf", "20,000 characters", "html"],
)
def test_what_is_drawn_over_odd_characters_is_in_the_log_at_the_same_place(
    label_studio, desk, document, page, before, between
):
    text = before + between.join(words for words, _ in ODD) + "。\n"
    words = ODD if len(text) < 1000 else ODD[::4]
    sent = document(text, has_suggestions=False)
    desk.write(sent)
    push(desk.workspace)
    open_task(page, label_studio, desk, sent, ".lsf-htx-richtext")
    hotkeys = {"ORG": "1", "LOC": "2", "PERSON": "4"}
    for name, label in words:
        page.keyboard.press(hotkeys[label])
        draw(page, name)
        page.keyboard.press("Escape")
    submit(page)
    pull(desk.workspace)
    [record] = desk.records
    drawn = [(span.start, span.end, span.label, span.text) for span in record.spans]
    assert drawn == [(text.index(name), text.index(name) + len(name), label, name) for name, label in words]
