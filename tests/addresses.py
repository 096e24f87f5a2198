"""Every address of the portal, with something plausible where it asks for something."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.resolvers import LocalePrefixPattern
from django.utils import translation

# What stands in an address, by the name of its part. None of it exists in the database.
SAMPLES: dict[str, Any] = {
    "identifier": "PM-7K2M4Q",
    "absorbed": "PM-7K2M4Q",
    "kept": "PM-7K2M4R",
    "code": "9TC9-EEDJ-PXVV",
    "number": 1,
    "language": "fr",
    "user_id": "LEAG1",
    "key": "k7m3q2",
    "service": "tax-cards",
    "field": "name",
}
BY_CONVERTER: dict[str, Any] = {
    "UUIDConverter": UUID("0190a000-0000-7000-8000-000000000000"),
    "IntConverter": 1,
    "SlugConverter": "exemple",
    "StringConverter": "exemple",
    "PathConverter": "exemple/exemple",
}


@dataclass(frozen=True)
class Address:
    """One line of a `urls.py`."""

    name: str
    view: Callable[..., Any]
    parts: tuple[tuple[str, str], ...]
    in_languages: bool

    def path(self, language: str = "fr", **given: Any) -> str:
        """The path in this language, with samples for what is not given."""
        values = {name: SAMPLES.get(name) or BY_CONVERTER[kind] for name, kind in self.parts}
        with translation.override(language):
            return reverse(self.name, kwargs={**values, **given})

    def __str__(self) -> str:
        return self.name


def every_address() -> list[Address]:
    """All of them, in the order in which they are tried."""
    return list(_walk(get_resolver().url_patterns, "", (), False))


def _walk(
    patterns: list[URLPattern | URLResolver],
    space: str,
    parts: tuple[tuple[str, str], ...],
    in_languages: bool,
) -> Iterator[Address]:
    for pattern in patterns:
        here = parts + tuple(
            (name, type(converter).__name__)
            for name, converter in getattr(pattern.pattern, "converters", {}).items()
        )
        if isinstance(pattern, URLResolver):
            below = f"{space}{pattern.namespace}:" if pattern.namespace else space
            in_prefix = in_languages or isinstance(pattern.pattern, LocalePrefixPattern)
            yield from _walk(pattern.url_patterns, below, here, in_prefix)
        else:
            yield Address(f"{space}{pattern.name}", pattern.callback, here, in_languages)
