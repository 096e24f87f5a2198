"""What the schedule asks of sign-on."""

from guichet.jobs.tasks import WHENEVER, task
from guichet.signon import actions


@task(tries=2, priority=WHENEVER)
def close_what_ran_out() -> None:
    """Every few minutes."""
    actions.close_what_ran_out()


@task(tries=2, priority=WHENEVER)
def forget_the_old() -> None:
    """Once a day."""
    actions.forget_the_old()
