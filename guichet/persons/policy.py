"""What an agent is there for."""

from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.persons.models import Agent
from guichet.refusals import NotAllowed, Way


def require_duty(agent: Agent, duty: Agent.Duty) -> None:
    """Raise `NotAllowed` unless this is among the agent's duties."""
    if not agent.has(duty):
        raise NotAllowed(
            _("This page is for agents with the duty: %(duty)s.") % {"duty": duty.label},
            hints=[_("Whoever runs the portal gives duties.")],
            ways=[Way(_("What your duties open"), reverse("desk:agents"))],
        )
