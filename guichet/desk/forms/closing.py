"""What we ask before a space goes into the bin."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guichet.design.forms import Form


class DeleteForm(Form):
    """The identifier, written by hand: nobody deletes the wrong space with one click too many."""

    typed = forms.CharField(
        label=_("Identifier of the eSpace"),
        max_length=40,
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": _("Type the identifier of the eSpace to confirm.")},
    )

    def __init__(self, *args: Any, identifier: str, **more: Any) -> None:
        super().__init__(*args, **more)
        told = format_html('<span class="reference">{}</span>', identifier)
        self.fields["typed"].help_text = format_html(gettext("Type {} to confirm."), told)
