"""A value for what a template does not define: false in a condition, an error when printed."""

import sys
from typing import Never


class UndefinedVariable(AssertionError):
    """A template prints a name that nobody gave it."""


class Undefined(str):
    """Stands for an undefined variable. `default` and `if` may meet it, the page may not."""

    __slots__ = ()

    def _fail(self) -> Never:
        raise UndefinedVariable(_whose())

    def __str__(self) -> str:
        self._fail()

    def __html__(self) -> str:
        self._fail()


def _whose() -> str:
    """The expression and the template being drawn, as far as the stack tells."""
    frame = sys._getframe(2)
    while frame is not None:
        node = frame.f_locals.get("self")
        if hasattr(node, "origin") and hasattr(node, "token"):
            return f"{node.token.contents!r} is not defined, in {node.origin}"
        frame = frame.f_back  # type: ignore[assignment]
    return "an undefined variable is printed"
