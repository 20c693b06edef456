"""One page in, its article out: nothing of the page around it, nothing of it missing, every raw character explained."""

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.clean import clean_page, quality
from corpus.reading import read_pages
from corpus.records import Document, Page, Rejected
from corpus.spans import unexplained

ROOT = Path(__file__).parents[2]
SEEDS = ROOT.parent / "shared" / "pages" / "seeds"
sys.path.insert(0, str(ROOT / "samples"))
from make_log import article_of, unmark  # noqa: E402

SAMPLES = list(read_pages([ROOT / "samples" / "pages"]))
PIECES = st.sampled_from(
    [
        "济南市工业和信息化局介绍,全市规上企业实现营业收入2343.4亿元,同比增长5.1%。",
        "相关文章",
        "联系电话:13800000000 微信同号",
        "创新(chuàngxīn)成果",
        "上一篇:某某新闻 下一篇:某某新闻",
        "……(未完,全文共7827字)……",
        "<p>正文&nbsp;&amp;</p>",
        "<div class='nav'><a href=x>首页</a>",
        "版权所有 鲁ICP备00000000号",
        "\n",
        "\r\n",
        " ",
        "\u3000",
        "\u200b",
        "闁哄倸娲ㄩ敓鑺ワ鐦遍柡鍌氭川缂嶅嬬▔閻戞ê浜堕柟缁樺",
        "𠮷",
        "👩‍👩‍👧",
        "\x00",
    ]
)


@pytest.fixture(scope="module")
def seeds():
    if not SEEDS.is_dir():
        pytest.skip("the five seed pages are not beside this checkout")
    return {page.source[:3]: clean_page(page) for page in read_pages([SEEDS])}


@pytest.mark.parametrize("page", SAMPLES, ids=lambda page: page.source)
def test_a_sample_comes_out_as_its_article_character_for_character(page):
    result = clean_page(page)
    article = article_of(page.source)
    if not article.exists():
        assert isinstance(result, Rejected)
        assert result.reason == "no_article"
        return
    assert isinstance(result, Document)
    assert result.text == unmark(article.read_text("utf-8"))[0]


@pytest.mark.parametrize("page", SAMPLES, ids=lambda page: page.source)
def test_every_character_of_a_sample_is_explained(page):
    result = clean_page(page)
    runs = result.alignment if isinstance(result, Document) else ()
    assert unexplained(runs, result.removed, len(page.raw)) == []


@given(st.lists(st.one_of(PIECES, st.text(max_size=20)), max_size=30).map("".join), st.booleans())
def test_any_text_is_cleaned_or_rejected_and_explained(raw, is_html):
    result = clean_page(Page("d", "s", "utf-8", raw, is_html=is_html))
    runs = result.alignment if isinstance(result, Document) else ()
    assert unexplained(runs, result.removed, len(raw)) == []
    if isinstance(result, Document):
        assert result.text.endswith("\n")
        assert "\n\n" not in result.text
        assert 0.0 <= result.quality <= 1.0


@given(st.lists(PIECES, max_size=20).map("".join))
def test_cleaning_twice_gives_the_same(raw):
    page = Page("d", "s", "utf-8", raw)
    assert clean_page(page) == clean_page(page)


def test_a_clean_character_stands_where_the_raw_one_did():
    for page in SAMPLES:
        result = clean_page(page)
        if not isinstance(result, Document):
            continue
        same = changed = 0
        for run in result.alignment:
            for offset in range(run.length):
                clean = result.text[run.start + offset]
                raw = page.raw[run.raw_start + offset]
                same += clean == raw
                changed += clean != raw
        if result.script == "hans" and not page.is_html:
            assert changed < same * 0.2, page.source  # restored punctuation and line breaks only


