"""Kill the server and the worker at random moments under load, then count.

    make soak                                  two minutes on SQLite, then the count
    .venv/bin/python -m tools.soak --help      longer, or on PostgreSQL
    .venv/bin/python -m tools.soak --posts 100000
                                               odd forms at the addresses of drafts: no crash

People create professional spaces, others ask to be registered. Whoever gets no answer sends the
same bytes again, as browsers and impatient people do. Afterwards: everything that was acknowledged
must be there, once; everything that is there must be whole; each mail must have arrived.
"""

import argparse
import itertools
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from guichet.demo.smtp import MailServer
from tools.bench import scenarios
from tools.bench.client import Answer, Browser, Connection, Unexpected
from tools.bench.processes import PYTHON, ROOT, free_port, portal_command, stop
from tools.with_postgres import postgresql

CREATORS, NEWCOMERS = 8, 60
POSTS = "guichet/procedures/tests/test_fuzz_posts.py"
# A mail whose worker died in the middle is tried again a minute later, looked for every 30 s.
DRAIN_SECONDS_MAX = 180
PATIENCE_SECONDS_MAX = 60


@dataclass
class Told:
    """What people were told: drafts that became spaces, addresses that a mail was promised to."""

    spaces: list[str] = field(default_factory=list)
    mails: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    sent_again: int = 0


class Patient:
    """A connection that sends the same bytes again until there is an answer."""

    def __init__(self, port: int, told: Told) -> None:
        self._connection = Connection(port)
        self._told = told

    def exchange(self, asked: bytes) -> Answer:
        """One request, sent as often as it takes within a minute."""
        until = time.monotonic() + PATIENCE_SECONDS_MAX
        while True:
            try:
                return self._connection.exchange(asked)
            except (OSError, Unexpected):
                self._connection.close()
                if time.monotonic() > until:
                    raise
                self._told.sent_again += 1
                time.sleep(0.1)


class Process:
    """The server or the worker: started, killed without warning, started again."""

    def __init__(
        self, name: str, command: list[str], environment: dict[str, str], log: Path
    ) -> None:
        self.name, self._command, self._environment, self._log = name, command, environment, log
        self.kills = 0
        self._start()

    def kill(self) -> None:
        """SIGKILL to the whole group, then a new start at once."""
        os.killpg(self._process.pid, 9)
        self._process.wait()
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


def main() -> int:
    options = _options()
    random.seed(options.seed)
    with TemporaryDirectory(prefix="guichet-soak-") as name:
        folder = Path(name)
        if options.posts:
            return _post(folder, options)
        database = (
            nullcontext(f"sqlite:///{folder}/guichet.sqlite3")
            if options.engine == "sqlite"
            else postgresql(durable=True)
        )
        with database as address:
            return _soak(folder, address, options.seconds)


def _post(folder: Path, options: argparse.Namespace) -> int:
    """Odd forms, as many as asked: the test of the suite, for longer."""
    seed = options.seed or random.SystemRandom().randrange(1, 2**32)
    print(f"{options.posts} posts on {options.engine}, seed {seed}", flush=True)
    database = (
        nullcontext(f"sqlite:///{folder}/guichet.sqlite3")
        if options.engine == "sqlite"
        else postgresql(durable=False)
    )
    with database as address:
        environment = {
            **os.environ,
            "GUICHET_DATABASE_URL": address,
            "GUICHET_POSTS": str(options.posts),
            "GUICHET_SEED": str(seed),
        }
        command = [str(PYTHON), "-m", "pytest", "-q", "-n", "0", POSTS]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def _soak(folder: Path, database: str, seconds: float) -> int:
    port, post = free_port(), MailServer(folder=folder / "mails")
    post.start()
    environment = {
        "GUICHET_DATA": str(folder),
        "GUICHET_DATABASE_URL": database,
        "GUICHET_DEMO": "0",
        "GUICHET_SMTP_PORT": str(post.port),
        "GUICHET_SPACES_PER_CREDENTIAL": "1000000",
        "GUICHET_LOG_LEVEL": "ERROR",
        "PORT": str(port),
    }
    made = json.loads(
        _run("tools.bench.prepare", ["0", str(CREATORS), str(NEWCOMERS)], environment)
    )
    log = folder / "log"
    server = Process("server", portal_command("web", port), environment, log)
    worker = Process("worker", portal_command("worker", port), environment, log)
    told = Told()
    try:
        _load(port, made, told, (server, worker), seconds)
        _drain(environment)
    finally:
        worker.end()
        server.end()
        post.stop()
    received = _received(folder / "mails")
    found = json.loads(_run("tools.soak", ["--count", _written(folder, told)], environment))
    faults = told.faults + found["faults"]
    faults += [f"no mail for {address}" for address in told.mails if not received[address]]
    print(
        f"{server.kills} times the server and {worker.kills} times the worker were killed; "
        f"{told.sent_again} requests were sent again.\n"
        f"Spaces: {len(told.spaces)} acknowledged, {found['spaces']} stored.\n"
        f"Registrations: {len(told.mails)} acknowledged, {found['requests']} stored, "
        f"{sum(received.values())} mails arrived, "
        f"{sum(count - 1 for count in received.values())} of them a second time."
    )
    print(
        "\n".join(faults) or "Nothing acknowledged is missing, nothing is there twice or in half."
    )
    if faults:
        print(log.read_text()[-3000:], file=sys.stderr)
    return 1 if faults else 0


