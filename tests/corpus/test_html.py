"""From a page's source to what a reader sees."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.hidden_text import HIDDEN_TEXT, hiding_names
from corpus.html import CONTENT, HEADING, LINK, MAIN, strip_markup
from corpus.spans import AlignedText, unexplained


def shown(source: str) -> list[str]:
    text, _ = strip_markup(AlignedText.of(source))
    return [line.strip() for line in text.text.split("\n") if line.strip()]


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("<p>一<p>二</p>三", ["一", "二", "三"]),
        ("一<br>二<br/>三", ["一", "二", "三"]),
        ("<b>一</b>二<i>三</i>", ["一二三"]),
        ("<script>if (a<b) x('</p>')</script>正文", ["正文"]),
        ("<style>p {}</style>正文", ["正文"]),
        ("<!-- <p>注</p> -->正文<!---->。<!-->！", ["正文。！"]),
        ("<title>题</title><p>正文", ["正文"]),
        ("<a title='1>0' href=x>链接</a>", ["链接"]),
        ('<a title="未完>正文', ["正文"]),  # a quote that is never closed
        ("3<5，5>3", ["3<5，5>3"]),
        ("a < b 和 <3", ["a < b 和 <3"]),
        ("正文</ p>。", ["正文。"]),
        ("&lt;p&gt;&#20013;&nbsp;&#x56FD;&amp", ["<p>中 国&"]),
        ("&copy2004 &notaword; AT&T", ["©2004 ¬aword; AT&T"]),
        ("正文<!DOCTYPE html><?xml x?><![CDATA[x]]>。", ["正文。"]),
        ("半个标签<a href=", ["半个标签<a href="]),
        ("<select><option>选</select>正文<textarea>框</textarea>", ["正文"]),
        ("中文\n换行", ["中文换行"]),
        ("<pre>一\n二</pre>", ["一", "二"]),
        ("", []),
    ],
)
def test_shows_what_a_browser_would(source, lines):
    assert shown(source) == lines


def test_a_row_of_short_cells_is_one_line():
    assert shown("<table><tr><td>姓名<td>年龄</tr><tr><td>王某</td> <td><p>34</p></td></tr></table>") == [
        "姓名 年龄",
        "王某 34",
    ]


@pytest.mark.parametrize(
    "cell",
    [
        "这一格里是一段文字，它比一格数据长得多，所以这张表只是版面，不是数据，各格分行。",
        "一<br>二",
        "<table><tr><td>内</table>",
    ],
)
def test_a_layout_table_breaks_at_its_cells(cell):
    assert shown(f"<table><tr><td>菜单</td><td>{cell}</td></tr></table>")[0] == "菜单"


def test_hints_keep_title_headings_and_meta():
    _, hints = strip_markup(
        AlignedText.of(
            "<title> 题 &amp; 站 </title><meta name=Author content='王&nbsp;某'><svg><title>图</title></svg>"
            "<h1>大 <b>题</b></h1><time datetime='2024-05-06'>昨天</time>"
            '<script type="application/ld+json">{"datePublished": "2024-05-06T07:08:09"}</script>'
        )
    )
    assert hints.title == "题 & 站"
    assert hints.meta == {"author": "王\xa0某", "datepublished": "2024-05-06T07:08:09"}
    assert [text for _, text in hints.headings] == ["大 题"]
    assert [value for _, value in hints.times] == ["2024-05-06"]


def test_shares_say_what_the_markup_said():
    source = "<h2>题</h2><div class=article>正<a href=x>文</a></div>"
    _, hints = strip_markup(AlignedText.of(source))
    assert hints.shares(source.index("题"), source.index("题") + 1)[HEADING] == 1
    both = hints.shares(source.index("正"), source.index("文") + 1)
    assert (both[LINK], both[CONTENT], both[HEADING]) == (0.5, 1, 0)


def test_main_is_the_smallest_container_with_nearly_all_running_text():
    menu = "<div><a href=x>新闻，图片</a><a href=y>体育，财经</a></div>"
    source = f"<body>{menu}<div id=a><div><p>一句，两句，三句，四句，五句。</div><div>六句，七句。</div></div></body>"
    _, hints = strip_markup(AlignedText.of(source))
    assert hints.shares(source.index("一句"), source.index("七句") + 2)[MAIN] == 1
    assert hints.shares(source.index("新闻"), source.index("新闻") + 2)[MAIN] == 0


TAGS = ["<", ">", "</", "<p>", "<a href='", '"', "=", "<!--", "-->", "<td>", "<tr>", "<table>", "</table>", "<script>"]
TAGS += [
    "</script>",
    "<title>",
    "</title>",
    "<pre>",
    "&",
    "&nbsp",
    "&#20013;",
    "&#xD800;",
    "<svg>",
    "\n",
    " ",
    "中",
    "，",
]


@given(st.lists(st.one_of(st.sampled_from(TAGS), st.text(max_size=3)), max_size=60).map("".join))
def test_any_source_is_explained_to_the_character(source):
    text, hints = strip_markup(AlignedText.of(source))
    assert not unexplained(text.runs, text.removed_spans(), len(source))
    assert hints.starts == sorted(hints.starts)


HOSTILE = ["<!--", "<a", '<a href="', "<a b='>", "<div>", "</div>", "<title>", "<svg><title>", "<![CDATA[", "</x ", "<"]
HOSTILE += ["<p hidden>", "<style>.a{display:none", "<style>{{{display:none}"]
HOSTILE += ["&#", "<table>", "<tr><td>", "<p>x", "<script>", "<h1>x", "<!--x--!>", "<textarea>", '<a b=">"', " \n"]


@pytest.mark.parametrize("part", HOSTILE)
def test_a_hostile_page_takes_linear_time(part):
    started = time.process_time()
    strip_markup(AlignedText.of(part * 10_000))
    assert time.process_time() - started < 2


SENTENCE = "<p>一句，两句，三句，四句。</p>"


@pytest.mark.parametrize(
    "hidden",
    [
        "<div style='display:none'>藏</div>",
        '<p class=a style="color:red; DISPLAY : none">藏</p>',
        "<span style='visibility:hidden'><b>藏</b></span>",
        "<div hidden>藏</div>",
        "<section hidden=''><ul><li>藏</ul></section>",
        "<span class='link sr-only'>藏</span>",
        "<style>.x, .y {color: red; display: none}</style><i class='b y'>藏</i>",
        "<style>#z{visibility:hidden}</style><i id=z>藏</i>",
    ],
)
def test_what_no_browser_shows_is_removed_by_a_rule_of_its_name(hidden):
    text, hints = strip_markup(AlignedText.of(hidden + SENTENCE))
    assert text.text.strip() == "一句，两句，三句，四句。"
    assert [text.raw[s.start : s.end] for s in text.removed_spans() if s.rule == HIDDEN_TEXT] == ["藏"]
    assert len(hints.starts) == 1


@pytest.mark.parametrize(
    "seen",
    [
        "<div style='overflow:hidden'>见</div>",
        "<div class='hidden-xs' title='display:none hidden'>见</div>",
        "<div aria-hidden=true>见</div>",  # kept from screen readers, shown to all others
        "<style>@media print{.a,.b{display:none}}</style><div class=b>见</div>",
        "<style media=print>.b{display:none}</style><div class=b>见</div>",
        "<style>.c .b{display:none}</style><div class=b>见</div>",
    ],
)
def test_what_a_browser_shows_stays(seen):
    assert shown(seen + SENTENCE)[0] == "见"


def test_an_article_that_a_script_will_show_stays_and_what_is_hidden_in_the_rest_goes():
    source = f"<div style='visibility: hidden'>{SENTENCE * 3}</div><div style='display:none'>藏，藏</div><p>见"
    assert shown(source) == ["一句，两句，三句，四句。"] * 3 + ["见"]


@given(st.text(alphabet="{}.#,;@ abdisplay:none-\n", max_size=80))
def test_any_style_sheet_is_read(style):
    assert all(f".{name}" in style or f"#{name}" in style for name in hiding_names(style))
