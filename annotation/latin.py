"""People and towns that Chinese text writes in Latin letters (Zoe, Dr. Okafor, Melbourne): words in, words out.

A name there stands alone between Chinese characters; one inside a run of other Latin words is a piece of a title, a
product or a sentence. Which words are names is known from annotation/latin.tsv (tests/benchmarks/make_latin.py); those
that are words or brands too must be called or act as people do.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from annotation.given import DOES
from annotation.groups import Word
from annotation.lexicon import lexicon
from annotation.mending import RULE, UNSURE

REACH = 12  # characters before a name that say what it is
DOUBT = 0.1  # below, the model only guesses what a foreign word is
TABLE = Path(__file__).with_name("latin.tsv")
# Everything that is no Chinese: what stands in it beside a name makes it something else.
_BESIDE = r"0-9A-Za-zÀ-ɏ@#_$%&+*/\\.:'’·<>=~^|\-"
_RUN = re.compile(rf"(?<![{_BESIDE}])(?<![{_BESIDE}] )[A-Za-zÀ-ɏ][{_BESIDE} ]*")
_ONE = r"(?:[A-Z]['’])?[A-Z][a-zà-ɏ]+(?:[A-Z][a-zà-ɏ]+)?(?:-[A-Z][a-zà-ɏ]+)?"
_WORD = re.compile(_ONE)
_CAPITALS = re.compile("[A-Z]{4,}")
_SMALL = re.compile("[a-z]{3,}")
_FULL = re.compile(rf"(?P<first>{_ONE})(?:[ ·](?:[A-Z]\. ?)?{_ONE}){{1,2}}")
_TITLE = re.compile(rf"(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor|Sir)\.? ?(?P<name>{_ONE}(?: {_ONE})?)")
_NO_TITLE = re.compile(
    r"Dr\.? ?(?:Martens?|Jart|Bronner|Web|Pepper)|Miss (?:Dior|Sixty|World|Universe)|Mr\. ?(?:Right|Pizza|Donut)"
)
# A second word that makes of a given name a brand, a product or a place.
_NO_SURNAME = re.compile(
    r"(?:Pro|Plus|Max|Mini|Air|Ultra|Vuitton|Klein|Lauren|Jacobs|Kors|Boss|Armani|Hilfiger|Choo|Burch|Spade|McQueen|Lauder|Arden"
    r"|Tilbury|McCartney|Daniels?|Walker|Jones|Wolfskin|Malone|Mercier|Brown|Laurent|Dior|Westwood|Galliano|Wang|Burberry|Cardin|Bar"
    r"|Cafe|Coffee|House|Home|Club|Shop|Store|Studio|Hotel|Street|Road|Park|Square|Lake|City|University|College|School|Hospital|Bank"
    r"|Group|Music|Records|Show|Day|Night|Live|Tour|Girl|Boy|Island|River|Beach|Bay|Hill|Wood|Pan|Pie|Hortons)$"
)
_SURNAME = re.compile(
    " (?:Chen|Wang|Li|Lee|Zhang|Chang|Liu|Yang|Huang|Zhao|Wu|Zhou|Chou|Xu|Hsu|Sun|Zhu|Hu|Guo|Lin|Gao|Luo|Leung|Cheung"
    "|Wong|Chan|Lam|Ng|Tan|Lim|Kim|Park|Smith|Johnson|Williams|Davis|Wilson|Taylor|Thomas|James|Kelly|Adams)$"
)
# What is no person although it is called like one.
_THING_AFTER = re.compile(
    r"\s?(?:奶茶|咖啡|品牌|牌|店|官网|旗舰|香水|口红|系列|款|软件|语言|酒店|餐厅|大学|学院|公司|集团|乐队|街|路|镇|城|号|机|版|型|码|杯|奖|语|酒|包|鞋|面霜|粉底|模型|框架|协议|定理|分布|公式|飓风|台风)"
)
_THING_BEFORE = re.compile(
    r"(?:[狗猫兔鱼马鸟龟]+[^，。！？]{0,3}叫做?|品牌|公司|集团|企业|机构|基金|平台|型号|牌子|软件|游戏|飓风|台风|模型|语言|一[瓶支款台部件]|这[瓶支款台部件])\s?$"
)
# What people are called by, behind a name; those of kin and of posts are part of it.
_KIN = re.compile("[姐哥叔爷嫂婶]姐?")
_ADDRESS = re.compile(
    r"\s?(?:姐|哥|叔|嫂|老师|同学|女士|先生|小姐|阿姨|学姐|学长|学妹|学弟|教授|医生|教练|主管|经理|导演|总(?![统理督共体是会之部能一要览有])|大神|女神|欧巴)"
)
_ACTS = re.compile(
    rf"\s?(?:{DOES.pattern}|说|问|答|喊|教我|教你|让我|叫我|告诉|请客|请我们|请大家|给我|跟我|对我|和我|陪我|找我|帮我|骂我|约我|加我|发来|发给|回我|失恋|结婚|离婚|分手|怀孕|辞职"
    r"|离职|入职|升职|被裁|生日|恋爱|表白|毕业|回国|出道|唱|哭|笑|的(?:老公|老婆|男友|女友|男朋友|女朋友|生日|妈妈|爸爸|婚礼|演唱会|眼睛|脸|头发|粉丝|新歌|新专|舞台|颜|声音|嗓|邮件|工位|桌))"
)
# Who somebody is, before the name.
_ROLE = re.compile(
    r"(?:同事|经纪人|室友|舍友|同桌|同学|男友|女友|男朋友|女朋友|闺蜜|老板|老板娘|上司|经理|总监|空[乘姐少]|教练|导师|老师|教授|主唱|队长|队友|歌手|演员|球星|设计师|摄影师"
    r"|店长|店员|邻居|房东|助理|秘书|导演|作家|翻译|司机|博主|网红|模特|前台|实习生|学[姐长妹弟]|姐姐|妹妹|哥哥|弟弟|爱豆|女神|男神|外教|小哥|小姐姐|朋友|选手|前锋|后卫|门将)\s?$"
)
_CALLED = re.compile(r"(?:我叫|我是|英文名[字]?[叫是]?|名叫|名字叫|改名叫|姓名[：:]|亲爱的|谢谢|感谢|恭喜|爱你)\s?$")


@cache
def table() -> Mapping[str, str]:
    """`given`, `word` or `place` of each name; read on the first call."""
    return dict(line.split("\t") for line in TABLE.read_text("utf-8").splitlines())


def latin(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """Zoe|失恋, 老师|Mrs. |Whitlock, Taylor| |Swift: a name in Latin letters is one word."""
    found: list[Word] | None = None
    for match in _RUN.finditer(text):
        found = found or list(words)
        start = match.start()
        end = start + len(match[0].rstrip(" .:|"))
        end += text[end : end + 1] == "." and "." in match[0][: end - start]  # G.E.M.
        index = bisect_right(found, (start, len(text) + 1)) - 1
        word = found[index] if index >= 0 and found[index].start == start else None
        made = _name(text, start, end, word)
        if made is not None:
            _set(found, bisect_right(found, (made.start, len(text) + 1)) - 1, made)
        elif word is not None and word.tag == "PER":
            found[index] = _held(text, word)
    return found or words


def _set(words: list[Word], index: int, made: Word) -> None:
    """Put the name where it stands, from the word at `index` on; what it leaves of others becomes common words."""
    if index < 0 or words[index].end <= made.start:
        return  # white space, which the model is not shown
    first, last = words[index], index
    while last + 1 < len(words) and words[last + 1].start < made.end:
        last += 1
    pieces = [made]
    if first.start < made.start:
        pieces.insert(0, Word(first.start, made.start, "n", 0.0))  # 空乘|Nour
    if made.end < words[last].end:
        pieces.append(Word(made.end, words[last].end, "n", 0.0))
    words[index : last + 1] = pieces


def _name(text: str, start: int, end: int, word: Word | None) -> Word | None:
    """What is to stand in the run of Latin letters at `[start, end)`; `word` is the model's that begins there."""
    if (title := _TITLE.fullmatch(text, start, end)) is not None:
        return None if _NO_TITLE.match(text, start, end) else Word(*title.span("name"), "PER", RULE)
    if word is not None and word.tag in ("ORG", "LOC") and word.score > UNSURE and word.end >= end:
        return None  # the model is sure that it is no person
    if (made := _one(text, start, end, word)) is None:
        return None
    if made[2] == "n" and (word is None or word.tag != "PER"):
        return None
    score = 0.0 if made[2] == "n" else RULE
    return Word(*made, max(score, word.score) if word is not None and word.tag == made[2] else score)


