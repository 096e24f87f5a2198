"""What we ask to open a space and to describe it."""

from functools import cache
from typing import Any

from babel import Locale
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from guichet.design.forms import Form, OnceForm
from guichet.refusals import Refused
from guichet.registers import identifiers as numbers
from guichet.registers.base import LegalForm
from guichet.spaces.company import HOME, READERS
from guichet.spaces.models import Space


class ReadField(forms.CharField):
    """A number that is read as people write it and handed on in its clean form."""

    def __init__(self, reader: str, **more: Any) -> None:
        self.read = READERS[reader]
        super().__init__(max_length=60, **more)
        self.widget.attrs.setdefault("autocomplete", "off")

    def clean(self, value: Any) -> str:
        """The clean form, or the sentence of whoever knows these numbers."""
        text: str = super().clean(value)
        if not text:
            return ""
        try:
            return self.read(text)
        except Refused as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from refusal


def _email(label: Any, help_text: Any = "", *, own: bool = True, **more: Any) -> forms.EmailField:
    widget = forms.EmailInput({"autocomplete": "email" if own else "off"})
    return forms.EmailField(label=label, help_text=help_text, max_length=254, widget=widget, **more)


@cache
def countries(language: str) -> list[tuple[str, str]]:
    """Every country by name in this language, Luxembourg first."""
    names = Locale.parse(language).territories
    real = {code: name for code, name in names.items() if len(code) == 2 and code not in _NOWHERE}
    others = sorted((name, code) for code, name in real.items() if code != HOME)
    return [(HOME, real[HOME]), *((code, name) for name, code in others)]


# Territories of CLDR that are no countries: the EU, the eurozone, the UN, tests, the unknown.
_NOWHERE = {"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"}


class PrivateSpaceForm(Form):
    """Opening one's own space."""

    notification_email = _email(
        _("Email address for notifications"),
        _("We write to this address when something happens in your eSpace."),
        error_messages={"required": _("Enter the address where we can tell you of news.")},
    )


def _name_field() -> forms.CharField:
    return forms.CharField(
        label=_("Name of the eSpace"),
        help_text=_(
            "For example the name of your company. It tells your eSpaces apart; only the members "
            "of the eSpace see it."
        ),
        max_length=Space.NAME_LENGTH_MAX,
        widget=forms.TextInput({"autocomplete": "organization"}),
        error_messages={"required": _("Enter a name for your eSpace.")},
    )


class FirstNameForm(OnceForm):
    """The first step, before there is a draft."""

    name = _name_field()


class DraftForm(Form):
    """A step of a draft. Knows which revision its page was drawn for."""

    revision = forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=1,
        error_messages={
            "required": _("Reload the page to see the latest version."),
            "invalid": _("Reload the page to see the latest version."),
            "min_value": _("Reload the page to see the latest version."),
        },
    )

    @property
    def is_outdated(self) -> bool:
        """Somebody, perhaps the same person in another tab, has saved the draft since."""
        return "revision" in self.errors or self.has_error(NON_FIELD_ERRORS, "draft-changed")

    @property
    def typed(self) -> dict[str, str]:
        """The visible fields as they were typed, right or not, cut to what can be kept."""
        return {
            field.name: str(field.value() or "")[: getattr(field.field, "max_length", None) or 254]
            for field in self.visible_fields()
        }

    @property
    def typed_revision(self) -> int:
        """The revision that the page was drawn for; 0, which no draft has, if it was lost."""
        text = str(self["revision"].value() or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


class NameForm(DraftForm):
    """The first step again, to change what was typed."""

    name = _name_field()


class CompanySearchForm(Form):
    """Finding a company in the business register."""

    text = forms.CharField(
        label=_("Find the company"),
        help_text=_("Name, RCS number, VAT number or national number with 11 digits."),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "organization", "spellcheck": "false"}),
        error_messages={"required": _("Enter the name or a number of the company.")},
    )


class ChoiceForm(DraftForm):
    """Taking one company of the list that was found."""

    reference = forms.CharField(widget=forms.HiddenInput, max_length=20)


