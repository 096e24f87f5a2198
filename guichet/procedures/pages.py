"""What pages of procedures show: items drawn, the list of tasks, summaries of answers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from guichet import clock
from guichet.procedures import prefilling, summaries
from guichet.procedures.definitions.enclosing import Enclosure
from guichet.procedures.definitions.form import Form
from guichet.procedures.definitions.model import Page
from guichet.procedures.definitions.words import Words
from guichet.procedures.fields import ROW_KEY, Computed, Item, Paper, Question, Rows, Scene
from guichet.procedures.fields.content import (
    Download,
    Enclosed,
    Enclosing,
    Heading,
    Help,
    Image,
    Note,
    Video,
)
from guichet.procedures.filling import Place, Problem, State
from guichet.procedures.forms import PageForm
from guichet.procedures.models import Attachment, Content, Draft

Row = dict[str, Any]
# Where somebody comes from who corrects one answer only, and goes back to.
FROM, CHECKING = "de", "verifier"

BESIDE = timedelta(minutes=10)  # so long after a save, somebody is taken to be at it still


@dataclass(frozen=True)
class Pages:
    """The addresses of a draft, and which page comes after which."""

    draft: Draft
    form: Form
    words: Words

    def url(self, view: str, *more: object) -> str:
        """An address of this draft."""
        return reverse(
            f"procedures:{view}", args=[self.draft.space.identifier, self.draft.pk, *more]
        )

    def page_url(self, page: Page, place: Place | None = None) -> str:
        """Where a question is asked."""
        if place and place.rows:
            return self.url("row", page.page, place.rows, place.row) + f"#{place.name}"
        return self.url("page", page.page) + (f"#{place.name}" if place else "")

    def paper_url(self, paper: Attachment) -> str:
        """Where a paper is downloaded."""
        return self.url("paper", paper.pk)

    def correcting_url(self, page: Page, place: Place) -> str:
        """Where one answer is corrected; what is wrong is said there, and from there one comes back."""
        path, _hash, fragment = self.page_url(page, place).partition("#")
        return f"{path}?{FROM}={CHECKING}#{fragment}"

    def enclosure(self, of: Enclosed) -> tuple[str, Enclosure]:
        """A file of the version, in the language of the page where there is one for each: its name, and it."""
        name = of if isinstance(of, str) else of.get(self.words.language) or of["fr"]
        return name, self.form.enclosures[name]

    def file_url(self, name: str) -> str:
        """Where everybody finds a file of this version."""
        digest = self.form.enclosures[name].sha256
        return reverse("procedures:enclosed", args=[self.form.code, digest, name])

    def title(self, page: Page) -> str:
        """What is asked there."""
        return self.words("pages", page.page, "title")

    def after(self, state: State, page: Page) -> str:
        """The page that follows; after the last one everything is checked."""
        shown = state.pages
        place = next((n for n, one in enumerate(shown) if one.page == page.page), -1)
        following = shown[place + 1 :] if place >= 0 else shown[:1]
        return self.page_url(following[0]) if following else self.url("check")

    def before(self, state: State, page: Page) -> str:
        """The page before; before the first one stands the list of tasks."""
        shown = state.pages
        place = next((n for n, one in enumerate(shown) if one.page == page.page), 0)
        return self.page_url(shown[place - 1]) if place else self.url("fill")


def tasks(pages: Pages, state: State, typed: Mapping[str, Any]) -> list[Row]:
    """The pages with what is left to do on each."""
    problems = [problem for problem in state.faults(pages.words) if problem.blocks]
    found = []
    for number, page in enumerate(state.pages, start=1):
        left = sum(problem.page.page == page.page for problem in problems)
        left += sum(pages.form.page_of.get(_name(path)) == page for path in typed)
        found.append(
            {
                "number": number,
                "title": pages.title(page),
                "url": pages.page_url(page),
                "left": left,
                "is_begun": _is_begun(page, state),
            }
        )
    return found


def items(
    form: PageForm,
    page_items: Iterable[Item],
    state: State,
    scene: Scene,
    *,
    pages: Pages,
    page: Page,
    rows: str = "",
    row: str = "",
    attachments: Iterable[Attachment] = (),
    sources: Mapping[str, Any] | None = None,
) -> list[Row]:
    """The items of a page in order, those that are hidden too: a script may show them."""
    found = []
    held = scene.row if rows else state.values
    for item in page_items:
        if isinstance(item, Question) and item.agent_only:
            continue
        place = Place(item.id, rows, row)
        drawn: Row = {"id": item.id, "shown": state.is_shown(place), "kind": _kind(item)}
        drawn["errors"] = form.errors.get(item.id, [])
        if isinstance(item, Rows):
            drawn |= row_list(item, state, scene, pages, page)
        elif isinstance(item, Paper):
            drawn |= {
                "label": item.label(pages.words),
                "hint": pages.words("questions", item.id, "hint"),
                "is_required": item.is_required(scene) and not item.later,
                "files": summaries.files(
                    (one for one in attachments if one.path == place.path), pages.paper_url
                ),
                "path": place.path,
            }
        elif isinstance(item, Computed):
            value = held.get(item.id)
            drawn |= {
                "label": item.label(pages.words),
                "formula": pages.words("questions", item.id, "formula"),
                "value": item.said(value, scene) if value is not None else "",
                "skip": item.hidden,
            }
        elif isinstance(item, Question):
            drawn["field"] = form[item.id]
            drawn["source"] = "" if item.is_only_shown else source(sources or {}, place.path)
        else:
            drawn |= content(item, pages)
        found.append(drawn)
    return found


def content(item: Item, pages: Pages) -> Row:
    """Something to read, to look at or to take along."""
    words = pages.words
    drawn: Row = {
        "title": words("questions", item.id, "title"),
        "text": words.lines("questions", item.id, "text"),
        "look": item.look if isinstance(item, Note) else "plain",
        "level": item.level if isinstance(item, Heading) else 2,
    }
    if not isinstance(item, Enclosing):
        return drawn
    name, file = pages.enclosure(item.file)
    drawn |= {"url": pages.file_url(name), "file": file}
    if isinstance(item, Image):
        drawn["alt"] = words("questions", item.id, "alt")
    elif isinstance(item, Video):
        drawn["size"] = {"width": item.width, "height": item.height}
        drawn["transcript"] = words.lines("questions", item.id, "transcript")
        drawn["captions"] = [
            {"language": code, "label": label, "url": pages.file_url(item.captions[code])}
            for code, label in settings.LANGUAGES
            if code in item.captions
        ]
    elif isinstance(item, Download):
        drawn["label"] = words("questions", item.id, "label")
        drawn["suffix"] = name.rpartition(".")[2].upper()
    return drawn


def row_list(rows: Rows, state: State, scene: Scene, pages: Pages, page: Page) -> Row:
    """A repetition on its page: its rows by label."""
    lines = []
    for number, row in enumerate(state.rows(rows.id)):
        key = str(row.get(ROW_KEY))
        lines.append(
            {
                "key": key,
                "label": summaries.row_label(rows, state, scene, number),
                "url": pages.url("row", page.page, rows.id, key),
            }
        )
    return {
        "label": rows.label(pages.words),
        "hint": pages.words("questions", rows.id, "hint"),
        "add": pages.words("questions", rows.id, "add"),
        "rows": lines,
        "is_full": len(lines) >= rows.max,
    }


def problem_rows(problems: Iterable[Problem], pages: Pages) -> list[Row]:
    """What is missing or wrong, each with the way to it."""
    return [
        {
            "message": problem.message,
            "url": pages.correcting_url(problem.page, problem.place),
            "page": pages.title(problem.page),
            "blocks": problem.blocks,
        }
        for problem in problems
    ]


def source(sources: Mapping[str, Any], path: str) -> str:
    """Where a value came from that nobody typed."""
    known = sources.get(path)
    if not known:
        return ""
    words = {
        prefilling.ACCOUNT: _("From your account"),
        prefilling.POPULATION: _("From the population register"),
        prefilling.BUSINESS: _("From the business register"),
        prefilling.SPACE: _("From this eSpace"),
    }
    return str(words.get(known["from"], ""))


def saved_at(draft: Draft, person_id: object) -> str:
    """When it was saved, and by whom if it was somebody else."""
    at = localtime(draft.saved_at)
    values = {"time": date_format(at, "TIME_FORMAT"), "day": date_format(at, "DATE_FORMAT")}
    if draft.saved_by_id != person_id:
        values["name"] = draft.saved_by.name
        return _("Saved on %(day)s at %(time)s by %(name)s.") % values
    if _is_today(at):
        return _("Draft saved at %(time)s.") % values
    return _("Draft saved on %(day)s at %(time)s.") % values


def beside(draft: Draft, person_id: object) -> str:
    """Which colleague has saved it in the last minutes; empty for nobody.

    With the time, not how long ago: the sentence stays right while the page stays open.
    """
    hands = (
        (draft.saved_by, draft.saved_at),
        (draft.also_saved_by, draft.also_saved_at),
    )
    for person, at in hands:
        if person and at and person.pk != person_id and clock.now() - at < BESIDE:
            values = {"name": person.name, "time": date_format(localtime(at), "TIME_FORMAT")}
            return _("%(name)s is filling this in too (last saved at %(time)s).") % values
    return ""


def is_unsaid(draft: Draft, shown: State, content: Content, person_id: object) -> bool:
    """Whether this person can ask a register for what it did not say when she began the draft."""
    unsaid = prefilling.unsaid(shown.form, content) if draft.begun_by_id == person_id else []
    return any(item.id in shown.shown for item in unsaid)


def _is_today(at: datetime) -> bool:
    return at.date() == clock.today()


def minutes(form: Form) -> tuple[int, int] | None:
    """How long it takes, from and to, in minutes; None when one cannot say."""
    most = sum(item.seconds for item in form.items.values()) * 2.5 / 60
    sure = [
        item for page in form.pages if not page.show_if for item in page.items if not item.show_if
    ]
    least = sum(item.seconds for item in sure) / 60
    low, high = max(1, round(least)), max(2, round(most))
    return (low, high) if high - low <= 30 else None


def _kind(item: Item) -> str:
    for kind, name in (
        (Help, "help"),
        (Image, "image"),
        (Video, "video"),
        (Download, "download"),
        (Rows, "rows"),
        (Paper, "paper"),
        (Computed, "computed"),
        (Question, "question"),
    ):
        if isinstance(item, kind):
            return name
    return "note"


def _is_begun(page: Page, state: State) -> bool:
    return any(state.answers.get(item.id) not in (None, "", [], {}) for item in page.items)


def _name(path: str) -> str:
    return path.rsplit("/", 1)[-1]
