"""Who decided, without saying who: a pseudonym for each person of the annotation log.

In: the log. Out: `annotator-1`, `annotator-2`, … in the order of their first decisions, so that later annotations
change no pseudonym that was given. The mapping is published nowhere; whoever has the log can make it again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from annotation.log import ADJUDICATION, AGREEMENT

POLICIES = ("pseudonyms", "as_logged")
PSEUDONYM = re.compile(rf"(?:{ADJUDICATION})?annotator-[1-9][0-9]*|{AGREEMENT}")


def pseudonyms(log: Path) -> dict[str, str]:
    """The pseudonym of each person of the log, whose lines `read_log` has checked.

    Everyone counts who ever annotated, skipped or adjudicated, published or not; ordered by the time when their first
    annotation was created, then by name.
    """
    first: dict[str, str] = {}
    with log.open("rb") as file:
        for line in file:
            if line.strip():
                record: dict[str, Any] = json.loads(line)
                person = record["annotator"].removeprefix(ADJUDICATION)
                if record["annotator"] != AGREEMENT:
                    first[person] = min(first.get(person, record["created_at"]), record["created_at"])
    ordered = sorted(first, key=lambda person: (first[person], person))
    return {person: f"annotator-{number}" for number, person in enumerate(ordered, 1)}


def published_name(annotator: str, names: Mapping[str, str]) -> str:
    """An annotator of the log as the dataset names them; an adjudicator stays one, and an agreement is nobody's."""
    if annotator == AGREEMENT:
        return annotator
    person = annotator.removeprefix(ADJUDICATION)
    return annotator[: len(annotator) - len(person)] + names[person]
