"""What registers say of a company or a person: read again, never typed over, contested."""

import re

import pytest
from django.test import Client

from guichet.audit.models import Entry
from guichet.persons.models import Agent, Person
from guichet.post.models import Dispatch
from guichet.refusals import NotAllowed, Refused
from guichet.registers.invented import closed
from guichet.registers.models import Consultation
from guichet.spaces import actions
from guichet.spaces.models import Company, Contest, Membership, Role, Space
from guichet.spaces.tests.given import (
    a_draft,
    a_member,
    a_private_space,
    a_professional_space,
    words,
)
from tests.cast import a_credential, a_person, an_agent, signed_on
from tests.racing import together

# Of the invented register: Boulangerie Muller Sàrl, and Charlotte Reuter, baker.
BAKERY, SELF_EMPLOYED = "B195681", "A11411"


@pytest.fixture
def ada(client, db):
    ada = a_person("Ada Muller", email="ada@example.lu")
    signed_on(client, ada)
    return ada


@pytest.fixture
def bakery(ada):
    """Found in the register when the space was opened."""
    draft = actions.choose_company(ada, draft=a_draft(ada, "Four"), revision=2, reference=BAKERY)
    space = actions.open_professional(
        ada,
        credential=a_credential(ada),
        draft=draft,
        revision=3,
        notification_email="ada@example.lu",
    )
    return in_space(ada, space)


@pytest.fixture
def typed(ada):
    """Typed by hand; its own people gave a phone number and a permit."""
    space = a_professional_space(ada, "Four", rcs=BAKERY, phone="26123456", permit="10012345/0")
    return in_space(ada, space)


@pytest.fixture
def private(ada):
    return in_space(ada, a_private_space(ada))


def in_space(person: Person, space: Space) -> Membership:
    return Membership.objects.select_related("space", "person").get(person=person, space=space)


def data(member: Membership, rest: str = "") -> str:
    return f"/fr/espaces/{member.space.identifier}/donnees/{rest}"


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return found[1]


def the_register_has_moved_on(member: Membership) -> None:
    """The space shows what the register said long ago."""
    Company.objects.filter(space=member.space).update(
        name="Boulangerie d’avant", locality="Vianden", phone="+35226123456"
    )


# --- Reading again


def test_reading_what_has_not_changed_says_so_and_notes_the_day(client, bakery):
    before = Company.objects.get().checked_at
    answer = client.post(data(bakery, "registre/"), {"seen": ""}, follow=True)
    assert "sont maintenant celles du registre" in words(answer)
    assert Company.objects.get().checked_at > before
    assert Consultation.objects.filter(purpose="company-reading").count() == 1
    assert Entry.objects.get(event="space.company-read").data == {"changes": 0, "settled": 0}


def test_what_is_new_is_shown_before_it_is_taken_over(client, bakery):
    the_register_has_moved_on(bakery)
    page = words(client.post(data(bakery, "registre/"), {"seen": ""}))
    assert "Boulangerie d’avant" in page
    assert "Boulangerie Muller Sàrl" in page
    assert Company.objects.get().name == "Boulangerie d’avant"
    version = Space.objects.get().version
    client.post(data(bakery, "registre/"), {"seen": hidden(page, "seen")})
    row = Company.objects.get()
    assert (row.name, row.phone) == ("Boulangerie Muller Sàrl", "+35226123456")
    assert Space.objects.get().version == version + 1


def test_somebody_who_looked_at_another_answer_is_asked_again(client, bakery):
    the_register_has_moved_on(bakery)
    page = words(client.post(data(bakery, "registre/"), {"seen": "0" * 64}))
    assert "Reprendre ces informations" in page
    assert Company.objects.get().name == "Boulangerie d’avant"


def test_a_company_typed_by_hand_is_linked_later_and_keeps_its_own_data(client, typed):
    page = words(client.get(data(typed)))
    assert "n’est pas reliée au registre" in page
    assert f'value="{BAKERY}"' in words(client.get(data(typed, "registre/")))
    sent = {"reference": BAKERY.lower(), "seen": ""}
    page = words(client.post(data(typed, "registre/"), sent))
    assert "Ce qui changerait" in page
    client.post(data(typed, "registre/"), {**sent, "seen": hidden(page, "seen")})
    row = Company.objects.get()
    assert (row.source, row.name) == ("register", "Boulangerie Muller Sàrl")
    assert (row.phone, row.permit) == ("+35226123456", "10012345/0")
    assert "Registre des entreprises, consulté le" in words(client.get(data(typed)))


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("B999999", "Le registre ne connaît pas ce numéro. Rien n’est changé."),
        ("Muller", "Indiquez un numéro RCS"),
        ("", "Indiquez l’un des numéros"),
    ],
)
def test_a_number_that_finds_nothing_changes_nothing(client, typed, number, sentence):
    page = words(client.post(data(typed, "registre/"), {"reference": number}))
    assert sentence in page
    assert Company.objects.get().source == "typed"


