"""Pages on which anybody checks a receipt or a proof. They take no file: a browser compares by itself.

Which language they speak follows from cookie and browser, so that no cache may keep them.
"""

import hashlib
import json
from datetime import datetime

from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guichet.access import open_to_all
from guichet.proofs import actions, codes, eseals, policy, signing, slip, timestamps
from guichet.proofs import offline as alone
from guichet.proofs.forms import CodeForm
from guichet.proofs.models import Day, Receipt

_TEXT = "text/plain; charset=utf-8"
_DAYS_SHOWN = 31
_KEPT_SHORTLY, _KEPT_LONG = "public, max-age=300", "public, max-age=86400, immutable"


@open_to_all
def check(request: HttpRequest) -> HttpResponse:
    """Type a code, or look at a slip in the browser."""
    form = CodeForm(request.GET if "code" in request.GET else None)
    if form.is_valid():
        return redirect("proofs:receipt", form.cleaned_data["code"])
    context = {"form": form, "keys": json.dumps(signing.jwks())}
    return render(request, "proofs/check.html", context)


@open_to_all
def receipt(request: HttpRequest, code: str) -> HttpResponse:
    """What the portal vouches for under this code."""
    found = policy.receipt(code)
    if found is None:
        context = {"code": code[:40], "might_be": codes.cleaned(code) is not None}
        response = render(request, "proofs/unknown.html", context, status=404)
    elif code != found.grouped_code:
        response = redirect("proofs:receipt", found.grouped_code)
    elif actions.stands(found):
        response = render(request, "proofs/genuine.html", _about(found))
    else:
        response = render(request, "proofs/doubtful.html", status=503)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@open_to_all
def keys(request: HttpRequest) -> HttpResponse:
    """The public keys of receipts, a JSON Web Key Set (RFC 7517)."""
    return JsonResponse(signing.jwks(), headers={"Cache-Control": "public, max-age=300"})


@open_to_all
def keys_pem(request: HttpRequest) -> HttpResponse:
    """The same keys for other programs."""
    return HttpResponse(signing.pem(), content_type=_TEXT)


@open_to_all
def certificate(request: HttpRequest) -> HttpResponse:
    """The certificate of the electronic seal, for whoever wants to trust it."""
    return HttpResponse(eseals.certificate().public_bytes(Encoding.PEM), content_type=_TEXT)


@open_to_all
def offline(request: HttpRequest) -> HttpResponse:
    """The verifier as one page that needs no connection, with today's public keys inside."""
    return HttpResponse(
        alone.page(get_language()),
        headers={"Content-Disposition": 'attachment; filename="verifier.html"'},
    )


@open_to_all
def published(request: HttpRequest) -> HttpResponse:
    """What was published each day: the last ones, and what they are good for."""
    context = {"days": policy.days()[:_DAYS_SHOWN], "authority": settings.TIMESTAMP_AUTHORITY}
    return render(request, "proofs/published.html", context)


@open_to_all
def index(request: HttpRequest) -> HttpResponse:
    """Every published day with the digest of its statement, for whoever keeps copies."""
    rows = policy.days().values_list("day", "statement").iterator()
    days = [
        {"day": f"{day}", "digest": hashlib.sha256(statement.encode()).hexdigest()}
        for day, statement in rows
    ]
    return JsonResponse({"days": days}, headers={"Cache-Control": _KEPT_SHORTLY})


@open_to_all
def day(request: HttpRequest, day: str) -> HttpResponse:
    """One published day, as a plain file. Once it is time-stamped it stays as it is."""
    found = policy.day(day)
    if found is None:
        raise Http404
    return HttpResponse(
        actions.day_file(found), content_type="application/json", headers=_kept(found)
    )


@open_to_all
def token(request: HttpRequest, day: str) -> HttpResponse:
    """The time stamp of a day, as `openssl ts -verify -token_in` reads it."""
    found = policy.day(day)
    if found is None or found.token is None:
        raise Http404
    return HttpResponse(
        bytes(found.token), content_type="application/timestamp-token", headers=_kept(found)
    )


@open_to_all
def authority(request: HttpRequest) -> HttpResponse:
    """The certificates that time stamps lead to, as far as we are to be believed about them."""
    try:
        return HttpResponse(timestamps.trusted(), content_type=_TEXT)
    except timestamps.NoStamp:
        raise Http404 from None


def _kept(found: Day) -> dict[str, str]:
    return {"Cache-Control": _KEPT_LONG if found.token else _KEPT_SHORTLY}


def _about(found: Receipt) -> dict[str, object]:
    said = found.says
    return {
        "sent_at": datetime.fromisoformat(said.get("sent_at", said["made_at"])),
        "rows": _rows(found),
        "files": [
            {"size": file["size"], "digest": slip.grouped(file["sha256"])}
            for file in said.get("files", ())
        ],
        "public": actions.receipt_file(found).decode(),
        "keys": json.dumps(signing.jwks()),
    }


def _rows(found: Receipt) -> list[dict[str, str]]:
    said = found.says
    rows = [
        (_("What it is about"), said.get("title", "")),
        (_("Case number"), said.get("reference", "")),
        (_("eSpace"), said.get("space", "")),
        (_("Code"), found.grouped_code),
        (_("Digest of the answers"), slip.grouped(said.get("answers", ""))),
        (
            _("Digest of the receipt"),
            slip.grouped(hashlib.sha256(found.statement.encode()).hexdigest()),
        ),
        (_("Signed with the key"), found.key),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]
