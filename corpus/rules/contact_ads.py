"""Contact advertisements: phones, WeChat, QQ, e-mail, hot lines, scan-the-code, with words that ask for contact."""

from __future__ import annotations

import re

from corpus.lines import Line
from corpus.triggers import Pattern

RULE = "contact_ad"

# No \\b here: between a Han character and a digit there is none.
_NUMBER = re.compile(
    r"""(?<!\d)(?: 1[3-9]\d-?\d{4}-?\d{4} | [48]00[ -]?\d{3,4}[ -]?\d{3,4} | 0\d{2,3}[- )]\d{7,8} )
      | [A-Za-z0-9._+-]+ (?:@|\#|\(at\)) [A-Za-z0-9-]+\.[A-Za-z]{2,}
      | (?: 微信 | 微信号 | wechat | vx | wx | 薇信 ) (?: 同号 | 群 )? [ ]? [:号 ] [ ]? [a-z0-9_-]{5,}
      | qq (?: 群 | 号 | 客服 )? [ ]? [: ]? [ ]? \d{5,}""",
    re.I | re.X,
)
_ASKS = Pattern(
    "微信|热线|电话|手机|咨询|联系|客服|邮箱|投稿|爆料|报料|招商|租售|加好友|加盟|合作|对接|索取|QQ|qq|传真|举报|报名|订阅|线索|下载全文"
    "|垂询|洽谈|预约|订购|求购|代理|E-?mail|e-?mail|Tel|TEL"
)
# An advertisement that writes a whole sentence speaks to its reader or praises its service.
_INVITES = Pattern(
    "竭诚|诚邀|诚招|免费|专业|优惠|加盟|招商|代理|订阅|索取|垂询|洽谈|详询|[爆报]料|投稿|广告|24小时|同号|预订|下载"
)
_WITHOUT_NUMBER = Pattern(
    "微信号$|长按[^。]{0,12}(?:微信|二维码)|扫[一码描]?[^。]{0,12}(?:微信|二维码)"
    "|(?:说明|注明)(?:您|你)?的?[^。]{0,8}(?:需求|面积|用途|称呼|联系)|加(?:我)?(?:好友|微信|QQ)|免费咨询|限时(?:领取|优惠|免费)|厂家直销|扫码(?:进群|入群|咨询|领取)"
)
_LONGEST = 220
PATTERNS = (_ASKS, _WITHOUT_NUMBER)


def contact_ad(line: Line) -> bool:
    """A line that gives a number and asks to be called; or asks for contact without giving one."""
    text = line.plain
    if len(text) > _LONGEST:
        return False
    if _ASKS.search(line) and (numbers := len(_NUMBER.findall(text))):
        if line.tells or (line.is_sentence and not line.to_reader and not _INVITES.search(line)):
            return False
        # In an article a number comes with a story; in an advertisement, with little else.
        return numbers >= 2 or len(text) < 100
    return (
        len(text) < 80
        and bool(_WITHOUT_NUMBER.search(line))
        and (not line.is_sentence or (line.to_reader and not line.tells))
    )
