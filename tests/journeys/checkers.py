"""The three that look at every page: axe in the browser, Nu and html-validate on what was sent."""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.error import URLError
from urllib.request import Request, urlopen

from playwright.sync_api import Page

from tests.journeys.portal import free_port

TOOLS = Path(__file__).resolve().parents[1] / "tools"
PACKAGES = TOOLS / "node_modules"
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Checkers:
    """Started once, asked for every page; a page seen before is not looked at again."""

    def __enter__(self) -> Self:
        for program in ("node", "java"):
            assert shutil.which(program), f"{program} is missing; `make test` installs it"
        self._axe = (PACKAGES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
        self._seen: set[int] = set()
        self._validate = subprocess.Popen(
            ["node", TOOLS / "validate.mjs"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self._nu_port = free_port()
        self._nu = subprocess.Popen(
            [
                *("java", "-Xmx256m", "-Xss4m", "-XX:TieredStopAtLevel=1"),
                *("-cp", str(PACKAGES / "vnu-jar" / "build" / "dist" / "vnu.jar")),
                "-Dnu.validator.servlet.bind-address=127.0.0.1",
                *("nu.validator.servlet.Main", str(self._nu_port)),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for pipe in (self._validate.stdin, self._validate.stdout):
            assert pipe is not None
            pipe.close()
        for program in (self._validate, self._nu):
            program.terminate()
            program.wait(timeout=10)

    def markup(self, name: str, html: str) -> list[str]:
        """What Nu and html-validate say of a page as it was sent."""
        if hash(html) in self._seen:
            return []
        self._seen.add(hash(html))
        return [*self._by_nu(name, html), *self._by_html_validate(name, html)]

    def access(self, page: Page, *, rules: list[str] | None = None) -> list[str]:
        """What axe says of the page that the browser shows now."""
        if not page.evaluate("typeof axe === 'object'"):
            page.evaluate(self._axe)  # passes a strict policy; a script element would not
        found: dict[str, Any] = page.evaluate(
            "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", rules or AXE_RULES
        )
        return [
            f"{violation['id']} {node['target']} {node['failureSummary']}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    def _by_html_validate(self, name: str, html: str) -> list[str]:
        assert self._validate.stdin is not None
        assert self._validate.stdout is not None
        self._validate.stdin.write(json.dumps({"name": name, "html": html}) + "\n")
        self._validate.stdin.flush()
        faults: list[str] = json.loads(self._validate.stdout.readline())
        return faults

    def _by_nu(self, name: str, html: str) -> list[str]:
        request = Request(
            f"http://127.0.0.1:{self._nu_port}/?out=json",
            data=html.encode(),
            headers={"Content-Type": "text/html; charset=utf-8"},
        )
        for _ in range(300):
            try:
                with urlopen(request, timeout=30) as answer:
                    messages = json.load(answer)["messages"]
                break
            except (URLError, ConnectionError):  # still starting
                time.sleep(0.1)
        else:
            raise AssertionError("the Nu checker did not start")
        return [
            f"{name}:{message.get('lastLine', 0)}: {message['message']} (Nu)"
            for message in messages
            if message["type"] == "error" or message.get("subType") == "warning"
        ]


def chromium() -> str:
    """The browser that Debian brings."""
    names = (
        os.environ.get("GUICHET_CHROMIUM", ""),
        "chromium",
        "chromium-browser",
        "google-chrome",
    )
    found = next(filter(None, (shutil.which(name) for name in names if name)), None)
    assert found, "Chromium is missing; `make test` installs it"
    return found
