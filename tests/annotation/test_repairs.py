"""The model's words become names where their form or their neighbours say so, and cover what they covered."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.groups import Word
from annotation.repairs import repair
from annotation.sounds import abroad, foreign, is_foreign
from tests.annotation.pieces import words_of as pieces_of

TEXTS = "中美方军驻华大使馆国古巴队尔斯克拉罗在老高村路、上海和饭店公园河边山里的共国民主人ア“”号1 ,"


words_of = partial(pieces_of, score=0.3)


def names(text, words):
    return [f"{text[word.start : word.end]}/{word.tag}" for word in words if word.tag in ("ORG", "LOC", "PER")]


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        # countries by one character
        (["中方/n", "表示/v"], ["中/LOC"]),
        (["对方/n", "表示/v"], []),
        (["访华/v", "期间/n"], ["华/LOC"]),
        (["来日/t", "方长/a"], []),
        (["印巴/PER", "两军/n"], ["印/LOC", "巴/LOC"]),
        (["南非/LOC:0.9", "总统/n"], ["南非/LOC"]),
        (["美军/n", "集结/v"], ["美/LOC"]),
        (["日籍/n", "教练/n"], ["日/LOC"]),
        (["抵京/v", "访问/v"], ["京/LOC"]),
        (["澳网/nz", "官方/n"], ["澳/LOC"]),
        (["皖赣鄂/LOC", "三省/n"], ["皖/LOC", "赣/LOC", "鄂/LOC"]),
        (["皖赣/LOC", "铁路/n", "复线/n"], ["皖赣铁路/LOC"]),
        (["白藤山/LOC:0.6", "垭口/n"], ["白藤山垭口/LOC"]),
        (["凤凰/nz", "山体育公园/LOC:0.6"], ["凤凰山体育公园/LOC"]),
        (["看/v", "了/u", "山水公园/LOC:0.6"], ["山水公园/LOC"]),
        (["中国/LOC:0.9", "女子/n", "击剑/n", "队/n"], ["中国女子击剑队/ORG"]),
        (["阿婆/PER", "的/u"], []),
        # countries and their bodies
        (["几内亚/LOC:0.5", "民主/a", "共和国/n", "叛军/n"], ["几内亚民主共和国/LOC"]),
        (["芝加哥人/LOC"], ["芝加哥/LOC"]),
        (["摩洛哥驻西班牙大使馆/LOC"], ["摩洛哥驻西班牙大使馆/ORG"]),
        (["瑞典/LOC:0.6", "驻华/vn", "大使/n"], ["瑞典/LOC", "华/LOC"]),
        (["韩国青禾集团/ORG"], ["韩国/LOC", "青禾集团/ORG"]),
        (["英国广播公司/ORG"], ["英国广播公司/ORG"]),
        (["智利/LOC:0.6", "队/n", "输/v"], ["智利队/ORG"]),
        (["智利/LOC:0.6", "队员/n"], ["智利/LOC"]),
        # names written by their sound
        (["总理/n", "内/f", "塔尼亚胡/PER:0.1", "说/v"], ["内塔尼亚胡/PER"]),
        (["总理/n", "卡拉季奇/ORG:0.1", "说/v"], ["卡拉季奇/PER"]),
        (["首都/n", "普里什蒂纳/PER:0.2", "郊外/s"], ["普里什蒂纳/LOC"]),
        (["领导人/n", "马上/d", "到/v"], []),
        (["住在/v", "布雷斯/PER:0.7", "，/w"], ["布雷斯/LOC"]),
        (["住在/v", "布雷斯/PER:0.7", "家里/s"], ["布雷斯/PER"]),
        # sites
        (["碧螺湾/LOC", "饭店/n"], ["碧螺湾饭店/LOC"]),
        (["北京/LOC:0.9", "酒店/n", "业/n"], ["北京/LOC"]),
        (["上海青禾饭店/LOC:0.1"], ["上海/LOC", "青禾饭店/LOC"]),
        (["在/p", "白藤/LOC:0.5", "河边/s"], ["白藤河/LOC"]),
        # people
        (["战士/n", "高/PER", "建成/v"], ["高建成/PER"]),
        (["高/PER", "局长/n"], ["高/PER"]),
        (["老/a", "耿头/n", "来/v"], ["老耿头/PER"]),
        (["劳动模/n", "范徐虎/PER"], ["徐虎/PER"]),
        (["总统/n", "康斯坦/PER:0.4", "丁内斯库/PER:0.6", "今天/TIME"], ["康斯坦丁内斯库/PER"]),
        (["伏/v", "明霞/n", "、/w", "郭晶晶/PER:0.9"], ["伏明霞/PER", "郭晶晶/PER"]),
        (["湘江/LOC:0.8", "、/w", "资水/vn", "、/w", "沅江/LOC:0.9"], ["湘江/LOC", "资水/LOC", "沅江/LOC"]),
        # no names
        (["维吾尔族/ORG:0.7", "姑娘/n"], []),
        (["早安/ORG", "北京/LOC:0.9"], ["北京/LOC"]),
        (["三十/m", "里山路/LOC"], []),
        # what is no name where it stands
        (["走/v", "的/u", "时候/n", "是/v", "小雪/PER:0.8", "那天/r"], []),
        (["小雪/PER:0.8", "笑/v"], ["小雪/PER"]),
        (["渔船/n", "进/v", "港/LOC:0.7", "了/u"], []),
        (["总理/n", "访/v", "港/LOC:0.7", "结束/v"], ["港/LOC"]),
        (["电台/n", "滴滴/ORG", "答答/v"], []),
        (["站/v", "在/p", "半山/LOC", "腰/n"], []),
        # hamlets and old offices
        (["住过/v", "郭寨/PER:0.4", "？/w"], ["郭寨/LOC"]),
        (["郭寨/PER:0.4", "说：/v"], ["郭寨/PER"]),
        (["进/v", "了/u", "宣州府衙/LOC", "的/u"], ["宣州府衙/ORG"]),
        (["“/w", "青禾/ORG:0.6", "”/w", "号/n"], []),
    ],
)
def test_words_are_names_where_their_form_says_so(pieces, found):
    text, words = words_of(*pieces)
    assert names(text, repair(text, words)) == found


def test_a_town_at_the_end_of_the_text_ends_with_it():
    text, words = words_of("飞往/v", "波哥/LOC", "大/a")
    assert foreign(text, words) == [words[0], Word(2, 5, "LOC", 0.6)]


def test_a_foreign_name_is_known_by_its_characters():
    assert is_foreign("阿拉法特")
    assert not is_foreign("新区管委会")
    assert not is_foreign("拉萨")  # too short to say
    assert "芝加哥" in abroad()


@given(
    st.lists(
        st.tuples(
            st.text(TEXTS, min_size=1, max_size=6),
            st.sampled_from(["ORG", "LOC", "PER", "n", "w", "v", "nz", "m"]),
            st.floats(0, 1),
        )
    )
)
def test_repaired_words_cover_the_same_text_without_gap_or_overlap(pieces):
    text, words = words_of(*(f"{word}/{tag}:{score:.2f}" for word, tag, score in pieces))
    repaired = repair(text, words)
    assert "".join(text[word.start : word.end] for word in repaired) == text
    assert all(word.start < word.end for word in repaired)
