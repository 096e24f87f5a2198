"""Somebody else confirms when a day was closed; until they do, it waits."""

import threading
from base64 import b64encode
from datetime import timedelta

import pytest
from asn1crypto import tsp
from django.db.models import F

from guichet.proofs import actions, timestamps
from guichet.proofs.models import Day
from guichet.proofs.tests import authority
from guichet.proofs.tests.given import a_closed_day
from tests.cast import travel
from tests.racing import together

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def trusted(tmp_path_factory):
    return authority.an_authority(tmp_path_factory.mktemp("tsa") / "trusted")


@pytest.fixture
def asked(settings, trusted):
    """Let the portal ask a server that answers so."""

    def ask(answer):
        def stamp():
            with authority.listening(answer) as settings.TIMESTAMP_AUTHORITY:
                return actions.stamp_days()

        return stamp

    settings.TIMESTAMP_TRUST = str(trusted / "ca.pem")
    return ask


def test_a_day_is_stamped_and_openssl_says_the_same(asked, trusted, settings):
    settings.TIMESTAMP_USER, settings.TIMESTAMP_PASSWORD = "portal", "s3cret"
    day, seen = a_closed_day(), []

    def answer(headers, query):
        seen.append(headers)
        return 200, authority.reply(trusted, query)

    assert asked(answer)() == 1
    day.refresh_from_db()
    assert authority.confirms(trusted, day)
    assert seen[0]["Authorization"] == f"Basic {b64encode(b'portal:s3cret').decode()}"
    assert seen[0]["Content-Type"] == "application/timestamp-query"
    assert Day.objects.filter(stamped_at__gte=F("closed_at") - timedelta(seconds=1)).get() == day
    assert asked(answer)() == 0  # nothing waits any more
    assert len(seen) == 1


@pytest.mark.parametrize("what", ["down", "a page", "too much", "a refusal", "old", "a stranger"])
def test_a_day_waits_while_the_authority_does_not_answer_as_it_should(
    asked, trusted, tmp_path, what
):
    day = a_closed_day()
    old = authority.reply(
        trusted,
        tsp.TimeStampReq(
            {
                "version": "v1",
                "message_imprint": {
                    "hash_algorithm": {"algorithm": "sha256"},
                    "hashed_message": day.digest,
                },
                "nonce": 7,
                "cert_req": True,
            }
        ).dump(),
    )
    stranger = authority.an_authority(tmp_path / "stranger") if what == "a stranger" else trusted

    def answer(_headers, query):
        return {
            "down": lambda: (503, b"later"),
            "a page": lambda: (200, b"<html>Sign in to our wifi</html>"),
            "too much": lambda: (200, b"0" * 200_000),
            "a refusal": lambda: (
                200,
                tsp.TimeStampResp({"status": {"status": "rejection"}}).dump(),
            ),
            "old": lambda: (200, old),
            "a stranger": lambda: (200, authority.reply(stranger, query)),
        }[what]()

    assert asked(answer)() == 0
    assert Day.objects.waiting().get() == day
    assert actions.keeps_up() is True
    with travel(days=1, hours=1):
        assert actions.keeps_up() is False
    assert asked(lambda _headers, query: (200, authority.reply(trusted, query)))() == 1


def test_a_stamp_of_something_else_does_not_count(asked, trusted):
    day = a_closed_day()

    def answer(_headers, query):
        other = tsp.TimeStampReq.load(query)
        other["message_imprint"]["hashed_message"] = b"\1" * 32
        return 200, authority.reply(trusted, other.dump())

    assert asked(answer)() == 0
    assert Day.objects.waiting().get() == day


def test_nobody_is_asked_where_nobody_is_named_and_none_is_trusted_without_certificates(
    settings, tmp_path
):
    a_closed_day()
    settings.TIMESTAMP_AUTHORITY = ""
    assert (actions.stamp_days(), actions.keeps_up()) == (0, True)
    settings.TIMESTAMP_TRUST = str(tmp_path / "absent.pem")
    with pytest.raises(timestamps.NoStamp, match="GUICHET_TIMESTAMP_TRUST"):
        timestamps.trusted()


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_at_once_the_first_stamp_is_kept(settings, trusted):
    a_closed_day()
    settings.TIMESTAMP_TRUST = str(trusted / "ca.pem")
    one_at_a_time = threading.Lock()

    def answer(_headers, query):
        with one_at_a_time:
            return 200, authority.reply(trusted, query)

    with authority.listening(answer) as settings.TIMESTAMP_AUTHORITY:
        assert sorted(together(actions.stamp_days, actions.stamp_days)) == [0, 1]


@pytest.mark.demo
def test_the_demonstrations_own_authority_is_a_real_one(client, settings, asked, tmp_path):
    day = a_closed_day()
    settings.TIMESTAMP_TRUST = f"{settings.DATA}/keys/timestamps.pem"

    def answer(headers, query):
        kind = headers["Content-Type"]
        answered = client.post("/fr/demo/timestamps/", query, content_type=kind)
        return answered.status_code, answered.content

    assert asked(answer)() == 1
    day.refresh_from_db()
    (tmp_path / "ca.pem").write_text(timestamps.trusted())
    assert authority.confirms(tmp_path, day)
    refused = client.post("/fr/demo/timestamps/", b"no query", content_type="text/plain")
    assert refused.status_code == 400
