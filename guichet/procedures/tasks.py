"""What is done after sending, and what the schedule asks."""

from guichet.jobs.tasks import WHENEVER, task
from guichet.procedures import actions


@task(tries=2, priority=WHENEVER)
def remind() -> None:
    """Once a day."""
    actions.remind()


@task(tries=2, priority=WHENEVER)
def purge() -> None:
    """Once a day."""
    actions.purge()
