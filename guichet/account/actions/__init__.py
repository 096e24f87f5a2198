"""What one can do with one's own account, one module an act."""

from guichet.account.actions.closing import ask_closing, close_due, come_back, kept_open_by
from guichet.account.actions.email import (
    ask_email_change,
    cancel_email_change,
    change_over,
    confirm_email,
    forget_email_changes,
    refuse_email,
    resend_email_change,
    with_code,
)
from guichet.account.actions.exporting import export
from guichet.account.actions.language import choose_language
from guichet.account.actions.products import (
    add_product,
    addition_over,
    begin_addition,
    bring_back_product,
    cannot_be_added,
    forget_additions,
    lost_with,
    name_product,
    remove_product,
)
from guichet.account.actions.reaching import address_of, check_address, confirm_address
from guichet.account.actions.sessions import end_other_sessions, end_session

__all__ = [
    "add_product",
    "addition_over",
    "address_of",
    "ask_closing",
    "ask_email_change",
    "begin_addition",
    "bring_back_product",
    "cancel_email_change",
    "cannot_be_added",
    "change_over",
    "check_address",
    "choose_language",
    "close_due",
    "come_back",
    "confirm_address",
    "confirm_email",
    "end_other_sessions",
    "end_session",
    "export",
    "forget_additions",
    "forget_email_changes",
    "kept_open_by",
    "lost_with",
    "name_product",
    "refuse_email",
    "remove_product",
    "resend_email_change",
    "with_code",
]
