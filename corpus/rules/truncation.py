"""Truncation and paywall notices, at the end and in mid-text: the article goes on, but not on this page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.lines import Line
from corpus.spans import AlignedText, Proposal

RULE = "truncation"

_SAYS = r"未完|省略\d*字|会员|付费|剩余(?:内容|部分|\d+)|余下(?:内容|全文)?|阅读全文|查看全文|显示全文|完整(?:阅读|内容|版)|全文共\d+字|当前只显示|登录后|试读|订阅后"
_INLINE = re.compile(
    rf" ?(?:…+|\.{{3,}})?[(（\[【][^()（）\[\]【】\n]{{0,120}}?(?:{_SAYS})[^()（）\[\]【】\n]{{0,120}}[)）\]】](?:…+|\.{{3,}})? ?"
)
_LINE = re.compile(
    r"(?:还不是|成为|开通|登录|注册)[^。]{0,12}会员|会员(?:专享|可见|可完整)|剩余\s*\d+\s*%|阅读(?:剩余|全文)|(?:点击|展开)(?:阅读|查看)?(?:全文|更多)|付费(?:阅读|内容)|未完待续|未登录|下载全文"
)


def truncation(line: Line) -> bool:
    """A short line that says the rest is elsewhere or for members."""
    return len(line) < 100 and bool(_LINE.search(line.plain))


def inline_truncation(page: AlignedText) -> Iterator[Proposal]:
    """`……(省略1450字,会员可完整阅读)……`: a newline stands for the gap."""
    for match in _INLINE.finditer(page.text):
        yield Proposal(match.start(), match.end(), RULE, "\n")
