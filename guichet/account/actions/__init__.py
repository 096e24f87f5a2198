"""What one can do with one's own account, one module an act."""

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
from guichet.account.actions.sessions import end_other_sessions, end_session

__all__ = [
    "add_product",
    "addition_over",
    "begin_addition",
    "bring_back_product",
    "cannot_be_added",
    "end_other_sessions",
    "end_session",
    "forget_additions",
    "lost_with",
    "name_product",
    "remove_product",
]
