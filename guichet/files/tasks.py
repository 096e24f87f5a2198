"""What happens to papers later."""

from guichet.jobs.tasks import ORDINARY, WHENEVER, task


@task(tries=2, priority=WHENEVER)
def sweep() -> None:
    """Delete files that no row names."""
    from guichet.files import actions

    actions.sweep()


@task(tries=2, priority=WHENEVER)
def forget_uploads() -> None:
    """Give up uploads whose time is over."""
    from guichet.files import actions

    actions.forget_uploads()


@task(priority=ORDINARY)
def scan(digest: str) -> None:
    """Have one paper looked at by the virus scanner. Not before mails: a scanner may hang."""
    from guichet.files import scanning

    scanning.check(digest)


@task(tries=1)
def scan_waiting() -> None:
    """Try again what the scanner could not look at before."""
    from guichet.files import scanning

    scanning.check_waiting()
