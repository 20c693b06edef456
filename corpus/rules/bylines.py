"""Source, author, editor, date and reading-count lines, which metadata reads and the article does without."""

from __future__ import annotations

import re

from corpus.lines import Line

RULE = "byline"

_FIELDS = re.compile(
    r"(?:来源|来自|作者|编辑|责编|记者|通讯员|发布(?:时间|日期|者|人)?|更新(?:时间|日期)?|时间|日期|点击(?:数|量|率)?|阅读(?:数|量|次数)?|浏览(?:数|量|次数)?|访问量|人气|查看|原标题|标题|关键词|关键字|标签|摘要|栏目|分类|字体|字号|稿源|出处|撰稿|供稿|摄影|文号|索引号|审核|校对)\s*[:：]"
)
_DATE = re.compile(r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}")
_COLUMN = re.compile(
    r"^[\u4e00-\u9fff]{2,8}(?:正文)?\s+\d{1,6}\s+\d{1,6}$|^[A-Za-z\u4e00-\u9fff]{0,12}\d+(?:年|个?月|天|小时|分钟)前"
)
_SIGNATURE = re.compile(r"^[(\[【][^()\[\]]{0,16}(?:记者|通讯员)[^()\[\]。]{0,30}[)\]】]$")
_LONGEST = 90


def byline(line: Line) -> bool:
    """A line of fields about the article, or a date with little beside it."""
    text = line.plain
    if len(text) > _LONGEST:
        return False
    if _COLUMN.match(text):
        return True
    if text.endswith("。") or line.clauses > 6:
        return False
    fields = len(_FIELDS.findall(text))
    if fields >= 2 or (fields and _FIELDS.match(text.lstrip("([【"))):
        return True
    date = _DATE.search(text)
    return bool(date) and len(text) - len(date[0] if date else "") < 40 and not line.is_sentence


def signature(line: Line) -> bool:
    """`(大众新闻记者 段婷婷)`: the reporter's name in parentheses, which stands as the article's last words."""
    return bool(_SIGNATURE.match(line.plain))
