"""What one can do with spaces, one module an act."""

from guichet.spaces.actions.appointing import (
    consent_to_appointment,
    drop_appointment,
    propose_administrator,
    waiting_appointments,
)
from guichet.spaces.actions.certifying import (
    enter_code,
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
from guichet.spaces.actions.ending import (
    end_certification,
    end_certifications_of,
    give_up,
    revoke_agent,
    revoke_certification,
)
from guichet.spaces.actions.exporting import (
    export,
)
from guichet.spaces.actions.looking_up import (
    find_spaces,
    look_into,
    read_appointment,
)
from guichet.spaces.actions.making_codes import (
    make_agent_code,
    make_code,
    revoke_agent_code,
    revoke_code,
)
from guichet.spaces.actions.moving import (
    HINDRANCES,
    KINDS,
    foresee,
    hand_over,
    hindrances,
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
from guichet.spaces.actions.reading import (
    Reading,
    contest,
    open_contests,
    read_company,
    withdraw_contest,
)
from guichet.spaces.actions.services import (
    load_services,
)

__all__ = [
    "HINDRANCES",
    "KINDS",
    "Reading",
    "bin_space",
    "bring_back",
    "change_company",
    "change_my_address",
    "change_space",
    "choose_company",
    "complete_company",
    "consent_to_appointment",
    "contest",
    "delete_space",
    "describe_company",
    "discard_draft",
    "drop_appointment",
    "end_certification",
    "end_certifications_of",
    "enter_code",
    "export",
    "find_company",
    "find_spaces",
    "foresee",
    "forget_drafts",
    "give_up",
    "hand_over",
    "hindrances",
    "leave",
    "load_services",
    "look_into",
    "make_agent_code",
    "make_code",
    "merger_in_the_way",
    "open_contests",
    "open_private",
    "open_professional",
    "propose_administrator",
    "read_appointment",
    "read_company",
    "remind_of_purges",
    "revoke_agent",
    "revoke_agent_code",
    "revoke_certification",
    "revoke_code",
    "save_company",
    "save_name",
    "set_aside",
    "start_professional",
    "take_for_purge",
    "to_be_purged",
    "type_company",
    "waiting_appointments",
    "withdraw_contest",
]
