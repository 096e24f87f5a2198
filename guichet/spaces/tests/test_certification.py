"""What administrations open to a space: codes, certifications, those who act for a holder."""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.http import Http404
from django.test import Client

from guichet import clock
from guichet.audit.models import Entry
from guichet.ids import new_id
from guichet.persons.models import Agent, Authority, Person
from guichet.post.models import Dispatch
from guichet.refusals import NotAllowed, Refused
from guichet.signon import throttle
from guichet.signon.throttle import LIMITS
from guichet.spaces import actions, codes, policy
from guichet.spaces.actions.telling import Kind, When
from guichet.spaces.models import (
    AccessCode,
    Certification,
    Company,
    Ending,
    Grade,
    Membership,
    Role,
    Service,
    Space,
)
from guichet.spaces.tests.given import a_member, a_private_space, a_professional_space, words
from tests.cast import a_person, an_agent, signed_on, travel
from tests.racing import together

TAX_CARDS = "tax-cards"


def an_agent_of(authority: str) -> Agent:
    return an_agent("Sonia Lentz", authority=authority, duties=[Agent.Duty.ACCESS_CODES])


def a_code(
    agent: Agent, grade: str = Grade.HOLDER, *, service: str = TAX_CARDS, holder: str = ""
) -> str:
    made = actions.make_code(
        agent, once=new_id(), service=service, grade=grade, note="Dossier 12", holder=holder
    )
    assert made.text
    return made.text


def an_agent_code(member: Membership) -> str:
    service = Service.objects.get(pk=TAX_CARDS)
    made = actions.make_agent_code(member, once=new_id(), service=service, note="Fiduciaire")
    assert made.text
    return made.text


def enter(member: Membership, code: str, address: str = "192.0.2.1") -> Certification:
    return actions.enter_code(member, code=code, address=address)


def in_space(person: Person, space: Space) -> Membership:
    return Membership.objects.select_related("space", "person").get(person=person, space=space)


def of_company(person: Person, name: str, company: str) -> Membership:
    """An administrator of a new space; the names of the space and of its company differ."""
    space = a_professional_space(person, name)
    Company.objects.filter(space=space).update(name=company)
    return in_space(person, space)


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.code


@pytest.fixture
def services(db):
    actions.load_services()


@pytest.fixture
def sonia(services):
    return an_agent_of("acd")


@pytest.fixture
def tom(services):
    """Roofer; administrates the space that will be the holder."""
    tom = a_person("Tom Weber", email="tom@example.lu")
    return of_company(tom, "Toitures", "Weber Toitures Sàrl")


@pytest.fixture
def ada(services):
    """Acts for Tom."""
    ada = a_person("Ada Muller", email="ada@example.lu")
    return of_company(ada, "Mandats", "Fiduciaire Muller")


@pytest.fixture
def holder(sonia, tom):
    return enter(tom, a_code(sonia))


@pytest.fixture
def mandate(holder, tom, ada):
    return enter(ada, an_agent_code(tom))


def address(member: Membership, rest: str = "") -> str:
    return f"/fr/espaces/{member.space.identifier}/espace/certifications/{rest}"


def visitor(member: Membership) -> Client:
    client = Client()
    signed_on(client, member.person)
    return client


# --- The list of services


def test_the_services_are_in_every_language_and_loading_them_twice_changes_nothing(services):
    assert Service.objects.count() == 5
    assert actions.load_services() == 0
    for service in Service.objects.all():
        assert {"fr", "de", "en"} == set(service.names) == set(service.descriptions)


def test_a_service_that_left_the_list_is_closed_and_comes_back(services, tmp_path):
    Service.objects.create(code="old", authority_id="acd", names={"fr": "Ancien"}, theme="taxes")
    assert actions.load_services() == 1
    assert Service.objects.get(pk="old").closed_at
    assert actions.load_services() == 0


# --- Codes


def test_a_code_can_be_read_aloud_and_only_its_digest_is_kept(sonia):
    text = a_code(sonia)
    assert re.fullmatch(r"(?:[A-HJ-NP-Z2-9]{4}-){3}[A-HJ-NP-Z2-9]{4}", text)
    assert len(codes.ALPHABET) ** codes.LENGTH >= 2**75
    [row] = AccessCode.objects.values()
    assert not any(text in str(value) for value in row.values())
    assert row["expires_at"] - row["made_at"] == timedelta(days=30)
    for entry in Entry.objects.all():
        assert text not in str(entry.data)


