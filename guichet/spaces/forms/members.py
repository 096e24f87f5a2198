"""What we ask about users of a space: their role, its limits, and who wants to join."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from guichet.design.forms import Form
from guichet.refusals import Refused
from guichet.spaces import identifiers
from guichet.spaces.models import Membership, Role, RoleRequest
from guichet.spaces.themes import Theme

# What a role is good for, in a line; exactly what it may do stands on the page of rights.
_ROLES = {
    Role.ADMINISTRATOR: _("Administrator: everything, also users and the eSpace itself"),
    Role.MANAGER: _("Manager: prepares, signs and submits procedures"),
    Role.CONTRIBUTOR: _("Contributor: prepares procedures, neither signs nor submits"),
    Role.READER: _("Reader: sees everything and changes nothing"),
}


def _role_field(label: Any, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        help_text=help_text,
        choices=[(role.value, text) for role, text in _ROLES.items()],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a role.")},
    )


def _message_field() -> forms.CharField:
    return forms.CharField(
        label=_("Message to the administrators"),
        help_text=_("For example what you need it for, or who you are in the company."),
        required=False,
        max_length=RoleRequest.MESSAGE_LENGTH_MAX,
        widget=forms.Textarea({"rows": 3}),
    )


class RoleForm(Form):
    """A role, and which procedures it is for. Hands `role` and `limits` to its action."""

    ALL, SOME = "all", "some"

    role = _role_field(_("Role"))
    scope = forms.ChoiceField(
        label=_("Which procedures?"),
        help_text=_("For managers and contributors. The others stay visible, but closed."),
        choices=[(ALL, _("All procedures")), (SOME, _("Only procedures about these themes"))],
        widget=forms.RadioSelect,
        initial=ALL,
    )
    limits = forms.MultipleChoiceField(
        label=_("Themes"),
        choices=Theme.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, kept: list[str] | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        others = [(code, code) for code in kept or [] if code not in Theme.values]
        self.fields["limits"].choices = [*Theme.choices, *others]  # type: ignore[attr-defined]

    @classmethod
    def of(cls, member: Membership, data: Any) -> "RoleForm":
        """As the member stands now. Limits to single procedures can be kept, or dropped."""
        initial = {
            "role": member.role,
            "scope": cls.SOME if member.limits else cls.ALL,
            "limits": member.limits,
        }
        return cls(data, initial=initial, kept=member.limits)

    def clean(self) -> dict[str, Any]:
        """No theme is a limit only for who chose themes."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        scope = data.pop("scope", None)
        if scope == self.ALL:
            data["limits"] = []
        elif scope == self.SOME and not data.get("limits") and "limits" not in self.errors:
            message = _("Tick at least one theme, or choose “All procedures”.")
            self.add_error("limits", ValidationError(message, code="no-theme"))
        return data


class AskForm(Form):
    """Asking for a role in one's own space. `roles` are those that would give more."""

    role = _role_field(_("Which role do you need?"))
    message = _message_field()

    def __init__(self, *args: Any, roles: list[Role], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["role"].choices = [(role.value, _ROLES[role]) for role in roles]  # type: ignore[attr-defined]


class JoinForm(Form):
    """Asking to join a space that one knows by its identifier."""

    identifier = forms.CharField(
        label=_("Identifier of the eSpace"),
        help_text=_("It stands at the top of the eSpace. Example: PM-7K2M4Q."),
        max_length=20,
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": _("Enter the identifier. Ask a user of the eSpace for it.")},
    )
    role = _role_field(
        _("Which role do you need?"), _("The administrators decide; they may give another one.")
    )
    message = _message_field()

    def clean_identifier(self) -> str:
        """As it is written, however it was typed."""
        try:
            return identifiers.read(self.cleaned_data["identifier"])
        except Refused as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from refusal


class FindForm(Form):
    """Finding users in a long list."""

    q = forms.CharField(label=_("Name"), required=False, max_length=100)
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[])

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["role"].choices = [("", _("All roles")), *Role.choices]  # type: ignore[attr-defined]
