"""Hidden figures, names and words flag a document; products, grades and emphasis do not."""

import pytest

from corpus.rules.masking import is_masked


@pytest.mark.parametrize(
    "text",
    [
        "营业收入*亿元",
        "企业*家，其中",
        "增长*%",
        "国j-a全",
        "完成投资××亿元",
        "嫌疑人王*明",
        "位于*市",
        "约 * 万元，共xx人",
        "党z-y领导",
    ],
)
def test_what_is_hidden_is_seen(text):
    assert is_masked(text)


@pytest.mark.parametrize(
    "text",
    [
        "面积3*4米",
        "规格为200×300毫米",
        "证券简称*ST某某",
        "从a-z排序",
        "这是**重点**内容，**务必**牢记",
        "型号X-ray检查",
        "维生素B-12",
        "5*8=40",
        "iPhone x系列",
        "* 一、发展现状",
    ],
)
def test_products_grades_and_emphasis_are_no_mask(text):
    assert not is_masked(text)


def test_no_hostile_line_takes_time(busy_with):
    assert busy_with(str, is_masked) == []
