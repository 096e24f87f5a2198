"""Two professional spaces become one."""

import io
import re
from datetime import timedelta
from typing import Any

import pikepdf
import pytest
from django.test import Client
from django.utils import translation

from guichet import clock
from guichet.audit.models import Entry
from guichet.desk import actions, previews, tasks
from guichet.desk.mails import merging as mails
from guichet.files import actions as files
from guichet.persons.models import Person
from guichet.post import actions as post
from guichet.post.models import Dispatch
from guichet.refusals import Refused
from guichet.signon.throttle import LIMITS
from guichet.spaces import policy as spaces
from guichet.spaces.models import (
    Company,
    GivenIdentifier,
    Invitation,
    Membership,
    Merger,
    Role,
    Space,
)
from guichet.spaces.tests.given import a_member, a_private_space, a_professional_space, words
from tests.cast import a_person, signed_on, travel
from tests.racing import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Person:
    return a_person("Ada Muller", language="en")


@pytest.fixture
def tom() -> Person:
    return a_person("Tom Weber", language="en")


@pytest.fixture
def bakery(ada: Person) -> Space:
    return a_professional_space(ada, "Bakery")


@pytest.fixture
def roofs(tom: Person) -> Space:
    return a_professional_space(tom, "Roofs")


def on(person: Person) -> Client:
    client = Client()
    signed_on(client, person)
    return client


def the_pair(absorbed: Space, kept: Space) -> str:
    return f"/en/espaces/fusionner/{absorbed.identifier}/{kept.identifier}/"


def page_of(merger: Merger) -> str:
    return f"/en/espaces/fusionner/{merger.pk}/"


def ask(client: Client, absorbed: Space, kept: Space) -> Merger:
    """Read the preview, go on, tick, press."""
    preview = words(client.get(the_pair(absorbed, kept)))
    onward = re.search(r'href="([^"]*demander/\?vu=\w+)"', preview)
    assert onward, preview
    shown = words(client.get(onward[1]))
    seen = re.search(r'name="seen" value="(\w+)"', shown)
    assert seen
    answer = client.post(the_pair(absorbed, kept) + "demander/", {"seen": seen[1], "agreed": "on"})
    assert answer.status_code == 302, words(answer)
    return Merger.objects.get(pk=answer.headers["Location"].split("/")[-2])


def consent(client: Client, merger: Merger) -> Any:
    page = words(client.get(page_of(merger) + "accepter/"))
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen, page
    return client.post(page_of(merger) + "accepter/", {"seen": seen[1], "agreed": "on"})


def agreed(absorbed: Space, kept: Space, asker: Person, consenter: Person) -> Merger:
    merger = ask(on(asker), absorbed, kept)
    assert consent(on(consenter), merger).status_code == 302
    return Merger.objects.get(pk=merger.pk)


def carried_out(merger: Merger) -> Merger:
    with travel(hours=73):
        actions.carry_out(merger.pk)
    return Merger.objects.get(pk=merger.pk)


def told(subject: str) -> list[str]:
    return sorted(Dispatch.objects.filter(subject=subject).values_list("to", flat=True))


# --- From end to end


def test_ada_asks_tom_consents_and_three_days_later_there_is_one_space(ada, tom, bakery, roofs):
    zoe = a_person("Zoé Braun", language="en")
    a_member(zoe, roofs, Role.READER)
    merger = ask(on(ada), bakery, roofs)
    actions.tell_asked(merger.pk)
    assert told("A merger of business eSpaces is asked for") == sorted([ada.email, tom.email])
    assert consent(on(tom), merger).status_code == 302
    actions.tell_planned(merger.pk)
    assert told("Your business eSpace will be merged") == sorted([ada.email, tom.email, zoe.email])
    with travel(hours=71):
        assert actions.carry_out_due() == 0
        assert not actions.carry_out(merger.pk)
    with travel(hours=73):
        assert actions.carry_out_due() == 1
        assert actions.carry_out(merger.pk)
        assert actions.print_report(merger.pk)
        actions.tell_done(merger.pk)
    assert not Space.objects.filter(pk=bakery.pk).exists()
    assert not Company.objects.filter(space=bakery.pk).exists()
    roles = dict(Membership.objects.filter(space=roofs).values_list("person", "role"))
    assert roles == {ada.pk: "administrator", tom.pk: "administrator", zoe.pk: "reader"}
    assert Membership.objects.get(person=ada).origin == Membership.Origin.MERGER
    assert told("Your business eSpaces are merged") == sorted([ada.email, tom.email, zoe.email])
    before, roofs.version = roofs.version, Space.objects.get(pk=roofs.pk).version
    assert roofs.version > before


