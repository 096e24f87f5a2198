"""Without sign-on: a code is mailed to an address, whoever types it in has proved the address."""

import secrets
from uuid import UUID

from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from guichet import clock, sealing
from guichet.audit.actions import record
from guichet.ids import new_id
from guichet.post.actions import send as send_mail
from guichet.procedures import mails
from guichet.procedures.models import Draft, Submission, Visit, Visitor
from guichet.refusals import Refused
from guichet.registration.actions import terms_shown
from guichet.signon import throttle
from guichet.signon.models import Session
from guichet.signon.sessions import hash_key

_DIGITS = 6


def ask(
    *,
    email: str,
    once: UUID,
    language: str,
    address: str,
    procedure: str = "",
    reference: str = "",
    terms: str = "",
) -> UUID:
    """Mail a code to `email`; returns the key of the visit. The same `once` again is one mail.

    Whether anything is known of the address makes no difference. `address` is where the request
    comes from, `terms` the digest of the terms that were accepted. Refused: `too-many-tries`,
    `terms-changed`.
    """
    version = terms_shown(terms) if terms else None
    throttle.hit("visit-from", address)
    code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"
    with transaction.atomic():
        visitor = _visitor(email, language)
        # Of two equal requests the second comes here when the first is done.
        before = Visit.objects.filter(pk=once).first()
        if before is not None and _is_twice(before, visitor):
            return once
        if until := throttle.count("visit-mail", visitor.pk):
            raise throttle.too_many(until)
        visit = Visit(
            id=new_id() if before else once,  # somebody went back, and corrected the address
            visitor=visitor,
            procedure=procedure,
            reference=reference,
            language=language,
            terms=version,
        )
        visit.code_index = visit.index_of(code)
        visit.save(force_insert=True)
        send_mail(mails.code(visit, code))
        record("procedures.visit-asked", by=visitor, about=visit)
    return visit.pk


def prove(*, visit_id: UUID, code: str, once: UUID, address: str) -> tuple[Visit, str]:
    """The code that was mailed, typed: begins the visit; returns it and the key for the cookie.

    A code works once; the same page that sends it twice within a minute gets the same key twice.
    Refused: `code-wrong`, in the same words whatever the reason; `too-many-tries`.
    """
    throttle.hit("visit-code", address)
    with transaction.atomic():
        rows = Visit.objects.select_for_update(of=("self",)).select_related("visitor")
        visit = rows.filter(pk=visit_id).first()
        key = _proved(visit, code, once) if visit else ""
    if visit is None or not key:
        raise Refused(
            _("This code is not right, or its time is over. Check it, or have a new one sent."),
            code="code-wrong",
            field="code",
        )
    return visit, key


@transaction.atomic
def end(visit: Visit) -> None:
    """Nobody goes on in this browser. Ending twice changes nothing."""
    if Visit.objects.filter(pk=visit.pk, ended_at=None).update(ended_at=clock.now()):
        record("procedures.visit-ended", by=visit.visitor, about=visit)


@transaction.atomic
def keep_typed(visit: Visit, *, path: str, typed: str) -> None:
    """Keep what came from the page of a visit that is over, for when the address is proved anew."""
    visit.kept_path, visit.kept = path, typed
    Visit.objects.filter(pk=visit.pk).update(kept_path=path, kept_sealed=visit.kept_sealed)


def open_draft(visit: Visit) -> Draft | None:
    """What the visitor is filling in: one at a time."""
    rows = Draft.objects.open().filter(visitor=visit.visitor_id).select_related("version")
    return rows.first()


def sent_before(visit: Visit) -> list[Submission]:
    """What the visitor has sent, the newest first."""
    rows = Submission.objects.filter(visitor=visit.visitor_id).select_related("version")
    return list(rows.order_by("-sent_at", "-pk")[:20])


def _visitor(email: str, language: str) -> Visitor:
    """Whoever has this address, locked; made if nobody has come with it yet."""
    fresh = Visitor.named(email, language=language)
    while True:
        Visitor.objects.bulk_create([fresh], ignore_conflicts=True)
        rows = Visitor.objects.select_for_update().filter(address_index=fresh.address_index)
        # Somebody of whom nothing was left may just have been forgotten.
        if visitor := rows.first():
            return visitor


def _is_twice(before: Visit, visitor: Visitor) -> bool:
    """Whether the same page was sent twice, with the same address: a double click."""
    return before.visitor_id == visitor.pk and clock.now() < before.asked_at + Visit.TWICE


def _proved(visit: Visit, code: str, once: UUID) -> str:
    """The key of the cookie; empty when the code proves nothing (any more). Counts what is wrong."""
    at = clock.now()
    if visit.tries >= Visit.TRIES_MAX or at >= visit.asked_at + Visit.CODE_VALIDITY:
        return ""
    if not constant_time_compare(visit.index_of(code), visit.code_index):
        Visit.objects.filter(pk=visit.pk).update(tries=visit.tries + 1)
        return ""
    key = sealing.index(f"{visit.pk}:{code}:{once}", context="procedures.Visit.key")
    if visit.proved_at is not None:
        is_twice = at < visit.proved_at + Visit.TWICE and visit.key_hash == hash_key(key)
        return key if is_twice and visit.ended_at is None else ""
    _begin(visit, key)
    return key


def _begin(visit: Visit, key: str) -> None:
    at = clock.now()
    visit.proved_at, visit.seen_at, visit.key_hash = at, at, hash_key(key)
    for name, until in Session.limits(at).items():
        setattr(visit, name, until)
    visit.visitor.language = visit.language
    visit.visitor.save(update_fields=["language"])
    before = visit.visitor.visits.exclude(kept_path="").order_by("-asked_at").first()
    if before is not None:
        visit.kept_path, visit.kept_sealed = before.kept_path, before.kept_sealed
        Visit.objects.filter(pk=before.pk).update(kept_path="", kept_sealed=b"")
    visit.save()
    record("procedures.visit-begun", by=visit.visitor, about=visit)
