"""Mails are signed; somebody else's program says so, from the bytes that a server was given."""

import json
import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from guichet.config import keys
from guichet.post import delivery
from guichet.post.tests.given import a_mail, received

# Debian's dkimpy under Debian's Python, asking no DNS: the records come with the command.
VERIFIER = r"""
import dkim, json, re, sys
zone = {line.split(" ", 1)[0]: "".join(re.findall('"([^"]*)"', line)) for line in json.loads(sys.argv[1])}
asked = dkim.DKIM(sys.stdin.buffer.read())
def holds(index):
    try:
        return asked.verify(index, dnsfunc=lambda name, **_: zone[name.decode()].encode())
    except dkim.ValidationError:
        return False
names = [(name, value) for name, value in asked.headers if name.lower() == b"dkim-signature"]
said = [[re.search(rb"a=([a-z0-9-]+)", value)[1].decode(), holds(at)] for at, (_, value) in enumerate(names)]
print(json.dumps(sorted(said)))
"""


def pem(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture
def signing(settings, tmp_path):
    one = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    for name, key in (("rsa", one), ("ed", ed25519.Ed25519PrivateKey.generate())):
        (tmp_path / name).write_bytes(pem(key))
    settings.DKIM_KEYS = keys.dkim(f"s1={tmp_path / 'rsa'}, s2={tmp_path / 'ed'}")


def verified(message, records):
    asked = ["/usr/bin/python3", "-c", VERIFIER, json.dumps(records)]
    said = subprocess.run(asked, input=message, capture_output=True, check=True)
    return json.loads(said.stdout)


@pytest.mark.django_db
def test_a_receiving_server_knows_who_sent_a_mail_and_that_nobody_changed_it(
    signing, mail_server, capsys
):
    call_command("dkim_records")
    records = capsys.readouterr().out.splitlines()
    delivery.deliver(str(a_mail(text="Bonjour  Léa \n\n\n.\n\n").pk))
    [path] = mail_server.folder.glob("*.eml")
    message = path.read_bytes()
    both = ["ed25519-sha256", "rsa-sha256"]
    assert verified(message, records) == [[kind, True] for kind in both]

    added = b"From: eve@example.lu\r\n" + message
    for touched in (
        message.replace(b"To: lea@", b"To: eve@"),
        message.replace(b"Bonjour", b"Au revoir"),
        added,
    ):
        assert verified(touched, records) == [[kind, False] for kind in both]


@pytest.mark.django_db
def test_without_a_key_mails_leave_unsigned(mail_server):
    delivery.deliver(str(a_mail().pk))
    assert received(mail_server)[0]["DKIM-Signature"] is None


@pytest.mark.parametrize("given", ["{path}", "S!={path}", "s1={path}", "s1={path}/nowhere"])
def test_a_key_that_cannot_sign_stops_the_start(tmp_path, given):
    path = tmp_path / "key.pem"
    path.write_bytes(pem(ec.generate_private_key(ec.SECP256R1())))
    with pytest.raises(ImproperlyConfigured, match="GUICHET_DKIM"):
        keys.dkim(given.format(path=path))
