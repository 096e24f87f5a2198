"""Becoming known, from the form to the last page, as Léa does it."""

import pytest
from django.urls import reverse

from guichet.audit.models import Entry
from guichet.persons.models import Person
from guichet.post.models import Dispatch
from guichet.registration.models import Acceptance, Access, Request
from guichet.registration.tests import walk
from guichet.signon.models import Session
from tests.cast import LEA_EMAIL, LEA_NUMBER, a_credential, a_person, signed_on

pytestmark = pytest.mark.django_db


def test_lea_registers_in_the_order_of_the_guide(client):
    credential = walk.lea(client)
    page = walk.text_of(client.get("/fr/enregistrement/"))
    assert "Vous avez fourni un certificat électronique valide, mais vous n’avez pas accès" in page
    assert "* : champs obligatoires." in page

    assert walk.ask(client).url == walk.MAIL_SENT
    assert LEA_EMAIL in walk.text_of(client.get(walk.MAIL_SENT))

    client.get(walk.link())
    assert walk.the_request().mail_confirmed_at is None
    assert client.post(walk.link()).url == walk.CONFIRMED
    assert "You must authenticate once more." in walk.text_of(client.get(walk.CONFIRMED))

    signed_on(client, credential)
    assert walk.agree(client).url == walk.DONE
    page = walk.text_of(client.get("/fr/enregistrement/termine/"))
    assert "Vous êtes maintenant enregistré auprès de MyGuichet.lu" in page

    lea = Person.objects.get()
    assert (lea.name, lea.email, lea.language) == ("Léa Guichet", LEA_EMAIL, "en")
    assert lea.national_number == LEA_NUMBER
    assert not lea.account.has_usable_password()
    credential.refresh_from_db()
    assert credential.person == lea
    assert Access.objects.get().person == lea
    assert Acceptance.objects.get().version.document == "access"


def test_each_step_leaves_one_entry_in_the_house_register(client):
    walk.up_to_conditions(client)
    walk.agree(client)
    events = list(
        Entry.objects.filter(event__regex="^(registration|terms)").order_by("id")
        .values_list("event", flat=True)
    )  # fmt: skip
    assert events == [
        "registration.submitted",
        "registration.mail-sent",
        "registration.link-opened",
        "registration.mail-confirmed",
        "registration.signed-in-again",
        "terms.accepted",
        "registration.completed",
    ]


def test_nothing_personal_is_in_the_house_register(client):
    walk.up_to_conditions(client)
    code = walk.code()
    walk.agree(client)
    written = str(list(Entry.objects.values()))
    for personal in (LEA_NUMBER, LEA_EMAIL, "Guichet", "GUICHET", "allée", code):
        assert personal not in written


def test_the_page_shows_the_names_of_the_certificate_and_takes_no_others(client):
    walk.lea(client)
    page = client.get(walk.START).content.decode()
    assert 'value="LEA"' in page
    assert "readonly" in page
    walk.ask(client, given_names="EVE", family_name="STRANGER")
    assert walk.the_request().known.given_names == "Léa"


def test_names_typed_into_the_form_are_not_even_shown(client):
    walk.lea(client)
    page = walk.ask(client, number="", given_names="EVE").content.decode()
    assert "EVE" not in page
    assert 'value="LEA"' in page


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("", "Enter the national identification number, 13 digits."),
        ("198308197492", "The identification number has 13 digits. You entered 12."),
        ("1983081974926", "One digit of the identification number is wrong."),
        ("1983131974925", "Check the first 8 digits."),
        ("198308197492A", "Use digits only for the identification number."),
    ],
)
def test_a_number_that_cannot_be_one_is_refused_beside_its_field(client, number, sentence):
    walk.lea(client)
    page = walk.ask(client, number=number)
    assert sentence in walk.text_of(page)
    assert 'href="#id_national_number"' in page.content.decode()
    assert not Request.objects.exists()


def test_all_that_is_wrong_is_said_at_once(client):
    walk.lea(client)
    page = walk.ask(client, email="lea", number="1983").content.decode()
    assert 'href="#id_email"' in page
    assert 'href="#id_national_number"' in page


def test_a_number_is_taken_however_it_is_grouped(client):
    walk.lea(client)
    assert walk.ask(client, number=" 1983.0819-749 25 ").status_code == 302


@pytest.mark.parametrize("email", ["", "lea", "lea@", "lea@guichet", "a@b.lu, c@d.lu"])
def test_an_address_that_is_not_one_is_refused(client, email):
    walk.lea(client)
    page = walk.ask(client, email=email)
    assert 'href="#id_email"' in page.content.decode()
    assert not Request.objects.exists()


def test_the_number_is_not_readable_in_the_database(client):
    walk.lea(client)
    walk.ask(client)
    row = Request.objects.values().get()
    for personal in (LEA_NUMBER, "Guichet", "allée"):
        assert personal.encode() not in bytes(row["national_number_sealed"])
        assert personal.encode() not in bytes(row["citizen_sealed"])


def test_what_the_register_said_is_forgotten_at_the_end(client):
    walk.up_to_conditions(client)
    walk.agree(client)
    request = walk.the_request()
    assert bytes(request.citizen_sealed) == bytes(request.national_number_sealed) == b""


def test_a_second_click_makes_no_second_request_and_no_second_mail(client):
    walk.lea(client)
    assert walk.ask(client).url == walk.MAIL_SENT
    assert walk.ask(client).url == walk.MAIL_SENT
    assert Request.objects.count() == 1
    assert len(walk.mails()) == 1


