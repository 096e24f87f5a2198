"""Components that wrap content, and the few tags that pages need. Loaded everywhere."""

import re
from html import escape
from pathlib import Path
from typing import Any, ClassVar

from django import template
from django.conf import settings
from django.template.base import Node, NodeList, Parser, Token
from django.template.context import Context
from django.urls import get_script_prefix, get_urlconf
from django.utils.functional import LazyObject
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from guichet.design import icons

register = template.Library()

_DRAWINGS = Path(__file__).parents[1] / "static" / "design" / "products"


@register.simple_tag
def icon(name: str) -> SafeString:
    """`{% icon "check" %}`: one of `icons.PATHS`, the size and colour of the text."""
    return icons.icon(name)


@register.simple_tag
def options(groups: list[tuple[str | None, list[dict[str, Any]], int]]) -> SafeString:
    """The options of a `<select>`, by `optgroups` of its widget.

    In Python, because a list of countries is 250 includes of a template otherwise.
    """
    return SafeString("".join(_group(name, choices) for name, choices, _ in groups))


def _group(name: str | None, choices: list[dict[str, Any]]) -> str:
    lines = "".join(
        f'<option value="{escape(str(choice["value"]))}"{" selected" if choice["selected"] else ""}>'
        f"{escape(str(choice['label']))}</option>\n"
        for choice in choices
    )
    return f'<optgroup label="{escape(str(name))}">{lines}</optgroup>' if name else lines


@register.simple_block_tag
def notice(content: str, kind: str = "info", title: str = "") -> str:
    """`{% notice kind="warning" title=t %}…{% endnotice %}`: success, info, warning or error."""
    return format_html(
        '<div class="notice notice-{}">{}<div>{}{}</div></div>',
        kind,
        icons.icon(kind),
        format_html('<p class="notice-title">{}</p>', title) if title else "",
        content,
    )


@register.simple_block_tag
def card(
    content: str, title: str = "", level: int = 2, url: str = "", icon: str = "", edge: str = ""
) -> str:
    """`{% card title=t %}…{% endcard %}`. `url` makes the whole card a link by its title;
    `edge` (success, info, warning, error) colours its edge; `level` is the heading's."""
    heading: str = format_html('<a href="{}">{}</a>', url, title) if url else title
    return format_html(
        '<div class="card{}{}">{}{}{}</div>',
        " card-link" if url else "",
        f" card-{edge}" if edge else "",
        format_html('<span class="card-icon">{}</span>', icons.icon(icon)) if icon else "",
        format_html("<h{}>{}</h{}>", level, heading, level) if title else "",
        content,
    )


@register.simple_block_tag
def filled(content: str, element: str, css_class: str) -> str:
    """Wrap what a block holds; a block that holds nothing leaves no empty box."""
    if not content.strip():
        return ""
    return format_html('<{} class="{}">{}</{}>', element, css_class, content, element)


@register.simple_tag
def drawing(code: str) -> SafeString:
    """The drawing of a sign-on product, inline; the picture beside a name, so without words."""
    if code not in _drawn:
        file = _DRAWINGS / f"{code}.svg"
        known = file.is_file() and file.parent == _DRAWINGS
        _drawn[code] = SafeString((file if known else _DRAWINGS / "other.svg").read_text())
    return _drawn[code]


_drawn: dict[str, SafeString] = {}


@register.tag
def fixed(parser: Parser, token: Token) -> Node:
    """`{% fixed "header" by session form with person_name %}…{% endfixed %}`: drawn once and kept.

    For parts of the shell that are the same on every page but for a few values. Drawn once for each
    language and each combination of what is true among the names after `by`; the names after `with`
    stand for values that are put in each time, escaped. Inside, those are only printed, as
    `{{ person_name }}`, without a filter.
    """
    name, *names = token.split_contents()[1:]
    nodes = parser.parse(("endfixed",))
    parser.delete_first_token()
    at = names.index("with") if "with" in names else len(names)
    return _Fixed(name.strip("\"'"), nodes, by=names[1:at], holes=names[at + 1 :])


class _Fixed(Node):
    # Literal text and names of holes in turn, as `re.split` leaves them.
    kept: ClassVar[dict[tuple[Any, ...], list[str]]] = {}

    def __init__(self, name: str, nodelist: NodeList, *, by: list[str], holes: list[str]) -> None:
        self.name = name
        self.nodelist = nodelist
        self.by = by
        self.holes = holes

    def render(self, context: Context) -> SafeString:
        key = (self.name, *_site(), *[bool(context.get(name)) for name in self.by])
        pieces = self.kept.get(key)
        if pieces is None:
            pieces = self.kept[key] = self._draw(context)
        drawn = pieces.copy()
        for place in range(1, len(drawn), 2):
            drawn[place] = conditional_escape(str(context[drawn[place]]))
        return SafeString("".join(drawn))

    def _draw(self, context: Context) -> list[str]:
        marks = {
            name: SafeString(f"\x02{name}\x03")
            for name in self.holes
            if _is_there(context.get(name))  # what is not there stays so for a condition
        }
        with context.push(**marks):
            return re.split("\x02(\\w+)\x03", self.nodelist.render(context))


def _is_there(value: Any) -> bool:
    # Not asked what it is: looking at the CSRF token is enough to set its cookie.
    return isinstance(value, LazyObject) or value not in ("", None)


def _site() -> tuple[Any, ...]:
    """What all pages of a site in one language have in common."""
    return (
        get_language(),
        get_urlconf(),
        get_script_prefix(),
        settings.ROOT_URLCONF,
        settings.SITE_NAME,
        settings.SITE_URL,
        settings.DEMO,
    )
