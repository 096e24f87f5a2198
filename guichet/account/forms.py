"""What we ask about somebody's own account."""

from django import forms
from django.utils.translation import gettext_lazy as _

from guichet.design.forms import Form


class NameForm(Form):
    """What somebody calls a product."""

    label = forms.CharField(
        label=_("Name of the product"),
        help_text=_("So that you tell your products apart. Example: Token at the office."),
        max_length=60,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
