"""Nobody fills a disk through a form."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from guichet.config.uploads import NoFiles

FORM = "/fr/connexion/token/"


def a_file(size):
    return SimpleUploadedFile("papers.pdf", b"x" * size)


def test_a_file_that_no_page_asked_for_is_dropped(client):
    response = client.post(FORM, {"user_id": "LEAG1", "paper": a_file(10_000)})
    assert response.status_code == 200
    assert response.wsgi_request.POST["user_id"] == "LEAG1"
    assert not response.wsgi_request.FILES


def test_what_is_larger_than_a_form_is_refused_before_it_is_read(client, monkeypatch):
    def read(*_arguments):
        pytest.fail("it was read")

    monkeypatch.setattr(NoFiles, "new_file", read)
    assert client.post(FORM, {"paper": a_file(1_000_001)}).status_code == 400
