"""What the schedule asks of the desk."""

from guichet.desk.actions import closing
from guichet.jobs.tasks import WHENEVER, task


@task(tries=2, priority=WHENEVER)
def purge_spaces() -> None:
    """What has been in the bin for thirty days goes for good."""
    closing.purge_due()