@pytest.mark.parametrize(
    "typed", ["abcd efgh jklm npqr", "ABCDEFGHJKLMNPQR", " abcd–efgh-jklm.npqr "]
)
def test_a_code_is_read_as_people_write_it(typed):
    assert codes.clean(typed) == "ABCD-EFGH-JKLM-NPQR"


@pytest.mark.parametrize("typed", ["", "ABCD", "ABCD-EFGH-JKLM-NPQ0", "ABCD-EFGH-JKLM-NPQRS"])
def test_what_cannot_be_a_code_is_none(typed):
    assert codes.clean(typed) is None


def test_making_a_code_twice_makes_one_and_shows_it_once(sonia):
    once = new_id()
    given: dict[str, Any] = {
        "once": once,
        "service": TAX_CARDS,
        "grade": Grade.HOLDER,
        "note": "12",
    }
    first, second = actions.make_code(sonia, **given), actions.make_code(sonia, **given)
    assert first.code == second.code
    assert first.text
    assert second.text is None


def test_somebody_elses_form_makes_nothing_and_shows_nothing(sonia, holder, tom):
    an_agent_code(tom)
    taken = AccessCode.objects.get(holder=holder).pk
    sent = {"once": taken, "service": TAX_CARDS, "grade": "holder", "note": "x"}
    page = words(at_work(sonia).post("/fr/agents/codes/creer/", sent))
    assert "Ce formulaire a déjà servi" in page
    assert "Fiduciaire" not in page
    assert AccessCode.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_once_makes_one_code_and_shows_it_once(sonia):
    once = new_id()

    def make() -> bool:
        made = actions.make_code(sonia, once=once, service=TAX_CARDS, grade=Grade.HOLDER, note="x")
        return made.text is not None

    assert sorted(together(make, make)) == [False, True]
    assert AccessCode.objects.count() == 1


def test_an_agent_gives_codes_for_the_services_of_their_authority_only(sonia):
    assert refused(lambda: a_code(sonia, service="social-elections")) == "service-unknown"
    Service.objects.filter(pk=TAX_CARDS).update(closed_at=clock.now())
    assert refused(lambda: a_code(sonia)) == "service-unknown"


# --- Entering a code


def test_a_code_certifies_the_space_for_all_its_users(sonia, tom):
    reader = a_member(a_person("Marc Klein", email="marc@example.lu"), tom.space, Role.READER)
    client = visitor(tom)
    page = words(client.get(address(tom)))
    assert "Votre espace n’a pas encore de certification." in page
    answer = client.post(address(tom, "code/"), {"code": a_code(sonia).lower().replace("-", " ")})
    assert answer.headers["Location"] == address(tom, "tax-cards/")
    certification = Certification.objects.get()
    assert (certification.grade, certification.space) == ("holder", tom.space)
    page = words(visitor(in_space(reader.person, tom.space)).get(address(tom)))
    assert "Fiches de retenue d’impôt" in page
    assert "Tom Weber" in page
    assert "/code/" not in page
    [mail] = Dispatch.objects.filter(template="spaces/mail/certified")
    assert mail.to == "marc@example.lu"
    assert "Weber" not in mail.text
    assert Entry.objects.get(event="space.certified").space == tom.space_id


def test_a_limited_membership_sees_what_is_certified_too(holder, tom):
    marc = a_member(a_person("Marc Klein"), tom.space, Role.CONTRIBUTOR)
    Membership.objects.filter(pk=marc.pk).update(limits=["permits"])
    assert policy.certification(in_space(marc.person, tom.space), TAX_CARDS) == holder


@pytest.mark.parametrize("role", [Role.MANAGER, Role.CONTRIBUTOR, Role.READER])
def test_only_administrators_enter_codes(sonia, tom, role):
    marc = a_member(a_person("Marc Klein"), tom.space, role)
    answer = visitor(marc).get(address(tom, "code/"))
    assert answer.status_code == 403
    assert "Tom Weber" in words(answer)
    with pytest.raises(NotAllowed):
        enter(marc, a_code(sonia))


