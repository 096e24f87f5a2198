"""What the schedule asks of spaces."""

from uuid import UUID

from guichet.jobs.tasks import WHENEVER, task
from guichet.spaces import actions
from guichet.spaces.actions import telling


@task(tries=2, priority=WHENEVER)
def forget_drafts() -> None:
    """Once a day."""
    actions.forget_drafts()


@task(tries=4)
def send_summaries() -> None:
    """Once a day."""
    telling.send_summaries()


@task(tries=2, priority=WHENEVER)
def forget_notices() -> None:
    """Once a day."""
    telling.forget_notices()


@task(tries=2, priority=WHENEVER)
def remind_of_purges() -> None:
    """Once a day."""
    actions.remind_of_purges()


@task()
def tell_of_request(request_id: str) -> None:
    """After somebody has asked for a role."""
    actions.tell_of_request(UUID(request_id))


@task(tries=2, priority=WHENEVER)
def forget_invitations() -> None:
    """Once a day."""
    actions.forget_invitations()
