"""The head of a comment section: what stands under it was written by readers."""

from __future__ import annotations

import re

from corpus.lines import Line
from corpus.triggers import Pattern

RULE = "comments"

_THING = "(?:评论|留言|回复|回帖|跟帖)"
_HEAD = Pattern(
    rf"(?:网友|最新|精彩|热门|全部|用户|读者|发表|查看|我要|相关|所有){_THING}"
    rf"|{_THING}(?:列表|区|\(\d+\)|:?\d+[条个件篇]|:?$)|\d+\s*[条个件篇]\s*(?:{_THING}|网友)"
    r"|\b(?:comments?|trackbacks?|replies)\b",
    re.I,
)
_LONGEST = 40
PATTERNS = (_HEAD,)


def comment_head(line: Line) -> bool:
    """`网友评论`, `已有12条评论`, `评论(3)`, `Comments`."""
    return len(line) <= _LONGEST and not line.is_sentence and bool(_HEAD.search(line))
