"""What the post does later."""

from guichet.jobs.tasks import ORDINARY, SOON, WHENEVER, task


@task(priority=SOON)
def deliver(dispatch_id: str) -> None:
    """Send one mail that was just written: somebody waits for it."""
    from guichet.post import delivery

    delivery.deliver(dispatch_id)


@task(priority=ORDINARY)
def deliver_letter(dispatch_id: str) -> None:
    """Print one letter that was just written; mails go first."""
    from guichet.post import delivery

    delivery.deliver(dispatch_id)


@task(tries=1, priority=ORDINARY)
def deliver_due() -> None:
    """Try again what could not be sent before."""
    from guichet.post import delivery

    delivery.deliver_due()


@task(tries=2, priority=WHENEVER)
def forget() -> None:
    """Forget the addresses of what left long ago, and try again those that took nothing."""
    from guichet.post import actions, bounces

    actions.forget()
    bounces.forget_unreachable()


TASK_OF = {"mail": deliver, "letter": deliver_letter}
