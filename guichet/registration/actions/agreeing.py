"""Terms: loading the reviewed texts, printing them, agreeing to them."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from guichet.audit.actions import record
from guichet.design import paper
from guichet.files import actions as files
from guichet.files.models import File
from guichet.persons.models import Person
from guichet.refusals import Refused
from guichet.registration import letters, terms
from guichet.registration.models import (
    Acceptance,
    Document,
    Text,
    Version,
)
from guichet.signon.models import Session


@transaction.atomic
def accept_terms(person: Person, *, digest: str, session: Session | None = None) -> Acceptance:
    """Agree to the portal's own terms, as shown. Agreeing twice answers the first acceptance."""
    wording = shown_wording(Document.PORTAL, digest)
    return accept(person, wording, session=session.pk if session is not None else None)


def shown_wording(document: str, digest: str) -> terms.Wording:
    wording = terms.with_digest(document, digest)
    if wording is None:
        raise Refused(
            _("The terms have changed in the meantime. Read the new text, then confirm."),
            code="terms-changed",
        )
    return wording


def terms_shown(digest: str) -> Version:
    """The version of the portal's own terms that a page showed. Refused: `terms-changed`."""
    return _text(shown_wording(Document.PORTAL, digest)).version


def accept(person: Person, wording: terms.Wording, *, session: UUID | None) -> Acceptance:
    version = _text(wording).version
    acceptance, is_new = Acceptance.objects.get_or_create(
        person=person,
        version=version,
        defaults={"language": wording.language, "digest": wording.digest, "session": session},
    )
    if is_new:
        record(
            "terms.accepted",
            by=person,
            about=version,
            session=session,
            document=wording.document,
            number=wording.number,
            language=wording.language,
        )
    return acceptance


@transaction.atomic
def load_terms() -> int:
    """Copy the reviewed texts into the database; returns how many are new.

    Called when the portal is prepared, any number of times. Raises `ValueError` if a text that
    was published has changed: people agreed to it, so another wording is another version.
    """
    kept = dict(Text.objects.values_list("digest", "id"))
    wordings = [
        (version, wording)
        for document in Document.values
        for version in terms.published(document)
        for wording in version.wordings.values()
    ]
    fresh = [(version, wording) for version, wording in wordings if wording.digest not in kept]
    for version, wording in fresh:
        _load(version, wording)
    return len(fresh)


def _text(wording: terms.Wording) -> Text:
    """The row of a text; a portal that nobody has prepared learns its texts here."""
    texts = Text.objects.select_related("version", "pdf")
    found = texts.filter(digest=wording.digest).first()
    if found is None:
        load_terms()
        found = texts.get(digest=wording.digest)
    return found


def _load(version: terms.Published, wording: terms.Wording) -> None:
    row, _is_new = Version.objects.get_or_create(
        document=version.document,
        number=version.number,
        defaults={
            "effective_from": version.effective_from,
            "needs_new_acceptance": version.needs_new_acceptance,
        },
    )
    text, is_new = Text.objects.get_or_create(
        version=row,
        language=wording.language,
        defaults={"body": wording.source, "digest": wording.digest},
    )
    if not is_new:
        raise ValueError(f"the text of {row} in {text.language} was published and has changed")


def terms_pdf(document: str, language: str) -> tuple[terms.Wording, bytes]:
    """The text in force today as PDF, made once and kept, and which text it is."""
    wording = terms.current(document).wording(language)
    text = _text(wording)
    return wording, files.read(text.pdf or _print(text, wording))


def print_terms() -> int:
    """Make what `terms_pdf` gives ahead, for each text in force; returns how many were missing."""
    in_force = [
        wording
        for document in Document.values
        for wording in terms.current(document).wordings.values()
    ]
    missing = Text.objects.filter(pdf=None, digest__in=[wording.digest for wording in in_force])
    texts = {text.digest: text for text in missing.order_by("digest")}
    for wording in in_force:
        if wording.digest in texts:
            _print(texts[wording.digest], wording)
    return len(texts)


def _print(text: Text, wording: terms.Wording) -> File:
    content = paper.pdf(letters.terms_on_paper(wording))
    with transaction.atomic():
        name = f"{wording.document}-{wording.number}-{wording.language}.pdf"
        file = files.store(content, name=name, media_type="application/pdf")
        Text.objects.filter(pk=text.pk).update(pdf=file)
    return file
