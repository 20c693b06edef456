"""Known bodies: those that can be nothing else wherever they stand; the others where something beside them says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import annotation
from annotation.bodies import _AFTER, _TRADES, CAMPUS, MAKER, TABLE, bodies, known, known_bodies
from annotation.groups import Word
from annotation.repairs import listed
from annotation.settle import KINDS

NLP = annotation.load_pipeline()


def names(text):
    return [span.text for span in NLP(text).ents if span.label_ == "ORG"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # nothing else, whatever the model takes it for
        ("去看了追觅的展厅，隔壁是云鲸的", ["追觅", "云鲸"]),
        ("我在便宜坊等了一个钟头", ["便宜坊"]),
        ("西工大的食堂比我们好", ["西工大"]),
        ("他在网鱼网咖上过夜班", ["网鱼网咖"]),
        ("Tesco的面包又降价了", ["Tesco"]),
        # a longer word, a trade or a number goes on
        ("东道国生产率：中国电子产业的证据", []),
        ("这是现代物流管理，用现代信息技术。", []),
        ("通过CCTV10的讲坛认识了他", ["CCTV"]),
        ("从广州坐车到长安，下车过马路", []),
        ("公司将东方网力的股份转让。", ["东方网力"]),
        # the name's own 果 is no talk of fruit
        ("苹果就在美国对高通发起诉讼", ["苹果", "高通"]),
        ("在誠品書店坐了一下午", ["誠品書店"]),
        ("鄭州富士康門口排長隊", ["富士康"]),
        # a list of bodies
        ("湖人勇士凯尔特人，都是我爸喜欢的", ["湖人", "勇士", "凯尔特人"]),
        ("国安泰山申花，一个比一个难踢", ["国安", "泰山", "申花"]),
        ("丰田、大众、本田三家都来了", ["丰田", "大众", "本田"]),
        # what only a body has, its trade, its full form
        ("绿茶的门店越开越多", ["绿茶"]),
        ("在绿茶吃了一顿，还行", ["绿茶"]),
        ("跳槽到字节以后天天加班", ["字节"]),
        ("勇士主场输给了公牛", ["勇士", "公牛"]),
        ("乐天今天满减，去免税店排队", ["乐天"]),
        ("美的的客服打来三次", ["美的"]),
        ("小米的发布会推迟了", ["小米"]),
        # no body: a word, a thing, a place
        ("泡一杯绿茶，看一下午书", []),
        ("勇士从不回头", []),
        ("泰山顶上风很大", []),
        ("小时候最爱喝小米粥", []),
        ("大众都喜欢看热闹", []),
        ("他递给我一罐红牛", []),
        ("新买的小米14摔了一个角", []),
        ("美的空调开了一夜", []),
        ("他的小说发表在《清明》杂志", ["清明"]),
        ("清明时节雨纷纷", []),
        ("今天的作品都是散文", []),
        ("华西的专家号抢不到", ["华西"]),
        ("坐火车玩了罗马、米兰、那不勒斯", []),
        ("别问我，自己百度", []),
        ("百度的股价又跌了", ["百度"]),
        ("国王穿着新衣走上街", []),
        ("一字节等于八个比特", []),
    ],
)
def test_a_known_name_is_a_body_where_the_sentence_means_it(text, found):
    assert names(text) == found


def test_the_list_is_in_order_without_doubles_and_has_only_kinds_that_are_known():
    lines = TABLE.read_text("utf-8").splitlines()
    held = [line.partition("\t")[0] for line in lines]
    assert held == sorted(set(held))
    assert len(bodies()) == len(lines) > 5000
    kinds = {kind for line in lines for kind in line.partition("\t")[2].split()}
    assert {CAMPUS, MAKER, "goods", "school"} | _AFTER.keys() - {""} | _TRADES.keys() <= kinds
    assert all(name == name.strip() and len(name) > 1 for name in held)
    assert known_bodies() < bodies().keys()
    assert "organizations:known" in KINDS


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["湖人", "勇士", "国安泰山申花", "三星手机", "的", "、", "西贝", "绿茶", "一罐", "红牛", "小米14", " "]
            ),
            st.sampled_from(["ORG", "LOC", "PER", "n", "w", "nz"]),
            st.floats(0, 1),
        )
    )
)
def test_the_words_cover_the_same_text_in_the_same_order(pieces):
    text, words = "", []
    for piece, tag, score in pieces:
        words.append(Word(len(text), len(text) + len(piece), tag, score))
        text += piece
    made = listed(text, known(text, words))
    assert "".join(text[word.start : word.end] for word in made) == text
