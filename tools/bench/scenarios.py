"""What is asked of the portal: single pages, signing on, creating a space."""

import hashlib
import hmac
import re
import time
from dataclasses import dataclass
from typing import Any

from tools.bench.client import Answer, Browser, Unexpected, question

SESSION = "session"
DRAFT_PAGE = "etapes/permit/"
COMPANY = {
    "legal_form": "sarl",
    "address_line1": "1, rue du Chronomètre",
    "postal_code": "L-1234",
    "locality": "Luxembourg",
    "country": "LU",
}


@dataclass(frozen=True)
class Page:
    """A page that is asked again and again. `cookies` is a Cookie header."""

    key: str
    name: str
    path: str
    cookies: str = ""
    status: int = 200

    def asked(self, **headers: str) -> bytes:
        """The request as bytes."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            given["Cookie"] = self.cookies
        return question(self.path, headers=given)


def pages(made: dict[str, Any]) -> list[Page]:
    """The pages of the table. `made` is what `prepare` printed."""
    reader = made["reader"]
    # A browser has both cookies from its first page on.
    signed_on = f"{SESSION}={reader['session']}; csrf={'c' * 32}"
    accountant = made["accountant"]
    busy = f"{SESSION}={accountant['session']}; csrf={'c' * 32}"
    filler = made["filler"]
    fills = f"{SESSION}={filler['session']}; csrf={'c' * 32}"
    users = f"/fr/espaces/{accountant['space']}/espace/utilisateurs/"
    return [
        Page("home", "Anonymous home, from memory", "/fr/"),
        Page("home-cookie", "Anonymous home, visitor with a language cookie", "/fr/", "langue=fr"),
        Page("help", "Help page, from memory", "/fr/aide/"),
        Page("products", "Product page", "/fr/connexion/"),
        Page("secrets", "UserID and password", "/fr/connexion/token/", f"csrf={'c' * 32}"),
        Page("hub", "Hub of the spaces", "/fr/espaces/", signed_on),
        Page("hub-200", "Hub with 200 spaces", "/fr/espaces/", busy),
        Page("users-500", "Users of a space with 500", users, busy),
        Page("search", "Search with a typing error", "/fr/demarches/?q=pecche"),
        Page("draft", "A page of a draft", filler["draft"] + DRAFT_PAGE, fills),
        Page("space", "Space home, warm", f"/fr/espaces/{reader['space']}/", signed_on),
    ]


def sign_on(browser: Browser, signer: dict[str, str]) -> None:
    """From the page of products to the page one lands on: UserID, password, code."""
    browser.get("/fr/connexion/")
    link = re.search(r'href="(/fr/connexion/token/[^"]*)"', browser.page)
    browser.get(link[1] if link else "/fr/connexion/token/")
    browser.submit({"user_id": signer["user_id"], "password": signer["password"]})
    browser.submit({"otp": code(bytes.fromhex(signer["secret"]))})
    if SESSION not in browser.cookies:
        raise Unexpected(f"{signer['user_id']} is not signed on: {browser.path}")


def create_space(browser: Browser, name: str) -> list[Answer]:
    """The three steps of a professional space, company typed by hand; the answers to the POSTs."""
    before = len(browser.posts)
    browser.get("/fr/espaces/pro/creer/nom/")
    browser.submit({"name": name})
    browser.get(browser.path.replace("/entreprise/", "/entreprise/saisie/"))
    browser.submit({"name": name, **COMPANY})
    browser.submit({})
    if not browser.path.endswith("/termine/"):
        raise Unexpected(f"No space was created: {browser.path}")
    return browser.posts[before:]


def code(secret: bytes) -> str:
    """What a Token shows now: RFC 6238."""
    digest = hmac.digest(secret, step_now().to_bytes(8, "big"), hashlib.sha1)
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"


def step_now() -> int:
    """Which code it is: one in thirty seconds, accepted once."""
    return int(time.time()) // 30
