"""What leads to other articles goes; sentences about links, rankings and ellipses of the article stay."""

import pytest

from corpus.lines import split_lines
from corpus.rules import teasers
from corpus.spans import AlignedText


@pytest.mark.parametrize(
    "text",
    [
        "相关文章",
        "相关新闻：",
        "【相关阅读】",
        "相关栏目:工业 调研报告 科学发展 工作总结",
        "延伸阅读",
        "延伸阅读：",
        "推荐阅读",
        "热点推荐",
        "猜你喜欢",
        "你可能也喜欢",
        "大家都在看",
        "24小时热文排行",
        "阅读排行",
        "点击排行榜",
        "最新文章",
        "更多>>",
        "更多报道",
        "往期回顾",
        "上一篇: 宜宾竹产业博览会签约18个项目",
        "下一篇：四川秋粮收购进度过半",
        "上一条：没有了",
        "推荐",
        "热门",
        "为您推荐",
        "小编推荐",
    ],
)
def test_the_heads_of_columns_are_recognised(line, text):
    assert teasers.teaser_head(line(text))


@pytest.mark.parametrize(
    "text",
    [
        "相关链接显示，该项目早在2019年就已立项。",
        "相关部门表示，将加大查处力度。",
        "推荐 5 款国产手机",
        "推荐他担任会长",
        "最新研究表明，睡眠不足会影响记忆。",
        "热点城市房价企稳",
        "更多年轻人选择返乡创业",
        "排行榜背后的生意经",
        "专题会议在济南召开",
        "上一年度，公司营业收入增长两成。",
        "下一步工作安排",
        "下一阶段：全面推广",
        "看点十足",
    ],
)
def test_headlines_and_sentences_that_open_alike_are_left_alone(line, text):
    assert not teasers.teaser_head(line(text))


@pytest.mark.parametrize(
    "text",
    [
        "6月18日，研讨会在聊城市召开，来自全国的部分院校、企业相关...[详细]",
        "近日，宁波市出台行动计划，实施“五大工程”，推动高技术制造业提质...",
        "记者在现场看到，由闲置校舍改造的幸福食堂坐满了老人…",
        "这是全国第一个海上光伏项目……[查看全文]",
        "这是全国第一个海上光伏项目...阅读更多>>",
    ],
)
def test_a_summary_cut_off_is_a_teaser(line, text):
    assert teasers.teaser(line(text))


@pytest.mark.parametrize(
    "text",
    [
        "他望着远方，久久没有说话……",
        "“妈，我走了……”",
        "种玉米、种小麦、种棉花、种花生……一年到头没有闲的时候。",
        "参数为1...n的整数。",
        "等等...",
    ],
)
def test_the_ellipsis_of_a_story_is_no_teaser(line, text):
    assert not teasers.teaser(line(text))


@pytest.mark.parametrize("text", ["胶东在线 2023-06-19", "半岛经济报 2024-08-20 10:30"])
def test_a_source_and_a_date_alone_are_recognised(line, text):
    assert teasers.source_and_date(line(text))


@pytest.mark.parametrize(
    "text",
    [
        "成都又有两条地铁线路开始试跑 2024-09-10",
        "一企业“跨界”储能:三年亏损1.8亿元 (2024-09-09)",
        "绵阳发布最新公交调整方案[2024/9/8]",
    ],
)
def test_a_headline_with_its_date_behind_it_is_a_teaser(line, text):
    assert teasers.source_and_date(line(text))


@pytest.mark.parametrize(
    "text",
    [
        "2024-08-21 20:05:16",
        "2023年6月19日",
        "来源:经济日报 作者:某某某 编辑:某某 2024-09-10",
        "省政府办公厅 2024-09-10 12:30 阅读 12",
    ],
)
def test_the_date_of_the_page_itself_is_left_to_the_bylines(line, text):
    assert not teasers.source_and_date(line(text))


@pytest.mark.parametrize(
    "text", ["截至2023年12月31日", "自2024年1月1日", "2023年6月19日，大会开幕", "他生于1949年10月1日。"]
)
def test_a_date_that_says_something_is_left_alone(line, text):
    assert not teasers.source_and_date(line(text))


def test_up_to_two_titles_above_a_teaser_are_teasers_too():
    page = "正文在这里，是一个句子。\n另一篇文章的标题\n另一篇文章的标题\n记者在现场看到，由闲置校舍改造的食堂...[详细]"
    lines = split_lines(AlignedText.of(page), None)
    lines[-1].rule = teasers.RULE
    assert list(teasers.teaser_titles(lines)) == [lines[2], lines[1]]


def test_previous_and_next_at_the_end_of_the_article_go_to_the_lines_end():
    page = AlignedText.of("项目将于年底完工。 上一篇: 甲 下一篇: 乙\n下一行")
    assert page.apply(teasers.previous_and_next(page)).text == "项目将于年底完工。 \n下一行"


@pytest.mark.parametrize(
    "text", ["他的上一篇小说获奖了。", "这是下一条战壕：敌人的。", "项目完工。上一篇:" + "长" * 500]
)
def test_a_sentence_about_the_previous_one_is_left_alone(text):
    assert list(teasers.previous_and_next(AlignedText.of(text))) == []


def test_no_hostile_line_takes_time(line, text, busy_with):
    assert busy_with(line, teasers.teaser_head, teasers.teaser, teasers.source_and_date) == []
    assert busy_with(text.of, teasers.previous_and_next) == []


@pytest.mark.parametrize(
    ("text", "heads"),
    [("延伸阅读：", True), ("上一篇：某某新闻", True), ("延伸閱讀：木造车站五座", False), ("相关报道", True)],
)
def test_a_head_with_its_article_beside_it_heads_nothing(line, text, heads):
    assert teasers.section_head(line(text)) == heads


def lines_of(text):
    return split_lines(AlignedText.of(text), None)


def test_the_summaries_of_a_list_are_cut_off_above_the_way_to_each_whole():
    item = "题目{}\n天冷的时候胶干得慢，很多人以为没粘牢，又补了一遍……\n2021-03-02 [阅读全文]\n"
    assert len(list(teasers.summaries(lines_of("".join(item.format(n) for n in range(3)))))) == 3
    assert list(teasers.summaries(lines_of(item.format(1)))) == []


def test_titles_in_a_row_with_their_counts_are_a_list():
    lines = lines_of("甲乙丙丁的故事(1024)\n某某某某某某[88]\n第三个题目在这里（7）\n正文，说的是另一件事。")
    assert list(teasers.counted(lines)) == lines[:3]
    assert list(teasers.counted(lines[:2])) == []
