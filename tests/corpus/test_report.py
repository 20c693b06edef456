"""One file that tells what became of a corpus: its numbers are the tables', and nothing in a page can act in it."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest

from corpus.build import build_corpus
from corpus.errors import JiaozhuError
from corpus.explained import LOOKS
from corpus.report import write_report
from corpus.store import read_rows
from tests.calling import call
from tests.corpus.paging import write_corpus
from tests.install_browser import find_browser

ROOT = Path(__file__).parents[2]
ATTACK = "</script><script>window.hit=1;alert(1)</script><img src=x onerror=alert(2)>"
PAGES = [
    {
        "title": ATTACK,
        "source": f"{ATTACK}.html",
        "publisher": ATTACK,
        "site": ATTACK,
        "flags": [ATTACK],
        "quality": 0.25,
        "parts": [
            (f"{ATTACK}\x1b[31m\u202e\n", "notice"),
            (f"正文{ATTACK}\u2028\u2029{{{{data}}}}<!--\n", None),
            (ATTACK, ATTACK),
        ],
    },
    {"title": "长行", "quality": 0.5, "parts": [("导航\n", "navigation"), ("字" * 1_000_000 + "\n", None)]},
    {"title": "好文章", "quality": 1.0, "parts": [("济南讯。\n", None), ("版权所有\n", "notice")]},
    {"reason": "no_article", "detail": ATTACK, "parts": [(f"首页 {ATTACK}", "no_article")]},
]


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus") / "out"
    build_corpus([ROOT / "samples" / "pages"], folder)
    return folder


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    write_report(write_corpus(folder / "corpus", PAGES), folder / "report.html")
    return folder / "report.html"


def data_of(path):
    """What the report's script works with."""
    [block] = re.findall(r'<script type="application/json" id="data">(.*?)</script>', path.read_text("utf-8"), re.S)
    return json.loads(block)


def test_the_numbers_are_those_of_the_tables(samples, tmp_path):
    numbers = write_report(samples, tmp_path / "report.html")
    documents = list(read_rows(samples / "documents"))
    assert (numbers["pages"], numbers["documents"], numbers["unique"]) == (19, 18, 17)
    assert numbers["rejected"] == {"no_article": 1}
    assert numbers["clusters"] == {"2": 1}
    removed = [row for row in read_rows(samples / "removed") if row["rule"] == "pinyin"]
    assert numbers["rules"]["pinyin"] == {
        "characters": sum(len(row["text"]) for row in removed),
        "spans": len(removed),
        "pages": len({row["doc_id"] for row in removed}),
    }
    raw = sum(len(row["raw"]) for row in read_rows(samples / "pages"))
    unseen = sum(numbers["rules"][rule]["characters"] for rule in ("markup", "whitespace"))
    assert numbers["visible_characters"] == raw - unseen
    assert sum(numbers["flags"].values()) == sum(len(row["flags"]) for row in documents)
    text = (tmp_path / "report.html").read_text("utf-8")
    assert "19 pages gave 18 articles, 17 of them unique" in text
    assert all(f"{rule['characters']:,}</td>" in text for rule in numbers["rules"].values())


def test_every_page_is_there_whole_with_its_removed_spans_and_its_clean_text(samples, tmp_path):
    write_report(samples, tmp_path / "report.html")
    data = data_of(tmp_path / "report.html")
    assert len(data["documents"]) == 19
    texts = {row["doc_id"]: row["text"] for row in read_rows(samples / "documents")}
    pinyin = next(page for page in data["documents"] if page["source"] == "pinyin.txt")
    assert "\n".join(clean for _, clean in pinyin["rows"] if clean) == texts[pinyin["id"]].rstrip("\n")
    taken = "".join(
        piece[1] for row in pinyin["rows"] for piece in row[0] if data["rules"][piece[0]]["name"] == "pinyin"
    )
    assert taken.startswith("(yóu)(jiànkāng)")
    ordered = [page["quality"] for page in data["documents"] if not page["reason"]]
    assert ordered == sorted(ordered)


