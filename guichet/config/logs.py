"""Logs as JSON, one object a line. Values are fields, never glued into the sentence."""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog


def _in_our_words(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> Any:
    """Django's own lines on requests hold the address, the host and the referrer; these do not."""
    if entry.get("logger") == "django.request":
        entry["event"] = "unhandled error"
    elif str(entry.get("logger")).startswith("django.security"):
        entry["event"] = "request refused"
        entry.pop("exc_info", None)  # somebody else's mistake, not ours
    return entry


def _where(exc_info: structlog.typing.ExcInfo) -> str:
    """Where it happened and of what kind it is, without the words: they repeat what was typed."""
    told: list[str] = []
    fault: BaseException | None = exc_info[1]
    while fault is not None:
        kind = f"{type(fault).__module__}.{type(fault).__qualname__}"
        state = getattr(fault, "sqlstate", None)
        told.append("".join(traceback.format_tb(fault.__traceback__)))
        told.append(f"{kind} [{state}]\n" if state else f"{kind}\n")
        fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
        told.append("which came from\n" if fault is not None else "")
    return "".join(told)


_FIELDS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _in_our_words,
    structlog.processors.ExceptionRenderer(_where),
]


def configure(options: dict[str, Any]) -> None:
    """Send structlog's and the standard library's records through one JSON formatter."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_FIELDS,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers[:] = [handler(sys.stderr)]
    root.setLevel(options["level"])
    # Its warnings on each 404 hold the address, and with it codes and identifiers.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    logging.getLogger("weasyprint").setLevel(logging.ERROR)


def handler(stream: TextIO) -> logging.Handler:
    """Writes each record to `stream` as one JSON object on one line."""
    made = logging.StreamHandler(stream)
    made.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_FIELDS,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    return made
