"""Menus, breadcrumbs, paging, tag and link lists: short items in a row, with nothing said between them."""

from __future__ import annotations

import re

from corpus.lines import Line

RULE = "navigation"

_WORDS = re.compile(
    r"当前位置|(?:您|你)(?:的|现在的?|所在的?|当前的?)?位置|设为首页|加入收藏|收藏本站|网站地图|站内搜索|热搜[:：]|热门标签|返回(?:首页|顶部|列表)"
    r"|上一页|下一页|^共\d+页|^首页$|^(?:网站)?首页 |友情链接|控制面板|最近发表|欢迎到访|用户登录|^登录$|^注册$|手机版"
)
_BREADCRUMB = re.compile(r"^[^。!?,]{0,80}[^\s>]\s*(?:>>|>|»|›|→|::)\s*[^。!?,]{0,60}$")
_SEPARATORS = re.compile(r"\s*[|｜·•/丨]\s*|\s+")
_SENTENCE = re.compile(r"[。!?;]")


def navigation(line: Line) -> bool:
    """A menu, a breadcrumb or a row of links."""
    text = line.plain
    if len(text) > 400 or line.is_sentence:
        return False
    if len(text) < 100 and (
        _WORDS.search(text) or (">" in text or "»" in text or "›" in text) and _BREADCRUMB.match(text)
    ):
        return True
    return is_list(text)


def is_list(text: str, least: int = 4) -> bool:
    """At least `least` short items with the same kind of separator between them, and no sentence."""
    if _SENTENCE.search(text):
        return False
    items = [item for item in _SEPARATORS.split(text) if item]
    if len(items) < least:
        return False
    lengths = sorted(map(len, items))
    return lengths[len(lengths) // 2] <= 8 and lengths[-1] <= 24
