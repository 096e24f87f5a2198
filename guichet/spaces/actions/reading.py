"""Reading a company anew in its register, and saying that what a register says is wrong."""

import hashlib
import json
from dataclasses import dataclass, replace

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from guichet import clock
from guichet.audit.actions import record
from guichet.post.actions import send
from guichet.refusals import Refused
from guichet.registers import actions as registers
from guichet.registers.base import Business
from guichet.signon import throttle
from guichet.spaces import known, policy
from guichet.spaces.company import CONTACT, CompanyData
from guichet.spaces.mails import contest as mails
from guichet.spaces.models import Company, Contest, Membership
from guichet.spaces.policy import Can

_PURPOSE = "company-reading"  # why the business register is asked
_PERSONAL_DIGITS = 13


@dataclass(frozen=True)
class Reading:
    """What the register says now; `taken` once the space says the same."""

    before: CompanyData
    after: CompanyData
    taken: bool

    @property
    def seen(self) -> str:
        """Says which answer somebody looked at."""
        return _digest(self.after)


def read_company(member: Membership, *, reference: str = "", seen: str = "") -> Reading:
    """Ask the business register, and take over what it says once somebody has seen it.

    What differs is only shown, unless it is what was `seen` before. What members say themselves
    stays as it is. `reference` is the number of a company that was typed by hand; one of the
    register is found again by its own. Raises `registers.base.Unavailable`.
    """
    policy.require(member, Can.CHANGE)
    now = CompanyData.in_row(Company.objects.get(space=member.space_id))
    throttle.hit("company-reading", member.space_id)
    number = (now.rcs or now.vat or now.national_number) if now.is_from_register else reference
    found = registers.business(number, by=member.person, purpose=_PURPOSE)
    if found is None:
        raise Refused(
            _("The register does not know this number. Nothing is changed."),
            code="company-unknown",
            field="reference",
        )
    return _take_over(member, found, seen)


@transaction.atomic
def _take_over(member: Membership, found: Business, seen: str) -> Reading:
    row = Company.objects.select_for_update().get(space=member.space_id)
    before = CompanyData.in_row(row)
    after = _with_own(CompanyData.of(found), before)
    changes = known.differences(before, after)
    if changes and seen != _digest(after):
        return Reading(before, after, taken=False)
    after.write_to(row).save()
    member.space.changed()
    settled = Contest.objects.open().filter(
        space=member.space_id, field__in=[change["field"] for change in changes]
    )
    record(
        "space.company-read",
        by=member.person,
        about=member.space,
        space=member.space_id,
        changes=len(changes),
        settled=settled.update(withdrawn_at=clock.now()),
    )
    return Reading(before, after, taken=True)


def _with_own(read: CompanyData, before: CompanyData) -> CompanyData:
    """The register's values beside what members say: contact, permit, a person's own number."""
    own = {name: getattr(before, name) for name in CONTACT}
    if len(before.national_number) == _PERSONAL_DIGITS and not read.national_number:
        own["national_number"] = before.national_number
    return replace(read, **own)


def _digest(company: CompanyData) -> str:
    said = {name: value for name, value in company.values().items() if name != "checked_at"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


# --- Contesting a value


def contest(member: Membership, *, field: str, right_value: str, words: str) -> Contest:
    """Say what a value of a register should be, and why; its contact is told that there is a word.

    Neither the value nor the words leave the house.
    """
    policy.require(member, Can.CHANGE)
    _require_of_register(member, field)
    throttle.hit("contest", member.space_id)
    return _contest(member, field, right_value, words)


@transaction.atomic
def _contest(member: Membership, field: str, right_value: str, words: str) -> Contest:
    row = Contest(space=member.space, field=field, contested_by=member.person)
    row.right_value, row.words = right_value, words[: Contest.WORDS_LENGTH_MAX]
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as fault:
        raise Refused(
            _("This value is contested already. Withdraw that first to say something else."),
            code="already-contested",
        ) from fault
    member.space.changed()
    record(
        "space.value-contested",
        by=member.person,
        about=row,
        space=member.space_id,
        field=field,
    )
    send(mails.contested(row))
    return row


@transaction.atomic
def withdraw_contest(member: Membership, *, contest: Contest) -> bool:
    """Contest the value no longer. Twice changes nothing."""
    policy.require(member, Can.CHANGE)
    open_one = Contest.objects.open().filter(pk=contest.pk, space=member.space_id)
    if not open_one.update(withdrawn_at=clock.now()):
        return False
    member.space.changed()
    record("space.contest-withdrawn", by=member.person, about=contest, space=member.space_id)
    return True


def open_contests() -> int:
    """How many values are contested now, for whoever looks after them."""
    return Contest.objects.open().count()


def _require_of_register(member: Membership, field: str) -> None:
    is_typed = (
        not member.space.is_private
        and not Company.objects.filter(space=member.space_id, source="register").exists()
    )
    if is_typed or field not in known.fields(member.space):
        raise Refused(
            _("This value does not come from a register. Change it yourself."),
            code="not-of-register",
        )
