"""Truncation and paywall notices, at the end and in mid-text: the article goes on, but not on this page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.characters import CharacterClass
from corpus.lines import Line
from corpus.spans import AlignedText, Proposal
from corpus.triggers import Pattern

RULE = "truncation"

# Said in parentheses in mid-text. 会员 alone is a word of the news: (会员1.2万人).
_SAYS = (
    r"未完(?:待续|,)|省略\d+字|略去\d+字|会员(?:可|专享|才|后|完整|阅读|登录|免费)|(?:开通|成为|登录)会员"
    r"|付费(?:后|可|阅读|内容|查看|解锁)"
    r"|剩余(?:内容|部分|\d+)|余下(?:内容|全文)|阅读全文|查看全文|显示全文|当前只显示|登录后(?:可|查看|阅读)"
    r"|试读(?:结束|部分|已)|订阅后|完整内容(?:请|见|需)|可完整阅读"
)
_INSIDE = r"[^()（）\[\]【】\n]{0,120}"
_BRACKETS = CharacterClass(r"[(（\[【]")
_INLINE = re.compile(rf"[(（\[【]{_INSIDE}?(?:{_SAYS}){_INSIDE}[)）\]】]")
_BUTTONS = frozenset({"阅读全文", "查看全文", "显示全文", "点击阅读全文", "点击查看全文"})
_LONGEST_BUTTON = 12
_LIST = 3
_DOTS = ".…"
_MOST_DOTS = 12
_LINE = Pattern(
    "|".join(
        (
            # members and payers only
            "还不是[^。]{0,12}会员|成为[^。]{0,12}会员|开通[^。]{0,12}会员",
            "登录[^。,]{0,12}会员|注册[^。,]{0,12}会员",
            "会员(?:专享|可见|专属内容|可完整|免费阅读|阅读全文)",
            "付费(?:阅读|内容|后|查看|解锁)|未登录|登录后(?:可|查看|阅读)",
            "购买(?:后|本文|全文)|订阅后|解锁(?:全文|剩余)|试读(?:结束|部分|已)|本文为付费",
            # the rest is behind a click
            "剩余 ?\\d+ ?%|点击(?:阅读|查看|展开)?(?:剩余|余下)?(?:全文|更多内容|剩余)",
            "展开(?:全文|剩余|余下)|阅读(?:全文|剩余|余下)|查看(?:全文|剩余)|显示全文",
            "展开(?:更多|全部)|点击(?:阅读)?更多|未完待续|下载(?:全文|完整版)|余下\\d+%",
        )
    )
)
PATTERNS = (_LINE,)


def truncation(line: Line) -> bool:
    """A short line that says the rest is elsewhere or for members."""
    if len(line) >= 100 or not _LINE.search(line):
        return False
    return not line.is_sentence or (line.to_reader and not line.tells)


def _is_button(text: str) -> bool:
    return len(text) <= _LONGEST_BUTTON and text[1:-1].strip("> ") in _BUTTONS


def inline_truncation(page: AlignedText) -> Iterator[Proposal]:
    """`……(省略1450字,会员可完整阅读)……`: a newline stands for the gap. Its dots and one space go with it."""
    text = page.text
    if not _BRACKETS.is_in(text):
        return
    found = list(_INLINE.finditer(text))
    if sum(_is_button(match[0]) for match in found) >= _LIST:  # each leads to an article of its own
        found = [match for match in found if not _is_button(match[0])]
    for match in found:
        start, end = match.span()
        while start > 0 and text[start - 1] in _DOTS and match.start() - start < _MOST_DOTS:
            start -= 1
        if match.start() - start < 3 and "…" not in text[start : match.start()]:
            start = match.start()
        while end < len(text) and text[end] in _DOTS and end - match.end() < _MOST_DOTS:
            end += 1
        yield Proposal(
            start - text.startswith(" ", start - 1) if start else 0, end + text.startswith(" ", end), RULE, "\n"
        )
