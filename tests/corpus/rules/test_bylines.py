"""Lines of fields about the article go; interviews, chronicles and sources of figures stay."""

import pytest

from corpus.lines import split_lines
from corpus.rules.bylines import byline, closing, fields, signature
from corpus.spans import AlignedText


@pytest.mark.parametrize(
    "text",
    [
        "来源：闪电新闻",
        "（来源：闪电新闻）",
        "來源:濟南發布客戶端".replace("來", "来").replace("濟", "济").replace("發", "发").replace("戶", "户"),
        "作者：",
        "2023-06-19 22:17:06",
        "2023年06月19日 22:17 大众网",
        "2024-10-30 16:30:25 来源: 蜀川新闻网 编辑: 任某 责编: 谭某某 字号: A- A A+",
        "2023-06-26 来源:高院 achie.org 点击:",
        "发布时间：2024-05-01 浏览次数：123 次",
        "创投快报　记者：安某　2024年06月06日 09:12",
        "原标题：到2025年 济南市产业规模力争突破3000亿元",
        "原标题：他为什么能成功？",
        "（责任编辑：张某）",
        "【责任编辑:任某】",
        "(责编：李某、王某)",
        "责任编辑：张三",
        "编辑|张三 审核：李四 监制：王五",
        "文/图：张三",
        "记者：李某",
        "admin1年前 (2024-09-23)济南产业信息126",
        "3小时前",
        "娱乐正文 88 0",
        "索引号：000014349/2024-00012 发文机关：国务院办公厅 成文日期：2024年03月01日",
        "标签：济南 生物医药",
        "新华社 2024年5月1日",
        "点击数：76",
    ],
)
def test_fields_about_the_article_are_recognised(line, text):
    assert byline(line(text))


@pytest.mark.parametrize(
    "text",
    [
        "记者：您怎么看待这一政策？",
        "记者：请介绍一下今年的重点工作。",
        "数据来源：国家统计局",
        "资金来源：一是财政拨款，二是社会捐赠，三是经营收入，四是利息。",
        "该消息来源可靠，已得到证实。",
        "30年前，这里还是一片荒滩。",
        "5年前他来到深圳",
        "活动时间：10月1日至7日，地点：人民公园",
        "2023年5月12日，中央领导在我省考察调研时强调，要推进高质量发展",
        "2015年3月12日公司在济南正式成立",
        "截至2023年12月31日",
        "自2024年1月1日起施行",
        "人口 1234 5678",
        "作者认为，人工智能不会取代教师。",
        "编辑部的故事",
        "来源地可追溯、去向可查证",
        "他说：“标题不能当饭吃。”",
    ],
)
def test_interviews_chronicles_and_sentences_are_left_alone(line, text):
    assert not byline(line(text))


@pytest.mark.parametrize(
    "text", ["(大众新闻记者 段某某)", "（本报记者 张三 通讯员 李四）", "[记者 王五]", "（文/张三 图/李四）"]
)
def test_the_reporters_signature_is_known_as_the_last_words_of_the_article(line, text):
    assert signature(line(text))


@pytest.mark.parametrize("text", ["(记者节的由来)。", "记者 张三", "(山东省立医院)"])
def test_other_parentheses_are_no_signature(line, text):
    assert not signature(line(text))


@pytest.mark.parametrize(
    ("text", "several"), [("来源:某报 点击:12", True), ("来源:某报", False), ("2024-01-02", False)]
)
def test_several_fields_are_known(line, text, several):
    assert fields(line(text)) == several


def test_no_hostile_line_takes_time(line, busy_with):
    assert busy_with(line, byline, signature) == []


@pytest.mark.parametrize(
    ("behind", "count"),
    [
        ("青梓市人民政府办公室\n2024年3月5日", 2),
        ("附件：1. 登记表", 1),
        ("（此件公开发布）", 1),
        ("（本报记者 张三）", 1),
        ("青梓晚报\n2024年3月5日", 0),
        ("青梓市人民政府办公室", 0),
        ("相关文件\n2024年3月5日发布", 0),
    ],
)
def test_official_writing_ends_with_its_attachments_its_body_and_its_date(behind, count):
    assert closing(split_lines(AlignedText.of(f"特此通知。\n{behind}"), None), 1) == count


def test_a_second_attachment_follows_the_first():
    lines = split_lines(AlignedText.of("附件：1. 登记表\n2. 样式\n3. 说明"), None)
    assert closing(lines, 1) == 1
