"""Composing: one page of words becomes the two bodies of a mail, which therefore never differ.

A mail's `body.html` knows `<p>`, `<h2>`, `<ul>` with `<li>`, and inside them `<strong>`, `<br>` and
`<a href>`. An `<a href>` that stands by itself is the mail's one button.
"""

import re
from html import escape
from html.parser import HTMLParser
from typing import NamedTuple

from django.utils.translation import gettext as _

_BLOCKS = frozenset({"p", "h2", "li"})
_INSIDE = frozenset({"strong", "br", "a"})
_SPACE = re.compile(r"\s+")


class Unfit(ValueError):
    """A mail's page holds something that one of its two bodies could not say."""


class Composed(NamedTuple):
    """The same sentences twice."""

    text: str
    html: str


def composed(page: str) -> Composed:
    """Both bodies of a mail. Raises `Unfit` for anything but the few tags, or a second button."""
    reading = _Reading()
    reading.feed(page)
    reading.close()
    reading.end()
    return Composed("\n\n".join(reading.texts), "\n".join(reading.htmls))


class _Reading(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.htmls: list[str] = []
        self._block = ""  # the tag that we are in; "a" for the button
        self._href = ""
        self._link_from = 0
        self._text = self._html = ""
        self._has_button = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href") or ""
        if attrs and (tag != "a" or [name for name, _value in attrs] != ["href"]):
            raise Unfit(f"<{tag}> with {', '.join(name for name, _value in attrs)}")
        if tag == "ul" and not self._block:
            self.htmls.append("<ul>")
        elif tag in _BLOCKS and not self._block:
            self._block = tag
        elif tag == "a" and not self._block:
            if self._has_button:
                raise Unfit("a second button")
            self._block, self._href, self._has_button = "a", href, True
        elif tag in _INSIDE and self._block not in ("", "a"):
            self._begin_inside(tag, href)
        else:
            raise Unfit(f"<{tag}> {f'in <{self._block}>' if self._block else 'by itself'}")

    def _begin_inside(self, tag: str, href: str) -> None:
        if tag == "br":
            self._text += "\n"
        self._href, self._link_from = href, len(self._text)
        self._html += f'<a href="{escape(href)}">' if tag == "a" else f"<{tag}>"

    def handle_endtag(self, tag: str) -> None:
        if tag == "ul":
            self.htmls.append("</ul>")
        elif tag == self._block:
            self._end_block(tag)
        elif tag == "a" and self._block:
            before, label = self._text[: self._link_from], self._text[self._link_from :]
            if label != self._href:
                self._text = f"{before}{_named(label)} {self._href}"
            self._html += "</a>"
        elif tag in _INSIDE and self._block:
            self._html += f"</{tag}>"
        else:
            raise Unfit(f"</{tag}>")

    def _end_block(self, tag: str) -> None:
        text, html = _tidy(self._text), _tidy(self._html)
        if tag == "a":
            self.texts.append(f"{_named(text)}\n{self._href}")
            copy = _("If the button does not work, copy this address into your browser:")
            href = escape(self._href)
            self.htmls += [
                f'<p><a class="button" href="{href}">{html}</a></p>',
                f'<p class="copy">{escape(copy)}<br>{href}</p>',
            ]
        elif text:
            follows = tag == "li" and self.texts and self.texts[-1].startswith("- ")
            if follows:
                self.texts[-1] += f"\n- {text}"
            else:
                self.texts.append(f"- {text}" if tag == "li" else text)
            self.htmls.append(f"<{tag}>{html}</{tag}>")
        self._block = self._text = self._html = ""

    def handle_data(self, data: str) -> None:
        if self._block:
            words = _SPACE.sub(" ", data)
            self._text += words
            self._html += escape(words)
        elif data.strip():
            raise Unfit("words outside of a paragraph")

    def end(self) -> None:
        if self._block:
            raise Unfit(f"<{self._block}> has no end")


def _named(label: str) -> str:
    """What leads to the address that follows."""
    return _("%(label)s:") % {"label": label}


def _tidy(words: str) -> str:
    return "\n".join(line.strip() for line in words.split("\n")).strip()
