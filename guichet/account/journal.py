"""What somebody did and what was done to them, each act of the house register in a sentence.

The register holds identifiers only. Names are put in here, for this reader: of a space as long as
they belong to it, of a person as long as they share one.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guichet.audit.models import Entry
from guichet.persons.models import Person
from guichet.signon.models import Credential
from guichet.spaces.models import Membership

PAGE = 50

Sentence = str | Promise


class Kind(models.TextChoices):
    """What an act is about; what one can filter by."""

    SIGN_ON = "connexion", gettext_lazy("Logging in")
    ACCOUNT = "compte", gettext_lazy("Account and registration")
    SPACES = "espaces", gettext_lazy("eSpaces")
    PROCEDURES = "demarches", gettext_lazy("Procedures")


@dataclass(frozen=True)
class Told:
    """How an act reads: done by oneself, or by somebody else."""

    kind: Kind
    mine: Sentence
    to_me: Sentence = ""


def _told(kind: Kind, mine: Sentence, to_me: Sentence = "") -> Told:
    return Told(kind, mine, to_me or mine)


# Every act that a person does or that is done to one. A test finds what is recorded and missing.
EVENTS: dict[str, Told] = {
    "signon.session-opened": _told(Kind.SIGN_ON, gettext_lazy("You logged in.")),
    "signon.session-ended": _told(Kind.SIGN_ON, gettext_lazy("A session ended.")),
    "signon.attempt-refused": _told(
        Kind.SIGN_ON, gettext_lazy("Somebody tried to log in with your product and was refused.")
    ),
    "signon.token-resynchronised": _told(
        Kind.SIGN_ON, gettext_lazy("The clock of your Token was compared with ours.")
    ),
    "signon.credential-issued": _told(Kind.SIGN_ON, gettext_lazy("The product was issued to you.")),
    "signon.credential-bound": _told(
        Kind.ACCOUNT, gettext_lazy("A product was bound to your name.")
    ),
    "signon.credential-suspended": _told(
        Kind.SIGN_ON, gettext_lazy("The product was suspended after too many wrong codes.")
    ),
    "registration.submitted": _told(Kind.ACCOUNT, gettext_lazy("You asked to be registered.")),
    "registration.refused": _told(
        Kind.ACCOUNT, gettext_lazy("Your registration was refused: the register did not agree.")
    ),
    "registration.completed": _told(Kind.ACCOUNT, gettext_lazy("You were registered.")),
    "terms.accepted": _told(Kind.ACCOUNT, gettext_lazy("You accepted the terms of use.")),
    "account.addition-begun": _told(
        Kind.ACCOUNT, gettext_lazy("You began to add a product to your account.")
    ),
    "account.product-added": _told(
        Kind.ACCOUNT, gettext_lazy("You added a product to your account.")
    ),
    "account.product-named": _told(Kind.ACCOUNT, gettext_lazy("You gave a product a name.")),
    "account.product-removed": _told(
        Kind.ACCOUNT, gettext_lazy("You removed a product from your account.")
    ),
    "account.product-brought-back": _told(
        Kind.ACCOUNT, gettext_lazy("You began to use a removed product again.")
    ),
    "account.email-change-asked": _told(
        Kind.ACCOUNT, gettext_lazy("You asked for another email address.")
    ),
    "post.letter-contested": _told(
        Kind.ACCOUNT, gettext_lazy("You said that a letter never came; it is sent again.")
    ),
    "post.letter-returned": _told(
        Kind.ACCOUNT,
        gettext_lazy("You entered a letter that came back."),
        gettext_lazy("The post brought a letter to you back."),
    ),
    "account.address-check-asked": _told(
        Kind.ACCOUNT, gettext_lazy("You had an address checked that our emails came back from.")
    ),
    "account.email-change-resent": _told(
        Kind.ACCOUNT, gettext_lazy("You had the emails for the new address sent again.")
    ),
    "account.email-confirmed": _told(
        Kind.ACCOUNT, gettext_lazy("One of the two email addresses was confirmed.")
    ),
    "account.email-changed": _told(Kind.ACCOUNT, gettext_lazy("Your email address was changed.")),
    "account.email-change-cancelled": _told(
        Kind.ACCOUNT, gettext_lazy("The change of your email address was cancelled.")
    ),
    "account.language-changed": _told(
        Kind.ACCOUNT, gettext_lazy("You chose the language of your emails and letters.")
    ),
    "account.exported": _told(Kind.ACCOUNT, gettext_lazy("You downloaded your data.")),
    "account.closing-asked": _told(Kind.ACCOUNT, gettext_lazy("You asked to close your account.")),
    "account.closing-cancelled": _told(Kind.ACCOUNT, gettext_lazy("You kept your account.")),
    "account.closed": _told(Kind.ACCOUNT, gettext_lazy("Your account was closed.")),
    "procedures.draft-begun": _told(Kind.PROCEDURES, gettext_lazy("You began a procedure.")),
    "procedures.draft-discarded": _told(Kind.PROCEDURES, gettext_lazy("You deleted a draft.")),
    "procedures.draft-brought-back": _told(
        Kind.PROCEDURES, gettext_lazy("You took a draft out of the bin.")
    ),
    "procedures.draft-taken-back": _told(
        Kind.PROCEDURES, gettext_lazy("You took back a procedure that waited for signatures.")
    ),
    "procedures.draft-moved-on": _told(
        Kind.PROCEDURES, gettext_lazy("You took a draft to a new version of its procedure.")
    ),
    "procedures.paper-attached": _told(Kind.PROCEDURES, gettext_lazy("You attached a document.")),
    "procedures.paper-removed": _told(Kind.PROCEDURES, gettext_lazy("You removed a document.")),
    "procedures.signed": _told(Kind.PROCEDURES, gettext_lazy("You signed a procedure.")),
    "procedures.signature-asked": _told(
        Kind.PROCEDURES, gettext_lazy("You asked for a signature.")
    ),
    "procedures.signature-refused": _told(
        Kind.PROCEDURES, gettext_lazy("You refused to sign a procedure.")
    ),
    "procedures.sent": _told(Kind.PROCEDURES, gettext_lazy("You sent a procedure.")),
    "signon.proved-again": _told(
        Kind.SIGN_ON, gettext_lazy("You confirmed an act with your product.")
    ),
    "signon.proof-refused": _told(
        Kind.SIGN_ON, gettext_lazy("A code that was to confirm an act was refused.")
    ),
    "space.opened": _told(Kind.SPACES, gettext_lazy("You created the eSpace.")),
    "space.changed": _told(Kind.SPACES, gettext_lazy("You changed the details of the eSpace.")),
    "space.company-changed": _told(
        Kind.SPACES, gettext_lazy("You changed the details of the company.")
    ),
    "space.member-address-changed": _told(
        Kind.SPACES, gettext_lazy("You changed your email address for the eSpace.")
    ),
    "space.notifications-chosen": _told(
        Kind.SPACES, gettext_lazy("You chose when you are told of news of the eSpace.")
    ),
    "space.draft-started": _told(Kind.SPACES, gettext_lazy("You began to prepare an eSpace.")),
    "space.draft-saved": _told(
        Kind.SPACES, gettext_lazy("You saved an eSpace that is in preparation.")
    ),
    "space.draft-discarded": _told(
        Kind.SPACES, gettext_lazy("You deleted an eSpace that was in preparation.")
    ),
    "space.member-invited": _told(Kind.SPACES, gettext_lazy("You invited somebody.")),
    "space.invitation-renewed": _told(Kind.SPACES, gettext_lazy("You sent an invitation again.")),
    "space.invitation-withdrawn": _told(
        Kind.SPACES,
        gettext_lazy("You withdrew an invitation."),
        gettext_lazy("An invitation that you had accepted was withdrawn."),
    ),
    "space.invitation-claimed": _told(
        Kind.SPACES, gettext_lazy("You accepted an invitation that bears another name.")
    ),
    "space.invitation-accepted": _told(
        Kind.SPACES,
        gettext_lazy("You accepted an invitation, or confirmed that of somebody."),
        gettext_lazy("An administrator confirmed your name. You belong to the eSpace."),
    ),
    "space.invitation-refused": _told(Kind.SPACES, gettext_lazy("You refused an invitation.")),
    "space.invitation-asked-again": _told(
        Kind.SPACES, gettext_lazy("A new invitation was asked for.")
    ),
    "space.left": _told(
        Kind.SPACES,
        gettext_lazy("You left the eSpace."),
        gettext_lazy("You do not belong to the eSpace any more."),
    ),
    "space.binned": _told(
        Kind.SPACES,
        gettext_lazy("You put the eSpace into the bin."),
        gettext_lazy("The eSpace was put into the bin."),
    ),
    "space.brought-back": _told(
        Kind.SPACES,
        gettext_lazy("You brought the eSpace back from the bin."),
        gettext_lazy("The eSpace was brought back from the bin."),
    ),
    "space.exported": _told(Kind.SPACES, gettext_lazy("You downloaded the data of the eSpace.")),
    "space.certified": _told(
        Kind.SPACES, gettext_lazy("The eSpace was certified with your access code.")
    ),
    "space.code-made": _told(Kind.SPACES, gettext_lazy("You made an access code.")),
    "space.code-refused": _told(
        Kind.SPACES, gettext_lazy("An access code that you entered was refused.")
    ),
    "space.code-revoked": _told(Kind.SPACES, gettext_lazy("You revoked an access code.")),
    "space.certification-ended": _told(
        Kind.SPACES,
        gettext_lazy("You ended a certification."),
        gettext_lazy("A certification of the eSpace ended."),
    ),
    "space.company-read": _told(
        Kind.SPACES, gettext_lazy("You looked the company up in the register again.")
    ),
    "space.value-contested": _told(
        Kind.SPACES, gettext_lazy("You contested a value of the register.")
    ),
    "space.contest-withdrawn": _told(
        Kind.SPACES, gettext_lazy("You withdrew what you had said about a value of the register.")
    ),
    "space.contest-read": _told(
        Kind.SPACES,
        gettext_lazy("You looked at what was said about a value of the register."),
        gettext_lazy("Somebody read what you said about a value of the register."),
    ),
    "space.merger-asked": _told(
        Kind.SPACES,
        gettext_lazy("You asked to merge eSpaces."),
        gettext_lazy("A merger of the eSpace was asked for."),
    ),
    "space.merger-consented": _told(
        Kind.SPACES,
        gettext_lazy("You consented to the merger of eSpaces."),
        gettext_lazy("Somebody consented to the merger of the eSpace."),
    ),
    "space.merger-cancelled": _told(
        Kind.SPACES,
        gettext_lazy("You cancelled the merger of eSpaces."),
        gettext_lazy("The merger of the eSpace was cancelled."),
    ),
    "space.merger-previewed-again": _told(
        Kind.SPACES, gettext_lazy("The preview of the merger was made again.")
    ),
    "space.merged": _told(Kind.SPACES, gettext_lazy("The eSpaces were merged.")),
    "space.administrator-proposed": _told(
        Kind.SPACES, gettext_lazy("You were proposed as an administrator of the eSpace.")
    ),
    "space.administrator-appointed": _told(
        Kind.SPACES, gettext_lazy("You were appointed administrator of the eSpace.")
    ),
    "space.appointment-dropped": _told(
        Kind.SPACES, gettext_lazy("The proposal to make you administrator was dropped.")
    ),
    "space.appointment-read": _told(
        Kind.SPACES, gettext_lazy("The proposal to make you administrator was looked at.")
    ),
    "space.looked-into": _told(Kind.SPACES, gettext_lazy("The help desk looked at the eSpace.")),
    "space.person-looked-up": _told(
        Kind.SPACES, gettext_lazy("The help desk looked up who you are.")
    ),
    "space.member-joined": _told(
        Kind.SPACES,
        gettext_lazy("You let somebody into the eSpace."),
        gettext_lazy("You joined the eSpace."),
    ),
    "space.member-changed": _told(
        Kind.SPACES,
        gettext_lazy("You changed somebody’s role."),
        gettext_lazy("Your role was changed."),
    ),
    "space.member-removed": _told(
        Kind.SPACES,
        gettext_lazy("You removed somebody from the eSpace."),
        gettext_lazy("You were removed from the eSpace."),
    ),
    "space.role-requested": _told(
        Kind.SPACES,
        gettext_lazy("You asked for a role."),
        gettext_lazy("Somebody asked for a role."),
    ),
    "space.role-request-granted": _told(
        Kind.SPACES,
        gettext_lazy("You granted somebody the role that they had asked for."),
        gettext_lazy("The role that you had asked for was granted."),
    ),
    "space.role-request-declined": _told(
        Kind.SPACES,
        gettext_lazy("You declined somebody the role that they had asked for."),
        gettext_lazy("The role that you had asked for was declined."),
    ),
    "space.role-request-withdrawn": _told(
        Kind.SPACES, gettext_lazy("You withdrew your request for a role.")
    ),
    "space.purged": _told(Kind.SPACES, gettext_lazy("The eSpace was deleted for good.")),
}

# Recorded, but nobody's act and done to nobody; or somebody's who had no account yet; or a part of
# another act, as the right code is of a session that opens.
OF_NOBODY = frozenset(
    """
    content-news.corrected content-news.published content-news.withdrawn
    post.batch-made post.batch-handed-over post.letter-settled
    post.dispatch-given-up post.dispatch-revived post.mail-came-back account.address-confirmed
    registration.address-corrected registration.cancelled registration.code-refused
    registration.code-typed-again registration.link-opened registration.mail-confirmed
    registration.mail-held-back registration.mail-sent registration.register-checked
    registration.signed-in-again
    signon.attempt-abandoned signon.attempt-begun signon.attempt-succeeded signon.pause-begun
    procedures.version-published procedures.visit-asked procedures.visit-begun procedures.visit-ended
    persons.agent-let-go persons.agent-taken-on persons.authority-named
    space.drafts-forgotten space.invitations-forgotten space.searched space.services-loaded
    """.split()
)


@dataclass(frozen=True)
class Line:
    """One act as the page shows it."""

    entry: Entry
    sentence: str
    kind: str
    space: str  # its name, or "" when the reader does not belong to it
    by: str  # who did it, when that was not the reader
    whom: str  # to whom, when that is somebody the reader shares a space with

    @property
    def was_refused(self) -> bool:
        """Somebody tried, and the rules said no."""
        return self.entry.outcome == Entry.Outcome.REFUSED


@dataclass(frozen=True)
class Page:
    """Some lines, newest first, and where older ones begin."""

    lines: list[Line]
    older: UUID | None


def page(person: Person, *, kind: str = "", before: UUID | None = None) -> Page:
    """The newest acts, or those before an entry; of one kind, if asked. Five queries at most."""
    found = _entries(person, kind, before)
    entries = found[:PAGE]
    spaces = _spaces(person, entries)
    names = _names(person, entries)
    lines = [_line(person, entry, spaces, names) for entry in entries]
    return Page(lines, entries[-1].pk if len(found) > PAGE else None)


def everything(person: Person) -> list[Line]:
    """All of it, newest first: for the person's own copy."""
    entries = _entries(person, "", None, at_most=None)
    spaces, names = _spaces(person, entries), _names(person, entries)
    return [_line(person, entry, spaces, names) for entry in entries]


