"""What every sign-on product has. A product proves; it never signs anybody on by itself.

To add one: a file here with one class, its address in `urls.py`, its class in
`settings.SIGNON_PRODUCTS`. A product that sends people elsewhere (a certificate host, a mobile
app, another country) names the address that starts it in `entry`, and ends where the Token does:
with `actions` that finish the attempt.
"""

from functools import cache
from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from guichet.signon.levels import Level


class Product:
    """A kind of credential. Has no state: what somebody holds is a `Credential`."""

    code: ClassVar[str]  # as in `Credential.product`; names its drawing in `design`
    label: ClassVar[str | Promise]  # what people call it
    hint: ClassVar[str | Promise]  # one line: how it is used
    entry: ClassVar[str]  # name of the address where it starts
    issuer: ClassVar[str]
    level: ClassVar[Level]  # the most that it can prove
    can_sign: ClassVar[bool]  # documents, not only oneself on
    can_register: ClassVar[bool]  # may be the first product of a person

    @property
    def provider(self) -> str:
        """Whoever runs it, as named on the pages."""
        raise NotImplementedError

    def proves(self, credential_id: UUID | None, typed: str) -> bool:
        """Whether `typed` shows that its holder is there now; uses it up."""
        raise NotImplementedError


def enabled() -> list[Product]:
    """The products of this portal, in the order of `settings.SIGNON_PRODUCTS`."""
    return list(_enabled(tuple(settings.SIGNON_PRODUCTS)))


def product(code: str) -> Product | None:
    """The enabled product with this code, or None."""
    return next((found for found in enabled() if found.code == code), None)


@cache
def _enabled(paths: tuple[str, ...]) -> tuple[Product, ...]:
    return tuple(import_string(path)() for path in paths)
