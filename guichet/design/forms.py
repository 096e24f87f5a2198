"""Every form of the house: how it looks, and how it hands what was typed to an action."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.forms.renderers import TemplatesSetting

from guichet.refusals import Refused

Result = TypeVar("Result")


class Renderer(TemplatesSetting):
    """Draws every form and field from `design/`."""


class Form(forms.Form):
    """A form that carries what was typed to one action and brings a refusal back."""

    use_required_attribute = False

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
            self.add_error(field, forms.ValidationError(refusal.message, code=refusal.code))
            return None
