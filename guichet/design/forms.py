"""Every form of the house: how it looks, and how it hands what was typed to an action.

A field says what it is (label, hint, widget, messages); the templates `design/form.html` and
`design/field.html` decide, once, in which order a reader meets it: label, hint, error, input.
"""

import calendar
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, ClassVar, NamedTuple, TypeVar
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import boundfield
from django.forms.renderers import TemplatesSetting
from django.forms.utils import ErrorDict
from django.utils.dates import MONTHS, MONTHS_3
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from guichet.design import display
from guichet.ids import new_id
from guichet.refusals import Refused

Result = TypeVar("Result")

# The name that the shell's language buttons carry; see `design/page.html`.
LANGUAGE = "_language"

_TYPED = (forms.TextInput, forms.EmailInput, forms.PasswordInput, forms.Textarea)
_CHOICES = (forms.Select, forms.RadioSelect, forms.CheckboxSelectMultiple)


class BoundField(boundfield.BoundField):
    """A field of a form on a page."""

    @property
    def focus_id(self) -> str:
        """The id of the first thing one can type in or choose: where the error summary leads."""
        parts = (forms.RadioSelect, forms.CheckboxSelectMultiple, forms.MultiWidget)
        return f"{self.auto_id}_0" if isinstance(self.field.widget, parts) else self.auto_id

    @property
    def is_tick(self) -> bool:
        """A single box to tick: its label stands beside it, not above."""
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def is_choice(self) -> bool:
        """Several circles or boxes under one legend."""
        return isinstance(self.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)

    @property
    def is_password(self) -> bool:
        """Gets a button that shows what was typed."""
        return isinstance(self.field.widget, forms.PasswordInput)

    @property
    def marks_required(self) -> bool:
        """The label gets the star that the form explains."""
        return self.field.required and bool(getattr(self.form, "marks_required", False))

    def value(self) -> Any:
        """What was typed; a one-time code that was refused is not offered a second time."""
        if isinstance(self.field.widget, CodeInput) and self.errors:
            return None
        return super().value()

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: forms.Widget | None = None
    ) -> dict[str, Any]:
        """Django's, and: a locked text can still be focused, read and copied."""
        attrs = super().build_widget_attrs(attrs, widget)
        drawn = widget or self.field.widget
        if attrs.pop("disabled", False):
            attrs["readonly" if isinstance(drawn, _TYPED) else "disabled"] = True
        elif self.field.required and isinstance(drawn, _TYPED):
            attrs["aria-required"] = "true"
        return attrs


class Renderer(TemplatesSetting):
    """Draws every form and field from `design/`."""

    form_template_name = "design/form.html"
    field_template_name = "design/field.html"
    bound_field_class = BoundField


class Problem(NamedTuple):
    """One line of the error summary. Without `focus_id` it concerns the form as a whole."""

    message: str
    focus_id: str | None


class Group(NamedTuple):
    """Fields that belong together under a legend; an empty legend draws no frame."""

    legend: str
    fields: list[boundfield.BoundField]