def test_the_examples_of_a_rule_are_different_texts_and_clusters_are_counted_by_size(tmp_path):
    same = [("版权所有 某某网\n", "notice"), ("正文。\n", None)]
    pages = [{"parts": [*same, (f"第{number}条声明", "notice")], "title": f"第{number}篇"} for number in range(5)]
    pages += [
        {"parts": same, "cluster_id": "c", "is_canonical": number == 0, "title": f"版{number}"} for number in range(4)
    ]
    corpus = write_corpus(tmp_path / "corpus", pages)
    assert write_report(corpus, tmp_path / "report.html")["clusters"] == {"4": 1}
    data = data_of(tmp_path / "report.html")
    [examples] = data["examples"]
    assert len({text for text, _ in examples}) == len(examples) == 3
    assert [(row[0], row[1], row[2]) for row in data["largest"]] == [("版0", 4, "c")]
    text = (tmp_path / "report.html").read_text("utf-8")
    assert '<td class="n">1</td><td class="n">5</td>' in text
    assert '<td class="n">4 to 9</td><td class="n">1</td>' in text


def test_the_same_corpus_gives_the_same_bytes(samples, tmp_path):
    write_report(samples, tmp_path / "one.html")
    write_report(samples, tmp_path / "two.html")
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


def test_of_many_pages_the_rejected_the_worst_and_a_spread_are_shown_and_the_rest_is_said(tmp_path):
    pages = [{"quality": number / 100, "parts": [(f"第{number}号公报。\n", None)]} for number in range(100)]
    pages += [
        {"reason": "no_article", "detail": "", "parts": [(f"首页{number}", "no_article")]} for number in range(20)
    ]
    corpus = write_corpus(tmp_path / "corpus", pages)
    numbers = write_report(corpus, tmp_path / "report.html", documents=20)
    shown = data_of(tmp_path / "report.html")["documents"]
    assert numbers["shown"] == len(shown) == 20
    assert sum(bool(page["reason"]) for page in shown) == 4
    qualities = [page["quality"] for page in shown if not page["reason"]]
    assert qualities[:8] == [number / 100 for number in range(8)]
    assert max(qualities) > 0.5
    assert "20 of 120 pages are here" in (tmp_path / "report.html").read_text("utf-8")
    assert write_report(corpus, tmp_path / "none.html", documents=0)["shown"] == 0
    assert write_report(corpus, tmp_path / "all.html", documents=120)["shown"] == 120


def test_nothing_of_a_page_is_markup_and_the_policy_allows_only_our_own_script_and_style(hostile):
    text = hostile.read_text("utf-8")
    assert "<script>window" not in text
    assert "<img" not in text
    assert not re.search(r"https?://(?!www\.w3\.org)", text)
    assert len(re.findall(r"<script", text)) == 2
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)[1]
    style, script = (
        re.search(r"<style>(.*?)</style>", text, re.S)[1],
        re.search(r"<script>(.*?)</script>", text, re.S)[1],
    )
    hashes = {
        name: b64encode(sha256(content.encode()).digest()).decode()
        for name, content in (("style", style), ("script", script))
    }
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hashes['style']}'; script-src 'sha256-{hashes['script']}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert not set("\x1b\u202e\u2028\u2029") & set(text)


def test_a_very_long_page_is_cut_and_says_so(hostile):
    page = next(page for page in data_of(hostile)["documents"] if page["title"] == "长行")
    assert page["note"].startswith("Cut after 60,000 of 1,000,004 characters")
    assert len(hostile.read_bytes()) < 1_000_000


