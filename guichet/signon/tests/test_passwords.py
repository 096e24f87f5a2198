"""argon2id, and the same work for everybody."""

from typing import Any

import pytest
from argon2 import PasswordHasher

from guichet.refusals import Refused
from guichet.signon import passwords
from guichet.signon.models import LocalSecret
from guichet.signon.tests.conftest import PASSWORD, Holder


def test_argon2id_at_the_cost_of_the_settings(settings: Any) -> None:
    settings.PASSWORD_COST_KIB = 128
    assert passwords.hashed(PASSWORD).startswith("$argon2id$v=19$m=128,t=2,p=1$")


def test_the_portals_own_cost() -> None:
    from guichet.config import settings

    assert settings.PASSWORD_COST_KIB == 19 * 1024


def test_only_the_right_password_matches() -> None:
    stored = passwords.hashed(PASSWORD)
    assert passwords.matches(stored, PASSWORD)
    assert not passwords.matches(stored, PASSWORD + " ")
    assert not passwords.matches("not a hash", PASSWORD)


def test_who_is_unknown_costs_a_hash_too(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    real = PasswordHasher.verify

    def noted(self: Any, stored: str, given: str) -> bool:
        checked.append(stored)
        return real(self, stored, given)

    monkeypatch.setattr(PasswordHasher, "verify", noted)

    assert not passwords.matches(None, PASSWORD)

    assert [stored.split("$")[1] for stored in checked] == ["argon2id"]


@pytest.mark.parametrize(
    ("password", "code"), [("x" * 11, "password-too-short"), ("x" * 129, "password-too-long")]
)
def test_too_short_and_too_long_are_refused(password: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        passwords.check(password)
    assert refusal.value.code == code


def test_twelve_characters_will_do() -> None:
    passwords.check("x" * 12)


def test_signing_on_renews_a_hash_of_another_cost(lea: Holder, settings: Any) -> None:
    before = LocalSecret.objects.get().password
    settings.PASSWORD_COST_KIB = 128

    lea.give_secrets()

    after = LocalSecret.objects.get().password
    assert after != before
    assert "m=128" in after
    assert passwords.matches(after, PASSWORD)


def test_a_wrong_password_renews_nothing(lea: Holder, settings: Any) -> None:
    before = LocalSecret.objects.get().password
    settings.PASSWORD_COST_KIB = 128

    lea.give_secrets(password="something-else")

    assert LocalSecret.objects.get().password == before
