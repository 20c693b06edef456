"""Places: divisions by their table, ambiguous ones by their context, zones and regions by their last word."""

import pytest
import spacy

from annotation.divisions import divisions, short_name
from annotation.groups import Words
from annotation.lac import find_words
from annotation.places import find_divisions, find_places


def places(text, words=True):
    view = Words(find_words([text])[0] if words else None)
    return find_places(text, view, find_divisions(text, view))


def names(text):
    return [text[place.start : place.end] for place in places(text)]


def test_each_level_of_a_hierarchy_is_a_place_with_its_own_adcode():
    text = "项目位于山东省青岛市黄岛区。"
    assert [(text[p.start : p.end], p.adcode) for p in places(text)] == [
        ("山东省", "370000"),
        ("青岛市", "370200"),
        ("黄岛区", "370211"),
    ]


def test_the_division_above_decides_which_of_the_same_name_is_meant():
    assert [p.adcode for p in places("上海市普陀区和舟山市普陀区")] == ["310000", "310107", "330900", "330903"]


def test_a_name_several_divisions_bear_has_no_adcode_by_itself():
    [place] = places("她住在鼓楼区。")
    assert place.adcode is None


def test_coordinated_places_are_apart():
    assert names("济南、淄博、泰安、东营等7市参加。") == ["济南", "淄博", "泰安", "东营"]


@pytest.mark.parametrize(
    "text",
    ["和平来之不易。", "东方不亮西方亮。", "大方地笑了笑。", "全省各地、我市和本市都在推进。", "上海市场回暖。"],
)
def test_a_word_that_is_also_the_name_of_a_division_is_no_such_division(text):
    assert not [p for p in places(text) if p.kind in ("full", "weak") and p.adcode]


def test_a_market_of_a_city_leaves_the_city():
    assert names("上海市场回暖。") == ["上海"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("京津冀和长三角加快协同。", ["京津冀", "长三角"]),
        ("粤港澳大湾区建设提速。", ["粤港澳大湾区"]),
        ("项目落户青岛高新区。", ["青岛高新区"]),
        ("落户鄂州市葛店经开区。", ["鄂州市", "葛店经开区"]),
        ("黄河流域生态保护。", ["黄河流域"]),
        ("推动产业园和开发区建设。", []),
    ],
)
def test_zones_and_regions_end_where_their_last_word_does(text, expected):
    assert names(text) == expected


def test_a_zone_by_its_short_name_counts_where_the_text_has_named_it():
    assert names("项目落户青岛高新区。今年,高新区新增企业百家。")[-1] == "高新区"
    assert names("今年,高新区新增企业百家。") == []


def test_a_side_of_a_place_is_none_of_its_name():
    assert names("沿胶州湾西岸布局。") == ["胶州湾"]
    assert names("清远、韶关北部山区降温。") == ["清远", "韶关"]


def test_without_words_the_table_still_finds_full_names():
    text = "在山东省青岛市,"
    assert [text[p.start : p.end] for p in places(text, words=False)] == ["山东省", "青岛市"]


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("青岛市", "青岛"),
        ("内蒙古自治区", "内蒙古"),
        ("新疆维吾尔自治区", "新疆"),
        ("恩施土家族苗族自治州", "恩施"),
        ("肃北蒙古族自治县", "肃北"),
        ("香港特别行政区", "香港"),
        ("喀什地区", "喀什"),
    ],
)
def test_short_names_are_those_that_texts_use(name, short):
    assert short_name(name) == short


def test_the_table_has_every_province_and_is_by_adcode():
    table = divisions()
    provinces = {code for codes in table.codes.values() for code in codes if code.endswith("0000")}
    assert len(provinces) == 34
    assert table.codes["东莞市"] == ("441900",)
    assert all(len(code) == 6 for codes in table.codes.values() for code in codes)


def test_the_component_writes_adcodes_beside_its_spans():
    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"@tokenizers": "jiaozhu.CharacterTokenizer.v1"}}})
    nlp.add_pipe("jiaozhu_places")
    doc = nlp("在山东省青岛市,")
    group = doc.spans["places"]
    assert [span.text for span in group] == ["山东省", "青岛市"]
    assert group.attrs["adcodes"] == ["370000", "370200"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("昆山花桥经济开发区的企业", ["昆山", "花桥经济开发区"]),
        ("丹江口市右河镇水都工业园区，第七条线调试", ["丹江口市", "右河镇", "水都工业园区"]),
        ("清河县羊绒小镇里很热闹", ["清河县", "羊绒小镇"]),
        ("鄂州花湖国际机场开航", ["鄂州花湖国际机场"]),
        ("关于中国（海南）自由贸易试验区的通知", ["中国（海南）自由贸易试验区"]),
        ("青岛高新区的企业", ["青岛高新区"]),
    ],
)
def test_a_zone_begins_behind_the_levels_above_it(text, expected):
    assert names(text) == expected
