"""Asking for a role: to join a space, or for more than one has in it; and answering."""

from collections.abc import Iterable
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from guichet import clock
from guichet.audit.actions import record
from guichet.persons.models import Person
from guichet.post.actions import send
from guichet.refusals import Refused
from guichet.signon import throttle
from guichet.signon.models import Credential
from guichet.spaces import identifiers, policy, tasks
from guichet.spaces.actions.guarding import administrated
from guichet.spaces.actions.members import clean_limits, give, still_there, tell_administrators
from guichet.spaces.actions.telling import Kind, tell
from guichet.spaces.mails import members as mails
from guichet.spaces.models import GivenIdentifier, Membership, Role, RoleRequest, Space
from guichet.spaces.policy import Can


def ask_for_role(
    member: Membership, *, role: str, message: str = "", credential: Credential | None = None
) -> RoleRequest:
    """Ask the administrators of one's space for another role, or for the same without limits.

    Refused when one has as much already (`role-held`), has asked and waits (`role-request-open`)
    or was told no in the last days (`role-request-declined`), or asks too often.
    """
    if role not in policy.roles_to_ask_for(member):
        raise Refused(_("You already have what this role allows."), code="role-held", field="role")
    identifier = member.space.identifier
    _count(member.person, identifier)
    return _ask(member.person, identifier, member.space, role, message, credential)


def join(
    person: Person,
    *,
    identifier: str,
    role: str,
    message: str = "",
    credential: Credential | None = None,
    address: str = "",
) -> RoleRequest:
    """Ask to join the space with this identifier; answers the same whether there is one or not.

    Refused as `ask_for_role` is, and for whoever belongs to it (`already-a-user`).
    """
    identifier = identifiers.read(identifier)
    if Membership.objects.filter(space__identifier=identifier, person=person).exists():
        raise Refused(
            _("You already belong to this eSpace. You find it among your eSpaces."),
            code="already-a-user",
            field="identifier",
        )
    if address:
        throttle.hit("role-request-address", address)
    _count(person, identifier)
    return _ask(person, identifier, _joinable(identifier), role, message, credential)


@transaction.atomic
def withdraw_request(person: Person, *, request: RoleRequest) -> None:
    """Take back what one asked for. Doing it twice changes nothing."""
    mine = RoleRequest.objects.unanswered().filter(pk=request.pk, person=person)
    if mine.update(withdrawn_at=clock.now()):
        space = _as_known_to(person, request.space_id)
        record("space.role-request-withdrawn", by=person, about=request, space=space)


def grant(
    admin: Membership, *, request: RoleRequest, role: str, limits: Iterable[str] = ()
) -> Membership:
    """Let whoever asked in with this role, or give it to who is in already; they are told.

    The role may be another one than was asked for. Refused when the request is answered,
    withdrawn or too old (`request-over`), or when the person's account is closed.
    """
    with administrated(admin.space_id):
        admin = still_there(admin, to=Can.MEMBERS)
        request = _answered(admin, request, granted_at=clock.now())
        member = Membership.objects.filter(space=admin.space_id, person=request.person_id).first()
        if member is None:
            member = _let_in(admin, request, role, clean_limits(role, limits))
        else:
            give(still_there(member), role, limits, by=admin.person)
        member = still_there(member)
        record(
            "space.role-request-granted",
            by=admin.person,
            about=request,
            space=admin.space_id,
            whom=request.person_id,
            role=role,
        )
        tell([member], Kind.SPACE, lambda to: mails.granted(to, request))
        tell_administrators(
            member, lambda to: mails.was_changed(to, member, admin.person), but=admin.person
        )
    return member


def decline(admin: Membership, *, request: RoleRequest) -> RoleRequest:
    """Say no to a request; whoever asked is told and may ask again after some days.

    Refused when it is answered, withdrawn or too old (`request-over`).
    """
    with administrated(admin.space_id):
        admin = still_there(admin, to=Can.MEMBERS)
        request = _answered(admin, request, declined_at=clock.now())
        record(
            "space.role-request-declined",
            by=admin.person,
            about=request,
            space=admin.space_id,
            whom=request.person_id,
        )
        member = Membership.objects.filter(space=admin.space_id, person=request.person_id).first()
        send(mails.declined(request, member.notification_email if member else request.person.email))
    return request


