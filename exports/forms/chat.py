"""Chat: `SPLIT.jsonl`, lines of `{"messages": [system, user, assistant]}` for fine-tuning; `schema.json` of the answer.

The answer is a JSON object with the entities in their order. Models count characters badly, so an entity has no
offsets: it is the n-th occurrence of its words in the passage, which is as exact.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from exports.forms.writing import to_json, write_lines
from exports.rows import Shape

SYSTEM = (
    "从用户给出的文本中标出命名实体，类别为：{labels}。只回答一个 JSON 对象："
    '{{"entities": [{{"text": 原文, "label": 类别, "occurrence": 该原文在文本中第几次出现，从 1 数起}}]}}，'
    "按出现的先后排列；没有实体时 entities 为空。"
)


def write(folder: Path, split: str, rows: Iterator[dict[str, Any]], shape: Shape) -> None:
    """The passages of a split, in the order of its table."""
    system = SYSTEM.format(labels="、".join(shape.labels))
    write_lines(folder / "schema.json", [json.dumps(answer_schema(shape.labels), ensure_ascii=False, indent=2)])
    lines = (
        to_json(
            {
                "messages": [
                    {"role": "system", "content": system},
                    {"role": "user", "content": row["text"]},
                    {"role": "assistant", "content": json.dumps(answer(row), ensure_ascii=False)},
                ]
            }
        )
        for row in rows
    )
    write_lines(folder / f"{split}.jsonl", lines)


def answer_schema(labels: Sequence[str]) -> dict[str, Any]:
    """The JSON schema of an answer, strict enough for structured output."""
    entity = {
        "type": "object",
        "properties": {
            "text": {"type": "string", "minLength": 1},
            "label": {"type": "string", "enum": list(labels)},
            "occurrence": {"type": "integer", "minimum": 1},
        },
        "required": ["text", "label", "occurrence"],
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {"entities": {"type": "array", "items": entity}},
        "required": ["entities"],
        "additionalProperties": False,
    }


def answer(row: dict[str, Any]) -> dict[str, Any]:
    """The entities of a passage as the model is to name them."""
    found = []
    for entity in row["entities"]:
        places = occurrences(row["text"], entity["text"])
        number = next(number for number, start in enumerate(places, 1) if start == entity["start"])
        found.append({"text": entity["text"], "label": entity["label"], "occurrence": number})
    return {"entities": found}


def occurrences(text: str, words: str) -> Iterator[int]:
    """Where `words` begin in the text, overlapping occurrences too."""
    start = text.find(words)
    while start >= 0:
        yield start
        start = text.find(words, start + 1)
