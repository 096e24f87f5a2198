"""Where somebody of the cast stands now: read from the same rows as the portal reads."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from guichet.registration import policy
from guichet.registration.models import Document, Request, request_of
from guichet.signon.models import Credential
from guichet.spaces.models import Membership


@dataclass(frozen=True)
class Standing:
    """A state in words; `kind` colours it: success, info, warning or error."""

    words: str | Promise
    kind: str


def of(token: Credential) -> Standing:
    """What would happen to whoever signs on with this Token now."""
    if not token.is_usable:
        return Standing(_("Product suspended"), "error")
    if token.person is None:
        return _on_the_way(request_of(token.pk))
    if not token.person.account.is_active:
        return Standing(_("Account closed after a death"), "error")
    if not policy.has_accepted(token.person, Document.PORTAL):
        return Standing(_("Must accept the new terms"), "warning")
    spaces = Membership.objects.filter(person=token.person).count()
    if not spaces:
        return Standing(_("Registered, no eSpace yet"), "info")
    words = ngettext("Registered, %(spaces)d eSpace", "Registered, %(spaces)d eSpaces", spaces) % {
        "spaces": spaces
    }
    return Standing(words, "success")


def _on_the_way(request: Request | None) -> Standing:
    if request is None or request.is_over:
        return Standing(_("Not registered yet"), "info")
    if request.waits_for_the_register:
        return Standing(_("Waits for the register"), "warning")
    if request.mail_confirmed_at is not None:
        return Standing(_("Address confirmed, must log in again"), "info")
    sent = request.confirmations.filter(superseded_at=None).first()
    if sent is None or sent.is_expired:
        return Standing(_("Link no longer valid"), "warning")
    return Standing(_("Email sent, not confirmed"), "info")
