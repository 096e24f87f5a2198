"""The protocol, as clients speak it."""

import base64
import io
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from django.utils.http import parse_http_date
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from guichet import clock
from guichet.access import open_to_all
from guichet.files import actions, disk, tus
from guichet.files.models import File, Upload
from guichet.files.tests.given import LIMITS, a_pdf

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@open_to_all
def begin(request):
    if request.method == "OPTIONS":
        return tus.options(LIMITS)
    upload = tus.create(request, LIMITS)
    if isinstance(upload, HttpResponse):
        return upload
    return tus.created(upload, f"/pieces/{upload.pk}")


@open_to_all
def piece(request, key):
    upload = Upload.objects.filter(pk=key).first()
    if upload is None:
        return HttpResponse(status=404)
    if request.method == "HEAD":
        return tus.head(request, upload)
    if request.method == "DELETE":
        return tus.delete(request, upload)
    answer = tus.patch(request, upload)
    if answer.status_code == HTTPStatus.NO_CONTENT and upload.is_whole:
        answer = tus.finish(upload, LIMITS, page="/afterwards/")
    return answer


urlpatterns = [path("pieces/", begin), path("pieces/<uuid:key>", piece)]


@pytest.fixture
def client():
    return Client(headers={"Tus-Resumable": "1.0.0"})


def announce(client, size, metadata="filename ZmFjdHVyZS5wZGY="):
    headers = {"Upload-Length": str(size), "Upload-Metadata": metadata}
    return client.post("/pieces/", headers=headers)


def send(client, address, offset, content):
    return client.generic(
        "PATCH",
        address,
        content,
        content_type="application/offset+octet-stream",
        CONTENT_TYPE="application/offset+octet-stream",
        CONTENT_LENGTH=str(len(content)),
        headers={"Upload-Offset": str(offset)},
    )


def test_a_paper_arrives_in_pieces(client):
    content = a_pdf()
    answer = announce(client, len(content))
    assert answer.status_code == 201
    assert answer["Upload-Offset"] == "0"
    promised = parse_http_date(answer["Upload-Expires"]) - clock.now().timestamp()
    assert promised > timedelta(days=2).total_seconds()
    address = answer["Location"]

    answer = send(client, address, 0, content[:500])
    assert (answer.status_code, answer["Upload-Offset"]) == (204, "500")
    assert answer["Upload-Expires"]

    answer = client.head(address)
    assert answer.status_code == 200
    assert (answer["Upload-Offset"], answer["Upload-Length"]) == ("500", str(len(content)))
    assert "no-store" in answer["Cache-Control"]

    answer = send(client, address, 500, content[500:])
    assert (answer.status_code, answer["Upload-Offset"]) == (204, str(len(content)))
    assert answer["Location"] == "/afterwards/"
    assert "Upload-Expires" not in answer
    file = File.objects.get()
    assert (file.name, actions.read(file)) == ("facture.pdf", content)


def test_a_client_that_lost_the_last_answer_sends_nothing_and_hears_it_again(client):
    content = a_pdf()
    address = announce(client, len(content))["Location"]
    send(client, address, 0, content)
    assert client.head(address)["Upload-Offset"] == str(len(content))
    answer = send(client, address, len(content), b"")
    assert (answer.status_code, answer["Location"]) == (204, "/afterwards/")
    assert File.objects.count() == 1


def test_what_it_speaks(client):
    answer = client.options("/pieces/")
    assert answer.status_code == 204
    assert answer["Tus-Version"] == answer["Tus-Resumable"] == "1.0.0"
    assert answer["Tus-Extension"] == "creation,termination,expiration"
    assert answer["Tus-Max-Size"] == "2000000"


@pytest.mark.parametrize("version", [None, "", "0.2.2", "1.0.0\t1"])
def test_another_version_is_refused_before_anything_is_done(version):
    client = Client(headers={"Tus-Resumable": version} if version is not None else {})
    upload = actions.begin("a.pdf", 10, LIMITS)
    for answer in (
        announce(client, 10),
        client.head(f"/pieces/{upload.pk}"),
        send(client, f"/pieces/{upload.pk}", 0, b"x"),
        client.delete(f"/pieces/{upload.pk}"),
    ):
        assert answer.status_code == 412
        assert answer["Tus-Version"] == "1.0.0"
    assert list(Upload.objects.all()) == [upload]


def test_the_wrong_place_is_answered_with_the_right_one(client):
    address = announce(client, 1000)["Location"]
    send(client, address, 0, b"x" * 300)
    answer = send(client, address, 200, b"y")
    assert (answer.status_code, answer["Upload-Offset"]) == (409, "300")
    assert client.head(address)["Upload-Offset"] == "300"


def test_two_at_once_are_told_apart(client):
    upload = actions.begin("a.pdf", 1000, LIMITS)
    with actions._alone_with(upload):
        answer = send(client, f"/pieces/{upload.pk}", 0, b"x")
        assert answer.status_code == 423
        assert client.head(f"/pieces/{upload.pk}").status_code == 423


def test_what_is_too_large_is_refused_with_a_sentence(client):
    answer = announce(client, 14_000_000)
    assert answer.status_code == 413
    assert "facture.pdf" in answer.json()["message"]
    assert "14" in answer.json()["message"]
    assert not Upload.objects.exists()

    address = announce(client, 10)["Location"]
    assert send(client, address, 5, b"x" * 6).status_code == 413


def test_a_paper_that_is_not_accepted_is_refused_at_its_end(client):
    address = announce(client, 10)["Location"]
    answer = send(client, address, 0, b"PK\3\4" + b"x" * 6)
    assert answer.status_code == 415
    assert answer.json()["message"]
    assert client.head(address).status_code == 404


