"""The demonstration's pages: who to be, their Tokens, what was sent, what time it is."""

from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from guichet import clock
from guichet.access import open_to_all
from guichet.demo import authority, standing
from guichet.demo import mails as received
from guichet.demo.cast import AGENTS, CAST, PASSWORD, Member, agent_with, member_with, token_of
from guichet.demo.forms import HOURS, ClockForm, RegisterForm
from guichet.files import actions as files
from guichet.files.models import File
from guichet.post.models import Dispatch
from guichet.registers import invented
from guichet.signon import pictures, totp

View = Callable[..., HttpResponseBase]

# A mail brings its own styles and nothing else: no script, no picture, no form.
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def here_only(view: View) -> View:
    """Open to all who sit at this machine, and in a demonstration only."""

    @open_to_all
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not (settings.DEMO and _is_here(request)):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def _is_here(request: HttpRequest) -> bool:
    try:
        near = ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
    return near and "X-Forwarded-For" not in request.headers


@here_only
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The cast: who they are, how to sign on as them, where they stand."""
    lea, *others = [_card(member) for member in CAST]
    context = {"lea": lea, "others": others, "agents": AGENTS, "password": PASSWORD}
    return _page(request, "demo/home.html", context, current="demo:home")


@here_only
@require_safe
def token(request: HttpRequest, user_id: str) -> HttpResponse:
    """Somebody's Token; with its button pressed, the code of this moment."""
    member, credential = member_with(user_id) or agent_with(user_id), token_of(user_id)
    if member is None or credential is None:
        raise Http404
    device, now = credential.otp, clock.now()
    context: dict[str, Any] = {
        "member": member,
        "user_id": user_id,
        "serial": device.serial,
        "secret_image": pictures.words(credential.local.picture),
    }
    if "code" in request.GET:
        period = device.period_seconds
        context["code"] = totp.code(device.secret, now, period, device.digits)
        context["seconds"] = period - int(now.timestamp()) % period
    return _page(request, "demo/token.html", context)


@here_only
@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """Everything that the mail server has received, or what one address has."""
    to = request.GET.get("to", "")
    context = {"mails": received.received(to=to), "to": to}
    return _page(request, "demo/mails.html", context, current="demo:mails")


@here_only
@require_safe
def mail(request: HttpRequest, key: str) -> HttpResponse:
    """One mail, as a mail program without pictures shows it."""
    return _page(request, "demo/mail.html", {"mail": _mail(key)})


@here_only
@require_safe
def mail_as_html(request: HttpRequest, key: str) -> HttpResponse:
    """The mail's HTML, as it was sent and with nothing around it."""
    response = HttpResponse(_mail(key).html)
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    return response


@here_only
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """What has been written on paper, the newest first."""
    found = Dispatch.objects.filter(kind=Dispatch.Kind.LETTER).order_by("-created_at", "-pk")
    return _page(request, "demo/letters.html", {"letters": found}, current="demo:letters")


@here_only
@require_safe
def letter(request: HttpRequest, dispatch_id: str) -> FileResponse:
    """One letter, as it lies in the print queue."""
    paper = get_object_or_404(File, dispatch=dispatch_id)
    name = f"{dispatch_id}.pdf"
    return FileResponse(files.open_file(paper), content_type=paper.media_type, filename=name)


@here_only
@require_safe
def world(request: HttpRequest) -> HttpResponse:
    """What time it is here, and which registers answer."""
    registers = [
        {"name": name, "label": label, "closed": invented.is_closed(name)}
        for name, label in (
            ("population", _("Population register")),
            ("business", _("Business register")),
        )
    ]
    context = {"now": clock.now(), "shift": clock.shift(), "steps": HOURS, "registers": registers}
    return _page(request, "demo/clock.html", context, current="demo:clock")


@here_only
@require_POST
def move_clock(request: HttpRequest) -> HttpResponse:
    """Later, for the whole portal."""
    form = ClockForm(request.POST)
    if form.is_valid():
        clock.move(form.by)
        messages.success(
            request, _("It is later now. Sessions that were idle meanwhile have ended.")
        )
    return redirect("demo:clock")


@here_only
@require_POST
def switch_register(request: HttpRequest) -> HttpResponse:
    """Let a register answer, or not."""
    form = RegisterForm(request.POST)
    if form.is_valid():
        form.apply()
        messages.success(request, _("Done. The portal notices at its next question."))
    return redirect("demo:clock")


@csrf_exempt
@here_only
@require_POST
def timestamps(request: HttpRequest) -> HttpResponse:
    """The demonstration's time stamp authority (RFC 3161, 3.4): not a page, a program asks it."""
    try:
        answer = authority.answered(request.body)
    except (ValueError, TypeError):
        sentence = _("Only a time stamp query (RFC 3161) is answered here.")
        return HttpResponse(sentence, status=400, content_type="text/plain; charset=utf-8")
    return HttpResponse(answer, content_type="application/timestamp-reply")


def _card(member: Member) -> dict[str, Any]:
    """What the page of the cast says of somebody."""
    tokens = [(user_id, token_of(user_id)) for user_id in member.user_ids]
    first = tokens[0][1]
    return {
        "member": member,
        "user_ids": [user_id for user_id, _token in tokens],
        "standing": standing.of(first) if first is not None else None,
        "mails": received.count_to(member.email),
    }


def _mail(key: str) -> received.Received:
    found = received.find(key)
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest, template: str, context: dict[str, Any], *, current: str = ""
) -> HttpResponse:
    tabs = [
        {"label": label, "url": reverse(name), "current": name == current, "count": count}
        for name, label, count in (
            ("demo:home", _("Persons"), None),
            ("demo:mails", _("Emails"), received.count()),
            ("demo:letters", _("Letters"), Dispatch.objects.filter(kind="letter").count()),
            ("demo:clock", _("Clock and registers"), None),
        )
    ]
    return render(request, template, {"demo_tabs": tabs, **context})
