"""What one can do with spaces, one module an act."""

from guichet.spaces.actions.asking import (
    ask_for_role,
    decline,
    grant,
    join,
    tell_of_request,
    withdraw_request,
)
from guichet.spaces.actions.changing import (
    change_company,
    change_my_address,
    change_space,
    describe_company,
)
from guichet.spaces.actions.members import change_member, leave_space, remove_member
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
    "ask_for_role",
    "change_company",
    "change_member",
    "change_my_address",
    "change_space",
    "choose_company",
    "complete_company",
    "decline",
    "describe_company",
    "discard_draft",
    "find_company",
    "forget_drafts",
    "grant",
    "join",
    "leave_space",
    "open_private",
    "open_professional",
    "remove_member",
    "save_company",
    "save_name",
    "set_aside",
    "start_professional",
    "tell_of_request",
    "type_company",
    "withdraw_request",
]
