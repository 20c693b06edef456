"""What identifies a person is found by its shape and its neighbours; what only looks like it stays."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.personal_data import find, mask


def values(text):
    return [(text[start:end], kind) for start, end, kind in find(text)]


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("联系人王先生13391219793仅微信", "13391219793", "phone"),
        ("手机:139 1234 5678。", "139 1234 5678", "phone"),
        ("手机：１３９１２３４５６７８", "１３９１２３４５６７８", "phone"),
        ("请拨打+86-13912345678咨询", "+86-13912345678", "phone"),
        ("办公室0531-86012345,传真", "0531-86012345", "phone"),
        ("电话（0531）8601 2345。", "（0531）8601 2345", "phone"),
        ("电话010-82345678转8012", "010-82345678转8012", "phone"),
        ("电话：0531—86012345", "0531—86012345", "phone"),
        ("Tel: +86 10 8234 5678", "+86 10 8234 5678", "phone"),
        ("报名电话:01082345678", "01082345678", "phone"),
        ("新闻热线:86012345", "86012345", "phone"),
        ("联系电话(王女士):8601234", "8601234", "phone"),
        ("致电本报 86012345", "86012345", "phone"),
        ("全国服务400-600-1234", "400-600-1234", "phone"),
        ("客服电话4006001234", "4006001234", "phone"),
        ("拨打热线95588", "95588", "phone"),
        ("12345政务服务便民热线", "12345", "phone"),
        ("投稿请发ian@126.com请联系", "ian@126.com", "email"),
        ("邮箱：zhang.san＠mail.example.com.cn。", "zhang.san＠mail.example.com.cn", "email"),
        ("邮箱news#163.com", "news#163.com", "email"),
        ("邮箱 news(at)jiaozhu.org", "news(at)jiaozhu.org", "email"),
        ("加微信：jinan_news88咨询", "jinan_news88", "wechat"),
        ("微信号 wangfang", "wangfang", "wechat"),
        ("vx:abc12345", "abc12345", "wechat"),
        ("VX同号wxid_12ab", "wxid_12ab", "wechat"),
        ("加微信123456789", "123456789", "wechat"),
        ("QQ:12345678", "12345678", "qq"),
        ("QQ群 987654321", "987654321", "qq"),
        ("公民身份号码11010519491231002X", "11010519491231002X", "id_number"),
        ("身份证440524188001010014已核验", "440524188001010014", "id_number"),
        ("证件 110105 19491231 002X", "110105 19491231 002X", "id_number"),
        ("持旧证130503670401001的居民", "130503670401001", "id_number"),
        ("汇至6222 0212 3456 7890 128", "6222 0212 3456 7890 128", "bank_card"),
        ("尾款打到4111111111111111", "4111111111111111", "bank_card"),
        ("账号：6222021234567890123", "6222021234567890123", "bank_card"),
    ],
)
def test_a_value_is_found_whole_and_without_the_word_before_it(text, value, kind):
    assert values(text) == [(value, kind)]


@pytest.mark.parametrize(
    "text",
    [
        "总投资13800000000元",
        "实现利润13912345678元,同比增长5.1%",
        "成交额15012345678.50元",
        "成交¥13912345678",
        "发电13912345678千瓦时",
        "市值1391234.5678万",
        "2026-11-05 08:30:15",
        "2026年11月5日至2027年11月5日",
        "咨询期为2026-2027学年",
        "电话会议20261105召开",
        "截至20261105",
        "股票代码600519、000001.SZ、09988.HK",
        "鲁政办发〔2026〕12345号",
        "文号20261234567号",
        "编号:13912345678",
        "订单号13912345678901234",
        "统一社会信用代码91370100MA3CXXXX1Y",
        "增长13.912345678%",
        "面积244.14公顷,880余公斤,6400多亩",
        "12345人参加了电话会议",
        "联系企业12345家",
        "联系86012个村",
        "12345户居民用上热线",
        "https://news.example.org/2026/13912345678.html",
        "ISBN 978-7-5013-4567-8",
        "ISBN 9787501345678",
        "坐标36.651216,117.119999",
        "比分3-2,票数1,234,567,890",
        "图标logo@2x.png",
        "请@济南发布 关注",
        "使用C#语言和.net平台",
        "微信支付与微信小程序",
        "微信Windows版和微信8.0.30",
        "微信公众号",
        "QQ音乐有10000首歌",
        "QQ用户100000000人次",
        "编码110105194912310021",
        "卫星序号4111111111111112",
        "时间戳20261105123456789",
        "π为3.14159265358979",
        "车牌鲁A12345",
        "型号HW13912345678X",
        "抚恤金额:4111111111111111元",
    ],
)
def test_amounts_dates_codes_and_addresses_stay(text):
    assert values(text) == []


def test_several_values_of_a_line_are_found_in_order_with_offsets_in_the_whole_text():
    text = "第一段。\n联系人:王某 13912345678 wang@example.com QQ:12345678\n第三段。\n"
    assert values(text) == [("13912345678", "phone"), ("wang@example.com", "email"), ("12345678", "qq")]


def test_two_numbers_after_one_area_code_are_masked_together():
    assert mask("电话0531-86012345、86012346。") == "电话****-********、********。"


def test_a_masked_value_keeps_its_length_and_its_separators():
    assert mask("王某wang.f@126.com或139-1234-5678。") == "王某****.*@***.***或***-****-****。"
    assert mask("１３９１２３４５６７８") == "*" * 11


@pytest.mark.parametrize(
    "text",
    ["a@b.com13912345678", "a@b.comx@y.comz@w.com", "a@b.com" * 50, "13912345678a@b.comQQ:123456微信:abcdef1"],
)
def test_values_that_hide_one_another_are_all_masked(text):
    assert find(text)
    assert find(mask(text)) == []


PIECES = st.sampled_from(
    [
        "13912345678",
        "a@b.com",
        "0531-86012345",
        "QQ:",
        "123456",
        "微信",
        "电话:",
        " ",
        ",",
        "*",
        "元",
        "。\n",
        "4111111111111111",
    ]
)


@given(st.lists(PIECES | st.text(max_size=4), max_size=12).map("".join))
def test_masking_keeps_the_length_leaves_nothing_to_find_and_changes_only_what_was_found(text):
    masked = mask(text)
    assert len(masked) == len(text)
    assert find(masked) == []
    inside = {place for start, end, _ in find(text) for place in range(start, end)}
    assert all(old == new for place, (old, new) in enumerate(zip(text, masked, strict=True)) if place not in inside)


@pytest.mark.parametrize(
    "line",
    [
        "1" * 400_000,
        "a" * 400_000 + "@",
        "a@" * 200_000,
        "0531-" * 80_000,
        "a@b.com" * 50_000,
        "微信" * 200_000,
        "1-" * 200_000,
        "电话 1" * 100_000,
    ],
)
def test_a_hostile_line_takes_time_that_grows_with_its_length_only(line):
    started = time.process_time()
    mask(line)
    assert time.process_time() - started < 5
