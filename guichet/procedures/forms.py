"""A page of a procedure as a form, and the small forms around it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms.boundfield import BoundField
from django.forms.utils import ErrorList
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guichet.design.forms import CodeField, Form, OnceForm, Problem, speak_plainly
from guichet.procedures import changes
from guichet.procedures.changes import Change
from guichet.procedures.fields import AnswerField, Item, Paper, Question, Rows, Scene
from guichet.procedures.filling import Place
from guichet.procedures.models import Content

WAS = "_was"


class BeginForm(OnceForm):
    """The button that begins a procedure."""


class PageForm(Form):
    """The questions of a page, or of one row. Reads leniently: nothing typed is thrown away.

    `changes()` says what was typed, readable or not, with what the page had shown. `complain(…)`
    puts sentences beside their questions.
    """

    def __init__(
        self,
        data: MultiValueDict[str, str] | None,
        *,
        items: Sequence[Item],
        scene: Scene,
        content: Content,
        rows: str = "",
        row: str = "",
    ) -> None:
        self.scene = scene
        self._content = content
        self._rows, self._row = rows, row
        self._questions = {item.id: item for item in items if _is_typed(item)}
        self._order = [item.id for item in items]
        self._elsewhere = [item.id for item in items if isinstance(item, Rows | Paper)]
        super().__init__(data)
        for question in self._questions.values():
            self.fields[question.id] = question.field(scene)
        self.fields[WAS] = forms.CharField(required=False, widget=forms.HiddenInput)
        for name in self._questions:
            self.initial[name] = self._drawn(name)
        self.initial[WAS] = json.dumps(
            {name: changes.shown(content, self.place(name)) for name in self._questions}
        )
        self.unreadable: dict[str, str] = {}
        self._said: list[Change] = []

    @property
    def was(self) -> BoundField:
        """What the page shows, in digests; as it is now, also after a save."""
        return self[WAS]

    def place(self, name: str) -> Place:
        """Where a question of this page stands."""
        return Place(name, self._rows, self._row)

    def full_clean(self) -> None:
        """What is missing or out of bounds is not a form's to say: see `filling.State`."""
        self._errors = forms.utils.ErrorDict(renderer=self.renderer)
        self.cleaned_data = {}

    def changes(self, *, by: Model | None) -> list[Change]:
        """What the page says. Fills `unreadable`: sentences by question.

        Registers are asked here, for `by`, where a question looks something up: outside any
        transaction.
        """
        was = self._was()
        self._said = []
        for name, question in self._questions.items():
            if not self._is_sent(name):
                continue
            field = self.fields[name]
            assert isinstance(field, AnswerField)  # noqa: S101 - made above
            raw = field.widget.value_from_datadict(self.data, {}, name)
            typed = None
            try:
                answer = question.read(raw, self.scene)
                if answer is not None:
                    before = changes.get(self._content.answers, self.place(name))
                    answer = question.look_up(answer, by=by, before=before)
            except ValidationError as fault:
                answer, typed = None, self._typed(name)
                self.unreadable[name] = fault.messages[0]
            known = was.get(name, changes.NOTHING)
            self._said.append(Change(self.place(name), answer, typed, known))
        return self._said

    def seen_by_now(self, content: Content) -> str:
        """The hidden field of a page that stays open after a save: what its reader has seen.

        Of what stands in the draft now, only what this page said itself: what somebody else has
        changed meanwhile is not on the page, and must not be taken for seen.
        """
        seen = self._was()
        for change in self._said:
            if changes.shown(content, change.place) == change.digest:
                seen[change.place.name] = change.digest
        return json.dumps({name: seen[name] for name in self._questions if name in seen})

    def complain(self, sentences: Mapping[str, str]) -> None:
        """Show these sentences beside their questions."""
        errors = self.errors
        for name in (*self.fields, *self._elsewhere):
            if name in sentences:
                errors[name] = ErrorList([sentences[name]], renderer=self.renderer)

    def problems(self) -> list[Problem]:
        """In the order of the page; rows and papers, which have pages of their own, among them."""
        errors = self.errors
        found = []
        for name in self._order:
            field = self[name] if name in self.fields else None
            focus = getattr(field, "focus_id", field.auto_id) if field else name
            found += [Problem(str(message), focus) for message in errors.get(name, [])]
        return found

    def left_over(self) -> dict[str, str]:
        """Sentences for what was typed before and could not be read."""
        found = {}
        for name, question in self._questions.items():
            typed = self._content.typed.get(self.place(name).path)
            if typed is None:
                continue
            # Readable by itself: then a register did not know it.
            found[name] = gettext("The register does not know this. Check it.")
            try:
                question.read(self._raw(name, typed), self.scene)
            except ValidationError as fault:
                found[name] = fault.messages[0]
        return found

    def _drawn(self, name: str) -> Any:
        """What the widget shows: what could not be read as it was typed, else the answer."""
        place = self.place(name)
        typed = self._content.typed.get(place.path)
        if typed is not None:
            return self._raw(name, typed)
        answer = changes.get(self._content.answers, place)
        try:
            return self._questions[name].typed(answer, self.scene)
        except (TypeError, ValueError, KeyError, AttributeError):
            return None  # an answer of another shape: an older version's, or tampered with

    def _raw(self, name: str, typed: Mapping[str, list[str]]) -> Any:
        data: MultiValueDict[str, str] = MultiValueDict()
        for key, values in typed.items():
            data.setlist(key, values)
        return self.fields[name].widget.value_from_datadict(data, {}, name)

    def _typed(self, name: str) -> dict[str, list[str]]:
        data = self.data
        assert isinstance(data, MultiValueDict)  # noqa: S101 - pages are posted
        return {
            key: [text[:10_000] for text in data.getlist(key)]
            for key in data
            if self._is_part(key, name)
        }

    def _is_part(self, key: str, name: str) -> bool:
        """Whether an input belongs to a question: "born_0" to "born", and not to another, "born_0"."""
        if key == name or not key.startswith(f"{name}_"):
            return key == name
        return not any(
            key == other or key.startswith(f"{other}_")
            for other in self._questions
            if len(other) > len(name)
        )

    def _is_sent(self, name: str) -> bool:
        """An empty tick is not sent at all; what the page had shown says that it was there."""
        return name in self._was() or any(self._is_part(key, name) for key in self.data)

    def _was(self) -> dict[str, str]:
        try:
            found = json.loads(self.data.get(WAS, "") or "{}")
        except (ValueError, RecursionError):
            return {}
        if not isinstance(found, dict):
            return {}
        return {str(key): str(value) for key, value in found.items()}


