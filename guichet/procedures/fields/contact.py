"""How to reach somebody: e-mail, telephone, an address on the web."""

import ipaddress
import re
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from guichet.procedures.fields.base import Json, Question, Scene, line_of, text_in, wrong
from guichet.procedures.rules import Type, kinds

Own = Literal["off", "own"]  # `own`: the person's own data, which a browser may fill in

_EMAIL_MAX = 254
_E164 = r"^\+[1-9][0-9]{3,14}$"
_URL_MAX = 2_000


class Email(Question):
    """An e-mail address (5.6, type 19): its syntax."""

    type: Literal["email"]
    autocomplete: Own = "off"

    seconds: ClassVar[int] = 10

    @property
    def kind(self) -> Type:
        return kinds.TEXT

    def widget(self, scene: Scene) -> forms.Widget:
        own = "email" if self.autocomplete == "own" else "off"
        return forms.EmailInput({"autocomplete": own, "spellcheck": "false"})

    def typed(self, answer: Json, scene: Scene) -> Any:
        return text_in(answer)

    def read(self, typed: Any, scene: Scene) -> Json:
        return clean_email(line_of(typed)) or None

    def check(self, answer: Json, scene: Scene) -> None:
        require_email(text_in(answer))

    def json_schema(self) -> dict[str, Any]:
        return EMAIL_SCHEMA


EMAIL_SCHEMA: dict[str, Any] = {
    "type": "string",
    "format": "email",
    "pattern": r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
    "maxLength": _EMAIL_MAX,
}


def clean_email(text: str) -> str:
    """Without what mail programs copy along; the part behind the @ in small letters."""
    text = re.sub(r"(?i)^mailto:", "", text.strip("<>,; ")).rstrip(".")
    name, at, host = text.replace(" ", "").rpartition("@")
    return name + at + host.lower()


def require_email(text: str) -> None:
    """Raise `ValidationError` unless mail can be sent there."""
    try:
        validate_email(text)
    except ValidationError:
        raise wrong(
            _("The email address is not complete. Example: name@example.lu."), "email-unreadable"
        ) from None
    # Django lets "localhost" pass, and a name in quotes with blanks.
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text) or len(text) > _EMAIL_MAX:
        raise wrong(
            _("The email address is not complete. Example: name@example.lu."), "email-unreadable"
        )


class Phone(Question):
    """A telephone number (5.6, type 20), kept as "+352621123456"; of Luxembourg without a code."""

    type: Literal["phone"]
    mobile: bool = False  # one that takes text messages
    autocomplete: Own = "off"

    seconds: ClassVar[int] = 10

    @property
    def kind(self) -> Type:
        return kinds.TEXT

    def widget(self, scene: Scene) -> forms.Widget:
        own = "tel" if self.autocomplete == "own" else "off"
        return forms.TextInput({"type": "tel", "autocomplete": own})

    def typed(self, answer: Json, scene: Scene) -> Any:
        return _said_number(answer)

    def read(self, typed: Any, scene: Scene) -> Json:
        text = line_of(typed)
        if not text:
            return None
        number = _number(re.sub(r"\(0\)", "", text))
        if number is None:
            raise _no_number()
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def check(self, answer: Json, scene: Scene) -> None:
        text = text_in(answer)
        number = _number(text) if re.match(_E164, text) else None
        if (
            number is None
            or phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) != text
        ):
            raise _no_number()
        mobiles = (
            phonenumbers.PhoneNumberType.MOBILE,
            phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
        )
        if self.mobile and phonenumbers.number_type(number) not in mobiles:
            raise wrong(
                _("Enter the number of a mobile phone. Example: +352 621 123 456."), "phone-mobile"
            )

    def said(self, answer: Json, scene: Scene) -> str:
        return _said_number(answer)

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": _E164}


def _number(text: str) -> Any:
    """The number, or None for what can be none."""
    try:
        number = phonenumbers.parse(text[:60], "LU")
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) and not number.extension else None


def _said_number(answer: Json) -> str:
    number = _number(text_in(answer))
    if number is None:
        return text_in(answer)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def _no_number() -> ValidationError:
    return wrong(
        _("The phone number is not complete. Example: +352 26 12 34 56."), "phone-unreadable"
    )


class Url(Question):
    """An address on the web (5.6, type 21): https, no password in it, nobody's private network."""

    type: Literal["url"]

    seconds: ClassVar[int] = 12

    @property
    def kind(self) -> Type:
        return kinds.TEXT

    def widget(self, scene: Scene) -> forms.Widget:
        attrs = {"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}
        return forms.TextInput(attrs)

    def typed(self, answer: Json, scene: Scene) -> Any:
        return text_in(answer)

    def read(self, typed: Any, scene: Scene) -> Json:
        text = line_of(typed)
        if text and not re.match(r"(?i)[a-z][a-z0-9+.-]*:", text):
            text = f"https://{text}"
        return re.sub(r"(?i)^https:", "https:", text) or None

    def check(self, answer: Json, scene: Scene) -> None:
        text = text_in(answer)
        if not text.startswith("https://"):
            raise wrong(_("Type an address that starts with https://."), "url-scheme")
        if len(text) > _URL_MAX or re.search(r"[\s\\<>\"^`{|}\x00-\x1f\x7f]", text):
            raise _no_page()
        try:
            parts = urlsplit(text)
            host, _port = parts.hostname or "", parts.port
        except ValueError:
            raise _no_page() from None
        if "@" in parts.netloc:
            raise wrong(_("Leave name and password out of the address."), "url-credentials")
        if not _is_public(host):
            raise _no_page()

    def json_schema(self) -> dict[str, Any]:
        return {
            "type": "string",
            "format": "uri",
            "pattern": r"^https://[^\s]+$",
            "maxLength": _URL_MAX,
        }


def _is_public(host: str) -> bool:
    """Whether it can be a name that everybody reaches."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        private = (".local", ".localhost", ".internal", ".lan", ".home.arpa", ".test", ".invalid")
        labels = host.rstrip(".").split(".")
        is_named = len(labels) > 1 and all(
            re.fullmatch(r"(?!-)[^\W_]([\w-]{0,61}[^\W_])?", label) for label in labels
        )
        return is_named and not host.endswith(private) and labels[-1][0].isalpha()
    return False


def _no_page() -> ValidationError:
    return wrong(
        _("Type the address as your browser shows it. Example: https://example.lu."),
        "url-unreadable",
    )
