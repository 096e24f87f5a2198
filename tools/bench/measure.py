"""The figures of one run: one server program, one database, several rounds."""

import concurrent.futures
import itertools
import json
import os
import random
import sqlite3
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from tools.bench import drafts, scenarios
from tools.bench.client import Answer, Browser, Connection, Load, hammer, percentile
from tools.bench.processes import PYTHON, ROOT, SERVER_CORE, Server, serving
from tools.with_postgres import postgresql

CONNECTIONS = 8
CREATORS = 16
SIGN_ONS = 30
BUMPS = 150
SAVES = 100
SENDS = 8
PAPER_BYTES = 5_000_000
FLOORS = {
    "bare": ("Bare WSGI answer", "tools.bench.bare:application", {}),
    "empty": ("Empty view, no middleware", "tools.bench.empty:application", {}),
    "usual": (
        "Empty view, usual middleware",
        "tools.bench.empty:application",
        {"BENCH_MIDDLEWARE": "usual"},
    ),
}
Rows = dict[str, list[dict[str, float]]]


def hash_microseconds() -> float:
    """CPU time of one password hash, as sign-on computes it, on the server's core."""
    code = (
        "import time; from argon2 import PasswordHasher as H;"
        "h = H(time_cost=2, memory_cost=19 * 1024, parallelism=1); s = h.hash('Guichet-2026');"
        "b = time.process_time(); [h.verify(s, 'Guichet-2026') for _ in range(20)];"
        "print((time.process_time() - b) / 20 * 1e6)"
    )
    done = subprocess.run(
        [PYTHON, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {SERVER_CORE}),
    )
    return float(done.stdout)


def floors(seconds: float) -> Rows:
    """One round of what stands under every figure."""
    rows: Rows = {}
    for key, (_, application, environment) in FLOORS.items():
        with serving(environment, application=application) as server:
            page = scenarios.Page(key, key, "/")
            rows[key] = [_steady(server, page.asked(), 200, seconds)]
    rows["argon2id"] = [{"cpu": hash_microseconds()}]
    return rows


