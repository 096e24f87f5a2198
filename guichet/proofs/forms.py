"""What one types to look up a receipt."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from guichet.design.forms import Form
from guichet.proofs import codes


class CodeForm(Form):
    """The code of a slip; blanks, dashes and small letters do not matter."""

    code = forms.CharField(
        label=_("Code of the slip"),
        help_text=_("16 letters and digits, beside the QR code. Example: 9TC9-EEDJ-PXVV-2K7M."),
        max_length=200,
        error_messages={"required": _("Type the code that stands beside the QR code.")},
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )

    def clean_code(self) -> str:
        """As it stands in the address of its page."""
        code = codes.cleaned(self.cleaned_data["code"])
        if code is None:
            message = _("The code has 16 letters and digits. Compare it with the slip.")
            raise ValidationError(message, code="code-shape")
        return codes.grouped(code)