class SignForm(Form):
    """What is confirmed, and the code of the product."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    code = CodeField(
        label=_("OTP"),
        help_text=_("The 6-digit code that your Token shows now. It is your signature."),
        error_messages={"required": _("Enter the code that your Token shows.")},
    )

    def __init__(
        self,
        *args: Any,
        declarations: Mapping[str, str],
        signed: bool,
        elsewhere: Mapping[str, str],
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        code = self.fields.pop("code")
        for name, words in declarations.items():
            self.fields[f"declares_{name}"] = forms.BooleanField(label=words)
        for signer, words in elsewhere.items():
            self.fields[f"space_{signer}"] = forms.CharField(
                label=words,
                max_length=20,
                help_text=_(
                    "The identifier of their eSpace. It stands under the name of the eSpace. Example: PP-A1B2C3."
                ),
                widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
            )
        if signed:
            self.fields["code"] = code
        for field in self.fields.values():
            speak_plainly(field)

    def bind_to(self, digest: str) -> None:
        """Drawn again after a refusal, it signs what the page shows now."""
        if self.is_bound:
            self.data = {**dict(self.data.items()), "digest": digest}


class RefuseForm(Form):
    """Why somebody does not sign."""

    reason = forms.CharField(
        label=_("Why?"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Whoever asked for your signature reads this."),
        error_messages={"required": _("Say in a few words why you refuse.")},
    )


def _is_typed(item: Item) -> TypeGuard[Question]:
    return isinstance(item, Question) and not isinstance(item, Rows | Paper) and not item.agent_only
