"""A procedure in words, before anybody begins it: for whom, until when, what is needed, what it costs.

Nothing of a person is in it: what follows depends on the definition, the day and the language.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guichet import clock
from guichet.persons.models import Authority
from guichet.procedures import pages
from guichet.procedures.catalogue import Listed
from guichet.procedures.definitions.form import Form
from guichet.procedures.definitions.model import Definition, Delay
from guichet.procedures.definitions.words import Words
from guichet.procedures.fields import Paper, Rows
from guichet.procedures.fields.amounts import say_euros
from guichet.signon.levels import Level
from guichet.spaces.models import Service
from guichet.spaces.themes import Theme


def about(listed: Listed) -> dict[str, Any]:
    """What `procedures/about.html` shows. Asks for the authority, and for a service if one needs
    to be certified for it: one query each."""
    form, words = listed.latest, listed.words()
    definition = form.definition
    always, depending = papers(form, words)
    authority = Authority.objects.filter(pk=listed.procedure.authority).first()
    return {
        "procedure": listed,
        "title": words("title"),
        "summary": words("summary"),
        "who": words.lines("who"),
        "deadline": words.lines("deadline"),
        "dates": dates(listed),
        "is_closed": listed.current() is None,
        "papers": always,
        "papers_depending": depending,
        "needed": words.lines("needed"),
        "minutes": pages.minutes(form),
        "cost": say_euros(definition.cost_cents) if definition.cost_cents else "",
        "answer": answer(definition),
        "authority": authority.name if authority else "",
        "certified_for": _service(listed.procedure.certified_for),
        "level": level(listed.procedure.level_needed),
        "signatures": list(_signatures(definition, words)),
        "depends_on_answers": bool(definition.eligible),
        "next": words.lines("next"),
        "themes": [(code, Theme(code).label) for code in listed.procedure.themes],
    }


def dates(listed: Listed, today: date | None = None) -> list[str]:
    """Until when it can be begun, until when sent; when it is closed, since when and until when."""
    day = today or clock.today()
    current = listed.current(day)
    if current is None:
        return closed(listed, day)
    found = []
    if until := listed.closes_on(day):
        found.append(_("You can begin until %(day)s.") % {"day": _day(until)})
    opening = listed.opening(current)
    if opening and opening.send_until:
        words = _("What you have begun can be sent until %(day)s.")
        found.append(words % {"day": _day(opening.send_until)})
    return found


def closed(listed: Listed, today: date | None = None) -> list[str]:
    """That it cannot be begun: since when, when it opens, and what becomes of drafts."""
    day = today or clock.today()
    since, opens = listed.closed_since(day), listed.opens_on(day)
    if since:
        found = [_("Closed since %(day)s.") % {"day": _day(since)}]
    else:
        found = [_("Not open yet.") if opens else _("Closed at the moment.")]
    if opens:
        found.append(_("It opens on %(day)s.") % {"day": _day(opens)})
    last = [one.send_until for one in listed.procedure.versions if one.send_until]
    if last and max(last) >= day:
        words = _("What you have begun can be sent until %(day)s.")
        found.append(words % {"day": _day(max(last))})
    return found


def answer(definition: Definition) -> list[str]:
    """When the authority answers, and what its silence means."""
    if definition.makes:
        return [_("You get the document at once.")]
    delay = definition.delay
    if delay is None:
        return []
    if not delay.days and not delay.months:
        return [_("The answer comes at once.")]
    found = [_("The answer comes within %(time)s.") % {"time": _time(delay)}]
    if delay.silence == "granted":
        found.append(_("If there is none, it counts as a yes."))
    elif delay.silence == "refused":
        found.append(_("If there is none, it counts as a no."))
    return found


def papers(form: Form, words: Words) -> tuple[list[str], list[str]]:
    """The supporting documents by label: those always asked for, and those that depend."""
    always: list[str] = []
    depending: list[str] = []
    for page in form.pages:
        for item in page.items:
            sure = not page.show_if and not item.show_if
            for paper in item.questions if isinstance(item, Rows) else [item]:
                if not isinstance(paper, Paper) or paper.agent_only:
                    continue
                asked = not (paper.show_if or paper.required_if or paper.optional)
                if isinstance(item, Rows):
                    asked = asked and item.min > 0
                label = paper.label(words)
                if paper.optional:
                    label = _("%(document)s (optional)") % {"document": label}
                elif paper.later:
                    label = _("%(document)s (can be handed in later)") % {"document": label}
                (always if sure and asked else depending).append(label)
    return always, depending


def level(needed: Level) -> str:
    """Which products one can use, by their level of assurance."""
    return {
        Level.LOW: _("Any authentication product"),
        Level.SUBSTANTIAL: _("A product with the level of assurance “substantial” or “high”"),
        Level.HIGH: _("A product with the level of assurance “high”"),
    }[needed]


def _service(code: str | None) -> dict[str, str]:
    service = Service.objects.select_related("authority").filter(pk=code).first() if code else None
    return {"name": service.name, "authority": service.authority.name} if service else {}


def _signatures(definition: Definition, words: Words) -> Iterator[str]:
    if definition.signed:
        yield _("You sign with your authentication product.")
    for signer in definition.signers:
        if signer.transfer and signer.show_if:
            said = _("Depending on your answers, somebody signs in another eSpace: %(who)s.")
        elif signer.transfer:
            said = _("Somebody else signs, in another eSpace: %(who)s.")
        elif signer.show_if:
            said = _("Depending on your answers, another user of the eSpace signs: %(who)s.")
        else:
            said = _("Another user of the eSpace signs too: %(who)s.")
        yield said % {"who": words("signers", signer.signer)}


def period(text: str) -> str:
    """A period of a definition, "90d", "6m" or "10y", in words."""
    number = int(text[:-1])
    words = {
        "d": ngettext("%(count)d day", "%(count)d days", number),
        "m": ngettext("%(count)d month", "%(count)d months", number),
        "y": ngettext("%(count)d year", "%(count)d years", number),
    }
    return words[text[-1]] % {"count": number}


def _time(delay: Delay) -> str:
    found = []
    if delay.months:
        words = ngettext("%(count)d month", "%(count)d months", delay.months)
        found.append(words % {"count": delay.months})
    if delay.days and delay.working:
        words = ngettext("%(count)d working day", "%(count)d working days", delay.days)
        found.append(words % {"count": delay.days})
    elif delay.days:
        words = ngettext("%(count)d day", "%(count)d days", delay.days)
        found.append(words % {"count": delay.days})
    if len(found) == 1:
        return found[0]
    return _("%(months)s and %(days)s") % {"months": found[0], "days": found[1]}


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")
