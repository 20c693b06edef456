"""Phones, e-mails, WeChat and QQ numbers, ID numbers and bank cards that stand in an article: where, and masked.

In: a text. Out: the spans of such values, or a text of the same length in which they are asterisks. A number counts
only by its shape *and* what stands around it (a checksum, an area code, the word 电话), because articles are full of
amounts, dates, stock codes and document numbers that must stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.characters import CharacterClass, Mask, codes_of, table_of, text_of

Kind = Literal["email", "id_number", "bank_card", "wechat", "qq", "phone"]


class PersonalData(NamedTuple):
    """A value at `[start, end)` of the text (code points), without the word that announces it."""

    start: int
    end: int
    kind: Kind


# One for one, so that offsets stay: ０１２ＡＢＣ＠－（） and the dashes that stand between digits.
_FOLDED = np.arange(0x110000, dtype=np.int32)
_FOLDED[0xFF01:0xFF5F] -= 0xFEE0
_FOLDED[codes_of("‐‑‒–—―－─")] = ord("-")
_FOLDED[codes_of("\u3000\xa0")] = ord(" ")
_VALUE = re.compile(r"[0-9A-Za-z０-９Ａ-Ｚａ-ｚ]")

# A line without any of these has no personal data; nearly all lines end here.
_HINT = re.compile(
    r"[0-9０-９][0-9０-９ )）\-‐-―－]{3}[0-9０-９]|[@＠#＃]|[(（\[【]at"
    r"|[微薇威vV]信|[vVwW][xX]|(?i:wechat|weixin)"
)
# The same, a character at a time: five characters of a number, or what the other hints begin with.
_DIGIT, _IN_NUMBER = "[0-9０-９]", r"[0-9０-９ )）\-‐-―－]"
_HINT_BEGINS, _HINT_GOES_ON = r"[(（\[【微薇威vVwW]", "[a信xXeE]"
_LINE_BREAK = CharacterClass(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")  # of str.splitlines

# What follows or stands before a plain number and says that it counts or measures something, or names a paper.
_UNIT = (
    r"(?!\ ?(?:[十百千]?[万亿]|[十百千]|[余多]|[美港欧日澳加韩]?元|人民币|英镑|[股吨亩次倍度户辆]|人次|千瓦|兆瓦|平方"
    r"|立方|公里|千米|公斤|字节|步|号(?!码)|[%％‰℃]))"
)
_COUNTED = re.compile(
    r"[¥￥$€£]\ ?$|(?:人民币|代码|编号|单号|订单号?|文号|合同号|许可证号?|备案号?|ISBN|ISSN|条码"
    r"|金额|序列号)[^0-9]{0,4}$"
)
_CALL = (
    r"(?:电话|热线|传真|手机|電話|熱線|傳真|手機|撥打|座机|固话|客服|致电|拨打"
    r"|来电|联系(?:方式|人)?|咨询|投诉|举报|(?i:tel|phone|fax|mobile))"
)
# The number follows the word at once, or after a few words and a colon; 致电 and 拨打 take their object in between.
_ASKED = re.compile(
    _CALL + r"(?:号码?)?(?:[^0-9\u3400-\u9fff]{0,4}|[^0-9。；;]{0,10}[:：]\ ?)$|(?:致电|拨打|来电)[^0-9。；;，,]{0,8}$"
)
_CALL_AFTER = re.compile(r"[政务服便民市长投诉举报咨询客监督公益维权心理援助]{0,10}(?:热线|电话)")
_CARD_WORDS = re.compile(r"(?:卡号|账号|帐号|账户|帐户|银行卡|户名)[^0-9]{0,10}$")
_ID_WORDS = re.compile(r"身份证[^0-9]{0,8}$")
_URL = re.compile(r"(?:https?://|www\.)[!-~]+")

_LEFT = r"(?<![0-9A-Za-z_])(?<![0-9][-./:,])"
_RIGHT = r"(?![0-9A-Za-z_%])(?!\.[0-9])(?!,[0-9]{3}(?![0-9]))"
_AREA = r"(?:10|2\d|[3-9]\d{2})"
_LOCAL = r"[2-9]\d{2,3}[ -]?\d{4}"

_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9_][A-Za-z0-9._%+-]{0,63}\ ?(?:@|\#|\(at\)|\[at\])\ ?"
    r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,4}\.(?!(?:png|jpe?g|gif|svg|webp|js|css|bmp)(?![A-Za-z]))[A-Za-z]{2,24}",
    re.I,
)
_ID = re.compile(
    _LEFT
    + r"[1-8]\d{5}\ ?(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\ ?\d{3}[\dXx]"
    + r"(?![0-9A-Za-z_])|"
    + _LEFT
    + r"[1-8]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}"
    + _RIGHT
    + _UNIT
)
_CARD = re.compile(_LEFT + r"[3-6]\d{3}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?" + _RIGHT + _UNIT)
_WECHAT = re.compile(
    r"(?:微信号?|[薇威]信号?|[vV]信|(?<![A-Za-z])(?i:wechat|weixin|vx|wx))(?:同号|群|号)?"
    r"(?:\ ?[:：为是]\ ?|号\ ?|(?=\ ?[A-Za-z][A-Za-z_-]*[0-9_])\ ?|(?=\ ?[0-9]{6})\ ?)"
    r"([A-Za-z][A-Za-z0-9_-]{5,19}|[1-9]\d{5,11})(?![0-9A-Za-z_])" + _UNIT
)
_QQ = re.compile(
    r"(?:(?<![A-Za-z])[Qq]{2}|扣扣|企鹅号)(?:交流|客服)?(?:群|号码?|邮箱)?号?\ ?[:：为是]?\ ?"
    r"([1-9]\d{4,11})(?![0-9A-Za-z_@])" + _UNIT
)
_MOBILE = re.compile(
    r"(?<![0-9A-Za-z_])(?<![0-9][-./:,])(?:(?:\+?86|0086)[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}" + _RIGHT + _UNIT
)
_LANDLINE = re.compile(
    r"(?<![0-9A-Za-z_])(?<![0-9][-./:,])(?:\(0"
    + _AREA
    + r"\)\ ?|(?:\+|00)86[- ]?\(?0?"
    + _AREA
    + r"\)?[- ]?|0"
    + _AREA
    + r"\ ?[-)/ ]\ ?)"
    + _LOCAL
    + r"(?:[-转]\d{1,6})?(?:\ ?[/、,]\ ?[2-9]\d{6,7}(?![0-9-]))*"
    + _RIGHT
    + _UNIT
)
_SERVICE = re.compile(_LEFT + r"[48]00(?:-\d{3,4}-?\d{3,4}|\ \d{3,4}\ ?\d{3,4}|\d-\d{3}-\d{3}|\d{7})" + _RIGHT + _UNIT)
# Shapes that mean nothing without the word before them (or the hot line's name after them).
_BARE = re.compile(
    _LEFT
    + r"(?!(?:19|20)\d{2}(?:-(?:19|20)\d{2}|(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01]))(?!\d))"  # two years, a date
    + r"(?:0(?:10|2\d)\d{8}|0[3-9]\d{9,10}|[2-9]\d{2,3}-?\d{4}|1[02]\d{3}|9[56]\d{3,4})"
    + _RIGHT
    + _UNIT
    + r"(?!\ ?[人名家个年月日米块台件套篇条页册分秒里款项宗例种只头颗])"
)

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_PROVINCES = frozenset(
    str(code)
    for codes in ((11, 16), (21, 24), (31, 38), (41, 47), (50, 55), (61, 66), (71, 72), (81, 84))
    for code in range(*codes)
)
_BEFORE = 24  # characters looked at for a word before a number
_ROUNDS = 3


def find(text: str) -> list[PersonalData]:
    """Every value, in order, none overlapping. Time grows linearly with the text.

    A value that shows only once its neighbour is taken away (`a@b.com13812345678`) counts too, so that nothing is
    left to find in `mask(text)`.
    """
    found: list[PersonalData] = []
    places = np.flatnonzero(hints(codes_of(text)))
    if not len(places):
        return found
    breaks = np.flatnonzero(_LINE_BREAK.where(text))
    borders = np.concatenate(([0], breaks + 1, [len(text)]))
    for index in np.unique(breaks.searchsorted(places)).tolist():
        start, end = borders[index : index + 2].tolist()
        if _HINT.search(text, start, end):
            line = text_of(_FOLDED.take(codes_of(text)[start:end]))
            found += (PersonalData(start + low, start + high, kind) for low, high, kind in _find(line))
    return found


def hints(codes: NDArray[np.integer[Any]]) -> Mask:
    """Where something begins without which a text has no value; of many texts side by side as of one.

    Where one text's end and the next one's begin look like a value, that is a hint too.
    """
    kinds = _hint_kinds().take(codes)
    hinted: Mask = (kinds & 4) > 0
    hinted[:-1] |= ((kinds[:-1] & 8) > 0) & ((kinds[1:] & 16) > 0)
    digit, joined = (kinds & 1) > 0, (kinds & 2) > 0
    hinted[:-4] |= digit[:-4] & joined[1:-3] & joined[2:-2] & joined[3:-1] & digit[4:]
    return hinted


@cache
def _hint_kinds() -> NDArray[np.uint8]:
    """A bit a class, so that one look-up of a character answers for all."""
    classes = (_DIGIT, _IN_NUMBER, "[@＠#＃]", _HINT_BEGINS, _HINT_GOES_ON)
    tables = [table_of(characters).astype(np.uint8) << number for number, characters in enumerate(classes)]
    kinds: NDArray[np.uint8] = np.bitwise_or.reduce(tables)
    return kinds


def mask(text: str) -> str:
    """The text with every letter and digit of every value as `*`; separators (`@`, `.`, `-`, spaces) stay.

    As long as the text was, so offsets in it stay valid.
    """
    return cover(text, find(text))


def cover(text: str, values: list[PersonalData]) -> str:
    """The text with the letters and digits of these values as `*`."""
    pieces: list[str] = []
    cursor = 0
    for start, end, _ in values:
        pieces += (text[cursor:start], _VALUE.sub("*", text[start:end]))
        cursor = end
    return "".join((*pieces, text[cursor:]))


def _find(folded: str) -> list[PersonalData]:
    """The values of a line whose full-width characters have been made half-width."""
    found: list[PersonalData] = []
    number = 0
    while new := _one_round(folded):
        number += 1
        if number > _ROUNDS:
            # No prose: values that hide one another in a long chain. Take the whole run of letters and digits each.
            new = _widened(folded, new)
        found += new
        folded = cover(folded, new)
    return _joined(sorted(found)) if number > 1 else found


def _one_round(line: str) -> list[PersonalData]:
    """The values of a line, ordered; of overlapping ones the kind that was asked first."""
    taken = bytearray(len(line))
    found: list[PersonalData] = []
    urls = [match.span() for match in _URL.finditer(line)]
    for start, end in urls:
        taken[start:end] = b"\1" * (end - start)  # a number in an address is a part of the address
    kinds = _KINDS if _LONG.search(line) else _SHORT_KINDS
    for kind, pattern, is_one in kinds:
        if pattern is _BARE and not _CALL_WORD.search(line):
            continue
        for match in pattern.finditer(line):
            start, end = match.span(match.lastindex or 0)
            if not taken.find(1, start, end) >= 0 and is_one(line, start, end):
                taken[start:end] = b"\1" * (end - start)
                found.append(PersonalData(start, end, kind))
    return sorted(found)


def _widened(line: str, values: list[PersonalData]) -> list[PersonalData]:
    runs = re.compile(r"[!-~]+").finditer(line)
    widened: dict[int, PersonalData] = {}
    run = next(runs, None)
    for value in values:
        while run and run.end() <= value.start:
            run = next(runs, None)
        start = min(value.start, run.start()) if run else value.start
        end = max(value.end, run.end()) if run else value.end
        widened[start] = PersonalData(start, end, value.kind)
    return _joined(sorted(widened.values()))


def _joined(values: list[PersonalData]) -> list[PersonalData]:
    """Overlapping values as one."""
    joined: list[PersonalData] = []
    for value in values:
        if joined and value.start < joined[-1].end:
            joined[-1] = joined[-1]._replace(end=max(joined[-1].end, value.end))
        else:
            joined.append(value)
    return joined


def _digits(line: str, start: int, end: int) -> str:
    return "".join(character for character in line[start:end] if character.isdigit())


def _before(line: str, start: int) -> str:
    return line[max(0, start - _BEFORE) : start]


def _is_counted(line: str, start: int, end: int) -> bool:
    """A round sum, an amount of a currency, or the number of a paper."""
    return line[start:end].endswith("0000000") or bool(_COUNTED.search(_before(line, start)))


def _is_any(line: str, start: int, end: int) -> bool:
    return True


def _is_email(line: str, start: int, end: int) -> bool:
    value = line[start:end]
    return "#" not in value or value.lower().endswith((".com", ".cn", ".net", ".org"))


def _is_id(line: str, start: int, end: int) -> bool:
    """GB 11643: a province, a date (by the pattern), and for 18 digits the check character of ISO 7064 MOD 11-2."""
    value = line[start:end].replace(" ", "").upper()
    if value[:2] not in _PROVINCES or _is_counted(line, start, end):
        return False
    if len(value) == 15:
        return True
    total = sum(int(digit) * weight for digit, weight in zip(value, _ID_WEIGHTS, strict=False))
    return value[17] == "10X98765432"[total % 11] or bool(_ID_WORDS.search(_before(line, start)))


def _is_card(line: str, start: int, end: int) -> bool:
    """Luhn's check digit (ISO/IEC 7812-1)."""
    if _CARD_WORDS.search(_before(line, start)):
        return True
    if _is_counted(line, start, end):
        return False
    digits = [int(digit) for digit in reversed(_digits(line, start, end))]
    doubled = sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + doubled) % 10 == 0