def test_a_stranger_finds_none_of_these_pages(mandate, tom, ada):
    client = Client()
    signed_on(client, a_person("Marc Klein"))
    for rest in _pages(mandate.holder, mandate):
        assert client.get(address(tom, rest)).status_code == 404
        assert client.post(address(tom, rest)).status_code == 404


def _pages(holder: Certification, mandate: Certification) -> list[str]:
    code = AccessCode.objects.exclude(holder=None).get()
    return [
        "",
        "code/",
        "tax-cards/",
        f"{holder.pk}/renoncer/",
        "tax-cards/mandataires/",
        "tax-cards/mandataires/code/",
        f"tax-cards/mandataires/code/{code.pk}/revoquer/",
        f"tax-cards/mandataires/{mandate.pk}/revoquer/",
    ]


def test_a_private_space_has_no_certifications(client, sonia):
    tom = a_person("Tom Weber")
    member = in_space(tom, a_private_space(tom))
    signed_on(client, tom)
    for rest in ("", "code/", "tax-cards/", "tax-cards/mandataires/"):
        assert client.get(address(member, rest)).status_code == 404
    assert "certifications/" not in words(
        client.get(f"/fr/espaces/{member.space.identifier}/espace/")
    )
    assert refused(lambda: enter(member, a_code(sonia))) == "private-space"


def test_whoever_holds_a_dead_code_is_told_why_and_whoever_guesses_is_not(sonia, tom, ada):
    used, revoked, late = a_code(sonia), a_code(sonia), a_code(sonia)
    enter(tom, used)
    actions.revoke_code(sonia, code=AccessCode.objects.get(digest=codes.digest(revoked)))
    assert refused(lambda: enter(ada, used)) == "code-used"
    assert refused(lambda: enter(ada, revoked)) == "code-revoked"
    assert refused(lambda: enter(ada, codes.draw())) == "code-unknown"
    with travel(days=30, seconds=1):
        assert refused(lambda: enter(ada, late)) == "code-expired"
    assert not Certification.objects.filter(space=ada.space).exists()


def test_a_code_sent_twice_certifies_once_and_both_answers_say_so(sonia, tom):
    code = a_code(sonia)
    first = enter(tom, code)
    assert enter(tom, code) == first
    assert Entry.objects.filter(event="space.certified").count() == 1
    actions.give_up(tom, certification=first)
    assert refused(lambda: enter(tom, code)) == "code-used"


@pytest.mark.django_db(transaction=True)
def test_a_double_click_certifies_once(sonia, tom):
    code = a_code(sonia)
    results = together(lambda: enter(tom, code).grade, lambda: enter(tom, code).grade)
    assert list(map(str, results)) == ["holder", "holder"]
    assert Certification.objects.count() == 1


def test_a_service_that_was_closed_opens_to_nobody(holder, tom, ada, sonia):
    waiting = a_code(sonia)
    Service.objects.filter(pk=TAX_CARDS).update(closed_at=clock.now())
    assert policy.certification(tom, TAX_CARDS) is None
    assert refused(lambda: enter(ada, waiting)) == "service-closed"
    assert "a fermé ce service" in words(visitor(tom).get(address(tom, "tax-cards/")))
    assert "a fermé ce service" in words(visitor(ada).get(address(ada, "tax-cards/")))


def test_five_unknown_codes_make_the_space_wait_a_day_and_the_page_says_until_when(sonia, tom):
    client, good = visitor(tom), a_code(sonia)
    assert LIMITS["access-code"].times == AccessCode.TRIES_MAX
    assert "16 lettres" in words(client.post(address(tom, "code/"), {"code": "ABC"}))
    for _try in range(AccessCode.TRIES_MAX):
        page = words(client.post(address(tom, "code/"), {"code": codes.draw()}))
        assert "Nous ne connaissons pas ce code" in page
    page = words(client.post(address(tom, "code/"), {"code": good}))
    assert "Trop de tentatives" in page or "Trop d’essais" in page
    assert not Certification.objects.exists()
    assert Entry.objects.filter(event="space.code-refused").count() == AccessCode.TRIES_MAX
    with travel(days=1, minutes=1):
        enter(tom, good)


