"""`python -m guichet.config.serve`: the whole portal with one command.

Prepares what must be ready (catalogues, database, static files, a demonstration's cast), then runs
the web server and the worker until one of them ends or somebody says stop. In a demonstration a
mail server that keeps its mails runs beside them.

Everything is imported once and then forked, so that a second start takes about a second.
"""

import argparse
import ctypes
import multiprocessing
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import DatabaseError, connection

from guichet.config import catalogues, statics
from guichet.demo.checks import is_loopback, outside
from guichet.demo.smtp import MailServer
from guichet.registers.checks import invented

_FORK = multiprocessing.get_context("fork")
_PR_SET_PDEATHSIG = 1
# Database, papers and letters are for the portal and its group: the printing house may be in it.
_NOT_FOR_OTHERS = 0o027
START_SECONDS_MAX = 60.0
# A task that is cut off is taken up again: nothing is lost by not waiting longer.
STOP_SECONDS_MAX = 8.0


class CannotServe(Exception):
    """A sentence for whoever started the command."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until told to stop; returns the exit code."""
    options = _options(arguments)
    os.umask(os.umask(_NOT_FOR_OTHERS) | _NOT_FOR_OTHERS)
    os.environ["PORT"] = str(options.port)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.config.settings")
    os.environ.setdefault("GUICHET_SMTP_PORT", str(_free_port()))
    if sys.stderr.isatty():  # somebody is reading: where to go, not one line for each request
        os.environ.setdefault("GUICHET_LOG_LEVEL", "WARNING")
    try:
        if options.only != "worker":
            _need_free(options.bind, options.port)
        _set_up(options.bind)
        _run_to_its_end(_prepare, options.only)
        if options.only == "prepare":
            return 0
        _load_pages()
        return _serve(options)
    except CannotServe as reason:
        _say(str(reason))
        return 1
    except KeyboardInterrupt:  # while preparing; later, a signal is a wish to stop
        return 130


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m guichet.config.serve", description=__doc__)
    given = os.environ.get
    add = parser.add_argument
    add("--bind", default=given("GUICHET_BIND", "127.0.0.1"), help="address to listen on")
    add("--port", type=int, default=int(given("PORT", "8000")))
    add("--processes", type=int, default=int(given("GUICHET_PROCESSES", "1")))
    add("--threads", type=int, default=int(given("GUICHET_THREADS", "8")), help="of each process")
    add("--only", choices=["web", "worker", "prepare"], help="one part, for larger installations")
    return parser.parse_args(arguments)


# --- Before


def _set_up(bind: str) -> None:
    """Import the rooms, once for all processes. Raises `CannotServe`."""
    catalogues.compile_changed()
    try:
        django.setup()
    except ImproperlyConfigured as fault:
        raise CannotServe(str(fault)) from fault
    if reachable := outside(bind):
        raise CannotServe(
            "A demonstration shows Tokens and mails to whoever can reach it, so it is served to "
            f"this machine only. Change {reachable}, or switch GUICHET_DEMO off."
        )
    if (names := invented()) and not is_loopback(urlsplit(settings.SITE_URL).hostname or ""):
        raise CannotServe(
            "Nobody is registered for real with an invented register. Name a real one: "
            + " and ".join(f"GUICHET_{name}" for name in names)
        )


def _load_pages() -> None:
    """Import the application and every page; the static files must have been collected."""
    from django.urls import get_resolver

    from guichet.config.wsgi import application

    get_resolver().url_patterns, application


def _prepare(only: str | None) -> None:
    """Bring static files, database and cast up to date. Quick when they are.

    A part that runs by itself leaves the database alone: it was prepared once, for all of them.
    """
    statics.collect_changed()
    alone = only in ("web", "worker")
    if not alone:
        _migrate()
    _require_the_right_keys()
    if not alone:
        _load()


def _require_the_right_keys() -> None:
    # These know models, and can be imported only now that the rooms are set up.
    from guichet.config import rightkeys

    with suppress(DatabaseError):  # away, or not prepared yet: `/readyz` says so
        if variable := rightkeys.missing():
            raise SystemExit(
                "The keys at hand do not open what is stored in the database. Bring back the right "
                f"ones: {variable}, or the folder {settings.DATA / 'keys'}."
            )


def _migrate() -> None:
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)


def _load() -> None:
    from guichet.demo import cast
    from guichet.procedures import actions as procedures
    from guichet.registration import actions as registration
    from guichet.spaces import actions as spaces

    registration.load_terms()
    spaces.load_services()
    procedures.publish()
    if settings.DEMO:
        cast.load()


def _run_to_its_end(step: Callable[..., None], *arguments: object) -> None:
    """In a process of its own: what it opens and remembers is not inherited by the others."""
    process = _FORK.Process(target=_child, args=(step, *arguments), name="prepare")
    process.start()
    process.join()
    if process.exitcode:
        raise CannotServe("The portal could not be prepared; the reason stands above.")


# --- While


