"""Which lines of a page are the article."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.body import choose, scores
from corpus.clean import clean_page
from corpus.features import NAMES, features
from corpus.lines import split_lines
from corpus.records import Page
from corpus.rules import comments
from corpus.spans import AlignedText
from corpus.weights import WEIGHTS

ARTICLE = [
    "6月3日上午，沂河上游的三座水库同时开闸，下游沿岸的村庄提前一天接到了通知，村干部挨家挨户上门提醒。",
    "县水利局的值班人员说，入汛以来流域平均降雨量比常年多两成，水库需要腾出库容，为下一轮降雨做准备。",
    "下游养殖户老周把网箱向岸边移了二十米。他说，往年放水都在夜里，今年改到白天，村里人心里踏实多了。",
    "据气象部门预报，未来三天流域还有一次中到大雨过程，水利、应急两个部门已经安排人员在重点堤段巡查。",
]
COMMENTS = [
    "去年我们村就是因为没有接到通知，几亩地的西瓜全泡在水里，今年总算有人上门说了一声，这样才对。",
    "建议把放水的时间提前在广播里多说几遍，老人家里没有手机，光靠短信他们是看不到的，请领导考虑。",
]


def lines_of(text: str):
    return split_lines(AlignedText.of(text), None)


def chosen(text: str) -> list[str]:
    return [text[line.start : line.end] for line in choose(lines_of(text))]


def article_of(source: str) -> str:
    document = clean_page(Page("0" * 16, "page", "utf-8", source, is_html=True))
    return document.text


def test_an_article_alone_is_kept_whole():
    assert chosen("\n".join(ARTICLE)) == ARTICLE


def test_menus_before_and_footers_after_are_left():
    page = ["首页", "新闻", "财经", "体育", *ARTICLE, "关于我们 | 联系我们 | 广告服务", "Copyright 2004 版权所有"]
    assert chosen("\n".join(page)) == ARTICLE


@pytest.mark.parametrize("head", ["网友评论", "已有12条评论", "相关文章"])
def test_sentences_under_another_head_are_not_the_article(head):
    assert chosen("\n".join([*ARTICLE, head, *COMMENTS])) == ARTICLE


def test_a_sub_heading_between_paragraphs_stays():
    page = [*ARTICLE[:2], "网箱移向岸边", *ARTICLE[2:]]
    assert chosen("\n".join(page)) == page


def test_a_legal_notice_behind_the_article_goes():
    notice = [
        "反侵权公告：",
        "未经本网书面许可，任何单位或个人不得擅自转载本网作品，违者将依法追究其法律责任。",
        "经授权转载的，须注明来源，并不得改动原文；侵犯本网著作权的，本网保留追究法律责任的权利。",
    ]
    assert not set(notice[1:]) & set(chosen("\n".join([*ARTICLE, *notice])))


def test_an_article_about_copyright_is_an_article():
    article = [
        "4月20日，市中级人民法院公布了去年审理著作权案件的情况，全年受理侵犯著作权案件三百一十二件。",
        "法官介绍，侵权行为多发生在网站转载环节，一些网站未经许可使用他人图片，也不注明作者的姓名。",
        "在一起案件中，摄影师发现自己的作品被一家网站转载，对方声明图片来自网友投稿，法院没有采纳。",
        "版权部门提醒，网站转载作品应当取得授权，并保存许可的凭据，否则要承担相应的法律责任。",
    ]
    assert chosen("\n".join(article)) == article


def test_a_reporters_signature_is_the_articles_last_line():
    assert chosen("\n".join([*ARTICLE, "（沂蒙晚报记者 周某某）", "分享到："]))[-1] == "（沂蒙晚报记者 周某某）"


def test_a_table_inside_the_article_stays():
    rows = "".join(f"<tr><td>第{n}水库</td><td>{n}20万方</td><td>{n}时</td></tr>" for n in "一二三四五六")
    menu = "<ul><li><a href=1>新闻</a><li><a href=2>财经</a><li><a href=3>体育</a></ul>"
    body = "".join(f"<p>{line}</p>" for line in ARTICLE[:2]) + f"<table>{rows}</table>" + f"<p>{ARTICLE[2]}</p>"
    text = article_of(f"<html><body>{menu}<div class=content>{body}</div><div>版权所有</div></body></html>")
    assert [text.count(f"第{n}水库") for n in "一二三四五六"] == [1] * 6
    assert "财经" not in text


def test_every_line_is_chosen_or_has_a_rule():
    lines = lines_of("\n".join(["首页", *ARTICLE, "上一篇：某文", *COMMENTS]))
    body = list(choose(lines))
    assert [line for line in lines if line.rule is None] == body


def test_no_lines_no_article():
    assert list(choose([])) == []


def test_every_weight_has_its_feature():
    assert WEIGHTS.keys() <= set(NAMES)
    assert features(lines_of(ARTICLE[0])).shape == (len(NAMES), 1)


@pytest.mark.parametrize("text", ["网友评论", "评论(3)", "已有 12 条评论", "共有5条回复", "3 Comments", "最新留言："])
def test_comment_heads(text):
    assert comments.comment_head(lines_of(text)[0])


@pytest.mark.parametrize("text", ["他在评论中写道，这是一件好事。", "评论家王某", "留言板块"])
def test_no_comment_heads(text):
    assert not comments.comment_head(lines_of(text)[0])


@given(st.lists(st.text(max_size=20), max_size=30).map("\n".join))
def test_any_lines_get_finite_scores(text):
    lines = lines_of(text)
    body = choose(lines)
    assert all(line.rule is None for line in body)
    if lines:
        for line in lines:
            line.rule = None
        assert np.isfinite(scores(lines)).all()


@pytest.mark.parametrize(
    "text",
    [
        "游客 发表于 2009-3-4 10:22",
        "发表于 2020-8-3 22:01:05 | 只看该作者",
        "3楼",
        "12# 某人",
        "阿K 说道：",
        "某人 回复于 3天前",
    ],
)
def test_the_heads_of_posts(text):
    assert comments.comment_head(lines_of(text)[0])


@pytest.mark.parametrize(
    "text", ["他的论文发表于《考古》", "家住3楼的王女士", "发布于7月的新规，影响很大。", "王某说道：“不行。”"]
)
def test_no_heads_of_posts(text):
    assert not comments.comment_head(lines_of(text)[0])


def test_a_link_in_mid_text_does_not_end_the_article():
    page = [*ARTICLE[:2], "延伸阅读：", "三座水库的前世今生", *ARTICLE[2:]]
    assert chosen("\n".join(page))[-1] == ARTICLE[-1]
