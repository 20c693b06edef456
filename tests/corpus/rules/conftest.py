"""What the rules' tests share: a text as the rules see it, and lines made to keep a pattern busy."""

import time
from collections.abc import Callable, Iterable

import pytest

from corpus.lines import Line, split_lines
from corpus.spans import AlignedText

SIZE = 60_000
SECONDS = 0.5
PIECES = [
    "(", ")", "((", "()", "(a", "[", "【 ", " ", "| ", " |  ", "…", "...", ". ", "。", "。)", "。”", "?", "!)",
    ",", ":", "an", "(an", "nanan'", "x*", "汉*", "汉x ", "汉a-", "a@", "qq", "QQ 1", "0531-", "13812345678",
    "1", "2024-1-1", "年前", "来源:", "编辑 ", "记者:", "www.", "http://,", "://", "首页 ", "首页>", "::", "→",
    "关于我们", "浏览器", "建议使用", "©", "许可证", "本文由", "上一篇:", " 下一篇:", "相关", "会员", "(会员",
    "(省略", "付费[", "……(", "蜘蛛池", "历城区 ", "历城区、", "av", "国产", "一、", "第一章 ", "鬱龘", "涓浗",
    "ä¸", "\ufffd", "著", "著有", "瞭", "藉", "國", "扫一扫", "登录后", "昵称", "\u200b", "\r", "\x00",
    "\u3000", "“", "“a,", "a!”",
]  # fmt: skip


@pytest.fixture
def line() -> Callable[[str], Line]:
    """The one line of a text."""

    def make(text: str) -> Line:
        (only,) = split_lines(AlignedText.of(text), None)
        return only

    return make


@pytest.fixture
def text() -> type[AlignedText]:
    return AlignedText


@pytest.fixture
def is_quick() -> Callable[[Callable[[], object]], bool]:
    """Does the call end well under a second of this process's time, whatever else the machine does?"""

    def measure(call: Callable[[], object]) -> bool:
        start = time.process_time()
        result = call()
        if isinstance(result, Iterable) and not isinstance(result, str):
            for _ in result:
                pass
        return time.process_time() - start < SECONDS

    return measure


@pytest.fixture
def busy_with(is_quick: Callable[[Callable[[], object]], bool]) -> Callable[..., list[str]]:
    """The pieces that keep one of the rules busy in a line of 60,000 characters, which `make` gives them as they want.

    The line stands between two of another kind, so that no pattern may match to the end.
    """

    def measure(make: Callable[[str], object], *rules: Callable[..., object]) -> list[str]:
        found = []
        for piece in PIECES:
            made = make("汉" + piece * (SIZE // len(piece)) + "q汉")
            if not all(is_quick(lambda rule=rule, made=made: rule(made)) for rule in rules):  # type: ignore[misc]
                found.append(piece)
        return found

    return measure
