"""Menus, breadcrumbs, paging, tag and link lists: short items in a row, with nothing said between them."""

from __future__ import annotations

import re

from corpus.lines import Line
from corpus.triggers import Pattern

RULE = "navigation"

_WORDS = Pattern(
    "|".join(
        (
            # where the reader is
            "当前(?:位置|所在|浏览)|您(?:的|现在的?|所在的?|当前的?)?位置|你(?:的|现在的?|所在的?|当前的?)?位置|您(?:现在|当前)在|所在位置|位置:",
            # what the site offers on every page
            "设为首页|加入收藏|收藏本站|网站(?:地图|导航|首页)|站内(?:搜索|检索)|热搜[:：]|热门标签|返回(?:首页|列表|上一页|频道)|友情链接|控制面板|最近发表|欢迎到访",
            "用户登录|会员登录|免费注册|手机版|电脑版|繁體|繁体版?(?:$|[ |])",
            "无障碍(?:浏览|阅读|$)|长者(?:模式|助手|版)|English(?:$|[ |])|RSS",
            "上一页|下一页|共\\d+页|第\\d+页",
        )
    )
)
_BUTTONS = Pattern(
    r"(?:首页|主页|登录|注册|搜索|菜单|导航|更多|全部|正文|切换|关闭|退出|返回|跳转|尾页|末页|选择"
    r"|[\s\d>»/|\[\]-])+|(?:网站|返回)?[首主]页[^,。:!?]*",
    tried="whole",
)
_BREADCRUMB = re.compile(r"^[^。!?,]{0,80}[^\s>\d]\s*(?:>>|>|»|›|→|::)(?!\s*\d)\s*[^。!?,]{0,60}$")
_ARROWS = Pattern("[>»›→]|::")
_SURE = re.compile("[上下尾末]一?页(?:$|[ >\\d])|设为首页|加入收藏|当前位置")
_SEPARATORS = Pattern(r"[|｜·•/丨\s]+")
_DIGIT = re.compile(r"\d")
_BARS = re.compile("[|/]")  # Latin words have spaces between them without being a menu
_SENTENCE = re.compile(r"[。!?;]|[a-z]\.$")
# A reference, `[J]. 管理世界, 2011(11): 56-58.`, or who took the picture.
_ENTRY = re.compile(r"\[[A-Z](?:/[A-Z]{2})?\]|(?:记者|通讯员).*(?:摄影?|[供制]图|图|文|报道)$")
PATTERNS = (_WORDS, _BUTTONS, _ARROWS, _SEPARATORS)


def navigation(line: Line) -> bool:
    """A menu, a breadcrumb or a row of links."""
    text = line.plain
    if len(text) > 400:
        return False
    if line.is_sentence:
        return len(text) < 100 and len(_WORDS.findall(line)) >= 2
    if len(text) < 100 and (
        _WORDS.search(line) or _BUTTONS.fullmatch(line) or (_ARROWS.search(line) and _BREADCRUMB.match(text))
    ):
        return True
    return _SEPARATORS.may_match(line) and is_list(text) and not _ENTRY.search(text)


def sure(line: Line) -> bool:
    """Paging and menus between bars, which no article has in its midst; a row of a table has figures."""
    text = line.plain
    return bool(_SURE.search(text)) or ("|" in text and not _DIGIT.search(text) and is_list(text, 5))


def is_list(text: str, least: int = 4) -> bool:
    """At least `least` short items with the same kind of separator between them, and no sentence."""
    items = [item for item in _SEPARATORS.regex.split(text) if item]
    if len(items) < least or _SENTENCE.search(text) or (text.isascii() and not _BARS.search(text)):
        return False
    lengths = sorted(map(len, items))
    if lengths[0] == lengths[-1] in (5, 7) and len(items) in (4, 8):  # a poem
        return False
    return lengths[len(lengths) // 2] <= 8 and lengths[-1] <= 24
