"""Processes that are killed without warning, and people who do not give up because of it."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from tools.bench.client import Answer, Connection, Unexpected
from tools.bench.processes import ROOT, below, stop

PATIENCE_SECONDS_MAX = 60
_GONE_SECONDS_MAX = 10


class Process:
    """The server or the worker: started, killed without warning, started again."""

    def __init__(
        self, name: str, command: list[str], environment: dict[str, str], log: Path
    ) -> None:
        self.name, self._command, self._environment, self._log = name, command, environment, log
        self.kills = 0
        self._start()

    def kill(self) -> None:
        """SIGKILL to it and to everything below it, then a new start at once.

        Its children are groups of their own, which end politely when their parent is killed: they
        are not left the time.
        """
        whole = [self._process.pid, *below(self._process.pid)]
        for process in whole:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self._process.wait()
        until = time.monotonic() + _GONE_SECONDS_MAX
        while any(map(_lives, whole)) and time.monotonic() < until:
            time.sleep(0.005)
        self.kills += 1
        self._start()

    def end(self) -> None:
        """A friendly end."""
        stop(self._process)

    def _start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env={**os.environ, **self._environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


class Patient:
    """A connection that sends the same bytes again until there is an answer."""

    def __init__(self, port: int) -> None:
        self._connection = Connection(port)
        self.answers = self.sent_again = 0

    def exchange(self, asked: bytes) -> Answer:
        """One request, sent as often as it takes within a minute."""
        until = time.monotonic() + PATIENCE_SECONDS_MAX
        while True:
            try:
                answer = self._connection.exchange(asked)
            except (OSError, Unexpected):
                self._connection.close()
                if time.monotonic() > until:
                    raise
                self.sent_again += 1
                time.sleep(0.1)
            else:
                self.answers += 1
                return answer


def _lives(process: int) -> bool:
    """Whether it still runs; what is dead and not yet collected does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"
