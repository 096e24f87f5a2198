"""To whom somebody invites, and to the administrators of the space. The frame is `mail/told.*`."""

from collections.abc import Callable

from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from guichet.persons.models import Person
from guichet.post.actions import Mail
from guichet.refusals import Way
from guichet.spaces import policy
from guichet.spaces.mails.members import hub, link_to, mail, to_member
from guichet.spaces.models import Invitation, Membership

Writer = Callable[[Membership, Invitation], Mail]


def invited(invitation: Invitation) -> Mail:
    """Who invites, into which space, with which role, until when, and what to do (M3)."""
    with translation.override(invitation.language):
        until = localtime(invitation.expires_at)
        said = [
            _("%(name)s invites you into this eSpace. Your role would be: %(role)s.")
            % {"name": invitation.invited_by.name, "role": invitation.role_name},
            _(
                "An eSpace links businesses and administrations. The State provides it; "
                "it opens only through the official portal, after you log in."
            ),
        ]
        if invitation.limits:
            limits = policy.themes(invitation.limits)
            said.append(_("It would be limited to: %(themes)s.") % {"themes": limits})
        if invitation.product_number:
            said.append(
                _(
                    "Log in with the product whose certificate number ends in %(digits)s. "
                    "If you have never used it here, register it first."
                )
                % {"digits": invitation.product_number[-4:]}
            )
        said.append(
            _(
                "The invitation is valid until %(weekday)s %(day)s at %(time)s. "
                "If you do nothing, it runs out and nothing changes."
            )
            % {
                "weekday": date_format(until, "l"),
                "day": date_format(until, "DATE_FORMAT"),
                "time": date_format(until, "TIME_FORMAT"),
            }
        )
        said.append(_("Do not answer this email: nobody reads the answers."))
        way = Way(_("See the invitation"), link_to("spaces:invitation", invitation.key))
        return Mail(
            "spaces/mail/invited",
            to=invitation.email,
            language=invitation.language,
            context=_context(invitation, invitation.name, said, way),
            key=f"spaces.invited:{invitation.pk}:{invitation.sent_at.isoformat()}",
            proves_address=True,
        )


def claimed(admin: Membership, invitation: Invitation) -> Mail:
    """Somebody accepted under another name: is it the right person?"""
    with translation.override(admin.person.language):
        until = date_format(localtime(invitation.expires_at), "DATE_FORMAT")
        said = [
            _("Somebody has accepted your invitation of %(name)s, under another name.")
            % {"name": invitation.name},
            _(
                "Look whether it is the right person, by %(day)s. "
                "If nobody answers, the invitation runs out."
            )
            % {"day": until},
        ]
        return _to_admin("spaces/mail/claimed", admin, said)


def refused(admin: Membership, invitation: Invitation) -> Mail:
    """The invited person said no."""
    with translation.override(admin.person.language):
        said = [
            _("%(name)s has refused your invitation.") % {"name": invitation.name},
            _("You need not do anything."),
        ]
        return _to_admin("spaces/mail/invitation_refused", admin, said)


def asked_again(admin: Membership, invitation: Invitation) -> Mail:
    """The invitation no longer counts; whoever holds its link asks for a new one."""
    with translation.override(admin.person.language):
        if invitation.is_live:
            why = _(
                "The invitation of %(name)s no longer counts: whoever sent it is not an "
                "administrator any more. A new one is asked for."
            )
        else:
            why = _("The invitation of %(name)s has run out. A new one is asked for.")
        said = [
            why % {"name": invitation.name},
            _("Send it again if you still want this. If you do nothing, nothing changes."),
        ]
        return _to_admin("spaces/mail/invitation_asked", admin, said)


def joined(admin: Membership, member: Membership) -> Mail:
    """An invitation was accepted."""
    with translation.override(admin.person.language):
        said = [
            _("%(name)s has joined this eSpace. Role: %(role)s.")
            % {"name": member.person.name, "role": member.role_name},
            _("You need not do anything."),
        ]
        url = link_to("spaces:users", admin.space.identifier)
        key = f"joined:{member.pk}:{admin.pk}"
        return to_member("spaces/mail/joined", admin, said, Way(_("See the users"), url), key=key)


def confirmed(invitation: Invitation, person: Person) -> Mail:
    """An administrator has confirmed that it is the right person."""
    with translation.override(person.language):
        url = link_to("desk:space", invitation.space.identifier)
        said = [_("An administrator has confirmed your name. The eSpace is open to you now.")]
        way = Way(_("Open the eSpace"), url)
        return _to_person("spaces/mail/name_confirmed", invitation, person, said, way)


def not_confirmed(invitation: Invitation, person: Person) -> Mail:
    """An administrator has not confirmed it, or took the invitation back."""
    with translation.override(person.language):
        said = [
            _("The invitation that you accepted was withdrawn. The eSpace is not open to you."),
            _("Is this wrong? Ask whoever invited you."),
        ]
        return _to_person("spaces/mail/name_not_confirmed", invitation, person, said, hub())


def _to_admin(template: str, admin: Membership, said: list[str]) -> Mail:
    url = link_to("spaces:invitations", admin.space.identifier)
    return to_member(template, admin, said, Way(_("See the invitations"), url))


def _to_person(
    template: str, invitation: Invitation, person: Person, said: list[str], way: Way
) -> Mail:
    space = invitation.space
    return mail(
        template, person, person.email, said, way, identifier=space.identifier, name=space.name
    )


def _context(invitation: Invitation, name: str, said: list[str], way: Way) -> dict[str, object]:
    space = invitation.space
    return {
        "name": name,
        "space": f"{space.name} ({space.identifier})",
        "said": said,
        "link": way.url,
        "label": way.label,
    }
