"""Try it, count, print the table; ends with 1 when something was lost, doubled or is in half."""

import argparse
import itertools
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from email import message_from_bytes
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import tools.soak
from guichet.demo.smtp import MailServer
from tools.bench.processes import PYTHON, ROOT, free_port, portal_command
from tools.soak import people
from tools.soak.killing import Process
from tools.soak.scanner import scanner
from tools.with_postgres import postgresql

CREATORS, NEWCOMERS, SENDERS = 8, 60, 12
POSTS = "guichet/procedures/tests/test_fuzz_posts.py"
# A mail whose worker died in the middle is tried again a minute later, looked for every 30 s; then
# there are the papers that are still to be made.
DRAIN_SECONDS_MAX = 3600
# Counted in answers, not in seconds: a slow machine is not killed more often for each that is sent.
KILLS_EVERY_ANSWERS = (40, 500)


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = _options()
    seed = options.seed or random.SystemRandom().randrange(1, 2**32)
    random.seed(seed)
    with TemporaryDirectory(prefix="guichet-soak-") as name:
        folder = Path(name)
        with _database(folder, options.engine, durable=not options.posts) as address:
            if options.posts:
                return _post(address, options, seed)
            return _soak(folder, address, options, seed)


def _database(folder: Path, engine: str, *, durable: bool) -> AbstractContextManager[str]:
    if engine == "sqlite":
        return nullcontext(f"sqlite:///{folder}/guichet.sqlite3")
    return postgresql(durable=durable)


def _post(database: str, options: argparse.Namespace, seed: int) -> int:
    """Odd requests, as many as asked: the test of the suite, for longer."""
    print(f"{options.posts} posts on {options.engine}, seed {seed}", flush=True)
    environment = {
        **os.environ,
        "GUICHET_DATABASE_URL": database,
        "GUICHET_POSTS": str(options.posts),
        "GUICHET_SEED": str(seed),
    }
    command = [str(PYTHON), "-m", "pytest", "-q", "-n", "0", "-s", POSTS]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def _soak(folder: Path, database: str, options: argparse.Namespace, seed: int) -> int:
    print(f"{options.submissions} submissions on {options.engine}, seed {seed}", flush=True)
    port, post = free_port(), MailServer(folder=folder / "mails")
    post.start()
    with scanner() as clamd:
        environment = {
            "GUICHET_DATA": str(folder),
            "GUICHET_DATABASE_URL": database,
            "GUICHET_DEMO": "0",
            "GUICHET_SMTP_PORT": str(post.port),
            "GUICHET_CLAMD": clamd,
            "GUICHET_SPACES_PER_CREDENTIAL": "1000000",
            "GUICHET_LOG_LEVEL": "ERROR",
            "PORT": str(port),
        }
        wanted = ["0", str(CREATORS), str(NEWCOMERS), str(SENDERS)]
        made = json.loads(_run("tools.bench.prepare", wanted, environment))
        log = folder / "log"
        server = Process("server", portal_command("web", port), environment, log)
        worker = Process("worker", portal_command("worker", port), environment, log)
        told, began = people.Told(), time.monotonic()
        try:
            _load(port, made, told, (server, worker), options, seed)
            took = time.monotonic() - began
            _drain(environment)
        finally:
            worker.end()
            server.end()
            post.stop()
        found = _counted(folder, told, environment)
    addresses, messages = _received(folder / "mails")
    faults = told.faults + found["faults"]
    faults += [f"no mail for {address}" for address in told.mails if not addresses[address]]
    faults += [f"no mail arrived of {key}" for key in found["mails"] if not messages[key]]
    again = sum(count - 1 for count in messages.values())
    signed = sum(one["signed"] for one in told.sent)
    lines = [
        ("", "acknowledged", "stored"),
        ("Spaces", len(told.spaces), found["spaces"]),
        ("Registrations", len(told.mails), found["requests"]),
        (f"Submissions, of {options.submissions}", len(told.sent), found["submissions"]),
        ("of which signed with a code", signed, ""),
        ("Papers attached to them", found["attachments"], ""),
        ("Papers made of them", 2 * len(told.sent), found["made"]),
        ("Mails", len(found["mails"]), len(messages)),
    ]
    print("\n".join(f"{name:28} {said:>12} {there:>8}" for name, said, there in lines))
    print(
        f"{took:.0f} s. The server was killed {server.kills} times, the worker {worker.kills} times; "
        f"{told.sent_again} requests were sent again; {again} mails arrived a second time, with the "
        f"same Message-ID; {found['begun'] - found['submissions']} drafts were begun and not sent."
    )
    print(
        "\n".join(faults) or "Nothing acknowledged is missing, nothing is there twice or in half."
    )
    if faults:
        print(log.read_text()[-5000:], file=sys.stderr)
    return 1 if faults else 0


