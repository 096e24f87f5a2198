"""What one can do with spaces, one module an act."""

from guichet.spaces.actions.appointing import (
    consent_to_appointment,
    drop_appointment,
    propose_administrator,
    waiting_appointments,
)
from guichet.spaces.actions.changing import (
    change_company,
    change_my_address,
    change_space,
    describe_company,
)
from guichet.spaces.actions.closing import (
    bin_space,
    bring_back,
    delete_space,
    leave,
    merger_in_the_way,
    remind_of_purges,
    take_for_purge,
    to_be_purged,
)
from guichet.spaces.actions.exporting import (
    export,
)
from guichet.spaces.actions.looking_up import (
    find_spaces,
    look_into,
    read_appointment,
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
    "bin_space",
    "bring_back",
    "change_company",
    "change_my_address",
    "change_space",
    "choose_company",
    "complete_company",
    "consent_to_appointment",
    "delete_space",
    "describe_company",
    "discard_draft",
    "drop_appointment",
    "export",
    "find_company",
    "find_spaces",
    "forget_drafts",
    "leave",
    "look_into",
    "merger_in_the_way",
    "open_private",
    "open_professional",
    "propose_administrator",
    "read_appointment",
    "remind_of_purges",
    "save_company",
    "save_name",
    "set_aside",
    "start_professional",
    "take_for_purge",
    "to_be_purged",
    "type_company",
    "waiting_appointments",
]
