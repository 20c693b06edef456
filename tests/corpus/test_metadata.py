"""What the page says about its article."""

import pytest
from opencc import OpenCC

from corpus.clean import clean_page
from corpus.page_dates import read_date
from corpus.records import Document, Page

BODY = [
    "6月3日上午，沂河上游的三座水库同时开闸，下游沿岸的村庄提前一天接到了通知，村干部挨家挨户上门提醒。",
    "县水利局的值班人员说，入汛以来流域平均降雨量比常年多两成，水库需要腾出库容，为下一轮降雨做准备。",
    "下游养殖户老周把网箱向岸边移了二十米。他说，往年放水都在夜里，今年改到白天，村里人心里踏实多了。",
]
TITLE = "沂河上游三座水库白天开闸"


def clean(*lines: str, markup: str = "") -> Document:
    if markup:
        source = f"<html><head>{markup}</head><body>" + "".join(f"<p>{line}</p>" for line in lines) + "</body></html>"
    else:
        source = "\n".join(lines)
    document = clean_page(Page("0" * 16, "page", "utf-8", source, is_html=bool(markup)))
    assert isinstance(document, Document)
    return document


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2005年3月11日12:12", "2005-03-11T12:12"),
        ("2022-02-13 20:04:17", "2022-02-13T20:04:17"),
        ("2005-04-05 06:40更新", "2005-04-05T06:40"),
        ("2021-1-29", "2021-01-29"),
        ("2021.1.9", "2021-01-09"),
        ("2024 年 5 月 6 日", "2024-05-06"),
        ("2024年5月6日 星期一 下午3:05", "2024-05-06T15:05"),
        ("7/5/2005 9:23:57 PM", "2005-05-07T21:23:57"),
        ("06/02/2022 - 13:48", "2022-02-06T13:48"),
        ("2022-02-06T12:48:06+00:00", "2022-02-06T12:48:06"),
        ("电话2024-13-45", None),
        ("2023-02-30", None),
        ("2024年03月05日 09时30分", "2024-03-05T09:30"),
        ("中華民國112年9月14日", "2023-09-14"),
        ("二〇二三年十二月三十一日", "2023-12-31"),
        ("Posted on March 5th, 2024", "2024-03-05"),
        ("5 Mar 2024", "2024-03-05"),
        ("20240305T0930", "2024-03-05T09:30"),
        ("08-05 12:10", None),
        ("5月6日", None),
    ],
)
def test_dates_become_iso_and_nothing_is_invented(text, date):
    assert read_date(text) == date


@pytest.mark.parametrize(
    ("lines", "markup", "date"),
    [
        ([TITLE, "2024-06-04 08:00 来源：沂蒙晚报", *BODY], "", "2024-06-04T08:00"),
        (["今天是2024年7月9日 星期二 欢迎您", TITLE, "发布时间：2024-06-04", *BODY], "", "2024-06-04"),
        ([TITLE, *BODY], "<meta property='article:published_time' content='2024-06-04T08:00'>", "2024-06-04T08:00"),
        ([TITLE, *BODY, "作者：周某 发表于2024-06-04"], "", "2024-06-04"),
        ([TITLE, *BODY], "", None),
        ([TITLE, *BODY, "相关新闻", "大坝除险加固工程开工 2023-01-02"], "", None),
        ([TITLE, *BODY, "某某水库今年首次开闸放水 2023-01-02"], "", None),
        ([TITLE, *BODY, "特此公告。", "沂河水务局", "2024年6月4日"], "", "2024-06-04"),
    ],
)
def test_the_date_of_publication(lines, markup, date):
    assert clean(*lines, markup=markup).published_at == date


