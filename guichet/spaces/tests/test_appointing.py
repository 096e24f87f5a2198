"""The help desk gives a space that has lost its administrator another one: four eyes, all told."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from guichet import clock
from guichet.audit.models import Entry
from guichet.design import paper
from guichet.persons.actions import let_agent_go
from guichet.persons.models import Account, Agent, Person
from guichet.persons.policy import require_duty
from guichet.post.models import Dispatch
from guichet.refusals import NotAllowed, Refused
from guichet.registers import invented
from guichet.registers.models import Consultation
from guichet.signon import throttle
from guichet.signon.models import Credential
from guichet.spaces import actions, policy
from guichet.spaces.actions.guarding import active_administrators, administrated
from guichet.spaces.models import Appointment, GivenIdentifier, Membership, Role, RoleRequest, Space
from guichet.spaces.policy import Can
from guichet.spaces.tests.given import a_member, a_private_space, a_professional_space, words
from tests.cast import a_credential, a_person, a_session, an_agent, known, signed_on, travel
from tests.racing import together

GROUNDS = {
    "asked_by": "Me Weis, notaire",
    "proof": "death-certificate",
    "proof_words": "",
    "reason": "L’administratrice est décédée le 2 mai.\nTom Weber reprend l’entreprise.",
}


def dies(person: Person) -> None:
    Account.objects.filter(pk=person.pk).update(suspended_at=clock.now())


@pytest.fixture
def ada(db):
    return a_person("Ada Muller", email="ada@example.lu")


@pytest.fixture
def tom(db):
    """Can log in."""
    tom = a_person("Tom Weber", email="tom@example.lu", language="de")
    a_credential(tom)
    return tom


@pytest.fixture
def space(ada, tom):
    """Ada administrated it and has died; Tom is a manager with a limit."""
    space = a_professional_space(ada, "Boulangerie Muller", rcs="B195681", vat="LU15027442")
    member = a_member(tom, space)
    Membership.objects.filter(pk=member.pk).update(limits=["taxes"])
    dies(ada)
    return space


@pytest.fixture
def claire(db):
    return an_agent("Claire Meyer")


@pytest.fixture
def yves(db):
    return an_agent("Yves Kieffer")


def signed(agent: Agent) -> Any:
    client = Client()
    signed_on(client, agent)
    return client


def url(page: str, *args: Any, **query: str) -> str:
    with translation.override("fr"):
        path = reverse(f"spaces:{page}", args=args)
    return path + ("?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else "")


def proposed(agent: Agent, space: Space, person: Person, **more: str) -> Appointment:
    member = Membership.objects.filter(space=space, person=person).first()
    who = {"who": str(member.pk) if member else "", "national_number": person.national_number}
    return actions.propose_administrator(agent, space=space, **{**who, **GROUNDS, **more})


# --- Looking a space up


def search(agent: Agent, text: str, why: str = "call") -> str:
    return words(signed(agent).post(url("help_desk_find"), {"text": text, "why": why}))


@pytest.mark.parametrize(
    "text",
    ["{identifier}", "{lower}", "b 195 681", "RCS Luxembourg B195681", "LU 150 274 42", "langerie"],
)
def test_a_space_is_found_by_identifier_number_or_name(space, claire, text):
    plain = space.identifier.replace("-", "").lower()
    page = search(claire, text.format(identifier=space.identifier, lower=plain))
    assert "1 espace trouvé" in page
    assert space.identifier in page
    assert "Aucun administrateur qui puisse se connecter" in page
    assert "2 utilisateurs" in page
    assert "Tom Weber" not in page
    entry = Entry.objects.get(event="space.searched")
    assert entry.actor == f"agent:{claire.pk}"
    assert entry.data == {"why": "call", "found": 1}


def test_a_merged_identifier_finds_where_the_space_went(space, claire):
    GivenIdentifier.objects.create(identifier="PM-7K2M4Q", leads_to=space)
    assert space.identifier in search(claire, "PM-7K2M4Q")


def test_private_spaces_are_not_found(tom, claire):
    private = a_private_space(tom)
    for text in (private.identifier, "Weber"):
        assert "Aucun espace professionnel trouvé" in search(claire, text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ab", "Entrez au moins 3 lettres"),
        ("RCS", "Aucun espace professionnel"),
        ("1983 0819 74925", "On ne cherche pas par le numéro d’une personne"),
        ("%%%", "Aucun espace professionnel"),
    ],
)
def test_what_finds_nobodys_space(space, claire, text, said):
    assert said in search(claire, text)


def test_one_says_why_one_looks(space, claire):
    page = search(claire, "Boulangerie", why="")
    assert "Choisissez une réponse" in page
    assert not Entry.objects.filter(event="space.searched").exists()
    with pytest.raises(ValueError, match="curiosity"):
        actions.find_spaces(claire, text="Boulangerie", why="curiosity")


def test_many_are_shown_twenty_at_a_time(ada, claire, django_assert_max_num_queries):
    for number in range(22):
        a_professional_space(ada, f"Succursale {number:02}")
    client = signed(claire)
    with django_assert_max_num_queries(20):
        page = words(client.post(url("help_desk_find"), {"text": "succursale", "why": "call"}))
    assert "20 espaces trouvés" in page
    assert "Il y en a d’autres" in page


def test_an_agent_who_searches_without_end_waits(claire, monkeypatch):
    usual = throttle.LIMITS["help-desk-space"]
    monkeypatch.setitem(throttle.LIMITS, "help-desk-space", replace(usual, times=2))
    pages = [search(claire, "Boulangerie") for _time in range(3)]
    assert ["Réessayez" in page for page in pages] == [False, False, True]


def test_who_belongs_to_it_is_seen_on_opening_and_recorded(space, claire):
    client = signed(claire)
    asked = words(client.get(url("help_desk_space", space.identifier)))
    assert "Pourquoi consultez-vous cet espace" in asked
    assert "Tom Weber" not in asked
    assert not Entry.objects.filter(event="space.looked-into").exists()
    page = words(client.get(url("help_desk_space", space.identifier, motif="loss")))
    assert "Tom Weber" in page
    assert "Ada Muller" in page
    assert "Proposer un administrateur" in page
    entry = Entry.objects.get(event="space.looked-into")
    assert (entry.actor, entry.space, entry.data) == (
        f"agent:{claire.pk}",
        space.pk,
        {"why": "loss"},
    )
    odd = words(client.get(url("help_desk_space", space.identifier, motif="curiosity")))
    assert "Tom Weber" not in odd


def test_a_space_that_is_not_there_or_private_is_not_found(tom, claire):
    client = signed(claire)
    for identifier in ("PM-7K2M4Q", a_private_space(tom).identifier):
        for page in ("help_desk_space", "help_desk_propose"):
            assert client.get(url(page, identifier, motif="call")).status_code == 404


def test_the_page_of_a_space_costs_few_queries(space, claire, django_assert_max_num_queries):
    for number in range(60):
        a_member(a_person(f"Nora Nummer{number}", born=date(1950, 1, 1)), space)
    client = signed(claire)
    with django_assert_max_num_queries(12):
        page = words(client.get(url("help_desk_space", space.identifier, motif="call")))
    assert "Les 50 premiers sont affichés" in page


def test_where_somebody_can_administrate_nobody_is_appointed(tom, claire):
    space = a_professional_space(tom)
    client = signed(claire)
    page = words(client.get(url("help_desk_space", space.identifier, motif="call")))
    assert "Lui seul y donne des droits" in page
    assert "Proposer un administrateur" not in page
    answer = client.get(url("help_desk_propose", space.identifier, motif="call"))
    assert answer.status_code == 302
    with pytest.raises(Refused) as refusal:
        proposed(claire, space, tom)
    assert refusal.value.code == "has-administrator"


def test_in_the_bin_nobody_is_appointed(space, tom, claire):
    Space.objects.filter(pk=space.pk).update(binned_at=clock.now(), binned_by=tom)
    page = words(signed(claire).get(url("help_desk_space", space.identifier, motif="call")))
    assert "dans la corbeille" in page
    with pytest.raises(Refused) as refusal:
        proposed(claire, space, tom)
    assert refusal.value.code == "space-binned"


# --- Who may


def test_only_the_help_desk_opens_these_pages(space, tom, claire):
    pages = [
        url("help_desk_find"),
        url("help_desk_space", space.identifier, motif="call"),
        url("help_desk_propose", space.identifier, motif="call"),
        url("appointments"),
        url("appointment", proposed(claire, space, tom).pk),
    ]
    codes, person, stranger = (
        signed(an_agent("Sonia Lentz", duties=["access-codes"])),
        Client(),
        Client(),
    )
    signed_on(person, tom)
    for page in pages:
        answer = codes.get(page)
        assert answer.status_code == 403
        assert "Cette page est réservée aux agents ayant la mission : Assistance." in words(answer)
        assert person.get(page).status_code == 404
        assert stranger.get(page).status_code == 302


def test_without_the_duty_the_acts_refuse_too(space, tom, claire):
    sonia = an_agent("Sonia Lentz", duties=["access-codes"])
    proposal = proposed(claire, space, tom)
    for act in (
        lambda: actions.find_spaces(sonia, text="Boulangerie", why="call"),
        lambda: actions.look_into(sonia, identifier=space.identifier, why="call"),
        lambda: proposed(sonia, space, tom),
        lambda: actions.consent_to_appointment(sonia, appointment=proposal),
        lambda: actions.drop_appointment(sonia, appointment=proposal),
    ):
        with pytest.raises(NotAllowed):
            act()
    require_duty(claire, Agent.Duty.HELP_DESK)


# --- Proposing


def test_claire_proposes_tom_and_all_members_are_told(space, ada, tom, claire):
    member = Membership.objects.get(space=space, person=tom)
    client = signed(claire)
    address = url("help_desk_propose", space.identifier, motif="loss")
    page = words(client.get(address))
    assert "Tom Weber, Gestionnaire" in page
    assert "Ada Muller," not in page
    answer = client.post(address, {"who": str(member.pk), **GROUNDS})
    proposal = Appointment.objects.get()
    assert answer.url == url("appointment", proposal.pk)
    assert (proposal.person, proposal.proposed_by, proposal.is_live) == (tom, claire, True)
    assert proposal.reason == GROUNDS["reason"]
    mails = {mail.to: mail for mail in Dispatch.objects.filter(kind="mail")}
    assert set(mails) == {"ada@example.lu", "tom@example.lu"}
    assert "Tom Weber" in mails["ada@example.lu"].text
    assert "Un administrateur est proposé" in mails["ada@example.lu"].subject
    assert "Sie sind die vorgeschlagene Person." in mails["tom@example.lu"].text
    assert space.identifier in mails["tom@example.lu"].text
    entry = Entry.objects.get(event="space.administrator-proposed")
    assert (entry.actor, entry.whom, entry.data) == (
        f"agent:{claire.pk}",
        tom.pk,
        {"proof": "death-certificate"},
    )
    assert Membership.objects.get(pk=member.pk).role == Role.MANAGER


def test_somebody_from_outside_is_proposed_by_number(space, claire):
    marc = a_person("Marc Klein")
    a_credential(marc)
    address = url("help_desk_propose", space.identifier, motif="loss")
    data = {
        "who": "another",
        "national_number": f" {marc.national_number[:4]} {marc.national_number[4:]}",
    }
    signed(claire).post(address, {**data, **GROUNDS})
    assert Appointment.objects.get().person == marc
    assert Entry.objects.get(event="space.person-looked-up").whom == marc.pk


def test_who_is_not_registered_closed_or_without_product_gets_one_sentence(space, claire):
    closed, without = a_person("Marc Klein"), a_person("Paul Thill")
    a_credential(closed)
    dies(closed)
    client = signed(claire)
    said = set()
    for number in (
        known("Nora Schmit")["national_number"],
        closed.national_number,
        without.national_number,
    ):
        address = url("help_desk_propose", space.identifier, motif="loss")
        data = {"who": "another", "national_number": number, **GROUNDS}
        page = words(client.post(address, data))
        said.add("Nous ne trouvons ici personne qui puisse se connecter" in page)
    assert said == {True}
    assert not Appointment.objects.exists()
    assert not Dispatch.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"who": "another"}, "Indiquez le numéro d’identification national"),
        ({"who": "another", "national_number": "12"}, "13 chiffres"),
        ({"who": "other", "national_number": ""}, "Choisissez une des réponses"),
        ({"proof": "other"}, "Dites en quelques mots ce que vous avez vu."),
        ({"reason": ""}, "Remplissez le champ « Motif »"),
        ({"asked_by": ""}, "Remplissez le champ « Qui l’a demandé ? »"),
    ],
)
def test_what_is_missing_is_asked_for(space, tom, claire, typed, said):
    member = Membership.objects.get(space=space, person=tom)
    data = {"who": str(member.pk), **GROUNDS, **typed}
    address = url("help_desk_propose", space.identifier, motif="loss")
    page = words(signed(claire).post(address, data))
    assert said in page
    assert not Appointment.objects.exists()


def test_a_member_whose_only_product_is_lost_is_not_proposed(space, tom, claire):
    member = Membership.objects.get(space=space, person=tom)
    strict = a_credential(tom, suspended_at=clock.now())
    Membership.objects.filter(pk=member.pk).update(only_with=strict)
    with pytest.raises(Refused) as refusal:
        proposed(claire, space, tom)
    assert refusal.value.code == "nobody-to-appoint"


def test_only_a_member_of_this_space_is_chosen_from_its_list(space, tom, claire):
    elsewhere = a_member(a_person("Marc Klein"), a_professional_space(a_person("Paul Thill")))
    for who in (str(elsewhere.pk), "nonsense"):
        with pytest.raises(Refused) as refusal:
            actions.propose_administrator(
                claire, space=space, who=who, national_number="", **GROUNDS
            )
        assert refusal.value.code == "nobody-to-appoint"


def test_one_proposal_at_a_time_until_its_fourteen_days_are_over(space, tom, claire, yves):
    first = proposed(claire, space, tom)
    with pytest.raises(Refused) as refusal:
        proposed(yves, space, tom)
    assert refusal.value.code == "already-proposed"
    answer = signed(yves).get(url("help_desk_propose", space.identifier, motif="call"))
    assert answer.status_code == 302
    with travel(days=14, minutes=1):
        with pytest.raises(Refused) as refusal:
            actions.consent_to_appointment(yves, appointment=first)
        assert refusal.value.code == "proposal-over"
        page = words(signed(yves).get(url("appointment", first.pk)))
        assert "Personne n’a décidé à temps" in page
        assert "Consentir</button>" not in page
        second = proposed(yves, space, tom)
        assert list(Appointment.objects.live()) == [second]
    first.refresh_from_db()
    assert first.dropped_at == first.expires_at
    assert first.dropped_by is None


# --- Deciding


def test_claire_cannot_consent_to_her_own_proposal(space, tom, claire):
    proposal = proposed(claire, space, tom)
    client = signed(claire)
    page = words(client.get(url("appointment", proposal.pk)))
    assert "Un autre agent de l’assistance décide" in page
    assert "Consentir</button>" not in page
    answer = client.post(url("appointment", proposal.pk), {"checked": "on"})
    assert "Vous l’avez proposé vous-même." in words(answer)
    assert not active_administrators().filter(space=space).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.filter(pk=proposal.pk).update(
            consented_at=clock.now(), consented_by=claire
        )


def test_yves_consents_and_tom_administrates(space, ada, tom, claire, yves):
    proposal = proposed(claire, space, tom)
    version = Space.objects.get(pk=space.pk).version
    client = signed(yves)
    assert "Boulangerie Muller" in words(client.get(url("appointments")))
    address = url("appointment", proposal.pk)
    page = words(client.get(address))
    assert "Me Weis, notaire" in page
    assert "Acte de décès" in page
    assert "Tom Weber reprend l’entreprise." in page
    read = Entry.objects.get(event="space.appointment-read")
    assert (read.actor, read.whom) == (f"agent:{yves.pk}", tom.pk)
    assert "Cochez" in words(client.post(address, {"checked": ""}))
    assert client.post(address, {"checked": "on"}).url == address
    assert "L’administrateur est nommé" in words(client.get(address))
    member = policy.membership(a_session(tom), space.identifier, to=Can.MEMBERS)
    assert (member.role, member.role_from, member.limits) == (Role.ADMINISTRATOR, None, [])
    assert member.origin == Membership.Origin.INVITATION
    assert "L’assistance vous a donné le rôle" in policy.why(member)
    assert Space.objects.get(pk=space.pk).version > version
    entry = Entry.objects.get(event="space.administrator-appointed")
    assert (entry.actor, entry.whom, entry.space) == (f"agent:{yves.pk}", tom.pk, space.pk)
    assert entry.data == {"proposed_by": str(claire.pk), "proof": "death-certificate"}
    assert "Me Weis" not in str(list(Entry.objects.values_list("data", flat=True)))


def test_everybody_is_told_by_mail_and_on_paper(space, ada, tom, claire, yves):
    proposal = proposed(claire, space, tom)
    Dispatch.objects.all().delete()
    actions.consent_to_appointment(yves, appointment=proposal)
    mails = {mail.to: mail for mail in Dispatch.objects.filter(kind="mail")}
    assert set(mails) == {"ada@example.lu", "tom@example.lu"}
    assert "ont confié à Tom Weber" in mails["ada@example.lu"].text
    assert (
        mails["tom@example.lu"].subject == "Ihr beruflicher Bereich hat einen neuen Administrator"
    )
    letters = {letter.addressee[0]: letter for letter in Dispatch.objects.filter(kind="letter")}
    assert set(letters) == {"Madame Ada Muller", "Monsieur Tom Weber", "Boulangerie Muller"}
    assert letters["Madame Ada Muller"].addressee[1:] == known("Ada Muller")["address"]
    assert letters["Boulangerie Muller"].addressee[1:] == ["3, rue du Four", "L-1234 Luxembourg"]
    assert "Tom Weber" in letters["Madame Ada Muller"].html
    assert letters["Monsieur Tom Weber"].language == "de"
    for letter in letters.values():
        with pikepdf.open(BytesIO(paper.pdf(letter.html))) as pdf:
            assert str(pdf.Root.Lang) == letter.language
            assert bool(pdf.Root.MarkInfo.Marked)
            assert len(pdf.pages) == 1
    asked = Consultation.objects.filter(purpose="appointment")
    assert set(asked.values_list("by", flat=True)) == {f"agent:{yves.pk}"}


def test_somebody_from_outside_becomes_a_member(space, claire, yves):
    marc = a_person("Marc Klein", email="marc@example.lu")
    a_credential(marc)
    actions.consent_to_appointment(yves, appointment=proposed(claire, space, marc))
    member = policy.membership(a_session(marc), space.identifier, to=Can.MEMBERS)
    assert (member.origin, member.created_by, member.role_from) == (
        Membership.Origin.HELP_DESK,
        None,
        None,
    )
    assert Dispatch.objects.filter(kind="mail", to="marc@example.lu").count() == 1


def test_without_the_register_nothing_happens(space, tom, claire, yves):
    proposal = proposed(claire, space, tom)
    with invented.closed("population"):
        answer = signed(yves).post(url("appointment", proposal.pk), {"checked": "on"})
    assert "Le registre de la population ne répond pas" in words(answer)
    proposal.refresh_from_db()
    assert proposal.is_live
    assert not active_administrators().filter(space=space).exists()
    assert not Dispatch.objects.filter(kind="letter").exists()


def test_a_space_that_has_found_its_administrator_again_keeps_them(space, ada, tom, claire, yves):
    proposal = proposed(claire, space, tom)
    Account.objects.filter(pk=ada.pk).update(suspended_at=None)
    with pytest.raises(Refused) as refusal:
        actions.consent_to_appointment(yves, appointment=proposal)
    assert refusal.value.code == "has-administrator"
    proposal.refresh_from_db()
    assert proposal.consented_at is None
    assert Membership.objects.get(space=space, person=tom).role == Role.MANAGER


def test_who_can_no_longer_log_in_is_not_appointed(space, tom, claire, yves):
    proposal = proposed(claire, space, tom)
    Credential.objects.filter(person=tom).update(revoked_at=clock.now())
    with pytest.raises(Refused) as refusal:
        actions.consent_to_appointment(yves, appointment=proposal)
    assert refusal.value.code == "nobody-to-appoint"
    assert Membership.objects.get(space=space, person=tom).role == Role.MANAGER


@pytest.mark.parametrize("how", ["account", "duty"])
def test_what_an_agent_proposed_who_is_none_any_more_is_void(space, tom, claire, yves, how):
    proposal = proposed(claire, space, tom)
    if how == "account":
        let_agent_go(claire)
    else:
        Agent.objects.filter(pk=claire.pk).update(duties=["access-codes"])
    answer = signed(yves).post(url("appointment", proposal.pk), {"checked": "on"})
    assert "Abandonnez la proposition" in words(answer)
    assert not active_administrators().filter(space=space).exists()
    actions.drop_appointment(yves, appointment=proposal)
    assert proposed(yves, space, tom).is_live


def test_what_tom_asked_for_himself_is_granted_with_it(space, tom, claire, yves):
    asked = RoleRequest.objects.create(space=space, person=tom, role=Role.ADMINISTRATOR)
    actions.consent_to_appointment(yves, appointment=proposed(claire, space, tom))
    asked.refresh_from_db()
    assert asked.granted_at is not None


def test_the_desk_says_what_waits(space, tom, claire, yves):
    assert "attend</span>" not in words(signed(yves).get("/fr/agents/"))
    proposed(claire, space, tom)
    assert "1 attend</span>" in words(signed(yves).get("/fr/agents/"))


@pytest.mark.parametrize("who", ["claire", "yves"])
def test_a_proposal_can_be_dropped_by_each_of_them(space, tom, claire, yves, who):
    proposal = proposed(claire, space, tom)
    agent = {"claire": claire, "yves": yves}[who]
    client = signed(agent)
    client.post(url("appointment", proposal.pk), {"_drop": ""})
    page = words(client.get(url("appointment", proposal.pk)))
    assert "La proposition est abandonnée" in page
    proposal.refresh_from_db()
    assert proposal.dropped_by == agent
    assert Entry.objects.get(event="space.appointment-dropped").actor == f"agent:{agent.pk}"
    again = words(client.post(url("appointment", proposal.pk), {"_drop": ""}))
    assert "déjà décidée" in again
    with pytest.raises(Refused):
        actions.consent_to_appointment(yves, appointment=proposal)
    assert "Abandonnée" in words(client.get(url("appointments")))


def test_consenting_twice_appoints_once(space, tom, claire, yves):
    proposal = proposed(claire, space, tom)
    actions.consent_to_appointment(yves, appointment=proposal)
    with pytest.raises(Refused) as refusal:
        actions.consent_to_appointment(yves, appointment=proposal)
    assert refusal.value.code == "proposal-over"
    assert Entry.objects.filter(event="space.administrator-appointed").count() == 1


def test_a_proposal_that_does_not_exist_is_not_found(claire):
    page = url("appointment", "0190a000-0000-7000-8000-000000000000")
    assert signed(claire).get(page).status_code == 404


# --- At the same instant


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_two_agents_who_consent_at_once_appoint_once(_round, space, tom, claire, yves):
    proposal = proposed(claire, space, tom)
    third = an_agent("Max Hansen")

    def consent(agent: Agent) -> str:
        mine = Appointment.objects.select_related("person").get(pk=proposal.pk)
        actions.consent_to_appointment(agent, appointment=mine)
        return "appointed"

    results = together(lambda: consent(yves), lambda: consent(third))
    assert sorted(results) == ["appointed", "proposal-over"]
    assert Dispatch.objects.filter(kind="letter").count() == 3
    assert Entry.objects.filter(event="space.administrator-appointed").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_consent_and_drop_at_once_have_one_outcome(_round, space, tom, claire, yves):
    proposal = proposed(claire, space, tom)

    def decide(act: Any, agent: Agent, done: str) -> str:
        act(agent, appointment=Appointment.objects.select_related("person").get(pk=proposal.pk))
        return done

    results = together(
        lambda: decide(actions.consent_to_appointment, yves, "appointed"),
        lambda: decide(actions.drop_appointment, claire, "dropped"),
    )
    proposal.refresh_from_db()
    won = "appointed" if proposal.consented_at else "dropped"
    assert sorted(results) == sorted([won, "proposal-over"])
    assert active_administrators().filter(space=space).exists() == (won == "appointed")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_a_space_that_regains_an_administrator_meanwhile_gets_no_second_one(
    _round, space, ada, tom, claire, yves
):
    proposal = proposed(claire, space, tom)

    def regain() -> str:
        with administrated(space.pk):
            Account.objects.filter(pk=ada.pk).update(suspended_at=None)
        return "regained"

    def consent() -> str:
        mine = Appointment.objects.select_related("person").get(pk=proposal.pk)
        actions.consent_to_appointment(yves, appointment=mine)
        return "appointed"

    results = set(together(regain, consent))
    assert results in ({"regained", "has-administrator"}, {"regained", "appointed"})
    is_tom = Membership.objects.get(space=space, person=tom).role == Role.ADMINISTRATOR
    assert is_tom == ("appointed" in results)


@pytest.mark.django_db(transaction=True)
def test_two_proposals_at_once_leave_one(space, tom, claire, yves):
    results = together(
        lambda: bool(proposed(claire, space, tom)), lambda: bool(proposed(yves, space, tom))
    )
    assert sorted(map(str, results)) == ["True", "already-proposed"]
    assert Appointment.objects.count() == 1
