"""How somebody likes pages drawn: size of the text, colours, spacing. Kept in one cookie.

The stylesheet reads the choices from attributes of `<html>`; what is as usual leaves none.
"""

from collections.abc import Mapping

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

COOKIE = "affichage"
COOKIE_AGE = 365 * 24 * 3600

# What can be chosen, the usual first.
CHOICES = {
    "text": ("normal", "large", "largest"),
    "theme": ("auto", "light", "dark"),
    "spacing": ("normal", "wide"),
}
USUAL = {name: choices[0] for name, choices in CHOICES.items()}


def chosen(cookies: Mapping[str, str]) -> dict[str, str]:
    """What this browser has chosen; anything unknown counts as usual."""
    parts = cookies.get(COOKIE, "").split(".")
    if len(parts) != len(CHOICES):
        return dict(USUAL)
    return {
        name: part if part in choices else choices[0]
        for (name, choices), part in zip(CHOICES.items(), parts, strict=True)
    }


def packed(choice: Mapping[str, str]) -> str:
    """The cookie's value for a choice."""
    return ".".join(choice[name] for name in CHOICES)


def attributes(cookies: Mapping[str, str]) -> SafeString:
    """The attributes for `<html>`, each with a blank before it."""
    if COOKIE not in cookies:
        return _NOTHING
    unusual = [(name, value) for name, value in chosen(cookies).items() if value != USUAL[name]]
    return format_html_join("", ' data-{}="{}"', unusual)


_NOTHING = SafeString("")
