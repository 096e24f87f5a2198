"""The code of the mail: once, for 72 hours to the second, with a sentence for each way it fails."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from guichet.registration import actions, codes
from guichet.registration.models import Confirmation
from guichet.registration.tests import walk
from guichet.signon.models import Session
from tests.cast import a_credential, signed_on, travel

pytestmark = pytest.mark.django_db

# The second at which the guide's mail was sent: its limit is "samedi 28/03/2020 08:40:40".
GUIDE = datetime(2020, 3, 25, 7, 40, 40, 400_000, tzinfo=UTC)


def test_the_mail_is_the_guides(client):
    with time_machine.travel(GUIDE, tick=False):
        walk.lea(client)
        walk.ask(client, path="/fr/enregistrement/")
    mail = walk.mails()[-1]
    assert (
        mail.subject == "Votre demande d’enregistrement auprès d’une application Internet de l’État"
    )
    text = " ".join(mail.text.replace("\u00a0", " ").split())
    for sentence in (
        "Note : Merci de ne pas répondre à cet e-mail généré automatiquement.",
        "Afin de finaliser la procédure et de valider votre enregistrement",
        "le lien n’est valide que pendant 72 h. La date limite est samedi 28/03/2020 08:40:40.",
        "« Confirmation de votre enregistrement auprès d’une application Internet de l’État »",
        "Madame Léa Guichet 11, allée du Guichet L-0000 Luxembourg",
    ):
        assert sentence in text
        assert sentence.split(" 11,")[0] in " ".join(mail.html.replace("\u00a0", " ").split())
    assert f"http://127.0.0.1:8000/fr/enregistrement/confirmer/{walk.code()}/" in mail.text
    assert ">Confirmer mon enregistrement</a>" in mail.html
    assert mail.html.count("<a ") == 1


@pytest.mark.parametrize(
    ("language", "limit", "subject"),
    [
        ("de", "Samstag, 28.03.2020 08:40:40", "Ihre Registrierungsanfrage"),
        ("en", "Saturday 28/03/2020 08:40:40", "Your request to register"),
    ],
)
def test_the_mail_is_in_the_language_of_the_page(client, language, limit, subject):
    with time_machine.travel(GUIDE, tick=False):
        walk.lea(client)
        walk.ask(client, path=f"/{language}/enregistrement/")
    mail = walk.mails()[-1]
    assert limit in mail.text
    assert subject in mail.subject
    assert f"/{language}/enregistrement/confirmer/" in mail.text


def test_the_limit_holds_in_summer_time(client):
    with time_machine.travel(datetime(2020, 3, 27, 12, 0, 5, tzinfo=UTC), tick=False):
        walk.lea(client)
        walk.ask(client, path="/en/enregistrement/")
    assert "Monday 30/03/2020 14:00:05" in walk.mails()[-1].text


@pytest.mark.parametrize(
    ("after", "works"),
    [
        (timedelta(hours=71, minutes=59, seconds=59), True),
        (timedelta(hours=72), True),
        (timedelta(hours=72, milliseconds=599), True),  # still the printed second
        (timedelta(hours=72, milliseconds=600), False),
        (timedelta(hours=72, seconds=1), False),
    ],
)
def test_the_link_works_up_to_and_including_the_last_second(client, after, works):
    with time_machine.travel(GUIDE, tick=False):
        walk.lea(client)
        walk.ask(client)
    with time_machine.travel(GUIDE + after, tick=False):
        response = client.post(walk.link())
        assert response.status_code == (302 if works else 410)
        assert (walk.the_request().mail_confirmed_at is not None) is works


def test_opening_the_link_confirms_nothing(client, client_b):
    walk.lea(client)
    walk.ask(client)
    for _ in range(3):
        page = client_b.get(walk.link())
        assert "Confirm my registration" in walk.text_of(page)
    client_b.head(walk.link())
    confirmation = Confirmation.objects.get()
    assert confirmation.opened_at is not None
    assert confirmation.used_at is None


def test_no_code_is_in_the_database(client):
    walk.lea(client)
    walk.ask(client)
    code = walk.code()
    stored = str(list(Confirmation.objects.values()))
    assert code not in stored
    assert code.replace("-", "") not in stored


def test_an_expired_link_can_be_renewed_by_whoever_holds_it(client, client_b):
    walk.lea(client)
    walk.ask(client)
    old = walk.code()
    with travel(hours=73):
        page = client_b.get(walk.link(old))
        assert page.status_code == 410
        assert "It was valid for 72 hours. Ask for a new link." in walk.text_of(page)
        renewed = client_b.post(walk.link(old) + "renouveler/")
        assert "We have sent you a new link" in walk.text_of(renewed)
        assert walk.code() != old
        assert walk.confirm(client_b).url == walk.CONFIRMED


def test_a_used_link_says_so(client):
    walk.lea(client)
    walk.ask(client)
    walk.confirm(client)
    page = client.post(walk.link())
    assert page.status_code == 410
    assert "This link was used already. Log in to continue." in walk.text_of(page)
    assert f'href="/en/connexion/?next={walk.CONDITIONS}"' in page.content.decode()


def test_a_replaced_link_says_so(client):
    walk.lea(client)
    walk.ask(client)
    old = walk.code()
    with travel(seconds=61):
        assert client.post(walk.MAIL_SENT).url == "/en/enregistrement/e-mail-envoye/"
        page = client.post(walk.link(old))
        assert page.status_code == 410
        assert "We sent you a newer email." in walk.text_of(page)
        assert walk.confirm(client).url == walk.CONFIRMED


@pytest.mark.parametrize("code", ["0000-0000-0000", "AAAA", "x" * 200, "9TC9-EEDJ-PXV%C3%A9"])
def test_an_unknown_link_says_so(client, code):
    page = client.get(f"/en/enregistrement/confirmer/{code}/")
    assert page.status_code == 404
    assert "We do not know this code." in walk.text_of(page)
    assert client.post(f"/en/enregistrement/confirmer/{code}/").status_code == 404
    assert "We do not know" in walk.text_of(
        client.post(f"/en/enregistrement/confirmer/{code}/renouveler/")
    )


def test_a_request_that_was_cancelled_says_so(client):
    walk.lea(client)
    walk.ask(client)
    client.post("/en/enregistrement/abandonner/")
    page = client.get(walk.link())
    assert page.status_code == 410
    assert "Start the registration again." in walk.text_of(page)


def test_a_code_can_be_typed_as_one_reads_it(client, client_b):
    walk.lea(client)
    walk.ask(client)
    typed = walk.code().lower().replace("-", " ").replace("0", "o").replace("1", "l")
    response = client_b.post("/en/enregistrement/confirmer/", {"code": typed})
    assert response.url == walk.CONFIRMED


def test_a_code_that_cannot_be_one_is_refused(client):
    for typed, sentence in (
        ("", "Enter the code that is in the email."),
        ("123", "The code has 12 letters and digits."),
        ("0000-0000-0000", "We do not know this code."),
    ):
        page = client.post("/en/enregistrement/confirmer/", {"code": typed})
        assert sentence in walk.text_of(page)


def test_codes_are_not_guessed(client):
    walk.lea(client)
    walk.ask(client)
    for _ in range(10):
        client.post("/en/enregistrement/confirmer/", {"code": codes.new_code()})
    page = client.post("/en/enregistrement/confirmer/", {"code": walk.code()})
    assert "Too many tries." in walk.text_of(page)
    with travel(hours=1, seconds=1):
        assert walk.confirm(client).url == walk.CONFIRMED


def test_many_people_confirm_behind_one_address(client):
    walk.lea(client)
    walk.ask(client)
    for _click in range(15):  # a link that was used is no guess
        client.post(walk.link())
    signed_on(client, a_credential(given_names="JEAN", family_name="HOFFMANN"))
    walk.ask(client, number="1962071438564")
    assert client.post(walk.link()).url == walk.CONFIRMED


def test_a_request_is_given_up_by_pressing_the_button_only(client):
    walk.lea(client)
    walk.ask(client)
    assert client.get("/en/enregistrement/abandonner/").url == walk.START
    assert client.get(walk.START).url == walk.MAIL_SENT


def test_confirming_ends_the_session_that_asked(client):
    walk.lea(client)
    walk.ask(client)
    walk.confirm(client)
    assert Session.objects.get().ended_by == "replaced"
    assert client.get(walk.CONDITIONS).url.startswith("/en/connexion/")


def test_another_browser_types_the_code_again(client, client_b):
    credential = walk.lea(client)
    walk.ask(client)
    walk.confirm(client_b)
    signed_on(client, credential)
    assert client.get(walk.CONDITIONS).url == "/en/enregistrement/code/"
    wrong = client.post(walk.TYPE_CODE, {"code": codes.new_code()})
    assert "Tries left: 4." in walk.text_of(wrong)
    assert client.post(walk.TYPE_CODE, {"code": walk.code()}).url == walk.CONDITIONS
    assert walk.agree(client).url == walk.DONE


def test_five_wrong_codes_spend_the_right_one(client, client_b):
    credential = walk.lea(client)
    walk.ask(client)
    walk.confirm(client_b)
    signed_on(client, credential)
    for _ in range(5):
        page = client.post(walk.TYPE_CODE, {"code": codes.new_code()})
    assert "This code no longer works." in walk.text_of(page)
    page = client.post(walk.TYPE_CODE, {"code": walk.code()})
    assert "This code no longer works." in walk.text_of(page)
    with travel(seconds=61):
        assert client.get(walk.MAIL_SENT).status_code == 200
        assert client.post(walk.MAIL_SENT).url == walk.TYPE_CODE
        assert client.post(walk.TYPE_CODE, {"code": walk.code()}).url == walk.CONDITIONS


def test_the_proof_is_the_sessions_own(client, client_b):
    credential = walk.lea(client)
    walk.ask(client)
    walk.confirm(client_b)
    signed_on(client, credential)
    client.post(walk.TYPE_CODE, {"code": walk.code()})
    signed_on(client, credential)
    assert client.get(walk.CONDITIONS).url == walk.TYPE_CODE


def test_another_product_is_refused_and_the_kind_is_named(client):
    walk.lea(client)
    walk.ask(client)
    walk.confirm(client)
    signed_on(client, a_credential(product="token"))
    assert client.get(walk.CONDITIONS).url == walk.OTHER_PRODUCT
    page = client.get(walk.OTHER_PRODUCT)
    assert "You began the registration with: Token." in walk.text_of(page)
    assert client.get("/en/espaces/").url.startswith(walk.OTHER_PRODUCT)


def test_another_product_can_be_registered_instead(client):
    walk.lea(client)
    walk.ask(client)
    walk.confirm(client)
    signed_on(client, a_credential())
    assert client.get(walk.START).status_code == 200
    assert walk.ask(client).url == walk.MAIL_SENT


def test_resending_waits_a_minute_and_ends_after_three_an_hour(client):
    walk.lea(client)
    walk.ask(client)
    page = client.post(walk.MAIL_SENT)
    assert "Wait one minute, then ask again." in walk.text_of(page)
    for minute in (2, 4, 6):
        with travel(minutes=minute):
            assert client.post(walk.MAIL_SENT).status_code == 302
    with travel(minutes=8):
        assert "Too many tries." in walk.text_of(client.post(walk.MAIL_SENT))
    assert len(walk.mails()) == 4


def test_resending_renews_the_limit(client):
    walk.lea(client)
    walk.ask(client)
    first = Confirmation.objects.get()
    with travel(hours=72, seconds=10):
        page = client.get(walk.MAIL_SENT)
    assert page.status_code in (200, 302)
    session = signed_on(client, walk.the_request().credential)
    assert session.person is None
    with travel(minutes=5):
        client.post(walk.MAIL_SENT)
    newest = Confirmation.objects.get(superseded_at=None)
    assert newest.expires_at > first.expires_at


def test_the_address_can_be_corrected(client):
    walk.lea(client)
    walk.ask(client, email="lae@exmaple.lu")
    old = walk.code()
    path = "/en/enregistrement/e-mail-envoye/corriger/"
    assert "lae@exmaple.lu" in client.get(path).content.decode()
    assert client.post(path, {"email": "lea@example.lu"}).url == walk.MAIL_SENT
    assert client.post(path, {"email": "lea@example.lu"}).url == walk.MAIL_SENT
    assert [mail.to for mail in walk.mails()] == ["lae@exmaple.lu", "lea@example.lu"]
    assert client.get(walk.link(old)).status_code == 410
    assert walk.confirm(client).url == walk.CONFIRMED


def test_a_confirmed_address_is_not_corrected(client, client_b):
    credential = walk.lea(client)
    walk.ask(client)
    walk.confirm(client_b)
    signed_on(client, credential)
    path = "/en/enregistrement/e-mail-envoye/corriger/"
    assert client.post(path, {"email": "eve@example.lu"}).url == walk.TYPE_CODE
    assert walk.the_request().email != "eve@example.lu"


def test_a_mailbox_is_not_flooded_through_many_requests(client):
    for number in range(12):
        signed_on(client, a_credential())
        assert walk.ask(client).url == walk.MAIL_SENT, number
    assert len(walk.mails()) == 10


def test_an_unfinished_request_keeps_no_number(client):
    walk.lea(client)
    walk.ask(client)
    assert actions.close_over() == 0
    with travel(days=30, seconds=5):
        assert actions.close_over() == 1
        assert actions.close_over() == 0
    request = walk.the_request()
    assert request.cancelled_why == "over"
    assert bytes(request.national_number_sealed) == b""


def test_an_unfinished_request_is_over_after_thirty_days(client):
    credential = walk.lea(client)
    walk.ask(client)
    with travel(days=30, seconds=5):
        signed_on(client, credential)
        assert client.get(walk.START).status_code == 200
        assert client.get(walk.link()).status_code == 410
        assert walk.ask(client).url == walk.MAIL_SENT
        assert walk.confirm(client).url == walk.CONFIRMED
