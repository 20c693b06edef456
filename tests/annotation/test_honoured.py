"""Who gave a prize or a collection of works its name is a person, and no other word before one is."""

import pytest

import annotation

NLP = annotation.load_pipeline()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("《曾国藩家书》翻了三遍", ["曾国藩"]),
        ("他把《鲁迅全集》第三卷还给我", ["鲁迅"]),
        ("今年的诺贝尔文学奖下午揭晓", ["诺贝尔"]),
        ("第四届蒲松龄短篇小说奖在淄博颁发", ["蒲松龄"]),
        ("《少女日记》卖得很好", []),
        ("这篇获得全国优秀短篇小说奖", []),
        ("国家科学奖的名单还没有公布", []),
    ],
)
def test_who_is_honoured_is_a_person(text, found):
    assert [span.text for span in NLP(text).ents if span.label_ == "PERSON"] == found
