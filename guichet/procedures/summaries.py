"""What was answered, in words: for whoever checks it, for the PDF, and to take along."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from guichet.procedures.definitions.model import Page
from guichet.procedures.definitions.words import Words
from guichet.procedures.fields import ROW_KEY, Computed, Item, Paper, Question, Rows, Scene
from guichet.procedures.filling import Place, State
from guichet.procedures.models import Attachment
from guichet.procedures.presented import Presented

Row = dict[str, Any]
# Where a question can be answered again.
WayBack = Callable[[Page, Place], str]
# Where a paper can be downloaded.
WayTo = Callable[[Attachment], str]


def sections(
    shown: Presented, words: Words, change: WayBack | None = None, paper: WayTo | None = None
) -> list[Row]:
    """All answers, page by page, as somebody checks them.

    `change` leads to where each was given, `paper` to each file. A page has `groups`: its own
    answers, without a title, then each row of its repetitions.
    """
    state = shown.state
    scene = state.scene(words)
    found = _answered(shown, scene, change)
    if paper:
        for row in (row for one in found for group in one["groups"] for row in group["rows"]):
            row["files"] = files(row["papers"], paper)
    return found


def files(papers: Iterable[Attachment], paper: WayTo) -> list[Row]:
    """Papers as a list of links: name, kind, size in bytes."""
    return [
        {
            "name": one.file.name,
            "kind": one.file.kind,
            "size": one.file.size_bytes,
            "url": paper(one),
        }
        for one in papers
    ]


def _answered(shown: Presented, scene: Scene, change: WayBack | None) -> list[Row]:
    state = shown.state
    found = []
    for page in state.pages:
        own: list[Row] = []
        groups: list[Row] = [{"title": "", "rows": own}]
        for item in page.items:
            if item.id not in state.shown:
                continue
            if isinstance(item, Rows):
                groups += _row_summaries(item, state, scene, shown, page, change)
            else:
                own += _summary(
                    item, Place(item.id), state.answers, state.values, scene, shown, page, change
                )
        if filled := [group for group in groups if group["rows"]]:
            found.append({"title": scene.words("pages", page.page, "title"), "groups": filled})
    return found


def _row_summaries(
    rows: Rows, state: State, scene: Scene, shown: Presented, page: Page, change: WayBack | None
) -> list[Row]:
    found = []
    for number, row in enumerate(state.rows(rows.id)):
        held = state.row_values(rows.id, number)
        inner_scene = scene.within(held)
        lines: list[Row] = []
        for item in rows.questions:
            place = Place(item.id, rows.id, str(row.get(ROW_KEY)))
            if state.is_shown(place):
                lines += _summary(item, place, row, held, inner_scene, shown, page, change)
        found.append({"title": row_label(rows, state, scene, number), "rows": lines})
    return found


def _summary(
    item: Item,
    place: Place,
    answers: Mapping[str, Any],
    held: Mapping[str, Any],
    scene: Scene,
    shown: Presented,
    page: Page,
    change: WayBack | None,
) -> list[Row]:
    if isinstance(item, Computed) and item.hidden:
        return []
    value, papers, is_given = "", list[Attachment](), True
    if isinstance(item, Computed):
        label = item.label(scene.words)
        value = item.said(held[item.id], scene) if item.id in held else ""
        is_given = False
    elif isinstance(item, Paper):
        label = item.label(scene.words)
        papers = [one for one in shown.attachments if one.path == place.path]
        value = "\n".join(one.file.name for one in papers)
    elif isinstance(item, Question) and not item.agent_only:
        label = item.label(scene.words)
        answer, is_given = answers.get(item.id), not item.is_only_shown
        value = item.said(answer, scene) if answer not in (None, "", [], {}) else ""
    else:
        return []
    url = change(page, place) if change and is_given else None
    return [{"label": label, "value": value, "papers": papers, "change_url": url}]


def row_label(rows: Rows, state: State, scene: Scene, number: int) -> str:
    """What a row is called: by its answers, else by its number."""
    row = state.rows(rows.id)[number]
    inner = scene.within(state.row_values(rows.id, number))
    said = {
        item.id: item.said(row[item.id], inner)
        for item in rows.questions
        if isinstance(item, Question) and row.get(item.id) not in (None, "", [], {})
    }
    template = scene.words("questions", rows.id, "row_label")
    label = " ".join(_filled(template, said).split())
    return label or f"{rows.label(scene.words)} {number + 1}"


def _filled(template: str, said: Mapping[str, str]) -> str:
    for name, value in said.items():
        template = template.replace(f"{{{name}}}", value)
    while "{" in template and "}" in template[template.index("{") :]:
        start = template.index("{")
        template = template[:start] + template[template.index("}", start) + 1 :]
    return template
