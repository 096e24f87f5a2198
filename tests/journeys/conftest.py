"""The running portal, the browser, the checkers: made once, given to each walk."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.checkers import Checkers, chromium
from tests.journeys.portal import POSTGRESQL, ROOT, Origin, Portal
from tests.journeys.visitor import WIDE, Visitor

SHOTS = ROOT / "build" / "shots" / ("postgresql" if POSTGRESQL else "sqlite")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]

Arrive = Callable[..., Visitor]


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Origin:
    """A portal on its first day, from which each walk gets a copy."""
    return Origin(tmp_path_factory.mktemp("portal"))


@pytest.fixture(scope="module")
def portal(origin: Origin) -> Iterator[Portal]:
    """One running portal for all walks of a module that leave others' people alone."""
    with origin.portal() as running:
        yield running


@pytest.fixture
def own_portal(origin: Origin) -> Iterator[Portal]:
    """A running portal for one walk only."""
    with origin.portal() as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def checkers() -> Iterator[Checkers]:
    with Checkers() as started:
        yield started


@pytest.fixture
def arrive(
    request: pytest.FixtureRequest, browser: Browser, checkers: Checkers
) -> Iterator[Arrive]:
    """Somebody opens a browser: `arrive(portal, language="de", scripts=False, …)`."""
    contexts = []

    def somebody(
        portal: Portal, *, language: str = "fr", scripts: bool = True, **options: Any
    ) -> Visitor:
        context = browser.new_context(
            locale=f"{language}-LU",
            java_script_enabled=scripts,
            # Smooth scrolling makes checks of the focus lie.
            **{"reduced_motion": "reduce", "viewport": WIDE, **options},
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        shots = SHOTS / request.node.name.replace("/", "-")
        shots.mkdir(parents=True, exist_ok=True)
        return Visitor(
            context.new_page(),
            portal,
            checkers,
            language=language,
            scripts=scripts,
            shots=Path(shots),
        )

    yield somebody
    for context in contexts:
        context.close()