def test_finishing_twice_answers_the_same(client):
    walk.up_to_conditions(client)
    page = client.get(walk.CONDITIONS)
    assert walk.tick(client, page, walk.CONDITIONS).url == walk.DONE
    assert walk.tick(client, page, walk.CONDITIONS).url == walk.DONE
    assert Person.objects.count() == 1
    assert Dispatch.objects.filter(kind="letter").count() == 1


def test_the_terms_are_accepted_with_a_tick_and_not_without(client):
    walk.up_to_conditions(client)
    page = client.post(walk.CONDITIONS, {"digest": ""})
    assert "Tick the box to accept the terms, then register." in walk.text_of(page)
    page = client.post(walk.CONDITIONS, {"digest": "0" * 64, "accept": "on"})
    assert "The terms have changed in the meantime." in walk.text_of(page)
    assert not Person.objects.exists()
    assert walk.tick(client, page, walk.CONDITIONS).url == walk.DONE


def test_a_letter_goes_to_the_address_of_the_register(client):
    walk.up_to_conditions(client)
    walk.agree(client)
    letter = Dispatch.objects.get(kind="letter")
    assert letter.template == "registration/letter/registered"
    assert letter.addressee == ["Madame Léa Guichet", "11, allée du Guichet", "L-0000 Luxembourg"]
    assert letter.subject.startswith("Confirmation of your registration with an Internet")


def test_a_second_product_is_the_same_person_and_the_first_address_is_told(client):
    ada = a_person("Ada Muller", email="ada@example.lu", language="fr")
    first = a_credential(ada)
    second = a_credential(given_names="ADA", family_name="MULLER")
    signed_on(client, second)
    walk.ask(client, number=ada.national_number, email="eve@example.lu")
    walk.confirm(client)
    signed_on(client, second)
    walk.agree(client)

    second.refresh_from_db()
    assert second.person == first.person == ada
    assert Person.objects.get().email == "ada@example.lu"
    [mail] = walk.mails("registration/mail/product_added")
    assert mail.to == "ada@example.lu"
    assert mail.subject == "Un autre outil a été enregistré à votre nom"
    letter = Dispatch.objects.get(kind="letter")
    assert letter.template == "registration/letter/product_added"
    assert Access.objects.count() == 1


def test_somebody_else_who_asked_for_the_number_is_cancelled_and_told(client, client_b):
    other = a_credential()
    signed_on(client_b, other)
    walk.ask(client_b, email="other@example.lu")
    walk.up_to_conditions(client)
    walk.agree(client)
    [mail] = walk.mails("registration/mail/cancelled")
    assert mail.to == "other@example.lu"
    assert Request.objects.get(credential=other).cancelled_why == "competing"
    assert client_b.get(walk.MAIL_SENT).url == walk.START


def test_one_goes_where_one_wanted_to_go(client):
    credential = walk.lea(client)
    wanted = reverse("desk:spaces")
    sent_on = client.get(wanted)
    assert sent_on.url.startswith("/fr/enregistrement/?next=")
    walk.ask(client, path=sent_on.url)
    walk.confirm(client)
    signed_on(client, credential)
    walk.agree(client)
    assert f'href="{wanted}"' in client.get(walk.DONE).content.decode()
    gate = client.get(wanted)
    assert gate.url.startswith("/fr/conditions/?next=")
    page = client.get(gate.url)
    assert walk.tick(client, page, gate.url).url == wanted
    assert client.get(wanted).status_code == 200


def test_a_return_address_never_leaves_the_site(client):
    walk.lea(client)
    walk.ask(client, path=walk.START + "?next=https://evil.example/")
    assert walk.the_request().return_to == ""


def test_giving_up_begins_again(client):
    walk.lea(client)
    walk.ask(client)
    old = walk.code()
    assert client.post("/en/enregistrement/abandonner/").url == "/en/enregistrement/"
    assert "Registration" in walk.text_of(client.get(walk.START))
    assert walk.ask(client, email="lea@example.lu").url == walk.MAIL_SENT
    assert client.get(walk.link(old)).status_code == 410
    assert Request.objects.count() == 2


def test_whoever_is_registered_is_led_past_the_registration(client):
    signed_on(client, a_person("Ada Muller"))
    for path in (walk.START, walk.MAIL_SENT, walk.TYPE_CODE, walk.OTHER_PRODUCT, walk.CONDITIONS):
        assert client.get(path).url == walk.DONE
    assert client.get(walk.DONE).status_code == 200


@pytest.mark.parametrize(
    "path",
    [walk.MAIL_SENT, walk.TYPE_CODE, walk.OTHER_PRODUCT, walk.CONDITIONS, walk.DONE, walk.TERMS],
)
def test_no_step_can_be_taken_before_its_turn(client, path):
    walk.lea(client)
    assert client.get(path).url == walk.START
    client.post(path, {"accept": "on"})
    assert not Request.objects.exists()
    assert not Person.objects.exists()


def test_switching_the_language_keeps_what_was_typed(client):
    walk.lea(client)
    page = client.post(
        "/de/enregistrement/",
        {"email": "lea@example.lu", "national_number": "1983", "_language": "de"},
    ).content.decode()
    assert 'value="lea@example.lu"' in page
    assert "Registrierung" in page
    assert not Request.objects.exists()


def test_a_session_is_needed(client):
    for path in (walk.START, walk.MAIL_SENT, walk.CONDITIONS, walk.DONE, walk.TERMS):
        assert client.get(path).url.startswith("/en/connexion/?next=")
    assert Session.objects.count() == 0
