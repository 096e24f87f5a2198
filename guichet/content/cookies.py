"""Every cookie that the portal sets, for the page on personal data. A test compares."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from guichet.design import display


@dataclass(frozen=True, slots=True)
class Cookie:
    """One line of the table."""

    name: str
    purpose: str
    lasts: str


def all_of_them() -> list[Cookie]:
    """All are necessary or asked for: none follows anybody, none is anybody else's."""
    hours = int(settings.SESSION_LIMIT.total_seconds() // 3600)
    one_year = _("1 year")
    until_closed = _("Until you close the browser")
    return [
        Cookie(
            settings.SESSION_COOKIE,
            _("Keeps you logged in."),
            _("%(hours)d hours at most") % {"hours": hours},
        ),
        Cookie(
            settings.VISIT_COOKIE,
            _("Keeps your procedure open when you fill it in without logging in."),
            _("%(hours)d hours at most") % {"hours": hours},
        ),
        Cookie(settings.ATTEMPT_COOKIE, _("Keeps track while you log in."), until_closed),
        Cookie(
            settings.BROWSER_COOKIE,
            _(
                "Recognises a browser that you have used before, so that nobody else can lock you out."
            ),
            one_year,
        ),
        Cookie(
            settings.CSRF_COOKIE_NAME,
            _("Makes sure that a form comes from you and not from another site."),
            one_year,
        ),
        Cookie("messages", _("Carries one message to the next page."), until_closed),
        Cookie(settings.LANGUAGE_COOKIE_NAME, _("Remembers the language."), one_year),
        Cookie(
            display.COOKIE, _("Remembers the text size and colours that you have chosen."), one_year
        ),
    ]
