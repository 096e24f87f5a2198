"""What can be done: publish, begin, fill in, sign, send."""

from guichet.procedures.actions.drafting import (
    Saved,
    add_row,
    begin,
    bring_back,
    choose,
    discard,
    remove_row,
    save,
    take_back,
)
from guichet.procedures.actions.favouring import favour, unfavour
from guichet.procedures.actions.keeping import (
    HINDRANCES,
    KINDS,
    export,
    foresee,
    hand_over,
    hindrances,
    leave,
    purge,
)
from guichet.procedures.actions.publishing import NotPublishable, publish
from guichet.procedures.actions.sending import co_sign, refuse, remind, sign_and_send

__all__ = [
    "HINDRANCES",
    "KINDS",
    "NotPublishable",
    "Saved",
    "add_row",
    "begin",
    "bring_back",
    "choose",
    "co_sign",
    "discard",
    "export",
    "favour",
    "foresee",
    "hand_over",
    "hindrances",
    "leave",
    "publish",
    "purge",
    "refuse",
    "remind",
    "remove_row",
    "save",
    "sign_and_send",
    "take_back",
    "unfavour",
]
