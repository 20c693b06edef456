"""Organizations: borders, short forms but not classes, aliases, brands, lists; names are invented or public bodies."""

import pytest

from annotation.groups import Words
from annotation.lac import find_words
from annotation.mending import mend
from annotation.organizations import find_organizations
from annotation.places import find_divisions, find_places


def names(text):
    words = Words(mend(text, find_words([text])[0]))
    table = find_divisions(text, words)
    return [text[n.start : n.end] for n in find_organizations(text, words, find_places(text, words, table), table)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("济南市工业和信息化局举行发布会。", ["济南市工业和信息化局"]),
        ("山东省工业和信息化厅消费品产业处负责人介绍。", ["山东省工业和信息化厅消费品产业处"]),
        ("淄博市政府新闻办召开新闻发布会。", ["淄博市政府新闻办"]),
        ("省委、省政府高度重视。", ["省委", "省政府"]),
        ("市工信局会同市自然资源局推进。", ["市工信局", "市自然资源局"]),
        ("洛阳市委、洛阳市政府召开会议。", ["洛阳市委", "洛阳市政府"]),
        ("高陵区委书记康晓东表示。", ["高陵区委"]),
        ("国务院和最高人民法院发文。", ["国务院", "最高人民法院"]),
        ("卫健委积极配合。", ["卫健委"]),
        ("青禾县融媒体中心消息。", ["青禾县融媒体中心"]),
        ("浙江省军区原副司令员讲话。", ["浙江省军区"]),
        ("化工部发出通知。", ["化工部"]),
        ("欧盟宣布新的措施。", ["欧盟"]),
        ("最后一次见他是在阿栗酒馆。", ["阿栗酒馆"]),
        ("街角那家小酒馆还开着门。", []),
    ],
)
def test_a_body_of_the_state_is_one_to_its_innermost_office(text, expected):
    assert names(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "青岛、日照等7市工信局参加。",
        "各市工信局和有关部门要落实。",
        "市直部门、科研院所和高校参加。",
        "一家上市公司和多家龙头企业签约。",
        "各大医院和重点大学都来了。",
        "市委托第三方评估。",
    ],
)
def test_a_class_of_bodies_is_none(text):
    assert names(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("由赫尔曼精密机械（苏州）有限公司承建。", ["赫尔曼精密机械（苏州）有限公司"]),
        ("与德国莱茵储能有限公司签约。", ["莱茵储能有限公司"]),
        ("控股股东楚天产业投资集团有限公司承诺。", ["楚天产业投资集团有限公司"]),
        ("中国建设银行股份有限公司宜昌分行放款。", ["中国建设银行股份有限公司宜昌分行"]),
        ("他毕业于潍坊动力工程学院。", ["潍坊动力工程学院"]),
        ("《人民日报》报道。", ["人民日报"]),
        ("济南市中级人民法院巡回法庭开进社区。", ["济南市中级人民法院巡回法庭"]),
        ("济南市中级人民法院判决原告胜诉。", ["济南市中级人民法院"]),
        ("苏州博物馆西馆迎来壁画。", ["苏州博物馆西馆"]),
        ("南京大学历史系搬了家。", ["南京大学历史系"]),
        ("南京大学系统地梳理了档案。", ["南京大学"]),
        ("开滦矿务局宣传科来了人。", ["开滦矿务局宣传科"]),
        ("开滦矿务局宣传科长来了。", ["开滦矿务局"]),
    ],
)
def test_a_name_goes_back_to_its_first_word_and_no_further(text, expected):
    assert names(text) == expected


def test_an_alias_in_parentheses_is_a_name_of_its_own_and_known_from_then_on():
    text = "东莞远川智能装备股份有限公司（远川智能）披露招股书。远川智能称，业绩增长。"
    assert names(text) == ["东莞远川智能装备股份有限公司", "远川智能", "远川智能"]
    said = "江州云帆科技股份有限公司（以下简称“云帆”）与市工信局签约,云帆将投资。"
    assert names(said)[:2] == ["江州云帆科技股份有限公司", "云帆"]


def test_the_brand_of_a_full_name_is_found_again():
    text = "秦风汽车集团有限公司签约。项目由秦风汽车副总裁屈卫国推进。"
    assert names(text) == ["秦风汽车集团有限公司", "秦风汽车"]


