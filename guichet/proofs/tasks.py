"""What the schedule asks of this room."""

from guichet.jobs.tasks import WHENEVER, task
from guichet.proofs import actions


@task(tries=2, priority=WHENEVER)
def close_days() -> None:
    """Every half hour: soon after midnight, whenever that is."""
    actions.close_days()


@task(tries=1, priority=WHENEVER)
def stamp_days() -> None:
    """Every ten minutes, until nothing waits."""
    actions.stamp_days()
