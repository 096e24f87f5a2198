"""An agent signs on as an agent, and as nothing else."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from guichet import clock
from guichet.audit.models import Entry
from guichet.persons.actions import take_on_agent
from guichet.persons.models import Account, Agent, Authority
from guichet.persons.policy import require_duty
from guichet.refusals import NotAllowed, Refused
from guichet.signon import sessions
from guichet.signon.actions import bind_agent, bind_person
from guichet.signon.models import Credential
from guichet.signon.tests.conftest import Holder, text
from tests.cast import a_credential, a_person, an_agent, signed_on

pytestmark = pytest.mark.django_db


def test_claire_signs_on_with_her_token_and_lands_on_the_agents_desk(lea: Holder) -> None:
    claire = an_agent("Claire Meyer")
    bind_agent(lea.credential, claire)
    lea.give_secrets()
    assert lea.give_code().url == "/fr/arrivee/"
    answer = lea.client.get("/fr/arrivee/", follow=True)
    assert answer.redirect_chain == [("/fr/agents/", 302)]
    page = text(answer)
    assert "Claire Meyer" in page
    assert "Assistance" in page
    assert "Gérer" not in page
    opened = Entry.objects.get(event="signon.session-opened")
    assert opened.actor == f"agent:{claire.pk}"
    assert Entry.objects.get(event="signon.attempt-succeeded").actor == f"agent:{claire.pk}"


def test_a_stranger_who_asks_for_the_agents_desk_comes_back_to_it(lea: Holder) -> None:
    bind_agent(lea.credential, an_agent())
    assert lea.client.get("/fr/agents/").url == "/fr/connexion/?next=%2Ffr%2Fagents%2F"
    lea.give_secrets(next="/fr/agents/")
    assert lea.give_code().url == "/fr/agents/"


def test_an_agent_never_gets_a_persons_page_nor_into_registration(client: Any) -> None:
    signed_on(client, an_agent())
    for path in ("espaces/", "espaces/PM-7K2M4Q/", "enregistrement/", "conditions/", "arrivee/"):
        answer = client.get(f"/fr/{path}")
        assert (answer.status_code, answer.url) == (302, "/fr/agents/"), path


def test_for_persons_and_newcomers_there_is_no_agents_desk(client: Any) -> None:
    for who in (a_person("Tom Weber"), a_credential()):
        signed_on(client, who)
        assert client.get("/fr/agents/").status_code == 404


def test_an_agent_stays_signed_on_and_signs_out(client: Any) -> None:
    session = signed_on(client, an_agent())
    answer = client.post("/fr/connexion/prolonger/", headers={"accept": "application/json"})
    assert answer.json()["idle"] > 1700
    client.post("/fr/deconnexion/")
    session.refresh_from_db()
    assert session.ended_at is not None
    assert Entry.objects.get(event="signon.session-ended").actor == f"agent:{session.agent_id}"


@pytest.mark.parametrize("how", ["suspended_at", "closed_at"])
def test_whose_account_is_stopped_is_out_and_cannot_come_back(lea: Holder, how: str) -> None:
    claire = an_agent()
    bind_agent(lea.credential, claire)
    signed_on(lea.client, lea.credential)
    assert lea.client.get("/fr/agents/").status_code == 200
    Account.objects.filter(pk=claire.pk).update(**{how: clock.now()})
    assert lea.client.get("/fr/agents/").url.startswith("/fr/connexion/")
    lea.give_secrets()
    assert lea.give_code().url == "/fr/connexion/echec/"


def test_a_product_is_a_persons_or_an_agents_for_ever() -> None:
    tom, claire, yves = a_person("Tom Weber"), an_agent(), an_agent("Yves Kieffer")
    his, hers = a_credential(tom), a_credential(claire)
    for credential, agent in ((his, claire), (hers, yves)):
        with pytest.raises(Refused) as refusal:
            bind_agent(credential, agent)
        assert refusal.value.code == "credential-bound"
    with pytest.raises(Refused):
        bind_person(hers, tom)
    bind_agent(hers, claire)
    assert Credential.objects.get(pk=hers.pk).agent == claire


def test_who_was_signed_on_while_the_product_became_hers_is_an_agent_at_once() -> None:
    credential = a_credential()
    _session, key = sessions.open_session(credential)
    claire = an_agent()
    bind_agent(credential, claire)
    found = sessions.find(key)
    assert found is not None
    assert found.agent == claire
    assert found.person is None


def test_nothing_is_open_without_its_duty(client: Any) -> None:
    sonia = an_agent("Sonia Lentz", duties=[Agent.Duty.ACCESS_CODES])
    require_duty(sonia, Agent.Duty.ACCESS_CODES)
    with pytest.raises(NotAllowed):
        require_duty(sonia, Agent.Duty.HELP_DESK)
    Agent.objects.update(duties=[])
    signed_on(client, sonia)
    assert "Rien ne vous est ouvert" in text(client.get("/fr/agents/"))


def test_the_session_costs_an_agent_one_query(client: Any, django_assert_num_queries: Any) -> None:
    signed_on(client, an_agent())
    client.get("/fr/agents/")
    with django_assert_num_queries(5):  # session and agent; authority; what waits, three times
        client.get("/fr/agents/")


# --- Taking agents on


def add(number: str, **more: Any) -> None:
    given = {
        "authority": "acd",
        "authority_name": ["fr=Administration des contributions directes", "de=Steuerverwaltung"],
        "given_names": "Sonia",
        "family_name": "Lentz",
        "email": "sonia.lentz@example.lu",
        "duties": ["access-codes"],
    }
    call_command("add_agent", number, **{**given, **more})


def test_an_operator_takes_an_agent_on_by_the_number_of_a_product(client: Any) -> None:
    credential = a_credential()
    add(f" {credential.number[:10]} {credential.number[10:]}")
    sonia = Agent.objects.get()
    assert sonia.name == "Sonia Lentz"
    assert sonia.account.kind == Account.Kind.AGENT
    assert sonia.duties == ["access-codes"]
    credential.refresh_from_db()
    assert credential.agent == sonia
    signed_on(client, credential)
    assert "Administration des contributions directes" in text(client.get("/fr/agents/"))
    add(a_credential().number, authority_name=[])
    assert Agent.objects.filter(authority="acd").count() == 2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"authority_name": []}, "acd is new here"),
        ({"email": "sonia"}, "not complete"),
        ({"duties": ["everything"]}, "access-codes"),
    ],
)
def test_what_an_operator_gets_wrong_leaves_nothing_behind(wrong: Any, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        add(a_credential().number, **wrong)
    assert not Account.objects.exists()
    assert not Authority.objects.exists()


def test_a_product_that_is_somebodys_or_nobody_knows_makes_no_agent() -> None:
    tom = a_person("Tom Weber")
    for number in (a_credential(tom).number, "1" * 20, a_credential(revoked_at=clock.now()).number):
        with pytest.raises(CommandError):
            add(number)
    assert not Agent.objects.exists()


def test_an_agent_has_a_duty_that_exists() -> None:
    authority = Authority.objects.create(code="acd", names={})
    for duties in ([], ["everything"]):
        with pytest.raises(Refused) as refusal:
            take_on_agent(
                authority,
                given_names="Sonia",
                family_name="Lentz",
                email="s@example.lu",
                language="fr",
                duties=duties,
            )
        assert refusal.value.code == "duty-unknown"
    assert not Agent.objects.exists()


def test_an_agent_who_goes_is_out_with_the_next_page(client: Any) -> None:
    claire = an_agent()
    signed_on(client, claire)
    number = claire.credentials.get().number
    assert client.get("/fr/agents/").status_code == 200
    call_command("let_agent_go", number)
    assert client.get("/fr/agents/").status_code == 302
    call_command("let_agent_go", number)
    assert Entry.objects.filter(event="persons.agent-let-go").count() == 1
    for nobodys in ("1" * 20, a_credential(a_person("Tom Weber")).number):
        with pytest.raises(CommandError):
            call_command("let_agent_go", nobodys)