@transaction.atomic
def tell_of_request(request_id: UUID) -> None:
    """Tell the administrators that somebody asks, unless it is over meanwhile."""
    rows = RoleRequest.objects.open().select_related("person")
    request = rows.filter(pk=request_id, space__isnull=False).first()
    if request is None:
        return
    admins = Membership.objects.filter(space=request.space_id, role=Role.ADMINISTRATOR)
    told = admins.select_related("person", "space").order_by("pk")
    tell(told, Kind.MEMBERS, lambda admin: mails.asked(admin, request))


# --- What the acts above stand on


def _count(person: Person, identifier: str) -> None:
    """Limits against abuse, and the request that waits or was just declined."""
    waits = policy.not_yet(person, identifier)
    if waits:
        raise waits
    throttle.hit("role-request", person.pk)
    throttle.hit("role-request-space", f"{person.pk}:{identifier}")


@transaction.atomic
def _ask(
    person: Person,
    identifier: str,
    space: Space | None,
    role: str,
    message: str,
    credential: Credential | None,
) -> RoleRequest:
    """Whether there is a space makes no difference here: neither in what is done nor in how long.

    The administrators are told by a task.
    """
    asked = RoleRequest.objects.unanswered().filter(person=person)
    mine = asked.filter(identifier=identifier)
    late = asked.filter(Q(identifier=identifier) | Q(space=space, space__isnull=False))
    late.exclude(pk__in=RoleRequest.objects.open()).update(withdrawn_at=clock.now())
    if space is not None and asked.filter(space=space).exclude(identifier=identifier).exists():
        # Its former identifier: the administrators have the request already, and whoever asks
        # learns nothing of two identifiers that lead to one space.
        space = None
    try:
        with transaction.atomic():
            request = RoleRequest.objects.create(
                person=person,
                identifier=identifier,
                space=space,
                role=role,
                message=message,
                asked_with=credential,
            )
    except IntegrityError as fault:
        first = mine.first()
        if first is None:
            raise
        raise policy.already_asked(first) from fault
    record(
        "space.role-requested",
        by=person,
        about=request,
        space=_as_known_to(person, space.pk if space else None),
        role=role,
    )
    tasks.tell_of_request.enqueue(str(request.pk))
    return request


def _as_known_to(person: Person, space: UUID | None) -> UUID | None:
    """The space, for whoever belongs to it: what a stranger did must not say that there is one."""
    known = Membership.objects.filter(space=space, person=person).exists()
    return space if known else None


def _joinable(identifier: str) -> Space | None:
    """The professional space in use that has, or had before a merger, this identifier."""
    given = GivenIdentifier.objects.filter(pk=identifier).values("leads_to")
    spaces = Space.objects.in_use().professional()
    return spaces.filter(identifier=identifier).first() or spaces.filter(pk__in=given).first()


def _answered(admin: Membership, request: RoleRequest, **answer: object) -> RoleRequest:
    """Only one answer wins, whoever gives it and whenever."""
    open_ones = RoleRequest.objects.open().filter(pk=request.pk, space=admin.space_id)
    if not open_ones.update(answered_by=admin.person, **answer):
        raise Refused(
            _("This request is over: it was answered or withdrawn, or it is too old."),
            code="request-over",
        )
    return RoleRequest.objects.select_related("person__account", "space").get(pk=request.pk)


def _let_in(admin: Membership, request: RoleRequest, role: str, limits: list[str]) -> Membership:
    person = request.person
    if not person.account.is_active:
        raise Refused(
            _("The account of this person is closed. Decline the request."), code="account-closed"
        )
    member = Membership.objects.create(
        space=admin.space,
        person=person,
        role=role,
        limits=limits,
        origin=Membership.Origin.REQUEST,
        created_by=admin.person,
        role_from=admin.person,
        notification_email=person.email,
    )
    admin.space.changed()
    record(
        "space.member-joined",
        by=admin.person,
        about=member,
        space=admin.space_id,
        whom=person.pk,
        role=role,
    )
    return member
