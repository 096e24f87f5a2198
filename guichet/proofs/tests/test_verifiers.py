"""The portal, a Python file and a browser's script say the same of every receipt."""

import base64
import hashlib
import importlib.util
import json
import random
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guichet.proofs import actions, offline, signing
from guichet.proofs.actions import Verdict
from guichet.proofs.models import Day
from guichet.proofs.tests import authority
from guichet.proofs.tests.corpus import Case, cases
from guichet.proofs.tests.given import INVOICE, PHOTO, SALT, a_chain, a_receipt, a_slip
from guichet.proofs.tests.proof_corpus import proof_cases

HERE = Path(__file__).parent
PROGRAM = HERE.parent / "static" / "proofs" / "verifier.py"

pytestmark = pytest.mark.django_db

SENTENCES = {
    "This receipt is genuine.": Verdict.GENUINE,
    "This file was changed.": Verdict.ALTERED,
    "This file is signed with none": Verdict.UNKNOWN_KEY,
    "No readable receipt": Verdict.UNREADABLE,
}
CODES = {
    Verdict.GENUINE: 0,
    Verdict.ALTERED: 1,
    Verdict.UNKNOWN_KEY: 1,
    Verdict.UNREADABLE: 2,
}


@cache
def program() -> Any:
    """The file, loaded as a module."""
    spec = importlib.util.spec_from_file_location("verifier", PROGRAM)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(folder: Path, *arguments: object, lang: str = "en") -> subprocess.CompletedProcess[str]:
    """As somebody runs it who has nothing of ours."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(PROGRAM), "--lang", lang, *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def browser(files: list[bytes]) -> list[list[str]]:
    """Verdict and digest of each file."""
    asked = {"keys": signing.jwks(), "files": [base64.b64encode(each).decode() for each in files]}
    done = subprocess.run(
        ["node", str(HERE / "run_verifier.mjs")],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    answers: list[list[str]] = json.loads(done.stdout)
    return answers


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    path = tmp_path / "cles.json"
    path.write_text(json.dumps(signing.jwks()))
    return path


def _differing(corpus: list[Case], found: list[str]) -> list[str]:
    return [
        f"{case.about}: {verdict}, not {case.expected}"
        for case, verdict in zip(corpus, found, strict=True)
        if verdict != case.expected
    ]


def everything() -> list[Case]:
    return [*cases(a_receipt()), *proof_cases()]


def test_the_portal_says_what_the_corpus_says():
    corpus = everything()
    assert _differing(corpus, [actions.verify(case.content) for case in corpus]) == []


def test_the_browser_says_what_the_corpus_says():
    corpus = everything()
    answers = browser([case.content for case in corpus])
    assert _differing(corpus, [verdict for verdict, _digest in answers]) == []
    assert [digest for _verdict, digest in answers] == [
        hashlib.sha256(case.content).hexdigest() for case in corpus
    ]


def test_the_program_says_what_the_corpus_says():
    corpus = everything()
    module = program()
    known = module.keys_in(json.dumps(signing.jwks()).encode())
    found = [module.verify(module.receipt_in(case.content), known)[0] for case in corpus]
    assert _differing(corpus, found) == []


def test_the_command_says_it_and_ends_with_it(tmp_path, keys):
    """A few of each kind: a process takes its time."""
    corpus = cases(a_receipt())
    for verdict in Verdict:
        for case in [case for case in corpus if case.expected == verdict][:3]:
            (tmp_path / "recu.json").write_bytes(case.content)
            done = run(tmp_path, "--keys", keys, "recu.json")
            said = [v for words, v in SENTENCES.items() if done.stdout.startswith(words)]
            assert (case.about, said, done.returncode) == (case.about, [verdict], CODES[verdict])
            assert done.stderr == ""


def test_a_slip_is_checked_with_the_files_that_came_with_it(tmp_path, keys):
    (tmp_path / "bordereau.pdf").write_bytes(a_slip(a_receipt()))
    (tmp_path / "facture.pdf").write_bytes(INVOICE)
    (tmp_path / "photo.jpg").write_bytes(PHOTO)
    (tmp_path / "autre.pdf").write_bytes(INVOICE + b"\n")

    done = run(tmp_path, "bordereau.pdf", "facture.pdf", "photo.jpg", "--keys", keys)
    assert done.returncode == 0
    assert "Case number: 2026-0471-1837" in done.stdout
    assert "facture.pdf: this file is in the receipt, unchanged." in done.stdout

    done = run(tmp_path, "--keys", keys, "bordereau.pdf", "facture.pdf", "autre.pdf", lang="fr")
    assert done.returncode == 1
    assert "autre.pdf : ce fichier n’est pas dans le reçu" in done.stdout

    done = run(tmp_path, "--keys", keys, "bordereau.pdf", "absent.pdf", lang="de")
    assert done.returncode == 2
    assert "absent.pdf: Diese Datei lässt sich nicht öffnen." in done.stdout


def test_a_proof_is_checked_with_what_was_published_and_openssl_confirms_its_time(
    tmp_path, keys, settings
):
    tsa, receipt = authority.an_authority(tmp_path / "tsa"), a_receipt()
    chain = a_chain(receipt, others=3)
    settings.TIMESTAMP_TRUST = str(tsa / "ca.pem")
    first = Day.objects.earliest("day")
    with authority.listening(lambda _headers, query: (200, authority.reply(tsa, query))) as address:
        settings.TIMESTAMP_AUTHORITY = address
        assert actions.stamp_days() == 2
    (tmp_path / "preuve.json").write_bytes(actions.proof_file(chain, receipt, salt=SALT))
    (tmp_path / "facture.pdf").write_bytes(INVOICE)
    (tmp_path / "published.json").write_bytes(actions.day_file(first))
    done = run(
        tmp_path, "--keys", keys, "--tokens", tsa, "preuve.json", "facture.pdf", "published.json"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("This proof holds.")
    assert "Case number: 2026-0471-1837" in done.stdout
    assert f"{first.day}: lines 1 to 2 are in the digest of this day" in done.stdout
    assert "facture.pdf: this file is in the receipt, unchanged." in done.stdout
    assert "published.json: this is a published digest" in done.stdout
    (tsa / "autorite.pem").write_bytes((tsa / "ca.pem").read_bytes())
    told = [line.split() for line in done.stdout.splitlines() if "openssl ts" in line]
    assert len(told) == 2
    for command in told:
        assert b"OK" in authority.openssl(tsa, *command[1:])

    content = (tmp_path / "published.json").read_bytes()
    (tmp_path / "other.json").write_bytes(content.replace(b'"count":4', b'"count":5'))
    done = run(tmp_path, "--keys", keys, "preuve.json", "other.json", lang="fr")
    assert done.returncode == 1
    assert "la preuve ne mène pas à cette empreinte publiée" in done.stdout
    done = run(tmp_path, "--keys", keys, "published.json")
    assert (done.returncode, "This digest of a day is genuine." in done.stdout) == (0, True)
    done = run(tmp_path, "preuve.json")
    assert (done.returncode, "That proves nothing." in done.stdout) == (2, True)


def test_without_the_portals_keys_nothing_is_proved(tmp_path):
    receipt = a_receipt()
    (tmp_path / "recu.json").write_bytes(actions.receipt_file(receipt))
    done = run(tmp_path, "recu.json")
    assert done.returncode == 2
    assert receipt.key in done.stdout
    assert "That proves nothing." in done.stdout
    changed = actions.receipt_file(receipt).replace(b"0471", b"0472")
    (tmp_path / "recu.json").write_bytes(changed)
    assert run(tmp_path, "recu.json").returncode == 1


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"keys":[1]}', '{"keys":[{"crv":"P-256"}]}', "é"]
)
def test_a_file_without_keys_is_told(tmp_path, content):
    (tmp_path / "recu.json").write_bytes(actions.receipt_file(a_receipt()))
    (tmp_path / "cles.json").write_text(content)
    done = run(tmp_path, "--keys", "cles.json", "recu.json")
    assert (done.returncode, done.stderr) == (2, "")
    assert "holds no keys" in done.stdout


def test_the_program_needs_no_more_than_python_3_8(tmp_path):
    import ast

    ast.parse(PROGRAM.read_text(), feature_version=(3, 8))


# --- What is not a slip of ours, or no longer


def pdfs(slip: bytes, content: bytes) -> dict[str, tuple[bytes, Verdict]]:
    at = slip.index(b"/EmbeddedFile/")
    end = slip.index(b"endstream", at)
    plain = (
        b"%%PDF-1.7\n1 0 obj <</Type /EmbeddedFile/Length %d>>\nstream\r\n%s\nendstream endobj\n"
    )
    held = plain % (len(content), content)
    return {
        "as it is": (slip, Verdict.GENUINE),
        "its end is missing": (slip[: end + 20], Verdict.GENUINE),  # the receipt is all there
        "cut inside the receipt": (slip[: end - 40], Verdict.UNREADABLE),
        "cut before": (slip[:at], Verdict.UNREADABLE),
        "a byte of the receipt": (
            slip[: end - 60] + bytes([slip[end - 60] ^ 1]) + slip[end - 59 :],
            Verdict.UNREADABLE,
        ),
        "not deflated": (held, Verdict.GENUINE),
        "after a shorter stream": (
            b"2 0 obj <</Length 3>>\nstream\nabc\nendstream endobj\n" + held,
            Verdict.GENUINE,
        ),
        "with a page as well": (
            b"3 0 obj <</Type /EmbeddedFile/Length 3>>\nstream\nabc\nendstream endobj\n" + held,
            Verdict.GENUINE,
        ),
        "two receipts": (held * 2, Verdict.UNREADABLE),
        "changed inside": (held.replace(b"0471", b"0472"), Verdict.ALTERED),
        "a length that lies": (
            plain % (10**8, content) + b"more",
            Verdict.UNREADABLE,
        ),
        "no end": (held.replace(b"endstream", b"endless"), Verdict.UNREADABLE),
        "many names and nothing": (b"%PDF /EmbeddedFile" * 50_000, Verdict.UNREADABLE),
        "many streams": (b"/EmbeddedFile stream endstream" * 5_000, Verdict.UNREADABLE),
        "a bomb": (_bomb(), Verdict.UNREADABLE),
    }


def _bomb() -> bytes:
    import zlib

    data = zlib.compress(b'{"key":' + b"0" * 200_000_000)
    head = b"%%PDF-1.7\n<</Type /EmbeddedFile/Length %d>>\nstream\n%s\nendstream"
    return head % (len(data), data)


def test_pdfs_of_all_sorts_are_read_alike():
    receipt = a_receipt()
    asked = pdfs(a_slip(receipt), actions.receipt_file(receipt))
    expected = {about: verdict for about, (_content, verdict) in asked.items()}
    module = program()
    known = module.keys_in(json.dumps(signing.jwks()).encode())
    said = {
        about: module.verify(module.receipt_in(content), known)[0]
        for about, (content, _verdict) in asked.items()
    }
    assert said == expected
    answers = browser([content for content, _verdict in asked.values()])
    assert dict(zip(asked, [verdict for verdict, _ in answers], strict=True)) == expected


MANY = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def test_no_change_to_a_receipt_is_believed():
    _none_is_believed(actions.receipt_file(a_receipt(), salt=SALT))


# Mostly digits for digits, so that most of what is made can still be read as a receipt.
@MANY
@given(data=st.data())
def _none_is_believed(genuine, data):
    content = bytearray(genuine)
    for _turn in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(genuine))) % (len(content) or 1)
        what = data.draw(st.sampled_from(["change"] * 6 + ["take", "put", "cut"]))
        if what == "change":
            content[at : at + 1] = [
                data.draw(st.sampled_from(b"0123456789abcdef") | st.integers(0, 255))
            ]
        elif what == "take":
            del content[at : at + data.draw(st.integers(1, 9))]
        elif what == "put":
            content[at:at] = data.draw(st.binary(min_size=1, max_size=9))
        else:
            del content[at:]
    module = program()
    known = module.keys_in(json.dumps(signing.jwks()).encode())
    verdicts = {
        str(actions.verify(bytes(content))),
        module.verify(module.receipt_in(bytes(content)), known)[0],
    }
    assert len(verdicts) == 1
    assert (verdicts == {"genuine"}) == (bytes(content) == genuine)


def test_none_of_the_three_believes_a_change():
    """The same changes each time; what the portal says of each is what the script has to say."""
    content = actions.receipt_file(a_receipt(), salt=SALT)
    chance = random.Random(1837)
    changed = []
    for _turn in range(200):
        at = chance.randrange(len(content))
        put = chance.choice([b"", b" ", b"0", b"f", b'"', b"}", bytes([chance.randrange(256)])])
        changed.append(content[:at] + put + content[at + chance.randrange(3) :])
    expected = [str(actions.verify(each)) for each in changed]
    assert [verdict for verdict, _digest in browser(changed)] == expected
    known = program().keys_in(json.dumps(signing.jwks()).encode())
    assert [program().verify(program().receipt_in(each), known)[0] for each in changed] == expected
    for each, verdict in zip(changed, expected, strict=True):
        assert (verdict == "genuine") == (each == content)


@MANY
@given(st.binary(max_size=300))
def test_nothing_makes_them_stumble(content):
    module = program()
    for file in (content, b"{" + content, b"%PDF /EmbeddedFile stream\n" + content + b"endstream"):
        assert module.verify(module.receipt_in(file), {})[0] in ("unreadable", "unknown-key")
        assert actions.verify(file) == Verdict.UNREADABLE


def test_the_page_for_offline_use_holds_the_script_that_was_tested():
    page = offline.page("fr")
    script = page.split('<script type="module">')[1].split("</script>")[0]
    assert script == (PROGRAM.parent / "verifier.js").read_text()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page
    assert " src=" not in page
    assert "href=" not in page
