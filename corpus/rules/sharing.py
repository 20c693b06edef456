"""Share bars, comment boxes, scan-the-code prompts, print and font buttons."""

from __future__ import annotations

import re

from corpus.lines import Line
from corpus.triggers import Pattern

RULE = "sharing"

# Every alternative begins with a plain character: the search then skips ahead by first characters.
_WORDS = Pattern(
    "|".join(
        (
            # share
            "分享(?:到|给|至|按钮|让更多|此|本|:)|复制链接|微信(?:朋友圈|扫|好友|分享)|分享.?收藏",
            "朋友圈(?:$|[ |/])|QQ(?:空间|好友)",
            "新浪微博|腾讯微博|转发(?:到|给|至|本)|收藏本[文页]|收藏(?:$|[ |/])",
            # comment
            "发表(?:评论|留言)|我要评论|网友评论|我来说两句|评论列表|评论[(:] ?\\d|评论:?$",
            "查看(?:全部)?评论|全部评论|热门评论",
            "暂无评论|没有评论|抢沙发|已有\\d+(?:人|条)(?:评论|参与|跟帖|回复)|进入(?:论坛|社区|评论)",
            "文明(?:上网|发言|评论)|理性发言",
            "登录(?:后|并)?(?:发表|评论|才|即可|可)|匿名(?:发表|评论|用户)|验证码:|昵称.{0,20}邮箱",
            "填写评论|参与(?:评论|讨论)|说点什么|顶一下|踩一下|赞\\(",
            # scan and follow
            "长按|扫一扫|扫[码描](?:关注|添加|下载|查看|阅读|加|二维码|下方|上方|左侧|右侧)",
            "关注(?:我们|微信|公众|官方|本站|本号)|公众号:|微信公众号$",
            "点击(?:上方|下方|右上|左下|标题下|蓝字|阅读原文|关注)|阅读原文|设为(?:星标|置顶)|星标|点个?(?:赞|在看|“|「)",
            "戳(?:原文|这里|蓝字)|上方蓝字|蓝字关注",
            # print, font, close, up
            "打印(?:本[页文]|此[页文]|页面|$|[ 】\\])])|关闭(?:窗口|本页|页面|此页|$|[ 】\\])])|字号(?:[:大 A]|$)",
            "字体(?:大小|[:大 ])|大 中 小|大 小$",
            "返回顶部|回(?:到)?顶部|返回搜狐|返回腾讯|返回新浪|查看更多$|阅读(?:数)?\\(\\d",
            # report
            "举报(?:/|反馈|邮箱|电话|$|[ |])|我要(?:举报|纠错|反馈)",
            "投诉(?:电话|邮箱)|纠错$|纠错[ |/]|内容报错|侵权投诉",
            # apps
            "下载(?:客户端|app|APP|App)|打开(?:app|APP|App|客户端|微信)|客户端(?:下载|内?查看|打开)",
            "手机(?:看新闻|访问|查看|扫)",
            "用手机|推送至手机",
        )
    )
)
# Words that are also subjects: only in a line that speaks to the reader.
_IN_AN_OFFER = Pattern("二维码|公众号|视频号|朋友圈|点赞|转发|留言|评论区|客户端|小程序|扫码|在看")
_BUTTONS = Pattern(
    "(?:分享|收藏|点赞|打印|评论|举报|反馈|转发|在看|关注|复制|关闭|微信|微博|留言|纠错|展开|收起|登录|注册|已?赞|踩|听新闻|大|中|小"
    r"|二维码|[\d\s()\[\]【】/|·+:,万A-])+",
    tried="whole",
)
_CAPTION = re.compile(
    r"[\u3400-\u9fff]{0,10}(?:公众号|微信|官方|客户端|小程序|APP|视频号|抖音)[\u3400-\u9fff]{0,4}(?:二维码|账号)"
)
_SHORT = 60
PATTERNS = (_WORDS, _IN_AN_OFFER, _BUTTONS)


def sharing(line: Line) -> bool:
    """A short line that offers to share, comment, scan, print or report."""
    text = line.plain
    if len(text) > _SHORT or (line.is_sentence and line.clauses > 2) or not line.han:
        return False
    if word := _WORDS.search(line):
        return not line.is_sentence or line.to_reader or (word.start() == 0 and not line.tells)
    if _IN_AN_OFFER.search(line):
        return (line.to_reader and not line.tells) or bool(_CAPTION.fullmatch(text))
    return bool(_BUTTONS.fullmatch(line))
