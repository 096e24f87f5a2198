"""What follows from sending: what it costs, who decides, until when they have to answer.

Days are counted after the European Convention on the Calculation of Time-Limits (Basel, 16 May
1972): the day of sending does not count (article 3), months end on the same day of the month or on
its last (4), and what would end when offices are closed ends on the next working day (5).
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guichet.persons.models import Authority
from guichet.procedures import catalogue
from guichet.procedures.definitions.model import Definition, Delay
from guichet.procedures.fields.amounts import say_euros
from guichet.procedures.filling import State
from guichet.procedures.rules import kinds, workdays
from guichet.procedures.rules.evaluate import add_days, add_months


class Row(NamedTuple):
    """A line of a summary."""

    label: str
    value: str


def rows(state: State, sent_on: date | None = None) -> list[Row]:
    """Of answers: the fee, who decides, until when. Before it is sent, as if it were sent today.

    One query for the authority's name.
    """
    found = []
    cost = state.cost_cents()
    if cost:
        found.append(Row(_("Cost"), say_euros(cost)))
    elif cost == 0:
        found.append(Row(_("Cost"), _("Free of charge")))
    if names := authorities([authority_of(state)]):
        found.append(Row(_("Authority"), names[0]))
    if said := answer(state.form.definition, state.delay()):
        by = answer_by(state, sent_on or state.today)
        if by and sent_on:
            said.append(_("That is until %(day)s.") % {"day": date_format(by, "DATE_FORMAT")})
        elif by:
            words = _("Sent today, that is until %(day)s.")
            said.append(words % {"day": date_format(by, "DATE_FORMAT")})
        found.append(Row(_("When the answer comes"), " ".join(said)))
    return found


def authority_of(state: State) -> str:
    """The code of the authority that decides; empty for a procedure that is offered no more."""
    listed = catalogue.listed(state.form.code)
    return state.authority() or (listed.procedure.authority if listed else "")


def authorities(codes: Iterable[str]) -> list[str]:
    """Their names, in the language of the page and in this order; those without one are left out."""
    codes = list(dict.fromkeys(codes))
    named = Authority.objects.in_bulk(codes)
    return [named[code].name for code in codes if code in named]


# --- Until when


def answer_by(state: State, sent_on: date) -> date | None:
    """The last day on which the authority may answer what is sent on some day."""
    delay = state.delay()
    if delay is None or state.form.definition.makes or not (delay.days or delay.months):
        return None
    return ends(delay, sent_on)


def ends(delay: Delay, start: date) -> date | None:
    """The last day of a delay that begins the day after `start`; None beyond the calendar."""
    day = kinds.day_number(start)
    if day is not None and delay.months:
        day = add_months(day, delay.months)
    if day is not None and delay.days and delay.working:
        day = workdays.working_day(day, delay.days)
    elif day is not None and delay.days:
        day = add_days(day, delay.days)
    if day is not None:
        day = workdays.working_day(day, 0)
    return None if day is None else kinds.day_of(day)


# --- In words


def answer(definition: Definition, delay: Delay | None) -> list[str]:
    """When the authority answers, and what its silence means."""
    if definition.makes:
        return [_("You get the document at once.")]
    if delay is None:
        return []
    if not delay.days and not delay.months:
        return [_("The answer comes at once.")]
    return [_("The answer comes within %(time)s.") % {"time": _time(delay)}, *_silence([delay])]


def answers(definition: Definition) -> list[str]:
    """The same before anything is answered: every delay that there may be."""
    delays = [*definition.delay_if, *([definition.delay] if definition.delay else [])]
    if definition.makes or not definition.delay_if:
        return answer(definition, definition.delay)
    times = list(dict.fromkeys(_time(each) for each in delays if each.days or each.months))
    if len(times) < 2:
        return answer(definition, delays[0])
    words = _("Depending on your answers, the answer comes within %(times)s.")
    return [words % {"times": get_text_list(times, _("or"))}, *_silence(delays)]


def _silence(delays: Sequence[Delay]) -> list[str]:
    meant = {each.silence for each in delays}
    if meant == {"granted"}:
        return [_("If there is none, it counts as a yes.")]
    if meant == {"refused"}:
        return [_("If there is none, it counts as a no.")]
    return []


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
