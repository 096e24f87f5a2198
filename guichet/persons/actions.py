"""Taking agents on. Persons come with registration, which knows what proves who they are."""

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from guichet import clock
from guichet.audit.actions import record
from guichet.persons.models import Account, Agent, Authority
from guichet.refusals import Refused


@transaction.atomic
def name_authority(*, code: str, names: Mapping[str, str]) -> Authority:
    """An authority under its code, called as `names` says, by language; known ones are renamed."""
    authority, _new = Authority.objects.update_or_create(code=code, defaults={"names": dict(names)})
    record("persons.authority-named", about=authority)
    return authority


@transaction.atomic
def take_on_agent(
    authority: Authority,
    *,
    given_names: str,
    family_name: str,
    email: str,
    language: str,
    duties: Iterable[str],
) -> Agent:
    """An account for somebody who works for `authority`, apart from the person they are.

    Opens nothing yet: `signon.actions.bind_agent` gives it a product. Refused (`duty-unknown`)
    for a duty that does not exist, or none.
    """
    wanted = list(dict.fromkeys(duties))
    if not wanted or not set(wanted) <= set(Agent.Duty.values):
        raise Refused(
            _("Name at least one duty of the list: %(duties)s.")
            % {"duties": ", ".join(Agent.Duty.values)},
            code="duty-unknown",
        )
    agent = Agent.objects.create(
        account=Account.objects.create(kind=Account.Kind.AGENT),
        authority=authority,
        given_names=given_names,
        family_name=family_name,
        email=email,
        language=language,
        duties=wanted,
    )
    record("persons.agent-taken-on", about=agent, authority=authority.code)
    return agent


@transaction.atomic
def let_agent_go(agent: Agent) -> None:
    """Close an agent's account: open sessions end with the next page. Twice changes nothing."""
    open_one = Account.objects.filter(pk=agent.pk, closed_at=None)
    if open_one.update(closed_at=clock.now()):
        record("persons.agent-let-go", about=agent)