def test_stopping(client):
    address = announce(client, 10)["Location"]
    send(client, address, 0, b"x")
    assert client.delete(address).status_code == 204
    assert client.head(address).status_code == 404
    assert list(disk.drafts().iterdir()) == []


def test_an_upload_whose_time_is_over_is_gone(client):
    address = announce(client, 10)["Location"]
    Upload.objects.update(expires_at=clock.now())
    assert client.head(address).status_code == 410
    assert send(client, address, 0, b"x").status_code == 410
    assert "message" in send(client, address, 0, b"x").json()


def test_bytes_that_are_gone_are_said_to_be(client):
    address = announce(client, 10)["Location"]
    send(client, address, 0, b"xxx")
    disk.part_of(Upload.objects.get().pk).unlink()
    assert client.head(address).status_code == 410


def test_only_pieces_are_taken(client):
    address = announce(client, 10)["Location"]
    for kind in ("multipart/form-data; boundary=x", "application/json", ""):
        answer = client.generic(
            "PATCH", address, b"x", content_type=kind, headers={"Upload-Offset": "0"}
        )
        assert answer.status_code == 415


def test_a_piece_without_a_length_is_not_waited_for():
    request = RequestFactory().generic(
        "PATCH",
        "/",
        b"x",
        content_type=tus.CONTENT_TYPE,
        headers={"Tus-Resumable": "1.0.0", "Upload-Offset": "0"},
    )
    del request.META["CONTENT_LENGTH"]
    assert tus.patch(request, actions.begin("a.pdf", 10, LIMITS)).status_code == 411


def test_a_piece_is_never_in_memory_as_a_whole():
    request = RequestFactory().generic(
        "PATCH",
        "/",
        b"x" * 1_500_000,
        content_type=tus.CONTENT_TYPE,
        headers={"Tus-Resumable": "1.0.0", "Upload-Offset": "0"},
    )
    asked: list[int] = []

    class Counting(io.BytesIO):
        def read(self, most=-1, /):
            asked.append(most)
            return super().read(most)

    request._stream = Counting(b"x" * 1_500_000)
    assert tus.patch(request, actions.begin("a.pdf", 1_500_000, LIMITS)).status_code == 204
    assert min(asked) > 0
    assert max(asked) <= disk.CHUNK_BYTES


RUBBISH = ["", " ", "-1", "1e3", "+5", "0x10", "١٢", "9" * 16, "9" * 5000, "1,2", "nan", "1.5"]


@pytest.mark.parametrize("number", RUBBISH)
def test_numbers_that_are_none_are_refused(client, number):
    assert announce(client, number).status_code == 400
    upload = actions.begin("a.pdf", 10, LIMITS)
    assert send(client, f"/pieces/{upload.pk}", number, b"x").status_code == 400
    assert client.post("/pieces/").status_code == 400


def test_an_empty_file_is_refused(client):
    assert announce(client, 0).status_code == 400


def b64(name):
    return base64.b64encode(name.encode("utf-8", "surrogatepass")).decode()


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\fakepath\\facture.pdf", "facture.pdf"),
        ("a\x00b\r\nSet-Cookie: x.pdf", "a b Set-Cookie: x.pdf"),
        ("rechnung\u202efdp.exe", "rechnung fdp.exe"),
        ("  Re\u0301sume\u0301.pdf ", "Résumé.pdf"),
        ("", "document"),
        ("/", "document"),
        ("..", "document"),
        ("x" * 5000 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_names_are_cleaned(client, typed, shown):
    assert announce(client, 10, f"filename {b64(typed)},filetype eA==").status_code == 201
    assert Upload.objects.get().name == shown


@pytest.mark.parametrize(
    "metadata",
    [
        "",
        "filename",
        "filename ====",
        "filename ///",
        "filename /w==",
        "filename é",
        ",,,",
        "filename " + "A" * 5001,
        f"filename {b64(chr(0xD800))}",
        "filename eA== eA==",
    ],
)
def test_metadata_that_is_none_does_no_harm(client, metadata):
    assert announce(client, 10, metadata).status_code == 201
    assert Upload.objects.get().name


@given(
    name=st.sampled_from(["Upload-Length", "Upload-Offset", "Upload-Metadata", "Tus-Resumable"]),
    value=st.text(max_size=60),
)
@trying(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_header_breaks_it(client, name, value):
    upload = actions.begin("a.pdf", 10, LIMITS)
    usual = {"Upload-Length": "10", "Upload-Offset": "0"}
    for method, address in (
        ("POST", "/pieces/"),
        ("HEAD", f"/pieces/{upload.pk}"),
        ("PATCH", f"/pieces/{upload.pk}"),
    ):
        answer = client.generic(
            method, address, b"", content_type=tus.CONTENT_TYPE, headers={**usual, name: value}
        )
        assert answer.status_code < 500


def test_the_token_is_taken_from_the_header_and_the_body_is_not_parsed(settings):
    settings.CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"
    client = Client(enforce_csrf_checks=True, headers={"Tus-Resumable": "1.0.0"})
    upload = actions.begin("a.pdf", 10, LIMITS)
    address = f"/pieces/{upload.pk}"
    assert send(client, address, 0, b"x").status_code == 403
    client.cookies["csrf"] = "a" * 32
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1
    answer = client.generic(
        "PATCH",
        address,
        b"csrf=x",
        content_type=tus.CONTENT_TYPE,
        headers={"Upload-Offset": "0", "X-CSRFToken": "a" * 32},
    )
    assert (answer.status_code, answer["Upload-Offset"]) == (204, "6")
