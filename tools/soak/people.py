"""What people do while server and worker are being killed, and what they were told."""

import hashlib
import itertools
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tools.bench import drafts, scenarios
from tools.bench.client import Browser, Unexpected
from tools.soak.killing import Patient

PDF_BYTES = 60_000
_OF_THE_SIGNED = 0.3  # the share of those that want a signature, of those who could give one
_FAULTS_MAX = 20


@dataclass
class Told:
    """What people were told: drafts that became spaces, addresses that a mail was promised to, what
    was sent under which reference."""

    spaces: list[str] = field(default_factory=list)
    mails: list[str] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    patients: list[Patient] = field(default_factory=list)

    @property
    def sent_again(self) -> int:
        """How many requests were sent once more because no answer came."""
        return sum(patient.sent_again for patient in self.patients)

    @property
    def answers(self) -> int:
        """How many requests were answered."""
        return sum(patient.answers for patient in self.patients)

    def browser(self, port: int, session: str) -> Browser:
        """Somebody's, who is signed on."""
        patient = Patient(port)
        self.patients.append(patient)
        return Browser(patient.exchange, cookies={scenarios.SESSION: session})


def at_the_same_time(acts: Sequence[Callable[[], None]]) -> list[threading.Thread]:
    """Each in a thread of its own, begun."""
    threads = [threading.Thread(target=act, daemon=True) for act in acts]
    for thread in threads:
        thread.start()
    return threads


def create(port: int, creator: dict[str, str], names: Any, told: Told, until: float) -> None:
    """Create one space after the other."""
    browser = told.browser(port, creator["session"])
    while time.monotonic() < until:
        try:
            scenarios.create_space(browser, f"Atelier {next(names)}")
        except (OSError, Unexpected) as fault:
            told.faults.append(f"creating: {fault}")
            return
        told.spaces.append(browser.path.split("/")[-3])


def ask(port: int, newcomers: list[dict[str, str]], told: Told, until: float) -> None:
    """One after the other asks to be registered."""
    pause = (until - time.monotonic()) / (len(newcomers) + 1)
    for newcomer in newcomers:
        browser = told.browser(port, newcomer["session"])
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


def send(
    port: int, sender: dict[str, str], told: Told, count: int, until: float, seed: int
) -> None:
    """Begin, fill in, add papers, send; again until `count` were sent by all together."""
    dice = random.Random(seed)
    browser = told.browser(port, sender["session"])
    used = [0]

    def code() -> str:
        used[0] = scenarios.step_now()
        return scenarios.code(bytes.fromhex(sender["secret"]))

    for number in itertools.count():
        enough = len(told.sent) >= count or time.monotonic() > until
        if enough or len(told.faults) >= _FAULTS_MAX:
            return
        can_sign = scenarios.step_now() > used[0] + 1
        signs = can_sign and dice.random() < _OF_THE_SIGNED
        mark = f"Metz {seed} {number}"
        try:
            sent = _send(
                browser, sender, drafts.RECORD if signs else drafts.FISHING, mark, code, dice
            )
        except (OSError, Unexpected) as fault:
            told.faults.append(f"sending: {fault}")
            continue
        told.sent.append(sent)


def _send(
    browser: Browser,
    sender: dict[str, str],
    errand: drafts.Errand,
    mark: str,
    code: Callable[[], str],
    dice: random.Random,
) -> dict[str, Any]:
    """What is remembered of it: the digests of papers that are kept as they came."""
    draft = drafts.begin(browser, sender["space"], errand)
    digests = {}

    def attach() -> None:
        for question, kind in errand.papers.items():
            paper = drafts.pdf(PDF_BYTES, dice) if kind == "pdf" else drafts.photo(dice)
            drafts.attach(browser, draft, question, paper, in_pieces=dice.random() < 0.5)
            digests[question] = hashlib.sha256(paper).hexdigest() if kind == "pdf" else ""

    drafts.fill_in(browser, draft, errand, mark, attach)
    reference = drafts.send(browser, draft, errand, code)
    return {
        "reference": reference,
        "draft": draft.rstrip("/").rpartition("/")[2],
        "question": errand.mark,
        "mark": mark,
        "signed": errand.signed,
        "papers": digests,
    }
