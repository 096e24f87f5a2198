"""What pages show of the users of a space."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from guichet import clock
from guichet.registers.names import words
from guichet.signon.models import Credential
from guichet.signon.products import base
from guichet.spaces import policy
from guichet.spaces.models import Invitation, Membership, Role, Space
from guichet.spaces.policy import CAPABILITIES, RIGHTS

A_PAGE = 50
SEARCHED_FROM = 10  # shorter lists are read faster than searched

Row = dict[str, Any]


@dataclass(frozen=True)
class User:
    """One line of the list."""

    member: Membership
    credentials: list[Credential]  # that the space opens with

    @property
    def limits(self) -> str:
        """What the role is limited to; empty for no limit."""
        return policy.themes(self.member.limits)

    @property
    def came(self) -> str:
        """How somebody came into the space, and by whom."""
        how, by = self.member.get_origin_display(), self.member.created_by
        if by is None or by.pk == self.member.person_id:
            return how
        return _("%(how)s (%(name)s)") % {"how": how, "name": by.name}

    @property
    def last_sign_on(self) -> datetime | None:
        """When somebody last signed on with a product that opens the space."""
        return max(filter(None, (each.last_success_at for each in self.credentials)), default=None)

    @property
    def products(self) -> str:
        """Which products of the person open the space."""
        if self.member.only_with is not None:
            return _("Only: %(product)s") % {"product": product_name(self.member.only_with)}
        return _("All")

    @property
    def is_locked_out(self) -> bool:
        """No product that may open the space works now."""
        return not any(each.is_usable for each in self.credentials)


@dataclass(frozen=True)
class Users:
    """A page of the users that were looked for, and how many there are in all."""

    page: Page[UUID]
    shown: list[User]
    found: int
    total: int


def product_name(credential: Credential) -> str:
    """What a product is called, and the end of its number: enough to tell two apart."""
    product = base.product(credential.product)
    name = credential.label or (str(product.label) if product else credential.product)
    return _("%(product)s with the number …%(end)s") % {
        "product": name,
        "end": credential.number[-4:],
    }


def users(space_id: UUID, *, q: str = "", role: str = "", page: str = "") -> Users:
    """The users of a space by name, a page of them; `q` are beginnings of names.

    Names are compared here, without accents: databases differ in that.
    """
    everybody = Membership.objects.filter(space=space_id).values_list(
        "pk", "role", "person__family_name", "person__given_names"
    )
    named = [
        (words(f"{family} {given}"), key, its_role) for key, its_role, family, given in everybody
    ]
    asked = words(q)
    found = [
        key
        for name, key, its_role in sorted(named, key=lambda each: (each[0], each[1]))
        if (not role or its_role == role) and _meets(asked, name)
    ]
    part: Page[UUID] = Paginator(found, A_PAGE).get_page(page)
    return Users(part, _shown(list(part)), len(found), len(named))


def _meets(asked: Iterable[str], name: list[str]) -> bool:
    return all(any(word.startswith(start) for word in name) for start in asked)


def _shown(keys: list[UUID]) -> list[User]:
    credentials = Credential.objects.filter(revoked_at=None).order_by("pk")
    rows = (
        Membership.objects.select_related("person", "created_by", "only_with")
        .prefetch_related(Prefetch("person__credentials", credentials))
        .in_bulk(keys)
    )
    return [user(rows[key]) for key in keys if key in rows]


def user(member: Membership) -> User:
    """One user with the products that open the space."""
    if member.only_with is not None:
        return User(member, [member.only_with])
    return User(member, [each for each in member.person.credentials.all() if not each.revoked_at])


def user_rows(of: User) -> list[Row]:
    """What the administrators read about one user."""
    member = of.member
    given = [date_format(localtime(member.role_since), "DATE_FORMAT")]
    if member.role_from is not None:
        given.append(member.role_from.name)
    last = of.last_sign_on
    when = _("Not yet")
    if last is not None:
        when = date_format(localtime(last), "DATETIME_FORMAT")
    rows = [
        (_("Role"), member.role_name),
        (_("Procedures"), of.limits or _("All procedures")),
        (_("Role given"), "\n".join(given)),
        (_("User since"), date_format(localtime(member.since), "DATE_FORMAT")),
        (_("How"), of.came),
        (_("Last login"), when),
        (_("Products that open the eSpace"), of.products),
    ]
    if member.role not in policy.LIMITED_ROLES:
        del rows[1]
    return [{"label": label, "value": value, "change_url": None} for label, value in rows]


def own_rows(member: Membership) -> list[Row]:
    """What one is in the space, why, and who can change it."""
    rows = [
        (_("Your role in the eSpace"), member.role_name),
        (_("Why"), policy.why(member)),
    ]
    if member.role in policy.LIMITED_ROLES:
        rows.append((_("Procedures"), policy.themes(member.limits) or _("All procedures")))
    names = [person.name for person in policy.administrators(member.space_id)]
    rows.append((_("Who can change it"), "\n".join(names)))
    return [{"label": label, "value": value, "change_url": None} for label, value in rows]


def rights_table() -> list[tuple[str, list[tuple[str, bool]]]]:
    """`policy.CAPABILITIES` as it is printed: each right, and for each role yes or no."""
    return [
        (str(label), [(str(role.label), right in CAPABILITIES[role]) for role in Role])
        for right, label in RIGHTS.items()
    ]


# --- Invitations

OVER_SHOWN = timedelta(days=90)


def invitations(space: Space, *, page: str = "") -> dict[str, Any]:
    """What the administrators see: to confirm, waiting for an answer, answered or run out lately."""
    rows = Invitation.objects.filter(space=space).select_related("claimed_with")
    live = list(rows.live().order_by("-sent_at", "pk"))
    lately = clock.now() - OVER_SHOWN
    over = rows.filter(sent_at__gt=lately).exclude(pk__in=[each.pk for each in live])
    return {
        "claims": [each for each in live if each.claimed_at],
        "waiting": [each for each in live if not each.claimed_at],
        "over": Paginator(over.order_by("-sent_at", "pk"), A_PAGE).get_page(page),
    }


def rights_of(invitation: Invitation) -> list[str]:
    """What the invited role may do, in words; with what it would be limited to."""
    allowed = CAPABILITIES[invitation.role]
    said = [str(label) for right, label in RIGHTS.items() if right in allowed]
    if invitation.limits:
        limits = {"themes": policy.themes(invitation.limits)}
        said.append(_("Procedures only about: %(themes)s") % limits)
    return said
