"""What all acts on a live request share: its lock, its end, the sentence when there is none."""

from django.utils.translation import gettext as _

from guichet import clock
from guichet.audit.actions import record
from guichet.refusals import Refused
from guichet.registration.models import (
    Request,
    request_of,
)
from guichet.signon.models import Session


def my_request(session: Session) -> Request:
    """The live request of this session's credential. Raises `Refused`."""
    request = request_of(session.credential_id)
    if request is None or request.is_over:
        raise ended()
    return request


def lock(request: Request | None) -> Request | None:
    """The same request, locked until the transaction ends, if it is still live."""
    if request is None:
        return None
    live = Request.objects.live().select_for_update(of=("self",))
    return live.select_related("credential").filter(pk=request.pk).first()


def cancel_locked(request: Request, why: Request.Why) -> None:
    """`request` is locked. Its codes and what the register said go with it."""
    at = clock.now()
    request.cancelled_at, request.cancelled_why = at, why
    request.forget_personal_values()
    request.save(
        update_fields=["cancelled_at", "cancelled_why", "national_number_sealed", "citizen_sealed"]
    )
    request.confirmations.filter(superseded_at=None, used_at=None).update(superseded_at=at)
    record("registration.cancelled", about=request, why=why)


def ended() -> Refused:
    """There is no request to go on with."""
    return Refused(
        _("This registration request has ended. Start the registration again."), code="no-request"
    )
