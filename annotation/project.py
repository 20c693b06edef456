"""The Label Studio project: made from the label scheme, found again by its title, kept up to date with the scheme.

Annotators see the scheme's Chinese names; results and suggestions carry the exported ones (`alias` in Label Studio). A
large corpus has several projects, its parts: `TITLE`, `TITLE 2`, `TITLE 3`, …, marked as such in their descriptions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from annotation.confidence import LEGEND, legend, style
from annotation.labels import LabelScheme
from corpus.errors import JiaozhuError

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

CONTROL, TEXT = "label", "text"  # names of the two tags; every result refers to them
TITLE_LENGTHS = (3, 50)  # that Label Studio takes
UNLISTED = (  # columns that Label Studio hides by itself
    *("annotations_results", "annotations_ids", "predictions_model_versions", "predictions_results", "file_upload"),
    *("storage_filename", "created_at", "updated_at", "updated_by", "avg_lead_time", "draft_exists"),
)
EXAMPLES = 3  # tasks named with each label a scheme would orphan
ADJUDICATING = " 裁定"  # ends the title of the project where conflicts of another are decided
# Browsers hide <area>, of which Label Studio makes the handles that drag a border. It writes labels in their own
# colours on white, and in white on their colours: yellow cannot be read so.
STYLE = """
    .jiaozhu-source { display: flex; flex-wrap: wrap; align-items: center; gap: 0 1.5em; opacity: 0.8 }
    .jiaozhu-source * { margin: 0; font-size: 13px; font-weight: 400; line-height: 1.8; overflow-wrap: anywhere }
    .lsf-htx-richtext { font-size: 17px; line-height: 2.2 }
    .lsf-htx-richtext .htx-highlight area { display: inline }
    .lsf-htx-richtext .htx-highlight { border-radius: 3px; margin: 0 1px }
    .lsf-labels-list, .lsf-detailed-region__head { color: var(--color-neutral-content, #000) !important }
    .lsf-labels-list { white-space: nowrap }
    .lsf-outliner-item__index { color: var(--color-neutral-content, #000) !important; background: none !important;
      border: 2px solid var(--text-color) }
    .lsf-label_selected, .lsf-label_selected .lsf-label__hotkey { color: #000 !important }
    .lsf-label_selected { background: color-mix(in srgb, var(--color) 60%, #fff) !important;
      box-shadow: 0 0 0 2px var(--color) }
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
    """A project on the server, or one part of it.

    `model` is the version of the suggestions it shows, empty where it has none; `tasks` counts its tasks as they were
    when it was looked up.
    """

    id: int
    title: str
    model: str
    tasks: int
    part: int = 1


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
  <Style>{STYLE}{escape(style(scheme))}</Style>
  <View style="position: sticky; top: 0; z-index: 2; padding: 4px 0; background: var(--color-neutral-background, #fff)">
    <Labels name="{CONTROL}" toName="{TEXT}" showInline="true">
{labels}
    </Labels>
  </View>
  <Header value="$title" size="4" underline="false"/>
  <View className="jiaozhu-source">
    <Header value="$published_at" size="6" underline="false"/>
    <Header value="$publisher" size="6" underline="false"/>
    <Markdown value="$link"/>
    <View className="{LEGEND}"><Header value="{legend()}" size="6" underline="false"/></View>
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


def find_projects(client: LabelStudio, title: str, scheme: LabelScheme) -> tuple[Project, ...]:
    """The parts of the project of exactly this title, in their order; nothing where there is none.

    Raises:
        JiaozhuError: several have the title of one part, one is not ours, or it uses labels the scheme does not have.
    """
    found: dict[int, Any] = {}
    listed: Any = client.projects.list(title=title, page_size=100)
    for project in listed:
        part = _part(project, title)
        if part in found:
            raise JiaozhuError(f"2 projects are called {project.title!r}; rename all but one in Label Studio")
        if part:
            found[part] = project
    projects: list[Project] = []
    for part in sorted(found):
        there: Any = client.projects.get(found[part].id)
        _check_labels(client, there, scheme)
        projects.append(_project(there, part))
    return tuple(projects)


def require_projects(client: LabelStudio, title: str, scheme: LabelScheme) -> tuple[Project, ...]:
    """The parts of the project of this title; a JiaozhuError where there is none."""
    projects = find_projects(client, title, scheme)
    if not projects:
        raise JiaozhuError(
            f"no project is called {title!r}; run `jiaozhu annotation push` first, or check [studio] project"
        )
    return projects


def require_project(client: LabelStudio, title: str, scheme: LabelScheme) -> Project:
    """The first part of `require_projects`, for a project that has one only."""
    return require_projects(client, title, scheme)[0]


def ensure_projects(client: LabelStudio, title: str, scheme: LabelScheme) -> tuple[Project, ...]:
    """Find the parts of the project, or make its first; each shows the labels and the guideline of this scheme."""
    projects = find_projects(client, title, scheme)
    if not projects:
        return (make_part(client, title, 1, scheme),)
    for project in projects:
        there: Any = client.projects.get(project.id)
        wanted: dict[str, Any] = {
            "label_config": labeling_config(scheme),
            "expert_instruction": instruction(scheme),
            "show_instruction": True,
        }
        if any(_stripped(getattr(there, name)) != _stripped(value) for name, value in wanted.items()):
            client.projects.update(project.id, **wanted)
    return projects


def ensure_project(client: LabelStudio, title: str, scheme: LabelScheme) -> Project:
    """The first part of `ensure_projects`, for a project that has one only."""
    return ensure_projects(client, title, scheme)[0]


def make_part(client: LabelStudio, title: str, part: int, scheme: LabelScheme) -> Project:
    """Make one part of a project. Where another run made it at the same moment, it is that one's.

    Raises:
        JiaozhuError: Label Studio would not take the title.
    """
    shortest, longest = TITLE_LENGTHS
    name = part_title(title, part)
    if not shortest <= len(name) <= longest:
        raise JiaozhuError(
            f"the project title {name!r} must have {shortest} to {longest} characters; change [studio] project"
        )
    made: Any = client.projects.create(
        title=name,
        description=_description(title, part),
        label_config=labeling_config(scheme),
        expert_instruction=instruction(scheme),
        show_instruction=True,
        show_collab_predictions=True,
        enable_empty_annotation=True,  # a text without entities is a decision too
    )
    listed: Any = client.projects.list(title=name, page_size=100)
    first = min(project.id for project in listed if _part(project, title) == part)
    if first != made.id:  # both see both, and each keeps the older one
        client.projects.delete(made.id)
        made = client.projects.get(first)
    else:
        client.views.create(project=made.id, data=_task_list())
    return _project(made, part)


def _task_list() -> Any:  # noqa: ANN401
    """The list of tasks: what a person chooses by, without our keys; Label Studio keeps what people change of it."""
    keys = ("data.text", "data.text_sha256", "data.url", "data.link", "inner_id", "total_predictions", *UNLISTED)
    beside = ("data.publisher", "data.published_at", "data.doc_id", "id", "completed_at", "cancelled_annotations")
    hidden = {"explore": keys, "labeling": (*keys, *beside, "predictions_score", "annotators")}
    columns = {name: [f"tasks:{key}" for key in found] for name, found in hidden.items()}
    return {"title": "Default", "hiddenColumns": columns}


def part_title(title: str, part: int) -> str:
    """What the part is called. The first has the title alone, so that a project that grows is not renamed."""
    return title if part == 1 else f"{title} {part}"


def _description(title: str, part: int) -> str:
    return "" if part == 1 else f"part {part} of {title}"


def _part(project: Any, title: str) -> int:  # noqa: ANN401
    """Which part of the project `title` this is; 0 where it is none. A number in a title alone makes no part."""
    if project.title == title:
        return 1
    number = re.fullmatch(re.escape(title) + r" ([1-9]\d*)", project.title or "")
    part = int(number[1]) if number else 0
    marked = part > 1 and _description(title, part) in (project.description or "").splitlines()  # people add to it
    return part if marked else 0


def _project(there: Any, part: int) -> Project:  # noqa: ANN401
    return Project(there.id, there.title, there.model_version or "", there.task_number or 0, part)


def _stripped(value: object) -> object:
    return value.strip() if isinstance(value, str) else value  # the server strips what it keeps


def _check_labels(client: LabelStudio, project: Any, scheme: LabelScheme) -> None:  # noqa: ANN401
    """Refuse a project that is not ours, and a scheme that would leave labels in it without meaning."""
    title, config = project.title, project.parsed_label_config or {}
    control = config.get(CONTROL)
    if not control or control.get("type") != "Labels" or control.get("to_name") != [TEXT]:
        raise JiaozhuError(
            f"project {title!r} has no <Labels name={CONTROL!r} toName={TEXT!r}>, so it is not one of ours; "
            "choose another title in [studio] project"
        )
    lost = [_orphaned(client, project.id, label) for label in sorted(set(control["labels"]) - set(scheme.names))]
    if orphans := [reason for reason in lost if reason]:
        raise JiaozhuError(
            f"project {title!r} holds labels that scheme {scheme.version} does not have: {'; '.join(orphans)}. "
            "Keep them in the scheme, relabel them in Label Studio, or give the scheme a new title in [studio] project"
        )


def _orphaned(client: LabelStudio, project: int, label: str) -> str:
    """Where a label the scheme lacks is used, with counts and examples; empty where it is not.

    The server's own summary misses labels that are only in suggestions, so the results themselves are searched.
    """
    regions = tasks = suggested = 0
    examples: list[str] = []
    for task in _holding(client, project, "annotations_results", label):
        held = sum(_labels(annotation.get("result") or ()).count(label) for annotation in task.annotations or ())
        if held:
            regions, tasks = regions + held, tasks + 1
            if len(examples) < EXAMPLES:
                examples.append(str(task.id))
    for _ in _holding(client, project, "predictions_results", label):
        suggested += 1
    parts = []
    if regions:
        parts.append(f"{regions} in annotations, as of task{'s' * (len(examples) > 1)} {', '.join(examples)}")
    if suggested:
        parts.append(f"suggested in {suggested} tasks")
    return f"{label} ({'; '.join(parts)})" if parts else ""


def _holding(client: LabelStudio, project: int, column: str, label: str) -> Iterator[Any]:
    item = {"filter": f"filter:tasks:{column}", "operator": "contains", "type": "String", "value": json.dumps(label)}
    query = json.dumps({"filters": {"conjunction": "and", "items": [item]}})
    pages: Any = client.tasks.list(project=project, query=query, page_size=200, fields="all")
    yield from pages


def _labels(results: Iterable[Mapping[str, Any]]) -> list[str]:
    return [label for item in results for label in (item.get("value") or {}).get("labels") or ()]
