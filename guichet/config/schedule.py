"""What comes round again, and how often. The worker enqueues it; any number of workers may run."""

from datetime import timedelta

from guichet.account import tasks as account
from guichet.desk import tasks as desk
from guichet.files import tasks as files
from guichet.jobs import tasks as jobs
from guichet.jobs.actions import Schedule
from guichet.post import tasks as post
from guichet.procedures import tasks as procedures
from guichet.proofs import tasks as proofs
from guichet.registration import tasks as registration
from guichet.signon import tasks as signon
from guichet.spaces import tasks as spaces

SCHEDULE: Schedule = [
    (post.deliver_due, timedelta(seconds=30)),
    (post.forget, timedelta(days=1)),
    (files.sweep, timedelta(hours=6)),
    (files.forget_uploads, timedelta(hours=1)),
    (files.scan_waiting, timedelta(seconds=30)),
    (jobs.prune, timedelta(hours=6)),
    (signon.close_what_ran_out, timedelta(minutes=5)),
    (signon.forget_the_old, timedelta(days=1)),
    (spaces.forget_drafts, timedelta(days=1)),
    (spaces.send_summaries, timedelta(minutes=1)),
    (spaces.forget_notices, timedelta(days=1)),
    (spaces.remind_of_purges, timedelta(days=1)),
    (desk.purge_spaces, timedelta(hours=1)),
    (desk.carry_out_due_mergers, timedelta(minutes=5)),
    (spaces.forget_invitations, timedelta(days=1)),
    (procedures.remind, timedelta(days=1)),
    (procedures.purge, timedelta(days=1)),
    (procedures.tell_of_ends, timedelta(days=1)),
    (proofs.close_days, timedelta(minutes=30)),
    (proofs.stamp_days, timedelta(minutes=10)),
    (registration.print_terms, timedelta(hours=6)),
    (registration.close_over, timedelta(days=1)),
    (account.forget_additions, timedelta(days=1)),
    (account.close_accounts, timedelta(hours=1)),
    (account.forget_email_changes, timedelta(days=1)),
]
