"""The least that a WSGI application can answer: the floor under every figure."""

from collections.abc import Callable, Iterable

PAGE = b"x" * 15_000


def application(
    environ: dict[str, object], start: Callable[[str, list[tuple[str, str]]], object]
) -> Iterable[bytes]:
    """15 KB that are always the same."""
    start("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(PAGE)))])
    return [PAGE]
