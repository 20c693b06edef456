"""Share bars and comment boxes go; articles about sharing, codes and comments stay."""

import pytest

from corpus.rules.sharing import sharing


@pytest.mark.parametrize(
    "text",
    [
        "分享到： 微信 微博 QQ空间 复制链接",
        "分享给朋友:",
        "分享让更多人看到",
        "点赞 36 收藏 分享 打印本页 关闭窗口",
        "【打印】【关闭】",
        "【大 中 小】",
        "【字体：大 中 小】【打印】【关闭】",
        "字号：A- A A+",
        "扫一扫在手机打开当前页",
        "扫描二维码推送至手机访问。",
        "扫描二维码,在手机上继续阅读。",
        "微信扫一扫 关注我们的公众号",
        "长按识别二维码关注我们",
        "点击上方蓝字关注我们",
        "点击上方“济南发布”可以订阅哦",
        "设为星标，精彩不错过",
        "点击阅读原文了解更多",
        "阅读原文",
        "喜欢就点个“在看”吧！",
        "发表评论",
        "欢迎 发表评论:",
        "我来说两句",
        "我来说两句(0人参与,0条评论)",
        "网友评论仅供其表达个人看法，文明上网，理性发言",
        "登录后才能评论",
        "暂时没有评论,快来抢沙发吧~",
        "已有128人参与评论",
        "进入论坛",
        "举报/反馈",
        "返回搜狐，查看更多",
        "打开APP阅读更多精彩内容",
        "下载客户端",
        "我要纠错",
        "官方微信公众号二维码",
        "0 赞 0 踩",
        "分享 | 收藏 | 打印",
    ],
)
def test_chrome_is_recognised(line, text):
    assert sharing(line(text))


@pytest.mark.parametrize(
    "text",
    [
        "他在会上分享了企业数字化转型的经验。",
        "二维码支付渐成主流",
        "市民扫描二维码即可乘车，全程不到一秒。",
        "一位不愿透露姓名的匿名人士说，谈判仍在继续。",
        "该公众号已被封禁。",
        "朋友圈里的微商生意",
        "记者发现，不少商家要求顾客转发朋友圈并点赞才能打折。",
        "群众举报后，执法人员第一时间赶到现场。",
        "对实名举报者给予奖励",
        "老字号打印店关门了",
        "老字号焕发新活力",
        "评论：减税要减到实处",
        "网友评论称，这样的服务值得点赞。",
        "关闭煤矿三百座",
        "我们把论文打印出来，装订成册。",
        "公司的客户端月活跃用户突破一亿",
        "The New York Times",
        "(2024)",
        "2024",
    ],
)
def test_an_article_about_the_same_things_is_left_alone(line, text):
    assert not sharing(line(text))


def test_no_hostile_line_takes_time(line, busy_with):
    assert busy_with(line, sharing) == []
