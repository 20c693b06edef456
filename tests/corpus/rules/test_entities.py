"""Character references that a scraper left in the text are characters again; an ampersand is an ampersand."""

import pytest

from corpus.clean import clean_page
from corpus.records import Page
from corpus.rules.entities import entities
from corpus.spans import AlignedText, unexplained


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("&nbsp;&nbsp;正文", "\xa0\xa0正文"),
        ("他说&ldquo;好&rdquo;&hellip;&hellip;", "他说“好”……"),
        ("一&amp;nbsp;二", "一\xa0二"),
        ("&#20013;&#x56FD;", "中国"),
        ("研发(R&amp;D)", "研发(R&D)"),
    ],
)
def test_references_become_their_characters(raw, clean):
    page = AlignedText.of(raw)
    made = page.apply(entities(page))
    assert made.text == clean
    assert not unexplained(made.runs, made.removed_spans(), len(raw))


@pytest.mark.parametrize("text", ["R&D;", "AT&T", "a=1&copy=2", "&#55296;", "&#1114112;", "& nbsp ;", "&nbsp"])
def test_what_is_no_reference_is_left(text):
    assert list(entities(AlignedText.of(text))) == []


def test_a_page_that_shows_its_references_is_read_without_them():
    said = "&nbsp;&nbsp;&nbsp;&nbsp;县水利局的值班人员说，&ldquo;入汛以来流域平均降雨量比常年多两成&rdquo;。"
    for raw, is_html in ((said, False), (f"<p>{said.replace('&', '&amp;')}</p>", True)):
        document = clean_page(Page("d", "s", "utf-8", raw, is_html=is_html))
        assert document.text == "县水利局的值班人员说，“入汛以来流域平均降雨量比常年多两成”。\n"


def test_no_hostile_line_takes_time(text, busy_with):
    assert busy_with(text.of, entities) == []
