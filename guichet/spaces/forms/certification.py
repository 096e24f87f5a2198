"""What we ask to certify a space."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from guichet.design.forms import Form, OnceForm
from guichet.persons.models import Agent
from guichet.spaces import codes, policy
from guichet.spaces.models import BY_AUTHORITY, AccessCode, Grade


class EnterCodeForm(Form):
    """An access code, as somebody reads it from a letter or hears it."""

    code = forms.CharField(
        label=_("Access code"),
        help_text=_(
            "16 letters and digits in groups of four. O and 0, I and 1 do not occur. Small letters "
            "and spaces do not matter."
        ),
        max_length=60,
        widget=forms.TextInput(
            {
                "class": "reference",
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        ),
        error_messages={"required": _("Enter the access code that you were given.")},
    )

    def clean_code(self) -> str:
        """What cannot be a code at all is a slip of the pen, and counts as no try."""
        code = codes.clean(self.cleaned_data["code"])
        if code is None:
            raise ValidationError(
                _("An access code has 16 letters and digits. Example: K7M4-2PQR-9TXA-BC3D."),
                code="code-shape",
            )
        return code


def _note(help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=_("For whom is the code?"),
        help_text=help_text,
        max_length=AccessCode.NOTE_LENGTH_MAX,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={
            "required": _("Write for whom the code is: you will find it again by this.")
        },
    )


class AgentCodeForm(OnceForm):
    """A code for somebody who acts for the holder."""

    note = _note(
        _(
            "For example the name of your accountant’s company. Only the users of your eSpace see it."
        )
    )


class CodeForm(OnceForm):
    """A code that an authority gives."""

    service = forms.ChoiceField(label=_("Service"), widget=forms.RadioSelect)
    grade = forms.ChoiceField(
        label=_("Kind of code"),
        widget=forms.RadioSelect,
        choices=[
            (Grade.HOLDER, _("Holder: for the eSpace of the company itself")),
            (Grade.AGENT, _("Agent: for the eSpace of somebody who acts for the company")),
        ],
    )
    holder = forms.CharField(
        label=_("Identifier of the holder’s eSpace"),
        help_text=_(
            "For an agent’s code only. The holder then sees the agent and can revoke it. Leave it "
            "empty when the company has no eSpace."
        ),
        required=False,
        max_length=20,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    note = _note(
        _("For example a file number. No name of a person. Only agents of your authority see it.")
    )

    def __init__(self, agent: Agent, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        open_ones = policy.services_of(agent).filter(closed_at=None)
        choices = [(service.code, service.name) for service in open_ones]
        self.fields["service"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.initial.setdefault("service", choices[0][0])


class RevokeForm(Form):
    """Why an authority takes back what it granted."""

    why = forms.ChoiceField(
        label=_("Reason"),
        help_text=_("The users of the eSpace read it."),
        widget=forms.RadioSelect,
        choices=[(ending.value, ending.label) for ending in BY_AUTHORITY],
    )