def _serve(options: argparse.Namespace) -> int:
    stopping = _Stopping()
    parts: list[BaseProcess] = []
    mails: MailServer | None = None
    try:
        if options.only != "web":
            parts.append(_begin("worker", _work))
        if options.only != "worker":
            parts.append(_begin("web", _web, options))
        if settings.DEMO and options.only != "web":  # a thread: after the forks
            mails = _mail_server()
        if options.only != "worker":
            _wait_for_page(options, parts, stopping)
        if not stopping.asked:
            _say(_where(options))
        dead = stopping.wait_for(parts)
        for process in dead:
            _say(f"The {process.name} process ended (exit code {process.exitcode}); all stop.")
        return 0 if stopping.asked else 1
    finally:
        _end(parts)
        if mails is not None:
            mails.stop()


class _Stopping:
    """Ctrl-C and SIGTERM, as something one can wait for."""

    def __init__(self) -> None:
        self.asked = False
        self._ear, self._voice = os.pipe()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True
        os.write(self._voice, b"!")

    def wait_for(self, parts: list[BaseProcess], seconds: float | None = None) -> list[BaseProcess]:
        """Until somebody says stop, a part has ended or time is up; returns the parts that ended."""
        heard: list[object] = []
        if not self.asked:
            heard = list(wait([self._ear, *(process.sentinel for process in parts)], seconds))
        ended = [process for process in parts if process.sentinel in heard]
        for process in ended:
            process.join()  # its pipes close a moment before it can be asked how it ended
        return [] if self.asked else ended


def _begin(name: str, run: Callable[..., None], *arguments: object) -> BaseProcess:
    process = _FORK.Process(target=_child, args=(run, *arguments), name=name)
    process.start()
    return process


def _child(run: Callable[..., None], *arguments: object) -> None:
    """What every child does first: it ends when its parent does, however that ends."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    # A terminal's Ctrl-C reaches the parent only, which then says stop once: granian's workers
    # hang when SIGINT and SIGTERM come together.
    os.setpgrp()
    _die_with_parent()
    os.register_at_fork(after_in_child=_die_with_parent)
    run(*arguments)


def _die_with_parent() -> None:
    with suppress(OSError, AttributeError):  # Linux only; elsewhere a killed parent leaves children
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _web(options: argparse.Namespace) -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        "guichet.config.wsgi:application",
        address=options.bind,
        port=options.port,
        interface=Interfaces.WSGI,
        workers=options.processes,
        blocking_threads=options.threads,
        # A thread keeps its database connection; ending idle ones would close it each time.
        blocking_threads_idle_timeout=600,
        workers_kill_timeout=10,
        log_level=LogLevels.error,
        log_dictconfig={"loggers": {"_granian": {"handlers": []}}, "handlers": {}},
    ).serve()


def _work() -> None:
    call_command("worker")


def _mail_server() -> MailServer:
    server = MailServer(settings.EMAIL_PORT)
    try:
        server.start()
    except OSError as fault:
        raise CannotServe(f"The demonstration's mail server cannot start: {fault}") from fault
    return server


def _wait_for_page(
    options: argparse.Namespace, parts: list[BaseProcess], stopping: _Stopping
) -> None:
    end = time.monotonic() + START_SECONDS_MAX
    while not _answers(options):
        if time.monotonic() > end:
            raise CannotServe("The server does not answer; its messages stand above.")
        if stopping.wait_for(parts, 0.05) or stopping.asked:
            return


def _answers(options: argparse.Namespace) -> bool:
    """Whether the server answers at all; that it is well is `/readyz`'s business."""
    here = "127.0.0.1" if options.bind in ("0.0.0.0", "::") else options.bind  # noqa: S104
    name = settings.SITE_URL.partition("://")[2]
    asking = HTTPConnection(here, options.port, timeout=5)
    try:
        asking.request("GET", "/healthz", headers={"Host": name})
        asking.getresponse()
    except (HTTPException, OSError):
        return False
    finally:
        asking.close()
    return True


# --- After


def _end(parts: list[BaseProcess]) -> None:
    """SIGTERM, patience, SIGKILL."""
    for process in parts:
        process.terminate()
    end = time.monotonic() + STOP_SECONDS_MAX
    for process in parts:
        process.join(max(end - time.monotonic(), 0.1))
        if process.exitcode is None:
            process.kill()
            process.join()


# --- Addresses


def _need_free(bind: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((bind, port))
    except OSError as fault:
        raise CannotServe(
            f"Port {port} of {bind} cannot be used ({fault.strerror}). "
            f"Stop what uses it, or choose another one: {_with_port(port + 1)}"
        ) from fault


def _with_port(port: int) -> str:
    is_for_an_author = "GUICHET_AUTHOR_FOLDER" in os.environ
    return f"--port {port}" if is_for_an_author else f"PORT={port} make run"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _where(options: argparse.Namespace) -> str:
    if settings.AUTHOR_FOLDER:
        page = f"{settings.SITE_URL}/{settings.LANGUAGE_CODE}/auteur/"
        lines = [f"{Path(settings.AUTHOR_FOLDER).name} is served.", "", f"  Its pages   {page}", ""]
        return "\n".join(
            [*lines, "Save a file: the page follows. Ctrl-C ends and forgets everything."]
        )
    lines = [f"{settings.SITE_NAME} is served."]
    if options.only != "worker":
        lines += ["", f"  The portal           {settings.SITE_URL}/"]
    if settings.DEMO:
        lines += [f"  Who to be, and how   {settings.SITE_URL}/demo/"]
    lines += ["", f"Data: {settings.DATA}. Ctrl-C ends everything."]
    return "\n".join(lines)


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
