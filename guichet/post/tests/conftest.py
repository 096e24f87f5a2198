"""What the tests of this room need."""

import pytest

from guichet.demo.smtp import MailServer


@pytest.fixture
def mail_server(settings, tmp_path):
    server = MailServer(folder=tmp_path / "mails")
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = server.port
    yield server
    server.stop()


@pytest.fixture
def time_machine_at():
    import time_machine

    travels = []

    def at(moment):
        travel = time_machine.travel(moment, tick=True)
        travel.start()
        travels.append(travel)

    yield at
    for travel in reversed(travels):
        travel.stop()
