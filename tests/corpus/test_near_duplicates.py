"""Copies of an article meet in one cluster; other articles do not, nor two years' reports that differ in figures."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.near_duplicates import WIDTH, cluster, signatures

SUBJECTS = [
    "市工信局",
    "高新区",
    "当地企业",
    "省农科院",
    "沿海渔民",
    "项目经理",
    "地铁公司",
    "社区医院",
    "县文化馆",
    "港口集团",
    "大学教授",
    "环保志愿者",
]
VERBS = ["表示", "推进", "完成", "启动", "建设", "研究", "讨论", "发布", "签约", "改造", "开放", "扩大"]
OBJECTS = [
    "新能源项目",
    "跨海大桥",
    "养老服务",
    "种子工程",
    "数字档案",
    "冷链物流",
    "老旧小区",
    "海洋牧场",
    "人才公寓",
    "低空航线",
    "医保结算",
    "垃圾分类",
]
ENDS = [
    "预计明年投用",
    "得到居民好评",
    "已有多家单位参与",
    "填补了省内空白",
    "下一步将继续完善",
    "资金全部到位",
    "工期比计划提前",
    "仍面临不少困难",
]


def article(seed: int, sentences: int = 30, figures: int = 0) -> str:
    """Sentences put together by chance; `figures` shifts every number, as another year does."""
    draw = random.Random(seed)
    made = []
    for _ in range(sentences):
        words = "".join(map(draw.choice, (SUBJECTS, VERBS, OBJECTS)))
        made.append(
            f"{words}，投资{draw.randrange(100, 900) + figures * 7}万元，{draw.choice(SUBJECTS)}{draw.choice(ENDS)}。"
        )
    return "".join(made)


def sentences_of(text: str) -> list[str]:
    return [sentence + "。" for sentence in text.split("。")[:-1]]


def partition(texts: list[str]) -> list[int]:
    return cluster(signatures(texts)).tolist()


def test_exact_copies_are_one_cluster_named_by_the_first():
    assert partition([article(1), article(2), article(1), article(1)]) == [0, 1, 0, 0]


def test_white_space_and_punctuation_make_no_difference():
    text = article(1)
    assert partition([text, text.replace("，", ", ").replace("。", "。\n")]) == [0, 0]


@pytest.mark.parametrize("seed", range(5))
def test_a_syndicated_copy_with_a_tenth_of_other_sentences_is_found(seed):
    original = sentences_of(article(seed))
    copy = sentences_of(article(seed + 100, 2)) + original[2:] + sentences_of(article(seed + 200, 1))
    assert partition(["".join(original), "".join(copy)]) == [0, 0]


@pytest.mark.parametrize("seed", range(5))
def test_two_years_reports_that_differ_in_figures_only_are_two(seed):
    assert partition([article(seed), article(seed, figures=1)]) == [0, 1]


def test_a_changed_figure_or_two_leave_a_copy_a_copy():
    text = article(3)
    assert partition([text, text.replace("投资", "投入", 2).replace("1", "2", 1)]) == [0, 0]


FLASH = (
    "海程财讯6月11日电，北屿港三期码头今日零时起试运行，设计年吞吐量240万标准箱，可同时靠泊两艘二十万吨级集装箱船，"
    "首批靠泊的三艘货轮来自东岬、南屿两地，装卸作业预计持续到明天中午。"
)


def test_a_short_copy_without_its_dateline_is_a_copy():
    assert partition([FLASH, FLASH.replace("海程财讯6月11日电，", "")]) == [0, 0]


def test_a_short_report_with_other_figures_is_another_one():
    other = FLASH.replace("240", "310").replace("6月11日", "7月2日")
    assert partition([FLASH, other]) == [0, 1]


def test_articles_on_the_same_subjects_are_not_the_same_article():
    assert partition([article(seed) for seed in range(40)]) == list(range(40))


def test_an_article_and_its_first_fifth_are_not_the_same():
    text = article(1)
    assert partition([text, text[: len(text) // 5]]) == [0, 1]


@pytest.mark.parametrize("seed", range(3))
def test_order_does_not_change_who_is_with_whom(seed):
    texts = [article(i // 3)[(i % 3) * 20 :] for i in range(30)]
    order = list(range(30))
    random.Random(seed).shuffle(order)
    clusters = partition([texts[i] for i in order])
    groups = {}
    for place, first in zip(order, clusters, strict=True):
        groups.setdefault(first, set()).add(place)
    assert sorted(map(sorted, groups.values())) == [[3 * i, 3 * i + 1, 3 * i + 2] for i in range(10)]


def test_nothing_gives_nothing():
    assert signatures([]).shape == (0, WIDTH)
    assert partition([]) == []
    assert partition([article(1)]) == [0]


@given(st.lists(st.text(max_size=12), max_size=8))
def test_any_texts_have_signatures_and_a_cluster_of_their_own_or_an_earlier_one(texts):
    rows = signatures(texts)
    assert rows.shape == (len(texts), WIDTH)
    found = cluster(rows)
    for index, first in enumerate(found):
        assert first <= index
        assert found[first] == first


def test_a_row_does_not_depend_on_its_batch():
    texts = [article(seed) for seed in range(6)]
    assert np.array_equal(signatures(texts), np.vstack([signatures([text]) for text in texts]))
