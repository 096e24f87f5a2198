"""One procedure from its page to the reference, as a person goes through it."""

from typing import Any

import pytest

from guichet.post.models import Dispatch
from guichet.procedures.models import Draft, Submission
from guichet.procedures.tests.given import CODE, fill_in, page
from guichet.spaces.tests.given import a_private_space, words
from tests.cast import a_person, a_token, code_of, signed_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published")]


@pytest.fixture
def ada(client):
    ada: Any = a_person("Ada Muller", email="ada@example.lu", language="en")
    ada.space = a_private_space(ada)
    ada.token = a_token(ada)
    signed_on(client, ada.token)
    return ada


def signing(client, url, token, **more):
    """What the form of the check page sends."""
    form = client.get(url).context["form"]
    return {
        "digest": form["digest"].value(),
        "declares_exact": "on",
        "code": code_of(token),
        **more,
    }


def test_from_the_catalogue_to_the_reference(client, ada):
    assert "Garden permit" in words(client.get(page("catalogue")))
    assert "Before you start" in words(client.get(page("procedure", CODE)))
    leading = client.get(page("where", CODE))
    begin = client.get(leading.url)
    once = begin.context["form"]["once"].value()
    filling = client.post(leading.url, {"once": once})
    assert client.post(leading.url, {"once": once}).url == filling.url  # a double click
    draft = Draft.objects.select_related("space").get()
    tasks = words(client.get(filling.url))
    assert "You" in tasks
    assert "The trees" not in tasks
    fill_in(client, draft)
    check = page("check", draft.space.identifier, draft.pk)
    shown = words(client.get(check))
    assert "Not sent yet" in shown
    assert "€20.00" in shown
    assert Submission.objects.count() == 0
    typed = signing(client, check, ada.token)
    answer = client.post(check, typed)
    submission = Submission.objects.get()
    assert answer.url == page("sent", draft.space.identifier, submission.reference)
    assert client.post(check, typed).url == answer.url  # a double click
    assert Submission.objects.count() == 1
    assert submission.answers == {
        "full_name": "Ada Muller",
        "born": "1985-04-12",
        "size": 80,
        "fence": False,
        "fee": 2000,
    }
    sent = words(client.get(answer.url))
    assert submission.reference in sent
    assert "We read your request." in sent
    assert Dispatch.objects.filter(template="procedures/mail/sent").count() == 1
    back = client.get(page("page", draft.space.identifier, draft.pk, "you"))
    assert back.status_code == 302
