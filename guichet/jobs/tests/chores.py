"""Tasks for the tests of the worker."""

import time
from pathlib import Path

from guichet.jobs.tasks import SOON, task


@task()
def note(path: str, word: str) -> int:
    with Path(path).open("a") as file:
        file.write(word + "\n")
    return len(word)


@task(priority=SOON)
def note_soon(path: str, word: str) -> int:
    return note.func(path, word)


@task(tries=3)
def fail(secret: str) -> None:
    raise ValueError(secret)


@task()
def note_slowly(path: str, seconds: float) -> None:
    note.func(path, "begun")
    time.sleep(seconds)
    note.func(path, "done")


@task()
def every_day() -> None:
    pass
