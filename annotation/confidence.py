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
    Grade("doubtful", 0.6, "??", "更可能有误", "3px double"),
    Grade("unsure", 0.9, "?", "可能有误", "2px dashed"),
)
SUBMITTED = 'button[aria-label="submit"]'  # Update; the button of an annotation that was never submitted says more
STRIPES = "repeating-linear-gradient(-45deg, var(--color-neutral-background, #fff) 0 2px, transparent 2px 7px)"
LEGEND = "jiaozhu-legend"
_LEGEND, _STRIPES = f"--{LEGEND}", "--jiaozhu-stripes"


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

    Nothing of it is a matter of hue. What depends on the state of the page is held in properties of its body: rules for
    the spans that asked for it themselves would all be matched again after every click. Label Studio takes CSS for
    HTML, so there is no `<`, `>` or `&` in it.
    """
    shown, hidden, rules = [f"{_STRIPES}: {STRIPES}"], [f"{_STRIPES}: none"], []
    for grade in GRADES:
        line, mark = f"--jiaozhu-{grade.name}-line", f"--jiaozhu-{grade.name}-mark"
        shown += [f"{line}: {grade.line} currentColor", f'{mark}: "{grade.mark}"']
        hidden += [f"{line}: 1px dashed transparent", f'{mark}: ""']
        spans = ", ".join(
            f'[class*="htx-highlight-{grade.name}-{label.name}-"][data-label$=":{_escaped(label.shown)}"]'
            for label in scheme.labels
        )
        rules += [
            f".htx-highlight:is({spans}) {{ border-bottom: var({line}); background-image: var({_STRIPES}) }}",
            f".htx-highlight:is({spans})::after {{ content: attr(data-label) var({mark}) }}",
        ]
    marked = ", ".join(f'.htx-highlight[class*="htx-highlight-{grade.name}-"]' for grade in GRADES)
    return "\n".join(
        (
            f"body {{ {'; '.join(shown)}; {_LEGEND}: none }}",
            f"body:has({marked}):not(:has({SUBMITTED})) {{ {_LEGEND}: block }}",
            f"body:has({SUBMITTED}) {{ {'; '.join(hidden)} }}",
            f".{LEGEND} {{ display: var({_LEGEND}) }}",
            *rules,
        )
    )


def _escaped(text: str) -> str:
    """A text inside a CSS string, and inside HTML."""
    return "".join(character if character.isalnum() else f"\\{ord(character):x} " for character in text)
