"""What sign-on asks."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from guichet.design.forms import CodeField, Form
from guichet.signon import passwords


class SecretsForm(Form):
    """UserID and password."""

    user_id = forms.CharField(
        label=_("UserID"),
        max_length=60,
        widget=forms.TextInput(
            {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": _("Enter your UserID.")},
    )
    password = forms.CharField(
        label=pgettext_lazy("sign-on", "Password"),
        max_length=passwords.LENGTH_MAX,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
        error_messages={"required": _("Enter your password.")},
    )


class OtpForm(Form):
    """The code that the Token shows."""

    otp = CodeField(
        label=_("OTP"),
        help_text=_("6-digit code shown on the Token"),
        error_messages={"required": _("Enter the code that your Token shows.")},
    )


class ResynchronisationForm(Form):
    """Two codes in a row."""

    first = CodeField(
        label=_("First code"),
        help_text=_("Press the button of your Token and enter the code."),
        error_messages={"required": _("Enter the first code.")},
    )
    second = CodeField(
        label=_("Second code"),
        help_text=_("Wait until the Token shows another code. Enter it too."),
        error_messages={"required": _("Enter the code that comes next.")},
    )