def test_the_old_address_leads_members_on_and_nobody_else(ada, tom, bakery, roofs):
    carried_out(agreed(bakery, roofs, ada, tom))
    for person in (ada, tom):
        answer = on(person).get(f"/en/espaces/{bakery.identifier}/donnees/")
        assert answer.headers["Location"] == f"/en/espaces/{roofs.identifier}/donnees/"
    stranger = on(a_person("Eve Stranger"))
    assert stranger.get(f"/en/espaces/{bakery.identifier}/").status_code == 404
    row = GivenIdentifier.objects.get(pk=bakery.identifier)
    assert row.retired_at
    assert row.leads_to == roofs


def test_the_report_says_what_was_agreed_and_every_member_may_read_it(ada, tom, bakery, roofs):
    zoe, eve = a_person("Zoé Braun"), a_person("Eve Stranger")
    a_member(zoe, roofs, Role.READER)
    merger = carried_out(agreed(bakery, roofs, ada, tom))
    assert on(ada).get(page_of(merger) + "rapport/").status_code == 302  # not printed yet
    assert "being printed" in words(on(ada).get(page_of(merger)))
    assert actions.print_report(merger.pk)
    assert not actions.print_report(merger.pk)
    for person in (ada, tom, zoe):
        answer = on(person).get(page_of(merger) + "rapport/")
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")
    assert on(eve).get(page_of(merger) + "rapport/").status_code == 404
    assert on(eve).get(page_of(merger)).status_code == 404
    assert "Report (PDF)" in words(on(zoe).get(page_of(merger)))


def test_a_report_on_paper_holds_numbers_names_of_two_and_what_is_gone(ada, tom, bakery, roofs):
    from guichet.desk.papers import merger_report

    zoe = a_person("Zoé Braun")
    a_member(zoe, bakery, Role.READER)
    merger = carried_out(agreed(bakery, roofs, ada, tom))
    page = merger_report(merger).replace("\u00a0", " ")
    for said in (bakery.identifier, roofs.identifier, "Bakery", "Roofs", ada.name, tom.name):
        assert said in page
    assert "B123456" in page
    assert merger.preview_digest in page
    assert zoe.name not in page
    assert '<section lang="en">' in page


def test_one_person_of_both_asks_and_consents_with_two_acts(ada, bakery):
    second = a_professional_space(ada, "Mill")
    client = on(ada)
    merger = ask(client, second, bakery)
    assert merger.consented_at is None
    page = words(client.get(page_of(merger)))
    assert "Your answer is needed" in page
    assert consent(client, merger).status_code == 302
    assert carried_out(merger).done_at
    assert Membership.objects.get(person=ada).space == bakery


def test_where_a_role_comes_from_is_still_told(ada, tom, bakery, roofs):
    zoe, luc = a_person("Zoé Braun"), a_person("Luc Reuter")
    a_member(zoe, bakery, Role.MANAGER)
    a_member(luc, bakery, Role.MANAGER)
    a_member(luc, roofs, Role.READER)
    a_member(ada, roofs, Role.READER)
    merger = carried_out(agreed(bakery, roofs, ada, tom))
    members = Membership.objects.filter(space=merger.kept).select_related("person", "role_from")
    with translation.override("en"):
        said = {member.person: spaces.why(member) for member in members}
    assert said[zoe].startswith("Ada Muller made you Manager on")
    assert said[luc].startswith("Ada Muller made you Manager on")
    assert said[ada].startswith("You are Administrator since")
    assert "merged into this one" in said[ada]
    assert said[tom].startswith("You created the eSpace on")


