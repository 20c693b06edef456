"""The model's words, mended where they run over a border that the text itself shows: words in, words out.

The model is sure of what, seldom of where: 东杉融实业 of 控股股东|杉融实业, 上海)酒店管理有限公司, X银行宁波分行质押.
What is cut off a name becomes a common word, so that the grammars of names see the border.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from annotation.groups import Word
from annotation.lexicon import alternatives
from annotation.walk import Walk

# For the repairs that come after (annotation/repairs.py).
NAMED = frozenset(("ORG", "LOC", "PER"))
RULE = 0.6  # the score of a word that a rule made
UNSURE = 0.5  # below, the model's word is no more than a hint of what it names
TITLED = re.compile(
    rf"(?:{alternatives('titles')}|王储|亲王|夫人|名将|选手|球星|前锋|后卫|门将|战士|烈士|英雄|中锋"
    r"|老将|小将|名宿|主帅|外援|队友|经纪人|编剧|策展人|教师|民警|渔民|居民|[茶菜棉果烟蔗药]农)$"
)

_NAMES = frozenset(("ORG", "LOC", "PER", "nz", "nw"))

# A word with one bracket of two. The model seldom sees half-width ones.
_HALF_OPEN = re.compile(r"[^（(]*[）)]|.*[（(][^）)]*$")
_BRACKET = re.compile("[（）()]")
_PIECE = re.compile(r"[（）()]|[^（）()]+")

# A role that ends inside the word: 股|东杉融实业, 起诉|人自贡市检察院, 关联方锦富.
_ROLE = re.compile(
    r"(?:股东|[转受]让|所持|旗下|名下|附属(?!医院|学校|小学|中学|幼儿园|第|妇产|肿瘤|儿童|口腔|中医)|[丨｜|]"
    r"|(?:起诉|公诉|申请|上诉|行动|代理|控制|持有|发起|出资|管理|融资|担保|债权|债务|承租|出租|被?执行|招标|投标|中标|采购|委托|承包|发包|候选)人"
    r"|第[一二三四五]名(?=.{4})|(?:关联|收购|投资|交易|受让|转让|出让|第三|合作|出资|买|卖|甲|乙|对)方|上市公司(?=.{2})|(?<!西门)[子孙]公司(?=.{2}))+"
)
_DAY = re.compile("(?:今天|昨天|今早|昨晚|今晚|大清早|早上|晚上|中午|下午|上午)(?=.{2})")
_REACH = 5  # characters before the word in which such a role may begin

# What is said of a company and runs into its name.
_TAIL = re.compile(
    r"(?<=.{2})(?:股权(?!投资|基金)|股票|公告|(?:要约)?收购|(?:春节|元宵|中秋|国庆)?(?:联欢)?晚会|春晚|球迷|队员|球员|门将|主帅|外援|校招|粉丝$|用户$|[增减]持|质押|持有|全部$|股份(?:公告|总数|持有)"
    r"|(?<=.{3})(?:合资|合建|联手|携手|牵手)$|(?<=.{2})[两三四五六七八九十几][校家院所社省市国方]$|(?<=.[局馆处部院会司校委府所])组织$)"
)


def mend(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """The words with the borders that brackets, roles and acts give away; they cover what they covered."""
    walk = Walk(
        words,
        [i for i, (at, end, tag, _) in enumerate(words) if end - at > 1 and (tag in _NAMES or text[at] in "（）()")],
    )
    for word in walk:
        start, end, tag, _ = word
        if _BRACKET.search(text, start, end) and _HALF_OPEN.match(text, start, end):
            walk.put(*_unbracketed(text, word))
        elif tag == "LOC" and (cut := text.find("到", start + 2, end - 2)) > 0:  # 浦东机场|到|临港
            walk.put(word._replace(end=cut), Word(cut, cut + 1, "v", 0.0), word._replace(start=cut + 1))
        elif tag in ("LOC", "ORG") and (day := _DAY.match(text, start, end)) is not None:
            walk.put(Word(start, day.end(), "TIME", 0.0), word._replace(start=day.end()))  # 今天|市中医院
        elif tag == "ORG" and end - start > 2:
            walk.put(*_without_acts(text, word))
    return walk.made


def _unbracketed(text: str, word: Word) -> Iterator[Word]:
    """The word cut at its brackets; what stands before the first of them keeps its tag."""
    for match in _PIECE.finditer(text, word.start, word.end):
        first, last = match.span()
        if match[0] in "（）()":
            yield Word(first, last, "w", 0.0)
        elif first == word.start:
            yield word._replace(end=last)
        else:
            yield Word(first, last, "n", 0.0)


def _without_acts(text: str, word: Word) -> Iterator[Word]:
    """The name between the role it runs on from and the act it runs into."""
    start, end, _, _ = word
    for match in _ROLE.finditer(text, max(0, start - _REACH), end - 1):
        if match.start() <= start < match.end() <= end - 2:
            yield Word(start, match.end(), "n", 0.0)
            start = match.end()
            break
    tail = _TAIL.search(text, start, end)
    cut = tail.start() if tail is not None else end
    if text[end - 1] == "所" and text[end : end + 1] in tuple("持属有占"):
        cut = min(cut, end - 1)
    yield word._replace(start=start, end=cut)
    if cut < end:
        yield Word(cut, end, "v", 0.0)