SEED_TEXTS = {
    "000": ("9月25日上午，济南市政府新闻办", "全产业链集群生态。（来源：闪电新闻）\n", 6),
    "001": ("生物医药产业是关系国计民生", "实现生产总值500亿元。\n", 8),
    "002": ("2023年5月12日，习近平总书记", "技术开发紧密型协作关系\n", None),
    "003": ("近日，省会经济圈生物医药产业联盟成立", "生物医药产业发展高地贡献力量。\n", 13),
    "004": ("6月13日，由济南市工业和信息化局", "（大众新闻记者 段婷婷）\n", None),
}
# What stands on the seeds and is no part of their articles, by the defects that the pages' README lists.
SEED_JUNK = {
    "000": [
        "当前位置",
        "admin1年前",
        "微信",
        "13391219793",
        "扫一扫",
        "版权声明",
        "相关文章",
        "中商情报网",
        "药智",
        "莱芜",
        "宁波市",
    ],
    "001": ["www.", "九色", "Network", "首页", "主页", "来源：", "蜘蛛池", "隆回县", "點", "區"],
    "002": ["闂", "婵", "快文网", "省略", "未完", "ian@126.com", "QQ", "上一篇", "下一篇", "相关栏目", "标题：", "![]"],
    "003": [
        "成全免费",
        "原标题",
        "著",
        "爆料",
        "热线",
        "烟台黄渤海新区",
        "[详细]",
        "胶东在线",
        "ICP",
        "邮编",
        "技术支持",
        "啤酒节",
    ],
    "004": ["首页", "体育正文", "老字号", "发表评论", "沙发", "ó", "(le)", "（le）", "chǎnyè"],
}
SEED_FLAGS = {
    "000": set(),
    "001": {"repeated_body"},
    "002": {"truncated", "masked", "mojibake"},
    "003": set(),
    "004": {"pinyin", "title_mismatch"},
}


@pytest.mark.parametrize("seed", sorted(SEED_TEXTS))
def test_a_seed_comes_out_as_what_a_reader_would_call_its_article(seeds, seed):
    document = seeds[seed]
    opening, ending, paragraphs = SEED_TEXTS[seed]
    assert document.text.startswith(opening)
    assert document.text.endswith(ending)
    if paragraphs:
        assert document.text.count("\n") == paragraphs
    assert [junk for junk in SEED_JUNK[seed] if junk in document.text] == []
    assert set(document.flags) == SEED_FLAGS[seed]


@pytest.mark.parametrize(("seed", "script"), [("000", "hans"), ("001", "hant-converted"), ("003", "hant-converted")])
def test_a_seed_in_traditional_made_by_a_machine_is_told_from_one_in_simplified(seeds, seed, script):
    assert seeds[seed].script == script


def test_an_alias_in_parentheses_stays_where_pinyin_goes(seeds):
    assert "山东第一医科大学附属省立医院（山东省立医院）" in seeds["004"].text
    assert "现场印发了创新成果（技术）转化项目清单" in seeds["004"].text


def test_damage_lowers_the_quality():
    whole = "全市规上企业实现营业收入。" * 40 + "\n"
    assert quality(whole, []) == 1.0
    assert quality(whole, ["truncated"]) == 0.85
    assert quality("短" * 40 + "\n", []) < 0.6


def test_a_page_of_a_few_short_sentences_keeps_them_all():
    raw = "省工信厅部署全年工作\n\n近日,省工信厅召开会议,部署全年工作。要稳中求进。\n\n与会代表表示将抓好落实。\n"
    document = clean_page(Page("d", "s", "utf-8", raw))
    assert document.text == "近日，省工信厅召开会议，部署全年工作。要稳中求进。\n与会代表表示将抓好落实。\n"
    assert document.title == "省工信厅部署全年工作"


@pytest.mark.parametrize(
    "raw",
    [
        "首页 | 新闻 | 图片\n版权所有 某某公司 地址:济南市历下区经十路1号\n联系我们 关于我们",
        "www.",
        "!!!",
        "Lorem ipsum dolor sit amet, consectetur adipiscing elit. " * 20,
    ],
)
def test_a_page_without_a_chinese_article_is_rejected_and_explained(raw):
    result = clean_page(Page("d", "s", "utf-8", raw))
    assert isinstance(result, Rejected)
    assert unexplained((), result.removed, len(raw)) == []


TAIWAN = (
    "經濟部表示,臺灣上半年外銷訂單金額達三千億美元,較去年同期成長百分之五,主要受惠於人工智慧伺服器需求強勁。\n"
    "業者指出,下半年接單仍有成長空間,裡面的關鍵在於供應鏈能否順利擴產,後續發展值得關注。\n"
)


def test_an_article_that_people_wrote_in_traditional_can_keep_it():
    page = Page("d", "s", "utf-8", f"外銷訂單創新高 業者看好後續發展\n\n{TAIWAN}")
    kept, plain = clean_page(page, keep_traditional=True), clean_page(page)
    assert (kept.script, plain.script) == ("hant", "hant")
    assert kept.text == TAIWAN.replace(",", "，")
    assert kept.title == "外銷訂單創新高 業者看好後續發展"
    assert plain.text.startswith("经济部表示，台湾上半年")
    assert kept.alignment == plain.alignment


def test_what_a_machine_made_traditional_never_stays(seeds):
    for page in read_pages([SEEDS]):
        if page.source[:3] in ("001", "003"):
            assert clean_page(page, keep_traditional=True) == seeds[page.source[:3]]
