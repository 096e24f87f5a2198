"""A value for what a template does not define: false in a condition, an error when printed."""

import sys
from types import FrameType
from typing import Never

from django.template.base import Node


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
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        node = frame.f_locals.get("self")
        if isinstance(node, Node) and node.token is not None:
            return f"{node.token.contents!r} is not defined, in {node.origin}"
        frame = frame.f_back
    return "an undefined variable is printed"
