"""Viruses, with a real clamd and without."""

import subprocess
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, BinaryIO, cast

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from guichet import clock
from guichet.files import actions, checks, disk, scanning
from guichet.files.models import Scan, State
from guichet.files.scanners import TEST_SIGNATURE, TEST_STRING, Absent, Clamd, StandIn, Unscanned
from guichet.files.tests.given import ALL, a_pdf
from guichet.jobs.worker import Worker
from guichet.refusals import Refused
from tests.racing import together
from tools import system_packages

pytestmark = pytest.mark.django_db

STREAM_MAX_BYTES = 1_000_000
FILE_MAX_BYTES = 950_000


class Running:
    """A clamd with one signature of our own: there is no other way to have one without network."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = str(folder / "clamd.sock")
        signatures = folder / "signatures"
        signatures.mkdir()
        (signatures / "test.ndb").write_text(f"{TEST_SIGNATURE}:0:*:{TEST_STRING.hex()}\n")
        self.configuration = folder / "clamd.conf"
        self.configuration.write_text(
            f"LocalSocket {self.socket}\nDatabaseDirectory {signatures}\nForeground yes\n"
            f"StreamMaxLength {STREAM_MAX_BYTES}\nMaxFileSize {FILE_MAX_BYTES}\nAlertExceedsMax yes\nMaxThreads 2\n"
            f"TemporaryDirectory {folder}\n"
        )
        self.process: subprocess.Popen[bytes] | None = None

    def start(self):
        clamd = system_packages.clamd()
        assert clamd, "clamd is missing; `make test` installs it"
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [clamd, "--config-file", str(self.configuration)], stdout=log, stderr=log
            )
        until = time.monotonic() + 30
        while not Path(self.socket).exists():
            assert time.monotonic() < until, (self.folder / "log").read_text()
            assert self.process.poll() is None, (self.folder / "log").read_text()
            time.sleep(0.02)

    def kill(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
        Path(self.socket).unlink(missing_ok=True)


@contextmanager
def _a_clamd(folder):
    running = Running(folder)
    running.start()
    try:
        yield running
    finally:
        running.kill()


@pytest.fixture(scope="module")
def _one_clamd(tmp_path_factory):
    # A short path: the address of a socket has 107 bytes at most.
    with _a_clamd(tmp_path_factory.mktemp("clamd")) as running:
        yield running


@pytest.fixture
def clamd(_one_clamd, settings):
    if _one_clamd.process is None:
        _one_clamd.start()
    settings.CLAMD = _one_clamd.socket
    return _one_clamd


def handed_in(content=None, name="facture.pdf"):
    content = a_pdf() if content is None else content
    upload = actions.begin(name, len(content), ALL)
    pieces = iter([content])
    actions.append(upload, 0, lambda _most: next(pieces, b""))
    return actions.finish(upload, ALL)


def infected():
    return handed_in(TEST_STRING, "readme.txt")


def scan_of(file):
    scan = scanning.scan_of(file)
    assert scan is not None
    return scan


def later(monkeypatch, by):
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + by)


def test_a_paper_waits_until_it_was_looked_at_and_then_is_clean(clamd):
    file = handed_in()
    assert scanning.state_of(file) is State.WAITING
    assert Worker().work_off() == 1
    assert scanning.state_of(file) is State.CLEAN
    assert scan_of(file).engine.startswith("ClamAV ")


def test_a_virus_is_refused_by_its_name(clamd):
    file, clean = infected(), handed_in()
    Worker().work_off()
    assert scanning.state_of(file) is State.REFUSED
    assert scan_of(file).found.startswith(TEST_SIGNATURE)
    assert scanning.states([file, clean]) == {
        file.digest: State.REFUSED,
        clean.digest: State.CLEAN,
    }


def test_bytes_that_were_looked_at_are_not_looked_at_again(clamd):
    handed_in()
    Worker().work_off()
    assert scanning.state_of(handed_in(name="b.pdf")) is State.CLEAN
    assert Worker().work_off() == 0


def test_a_paper_of_several_pieces_is_handed_over_whole(clamd):
    file = handed_in(b"x" * 300_000 + TEST_STRING + b"y" * 300_000, "a.txt")
    scanning.check(file.digest)
    assert scanning.state_of(file) is State.REFUSED


def test_without_a_scanner_papers_wait_and_pass_when_it_is_back(clamd, monkeypatch):
    clamd.kill()
    clean, bad = handed_in(), infected()
    Worker().work_off()
    assert scanning.state_of(clean) is State.WAITING
    assert scanning.keeps_up(), "nothing has waited for long"
    assert scan_of(clean).trouble == "absent"
    assert scanning.check_waiting() == 0, "its turn has not come"

    for _hour in range(30):  # for more than a day
        later(monkeypatch, timedelta(hours=1))
        assert scanning.check_waiting() == 0
    assert scan_of(clean).tries + scan_of(bad).tries == 2 + 30, "one of them asked each time"
    assert not scanning.keeps_up()
    clamd.start()
    later(monkeypatch, timedelta(hours=1))
    assert scanning.check_waiting() == 2
    assert scanning.keeps_up()
    assert scanning.state_of(clean) is State.CLEAN
    assert scanning.state_of(bad) is State.REFUSED
    assert scanning.waiting_since() is None


def test_when_the_scanner_is_back_nobody_waits_for_a_pause(clamd, monkeypatch):
    clamd.kill()
    first = handed_in()
    for _hour in range(8):
        later(monkeypatch, timedelta(hours=1))
        scanning.check_waiting()
    clamd.start()
    second = handed_in(b"another", "a.txt")
    scanning.check(second.digest)
    assert scanning.state_of(first) is State.WAITING
    assert scanning.check_waiting() == 1
    assert scanning.state_of(first) is State.CLEAN


def test_a_scanner_that_dies_in_the_middle_has_said_nothing(clamd):
    file = handed_in(b"x" * 900_000, "a.txt")

    class Dying:
        def __init__(self, stream):
            self.stream, self.turns = stream, 0

        def read(self, most):
            self.turns += 1
            if self.turns == 3:
                clamd.kill()
            return self.stream.read(most)

    with actions.open_file(file) as stream, pytest.raises(Absent):
        Clamd(clamd.socket).look_for(cast(BinaryIO, Dying(stream)))
    assert not scanning.check(file.digest)
    assert scanning.state_of(file) is State.WAITING


@pytest.mark.parametrize("size", [STREAM_MAX_BYTES + 200_000, FILE_MAX_BYTES + 10_000])
def test_a_paper_that_is_too_large_for_the_scanner_waits_and_says_why(clamd, caplog, size):
    file = handed_in(b"x" * size, "a.txt")
    assert not scanning.check(file.digest)
    assert scanning.state_of(file) is State.WAITING
    assert scan_of(file).trouble == "too-large"
    assert "larger than the scanner takes" in caplog.text


def test_a_scanner_can_be_elsewhere(settings):
    settings.CLAMD = "127.0.0.1:9"
    file = handed_in()
    assert not scanning.check(file.digest)
    assert scan_of(file).trouble == "absent"


def test_a_scanner_that_says_something_else_has_not_passed_it(tmp_path):
    import socket
    import threading

    for said in (b"stream: Can't allocate memory ERROR\0", b"stream: OK", b"", b"OK\0", b"\xff\0"):
        path = str(tmp_path / "s")
        Path(path).unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(path)
            listening.listen()

            def answering(listening=listening, said=said):
                connection, _ = listening.accept()
                with connection:
                    connection.recv(10_000)
                    connection.sendall(said)

            thread = threading.Thread(target=answering)
            thread.start()
            file = handed_in()
            with actions.open_file(file) as stream, pytest.raises(Unscanned):
                Clamd(path).look_for(stream)
            thread.join()


def test_bytes_that_nobody_names_any_more_need_no_scan(clamd):
    file = handed_in()
    actions.discard(file)
    disk.place_of(file.digest).unlink()
    assert scanning.check(file.digest)
    assert not Scan.objects.exists()


def test_bytes_that_are_missing_do_not_pass(clamd):
    file = handed_in()
    disk.place_of(file.digest).unlink()
    assert not scanning.check(file.digest)
    assert scanning.state_of(file) is State.WAITING


def test_a_paper_of_an_act_that_was_undone_is_not_scanned(clamd):
    path, stream = disk.new_draft()
    with stream:
        stream.write(a_pdf())
    taken = SimpleNamespace(path=path, digest=disk.digest_of(path), size_bytes=9, typed_name="a")
    with transaction.atomic():
        actions.keep(actions.look_into(taken, ALL))
        assert Scan.objects.exists()
        transaction.set_rollback(True)
    assert not Scan.objects.exists()
    assert Worker().work_off() == 0


@pytest.mark.django_db(transaction=True)
def test_the_same_bytes_handed_in_twice_at_once_are_asked_about_once():
    files = together(handed_in, handed_in, handed_in)
    assert len(files) == 3
    assert Scan.objects.count() == 1


# --- Without a scanner


def test_without_a_scanner_nothing_passes_and_the_operator_is_told(settings, client):
    settings.CLAMD = ""
    file = handed_in()
    Worker().work_off()
    assert scanning.state_of(file) is State.WAITING
    assert scanning.waiting_since() is not None
    assert client.get("/readyz").json()["scanner"] is False
    assert [told.id for told in checks.papers_are_scanned()] == ["guichet.W003"]
    settings.CLAMD = "/run/clamd"
    assert checks.papers_are_scanned() == []


@pytest.mark.demo
def test_a_demonstration_has_a_stand_in_that_says_what_it_is(settings, client):
    settings.CLAMD = ""
    clean, bad = handed_in(), infected()
    Worker().work_off()
    assert scanning.state_of(clean) is State.CLEAN
    assert scanning.state_of(bad) is State.REFUSED
    assert scan_of(clean).engine == "stand-in"
    assert scanning.is_stand_in()
    assert client.get("/readyz").json()["scanner"] is True
    assert checks.papers_are_scanned() == []


@pytest.mark.parametrize(
    ("before", "found"), [(0, TEST_SIGNATURE), (900_000, TEST_SIGNATURE), (1 << 20, "")]
)
def test_how_far_the_stand_in_looks(tmp_path, before, found):
    path = tmp_path / "x"
    path.write_bytes(b"x" * before + TEST_STRING)
    with path.open("rb") as stream:
        assert StandIn().look_for(stream) == found


def test_the_test_string_stands_whole_in_no_file_of_ours():
    root = Path(__file__).resolve().parents[3]
    for path in root.glob("guichet/**/*.py"):
        assert TEST_STRING not in path.read_bytes(), path


def test_the_database_holds_the_rules():
    rows: list[dict[str, Any]] = [
        {"found": "Eicar"},
        {"checked_at": clock.now()},
        {"engine": "ClamAV"},
    ]
    for number, wrong in enumerate(rows):
        with pytest.raises(IntegrityError), transaction.atomic():
            Scan.objects.create(digest=f"{number:064}", **wrong)


def test_a_deployment_is_checked():
    call_command("check", fail_level="ERROR")


def test_a_refused_paper_is_given_to_nobody(clamd):
    from guichet.files import serving

    file = infected()
    Worker().work_off()
    with pytest.raises(Refused) as refused:
        serving.answer(file)
    assert refused.value.code == "virus"