@pytest.mark.parametrize("language", ["fr", "de", "en"])
@pytest.mark.parametrize("what", ["asked", "planned", "cancelled", "changed", "done"])
def test_a_mail_says_which_spaces_and_where_to_look_and_names_nobody(
    ada, tom, bakery, roofs, language, what
):
    Person.objects.filter(pk=tom.pk).update(language=language)
    merger = agreed(bakery, roofs, ada, tom)
    member = Membership.objects.select_related("person", "space").get(person=tom)
    more = {"consents": True} if what in ("asked", "changed") else {}
    mail = post.send(getattr(mails, what)(member, merger, **more))
    assert mail.to == tom.email
    for text in (mail.text, mail.html):
        assert bakery.identifier in text
        assert roofs.identifier in text
        assert f"/{language}/espaces/fusionner/{merger.pk}/" in text
        for personal in (ada.name, tom.name, "Bakery", "Roofs"):
            assert personal not in text
    assert mail.text.count("http") == 1


def test_a_preview_of_many_comes_in_pages_and_costs_the_same(
    ada, bakery, django_assert_max_num_queries
):
    mill = a_professional_space(ada, "Mill")
    for number in range(30):
        a_member(a_person(f"Un Membre{number}"), mill)
    client = on(ada)
    with django_assert_max_num_queries(39):
        page = words(client.get(the_pair(bakery, mill)))
    assert page.count("Un Membre") == 25
    assert "Page 1 of 2" in page
    page = words(client.get(the_pair(bakery, mill) + "?page=2"))
    assert page.count("Un Membre") == 5
    assert "Nothing changes" in page  # for Ada, who comes last


# --- Who learns what


def test_who_asks_learns_nothing_of_the_other_space(ada, tom, bakery, roofs):
    a_member(a_person("Zoé Braun"), roofs)
    client = on(ada)
    nowhere = Space(identifier="PM-ZZZZZZ", name="")
    pages = []
    for other in (roofs, nowhere):
        merger = ask(client, bakery, other)
        found = [
            client.get(the_pair(bakery, other)),
            client.get(the_pair(bakery, other) + "demander/"),
            client.get(page_of(merger)),
            client.get("/en/espaces/"),
        ]
        text = "\n".join(words(page) for page in found)
        assert "Roofs" not in text
        assert tom.name not in text
        assert "Zoé" not in text
        text = re.sub(r'data-\w+="\d+"|value="[\w-]{64,}"|PM-ZZZZZZ|\d\d:\d\d|:\d\d', "", text)
        text = text.replace(other.identifier, "").replace(str(merger.pk), "")
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text))
        client.post(page_of(merger) + "annuler/")
        actions.tell_cancelled(merger.pk)
    assert pages[0] == pages[1]


def test_a_stranger_who_asks_does_not_hold_up_a_space(ada, tom, bakery, roofs):
    a_second = a_professional_space(tom, "Gutters")
    ask(on(ada), bakery, roofs)
    merger = agreed(a_second, roofs, tom, tom)
    assert carried_out(merger).done_at


def test_the_other_administrators_see_everything_before_they_consent(ada, tom, bakery, roofs):
    zoe = a_person("Zoé Braun")
    a_member(zoe, bakery, Role.MANAGER)
    merger = ask(on(ada), bakery, roofs)
    page = words(on(tom).get(page_of(merger) + "accepter/"))
    for said in ("Bakery", "Roofs", ada.name, zoe.name, "Joins Roofs"):
        assert said in page
    assert on(zoe).get(page_of(merger)).status_code == 403
    assert on(ada).get(page_of(merger) + "accepter/").status_code == 403
    consent(on(tom), merger)
    page = words(on(ada).get(page_of(merger)))
    assert tom.name in page
    assert "Roofs" in page
    page = words(on(zoe).get(page_of(merger)))
    assert "Consent is given" in page
    assert tom.name not in page


