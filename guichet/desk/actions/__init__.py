"""Acts that several rooms take part in, one module an act."""

from guichet.desk.actions.merging import (
    ask,
    cancel,
    carry_out,
    carry_out_due,
    consent,
)
from guichet.desk.actions.reporting import (
    print_report,
    report_of,
)
from guichet.desk.actions.telling import (
    tell_asked,
    tell_cancelled,
    tell_changed,
    tell_done,
    tell_planned,
)

__all__ = [
    "ask",
    "cancel",
    "carry_out",
    "carry_out_due",
    "consent",
    "print_report",
    "report_of",
    "tell_asked",
    "tell_cancelled",
    "tell_changed",
    "tell_done",
    "tell_planned",
]