def test_tries_count_for_the_person_in_all_her_spaces(sonia, tom):
    spaces = [in_space(tom.person, a_professional_space(tom.person)) for _space in range(3)]
    for number in range(LIMITS["access-code-person"].times):
        guess = partial(enter, spaces[number % 3], codes.draw(), f"address {number}")
        assert refused(guess) == "code-unknown"
    assert refused(lambda: enter(tom, a_code(sonia), "another")) == "too-many-tries"


def test_tries_count_for_the_address_too(sonia, tom):
    for _try in range(LIMITS["access-code-address"].times):
        throttle.count("access-code-address", "192.0.2.1")
    assert refused(lambda: enter(tom, a_code(sonia))) == "too-many-tries"
    assert enter(tom, a_code(sonia), "192.0.2.2").space == tom.space


def test_a_space_is_holder_of_a_service_once_and_the_second_code_stays_good(sonia, tom, ada):
    second = a_code(sonia)
    enter(tom, a_code(sonia))
    assert refused(lambda: enter(tom, second)) == "already-certified"
    assert enter(ada, second).space == ada.space


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_of_two_spaces_that_enter_one_code_at_once_exactly_one_is_certified(
    sonia, tom, ada, _round
):
    code = a_code(sonia)
    results = together(lambda: enter(tom, code).grade, lambda: enter(ada, code).grade)
    assert sorted(map(str, results)) == ["code-used", "holder"]
    assert Certification.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_holder_codes_entered_at_once_in_one_space_one_is_used(sonia, tom):
    first, second = a_code(sonia), a_code(sonia)
    results = together(lambda: enter(tom, first).grade, lambda: enter(tom, second).grade)
    assert sorted(map(str, results)) == ["already-certified", "holder"]
    assert AccessCode.objects.filter(used_at=None).count() == 1


def test_each_member_is_told_in_her_language_unless_she_wants_to_hear_nothing(sonia, tom):
    karl = a_member(a_person("Karl Steinmetz", email="karl@example.lu", language="de"), tom.space)
    marc = a_member(a_person("Marc Klein", email="marc@example.lu"), tom.space)
    Membership.objects.filter(pk=marc.pk).update(settings={Kind.CERTIFICATIONS: When.NEVER})
    enter(tom, a_code(sonia))
    [mail] = Dispatch.objects.filter(template="spaces/mail/certified")
    assert mail.to == karl.person.email
    assert mail.subject == "Ihr Bereich ist für einen weiteren Dienst zertifiziert"
    assert "Lohnsteuerkarten" in mail.text
    assert f"/de/espaces/{tom.space.identifier}/espace/certifications/tax-cards/" in mail.text


# --- A holder and those who act for it


def test_a_holder_makes_a_code_that_is_shown_once_and_survives_a_reload(holder, tom, ada):
    client = visitor(tom)
    form = words(client.get(address(tom, "tax-cards/mandataires/code/")))
    once = re.search(r'name="once" value="([^"]+)"', form)
    assert once
    sent = {"once": once[1], "note": "Fiduciaire Muller"}
    first = words(client.post(address(tom, "tax-cards/mandataires/code/"), sent))
    code = re.search(r">((?:[A-Z2-9]{4}-){3}[A-Z2-9]{4})<", first)
    assert code
    again = words(client.post(address(tom, "tax-cards/mandataires/code/"), sent))
    assert code[1] not in again
    assert "n’est plus affiché" in again
    assert AccessCode.objects.filter(holder=holder).count() == 1
    assert code[1] not in words(client.get(address(tom, "tax-cards/mandataires/")))
    enter(ada, code[1])
    page = words(client.get(address(tom, "tax-cards/mandataires/")))
    assert ada.space.identifier in page
    assert "Fiduciaire Muller" in page
    assert "Mandats" not in page  # the name of a space is for its own members
    [mail] = Dispatch.objects.filter(template="spaces/mail/agent_certified")
    assert mail.to == "tom@example.lu"


def test_an_agent_sees_for_whom_it_acts(mandate, ada, tom):
    page = words(visitor(ada).get(address(ada, "tax-cards/")))
    assert "Weber Toitures Sàrl" in page
    assert tom.space.identifier in page
    assert "Toitures</" not in page.replace("Weber Toitures", "")


