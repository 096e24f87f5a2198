"""What happens to papers later."""

from guichet.files import actions
from guichet.jobs.tasks import WHENEVER, task


@task(tries=2, priority=WHENEVER)
def sweep() -> None:
    """Delete files that no row names."""
    actions.sweep()
