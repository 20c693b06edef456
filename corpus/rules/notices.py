"""Copyright, reprint and liability notices, licences, ICP numbers, addresses of the site."""

from __future__ import annotations

import re

from corpus.lines import Line

RULE = "notice"

_WORDS = re.compile(
    r"版权(?:所有|归|声明|信息)|copyright|all rights reserved|©|\(c\)\s*\d{4}|免责(?:声明|条款)|ICP[备证]|备案[号序]|公网安备|许可证|技术支持:"
    r"|主办(?:单位)?:|承办(?:单位)?:|通讯地址:|邮编:|邮政编码|转载(?:请|须|需|时|本)|不得转载|严禁转载|禁止转载|侵权(?:请|必|删|行为)|若有侵权|如有侵权|本文(?:链接|地址|网址|标题|来源|由|仅)"
    r"|(?:本站|本网)(?:所有|内容|部分|转载|声明|仅)|网友上传|不(?:代表|构成)本?[^。]{0,8}(?:观点|立场|建议)|投资(?:建议|有风险)|广告(?:服务|热线|合作)|违法和不良信息|网站标识码|责任编辑|责编[:：]|法律顾问"
    r"|关于我们.*联系我们|永久(?:链接|地址)|最佳分辨率|浏览器.*分辨率",
    re.I,
)
_STRONG = re.compile(r"版权声明|ICP[备证]|all rights reserved|版权所有|免责声明|公网安备", re.I)
_LONGEST = 120


def notice(line: Line) -> bool:
    """A line whose subject is the page, not the news."""
    text = line.plain
    if len(text) <= _LONGEST and _WORDS.search(text):
        return not (line.is_sentence and line.clauses > 5)
    return len(text) <= 400 and bool(_STRONG.search(text[:60]))
