"""What tests of procedures start from: a small procedure of their own, published."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.test import Client
from django.urls import reverse

from guichet import clock
from guichet.files import actions as files
from guichet.persons.models import Person
from guichet.procedures import actions, catalogue
from guichet.procedures.definitions.library import read_library
from guichet.procedures.models import (
    Attachment,
    Content,
    Draft,
    PublishedVersion,
    Signature,
    Submission,
)
from guichet.proofs import actions as proofs
from guichet.spaces.models import Membership, Space

DEFINITIONS = Path(__file__).parent / "definitions"
CODE = "garden-permit"

# What one types on the pages of the garden permit, by page.
TYPED: dict[str, dict[str, str]] = {
    "you": {"full_name": "Ada Muller", "born_0": "12", "born_1": "4", "born_2": "1985"},
    "garden": {"size": "80", "fence": "no", "price": ""},
    "plan": {"wish": ""},
}


def publish() -> None:
    """The tests' own procedures and no others."""
    settings.PROCEDURES = [DEFINITIONS]
    catalogue.forget()
    actions.publish()


def everything_in(space: Space, person: Person) -> Submission:
    """One row of each model of this room that hangs on a space: sent, with a paper, signed."""
    form = read_library((DEFINITIONS,)).procedures[CODE].forms[1]
    version, _new = PublishedVersion.objects.get_or_create(
        procedure=CODE, number=1, defaults={"digest": form.digest, "source": form.source}
    )
    at = clock.now()
    draft = Draft.objects.create(
        space=space,
        version=version,
        key=uuid4(),
        begun_by=person,
        saved_by=person,
        kept_until=at,
        content_sealed=Content(answers={"full_name": "Ada Muller"}).sealed(),
        sent_at=at,
    )
    paper = files.store(b"%PDF plan", name="plan.pdf", media_type="application/pdf")
    Attachment.objects.create(space=space, draft=draft, path="plan", file=paper, attached_by=person)
    Signature.objects.create(
        draft=draft,
        space=space,
        signer=Signature.SENDER,
        digest="0" * 64,
        asked_by=person,
        person=person,
        signed_at=at,
    )
    return Submission.objects.create(
        draft=draft,
        space=space,
        version=version,
        reference=f"2026-{draft.pk.int % 10**8:08d}"[:9] + f"-{draft.pk.int % 10**4:04d}",
        digest="0" * 64,
        answers_sealed=Submission.sealed({"full_name": "Ada Muller"}),
        language="en",
        receipt=proofs.vouch({"kind": "submission"}),
        salt="0" * 32,
        sent_by=person,
        sent_at=at,
    )


def a_draft(member: Membership, code: str = CODE) -> Draft:
    """Just begun."""
    draft = actions.begin(member, code=code, once=uuid4())
    draft.space = member.space
    return draft


def member_of(person: Person, space: Space) -> Membership:
    """Somebody's place in a space."""
    return Membership.objects.select_related("space", "person__account").get(
        person=person, space=space
    )


def page(view: str, *args: object, language: str = "en") -> str:
    """An address of this room."""
    return reverse(f"procedures:{view}", args=args).replace("/fr/", f"/{language}/", 1)


def post_page(client: Client, url: str, typed: dict[str, Any], **more: Any) -> Any:
    """Send a page as a browser does: with what the page had shown."""
    shown = client.get(url)
    assert shown.status_code == 200, shown
    was = shown.context["form"].was.value() if shown.context else "{}"
    return client.post(url, {"_was": was, **typed}, **more)


def fill_in(client: Client, draft: Draft, **other: dict[str, Any]) -> None:
    """Answer all pages of the garden permit."""
    for code, typed in {**TYPED, **other}.items():
        url = page("page", draft.space.identifier, draft.pk, code)
        answer = post_page(client, url, typed)
        assert answer.status_code == 302, answer.content.decode()


def was(**shown: str) -> str:
    """The hidden field, by hand."""
    return json.dumps(shown)
