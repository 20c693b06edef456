"""Names that the text itself introduces (名唤|小玉环, 一间叫|阿嬷冰室|的铺子): words in; words out, each name whole.

What is named so says what it is: a person, a place, a house. An animal or a thing gets a name too, and it is nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from annotation.groups import Word
from annotation.lexicon import alternatives, lexicon
from annotation.mending import NAMED, RULE
from annotation.openings import matches
from annotation.walk import Walk

# What only people are called by.
_BY_PEOPLE = (
    r"名[叫唤]|(?<![别众几])人[唤称]|人送|诨[名号]|[绰外]号|小名|乳名|大名|本名|原名|真名|学名|笔名|艺名|法[名号]|表字"
    r"|老[大二三四五六七幺]就?叫|(?:起|取)了?个[小外]?[名号]"
)
_INTRODUCED = re.compile(
    rf"(?:(?P<person>(?:{_BY_PEOPLE})叫?做?)|(?P<house>[字店]号叫?|招牌叫)|(?P<any>名为|名字叫|就叫|[叫唤][做作]|叫|唤))"
    r"[“‘「]?(?P<name>[一-龥]{2,4}?(?:·[一-龥]{1,6})?|[一-龥]{5,6}(?=的))"
    r"(?=[”’」]?的(?P<after>[一-龥]{1,4})|[，。、；！？”’」,;!?（(\s]|(?P<final>[吧呢啊呀][，。！？,])|$)"
)
_PERSON = (
    r"(?:人|兵|汉|汉子|孩子?|男孩|女孩|女子|男子|姑娘|丫头|丫鬟|小伙子?|青年|少年|老头儿?|老汉|老人|老太太?|后生|媳妇|女人|男人|儿子?|女儿|闺女|[弟妹]{1,2}|[兄哥姐]{1,2}"
    r"|[父母]亲|丈夫|妻子|老公|老婆|爱人|小姑|同[学桌事伴窗]|[男女]生|学生|老师|教授|师傅|徒弟|先生|医生|大夫|护士|司机|老板娘?|掌柜的?|伙计|裁缝|木匠|铁匠|皮匠|石匠|和尚|道士|尼姑|喇嘛|秀才|书生"
    r"|知青|战士|[连营团排班队]长|主人|神|妖怪?|歌手|演员|导演|作者|记者|编辑|邻居|朋友|女友|男友|小友|家伙)"
)
_PLACE = (
    "(?:村子?|村庄|屯子?|庄子|寨子?|镇子?|小镇|乡|县城?|城|小城|地方|去处|所在|岛|山|岭|坡|河|江|湖|溪|沟|潭|街|路|巷子?"
    "|胡同|渡口?|码头|小站|车站|国家?|园子|林子|桥|庙|寺|观)"
)
_HOUSE = (
    "(?:店|铺子?|馆子?|饭馆|茶馆|酒楼|客栈|公司|厂子?|作坊|学校|院校|美容院|理发店|商号|票号|酒吧|网吧|乐队|组织|社团|团伙"
    "|帮派|杂志|报纸|银行|超市|工作室|书屋|医院|诊所)"
)
_OTHER = (
    "(?:狗|犬|猫|泰迪|金毛|柯基|柴犬|哈士奇|鹦鹉|八哥|鹩哥|鸟|[白黑红]?马|驴子?|骡子?|牛|猪|羊|龟|鱼|车|台风|颜色|色号|歌"
    "|曲子?|戏|书|片子?|电影|游戏|菜|花|草|酒|茶|病|药|节|ID|昵称|网名)"
)
_BEFORE = (
    (re.compile(rf"{_OTHER}(?:[，,]?[它她他]?(?:的?名字)?)?(?:也|就|便|都|取)?(?:名|为什么)?$"), ""),
    (re.compile(rf"(?:{_PERSON}[，,]?|[我俺他她])(?:也|就|便|都|真|的名字)?$"), "PER"),
    (re.compile(rf"{_PLACE}[，,]?(?:也|就|便|都)?$"), "LOC"),
    (re.compile(rf"(?:{_HOUSE}[，,]?|[一这那]家|[一这那]间)(?:也|就|便|都)?$"), "ORG"),
)
_AFTER = (
    (re.compile(_OTHER), ""),
    (re.compile(f"[一-龥]{{0,2}}?(?:{_HOUSE})"), "ORG"),
    (re.compile(f"[一-龥]{{0,2}}?(?:{_PERSON})"), "PER"),
    (re.compile(f"[一-龥]{{0,2}}?(?:{_PLACE})"), "LOC"),
)
# 姓卢|名|世勋: the surname alone is no name, the given one is.
_GIVEN = re.compile(
    "姓(?:[一-龥]|欧阳|司马|诸葛|上官|司徒|慕容)[，,]?(?:单?名|字|小字|草字)叫?(?P<name>[一-龥]{1,3})(?=[，。；,;、])"
)
_NO_NAME = re.compile(
    "[他她我你它这那什谁了着过的]|^[住醒起出喊嚷骂苦好停回开上绝屈卖座阵唤嚣错不得一个人花]|[车声卖驾员台]$"
    rf"|^(?:{alternatives('titles')}|外面|里面|隔壁|楼[上下]|门口|爸爸|妈妈|爷爷|奶奶|哥哥|姐姐|弟弟|妹妹|大家|外卖|先生|大人|老爷)$"
)
_NO_PERSON = re.compile("[村镇乡县市山河湖江街路庄店馆楼寺庙书曲歌国城岛船酒茶病]$")
_ACT = frozenset(("v", "r", "d", "p", "TIME"))  # 妻子叫|吃饭
_SURNAMES = lexicon("surnames")
_THING = re.compile("[村镇乡县市山河湖江街路庄店馆楼寺庙书曲歌狗猫马牛国城岛船酒茶病菜花草树药鸟鱼][^，。；！？]?$")
_LEAST = 8  # characters before in which it stands what is named


def introduced(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """What somebody, a place or a house is called is a name to the next mark, whatever its words."""
    spans = {start: (end, label, bare) for start, end, label, bare in _found(text)}
    if not spans:
        return words
    first = {at for start, (end, label, _) in spans.items() for at in ((start,) if label else range(start, end))}
    walk = Walk(words, [i for i, word in enumerate(words) if any(at in first for at in range(word.start, word.end))])
    for word in walk:
        start = next(at for at in range(word.start, word.end) if at in first)
        end, label, bare = spans.get(start, (word.end, "", False))
        same = (word.start, word.end) == (start, end)
        if not label:
            if word.tag in NAMED:
                walk.put(Word(word.start, word.end, "v", 0.0))
        elif not (same and (word.tag == label or (bare and end - start == 2 and word.tag in _ACT))):
            if start > word.start:
                walk.put(Word(word.start, start, "v", 0.0))
            walk.take(start, end, label, RULE)
    return walk.made


def _found(text: str) -> Iterator[tuple[int, int, str, bool]]:
    """Where each name begins and ends, its tag ("" for that of an animal or a thing), and whether only 叫 says so."""
    for match in matches(_GIVEN, text):
        yield *match.span("name"), "PER", False
    for match in matches(_INTRODUCED, text):
        name, begin = match["name"], match.start()
        if _NO_NAME.search(name):
            continue
        before = text[max(0, begin - _LEAST) : begin]
        label = None
        if match["after"] is not None:
            label = next((label for pattern, label in _AFTER if pattern.match(match["after"])), None)
        if label is None and "被" not in before:
            label = next((label for pattern, label in _BEFORE if pattern.search(before)), None)
        if match["person"] is not None and (label is None or (label != "" and match["person"][0] != "名")):
            open_ended = match["after"] is not None and text[match.end("name")] == "的"
            label = None if open_ended or _THING.search(before.rstrip("，")) else "PER"
        elif match["house"] is not None:
            label = "ORG"
        elif label is None and match["final"] is not None and len(name) == 3 and name[0] in _SURNAMES:
            label = "PER"  # 就叫刁卫生吧
        if label == "PER" and (_NO_PERSON.search(name) or (len(name) > 4 and "·" not in name)):
            continue
        if label is not None:
            yield *match.span("name"), label, match["any"] in ("叫", "唤")
