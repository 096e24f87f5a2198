"""The Token: a UserID, a password, and a device that shows a new code every 30 seconds."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from guichet import sealing
from guichet.signon import passwords, pictures, totp
from guichet.signon.levels import Level
from guichet.signon.models import Credential, LocalSecret, OtpDevice
from guichet.signon.products.base import Product

# Asks the database the same question for whoever is unknown.
_NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Presented:
    """What a UserID and a password have brought. Nothing of it may be shown but the picture."""

    typed_id_index: str
    credential: Credential | None
    secrets_right: bool
    picture: int


class Token(Product):
    """Codes of RFC 6238 on a device, after a UserID and a password that we check ourselves."""

    code = "token"
    label = _("Token")
    hint = _("The device that shows a 6-digit code")
    entry = "signon:token"
    issuer = "token"
    level = Level.SUBSTANTIAL
    can_sign = True
    can_register = True

    @property
    def provider(self) -> str:
        return str(settings.SIGNON_TOKEN_PROVIDER)

    def present(self, user_id: str, password: str) -> Presented:
        """Look at UserID and password. The same work and the same kind of answer for everybody."""
        index = user_id_index(user_id)
        local = LocalSecret.objects.select_related("credential").filter(user_id_index=index).first()
        right = passwords.matches(local.password if local else None, password)
        decoy = _decoy(index, password)
        if local is None:
            return Presented(index, None, False, decoy)
        if right and passwords.is_outdated(local.password):
            _rehash(local, password)
        return Presented(index, local.credential, right, local.picture if right else decoy)

    def proves(self, credential_id: UUID | None, typed: str) -> bool:
        """Whether `typed` is the device's code now; uses it up. The same work for an unknown."""
        return totp.accept(_device(credential_id), typed)

    def resynchronise(self, credential_id: UUID | None, first: str, second: str) -> bool:
        """Learn how wrong the device's clock is, from two codes that follow each other."""
        return totp.resynchronise(_device(credential_id), first, second)


def _device(credential_id: UUID | None) -> OtpDevice | None:
    return OtpDevice.objects.filter(pk=credential_id or _NOBODY).first()


def user_id_index(user_id: str) -> str:
    """How a UserID is stored: upper and lower case are the same, spaces around do not count."""
    return sealing.index(user_id.strip().upper(), context="signon.LocalSecret.user_id")


def _decoy(index: str, password: str) -> int:
    """The picture for who is not known: stable for both together, another for each guess.

    Keyed by the UserID alone, the one picture that differs would betray the right password.
    """
    keyed = sealing.index(f"{index}\0{password}", context="signon.decoy")
    return int(keyed, 16) % pictures.COUNT


def _rehash(local: LocalSecret, password: str) -> None:
    LocalSecret.objects.filter(pk=local.pk, password=local.password).update(
        password=passwords.hashed(password)
    )
