"""What the desk puts off until after the answer."""

from uuid import UUID

from guichet.desk import actions
from guichet.desk.actions import closing
from guichet.jobs.tasks import SOON, WHENEVER, task


@task(tries=2)
def carry_out_due_mergers() -> None:
    """Every few minutes."""
    actions.carry_out_due()


@task(priority=SOON)
def carry_out(merger_id: str) -> None:
    """A merger whose time has come."""
    actions.carry_out(UUID(merger_id))


@task()
def print_report(merger_id: str) -> None:
    """The report of a merger that is done."""
    actions.print_report(UUID(merger_id))


@task(priority=SOON)
def tell_asked(merger_id: str) -> None:
    """The administrators of both sides."""
    actions.tell_asked(UUID(merger_id))


@task(priority=SOON)
def tell_planned(merger_id: str) -> None:
    """All members of both spaces."""
    actions.tell_planned(UUID(merger_id))


@task(priority=SOON)
def tell_cancelled(merger_id: str) -> None:
    """Whoever knew of the merger."""
    actions.tell_cancelled(UUID(merger_id))


@task(priority=SOON)
def tell_changed(merger_id: str) -> None:
    """All members of both spaces."""
    actions.tell_changed(UUID(merger_id))


@task(priority=SOON)
def tell_done(merger_id: str) -> None:
    """All members of the kept space."""
    actions.tell_done(UUID(merger_id))


@task(tries=2, priority=WHENEVER)
def purge_spaces() -> None:
    """What has been in the bin for thirty days goes for good."""
    closing.purge_due()
