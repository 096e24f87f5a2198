"""What can be done: publish, begin, fill in, sign, send."""

from guichet.procedures.actions.attaching import (
    arrived,
    attach,
    detach,
    expect,
    join,
    limits_of,
    own_papers,
    use_again,
)
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
from guichet.procedures.actions.moving_version import (
    Preview,
    move,
    preview,
    save_from_before,
    tell_of_ends,
)
from guichet.procedures.actions.papering import kinds_of, made_paper, make_papers
from guichet.procedures.actions.publishing import NotPublishable, publish
from guichet.procedures.actions.sending import co_sign, refuse, remind, sign_and_send

__all__ = [
    "HINDRANCES",
    "KINDS",
    "NotPublishable",
    "Preview",
    "Saved",
    "add_row",
    "arrived",
    "attach",
    "begin",
    "bring_back",
    "choose",
    "co_sign",
    "detach",
    "discard",
    "expect",
    "export",
    "favour",
    "foresee",
    "hand_over",
    "hindrances",
    "join",
    "kinds_of",
    "leave",
    "limits_of",
    "made_paper",
    "make_papers",
    "move",
    "own_papers",
    "preview",
    "publish",
    "purge",
    "refuse",
    "remind",
    "remove_row",
    "save",
    "save_from_before",
    "sign_and_send",
    "take_back",
    "tell_of_ends",
    "unfavour",
    "use_again",
]
