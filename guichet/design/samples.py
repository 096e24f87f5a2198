"""What the gallery shows: invented forms and lists, in every state. Developers' words, English."""

from typing import Any

from django import forms
from django.core.paginator import Paginator

from guichet.design.forms import CodeField, DateField, Form
from guichet.design.icons import PATHS

PRODUCTS = (
    ("token", "Token", "A small device that shows a 6-digit code"),
    ("smartcard", "Smartcard", "A card and a reader"),
    ("stick", "Signing stick", ""),
    ("mobile", "Mobile app", "Confirm on your phone"),
    ("eid", "Identity card (eID)", ""),
    ("eidas", "European means (eIDAS)", "From another country of the Union"),
    ("passkey", "Passkey", ""),
)


class SampleForm(Form):
    """Each kind of field once."""

    marks_required = True
    groups = (
        ("Secrets", ("password", "code")),
        ("Choices", ("legal_form", "kind", "ways", "terms")),
    )

    name = forms.CharField(
        label="Your first name",
        disabled=True,
        required=False,
        initial="INÊS MARIA DA CONCEIÇÃO",
        help_text="From your certificate",
    )
    email = forms.EmailField(
        label="Your email address", widget=forms.EmailInput({"autocomplete": "email"})
    )
    number = forms.CharField(
        label="Your identification number (Matricule Lux.)",
        help_text="13 digits, on your social security card",
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )
    birth = DateField(label="Date of birth", help_text="For example: 27 3 1983")
    note = forms.CharField(label="Message", required=False, widget=forms.Textarea)
    password = forms.CharField(
        label="Password", widget=forms.PasswordInput({"autocomplete": "current-password"})
    )
    code = CodeField(label="6-digit code shown on the Token")
    legal_form = forms.ChoiceField(
        label="Legal form", choices=[("", "Choose"), ("sarl", "Sàrl"), ("sa", "SA")]
    )
    kind = forms.ChoiceField(
        label="Who is it for?",
        widget=forms.RadioSelect,
        choices=[("me", "For myself"), ("company", "For my company")],
    )
    ways = forms.MultipleChoiceField(
        label="How may we reach you?",
        widget=forms.CheckboxSelectMultiple,
        choices=[("mail", "By email"), ("letter", "By letter"), ("phone", "By phone")],
    )
    terms = forms.BooleanField(label="Accept the terms of use")


def everything(*, wrong: bool) -> dict[str, Any]:
    """All that `design/gallery.html` draws; `wrong` shows the form in its error state."""
    typed = {"email": "lea@", "birth_0": "31", "birth_1": "2", "birth_2": "1983", "name": ""}
    form = SampleForm(typed if wrong else None)
    form.is_valid()
    return {
        "form": form,
        "icons": sorted(PATHS),
        "kinds": ("info", "success", "warning", "error"),
        "steps": [
            {"label": "Give your space a name", "url": "#stepper", "state": "done"},
            {"label": "Enter your company’s details", "url": None, "state": "current"},
            {"label": "Check your user details", "url": None, "state": "todo"},
        ],
        "tabs": [
            {"label": "My procedures", "url": "#tabs", "current": True, "count": 0},
            {"label": "My business data", "url": "#tabs", "current": False, "count": 0},
            {"label": "Communications", "url": "#tabs", "current": False, "count": 2},
            {"label": "Business eSpace", "url": "#tabs", "current": False, "count": 0},
        ],
        "rows": [
            {"label": "Name", "value": "Boulangerie Muller Sàrl", "change_url": "#summary"},
            {
                "label": "Address",
                "value": "11, allée du Guichet\nL-0000 Luxembourg",
                "change_url": "#summary",
            },
            {"label": "VAT number", "value": "", "change_url": None},
        ],
        "products": [
            {"code": code, "name": name, "text": text, "url": "#products", "tag": tag}
            for (code, name, text), tag in zip(PRODUCTS, ("Last used", *[""] * 6), strict=True)
        ],
        "page": Paginator(range(95), 10).page(2),
        "crumbs": [
            {"label": "My spaces", "url": "#way"},
            {"label": "Boulangerie Muller Sàrl", "url": "#way"},
            {"label": "Details", "url": None},
        ],
        "cases": [
            ("2026-K7M2", "Business permit", "12 March 2026", "success", "Decided"),
            (
                "2026-P4QX",
                "Authorisation to occupy the public road",
                "3 April 2026",
                "warning",
                "Document wanted",
            ),
        ],
    }
