"""Becoming known: asking, confirming, signing on once more, agreeing.

The order is law here: register match, code, same credential twice, terms. Each step is one
conditional UPDATE or one locked row, so that of two hands at once only one does it.
"""

from guichet.registration.actions.adding import announce_product, known_of, withdraw_access
from guichet.registration.actions.agreeing import (
    accept_terms,
    load_terms,
    print_terms,
    terms_pdf,
    terms_shown,
)
from guichet.registration.actions.asking import (
    cancel,
    check_register,
    close_over,
    request_registration,
)
from guichet.registration.actions.completing import complete, enrol, grant_access
from guichet.registration.actions.confirming import (
    confirm_mail,
    note_opened,
    type_code_again,
    why_not,
)
from guichet.registration.actions.mailing import correct_email, renew_link, resend_mail

__all__ = [
    "accept_terms",
    "announce_product",
    "cancel",
    "check_register",
    "close_over",
    "complete",
    "confirm_mail",
    "correct_email",
    "enrol",
    "grant_access",
    "known_of",
    "load_terms",
    "note_opened",
    "print_terms",
    "renew_link",
    "request_registration",
    "resend_mail",
    "terms_pdf",
    "terms_shown",
    "type_code_again",
    "why_not",
    "withdraw_access",
]
