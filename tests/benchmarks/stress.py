"""Defects put into clean articles, one at a time: python tests/benchmarks/stress.py

Every article of samples/ becomes a page once for each defect, with a menu, a byline and a footer around it. Printed:
how often the article comes out character for character, how often with the flag it should have, and the mean F1. Then,
where ../shared/pages/html is there, the article of one page in the layout of another.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from opencc import OpenCC

from corpus.clean import clean_page
from corpus.records import Document, Page
from tests.benchmarks.pages import html_pages, precision_recall_f1, samples

READINGS = {
    "企业": "qǐyè", "发展": "fāzhǎn", "项目": "xiàngmù", "工作": "gōngzuò", "建设": "jiànshè", "年": "nián", "和": "hé",
    "在": "zài", "大": "dà", "人": "rén", "中": "zhōng", "上": "shàng", "水": "shuǐ", "个": "gè", "是": "shì",
    "有": "yǒu",
}  # fmt: skip
NEUTRAL = {"的": "de", "了": "le"}
HALF = str.maketrans("，；：？！（）", ",;:?!()")
PLACES = "历城区|平阴县|商河县|临清市|冠县|茌平区|高唐县|阳谷县|莘县|东阿县|曲阜市|邹城市|泗水县|梁山县|嘉祥县"


@dataclass(frozen=True, slots=True)
class Case:
    """A page made of an article and one defect; the text that should be left, and the flag that should be set."""

    defect: str
    raw: str
    text: str
    flag: str | None


def articles() -> Iterator[tuple[str, list[str]]]:
    """Names and paragraphs, each of which ends as a sentence does or is a sub-heading."""
    for name, _, _, article in samples():
        if article and "*" not in article:
            yield name, article.strip().split("\n")


def mojibake(text: str, rounds: int) -> str:
    """UTF-8 read as GB 18030, so many times."""
    for _ in range(rounds):
        text = text.encode().decode("gb18030", "replace")
    return text


def with_readings(text: str, form: str) -> str:
    """`创新(chuàngxīn)`, split `创(chuàng)新(xīn)`, doubled `了(le)(le)`."""

    def reading(match: re.Match[str]) -> str:
        word = match[0]
        said = READINGS.get(word) or NEUTRAL[word]
        return f"{word}({said})" * (form != "doubled") or f"{word}({said})({said})"

    count = 0

    def some(match: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return reading(match) if count % 2 else match[0]

    return re.sub("|".join([*READINGS, *NEUTRAL]), some, text)


def page(body: str, title: str = "某地记事", tail: str = "") -> str:
    """A page of a news site around the body."""
    return (
        f"首页 > 新闻中心 > 正文\n\n{title}\n\n2024-05-06 08:30 来源：沂河晚报 点击：218\n\n{body}\n{tail}\n"
        "分享到：微信 微博 QQ空间\n版权所有 沂河晚报社 未经授权不得转载\n鲁ICP备00000010号\n"
    )


def cases() -> Iterator[Case]:
    """Every article with every defect."""
    everything = list(articles())
    for index, (_, paragraphs) in enumerate(everything):
        other = everything[(index + 1) % len(everything)][1]
        text = "\n".join(paragraphs) + "\n"
        for defect, make, flag in DEFECTS:
            yield Case(defect, make(paragraphs, other), text, flag)


def _between(extra: str) -> Callable[[Sequence[str], Sequence[str]], str]:
    def make(paragraphs: Sequence[str], _: Sequence[str]) -> str:
        return page("\n".join([*paragraphs[:-1], extra, paragraphs[-1]]))

    return make


def _teasers(paragraphs: Sequence[str], other: Sequence[str]) -> str:
    blurbs = [f"{p[:18]}\n\n{p[:18]}\n\n{p[:70]}...\n" for p in other if len(p) > 90]
    return page("\n".join(paragraphs), tail="相关文章\n\n" + "\n".join(blurbs))


def _dated_teasers(paragraphs: Sequence[str], other: Sequence[str]) -> str:
    blurbs = [f"【{p[:14]}】{p[14:30]}\n\n◆{p[:60]}...[详细]\n沂河晚报 2024-05-05" for p in other if len(p) > 70]
    return page("\n".join(paragraphs), tail="\n".join(blurbs))


DEFECTS: tuple[tuple[str, Callable[[Sequence[str], Sequence[str]], str], str | None], ...] = (
    ("none", lambda p, _: page("\n".join(p)), None),
    ("pinyin", lambda p, _: page(with_readings("\n".join(p), "single")), "pinyin"),
    ("pinyin doubled", lambda p, _: page(with_readings("\n".join(p), "doubled")), "pinyin"),
    ("machine Traditional", lambda p, _: page("".join(map(OpenCC("s2t").convert, "\n".join(p)))), None),
    ("half-width", lambda p, _: page("\n".join(p).translate(HALF)), None),
    ("lost breaks", lambda p, _: page(re.sub(r"(?<=[。！？”）])\n", " ", "\n".join(p))), None),
    ("mojibake, 1 round", _between(mojibake("这一段文字被读错了编码，谁也看不懂，应当删去。" * 3, 1)), "mojibake"),
    ("mojibake, 2 rounds", _between(mojibake("这一段文字被读错了编码，谁也看不懂，应当删去。" * 3, 2)), "mojibake"),
    ("mojibake, 3 rounds", _between(mojibake("这一段文字被读错了编码，谁也看不懂，应当删去。" * 3, 3)), "mojibake"),
    ("ad in mid-text", _between("厂房出租请致电：13900000000 李经理（微信同号）"), None),
    ("hot line in mid-text", _between("想爆料？请拨打新闻热线0539-0000000，或加官方微信yihewanbao。"), None),
    ("truncation", _between("……（未完，全文共7827字，开通会员可完整阅读）……"), "truncated"),
    ("teasers", _teasers, None),
    ("dated teasers", _dated_teasers, None),
    ("titles twice", lambda p, _: page("某地记事\n\n某地记事\n\n" + "\n".join(p)), None),
    ("body twice", lambda p, _: page("\n".join(p)) + "\n\n" + page("\n".join(p)), "repeated_body"),
    ("previous and next", lambda p, _: page("\n".join(p), tail="上一篇：公交 下一篇：雨季来了\n"), None),
    ("spider pool", lambda p, _: page("\n".join(p)) + f"\n主站蜘蛛池模板： {PLACES}", None),
    ("spam header", lambda p, _: "国产精品免费观看,午夜福利在线,欧美日韩一区二区\n" + page("\n".join(p)), None),
    ("comments", lambda p, o: page("\n".join(p), tail=f"网友评论(2)\n匿名 2024-05-06 12:11\n{o[0][:60]}。"), None),
    ("invisible characters", lambda p, _: page("\u200b".join("\n\u3000\u3000".join(p))), None),
)  # fmt: skip


def clean(raw: str, is_html: bool = False) -> Document | None:
    """The document of a raw page, if it is one."""
    result = clean_page(Page("0" * 16, "stress", "utf-8", raw, is_html=is_html))
    return result if isinstance(result, Document) else None


@dataclass(slots=True)
class Figures:
    """Of one defect: pages, how many came out exactly, how many had the flag they should have, and the sum of F1."""

    pages: int = 0
    exact: int = 0
    flagged: int = 0
    f1: float = 0.0


def measure(found: Iterator[Case]) -> dict[str, Figures]:
    """By defect, in their order."""
    figures: dict[str, Figures] = {}
    for case in found:
        row = figures.setdefault(case.defect, Figures())
        document = clean(case.raw)
        text = document.text if document else ""
        row.pages += 1
        row.exact += text == case.text
        row.flagged += case.flag is None or bool(document and case.flag in document.flags)
        row.f1 += precision_recall_f1(text, case.text)[2]
    return figures


def transplants() -> Iterator[tuple[str, float]]:
    """The article of one real page in the layout of another: names, and the F1 of what is found."""
    pages = html_pages()
    for index, host in enumerate(pages):
        guest = pages[(index + 5) % len(pages)]
        lines = [line.strip() for line in host.article.split("\n") if len(line.strip()) > 30]
        begins = max(0, host.source.find("<body"))
        places = [host.source.find(line[:20], begins) for line in lines]
        if not places or min(places) < 0 or len(guest.article) > 8_000:
            continue
        end = host.source.find(lines[-1][-12:], places[-1])
        if end < places[0]:
            continue
        body = "".join(f"<p>{line.strip()}</p>" for line in guest.article.split("\n") if line.strip())
        raw = host.source[: places[0]] + body + host.source[end + 12 :]
        document = clean(raw, is_html=True)
        yield f"{guest.name} in {host.name}", precision_recall_f1(document.text if document else "", guest.article)[2]


def main() -> None:
    """Print the table."""
    for defect, row in measure(cases()).items():
        print(f"{defect:24}{row.exact:4}/{row.pages:<4}{row.flagged:4}/{row.pages:<4}{row.f1 / row.pages:8.4f}")
    for names, f1 in transplants():
        print(f"{names:24}{f1:8.4f}")


if __name__ == "__main__":
    main()