def _is_phone(line: str, start: int, end: int) -> bool:
    return not _is_counted(line, start, end)


def _is_service(line: str, start: int, end: int) -> bool:
    """With its usual separators, or near a word that asks to call."""
    separated = end - start > 10
    return _is_phone(line, start, end) and (separated or _is_asked(line, start, end))


def _is_asked(line: str, start: int, end: int) -> bool:
    return not _is_counted(line, start, end) and bool(
        _ASKED.search(_before(line, start)) or _CALL_AFTER.match(line, end, end + 12)
    )


# Nine digits with no more than marks between them: every phone with its prefix, ID number and bank card has them.
_LONG = re.compile(r"[0-9](?:[-+ ()/]{0,3}[0-9]){8}")
_CALL_WORD = re.compile(_CALL)
_Test = Callable[[str, int, int], bool]
_KINDS: tuple[tuple[Kind, re.Pattern[str], _Test], ...] = (
    ("email", _EMAIL, _is_email),
    ("id_number", _ID, _is_id),
    ("bank_card", _CARD, _is_card),
    ("phone", _LANDLINE, _is_phone),
    ("phone", _MOBILE, _is_phone),
    ("phone", _SERVICE, _is_service),
    ("wechat", _WECHAT, _is_any),
    ("qq", _QQ, _is_any),
    ("phone", _BARE, _is_asked),
)
_SHORT_KINDS = tuple(kind for kind in _KINDS if kind[1] in (_EMAIL, _WECHAT, _QQ, _BARE))