def _entries(
    person: Person, kind: str, before: UUID | None, at_most: int | None = PAGE + 1
) -> list[Entry]:
    """Three walks along three indexes, each no longer than a page, then merged."""
    mine = Credential.objects.filter(person=person).values_list("pk", flat=True)
    walks = (
        Entry.objects.filter(actor=f"person:{person.pk}"),
        Entry.objects.filter(whom=person.pk),
        Entry.objects.filter(actor="", about__in=[f"credential:{pk}" for pk in mine]),
    )
    last = Entry.objects.filter(pk=before).first() if before else None
    found = {
        entry.pk: entry
        for walk in walks
        for entry in _narrowed(walk, kind, last).order_by("-at", "-pk")[:at_most]
    }
    ordered = sorted(found.values(), key=lambda entry: (entry.at, entry.pk.int), reverse=True)
    return ordered[:at_most]


def _narrowed(walk: QuerySet[Entry], kind: str, last: Entry | None) -> QuerySet[Entry]:
    walk = walk.exclude(event__in=OF_NOBODY)
    if kind:
        walk = walk.filter(event__in=[name for name, told in EVENTS.items() if told.kind == kind])
    if last is not None:
        walk = walk.filter(Q(at__lt=last.at) | Q(at=last.at, pk__lt=last.pk))
    return walk


