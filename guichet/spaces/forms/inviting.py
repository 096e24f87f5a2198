"""What we ask to invite somebody."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from guichet.spaces.forms.members import RoleForm
from guichet.spaces.models import Invitation

NUMBER_LENGTH = 20


class CertificateNumberField(forms.CharField):
    """The 20 digits of a certificate, blanks and dashes dropped."""

    def clean(self, value: Any) -> str:
        """Exactly so many digits, or nothing; the sentence gives the number found."""
        typed = str(super().clean(value) or "")
        digits = "".join(sign for sign in typed if not sign.isspace() and sign not in "-.")
        if not digits:
            return ""
        if not (digits.isascii() and digits.isdigit()):
            raise ValidationError(
                _("The certificate number has digits only. Ask the person for it."),
                code="number-digits",
            )
        if len(digits) != NUMBER_LENGTH:
            raise ValidationError(
                _("The certificate number has 20 digits. You entered %(found)d."),
                code="number-length",
                params={"found": len(digits)},
            )
        return digits


class InvitationForm(RoleForm):
    """Whom, into which role, and, to be strict, with which product."""

    email = forms.EmailField(
        label=_("Their email address"),
        help_text=_("We send the invitation there."),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter the email address of the person you invite.")},
    )
    given_names = forms.CharField(
        label=_("Their first name"),
        max_length=100,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("Enter the first name of the person you invite.")},
    )
    family_name = forms.CharField(
        label=_("Their last name"),
        help_text=_("As on their identity card. If the name differs, you confirm it."),
        max_length=100,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("Enter the last name of the person you invite.")},
    )
    language = forms.ChoiceField(
        label=_("Language of the invitation"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )
    product_number = CertificateNumberField(
        label=_("Certificate number (SSN)"),
        help_text=_("20 digits, if only one product may accept. Leave it empty to trust the name."),
        required=False,
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "numeric"}),
    )
    product_scope = forms.ChoiceField(
        label=_("With which products may they open the eSpace afterwards?"),
        help_text=_("Counts only with a certificate number."),
        choices=Invitation.Scope.choices,
        widget=forms.RadioSelect,
        initial=Invitation.Scope.PERSON,
        required=False,
    )

    groups = (
        (_("Who"), ("email", "given_names", "family_name", "language")),
        (_("What they may do"), ("role", "scope", "limits")),
        (_("Only with one product (optional)"), ("product_number", "product_scope")),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.initial = {"language": get_language(), **(self.initial or {})}

    def clean(self) -> dict[str, Any]:
        """Hands on `scope` of the product under the name that the action knows."""
        data = super().clean()
        data["scope"] = data.pop("product_scope", "") or Invitation.Scope.PERSON
        return data
