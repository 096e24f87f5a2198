"""The latest news, as pages of other rooms show them beside something else."""

from collections.abc import Sequence
from functools import lru_cache

from guichet import clock
from guichet.content.models import NewsText

SHOWN_MAX = 3
AGE_SECONDS_MAX = 30


def latest(language: str) -> Sequence[NewsText]:
    """At most three in this language, the latest first; as they were `AGE_SECONDS_MAX` ago or less."""
    return _read(language, int(clock.now().timestamp()) // AGE_SECONDS_MAX)


def forget() -> None:
    """Read them again at the next question."""
    _read.cache_clear()


@lru_cache(maxsize=16)
def _read(language: str, _period: int) -> Sequence[NewsText]:
    return tuple(NewsText.objects.published(language)[:SHOWN_MAX])