class Form(forms.Form):
    """A form that carries what was typed to one action and brings a refusal back.

    `marks_required`: required fields get a star, explained once above the first field; without
    it the optional fields say so. `groups`: legends with the names of their fields, in order;
    what no group names is drawn before them.
    """

    use_required_attribute = False
    marks_required: ClassVar[bool] = False
    groups: ClassVar[Sequence[tuple[Any, Sequence[str]]]] = ()

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for field in self.fields.values():
            speak_plainly(field)

    @property
    def switching(self) -> bool:
        """Whether somebody only asked for the same page in another language."""
        return self.is_bound and LANGUAGE in self.data

    def full_clean(self) -> None:
        """Validate, except when the page is merely shown again in another language."""
        if not self.switching:
            super().full_clean()
            return
        self._errors = ErrorDict(renderer=self.renderer)
        self.cleaned_data = {}

    def is_valid(self) -> bool:
        """Whether everything typed can be handed on. Never while switching language."""
        return not self.switching and super().is_valid()

    def submit(self, action: Callable[..., Result], *args: object, **more: Any) -> Result | None:
        """Call `action(*args, **cleaned_data, **more)`; a refusal lands beside its field.

        Returns what the action returned, or None when there is something to show again.
        """
        if not self.is_valid():
            return None
        try:
            return action(*args, **self.cleaned_data, **more)
        except Refused as refusal:
            field = refusal.field if refusal.field in self.fields else None
            self.add_error(field, ValidationError(refusal.message, code=refusal.code))
            return None

    def problems(self) -> list[Problem]:
        """Everything that is wrong, the whole form first, then in the order of the page."""
        found = [Problem(str(message), None) for message in self.non_field_errors()]
        fields = [*self.hidden_fields()]
        for _legend, drawn in self.sections():
            fields += drawn
        for field in fields:
            focus = None if field.is_hidden else getattr(field, "focus_id", field.auto_id)
            found += [Problem(str(message), focus) for message in field.errors]
        return found

    def sections(self) -> Iterator[Group]:
        """The visible fields, group by group."""
        named = {name for _legend, names in self.groups for name in names}
        yield Group("", [field for field in self.visible_fields() if field.name not in named])
        for legend, names in self.groups:
            yield Group(legend, [self[name] for name in names])


class OnceForm(Form):
    """A form that creates something, once: sent twice, it asks for the same thing twice.

    Hands `once`, a UUID made when the page was first drawn, to its action. The action stores it
    (unique together with the person) and answers a second call with what the first one made.
    """

    once = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=new_id)

    def clean_once(self) -> UUID:
        """The page's key; a page that lost it gets a fresh one rather than an error."""
        key: UUID | None = self.cleaned_data["once"]
        return key or new_id()


class DisplayForm(Form):
    """How somebody likes pages drawn. The words for `display.CHOICES`, and the language."""

    language = forms.ChoiceField(
        label=_("Language"), widget=forms.RadioSelect, choices=settings.LANGUAGES, required=False
    )
    text = forms.ChoiceField(
        label=_("Text size"),
        widget=forms.RadioSelect,
        choices=[("normal", _("Normal")), ("large", _("Large")), ("largest", _("Very large"))],
    )
    theme = forms.ChoiceField(
        label=_("Colours"),
        widget=forms.RadioSelect,
        choices=[
            ("auto", _("As on my device")),
            ("light", _("Light")),
            ("dark", _("Dark")),
        ],
    )
    spacing = forms.ChoiceField(
        label=_("Spacing of letters and lines"),
        widget=forms.RadioSelect,
        choices=[("normal", _("Normal")), ("wide", _("Wide"))],
    )
    next = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.initial = {**display.USUAL, "language": get_language(), **(self.initial or {})}


class CodeInput(forms.TextInput):
    """A short code to copy from a device or a letter; phones offer digits and the code itself."""

    def __init__(self, attrs: dict[str, Any] | None = None, *, digits: int = 6) -> None:
        super().__init__(
            {
                "class": "input-code",
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "autocapitalize": "none",
                "spellcheck": "false",
                "maxlength": digits + 4,  # room for blanks, which are dropped
                **(attrs or {}),
            }
        )


class CodeField(forms.CharField):
    """Digits of a one-time code, blanks and dashes dropped. `clean` gives a str of digits."""

    def __init__(self, *, digits: int = 6, **more: Any) -> None:
        self.digits = digits
        more.setdefault("widget", CodeInput(digits=digits))
        super().__init__(**more)

    def to_python(self, value: Any) -> str:
        """Only what counts."""
        text = super().to_python(value) or ""
        return "".join(sign for sign in text if not sign.isspace() and sign not in "-.")

    def validate(self, value: str) -> None:
        """Exactly so many digits."""
        super().validate(value)
        if value and not (value.isascii() and value.isdigit() and len(value) == self.digits):
            message = _("The code has %(digits)s digits. Type them as you see them.")
            raise ValidationError(message, code="code-shape", params={"digits": self.digits})


