"""Which suggestions are doubtful, to be seen in the text: a score in; the id of its region and the view's style out.

Label Studio shows the score of a region in its list, and colours the text by the label alone. Of what we send, the id
of a region is the one thing that reaches its span in the text, as part of a class name. So the id of a suggestion that
is not sure says so, and a style of ours marks those spans, as long as they have the suggested label and nobody has
submitted the task.
"""

from __future__ import annotations

from typing import NamedTuple

from annotation.labels import LabelScheme
from annotation.log import Suggestion


class Grade(NamedTuple):
    """Suggestions scored below `below`, in the order of `GRADES`; they are shown with `mark` and so many strokes."""

    name: str
    below: float
    mark: str
    means: str
    line: str


# What they come to on gold: `make bench-ner`.
GRADES = (
    Grade("doubtful", 0.6, "??", "多半有误", "3px double"),
    Grade("unsure", 0.9, "?", "可能有误", "2px dashed"),
)
SUBMITTED = 'button[aria-label="submit"]'  # Update; the button of an annotation that was never submitted says more
LEGEND = "jiaozhu-legend"


def grade_of(score: float) -> Grade | None:
    """The grade of a suggestion with this score; None for one that is sure."""
    return next((grade for grade in GRADES if score < grade.below), None)


def region_id(span: Suggestion) -> str:
    """The id of a suggested region: suggestions of one text do not overlap, so where it starts names it.

    That of one that is not sure begins with its grade and its label.
    """
    grade = grade_of(span.score)
    return f"{grade.name}-{span.label}-{span.start}" if grade else f"s{span.start}"


def legend() -> str:
    """What the marks mean, in a line."""
    return "　".join(f"{grade.mark} {grade.means}" for grade in reversed(GRADES))


def style(scheme: LabelScheme) -> str:
    """The marks as CSS: a line below the span, stripes over its colour, and question marks after its label.

    Nothing of it is a matter of hue. Label Studio takes CSS for HTML, so there is no `<`, `>` or `&` in it.
    """
    open_task = f"body:not(:has({SUBMITTED}))"
    marked = ", ".join(f'.htx-highlight[class*="htx-highlight-{grade.name}-"]' for grade in GRADES)
    rules = [f".{LEGEND} {{ display: none }}", f"{open_task}:has({marked}) .{LEGEND} {{ display: block }}"]
    for grade in GRADES:
        spans = ", ".join(
            f'[class*="htx-highlight-{grade.name}-{label.name}-"][data-label$=":{_escaped(label.shown)}"]'
            for label in scheme.labels
        )
        rules.append(
            f"{open_task} .htx-highlight:is({spans}) {{ border-bottom: {grade.line} currentColor; "
            "background-image: repeating-linear-gradient("
            "-45deg, var(--color-neutral-background, #fff) 0 2px, transparent 2px 7px) }\n"
            f'{open_task} .htx-highlight:is({spans})::after {{ content: attr(data-label) "{grade.mark}" }}'
        )
    return "\n".join(rules)


def _escaped(text: str) -> str:
    """A text inside a CSS string, and inside HTML."""
    return "".join(character if character.isalnum() else f"\\{ord(character):x} " for character in text)
