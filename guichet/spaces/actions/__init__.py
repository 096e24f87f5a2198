"""What one can do with spaces, one module an act."""

from guichet.spaces.actions.changing import (
    change_company,
    change_my_address,
    change_space,
    describe_company,
)
from guichet.spaces.actions.closing import (
    bin_space,
    bring_back,
    leave,
    merger_in_the_way,
    remind_of_purges,
    retire,
    take_for_purge,
    to_be_purged,
)
from guichet.spaces.actions.exporting import export
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
    "bin_space",
    "bring_back",
    "change_company",
    "change_my_address",
    "change_space",
    "choose_company",
    "complete_company",
    "describe_company",
    "discard_draft",
    "export",
    "find_company",
    "forget_drafts",
    "leave",
    "merger_in_the_way",
    "open_private",
    "open_professional",
    "remind_of_purges",
    "retire",
    "save_company",
    "save_name",
    "set_aside",
    "start_professional",
    "take_for_purge",
    "to_be_purged",
    "type_company",
]
