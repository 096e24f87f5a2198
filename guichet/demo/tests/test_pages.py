"""What a visitor of the demonstration sees."""

from datetime import timedelta

import pytest
from django.core.checks import run_checks
from django.urls import reverse
from django.utils import translation

from guichet import clock
from guichet.demo import cast, checks
from guichet.demo.cast import CAST, PASSWORD
from guichet.demo.smtp import MailServer
from guichet.jobs.worker import Worker
from guichet.post.models import Dispatch
from guichet.registers import invented
from guichet.signon import totp


@pytest.fixture
def sent(world, settings):
    """The worker has emptied the outbox into the mail server."""
    server = MailServer()
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = server.port
    Worker().work_off()
    server.stop()


def read(client, name, *args, **more):
    response = client.get(reverse(name, args=args), **more)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("language", ["fr", "de", "en"])
def test_every_page_is_there_in_each_language(client, sent, language):
    with translation.override(language):
        for name in ("demo:home", "demo:mails", "demo:letters", "demo:clock"):
            assert f'<html lang="{language}"' in read(client, name)


def test_the_first_page_says_who_to_be_and_how(client, world):
    page = read(client, "demo:home")
    assert PASSWORD in page
    for member in CAST:
        assert member.full_name.split()[0] in page
        for user_id in member.user_ids:
            assert reverse("demo:token", args=[user_id]) in page


def test_a_token_shows_its_code_when_its_button_is_pressed(client, world):
    address = reverse("demo:token", args=["LEAG1"])
    silent = client.get(address).content.decode()
    assert 'id="device-code"' not in silent
    token = cast.token_of("LEAG1")
    assert token is not None
    device = token.otp
    before = totp.code(device.secret, clock.now())
    pressed = client.get(address, {"code": "1"}).content.decode()
    after = totp.code(device.secret, clock.now())
    assert f'id="device-code">{before}' in pressed or f'id="device-code">{after}' in pressed


@pytest.mark.django_db
def test_before_the_cast_is_there_the_page_does_without(client):
    assert PASSWORD in read(client, "demo:home")
    assert client.get(reverse("demo:token", args=["LEAG1"])).status_code == 404


def test_nobody_elses_token_is_shown(client, world):
    assert client.get(reverse("demo:token", args=["EVE1"])).status_code == 404


def test_a_mail_is_shown_as_it_was_received(client, sent):
    page = read(client, "demo:mails")
    assert "nora.schmit@example.lu" in page
    only = client.get(reverse("demo:mails"), {"to": "nora.schmit@example.lu"}).content.decode()
    assert "eva.wagner@example.lu" not in only
    key = only.split("/demo/mails/")[-1].split("/")[0]
    mail = read(client, "demo:mail", key)
    assert "/enregistrement/confirmer/" in mail
    html = client.get(reverse("demo:mail_as_html", args=[key]))
    assert "script-src" not in html.headers["Content-Security-Policy"]
    assert "default-src 'none'" in html.headers["Content-Security-Policy"]
    assert "<h1" in html.content.decode()


@pytest.mark.parametrize("key", ["1", "1795443045617711516-ffffff", "demo-clock"])
def test_a_mail_that_is_not_there_is_not_found(client, world, key):
    assert client.get(reverse("demo:mail", args=[key])).status_code == 404


def test_a_letter_is_the_pdf_of_the_print_queue(client, sent):
    letter = Dispatch.objects.get(kind=Dispatch.Kind.LETTER)
    assert "Monsieur Marc Klein" in read(client, "demo:letters")
    response = client.get(reverse("demo:letter", args=[letter.pk]))
    assert response.headers["Content-Type"] == "application/pdf"
    assert b"".join(response.streaming_content).startswith(b"%PDF-")


def test_before_anything_was_sent_the_pages_say_so(client, world):
    Dispatch.objects.all().delete()
    for name in ("demo:mails", "demo:letters"):
        assert 'class="empty"' in read(client, name)


def test_the_clock_moves_forward_for_everybody(client, world):
    before = clock.now()
    response = client.post(reverse("demo:move_clock"), {"hours": "72"}, follow=True)
    assert response.status_code == 200
    assert clock.now() - before >= timedelta(hours=72)
    client.post(reverse("demo:move_clock"), {"hours": "-1"})
    assert clock.now() - before < timedelta(hours=73)
    assert client.get(reverse("demo:move_clock")).status_code == 405


def test_a_register_can_be_closed_and_opened_again(client, world):
    address = reverse("demo:switch_register")
    client.post(address, {"register": "population", "closed": "on"})
    assert invented.is_closed("population")
    assert "Rouvrir" in read(client, "demo:clock", headers={"Accept-Language": "fr"})
    client.post(address, {"register": "population"})
    assert not invented.is_closed("population")
    client.post(address, {"register": "of-dreams", "closed": "on"})


def test_nobody_else_finds_these_pages(client, world, settings):
    address = reverse("demo:home")
    assert client.get(address, REMOTE_ADDR="203.0.113.7").status_code == 404
    assert client.get(address, REMOTE_ADDR="").status_code == 404
    assert client.get(address, headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404
    settings.DEMO = False
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"SITE_URL": "https://guichet.example"}, "GUICHET_SITE_URL"),
        ({"ALLOWED_HOSTS": ["localhost", "guichet.example"]}, "GUICHET_HOSTS"),
        ({"ALLOWED_HOSTS": ["*"]}, "GUICHET_HOSTS"),
        ({"ALLOWED_HOSTS": ["192.0.2.1"]}, "GUICHET_HOSTS"),
    ],
)
def test_a_demonstration_that_others_can_reach_is_an_error(settings, change, named):
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
    for name, value in change.items():
        setattr(settings, name, value)
    [error] = [found for found in run_checks() if found.id == "guichet.E001"]
    assert named in str(error.hint)
    settings.DEMO = False
    assert checks.demonstration_stays_here() == []


def test_a_demonstration_listens_on_this_machine_only(settings):
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    assert checks.outside("0.0.0.0") == "GUICHET_BIND"
    assert checks.outside("127.0.0.1") == ""
    assert checks.outside("::1") == ""
