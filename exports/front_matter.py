"""The front matter of a card, read.

In: the text of a card. Out: the values between its first two lines of `---`. huggingface_hub reads it with PyYAML's
scanner in Python, which takes eight times as long as libyaml's, and most of the time of verifying a small dataset.
"""

from __future__ import annotations

from typing import Any

import yaml
from huggingface_hub.repocard import REGEX_YAML_BLOCK
from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

try:
    from yaml.cyaml import CParser
except ImportError:  # PyYAML was built without libyaml
    Loader: Any = yaml.SafeLoader
else:

    class Loader(Composer, CParser, SafeConstructor, Resolver):  # type: ignore[misc, no-redef]
        """libyaml scans and parses; Python composes, since the composer in C ends the process on deep nesting."""

        def __init__(self, stream: str) -> None:
            CParser.__init__(self, stream)
            Composer.__init__(self)
            SafeConstructor.__init__(self)
            Resolver.__init__(self)


def front_matter(text: str) -> dict[str, Any]:
    """The front matter of a card's text, without what is null; empty where the text has none.

    Raises:
        ValueError, yaml.YAMLError, RecursionError: it is no mapping, no YAML, or nested beyond sense.
    """
    found = REGEX_YAML_BLOCK.search(text)
    data = yaml.load(found.group(2), Loader=Loader) if found else None  # noqa: S506 — it constructs what SafeLoader does
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise ValueError("it is not a mapping")
    return {key: value for key, value in data.items() if value is not None}
