"""Source, author, editor, date and reading-count lines, which metadata reads and the article does without."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.lines import Line
from corpus.triggers import Pattern

RULE = "byline"

# A field stands at the line's start or after something that is no Han character: 数据来源: is not 来源:.
_FIELDS = Pattern(
    r"""(?<![\u3400-\u9fff])(?:
        (?:信息|文章|新闻|稿件|内容)?来源 | 来自 | 稿源 | 出处 | 转自                # where it came from
      | 作者 | 撰稿人? | 撰文 | 供稿(?:单位)? | 摄影 | (?:图|文)[/、](?:图|文)        # who wrote it
      | (?:责任|本文|本期|执行|值班|新媒体|美术|网络)?编辑 | 责编 | 主编 | 监制 | 审核 | 审校 | 校对 | 排版
      | 初审 | 复审 | 终审
      | (?:发布|发表|发稿|更新|修改|录入|上传|成文|印发|公开)(?:时间|日期|者|人|机构|单位|于)?       # when
      | 发文(?:机关|单位|日期)
      | (?:点击|阅读|浏览|访问|查看|评论|回复)(?:数|量|率|次数|人次)? | 人气          # how often it was read
      | 原?标题 | 题目 | 关键[词字] | 标签 | tags? | 栏目 | 分类 | 所属(?:栏目|分类)              # how it was filed
      | 字体 | 字号
      | (?:发文)?文号 | 发文字号 | 索引号 | 信息(?:分类|名称|索引) | 主题(?:词|分类) | 体裁分类 | 有效性
    )\s*[:：]""",
    re.X | re.I,
)
# Fields whose names also open a line of an interview or an announcement: short values only.
_SHORT_FIELD = Pattern(
    r"(?:记者|通讯员|见习记者|摘要|文|图)\s*[:：/]\s*[^\s,。?!;]{0,12}$|(?:时间|日期)\s*[:：]\s*(?:(?:19|20)\d\d|$)"
)
_ALWAYS = re.compile(r"(?:原标题|责任编辑|责编)\s*[:：]")
_DATE = Pattern(r"(?:19|20)\d\d ?[-/.年] ?\d{1,2} ?[-/.月] ?\d{1,2}(?: ?日)?(?: ?(?:星期|周)[一二三四五六日天])?")
_TIME = re.compile(r"\d{1,2}:\d\d")
_SOURCE = re.compile(r"网|报|社|新闻|客户端|发布|频道|电视台|在线|中心|资讯|快讯|阅读|评论|admin|\(\d+\)")
_AGO = Pattern(r"^[A-Za-z\u3400-\u9fff]{0,12} ?\d+(?:年|个?月|天|周|小时|分钟)前(?:$|[^\u3400-\u9fff])")
_COLUMN = Pattern(r"^[\u3400-\u9fff]{0,6}(?:正文|新闻|资讯|文章|动态)(?:内容)?\s+\d{1,6}(?:\s+\d{1,6})?$")
_SIGNATURE = Pattern(
    r"^[(\[【](?:[^()\[\]]{0,16}(?:记者|通讯员)|(?:文|图|摄影|撰稿)[、/:]|供稿:)[^()\[\]。]{0,30}[)\]】]$",
    tried="at start",
)
# How official writing ends.
_CLOSING = Pattern(r"附件\s*\d{0,2}\s*[:.]|\(此件", tried="at start")
_ITEM = re.compile(r"\d{1,2}\s*[.、]\s*\S")
_SIGNED_ON = Pattern(r"(?:19|20)\d\d ?年 ?\d{1,2} ?月 ?\d{1,2} ?日")
_BODY = re.compile(r"[\u3400-\u9fff ()]{2,30}(?<![网报社刊])")
_LONGEST = 90
PATTERNS = (_FIELDS, _SHORT_FIELD, _DATE, _AGO, _COLUMN)


def byline(line: Line) -> bool:
    """A line of fields about the article, or a date with little beside it."""
    text = line.plain
    if len(text) > _LONGEST:
        return False
    if _AGO.match(line) or _COLUMN.match(line):
        return not line.is_sentence
    found = _FIELDS.findall(line)
    first = len(text) - len(text.lstrip("([【 "))
    if found and (text[-1] in "。?!;" or line.clauses > 6):
        return len(found) >= 3 or bool(_ALWAYS.match(text, first))
    if len(found) >= 2 or (found and _FIELDS.match(line, first)) or _SHORT_FIELD.match(line, first):
        return True
    return not line.is_sentence and _is_dateline(line)


def fields(line: Line) -> bool:
    """Two fields or more, as in `来源:大众日报 点击:12`: a byline wherever it stands."""
    return len(line) <= _LONGEST and len(_FIELDS.findall(line)) >= 2


def _is_dateline(line: Line) -> bool:
    """A date, perhaps with a time, a source or a count; a year with an event after it is an entry of a chronicle."""
    text = line.plain
    date = _DATE.search(line)
    if not date or len(text) - len(date[0]) >= 40:
        return False
    before, after = text[: date.start()].strip(" ([|"), text[date.end() :].strip(" )]|")
    if len(before) + len(after) <= 4 or _TIME.search(after):
        return not before.endswith(("截至", "至", "于", "自"))
    return "年" not in date[0] or (len(before) <= 16 and len(after) <= 16 and bool(_SOURCE.search(before + after)))


def closing(lines: Sequence[Line], place: int) -> int:
    """How many lines at `place`, behind an article, are its own: a signature, a body and its date, attachments."""
    line = lines[place]
    if signature(line) or _CLOSING.match(line):
        return 1
    if place and _ITEM.match(line.plain) and lines[place - 1].plain.startswith("附件"):
        return 1
    if signed_and_dated(lines, place):
        return 1
    after = lines[place + 1] if place + 1 < len(lines) else None
    return 2 if after and _SIGNED_ON.fullmatch(after) and _BODY.fullmatch(line.plain) else 0


def signed_and_dated(lines: Sequence[Line], place: int) -> bool:
    """The date under the name of a body."""
    return place > 0 and is_signed_on(lines[place]) and bool(_BODY.fullmatch(lines[place - 1].plain))


def is_signed_on(line: Line) -> bool:
    """`2024年3月5日` alone, as the last line of official writing."""
    return bool(_SIGNED_ON.fullmatch(line))


def signature(line: Line) -> bool:
    """`(大众新闻记者 段婷婷)`, `(文/王某)`: who wrote it, in parentheses, as the article's last words."""
    return bool(_SIGNATURE.match(line))
