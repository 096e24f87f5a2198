"""What the schedule asks of accounts."""

from guichet.account import actions
from guichet.jobs.tasks import WHENEVER, task


@task(tries=2, priority=WHENEVER)
def forget_additions() -> None:
    """Once a day."""
    actions.forget_additions()


@task(tries=2, priority=WHENEVER)
def forget_email_changes() -> None:
    """Once a day."""
    actions.forget_email_changes()


@task(tries=2, priority=WHENEVER)
def close_accounts() -> None:
    """What was asked for thirty days ago happens."""
    actions.close_due()
