"""Somebody with a Token, and the walk through the pages."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as portal
from django.test import Client

from guichet import clock
from guichet.signon import actions, sessions, totp
from guichet.signon.models import Credential


def text(response: Any) -> str:
    """The page as one reads it: typographic apostrophes and blanks made plain."""
    page = response.content.decode()
    page = page.replace("&#x27;", "'").replace("’", "'").replace("\u00a0", " ")
    return re.sub(r"\s+", " ", page)


SECRET = b"12345678901234567890"
PASSWORD = "Guichet-2026"


@pytest.fixture(autouse=True)
def _cheap_passwords(settings: Any) -> None:
    settings.PASSWORD_COST_KIB = 64


@dataclass
class Holder:
    """A person with a Token in front of a browser."""

    credential: Credential
    user_id: str = "LEAG1"
    password: str = PASSWORD
    client: Any = field(default_factory=Client)

    def code(self, steps: int = 0) -> str:
        """What the Token shows, so many periods from now."""
        return totp.code(SECRET, clock.now() + timedelta(seconds=30 * steps))

    def give_secrets(self, next: str = "", **typed: str) -> Any:
        data = {"user_id": self.user_id, "password": self.password} | typed
        query = {"next": next} if next else {}
        return self.client.post("/fr/connexion/token/", data, query_params=query)

    def give_code(self, otp: str | None = None) -> Any:
        return self.client.post(
            "/fr/connexion/token/code/", {"otp": self.code() if otp is None else otp}
        )

    def wrong_code(self) -> str:
        """No code of now, nor of a little earlier or later."""
        near = {self.code(steps) for steps in range(-25, 26)}
        return next(f"{number:06d}" for number in range(1000) if f"{number:06d}" not in near)

    def page(self, path: str) -> str:
        return text(self.client.get(path))

    @property
    def is_signed_on(self) -> bool:
        cookie = self.client.cookies.get(portal.SESSION_COOKIE)
        return cookie is not None and sessions.find(cookie.value) is not None


@pytest.fixture
def lea(db: None) -> Holder:
    """Holds a Token; the portal does not know her yet."""
    credential = actions.issue_token(
        user_id="LEAG1",
        password=PASSWORD,
        picture=5,
        serial="T-1",
        secret=SECRET,
        given_names="LEA",
        family_name="GUICHET",
    )
    return Holder(credential)
