"""The one command: what it starts ends with it, and what cannot be is said in a sentence."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest

from guichet.config import catalogues, statics

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Prepared once, served by each test."""
    folder = tmp_path_factory.mktemp("served")
    process = start(folder, "--only", "prepare")
    process.communicate(timeout=120)
    assert process.returncode == 0
    return folder


def start(folder, *arguments, said=subprocess.PIPE, **environment):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GUICHET_", "DJANGO_"))}
    told = {"GUICHET_DATA": str(folder), "GUICHET_DATABASE_URL": f"sqlite:///{folder}/db.sqlite3"}
    return subprocess.Popen(
        [sys.executable, "-m", "guichet.config.serve", *arguments],
        cwd=ROOT,
        env=kept | told | environment,
        stderr=said,
        text=True,
        start_new_session=True,
    )


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port):
    asking = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        asking.request("GET", "/healthz")
        return asking.getresponse().status == 200
    except OSError:
        return False
    finally:
        asking.close()


def is_ready(port):
    asking = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        asking.request("GET", "/readyz")
        return asking.getresponse().status == 200
    finally:
        asking.close()


def until(happened, seconds=60.0):
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def children(process):
    """Process identifiers of all that `process` has started and that still run."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            _name, _paren, rest = entry.read_text().rpartition(")")
        except OSError:
            continue
        state, _parent, _group, session = rest.split()[:4]
        if int(session) == process.pid and state != "Z":
            found.append(int(entry.parent.name))
    return [pid for pid in found if pid != process.pid]


@pytest.fixture
def log(tmp_path):
    return tmp_path / "log"


@pytest.fixture
def served(data, log):
    port = free_port()
    with log.open("w") as said:
        process = start(data, "--port", str(port), said=said)
    try:
        until(lambda: "is served." in log.read_text() or process.poll() is not None)
        assert answers(port), log.read_text()
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_told_to_stop_all_end(served, log, number):
    assert len(children(served)) >= 2
    (os.killpg if number == signal.SIGINT else os.kill)(served.pid, number)
    assert served.wait(timeout=30) == 0, log.read_text()
    assert children(served) == []


@pytest.mark.parametrize("which", [0, 1])
def test_when_one_dies_all_end_with_a_message(served, log, which):
    os.kill(sorted(children(served))[which], signal.SIGKILL)
    assert served.wait(timeout=30) == 1
    until(lambda: children(served) == [])
    assert "process ended" in log.read_text()


def test_when_the_command_itself_is_killed_nothing_is_left(served):
    served.kill()
    served.wait()
    until(lambda: children(served) == [], seconds=30)


def test_a_port_that_is_taken_is_said_in_a_sentence(data):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = start(data, "--port", str(port))
        _out, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"Port {port} of 127.0.0.1 cannot be used" in said
    assert "Traceback" not in said


def test_a_part_can_run_by_itself(data, log):
    port = free_port()
    with log.open("w") as said:
        web = start(data, "--only", "web", "--port", str(port), said=said)
        worker = start(data, "--only", "worker", "--port", str(port), said=said)
    try:
        until(lambda: log.read_text().count("is served.") == 2)
        until(lambda: is_ready(port))
    finally:
        for process in (web, worker):
            process.terminate()
    assert [process.wait(timeout=30) for process in (web, worker)] == [0, 0]


def test_a_demonstration_without_its_mail_server_does_not_run(data):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        mails = str(taken.getsockname()[1])
        process = start(data, "--port", str(free_port()), GUICHET_DEMO="1", GUICHET_SMTP_PORT=mails)
        _out, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "mail server cannot start" in said
    assert children(process) == []


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ({"GUICHET_BIND": "0.0.0.0"}, "GUICHET_BIND"),
        ({"GUICHET_SITE_URL": "https://guichet.example"}, "GUICHET_SITE_URL"),
        ({"GUICHET_HOSTS": "guichet.example"}, "GUICHET_HOSTS"),
    ],
)
def test_a_demonstration_is_not_served_to_others(data, told, named):
    process = start(data, "--port", str(free_port()), GUICHET_DEMO="1", **told)
    _out, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"Change {named}" in said


@pytest.mark.parametrize("address", ["https://guichet.example", "http://192.0.2.1:8000"])
def test_nobody_is_registered_for_real_with_an_invented_register(data, address):
    process = start(data, "--port", str(free_port()), GUICHET_SITE_URL=address)
    _out, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "GUICHET_POPULATION_REGISTER and GUICHET_BUSINESS_REGISTER" in said
    assert "Traceback" not in said


def test_a_key_that_is_no_key_is_said_in_a_sentence(data):
    process = start(data, "--port", str(free_port()), GUICHET_INDEX_KEY="c2hvcnQ=")
    _out, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert said.startswith("GUICHET_INDEX_KEY: ")
    assert "c2hvcnQ=" not in said


def test_what_people_entrusted_to_us_is_not_for_other_users_of_the_machine(data):
    kept = [data / "db.sqlite3", data / "keys" / "sealing", *data.glob("files/**/*")]
    assert all(path.stat().st_mode & 0o007 == 0 for path in kept)


@pytest.mark.parametrize("only", [[], ["--only", "web"], ["--only", "worker"]])
def test_with_other_keys_than_the_databases_nothing_is_served(tmp_path, only):
    demonstration = {"GUICHET_DEMO": "1"}
    prepared = start(tmp_path, "--only", "prepare", **demonstration)
    prepared.communicate(timeout=120)
    (tmp_path / "keys" / "index").unlink()
    process = start(tmp_path, *only, "--port", str(free_port()), **demonstration)
    _out, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Bring back the right ones: GUICHET_INDEX_KEY" in said
    assert "Traceback" not in said


def test_catalogues_are_compiled_when_their_text_is_newer(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogues, "PACKAGE", tmp_path)
    po = tmp_path / "room" / "locale" / "fr" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True)
    po.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "yes"\nmsgstr "oui"\n'
    )
    assert catalogues.compile_changed() == 1
    assert catalogues.compile_changed() == 0
    later = time.time() + 5
    os.utime(po, (later, later))
    assert catalogues.compile_changed() == 1


def test_a_script_asks_for_another_under_a_name_that_changes_with_it(settings, tmp_path):
    settings.DATA, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    hashed = {"BACKEND": "guichet.config.statics.Hashed"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": hashed}
    assert statics.collect_changed()
    [draft] = (tmp_path / "static").glob("procedures/draft.*.js")
    [named] = re.findall(r'"\./(rules\.[0-9a-f]+\.js)"', draft.read_text())
    assert (draft.parent / named).exists()


def test_static_files_are_collected_when_they_change(settings, tmp_path, monkeypatch):
    settings.DATA, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    assert statics.collect_changed()
    assert list((tmp_path / "static").rglob("*.css"))
    assert not statics.collect_changed()
    monkeypatch.setattr(statics, "_fingerprint", lambda: "other")
    assert statics.collect_changed()
