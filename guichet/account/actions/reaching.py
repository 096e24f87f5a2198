"""An address that our mails come back from: is it right after all?"""

from uuid import UUID

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from guichet.account import mails
from guichet.audit.actions import record
from guichet.post import actions as post
from guichet.post import bounces
from guichet.post.models import Unreachable
from guichet.refusals import Refused
from guichet.signon import throttle
from guichet.signon.models import Session
from guichet.spaces import policy as spaces

_SALT = "account.address-check"
_VALID_SECONDS = 72 * 60 * 60


def check_address(session: Session, *, key: UUID) -> Unreachable:
    """Write once more to one of my addresses; whoever opens the link there is reached again.

    At most five a day.
    """
    person = session.person
    mine = spaces.unreachable(person) if person else []
    found = next((each for each in mine if each.pk == key), None)
    if person is None or found is None:
        raise _reached_already()
    throttle.hit("address-check", person.pk)
    with transaction.atomic():
        post.send(mails.address_check(person, found, signing.dumps(str(found.pk), salt=_SALT)))
        record("account.address-check-asked", by=person, session=session.pk)
    return found


def address_of(token: str) -> Unreachable | None:
    """The address that a link was sent to, while it is valid and there is something to confirm."""
    try:
        key = signing.loads(token, salt=_SALT, max_age=_VALID_SECONDS)
    except signing.BadSignature:
        return None
    return Unreachable.objects.filter(pk=key).first()


@transaction.atomic
def confirm_address(*, token: str) -> bool:
    """The mail was read: from now on we write there as before."""
    found = address_of(token)
    if found is None:
        raise _reached_already()
    bounces.reached(found.address)
    record("account.address-confirmed")
    return True


def _reached_already() -> Refused:
    return Refused(
        _("There is nothing to confirm any more: the link is too old, or we reach you already."),
        code="address-reached",
    )
