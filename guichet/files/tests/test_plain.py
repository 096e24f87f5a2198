"""One file with an ordinary form."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404, HttpResponse, JsonResponse
from django.test import Client
from django.urls import path

from guichet.access import open_to_all
from guichet.files import actions, disk, plain
from guichet.files.looking import Limits
from guichet.files.models import File
from guichet.files.tests.given import a_pdf, an_image
from guichet.refusals import Refused

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

LIMITS = Limits(size_bytes=300_000)


def _limits(request):
    if "stranger" in request.GET:
        raise Http404
    return LIMITS


@open_to_all
@plain.takes_a_file("paper", _limits)
def add(request):
    if request.method != "POST":
        return HttpResponse("form")
    try:
        taken = plain.taken(request)
        if "look" in request.GET:
            return JsonResponse({"name": taken.name, "note": request.POST["note"]})
        file = actions.keep(actions.look_into(taken, LIMITS))
    except Refused as refusal:
        return JsonResponse({"code": refusal.code, "message": refusal.message}, status=422)
    return JsonResponse({"file": str(file.pk), "note": request.POST.get("note")})


urlpatterns = [path("add/", add)]


@pytest.fixture(autouse=True)
def _failures(settings):
    settings.CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"


def paper(content, name="facture.pdf"):
    return SimpleUploadedFile(name, content, "application/pdf")


def post(client, *papers, field="paper", address="/add/", **more):
    return client.post(address, {"note": "n", **more, field: list(papers)})


def drafts():
    return list(disk.drafts().iterdir())


def test_a_file_comes_with_its_form(client):
    content = a_pdf()
    answer = post(client, paper(content))
    assert answer.json()["note"] == "n"
    file = File.objects.get()
    assert (file.name, actions.read(file)) == ("facture.pdf", content)
    assert drafts() == []


def test_a_file_that_nobody_kept_goes_with_the_answer(client):
    assert post(client, paper(b"x"), address="/add/?look").json() == {
        "name": "facture.pdf",
        "note": "n",
    }
    assert drafts() == []


def test_what_is_not_accepted_is_refused_and_goes(client):
    answer = post(client, paper(b"MZ..."))
    assert (answer.status_code, answer.json()["code"]) == (422, "file-type")
    assert drafts() == []
    assert not File.objects.exists()


@pytest.mark.parametrize("size", [300_001, 350_000, 900_000])
def test_what_is_too_large_is_refused_with_a_sentence(client, size):
    answer = post(client, paper(b"x" * size, "statuts.pdf"))
    assert answer.json()["code"] == "too-large"
    assert "statuts.pdf" in answer.json()["message"]
    assert drafts() == []


def test_what_is_far_too_large_is_not_even_read(client, monkeypatch):
    monkeypatch.setattr(plain, "DRAINED_BYTES_MAX", 500_000)
    assert post(client, paper(b"x" * 600_000)).status_code == 400
    assert drafts() == []


def test_one_at_a_time(client):
    answer = post(client, paper(a_pdf()), paper(an_image()))
    assert answer.json()["code"] == "one-at-a-time"
    assert drafts() == []


def test_nothing_chosen_is_said(client):
    assert client.post("/add/", {"note": "n"}).json()["code"] == "no-file"
    assert client.post("/add/", {"note": "n", "paper": "text"}).json()["code"] == "no-file"


def test_an_empty_file_is_said(client):
    assert post(client, paper(b"")).json()["code"] == "empty"
    assert drafts() == []


def test_files_of_other_fields_are_dropped(client):
    assert post(client, paper(a_pdf()), field="other").json()["code"] == "no-file"
    assert drafts() == []


def test_a_full_disk_is_said(client, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk, "write_all", full)
    assert post(client, paper(a_pdf())).json()["code"] == "no-room"
    assert drafts() == []


def test_who_may_not_sends_nothing_to_disk(client, monkeypatch):
    monkeypatch.setattr(disk, "new_draft", lambda: pytest.fail("written for a stranger"))
    assert post(client, paper(a_pdf()), address="/add/?stranger").status_code == 404


def test_a_form_from_elsewhere_is_refused_and_its_file_goes():
    client = Client(enforce_csrf_checks=True)
    assert post(client, paper(a_pdf())).status_code == 403
    client.cookies["csrf"] = "a" * 32
    assert post(client, paper(a_pdf())).status_code == 403
    assert drafts() == []
    answer = post(client, paper(a_pdf()), csrfmiddlewaretoken="a" * 32)
    assert answer.status_code == 200
    assert File.objects.exists()


def test_a_form_that_cannot_be_read_leaves_nothing(client):
    body = (
        b'--edge\r\nContent-Disposition: form-data; name="paper"; filename="a.pdf"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n%PDF-=\r\n--edge--\r\n"
    )
    answer = client.generic("POST", "/add/", body, "multipart/form-data; boundary=edge")
    assert answer.status_code == 400
    assert drafts() == []


def test_a_form_that_breaks_off_leaves_nothing(client):
    body = b'--x\r\nContent-Disposition: form-data; name="paper"; filename="a.pdf"\r\n\r\n%PDF'
    answer = client.generic("POST", "/add/", body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code < 500
    assert drafts() == []


@pytest.mark.parametrize(
    "name", ["../../x.pdf", "\x00.pdf", "x" * 5000, "\u202e", 'a"b.pdf', "a\r\nb.pdf", ""]
)
def test_no_name_breaks_it(client, name):
    header = f'form-data; name="paper"; filename="{name}"'.encode()
    body = b"--x\r\nContent-Disposition: " + header + b"\r\n\r\n" + a_pdf() + b"\r\n--x--\r\n"
    answer = client.generic("POST", "/add/", body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code in (200, 400, 422)
    assert drafts() == []
    for file in File.objects.order_by("pk"):
        assert "/" not in file.name
        assert "\x00" not in file.name


def test_looking_at_the_page_needs_nothing(client):
    assert client.get("/add/").status_code == 200
