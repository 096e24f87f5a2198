"""Filling in: the list of tasks, a page of questions, a row of a repetition, two values for one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guichet.design.forms import LANGUAGE
from guichet.procedures import actions, catalogue, changes, pages, policy, summaries
from guichet.procedures.definitions.form import Form
from guichet.procedures.definitions.model import Page
from guichet.procedures.fields import ROW_KEY, Computed, Item, Question, Rows, Scene
from guichet.procedures.filling import State
from guichet.procedures.forms import PageForm
from guichet.procedures.models import Content, Draft
from guichet.procedures.pages import Pages
from guichet.procedures.presented import looked_at, supplied
from guichet.procedures.views import moving
from guichet.refusals import Refused
from guichet.signon.requests import PersonRequest
from guichet.spaces.models import Membership
from guichet.spaces.policy import Can

# Buttons of a page. "_row" and "_papers" carry what they are about.
LATER, ADD, REMOVE, PAPERS, SKIP = "_later", "_add", "_remove", "_papers", "_skip"


def fill(request: PersonRequest, identifier: str, draft_id: UUID) -> HttpResponse:
    """The list of tasks of a draft."""
    member, draft = policy.draft(request.sign_on, identifier, draft_id, to=Can.VIEW)
    if draft.sent_at:
        return redirect("procedures:sent", identifier, draft.submission.reference)
    if draft.is_presented:
        return redirect("procedures:check", identifier, draft_id)
    desk = _Desk(request, member, draft)
    typed = {path: text for path, text in desk.content.typed.items() if path in desk.state.shown}
    todo = pages.tasks(desk.pages, desk.state, typed)
    context = {
        **desk.context(),
        "tasks": todo,
        "left": sum(task["left"] for task in todo),
        "next_url": next((task["url"] for task in todo if task["left"]), desk.pages.url("check")),
        "not_eligible": desk.state.not_eligible(desk.pages.words),
        "unsaid": pages.is_unsaid(draft, desk.state, desk.content, member.person_id),
        "refused": policy.refusal(draft),
        "standing": catalogue.standing(draft.version),
        "has_aside": bool(desk.content.set_aside),
    }
    return render(request, "procedures/fill.html", context)


def page(request: PersonRequest, identifier: str, draft_id: UUID, code: str) -> HttpResponse:
    """A page of questions. Whatever is sent is saved, right or not, also when the page is no longer
    shown: somebody may have changed what shows it meanwhile."""
    member, draft = policy.draft(request.sign_on, identifier, draft_id)
    if moving.is_from_before(request, draft):
        return moving.keep(request, member, draft, code)
    desk = _Desk(request, member, draft)
    found = desk.form.page(code)
    if found is None:
        raise Http404
    if request.method != "POST" and not desk.shows(found):
        return redirect("procedures:fill", identifier, draft_id)
    return desk.answer(found, found.items)


def row(
    request: PersonRequest, identifier: str, draft_id: UUID, code: str, rows: str, key: str
) -> HttpResponse:
    """One row of a repetition, on a page of its own."""
    member, draft = policy.draft(request.sign_on, identifier, draft_id)
    if moving.is_from_before(request, draft):
        return moving.keep(request, member, draft, code, rows, key)
    desk = _Desk(request, member, draft)
    found, repetition = desk.form.page(code), desk.form.items.get(rows)
    if found is None or not isinstance(repetition, Rows) or repetition not in found.items:
        raise Http404
    if request.method != "POST" and not (
        desk.shows(found) and rows in desk.state.shown and desk.has_row(rows, key)
    ):
        return redirect("procedures:fill", identifier, draft_id)
    return desk.answer(found, repetition.questions, repetition, key)


def disputed(request: PersonRequest, identifier: str, draft_id: UUID) -> HttpResponse:
    """Two people, or two tabs, have answered the same question: both answers, and a choice."""
    member, draft = policy.draft(request.sign_on, identifier, draft_id)
    if draft.sent_at or draft.is_presented:
        return redirect("procedures:fill", identifier, draft_id)
    if request.method == "POST" and LANGUAGE not in request.POST:
        _choose(request, member, draft)
        return redirect("procedures:disputed", identifier, draft_id)
    desk = _Desk(request, member, draft)
    rows = [desk.dispute(path, others[-1]) for path, others in desk.content.disputed.items()]
    if not rows:
        messages.success(request, _("Everything is saved."))
        return redirect("procedures:fill", identifier, draft_id)
    return render(request, "procedures/disputed.html", {**desk.context(), "rows": rows})


def _choose(request: PersonRequest, member: Membership, draft: Draft) -> None:
    said = request.POST
    mine = {"mine": True, "theirs": False}.get(said.get("take", ""))
    if mine is not None:
        path, seen = said.get("path", ""), said.get("seen", "")
        actions.choose(member, draft=draft, path=path, mine=mine, seen=seen)


def ask_registers(request: PersonRequest, identifier: str, draft_id: UUID) -> HttpResponse:
    """Ask registers for what they did not say when the draft was begun (POST)."""
    member, draft = policy.draft(request.sign_on, identifier, draft_id)
    if request.method == "POST":
        try:
            if actions.ask_registers(member, draft=draft):
                messages.success(request, _("The register has answered. Look at what it says."))
            else:
                messages.error(
                    request,
                    _("The register still does not answer. Try again later: your draft is kept."),
                )
        except Refused as refusal:
            messages.error(request, refusal.message)
    return redirect("procedures:fill", identifier, draft_id)


def discard(request: PersonRequest, identifier: str, draft_id: UUID) -> HttpResponse:
    """Throw a draft away, after asking. It waits in the bin."""
    member, draft = policy.draft(request.sign_on, identifier, draft_id)
    if draft.sent_at:
        return redirect("procedures:sent", identifier, draft.submission.reference)
    if request.method == "POST":
        actions.discard(member, draft=draft)
        messages.success(request, _("The draft is in the bin for 30 days."))
        return redirect("desk:space", identifier)
    return render(request, "procedures/discard.html", _Desk(request, member, draft).context())


class _Desk:
    """A draft on somebody's desk: everything that its pages show, read once."""

    def __init__(self, request: PersonRequest, member: Membership, draft: Draft) -> None:
        self.request, self.member, self.draft = request, member, draft
        self.form = catalogue.form_of(draft.version)
        self.pages = Pages(draft, self.form, self.form.words(get_language() or "fr"))
        self.attachments = list(draft.attachments.live())
        self.read(draft.content)

    def read(self, content: Content) -> None:
        """Look at this content from now on."""
        self.content = content
        given = supplied(self.draft, self.form, content)
        at = self.draft.presented_at
        self.state: State = looked_at(self.form, content, self.attachments, at, given)

    def shows(self, page: Page) -> bool:
        """Whether this page can be opened: it is asked now, and the draft can be changed."""
        fixed = self.draft.sent_at or self.draft.is_presented
        return not fixed and page.page in self.state.shown_pages

    def has_row(self, rows: str, key: str) -> bool:
        """Whether this row is there, and was not removed."""
        return key in [str(one.get(ROW_KEY)) for one in self.state.rows(rows)]

    def context(self) -> dict[str, Any]:
        """What every page of a draft shows."""
        return {
            "space": self.member.space,
            "draft": self.draft,
            "title": self.pages.words("title"),
            "pages": self.pages,
            "fill_url": self.pages.url("fill"),
            "saved": pages.saved_at(self.draft, self.request.person.pk),
            "beside": pages.beside(self.draft, self.request.person.pk),
            "kept_until": self.draft.kept_until,
        }

    def answer(
        self, page: Page, items: tuple[Item, ...], rows: Rows | None = None, key: str = ""
    ) -> HttpResponse:
        """Draw a page, or save what it says and go where its button leads."""
        request = self.request
        form = self._page_form(request.POST or None, items, rows, key)
        if request.method != "POST":
            form.complain(
                self._sentences(page, form, rows, key, all_of_them=pages.FROM in request.GET)
            )
            return self._draw(page, form, items, rows, key)
        refused = self._save(form)
        if refused is not None:
            return self._answer_refusal(refused)
        if _wants_json(request):
            return self._as_json(page, form, rows, key)
        if self.content.disputed:
            return redirect(self.pages.url("disputed"))
        if not self.shows(page) or (rows and not self.has_row(rows.id, key)):
            messages.info(request, _("What you typed is saved. This is not asked any more."))
            return redirect(self.pages.url("fill"))
        return self._go(page, form, items, rows, key)

    def _save(self, form: PageForm) -> Refused | None:
        try:
            saved = actions.save(
                self.member, draft=self.draft, said=form.changes(by=self.request.person)
            )
        except Refused as refusal:
            return refusal
        if saved.brought_back:
            messages.warning(
                self.request,
                _("Somebody had removed this entry. It is back, with what you typed."),
            )
        saved.draft.version = self.draft.version
        if saved.draft.saved_by_id == self.request.person.pk:
            saved.draft.saved_by = self.request.person
        self.draft = saved.draft
        self.pages = Pages(self.draft, self.form, self.pages.words)
        self.read(saved.content)
        return None

    def _answer_refusal(self, refusal: Refused) -> HttpResponse:
        if _wants_json(self.request):
            return JsonResponse({"refused": refusal.message}, status=409)
        if refusal.code == "draft-version":  # the same page again, as one of the version before
            return redirect(self.request.get_full_path(), preserve_request=True)
        messages.error(self.request, refusal.message)
        return redirect(self.pages.url("fill"))

    def _go(
        self, page: Page, form: PageForm, items: tuple[Item, ...], rows: Rows | None, key: str
    ) -> HttpResponse:
        """Where the button leads, now that everything is saved."""
        data = self.request.POST
        here = self.pages.url("row", page.page, rows.id, key) if rows else self.pages.page_url(page)
        if LANGUAGE in data:
            return self._draw(page, self._page_form(None, items, rows, key), items, rows, key)
        if LATER in data:
            messages.success(self.request, _("Your draft is saved."))
            return redirect("desk:space", self.member.space.identifier)
        if (name := data.get(ADD)) and (leading := self._add(page, name)):
            return leading
        if REMOVE in data:
            self._remove(data[REMOVE])
            return redirect(here)
        if PAPERS in data:
            return redirect(self.pages.url("papers", data[PAPERS].replace("/", ".") or "-"))
        drawn = self._page_form(None, items, rows, key)  # of what is saved now
        sentences = {
            **self._sentences(page, drawn, rows, key, all_of_them=True),
            **form.unreadable,
        }
        if sentences and SKIP not in data:
            drawn.complain(sentences)
            return self._draw(page, drawn, items, rows, key, complained=True)
        if data.get("_from") == pages.CHECKING:
            return redirect(self.pages.url("check"))
        if rows:
            return redirect(self.pages.page_url(page))
        return redirect(self.pages.after(self.state, page))

    def _add(self, page: Page, name: str) -> HttpResponse | None:
        item = self.form.items.get(name)
        if not isinstance(item, Rows) or item not in page.items:
            return None
        try:
            key = actions.add_row(self.member, draft=self.draft, rows=item)
        except Refused as refusal:
            messages.error(self.request, refusal.message)
            return redirect(self.pages.page_url(page))
        return redirect(self.pages.url("row", page.page, name, key))

    def _remove(self, what: str) -> None:
        name, _slash, key = what.partition("/")
        item = self.form.items.get(name)
        if not isinstance(item, Rows):
            return
        try:
            actions.remove_row(self.member, draft=self.draft, rows=item, row=key)
        except Refused as refusal:
            messages.error(self.request, refusal.message)

    def _scene(self, rows: Rows | None, key: str) -> Scene:
        """What the questions of a page, or of one row, are asked in."""
        scene = self.state.scene(self.pages.words)
        if rows is None:
            return scene
        keys = [str(one.get(ROW_KEY)) for one in self.state.rows(rows.id)]
        number = keys.index(key) if key in keys else len(keys)
        return scene.within(self.state.row_values(rows.id, number))

    def _page_form(
        self, data: Any, items: tuple[Item, ...], rows: Rows | None, key: str
    ) -> PageForm:
        scene = self._scene(rows, key)
        return PageForm(
            data,
            items=items,
            scene=scene,
            content=self.content,
            rows=rows.id if rows else "",
            row=key,
        )

    def _sentences(
        self, page: Page, form: PageForm, rows: Rows | None, key: str, *, all_of_them: bool
    ) -> dict[str, str]:
        """What is wrong on this page, by question: what could not be read, and the rest if asked."""
        found: dict[str, str] = {}
        if all_of_them:
            for problem in self.state.faults(self.pages.words):
                place = problem.place
                here = (place.rows, place.row) == ((rows.id, key) if rows else ("", ""))
                if problem.blocks and problem.page == page and here:
                    found.setdefault(place.name, problem.message)
        return {**found, **form.left_over(), **form.unreadable}

    def _draw(
        self,
        page: Page,
        form: PageForm,
        items: tuple[Item, ...],
        rows: Rows | None,
        key: str,
        *,
        complained: bool = False,
    ) -> HttpResponse:
        scene = form.scene
        drawn = pages.items(
            form,
            items,
            self.state,
            scene,
            pages=self.pages,
            page=page,
            rows=rows.id if rows else "",
            row=key,
            attachments=self.attachments,
            sources=self.content.sources,
        )
        shown = [one.page for one in self.state.pages]
        coming_from = self.request.GET.get(pages.FROM) or self.request.POST.get("_from", "")
        before = self.pages.page_url(page) if rows else self.pages.before(self.state, page)
        context = {
            **self.context(),
            "form": form,
            "items": drawn,
            "page": page,
            "question": self.pages.title(page),
            "intro": self.pages.words.lines("pages", page.page, "intro"),
            "number": shown.index(page.page) + 1 if page.page in shown else 1,
            "count": len(shown),
            "back_url": self.pages.url("check") if coming_from == pages.CHECKING else before,
            "rows": rows,
            "complained": complained,
            "coming_from": coming_from,
            "program": _program(self.form, items, self.state) if not rows else None,
        }
        if rows:
            keys = [str(one.get(ROW_KEY)) for one in self.state.rows(rows.id)]
            context["question"] = summaries.row_label(
                rows, self.state, self.state.scene(self.pages.words), keys.index(key)
            )
        return render(self.request, "procedures/page.html", context)

    def _as_json(self, page: Page, form: PageForm, rows: Rows | None, key: str) -> HttpResponse:
        """For the script that saves while one types."""
        prefix = f"{rows.id}/{key}/" if rows else ""
        return JsonResponse(
            {
                "revision": self.draft.revision,
                "saved": pages.saved_at(self.draft, self.request.person.pk),
                "beside": pages.beside(self.draft, self.request.person.pk),
                "was": form.seen_by_now(self.content),
                "shown": sorted(
                    p.removeprefix(prefix) for p in self.state.shown if p.startswith(prefix)
                ),
                "disputed": self.pages.url("disputed") if self.content.disputed else "",
                "unreadable": form.unreadable,
                "computed": self._computed(rows.questions if rows else page.items, rows, key),
            }
        )

    def _computed(self, items: tuple[Item, ...], rows: Rows | None, key: str) -> dict[str, str]:
        """What is computed on this page, in words, by name."""
        scene = self._scene(rows, key)
        held = scene.row if rows else scene.values
        return {
            item.id: item.said(held[item.id], scene) if item.id in held else "–"
            for item in items
            if isinstance(item, Computed) and not item.hidden
        }

    def dispute(self, path: str, other: dict[str, Any]) -> dict[str, Any]:
        """One question with two answers."""
        place = changes.place_of(path)
        item = self.form.items.get(place.name)
        scene = self.state.scene(self.pages.words)

        def said(answer: Any, typed: Any) -> str:
            if typed:
                return " ".join(text for texts in typed.values() for text in texts)
            if item is None or answer in (None, "", [], {}):
                return _("No answer")
            return str(item.said(answer, scene))  # type: ignore[attr-defined]

        return {
            "path": path,
            "seen": changes.dispute(self.content, path),
            "label": item.label(self.pages.words) if item else path,  # type: ignore[attr-defined]
            "theirs": said(changes.get(self.content.answers, place), self.content.typed.get(path)),
            "mine": said(other["answer"], other["typed"]),
            "by": other["by"],
        }


def _program(form: Form, items: tuple[Item, ...], state: State) -> dict[str, Any] | None:
    """What the browser needs to show and hide questions of this page by itself; None for nothing."""
    checked = {
        item.id: form.checked[(item.id, "show_if")]
        for item in items
        if (item.id, "show_if") in form.checked
    }
    looked = {name.partition(".")[0] for rule in checked.values() for name in rule.names}
    if not looked & {item.id for item in items}:
        return None
    return {
        "rules": {name: rule.program for name, rule in checked.items()},
        "kinds": {
            item.id: str(item.kind.kind)
            for item in items
            if isinstance(item, Question) and item.id in looked
        },
        "values": {name: state.values.get(name) for name in sorted(looked)},
    }


def _wants_json(request: PersonRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")