def test_members_see_it_on_the_pages_of_both_spaces_and_on_the_hub(ada, tom, bakery, roofs):
    zoe = a_person("Zoé Braun")
    a_member(zoe, bakery, Role.READER)
    client = on(zoe)
    merger = ask(on(ada), bakery, roofs)
    assert str(merger.pk) not in words(client.get(f"/en/espaces/{bakery.identifier}/"))
    assert str(merger.pk) not in words(client.get("/en/espaces/"))
    assert "Merger asked for" in words(on(tom).get("/en/espaces/"))
    consent(on(tom), merger)
    for path in ("", "donnees/", "espace/"):
        page = words(client.get(f"/en/espaces/{bakery.identifier}/{path}"))
        assert f"This eSpace is merged into {roofs.identifier} on" in page
        page = words(on(tom).get(f"/en/espaces/{roofs.identifier}/{path}"))
        assert f"The eSpace {bakery.identifier} is merged into this one on" in page
    assert "Will be merged on" in words(client.get("/en/espaces/"))
    on(ada).post(page_of(merger) + "annuler/")
    assert str(merger.pk) not in words(client.get(f"/en/espaces/{bakery.identifier}/"))


def test_only_administrators_of_business_spaces_are_offered_to_merge(ada, bakery):
    zoe = a_person("Zoé Braun")
    a_private_space(zoe)
    a_member(zoe, bakery, Role.MANAGER)
    assert "/espaces/fusionner/" not in words(on(zoe).get("/en/espaces/"))
    assert "/espaces/fusionner/" in words(on(ada).get("/en/espaces/"))
    assert "You administer no business eSpace." in words(on(zoe).get("/en/espaces/fusionner/"))
    other = a_professional_space(ada, "Mill")
    assert on(zoe).get(the_pair(bakery, other)).status_code == 404


# --- Choosing


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"keep": "mine", "identifier": "PM-ABCDEF"}, "Choose one of your eSpaces."),
        ({"mine": "bakery", "keep": "mine"}, "Choose the other eSpace or type its identifier."),
        ({"mine": "bakery", "identifier": "PM-ABCDEF"}, "Choose which eSpace stays."),
        (
            {"mine": "bakery", "identifier": "PP-ABCDEF", "keep": "mine"},
            "The identifier of a business eSpace looks like this",
        ),
        (
            {"mine": "bakery", "identifier": "bakery", "keep": "mine"},
            "Choose two different eSpaces.",
        ),
        (
            {"mine": "bakery", "other": "mill", "identifier": "PM-ABCDEF", "keep": "mine"},
            "not both",
        ),
        ({"mine": "PM-ABCDEF", "other": "mill", "keep": "mine"}, "Choose one of the answers"),
    ],
)
def test_a_choice_that_is_none_is_told_in_words(ada, bakery, typed, said):
    mill = a_professional_space(ada, "Mill")
    known = {"bakery": bakery.identifier, "mill": mill.identifier}
    typed = {name: known.get(value, value) for name, value in typed.items()}
    answer = on(ada).post("/en/espaces/fusionner/", typed)
    assert answer.status_code == 200
    assert said in words(answer)


def test_the_choice_leads_to_the_preview_the_right_way_round(ada, bakery):
    client = on(ada)
    chosen = {"mine": bakery.identifier, "identifier": "pm-abc def"}
    answer = client.post("/en/espaces/fusionner/", {**chosen, "keep": "mine"})
    assert answer.headers["Location"].endswith(f"/PM-ABCDEF/{bakery.identifier}/")
    answer = client.post("/en/espaces/fusionner/", {**chosen, "keep": "other"})
    assert answer.headers["Location"].endswith(f"/{bakery.identifier}/PM-ABCDEF/")


