"""What a person does in Label Studio, by a real browser: open, draw, submit."""

import os
from pathlib import Path

from annotation.connection import connected
from annotation.labels import load_labels
from annotation.project import require_project
from annotation.push import find_tasks

HIGHLIGHT = ".lsf-htx-richtext .htx-highlight"
VIEW = {"width": 1480, "height": 900}


def log_in(page, url: str, email: str, password: str) -> None:
    """As a person does."""
    page.goto(f"{url}/user/login/")
    page.fill('input[name="email"]', email)
    page.fill('input[name="password"]', password)
    page.click('button[type="submit"]')
    page.wait_for_url(f"{url}/**")


def open_task(page, label_studio, desk, sent, waiting_for: str = HIGHLIGHT) -> None:
    """Open the document's task and wait for its suggestions."""
    with connected(desk.workspace) as client:
        project = require_project(client, desk.workspace.studio.project, load_labels())
        [task] = find_tasks(client, project, [sent.doc_id])[sent.doc_id]
    page.goto(f"{label_studio.url}/projects/{project.id}/data?task={task.id}")
    page.wait_for_selector(waiting_for)
    page.wait_for_load_state("networkidle")  # Label Studio shows a task, fetches it again, and shows it anew
    page.wait_for_selector(waiting_for)


def highlights(page) -> dict[tuple[int, int], str]:
    """The highlighted characters by their offsets; a highlight over a line end comes in parts, joined here."""
    found: dict[tuple[int, int], str] = {}
    for start, end, text in page.eval_on_selector_all(
        HIGHLIGHT, "all => all.map(e => [e.dataset.start, e.dataset.end, e.textContent])"
    ):
        found[int(start), int(end)] = found.get((int(start), int(end)), "") + text
    return found


def look(page, words: str) -> tuple[str, ...]:
    """How the highlight of the words looks beside its colour: its line, its stripes, and what stands after it."""
    return tuple(
        page.eval_on_selector(
            f'{HIGHLIGHT}:has-text("{words}")',
            """e => {
                const {borderBottomStyle, borderBottomColor, backgroundImage} = getComputedStyle(e);
                const clear = borderBottomColor.endsWith(' 0)');
                return [clear ? 'none' : borderBottomStyle, backgroundImage.split('(')[0],
                        getComputedStyle(e, '::after').content.replaceAll('"', '').split(':')[1]];
            }""",
        )
    )


def drag_border(page, words: str, side: str, to: str) -> None:
    """Choose the highlight of the words and drag its left or right handle to the first or last character of `to`."""
    page.click(f'{HIGHLIGHT}:has-text("{words}")')
    handle = page.locator(f".htx-highlight area.__resize_{side}").bounding_box()
    first, last = page.evaluate(f"words => ({ENDS})(({FIND})(words))", to)
    page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
    page.mouse.down()
    page.mouse.move(handle["x"], last[1], steps=4)
    page.mouse.move(*(first if side == "left" else last), steps=6)
    page.mouse.up()


FIND = """words => {
    const root = document.querySelector('.lsf-htx-richtext');
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const at = node.data.indexOf(words);
        if (at < 0) continue;
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + words.length);
        return range;
    }
    return null;
}"""
SCROLL = """range => {
    for (let outer = range.startContainer.parentElement; outer; outer = outer.parentElement) {
        const {top, bottom} = range.getBoundingClientRect();
        if (top > 100 && bottom < innerHeight - 100) return;
        outer.scrollTop += top - innerHeight / 2;
    }
}"""
ENDS = """range => {
    const boxes = [...range.getClientRects()], first = boxes[0], last = boxes[boxes.length - 1];
    return [[first.left + 1, first.top + first.height / 2], [last.right - 1, last.top + last.height / 2]];
}"""


def draw(page, words: str) -> None:
    """Drag the mouse over the words, as a person does: from the first character to the last, also over a line's end."""
    assert page.evaluate(f"words => ({FIND})(words) !== null", words), f"{words} is not on the page in one piece"
    page.evaluate(f"words => ({SCROLL})(({FIND})(words))", words)
    page.wait_for_timeout(200)  # until what follows has moved, and the spans drawn before are shown
    begin, end = page.evaluate(f"words => ({ENDS})(({FIND})(words))", words)
    page.mouse.move(*begin)
    page.mouse.down()
    page.mouse.move((begin[0] + end[0]) / 2, (begin[1] + end[1]) / 2, steps=4)
    page.mouse.move(*end, steps=4)
    page.mouse.up()


def take_picture(page, name: str) -> None:
    """For the documentation, where JIAOZHU_SCREENSHOTS names a folder."""
    if folder := os.environ.get("JIAOZHU_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png")


def submit(page) -> None:
    with page.expect_response(lambda answer: "/annotations" in answer.url and answer.request.method == "POST") as sent:
        page.click('button:has-text("Submit")')
    assert sent.value.status == 201
