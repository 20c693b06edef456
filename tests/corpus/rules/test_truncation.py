"""Notices that the rest is elsewhere go and leave a gap; members and payments as subjects stay."""

import pytest

from corpus.rules.truncation import inline_truncation, truncation
from corpus.spans import AlignedText


@pytest.mark.parametrize(
    "text",
    [
        "您还不是会员,本文为会员专享内容,登录或注册后可下载全文(Word版)。",
        "剩余 70% 内容，请付费后阅读",
        "点击阅读全文",
        "展开全文",
        "阅读剩余全文",
        "本文为付费阅读内容",
        "未完待续",
        "登录后查看全文",
        "开通会员，畅读全文",
        "试读结束，购买后继续阅读",
        "点击展开全文",
    ],
)
def test_notices_of_a_missing_rest_are_recognised(line, text):
    assert truncation(line(text))


@pytest.mark.parametrize(
    "text",
    [
        "该平台注册会员突破1亿人，同比增长两成。",
        "中国成为该国际组织的正式会员。",
        "会员制超市扎堆开业",
        "会员大会在京召开",
        "付费自习室走红",
        "知识付费步入下半场，用户更加理性。",
        "剩余资金将用于补充流动资金。",
        "故事未完，他却走了。",
        "登录月球后，宇航员采集了样本。",
        "选择隐身方式登录后，其他会员在名单里看不到您。",
    ],
)
def test_members_and_payments_as_subjects_are_left_alone(line, text):
    assert not truncation(line(text))


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("产值达到……(省略1450字,会员可完整阅读)……二是融资难。", "产值达到\n二是融资难。"),
        ("产值达到(此处省略1450字)二是融资难。", "产值达到\n二是融资难。"),
        ("产值达到 【未完待续】", "产值达到\n"),
        ("产值达到...[登录后可查看]", "产值达到\n"),
        ("产值达到（剩余内容付费后可阅读）", "产值达到\n"),
    ],
)
def test_a_notice_in_mid_text_leaves_a_paragraph_break(raw, clean):
    page = AlignedText.of(raw)
    assert page.apply(inline_truncation(page)).text == clean


@pytest.mark.parametrize(
    "text",
    [
        "协会（会员1.2万人）成立于1956年。",
        "实施方案（完整版）",
        "（付费用户占三成）",
        "他用两个字（省略号）回答。",
        "剩余的（约三成）将在年底完成。",
    ],
)
def test_parentheses_about_members_are_left_alone(text):
    assert list(inline_truncation(AlignedText.of(text))) == []


def test_no_hostile_line_takes_time(line, text, busy_with):
    assert busy_with(line, truncation) == []
    assert busy_with(text.of, inline_truncation) == []


def test_the_buttons_of_a_list_of_articles_are_no_notices():
    button = "产值达到……[阅读全文]\n"
    assert len(list(inline_truncation(AlignedText.of(button * 2)))) == 2
    assert list(inline_truncation(AlignedText.of(button * 3))) == []