class Meter:
    """A connection that notes what each POST costs the server."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._connection = Connection(server.port)
        self.posts: list[float] = []

    def exchange(self, asked: bytes) -> Answer:
        """One request."""
        if not asked.startswith(b"POST"):
            return self._connection.exchange(asked)
        before = self._server.cpu_seconds()
        answer = self._connection.exchange(asked)
        self.posts.append(self._server.cpu_seconds() - before)
        return answer

    def hang_up(self) -> None:
        """The next request comes on a new connection: a server does not keep idle ones for long."""
        self._connection.close()


class Portal:
    """The portal with data of its own, on one kind of database, gone afterwards."""

    def __init__(self, folder: Path, database: str, rounds: int) -> None:
        self.environment = {
            "GUICHET_DATA": str(folder),
            "GUICHET_DATABASE_URL": database,
            "GUICHET_DEMO": "0",
            # Sign-ons come from many addresses, as behind a proxy: throttles count per address.
            "GUICHET_PROXIES": "1",
        }
        self._sqlite = folder / "guichet.sqlite3"
        self._database = database
        self._log = folder / "server.log"
        self.made = self._prepare(rounds)
        self._signers = iter(self.made["signers"])
        self._senders = iter(self.made["senders"])
        self._names = itertools.count()

    def round(self, seconds: float) -> Rows:
        """Every page and act once, on a server that was just started."""
        rows: Rows = defaultdict(list)
        with serving(self.environment, first="/fr/", log=self._log) as server:
            rows["start"] = [{"seconds": server.start_seconds}]
            for page in scenarios.pages(self.made):
                rows[page.key] = [_steady(server, page.asked(), page.status, seconds)]
            space = scenarios.pages(self.made)[-1]
            rows["space-304"] = [self._unchanged(server, space, seconds)]
            rows["space-cold"] = [self._cold(server, space)]
            rows["sign-on"], rows["password"] = self._sign_on(server)
            rows["create"] = [self._create(server, seconds * 4)]
            rows["draft-autosave"] = [self._save(server, by_itself=True)]
            rows["draft-save"] = [self._save(server, by_itself=False)]
            rows["attach"], rows["send"] = self._send(server)
            rows["memory"] = [server.memory_mb()]
        return rows

    def counted(self) -> dict[str, Any]:
        """Queries and bytes, from inside a process of its own."""
        made = Path(self.environment["GUICHET_DATA"]) / "made.json"
        made.write_text(json.dumps(self.made))
        found: dict[str, Any] = json.loads(self._run("tools.bench.count", "count", str(made)))
        found["merging"] = json.loads(self._run("tools.bench.merging"))
        found["filling"] = json.loads(self._run("tools.bench.filling"))
        return found

    def _prepare(self, rounds: int) -> dict[str, Any]:
        signers, senders = SIGN_ONS * rounds + 1, SENDS * rounds + 1
        wanted = map(str, (signers, CREATORS, 0, senders))
        made: dict[str, Any] = json.loads(self._run("tools.bench.prepare", *wanted))
        return made

    def _run(self, module: str, *arguments: str) -> str:
        done = subprocess.run(
            [PYTHON, "-m", module, *arguments],
            cwd=ROOT,
            env={**os.environ, **self.environment, "GUICHET_LOG_LEVEL": "ERROR"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{module} failed:\n{done.stderr[-3000:]}")
        return done.stdout

    def _unchanged(self, server: Server, space: scenarios.Page, seconds: float) -> dict[str, float]:
        """The browser still has the page."""
        tag = Connection(server.port).exchange(space.asked()).header("etag")
        return _steady(server, space.asked(If_None_Match=tag), 304, seconds)

    def _cold(self, server: Server, space: scenarios.Page) -> dict[str, float]:
        """Before each request something of the space has changed."""
        connection = Connection(server.port)
        load = Load(0.0)
        spent = 0.0
        with self._version() as bump:
            for _ in range(BUMPS):
                bump()
                before = server.cpu_seconds()
                answer = connection.exchange(space.asked())
                spent += server.cpu_seconds() - before
                load.latencies.append(answer.seconds)
        load.seconds = sum(load.latencies)
        return _figures(load, spent)

    @contextmanager
    def _version(self) -> Iterator[Callable[[], object]]:
        statement = "UPDATE spaces_space SET version = version + 1 WHERE identifier = "
        space = self.made["reader"]["space"]
        opened: AbstractContextManager[Any]
        if self._database.startswith("sqlite"):
            local = sqlite3.connect(self._sqlite, isolation_level=None, timeout=20)
            yield lambda: local.execute(f"{statement}?", [space])
            local.close()
        else:
            with psycopg.connect(self._database, autocommit=True) as opened:
                yield lambda: opened.execute(f"{statement}%s", [space])

    def _sign_on(self, server: Server) -> tuple[list[dict[str, float]], list[dict[str, float]]]:
        """From the products to the page one lands on, one person after another; and of that the
        request that brings UserID and password."""
        whole, hashing = Load(0.0), Load(0.0)
        before = server.cpu_seconds()
        spent = 0.0
        for number, signer in enumerate(itertools.islice(self._signers, SIGN_ONS)):
            meter = Meter(server)
            browser = Browser(meter.exchange, address=f"10.{number}.{number}.{number}")
            began = time.perf_counter()
            scenarios.sign_on(browser, signer)
            whole.latencies.append(time.perf_counter() - began)
            hashing.latencies.append(browser.posts[0].seconds)
            spent += meter.posts[0]
        whole.seconds, hashing.seconds = sum(whole.latencies), sum(hashing.latencies)
        total = server.cpu_seconds() - before
        return [_figures(whole, total)], [_figures(hashing, spent)]

    def _save(self, server: Server, *, by_itself: bool) -> dict[str, float]:
        """A page of a draft changed and saved; only the request that saves is counted."""
        filler, meter = self.made["filler"], Meter(server)
        browser = Browser(meter.exchange, cookies={scenarios.SESSION: filler["session"]})
        page = filler["draft"] + scenarios.DRAFT_PAGE
        for number in range(SAVES):
            drafts.save(browser, page, number, by_itself=by_itself)
        return _of_posts(browser, meter, range(SAVES))

    def _send(self, server: Server) -> tuple[list[dict[str, float]], list[dict[str, float]]]:
        """A paper of 5 MB added with a form; then, once it is scanned, the page that shows what is
        sent, the signature, and the page of what was sent."""
        dice, attached, ready = random.Random(1), [], []
        for sender in itertools.islice(self._senders, SENDS):
            meter = Meter(server)
            browser = Browser(meter.exchange, cookies={scenarios.SESSION: sender["session"]})
            place = drafts.with_a_paper(browser, sender["space"], PAPER_BYTES, dice)
            attached.append(_of_posts(browser, meter, [place.upload]))
            ready.append((browser, place.draft, bytes.fromhex(sender["secret"])))
            meter.hang_up()
        self._run("tools.bench.scan")
        sent = Load(0.0)
        before = server.cpu_seconds()
        for browser, draft, secret in ready:
            began = time.perf_counter()
            drafts.send(browser, draft, drafts.RECORD, partial(scenarios.code, secret))
            sent.latencies.append(time.perf_counter() - began)
        sent.seconds = sum(sent.latencies)
        return attached, [_figures(sent, server.cpu_seconds() - before)]

    def _create(self, server: Server, seconds: float) -> dict[str, float]:
        """Sixteen people at once, each creating one space after another."""
        until = time.monotonic() + seconds
        began, before = time.perf_counter(), server.cpu_seconds()
        with concurrent.futures.ThreadPoolExecutor(CREATORS) as pool:
            waiting = [
                pool.submit(self._creating, server, creator["session"], until)
                for creator in self.made["creators"]
            ]
            posts = [answer for each in waiting for answer in each.result()]
        spent, took = server.cpu_seconds() - before, time.perf_counter() - began
        spaces = len(posts) / 3
        return {
            "cpu": spent / spaces * 1e6,
            "rate": spaces / took,
            "p50": percentile([answer.seconds for answer in posts], 0.50) * 1e3,
            "p99": percentile([answer.seconds for answer in posts], 0.99) * 1e3,
            "count": spaces,
        }

    def _creating(self, server: Server, session: str, until: float) -> list[Answer]:
        browser = Browser(Connection(server.port).exchange, cookies={scenarios.SESSION: session})
        while time.monotonic() < until:
            scenarios.create_space(browser, f"Atelier {next(self._names)}")
        return browser.posts


@contextmanager
def portal(engine: str, rounds: int) -> Iterator[Portal]:
    """A portal on "sqlite" or "postgresql", in a temporary folder."""
    with TemporaryDirectory(prefix="guichet-bench-") as name:
        folder = Path(name)
        if engine == "sqlite":
            database: AbstractContextManager[str] = nullcontext(
                f"sqlite:///{folder}/guichet.sqlite3"
            )
        else:
            database = postgresql(durable=True)
        with database as address:
            yield Portal(folder, address, rounds)


def _steady(server: Server, asked: bytes, status: int, seconds: float) -> dict[str, float]:
    hammer(server.port, asked, status=status, connections=CONNECTIONS, seconds=seconds / 10)
    before = server.cpu_seconds()
    load = hammer(server.port, asked, status=status, connections=CONNECTIONS, seconds=seconds)
    return _figures(load, server.cpu_seconds() - before)


def _of_posts(browser: Browser, meter: Meter, places: Sequence[int]) -> dict[str, float]:
    """Of those of the requests that were sent with a form."""
    load = Load(0.0, [browser.posts[place].seconds for place in places])
    load.seconds = sum(load.latencies)
    return _figures(load, sum(meter.posts[place] for place in places))


def _figures(load: Load, spent: float) -> dict[str, float]:
    return {
        "cpu": spent / len(load.latencies) * 1e6,
        "rate": len(load.latencies) / load.seconds,
        "p50": percentile(load.latencies, 0.50) * 1e3,
        "p99": percentile(load.latencies, 0.99) * 1e3,
        "count": len(load.latencies),
    }


def merged(rounds: list[Rows]) -> dict[str, dict[str, float]]:
    """Of each figure the median, and of CPU time the minimum too."""
    found: dict[str, dict[str, float]] = {}
    for key in rounds[0]:
        samples = [sample for rows in rounds for sample in rows[key]]
        found[key] = {name: median(sample[name] for sample in samples) for name in samples[0]}
        if "cpu" in samples[0]:
            found[key]["cpu_min"] = min(sample["cpu"] for sample in samples)
    return found
