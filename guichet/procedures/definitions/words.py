"""What a version of a procedure says in one language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Words:
    """Texts by path: `words("questions", "home", "label")`. What is missing is empty.

    That nothing is missing is the linter's to say, before publication.
    """

    language: str
    texts: Mapping[str, Any]

    def __call__(self, *path: str) -> str:
        found = self.find(*path)
        return found if isinstance(found, str) else ""

    def find(self, *path: str) -> Any:
        """What stands at this place: text, a list of texts, a map, or None."""
        found: Any = self.texts
        for name in path:
            if not isinstance(found, Mapping):
                return None
            found = found.get(name)
        return found

    def lines(self, *path: str) -> list[str]:
        """A list of texts; one text is a list of one."""
        found = self.find(*path)
        if isinstance(found, str):
            return [found]
        return [str(line) for line in found] if isinstance(found, list) else []
