"""Mails come back: believed when they are ours, told apart, and no longer written into the void."""

import io
import sys

import pytest
from django.core.management import call_command
from hypothesis import given as hypothesis_given
from hypothesis import strategies

from guichet.post import bounces, delivery
from guichet.post.models import Dispatch, Unreachable
from guichet.post.tests.given import a_mail, received
from tests.cast import travel


@pytest.fixture(autouse=True)
def _listening(settings):
    settings.BOUNCES = "retours@guichet.example"


def a_report(status="5.1.1", action="failed") -> bytes:
    """As Postfix writes it."""
    return f"""From: MAILER-DAEMON@mx.example.lu
Content-Type: multipart/report; report-type=delivery-status; boundary="b"
MIME-Version: 1.0

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.lu

Final-Recipient: rfc822; lea@example.lu
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} User unknown

--b--
""".encode()


def sent() -> tuple[Dispatch, str]:
    dispatch = a_mail()
    delivery.deliver(str(dispatch.pk))
    return dispatch, bounces.return_path(dispatch)


def test_a_mail_that_comes_back_for_good_stops_the_next_until_somebody_has_read_one(
    db, mail_server, monkeypatch
):
    dispatch, path = sent()
    [mail] = received(mail_server)
    assert mail["From"].addresses[0].addr_spec == "ne-pas-repondre@guichet.example"
    assert len(path.partition("@")[0]) <= 64  # RFC 5321, 4.5.3.1.1
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(a_report())))
    call_command("take_bounce", path.upper())
    dispatch.refresh_from_db()
    assert (dispatch.bounce, dispatch.bounced_at is not None) == ("5.1.1", True)
    [found] = bounces.unreachable("LEA@example.lu", "tom@example.lu")
    assert found.masked == "l…@example.lu"
    assert not bounces.take(path, a_report())

    waits, proves = a_mail(), a_mail(proves_address=True)
    assert [delivery.deliver(str(each.pk)) for each in (waits, proves)] == [False, True]
    waits.refresh_from_db()
    assert (waits.last_error, waits.gave_up_at) == ("address-unreachable", None)
    bounces.reached("Lea@example.lu")
    assert not bounces.unreachable("lea@example.lu")
    assert delivery.deliver_due() == 1


@pytest.mark.parametrize("status", ["4.2.2", "5.2.2", "5.7.1"])
def test_a_full_mailbox_is_noted_and_written_to_again(db, mailoutbox, status):
    dispatch, path = sent()
    assert bounces.take(path, a_report(status))
    dispatch.refresh_from_db()
    assert dispatch.bounce == status
    assert not Unreachable.objects.exists()


def test_a_report_is_believed_only_with_a_return_path_of_ours(db, mailoutbox, settings):
    dispatch, path = sent()
    forged = path.replace(path[40:45], "00000")
    for recipient in (forged, f"retours+{dispatch.pk.hex}@guichet.example", "retours@x", ""):
        assert not bounces.take(recipient, a_report())
    assert not bounces.take(path, a_report(action="delayed"))
    assert not bounces.take(path, b"Auto-Submitted: auto-replied\n\nI am on holiday.")
    settings.BOUNCES = ""
    assert not bounces.take(path, a_report())
    assert bounces.return_path(dispatch) == ""
    assert not Dispatch.objects.exclude(bounced_at=None).exists()


def test_an_address_that_the_server_refuses_is_unreachable_and_tried_again_after_ninety_days(
    db, mail_server
):
    dispatch = a_mail(to="lea@nowhere.example")
    assert not delivery.deliver(str(dispatch.pk))
    dispatch.refresh_from_db()
    assert (dispatch.last_error, dispatch.gave_up_at is not None) == ("recipient-550", True)
    assert bounces.unreachable("lea@nowhere.example")[0].status == "5.1.1"
    with travel(days=91):
        bounces.forget_unreachable()
    assert not Unreachable.objects.exists()


@hypothesis_given(
    strategies.binary(max_size=300),
    strategies.sampled_from([b"Status:", b"Action:", b"--b\n", b"delivery-status", b"boundary="]),
)
def test_a_report_may_be_anything(noise, around):
    bounces.read(a_report().replace(around, around + noise))
    bounces.read(noise)


def test_a_report_may_be_deep_or_endless():
    deep = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (level, level)
        for level in range(5000)
    )
    assert bounces.read(deep) is None
    assert bounces.read(b"x" * 3_000_000) is None
