"""The first command, as somebody types it."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.journeys.portal import ROOT, Origin, Portal, free_port

SECONDS_MAX = 5.0


def test_a_second_start_serves_within_five_seconds(origin: Origin):
    again = Portal(origin.folder / "origin", origin.database)
    took = again.start()
    again.stop()
    assert took < SECONDS_MAX


def test_make_run_says_where_to_go_and_ends_with_what_it_started(tmp_path: Path):
    port = free_port()
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith(("GUICHET_", "DJANGO_", "MAKE"))
    }
    log = tmp_path / "log"
    with log.open("wb") as output:
        make = subprocess.Popen(
            ["make", "run"],
            cwd=ROOT,
            env={**kept, "PORT": str(port), "GUICHET_DATA": str(tmp_path / "data")},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        _until(lambda: f"http://127.0.0.1:{port}/" in log.read_text(), log)
    finally:
        os.killpg(make.pid, signal.SIGINT)  # what Ctrl-C sends
        make.wait(timeout=20)
    assert re.search(r"/demo/", log.read_text())
    assert _listening_processes(port) == []
    assert "Traceback" not in log.read_text()


def test_a_taken_port_is_said_in_a_sentence(portal: Portal, tmp_path: Path):
    other = Portal(tmp_path / "other")
    other.port = portal.port
    with pytest.raises(AssertionError, match=f"Port {portal.port} of 127.0.0.1 cannot be used"):
        other.start()


def _until(condition, log: Path) -> None:
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.2)


def _listening_processes(port: int) -> list[str]:
    """Lines of the kernel's table of listening sockets for this port."""
    wanted = f"0100007F:{port:04X}"
    table = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return [line for line in table if line.split()[1] == wanted and line.split()[3] == "0A"]