def test_asking_often_has_to_wait(ada, bakery):
    client = on(ada)
    for number in range(LIMITS["merger"].times):
        other = Space(identifier=f"PM-ABCDE{chr(65 + number)}")
        client.post(page_of(ask(client, bakery, other)) + "annuler/")
    path = f"/en/espaces/fusionner/{bakery.identifier}/PM-ABCDEZ/"
    found = re.search(r"vu=(\w+)", words(client.get(path)))
    assert found
    answer = client.post(path + "demander/", {"seen": found[1], "agreed": "on"})
    assert "Too many tries" in words(answer)


# --- No


def test_without_the_tick_nothing_is_asked(ada, bakery, roofs):
    client = on(ada)
    answer = client.post(the_pair(bakery, roofs) + "demander/", {"seen": "x"})
    assert answer.status_code == 200
    assert not Merger.objects.exists()


def test_a_preview_that_has_changed_is_read_again_first(ada, tom, bakery, roofs):
    client = on(ada)
    preview = re.search(r"vu=(\w+)", words(client.get(the_pair(bakery, roofs))))
    assert preview
    a_member(a_person("Zoé Braun"), bakery)
    answer = client.post(
        the_pair(bakery, roofs) + "demander/", {"seen": preview[1], "agreed": "on"}
    )
    assert "Something has changed since you opened the preview" in words(answer)
    merger = ask(client, bakery, roofs)
    page = words(on(tom).get(page_of(merger) + "accepter/"))
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen
    a_member(a_person("Luc Reuter"), roofs)
    answer = on(tom).post(page_of(merger) + "accepter/", {"seen": seen[1], "agreed": "on"})
    assert "Something has changed since you opened the preview" in words(answer)
    assert Merger.objects.get().consented_at is None


def test_after_fourteen_days_without_consent_the_request_is_over(ada, tom, bakery, roofs):
    merger = ask(on(ada), bakery, roofs)
    with travel(days=14, seconds=5):
        page = words(on(tom).get(page_of(merger)))
        assert "Nobody consented in time" in page
        assert on(tom).get(page_of(merger) + "accepter/").status_code == 302
        tom_in_it = Membership.objects.get(person=tom)
        with pytest.raises(Refused) as refusal:
            actions.consent(tom_in_it, merger=merger, seen="")
        assert refusal.value.code == "merger-over"
        again = ask(on(ada), bakery, roofs)
        assert again != merger


@pytest.mark.parametrize("who", ["ada", "tom"])
def test_either_side_cancels_until_the_last_moment(ada, tom, bakery, roofs, who):
    zoe = a_person("Zoé Braun", language="en")
    a_member(zoe, bakery, Role.MANAGER)
    merger = agreed(bakery, roofs, ada, tom)
    assert on(zoe).post(page_of(merger) + "annuler/").status_code == 403
    with travel(hours=73):
        person = {"ada": ada, "tom": tom}[who]
        client = on(person)
        assert client.post(page_of(merger) + "annuler/").status_code == 302
        assert client.post(page_of(merger) + "annuler/").status_code == 302
        assert not actions.carry_out(merger.pk)
        actions.tell_cancelled(merger.pk)
        assert "Cancelled" in words(client.get(page_of(merger)))
    everybody = sorted([ada.email, tom.email, zoe.email])
    assert told("The merger of your business eSpace is cancelled") == everybody
    assert Space.objects.filter(pk__in=[bakery.pk, roofs.pk]).count() == 2


