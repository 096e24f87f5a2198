"""Mails and letters, and a server that takes them."""

import email
import email.policy

from guichet.post.models import Dispatch

WORDS = "<!doctype html><html lang='fr'><head><title>Bonjour</title></head><body><h1>Bonjour</h1><p>Léa</p></body></html>"


def received(server):
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted(server.folder.glob("*.eml"))
    ]


def a_mail(**more):
    given = {"kind": "mail", "template": "trial/mail/hello", "language": "fr", "to": "lea@example.lu",
             "subject": "Votre demande – été", "text": "Bonjour Léa\n", "html": WORDS}  # fmt: skip
    return Dispatch.objects.create(**(given | more))


def a_letter(**more):
    given = {"kind": "letter", "template": "trial/letter/hello", "language": "fr", "subject": "Bonjour",
             "addressee": ["Madame Léa Guichet"], "html": WORDS}  # fmt: skip
    return Dispatch.objects.create(**(given | more))
