"""A page's JSON-LD in, what it says about the article out: headline, date, author, publisher.

The vocabulary is schema.org's. Only objects that are an article speak; broken JSON says what two plain strings say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TypeAlias, Union

_Json: TypeAlias = Union[bool, int, float, str, "list[_Json]", "dict[str, _Json]", None]

_ARTICLE = re.compile(r"(?:Article|BlogPosting|NewsArticle|Report|WebPage|DiscussionForumPosting)$")
_PLAIN = re.compile(r'"(datePublished|headline)"\s*:\s*"([^"\\]{4,200})"')
_LONGEST = 200_000  # characters
_LONGEST_VALUE = 200
_DEEPEST = 4


def linked_data(source: str) -> Iterator[tuple[str, str]]:
    """(`datepublished`, `headline`, `ld:author`, `ld:publisher`) with their values; a person's name as `ld:person`."""
    try:
        content = json.loads(source, strict=False) if len(source) <= _LONGEST else None
    except (ValueError, RecursionError):
        content = None
    if content is None:
        yield from ((name.lower(), value) for name, value in _PLAIN.findall(source[:_LONGEST]))
        return
    for thing in _articles(content, 0):
        for name in ("datePublished", "headline"):
            if isinstance(value := thing.get(name), str) and value.strip():
                yield name.lower(), value.strip()[:_LONGEST_VALUE]
        for who in ("author", "publisher"):
            for name, is_person in _names(thing.get(who)):
                yield ("ld:person" if is_person and who == "author" else f"ld:{who}"), name


def _articles(content: _Json, depth: int) -> Iterator[dict[str, _Json]]:
    if depth > _DEEPEST:
        return
    if isinstance(content, list):
        for item in content[:50]:
            yield from _articles(item, depth + 1)
    elif isinstance(content, dict):
        kinds = content.get("@type", "Article")
        if any(
            isinstance(kind, str) and _ARTICLE.search(kind) for kind in (kinds if isinstance(kinds, list) else [kinds])
        ):
            yield content
        yield from _articles(content.get("@graph"), depth + 1)


def _names(who: _Json) -> Iterator[tuple[str, bool]]:
    """The names, each with whether it is said to be a person's."""
    for one in who[:10] if isinstance(who, list) else [who]:
        is_person = isinstance(one, dict) and one.get("@type") == "Person"
        name = one.get("name") if isinstance(one, dict) else one
        if isinstance(name, str) and (name := " ".join(name.split())) and len(name) <= 40:
            yield name, is_person
