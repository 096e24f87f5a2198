"""A procedure in words, before anybody begins it: for whom, until when, what is needed, what it costs.

Nothing of a person is in it: what follows depends on the definition, the day and the language.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from guichet import clock
from guichet.procedures import following, pages
from guichet.procedures.catalogue import Listed
from guichet.procedures.definitions.form import Form
from guichet.procedures.definitions.model import Definition
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
    by_answers = [one.authority for one in definition.authority_if]
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
        "cost": cost(definition, words),
        "answer": following.answers(definition),
        "authorities": following.authorities([listed.procedure.authority, *by_answers]),
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


def cost(definition: Definition, words: Words) -> list[str]:
    """What it costs: the amount, when it is the same for all, and what is said of it."""
    fixed = definition.cost_cents
    amount = [say_euros(fixed)] if isinstance(fixed, int) and fixed else []
    return amount + words.lines("cost")


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


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")