def test_whoever_is_only_an_agent_has_no_agents_and_is_told_how_to_become_holder(mandate, ada):
    answer = visitor(ada).get(address(ada, "tax-cards/mandataires/"))
    assert answer.status_code == 403
    page = words(answer)
    assert (
        f"Demandez un code d’accès à cette administration : {Authority.objects.get(pk='acd').name}."
        in page
    )
    assert f'href="{address(ada, "code/")}"' in page
    assert f'href="{address(ada, "tax-cards/")}"' in page


def test_a_page_that_needs_a_certification_says_how_to_get_it(sonia, tom):
    with pytest.raises(NotAllowed) as no:
        policy.require_certification(tom, TAX_CARDS)
    assert len(no.value.hints) == 2
    assert no.value.ways[0].url.endswith("/certifications/code/")
    page = words(visitor(tom).get(address(tom, "tax-cards/")))
    assert "Comment obtenir la certification" in page
    reader = a_member(a_person("Marc Klein"), tom.space, Role.READER)
    with pytest.raises(NotAllowed) as no:
        policy.require_certification(reader, TAX_CARDS)
    assert "Tom Weber" in no.value.hints[1]
    enter(tom, a_code(sonia))
    assert policy.require_certification(reader, TAX_CARDS).space == tom.space


def test_the_holder_revokes_an_agent_and_both_are_told(mandate, tom, ada):
    client = visitor(tom)
    page = f"tax-cards/mandataires/{mandate.pk}/revoquer/"
    assert ada.space.identifier in words(client.get(address(tom, page)))
    assert client.post(address(tom, page)).status_code == 302
    mandate.refresh_from_db()
    assert mandate.revoked_why == Ending.HOLDER
    page = words(visitor(ada).get(address(ada)))
    assert "Le titulaire a retiré le mandat" in page
    [mail] = Dispatch.objects.filter(template="spaces/mail/certification_ended")
    assert mail.to == "ada@example.lu"
    assert actions.revoke_agent(tom, certification=mandate) is False
    assert Dispatch.objects.filter(template="spaces/mail/certification_ended").count() == 1


def test_the_holder_hears_of_an_agent_that_gives_up(mandate, ada):
    assert actions.give_up(ada, certification=mandate)
    [mail] = Dispatch.objects.filter(template="spaces/mail/agent_ended")
    assert mail.to == "tom@example.lu"


def test_a_right_never_outlives_its_source(mandate, holder, tom, ada):
    waiting = an_agent_code(tom)
    client = visitor(tom)
    page = words(client.get(address(tom, f"{holder.pk}/renoncer/")))
    assert "1 mandataire" in page
    client.post(address(tom, f"{holder.pk}/renoncer/"))
    assert not Certification.objects.live().exists()
    mandate.refresh_from_db()
    assert mandate.revoked_why == Ending.HOLDER_ENDED
    assert refused(lambda: enter(ada, waiting)) in {"code-revoked", "holder-over"}
    assert not Dispatch.objects.filter(template="spaces/mail/agent_ended").exists()


def test_a_purged_space_takes_its_agents_along(mandate, tom):
    assert actions.end_certifications_of(tom.space, Ending.GIVEN_UP, by=tom.person) == 1
    assert not Certification.objects.live().exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_an_agent_code_entered_while_the_holder_ends_leaves_no_right_behind(
    holder, tom, ada, _round
):
    code = an_agent_code(tom)
    together(
        lambda: enter(ada, code).grade,
        lambda: actions.give_up(tom, certification=holder),
    )
    assert not Certification.objects.live().exists()


@pytest.mark.django_db(transaction=True)
def test_a_code_made_while_the_holder_ends_opens_nothing(holder, tom):
    def make() -> str:
        try:
            return an_agent_code(tom)
        except NotAllowed:
            return "came too late"

    together(make, lambda: actions.give_up(tom, certification=holder))
    assert not AccessCode.objects.live().exists()


def test_ones_own_code_is_for_others_and_one_holder_is_served_once(mandate, tom, ada):
    assert refused(lambda: enter(tom, an_agent_code(tom))) == "code-own"
    assert refused(lambda: enter(ada, an_agent_code(tom))) == "already-certified"


