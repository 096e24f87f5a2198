"""The people of the demonstration."""


def load() -> None:
    """Make those of the cast who are not there yet."""
