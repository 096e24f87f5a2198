"""What one can do with spaces, one module an act."""

from guichet.spaces.actions.changing import (
    change_company,
    change_my_address,
    change_space,
    describe_company,
)
from guichet.spaces.actions.moving import (
    HINDRANCES,
    KINDS,
    foresee,
    hand_over,
    hindrances,
    leave,
)
from guichet.spaces.actions.opening import (
    choose_company,
    complete_company,
    discard_draft,
    find_company,
    forget_drafts,
    open_private,
    open_professional,
    save_company,
    save_name,
    set_aside,
    start_professional,
    type_company,
)

__all__ = [
    "HINDRANCES",
    "KINDS",
    "change_company",
    "change_my_address",
    "change_space",
    "choose_company",
    "complete_company",
    "describe_company",
    "discard_draft",
    "find_company",
    "foresee",
    "forget_drafts",
    "hand_over",
    "hindrances",
    "leave",
    "open_private",
    "open_professional",
    "save_company",
    "save_name",
    "set_aside",
    "start_professional",
    "type_company",
]