def test_the_holder_takes_back_a_code_that_nobody_has_entered(holder, tom, ada):
    text = an_agent_code(tom)
    code = AccessCode.objects.get(holder=holder)
    client = visitor(tom)
    page = f"tax-cards/mandataires/code/{code.pk}/revoquer/"
    assert "Fiduciaire" in words(client.get(address(tom, page)))
    client.post(address(tom, page))
    assert refused(lambda: enter(ada, text)) == "code-revoked"
    assert actions.revoke_agent_code(tom, code=code) is False


def test_a_code_that_was_entered_meanwhile_is_not_taken_back(mandate, tom):
    code = AccessCode.objects.exclude(holder=None).get()
    assert refused(lambda: actions.revoke_agent_code(tom, code=code)) == "code-used"


def test_somebody_elses_agents_codes_and_certifications_are_not_there(mandate, holder, ada, tom):
    third = a_person("Marc Klein")
    marc = in_space(third, a_professional_space(third))
    enter(marc, a_code(an_agent_of("acd")))
    code = AccessCode.objects.exclude(holder=None).get()
    client = visitor(marc)
    for rest in (
        f"{holder.pk}/renoncer/",
        f"tax-cards/mandataires/{mandate.pk}/revoquer/",
        f"tax-cards/mandataires/code/{code.pk}/revoquer/",
        f"{UUID(int=0)}/renoncer/",
    ):
        assert client.post(address(marc, rest)).status_code == 404
    assert Certification.objects.live().count() == 3


# --- The authority's agents


def at_work(agent: Agent) -> Client:
    client = Client()
    signed_on(client, agent)
    return client


def test_an_agent_makes_a_code_that_is_shown_once_and_listed(sonia, tom):
    client = at_work(sonia)
    assert "Codes d’accès" in words(client.get("/fr/agents/"))
    assert "n’a encore créé aucun code" in words(client.get("/fr/agents/codes/"))
    form = words(client.get("/fr/agents/codes/creer/"))
    once = re.search(r'name="once" value="([^"]+)"', form)
    assert once
    sent = {"once": once[1], "service": TAX_CARDS, "grade": "holder", "note": "Dossier 2026/12"}
    first = words(client.post("/fr/agents/codes/creer/", sent))
    code = re.search(r">((?:[A-Z2-9]{4}-){3}[A-Z2-9]{4})<", first)
    assert code
    assert code[1] not in words(client.post("/fr/agents/codes/creer/", sent))
    page = words(client.get("/fr/agents/codes/"))
    assert "Dossier 2026/12" in page
    assert "Pas encore utilisé" in page
    enter(tom, code[1])
    page = words(client.get("/fr/agents/codes/"))
    assert "Utilisé" in page
    assert "/revoquer/" not in page
    page = words(client.get("/fr/agents/certifications/"))
    assert "Weber Toitures Sàrl" in page
    assert tom.space.identifier in page


def test_a_form_without_a_note_or_with_an_unknown_holder_says_so(sonia):
    client = at_work(sonia)
    sent = {"service": TAX_CARDS, "grade": "agent", "note": ""}
    assert "Écrivez pour qui" in words(client.post("/fr/agents/codes/creer/", sent))
    sent |= {"note": "x", "holder": "PM-ABCDEF"}
    page = words(client.post("/fr/agents/codes/creer/", sent))
    assert "n’est pas certifié comme titulaire" in page
    assert not AccessCode.objects.exists()


def test_an_authority_gives_an_agent_a_code_for_a_holder(sonia, holder, tom, ada):
    code = a_code(sonia, Grade.AGENT, holder=f" {tom.space.identifier.lower()} ")
    mandate = enter(ada, code)
    assert mandate.holder == holder
    assert ada.space.identifier in words(visitor(tom).get(address(tom, "tax-cards/mandataires/")))


def test_an_agent_whose_principal_has_no_space_is_certified_alone(sonia, ada):
    mandate = enter(ada, a_code(sonia, Grade.AGENT))
    assert (mandate.grade, mandate.holder) == ("agent", None)
    assert "Mandataire" in words(visitor(ada).get(address(ada, "tax-cards/")))


