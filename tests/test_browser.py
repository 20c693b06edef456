"""A person in a real browser: sees the suggestions on the right characters, corrects them, and is found in the log."""

import pytest

from annotation.adjudicate import adjudicate, push_conflicts
from annotation.connection import connected
from annotation.labels import load_labels
from annotation.project import require_project
from annotation.pull import pull
from annotation.push import find_tasks, push
from annotation.tasks import Region, result
from corpus.store import read_rows
from exports.build import build_dataset
from tests.browser import HIGHLIGHT, drag_border, draw, highlights, look, open_task, submit, take_picture
from tests.exports.making import gathered

pytestmark = pytest.mark.slow

TEXT = (
    "云州市科技局总工程师林远舟11月20日表示，全市今年将投入约3000亿元，支持青禾制药建设新药研发中心。\n"
    "\u3000\u3000省工信厅与𠮷田屋（中国）有限公司签署协议，项目占地244.14公顷😀，位于  澄湖区\t柳溪街道。<b>注</b>\n"
    "同年7月，云州大学的增长率达到28%。\n"
)
SUGGESTED = [
    ("云州市科技局", "ORG"),
    ("林远舟", "PERSON"),
    ("11月20日", "DATE"),
    ("约3000亿元", "MONEY"),  # 约 is wrong, and a person will move the border
    ("青禾制药", "ORG"),
    ("省工信厅", "ORG"),
    ("𠮷田屋（中国）有限公司", "ORG"),
    ("244.14公顷", "QUANTITY"),
    ("澄湖区", "LOC"),
    ("柳溪街道", "ORG"),  # it is a place, and a person will say so
    ("同年7月", "DATE"),
    ("云州大学", "ORG"),
    ("28%", "PERCENT"),
]
ARTICLE = (
    "11月20日，云州市发展和改革委员会召开新闻发布会，介绍智慧物流枢纽建设情况。市发改委副主任林远舟表示，"
    "枢纽选址澄湖区柳溪街道，占地约3200亩，总投资达48.6亿元，其中一期投资12亿元。\n"
    "项目由青禾物流（云州）有限公司与北岭大学联合建设，明年3月开工，建成后全市物流成本预计下降2.4个百分点。"
    "青禾物流董事长沈若水介绍，企业已在云州、临浦两地布局6座仓库，去年营业收入同比增长18%。\n"
    "省商务厅有关负责人说，枢纽将服务整个澄江流域，到2028年带动周边县区新增产值超过100亿元。\n"
)
IN_ARTICLE = [
    ("11月20日", "DATE"),
    ("云州市发展和改革委员会", "ORG"),
    ("市发改委", "ORG", 0.82),
    ("林远舟", "PERSON"),
    ("澄湖区", "LOC"),
    ("柳溪街道", "LOC", 0.71),
    ("3200亩", "QUANTITY"),
    ("48.6亿元", "MONEY"),
    ("12亿元", "MONEY"),
    ("青禾物流（云州）有限公司", "ORG"),
    ("北岭大学", "ORG"),
    ("明年3月", "DATE"),
    ("2.4个百分点", "PERCENT"),
    ("沈若水", "PERSON"),
    ("临浦", "LOC", 0.47),
    ("18%", "PERCENT"),
    ("省商务厅", "ORG"),
    ("澄江流域", "LOC"),
    ("2028年", "DATE"),
    ("100亿元", "MONEY"),
]


def test_a_person_corrects_a_suggestion_and_it_is_in_the_log_with_what_and_who_and_in_the_parquet(
    label_studio, desk, document, page
):
    sent = document(TEXT, SUGGESTED, title="云州：全市投入<b>3000亿元</b>")
    desk.write(sent)
    push(desk.workspace)
    open_task(page, label_studio, desk, sent)

    seen = highlights(page)
    assert seen == {(span.start, span.end): span.text for span in sent.spans}

    place = next(span for span in sent.spans if span.text == "柳溪街道")
    page.click(f'{HIGHLIGHT}[data-start="{place.start}"]')
    page.keyboard.press("2")  # the hotkey of LOC
    page.keyboard.press("Escape")
    page.click(f'{HIGHLIGHT}:has-text("3000亿元")')
    page.keyboard.press("Backspace")
    page.keyboard.press("3")  # MONEY
    draw(page, "3000亿元")
    page.keyboard.press("Escape")
    page.click(f'{HIGHLIGHT}:has-text("28%")')
    page.keyboard.press("Backspace")
    page.keyboard.press("2")
    draw(page, "全市")
    page.keyboard.press("Escape")
    submit(page)

    assert pull(desk.workspace).added == {"submitted": 1}
    [record] = desk.records
    assert record.annotator == label_studio.login[0]
    assert (record.status, record.model) == ("submitted", sent.model)
    assert record.lead_time > 0
    by_text = {span.text: span for span in record.spans}
    assert (by_text["柳溪街道"].label, by_text["柳溪街道"].verdict) == ("LOC", "retyped")
    assert (by_text["3000亿元"].verdict, by_text["3000亿元"].suggestion.text) == ("moved", "约3000亿元")
    assert (by_text["全市"].label, by_text["全市"].verdict) == ("LOC", "added")
    assert [suggestion.text for suggestion in record.deleted] == ["28%"]
    changed = {"柳溪街道", "3000亿元", "全市"}
    assert {span.verdict for text, span in by_text.items() if text not in changed} == {"kept"}
    assert set(by_text) - changed == {words for words, _ in SUGGESTED} - {"约3000亿元", "柳溪街道", "28%"}

    workspace = desk.workspace
    build_dataset(workspace.corpus, workspace.log, workspace.exports, load_labels())
    rows = [row for file in sorted(workspace.exports.glob("data/**/*.parquet")) for row in read_rows(file)]
    published = {(entity["label"], entity["text"]) for row in rows for entity in row.get("entities", ())}
    assert published == {(span.label, span.text) for span in record.spans}