@pytest.mark.parametrize(
    ("lines", "author"),
    [
        ([TITLE, "作者：周某某　来源：沂蒙晚报", *BODY], "周某某"),
        ([TITLE, "文/周某某", *BODY], "周某某"),
        ([TITLE, "沂蒙晚报记者 周某某 李某", *BODY], "周某某 李某"),
        ([TITLE, *BODY, "（沂蒙晚报记者 周某某）"], "周某某"),
        ([TITLE, "本报讯（记者 周某某）" + BODY[0], *BODY[1:]], "周某某"),
        ([TITLE, *BODY, "（周某）"], "周某"),
        ([TITLE, "作者：佚名", *BODY], None),
        ([TITLE, "来源：周某某", *BODY], "周某某"),
        ([TITLE, "由半杯发布于2021年12月12日", *BODY], "半杯"),
        ([TITLE, "by 阿圆的锅", *BODY], "阿圆的锅"),
        ([TITLE, "〔记者周某某／沂水报导〕" + BODY[0], *BODY[1:]], "周某某"),
        (["周某：沂河上游三座水库白天开闸", "周某", *BODY], "周某"),
        ([TITLE, "责任编辑：周某某", *BODY], None),  # who put it on the page did not write it
        ([TITLE, "小记者训练营", *BODY], None),
        ([TITLE, *BODY], None),
    ],
)
def test_the_author(lines, author):
    assert clean(*lines).author == author


def test_the_maker_of_the_sites_software_is_no_author():
    assert clean(TITLE, *BODY, markup="<meta name=author content='某某网络'>").author is None
    assert clean(TITLE, "周某某", *BODY, markup="<meta name=author content='周某某'>").author == "周某某"


@pytest.mark.parametrize(
    "markup",
    [
        f"<title>{TITLE}_要闻_沂蒙网</title>",
        f"<title>沂蒙网 » {TITLE}</title>",
        f"<title>{TITLE} 沂蒙网</title>",
        f"<meta property='og:title' content='{TITLE}'><title>沂蒙网</title>",
    ],
)
def test_the_title_is_where_markup_and_page_agree(markup):
    assert clean("沂蒙网", TITLE, "2024-06-04 来源：沂蒙晚报", *BODY, markup=markup).title == TITLE


def test_a_sub_heading_is_no_title():
    page = clean(TITLE, BODY[0], "养殖户把网箱移向岸边", *BODY[1:], markup=f"<title>{TITLE}-沂蒙网</title>")
    assert page.title == TITLE


def test_the_title_is_not_in_the_text():
    assert TITLE not in clean(TITLE, *BODY, markup=f"<title>{TITLE}</title>").text


@pytest.mark.parametrize(
    ("line", "publisher"),
    [
        ("来源：沂蒙晚报 2024-06-04", "沂蒙晚报"),
        ('来源: size="20"', None),
        ("来源：互联网", None),
        ("来源：周某某", None),
    ],
)
def test_the_publisher(line, publisher):
    assert clean(TITLE, line, *BODY).publisher == publisher


LINKED = """<script type="application/ld+json">{"@graph": [{"@type": "WebSite", "name": "某某"}, {"@type":
["NewsArticle"], "datePublished": "2024-06-04", "author": [%s], "publisher": {"name": "沂蒙晚报"}}]}</script>"""


def test_linked_data_names_author_publisher_and_date():
    page = clean(TITLE, *BODY, markup=LINKED % '{"@type": "Person", "name": "周某某"}')
    assert (page.author, page.publisher, page.published_at) == ("周某某", "沂蒙晚报", "2024-06-04")
    assert clean(TITLE, *BODY, markup=LINKED % '{"@type": "Organization", "name": "周某某"}').author is None


def test_broken_linked_data_still_says_its_date():
    page = clean(TITLE, *BODY, markup='<script type="application/ld+json">{"datePublished": "2024-06-04",}</script>')
    assert page.published_at == "2024-06-04"


def test_what_public_bodies_write_about_the_source():
    assert clean(TITLE, *BODY, markup="<meta name=ContentSource content='市水利局'>").publisher == "市水利局"


def test_the_title_of_the_markup_is_in_the_script_of_the_text():
    body = [OpenCC("s2t").convert(line) for line in BODY]
    page = clean(*body, markup="<title>三座水庫白天開閘</title>")
    assert (page.title, page.text.startswith("6月3日上午，沂河上游的三座水库同时开闸")) == ("三座水库白天开闸", True)


@pytest.mark.parametrize("title", ["第十二章 夜渡", "守塘人的一天（2）"])
def test_a_title_that_says_little_is_no_mismatch(title):
    assert "title_mismatch" not in clean(title, *BODY).flags