def test_a_register_that_is_away_stops_no_page(client, bakery):
    with closed("business"):
        assert "Boulangerie Muller Sàrl" in words(client.get(data(bakery)))
        answer = client.post(data(bakery, "registre/"), {"seen": ""})
    assert answer.status_code == 200
    assert "Le registre ne répond pas" in words(answer)
    assert "votre espace affiche toujours les anciennes informations" in words(answer)
    page = words(client.get(data(bakery)))
    assert "ce qu’il indiquait le jour noté" in page
    assert "Boulangerie Muller Sàrl" in page
    client.post(data(bakery, "registre/"), {"seen": ""})  # it answers again
    assert "Le registre ne répond pas" not in words(client.get(data(bakery)))


def test_reading_too_often_has_to_wait(client, bakery):
    for _time in range(20):
        client.post(data(bakery, "registre/"), {"seen": ""})
    page = words(client.post(data(bakery, "registre/"), {"seen": ""}))
    assert "Réessayez à partir de" in page
    assert Consultation.objects.filter(purpose="company-reading").count() == 20


def test_a_persons_number_stays_where_the_register_does_not_give_it_out(client, ada):
    space = a_professional_space(
        ada, "Artisane", legal_form="self-employed", rcs="", national_number=ada.national_number
    )
    member = in_space(ada, space)
    sent = {"reference": SELF_EMPLOYED, "seen": ""}
    page = words(client.post(data(member, "registre/"), sent))
    client.post(data(member, "registre/"), {**sent, "seen": hidden(page, "seen")})
    row = Company.objects.get()
    assert row.source == "register"
    assert row.national_number == ada.national_number
    page = words(client.get(data(member)))
    assert "/contester/rcs/" in page
    assert "/contester/national_number/" not in page


def test_who_may_not_change_the_company_is_told_who_may(bakery):
    reader = a_member(a_person("Marc Klein"), bakery.space, Role.READER)
    client = Client()
    signed_on(client, reader.person)
    page = words(client.get(data(bakery)))
    assert "/registre/" not in page
    assert "/contester/" not in page
    for rest in ("registre/", "contester/name/"):
        answer = client.get(data(bakery, rest))
        assert answer.status_code == 403
        assert "Ada Muller" in words(answer)
    with pytest.raises(NotAllowed):
        actions.read_company(reader)


def test_strangers_and_private_spaces_have_no_such_page(client, bakery, private):
    assert client.get(data(private, "registre/")).status_code == 404
    stranger = Client()
    signed_on(stranger, a_person("Marc Klein"))
    for rest in ("", "registre/", "contester/name/", "contester/name/retirer/"):
        assert stranger.get(data(bakery, rest)).status_code == 404


def test_a_form_drawn_before_the_company_was_linked_changes_no_register_value(bakery):
    actions.describe_company(bakery, name="Tout autre", phone="26123456", permit="", email="")
    row = Company.objects.get()
    assert (row.name, row.phone) == ("Boulangerie Muller Sàrl", "+35226123456")


# --- Contesting


def contest(client: Client, member: Membership, field: str = "name") -> str:
    sent = {"right_value": "Boulangerie Ada", "words": "Changé le 3 mai, acte notarié."}
    return words(client.post(data(member, f"contester/{field}/"), sent, follow=True))


def test_a_contested_value_is_marked_for_everybody_and_the_contact_is_told(
    client, bakery, settings
):
    settings.REGISTER_CONTACT = "registre@example.lu"
    assert "Boulangerie Muller Sàrl" in words(client.get(data(bakery, "contester/name/")))
    assert "Contesté le" in contest(client, bakery)
    reader = a_member(a_person("Marc Klein"), bakery.space, Role.READER)
    other = Client()
    signed_on(other, reader.person)
    page = words(other.get(data(bakery)))
    assert "Contesté le" in page
    assert "Boulangerie Muller Sàrl" in page
    [mail] = Dispatch.objects.filter(template="spaces/mail/contested")
    assert mail.to == "registre@example.lu"
    assert bakery.space.identifier in mail.text
    for said in ("Boulangerie", "notarié", "Ada"):
        assert said not in mail.text
    row = Contest.objects.values().get()
    assert b"Boulangerie Ada" not in bytes(row["right_value_sealed"])
    assert Entry.objects.get(event="space.value-contested").data == {"field": "name"}
    assert Company.objects.get().name == "Boulangerie Muller Sàrl"


