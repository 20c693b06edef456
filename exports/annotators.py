"""Who decided, without saying who: a pseudonym for each person of the annotation log.

In: who has a record in the log, and since when. Out: `annotator-1`, `annotator-2`, … in the order of their
first decisions, so that later annotations change no pseudonym that was given. The mapping is published nowhere; whoever
has the log can make it again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from annotation.log import ADJUDICATION, AGREEMENT

POLICIES = ("pseudonyms", "as_logged")
PSEUDONYM = re.compile(rf"(?:{ADJUDICATION})?annotator-[1-9][0-9]*|{AGREEMENT}")


def pseudonyms(people: Mapping[str, str]) -> dict[str, str]:
    """The pseudonym of each annotator of the log, from the time when their first annotation was created.

    Everyone counts who ever annotated, skipped or adjudicated, published or not; ordered by that time, then by name. An
    adjudicator is the annotator of the same name.
    """
    first: dict[str, str] = {}
    for annotator, created in people.items():
        if annotator != AGREEMENT:
            person = annotator.removeprefix(ADJUDICATION)
            first[person] = min(first.get(person, created), created)
    ordered = sorted(first, key=lambda person: (first[person], person))
    return {person: f"annotator-{number}" for number, person in enumerate(ordered, 1)}


def published_name(annotator: str, names: Mapping[str, str]) -> str:
    """An annotator of the log as the dataset names them; an adjudicator stays one, and an agreement is nobody's."""
    if annotator == AGREEMENT:
        return annotator
    person = annotator.removeprefix(ADJUDICATION)
    return annotator[: len(annotator) - len(person)] + names[person]
