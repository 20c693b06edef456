"""Menus, breadcrumbs and link lists go; poems, ratios and headlines stay."""

import pytest

from corpus.rules.navigation import is_list, navigation


@pytest.mark.parametrize(
    "text",
    [
        "当前位置:首页 > 潍坊园区动态 > 正文",
        "您的位置: 首页 > 财经 > 三农 > 正文",
        "您现在的位置：首页>>新闻中心>>要闻",
        "主页 > 新闻中心 > 园区新闻 >",
        "首页　资讯　投融资　人物　数据　活动　关于",
        "首页 时政 财经 社会 教育 健康 文旅 房产 汽车 视频 图片 专题 市州",
        "蜀川新闻网 | 设为首页 | 加入收藏 | 手机版 | 登录 | 注册",
        "站内搜索: 请输入关键词 搜索 热搜: 灌区 魔芋 用水权",
        "友情链接：人民网 | 新华网 | 央视网",
        "热门标签 最近发表 控制面板 您好,欢迎到访网站!",
        "共2页: 上一页 1 2 下一页",
        "首页 娱乐 正文",
        "全部",
        "首页",
        "登录 | 注册",
        "网站地图",
        "济南·青岛·烟台·潍坊",
        "无障碍浏览 长者模式 繁体",
    ],
)
def test_menus_are_recognised(line, text):
    assert navigation(line(text))


@pytest.mark.parametrize(
    "text",
    [
        "白日依山尽 黄河入海流 欲穷千里目 更上一层楼",
        "朝辞白帝彩云间 千里江陵一日还 两岸猿声啼不住 轻舟已过万重山",
        "血压>140/90毫米汞柱即为高血压",
        "主队以3:1获胜",
        "收藏家讲述半个世纪的收藏故事",
        "首页设计大赛落幕，共收到作品三百件。",
        "登录月球三十年",
        "受灾的有历城区、章丘区、莱芜区等，共转移群众三千人。",
        "The quick brown fox jumps over the lazy dog.",
        "一、发展现状",
        "让群众少跑腿 让数据多跑路",
        "全部建成投产后，年产值可达20亿元。",
    ],
)
def test_poems_figures_and_headlines_are_left_alone(line, text):
    assert not navigation(line(text))


@pytest.mark.parametrize(
    "text",
    [
        "周某某. 冷链仓储成本的测算方法[J]. 仓储学报, 2011(11): 56-58.",
        "程某某. 现代物流管理理论[M]. 武汉: 华中科技大学出版社, 2009.",
        "本报记者 李某某 王某 摄影",
        "大众日报记者 张某 李某某 报道",
    ],
)
def test_references_and_credits_are_no_lists(line, text):
    assert not navigation(line(text))


def test_a_list_is_four_short_items_at_the_least():
    assert is_list("时政 财经 社会 教育")
    assert not is_list("时政 财经 社会")
    assert not is_list("setenv bootcmd bootm now")
    assert is_list("Home | News | About | Login")
    assert not is_list("时政 财经 社会 我们的国家正在发生着翻天覆地的巨大变化并将继续变化下去")


def test_no_hostile_line_takes_time(line, busy_with):
    assert busy_with(line, navigation) == []
