"""Taking a draft to a newer version: what changes, then yes or no; and pages that were open before."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guichet.procedures import actions, carrying, catalogue, changes, policy, summaries
from guichet.procedures.definitions.form import Form
from guichet.procedures.fields import Item, Rows, Scene
from guichet.procedures.forms import PageForm
from guichet.procedures.models import Content, Draft, PublishedVersion
from guichet.procedures.pages import Pages
from guichet.procedures.presented import Presented, presented
from guichet.refusals import Refused
from guichet.signon.requests import PersonRequest
from guichet.spaces.models import Membership

VERSION = "_version"  # the one that a page was drawn with
TO_MAX = 999

Row = dict[str, Any]


def move(request: PersonRequest, identifier: str, draft_id: UUID) -> HttpResponse:
    """What would become of each answer in the newer version; and the move, when somebody says so."""
    member, draft = policy.draft(request.sign_on, identifier, draft_id)
    if draft.sent_at or draft.is_presented:
        return redirect("procedures:fill", identifier, draft_id)
    if request.method == "POST" and "_to" in request.POST:
        return _move(request, member, draft)
    shown = presented(draft)
    standing = catalogue.standing(draft.version)
    words = shown.form.words(get_language() or "fr")
    desk = Pages(draft, shown.form, words)
    context: Row = {
        "space": member.space,
        "draft": draft,
        "title": words("title"),
        "fill_url": desk.url("fill"),
        "standing": standing,
        "kept_until": draft.kept_until,
        "aside": _set_aside(draft, shown.content, desk.paper_url),
    }
    if standing.newer is not None:
        context |= _preview(actions.preview(draft, to=standing.newer), shown)
    return render(request, "procedures/move.html", context)


def _move(request: PersonRequest, member: Membership, draft: Draft) -> HttpResponse:
    number, seen = request.POST.get("_to", ""), request.POST.get("seen", "")
    to = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0
    try:
        actions.move(member, draft=draft, to=to or TO_MAX + 1, seen=seen)
    except Refused as refusal:
        messages.error(request, refusal.message)
        where = "move" if refusal.code == "preview-changed" else "fill"
        return redirect(f"procedures:{where}", member.space.identifier, draft.pk)
    messages.success(request, _("Your draft is in the new version. Nothing you typed is lost."))
    return redirect("procedures:fill", member.space.identifier, draft.pk)


# --- Pages that were open while the draft moved


def is_from_before(request: PersonRequest, draft: Draft) -> bool:
    """Whether the page that is sent was drawn with an older version of the procedure."""
    number = request.POST.get(VERSION, "") if request.method == "POST" else ""
    is_number = number.isascii() and number.isdigit() and len(number) < 4
    return is_number and 0 < int(number) < draft.version.number


def keep(
    request: PersonRequest,
    member: Membership,
    draft: Draft,
    code: str,
    rows: str = "",
    key: str = "",
) -> HttpResponse:
    """Keep what such a page says, and lead to the draft as it is now."""
    number = int(request.POST[VERSION])
    versions = PublishedVersion.objects.filter(procedure=draft.version.procedure, number=number)
    version = versions.first()
    items = _items(catalogue.form_of(version), code, rows) if version else ()
    if version and items:
        form = catalogue.form_of(version)
        draft_then = presented(_in_version(draft, version))
        scene = draft_then.state.scene(form.words(get_language() or "fr"))
        page = PageForm(
            request.POST, items=items, scene=scene, content=draft.content, rows=rows, row=key
        )
        try:
            actions.save_from_before(
                member, draft=draft, number=number, said=page.changes(by=request.person)
            )
        except Refused as refusal:
            return _said(request, draft, refusal.message, is_kept=False)
    message = _("This draft is in a new version now. What you typed is saved. Open the page again.")
    return _said(request, draft, message, is_kept=True)


def _items(form: Form, code: str, rows: str) -> tuple[Item, ...]:
    page = form.page(code)
    if page is None:
        return ()
    if not rows:
        return page.items
    repetition = form.items.get(rows)
    return repetition.questions if isinstance(repetition, Rows) else ()


def _in_version(draft: Draft, version: PublishedVersion) -> Draft:
    """The same draft read by another version; not to be saved."""
    found = Draft.objects.select_related("space").get(pk=draft.pk)
    found.version = version
    return found


def _said(request: PersonRequest, draft: Draft, message: str, *, is_kept: bool) -> HttpResponse:
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"refused": message}, status=409)
    (messages.info if is_kept else messages.error)(request, message)
    return redirect("procedures:fill", draft.space.identifier, draft.pk)


# --- What the page shows


def _preview(found: actions.Preview, shown: Presented) -> Row:
    language = get_language() or "fr"
    old, new = found.before.words(language), found.after.words(language)
    said = _Said(shown, shown.state.scene(old))
    ends = {**found.carried.places, **found.carried.papers}
    now = {changes.place_of(path).name: end for path, end in ends.items()}

    def rows(names: Iterable[str]) -> list[Row]:
        return [
            {
                "label": _label(found.before, name, language),
                "value": said.of(name),
                "note": _now(found, name, now[name], language),
            }
            for name in names
        ]

    required = {
        problem.place.name for problem in found.there.blocking(new) if problem.code == "missing"
    }
    return {
        "preview": found,
        "kept": rows(found.kept),
        "moved": rows(found.moved),
        "again": rows(found.again),
        "gone": rows(found.gone),
        "new": [
            {"label": _label(found.after, name, language), "is_required": name in required}
            for name in found.new
        ],
        "new_required": len(required & set(found.new)),
    }


def _now(found: actions.Preview, name: str, end: str, language: str) -> str:
    """Where a moved answer stands now, as people see it."""
    now = changes.place_of(end.removeprefix(carrying.ASIDE)).name
    if now not in found.after.items or name in found.gone:
        return ""
    label, before = _label(found.after, now, language), _label(found.before, name, language)
    page = found.after.words(language)("pages", found.after.page_of[now].page, "title")
    if label != before:
        return _("Now: %(label)s, on the page “%(page)s”") % {"label": label, "page": page}
    return _("Now on the page “%(page)s”") % {"page": page} if name in found.moved else ""


def _label(form: Form, name: str, language: str) -> str:
    item = form.items.get(name)
    return item.label(form.words(language)) if item else name  # type: ignore[attr-defined]


class _Said:
    """Answers of a draft in words, by the name of the question; several rows in several lines."""

    def __init__(self, shown: Presented, scene: Scene) -> None:
        self._shown, self._scene = shown, scene

    def of(self, name: str) -> str:
        shown, form = self._shown, self._shown.form
        lines = [one.file.name for one in shown.attachments if _name(one.path) == name]
        rows = form.rows_of[name]
        held = shown.state.rows(rows) if rows else [shown.content.answers]
        if not lines:
            lines += [_words(form.items[name], one.get(name), self._scene) for one in held]
        lines += [_raw(typed) for path, typed in shown.content.typed.items() if _name(path) == name]
        return "\n".join(line for line in lines if line)


def _set_aside(draft: Draft, content: Content, paper: summaries.WayTo) -> list[Row]:
    """What was set aside by moves, with what it was called then, and files."""
    language, found = get_language() or "fr", []
    versions = {
        one.number: one
        for one in PublishedVersion.objects.filter(procedure=draft.version.procedure)
    }
    for entries in content.set_aside.values():
        for entry in entries:
            form = catalogue.form_of(versions[entry["version"]])
            name = _name(entry["path"])
            value = _raw(entry["typed"]) if "typed" in entry else ""
            if name in form.items and "answer" in entry:
                scene = presented(draft).state.scene(form.words(language))
                value = _words(form.items[name], entry["answer"], scene)
            found.append({"label": _label(form, name, language), "value": value})
    papers = draft.attachments.live().filter(path__startswith=carrying.ASIDE)
    files = summaries.files(papers, paper)
    return found + ([{"label": _("Files"), "files": files}] if files else [])


def _words(item: Item, answer: Any, scene: Scene) -> str:
    if isinstance(item, Rows):
        rows = [row for row in answer if isinstance(row, dict)] if isinstance(answer, list) else []
        lines = [
            ", ".join(
                _words(inner, row[inner.id], scene) for inner in item.questions if inner.id in row
            )
            for row in rows
        ]
        return "\n".join(line for line in lines if line)
    if answer in (None, "", [], {}) or not item.asks:
        return ""
    return str(item.said(answer, scene)) or str(answer)  # type: ignore[attr-defined]


def _raw(typed: Any) -> str:
    return " ".join(text for texts in typed.values() for text in texts).strip()


def _name(path: str) -> str:
    return path.removeprefix(carrying.ASIDE).rsplit("/", 1)[-1]