def test_an_empty_corpus_table_gives_a_report_too(tmp_path):
    corpus = write_corpus(tmp_path / "corpus", [{"parts": [("好文章。\n", None)]}])
    assert write_report(corpus, tmp_path / "report.html")["rejected"] == {}
    only = write_corpus(tmp_path / "only", [PAGES[3]])
    assert write_report(only, tmp_path / "only.html")["documents"] == 0


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("rule", sorted(LOOKS))
def test_dark_text_is_readable_on_every_tint_and_every_strong_colour_on_paper(rule):
    ink = luminance("#1a1a1a")
    assert (luminance(LOOKS[rule].tint) + 0.05) / (ink + 0.05) >= 10
    assert 1.05 / (luminance(LOOKS[rule].strong) + 0.05) >= 4.5


def test_no_two_rules_look_the_same():
    assert len({(look.tint, look.line) for look in LOOKS.values()}) == len(LOOKS)


def test_a_report_inside_the_corpus_is_refused_and_a_corpus_that_is_not_there_is_said(samples, tmp_path):
    with pytest.raises(JiaozhuError, match="lies inside the corpus"):
        write_report(samples, samples / "report.html")
    with pytest.raises(JiaozhuError, match="no Parquet table here"):
        write_report(tmp_path / "nowhere", tmp_path / "report.html")
    (tmp_path / "file").write_text("mine")
    with pytest.raises(JiaozhuError, match="cannot be written"):
        write_report(samples, tmp_path / "file" / "report.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


def test_the_command_writes_beside_the_corpus_and_prints_the_numbers(samples):
    command = ["corpus", "report", "--corpus", str(samples)]
    done = call(samples.parent, *command, "--json")
    assert json.loads(done.stdout)["documents"] == 18
    path = samples.parent / "report.html"
    assert path.is_file()
    path.unlink()
    table = call(samples.parent, *command).stdout
    assert "pinyin" in table
    assert "\x1b" not in table
    path.unlink()


@pytest.fixture(scope="module")
def browser():
    if find_browser() is None:
        pytest.skip("no Chromium; make browser installs one")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.mark.slow
def test_in_a_browser_a_hostile_page_stays_text_and_the_filters_work(browser, hostile):
    page = browser.new_page()
    said, asked = [], []
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(hostile.as_uri())
    assert page.locator("#title").text_content() == ATTACK
    rows = page.locator("#rows").text_content()
    assert f"正文{ATTACK}⟨2028⟩⟨2029⟩" in rows
    assert "␛[31m⟨202E⟩" in rows
    page.check("#names")
    page.check("#source")
    for button in page.locator("#list button").all():
        button.click()
    assert page.evaluate("[window.hit, document.images.length, document.scripts.length]") == [None, 0, 2]
    assert said == []
    assert asked == [hostile.as_uri()]

    def listed():
        return page.locator("#list li:not([hidden]) button").evaluate_all(
            "all => all.map(b => b.firstChild.textContent)"
        )

    assert len(listed()) == 4
    page.fill("#words", "好文")
    assert listed() == ["好文章"]
    page.fill("#words", "")
    page.select_option("#flag", "no_article")
    assert listed() == ["page-003.txt"]
    page.select_option("#flag", "")
    page.select_option("#rule", label="navigation 导航")
    assert listed() == ["长行"]
    assert page.locator("#found").text_content() == "1 of 4"
    page.close()


@pytest.mark.slow
def test_in_a_browser_hovering_shows_the_rule_and_the_keyboard_walks_the_list(browser, samples, tmp_path):
    write_report(samples, tmp_path / "report.html")
    page = browser.new_page()
    page.goto((tmp_path / "report.html").as_uri())
    page.fill("#words", "pinyin.txt")
    page.locator("#list li:not([hidden]) button").click()
    span = page.locator("#rows span", has_text="(yóu)").first
    assert span.get_attribute("title").startswith("pinyin: ")
    assert span.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(250, 243, 172)"
    page.fill("#words", "")
    before = page.locator("#title").text_content()
    page.locator("#list [aria-current=true]").focus()
    page.keyboard.press("ArrowUp")
    assert page.locator("#title").text_content() != before
    page.locator("#examples-0 a").first.click()
    assert page.locator("#list [aria-current=true]").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()
