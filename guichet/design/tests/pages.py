"""Reading a page as a browser does: parsed as HTML, asked with CSS selectors."""

from collections.abc import Iterator
from typing import Any

import cssselect2  # type: ignore[import-untyped]
import tinyhtml5  # type: ignore[import-untyped]
from django.test import RequestFactory

Element = Any


class Page:
    """A page or a fragment of one."""

    def __init__(self, text: str | bytes) -> None:
        text = text.decode() if isinstance(text, bytes) else text
        root = tinyhtml5.parse(text, namespace_html_elements=False)
        self._root = cssselect2.ElementWrapper.from_html_root(root)

    def all(self, selector: str) -> list[Element]:
        """Every element that the selector finds, in the order of the page."""
        return [found.etree_element for found in self._root.query_all(selector)]

    def one(self, selector: str) -> Element:
        """The only one. Raises `ValueError` when there are none or several."""
        (found,) = self.all(selector)
        return found

    def words(self, selector: str) -> list[str]:
        """What each of them says, blanks made single."""
        return [" ".join("".join(found.itertext()).split()) for found in self.all(selector)]

    def ids(self) -> Iterator[str]:
        """Every id of the page."""
        return (found.get("id") for found in self.all("[id]"))


def request(path: str = "/fr/page/", **more: Any) -> Any:
    """A request that no view has seen."""
    asked = RequestFactory().get(path, **more)
    asked.resolver_match = None
    return asked
