"""Handles are whole; short forms, teams and makers are bodies where the post speaks of them."""

import pytest

import annotation

NLP = annotation.load_pipeline()


def names(text):
    return [f"{span.text}/{span.label_}" for span in NLP(text).ents]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("转自@楚天快报：明天有雨", ["楚天快报/ORG"]),
        ("@头条财经 说得对", ["头条财经/ORG"]),
        ("黄蜂主场输了十二分，球迷心碎", ["黄蜂/ORG"]),
        ("院子里飞来一只黄蜂", []),
        ("女篮比赛几点开始", []),
        ("黑莓的客服打了三遍才接", ["黑莓/ORG"]),
        ("门口排队的人真多", []),
        ("愿家乡平安，愿大家平安", []),
        ("室友说山大的宿舍没有空调", ["山大/ORG"]),
        ("这件事的影响重大，请大家重视", []),
        ("武大樱花开了，人比花还多", ["武大/ORG"]),
        ("清华北大复旦都有人报名", ["清华/ORG", "北大/ORG", "复旦/ORG"]),
        ("电信的宽带又断了，客服让我等", ["电信/ORG"]),
        ("在地铁上慢慢移动了半小时", []),
        ("苹果削好皮放在桌上", []),
        ("招行信用卡的账单出来了", ["招行/ORG"]),
        ("太开心了[鼓掌][威武]", []),
        ("单曲循环Taylor Swift的新歌", ["Taylor Swift/PERSON"]),
        ("我们张总说周六加班", ["张/PERSON"]),
        ("提醒 @福建海事 :大风", ["福建海事/ORG"]),
        ("川大和隔壁学校互相喊话", ["川大/ORG"]),
        ("今天市中医院有义诊", ["市中医院/ORG"]),
        ("沪指又跌了，美股没跌", ["沪/LOC", "美/LOC"]),
        ("周末去做美甲", []),
    ],
)
def test_posts_name_bodies_in_their_own_way(text, found):
    assert names(text) == found
