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
GRANIAN = ROOT / ".venv" / "bin" / "granian"

SERVER_CORE, LOAD_CORE = 0, (os.cpu_count() or 1) - 1
# As `make run` and docs/operating.md start it: one process, one runtime thread, enough threads for writers to queue.
OPTIONS = (
    "--interface", "wsgi", "--host", "127.0.0.1", "--workers", "1", "--blocking-threads", "16",
    "--no-access-log", "--log-level", "warning",
)  # fmt: skip
STARTS_WITHIN_SECONDS = 30.0


@dataclass
class Server:
    """A running server: where it listens, which processes it is, how long its start took."""

    port: int
    process: "subprocess.Popen[bytes]"
    start_seconds: float

    def processes(self) -> list[int]:
        """The server's own process and all below it."""
        return [self.process.pid, *_below(self.process.pid)]

    def cpu_seconds(self) -> float:
        """CPU time of all its processes so far, ended threads included."""
        return sum(cpu_seconds(process) for process in self.processes())

    def memory_mb(self) -> dict[str, float]:
        """Proportional and resident memory of the largest process, which answers requests."""
        return max((_memory(process) for process in self.processes()), key=lambda m: m["rss"])


@contextmanager
def serving(
    application: str, environment: dict[str, str], *, first: str = "/", log: Path | None = None
) -> Iterator[Server]:
    """`application` under granian, alone on its core, until the block ends."""
    port = free_port()
    out = log.open("ab") if log else subprocess.DEVNULL
    began = time.perf_counter()
    process = subprocess.Popen(
        [GRANIAN, *OPTIONS, "--port", str(port), application],
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


def _below(process: int) -> list[int]:
    found = []
    for listing in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, listing.read_text().split()):
            found += [child, *_below(child)]
    return found


def _memory(process: int) -> dict[str, float]:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
    return {"pss": kilobytes["Pss"] / 1024, "rss": kilobytes["Rss"] / 1024}