class DateInput(forms.MultiWidget):
    """Day, month and year, each typed into a field of its own: for dates that one knows."""

    template_name = "design/date.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None, *, autocomplete: str = "off") -> None:
        kinds = ("day", "month", "year")
        self.labels = (_("Day"), _("Month"), _("Year"))
        super().__init__(
            [
                forms.TextInput(
                    {
                        "class": f"input-{kind}",
                        "inputmode": "text" if kind == "month" else "numeric",
                        "autocomplete": f"{autocomplete}-{kind}"
                        if autocomplete != "off"
                        else "off",
                    }
                )
                for kind in kinds
            ],
            attrs,
        )

    def decompress(self, value: date | None) -> list[int | None]:
        """The three parts of a date."""
        return [value.day, value.month, value.year] if value else [None, None, None]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Django's, with a label for each part."""
        context = super().get_context(name, value, attrs)
        for part, label in zip(context["widget"]["subwidgets"], self.labels, strict=True):
            part["label"] = label
        return context


class DateField(forms.MultiValueField):
    """A date in three parts. Takes "3", "03", "mars" or "März"; gives a `datetime.date`."""

    def __init__(self, *, autocomplete: str = "off", **more: Any) -> None:
        more.setdefault("widget", DateInput(autocomplete=autocomplete))
        parts = [forms.CharField(required=False, max_length=20) for _part in range(3)]
        super().__init__(parts, require_all_fields=False, **more)

    def compress(self, data_list: list[str]) -> date | None:
        """The date that the three parts name. Raises `ValidationError` with what to do."""
        typed = [str(part).strip() for part in data_list]
        if not any(typed):
            return None
        for part, message in zip(typed, _MISSING, strict=True):
            if not part:
                raise ValidationError(message, code="date-incomplete")
        day, month, year = _whole(typed[0]), _month(typed[1]), _whole(typed[2])
        if year is None or not 1000 <= year <= 9999:
            raise ValidationError(_("The year has 4 digits. Example: 1983."), code="date-year")
        if month is None:
            raise ValidationError(
                _("Type the month as a number from 1 to 12 or as a name."), code="date-month"
            )
        if day is None or not 1 <= day <= calendar.monthrange(year, month)[1]:
            raise ValidationError(
                _("%(date)s does not exist. Check the day and the month."),
                code="date-unknown",
                params={"date": " ".join(typed)},
            )
        return date(year, month, day)


_MISSING = (
    _("Enter the day too. Example: 27 3 2026."),
    _("Enter the month too. Example: 27 3 2026."),
    _("Enter the year too. Example: 27 3 2026."),
)


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


def _month(text: str) -> int | None:
    """1 to 12 from a number or from a name in the language of the page."""
    number = _whole(text)
    if number is not None:
        return number if 1 <= number <= 12 else None
    name = text.casefold().rstrip(".")
    for names in (MONTHS, MONTHS_3):
        for number, full in names.items():
            if str(full).casefold().rstrip(".") == name:
                return number
    return None


def speak_plainly(field: forms.Field) -> None:
    """Give a field our sentences where its form has not written its own."""
    for code, sentence in _sentences(field).items():
        current = field.error_messages.get(code)
        if any(current is silence for silence in _DJANGO_SAYS):
            field.error_messages[code] = sentence


def _sentences(field: forms.Field) -> dict[str, Any]:
    if isinstance(field.widget, forms.CheckboxInput):
        required = _("Tick “{label}” to continue.")
    elif isinstance(field.widget, _CHOICES):
        required = _("Choose an answer for “{label}”.")
    else:
        required = _("Fill in “{label}”.")
    sentences = {
        "required": format_lazy(required, label=field.label or ""),
        "invalid_choice": _("Choose one of the answers of the list."),
        "max_length": _("Use %(limit_value)d characters at most. You typed %(show_value)d."),
    }
    if isinstance(field, forms.EmailField):
        sentences["invalid"] = _("The email address is not complete. Example: name@example.lu.")
    return sentences


# Compared by identity: what a lazy sentence says depends on the language of the moment.
_DJANGO_SAYS = [
    None,
    forms.Field.default_error_messages["required"],
    forms.ChoiceField.default_error_messages["invalid_choice"],
    forms.MultipleChoiceField.default_error_messages["invalid_choice"],
]
