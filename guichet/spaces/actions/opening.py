"""Opening spaces."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from guichet import clock
from guichet.audit.actions import record
from guichet.persons.models import Person
from guichet.refusals import Refused
from guichet.registers import actions as registers
from guichet.registers.base import Business
from guichet.signon import throttle
from guichet.signon.models import Credential
from guichet.spaces import identifiers
from guichet.spaces.company import CompanyData
from guichet.spaces.lines import line
from guichet.spaces.models import (
    Company,
    GivenIdentifier,
    Membership,
    Role,
    Source,
    Space,
    SpaceDraft,
)

_DRAWS_MAX = 50
_PURPOSE = "professional-space"  # why the business register is asked


# --- A person's own space


@transaction.atomic
def open_private(
    person: Person, *, notification_email: str, credential: Credential | None = None
) -> Space:
    """Open the private space of a person, who has none yet.

    Refused with the code `private-space-exists` for the second one, whatever the product used:
    the database holds the rule.
    """
    try:
        with transaction.atomic():
            space = _open(
                Space.Kind.PRIVATE,
                person,
                name=person.name[: Space.NAME_LENGTH_MAX],
                owner=person,
                notification_email=notification_email,
                opened_with=credential,
            )
    except IntegrityError as fault:
        if not Space.objects.private_of(person).exists():
            raise
        raise Refused(
            _("You already have a private eSpace. Everybody has one."), code="private-space-exists"
        ) from fault
    return space


# --- A professional space, in three steps


@transaction.atomic
def start_professional(person: Person, *, once: UUID, name: str, return_to: str = "") -> SpaceDraft:
    """Begin to prepare a professional space. The same `once` again goes on with the same draft.

    `return_to` is the path of the page that needed it: the last step leads back there.
    """
    draft, new = SpaceDraft.objects.get_or_create(
        person=person, key=once, defaults={"name": clean_name(name), "return_to": return_to}
    )
    if new:
        record("space.draft-started", by=person, about=draft)
    elif draft.finished_at is None and draft.name != clean_name(name):
        draft = save_name(person, draft=draft, revision=draft.revision, name=name)
    return draft


def save_name(person: Person, *, draft: SpaceDraft, revision: int, name: str) -> SpaceDraft:
    """Name the space that is being prepared."""
    name = clean_name(name)
    return _save(person, draft, revision, "name", lambda now: now.name == name, name=name)


def save_company(
    person: Person, *, draft: SpaceDraft, revision: int, company: CompanyData
) -> SpaceDraft:
    """Say which company the space is for. No proof is asked."""
    checked = company.checked()
    return _save(
        person,
        draft,
        revision,
        "company",
        lambda now: bool(now.company) and CompanyData.kept(now.company).says_the_same_as(checked),
        company_sealed=SpaceDraft.sealed(checked.values()),
    )


def type_company(person: Person, *, draft: SpaceDraft, revision: int, **values: str) -> SpaceDraft:
    """Describe the company by hand; `values` are fields of `CompanyData`."""
    company = CompanyData.typed(**values)
    return save_company(person, draft=draft, revision=revision, company=company)


def complete_company(
    person: Person, *, draft: SpaceDraft, revision: int, **contact: str
) -> SpaceDraft:
    """Add to what the register says how the company is reached, and its permit."""
    company = CompanyData.kept(draft.company).with_contact(**contact)
    return save_company(person, draft=draft, revision=revision, company=company)


def set_aside(
    person: Person, *, draft: SpaceDraft, revision: int, typed: Mapping[str, str]
) -> SpaceDraft:
    """Keep what was typed as it is, complete or not: somebody goes back or goes on another day.

    `typed` are fields of a draft (name, notification_email) or of `CompanyData`.
    """
    seen = {name: line(text) for name, text in typed.items()}
    values: dict[str, Any] = {
        name: seen[name] for name in ("name", "notification_email") if seen.get(name)
    }
    company = {name: seen[name] for name in CompanyData.__dataclass_fields__ if name in seen}
    if company and company.items() <= draft.company.items():
        return draft  # only looked at
    if "legal_form" in company:
        company |= {"source": Source.TYPED, "checked_at": clock.now().isoformat()}
        values = {"company_sealed": SpaceDraft.sealed(company)}
    elif company and draft.company:
        values = {"company_sealed": SpaceDraft.sealed(draft.company | company)}
    return _save(person, draft, revision, "aside", lambda now: False, **values)


def find_company(person: Person, *, text: str) -> list[Business]:
    """Businesses with this name or number, for somebody who prepares a space.

    Raises `registers.base.Unavailable`; refused as `registers.actions.search_businesses` refuses,
    or when the same person searches too often.
    """
    throttle.hit("business-search", person.pk)
    return registers.search_businesses(text, by=person, purpose=_PURPOSE)


def choose_company(
    person: Person, *, draft: SpaceDraft, revision: int, reference: str
) -> SpaceDraft:
    """Take the company's data from the business register, by one of its numbers.

    Raises `registers.base.Unavailable`; refused if the register knows no such number, or when the
    same person asks too often.
    """
    throttle.hit("business-search", person.pk)
    found = registers.business(reference, by=person, purpose=_PURPOSE)
    if found is None:
        raise Refused(
            _(
                "The register does not know this number. Search again or enter the details yourself."
            ),
            code="company-unknown",
        )
    return save_company(person, draft=draft, revision=revision, company=CompanyData.of(found))


@transaction.atomic
def discard_draft(person: Person, *, draft: SpaceDraft) -> None:
    """Throw away a space that is being prepared. Doing it twice changes nothing."""
    gone, _kinds = SpaceDraft.objects.filter(pk=draft.pk, person=person, finished_at=None).delete()
    if gone:
        record("space.draft-discarded", by=person, about=draft)


@transaction.atomic
def open_professional(
    person: Person,
    *,
    credential: Credential,
    draft: SpaceDraft,
    revision: int,
    notification_email: str,
) -> Space:
    """Open the space that was prepared; its creator is its administrator.

    The same draft again answers with the same space. Refused when the draft has changed since
    `revision` (`draft-changed`), has no company (`company-missing`), or when as many spaces were
    opened with this credential as it may open (`space-limit`).
    """
    # Everything below waits here for whoever opens a space with the same product just now.
    credential = Credential.objects.select_for_update().get(pk=credential.pk)
    draft = SpaceDraft.objects.select_related("space").get(pk=draft.pk, person=person)
    if draft.space is not None:
        return draft.space
    _require_place(credential)
    if not draft.company:
        raise Refused(_("Enter the details of your company first."), code="company-missing")
    company = CompanyData.kept(draft.company).checked()
    _finish(draft, revision)
    space = _open(
        Space.Kind.PROFESSIONAL,
        person,
        name=draft.name,
        notification_email=notification_email,
        opened_with=credential,
    )
    company.write_to(Company(space=space)).save(force_insert=True)
    SpaceDraft.objects.filter(pk=draft.pk).update(space=space)
    return space


@transaction.atomic
def forget_drafts() -> int:
    """Delete drafts that are not kept any longer, finished or not; returns how many."""
    gone, _kinds = SpaceDraft.objects.too_old().delete()
    if gone:
        record("space.drafts-forgotten", count=gone)
    return gone


# --- What the acts above stand on


def _open(kind: str, person: Person, **values: Any) -> Space:
    """A new space with its identifier and its first member."""
    space = Space.objects.create(kind=kind, identifier=_give_identifier(kind), **values)
    Membership.objects.create(
        space=space,
        person=person,
        role=Role.ADMINISTRATOR,
        origin=Membership.Origin.CREATOR,
        created_by=person,
        role_from=person,
        notification_email=space.notification_email,
    )
    record("space.opened", by=person, about=space, space=space.pk, kind=kind)
    return space


def _give_identifier(kind: str) -> str:
    """An identifier that no space has ever had, noted as given."""
    for _draw in range(_DRAWS_MAX):
        identifier = identifiers.draw(Space.PREFIXES[kind])
        _row, new = GivenIdentifier.objects.get_or_create(identifier=identifier)
        if new:
            return identifier
    raise RuntimeError("no identifier is left, or chance is broken")


@transaction.atomic
def _save(
    person: Person,
    draft: SpaceDraft,
    revision: int,
    step: str,
    is_saved: Callable[[SpaceDraft], bool],
    **values: Any,
) -> SpaceDraft:
    """Compare-and-set: of two tabs one wins and the other is told. A double click is no conflict."""
    saved = (
        SpaceDraft.objects.open()
        .filter(pk=draft.pk, person=person, revision=revision)
        .update(revision=F("revision") + 1, saved_at=clock.now(), **values)
    )
    now = SpaceDraft.objects.get(pk=draft.pk)
    if saved:
        record("space.draft-saved", by=person, about=draft, step=step)
    elif now.finished_at is not None or not is_saved(now):
        raise _changed_elsewhere()
    return now


def _finish(draft: SpaceDraft, revision: int) -> None:
    """Exactly one request finishes a draft; what it held moves to the space."""
    finished = (
        SpaceDraft.objects.open()
        .filter(pk=draft.pk, revision=revision)
        .update(finished_at=clock.now(), company_sealed=None, notification_email="")
    )
    if not finished:
        raise _changed_elsewhere()


def _require_place(credential: Credential) -> None:
    limit = credential.space_limit
    if limit is None:
        limit = settings.PROFESSIONAL_SPACES_PER_CREDENTIAL
    if Space.objects.professional().filter(opened_with=credential).count() >= limit:
        raise Refused(
            _(
                "You have created %(limit)d business eSpaces with this product, the highest "
                "number. Call %(phone)s if you need more."
            )
            % {"limit": limit, "phone": settings.SUPPORT_PHONE},
            code="space-limit",
            limit=limit,
        )


def clean_name(text: str) -> str:
    name = line(text)
    if not name:
        raise Refused(_("Enter a name for your eSpace."), code="space-name", field="name")
    return name[: Space.NAME_LENGTH_MAX]


def _changed_elsewhere() -> Refused:
    return Refused(
        _("This draft changed in another tab. Reload the page to see the latest version."),
        code="draft-changed",
    )