@pytest.mark.parametrize("hindrance", ["binned", "merging", "appointment"])
def test_what_hinders_is_listed_and_nothing_can_be_asked(ada, tom, bakery, hindrance):
    mill = a_professional_space(ada, "Mill")
    if hindrance == "binned":
        Space.objects.filter(pk=mill.pk).update(binned_at=clock.now(), binned_by=ada)
    if hindrance == "merging":
        ask(on(ada), mill, a_professional_space(ada, "Farm"))
    if hindrance == "appointment":
        an_appointment(mill, tom)
    page = words(on(ada).get(the_pair(bakery, mill)))
    assert "The merger is not possible now" in page
    assert "demander/?vu=" not in page
    mill.refresh_from_db()
    preview = previews.foresee(bakery, mill)
    assert preview.hindrances == [("kept", f"spaces.{hindrance}")]
    member = Membership.objects.get(space=bakery, person=ada)
    other = Membership.objects.get(space=mill, person=ada)
    with pytest.raises(Refused) as refusal:
        actions.ask(
            member, other=other, identifier=mill.identifier, keeps=False, seen=preview.digest
        )
    assert refusal.value.code == ("in-the-bin" if hindrance == "binned" else "hindered")


def an_appointment(space: Space, person: Person) -> None:
    from guichet.persons.models import Account, Agent, Authority
    from guichet.spaces.models import Appointment

    authority = Authority.objects.create(code="desk", names={"fr": "Guichet"})
    agent = Agent.objects.create(
        account=Account.objects.create(kind=Account.Kind.AGENT),
        authority=authority,
        given_names="Anne",
        family_name="Agent",
        email="anne@example.lu",
        language="fr",
    )
    Appointment.objects.create(space=space, person=person, reason="x", proposed_by=agent)


# --- When the facts have changed meanwhile


def test_a_new_member_is_not_merged_unseen(ada, tom, bakery, roofs):
    zoe = a_person("Zoé Braun", language="en")
    merger = agreed(bakery, roofs, ada, tom)
    a_member(zoe, roofs, Role.READER)
    merger = carried_out(merger)
    assert merger.done_at is None
    assert merger.consented_at is None
    assert zoe.pk.hex in str(merger.preview)
    with travel(hours=73):
        actions.tell_changed(merger.pk)
        everybody = sorted([ada.email, tom.email, zoe.email])
        assert told("The merger of your business eSpace needs consent again") == everybody
        assert "Your answer is needed" in words(on(tom).get(page_of(merger)))
        assert "Waiting for consent" in words(on(ada).get(page_of(merger)))
        assert consent(on(tom), merger).status_code == 302
    with travel(hours=73 + 73):
        assert actions.carry_out(merger.pk)


def test_a_higher_role_given_meanwhile_asks_again_and_a_lower_one_does_not(ada, tom, bakery, roofs):
    zoe = a_person("Zoé Braun")
    member = a_member(zoe, bakery, Role.MANAGER)
    merger = agreed(bakery, roofs, ada, tom)
    Membership.objects.filter(pk=member.pk).update(role=Role.ADMINISTRATOR)
    assert carried_out(merger).done_at is None
    Membership.objects.filter(pk=member.pk).update(role=Role.MANAGER)
    with travel(hours=73):
        consent(on(tom), merger)
        Membership.objects.filter(pk=member.pk).update(role=Role.READER)
    with travel(hours=146):
        assert actions.carry_out(merger.pk)
    assert Membership.objects.get(person=zoe).role == Role.READER


def test_a_space_in_the_bin_is_not_merged(ada, tom, bakery, roofs):
    merger = agreed(bakery, roofs, ada, tom)
    Space.objects.filter(pk=roofs.pk).update(binned_at=clock.now(), binned_by=tom)
    merger = carried_out(merger)
    assert merger.done_at is None
    assert merger.preview["hindrances"] == [["kept", "spaces.binned"]]


# --- Chains, leftovers, twice