def test_an_agent_revokes_a_code_and_a_certification_with_a_reason(sonia, mandate, tom, ada):
    client, code = at_work(sonia), a_code(sonia)
    row = AccessCode.objects.get(digest=codes.digest(code))
    assert "Dossier 12" in words(client.get(f"/fr/agents/codes/{row.pk}/revoquer/"))
    client.post(f"/fr/agents/codes/{row.pk}/revoquer/")
    assert refused(lambda: enter(ada, code)) == "code-revoked"
    page = f"/fr/agents/certifications/{mandate.holder_id}/revoquer/"
    assert "1 mandataire" in words(client.get(page))
    assert "Choisissez une réponse" in words(client.post(page, {}))
    assert client.post(page, {"why": "given-in-error"}).status_code == 302
    assert not Certification.objects.live().exists()
    to_tom = Dispatch.objects.get(template="spaces/mail/certification_ended", to="tom@example.lu")
    assert "accordée par erreur" in to_tom.text
    assert Entry.objects.filter(event="space.certification-ended").count() == 2
    assert client.get(page).status_code == 404


def test_agents_of_another_authority_see_and_revoke_nothing_of_it(holder, sonia):
    client = at_work(an_agent_of("itm"))
    row = AccessCode.objects.get()
    assert "Dossier 12" not in words(client.get("/fr/agents/codes/"))
    assert "Weber" not in words(client.get("/fr/agents/certifications/"))
    assert client.post(f"/fr/agents/codes/{row.pk}/revoquer/").status_code == 404
    page = f"/fr/agents/certifications/{holder.pk}/revoquer/"
    assert client.post(page, {"why": "misuse"}).status_code == 404
    with pytest.raises(Http404):
        actions.revoke_certification(an_agent_of("itm"), certification=holder, why=Ending.MISUSE)
    assert holder.is_live


def test_without_the_duty_the_pages_say_which_one_is_missing(services):
    client = at_work(an_agent(duties=[Agent.Duty.HELP_DESK], authority="acd"))
    for page in ("codes/", "codes/creer/", "certifications/"):
        assert client.get(f"/fr/agents/{page}").status_code == 403
    assert "/codes/" not in words(client.get("/fr/agents/"))


def test_an_authority_without_services_is_told_so(services):
    client = at_work(an_agent_of("ctie"))
    assert "Aucun service de votre administration" in words(client.get("/fr/agents/codes/creer/"))
    assert client.post("/fr/agents/codes/creer/", {"service": TAX_CARDS}).status_code == 200


def test_persons_do_not_find_the_agents_pages(tom):
    for page in ("codes/", "codes/creer/", "certifications/"):
        assert visitor(tom).get(f"/fr/agents/{page}").status_code == 404


def test_certified_spaces_are_found_by_identifier_and_by_company(sonia, holder, ada, tom):
    enter(ada, a_code(sonia))
    client = at_work(sonia)
    for text in (tom.space.identifier.lower(), "toitures"):
        page = words(client.get("/fr/agents/certifications/", {"q": text}))
        assert "Weber Toitures" in page
        assert "Fiduciaire Muller" not in page
    assert "Aucun espace certifié" in words(client.get("/fr/agents/certifications/?q=zzz"))


def test_a_reason_is_one_of_the_list(sonia, holder):
    assert (
        refused(lambda: actions.revoke_certification(sonia, certification=holder, why="merger"))
        == "reason-unknown"
    )


# --- What it costs


def test_the_pages_cost_the_same_with_many_certifications(
    holder, tom, sonia, django_assert_max_num_queries
):
    for name in ("Ada Muller", "Marc Klein", "Nora Schmit"):
        person = a_person(name)
        enter(in_space(person, a_professional_space(person)), an_agent_code(tom))
    client = visitor(tom)
    for rest in ("", "tax-cards/", "tax-cards/mandataires/"):
        client.get(address(tom, rest))
        with django_assert_max_num_queries(6):
            client.get(address(tom, rest))


def test_the_lists_of_an_authority_cost_the_same_however_long_they_are(
    sonia, tom, django_assert_max_num_queries
):
    for number in range(4):
        person = a_person(f"Nora Schmit{number}")
        enter(in_space(person, a_professional_space(person)), a_code(sonia))
    client = at_work(sonia)
    for page in ("codes/", "certifications/"):
        client.get(f"/fr/agents/{page}")
        with django_assert_max_num_queries(4):
            client.get(f"/fr/agents/{page}")