def _spaces(person: Person, entries: list[Entry]) -> dict[UUID, str]:
    wanted = {entry.space for entry in entries if entry.space}
    mine = Membership.objects.filter(person=person, space__in=wanted)
    return dict(mine.values_list("space_id", "space__name"))


def _names(person: Person, entries: list[Entry]) -> dict[str, str]:
    """Names of those with whom the reader shares a space now, by "person:key"."""
    wanted = {entry.actor.partition(":")[2] for entry in entries if _is_persons(entry.actor)}
    wanted |= {str(entry.whom) for entry in entries if entry.whom}
    others = [UUID(key) for key in wanted - {str(person.pk)}]
    shared = Membership.objects.filter(
        person__in=others, space__in=Membership.objects.filter(person=person).values("space")
    )
    found = shared.values_list("person_id", "person__given_names", "person__family_name")
    return {f"person:{key}": f"{given} {family}" for key, given, family in found}


def _line(person: Person, entry: Entry, spaces: dict[UUID, str], names: dict[str, str]) -> Line:
    is_mine = entry.actor == f"person:{person.pk}"
    told = EVENTS.get(entry.event)
    return Line(
        entry=entry,
        sentence=str((told.mine if is_mine else told.to_me) if told else _unknown(entry)),
        kind=str(Kind(told.kind).label) if told else "",
        space=spaces.get(entry.space, "") if entry.space else "",
        by="" if is_mine else _doer(entry, names),
        whom=names.get(f"person:{entry.whom}", "") if is_mine and entry.whom else "",
    )


def _doer(entry: Entry, names: dict[str, str]) -> str:
    """Who it was: by name, if the reader may know it; else what they are."""
    if not entry.actor:
        return _("The portal")
    if entry.actor in names:
        return names[entry.actor]
    if entry.actor.startswith("agent:"):
        return _("The help desk")
    return _("Another user of the eSpace") if entry.space else _("Another person")


def _unknown(entry: Entry) -> str:
    """An act that has no sentence (any more): at least where it happened."""
    if entry.space:
        return _("Something was done in an eSpace.")
    return _("Something was done in your account.")


def _is_persons(actor: str) -> bool:
    return actor.startswith("person:")


def cursor(text: str) -> UUID | None:
    """The entry that an address names, or None for whatever is not one."""
    try:
        return UUID(text)
    except ValueError:
        return None
