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
_POST = Pattern(
    r"(?:[^,。!?]{0,20}(?:发表|回复|发布)[于在]|(?:第?\d{1,4}[楼#]|沙发|板凳|地板)(?:$|[^\u3400-\u9fff])"
    r"|[^,。:!?]{1,20}(?:说道|says)\s*:$)",
    tried="at start",
)
_TIME = re.compile(r"\d{1,2}:\d\d|[楼#]|沙发|板凳|地板|说道|says|\d+\s?(?:天|小时|分钟|个月|年)前")
_LONGEST = 40
PATTERNS = (_HEAD, _POST)


def comment_head(line: Line) -> bool:
    """`网友评论`, `已有12条评论`, `评论(3)`, `Comments`; the head of a post: `某人 发表于 2009-3-4 10:22`, `3楼`."""
    if len(line) > _LONGEST or line.is_sentence:
        return False
    return bool(
        _HEAD.search(line) or ((post := _POST.match(line)) and _TIME.search(line.plain, max(0, post.end() - 3)))
    )
