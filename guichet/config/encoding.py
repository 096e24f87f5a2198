"""Forms are UTF-8, as our pages are. No browser says otherwise; whoever does is not believed.

Django takes the charset of the header for its own as soon as there is a request, before anything
could answer: a name of a codec that is for no text, or too long a query beside it, would be a bare 500.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_CHARSET = re.compile(r";\s*charset\*?\s*=[^;]*", re.IGNORECASE)


def in_utf8(application: Application) -> Application:
    """The application, told of no charset."""

    def outer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if told := environ.get("CONTENT_TYPE"):
            environ["CONTENT_TYPE"] = without_charset(told)
        return application(environ, start)

    return outer


def without_charset(content_type: str) -> str:
    """A media type with its other parameters."""
    return _CHARSET.sub("", content_type)