def test_identifiers_and_reports_of_earlier_mergers_lead_on(ada, tom, bakery, roofs):
    first = carried_out(agreed(bakery, roofs, ada, tom))
    actions.print_report(first.pk)
    farm = a_professional_space(tom, "Farm")
    second = carried_out(agreed(roofs, farm, tom, tom))
    assert second.done_at
    rows = GivenIdentifier.objects.filter(pk__in=[bakery.identifier, roofs.identifier])
    assert {row.leads_to for row in rows} == {farm}
    answer = on(ada).get(f"/en/espaces/{bakery.identifier}/")
    assert answer.headers["Location"] == f"/en/espaces/{farm.identifier}/"
    assert on(ada).get(page_of(first) + "rapport/").status_code == 200


def an_invitation(space: Space, person: Person, email: str, role: str = Role.READER) -> Invitation:
    return Invitation.objects.create(
        space=space,
        email=email,
        given_names="Zoé",
        family_name="Braun",
        role=role,
        language="fr",
        invited_by=person,
    )


def test_two_invitations_of_one_address_become_one(ada, tom, bakery, roofs):
    for space, person in ((bakery, ada), (roofs, tom)):
        an_invitation(space, person, "zoe@example.lu")
    merger = agreed(bakery, roofs, ada, tom)
    assert merger.preview["moves"]["spaces.invitations-withdrawn"] == 1
    assert merger.preview["invited"] == {"reader": 1}
    carried_out(merger)
    assert Invitation.objects.filter(space=roofs).count() == 2
    assert Invitation.objects.unanswered().get().invited_by == tom


def test_who_was_invited_meanwhile_does_not_slip_in(ada, tom, bakery, roofs):
    an_invitation(bakery, ada, "zoe@example.lu")
    merger = ask(on(ada), bakery, roofs)
    page = words(on(tom).get(page_of(merger) + "accepter/"))
    assert "Invited, not here yet" in page
    consent(on(tom), merger)
    an_invitation(bakery, ada, "luc@example.lu", Role.ADMINISTRATOR)
    merger = carried_out(merger)
    assert merger.done_at is None
    assert merger.preview["invited"] == {"administrator": 1, "reader": 1}


def test_asked_and_consented_twice_is_once(ada, tom, bakery, roofs):
    member = Membership.objects.select_related("space").get(person=ada)
    seen = previews.foresee(bakery, None).digest
    ways: dict[str, Any] = {"other": None, "identifier": roofs.identifier, "keeps": False}
    first = actions.ask(member, **ways, seen=seen)
    assert actions.ask(member, **ways, seen=seen) == first
    tom_in_it = Membership.objects.get(person=tom)
    whole = previews.foresee(bakery, roofs, but=first.pk).digest
    once = actions.consent(tom_in_it, merger=first, seen=whole)
    assert actions.consent(tom_in_it, merger=first, seen=whole).consented_at == once.consented_at
    assert Entry.objects.filter(event="space.merger-consented").count() == 2  # one a space


def test_told_twice_is_told_once(ada, tom, bakery, roofs):
    merger = agreed(bakery, roofs, ada, tom)
    for _again in range(2):
        actions.tell_planned(merger.pk)
    assert len(told("Your business eSpace will be merged")) == 2
    a_member(tom, bakery)
    actions.tell_planned(merger.pk)
    assert len(told("Your business eSpace will be merged")) == 2


def test_no_name_and_no_address_in_preview_or_audit(ada, tom, bakery, roofs):
    merger = carried_out(agreed(bakery, roofs, ada, tom))
    entries = Entry.objects.filter(event__startswith="space.merge")
    kept = str(merger.preview) + str([(entry.data, entry.about) for entry in entries])
    for personal in (ada.family_name, tom.family_name, ada.email, "Bakery", bakery.identifier):
        assert personal not in kept
    assert entries.filter(space=bakery.pk).exists()


def test_the_schedule_asks_every_few_minutes():
    from guichet.config.schedule import SCHEDULE

    assert (tasks.carry_out_due_mergers, timedelta(minutes=5)) in SCHEDULE


# --- At the same instant


