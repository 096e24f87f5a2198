"""Delivering: for real, once, again, and at last not at all."""

import smtplib
import socket
import threading
from datetime import timedelta

import pikepdf
import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import connection

from guichet import clock
from guichet.audit.models import Entry
from guichet.demo.smtp import MailServer
from guichet.design import paper
from guichet.files import actions as files
from guichet.files.models import File
from guichet.jobs.worker import Worker
from guichet.post import actions, delivery, printer, tasks
from guichet.post.tests.given import a_letter, a_mail, received


@pytest.mark.django_db
def test_a_mail_arrives_as_it_was_written(mail_server):
    dispatch = a_mail()
    assert delivery.deliver(str(dispatch.pk))
    [mail] = received(mail_server)
    assert mail["Subject"] == "Votre demande – été"
    assert mail["To"] == "lea@example.lu"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "fr"
    assert mail["Message-ID"].startswith(f"<{dispatch.pk}@")
    assert mail.get_body(("plain",)).get_content().splitlines() == ["Bonjour Léa"]
    assert "<h1>Bonjour</h1>" in mail.get_body(("html",)).get_content()


@pytest.mark.django_db
def test_what_was_sent_is_not_kept(mailoutbox):
    dispatch = a_mail()
    delivery.deliver(str(dispatch.pk))
    dispatch.refresh_from_db()
    assert dispatch.sent_at is not None
    assert (dispatch.text, dispatch.html) == ("", "")
    assert not delivery.deliver(str(dispatch.pk))
    assert len(mailoutbox) == 1


@pytest.mark.django_db
def test_the_worker_sends_what_an_act_has_written(mailoutbox):
    dispatch = a_mail()
    tasks.deliver.enqueue(str(dispatch.pk))
    assert Worker().work_off() == 1
    assert len(mailoutbox) == 1


@pytest.mark.django_db
def test_a_mail_server_that_is_away_is_tried_again_later(settings, time_machine_at):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = _free_port()
    dispatch = a_mail()
    assert not delivery.deliver(str(dispatch.pk))
    dispatch.refresh_from_db()
    assert (dispatch.tries, dispatch.last_error, dispatch.gave_up_at) == (1, "connection", None)
    assert delivery.deliver_due() == 0

    server = MailServer(settings.EMAIL_PORT)
    server.start()
    try:
        time_machine_at(clock.now() + timedelta(minutes=1, seconds=1))
        assert delivery.deliver_due() == 1
    finally:
        server.stop()
    dispatch.refresh_from_db()
    assert (dispatch.tries, dispatch.last_error) == (2, "")


@pytest.mark.django_db
def test_after_two_days_of_tries_it_is_given_up_and_can_be_revived(monkeypatch, time_machine_at):
    monkeypatch.setattr(EmailMultiAlternatives, "send", _raise(TimeoutError))
    dispatch = a_mail()
    for _try in range(delivery.TRIES_MAX):
        delivery.deliver(str(dispatch.pk))
        dispatch.refresh_from_db()
        time_machine_at(dispatch.next_try_at)
    assert dispatch.gave_up_at is not None
    assert dispatch.last_error == "timeout"
    assert Entry.objects.get(event="post.dispatch-given-up").data["code"] == "timeout"
    assert delivery.deliver_due() == 0

    monkeypatch.undo()
    assert actions.try_again(dispatch)
    assert not actions.try_again(dispatch)
    assert Worker().work_off() == 1
    dispatch.refresh_from_db()
    assert dispatch.sent_at is not None


@pytest.mark.django_db
def test_an_address_that_does_not_exist_is_given_up_at_once(monkeypatch):
    refusal = smtplib.SMTPRecipientsRefused(
        {"lea@example.lu": (550, b"no such user lea@example.lu")}
    )
    monkeypatch.setattr(EmailMultiAlternatives, "send", _raise(refusal))
    dispatch = a_mail()
    delivery.deliver(str(dispatch.pk))
    dispatch.refresh_from_db()
    assert dispatch.gave_up_at is not None
    assert dispatch.last_error == "recipient-550"


