"""A letter that the post brought back."""

from django import forms
from django.utils.translation import gettext_lazy as _

from guichet.design.forms import Form
from guichet.post.models import Dispatch


class ReturnedForm(Form):
    """Which letter, and what the post says."""

    code = forms.CharField(
        label=_("Code of the letter"),
        max_length=20,
        help_text=_("At the foot of the letter: eight characters, or scan the square."),
        error_messages={"required": _("Enter the code of the letter. Example: 7K2M-4Q9X.")},
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    reason = forms.ChoiceField(
        label=_("What the post says"),
        choices=Dispatch.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose why the letter came back.")},
    )


class SettledForm(Form):
    """Which letter somebody has dealt with."""

    key = forms.UUIDField(widget=forms.HiddenInput)
