"""What is done after sending, and what the schedule asks."""

from uuid import UUID

from guichet.jobs.tasks import WHENEVER, task
from guichet.procedures import actions


@task(priority=WHENEVER)
def make_papers(submission_id: str) -> None:
    """After something was sent: its slip, and the request as a document.

    Whoever asks for one before that gets it made at once. Mails, and papers that somebody waits to
    see scanned, go first.
    """
    actions.make_papers(UUID(submission_id))


@task(tries=2, priority=WHENEVER)
def remind() -> None:
    """Once a day."""
    actions.remind()


@task(tries=2, priority=WHENEVER)
def purge() -> None:
    """Once a day."""
    actions.purge()


@task(tries=2, priority=WHENEVER)
def tell_of_ends() -> None:
    """Once a day."""
    actions.tell_of_ends()
