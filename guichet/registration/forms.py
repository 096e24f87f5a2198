"""What we ask while somebody becomes known."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guichet.design.forms import Form
from guichet.refusals import Refused
from guichet.registers import identifiers
from guichet.registration import codes
from guichet.signon.models import Credential

_EMAIL_WIDGET = {"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}


class RequestForm(Form):
    """Names as the certificate says them, to read only; address and number, to fill in."""

    marks_required = True

    given_names = forms.CharField(
        label=_("Your first name"), disabled=True, help_text=_("As your certificate says.")
    )
    family_name = forms.CharField(
        label=_("Your last name"), disabled=True, help_text=_("As your certificate says.")
    )
    email = forms.EmailField(
        label=_("Your email address"),
        max_length=254,
        help_text=_("We send an email to this address, to confirm it."),
        error_messages={"required": _("Enter your email address. Example: name@example.lu.")},
        widget=forms.EmailInput(attrs=_EMAIL_WIDGET),
    )
    national_number = forms.CharField(
        label=_("Your identification number (Matricule Lux.)"),
        max_length=40,
        help_text=_("13 digits, on your social security card. Example: 1990 0101 12345."),
        error_messages={"required": _("Enter the national identification number, 13 digits.")},
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}
        ),
    )

    def __init__(self, credential: Credential, *args: Any, **more: Any) -> None:
        names = {"given_names": credential.given_names, "family_name": credential.family_name}
        super().__init__(*args, initial=names, **more)

    def clean_national_number(self) -> str:
        """The 13 digits; with the other fields' faults, not after them."""
        try:
            return identifiers.person_number(self.cleaned_data["national_number"])
        except Refused as refusal:
            raise forms.ValidationError(refusal.message, code=refusal.code) from None

    def clean(self) -> dict[str, Any]:
        """Only what was asked: the names are the credential's, whatever the browser sent."""
        asked = ("email", "national_number")
        return {name: self.cleaned_data[name] for name in asked if name in self.cleaned_data}


class EmailForm(Form):
    """Another address for the mail."""

    email = forms.EmailField(
        label=_("Your email address"),
        max_length=254,
        error_messages={"required": _("Enter your email address. Example: name@example.lu.")},
        widget=forms.EmailInput(attrs=_EMAIL_WIDGET),
    )


class CodeForm(Form):
    """The code of the mail, typed. Capitals, spaces and dashes do not matter."""

    code = forms.CharField(
        label=_("Code in the email"),
        max_length=40,
        help_text=_("12 letters and digits. Example: 9TC9-EEDJ-PXVV."),
        error_messages={"required": _("Enter the code that is in the email.")},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        ),
    )

    def clean_code(self) -> str:
        """The code as it was sent."""
        code = codes.clean(self.cleaned_data["code"])
        if code is None:
            raise forms.ValidationError(
                _("The code has 12 letters and digits. Example: 9TC9-EEDJ-PXVV."), code="code-shape"
            )
        return code


class ShownField(forms.CharField):
    """What the page shows now: sent back with the answer, never drawn with an older value."""

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Always the page's own."""
        return initial


class AcceptanceForm(Form):
    """A box to tick, and the text that was on the page when it was ticked."""

    digest = ShownField(widget=forms.HiddenInput, max_length=64, required=False)
    accept: forms.BooleanField

    def __init__(self, digest: str, *args: Any, **more: Any) -> None:
        super().__init__(*args, initial={"digest": digest}, **more)

    def clean(self) -> dict[str, Any]:
        """Whether it was ticked is settled; which text, the action compares."""
        return {"digest": self.cleaned_data.get("digest", "")}


class AccessTermsForm(AcceptanceForm):
    """The sign-on portal's terms, at the end of a registration."""

    accept = forms.BooleanField(
        label=_("I have read the terms of the sign-on portal and accept them."),
        error_messages={"required": _("Tick the box to accept the terms, then register.")},
    )


class PortalTermsForm(AcceptanceForm):
    """MyGuichet's own terms."""

    accept = forms.BooleanField(
        label=_("Accept the terms of use"),
        error_messages={"required": _("Tick “Accept the terms of use” to continue.")},
    )