def test_a_doubtful_suggestion_looks_doubtful_until_a_person_has_decided_and_is_kept_like_any_other(
    label_studio, desk, document, page
):
    scores = {"云州市科技局": 0.9, "省工信厅": 0.89, "澄湖区": 0.6, "柳溪街道": 0.59, "云州大学": 0.4}
    sent = document(TEXT, [(words, label, scores.get(words, 0.97)) for words, label in SUGGESTED])
    desk.write(sent)
    push(desk.workspace)
    open_task(page, label_studio, desk, sent)

    sure, unsure, doubtful = ("none", "none"), ("dashed", "repeating-linear-gradient"), ("double",)
    assert look(page, "云州市科技局") == (*sure, "机构")
    assert look(page, "28%") == (*sure, "百分比")
    for words, shown in (("省工信厅", "机构?"), ("澄湖区", "地点?")):
        assert look(page, words) == (*unsure, shown)
    for words, shown in (("柳溪街道", "机构??"), ("云州大学", "机构??")):
        assert look(page, words) == (*doubtful, unsure[1], shown)
    assert page.is_visible(".jiaozhu-legend")
    page.click(f'{HIGHLIGHT}:has-text("柳溪街道")')
    page.keyboard.press("2")
    page.keyboard.press("Escape")
    assert look(page, "柳溪街道") == (*sure, "地点")
    submit(page)

    assert pull(desk.workspace).added == {"submitted": 1}
    [record] = desk.records
    assert {span.text: span.verdict for span in record.spans} == {
        words: "retyped" if words == "柳溪街道" else "kept" for words, _ in SUGGESTED
    }
    assert tuple(span.suggestion for span in record.spans) == tuple(sent.spans)
    open_task(page, label_studio, desk, sent)
    page.wait_for_selector('button:has-text("Update")')
    assert [look(page, words) for words in ("省工信厅", "云州大学")] == [(*sure, "机构")] * 2
    assert not page.is_visible(".jiaozhu-legend")


def test_a_border_is_dragged_by_its_handle_and_what_is_shown_then_is_in_the_log(label_studio, desk, document, page):
    sent = document(TEXT, [("约3000亿元", "MONEY"), ("省工信厅", "ORG", 0.5), ("244.14", "QUANTITY", 0.7)])
    desk.write(sent)
    push(desk.workspace)
    open_task(page, label_studio, desk, sent)
    for words, side, to in (
        ("约3000亿元", "left", "3000亿元"),
        ("省工信厅", "right", "与𠮷田屋（中国）有限公司"),
        ("244.14", "right", "公顷"),
    ):
        drag_border(page, words, side, to)
        page.keyboard.press("Escape")
    shown = highlights(page)
    submit(page)

    pull(desk.workspace)
    [record] = desk.records
    assert {(span.start, span.end): span.text for span in record.spans} == shown
    assert {span.verdict for span in record.spans} == {"moved"}
    money, organization, quantity = record.spans
    assert (money.text, quantity.text) == ("3000亿元", "244.14公顷")
    # Label Studio goes a character too far for each one beyond the basic plane that it was dragged over.
    assert organization.text.startswith("省工信厅与𠮷田屋（中国）有限公司")
    assert [span.suggestion.text for span in record.spans] == ["约3000亿元", "省工信厅", "244.14"]


