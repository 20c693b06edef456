"""Share bars, comment boxes, scan-the-code prompts, print and font buttons."""

from __future__ import annotations

import re

from corpus.lines import Line

RULE = "sharing"

_WORDS = re.compile(
    r"分享(?:到|给|至|本文|按钮|让更多)|点赞|发表评论|评论列表|暂无评论|没有评论|抢沙发|我要评论|网友评论|我来说两句|查看评论|评论(?:\(|:)\d"
    r"|扫(?:一扫|码|描)|二维码|关注(?:我们|微信|公众|官方|本站)|公众号|打印(?:本页|本文)?$|关闭(?:窗口|本页)|(?<!老)字号(?:[:：大 ]|$)|字体[:：大 ]|收藏本文|复制链接|手机(?:看|访问|查看)"
    r"|举报|投诉(?:电话|邮箱)|纠错|顶一下|踩一下|赞\(|回(?:到)?顶部|下载(?:客户端|app)|打开app|昵称.*邮箱|验证码|登录后|匿名|微信(?:朋友圈|扫)|朋友圈|QQ空间",
    re.I,
)
_SHORT = 60


def sharing(line: Line) -> bool:
    """A short line that offers to share, comment, scan, print or report."""
    if len(line) > _SHORT or (line.is_sentence and line.clauses > 2):
        return False
    return bool(_WORDS.search(line.plain))