def _load(
    port: int,
    made: dict[str, Any],
    told: people.Told,
    processes: tuple[Process, ...],
    options: argparse.Namespace,
    seed: int,
) -> None:
    """First spaces and registrations for some seconds, then submissions until there are enough."""
    until = time.monotonic() + options.seconds
    if options.seconds:
        names = itertools.count()
        creating = [
            partial(people.create, port, creator, names, told, until)
            for creator in made["creators"]
        ]
        asking = partial(people.ask, port, made["newcomers"], told, until)
        _killing(processes, people.at_the_same_time([*creating, asking]), told)
    until = time.monotonic() + options.minutes * 60
    sending = [
        partial(people.send, port, sender, told, options.submissions, until, seed + number)
        for number, sender in enumerate(made["senders"])
    ]
    _killing(processes, people.at_the_same_time(sending), told)


def _killing(
    processes: tuple[Process, ...], threads: list[threading.Thread], told: people.Told
) -> None:
    """Now and then one of them, while anybody is at work."""
    said = time.monotonic()
    while any(thread.is_alive() for thread in threads):
        until = told.answers + random.randint(*KILLS_EVERY_ANSWERS)
        while told.answers < until and any(thread.is_alive() for thread in threads):
            time.sleep(0.02)
        random.choice(processes).kill()
        if time.monotonic() > said + 60:
            said = time.monotonic()
            print(f"  {len(told.sent)} sent", file=sys.stderr, flush=True)


def _drain(environment: dict[str, str]) -> None:
    """Until nothing is left to do, or for as long as retries take."""
    until = time.monotonic() + DRAIN_SECONDS_MAX
    while time.monotonic() < until:
        if _run("tools.soak.stored", ["waiting"], environment).strip() == "0":
            return
        time.sleep(5)


def _counted(folder: Path, told: people.Told, environment: dict[str, str]) -> dict[str, Any]:
    file = folder / "told.json"
    said = {"spaces": told.spaces, "mails": told.mails, "sent": told.sent}
    file.write_text(json.dumps(said))
    found: dict[str, Any] = json.loads(_run("tools.soak.stored", ["count", str(file)], environment))
    return found


def _received(folder: Path) -> tuple[Counter[str], Counter[str]]:
    """How many mails each address got, and how often each mail arrived, by its dispatch."""
    addresses: Counter[str] = Counter()
    messages: Counter[str] = Counter()
    for file in folder.glob("*.eml"):
        message = message_from_bytes(file.read_bytes())
        if to := re.search(r"[\w.]+@example\.lu", message["To"] or ""):
            addresses[to[0]] += 1
        messages[(message["Message-ID"] or "").strip("<> \r\n").partition("@")[0]] += 1
    return addresses, messages


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


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="tools.soak",
        description=tools.soak.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--submissions", type=int, default=200, help="how many are sent")
    add("--seconds", type=float, default=45, help="of creating spaces and of registering, before")
    add("--minutes", type=float, default=60, help="after which nothing more is begun")
    add("--posts", type=int, default=0, help="only post so many odd requests")
    add("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    add("--seed", type=int, default=None)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
