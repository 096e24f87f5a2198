"""What happens later."""

from uuid import UUID

from guichet.jobs.tasks import SOON, WHENEVER, task
from guichet.registration import actions


# Hourly after the first tries: four days, so that a long week-end of the register loses nobody.
@task(tries=100, priority=SOON)
def check_register(request_id: str) -> None:
    """Ask the population register again for a request that it could not answer."""
    actions.check_register(UUID(request_id))


@task(tries=3, priority=WHENEVER)
def close_over() -> None:
    """Cancel requests that nobody finished in time."""
    actions.close_over()


@task(tries=3)
def print_terms() -> None:
    """Make the PDF of each text in force that has none yet."""
    actions.print_terms()
