"""What we ask about what a register says."""

from django import forms
from django.utils.translation import gettext_lazy as _

from guichet.design.forms import Form
from guichet.spaces.models import Contest


class ReadingForm(Form):
    """Reading the register again; knows which answer the page showed."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)


class MatchingForm(ReadingForm):
    """Finding in the register a company that was typed by hand."""

    reference = forms.CharField(
        label=_("Number of the company"),
        help_text=_("RCS number, VAT number or national number with 11 digits."),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter one of the numbers of the company.")},
    )

    def hide_number(self) -> None:
        """On the page that shows what would change, only the button is left."""
        self.fields["reference"].widget = forms.HiddenInput()


class ContestForm(Form):
    """What a value should be, and why."""

    right_value = forms.CharField(
        label=_("What should it be?"),
        max_length=300,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("Write what the value should be.")},
    )
    words = forms.CharField(
        label=_("Why?"),
        help_text=_("For example since when, and which document shows it."),
        max_length=Contest.WORDS_LENGTH_MAX,
        widget=forms.Textarea({"rows": 5}),
        error_messages={"required": _("Write why: whoever checks it needs to know.")},
    )