def a_due_merger() -> tuple[Merger, Membership]:
    ada, tom = a_person("Ada Muller"), a_person("Tom Weber")
    bakery, roofs = a_professional_space(ada, "Bakery"), a_professional_space(tom, "Roofs")
    merger = agreed(bakery, roofs, ada, tom)
    past = clock.now() - timedelta(hours=73)
    Merger.objects.filter(pk=merger.pk).update(consented_at=past)
    return Merger.objects.get(pk=merger.pk), Membership.objects.select_related("space").get(
        person=ada
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(4))
def test_two_workers_at_once_carry_it_out_once(_round):
    merger, _member = a_due_merger()
    acts = [lambda: actions.carry_out(merger.pk)] * 3
    assert sorted(together(*acts)) == [False, False, True]
    assert Entry.objects.filter(event="space.merged").count() == 2
    assert Space.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(4))
def test_cancelled_and_carried_out_at_once_is_one_of_them(_round):
    merger, ada = a_due_merger()
    results = together(
        lambda: actions.carry_out(merger.pk),
        lambda: actions.cancel(ada, merger=merger).cancelled_at is not None,
    )
    merger.refresh_from_db()
    assert (merger.done_at is None) != (merger.cancelled_at is None)
    assert Space.objects.count() == (1 if merger.done_at else 2)
    assert len(results) == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(4))
def test_two_who_ask_for_one_space_at_once_leave_one_request(_round):
    ada, tom = a_person("Ada Muller"), a_person("Tom Weber")
    bakery = a_professional_space(ada, "Bakery")
    a_member(tom, bakery, Role.ADMINISTRATOR)
    seen = previews.foresee(bakery, None).digest
    members = Membership.objects.filter(space=bakery).select_related("space", "person")

    def asks(member: Membership, other: str) -> Merger:
        return actions.ask(member, other=None, identifier=other, keeps=False, seen=seen)

    others = zip(members, ["PM-ABCDEF", "PM-ABCDEG"], strict=True)
    results = together(*[lambda m=m, o=o: asks(m, o) for m, o in others])
    assert results.count("preview-changed") == 1  # the first request hinders the second
    assert Merger.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_consents_at_once_are_one():
    ada, tom, zoe = a_person("Ada Muller"), a_person("Tom Weber"), a_person("Zoé Braun")
    bakery, roofs = a_professional_space(ada), a_professional_space(tom)
    a_member(zoe, roofs, Role.ADMINISTRATOR)
    merger = ask(on(ada), bakery, roofs)
    seen = previews.foresee(bakery, roofs, but=merger.pk).digest
    members = Membership.objects.filter(space=roofs).select_related("space", "person")
    acts = [lambda m=m: actions.consent(m, merger=merger, seen=seen).consented_by for m in members]
    first, second = together(*acts)
    assert first == second


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_it_is_as_before_and_done_the_next_time(monkeypatch):
    merger, _member = a_due_merger()
    before = sorted(Membership.objects.values_list("pk", "space", "role"))
    with monkeypatch.context() as patch:
        patch.setattr("guichet.desk.actions.merging.Merger.sealed_outcome", None)
        with pytest.raises(TypeError):
            actions.carry_out(merger.pk)
    assert sorted(Membership.objects.values_list("pk", "space", "role")) == before
    assert actions.carry_out(merger.pk)
    assert not actions.carry_out(merger.pk)


def test_the_report_is_a_tagged_pdf_in_the_languages_of_who_agreed(ada, bakery):
    karl = a_person("Karl Steinmetz", language="de")
    theirs = a_professional_space(karl, "Holz")
    merger = carried_out(agreed(bakery, theirs, ada, karl))
    actions.print_report(merger.pk)
    merger.refresh_from_db()
    assert merger.report is not None
    with pikepdf.open(io.BytesIO(files.read(merger.report))) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "en"
        assert len(pdf.pages) == 2
        with pdf.open_metadata() as meta:
            assert meta["pdfuaid:part"] == "1"