@pytest.mark.django_db
def test_a_worker_that_died_in_the_last_try_leaves_a_dead_letter():
    dispatch = a_mail(tries=delivery.TRIES_MAX)
    assert delivery.deliver_due() == 0
    dispatch.refresh_from_db()
    assert dispatch.last_error == "worker-lost"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (smtplib.SMTPRecipientsRefused({"a": (450, b"later")}), "recipient-450"),
        (smtplib.SMTPDataError(451, b"later"), "smtp-451"),
        (ConnectionResetError(), "connection"),
        (smtplib.SMTPServerDisconnected(), "connection"),
        (ValueError("lea@example.lu"), "ValueError"),
    ],
)
@pytest.mark.django_db
def test_an_error_is_a_code_without_the_servers_words(monkeypatch, fault, code):
    monkeypatch.setattr(EmailMultiAlternatives, "send", _raise(fault))
    dispatch = a_mail()
    delivery.deliver(str(dispatch.pk))
    dispatch.refresh_from_db()
    assert dispatch.last_error == code
    assert dispatch.gave_up_at is None


@pytest.mark.django_db(transaction=True)
def test_eight_workers_send_one_mail(mail_server):
    dispatch = a_mail()
    start, sent = threading.Barrier(8), []

    def work():
        start.wait()
        try:
            sent.append(delivery.deliver(str(dispatch.pk)))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(sent) == [False] * 7 + [True]
    assert len(received(mail_server)) == 1


@pytest.mark.django_db
def test_a_letter_is_tagged_pdf_in_its_language_and_lies_in_the_print_queue():
    dispatch = a_letter()
    assert delivery.deliver(str(dispatch.pk))
    dispatch.refresh_from_db()
    assert dispatch.rendered_at <= dispatch.sent_at
    assert dispatch.html == ""
    [laid] = printer.print_queue().glob(f"*{dispatch.pk}.pdf")
    assert laid.read_bytes() == files.read(dispatch.file)
    with pikepdf.open(laid) as pdf:
        assert str(pdf.Root.Lang) == "fr"
        assert bool(pdf.Root.MarkInfo.Marked)
        assert "/StructTreeRoot" in pdf.Root
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == "Bonjour"


@pytest.mark.django_db
def test_a_letter_is_rendered_once_even_if_the_printer_is_away(monkeypatch, time_machine_at):
    monkeypatch.setattr(printer, "hand_over", _raise(OSError(28, "No space left on device")))
    dispatch = a_letter()
    assert not delivery.deliver(str(dispatch.pk))
    dispatch.refresh_from_db()
    assert dispatch.rendered_at is not None
    assert dispatch.sent_at is None

    monkeypatch.undo()
    monkeypatch.setattr(paper, "pdf", _raise(AssertionError))
    time_machine_at(dispatch.next_try_at)
    assert delivery.deliver_due() == 1


@pytest.mark.django_db
def test_addresses_and_papers_are_forgotten_after_ninety_days(mailoutbox, time_machine_at):
    mail, letter = a_mail(), a_letter()
    for dispatch in (mail, letter):
        delivery.deliver(str(dispatch.pk))
    actions.forget()
    mail.refresh_from_db()
    assert mail.to == "lea@example.lu"

    time_machine_at(clock.now() + timedelta(days=91))
    actions.forget()
    mail.refresh_from_db()
    letter.refresh_from_db()
    assert (mail.to, letter.addressee, letter.file) == ("", [], None)
    assert not File.objects.exists()
    assert mail.sent_at is not None


@pytest.mark.django_db
def test_what_never_left_is_forgotten_as_well(monkeypatch, time_machine_at):
    mail = a_mail()
    refusal = smtplib.SMTPRecipientsRefused({"lea@example.lu": (550, b"no")})
    monkeypatch.setattr(EmailMultiAlternatives, "send", _raise(refusal))
    delivery.deliver(str(mail.pk))
    time_machine_at(clock.now() + timedelta(days=91))
    actions.forget()
    mail.refresh_from_db()
    assert (mail.to, mail.text, mail.html) == ("", "", "")
    assert mail.gave_up_at is not None
    assert not actions.try_again(mail)


def _raise(fault):
    def raising(*_args, **_kwargs):
        raise fault

    return raising


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
