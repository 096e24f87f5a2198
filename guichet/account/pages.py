"""What the pages of an account show."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from guichet import clock
from guichet.account import policy
from guichet.persons.models import Person
from guichet.post import letters_life
from guichet.post.models import Dispatch
from guichet.signon.models import Credential, Session
from guichet.signon.products.base import product as kind_of
from guichet.spaces import policy as spaces
from guichet.spaces.actions.telling import When, kinds, when
from guichet.spaces.models import Membership

LETTERS_SHOWN = 20

Row = dict[str, Any]


@dataclass(frozen=True)
class ProductRow:
    """One product as its holder sees it."""

    credential: Credential
    kind: str
    in_use: bool

    @property
    def name(self) -> str:
        """What its holder calls it, else what it is."""
        return self.credential.label or self.kind

    @property
    def certificate_names(self) -> str:
        """As the certificate writes them."""
        return f"{self.credential.given_names} {self.credential.family_name}".strip()


def product_row(credential: Credential, sign_on: Session) -> ProductRow:
    """One product; what it is called when its kind is not offered any more, its code says."""
    kind = kind_of(credential.product)
    return ProductRow(
        credential=credential,
        kind=str(kind.label) if kind else credential.product,
        in_use=credential.pk == sign_on.credential_id,
    )


def products(sign_on: Session) -> dict[str, Any]:
    """Those that open the account, those that are suspended, those that were removed."""
    mine = Credential.objects.filter(person=sign_on.person).order_by("activated_at", "pk")
    rows = [product_row(credential, sign_on) for credential in mine]
    kept = [row for row in rows if row.credential.revoked_at is None]
    return {
        "products": sorted(kept, key=lambda row: not row.in_use),
        "removed": [row for row in rows if row.credential.revoked_at is not None],
    }


def names_compared(credential: Credential, person: Person) -> list[Row]:
    """The names on the new certificate beside those of the account."""
    new = f"{credential.given_names} {credential.family_name}"
    return [
        _row(_("Name on the certificate of the new product"), new),
        _row(_("Number of the certificate (SSN)"), credential.number),
        _row(_("Your name in the account"), person.name),
    ]


def why_not_removed(sign_on: Session, credential: Credential) -> str:
    """A sentence when the product cannot be removed here and now, or nothing."""
    if sign_on.person is None or not policy.usable(sign_on.person).exclude(pk=credential.pk):
        return _("This is your last product. Add another one before you remove it.")
    if credential.pk == sign_on.credential_id:
        return _("You are logged in with this product. Log in with another one to remove it.")
    return ""


def sessions(sign_on: Session) -> list[Row]:
    """Open sessions, this one first, then the one seen last."""
    if sign_on.person is None:
        return []
    live = policy.live_sessions(sign_on.person).select_related("credential")
    found = sorted(live, key=lambda each: (each.pk != sign_on.pk, -each.seen_at.timestamp()))
    return [
        {
            "session": each,
            "device": each.device or _("Unknown browser"),
            "product": product_row(each.credential, sign_on).name,
            "is_this": each.pk == sign_on.pk,
        }
        for each in found
    ]


def memberships(person: Person) -> QuerySet[Membership]:
    """Spaces that are in use, by name."""
    mine = Membership.objects.filter(person=person, space__binned_at=None)
    return mine.select_related("space").order_by("space__name", "space__identifier")


def unreachable(person: Person) -> list[Row]:
    """Addresses that our mails come back from, and the pages where each is changed."""
    rows = []
    for found in spaces.unreachable(person):
        places = [
            (member.space.name, reverse("spaces:change_address", args=[member.space.identifier]))
            for member in memberships(person).filter(notification_email__iexact=found.address)
        ]
        if person.email.lower() == found.address:
            places.insert(0, (_("My account"), reverse("account:email")))
        rows.append({"found": found, "places": places})
    return rows


def letters(person: Person) -> list[Row]:
    """Letters to this person of late, each with where it is."""
    found = Dispatch.objects.letters_of(person.pk).exclude(addressee=[])
    rows = []
    for letter in found.select_related("batch", "instead_of__instead_of")[:LETTERS_SHOWN]:
        since = letters_life.contestable_from(letter)
        is_open = since is not None and since <= clock.now()
        rows.append({"letter": letter, "since": None if is_open else since, "is_open": is_open})
    return rows


def notification_row(member: Membership) -> Row:
    """Where a member is told, and when of what."""
    return {
        "member": member,
        "choices": [
            (_short(str(kind.label)), When(when(member, kind)).label)
            for kind in kinds(member.space)
        ],
    }


def _short(label: str) -> str:
    """What stands before the colon: "Users: who joins, …"."""
    return label.partition(":")[0].strip()


def parts(person: Person) -> list[Row]:
    """The parts of the account, each with its present state."""
    usable, live = policy.usable(person).count(), policy.live_sessions(person).count()
    return [
        _part(
            "key",
            _("Authentication products"),
            "account:products",
            ngettext(
                "%(count)d product opens your account.",
                "%(count)d products open your account.",
                usable,
            )
            % {"count": usable},
        ),
        _part(
            "lock",
            _("Sessions"),
            "account:sessions",
            ngettext("%(count)d session is open.", "%(count)d sessions are open.", live)
            % {"count": live},
        ),
        _part("mail", _("Email address"), "account:email", person.email),
        _part(
            "bell",
            _("Notifications"),
            "account:notifications",
            _("For each eSpace: where we write to you, and when."),
        ),
        _part(
            "clock",
            _("Activity"),
            "account:journal",
            _("What you did and what was done to you."),
        ),
        _part(
            "document",
            _("Letters by post"),
            "account:letters",
            _("What we sent you by post, and what to do when it does not come."),
        ),
        _part(
            "globe",
            _("Language"),
            "account:language",
            _("We write to you in: %(language)s.")
            % {"language": dict(settings.LANGUAGES).get(person.language, person.language)},
        ),
        _part(
            "download",
            pgettext("account", "My data"),
            "account:data",
            _("Download everything that the portal keeps about you."),
        ),
        _part(
            "power",
            _("Close my account"),
            "account:close",
            _("You have 30 days to think again."),
        ),
    ]


def _part(icon: str, title: str, page: str, state: str) -> Row:
    return {"icon": icon, "title": title, "url": reverse(page), "state": state}


def _row(label: str, value: str) -> Row:
    return {"label": label, "value": value, "change_url": None}


def day(at: datetime) -> str:
    """A day in words."""
    return date_format(localtime(at), "DATE_FORMAT")
