"""What people are written about procedures: that one was sent, that a signature is awaited."""

import hashlib
from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from guichet.persons.models import Person
from guichet.post.actions import Mail
from guichet.procedures import addresses, catalogue
from guichet.procedures.definitions.form import Form
from guichet.procedures.models import Draft, Signature, Submission, Visit, Visitor
from guichet.refusals import Way
from guichet.spaces.models import Membership


class Reader(NamedTuple):
    """To whom a mail goes, and in which language. A visitor's name we do not know."""

    name: str
    to: str
    language: str
    key: object  # whose: two of them do not share a mail


def to_person(found: Person, to: str = "") -> Reader:
    """Somebody at their own address, unless another one is said."""
    return Reader(found.name, to or found.email, found.language, found.pk)


def to_member(found: Membership) -> Reader:
    """Somebody at the address where they read of this space."""
    return to_person(found.person, found.notification_email)


def to_visitor(found: Visitor) -> Reader:
    """Whoever proved this address."""
    return Reader("", found.address, found.language, found.pk)


def code(visit: Visit, digits: str) -> Mail:
    """The code that proves an address. To whoever typed it there, by mistake too: no content."""
    to = to_visitor(visit.visitor)._replace(language=visit.language)
    with translation.override(to.language):
        context = {
            "code": digits,
            "limit": localtime(visit.asked_at + Visit.CODE_VALIDITY),
            "link": settings.SITE_URL + reverse("procedures:code", args=[visit.pk]),
        }
        key = f"procedures.code:{visit.pk}"
        return Mail("procedures/mail/code", to.to, to.language, context, key, proves_address=True)


def sent(submission: Submission, form: Form) -> Mail:
    """To whoever sent it: that it was sent, under which reference. One mail, no content."""
    by = submission.sent_by
    if by is not None:
        to = to_person(by)
    else:
        assert submission.visitor is not None  # noqa: S101 - held by a constraint
        to = to_visitor(submission.visitor)
    with translation.override(to.language):
        said = [
            _("You have sent: %(title)s.") % {"title": form.words(to.language)("title")},
            _("The reference is %(reference)s.") % {"reference": submission.reference},
            _("You need not do anything for now."),
        ]
        if by is None:
            said.append(_("To see it again you need this reference and a code by email."))
        way = Way(_("See the procedure"), _whole(_follow(submission)))
        return _mail("procedures/mail/sent", to, said, way, f"sent:{submission.pk}")


def signature_asked(signature: Signature, member: Membership, *, again: bool = False) -> Mail:
    """To those who can sign in the space that was asked."""
    draft, to = signature.draft, to_member(member)
    with translation.override(to.language):
        title = catalogue.form_of(draft.version).words(to.language)("title")
        until = date_format(localtime(signature.expires_at), "DATE_FORMAT")
        said = [
            _("%(name)s asks for a signature: %(title)s.")
            % {"name": signature.asked_by.name, "title": title},
            _("It is not sent yet. It is sent when everybody has signed."),
            _("Read it, then sign or refuse until %(day)s.") % {"day": until},
        ]
        assert signature.space is not None  # noqa: S101 - of what is awaited, there is one
        page = reverse("procedures:co_sign", args=[signature.space.identifier, signature.pk])
        way = Way(_("Read and sign"), _whole(page))
        key = f"signature{'-again' if again else ''}:{signature.pk}:{member.pk}"
        return _mail("procedures/mail/signature_asked", to, said, way, key)


def signature_refused(signature: Signature, member: Membership) -> Mail:
    """To whoever presented it: somebody has refused to sign."""
    draft, to = signature.draft, to_member(member)
    with translation.override(to.language):
        said = [
            _("Somebody has refused to sign: %(title)s.")
            % {"title": catalogue.form_of(draft.version).words(to.language)("title")},
            _("It was not sent. You can change it and ask again."),
        ]
        way = Way(_("Open the draft"), _whole(addresses.of(draft, "fill")))
        key = f"signature-refused:{signature.pk}"
        return _mail("procedures/mail/signature_refused", to, said, way, key)


def draft_ends(
    draft: Draft, to: Reader, *, send_until: date | None, newer: bool, kept_until: date | None
) -> Mail:
    """To whoever saved it last, or may fill it in: its version can soon not be sent any more, or it is soon forgotten."""
    with translation.override(to.language):
        title = catalogue.form_of(draft.version).words(to.language)("title")
        said = [_("Your draft was not sent yet: %(title)s.") % {"title": title}]
        if send_until:
            day = {"day": date_format(send_until, "DATE_FORMAT")}
            said.append(_("As it is, it can be sent until %(day)s.") % day)
            if newer:
                said.append(_("Or take it to the new version. You see first what changes."))
        if kept_until:
            day = {"day": date_format(kept_until, "DATE_FORMAT")}
            said.append(_("If nobody opens and saves it, we delete it on %(day)s.") % day)
        way = Way(_("Open the draft"), _whole(addresses.of(draft, "fill")))
        what = f"{to.key}:{draft.version.number}:{send_until or ''}:{kept_until or ''}"
        key = f"ends:{draft.pk}:{hashlib.sha256(what.encode()).hexdigest()[:32]}"
        return _mail("procedures/mail/draft_ends", to, said, way, key)


def _mail(template: str, to: Reader, said: list[str], way: Way, key: str) -> Mail:
    context = {"name": to.name, "said": said, "link": way.url, "label": way.label}
    return Mail(template, to.to, to.language, context, f"procedures.{key}")


def _follow(submission: Submission) -> str:
    """Where it is seen again: in the space, or at the door for visitors, the reference filled in."""
    if submission.space is not None:
        return addresses.of(submission, "sent")
    return f"{reverse('procedures:follow')}?{urlencode({'numero': submission.reference})}"


def _whole(path: str) -> str:
    return f"{settings.SITE_URL}{path}"
