"""What went wrong is said in the language of the address, with a number to quote."""

import re

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.template import loader
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from guichet.access import open_to_all
from guichet.config import urls
from guichet.content import errors
from guichet.refusals import Refused
from guichet.registers.base import Unavailable

TITLES = {
    "fr": {
        400: "Nous n’avons pas compris cette demande",
        403: "Vous n’avez pas accès à cette page",
        404: "Cette page est introuvable",
        429: "Trop d’essais en peu de temps",
        500: "Un problème est survenu de notre côté",
        503: "Un registre ne répond pas",
    },
    "de": {
        400: "Wir haben diese Anfrage nicht verstanden",
        403: "Sie haben keinen Zugang zu dieser Seite",
        404: "Wir können diese Seite nicht finden",
        429: "Zu viele Versuche in kurzer Zeit",
        500: "Bei uns ist ein Fehler aufgetreten",
        503: "Ein Register antwortet nicht",
    },
    "en": {
        400: "We did not understand this request",
        403: "You do not have access to this page",
        404: "We cannot find this page",
        429: "Too many tries in a short time",
        500: "Something went wrong on our side",
        503: "A register does not respond",
    },
}

FAULTS = {
    400: SuspiciousOperation("1983081974925"),
    403: PermissionDenied(),
    404: Http404("1983081974925"),
    429: Refused("Wait 5 minutes.", code="too-many-tries"),
    500: RuntimeError("1983081974925"),
    503: Unavailable("business"),
}


@open_to_all
def fails(request: HttpRequest, status: int) -> HttpResponse:
    raise FAULTS[status]


@open_to_all
def refuses(request: HttpRequest, code: str) -> HttpResponse:
    raise Refused("Name another administrator first.", code=code)


@open_to_all
def forbids(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied("Only an administrator may do this.")


urlpatterns = [
    *(path(f"{code}/faute/<int:status>/", fails) for code in TITLES),
    path("fr/refus/<slug:code>/", refuses),
    path("fr/interdit/", forbids),
    *urls.urlpatterns,
]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500


@pytest.fixture
def browser():
    with override_settings(ROOT_URLCONF=__name__):
        yield Client(raise_request_exception=False)


@pytest.mark.parametrize("status", FAULTS)
@pytest.mark.parametrize("language", TITLES)
def test_each_fault_has_its_page(browser, language, status):
    response = browser.get(f"/{language}/faute/{status}/")
    page = response.content.decode()
    assert response.status_code == status
    assert f'<html lang="{language}"' in page
    assert f"<h1>{TITLES[language][status]}</h1>" in page
    assert f'id="request-id">{response.headers["X-Request-Id"]}<' in page
    assert "1983081974925" not in page
    assert 'href="tel:+35200000000"' in page
    assert all(re.findall(r'href="([^"]*)"', page))


def test_another_language_of_the_browser_does_not_count(browser):
    page = browser.get("/de/faute/404/", headers={"accept-language": "fr"}).content.decode()
    assert TITLES["de"][404] in page
    page = browser.get("/nulle/part/", headers={"accept-language": "de"}).content.decode()
    assert TITLES["de"][404] in page


def test_a_rule_that_says_no_says_why(browser):
    response = browser.get("/fr/interdit/")
    assert response.status_code == 403
    assert "Only an administrator may do this." in response.content.decode()


def test_a_refusal_that_nobody_caught_is_a_page(browser):
    response = browser.get("/fr/refus/last-administrator/")
    assert response.status_code == 400
    assert "Name another administrator first." in response.content.decode()


def test_a_form_from_elsewhere(browser):
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/fr/affichage/", {"text": "large"})
    assert response.status_code == 403
    page = response.content.decode()
    assert "Ce formulaire ne peut plus être envoyé" in page
    assert "/fr/donnees-personnelles/#cookies" in page


def test_the_host_of_another_site(browser):
    response = browser.get("/fr/aide/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert "evil.example" not in response.content.decode()


def no_way(*args, **more):
    raise ConnectionError("the database is away")


def test_the_page_for_errors_needs_no_database_and_no_context(browser, monkeypatch):
    """No `django_db` here: a query would fail the test."""
    monkeypatch.setattr("guichet.design.context._path_below_language", no_way)
    response = browser.get("/de/faute/500/")
    assert response.status_code == 500
    assert TITLES["de"][500] in response.content.decode()


def test_a_page_for_errors_that_fails_is_an_error_with_a_page(browser, monkeypatch):
    monkeypatch.setattr("guichet.design.context._path_below_language", no_way)
    response = browser.get("/de/faute/404/")
    assert response.status_code == 500
    assert TITLES["de"][500] in response.content.decode()


def test_without_stylesheets_it_is_plain(monkeypatch):
    monkeypatch.setattr("guichet.content.errors.staticfiles_storage.url", no_way)
    page = errors.server_error(RequestFactory().get("/en/anything/")).content.decode()
    assert TITLES["en"][500] in page
    assert "stylesheet" not in page


def test_without_templates_it_says_so_in_three_languages(monkeypatch):
    monkeypatch.setattr(loader, "render_to_string", no_way)
    request = RequestFactory().get("/en/anything/")
    request.id = "0190-abc"  # type: ignore[attr-defined]
    response = errors.server_error(request)
    page = response.content.decode()
    assert response.status_code == 500
    assert "0190-abc" in page
    for sentence in ("Le site ne répond pas", "Die Website antwortet nicht", "The site does not"):
        assert sentence in page


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("fr", "Cette adresse ne reçoit que des formulaires"),
        ("de", "Diese Adresse nimmt nur Formulare entgegen"),
        ("en", "This address only receives forms"),
    ],
)
def test_whoever_opens_the_address_of_a_form_reads_a_sentence(client, language, title):
    response = client.get(f"/{language}/deconnexion/")
    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"
    assert f"<h1>{title}</h1>" in response.content.decode()