def _load(
    port: int, made: dict[str, Any], told: Told, processes: tuple[Process, ...], seconds: float
) -> None:
    until = time.monotonic() + seconds
    names = itertools.count()
    people = [
        threading.Thread(target=_creating, args=(port, creator, names, told, until))
        for creator in made["creators"]
    ]
    people.append(threading.Thread(target=_asking, args=(port, made["newcomers"], told, until)))
    for person in people:
        person.start()
    while time.monotonic() < until:
        time.sleep(random.uniform(0.5, 4.0))
        random.choice(processes).kill()
    for person in people:
        person.join()


def _creating(port: int, creator: dict[str, str], names: Any, told: Told, until: float) -> None:
    browser = Browser(Patient(port, told).exchange, cookies={scenarios.SESSION: creator["session"]})
    while time.monotonic() < until:
        try:
            scenarios.create_space(browser, f"Atelier {next(names)}")
        except (OSError, Unexpected) as fault:
            told.faults.append(f"creating: {fault}")
            return
        told.spaces.append(browser.path.split("/")[-3])


def _asking(port: int, newcomers: list[dict[str, str]], told: Told, until: float) -> None:
    pause = (until - time.monotonic()) / (len(newcomers) + 1)
    for newcomer in newcomers:
        browser = Browser(
            Patient(port, told).exchange, cookies={scenarios.SESSION: newcomer["session"]}
        )
        try:
            browser.get("/fr/enregistrement/")
            browser.submit(
                {"email": newcomer["email"], "national_number": newcomer["national_number"]}
            )
        except (OSError, Unexpected) as fault:
            told.faults.append(f"asking: {fault}")
            return
        if not browser.path.endswith("/e-mail-envoye/"):
            told.faults.append(f"asking: {newcomer['email']} is at {browser.path}")
        told.mails.append(newcomer["email"])
        time.sleep(pause)


def _drain(environment: dict[str, str]) -> None:
    """Until the outbox is empty, or for as long as retries take."""
    until = time.monotonic() + DRAIN_SECONDS_MAX
    while time.monotonic() < until:
        if _run("tools.soak", ["--waiting"], environment).strip() == "0":
            return
        time.sleep(2)


def _received(folder: Path) -> Counter[str]:
    """How many mails each address got."""
    found: Counter[str] = Counter()
    for message in folder.iterdir():
        to = re.search(r"^To: .*?([\w.]+@example\.lu)", message.read_text(errors="replace"), re.M)
        if to:
            found[to[1]] += 1
    return found


def _written(folder: Path, told: Told) -> str:
    file = folder / "told.json"
    file.write_text(json.dumps({"spaces": told.spaces, "mails": told.mails}))
    return str(file)


def _run(module: str, arguments: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(
        [PYTHON, "-m", module, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{module} failed:\n{done.stderr[-3000:]}")
    return done.stdout


# --- Inside a process of its own: what the database holds


def _django() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.config.settings")
    django.setup()


def _waiting() -> int:
    _django()
    from guichet.post.models import Dispatch

    return Dispatch.objects.waiting().count()


def _count(told: dict[str, list[str]]) -> dict[str, Any]:
    """Acknowledged against stored, and each stored thing against its parts."""
    _django()
    from django.db.models import Count

    from guichet.audit.models import Entry
    from guichet.registration.models import Request
    from guichet.spaces.models import Company, GivenIdentifier, Membership, Space, SpaceDraft

    faults = []
    drafts = dict(SpaceDraft.objects.exclude(finished_at=None).values_list("pk", "space_id"))
    spaces = set(
        Space.objects.professional().exclude(name="Atelier Bench").values_list("pk", flat=True)
    )
    finished = {str(draft): space for draft, space in drafts.items() if space in spaces}
    faults += [
        f"acknowledged, but not there: {draft}"
        for draft in told["spaces"]
        if not finished.get(draft)
    ]
    if len(set(finished.values())) != len(finished) or spaces != set(finished.values()):
        faults.append(f"{len(spaces)} spaces of {len(finished)} finished drafts")
    for model in (Membership, Company):
        of_spaces = model.objects.filter(space__in=spaces).values("space")
        if of_spaces.count() != len(spaces):
            faults.append(f"{of_spaces.count()} rows of {model.__name__} for {len(spaces)} spaces")
    given = GivenIdentifier.objects.count()
    if given != Space.objects.count():
        faults.append(f"{given} identifiers were given to {Space.objects.count()} spaces")
    opened = Entry.objects.filter(event="space.opened", space__in=spaces)
    if opened.count() != len(spaces):
        faults.append(f"{opened.count()} entries for {len(spaces)} opened spaces")
    requests = Request.objects.filter(email__in=told["mails"])
    twice = requests.values("email").annotate(times=Count("pk")).filter(times__gt=1)
    faults += [f"asked once, stored {row['times']} times" for row in twice]
    if requests.count() < len(told["mails"]):
        faults.append(f"{len(told['mails'])} registrations acknowledged, {requests.count()} there")
    return {"spaces": len(spaces), "requests": requests.count(), "faults": faults}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tools.soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--posts", type=int, default=0, help="only post so many odd forms")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--count", help=argparse.SUPPRESS)
    parser.add_argument("--waiting", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    asked = _options()
    if asked.waiting:
        print(_waiting())
    elif asked.count:
        print(json.dumps(_count(json.loads(Path(asked.count).read_text()))))
    else:
        sys.exit(main())
