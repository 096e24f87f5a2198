"""What somebody sent after their session had ended: kept for a while, for nobody but them.

The form is sealed and bound to the credential of the session that ended. Whoever signs on again
with it comes back to the page with everything typed; nothing is done until they send it again
(WCAG 2.2, 2.2.5: re-authenticating loses nothing).
"""

from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.db import transaction
from django.http import QueryDict  # noqa: TID251 - what a form sends, as the middleware hands it on

from guichet import clock, sealing
from guichet.signon.models import KeptForm, Session

KEPT = timedelta(minutes=15)
BYTES_MAX = 100_000
FORMS_MAX = 5  # for each credential; the newest stay
SHOWN = "_was"
_CONTEXT = "signon.KeptForm.typed"


@transaction.atomic
def keep(session: Session, path: str, typed: QueryDict) -> KeptForm | None:
    """Keep what was sent to `path`; None when there is nothing to keep, or too much."""
    body = written(typed)
    if not body or len(path) > KeptForm.PATH_LENGTH_MAX:
        return None
    form = KeptForm.objects.create(
        credential_id=session.credential_id,
        path=path,
        typed_sealed=sealing.seal(body, context=_CONTEXT),
    )
    mine = KeptForm.objects.filter(credential_id=session.credential_id).order_by("-kept_at", "-pk")
    KeptForm.objects.filter(pk__in=list(mine.values_list("pk", flat=True)[FORMS_MAX:])).delete()
    return form


def take_up(session: Session, path: str, identifier: str) -> str:
    """What was typed on this page, as a form sends it, if it was with this credential; else ""."""
    try:
        wanted = UUID(identifier)
    except ValueError:
        return ""
    form = KeptForm.objects.filter(
        pk=wanted,
        credential_id=session.credential_id,
        path=path,
        kept_at__gt=clock.now() - KEPT,
    ).first()
    return sealing.unseal(form.typed_sealed, context=_CONTEXT) if form is not None else ""


def forget() -> None:
    """Delete what nobody came back for."""
    KeptForm.objects.filter(kept_at__lte=clock.now() - KEPT).delete()


def written(typed: QueryDict) -> str:
    """What was typed, as a form sends it; empty when that is nothing, or too much to keep.

    Buttons (their names begin with "_") and the form's token are left out: only what was typed,
    and what the page had shown (`SHOWN`), against which it is compared.
    """
    fields = [(name, typed.getlist(name)) for name in typed if not _is_no_field(name)]
    body = urlencode(fields, doseq=True)
    return body if len(body) <= BYTES_MAX else ""


def _is_no_field(name: str) -> bool:
    return name == "csrfmiddlewaretoken" or (name.startswith("_") and name != SHOWN)