_GIVEN = re.compile("[A-Z][a-z]{2,9}(?![0-9A-Za-z]| [0-9A-Za-z])")
_NOBODY = lexicon("latin_words") | frozenset(("VAR", "DJ", "HR", "PM", "MVP", "BOSS", "NPC", "Happy", "Hello", "Hi"))
_TO_MARK = ("一下", "住", "了", "一")


def _held(text: str, word: Word) -> Word:
    """The model's own person: above doubt where it may be a name, and nobody where it is a word of posts."""
    name = text[word.start : word.end]
    if name in _NOBODY or (name in ("Mark", "mark") and text.startswith(_TO_MARK, word.end)):
        return Word(word.start, word.end, "n", 0.0)
    sure = _GIVEN.fullmatch(name) is not None and _GIVEN.match(text, word.start) is not None
    sure = sure and _THING_BEFORE.search(text[max(0, word.start - REACH) : word.start]) is None
    return word._replace(score=max(word.score, RULE)) if sure and table().get(name) != "word" else word


def _one(text: str, start: int, end: int, word: Word | None) -> tuple[int, int, str] | None:
    """The name that the Latin letters at `[start, end)` are, with its tag, `n` for what is surely none; None where
    nothing is known. `word` is the model's name that begins there.
    """
    run = text[start:end]
    known = table()
    if (full := _FULL.fullmatch(run)) is not None and run not in known:
        if _NO_SURNAME.search(run) is not None:
            return start, end, "n"
        first = known.get(full["first"])
        by_model = word is not None and word.tag == "PER" and word.score > DOUBT and full["first"] not in _NOBODY
        is_name = first == "given" or (by_model and first != "place") or (first == "word" and _SURNAME.search(run))
        return (start, end, "PER") if is_name else None
    kind = known.get(run)
    if kind is None:
        if _WORD.fullmatch(run) is not None:
            kind = "unknown"
        elif (kind := known.get(run.title())) is None or not (_CAPITALS.fullmatch(run) or _SMALL.fullmatch(run)):
            return None
        elif run.islower():
            kind = "small"
    if kind == "place":
        return (start, end, "LOC") if run in known else None  # KINGSTON is a mark more often
    if _ADDRESS.match(text, end) is not None:
        if (kin := _KIN.match(text, end)) is not None:
            return start, kin.end(), "PER"  # Vivian姐
        if kind != "unknown":
            return start, end, "PER"
    if kind == "small":
        return None
    before = text[max(0, start - REACH) : start]
    if _THING_AFTER.match(text, end) or _THING_BEFORE.search(before):
        return start, end, "n"
    if kind == "given" or _ROLE.search(before) or _CALLED.search(before) or (kind == "word" and _ACTS.match(text, end)):
        return start, end, "PER"
    return None
