"""From text to a tree. What is written, where; not yet what it means.

    or   and   not   = != < <= > >= in   + -   * /   -x   f(x, y)   name   literal

Literals: 12, 12.5, 12.50 EUR, "text", true, false, 2026-03-28, 18y 3m 12w 25d, ("a", "b").
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

LENGTH_MAX = 2_000
DEPTH_MAX = 40


class Mistake(Exception):
    """The text is not a rule. `at` is the place, counted from 0."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


@dataclass(frozen=True)
class Node:
    """`op` is "literal", "name", "list", "call" or an operator; `value` what it says."""

    op: str
    at: int
    value: Any = None
    parts: tuple["Node", ...] = ()


_TOKEN = re.compile(
    r"""(?P<space>[ \t\n\r]+)
    |(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9]))
    |(?P<money>[0-9]+(?:\.[0-9]{2})?[ ]EUR\b)
    |(?P<span>[0-9]+[ymwd]\b)
    |(?P<decimal>[0-9]+\.[0-9]+)
    |(?P<integer>[0-9]+(?![0-9A-Za-z_.]))
    |(?P<text>"[^"\\\n]*")
    |(?P<name>[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?)
    |(?P<sign><=|>=|!=|[=<>+\-*/(),])""",
    re.VERBOSE | re.ASCII,
)
RESERVED = frozenset({"and", "or", "not", "in", "true", "false"})  # no question has such a name
_COMPARE = {"=", "!=", "<", "<=", ">", ">="}


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    at: int


def parse(text: str) -> Node:
    """The tree of a rule. Raises `Mistake` with a sentence and a place."""
    if len(text) > LENGTH_MAX:
        raise Mistake(f"A rule has {LENGTH_MAX} characters at most.", LENGTH_MAX)
    return _Parser(_tokens(text)).whole()


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise Mistake(f"{text[at]!r} has no meaning here.", at)
        kind = str(match.lastgroup)
        word = match.group()
        if kind == "name" and word in RESERVED:
            kind = "word"
        if kind != "space":
            found.append(_Token(kind, word, at))
        at = match.end()
    return [*found, _Token("end", "", len(text))]


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0

    @property
    def _next(self) -> _Token:
        return self._tokens[self._place]

    def _take(self, *texts: str) -> _Token | None:
        token = self._next
        if token.kind in ("word", "sign") and token.text in texts:
            self._place += 1
            return token
        return None

    def _expect(self, text: str) -> _Token:
        token = self._take(text)
        if token is None:
            said = f"not {self._next.text!r}" if self._next.text else "and the rule ends"
            raise Mistake(f"{text!r} should stand here, {said}.", self._next.at)
        return token

    def whole(self) -> Node:
        node = self._or()
        if self._next.kind != "end":
            raise Mistake(f"The rule should end before {self._next.text!r}.", self._next.at)
        return node

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise Mistake("The rule is nested too deeply. Split it.", self._next.at)

    def _or(self) -> Node:
        self._deeper()
        node = self._chain("or", self._and)
        self._depth -= 1
        return node

    def _and(self) -> Node:
        return self._chain("and", self._not)

    def _chain(self, word: str, operand: Callable[[], Node]) -> Node:
        """Operands joined by one word: one node with all of them."""
        at, parts = self._next.at, [operand()]
        while self._take(word):
            parts.append(operand())
        return parts[0] if len(parts) == 1 else Node(word, at, parts=tuple(parts))

    def _not(self) -> Node:
        if token := self._take("not"):
            self._deeper()
            node = Node("not", token.at, parts=(self._not(),))
            self._depth -= 1
            return node
        return self._comparison()

    def _comparison(self) -> Node:
        node = self._sum()
        if token := self._take(*_COMPARE):
            node = Node(token.text, token.at, parts=(node, self._sum()))
        elif token := self._take("in"):
            node = Node("in", token.at, parts=(node, self._list()))
        if self._next.kind == "sign" and self._next.text in _COMPARE:
            raise Mistake("Join comparisons with “and”.", self._next.at)
        return node

    def _list(self) -> Node:
        start = self._expect("(")
        items = [self._literal()]
        while self._take(","):
            items.append(self._literal())
        self._expect(")")
        return Node("list", start.at, parts=tuple(items))

    def _literal(self) -> Node:
        node = self._sign()
        if node.op != "literal":
            raise Mistake("Only values may stand in a list.", node.at)
        return node

    def _sum(self) -> Node:
        return self._left(("+", "-"), self._product)

    def _product(self) -> Node:
        return self._left(("*", "/"), self._sign)

    def _left(self, signs: tuple[str, ...], operand: Callable[[], Node]) -> Node:
        """`a - b - c` is `(a - b) - c`."""
        node, length = operand(), 1
        while token := self._take(*signs):
            length += 1
            if length > DEPTH_MAX:
                raise Mistake("The rule is too long. Split it.", token.at)
            node = Node(token.text, token.at, parts=(node, operand()))
        return node

    def _sign(self) -> Node:
        if token := self._take("-"):
            self._deeper()
            node = Node("neg", token.at, parts=(self._sign(),))
            self._depth -= 1
            return node
        return self._atom()

    def _atom(self) -> Node:
        token = self._next
        if self._take("("):
            node = self._or()
            self._expect(")")
            return node
        if self._take("true", "false"):
            return Node("literal", token.at, ("boolean", token.text))
        if token.kind in ("integer", "decimal", "money", "span", "date", "text"):
            self._place += 1
            return Node("literal", token.at, (token.kind, token.text))
        if token.kind == "name":
            self._place += 1
            if self._take("("):
                return self._call(token)
            return Node("name", token.at, token.text)
        what = f"{token.text!r}" if token.text else "the end of the rule"
        raise Mistake(f"A value, a name or “(” should stand here, not {what}.", token.at)

    def _call(self, name: _Token) -> Node:
        arguments: list[Node] = []
        if not self._take(")"):
            arguments.append(self._or())
            while self._take(","):
                arguments.append(self._or())
            self._expect(")")
        return Node("call", name.at, name.text, tuple(arguments))
