"""Rows of porn and gambling keywords and spider-pool footers go; reports on raids, lotteries and floods stay."""

import pytest

from corpus.rules.spam import spam_links, spider_pool

COUNTIES = [
    "隆回县",
    "翁牛特旗",
    "和平县",
    "利津县",
    "河源市",
    "旬邑县",
    "临湘市",
    "广河县",
    "门源",
    "札达县",
    "韩城市",
    "新田县",
]


@pytest.mark.parametrize(
    "text",
    [
        "www.国产视频在线观看I午夜影院免费看I成人小说大全I福利视频I真人棋牌游戏",
        "免费高清完整版,国产自拍,成人电影专区,精品 有码 无码 一区二区",
        "友情链接：真人视讯平台 | 彩票计划软件 | 棋牌充值中心 | 成人影视导航 | 手机赌城 | 博彩论坛",
        "百家乐 老虎机",
        "国产av 午夜影院",
    ],
)
def test_rows_of_the_trades_keywords_are_recognised(line, text):
    assert spam_links(line(text))


@pytest.mark.parametrize(
    "text",
    [
        "福利彩票销量创新高 双色球奖池突破10亿元",
        "警方打击网络赌博 棋牌室涉赌被查",
        "警方打掉一个跨境赌博团伙，查获老虎机三十台、百家乐赌桌五张，涉案博彩平台三个。",
        "中国彩票业的三十年",
        "渔民在禁渔期捕鱼被罚",
        "高清视频产业园落户青岛",
        "UAV技术与JAVA程序设计",
        "黄色预警信号：今天夜间到明天有大雾。",
        "地块分为一区、二区、三区，总面积300亩",
        "少妇抱着孩子走进急诊室",
    ],
)
def test_reports_on_the_trade_are_left_alone(line, text):
    assert not spam_links(line(text))


@pytest.mark.parametrize(
    "text", ["主站蜘蛛池模板: " + "| ".join(COUNTIES), "|".join(COUNTIES), " ".join(COUNTIES), ",".join(COUNTIES)]
)
def test_a_row_of_counties_for_crawlers_is_recognised(line, text):
    assert spider_pool(line(text))


@pytest.mark.parametrize(
    "text",
    [
        "受灾的有" + "、".join(COUNTIES) + "，共转移群众三千人。",
        "、".join(COUNTIES) + "等地出现暴雨",
        "蜘蛛池和站群是黑帽搜索优化的常见手法，对网站有害无益。",
        "济南市 青岛市 烟台市",
        "首页 时政 财经 社会 教育 健康 文旅 房产 汽车 视频 图片 专题 市州",
    ],
)
def test_a_list_of_counties_in_a_report_is_left_alone(line, text):
    assert not spider_pool(line(text))


def test_no_hostile_line_takes_time(line, busy_with):
    assert busy_with(line, spam_links, spider_pool) == []
