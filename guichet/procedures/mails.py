"""What people are written about procedures: that one was sent, that a signature is awaited."""

from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from guichet.persons.models import Person
from guichet.post.actions import Mail
from guichet.procedures import catalogue
from guichet.procedures.definitions.form import Form
from guichet.procedures.models import Draft, Signature, Submission
from guichet.refusals import Way
from guichet.spaces.models import Membership, Space


def sent(submission: Submission, form: Form) -> Mail:
    """To whoever sent it: that it was sent, under which reference. One mail, no content."""
    person = submission.sent_by
    with translation.override(person.language):
        way = _way(
            _("See the procedure"), "procedures:sent", submission.space, submission.reference
        )
        said = [
            _("You have sent: %(title)s.") % {"title": form.words(person.language)("title")},
            _("The reference is %(reference)s.") % {"reference": submission.reference},
            _("You need not do anything for now."),
        ]
        return _mail(
            "procedures/mail/sent", person, person.email, said, way, f"sent:{submission.pk}"
        )


def signature_asked(signature: Signature, member: Membership, *, again: bool = False) -> Mail:
    """To those who can sign in the space that was asked."""
    draft, person = signature.draft, member.person
    with translation.override(person.language):
        title = catalogue.form_of(draft.version).words(person.language)("title")
        until = date_format(localtime(signature.expires_at), "DATE_FORMAT")
        said = [
            _("%(name)s asks for a signature: %(title)s.")
            % {"name": signature.asked_by.name, "title": title},
            _("It is not sent yet. It is sent when everybody has signed."),
            _("Read it, then sign or refuse until %(day)s.") % {"day": until},
        ]
        way = _way(_("Read and sign"), "procedures:co_sign", signature.space, signature.pk)
        key = f"signature{'-again' if again else ''}:{signature.pk}:{member.pk}"
        to = member.notification_email
        return _mail("procedures/mail/signature_asked", person, to, said, way, key)


def signature_refused(signature: Signature, member: Membership) -> Mail:
    """To whoever presented it: somebody has refused to sign."""
    draft, person = signature.draft, member.person
    with translation.override(person.language):
        said = [
            _("Somebody has refused to sign: %(title)s.")
            % {"title": catalogue.form_of(draft.version).words(person.language)("title")},
            _("It was not sent. You can change it and ask again."),
        ]
        way = _way(_("Open the draft"), "procedures:fill", draft.space, draft.pk)
        key = f"signature-refused:{signature.pk}"
        to = member.notification_email
        return _mail("procedures/mail/signature_refused", person, to, said, way, key)


def draft_ends(
    draft: Draft, to: Membership, *, send_until: date | None, newer: bool, kept_until: date | None
) -> Mail:
    """To whoever saved it last, or may fill it in: its version can soon not be sent any more, or it is soon forgotten."""
    person = to.person
    with translation.override(person.language):
        title = catalogue.form_of(draft.version).words(person.language)("title")
        said = [_("Your draft was not sent yet: %(title)s.") % {"title": title}]
        if send_until:
            day = {"day": date_format(send_until, "DATE_FORMAT")}
            said.append(_("As it is, it can be sent until %(day)s.") % day)
            if newer:
                said.append(_("Or take it to the new version. You see first what changes."))
        if kept_until:
            day = {"day": date_format(kept_until, "DATE_FORMAT")}
            said.append(_("If nobody opens and saves it, we delete it on %(day)s.") % day)
        way = _way(_("Open the draft"), "procedures:fill", draft.space, draft.pk)
        ends = f"{draft.version.number}:{send_until or ''}:{kept_until or ''}"
        key = f"ends:{draft.pk}:{to.pk}:{ends}"
        return _mail("procedures/mail/draft_ends", person, to.notification_email, said, way, key)


def _mail(template: str, person: Person, to: str, said: list[str], way: Way, key: str) -> Mail:
    context = {"name": person.name, "said": said, "link": way.url, "label": way.label}
    return Mail(template, to, person.language, context, f"procedures.{key}")


def _way(label: str, view: str, space: Space | None, key: object) -> Way:
    assert space is not None  # noqa: S101 - of what is awaited or sent, there is one
    return Way(label, str(settings.SITE_URL) + reverse(view, args=[space.identifier, key]))