def test_what_was_said_is_read_again_and_withdrawn(client, bakery):
    contest(client, bakery)
    page = words(client.get(data(bakery, "contester/name/")))
    assert "acte notarié" in page
    assert "n’est plus contestée" in words(
        client.post(data(bakery, "contester/name/retirer/"), follow=True)
    )
    assert "Contesté le" not in words(client.get(data(bakery)))
    assert client.post(data(bakery, "contester/name/retirer/")).status_code == 404
    assert "Contesté le" in contest(client, bakery)


def test_looking_at_the_address_that_withdraws_withdraws_nothing(client, bakery):
    contest(client, bakery)
    assert client.get(data(bakery, "contester/name/retirer/")).status_code == 302
    assert Contest.objects.open().exists()


def test_a_contest_is_over_once_the_register_says_otherwise(client, bakery):
    contest(client, bakery)
    the_register_has_moved_on(bakery)
    page = words(client.post(data(bakery, "registre/"), {"seen": ""}))
    client.post(data(bakery, "registre/"), {"seen": hidden(page, "seen")})
    assert not Contest.objects.open().exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_contest_the_same_value_at_once_make_one_contest(bakery):
    def act() -> str:
        return actions.contest(bakery, field="vat", right_value="LU1", words="x").field

    assert sorted(together(act, act)) == ["already-contested", "vat"]
    assert Contest.objects.count() == 1
    assert Dispatch.objects.filter(template="spaces/mail/contested").count() == 1


def test_typed_values_are_changed_not_contested(client, typed):
    assert "/contester/" not in words(client.get(data(typed)))
    with pytest.raises(Refused) as refusal:
        actions.contest(typed, field="name", right_value="x", words="y")
    assert refusal.value.code == "not-of-register"


def test_unknown_fields_are_not_there_and_empty_words_are_asked_for(client, bakery):
    assert client.get(data(bakery, "contester/phone/")).status_code == 404
    page = words(client.post(data(bakery, "contester/name/"), {"right_value": ""}))
    assert "Écrivez pourquoi" in page
    assert not Contest.objects.exists()


def test_a_person_contests_what_the_population_register_says_and_nothing_else_is_kept(
    client, private
):
    page = words(client.get(data(private)))
    assert f'href="{data(private, "contester/birth_date/")}"' in page
    assert "consulté à l’instant" in page
    assert "Contesté le" in contest(client, private, "birth_date")
    [mail] = Dispatch.objects.filter(template="spaces/mail/contested")
    assert "Muller" not in mail.text
    with closed("population"):
        assert client.get(data(private)).status_code == 200
        assert client.get(data(private, "contester/birth_date/")).status_code == 200


# --- The help desk


def test_the_help_desk_reads_the_words_and_that_is_recorded(client, bakery):
    contest(client, bakery)
    row = Contest.objects.get()
    desk = Client()
    signed_on(desk, an_agent())
    page = words(desk.get(f"/fr/agents/contestations/{row.pk}/"))
    assert "acte notarié" in page
    assert bakery.space.identifier in page
    assert "Boulangerie Muller Sàrl" in page
    assert BAKERY in page
    assert Entry.objects.get(event="space.contest-read").whom == bakery.person_id
    client.post(data(bakery, "contester/name/retirer/"))
    assert "N’est plus contesté depuis" in words(desk.get(f"/fr/agents/contestations/{row.pk}/"))


def test_the_help_desk_finds_what_is_contested(client, bakery, private):
    desk = Client()
    signed_on(desk, an_agent())
    assert "Personne ne conteste de valeur" in words(desk.get("/fr/agents/contestations/"))
    contest(client, bakery)
    contest(client, private, "birth_date")
    assert "Valeurs contestées" in words(desk.get("/fr/agents/"))
    page = words(desk.get("/fr/agents/contestations/"))
    assert page.index(bakery.space.identifier) < page.index(private.space.identifier)
    assert "Date de naissance" in page
    assert "notarié" not in page


def test_agents_with_another_duty_and_persons_do_not_read_them(client, bakery):
    contest(client, bakery)
    row = Contest.objects.get()
    other = Client()
    signed_on(other, an_agent(duties=[Agent.Duty.ACCESS_CODES]))
    assert other.get(f"/fr/agents/contestations/{row.pk}/").status_code == 403
    assert other.get("/fr/agents/contestations/").status_code == 403
    assert client.get(f"/fr/agents/contestations/{row.pk}/").status_code == 404
    assert not Entry.objects.filter(event="space.contest-read").exists()


# --- What it costs


def test_the_page_costs_the_same_with_every_value_contested(
    client, bakery, django_assert_max_num_queries
):
    for field in ("name", "legal_form", "rcs", "vat", "nace", "address"):
        actions.contest(bakery, field=field, right_value="x", words="y")
    client.get(data(bakery))
    with django_assert_max_num_queries(6):
        client.get(data(bakery))