@pytest.mark.parametrize(
    ("url", "href"),
    [
        ("https://news.example.org/a?b=1&c=2", "https://news.example.org/a?b=1&c=2"),
        ("http://a.cn/><img src=x onerror=document.title='taken'>", "http://a.cn/%3E%3Cimg%20src=x%20onerror"),
    ],
)
def test_the_raw_page_is_a_link_beside_the_text_and_a_hostile_address_is_only_a_link(
    label_studio, desk, document, page, url, href
):
    sent = document("济南大学\n", [("济南大学", "ORG")], url=url, publisher="云州日报")
    desk.write(sent)
    push(desk.workspace)
    open_task(page, label_studio, desk, sent)
    found = page.get_attribute('.jiaozhu-source a:has-text("原网页")', "href")
    assert found.startswith(href)
    assert page.locator(".jiaozhu-source img").count() == 0
    assert page.title() != "taken"
    take_picture(page, "link")


def test_an_annotator_reads_the_guideline_sees_chinese_names_skips_one_text_and_submits_the_next(
    label_studio, desk, document, page
):
    first = document(
        ARTICLE,
        IN_ARTICLE,
        title="云州市三年内建成智慧物流枢纽",
        publisher="云州日报",
        url="https://news.example.org/2026/11/20/4821.html",
    )
    second = document("云州大学\n", [("云州大学", "ORG")])
    for sent in ([first], [first, second]):  # in this order, whichever is the more useful
        desk.write(*sent)
        project = push(desk.workspace, title="云州新闻").url
    page.goto(f"{project}/data?labeling=1")
    page.wait_for_selector('.jiaozhu-guideline h1:has-text("标注指南")')
    take_picture(page, "annotator-guideline")
    page.keyboard.press("Escape")
    page.wait_for_selector(f'{HIGHLIGHT} >> text="{IN_ARTICLE[0][0]}"')
    labels = page.inner_text(".lsf-labels")
    assert [name for name in load_labels().names if name in labels] == []
    assert [label.shown for label in load_labels().labels if label.shown not in labels] == []
    assert {start: text for (start, _), text in highlights(page).items()} == {s.start: s.text for s in first.spans}
    page.wait_for_timeout(500)  # until the panels stand where they will
    take_picture(page, "annotator-view")

    with page.expect_response(lambda answer: "/annotations" in answer.url and answer.request.method == "POST"):
        page.click('button:has-text("Skip")')
    page.wait_for_selector(f'{HIGHLIGHT} >> text="云州大学"')
    submit(page)

    pull(desk.workspace, title="云州新闻")
    by_document = {record.doc_id: record for record in desk.records}
    assert by_document[first.doc_id].status == "skipped"
    assert by_document[first.doc_id].spans == ()
    assert by_document[second.doc_id].status == "submitted"
    assert [span.verdict for span in by_document[second.doc_id].spans] == ["kept"]


def test_an_adjudicator_sees_both_versions_and_the_decision_is_in_the_log_as_one(label_studio, desk, document, page):
    text = ARTICLE
    sent = document(text, title="云州市三年内建成智慧物流枢纽", publisher="云州日报")
    desk.write(sent)
    title = "云州新闻 两人标注"
    push(desk.workspace, title=title)
    versions = {"wu@example.org": "云州市发展和改革委员会", "qi@example.org": "发展和改革委员会"}
    with connected(desk.workspace) as client:
        project = require_project(client, title, load_labels())
        [task] = find_tasks(client, project, [sent.doc_id])[sent.doc_id]
        for email, words in versions.items():
            person = client.users.create(email=email, username=email, first_name="", last_name="")
            start = text.index(words)
            drawn = [result(Region("a", start, start + len(words), "ORG"), "", "manual")]
            client.annotations.create(task.id, result=drawn, completed_by=person.id)
    pull(desk.workspace, title=title)
    assert adjudicate(desk.workspace.log).disputed == 1
    asked = push_conflicts(desk.workspace, title=title)

    page.goto(f"{asked.url}/data")
    page.wait_for_selector(f'text="{sent.title}"')
    seen = page.inner_text(".lsf-data-view-dm")
    assert "Prediction score" in seen
    assert "text_sha256" not in seen
    page.click(f'text="{sent.title}"')
    page.wait_for_selector(HIGHLIGHT)
    for email in versions:
        page.wait_for_selector(f'text="{email}"')
    take_picture(page, "adjudicator-view")
    page.click(HIGHLIGHT)
    page.keyboard.press("Backspace")
    page.keyboard.press("1")
    draw(page, "云州市发展和改革委员会")
    page.keyboard.press("Escape")
    submit(page)

    assert pull(desk.workspace, title=title + " 裁定").added == {"submitted": 1}
    decision = desk.records[-1]
    assert decision.annotator == f"adjudication:{label_studio.login[0]}"
    assert [span.text for span in decision.spans] == ["云州市发展和改革委员会"]
    done = adjudicate(desk.workspace.log)
    assert (done.decided, done.disputed, done.written) == (1, 0, 0)
    [spoken] = gathered(desk.workspace.corpus, desk.workspace.log, load_labels()).records.values()
    assert (spoken.annotation, spoken.annotator, spoken.spans) == (
        decision.annotation,
        decision.annotator,
        decision.spans,
    )