class ContactForm(Form):
    """What a company's own people say of it, whoever said the rest."""

    permit = forms.CharField(
        label=_("Business permit number"),
        required=False,
        max_length=20,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    phone = ReadField(
        "phone",
        label=_("Phone number"),
        required=False,
        widget=forms.TextInput({"type": "tel", "autocomplete": "work tel"}),
    )
    email = _email(_("Email address of the company"), own=False, required=False)


class CompanyForm(ContactForm):
    """A company typed by hand."""

    groups = (
        (_("Company"), ("name", "legal_form")),
        (_("Numbers"), ("rcs", "vat", "national_number", "permit", "nace")),
        (
            _("Address"),
            ("address_line1", "address_line2", "postal_code", "locality", "country"),
        ),
        (_("Contact"), ("phone", "email")),
    )

    name = forms.CharField(
        label=_("Name of the company"),
        help_text=_("As it stands in your statutes; for a self-employed person, your own name."),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "organization"}),
        error_messages={"required": _("Enter the company name.")},
    )
    legal_form = forms.ChoiceField(
        label=_("Legal form"),
        choices=[("", _("Choose")), *LegalForm.choices],
        error_messages={"required": _("Choose the legal form.")},
    )
    rcs = ReadField("rcs", label=_("RCS number"), help_text=_("Example: B123456."), required=False)
    vat = ReadField(
        "vat", label=_("VAT number"), help_text=_("Example: LU 150 274 42."), required=False
    )
    national_number = ReadField(
        "national_number",
        label=_("National identification number"),
        help_text=_("11 digits; for a self-employed person, your own number with 13 digits."),
        required=False,
        widget=forms.TextInput({"inputmode": "numeric"}),
    )
    nace = ReadField("nace", label=_("NACE code"), help_text=_("Example: 10.71."), required=False)
    address_line1 = forms.CharField(
        label=_("Number and street"),
        max_length=120,
        widget=forms.TextInput({"autocomplete": "address-line1"}),
        error_messages={"required": _("Enter the number and the street.")},
    )
    address_line2 = forms.CharField(
        label=_("More about the address"),
        required=False,
        max_length=120,
        widget=forms.TextInput({"autocomplete": "address-line2"}),
    )
    postal_code = forms.CharField(
        label=_("Postal code"),
        help_text=_("Example: L-1234."),
        max_length=12,
        widget=forms.TextInput({"autocomplete": "postal-code", "class": "input-year"}),
        error_messages={"required": _("Enter the postal code. Example: L-1234.")},
    )
    locality = forms.CharField(
        label=_("Town"),
        max_length=80,
        widget=forms.TextInput({"autocomplete": "address-level2"}),
        error_messages={"required": _("Enter the town.")},
    )
    country = forms.ChoiceField(
        label=_("Country"),
        initial=HOME,
        widget=forms.Select({"autocomplete": "country"}),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["country"].choices = countries(get_language() or "fr")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The postal code of Luxembourg has a rule; those of other countries have their own."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("country") == HOME and data.get("postal_code"):
            try:
                data["postal_code"] = numbers.postal_code(data["postal_code"])
            except Refused as refusal:
                self.add_error("postal_code", ValidationError(refusal.message, code=refusal.code))
        return data


class DraftContactForm(DraftForm, ContactForm):
    """The second step with a company of the register."""


class DraftCompanyForm(DraftForm, CompanyForm):
    """The second step with a company typed by hand."""


class OpeningForm(DraftForm):
    """The third step."""

    notification_email = _email(
        _("Email address for notifications"),
        _("We write to this address when something happens in the eSpace."),
        error_messages={"required": _("Enter the address where we can tell you of news.")},
    )


class SpaceForm(Form):
    """What a space is called and where it is told of news."""

    name = _name_field()
    notification_email = _email(
        _("Email address of the eSpace"),
        _("We write to this address when something happens in the eSpace."),
        own=False,
        error_messages={"required": _("Enter the address where we can tell you of news.")},
    )


class AddressForm(Form):
    """Where a member is told of news."""

    notification_email = _email(
        _("Your email address for this eSpace"),
        _("We write to this address when something happens in the eSpace."),
        error_messages={"required": _("Enter the address where we can tell you of news.")},
    )
