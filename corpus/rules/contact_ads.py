"""Contact advertisements: phones, WeChat, QQ, e-mail, hot lines, scan-the-code, with words that ask for contact."""

from __future__ import annotations

import re

from corpus.lines import Line

RULE = "contact_ad"

# No \b here: between a Han character and a digit there is none.
_NUMBER = re.compile(
    r"(?<!\d)(?:1[3-9]\d{9}|1[3-9]\d-?\d{4}-?\d{4}|400[ -]?\d{3,4}[ -]?\d{3,4}|800[ -]?\d{3}[ -]?\d{4}|0\d{2,3}[- )]\d{7,8})"
    r"|[A-Za-z0-9._+-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,}|(?:qq|微信号?|wechat|vx)群?[:号 ]*[a-z0-9_-]{5,}",
    re.I,
)
_ASKS = re.compile(
    r"微信|热线|电话|手机|咨询|联系|客服|邮箱|投稿|爆料|招商|租售|加好友|加盟|合作|对接|索取|QQ|qq|传真|举报|报名|订阅|线索|下载全文"
)
_WITHOUT_NUMBER = re.compile(
    r"微信号$|(?:长按|扫)[^。]{0,12}(?:微信|二维码)|(?:请|如)?(?:说明|注明)(?:您|你)?的?[^。]{0,8}(?:需求|面积|用途|称呼|联系)[^。]{0,40}"
    r"|加(?:好友|微信|QQ)|免费咨询|限时(?:领取|优惠)|厂家直销"
)
_LONGEST = 220


def contact_ad(line: Line) -> bool:
    """A line that gives a number and asks to be called; or asks for contact without giving one."""
    text = line.plain
    if len(text) > _LONGEST:
        return False
    numbers = len(_NUMBER.findall(text))
    if numbers and _ASKS.search(text):
        # In an article a number comes with a story; in an advertisement, with little else.
        return numbers >= 2 or len(text) < 100
    return len(text) < 80 and bool(_WITHOUT_NUMBER.search(text))
