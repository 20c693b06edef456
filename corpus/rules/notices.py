"""Copyright, reprint and liability notices, licences, ICP numbers, addresses of the site."""

from __future__ import annotations

from corpus.lines import Line
from corpus.triggers import Pattern

RULE = "notice"

_OPENS = Pattern(
    r"[(\[【*※]?(?:版权|著作权|免责|法律|平台|郑重|特别|特此|转载|网站|本站|本网)?(?:声明|提示|说明)[】\]]?:(?=.{0,80}(?:本|该|文|版权|投资|转载))",
    tried="at start",
)
_STRONG = Pattern("版权(?:声明|所有)|著作权声明|免责(?:声明|条款)|ICP[备证]|icp备|公网安备|(?i:all rights reserved)")
_WORDS = Pattern(
    "|".join(
        (
            # whose the text is
            "版权(?:声明|所有|信息:|归[^。]{0,16}所有)|著作权(?:声明|归)",
            "©|\\([cC]\\) ?\\d{4}|copyright|Copyright|COPYRIGHT|All [Rr]ights|all rights|ALL RIGHTS",
            # who may print it again
            "转载(?:请|须|需|时|声明|须知|自:|来源|务必|或)|未经(?:本[网站报]|书面)?(?:许可|授权|允许)[^。]{0,12}(?:转载|使用|复制|摘编)|不得转载|严禁转载|禁止转载",
            "侵权(?:请|必[究删]|删|联系|立删)|若有侵权|如有侵权|涉及(?:版权|侵权)|侵犯(?:了|到)?[您你]|联系(?:我们|本站|作者|小编|后台)?(?:予以)?删除|作[者品]版权",
            # what this page is
            "本文(?:链接|地址|网址|标题:|来源|转自|转载|摘自|[系为][^。]{0,16}原创|仅(?:供|代表)|不代表)",
            "本文由[^。]{1,24}(?:发布|整理|提供|原创|上传|投稿|授权)|本[站网](?:所有|内容|部分|转载|声明|仅|注明|文章|发布|刊[登载])",
            "网友(?:上传|提供|投稿)|文章(?:来源于|内容仅供|版权)|图片来(?:自|源于)?网络|部分(?:图片|内容)来",
            # who answers for it
            "不(?:代表|构成)(?:任何|本|我|其|平台|搜狐|该)?[^。]{0,10}(?:观点|立场|建议)|观点仅代表|仅代表作者|投资(?:建议|有风险)|仅供(?:参考|读者参考|学习)|免责(?:声明|条款)",
            "信息(?:存储空间|发布平台)|平台声明|广告(?:服务|热线|合作|刊例|投放)|法律顾问|隐私(?:政策|声明|条款)|用户协议|服务条款",
            # licences and the site's address
            "ICP[备证]|icp备|备案(?:号|序号|编号)|公网安备|许可证(?:编?号|:|\\(|[ A-Z\\d])",
            "违法和不良信息|网站标识码|技术支持:|主办(?:单位)?:|承办(?:单位)?:|协办(?:单位)?:",
            "通[讯信]地址:|邮政编码|邮编:|关于我们.{0,60}联系我们|联系我们.{0,60}关于我们|永久(?:链接|地址)|最佳分辨率|浏览器.{0,30}分辨率|建议使用.{0,30}浏览器",
        )
    )
)
_LONGEST = 120
PATTERNS = (_OPENS, _STRONG, _WORDS)


def notice(line: Line) -> bool:
    """A line whose subject is the page, not the news."""
    text = line.plain
    if len(text) > 400:
        return False
    if _OPENS.match(line):
        return True
    if len(text) <= _LONGEST and _WORDS.search(line):
        return not line.tells and not (line.is_sentence and line.clauses > 5)
    return bool(_STRONG.search(line, 60)) and not (line.tells and not line.to_reader)
