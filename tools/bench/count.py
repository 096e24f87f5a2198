"""Queries and bytes of each page, and where its time goes: the portal inside this process.

python -m tools.bench.count count <made.json>               queries and bytes as JSON
python -m tools.bench.count profile <made.json> <page>      the dearest functions of a page
"""

import cProfile
import gzip
import io
import json
import os
import pstats
import random
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.config.settings")

from django.db import connection

from guichet.config.wsgi import application
from guichet.spaces.models import Space
from tools.bench import drafts, scenarios
from tools.bench.client import HOST, Answer, Browser
from tools.bench.scan import scan

# What belongs to a transaction rather than to a page.
_FRAME = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT", "ROLLBACK")
_PROFILED = 400


class Counter:
    """Counts the statements that are executed while it is asked."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def __call__(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if not sql.lstrip().upper().startswith(_FRAME):
            self.statements.append(sql)
        return execute(sql, *rest)


def exchange(asked: bytes) -> Answer:
    """One request, answered in this process."""
    head, _, body = asked.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    method, target, _protocol = lines[0].split()
    path, _, query = target.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": HOST,
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": HOST,
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
    }
    for line in lines[1:]:
        name, _, value = line.partition(": ")
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    given: list[Any] = []
    answer = application(environ, lambda *arguments: given.extend(arguments))
    whole = b"".join(answer)
    getattr(answer, "close", lambda: None)()
    headers = [(name.lower(), value) for name, value in given[1]]
    return Answer(int(given[0].split()[0]), headers, whole, 0.0)


def counted(act: Callable[[], Any]) -> tuple[int, Any]:
    """How many statements `act` executes, and what it returns."""
    counter = Counter()
    with connection.execute_wrapper(counter):
        result = act()
    return len(counter.statements), result


def figures(made: dict[str, Any]) -> dict[str, Any]:
    """Queries, raw and compressed bytes per page; queries of the whole acts."""
    found: dict[str, Any] = {}
    for page in scenarios.pages(made):
        exchange(page.asked())
        queries, answer = counted(partial(exchange, page.asked()))
        found[page.key] = _figures(queries, answer)
    [space] = [page for page in scenarios.pages(made) if page.key == "space"]
    tag = exchange(space.asked()).header("etag")
    queries, answer = counted(lambda: exchange(_unchanged(space, made, tag)))
    found["space-304"] = _figures(queries, answer)
    _bump(made)
    queries, answer = counted(lambda: exchange(space.asked()))
    found["space-cold"] = _figures(queries, answer)
    browser = Browser(exchange, address="10.9.9.9")
    found["sign-on"] = {
        "queries": counted(lambda: scenarios.sign_on(browser, made["signers"][-1]))[0]
    }
    creator = Browser(exchange, cookies={scenarios.SESSION: made["creators"][-1]["session"]})
    found["create"] = {"queries": counted(lambda: scenarios.create_space(creator, "Atelier"))[0]}
    return {**found, **_of_drafts(made)}


def _of_drafts(made: dict[str, Any]) -> dict[str, Any]:
    """Queries of the request that saves a page or brings a paper; and of sending, three requests."""
    posts: list[int] = []

    def counting(asked: bytes) -> Answer:
        answer: Answer
        queries, answer = counted(partial(exchange, asked))
        if asked.startswith(b"POST"):
            posts.append(queries)
        return answer

    filler, sender = made["filler"], made["senders"][-1]
    browser = Browser(counting, cookies={scenarios.SESSION: filler["session"]})
    page = filler["draft"] + scenarios.DRAFT_PAGE
    drafts.save(browser, page, 1, by_itself=True)
    drafts.save(browser, page, 2, by_itself=False)
    found = {"draft-autosave": {"queries": posts[0]}, "draft-save": {"queries": posts[1]}}
    posts.clear()
    browser = Browser(counting, cookies={scenarios.SESSION: sender["session"]})
    ready = drafts.with_a_paper(browser, sender["space"], 100_000, random.Random(2))
    found["attach"] = {"queries": posts[ready.upload]}
    scan()
    browser = Browser(exchange, cookies=browser.cookies)
    code = partial(scenarios.code, bytes.fromhex(sender["secret"]))
    sending = partial(drafts.send, browser, ready.draft, drafts.RECORD, code)
    found["send"] = {"queries": counted(sending)[0]}
    return found


def profile(made: dict[str, Any], key: str) -> None:
    """Print the functions in which a page spends its time; `space-cold` bumps before each."""
    [page] = [page for page in scenarios.pages(made) if page.key == key.removesuffix("-cold")]
    exchange(page.asked())
    profiler = cProfile.Profile()
    for _ in range(_PROFILED):
        if key.endswith("-cold"):
            _bump(made)
        profiler.enable()
        exchange(page.asked())
        profiler.disable()
    print(f"{_PROFILED} requests")
    pstats.Stats(profiler).sort_stats("cumulative").print_stats(60)
    pstats.Stats(profiler).sort_stats("tottime").print_stats(30)


def _unchanged(page: scenarios.Page, made: dict[str, Any], tag: str) -> bytes:
    return page.asked(If_None_Match=tag)


def _figures(queries: int, answer: Answer) -> dict[str, Any]:
    return {
        "queries": queries,
        "status": answer.status,
        "bytes": len(answer.body),
        "gzipped": len(gzip.compress(answer.body)) if answer.body else 0,
    }


def _bump(made: dict[str, Any]) -> None:
    Space.objects.get(identifier=made["reader"]["space"]).changed()


if __name__ == "__main__":
    people = json.loads(Path(sys.argv[2]).read_text())
    if sys.argv[1] == "profile":
        profile(people, sys.argv[3])
    else:
        print(json.dumps(figures(people)))
