"""To those whose place in a space changes, and to its administrators.

The words that depend on what happened are put together here; the frame is `mail/told.*`.
"""

from collections.abc import Callable

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from guichet.persons.models import Person
from guichet.post.actions import Mail
from guichet.refusals import Way
from guichet.spaces import policy
from guichet.spaces.models import Membership, RoleRequest, Space

Writer = Callable[[Membership], Mail]

# --- To the one whom it concerns


def role_changed(member: Membership, by: Person) -> Mail:
    """Somebody gave the member another role or other limits."""
    with translation.override(member.person.language):
        said = [
            _("%(by)s has changed what you may do in this eSpace.") % {"by": by.name},
            *_standing(member),
            _("You need not do anything. Is this wrong? Ask one of the administrators."),
        ]
        return to_member("spaces/mail/role_changed", member, said, _rights(member.space))


def removed(member: Membership, by: Person) -> Mail:
    """The member no longer belongs to the space; what was prepared there has stayed."""
    with translation.override(member.person.language):
        said = [
            _("%(by)s has removed you from this eSpace. You can no longer open it.")
            % {"by": by.name},
            _("Everything that you prepared in it stays there for the others."),
            _("You need not do anything. Is this wrong? Ask one of the administrators."),
        ]
        return to_member("spaces/mail/removed", member, said, hub())


def granted(member: Membership, request: RoleRequest) -> Mail:
    """What somebody asked for was granted, perhaps with another role than the one wanted."""
    with translation.override(member.person.language):
        said = [
            _("An administrator has granted your request for this eSpace."),
            *_standing(member),
        ]
        space = member.space
        way = Way(_("Open the eSpace"), link_to("desk:space", space.identifier))
        return to_member("spaces/mail/granted", member, said, way, key=f"granted:{request.pk}")


def declined(request: RoleRequest, to: str) -> Mail:
    """What somebody asked for was declined."""
    person = request.person
    with translation.override(person.language):
        again = request.again_from
        said = [_("An administrator has declined your request for this eSpace.")]
        if again:
            said.append(
                _("You can ask again from %(day)s.")
                % {"day": date_format(localtime(again), "DATE_FORMAT")}
            )
        return mail(
            "spaces/mail/declined",
            person,
            to,
            said,
            hub(),
            identifier=request.identifier,
            key=f"declined:{request.pk}",
        )


# --- To administrators


def asked(admin: Membership, request: RoleRequest) -> Mail:
    """Somebody asks to join, or for another role."""
    with translation.override(admin.person.language):
        until = date_format(localtime(request.expires_at), "DATE_FORMAT")
        said = [
            _("%(name)s asks for this role: %(role)s.")
            % {"name": request.person.name, "role": request.role_name},
            _(
                "Grant or decline the request by %(day)s. "
                "If nobody answers, it ends then and nothing changes."
            )
            % {"day": until},
        ]
        url = link_to("spaces:request", admin.space.identifier, request.pk)
        key = f"asked:{request.pk}:{admin.pk}"
        return to_member(
            "spaces/mail/asked", admin, said, Way(_("Answer the request"), url), key=key
        )


def was_changed(admin: Membership, member: Membership, by: Person) -> Mail:
    """Another administrator changed somebody's role or limits, or let somebody in."""
    with translation.override(admin.person.language):
        said = _("%(by)s gave %(name)s this role: %(role)s.") % {
            "by": by.name,
            "name": member.person.name,
            "role": member.role_name,
        }
        return _changed(admin, said)


def was_removed(admin: Membership, person: Person, by: Person) -> Mail:
    """Another administrator removed somebody."""
    with translation.override(admin.person.language):
        said = _("%(by)s removed %(name)s from this eSpace.")
        return _changed(admin, said % {"by": by.name, "name": person.name})


def has_left(admin: Membership, person: Person) -> Mail:
    """Somebody left the space."""
    with translation.override(admin.person.language):
        return _changed(admin, _("%(name)s has left this eSpace.") % {"name": person.name})


# --- What they share


def _changed(admin: Membership, said: str) -> Mail:
    way = Way(_("See the users"), link_to("spaces:users", admin.space.identifier))
    nothing = _("You need not do anything.")
    return to_member("spaces/mail/users_changed", admin, [said, nothing], way)


def _standing(member: Membership) -> list[str]:
    role = _("Your role is now: %(role)s.") % {"role": member.role_name}
    return [role, policy.limited_to(member)] if member.limits else [role]


def to_member(
    template: str, member: Membership, said: list[str], way: Way, *, key: str | None = None
) -> Mail:
    space = member.space
    return mail(
        template,
        member.person,
        member.notification_email,
        said,
        way,
        identifier=space.identifier,
        name=space.name,
        key=key,
    )


def mail(
    template: str,
    person: Person,
    to: str,
    said: list[str],
    way: Way,
    *,
    identifier: str,
    name: str = "",
    key: str | None = None,
) -> Mail:
    return Mail(
        template,
        to=to,
        language=person.language,
        context={
            "name": person.name,
            "space": f"{name} ({identifier})" if name else identifier,
            "said": said,
            "link": way.url,
            "label": way.label,
        },
        key=f"spaces.{key}" if key else None,
    )


def _rights(space: Space) -> Way:
    return Way(_("See who may do what"), link_to("spaces:rights", space.identifier))


def hub() -> Way:
    return Way(_("My eSpaces"), link_to("desk:spaces"))


def link_to(view: str, *args: object) -> str:
    return str(settings.SITE_URL) + reverse(view, args=args)
