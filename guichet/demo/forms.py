"""What one may change about a demonstration's world."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guichet.design.forms import Form
from guichet.registers import invented

HOURS = {"1": _("1 hour later"), "24": _("1 day later"), "72": _("3 days later")}


class ClockForm(Form):
    """How far to move the clock."""

    hours = forms.ChoiceField(choices=list(HOURS.items()))

    @property
    def by(self) -> timedelta:
        """The step that was chosen."""
        return timedelta(hours=int(self.cleaned_data["hours"]))


class RegisterForm(Form):
    """Which register answers from now on, or no longer."""

    register = forms.ChoiceField(choices=[(name, name) for name in invented.REGISTERS])
    closed = forms.BooleanField(required=False)

    def apply(self) -> Any:
        """Close the register, or open it again."""
        act = invented.close if self.cleaned_data["closed"] else invented.open_again
        return act(self.cleaned_data["register"])
