"""What we ask to merge two spaces."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from guichet.design.forms import Form
from guichet.spaces.identifiers import PATTERN
from guichet.spaces.models import Membership

MINE, OTHER = "mine", "other"


class ChooseForm(Form):
    """Which two spaces, and which of them stays."""

    mine = forms.ChoiceField(
        label=_("Your eSpace"),
        help_text=_("You administer it."),
        error_messages={"required": _("Choose one of your eSpaces.")},
    )
    other = forms.ChoiceField(
        label=_("The other eSpace"), help_text=_("One of yours, or one of others."), required=False
    )
    identifier = forms.CharField(
        label=_("Identifier of the other eSpace"),
        help_text=_("If you do not administer it. Example: PM-7K2M4Q. Its administrators know it."),
        required=False,
        max_length=20,
        widget=forms.TextInput(
            {"autocomplete": "off", "spellcheck": "false", "class": "input-code"}
        ),
    )
    keep = forms.ChoiceField(
        label=_("Which eSpace stays?"),
        help_text=_(
            "Its name, its identifier and the details of its company stay. "
            "Everything of the other one moves into it."
        ),
        widget=forms.RadioSelect,
        choices=[(MINE, _("Your eSpace")), (OTHER, _("The other eSpace"))],
        error_messages={"required": _("Choose which eSpace stays.")},
    )

    def __init__(self, *args: Any, mine: Sequence[Membership], **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [
            (member.space.identifier, f"{member.space.name} ({member.space.identifier})")
            for member in mine
        ]
        self.fields["mine"].choices = [("", _("Choose")), *choices]  # type: ignore[attr-defined]
        self.fields["other"].choices = [  # type: ignore[attr-defined]
            ("", _("An eSpace of others: I type its identifier")),
            *choices,
        ]
        if len(choices) < 2:
            del self.fields["other"]
            self.fields["identifier"].help_text = _(
                "Example: PM-7K2M4Q. The administrators of that eSpace know it."
            )

    def clean_identifier(self) -> str:
        """As people copy it: small letters and blanks are all right."""
        text = re.sub(r"\s", "", self.cleaned_data["identifier"]).upper()
        if text and not (re.fullmatch(PATTERN, text) and text.startswith("PM-")):
            raise ValidationError(
                _("The identifier of a business eSpace looks like this: PM-7K2M4Q."),
                code="identifier-shape",
            )
        return text

    def clean(self) -> dict[str, Any]:
        """The other one is chosen or typed, and is another one."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        chosen, typed = data.get("other"), data.get("identifier")
        if "identifier" not in data or "other" in self.errors:
            return data
        if not chosen and not typed:
            field = "other" if "other" in self.fields else "identifier"
            self.add_error(field, _("Choose the other eSpace or type its identifier."))
        elif chosen and typed and chosen != typed:
            self.add_error(
                "identifier", _("Choose the other eSpace or type its identifier, not both.")
            )
        elif data.get("mine") == (chosen or typed):
            self.add_error("other" if chosen else "identifier", _("Choose two different eSpaces."))
        return data

    @property
    def pair(self) -> tuple[str, str]:
        """Identifiers of the space that goes and of the one that stays."""
        data = self.cleaned_data
        mine, other = data["mine"], data.get("other") or data["identifier"]
        return (other, mine) if data["keep"] == MINE else (mine, other)


class SeenForm(Form):
    """Agreeing to a preview: knows which one its page showed."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    agreed = forms.BooleanField(label=_("I have read the preview and agree to it."))

    def submit_seen(self, action: Any, *args: Any, **more: Any) -> Any:
        """Hand only the digest over: the tick says nothing more."""
        return self.submit(lambda seen, agreed: action(*args, seen=seen, **more))
