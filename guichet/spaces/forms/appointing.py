"""What the help desk is asked when it looks into a space and gives it an administrator."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from guichet.design.forms import Form
from guichet.spaces.actions.looking_up import Why
from guichet.spaces.models import Appointment, Membership

ANOTHER = "another"


class WhyForm(Form):
    """Why one looks. The answer goes into the register."""

    motif = forms.ChoiceField(
        label=_("Why do you look into this eSpace?"),
        help_text=_("Your answer is recorded with your name."),
        choices=Why.choices,
        widget=forms.RadioSelect,
    )


class FindForm(Form):
    """Which space, and why one looks."""

    text = forms.CharField(
        label=_("Business eSpace"),
        help_text=_(
            "Its identifier (PM-…), a number of its company, or at least 3 letters of a name."
        ),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    why = forms.ChoiceField(
        label=_("Why do you look?"),
        help_text=_("Your answer is recorded with your name."),
        choices=Why.choices,
        widget=forms.RadioSelect,
    )


class ProposalForm(Form):
    """Whom to make administrator, and on what grounds."""

    groups = (
        (_("New administrator"), ("who", "national_number")),
        (_("Grounds"), ("asked_by", "proof", "proof_words", "reason")),
    )

    who = forms.ChoiceField(label=_("Who becomes administrator?"), widget=forms.RadioSelect)
    national_number = forms.CharField(
        label=_("National identification number"),
        help_text=_("Only for another person: 13 digits. The person must be registered."),
        max_length=60,
        required=False,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )
    asked_by = forms.CharField(
        label=_("Who asked?"),
        help_text=_("Name and capacity, for example “Me Weis, notary”."),
        max_length=Appointment._meta.get_field("asked_by").max_length,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    proof = forms.ChoiceField(
        label=_("Which proof have you seen?"),
        choices=Appointment.Proof.choices,
        widget=forms.RadioSelect,
    )
    proof_words = forms.CharField(
        label=_("If it is something else: what?"),
        max_length=Appointment._meta.get_field("proof_words").max_length,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("What happened, and why this person. Your colleague decides on these words."),
        max_length=Appointment.REASON_LENGTH_MAX,
        widget=forms.Textarea({"rows": 4}),
    )

    def __init__(self, members: Iterable[Membership], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        known = [(str(m.pk), f"{m.person.name}, {m.role_name}") for m in members]
        self.fields["who"].choices = [  # type: ignore[attr-defined]
            *known,
            (ANOTHER, _("Another person, by national identification number")),
        ]

    def clean(self) -> dict[str, Any]:
        """Either a member, or the number of somebody else."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("who") == ANOTHER:
            data["who"] = ""
            if not data.get("national_number"):
                self.add_error(
                    "national_number",
                    ValidationError(
                        _("Enter the national identification number, 13 digits."),
                        code="number-missing",
                    ),
                )
        return data


class ConsentForm(Form):
    """Consenting is an act of its own, not a button beside another one."""

    checked = forms.BooleanField(label=_("I have checked the grounds and the proof myself."))

    def clean(self) -> dict[str, Any]:
        """Nothing to hand on: without the tick the form is not sent."""
        return {}
