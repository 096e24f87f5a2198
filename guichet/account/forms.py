"""What we ask about somebody's own account."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from guichet.design.forms import Form
from guichet.spaces.actions.telling import ALWAYS_AT_ONCE, Kind, When, kinds, when
from guichet.spaces.models import Membership


class NameForm(Form):
    """What somebody calls a product."""

    label = forms.CharField(
        label=_("Name of the product"),
        help_text=_("So that you tell your products apart. Example: Token at the office."),
        max_length=60,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class NotificationsForm(Form):
    """When a member is told of each kind of news; what always comes is shown as such."""

    def __init__(self, member: Membership, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for kind in kinds(member.space):
            always = kind in ALWAYS_AT_ONCE
            self.fields[kind.value] = forms.ChoiceField(
                label=kind.label,
                choices=When.choices[:1] if always else When.choices,
                widget=forms.RadioSelect,
                initial=when(member, kind),
                disabled=always,
                help_text=_("This always comes at once.") if always else "",
                error_messages={"required": _("Choose when you want to be told of it.")},
            )

    def clean(self) -> dict[str, Any]:
        """As the action takes it."""
        chosen = {kind: when for kind, when in self.cleaned_data.items() if kind in Kind.values}
        return {"chosen": chosen} if not self.errors else self.cleaned_data


class KeyForm(Form):
    """Which one of a page's rows."""

    key = forms.UUIDField(widget=forms.HiddenInput)


class EmailForm(Form):
    """The new address."""

    email = forms.EmailField(
        label=_("New email address"),
        max_length=254,
        help_text=_("We send an email to this address and one to the address so far."),
        error_messages={"required": _("Enter the new address. Example: name@example.lu.")},
        widget=forms.EmailInput(
            {"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}
        ),
    )
    with_spaces = forms.BooleanField(
        label=_("Use it in my eSpaces too, where I am told at the address so far"),
        required=False,
        initial=True,
    )

    def __init__(self, *args: Any, mute: bool = False, **more: Any) -> None:
        """`mute`: our mails come back from the address so far, so that it is not asked."""
        super().__init__(*args, **more)
        if mute:
            self.fields["email"].help_text = _("We send an email to this address.")


class LanguageForm(Form):
    """Which language we write in."""

    language = forms.ChoiceField(
        label=_("Language of your emails and letters"),
        help_text=_("The language of the pages is chosen at the top of each page."),
        choices=settings.LANGUAGES,
        widget=forms.RadioSelect,
    )


class ClosingForm(Form):
    """The address, typed by hand, so that nobody closes an account by a slip."""

    typed = forms.CharField(
        label=_("The email address of your account"),
        help_text=_("Type it, to confirm that you want to close the account."),
        max_length=254,
        widget=forms.TextInput(
            {"autocomplete": "off", "inputmode": "email", "spellcheck": "false"}
        ),
    )