def test_in_a_list_of_organizations_the_one_between_is_one():
    assert names("华北云计算有限公司、腾云数据、鲜达供应链有限公司参加。") == [
        "华北云计算有限公司",
        "腾云数据",
        "鲜达供应链有限公司",
    ]


def test_news_of_shares_gives_short_names_away():
    assert "世纪云通" in names("世纪云通公告,拟收购江苏远大100%股权,股东已同意减持。")
    assert "江苏远大" in names("世纪云通公告,拟收购江苏远大100%股权,股东已同意减持。")


def test_a_verb_between_two_names_keeps_them_apart():
    assert names("芜湖市国资委联合江淮低空产业基金设立子基金。") == ["芜湖市国资委", "江淮低空产业基金"]


def test_a_name_never_crosses_a_line():
    assert all("\n" not in name for name in names("会议由华北\n云计算有限公司主办\n山东大学承办。"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("贵州茅台盘中跌破1400元。", ["贵州茅台"]),
        ("证监会核准涪陵榨菜的重组方案，公司股价涨停。", ["证监会", "涪陵榨菜"]),
        ("机器人(300024.SZ)公告，股东拟减持股份。", ["机器人"]),
        ("*ST青禾公告，公司收到深交所问询函。", ["*ST青禾", "深交所"]),
        ("农民把新希望寄托在这场雨上。", []),
        ("机器人学会了在雪地上行走。", []),
        ("指南针偏转了两度，向日葵朝着太阳。", []),
        ("山东高速封了三个小时。", []),
    ],
)
def test_a_quoted_name_is_the_company_only_where_the_sentence_means_it(text, expected):
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("果农把苹果装箱。", []),
        ("苹果公司和高通和解。", ["苹果公司", "高通"]),
        ("大众对转基因食品的看法并不一致。", []),
        ("平安员工说，公司搬了家。", ["平安"]),
    ],
)
def test_a_common_word_is_a_company_only_where_the_sentence_means_it(text, expected):
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("杭州市中级人民法院一审判决青禾实业有限公司败诉。", ["杭州市中级人民法院", "青禾实业有限公司"]),
        ("北辰集团旗下子公司江川商业大厦集团已质押股份。", ["北辰集团", "江川商业大厦集团"]),
        ("公司控股股东上海力鸣企业管理有限公司在当日减持。", ["上海力鸣企业管理有限公司"]),
        ("被告青禾智联（天津）信息技术有限公司应于十日内赔偿。", ["青禾智联（天津）信息技术有限公司"]),
    ],
)
def test_two_names_with_an_act_or_a_role_between_are_two(text, expected):
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("教育部高教司、江苏省教育厅有关负责人参加。", ["教育部高教司", "江苏省教育厅"]),
        ("国务院安委会第十二考核巡查组到省里检查。", ["国务院安委会第十二考核巡查组"]),
        ("青禾证券股份有限公司长春同志街营业部的老客户来了。", ["青禾证券股份有限公司长春同志街营业部"]),
        ("与同济大学建筑与城市规划学院签约。", ["同济大学建筑与城市规划学院"]),
        ("香港中文大学（深圳）校长出席。", ["香港中文大学（深圳）"]),
        ("教育部与有关公司签约。", ["教育部"]),
        ("北京大学携手燕京理工学院办学。", ["北京大学", "燕京理工学院"]),
    ],
)
def test_an_office_a_faculty_and_a_branch_belong_to_their_body(text, expected):
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("合肥建投总裁出席，山西四建中标。", ["合肥建投", "山西四建"]),
        ("设计方是青禾律师（杭州）事务所。", ["青禾律师（杭州）事务所"]),
        (
            "第一名青禾第二航务工程局有限公司，被执行人青禾实业有限公司。",
            ["青禾第二航务工程局有限公司", "青禾实业有限公司"],
        ),
        ("英矽智能在港交所敲锣。", ["英矽智能", "港交所"]),
        ("两家公司的重庆厂已经投产。", []),
    ],
)
def test_a_name_begins_behind_its_role_and_a_place_alone_makes_no_works(text, expected):
    assert names(text) == expected
