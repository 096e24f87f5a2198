"""Starting servers on a core of their own, and reading what they cost."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv" / "bin" / "python"

SERVER_CORE, LOAD_CORE = 0, (os.cpu_count() or 1) - 1
# One process; what stands under the portal's figures is served as `guichet.config.serve` does.
THREADS = "8"
_GRANIAN = [
    str(ROOT / ".venv" / "bin" / "granian"), "--interface", "wsgi", "--host", "127.0.0.1",
    "--workers", "1", "--blocking-threads", THREADS, "--blocking-threads-idle-timeout", "600",
    "--log-level", "error",
]  # fmt: skip
_SERVE = [str(PYTHON), "-m", "guichet.config.serve", "--threads", THREADS]
STARTS_WITHIN_SECONDS = 30.0


@dataclass
class Server:
    """A running server: where it listens, which processes it is, how long its start took."""

    port: int
    process: "subprocess.Popen[bytes]"
    start_seconds: float

    def processes(self) -> list[int]:
        """The server's own process and all below it."""
        return [self.process.pid, *below(self.process.pid)]

    def cpu_seconds(self) -> float:
        """CPU time of all its processes so far, ended threads included."""
        return sum(cpu_seconds(process) for process in self.processes())

    def memory_mb(self) -> dict[str, float]:
        """Proportional and resident memory of the largest process, which answers requests."""
        return max((_memory(process) for process in self.processes()), key=lambda m: m["rss"])


def portal_command(part: str, port: int) -> list[str]:
    """The portal's own command for "web" or "worker"."""
    return [*_SERVE, "--only", part, "--port", str(port)]


@contextmanager
def serving(
    environment: dict[str, str],
    *,
    application: str = "",
    first: str = "/",
    log: Path | None = None,
) -> Iterator[Server]:
    """The portal, or an `application` under the same server, alone on its core."""
    port = free_port()
    command = portal_command("web", port)
    if application:
        command = [*_GRANIAN, "--port", str(port), application]
    out = log.open("ab") if log else subprocess.DEVNULL
    began = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **environment, "PORT": str(port)},
        stdout=out,
        stderr=out,
        start_new_session=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {SERVER_CORE}),
    )
    try:
        _first_answer(port, first, process)
        yield Server(port, process, time.perf_counter() - began)
    finally:
        stop(process)


def stop(process: "subprocess.Popen[bytes]") -> None:
    """Ask, then insist; the whole group, so that no child stays behind."""
    for request in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, request)
            process.wait(timeout=10)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
        return


def below(process: int) -> list[int]:
    """All processes that it started, and that those started."""
    found = []
    for listing in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, listing.read_text().split()):
            found += [child, *below(child)]
    return found


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def cpu_seconds(process: int) -> float:
    """CPU time of a process, to the nanosecond: Linux's clock of another process."""
    try:
        return time.clock_gettime((~process << 3) | 2)
    except OSError:
        return 0.0


def _first_answer(port: int, path: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    question = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()
    )
    while time.monotonic() < until and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
                connection.sendall(question)
                if connection.recv(12).startswith(b"HTTP/1.1 "):
                    return
        except OSError:
            time.sleep(0.005)
    raise RuntimeError(f"No answer on port {port}; the server ended with {process.poll()}.")


def _memory(process: int) -> dict[str, float]:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
    return {"pss": kilobytes["Pss"] / 1024, "rss": kilobytes["Rss"] / 1024}
