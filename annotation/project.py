"""The Label Studio project: made from the label scheme, found again by its title, refused where its labels differ.

Annotators see the scheme's Chinese names; results and suggestions carry the exported ones (`alias` in Label Studio).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from annotation.labels import LabelScheme
from corpus.errors import JiaozhuError

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

CONTROL, TEXT = "label", "text"  # names of the two tags; every result refers to them
ADJUDICATING = " 裁定"  # ends the title of the project where conflicts of another are decided
STYLE = """
    .jiaozhu-source { display: flex; flex-wrap: wrap; gap: 0 1.5em; overflow-wrap: anywhere }
    .jiaozhu-source * { margin: 0; font-size: 13px; font-weight: 400; opacity: 0.7 }
    .lsf-htx-richtext { font-size: 17px; line-height: 2.2 }
  """
GUIDELINE_STYLE = """
  .jiaozhu-guideline { line-height: 1.7 }
  .jiaozhu-guideline h1, .jiaozhu-guideline h2, .jiaozhu-guideline h3 { margin: 1em 0 0.4em; line-height: 1.3 }
  .jiaozhu-guideline p, .jiaozhu-guideline li { margin: 0.3em 0 }
  .jiaozhu-guideline ul { list-style: disc; padding-left: 1.5em }
  .jiaozhu-guideline ol { list-style: decimal; padding-left: 1.5em }
  .jiaozhu-guideline th, .jiaozhu-guideline td { padding: 0.2em 0.6em; text-align: left; white-space: nowrap }
  .jiaozhu-guideline td:last-child { white-space: normal }
"""


@dataclass(frozen=True, slots=True)
class Project:
    """A project on the server. `model` is the version of the suggestions it shows, empty where it has none."""

    id: int
    title: str
    model: str


def labeling_config(scheme: LabelScheme) -> str:
    """The annotators' view, as Label Studio's XML.

    `pre-wrap` shows the text exactly, `symbol` lets a span begin at any character, and the labels stay in sight.
    """
    labels = "\n".join(
        f"      <Label value={quoteattr(label.shown)} alias={quoteattr(label.name)} "
        f"hotkey={quoteattr(label.hotkey)} background={quoteattr(label.colour)}/>"
        for label in scheme.labels
    )
    return f"""<View>
  <Style>{STYLE}</Style>
  <View style="position: sticky; top: 0; z-index: 2; padding: 4px 0; background: var(--color-neutral-background, #fff)">
    <Labels name="{CONTROL}" toName="{TEXT}" showInline="true">
{labels}
    </Labels>
  </View>
  <Header value="$title" size="4" underline="false"/>
  <View className="jiaozhu-source">
    <Header value="$published_at" size="6" underline="false"/>
    <Header value="$publisher" size="6" underline="false"/>
    <Header value="$url" size="6" underline="false"/>
  </View>
  <View style="white-space: pre-wrap; max-width: 50em">
    <Text name="{TEXT}" value="$text" granularity="symbol" showLabels="true"/>
  </View>
</View>
"""


def instruction(scheme: LabelScheme) -> str:
    """The guideline as HTML. Label Studio lets scripts through here, so raw HTML of the Markdown is escaped."""
    from markdown_it import MarkdownIt

    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(scheme.guideline)
    return f'<style>{GUIDELINE_STYLE}</style><div class="jiaozhu-guideline">{body}</div>'


def find_project(client: LabelStudio, title: str, scheme: LabelScheme) -> Project | None:
    """The project of exactly this title, or None.

    Raises:
        JiaozhuError: several have the title, or its labels are not the scheme's.
    """
    listed: Any = client.projects.list(title=title, page_size=100)
    found = [project for project in listed if project.title == title]
    if not found:
        return None
    if len(found) > 1:
        raise JiaozhuError(f"{len(found)} projects are called {title!r}; rename all but one in Label Studio")
    there: Any = client.projects.get(found[0].id)
    _check_labels(title, there.parsed_label_config or {}, scheme)
    return Project(there.id, title, there.model_version or "")


def require_project(client: LabelStudio, title: str, scheme: LabelScheme) -> Project:
    """The project of this title; a JiaozhuError where there is none."""
    project = find_project(client, title, scheme)
    if project is None:
        raise JiaozhuError(
            f"no project is called {title!r}; run `jiaozhu annotation push` first, or check [studio] project"
        )
    return project


def ensure_project(client: LabelStudio, title: str, scheme: LabelScheme) -> Project:
    """Find the project or make it; either way it shows the guideline of this scheme's version."""
    if not 3 <= len(title) <= 50:
        raise JiaozhuError(f"the project title {title!r} must have 3 to 50 characters; change [studio] project")
    project = find_project(client, title, scheme)
    if project is not None:
        client.projects.update(project.id, expert_instruction=instruction(scheme), show_instruction=True)
        return project
    made: Any = client.projects.create(
        title=title,
        label_config=labeling_config(scheme),
        expert_instruction=instruction(scheme),
        show_instruction=True,
        show_collab_predictions=True,
        enable_empty_annotation=True,  # a text without entities is a decision too
    )
    listed: Any = client.projects.list(title=title, page_size=100)
    first = min((project.id for project in listed if project.title == title), default=made.id)
    if first != made.id:  # another push made it in the same moment; the first one stays
        client.projects.delete(made.id)
    return Project(first, title, "")


def _check_labels(title: str, config: dict[str, Any], scheme: LabelScheme) -> None:
    control = config.get(CONTROL)
    if not control or control.get("type") != "Labels" or control.get("to_name") != [TEXT]:
        raise JiaozhuError(
            f"project {title!r} has no <Labels name={CONTROL!r} toName={TEXT!r}>, so it is not one of ours; "
            "choose another title in [studio] project"
        )
    there, ours = set(control["labels"]), set(scheme.names)
    if there != ours:
        differences = [f"+{name}" for name in sorted(there - ours)] + [f"-{name}" for name in sorted(ours - there)]
        raise JiaozhuError(
            f"project {title!r} has other labels than scheme {scheme.version} ({' '.join(differences)}); "
            "give the scheme a new project title in [studio], or change its labels in Label Studio"
        )
